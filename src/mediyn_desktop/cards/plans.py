# SPDX-License-Identifier: MIT
"""Starting, holding and ending a payment plan, and paying an installment by hand.

``billing.payment_plans`` holds the rules. It stands here because what is on its way to a card must
be waited for, and what only waits for one is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mediyn_desktop.billing import payment_plans
from mediyn_desktop.billing.payment_plans import PlanRefused
from mediyn_desktop.billing.plan_views import PlanView, get_plan, plan_items, plan_view
from mediyn_desktop.cards.installments import withdraw_installments
from mediyn_desktop.cards.receipts import lower_waiting, refuse_in_flight, take_payment
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import UnitOfWork


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
    """Put what a client owes under a plan; what waited for a card of it, unsent, is taken back.

    Args:
        day: of the month, 1 to 31; a shorter month has its last day.
        begins_on: no installment is due before it; tomorrow unless given.
        items: ids of the open items under the plan; everything the client owes unless given.
        card: id of the card on file the installments are asked of; None to be paid by hand.
        agreed_on: the day the client signed the agreement; needed with a card.

    Raises:
        NotFound: no such client.
        PlanRefused: nothing is owed, an amount or day that cannot be, a charge that is not the
            client's, a plan that runs already, or a card without the client's agreement.
        ChargeUnknown: a card charge of the client has no known outcome.
    """
    client = get_client(uow, client_ref)
    refuse_in_flight(uow, client)
    row = payment_plans.open_plan(
        uow, client_ref, amount_cents=amount_cents, day=day, begins_on=begins_on, items=items,
        card=card, agreed_on=agreed_on,
    )  # fmt: skip
    lower_waiting(uow, client, "Put under a payment plan; nothing is asked of the card")
    return plan_view(uow, row.ref)


def pause_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """Let nothing fall due from today on; an installment that waits for a card is taken back.

    Raises:
        NotFound: no such plan.
        PlanRefused: it is not active.
        ChargeUnknown: a card charge of the client has no known outcome.
    """
    _hold(uow, plan_ref)
    return payment_plans.pause_plan(uow, plan_ref, reason=reason)


def resume_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """Let installments fall due again from today on; those that would have meanwhile do not.

    Raises:
        NotFound: no such plan.
        PlanRefused: it is not paused.
    """
    return payment_plans.resume_plan(uow, plan_ref, reason=reason)


def end_plan(uow: UnitOfWork, plan_ref: str, *, reason: str) -> PlanView:
    """End a plan: what is left of it is owed as before, and autopay covers it again.

    Raises:
        NotFound: no such plan.
        PlanRefused: no reason, or it has ended or is paid off.
        ChargeUnknown: a card charge of the client has no known outcome.
    """
    _hold(uow, plan_ref)
    return payment_plans.close_plan(uow, plan_ref, reason=reason)


def change_card(
    uow: UnitOfWork, plan_ref: str, *, card: int | None, agreed_on: date | None = None
) -> PlanView:
    """Let the installments to come be asked of another card, or of none.

    Raises:
        NotFound: no such plan.
        PlanRefused: it does not run, or a card without the day the client agreed to it.
        ChargeUnknown: a card charge of the client has no known outcome.
    """
    _hold(uow, plan_ref)
    return payment_plans.change_card(uow, plan_ref, card=card, agreed_on=agreed_on)


def pay_installment(
    uow: UnitOfWork,
    plan_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """Record a payment made by hand for a plan and return its reference.

    It settles what is under the plan first, then what else the client owes; the rest is credit.

    Raises:
        NotFound, PaymentRefused, ChargeUnknown: as ``receipts.take_payment``.
        PlanRefused: the plan does not run.
    """
    view = plan_view(uow, plan_ref)
    if not view.running:
        raise PlanRefused(
            "This plan does not run any more. Nothing was saved. Record the payment without it.",
            code="plan-state",
        )
    first = plan_items(uow, get_plan(uow, plan_ref).id)
    return take_payment(uow, view.client_ref, cents, method, on, reference, first=first)


def _hold(uow: UnitOfWork, plan_ref: str) -> None:
    row = get_plan(uow, plan_ref)
    refuse_in_flight(uow, uow.session.get_one(Client, row.client_id))
    withdraw_installments(uow, [plan_ref])
