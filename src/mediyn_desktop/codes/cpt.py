# SPDX-License-Identifier: MIT
"""CPT codes by kind of session and minutes of face-to-face therapy.

A timed code is reached once more than half of its time is done (the midpoint rule of CPT), so each
band starts one minute past a midpoint. Minutes are whole and floored: 52:59 is 52. Only time spent
in therapy counts, not charting, scheduling or telephone calls, and never the length of the booked
appointment.

Sources: Novitas Solutions and CMS contractor guides for 90832/90834/90837; APA Practice
Organization for 90839/90840 ("at least 30 minutes"); the 2017 CPT change for 90846/90847 (26).
Labels are our own; the descriptors belong to the AMA.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mediyn_desktop.codes.vocabulary import SessionKind

# Fee schedule keys that are not codes: never on a claim or a superbill.
LATE_CANCEL = "LATE_CANCEL"
NO_SHOW = "NO_SHOW"

# First minute of each band, highest first. 90837 has no upper end and is never billed twice.
_INDIVIDUAL = ((53, "90837"), (38, "90834"), (16, "90832"))
_CRISIS_FIRST = 30
_CRISIS_FURTHER = 75
_FAMILY = 26
_FAMILY_CODES = {
    SessionKind.FAMILY_WITH_CLIENT: "90847",
    SessionKind.FAMILY_WITHOUT_CLIENT: "90846",
}
_UNTIMED_CODES = {SessionKind.INTAKE: "90791", SessionKind.GROUP: "90853"}

_SESSION_CODES = frozenset(
    {"90839", *(code for _, code in _INDIVIDUAL), *_FAMILY_CODES.values(), *_UNTIMED_CODES.values()}
)

# From here on a session holds as much unpaid time as would make another timed code.
_LONG = 76

_LABELS = {
    "90785": "Complicated communication, add-on",
    "90791": "Intake evaluation",
    "90792": "Intake evaluation with medical part",
    "90832": "Individual therapy, 30 minutes",
    "90833": "Therapy beside a medical visit, 30 minutes",
    "90834": "Individual therapy, 45 minutes",
    "90836": "Therapy beside a medical visit, 45 minutes",
    "90837": "Individual therapy, 60 minutes",
    "90838": "Therapy beside a medical visit, 60 minutes",
    "90839": "Crisis therapy, first hour",
    "90840": "Crisis therapy, further half hour",
    "90846": "Family therapy without the client",
    "90847": "Family or couple therapy with the client",
    "90849": "Group of several families",
    "90853": "Group therapy",
    "96127": "Short standard questionnaire",
    "96130": "Test evaluation, first hour",
    "96131": "Test evaluation, further hour",
    "96136": "Giving tests, first half hour",
    "96137": "Giving tests, further half hour",
    "98966": "Telephone assessment, short",
    "98967": "Telephone assessment, medium",
    "98968": "Telephone assessment, long",
    "99404": "Preventive counselling, about an hour",
    "G0560": "Safety planning, 20 minutes",
    "H0004": "Counselling, 15 minutes",
    "H0031": "Mental health assessment",
    "H0032": "Treatment planning",
    LATE_CANCEL: "Late cancellation",
    NO_SHOW: "Missed session",
}

# CPT category I; HCPCS level II; CPT categories II and III and laboratory codes.
_CODE_SHAPE = re.compile(r"[0-9]{5}|[A-Z][0-9]{4}|[0-9]{4}[A-Z]")


@dataclass(frozen=True, slots=True)
class Coded:
    """What to bill for a session.

    ``notice`` is a sentence the clinician should read before confirming. ``near_boundary`` tells
    that two minutes more or less would have given another code, so start and end deserve a look.
    """

    code: str
    units: int = 1
    add_on: str | None = None  # billed beside `code`, never alone
    add_on_units: int = 0
    notice: str | None = None
    near_boundary: bool = False


@dataclass(frozen=True, slots=True)
class NotBillable:
    """Why there is nothing to bill: a stable ``code`` for programs, a ``message`` for people."""

    code: str
    message: str


def code_session(kind: SessionKind, minutes: int) -> Coded | NotBillable:
    """Return the CPT code for ``minutes`` of ``kind``, or why there is none.

    Never rounds up and never invents: a result a payer would refuse is a ``NotBillable`` with a
    sentence for the clinician.

    Raises:
        ValueError: ``minutes`` is negative.
    """
    if minutes < 0:
        raise ValueError(f"a session cannot last {minutes} minutes")
    match kind:
        case SessionKind.INDIVIDUAL:
            return _individual(minutes)
        case SessionKind.CRISIS:
            return _crisis(minutes)
        case SessionKind.FAMILY_WITH_CLIENT | SessionKind.FAMILY_WITHOUT_CLIENT:
            return _family(kind, minutes)
        case SessionKind.INTAKE | SessionKind.GROUP:
            if minutes < 1:
                return NotBillable("no-minutes", "The session has no minutes; enter start and end.")
            return Coded(_UNTIMED_CODES[kind])


def face_to_face_minutes(start: datetime, end: datetime, break_minutes: int = 0) -> int:
    """Return whole minutes of therapy between two instants, less the break; never below 0.

    Seconds that do not fill a minute are dropped. Clock changes do not matter, because aware
    instants are subtracted in UTC.

    Raises:
        ValueError: a naive time, an end not after the start, or a negative break.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a session starts and ends at aware instants")
    # Two wall times of one zone would be subtracted as printed, an hour wrong on a clock change.
    length = end.astimezone(UTC) - start.astimezone(UTC)
    if length <= timedelta(0):
        raise ValueError("a session ends after it starts")
    if break_minutes < 0:
        raise ValueError("a break cannot be negative")
    return max(0, length // timedelta(minutes=1) - break_minutes)


def label(code: str) -> str:
    """Return our short name for a code or fee key; a code we do not know is named by itself."""
    return _LABELS.get(code, f"Service {code}")


def is_labelled(code: str) -> bool:
    """Return whether ``code`` is one of those a therapist's practice bills."""
    return code in _LABELS and code not in (LATE_CANCEL, NO_SHOW)


def is_cpt_shape(code: str) -> bool:
    """Return whether ``code`` has the shape of a CPT or HCPCS code; it may still not exist."""
    return _CODE_SHAPE.fullmatch(code) is not None


def is_session_code(code: str) -> bool:
    """Return whether a whole session may be billed as ``code``: no add-on, no fee, no test."""
    return code in _SESSION_CODES


def is_fee_key(code: str) -> bool:
    """Return whether ``code`` may name a row of a fee schedule: a code, or one of our two keys."""
    return code in (LATE_CANCEL, NO_SHOW) or is_cpt_shape(code)


def _individual(minutes: int) -> Coded | NotBillable:
    for first, code in _INDIVIDUAL:
        if minutes >= first:
            near = _other_side(minutes, tuple(first for first, _ in _INDIVIDUAL))
            notice = _look_again(minutes) if near else None
            if minutes >= _LONG:
                notice = "There is no code for the time beyond 60 minutes; one unit is billed."
            return Coded(code, notice=notice, near_boundary=near)
    return NotBillable("under-16-minutes", "Individual therapy is billable from 16 minutes.")


def _crisis(minutes: int) -> Coded | NotBillable:
    if minutes < 16:
        return NotBillable("under-16-minutes", "Crisis therapy is billable from 16 minutes.")
    # Beyond the first hour a boundary comes every 30 minutes: 75, 105, 135 and so on.
    near = _other_side(minutes, (16, _CRISIS_FIRST)) or (
        minutes >= _CRISIS_FURTHER - 2 and (minutes - _CRISIS_FURTHER + 2) % 30 < 4
    )
    again = _look_again(minutes) if near else None
    if minutes < _CRISIS_FIRST:
        short = "Under 30 minutes, crisis work is billed as individual therapy."
        return Coded("90832", notice=f"{short} {again}" if again else short, near_boundary=near)
    if minutes < _CRISIS_FURTHER:
        return Coded("90839", notice=again, near_boundary=near)
    further = 1 + (minutes - _CRISIS_FURTHER) // 30
    return Coded("90839", 1, "90840", further, again, near)


def _family(kind: SessionKind, minutes: int) -> Coded | NotBillable:
    if minutes >= _FAMILY:
        near = _other_side(minutes, (_FAMILY,))
        notice = _look_again(minutes) if near else None
        return Coded(_FAMILY_CODES[kind], notice=notice, near_boundary=near)
    message = "Family therapy is billable from 26 minutes."
    if kind is SessionKind.FAMILY_WITH_CLIENT and minutes >= 16:
        message += " If it truly was individual work with the client, record it as individual."
    return NotBillable("under-26-minutes", message)


def _other_side(minutes: int, firsts: tuple[int, ...]) -> bool:
    """Return whether ``minutes`` is among the two before or the first two of a band."""
    return any(-2 <= minutes - first < 2 for first in firsts)


def _look_again(minutes: int) -> str:
    return f"{minutes} minutes is close to where the code changes; check start and end."
