# SPDX-License-Identifier: MIT
"""Where payment plans stand: read from what was agreed, what became of it, and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, select

from mediyn_desktop.billing.plan_schedule import Installment, Stop, Terms, ahead, due_cents
from mediyn_desktop.billing.tables import PaymentPlan, PlanItem, PlanStep
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger.items import adjusted_cents, get_item, open_cents
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading

_FEW_INSTALLMENTS = 4
MANY_INSTALLMENTS = (
    "A written agreement of more than four installments can count as consumer credit under the "
    "federal Truth in Lending rules, even without interest. Ask your lawyer if you offer many."
)
"""12 CFR 1026.1(c)(1)(iv) and 1026.2(a)(17)(i)."""


class PlanState(StrEnum):
    """Where a plan stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"  # everything under it is settled
    ENDED = "ended"  # stopped; what is left is owed as before


@dataclass(frozen=True, slots=True)
class PlanCharge:
    """One charge under a plan: open at its start, and open now (cents)."""

    item: int
    session_ref: str | None
    date_of_service: date
    cents: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan on one day; amounts in cents.

    ``due_cents`` fell due and is not paid. ``ahead`` are the installments to come until nothing is
    left, empty while the plan stands still. ``agreed_on`` is when the client agreed to the card.
    """

    ref: str
    client_ref: str
    client_name: str
    state: PlanState
    amount_cents: int
    day: int
    begins_on: date
    started_on: date
    total_cents: int
    paid_cents: int
    left_cents: int
    due_cents: int
    last_due_on: date | None
    ahead: tuple[Installment, ...]
    card_id: int | None
    card_last4: str | None
    agreed_on: date | None
    charges: tuple[PlanCharge, ...]
    caution: str | None

    @property
    def next(self) -> Installment | None:
        """The next installment to come."""
        return self.ahead[0] if self.ahead else None

    @property
    def running(self) -> bool:
        """Whether what is under it is outside autopay."""
        return self.state in (PlanState.ACTIVE, PlanState.PAUSED)


def get_plan(read: Reading, plan_ref: str) -> PaymentPlan:
    """Return the row of a plan.

    Raises:
        NotFound: there is none.
    """
    row = read.session.scalar(select(PaymentPlan).where(PaymentPlan.ref == plan_ref))
    if row is None:
        raise NotFound(f"There is no payment plan “{plan_ref}”. Nothing was changed.")
    return row


def plan_view(read: Reading, plan_ref: str, *, on: date | None = None) -> PlanView:
    """Return a plan as it stands, with what fell due up to ``on``, today unless given.

    Raises:
        NotFound: there is none.
    """
    return _view(read, get_plan(read, plan_ref), on or read.today)


def plans_of(read: Reading, client_ref: str) -> list[PlanView]:
    """Return every plan of the client's, the newest first.

    Raises:
        NotFound: no such client.
    """
    client = get_client(read, client_ref)
    rows = read.session.scalars(
        select(PaymentPlan)
        .where(PaymentPlan.client_id == client.id)
        .order_by(PaymentPlan.id.desc())
    )
    return [_view(read, row, read.today) for row in rows]


def running_plan(read: Reading, client_ref: str) -> PlanView | None:
    """Return the client's plan that is active or paused; there is at most one."""
    return next((plan for plan in plans_of(read, client_ref) if plan.running), None)


def running_plans(read: Reading, *, on: date | None = None) -> list[PlanView]:
    """Return every plan that is active or paused, the oldest first."""
    rows = read.session.scalars(
        select(PaymentPlan).where(PaymentPlan.id.in_(_not_ended())).order_by(PaymentPlan.id)
    ).all()
    views = [_view(read, row, on or read.today) for row in rows]
    return [view for view in views if view.running]


def under_plan(read: Reading, item: int) -> bool:
    """Whether the open item ``item`` is paid off under a plan that has not ended."""
    found = select(PlanItem.item_id).where(
        PlanItem.item_id == item, PlanItem.plan_id.in_(_not_ended())
    )
    return read.session.scalar(found.limit(1)) is not None


def plan_items(read: Reading, plan_id: int) -> list[int]:
    """Return the open items of the plan with the row id ``plan_id``, oldest service first."""
    return list(
        read.session.scalars(
            select(PlanItem.item_id)
            .join(OpenItemRow, OpenItemRow.id == PlanItem.item_id)
            .where(PlanItem.plan_id == plan_id)
            .order_by(OpenItemRow.date_of_service, OpenItemRow.id)
        )
    )


def items_under_plans(read: Reading) -> frozenset[int]:
    """Return every open item paid off under a plan that has not ended."""
    return frozenset(
        read.session.scalars(select(PlanItem.item_id).where(PlanItem.plan_id.in_(_not_ended())))
    )


def _not_ended() -> Select[int]:
    """Plans whose last step that says whether they run is not their ending."""
    last = select(func.max(PlanStep.id)).where(PlanStep.kind != "card").group_by(PlanStep.plan_id)
    return select(PlanStep.plan_id).where(PlanStep.id.in_(last), PlanStep.kind != "ended")


def _view(read: Reading, row: PaymentPlan, on: date) -> PlanView:
    client = read.session.get_one(Client, row.client_id)
    charges = tuple(
        PlanCharge(
            item=one.item_id,
            session_ref=(item := get_item(read, one.item_id)).session,
            date_of_service=item.date_of_service,
            cents=one.cents,
            open_cents=open_cents(read, one.item_id),
        )
        for one in row.items
    )
    left = sum(one.open_cents for one in charges)
    given_up = sum(adjusted_cents(read, one.item_id) - one.adjusted_cents for one in row.items)
    # A refund of what was paid before the plan makes it longer; it undoes no installment.
    paid = max(0, row.total_cents - given_up - left)
    terms = _terms(row)
    state = _state(row, left)
    agreed = [step for step in row.steps if step.kind in ("started", "card")][-1]
    card = read.session.get(Card, agreed.card_id) if agreed.card_id is not None else None
    fallen = terms.fallen_due(on)
    to_come = ahead(terms, paid_cents=paid, left_cents=left, on=on)
    return PlanView(
        ref=row.ref,
        client_ref=client.ref,
        client_name=client.full_name,
        state=state,
        amount_cents=row.amount_cents,
        day=row.day,
        begins_on=row.begins_on,
        started_on=row.started_on,
        total_cents=row.total_cents,
        paid_cents=paid,
        left_cents=left,
        due_cents=(
            due_cents(terms, paid_cents=paid, left_cents=left, on=on)
            if state is PlanState.ACTIVE
            else 0
        ),
        last_due_on=fallen[-1] if fallen else None,
        ahead=tuple(to_come),
        card_id=agreed.card_id,
        card_last4=card.last4 if card is not None else None,
        agreed_on=agreed.agreed_on,
        charges=charges,
        caution=caution_for(-(-row.total_cents // row.amount_cents)),
    )


def _terms(row: PaymentPlan) -> Terms:
    stops: list[Stop] = []
    for step in row.steps:
        if step.kind in ("paused", "ended") and not (stops and stops[-1].until is None):
            stops.append(Stop(step.on_day))
        elif step.kind == "resumed":
            stops[-1] = Stop(stops[-1].first, step.on_day)
    return Terms(row.amount_cents, row.day, row.begins_on, tuple(stops))


def _state(row: PaymentPlan, left: int) -> PlanState:
    last = [step.kind for step in row.steps if step.kind != "card"][-1]
    if last == "ended":
        return PlanState.ENDED
    if left == 0:
        return PlanState.FINISHED
    return PlanState.PAUSED if last == "paused" else PlanState.ACTIVE


def caution_for(installments: int) -> str | None:
    return MANY_INSTALLMENTS if installments > _FEW_INSTALLMENTS else None
