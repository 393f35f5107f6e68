# SPDX-License-Identifier: MIT
"""Writes eligibility questions: one interchange, one group, a 270 for each person asked about.

A set of its own for each person gives each question its own BHT03 and its own verdict in the 999,
so that one that is refused takes no other along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from mediyn_desktop.claims.x12.charset import X12DataError, alphanumeric, identifier
from mediyn_desktop.claims.x12.cob837p import member_number
from mediyn_desktop.claims.x12.envelope import Envelope, day, wrap
from mediyn_desktop.claims.x12.loops837p import control, name_segment, npi
from mediyn_desktop.claims.x12.model270 import EligibilityQuestion
from mediyn_desktop.claims.x12.model837p import Organization
from mediyn_desktop.claims.x12.segments import join_segment

VERSION = "005010X279A1"  # GS08 and ST03
_QUESTION = "13"  # BHT02


def write_270(question: EligibilityQuestion, *, interchange: Envelope, newline: str = "\n") -> str:
    """Return the text of a file with one question; see ``write_270_file``."""
    return write_270_file((question,), interchange=interchange, newline=newline)


def write_270_file(
    questions: Sequence[EligibilityQuestion], *, interchange: Envelope, newline: str = "\n"
) -> str:
    """Return the file's text: separators ``* : ^ ~``, ``newline`` after each segment.

    The sets are numbered in the order of ``questions`` from the interchange's ``st_control`` on.

    Raises:
        X12DataError: a value cannot be sent; it names the field.
        ValueError: there is no question.
    """
    if not questions:
        raise ValueError("a file of questions has one at least")
    body = [
        line
        for place, question in enumerate(questions)
        for line in _transaction(
            question, replace(interchange, st_control=interchange.st_control + place)
        )
    ]
    lines = wrap(body, interchange, functional_id="HS", version=VERSION, sets=len(questions))
    return "".join(f"{line}~{newline}" for line in lines)


def _transaction(question: EligibilityQuestion, envelope: Envelope) -> Iterator[str]:
    made = envelope.created
    number = envelope.transaction_number()
    reference = control(question.reference, "question reference", 50)
    stamp = f"{made.hour:02d}{made.minute:02d}"
    inside = [
        join_segment("BHT", "0022", _QUESTION, reference, day(made, "creation date"), stamp),
        "HL*1**20*1",
        _payer(question),
        "HL*2*1*21*1",
        name_segment(
            "1P",
            question.provider,
            "provider",
            kind="XX",
            number=npi(question.provider_npi, "provider"),
        ),
        *_people(question),
    ]
    yield join_segment("ST", "270", number, VERSION)
    yield from inside
    yield join_segment("SE", str(len(inside) + 2), number)


def _payer(question: EligibilityQuestion) -> str:
    number = identifier(question.payer_id, "payer id", most=80, least=2)
    return name_segment("PR", Organization(question.payer_name), "payer", kind="PI", number=number)


def _people(question: EligibilityQuestion) -> Iterator[str]:
    """The subscriber, and the dependent where the client is one; the question stands at the last.

    The dependent's own date of birth is demanded by payers that look people up, so is the
    subscriber's where the subscriber is the client.
    """
    dependent = question.dependent
    yield f"HL*3*2*22*{0 if dependent is None else 1}"
    if dependent is None:
        yield _trace(question)
    number = member_number(question.member_id)
    yield name_segment("IL", question.subscriber, "subscriber", kind="MI", number=number)
    if dependent is None:
        yield _birth(question.birth_date, question.sex, "client")
    else:
        if question.birth_date is not None:
            yield _birth(question.birth_date, question.sex, "subscriber")
        yield "HL*4*3*23*0"
        yield _trace(question)
        yield name_segment("03", dependent.name, "client")
        yield _birth(dependent.birth_date, dependent.sex, "client")
        yield join_segment("INS", "N", dependent.relationship)
    yield join_segment("DTP", "291", "D8", day(question.on, "day asked about"))
    for service_type in question.service_types:
        yield join_segment("EQ", alphanumeric(service_type, "service type", most=2))


def _trace(question: EligibilityQuestion) -> str:
    trace = control(question.trace, "trace number", 50)
    return join_segment(
        "TRN", "1", trace, alphanumeric(question.originator, "originator", most=10, least=10)
    )


def _birth(born: date | None, sex: str, who: str) -> str:
    """DMG; unlike in a claim an unknown sex is left out, the guide has no code for it."""
    if born is None:
        raise X12DataError(f"{who} date of birth", "is missing")
    return join_segment(
        "DMG", "D8", day(born, f"{who} date of birth"), sex if sex in ("F", "M") else ""
    )
