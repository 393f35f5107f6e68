# SPDX-License-Identifier: MIT
"""Payment plans: what a client owes, paid off in installments on a day of the month.

What is under a running plan stands outside autopay: the evening asks a card for the installment and
for nothing else of it. A plan moves no money and owes nothing by itself; it says when what is owed
already is asked for. Starting and ending one goes through ``cards.installments``, which knows what
is on its way to a card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mediyn_desktop.billing.plan_schedule import MOST_INSTALLMENTS, Installment, Terms, ahead
from mediyn_desktop.billing.plan_views import (
    PlanCharge,
    PlanState,
    PlanView,
    caution_for,
    get_plan,
    plan_view,
    running_plan,
)
from mediyn_desktop.billing.tables import PaymentPlan, PlanItem, PlanStep
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.items import adjusted_cents, get_item, open_items
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

_DAYS_OF_MONTH = range(1, 32)


class PlanRefused(UserFacingError):
    """The plan cannot be made or changed so; nothing was changed."""

    code = "plan-refused"


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """What a plan would be: over how much, and every installment; nothing was stored."""

    total_cents: int
    charges: tuple[PlanCharge, ...]
    installments: tuple[Installment, ...]
    caution: str | None


def preview_plan(
    read: Reading,
    client_ref: str,
    *,
    amount_cents: int,
    day: int,
    begins_on: date | None = None,
    items: Sequence[int] | None = None,
) -> PlanPreview:
    """Return what ``start_plan`` would agree on, or say why it cannot be.

    Args:
        begins_on: no installment is due before it; tomorrow unless given.
        items: the open items under the plan; everything the client owes unless given.

    Raises:
        NotFound: no such client.
        PlanRefused: as in ``start_plan``.
    """
    client = get_client(read, client_ref)
    running = running_plan(read, client.ref)
    if running is not None:
        raise PlanRefused(
            "This client is paying off a plan already. Nothing was changed. End it first, then "
            "agree on one for everything that is left.",
            code="plan-exists",
        )
    begins = begins_on or read.today + timedelta(days=1)
    if begins < read.today:
        raise PlanRefused("A plan cannot begin in the past. Nothing was changed.")
    if day not in _DAYS_OF_MONTH:
        raise PlanRefused(
            "The day is one of the month, 1 to 31. Nothing was changed.", code="plan-day"
        )
    charges = _charges(read, client, items)
    total = sum(one.open_cents for one in charges)
    if not 0 < amount_cents <= total:
        raise PlanRefused(
            f"An installment is more than zero and not above the {format_cents(total)} under the "
            "plan. Nothing was changed.",
            code="plan-amount",
        )
    if -(-total // amount_cents) > MOST_INSTALLMENTS:
        raise PlanRefused(
            f"{format_cents(amount_cents)} a month would take more than {MOST_INSTALLMENTS} "
            "installments. Nothing was changed. Agree on a larger amount.",
            code="plan-amount",
        )
    terms = Terms(amount_cents, day, begins)
    before = begins - timedelta(days=1)
    installments = ahead(terms, paid_cents=0, left_cents=total, on=before)
    return PlanPreview(total, charges, tuple(installments), caution_for(len(installments)))


def open_plan(
    uow: UnitOfWork,
    client_ref: str,
    *,
    amount_cents: int,
    day: int,
    begins_on: date | None = None,
    items: Sequence[int] | None = None,
    card: int | None = None,
    agreed_on: date | None = None,
) -> PaymentPlan:
    """Write the plan down and return it; ``cards.installments.start_plan`` is the use case.

    Raises:
        NotFound: no such client.
        PlanRefused: nothing is owed, an amount or day that cannot be, a charge that is not the
            client's or under a plan, or a card without the day the client agreed to it.
    """
    found = preview_plan(
        uow, client_ref, amount_cents=amount_cents, day=day, begins_on=begins_on, items=items
    )
    client = get_client(uow, client_ref)
    _must_agree(uow, client, card, agreed_on)
    row = PaymentPlan(
        ref=new_ref("plan"),
        client_id=client.id,
        amount_cents=amount_cents,
        day=day,
        begins_on=begins_on or uow.today + timedelta(days=1),
        total_cents=found.total_cents,
        started_on=uow.today,
        started_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    for one in found.charges:
        uow.session.add(
            PlanItem(
                plan_id=row.id,
                item_id=one.item,
                cents=one.open_cents,
                adjusted_cents=adjusted_cents(uow, one.item),
            )
        )
    _step(uow, row, "started", card=card, agreed_on=agreed_on)
    return row


def pause_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """Let nothing fall due from today on, until it is resumed; what is under it stays so.

    Raises:
        NotFound: no such plan.
        PlanRefused: it is not active.
    """
    return _change(uow, plan_ref, "paused", {PlanState.ACTIVE}, reason)


def resume_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """Let installments fall due again from today on; those that would have meanwhile do not.

    Raises:
        NotFound: no such plan.
        PlanRefused: it is not paused.
    """
    return _change(uow, plan_ref, "resumed", {PlanState.PAUSED}, reason)


def close_plan(uow: UnitOfWork, plan_ref: str, *, reason: str) -> PlanView:
    """End a plan for good; ``cards.installments.end_plan`` is the use case.

    Raises:
        NotFound: no such plan.
        PlanRefused: no reason, or it has ended or is paid off.
    """
    if not reason.strip():
        raise PlanRefused("Ending a plan needs a reason. Nothing was changed.", code="plan-reason")
    return _change(uow, plan_ref, "ended", {PlanState.ACTIVE, PlanState.PAUSED}, reason)


def reopen_plan(uow: UnitOfWork, plan_ref: str, *, reason: str) -> PlanView:
    """Take the ending of a plan back.

    Raises:
        NotFound: no such plan.
        PlanRefused: it has not ended, or another plan of the client's runs.
    """
    other = running_plan(uow, plan_view(uow, plan_ref).client_ref)
    if other is not None:
        raise PlanRefused(
            "Another plan of this client has begun. Nothing was changed.", code="plan-exists"
        )
    kinds = [step.kind for step in get_plan(uow, plan_ref).steps if step.kind != "card"]
    again = "paused" if kinds[-2:-1] == ["paused"] else "resumed"
    return _change(uow, plan_ref, again, {PlanState.ENDED}, reason)


def change_card(
    uow: UnitOfWork, plan_ref: str, *, card: int | None, agreed_on: date | None = None
) -> PlanView:
    """Let the installments to come be asked of another card, or of none.

    Raises:
        NotFound: no such plan.
        PlanRefused: it does not run, or a card without the day the client agreed to it.
    """
    row = get_plan(uow, plan_ref)
    client = uow.session.get_one(Client, row.client_id)
    _must_agree(uow, client, card, agreed_on)
    _must_be(plan_view(uow, plan_ref), {PlanState.ACTIVE, PlanState.PAUSED})
    _step(uow, row, "card", card=card, agreed_on=agreed_on)
    return plan_view(uow, plan_ref)


def _charges(read: Reading, client: Client, items: Sequence[int] | None) -> tuple[PlanCharge, ...]:
    owed = {one.id: one for one in open_items(read, client.ref)}
    if not owed:
        raise PlanRefused(
            "This client owes nothing, so there is nothing to pay off. Nothing was changed.",
            code="plan-nothing-owed",
        )
    wanted = list(dict.fromkeys(items)) if items is not None else list(owed)
    if not wanted or any(item not in owed for item in wanted):
        raise PlanRefused(
            "Only what this client still owes can be put under a plan. Nothing was changed.",
            code="plan-charge",
        )
    return tuple(
        PlanCharge(
            item=item,
            session_ref=get_item(read, item).session,
            date_of_service=owed[item].date_of_service,
            cents=owed[item].open_cents,
            open_cents=owed[item].open_cents,
        )
        for item in sorted(wanted, key=lambda item: (owed[item].date_of_service, item))
    )


def _must_agree(read: Reading, client: Client, card: int | None, agreed_on: date | None) -> None:
    """A plan's charges stand on its own agreement, not on the card's consent to other charges."""
    if card is None:
        return
    if all(one.id != card for one in client.cards):
        raise PlanRefused(
            "This card is not on file for this client. Nothing was changed.", code="plan-card"
        )
    if agreed_on is None or agreed_on > read.today:
        raise PlanRefused(
            "A card is charged only as the client agreed. Nothing was changed. Give the day the "
            "client signed the agreement, or leave the card out.",
            code="plan-consent",
        )


def _change(
    uow: UnitOfWork, plan_ref: str, kind: str, allowed: set[PlanState], reason: str
) -> PlanView:
    _must_be(plan_view(uow, plan_ref), allowed)
    _step(uow, get_plan(uow, plan_ref), kind, reason=" ".join(reason.split()))
    return plan_view(uow, plan_ref)


def _must_be(plan: PlanView, allowed: set[PlanState]) -> None:
    if plan.state not in allowed:
        words = {PlanState.FINISHED: "is paid off", PlanState.ENDED: "has ended"}
        raise PlanRefused(
            f"This plan {words.get(plan.state, f'is {plan.state}')}. Nothing was changed.",
            code="plan-state",
        )


def _step(
    uow: UnitOfWork,
    row: PaymentPlan,
    kind: str,
    *,
    card: int | None = None,
    agreed_on: date | None = None,
    reason: str = "",
) -> None:
    uow.session.add(
        PlanStep(
            plan_id=row.id,
            kind=kind,
            on_day=uow.today,
            card_id=card,
            agreed_on=agreed_on,
            reason=reason,
            at=uow.now,
        )
    )
    uow.session.flush()
    uow.session.expire(row)
    uow.changed("payment_plan", row.ref)
