# SPDX-License-Identifier: MIT
"""Closing the day: bill, queue, charge, print, report, and close its books. Safe to stop and to
repeat at any point.

Everything that leaves the machine has its row first. Nothing here decides anything: codes, prices
and roads come from ``billing``, what may be charged from ``cards``, what may be sent from
``claims``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Event

from sqlalchemy import select

from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.plan_views import running_plans
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.approving import approve, preview
from mediyn_desktop.cards.due import InstallmentDue
from mediyn_desktop.cards.installments import withdraw_installments
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tally import SoFar, tally
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.claims import asking, connection, question_mail, sending, submission
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.transports.protocol import MailboxTrouble, NotAllowed, Offline
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.report import write_day_report
from mediyn_desktop.dayclose.review import DayException, Review, review
from mediyn_desktop.dayclose.tables import DayClosed
from mediyn_desktop.delivery import superbills
from mediyn_desktop.delivery.files import NotSaved, require_folder
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.ledger.periods import close_period
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import Store, UnitOfWork

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing the day came to. ``processor`` says why cards were not charged, if so."""

    review: Review
    superbills: tuple[Superbill, ...]
    exceptions: tuple[DayException, ...]
    files: tuple[Path, ...]
    claim_files: tuple[sending.Exported, ...]
    processor: str | None
    processor_message: str | None


def close_day(
    store: Store,
    day: date,
    *,
    api: StripeApi | None,
    out: Path | None = None,
    skip: Collection[str] = (),
    offline: bool = False,
    progress: Progress | None = None,
    charged: Callable[[SoFar], None] | None = None,
    cancelled: Event | None = None,
) -> Closed:
    """Close ``day``; repeating it charges, queues and numbers nothing again.

    Its books are closed once it is over: a note signed later is billed on its own day.

    Args:
        api: the card processor, or None where none is connected: charges stay queued.
        out: where superbills and the day report are saved; None saves no files.
        skip: refs of sessions whose card is not to be charged tonight; what waits of them, unsent,
            is taken back.
        progress: called with (step, done, total), from worker threads too.
        charged: called from worker threads with how charging cards goes so far.
        cancelled: stops cleanly between two charges.

    Raises:
        NotSaved: ``out`` cannot be written to; nothing was begun. A file that fails later, when
            cards were charged, is an exception in the answer instead.
        NotFound: ``skip`` names a session the day does not have; nothing was begun.
    """
    tell = progress or (lambda *_: None)
    if out is not None:
        require_folder(out)
    tell("Billing", 0, 1)
    planned, asked, capped = _bill_and_queue(store, day, frozenset(skip))
    outcome = worker.Pass("offline", "You are offline. The charges are queued.")
    if not offline:
        with store.read() as read:
            count = tally(read).count

        def driven(done: int, total: int, ident: int, state: State) -> None:
            tell("Charging cards", done, total)
            now = count(done, total, ident, state)
            if charged is not None:
                charged(now)

        outcome = worker.run_pass(
            store, api, only=[*planned, *asked], progress=driven, cancelled=cancelled
        )
    tell("Printing superbills", 0, 1)
    unsaved: list[DayException] = []
    printed = _print_superbills(store, day, out, unsaved)
    exported = _hand_over_claims(store, day, unsaved, offline=offline)
    with store.write("Close the day") as uow:
        _mark_closed(uow, day)
    with store.read() as read:
        state = review(read, day, also=asked)
    exceptions = (
        *state.exceptions,
        *capped,
        *_processor_exceptions(state, outcome, offline),
        *unsaved,
    )
    closed = Closed(
        review=state,
        superbills=printed,
        exceptions=exceptions,
        files=tuple(bill.file for bill in printed if bill.file is not None),
        claim_files=tuple(exported),
        processor=outcome.stopped,
        processor_message=outcome.message,
    )
    if out is not None:
        closed = _with_report(store, closed, out)
    tell("Done", 1, 1)
    return closed


def _bill_and_queue(
    store: Store, day: date, skip: frozenset[str]
) -> tuple[list[int], list[int], list[DayException]]:
    """Bill what was signed and not billed, queue the claims, plan the card attempts.

    Returns the ids of the sessions' attempts, of the installments', and what is above a limit.
    """
    with store.write(f"Close the day {day.isoformat()}: bill and queue") as uow:
        # Approved on another evening and left out tonight: no later pass may send it either.
        withdraw_unsent(uow, skip)
        withdraw_installments(uow, list(skip))
        charges: list[Charge] = []
        listed = sessions.on_day(uow, day)
        plans = {plan.ref for plan in running_plans(uow)}
        _refuse_strangers(skip, {session.ref for session in listed} | plans, day)
        for session in listed:
            bill_session(uow, session)
            charge = charge_of(uow, session)
            if charge is not None:
                charges.append(charge)
        submission.queue_claims(uow, submission.make_claims(uow, charges))
        asking.queue_next_day(uow, day)
        return _plan_cards(uow, charges, day, skip)


def _plan_cards(
    uow: UnitOfWork, charges: list[Charge], day: date, skip: frozenset[str]
) -> tuple[list[int], list[int], list[DayException]]:
    """Plan the card attempts within the limits, as ``_bill_and_queue`` returns them."""
    lines = preview(uow, charges, evening=day, skip=skip)
    capped = [
        DayException(line.due.ref, line.due.client.ref, no.code, no.message)
        for line in lines
        if (no := line.refused) is not None and no.code == "over-day-cap"
    ]
    plans = [line for line in lines if isinstance(line.due, InstallmentDue)]
    planned = approve(uow, [line for line in lines if line not in plans])
    return planned, approve(uow, plans), capped


def _refuse_strangers(skip: frozenset[str], listed: set[str], day: date) -> None:
    """Stop at a ref to skip that the day does not have: the one that was meant would be charged."""
    strange = sorted(skip - listed)
    if strange:
        named = ", ".join(f"“{ref}”" for ref in strange)
        raise NotFound(
            f"There is no session {named} on {day.isoformat()}, so it cannot be skipped. Nothing "
            "was charged. Check the reference."
        )


def _print_superbills(
    store: Store, day: date, out: Path | None, unsaved: list[DayException]
) -> tuple[Superbill, ...]:
    with store.write(f"Superbills for {day.isoformat()}") as uow:
        issued = superbills.issue_for_day(uow, day)
    printed: list[Superbill] = []
    for bill in issued:
        try:
            printed.append(superbills.save(store, bill, out))
        except NotSaved as error:
            printed.append(bill)
            unsaved.append(
                DayException(bill.client_ref, bill.client_ref, error.code, error.message)
            )
    return tuple(printed)


def _hand_over_claims(
    store: Store, day: date, unsaved: list[DayException], *, offline: bool
) -> list[sending.Exported]:
    """Hand queued claims and questions to the clearinghouse, where a way is set up and allowed.

    Where nobody answers they stay queued and go later by themselves; that needs nobody.
    """
    with store.read() as read:
        if not connection.is_set_up(read):
            return []
        way = connection.transport(read)
    if offline and way.kind != "folder":
        return []
    try:
        with way:
            files = sending.send_claims(store, way)
            asked = question_mail.send_along(store, way)
    except Offline:
        return []
    except (NotAllowed, MailboxTrouble) as error:
        unsaved.append(DayException(day.isoformat(), "", error.code, error.message))
        return []
    open_files = [(one.state, one.message) for one in files]
    # A question in doubt is asked anew tomorrow; only a file that was refused needs a person.
    open_files += [(one.state, one.message) for one in asked if one.state is HandOver.REFUSED]
    unsaved.extend(
        DayException(day.isoformat(), "", f"claim-file-{state}", message)
        for state, message in open_files
        if state is not HandOver.SENT
    )
    return [one for one in files if one.state is HandOver.SENT]


def _with_report(store: Store, closed: Closed, out: Path) -> Closed:
    """Write the day report and name it among the files, or say why it could not be written."""
    try:
        with store.read() as read:
            report = write_day_report(
                read, closed.review, closed.exceptions, len(closed.superbills), out
            )
    except NotSaved as error:
        failed = DayException(closed.review.day.isoformat(), "", error.code, error.message)
        return replace(closed, exceptions=(*closed.exceptions, failed))
    return replace(closed, files=(*closed.files, report))


def _mark_closed(uow: UnitOfWork, day: date) -> None:
    row = uow.session.scalar(select(DayClosed).where(DayClosed.day == day))
    if row is None:
        row = DayClosed(day=day, first_closed_at=uow.now, last_closed_at=uow.now)
        uow.session.add(row)
    row.last_closed_at = uow.now
    uow.changed("day", day.isoformat())
    if day <= uow.today:  # what comes in for it later is posted on its own day and names this one
        close_period(uow, day, day)


def _processor_exceptions(
    state: Review, outcome: worker.Pass, offline: bool
) -> tuple[DayException, ...]:
    """One line for each charge that waits: the processor was not reached, or was busy."""
    charged = [
        (row.session_ref, row.client_ref, row.card.amount_cents, row.card.state)
        for row in state.rows
        if row.card is not None
    ]
    charged += [
        (one.plan_ref, one.client_ref, one.amount_cents, one.state or "")
        for one in state.installments
    ]
    return tuple(
        _waiting(ref, client, cents, outcome, offline)
        for ref, client, cents, name in charged
        if name == "queued" or (name == "sending" and not offline)
    )


def _waiting(
    ref: str, client_ref: str, cents: int, outcome: worker.Pass, offline: bool
) -> DayException:
    amount = format_cents(cents)
    if outcome.stopped is not None or offline:
        code, text = f"card-{outcome.stopped}", f"{amount} is queued. {outcome.message}"
    else:
        code = "card-waiting"
        text = (
            f"{amount} has not been charged yet and waits. It is charged once, when the day is "
            "closed again or waiting charges are next sent."
        )
    return DayException(ref, client_ref, code, text)
