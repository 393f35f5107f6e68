# SPDX-License-Identifier: MIT
"""What a client owes that a card may be asked for, and whether it may be asked. Reads only.

A card is never charged because it was saved: the client's rule, the card's consent and the limits
all have to allow this purpose and this amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.tables import Charge, CopayOverride
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.codes.vocabulary import Autopay
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Card, Client, Session
from mediyn_desktop.store.uow import Reading

COPAYS, FEES, SESSIONS = "copays", "fees", "sessions"
PURPOSES = (COPAYS, FEES, SESSIONS)

_COVERED: dict[str, frozenset[str]] = {
    Autopay.FULL: frozenset(PURPOSES),
    Autopay.COPAY: frozenset({COPAYS}),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What a card may be asked for tonight: cents, and the consent scope that covers it.

    ``held`` says why no card of this client may be charged now, where that is so.
    """

    charge: Charge
    session: Session
    client: Client
    purpose: str
    cents: int
    held: str | None = None

    @property
    def obligation(self) -> str:
        """The natural key: one session owes one amount for one purpose, whatever happens."""
        return obligation_of(self.session.ref, self.purpose)


@dataclass(frozen=True, slots=True)
class NotChargeable:
    """Why a due amount is not put on a card."""

    code: str
    message: str


def obligation_of(session_ref: str, purpose: str) -> str:
    """Return the natural key of what a session owes for ``purpose``."""
    return f"session:{session_ref}:{purpose}"


def due_on_card(read: Reading, charge: Charge) -> Due | None:
    """Return what the client owes by card for ``charge`` now, or ``None``."""
    session = read.session.get_one(Session, charge.session_id)
    client = session.client
    if charge.voided_at is not None:
        return None
    if charge.route == Route.CLAIM_AND_COPAY:
        purpose = COPAYS
        cents = _copay_due(read, charge, session)
        cents -= _copays_by_hand(read, client).get(charge.id, 0)
    elif charge.open_item_id is not None:
        cents = items.open_cents(read, charge.open_item_id)
        purpose = FEES if charge.route == Route.FEE else SESSIONS
    else:
        return None
    if cents <= 0:
        return None
    return Due(charge, session, client, purpose, cents, held(read, client.id))


def chargeable_card(
    due: Due, *, today: date, cap_cents: int, by_hand: bool = False
) -> Card | NotChargeable:
    """Return the card to charge for ``due``, or why none may be charged.

    Args:
        by_hand: a person asked for this very charge, so the client's rule need not cover it; a
            rule that says never, the card's consent and the limit still hold.
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
    if due.held is not None:
        return NotChargeable("card-held", f"{due.held} No card is charged meanwhile; {owed}.")
    if not by_hand and due.purpose not in _COVERED.get(due.client.autopay, frozenset()):
        return NotChargeable(
            "autopay-off",
            f"Autopay does not cover this; {owed}. Record a "
            "payment, or change the client's autopay.",
        )
    permitted = [card for card in due.client.cards if card.permits(due.purpose)]
    if not permitted:
        return NotChargeable(
            "no-consent",
            f"The client has not agreed to card charges for "
            f"{_PURPOSE_WORDS[due.purpose]}; {owed}. Record the consent first.",
        )
    valid = [card for card in permitted if not _expired(card, today)]
    if not valid:
        return NotChargeable(
            "card-expired",
            f"The card ending {permitted[-1].last4} has expired; "
            f"{owed}. Ask the client for a new card.",
        )
    if due.cents > cap_cents:
        return NotChargeable(
            "over-cap",
            f"{format_cents(due.cents)} is above your limit of "
            f"{format_cents(cap_cents)} for one charge; {owed}. Raise the limit "
            "in the settings, or record another payment.",
        )
    return valid[-1]


def _collected(read: Reading, charge: Charge, purpose: str) -> bool:
    """Whether this purpose of the charge was already paid by card."""
    return bool(
        read.session.scalar(
            select(func.count())
            .select_from(CardAttempt)
            .where(CardAttempt.charge_id == charge.id, CardAttempt.purpose == purpose)
            .where(CardAttempt.state == State.SUCCEEDED)
        )
    )


def _copay_due(read: Reading, charge: Charge, session: Session) -> int:
    """The copay still to collect: none once it was, or once the insurer has decided the share."""
    decided = all(
        items.open_cents(read, item.id) == 0
        for item in items.items_of_session(read, session.ref)
        if item.debtor is not None
    )
    if decided or _collected(read, charge, COPAYS):
        return 0
    override = read.session.scalar(
        select(CopayOverride.copay_cents).where(CopayOverride.charge_id == charge.id)
    )
    return charge.copay_cents if override is None else override


def _copays_by_hand(read: Reading, client: Client) -> dict[int, int]:
    """Return what money handed over covers of each copay of the client's, by charge.

    What is left of cash and checks covers the copays of sessions up to the day it was received,
    the oldest first, and each cent of it one copay only.
    """
    handed = [
        (row.received_on, left)
        for payment, left in payments.unallocated(read, client.ref)
        if (row := read.session.get_one(PaymentRow, payment)).method != "card"
    ]
    rows = read.session.execute(
        select(Charge, Session)
        .join(Session, Session.id == Charge.session_id)
        .where(Charge.client_id == client.id, Charge.voided_at.is_(None))
        .where(Charge.route == Route.CLAIM_AND_COPAY)
        .order_by(Charge.date_of_service, Charge.id)
    ).all()
    covered: dict[int, int] = {}
    for charge, session in rows:
        needed = _copay_due(read, charge, session)
        covered[charge.id] = 0
        for index, (received_on, left) in enumerate(handed):
            part = min(needed, left) if received_on >= charge.date_of_service else 0
            handed[index] = (received_on, left - part)
            covered[charge.id] += part
            needed -= part
    return covered


def _expired(card: Card, today: date) -> bool:
    if card.exp_year is None or card.exp_month is None:
        return False
    return (card.exp_year, card.exp_month) < (today.year, today.month)


_PURPOSE_WORDS = {COPAYS: "copays", FEES: "missed-session fees", SESSIONS: "sessions"}
