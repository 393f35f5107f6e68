# SPDX-License-Identifier: MIT
"""One step back leaves the practice as it was; what has left the computer is not undone."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import world
from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import chargeable_card, due_on_card
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.submission import make_claims
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery import superbills
from mediyn_desktop.ledger import bank, payments, queries
from mediyn_desktop.ledger.items import Share, items_of_session, open_cents, open_items
from mediyn_desktop.ledger.kinds import CLIENT_MONEY, WriteOff
from mediyn_desktop.ledger.tables import EntryRow, PaymentRow
from mediyn_desktop.practice.sessions import get
from mediyn_desktop.practice.tables import Card, Session, SignatureWithdrawn
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import CannotUndo, NothingToUndo, newest, undo


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """Ana with a card; s1 billed, s2 to s4 to be signed."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        bill_session(uow, world.session(uow, ana, "s1", hour=8))
        for number in (2, 3, 4):
            world.session(uow, ana, f"s{number}", hour=8 + number, signed=False)
        yield uow
        assert queries.trial_balance(uow) == 0
        assert queries.disagreements(uow) == []


def state(uow: UnitOfWork) -> dict[str, object]:
    """What somebody sees: balances, and for each session what became of it."""
    seen: dict[str, object] = dict(queries.client_balances(uow))
    for session in uow.session.scalars(select(Session)):
        charge = charge_of(uow, session)
        signed = session.note is not None and session.note.signed_at is not None
        left = open_cents(uow, charge.open_item_id) if charge and charge.open_item_id else 0
        seen[f"session {session.ref}"] = (
            session.status, signed, charge.total_cents if charge else None, left,
        )  # fmt: skip
    return seen


def queue(uow: UnitOfWork, ref: str) -> CardAttempt:
    charge = charge_of(uow, get(uow, ref))
    assert charge is not None
    due = due_on_card(uow, charge)
    assert due is not None
    card = chargeable_card(due, today=uow.today, cap_cents=10**6)
    assert isinstance(card, Card)
    return plan_attempt(uow, due, card)


def test_an_undone_signature_stays_written_down(uow: UnitOfWork) -> None:
    before = state(uow)
    doing.sign_note(uow, "s2")
    found = newest(uow)
    assert found is not None
    assert found.title == "Undo: sign note for session s2"
    assert undo(uow).words == "sign note for session s2"
    assert state(uow) == before
    assert uow.session.scalar(select(SignatureWithdrawn.reason)) == "Undone"
    assert isinstance(doing.sign_note(uow, "s2"), Charge)  # it can be signed again


def test_a_signature_is_never_taken_back_behind_the_programs_back(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        bill_session(uow, world.session(uow, world.client(uow)))
    for sql in (
        "UPDATE note SET signed_at = NULL, signed_by_id = NULL",
        "UPDATE note SET body = 'x'",
        "DELETE FROM note",
    ):
        with pytest.raises(DBAPIError, match="never"), store.engine.begin() as connection:
            connection.exec_driver_sql(sql)


def test_a_waiting_card_and_an_unsent_claim_are_withdrawn_with_it(
    uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediyn_desktop.claims.submission.check_837p", lambda text: [])
    doing.sign_note(uow, "s2")
    attempt = queue(uow, "s2")
    ben = world.client(uow, "c2", payment_type="in_network")
    world.coverage(uow, ben)
    world.session(uow, ben, "t1", hour=15, signed=False)
    charge = doing.sign_note(uow, "t1")
    assert isinstance(charge, Charge)
    make_claims(uow, [charge])
    undo(uow)
    assert uow.session.scalar(select(Claim.state)) == "withdrawn"
    undo(uow)
    assert attempt.state == State.CANCELED


@pytest.mark.parametrize(
    ("became", "said"),
    [
        (State.SUCCEEDED, "The card was charged"),
        (State.UNKNOWN, "asked already"),
        (State.DECLINED, "asked already"),
    ],
)
def test_what_a_card_was_asked_for_is_not_undone(uow: UnitOfWork, became: State, said: str) -> None:
    doing.sign_note(uow, "s2")
    queue(uow, "s2").state = became
    uow.session.flush()
    before = state(uow)
    with pytest.raises(CannotUndo, match=said):
        undo(uow)
    assert state(uow) == before
    found = newest(uow)
    assert found is not None
    assert found.instead is not None


def test_a_superbill_that_names_it_holds_it(uow: UnitOfWork) -> None:
    ben = world.client(uow, "c2", payment_type="out_of_network", superbill="session")
    world.session(uow, ben, "t1", hour=15, signed=False)
    doing.sign_note(uow, "t1")
    superbills.issue(uow, ben, world.DAY, world.DAY, all_lines=True)
    with pytest.raises(CannotUndo, match="superbill"):
        undo(uow)


def test_a_deposited_or_partly_returned_payment_is_not_undone(uow: UnitOfWork) -> None:
    ref = doing.take_payment(uow, "c1", 15000, "check")
    bank.deposit(uow, ref="d1", payments=[ref], on=uow.today)
    with pytest.raises(CannotUndo, match="taken to the bank"):
        undo(uow)
    other = doing.take_payment(uow, "c1", 5000, "cash")
    doing.give_back(uow, other, 1000, "Too much")
    with pytest.raises(CannotUndo, match="record it as a payment"):
        undo(uow)


def test_a_cancelled_session_is_billed_again(uow: UnitOfWork) -> None:
    doing.sign_note(uow, "s2")
    before = state(uow)
    doing.cancel_session(uow, "s2", at=uow.now, reason="Ill", status=SessionStatus.NO_SHOW)
    assert state(uow) != before
    undo(uow)
    assert state(uow) == before


def test_a_used_package_is_refunded_not_undone(uow: UnitOfWork) -> None:
    before = state(uow)
    doing.sell_package(
        uow, "c1", code="90834", sessions=4, price_cents=40000, on=world.DAY, method="check"
    )
    undo(uow)
    assert state(uow) == before
    doing.sell_package(
        uow, "c1", code="90834", sessions=4, price_cents=40000, on=world.DAY, method="check"
    )
    doing.sign_note(uow, "s2")
    undo(uow)
    undo(uow)
    assert state(uow) == before


def test_nothing_to_undo_and_a_step_that_came_between(uow: UnitOfWork) -> None:
    with pytest.raises(NothingToUndo):
        undo(uow)
    doing.sign_note(uow, "s2")
    shown = newest(uow)
    assert shown is not None
    doing.sign_note(uow, "s3")
    with pytest.raises(CannotUndo, match="Something else was done since"):
        undo(uow, shown.step)


def test_undoing_posts_and_erases_nothing(uow: UnitOfWork) -> None:
    doing.take_payment(uow, "c1", 20000, "check")
    entries = [row.id for row in uow.session.scalars(select(EntryRow))]
    undo(uow)
    after = uow.session.scalars(select(EntryRow).order_by(EntryRow.id)).all()
    assert [row.id for row in after][: len(entries)] == entries
    assert after[-1].reason == "Undone"


class Doer:
    """Random steps that can be undone."""

    def __init__(self, uow: UnitOfWork, seed: int) -> None:
        self.uow, self.random = uow, random.Random(seed)

    def step(self) -> None:
        getattr(self, self.random.choice(("sign", "pay", "settle", "move", "give_up", "void")))()

    def sign(self) -> None:
        doing.sign_note(self.uow, self.random.choice(("s2", "s3", "s4")))

    def pay(self) -> None:
        doing.take_payment(self.uow, "c1", self.random.choice((1, 9000, 40000)), "check")

    def settle(self) -> None:
        owed = open_items(self.uow, "c1")
        free = payments.unallocated(self.uow, "c1")
        if owed and free:
            number, left = self.random.choice(free)
            ref = self.uow.session.get_one(PaymentRow, number).ref
            doing.settle(self.uow, ref, owed[0].id, min(left, owed[0].open_cents), "")

    def move(self) -> None:
        owed = open_items(self.uow, "c1")
        paid = [(row, share) for row in self._money() for share in self._shares(row)]
        if owed and paid:
            row, share = self.random.choice(paid)
            cents = min(share.cents, owed[-1].open_cents)
            doing.settle_another(self.uow, row.ref, share.item, owed[-1].id, cents, "")

    def give_up(self) -> None:
        owed = open_items(self.uow, "c1")
        if owed:
            part = self.random.choice((1, owed[0].open_cents))
            doing.give_up(self.uow, owed[0].id, part, WriteOff.COURTESY, "Agreed")

    def void(self) -> None:
        money = self._money()
        if money:
            doing.void(self.uow, self.random.choice(money).ref, "Bounced")

    def _money(self) -> list[PaymentRow]:
        rows = select(PaymentRow).where(PaymentRow.method.in_(CLIENT_MONEY))
        return list(self.uow.session.scalars(rows.order_by(PaymentRow.id)))

    def _shares(self, row: PaymentRow) -> list[Share]:
        from mediyn_desktop.ledger.items import allocations_of

        return [Share(item, cents) for _, item, cents in allocations_of(self.uow, payment=row.id)]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_was_done_is_undone_all_the_way(uow: UnitOfWork, seed: int) -> None:
    doer = Doer(uow, seed)
    states = [state(uow)]
    for _ in range(14):
        savepoint = uow.session.begin_nested()
        known = newest(uow)
        try:
            doer.step()
        except UserFacingError:
            savepoint.rollback()
            uow.session.expire_all()
            continue
        savepoint.commit()
        if newest(uow) != known:
            states.append(state(uow))
    assert len(states) > 1
    while len(states) > 1:
        states.pop()
        undo(uow)
        assert state(uow) == states[-1]
    assert newest(uow) is None
    assert items_of_session(uow, "s1")
