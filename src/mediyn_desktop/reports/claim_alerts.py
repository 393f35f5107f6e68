# SPDX-License-Identifier: MIT
"""What needs attention about claims and insurers' answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import exists, func, select

from mediyn_desktop.billing.charges import coverage_in_force
from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import question_mail
from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask
from mediyn_desktop.claims.eligibility import FAILED, last_answer
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.filing import LAST_DAYS, Deadline, filing_deadline
from mediyn_desktop.claims.silence import Awaited, waiting
from mediyn_desktop.claims.states import UNSENT, ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.practice.tables import Client, Coverage, Payer, Session
from mediyn_desktop.reports.alert import Alert, Rule
from mediyn_desktop.reports.open_money import open_money
from mediyn_desktop.store.uow import Reading

NOT_FILED = UNSENT | {ClaimState.REJECTED}
_NEW_DAYS = 14  # for so long a balance is new
_SOON_DAYS = 7


def _unpaid(read: Reading) -> Iterator[Alert]:
    owed: dict[str | None, int] = {}
    for item in open_money(read):
        if item.debtor is not None:
            owed[item.session] = owed.get(item.session, 0) + item.cents
    for one in waiting(read):
        if one.awaited is not Awaited.DECISION or not one.is_overdue(read.today):
            continue
        charge = read.session.get_one(Charge, one.claim.charge_id)
        cents = owed.get(read.session.get_one(Session, charge.session_id).ref, 0)
        if cents:
            yield Alert(
                "claim-unpaid",
                one.claim.control_number,
                one.since,
                cents,
                f"{one.payer.name} was sent this claim {one.days(read.today)} days ago and usually "
                f"pays within {one.usual_days}. Ask the insurer where it stands.",
                1,
            )


def _silent(read: Reading) -> Iterator[Alert]:
    """Claims of which nobody said that they arrived: they may never have been filed."""
    for one in waiting(read):
        if one.awaited is Awaited.DECISION or not one.is_overdue(read.today):
            continue
        what = "read its file" if one.awaited is Awaited.FILE else "took it into processing"
        yield Alert(
            "claim-silent",
            one.claim.control_number,
            one.since,
            one.claim.total_cents,
            f"This claim was sent {one.days(read.today)} days ago and nobody has said that they "
            f"{what}. It may never have been filed: look on the clearinghouse's site.",
            1,
        )


def _held(read: Reading) -> Iterator[Alert]:
    rows = read.session.scalars(select(Claim).where(Claim.state == ClaimState.BLOCKED))
    for claim in rows:
        yield Alert(
            "claim-held",
            claim.control_number,
            local_date(claim.made_at, read.zone),
            claim.total_cents,
            f"A claim of {format_cents(claim.total_cents)} is held back. Open the client's claims "
            "to see what is missing.",
            1,
        )


def _rejected(read: Reading) -> Iterator[Alert]:
    rows = read.session.scalars(select(Claim).where(Claim.state == ClaimState.REJECTED))
    for claim in rows:
        yield Alert(
            "claim-rejected",
            claim.control_number,
            local_date(claim.updated_at, read.zone),
            claim.total_cents,
            f"A claim of {format_cents(claim.total_cents)} was refused and never filed; its "
            "deadline keeps running. Mend it and send it again.",
            1,
        )


def _denied(read: Reading) -> Iterator[Alert]:
    """What an insurer refused to pay and nobody has decided about yet, one alert for each claim."""
    rows = read.session.execute(
        select(
            Claim.control_number,
            func.min(ClaimTask.opened_on),
            func.sum(ClaimTask.amount_cents),
            func.max(Payer.name),
        )
        .join(Claim, Claim.id == ClaimTask.claim_id)
        .join(Coverage, Coverage.id == Claim.coverage_id)
        .join(Payer, Payer.id == Coverage.payer_id)
        .where(ClaimTask.closed_at.is_(None), ClaimTask.kind.in_((Task.DENIED, Task.PART)))
        .group_by(Claim.control_number)
    )
    for number, since, cents, payer in rows:
        yield Alert(
            "claim-denied",
            number,
            since,
            cents,
            f"{payer} refused {format_cents(cents)} of this claim. Correct it, appeal, or decide "
            "who bears it.",
            1,
        )


def _held_answers(read: Reading) -> Iterator[Alert]:
    """Insurers' payments of which something could not be posted: their money rests meanwhile."""
    rows = read.session.execute(
        select(
            ClaimTask.payment_id,
            func.min(ClaimTask.opened_on),
            func.sum(ClaimTask.amount_cents),
            func.count(),
        )
        .where(ClaimTask.closed_at.is_(None), ClaimTask.payment_id.is_not(None))
        .where(ClaimTask.kind.in_((Task.HELD, Task.PAYMENT_HELD)))
        .group_by(ClaimTask.payment_id)
    )
    for payment, since, cents, count in rows:
        answers = "one answer" if count == 1 else f"{count} answers"
        yield Alert(
            "remittance-held",
            str(payment),
            since,
            cents,
            f"A payment of an insurer waits with {answers} that could not be posted. Look at why, "
            "and post or set it aside.",
            1,
        )


def _new_balances(read: Reading) -> Iterator[Alert]:
    """What lately came to a client by an insurer's answer; no card is asked for it by itself."""
    decided: dict[str, date] = {}
    rows = read.session.execute(
        select(Session.ref, ClaimDecision.recorded_at)
        .join(Claim, Claim.id == ClaimDecision.claim_id)
        .join(Charge, Charge.id == Claim.charge_id)
        .join(Session, Session.id == Charge.session_id)
        .where(ClaimDecision.state == "posted", ClaimDecision.client_cents > 0)
        .where(ClaimDecision.payment_id.is_not(None))
        .where(ClaimDecision.recorded_at >= read.now - timedelta(days=_NEW_DAYS))
        .order_by(ClaimDecision.recorded_at)
    )
    for session, recorded_at in rows:
        decided.setdefault(session, local_date(recorded_at, read.zone))
    found: dict[str, tuple[date, int]] = {}
    for item in open_money(read):
        if item.debtor is None and item.session in decided:
            since, cents = found.get(item.client, (decided[item.session], 0))
            found[item.client] = (min(since, decided[item.session]), cents + item.cents)
    balances = client_balances(read) if found else {}
    for client, (since, cents) in found.items():
        owed = min(cents, balances[client].patient_cents - balances[client].credit_cents)
        if owed > 0:
            yield Alert(
                "balance-new",
                client,
                since,
                owed,
                f"{format_cents(owed)} came to the client by an insurer's answer. No card was "
                "charged for it: look at it, then charge it or send a statement.",
                2,
            )


def _not_covered(read: Reading) -> Iterator[Alert]:
    """Clients with an appointment whose insurer said last that the coverage has ended."""
    for session, coverage in _coming_covered(read):
        last = last_answer(read, coverage.id)
        if last is not None and last.status == "inactive":
            yield Alert(
                "coverage-inactive",
                session.client.ref,
                last.as_of or read.today,
                0,
                f"{coverage.payer.name} says that this coverage has ended. Ask the client for the "
                f"new card before the session on {session.date_of_service.isoformat()}.",
                1,
            )


def _unanswered(read: Reading) -> Iterator[Alert]:
    """Questions about coverage that left by mail and that nobody answers: one alert for them all.

    Where several wait, the way is at fault and not the insurers.
    """
    overdue = question_mail.unanswered(read)
    if not overdue:
        return
    first = overdue[0]
    client = read.session.get_one(
        Client, read.session.get_one(Coverage, first.check.coverage_id).client_id
    )
    many = (
        "A question about coverage was"
        if len(overdue) == 1
        else f"{len(overdue)} questions about coverage were"
    )
    yield Alert(
        "eligibility-unanswered",
        client.ref,
        first.since,
        0,
        f"{many} sent to the clearinghouse and nobody has answered, the first for "
        f"{(read.today - first.since).days} days. Ask by telephone, and ask the clearinghouse "
        "whether it takes such questions (270) on this way; the setting clearinghouse.eligibility "
        "chooses another.",
        2,
    )


def _not_asked(read: Reading) -> Iterator[Alert]:
    """Clients who come soon and of whom the insurer could not be asked, or did not know them."""
    for session, coverage in _coming_covered(read):
        newest = read.session.scalar(
            select(EligibilityCheck)
            .where(EligibilityCheck.coverage_id == coverage.id)
            .order_by(EligibilityCheck.id.desc())
            .limit(1)
        )
        if newest is None or not newest.message:
            continue
        if newest.state == FAILED:
            words = f"Whether {coverage.payer.name} covers this client could not be asked"
        elif newest.status == "unknown":
            words = f"{coverage.payer.name} could not say whether it covers this client"
        else:
            continue
        yield Alert(
            "eligibility-failed",
            session.client.ref,
            local_date(newest.made_at, read.zone),
            0,
            f"{words}: {newest.message}",
            2,
        )


def _coming_covered(read: Reading) -> Iterator[tuple[Session, Coverage]]:
    """Each coverage once, with the next appointment it is to pay for within ``_SOON_DAYS``."""
    sessions = read.session.scalars(
        select(Session)
        .where(Session.date_of_service >= read.today)
        .where(Session.date_of_service <= read.today + timedelta(days=_SOON_DAYS))
        .where(Session.status != SessionStatus.CANCELLED)
        .order_by(Session.date_of_service, Session.id)
    )
    told: set[int] = set()
    for session in sessions:
        coverage = coverage_in_force(read, session)
        if coverage is not None and coverage.id not in told:
            told.add(coverage.id)
            yield session, coverage


def _filing_deadlines(read: Reading) -> Iterator[Alert]:
    found: dict[str, Alert] = {}
    for charge, session, payer, deadline in _not_filed(read):
        left = deadline.days_left(read.today)
        used = deadline.used_percent(read.today)
        if left < 0:
            words, urgency = "The filing deadline has passed. Ask the insurer for an exception", 0
        elif left <= LAST_DAYS:
            words, urgency = f"{left} days are left to file this claim. Send it now", 0
        elif used >= 75:
            words, urgency = f"Three quarters of the time to file are gone; {left} days left", 1
        elif used >= 50:
            words, urgency = f"Half of the time to file this claim is gone; {left} days left", 2
        else:
            continue
        limit = (deadline.last_day - deadline.begins_on).days
        begins = "session" if deadline.begins_on == charge.date_of_service else "first answer"
        alert = Alert(
            "filing-deadline",
            session,
            charge.date_of_service,
            charge.total_cents,
            f"{words}. {payer.name} takes claims for {limit} days after the {begins}.",
            urgency,
        )
        known = found.get(session)
        if known is None or alert.urgency < known.urgency:
            found[session] = alert
    yield from found.values()


def _not_filed(read: Reading) -> Iterable[tuple[Charge, str, Payer, Deadline]]:
    """Every claim that has not reached its insurer, also the one nobody has made yet."""
    charges = (
        select(Charge, Session.ref, Payer)
        .join(Session, Session.id == Charge.session_id)
        .where(Charge.voided_at.is_(None), Charge.route.in_(CLAIM_ROUTES))
        .where(Payer.timely_filing_days.is_not(None))
    )
    claimed = exists().where(Claim.charge_id == Charge.id, Claim.state != ClaimState.WITHDRAWN)
    unclaimed = (
        charges.join(Coverage, Coverage.id == Charge.coverage_id)
        .join(Payer, Payer.id == Coverage.payer_id)
        .where(~claimed)
    )
    for charge, session, payer in read.session.execute(unclaimed):
        first = charge.date_of_service
        last = first + timedelta(days=payer.timely_filing_days or 0)
        yield charge, session, payer, Deadline(first, last)
    unsent = (
        charges.add_columns(Claim)
        .join(Claim, Claim.charge_id == Charge.id)
        .join(Coverage, Coverage.id == Claim.coverage_id)
        .join(Payer, Payer.id == Coverage.payer_id)
        .where(Claim.state.in_(NOT_FILED))
    )
    for charge, session, payer, claim in read.session.execute(unsent):
        deadline = filing_deadline(read, claim)
        if deadline is not None:
            yield charge, session, payer, deadline


CLAIM_RULES: tuple[Rule, ...] = (
    _unpaid,
    _silent,
    _held,
    _rejected,
    _denied,
    _held_answers,
    _new_balances,
    _not_covered,
    _unanswered,
    _not_asked,
    _filing_deadlines,
)
