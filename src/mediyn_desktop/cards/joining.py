# SPDX-License-Identifier: MIT
"""What this ledger knows, laid out by everything an object of the processor can be joined on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.plan_schedule import Terms
from mediyn_desktop.billing.tables import Charge, ChargeLine, PaymentPlan
from mediyn_desktop.cards.choosing import BALANCE, PLAN, PURPOSES
from mediyn_desktop.cards.due import (
    kind_of_balance,
    obligation_of,
    obligation_of_installment,
)
from mediyn_desktop.cards.links.standing import marks
from mediyn_desktop.cards.on_file.requests import customer_mark
from mediyn_desktop.cards.on_file.states import UNDER_WAY, RequestState
from mediyn_desktop.cards.on_file.tables import CardCustomer, CardDetachment, CardRequest
from mediyn_desktop.cards.stripe_api import MethodRead
from mediyn_desktop.cards.tables import CardAttempt, CardHold, CardImport
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.ledger.tables import PaymentReturnRow, PaymentRow
from mediyn_desktop.practice.tables import Card, Client, Session
from mediyn_desktop.store.uow import Reading

_FOLLOWED = UNDER_WAY | {RequestState.COMPLETED}
"""Requests whose page is looked at by itself, or was to its end."""
_NEAR = timedelta(days=3)
_TURNS = range(2, 11)  # how often the balance of one session may have been charged again


@dataclass(frozen=True, slots=True)
class Planned:
    """An attempt, as far as a comparison needs it."""

    id: int
    state: str
    processor_id: str | None
    amount_cents: int
    customer: str
    client_ref: str


@dataclass(frozen=True, slots=True)
class Owed:
    """Something a card may be asked for, whether or not it was: a charge, or an installment."""

    charge_id: int | None
    purpose: str
    client_ref: str
    plan_ref: str | None = None
    due_on: date | None = None
    turn: int = 1  # as in ``Due.turn``


class Ledger:
    """One snapshot of it: attempts, obligations, clients by their customer, what was imported."""

    def __init__(self, read: Reading, secret: bytes) -> None:
        self.by_processor: dict[str, Planned] = {}
        self.by_iid: dict[str, Planned] = {}
        self.obligations: dict[str, Owed] = {}
        self.dups: dict[str, list[Owed]] = {}
        self._amounts: dict[str, list[tuple[date, int, int]]] = {}
        self._secret = secret
        self._sessions: dict[str, list[tuple[int, str]]] = {}
        self._read_attempts(read)
        self._read_charges(read, secret)
        self._read_plans(read, secret)
        cards = read.session.execute(
            select(Card.stripe_customer, Client.ref)
            .join(Client, Client.id == Card.client_id)
            .order_by(Card.id)
        )
        made = read.session.execute(
            select(CardCustomer.customer, Client.ref)
            .join(Client, Client.id == CardCustomer.client_id)
            .where(CardCustomer.customer.is_not(None))
        )
        self.clients: dict[str, str] = {
            **{str(row.customer): row.ref for row in made},
            **{row.stripe_customer: row.ref for row in cards},
        }
        self.links = marks(read, secret)
        self.marked = {
            customer_mark(secret, ref): ref for ref in read.session.scalars(select(Client.ref))
        }
        self.followed = frozenset(
            read.session.scalars(select(CardRequest.iid).where(CardRequest.state.in_(_FOLLOWED)))
        )
        self._read_cards(read)
        self.imported = frozenset(read.session.scalars(select(CardImport.processor_id)))
        self.disputed = frozenset(
            source.removeprefix("dispute:")
            for source in read.session.scalars(select(CardHold.source))
        )
        self.payer_of: dict[str, str] = {
            str(reference): client
            for reference, client in read.session.execute(
                select(PaymentRow.reference, PaymentRow.client).where(PaymentRow.method == "card")
            )
        }
        self.refunded = frozenset(read.session.scalars(select(PaymentReturnRow.ref)))

    def has_card(self, method: MethodRead) -> bool:
        """Whether the card is on file, or was: by its id, or as the same number."""
        number = (method.customer, method.fingerprint)
        return method.id in self._methods or number in self._numbers

    @property
    def ours(self) -> frozenset[str]:
        """Every iid this ledger could have made."""
        return frozenset(self.by_iid) | frozenset(self.obligations)

    def near(self, client: str, cents: int, at: datetime) -> int | None:
        """Return a charge of the client's for so many cents within three days of ``at``."""
        day = at.date()
        for on, amount, charge in self._amounts.get(client, ()):
            if amount == cents and abs(on - day) <= _NEAR:
                return charge
        return None

    def later_balance(self, client: str | None, iid: str) -> Owed | None:
        """Return the balance of the client's that ``iid`` is, charged a second time or later.

        Looked for only where something was found: there are too many to lay them all out.
        """
        for charge, session in self._sessions.get(client or "", ()):
            for turn in _TURNS:
                obligation = obligation_of(session, kind_of_balance(turn))
                if keyed_id(self._secret, "iid", obligation) == iid:
                    return Owed(charge, BALANCE, client or "", turn=turn)
        return None

    def _read_attempts(self, read: Reading) -> None:
        rows = read.session.execute(
            select(
                CardAttempt.id,
                CardAttempt.state,
                CardAttempt.processor_id,
                CardAttempt.amount_cents,
                CardAttempt.customer,
                CardAttempt.iid,
                Client.ref,
            )
            .join(Client, Client.id == CardAttempt.client_id)
            .order_by(CardAttempt.series)
        )
        for ident, state, processor_id, cents, customer, iid, client in rows:
            one = Planned(ident, state, processor_id, cents, customer, client)
            self.by_iid[iid] = one
            if processor_id is not None:
                self.by_processor[processor_id] = one

    def _read_cards(self, read: Reading) -> None:
        """Saved cards by id, those that were taken off file too, and numbers on file now."""
        self._methods: set[str] = set(read.session.scalars(select(CardDetachment.payment_method)))
        self._numbers: set[tuple[str | None, str | None]] = set()
        for card in read.session.scalars(select(Card)):
            self._methods.add(card.stripe_payment_method)
            if card.removed_at is None and card.fingerprint is not None:
                self._numbers.add((card.stripe_customer, card.fingerprint))

    def _read_charges(self, read: Reading, secret: bytes) -> None:
        rows = read.session.execute(
            select(Charge.id, Charge.copay_cents, Charge.date_of_service, Session.ref, Client.ref)
            .join(Session, Session.id == Charge.session_id)
            .join(Client, Client.id == Charge.client_id)
            .where(Charge.voided_at.is_(None))
            .order_by(Charge.id)
        ).all()
        totals: dict[int, int] = {}
        for charge, cents in read.session.execute(
            select(ChargeLine.charge_id, ChargeLine.fee_cents)
        ):
            totals[charge] = totals.get(charge, 0) + cents
        for charge, copay, on, session, client in rows:
            self._sessions.setdefault(client, []).append((charge, session))
            amounts = self._amounts.setdefault(client, [])
            amounts.extend((on, cents, charge) for cents in (totals.get(charge, 0), copay) if cents)
            for purpose in (*PURPOSES, BALANCE):
                obligation = obligation_of(session, purpose)
                self._note(secret, obligation, on, Owed(charge, purpose, client))

    def _read_plans(self, read: Reading, secret: bytes) -> None:
        """Every installment that may ever have been asked for; a restored ledger may not know when
        a plan was held or resumed, so every day that could have been counts.
        """
        rows = read.session.execute(
            select(PaymentPlan, Client.ref)
            .join(Client, Client.id == PaymentPlan.client_id)
            .order_by(PaymentPlan.id)
        )
        for plan, client in rows:
            terms = Terms(plan.amount_cents, plan.day, plan.begins_on, ())
            for on in terms.fallen_due(read.today + _NEAR):
                owed = Owed(None, PLAN, client, plan.ref, on)
                self._note(secret, obligation_of_installment(plan.ref, on), on, owed)

    def _note(self, secret: bytes, obligation: str, on: date, owed: Owed) -> None:
        self.obligations[keyed_id(secret, "iid", obligation)] = owed
        dup = keyed_id(secret, "dup", owed.client_ref, on.isoformat(), owed.purpose)
        self.dups.setdefault(dup, []).append(owed)
