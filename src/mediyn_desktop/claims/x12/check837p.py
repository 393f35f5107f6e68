# SPDX-License-Identifier: MIT
"""Judges 837P text before it is queued: pyx12's map of the guide first, then our own rules.

pyx12 runs in this process on streams in memory, so nothing about a client reaches the disk, and
its log, which quotes values, goes nowhere. The first file takes about 0.2 s, until the map is read;
call it off the window's thread.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pyx12.errors
import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

from mediyn_desktop.claims.x12.claim837p import VERSION
from mediyn_desktop.claims.x12.other_files import named
from mediyn_desktop.claims.x12.scrub.envelope import version
from mediyn_desktop.claims.x12.scrub.rule import Context, Problem
from mediyn_desktop.claims.x12.scrub.running import scrub
from mediyn_desktop.claims.x12.segments import NotX12, Segment, read_interchanges
from mediyn_desktop.claims.x12.view837p import Place, places, read_837p
from mediyn_desktop.claims.x12.words import ELEMENT_ERRORS, SEGMENT_ERRORS

# All of pyx12's loggers are children of this one; their sentences contain names and numbers.
_LOG = logging.getLogger("pyx12")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False
_LOG.setLevel(logging.CRITICAL + 1)

_read_map = pyx12.map_if.load_map_file


@cache
def _own_map(name: str) -> Any:
    return _read_map(name, pyx12.params.ParamsBase())  # reads no configuration file


def _kept_map(name: str, param: Any, folder: str | None = None) -> Any:
    """One of pyx12's maps, read once: it would read 0.2 s of XML anew for each file it judges.

    A map keeps nothing of the files it was used for; what it counts is kept beside it.
    """
    return _own_map(name) if folder is None else _read_map(name, param, folder)


pyx12.map_if.load_map_file = _kept_map

_ENVELOPE = ("ISA", "GS", "ST", "SE", "GE", "IEA")

_SOURCE = "005010X222A1, as mapped by pyx12"

# IK403: what is wrong with an element, as our rule.
_ELEMENT_RULES = {
    "1": "element-missing",
    "2": "element-pair",
    "3": "element-repeats",
    "4": "too-short",
    "5": "too-long",
    "6": "characters",
    "7": "code",
    "8": "date",
    "9": "time",
    "10": "element-excluded",
}
# IK304, and pyx12's own codes: what is wrong with a whole segment.
_SEGMENT_RULES = {
    "1": "unexpected",
    "2": "unexpected",
    "3": "segment-missing",
    "4": "loop-repeats",
    "5": "segment-repeats",
    "6": "unexpected",
    "7": "order",
    "8": "segment-values",
    "HL1": "level-number",
    "HL2": "level-parent",
    "LX": "line-number",
    "SEG1": "empty-end",
}
# Where pyx12 means something else than the code of the 999, or has a code of its own.
_SEGMENT_WORDS = {
    **SEGMENT_ERRORS,
    "1": SEGMENT_ERRORS["2"],
    "6": SEGMENT_ERRORS["2"],
    "8": "holds values that do not fit together",
    "HL1": "is numbered wrongly",
    "HL2": "names a level above it that does not exist",
    "LX": "is numbered wrongly",
    "SEG1": "ends with an empty element",
}
_TRAILER_WORDS = {
    "ISA": (
        "interchange",
        "The interchange (ISA to IEA) is not closed, counted or numbered correctly.",
    ),
    "GS": ("group", "The group (GS to GE) is not closed, counted or numbered correctly."),
    "ST": (
        "transaction",
        "The transaction (ST to SE) is not closed, counted or numbered correctly.",
    ),
}
# ISA01 to ISA16 have fixed widths.
_ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
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


def check_837p(text: str, context: Context | None = None) -> list[Problem]:
    """Return every reason found not to send ``text``, and warnings; empty when there is none.

    A text that holds no claims at all (another transaction, no X12) is one problem.
    """
    try:
        segments = _segments(text)
    except NotX12 as error:
        return [_guide("ISA", "", error.code, error.message)]
    if foreign := _not_our_claims(segments):
        return foreign
    found = [*_by_map(segments), *scrub(segments, context)]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.position)


def check_with_pyx12(text: str) -> list[Problem]:
    """Return what pyx12's map of 005010X222A1 refuses in ``text``, in plain words.

    Text that is no X12 at all, or another version, is one problem and not an error.
    """
    try:
        segments = _segments(text)
    except NotX12 as error:
        return [_guide("ISA", "", error.code, error.message)]
    return _not_our_claims(segments) or _by_map(segments)


def refused(problems: Sequence[Problem]) -> list[Problem]:
    """Return those of ``problems`` that keep a file from being sent."""
    return [problem for problem in problems if problem.severity == "error"]


def _by_map(segments: Sequence[Segment]) -> list[Problem]:
    odd = _odd_envelope(segments)
    if odd is not None:
        return [odd]
    where = places(segments)
    report = io.StringIO()
    envelope: list[Problem] = []
    try:
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.ParamsBase(),  # reads no configuration file
            io.StringIO(_for_the_map(segments)),
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


def _for_the_map(segments: Sequence[Segment]) -> str:
    """Return the text as pyx12 can read it: no blanks around segments, headers of full width.

    It knows one edition of the guide. A file of another edition of the same guide is judged by
    that one all the same, and our own rule names the edition. It demands an insured employer's
    member id, which X12 says is not sent (RFI 1990), and separators that can be seen.
    """
    lines = []
    visible = _visible_separators(segments)
    for segment in segments:
        elements = [text.translate(visible) for text in segment.elements]
        if segment.id == "NM1" and elements[:2] == ["IL", "2"] and not any(elements[3:]):
            elements[2:] = [*elements[2:3], "", "", "", "", "MI", "NONE"]
        if segment.id == "ISA" and len(elements) == len(_ISA_WIDTHS):
            pairs = zip(elements, _ISA_WIDTHS, strict=True)
            elements = [text.strip(" ").ljust(width) for text, width in pairs]
            elements[11] = "00501"
        edition = {"GS": 7, "ST": 2}.get(segment.id)
        if edition is not None:
            elements[edition:] = [VERSION]
        lines.append(segment.delimiters.element.join((segment.id, *elements)))
        lines.append(segment.delimiters.segment)
    return "".join(lines)


def _visible_separators(segments: Sequence[Segment]) -> dict[int, str]:
    """Return signs for the separators inside elements that are control characters, by ordinal.

    The file may use them; the checker's list of characters for ISA11 and ISA16 lacks them.
    """
    used = {char for segment in segments for text in segment.elements for char in text}
    found: dict[int, str] = {}
    for segment in segments:
        marks = segment.delimiters
        for sign, instead in ((marks.component, ":>|"), (marks.repetition, "^|>")):
            if segment.id == "ISA" and sign and not sign.isprintable() and ord(sign) not in found:
                taken = used | {marks.element, marks.segment} | set(found.values())
                found[ord(sign)] = next((one for one in instead if one not in taken), sign)
    return found


def _not_our_claims(segments: Sequence[Segment]) -> list[Problem]:
    """Return why this file is judged no further: another transaction, or another guide."""
    other = named(segments)
    if other is not None:
        where = other.segment
        return [_guide(where.id, other.element, other.code, other.says, position=where.position)]
    foreign = any(
        not segment.element(element).startswith(VERSION[:10])
        for segment in segments
        if (element := {"GS": 8, "ST": 3}.get(segment.id))
    )
    return list(version.problems(read_837p(segments), Context())) if foreign else []


def _guide(
    segment: str, element: str, code: str, message: str, claim: str = "", position: int = 0
) -> Problem:
    """Return a problem with the structure of the file."""
    mend = "The fields named, in this program; otherwise the program that wrote the file"
    return Problem(segment, element, code, message, claim, position, mend=mend, source=_SOURCE)


def _unreadable(reason: str) -> Problem:
    message = f"The checker could not judge this file ({reason}), so it must not be sent."
    return _guide("", "", "not-judged", message)


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
        elif name == "TA1" and stack[-1] == "ISA":
            continue  # the answer to an earlier file may ride along
        elif name in _ENVELOPE or stack[-1] != "ST":
            message = (
                f"{name} is not expected at this place; a header or trailer before it is missing."
            )
            return _guide(name, "", "envelope", message, position=segment.position)
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
            code = _ELEMENT_RULES[error.err_cde]
            message = f"{name}{element} {ELEMENT_ERRORS[error.err_cde]}."
            position = source.get_cur_line()
            problems.append(_guide(name, element, f"guide-{code}", message, position=position))

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
    code, message = _TRAILER_WORDS[name]
    for _ in node["errors"]:
        yield _guide(name, "", f"guide-{code}", message, position=node["cur_line"])


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
            rule, what = _SEGMENT_RULES.get(code, "segment"), _SEGMENT_WORDS.get(code, "is wrong")
            # A missing segment is noticed at the one after it, whose party says nothing about it.
            party = "" if code == "3" else place.party
            message = f"{_label(name, '', party)} {what}."
            yield _guide(name, "", f"guide-{rule}", message, place.claim, position)
        for element in node["elements"]:
            number = f"{element['ele_pos']:02d}"
            if element["subele_pos"]:
                number += f"-{element['subele_pos']}"
            for error in element["errors"]:
                rule, what = _ELEMENT_RULES[error["err_cde"]], ELEMENT_ERRORS[error["err_cde"]]
                message = f"{_label(name, number, place.party)} {what}."
                yield _guide(name, number, f"guide-{rule}", message, place.claim, position)


def _label(name: str, element: str, party: str) -> str:
    """Return words for a place, such as ``The subscriber's city (N401)``."""
    words = _LABELS.get(f"{name}{element}")
    if name == "HI" and element:
        words = "diagnosis"
    if words is None:
        return f"{name}{element}"
    owner = f"The {party}'s" if party else "The"
    return f"{owner} {words} ({name}{element})"
