# SPDX-License-Identifier: MIT
"""The use cases that can be undone: each does its work and notes the step in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from mediyn_desktop.billing import package_sales, signing
from mediyn_desktop.billing.charges import NotBilled
from mediyn_desktop.billing.plan_views import PlanView, plan_view
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import by_hand, plans, receipts
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.dayclose import corrections
from mediyn_desktop.dayclose.corrections import Cancellation
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.items import allocations_of
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Package
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.undo.tables import UndoStep


def sign_note(uow: UnitOfWork, session_ref: str) -> Charge | NotBilled:
    """``billing.signing.sign_note``, as a step."""
    made = signing.sign_note(uow, session_ref)
    _record(uow, "sign", f"sign note for session {session_ref}", session=session_ref)
    return made


def take_payment(
    uow: UnitOfWork,
    client_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """``cards.receipts.take_payment``, as a step."""
    ref = receipts.take_payment(uow, client_ref, cents, method, on, reference)
    _record(uow, "pay", f"record payment {ref} of client {client_ref}", payment=ref)
    return ref


def give_back(uow: UnitOfWork, payment: str, cents: int, reason: str) -> int:
    """``cards.receipts.give_back``, as a step."""
    entry = receipts.give_back(uow, payment, cents, reason)
    _record(uow, "refund", f"pay back part of payment {payment}", payment=payment, cents=cents)
    return entry


def settle(uow: UnitOfWork, payment: str, item: int, cents: int, reason: str) -> None:
    """``cards.by_hand.settle``, as a step."""
    by_hand.settle(uow, payment, item, cents, reason)
    words = f"settle a charge from payment {payment}"
    _record(uow, "settle", words, payment=payment, item=item, cents=cents)


def settle_another(
    uow: UnitOfWork, payment: str, item: int, to: int, cents: int, reason: str
) -> None:
    """``cards.by_hand.settle_another``, as a step."""
    by_hand.settle_another(uow, payment, item, to, cents, reason)
    words = f"let payment {payment} settle another charge"
    _record(uow, "move", words, payment=payment, item=item, to=to, cents=cents)


def give_up(uow: UnitOfWork, item: int, cents: int, kind: WriteOff, reason: str) -> str:
    """``cards.by_hand.give_up``, as a step."""
    ref = by_hand.give_up(uow, item, cents, kind, reason)
    _record(uow, "write-off", f"write off {ref}", ref=ref)
    return ref


def void(uow: UnitOfWork, payment: str, reason: str) -> int:
    """``cards.by_hand.void``, as a step."""
    row = payments.get_payment(uow, payment)
    shares = [[item, cents] for _, item, cents in allocations_of(uow, payment=row.id)]
    entry = by_hand.void(uow, payment, reason)
    _record(uow, "void", f"void payment {payment}", payment=payment, shares=shares)
    return entry


def sell_package(
    uow: UnitOfWork,
    client_ref: str,
    *,
    code: str,
    sessions: int,
    price_cents: int,
    on: date,
    method: str | None = None,
) -> Package:
    """``billing.package_sales.sell_package``, as a step."""
    sold = package_sales.sell_package(
        uow, client_ref, code=code, sessions=sessions, price_cents=price_cents, on=on, method=method
    )
    _record(uow, "package", f"sell a package to client {client_ref}", package=sold.id)
    return sold


def refund_package(uow: UnitOfWork, package: int, reason: str) -> int:
    """``billing.package_sales.refund_package`` of today, as a step; return the cents."""
    cents = package_sales.refund_package(uow, package, on=uow.today, reason=reason)
    words = f"pay back what is left of package {package}"
    _record(uow, "package-refund", words, package=package, cents=cents)
    return cents


def start_plan(
    uow: UnitOfWork,
    client_ref: str,
    *,
    amount_cents: int,
    day: int,
    begins_on: date | None = None,
    items: Sequence[int] | None = None,
    card: int | None = None,
    agreed_on: date | None = None,
) -> PlanView:
    """``cards.plans.start_plan``, as a step."""
    made = plans.start_plan(
        uow, client_ref, amount_cents=amount_cents, day=day, begins_on=begins_on, items=items,
        card=card, agreed_on=agreed_on,
    )  # fmt: skip
    _record(uow, "plan", f"start a payment plan for client {client_ref}", plan=made.ref)
    return made


def pause_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """``cards.plans.pause_plan``, as a step."""
    view = plans.pause_plan(uow, plan_ref, reason=reason)
    _record(uow, "plan-pause", f"pause payment plan {plan_ref}", plan=plan_ref)
    return view


def resume_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """``cards.plans.resume_plan``, as a step."""
    view = plans.resume_plan(uow, plan_ref, reason=reason)
    _record(uow, "plan-resume", f"resume payment plan {plan_ref}", plan=plan_ref)
    return view


def end_plan(uow: UnitOfWork, plan_ref: str, *, reason: str) -> PlanView:
    """``cards.plans.end_plan``, as a step."""
    view = plans.end_plan(uow, plan_ref, reason=reason)
    _record(uow, "plan-end", f"end payment plan {plan_ref}", plan=plan_ref)
    return view


def change_plan_card(
    uow: UnitOfWork, plan_ref: str, *, card: int | None, agreed_on: date | None = None
) -> PlanView:
    """``cards.plans.change_card``, as a step."""
    before = plan_view(uow, plan_ref)
    view = plans.change_card(uow, plan_ref, card=card, agreed_on=agreed_on)
    agreed = before.agreed_on.isoformat() if before.agreed_on is not None else None
    _record(
        uow, "plan-card", f"change the card of payment plan {plan_ref}",
        plan=plan_ref, card=before.card_id, agreed_on=agreed,
    )  # fmt: skip
    return view


def pay_installment(
    uow: UnitOfWork,
    plan_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """``cards.plans.pay_installment``, as a step."""
    ref = plans.pay_installment(uow, plan_ref, cents, method, on, reference)
    _record(uow, "pay", f"record payment {ref} for plan {plan_ref}", payment=ref)
    return ref


def cancel_session(
    uow: UnitOfWork,
    session_ref: str,
    *,
    at: datetime,
    reason: str,
    status: SessionStatus | None = None,
) -> Cancellation:
    """``dayclose.corrections.cancel_session``, as a step."""
    before = sessions.get(uow, session_ref).status
    found = corrections.cancel_session(uow, session_ref, at=at, reason=reason, status=status)
    _record(uow, "cancel", f"cancel session {session_ref}", session=session_ref, status=before)
    return found


def _record(uow: UnitOfWork, verb: str, words: str, **facts: object) -> None:
    uow.session.add(
        UndoStep(at=uow.now, verb=verb, words=words, facts=json.dumps(facts, sort_keys=True))
    )
    uow.session.flush()
    uow.changed("undo_step", verb)
