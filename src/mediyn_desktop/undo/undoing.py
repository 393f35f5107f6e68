# SPDX-License-Identifier: MIT
"""Undoing the newest step, or saying what does it instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select

from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.package_sales import refund_package
from mediyn_desktop.billing.payment_plans import reopen_plan
from mediyn_desktop.billing.plan_views import get_plan, plan_view, running_plan
from mediyn_desktop.billing.prepaid import PackageState, view_package
from mediyn_desktop.billing.voiding import void_charge
from mediyn_desktop.cards import plans
from mediyn_desktop.cards.attempts import attempts_for
from mediyn_desktop.cards.installments import charged_under
from mediyn_desktop.cards.receipts import charge_in_flight, lower_waiting
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.claims.submission import ClaimSent, refuse_if_sent, withdraw_claim
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.items import Share, open_cents
from mediyn_desktop.ledger.returns import refundable_cents, void_payment
from mediyn_desktop.ledger.tables import DepositLineRow, PaymentRow
from mediyn_desktop.ledger.write_offs import reverse_write_off
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo.tables import UndoStep

Facts = dict[str, Any]
_WHY = "Undone"
_AGAIN = "+"  # after the ref of a payment whose voiding was undone
_NOT_ASKED = frozenset({State.CANCELED})


class CannotUndo(UserFacingError):
    """The newest step is not undone; the message says what does it instead."""

    code = "cannot-undo"


class NothingToUndo(UserFacingError):
    """Nothing was done yet, or all of it was undone."""

    code = "nothing-to-undo"


class Offer(StrEnum):
    """What does it instead, where the program can do it: the name of that use case."""

    CANCEL = "cancel"
    VOID = "void"
    PAY = "pay"
    REFUND_PACKAGE = "refund-package"
    SELL_PACKAGE = "package"
    END_PLAN = "end-plan"


class Instead(NamedTuple):
    """Why a step is not undone and what to do, in sentences, and what of it is offered."""

    sentence: str
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Undoable:
    """The newest step; ``instead`` says why it is not undone and what to do, or is None."""

    step: int
    verb: str
    words: str
    instead: str | None
    offer: Offer | None = None

    @property
    def title(self) -> str:
        """What undoing it is called."""
        return f"Undo: {self.words}"


def newest(read: Reading) -> Undoable | None:
    """Return the newest step that was not undone, or None."""
    row = _newest(read)
    if row is None:
        return None
    left = _VERBS[row.verb].left(read, json.loads(row.facts)) or Instead("")
    return Undoable(row.id, row.verb, row.words, left.sentence or None, left.offer)


def undo(uow: UnitOfWork, step: int | None = None) -> Undoable:
    """Undo the newest step and return it.

    Args:
        step: the id of the step that is meant, where it was shown before: another one that came
            since is not undone in its place.

    Raises:
        NothingToUndo: there is no step.
        CannotUndo: something of it left the computer, or another step came since; nothing was
            changed.
    """
    found = newest(uow)
    row = _newest(uow)
    if found is None or row is None:
        raise NothingToUndo("There is nothing to undo. Nothing was changed.")
    if step is not None and step != found.step:
        raise CannotUndo("Something else was done since. Nothing was changed. Look again.")
    if found.instead is not None:
        raise CannotUndo(f"“{found.words}” is not undone: {found.instead} Nothing was changed.")
    _VERBS[row.verb].back(uow, json.loads(row.facts))
    row.undone_at = uow.now
    uow.session.flush()
    uow.changed("undo_step", row.id)
    return found


def _newest(read: Reading) -> UndoStep | None:
    return read.session.scalar(
        select(UndoStep).where(UndoStep.undone_at.is_(None)).order_by(UndoStep.id.desc()).limit(1)
    )


# -- what still holds a step back: None, or what to do instead


def _billed_left(read: Reading, facts: Facts) -> Instead | None:
    session = sessions.get(read, facts["session"])
    charge = charge_of(read, session)
    if charge is None:
        return None
    attempt = attempts_for(read, [charge.id]).get(charge.id)
    if attempt is not None and attempt.state not in _NOT_ASKED:
        if attempt.state == State.SUCCEEDED:
            return Instead(
                "The card was charged. Refund it on the processor's page, or cancel the session.",
                Offer.CANCEL,
            )
        if attempt.state not in WAITING or attempt.create_started_at is not None:
            return Instead(
                "The card processor was asked already. Cancel the session once it has answered."
            )
    try:
        refuse_if_sent(read, charge)
    except ClaimSent:
        return Instead("Its claim was written into a claim file. Have the insurer void the claim.")
    if _on_paper(read, session):
        return Instead(
            "A superbill names it already. Cancel the session; the superbill is then replaced.",
            Offer.CANCEL,
        )
    return None


def _on_paper(read: Reading, session: Session) -> bool:
    """Whether a superbill that covers the session's day was issued since it was billed."""
    charge = charge_of(read, session)
    issued = select(IssuedDocument.id).where(
        IssuedDocument.client_id == session.client_id,
        IssuedDocument.period_from <= session.date_of_service,
        IssuedDocument.period_to >= session.date_of_service,
        IssuedDocument.issued_at >= (charge.billed_at if charge is not None else read.now),
    )
    return read.session.scalar(issued.limit(1)) is not None


def _payment_left(read: Reading, facts: Facts) -> Instead | None:
    row = payments.get_payment(read, standing(read, facts["payment"]))
    if read.session.get(DepositLineRow, row.id) is not None:
        return Instead(
            "It was taken to the bank. If it was never paid, void the payment.", Offer.VOID
        )
    if refundable_cents(read, row) < row.amount_cents:
        return Instead("Part of it went back to the client. Nothing is left to undo.")
    return None


def _refund_left(_read: Reading, _facts: Facts) -> Instead | None:
    return Instead("The money was handed back. If it was not, record it as a payment.", Offer.PAY)


def _card_left(read: Reading, facts: Facts) -> Instead | None:
    row = payments.get_payment(read, standing(read, facts["payment"]))
    if charge_in_flight(read, sessions.get_client(read, row.client)):
        return Instead("A card of this client is being charged. Wait for its answer.")
    return None


def _package_left(read: Reading, facts: Facts) -> Instead | None:
    found = view_package(read, facts["package"])
    if found.used:
        return Instead(
            "A session has used it. Refund what is left of the package.", Offer.REFUND_PACKAGE
        )
    if found.state is PackageState.PENDING:
        return Instead("It is not paid, so nothing is booked and nothing can be used.")
    return None


def _package_refund_left(_read: Reading, _facts: Facts) -> Instead | None:
    return Instead(
        "The money was handed back. If it was not, sell the rest as a new package.",
        Offer.SELL_PACKAGE,
    )


def _plan_left(read: Reading, facts: Facts) -> Instead | None:
    if charged_under(read, get_plan(read, facts["plan"])):
        return Instead("A card was asked for an installment already. End the plan.", Offer.END_PLAN)
    if plan_view(read, facts["plan"]).running:
        return None
    return Instead("It is paid off or has ended.")


def _plan_card_left(read: Reading, facts: Facts) -> Instead | None:
    view = plan_view(read, facts["plan"])
    if charge_in_flight(read, sessions.get_client(read, view.client_ref)):
        return Instead("A card of this client is being charged. Wait for its answer.")
    if not view.running:
        return Instead("The plan is paid off or has ended.")
    return None


def _plan_end_left(read: Reading, facts: Facts) -> Instead | None:
    view = plan_view(read, facts["plan"])
    if running_plan(read, view.client_ref) is not None:
        return Instead("Another plan of this client has begun. End that one first.")
    return None


def _free(_read: Reading, _facts: Facts) -> Instead | None:
    return None


# -- the way back


def _unsign(uow: UnitOfWork, facts: Facts) -> None:
    session = sessions.get(uow, facts["session"])
    _unbill(uow, session)
    sessions.withdraw_signature(uow, session, reason=_WHY)


def _unbill(uow: UnitOfWork, session: Session) -> None:
    charge = charge_of(uow, session)
    if charge is not None:
        withdraw_unsent(uow, [session.ref])
        withdraw_claim(uow, charge, reason=_WHY)
        void_charge(uow, session, reason=_WHY)


def _uncancel(uow: UnitOfWork, facts: Facts) -> None:
    session = sessions.get(uow, facts["session"])
    _unbill(uow, session)
    session.status = facts["status"]
    uow.session.flush()
    uow.changed("session", session.ref)
    bill_session(uow, session)  # says itself what cannot be billed, such as an unsigned note


def _unpay(uow: UnitOfWork, facts: Facts) -> None:
    void_payment(uow, payment=standing(uow, facts["payment"]), on=uow.today, reason=_WHY)


def _unsettle(uow: UnitOfWork, facts: Facts) -> None:
    share = Share(facts["item"], facts["cents"])
    ref = standing(uow, facts["payment"])
    payments.release(uow, payment=ref, share=share, on=uow.today, reason=_WHY)


def _unmove(uow: UnitOfWork, facts: Facts) -> None:
    share = Share(facts["to"], facts["cents"])
    ref = standing(uow, facts["payment"])
    payments.move(uow, payment=ref, share=share, to=facts["item"], on=uow.today, reason=_WHY)


def _unwrite(uow: UnitOfWork, facts: Facts) -> None:
    reverse_write_off(uow, ref=facts["ref"], on=uow.today, reason=_WHY)


def _unvoid(uow: UnitOfWork, facts: Facts) -> None:
    """Record the payment anew, settling what it settled as far as that is still open."""
    old = payments.get_payment(uow, standing(uow, facts["payment"]))
    shares = [
        Share(item, part)
        for item, cents in facts["shares"]
        if (part := min(cents, open_cents(uow, item))) > 0
    ]
    ref = f"{old.ref}{_AGAIN}"
    payments.record_payment(
        uow,
        ref=ref,
        client=old.client,
        cents=old.amount_cents,
        method=old.method,
        on=old.received_on,
        source=f"payment:{ref}",
        shares=shares,
        reference=old.reference,
    )
    lower_waiting(uow, sessions.get_client(uow, old.client))


def _unsell(uow: UnitOfWork, facts: Facts) -> None:
    refund_package(uow, facts["package"], on=uow.today, reason=_WHY)


def _unplan(uow: UnitOfWork, facts: Facts) -> None:
    plans.end_plan(uow, facts["plan"], reason=_WHY)


def _unpause(uow: UnitOfWork, facts: Facts) -> None:
    plans.resume_plan(uow, facts["plan"], reason=_WHY)


def _unresume(uow: UnitOfWork, facts: Facts) -> None:
    plans.pause_plan(uow, facts["plan"], reason=_WHY)


def _unend(uow: UnitOfWork, facts: Facts) -> None:
    reopen_plan(uow, facts["plan"], reason=_WHY)


def _unchange_card(uow: UnitOfWork, facts: Facts) -> None:
    agreed = date.fromisoformat(facts["agreed_on"]) if facts["agreed_on"] else None
    plans.change_card(uow, facts["plan"], card=facts["card"], agreed_on=agreed)


def standing(read: Reading, ref: str) -> str:
    """Return the ref a payment has now: undoing its voiding recorded it anew."""
    while (
        read.session.scalar(select(PaymentRow.id).where(PaymentRow.ref == f"{ref}{_AGAIN}"))
        is not None
    ):
        ref += _AGAIN
    return ref


@dataclass(frozen=True, slots=True)
class _Verb:
    left: Callable[[Reading, Facts], Instead | None]
    back: Callable[[UnitOfWork, Facts], None]


def _never(_uow: UnitOfWork, _facts: Facts) -> None:
    raise AssertionError("this step always says what to do instead")


_VERBS: dict[str, _Verb] = {
    "sign": _Verb(_billed_left, _unsign),
    "cancel": _Verb(_billed_left, _uncancel),
    "pay": _Verb(_payment_left, _unpay),
    "refund": _Verb(_refund_left, _never),
    "settle": _Verb(_card_left, _unsettle),
    "move": _Verb(_card_left, _unmove),
    "write-off": _Verb(_free, _unwrite),
    "void": _Verb(_card_left, _unvoid),
    "package": _Verb(_package_left, _unsell),
    "package-refund": _Verb(_package_refund_left, _never),
    "plan": _Verb(_plan_left, _unplan),
    "plan-pause": _Verb(_plan_card_left, _unpause),
    "plan-resume": _Verb(_plan_card_left, _unresume),
    "plan-end": _Verb(_plan_end_left, _unend),
    "plan-card": _Verb(_plan_card_left, _unchange_card),
}
