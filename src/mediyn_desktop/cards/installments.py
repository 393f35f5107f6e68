# SPDX-License-Identifier: MIT
"""What payment plans ask of cards, and what became of it.

One plan asks once for one day, and never more than the agreed installment: several that were missed
are not taken together. What stands in the way of the card is said, not skipped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.plan_views import (
    PlanState,
    PlanView,
    get_plan,
    plan_view,
    running_plans,
)
from mediyn_desktop.billing.tables import Charge, PaymentPlan
from mediyn_desktop.cards.attempts import move
from mediyn_desktop.cards.choosing import BALANCE, PLAN, is_expired
from mediyn_desktop.cards.due import (
    Due,
    InstallmentDue,
    NotChargeable,
    balance_due,
    chargeable_card,
    due_on_card,
)
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.on_file.tables import CardRevocation
from mediyn_desktop.cards.on_file.wording import ORDER
from mediyn_desktop.cards.refused_cards import refused_for_good
from mediyn_desktop.cards.states import HOLDS_OBLIGATION, WAITING, State, public_name
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes.vocabulary import Autopay
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork

_ASKED_BEFORE = HOLDS_OBLIGATION - {State.SUCCEEDED, State.DECLINED, State.NEEDS_CLIENT}


@dataclass(frozen=True, slots=True)
class Installment:
    """One installment of an evening: what is asked, of which card, and what became of it.

    ``state`` is None where nothing was asked of a card yet; ``problem`` says why nothing will be.
    """

    plan_ref: str
    client_ref: str
    client_name: str
    due_on: date
    amount_cents: int
    last4: str | None
    attempt_id: int | None = None
    state: str | None = None
    decline_code: str | None = None
    message: str | None = None
    problem: NotChargeable | None = None

    @property
    def choosable(self) -> bool:
        """Whether it is still the therapist's choice to ask the card for it."""
        return self.problem is None and self.state in (None, "canceled", "planned", "queued")


def installment_due(read: Reading, plan_ref: str, day: date) -> InstallmentDue | None:
    """Return what the plan asks of a card on the evening of ``day``, whatever card that is."""
    view = plan_view(read, plan_ref, on=day)
    if view.state is not PlanState.ACTIVE or view.last_due_on is None:
        return None
    plan = get_plan(read, plan_ref)
    asked = 0
    for attempt in _attempts(read, plan):
        if attempt.due_on == view.last_due_on:
            if attempt.state == State.SUCCEEDED:
                return None
        elif attempt.state in _ASKED_BEFORE:
            asked += attempt.amount_cents
    cents = min(view.amount_cents, view.due_cents - asked)
    if cents <= 0:
        return None
    client = read.session.get_one(Client, plan.client_id)
    return InstallmentDue(
        plan,
        client,
        view.last_due_on,
        cents,
        held(read, client.id),
        refused=refused_for_good(read, client.id, PLAN),
    )


def chargeable_plan_card(read: Reading, due: InstallmentDue) -> Card | NotChargeable:
    """Return the card the client agreed to for the plan, or why it may not be charged.

    The plan's own agreement is the consent. It stands outside autopay, so neither what autopay
    covers nor the card's consent to other charges is asked; a rule that says never still holds.
    """
    owed = f"The installment of {format_cents(due.cents)} stays due"
    card = agreed_card(read, due.plan)
    if card is None:
        return NotChargeable("plan-no-card", f"{owed}. No card is agreed for it: record a payment.")
    if due.client.autopay == Autopay.NEVER:
        return NotChargeable(
            "card-never",
            f"{owed}: this client's card is never charged. Record a payment, or change the rule.",
        )
    if due.held is not None:
        return NotChargeable("card-held", f"{owed}. {due.held} No card is charged meanwhile.")
    if is_expired(card, read.today):
        return NotChargeable(
            "card-expired",
            f"{owed}: the card ending {card.last4} has expired. Agree on another card, or record "
            "a payment.",
        )
    if card.stripe_payment_method in due.refused:
        return NotChargeable(
            "card-refused",
            f"{owed}: the bank has refused the card ending {card.last4} for good. Agree on another "
            "card, or record a payment.",
        )
    cap = settings.get(read, settings.CARDS_CAP_PER_CHARGE)
    if due.cents > cap:
        return NotChargeable(
            "over-cap",
            f"{owed}: it is above your limit of {format_cents(cap)} for one charge. Raise the "
            "limit in the settings, or record a payment.",
        )
    return card


def agreed_card(read: Reading, plan: PaymentPlan) -> Card | None:
    """Return the card the client agreed to for ``plan``, or None where it is paid by hand."""
    view = plan_view(read, plan.ref)
    card = read.session.get(Card, view.card_id) if view.card_id is not None else None
    if card is None or card.removed_at is not None:
        return None
    # What the client took back as a whole holds for the plan until the plan itself is agreed anew:
    # a later consent to other charges says nothing about it.
    taken = max(filter(None, (card.revoked_on, _all_taken_back(read, card))), default=None)
    if taken is not None and (view.agreed_on or taken) <= taken:
        return None
    return card


def _all_taken_back(read: Reading, card: Card) -> date | None:
    """The last day on which the client took back whatever was agreed for ``card``."""
    return read.session.scalar(
        select(func.max(CardRevocation.revoked_on)).where(
            CardRevocation.card_id == card.id, CardRevocation.scope == ";".join(ORDER)
        )
    )


def card_for(
    read: Reading, due: Due | InstallmentDue, *, by_hand: bool = False
) -> Card | NotChargeable:
    """Return the card to charge for ``due``, or why none may be charged (``chargeable_card``)."""
    if isinstance(due, InstallmentDue):
        return chargeable_plan_card(read, due)
    cap = settings.get(read, settings.CARDS_CAP_PER_CHARGE)
    return chargeable_card(due, today=read.today, cap_cents=cap, by_hand=by_hand)


def installments(read: Reading, day: date, also: Collection[int] = ()) -> list[Installment]:
    """Return the installments of the evening of ``day``: those to ask for, those under way, and
    those decided on that day; also the attempts with the ids in ``also``.

    One no card can be asked for is named on its own day only; after that it is an alert.
    """
    found = [
        _shown(read, attempt)
        for attempt in read.session.scalars(
            select(CardAttempt).where(CardAttempt.plan_id.is_not(None)).order_by(CardAttempt.id)
        )
        if attempt.id in also
        or (attempt.due_on is not None and attempt.due_on <= day and _belongs(read, attempt, day))
    ]
    for view in running_plans(read, on=day):
        due = installment_due(read, view.ref, day)
        if due is None or any(
            one.due_on == due.on and one.state != State.CANCELED
            for one in _attempts(read, due.plan)
        ):
            continue
        planned = _planned(read, view, due)
        if planned.problem is None or due.on == day:
            found.append(planned)
    return sorted(found, key=lambda one: (one.due_on, one.plan_ref))


def still_asked(read: Reading, attempt: CardAttempt) -> Due | InstallmentDue | None:
    """Return what ``attempt``, not paid yet, is to ask for now, or None when nothing is due."""
    if attempt.plan_id is None:
        charge = read.session.get_one(Charge, attempt.charge_id)
        asked = balance_due if attempt.purpose == BALANCE else due_on_card
        return asked(read, charge)
    assert attempt.due_on is not None
    plan = read.session.get_one(PaymentPlan, attempt.plan_id)
    return installment_due(read, plan.ref, attempt.due_on)


def overtaken(read: Reading, attempt: CardAttempt) -> bool:
    """Whether a later installment of the same plan has fallen due since.

    Then the one that was declined is not asked for again: two would be taken together, and the plan
    goes on until everything is paid.
    """
    if attempt.plan_id is None or attempt.due_on is None:
        return False
    plan = read.session.get_one(PaymentPlan, attempt.plan_id)
    last = plan_view(read, plan.ref).last_due_on
    return last is not None and last > attempt.due_on


def withdraw_installments(uow: UnitOfWork, plan_refs: Sequence[str]) -> int:
    """Take back what waits unsent of these plans and return how many charges that was."""
    rows = uow.session.scalars(
        select(CardAttempt)
        .join(PaymentPlan, PaymentPlan.id == CardAttempt.plan_id)
        .where(PaymentPlan.ref.in_(plan_refs), CardAttempt.state.in_(WAITING))
        .where(CardAttempt.create_started_at.is_(None))
    ).all()
    for row in rows:
        move(uow, row, State.CANCELED, "Taken back before anything was sent")
    return len(rows)


def last_asked(read: Reading, plan_ref: str, due_on: date) -> State | None:
    """Return where the latest attempt for the plan's installment of ``due_on`` stands."""
    for attempt in _attempts(read, get_plan(read, plan_ref)):
        if attempt.due_on == due_on and attempt.state != State.CANCELED:
            return State(attempt.state)
    return None


def charged_under(read: Reading, plan: PaymentPlan) -> bool:
    """Whether a card was ever asked for an installment of ``plan``."""
    return bool(
        read.session.scalar(
            select(func.count())
            .select_from(CardAttempt)
            .where(CardAttempt.plan_id == plan.id)
            .where(CardAttempt.state.not_in([*WAITING, State.CANCELED]))
        )
    )


def _attempts(read: Reading, plan: PaymentPlan) -> list[CardAttempt]:
    """The latest attempt for each day of the plan."""
    rows = read.session.scalars(
        select(CardAttempt).where(CardAttempt.plan_id == plan.id).order_by(CardAttempt.series)
    )
    return list({row.due_on: row for row in rows}.values())


def _belongs(read: Reading, attempt: CardAttempt, day: date) -> bool:
    if attempt.state == State.CANCELED:
        return False
    if attempt.state in (State.SUCCEEDED, State.DECLINED, State.NEEDS_CLIENT):
        return local_date(attempt.updated_at, read.zone) == day
    return True


def _planned(read: Reading, view: PlanView, due: InstallmentDue) -> Installment:
    card = chargeable_plan_card(read, due)
    blocked = card if isinstance(card, NotChargeable) else None
    return Installment(
        plan_ref=view.ref,
        client_ref=view.client_ref,
        client_name=view.client_name,
        due_on=due.on,
        amount_cents=due.cents,
        last4=card.last4 if isinstance(card, Card) else None,
        problem=blocked,
    )


def _shown(read: Reading, attempt: CardAttempt) -> Installment:
    plan = read.session.get_one(PaymentPlan, attempt.plan_id)
    client = read.session.get_one(Client, plan.client_id)
    assert attempt.due_on is not None
    return Installment(
        plan_ref=plan.ref,
        client_ref=client.ref,
        client_name=client.full_name,
        due_on=attempt.due_on,
        amount_cents=attempt.amount_cents,
        last4=attempt.last4,
        attempt_id=attempt.id,
        state=public_name(State(attempt.state)),
        decline_code=attempt.decline_code,
        message=attempt.message,
    )
