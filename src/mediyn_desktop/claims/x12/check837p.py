# SPDX-License-Identifier: MIT
"""Judges 837P text before it is queued: pyx12's map of the guide first, then our own rules.

pyx12 runs in this process on streams in memory, so nothing about a client reaches the disk, and
its log, which quotes values, goes nowhere. It takes about 0.2 s; call it off the window's thread.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyx12.errors
import pyx12.params
import pyx12.x12n_document

from mediyn_desktop.claims.x12.rules837p import Place, Problem, check_rules, check_versions, places
from mediyn_desktop.claims.x12.segments import NotX12, Segment, read_interchanges

# All of pyx12's loggers are children of this one; their sentences contain names and numbers.
_LOG = logging.getLogger("pyx12")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False
_LOG.setLevel(logging.CRITICAL + 1)

_ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA")

# IK403: what is wrong with an element.
_ELEMENT_WORDS = {
    "1": "is missing",
    "2": "is needed together with its neighbour",
    "3": "holds more values than fit",
    "4": "is too short",
    "5": "is too long",
    "6": "has characters that are not allowed here",
    "7": "is not one of the allowed codes",
    "8": "is not a real date",
    "9": "is not a real time",
    "10": "may not stand together with its neighbour",
}
# IK304, and pyx12's own codes: what is wrong with a whole segment.
_SEGMENT_WORDS = {
    "1": "is not expected at this place",
    "2": "is not expected at this place",
    "3": "is missing",
    "4": "begins a group that is repeated too often",
    "5": "is repeated too often",
    "6": "is not expected at this place",
    "7": "is out of order",
    "8": "holds values that do not fit together",
    "HL1": "is numbered wrongly",
    "HL2": "names a level above it that does not exist",
    "LX": "is numbered wrongly",
    "SEG1": "ends with an empty element",
}
_TRAILER_WORDS = {
    "ISA": "The interchange (ISA to IEA) is not closed, counted or numbered correctly.",
    "GS": "The group (GS to GE) is not closed, counted or numbered correctly.",
    "ST": "The transaction (ST to SE) is not closed, counted or numbered correctly.",
}
_LABELS = {
    "NM1": "name line",
    "NM103": "name",
    "NM104": "first name",
    "NM105": "middle name",
    "NM107": "name suffix",
    "NM109": "identification number",
    "N3": "street line",
    "N301": "street address",
    "N302": "second address line",
    "N4": "city line",
    "N401": "city",
    "N402": "state",
    "N403": "ZIP code",
    "DMG": "birth date and sex",
    "DMG02": "birth date",
    "DMG03": "sex",
    "PER": "contact line",
    "PER02": "contact name",
    "PRV": "provider taxonomy line",
    "PRV03": "taxonomy code",
    "REF": "reference number line",
    "REF02": "reference number",
    "SBR": "insurance line",
    "SBR01": "payer responsibility",
    "SBR03": "group number",
    "SBR09": "claim filing code",
    "PAT01": "relationship to the subscriber",
    "CLM": "claim line",
    "CLM01": "claim number",
    "CLM02": "claim total",
    "CLM05-1": "place of service",
    "CLM05-3": "frequency",
    "HI": "diagnosis line",
    "LX": "service line number",
    "SV1": "service line",
    "SV101-2": "procedure code",
    "SV101-3": "modifier",
    "SV102": "line charge",
    "SV104": "number of units",
    "SV105": "place of service",
    "SV107-1": "diagnosis pointer",
    "DTP": "date line",
    "DTP03": "date",
    "HL": "level line",
    "BHT": "batch line",
    "BHT03": "batch reference",
}


def check_837p(text: str) -> list[Problem]:
    """Return every reason found not to send ``text``; an empty list means none was found."""
    found = check_with_pyx12(text)
    try:
        own = check_rules(_segments(text))
    except NotX12:
        return found
    return sorted(dict.fromkeys([*found, *own]), key=lambda problem: problem.position)


def check_with_pyx12(text: str) -> list[Problem]:
    """Return what pyx12's map of 005010X222A1 refuses in ``text``, in plain words.

    Text that is no X12 at all, or another version, is one problem and not an error.
    """
    try:
        segments = _segments(text)
    except NotX12 as error:
        return [Problem("ISA", "", error.code, error.message)]
    odd = _odd_envelope(segments)
    if odd is not None:
        return [odd]
    if unknown := list(check_versions(segments)):
        return unknown  # pyx12 has no map for them.
    where = places(segments)
    report = io.StringIO()
    envelope: list[Problem] = []
    begin = text.index("ISA")
    try:
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.ParamsBase(),  # reads no configuration file
            io.StringIO(text[begin:]),
            None,
            None,
            fd_json=report,
            callback=_envelope_watch(envelope),
        )
    except (
        pyx12.errors.X12Error,
        pyx12.errors.EngineError,
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        # Foreign files may upset the checker itself; what it cannot judge is not sent.
        return [_unreadable(type(error).__name__)]
    document = json.loads(report.getvalue()) if report.getvalue() else {}
    problems = [*envelope, *_translate(document, where)]
    if not accepted and not problems:
        problems.append(_unreadable("no reason given"))
    return sorted(problems, key=lambda problem: problem.position)


def _segments(text: str) -> list[Segment]:
    return [segment for part in read_interchanges(text) for segment in part.segments]


def _unreadable(reason: str) -> Problem:
    message = f"The checker could not judge this file ({reason}), so it must not be sent."
    return Problem("", "", "not-judged", message)


def _odd_envelope(segments: Sequence[Segment]) -> Problem | None:
    """Return the first trailer without its header or header inside another; pyx12 trips on them."""
    closes = {"IEA": "ISA", "GE": "GS", "SE": "ST"}
    above = {"ISA": "", "GS": "ISA", "ST": "GS"}
    stack = [""]
    for segment in segments:
        name = segment.id
        if name in above and stack[-1] == above[name]:
            stack.append(name)
        elif name in closes and stack[-1] == closes[name]:
            stack.pop()
        elif name in _ENVELOPE or stack[-1] != "ST":
            message = (
                f"{name} is not expected at this place; a header or trailer before it is missing."
            )
            return Problem(name, "", "envelope", message, position=segment.position)
    return None


def _envelope_watch(problems: list[Problem]) -> Callable[[Any, Any, Any, bool], None]:
    """Return a callback that judges the elements of ISA, GS, ST and their trailers.

    pyx12 counts these errors but leaves them out of its report.
    """

    def watch(segment: Any, source: Any, node: Any, valid: bool) -> None:
        name = segment.get_seg_id()
        if valid or name not in _ENVELOPE:
            return
        _, errors = node.is_valid_errors(segment)
        for error in errors:
            element = (error.refdes or "")[len(name) :]
            message = f"{name}{element} {_ELEMENT_WORDS[error.err_cde]}."
            problems.append(
                Problem(name, element, error.err_cde, message, position=source.get_cur_line())
            )

    return watch


def _translate(document: dict[str, Any], where: dict[int, Place]) -> Iterator[Problem]:
    for interchange in document.get("interchanges", []):
        yield from _trailer("ISA", interchange)
        for group in interchange["groups"]:
            yield from _trailer("GS", group)
            for transaction in group["transactions"]:
                yield from _trailer("ST", transaction)
                yield from _segment_problems(transaction["segments"], where)


def _trailer(name: str, node: dict[str, Any]) -> Iterator[Problem]:
    for error in node["errors"]:
        yield Problem(name, "", error["err_cde"], _TRAILER_WORDS[name], position=node["cur_line"])


def _segment_problems(nodes: list[dict[str, Any]], where: dict[int, Place]) -> Iterator[Problem]:
    lost = False
    for node in nodes:
        name, position = node["seg_id"], node["cur_line"]
        place = where.get(position, Place())
        for error in node["errors"]:
            code = error["err_cde"]
            unexpected = code == "1"
            if unexpected and lost:
                continue  # After one segment out of place pyx12 repeats itself until it recovers.
            lost = unexpected
            what = _SEGMENT_WORDS.get(code, "is not right")
            # A missing segment is noticed at the one after it, whose party says nothing about it.
            party = "" if code == "3" else place.party
            message = f"{_label(name, '', party)} {what}."
            yield Problem(name, "", code, message, place.claim, position)
        for element in node["elements"]:
            number = f"{element['ele_pos']:02d}"
            if element["subele_pos"]:
                number += f"-{element['subele_pos']}"
            for error in element["errors"]:
                code = error["err_cde"]
                message = f"{_label(name, number, place.party)} {_ELEMENT_WORDS[code]}."
                yield Problem(name, number, code, message, place.claim, position)


def _label(name: str, element: str, party: str) -> str:
    """Return words for a place, such as ``The subscriber's city (N401)``."""
    words = _LABELS.get(f"{name}{element}")
    if name == "HI" and element:
        words = "diagnosis"
    if words is None:
        return f"{name}{element}"
    owner = f"The {party}'s" if party else "The"
    return f"{owner} {words} ({name}{element})"
