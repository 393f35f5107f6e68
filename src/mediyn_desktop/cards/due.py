# SPDX-License-Identifier: MIT
"""What a client owes that a card may be asked for, and whether it may be asked. Reads only.

A card is never charged because it was saved: the client's rule, the card's consent and the limits
all have to allow this purpose and this amount. What payment plans ask is in ``installments``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.plan_views import under_plan
from mediyn_desktop.billing.routing import CLAIM_ROUTES, Route
from mediyn_desktop.billing.tables import Charge, CopayOverride, PaymentPlan
from mediyn_desktop.cards.choosing import (
    BALANCE,
    COPAYS,
    FEES,
    PLAN,
    PURPOSES,
    SESSIONS,
    is_expired,
    permitted,
)
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.refused_cards import refused_for_good
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes.vocabulary import Autopay
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Card, Client, Session
from mediyn_desktop.store.uow import Reading

_COVERED: dict[str, frozenset[str]] = {
    Autopay.FULL: frozenset(PURPOSES),
    Autopay.COPAY: frozenset({COPAYS}),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What a card may be asked for tonight: cents, and the consent scope that covers it.

    ``held`` says why no card of this client may be charged now, where that is so; ``again``: a card
    has paid for it before, and more became due since. ``refused``: payment methods the bank has
    refused for good.
    """

    charge: Charge
    session: Session
    client: Client
    purpose: str
    cents: int
    held: str | None = None
    turn: int = 1  # of a balance: 1 and how often the session's balance was charged before
    again: bool = False
    refused: frozenset[str] = frozenset()

    @property
    def obligation(self) -> str:
        """The natural key: one session owes one amount for one purpose, whatever happens."""
        return obligation_of(self.session.ref, self.kind)

    @property
    def kind(self) -> str:
        """The purpose, told apart where a session's balance is charged more than once."""
        return self.purpose if self.purpose != BALANCE else kind_of_balance(self.turn)

    @property
    def on(self) -> date:
        """The day it is about."""
        return self.charge.date_of_service

    @property
    def ref(self) -> str:
        """What a person knows it by."""
        return self.session.ref

    @property
    def scopes(self) -> frozenset[str]:
        """What the card's consent has to cover."""
        if self.purpose == COPAYS and self.cents > self.charge.copay_cents:
            # An estimated share is more than what a copay's consent says.
            return frozenset({COPAYS, SESSIONS})
        if self.purpose == BALANCE:
            return frozenset({_purpose_of(self.charge)})
        return frozenset({self.purpose})


@dataclass(frozen=True, slots=True)
class InstallmentDue:
    """What a payment plan asks of a card for one day: never more than the agreed installment.

    ``held`` and ``refused`` as in ``Due``.
    """

    plan: PaymentPlan
    client: Client
    on: date
    cents: int
    held: str | None = None
    purpose: str = PLAN
    refused: frozenset[str] = frozenset()

    @property
    def obligation(self) -> str:
        """The natural key: one plan asks one amount for one day, whatever happens."""
        return obligation_of_installment(self.plan.ref, self.on)

    @property
    def kind(self) -> str:
        """As ``Due.kind``."""
        return self.purpose

    @property
    def ref(self) -> str:
        """What a person knows it by."""
        return self.plan.ref


@dataclass(frozen=True, slots=True)
class NotChargeable:
    """Why a due amount is not put on a card."""

    code: str
    message: str


def kind_of_balance(turn: int) -> str:
    """Return the kind of a session's balance that is charged for the ``turn``-th time."""
    return BALANCE if turn == 1 else f"{BALANCE}:{turn}"


def obligation_of(session_ref: str, kind: str) -> str:
    """Return the natural key of what a session owes; ``kind`` as in ``Due.kind``."""
    return f"session:{session_ref}:{kind}"


def obligation_of_installment(plan_ref: str, on: date) -> str:
    """Return the natural key of what a payment plan asks for one day."""
    return f"plan:{plan_ref}:{on.isoformat()}"


def due_on_card(read: Reading, charge: Charge) -> Due | None:
    """Return what the client owes by card for ``charge`` now, or ``None``.

    What is paid off under a payment plan is asked for by the plan alone.
    """
    session = read.session.get_one(Session, charge.session_id)
    client = session.client
    if charge.voided_at is not None:
        return None
    if charge.route in CLAIM_ROUTES:
        purpose = COPAYS
        cents = _copay_due(read, charge)
        if cents:
            cents -= _copays_by_hand(read, client).get(charge.id, 0)
    elif charge.open_item_id is not None and not under_plan(read, charge.open_item_id):
        cents = items.open_cents(read, charge.open_item_id)
        purpose = _purpose_of(charge)
    else:
        return None
    if cents <= 0:
        return None
    again = _collected(read, charge, purpose)
    refused = refused_for_good(read, client.id, purpose)
    return Due(
        charge, session, client, purpose, cents, held(read, client.id), again=again, refused=refused
    )


def balance_due(read: Reading, charge: Charge) -> Due | None:
    """Return what the client still owes for ``charge`` after the rest was paid, or ``None``.

    That is what the insurers have left to the client, or what became due again after a card had
    paid, such as by a refund; less the money the client handed over that settles nothing yet. What
    is paid off under a payment plan is asked for by the plan alone.
    """
    if charge.voided_at is not None:
        return None
    if charge.route not in CLAIM_ROUTES and not _collected(read, charge, _purpose_of(charge)):
        return None
    session = read.session.get_one(Session, charge.session_id)
    client = session.client
    cents = sum(
        item.open_cents
        for item in items.open_items(read, client.ref, session=session.ref)
        if not under_plan(read, item.id)
    )
    if cents:
        cents -= _handed_and_free(read, client)
    if cents <= 0:
        return None
    turn = 1 + _times_collected(read, charge, BALANCE)
    refused = refused_for_good(read, client.id, _purpose_of(charge))
    return Due(
        charge, session, client, BALANCE, cents, held(read, client.id), turn, refused=refused
    )


def chargeable_card(
    due: Due, *, today: date, cap_cents: int, by_hand: bool = False
) -> Card | NotChargeable:
    """Return the card to charge for ``due``, or why none may be charged.

    Args:
        by_hand: a person asked for this very charge, so the client's rule need not cover it; a
            rule that says never, the card's consent and the limit still hold. A card the bank
            has refused for good is asked too, where there is no other.
    """
    owed = f"{format_cents(due.cents)} stays due"
    if not due.client.cards:
        return NotChargeable(
            "no-card",
            f"There is no card on file; {owed}. Record a payment or ask the client for a card.",
        )
    if due.client.autopay == Autopay.NEVER:
        return NotChargeable(
            "card-never",
            f"This client's card is never charged; {owed}. Record a payment, or change the rule.",
        )
    if due.again and not by_hand:
        return NotChargeable(
            "charged-before",
            f"A card has paid for this session before and {format_cents(due.cents)} is due since; "
            "it is not charged by itself. Charge it from the client’s account, or record a "
            "payment.",
        )
    if due.held is not None:
        return NotChargeable("card-held", f"{due.held} No card is charged meanwhile; {owed}.")
    if not by_hand and not due.scopes <= _COVERED.get(due.client.autopay, frozenset()):
        return NotChargeable(
            "autopay-off",
            f"Autopay does not cover this; {owed}. Record a "
            "payment, or change the client's autopay.",
        )
    agreed = permitted(due.client.cards, due.scopes)
    if not agreed:
        words = " and ".join(_PURPOSE_WORDS[purpose] for purpose in sorted(due.scopes))
        return NotChargeable(
            "no-consent",
            f"The client has not agreed to card charges for {words}; {owed}. Record the consent "
            "first.",
        )
    valid = [card for card in agreed if not is_expired(card, today)]
    if not valid:
        return NotChargeable(
            "card-expired",
            f"The card ending {agreed[0].last4} has expired; "
            f"{owed}. Ask the client for a new card.",
        )
    fit = [card for card in valid if card.stripe_payment_method not in due.refused]
    if not fit and not by_hand:
        return NotChargeable(
            "card-refused",
            f"The bank has refused the card ending {valid[0].last4} for good, so it is not asked "
            f"by itself again; {owed}. Ask the client for another card, or charge it from the "
            "client’s account once the bank has cleared it.",
        )
    if due.cents > cap_cents:
        return NotChargeable(
            "over-cap",
            f"{format_cents(due.cents)} is above your limit of "
            f"{format_cents(cap_cents)} for one charge; {owed}. Raise the limit "
            "in the settings, or record another payment.",
        )
    return (fit or valid)[0]


def _collected(read: Reading, charge: Charge, purpose: str) -> bool:
    """Whether this purpose of the session was already paid by card."""
    return _times_collected(read, charge, purpose) > 0


def _times_collected(read: Reading, charge: Charge, purpose: str) -> int:
    """How often it was: under charges of the session that were voided since, too."""
    return (
        read.session.scalar(
            select(func.count())
            .select_from(CardAttempt)
            .join(Charge, Charge.id == CardAttempt.charge_id)
            .where(Charge.session_id == charge.session_id, CardAttempt.purpose == purpose)
            .where(CardAttempt.state == State.SUCCEEDED)
        )
        or 0
    )


def _purpose_of(charge: Charge) -> str:
    """What a session that no insurer is asked for is charged for."""
    return FEES if charge.route == Route.FEE else SESSIONS


def copay_settled(read: Reading, charge: Charge) -> bool:
    """Whether the insurers have decided the client's share, or a card has paid it already."""
    return _decided(read, charge) or _collected(read, charge, COPAYS)


def _decided(read: Reading, charge: Charge) -> bool:
    session = read.session.get_one(Session, charge.session_id)
    return all(
        items.open_cents(read, item.id) == 0
        for item in items.items_of_session(read, session.ref)
        if item.debtor is not None
    )


def _copay_due(read: Reading, charge: Charge) -> int:
    """The copay still to collect: none once it was, or once the insurer has decided the share."""
    if copay_settled(read, charge):
        return 0
    override = read.session.scalar(
        select(CopayOverride.copay_cents).where(CopayOverride.charge_id == charge.id)
    )
    return charge.copay_cents if override is None else override


def _copays_by_hand(read: Reading, client: Client) -> dict[int, int]:
    """Return what money handed over covers of each copay of the client's, by charge.

    What is left of it covers the copays of sessions up to the day it was received, the oldest
    first, and each cent of it one copay only. Card money counts too: what paid a balance is free
    again once the insurer's decision behind it is taken back.
    """
    handed = _handed(read, client)
    if not handed:
        return {}  # the usual case, and the walk through years of copays is long
    rows = read.session.scalars(
        select(Charge)
        .where(Charge.client_id == client.id, Charge.voided_at.is_(None))
        .where(Charge.route.in_(CLAIM_ROUTES))
        .order_by(Charge.date_of_service, Charge.id)
    ).all()
    covered: dict[int, int] = {}
    for charge in rows:
        needed = _copay_due(read, charge)
        covered[charge.id] = 0
        for index, (received_on, left) in enumerate(handed):
            part = min(needed, left) if received_on >= charge.date_of_service else 0
            handed[index] = (received_on, left - part)
            covered[charge.id] += part
            needed -= part
    return covered


def _handed(read: Reading, client: Client) -> list[tuple[date, int]]:
    """When money came in that settles nothing yet, and the cents left of it.

    What a card paid as a copay counts as that copay's until the insurers have decided the share.
    """
    found: list[tuple[date, int]] = []
    for payment, left in payments.unallocated(read, client.ref):
        row = read.session.get_one(PaymentRow, payment)
        if row.method != "card" or not _kept_for_copay(read, row):
            found.append((row.received_on, left))
    return found


def _kept_for_copay(read: Reading, payment: PaymentRow) -> bool:
    """Whether a card paid it as the copay of a session that insurers have still to decide."""
    paid_for = (
        select(Charge.session_id)
        .join(CardAttempt, CardAttempt.charge_id == Charge.id)
        .where(CardAttempt.payment_entry_id == payment.entry_id, CardAttempt.purpose == COPAYS)
    )
    charge = read.session.scalar(  # billed anew since, it may be another charge
        select(Charge)
        .where(Charge.session_id.in_(paid_for), Charge.voided_at.is_(None))
        .where(Charge.route.in_(CLAIM_ROUTES))
    )
    return charge is not None and not _decided(read, charge)


def _handed_and_free(read: Reading, client: Client) -> int:
    """The cents of it that are not for copays."""
    handed = sum(left for _, left in _handed(read, client))
    return handed - sum(_copays_by_hand(read, client).values()) if handed else 0


_PURPOSE_WORDS = {COPAYS: "copays", FEES: "missed-session fees", SESSIONS: "sessions"}
