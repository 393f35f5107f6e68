# SPDX-License-Identifier: MIT
"""TA1, 999 and 277CA in plain words: segment by segment, and verdicts as whole sentences."""

from __future__ import annotations

from mediyn_desktop.claims.x12.model_answers import (
    ElementError,
    InterchangeAnswer,
    SegmentError,
    SetAnswer,
    Status,
    StatusCode,
    Verdict,
)
from mediyn_desktop.claims.x12.reading_aloud import Table, join, money, when
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.values import procedure
from mediyn_desktop.claims.x12.words import (
    CATEGORIES,
    ELEMENT_ERRORS,
    GROUP_ERRORS,
    INTERCHANGE_NOTES,
    ROLES,
    SEGMENT_ERRORS,
    SET_ERRORS,
    STATUSES,
    word,
)

_VERDICTS = {
    "A": "accepted",
    "E": "accepted with errors",
    "M": "rejected (authentication)",
    "P": "partly accepted",
    "R": "rejected",
    "W": "rejected (security)",
    "X": "rejected (decryption)",
}
_ACTIONS = {"WQ": "accepted", "U": "rejected", "F": "final", "15": "correct it and send again"}


def interchange_sentence(answer: InterchangeAnswer) -> str:
    """Return what a TA1 says about our file."""
    verdict = word(_VERDICTS, answer.code, kind="verdict")
    wrong = answer.verdict is not Verdict.ACCEPTED
    return join(
        f"file {answer.isa_control}: {verdict}",
        word(INTERCHANGE_NOTES, answer.note, kind="note") if wrong else "",
    )


def set_sentence(answer: SetAnswer) -> str:
    """Return what a 999 says about one of our transactions, with everything that is wrong."""
    verdict = word(_VERDICTS, answer.code, kind="verdict")
    first = join(
        f"transaction {answer.st_control}: {verdict}",
        *(word(SET_ERRORS, code, kind="error") for code in answer.reasons),
    )
    return " ".join((first, *(segment_error_sentence(each) for each in answer.errors)))


def segment_error_sentence(error: SegmentError) -> str:
    """Return what is wrong with one segment that we sent."""
    where = f"segment {error.segment}"
    if error.segment_position is not None:
        where += f" (number {error.segment_position})"
    if error.claim:
        where = f"claim {error.claim}, {where}"
    elements = (_element_words(error.segment, each) for each in error.elements)
    return join(f"{where} {word(SEGMENT_ERRORS, error.code, kind='error')}", *elements)


def status_sentence(status: Status) -> str:
    """Return what one status of a 277CA says."""
    first, *rest = (code_words(code) for code in status.codes) if status.codes else ("no status",)
    return join(first, *rest, status.text)


def code_words(code: StatusCode) -> str:
    """Return what one code of a 277CA says, in own words; it names nobody."""
    category = word(CATEGORIES, code.category, kind="category")
    about = word(STATUSES, code.status, kind="status")
    entity = f" ({word(ROLES, code.entity, kind='party')})" if code.entity else ""
    return f"{category}: {about}{entity}"


def _element_words(segment: str, error: ElementError) -> str:
    number = f"{error.element:02d}" if error.element is not None else "?"
    part = f"-{error.component}" if error.component is not None else ""
    wrong = word(ELEMENT_ERRORS, error.code, kind="error")
    sent = f" (sent: {error.value})" if error.value else ""
    return f"{segment}{number}{part} {wrong}{sent}"


def _ta1(segment: Segment) -> str:
    note = word(INTERCHANGE_NOTES, segment.element(5), kind="note")
    verdict = word(_VERDICTS, segment.element(4), kind="verdict")
    return join(f"file {segment.element(1)}: {verdict}", note)


def _ik3(segment: Segment) -> str:
    wrong = word(SEGMENT_ERRORS, segment.element(4), kind="error")
    return join(f"segment {segment.element(1)} (number {segment.element(2)}) {wrong}")


def _ik4(segment: Segment) -> str:
    wrong = word(ELEMENT_ERRORS, segment.element(3), kind="error")
    sent = f"it was sent as {segment.element(4)}" if segment.element(4) else ""
    return join(f"element {segment.element(1)} {wrong}", sent)


def _ik5(segment: Segment) -> str:
    codes = (word(SET_ERRORS, code, kind="error") for code in segment.elements[1:6] if code)
    return join(f"verdict: {word(_VERDICTS, segment.element(1), kind='verdict')}", *codes)


def _ak9(segment: Segment) -> str:
    codes = (word(GROUP_ERRORS, code, kind="error") for code in segment.elements[4:9] if code)
    verdict = word(_VERDICTS, segment.element(1), kind="verdict")
    counts = f"{segment.element(4) or '0'} of {segment.element(3) or '0'} transactions accepted"
    return join(f"verdict on the file: {verdict}", counts, *codes)


def _stc(segment: Segment) -> str:
    codes = []
    for number in (1, 10, 11):
        if parts := segment.components(number):
            codes.append(code_words(StatusCode(*(*parts, "", "", "")[:3])))
    action = _ACTIONS.get(segment.element(3), "")
    amount = f"amount {money(segment, 4)}" if segment.element(4) else ""
    return join(*codes, action, amount, segment.element(12))


def _svc(segment: Segment) -> str:
    _, code, modifiers, _ = procedure(segment.element(1), segment.delimiters.component)
    return join(f"service {'-'.join((code, *modifiers))}", f"charged {money(segment, 2)}")


_COUNTS = {
    "90": "claims accepted",
    "AA": "claims rejected",
    "QA": "claims of the provider accepted",
    "QC": "claims of the provider rejected",
}

TABLE_TA1: Table = {"TA1": _ta1}

TABLE_999: Table = {
    "AK1": lambda segment: join(f"answers our group {segment.element(2)}"),
    "AK2": lambda segment: join(f"answers our transaction {segment.element(2)}"),
    "IK3": _ik3,
    "AK3": _ik3,
    "IK4": _ik4,
    "AK4": _ik4,
    "IK5": _ik5,
    "AK5": _ik5,
    "AK9": _ak9,
    "CTX": lambda segment: join(f"where: {' '.join(segment.components(1))}"),
}

TABLE_277CA: Table = {
    "BHT": lambda segment: join(f"answer made on {when(segment.element(4))}"),
    "TRN": lambda segment: join(f"about number {segment.element(2)}"),
    "STC": _stc,
    "SVC": _svc,
    "QTY": lambda segment: join(
        f"{word(_COUNTS, segment.element(1), kind='count')}: {segment.element(2)}"
    ),
}
