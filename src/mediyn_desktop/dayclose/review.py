# SPDX-License-Identifier: MIT
"""What a day looks like before, while and after it is closed. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from mediyn_desktop.billing.charges import (
    NotBilled,
    Plan,
    charge_of,
    not_held_yet,
    plan_charge,
)
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import attempts_for
from mediyn_desktop.cards.due import NotChargeable, chargeable_card, due_on_card
from mediyn_desktop.cards.installments import Installment, installments
from mediyn_desktop.cards.states import State, public_name
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.tables import DayClosed
from mediyn_desktop.delivery import superbill_rules
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class DayException:
    """Something that needs a person: ``ref`` is the session's, or the client's."""

    ref: str
    client_ref: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """One charged or planned line: the total in cents, units included."""

    cpt: str
    modifiers: tuple[str, ...]
    pos: str
    units: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class CardCharge:
    """What a card is asked for and what became of it."""

    attempt_id: int
    session_ref: str
    client_ref: str
    amount_cents: int
    state: str
    processor_id: str | None
    decline_code: str | None
    message: str | None
    last4: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """The claim of a session."""

    control_number: str
    client_ref: str
    state: str
    total_cents: int


@dataclass(frozen=True, slots=True)
class Row:
    """One session of the day. ``starts_at`` is practice-local; ``due_cents`` is asked of a card."""

    session_ref: str
    client_ref: str
    client_name: str
    starts_at: datetime
    minutes: int
    kind: str
    status: str
    signed: bool
    billed: bool
    route: str | None
    reason: str | None
    lines: tuple[ChargedLine, ...]
    due_cents: int
    card_last4: str | None
    card: CardCharge | None
    claim: ClaimView | None
    exceptions: tuple[DayException, ...]

    @property
    def fee_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.fee_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Review:
    """The day's sessions, those with exceptions first, and all exceptions.

    ``installments`` are what payment plans ask of cards that evening, beside the sessions.
    """

    day: date
    rows: tuple[Row, ...]
    exceptions: tuple[DayException, ...]
    installments: tuple[Installment, ...] = ()


def review(read: Reading, day: date, *, also: Collection[int] = ()) -> Review:
    """Return the review of ``day``; ``also`` names card attempts of installments to list too."""
    listed = sessions.on_day(read, day)
    charges = {
        session.id: charge for session in listed if (charge := charge_of(read, session)) is not None
    }
    ids = [charge.id for charge in charges.values()]
    attempts = attempts_for(read, ids)
    claims = submission.claims_of(read, list(charges.values()))
    rows = [
        _row(read, session, charges.get(session.id), attempts, claims)
        for session in listed
        if session.status != SessionStatus.CANCELLED
    ]
    rows.sort(key=lambda row: (not row.exceptions, row.starts_at, row.session_ref))
    asked = tuple(installments(read, day, also))
    found = [item for row in rows for item in row.exceptions]
    found += [item for one in asked for item in _installment_exceptions(one)]
    return Review(day, tuple(rows), tuple(found), asked)


def closed_at(read: Reading, day: date) -> datetime | None:
    """Return when ``day`` was last closed, practice-local, or None while it is open."""
    at = read.session.scalar(select(DayClosed.last_closed_at).where(DayClosed.day == day))
    return at.astimezone(read.zone) if at is not None else None


def _row(
    read: Reading,
    session: Session,
    charge: Charge | None,
    attempts: dict[int, CardAttempt],
    claims: dict[int, Claim],
) -> Row:
    signed = session.note is not None and session.note.signed_at is not None
    attempt = attempts.get(charge.id) if charge is not None else None
    claim = claims.get(charge.id) if charge is not None else None
    found: list[DayException] = []
    due, last4 = 0, None
    route: str | None = None
    reason: str | None = None
    if charge is not None:
        lines = _charged(charge)
        route, reason = charge.route, charge.reason
        due, last4, problem = _card_tonight(read, charge, attempt)
        if problem is not None:
            found.append(_exception(session, problem.code, problem.message))
        found.extend(_card_exceptions(session, attempt, due))
        found.extend(_claim_exceptions(read, session, charge, claim))
        found.extend(
            _exception(session, blocker.code, blocker.message)
            for blocker in superbill_rules.blockers(read, charge)
        )
    else:
        planned = plan_charge(read, session)
        lines = ()
        if not signed:
            found.append(
                _exception(
                    session, "unsigned-note", "The note is not signed. Sign it to bill the session."
                )
            )
        if isinstance(planned, Plan):
            lines = _planned(planned)
            route, reason = planned.route.value, planned.reason
        elif isinstance(planned, NotBilled):
            found.append(_exception(session, planned.code, planned.message))
        ahead = not_held_yet(read, session) if signed else None
        if ahead is not None:
            found.append(_exception(session, ahead.code, ahead.message))
    return Row(
        session_ref=session.ref,
        client_ref=session.client.ref,
        client_name=session.client.full_name,
        starts_at=session.starts_at.astimezone(read.zone),
        minutes=session.minutes,
        kind=session.kind,
        status=session.status,
        signed=signed,
        billed=charge is not None,
        route=route,
        reason=reason,
        lines=lines,
        due_cents=due,
        card_last4=last4,
        card=_card_view(session, attempt) if attempt is not None else None,
        claim=_claim_view(session, claim) if claim is not None else None,
        exceptions=tuple(found),
    )


def _card_tonight(
    read: Reading, charge: Charge, attempt: CardAttempt | None
) -> tuple[int, str | None, NotChargeable | None]:
    """What tonight's batch would ask of a card, its last four digits, or why it would not."""
    due = due_on_card(read, charge)
    if due is None:
        return 0, None, None
    if attempt is not None and attempt.state not in (State.CANCELED, State.QUEUED, State.PLANNED):
        return due.cents, attempt.last4, None
    cap = settings.get(read, settings.CARDS_CAP_PER_CHARGE)
    card = chargeable_card(due, today=read.today, cap_cents=cap)
    if isinstance(card, NotChargeable):
        return 0, None, card
    return due.cents, card.last4, None


def _card_exceptions(
    session: Session, attempt: CardAttempt | None, due_cents: int
) -> list[DayException]:
    if attempt is None:
        return []
    if not due_cents and attempt.state in (State.DECLINED, State.NEEDS_CLIENT):
        return []  # paid another way since, or taken off
    told = _trouble(attempt.state, attempt.amount_cents, attempt.message)
    return [_exception(session, *told)] if told is not None else []


def _installment_exceptions(one: Installment) -> list[DayException]:
    if one.problem is not None:
        told: tuple[str, str] | None = (one.problem.code, one.problem.message)
    else:
        told = _trouble(one.state, one.amount_cents, one.message)
    return [DayException(one.plan_ref, one.client_ref, *told)] if told is not None else []


def _trouble(state: str | None, cents: int, message: str | None) -> tuple[str, str] | None:
    """Code and words of what a person has to settle about an attempt, if anything."""
    amount = format_cents(cents)
    match state:
        case State.DECLINED:
            return "card-declined", f"The card was declined for {amount}. {message or ''}".strip()
        case State.NEEDS_CLIENT:
            return "card-needs-client", message or ""
        case State.UNKNOWN:
            return "card-unknown", (
                f"The processor has not answered about {amount}. Nothing will be charged twice; "
                "we ask again before anything else."
            )
        case State.REVIEW:
            return "card-review", (
                f"The charge of {amount} does not match the processor's. Please compare."
            )
        case _:
            return None


def _claim_exceptions(
    read: Reading, session: Session, charge: Charge, claim: Claim | None
) -> list[DayException]:
    """What holds the claim back, or will once the day is closed and it is made."""
    if claim is None:
        held, found = "will be held back", submission.foreseen_problems(read, charge)
    elif claim.state == ClaimState.BLOCKED:
        held, found = "is held back", submission.problems(claim)
    else:
        return []
    return [
        _exception(session, problem.code, f"The claim {held}. {problem.message}")
        for problem in found
    ]


def _exception(session: Session, code: str, message: str) -> DayException:
    return DayException(session.ref, session.client.ref, code, message)


def _charged(charge: Charge) -> tuple[ChargedLine, ...]:
    return tuple(
        ChargedLine(
            line.code,
            tuple(m for m in line.modifiers.split(",") if m),
            charge.pos,
            line.units,
            line.fee_cents,
        )
        for line in charge.lines
    )


def _planned(plan: Plan) -> tuple[ChargedLine, ...]:
    return tuple(
        ChargedLine(line.code, line.modifiers, plan.pos, line.units, line.fee_cents)
        for line in plan.lines
    )


def _card_view(session: Session, attempt: CardAttempt) -> CardCharge:
    return CardCharge(
        attempt_id=attempt.id,
        session_ref=session.ref,
        client_ref=session.client.ref,
        amount_cents=attempt.amount_cents,
        state=public_name(State(attempt.state)),
        processor_id=attempt.processor_id,
        decline_code=attempt.decline_code,
        message=attempt.message,
        last4=attempt.last4,
    )


def _claim_view(session: Session, claim: Claim) -> ClaimView:
    return ClaimView(claim.control_number, session.client.ref, claim.state, claim.total_cents)
