# SPDX-License-Identifier: MIT
"""271: what a pretend plan covers. Guide: 005010X279A1. The member id picks the answer.

INACT: the coverage has ended. NOTF: no such member. DOWN: the payer cannot answer now. Anything
else is active, with a copay of 25.00, a coinsurance of 20 % and 400.00 of a deductible of 1,500.00
left for mental health.

In a file of questions a 999 says first which sets were read: IK5 has its set refused, TA1 the whole
file at the door; LOST is read and never answered, MUTE leaves the whole file without a word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mediyn_desktop.sandbox.clearinghouse.reading import (
    Person,
    Segment,
    at,
    named,
    split_segments,
)
from mediyn_desktop.sandbox.clearinghouse.writing import clean, day, interchange, segment, ta1

VERSION = "005010X279A1"
VERSION_999 = "005010X231A1"
_REFUSED_NOTE = "022"


class NotQuestions(ValueError):
    """The text is not an interchange with eligibility questions; ``str()`` says why."""


@dataclass(slots=True)
class _Question:
    control: str = ""  # ST02
    reference: str = ""
    trace: Segment = field(default_factory=list)
    payer: Person = field(default_factory=Person)
    provider: Person = field(default_factory=Person)
    subscriber: Person = field(default_factory=Person)
    dependent: Person | None = None

    def begins(self, prefix: str) -> bool:
        return self.subscriber.identifier.upper().startswith(prefix)


def answer_questions(text: str, now: datetime) -> str:
    """Return the 271 to a 270 that is asked at once, a set for each set.

    Raises:
        NotQuestions: the text holds no eligibility question.
    """
    header, group, questions = _read(text)
    return _answered(header, group, questions, now)


def answer_question_file(text: str, now: datetime) -> dict[str, str]:
    """Return the answers to a file of questions by kind: ``ta1``, or ``999`` and ``271``.

    Raises:
        NotQuestions: the text holds no eligibility question.
    """
    header, group, questions = _read(text)
    control = _control(header)
    if any(one.begins("MUTE") for one in questions):
        return {}
    if any(one.begins("TA1") for one in questions):
        return {"ta1": ta1(header, _REFUSED_NOTE, control=control, now=now)}
    rows = [segment("AK1", "HS", group[6], at(group, 8))]
    for one in questions:
        rows.append(segment("AK2", "270", one.control, VERSION))
        if one.begins("IK5"):
            rows += [segment("IK3", "NM1", 10, "2100", "8"), segment("IK5", "R", "5")]
        else:
            rows.append(segment("IK5", "A"))
    read = [one for one in questions if not one.begins("IK5")]
    verdict = "A" if len(read) == len(questions) else "P" if read else "R"
    rows.append(segment("AK9", verdict, len(questions), len(questions), len(read)))
    answers = {
        "999": interchange(
            header, group, function="FA", kind="999", version=VERSION_999, bodies=[rows],
            control=control, now=now,
        )
    }  # fmt: skip
    if told := [one for one in read if not one.begins("LOST")]:
        answers["271"] = _answered(header, group, told, now)
    return answers


def _answered(header: Segment, group: Segment, questions: list[_Question], now: datetime) -> str:
    return interchange(
        header,
        group,
        function="HB",
        kind="271",
        version=VERSION,
        bodies=[_body(question, now) for question in questions],
        control=_control(header),
        now=now,
    )


def _control(header: Segment) -> int:
    return int(header[13]) if header[13].isdigit() else 1


def _read(text: str) -> tuple[Segment, Segment, list[_Question]]:
    try:
        rows, _ = split_segments(text)
    except ValueError as error:
        raise NotQuestions(str(error)) from None
    groups = [row for row in rows if row[0] == "GS" and at(row, 1) == "HS"]
    questions: list[_Question] = []
    for row in rows:
        if row[0] == "ST" and at(row, 1) == "270":
            questions.append(_Question(control=at(row, 2)))
        elif questions:
            _take(questions[-1], row)
    if not groups or not questions:
        raise NotQuestions("there is no group of questions (GS01 = HS) in the file")
    return rows[0], groups[0], questions


def _take(question: _Question, row: Segment) -> None:
    match row[0]:
        case "BHT":
            question.reference = at(row, 3)
        case "TRN":
            question.trace = row
        case "NM1" if row[1] == "PR":
            question.payer = named(row)
        case "NM1" if row[1] == "1P":
            question.provider = named(row)
        case "NM1" if row[1] == "IL":
            question.subscriber = named(row)
        case "NM1" if row[1] == "03":
            question.dependent = named(row)


def _body(question: _Question, now: datetime) -> list[Segment]:
    member = question.subscriber.identifier.upper()
    today = day(now)
    payer, provider, subscriber = question.payer, question.provider, question.subscriber
    rows = [
        segment("BHT", "0022", "11", clean(question.reference), today, now.strftime("%H%M")),
        segment("HL", 1, "", 20, 1),
    ]
    rows.append(_name("PR", payer, "PI"))
    if member.startswith("DOWN"):
        rows.append(segment("AAA", "Y", "", "42", "R"))
        return rows
    rows += [
        segment("HL", 2, 1, 21, 1),
        _name("1P", provider, "XX"),
        segment("HL", 3, 2, 22, 1 if question.dependent else 0),
    ]
    trace = []
    if question.trace:
        trace = [segment("TRN", 2, *(clean(part) for part in question.trace[2:5]))]
    rows += [] if question.dependent else trace
    rows.append(_name("IL", subscriber, "MI"))
    if question.dependent is not None:
        rows += [segment("HL", 4, 3, 23, 0), *trace, _name("03", question.dependent, "")]
    if member.startswith("NOTF"):
        rows.append(segment("AAA", "N", "", "75", "C"))
        return rows
    rows.append(segment("DTP", "346", "D8", f"{now.year}0101"))
    if member.startswith("INACT"):
        rows += [segment("EB", "6", "", "30"), segment("EB", "6", "", "MH")]
        return rows
    return [
        *rows,
        segment("EB", "1", "", "30", "", "SANDBOX PLAN"),
        segment("EB", "1", "", "MH"),
        segment("EB", "B", "IND", "MH", "", "", "27", "25", "", "", "", "", "Y"),
        segment("EB", "A", "IND", "MH", "", "", "", "", ".2", "", "", "", "Y"),
        segment("EB", "C", "IND", "30", "", "", "23", "1500", "", "", "", "", "Y"),
        segment("EB", "C", "IND", "30", "", "", "29", "400", "", "", "", "", "Y"),
    ]


def _name(role: str, person: Person, qualifier: str) -> Segment:
    entity = 1 if person.first else 2
    known = (qualifier, clean(person.identifier)) if qualifier and person.identifier else ()
    return segment(
        *("NM1", role, entity, clean(person.last), clean(person.first), "", "", ""), *known
    )
