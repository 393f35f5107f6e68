# SPDX-License-Identifier: MIT
"""One step back leaves the practice as it was; what has left the computer is not undone."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

import world
from mediyn_desktop.billing import signing
from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.payment_plans import open_plan
from mediyn_desktop.billing.plan_views import items_under_plans, plan_view
from mediyn_desktop.billing.prepaid import PackageState, packages_of, view_package
from mediyn_desktop.billing.tables import Charge, CopayOverride, Courtesy, PaymentPlan
from mediyn_desktop.cards import receipts
from mediyn_desktop.cards.approving import approve
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.charging_now import chargeable_now
from mediyn_desktop.cards.choosing import BALANCE
from mediyn_desktop.cards.due import InstallmentDue, chargeable_card, due_on_card
from mediyn_desktop.cards.links.offering import plan_link
from mediyn_desktop.cards.links.standing import move as move_link
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.receipts import give_back
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.submission import make_claims
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.dayclose.corrections import CancelRefused
from mediyn_desktop.delivery import superbills
from mediyn_desktop.ledger import bank, payments, queries
from mediyn_desktop.ledger.checks import LEDGER_CHECKS
from mediyn_desktop.ledger.items import Share, items_of_session, open_cents, open_items
from mediyn_desktop.ledger.journal import AlreadyReversed
from mediyn_desktop.ledger.kinds import CLIENT_MONEY, WriteOff
from mediyn_desktop.ledger.returns import refund, refundable_cents
from mediyn_desktop.ledger.tables import EntryRow, PaymentRow
from mediyn_desktop.ledger.taking_back import take_refund_back
from mediyn_desktop.ledger.write_offs import recoverable_cents
from mediyn_desktop.practice.sessions import get
from mediyn_desktop.practice.tables import Card, Client, Session, SignatureWithdrawn
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import CannotUndo, NothingToUndo, do_instead, newest, undo


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
        for check in LEDGER_CHECKS:
            assert check(uow, uow.subkey("chain")).ok, check(uow, uow.subkey("chain")).detail


def state(uow: UnitOfWork) -> dict[str, object]:
    """What somebody sees: balances, and for each session what became of it."""
    seen: dict[str, object] = dict(queries.client_balances(uow))
    seen["in hand"] = sum(one.amount_cents for one in bank.in_hand(uow))
    seen["money"] = {
        name: cents
        for name, cents in queries.account_balances(uow).items()
        if name.startswith("Assets:") and cents
    }
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
    monkeypatch.setattr("mediyn_desktop.claims.submission.check_837p", lambda *_: [])
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
        (State.REVIEW, "asked already"),
        (State.DECLINED, "did not pay"),
        (State.NEEDS_CLIENT, "did not pay"),
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


def queue_balance(uow: UnitOfWork, ref: str) -> CardAttempt:
    """Session ``ref`` was charged; 20.00 of it went back and are asked of the card again."""
    paid = queue(uow, ref)
    paid.state = State.SUCCEEDED
    charge = charge_of(uow, get(uow, ref))
    assert charge is not None
    assert charge.open_item_id is not None
    payments.record_payment(
        uow, ref="card-1", client="c1", cents=15000, method="card", on=uow.today, source="attempt",
        shares=[Share(charge.open_item_id, 15000)],
    )  # fmt: skip
    refund(uow, ref="ref-1", payment="card-1", cents=2000, on=uow.today, reason="Too much")
    (line,) = chargeable_now(uow, "c1", [ref])
    assert line.due.purpose == BALANCE
    (ident,) = approve(uow, [line])
    return uow.session.get_one(CardAttempt, ident)


@pytest.mark.parametrize(
    "became",
    [State.CREATING, State.CREATED, State.CONFIRMING, State.UNKNOWN, State.PROCESSING,
     State.REVIEW],
)  # fmt: skip
def test_a_balance_asked_of_a_card_holds_its_sessions_signature(
    uow: UnitOfWork, became: State
) -> None:
    doing.sign_note(uow, "s2")
    queue_balance(uow, "s2").state = became
    uow.session.flush()
    before = state(uow)
    found = newest(uow)
    assert found is not None
    assert found.offer is None
    with pytest.raises(CannotUndo, match="asked already, and what became of it is not certain"):
        undo(uow)
    with pytest.raises(CannotUndo):
        do_instead(uow)
    with pytest.raises(CancelRefused, match="not known yet"):
        doing.cancel_session(uow, "s2", at=uow.now, reason="Ill", status=SessionStatus.NO_SHOW)
    assert state(uow) == before


def test_a_balance_the_card_has_paid_stays_as_credit_with_the_rest(uow: UnitOfWork) -> None:
    doing.sign_note(uow, "s2")
    queue_balance(uow, "s2").state = State.SUCCEEDED
    charge = charge_of(uow, get(uow, "s2"))
    assert charge is not None
    assert charge.open_item_id is not None
    payments.record_payment(
        uow, ref="card-2", client="c1", cents=2000, method="card", on=uow.today, source="attempt",
        shares=[Share(charge.open_item_id, 2000)],
    )  # fmt: skip
    with pytest.raises(CannotUndo, match=r"\$150\.00 paid for it stay as the client’s credit"):
        undo(uow)
    do_instead(uow)
    assert charge_of(uow, get(uow, "s2")) is None
    assert queries.client_balances(uow)["c1"].credit_cents == 15000


@pytest.mark.parametrize("became", [State.QUEUED, State.DECLINED, State.NEEDS_CLIENT])
def test_a_balance_that_waits_or_was_refused_is_not_asked_for_after_the_undoing(
    uow: UnitOfWork, became: State
) -> None:
    doing.sign_note(uow, "s2")
    balance = queue_balance(uow, "s2")
    balance.state = became
    uow.session.flush()
    do_instead(uow)
    assert balance.withdraw or balance.state == State.CANCELED


def test_an_installment_on_its_way_holds_the_signature_it_may_settle(uow: UnitOfWork) -> None:
    doing.sign_note(uow, "s2")
    charge = charge_of(uow, get(uow, "s2"))
    assert charge is not None
    assert charge.open_item_id is not None
    made = open_plan(uow, "c1", amount_cents=4000, day=1, items=[charge.open_item_id])
    installment(uow, made.ref).state = State.UNKNOWN
    uow.session.flush()
    with pytest.raises(CannotUndo, match="what became of it is not certain"):
        undo(uow)


@pytest.mark.parametrize("became", [LinkState.PAYING, LinkState.REVIEW])
def test_a_payment_by_link_on_its_way_holds_the_signature(
    uow: UnitOfWork, became: LinkState
) -> None:
    doing.sign_note(uow, "s2")
    link = uow.session.get_one(PaymentLink, plan_link(uow, "c1", session="s2"))
    move_link(uow, link, became, "t")
    with pytest.raises(CannotUndo, match="what became of it is not certain"):
        undo(uow)
    move_link(uow, link, LinkState.CLOSED, "t")
    undo(uow)


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
    give_back(uow, other, 1000, "Too much")
    with pytest.raises(CannotUndo, match="Part of it went back"):
        undo(uow)
    found = do_instead(uow)
    assert found.offer == f"Refund the remaining $40.00 of payment {other}, dated 2026-11-23"
    assert refundable_cents(uow, payments.get_payment(uow, other)) == 0
    assert do_instead(uow).offer == f"Void payment {ref} of $150.00, dated 2026-11-23"
    assert bank_cents(uow) == 0
    assert newest(uow) is None


def bank_cents(uow: UnitOfWork) -> int:
    return queries.account_balances(uow)["Assets:Bank"]


def test_what_settled_otherwise_since_becomes_credit_when_a_refund_is_taken_back(
    uow: UnitOfWork,
) -> None:
    ref = doing.take_payment(uow, "c1", 15000, "cash")  # settles s1
    doing.give_back(uow, ref, 9000, "Agreed")
    receipts.take_payment(uow, "c1", 9000, "check")  # no step: settles what is owed again
    undo(uow)
    one = queries.client_balances(uow)["c1"]
    assert (one.patient_cents, one.credit_cents) == (0, 9000)
    with pytest.raises(AlreadyReversed):
        take_refund_back(uow, entry=entry_of(uow, "refund"), on=uow.today, reason="x")


def entry_of(uow: UnitOfWork, kind: str) -> int:
    found = uow.session.scalar(select(EntryRow.id).where(EntryRow.kind == kind))
    assert found is not None
    return found


def test_a_deposit_is_taken_back_and_made_again(uow: UnitOfWork) -> None:
    ref = doing.take_payment(uow, "c1", 15000, "check")
    doing.deposit(uow, ref="d1", payments=[ref], on=uow.today)
    undo(uow)
    assert [one.ref for one in bank.in_hand(uow)] == [ref]
    assert bank_cents(uow) == 0
    doing.deposit(uow, ref="d2", payments=[ref], on=uow.today)
    assert bank_cents(uow) == 15000
    assert [one.ref for one in bank.deposit_slip(uow, "d2").lines] == [ref]
    give_back(uow, ref, 1000, "Out of the bank")
    with pytest.raises(CannotUndo, match="paid back out of the bank"):
        undo(uow)
    with pytest.raises(bank.DepositRefused, match="taken back before"):
        bank.take_deposit_back(uow, "d1", on=uow.today, reason="x")


def test_a_charged_cards_signature_is_corrected_and_the_money_kept(uow: UnitOfWork) -> None:
    doing.sign_note(uow, "s2")
    attempt = queue(uow, "s2")
    attempt.state = State.SUCCEEDED
    charge = charge_of(uow, get(uow, "s2"))
    assert charge is not None
    assert charge.open_item_id is not None
    payments.record_payment(
        uow, ref="card-1", client="c1", cents=15000, method="card", on=uow.today, source="attempt",
        shares=[Share(charge.open_item_id, 15000)],
    )  # fmt: skip
    found = do_instead(uow)
    assert found.offer == (
        "Void the charge of $150.00 for session s2, dated 2026-11-23, and take back the "
        "signature; the $150.00 paid for it stay as the client’s credit"
    )
    assert charge_of(uow, get(uow, "s2")) is None
    assert queries.client_balances(uow)["c1"].credit_cents == 15000
    assert isinstance(doing.sign_note(uow, "s2"), Charge)


@pytest.mark.parametrize("cents", [12000, 0])
def test_an_amount_set_by_hand_is_asked_again_in_full(uow: UnitOfWork, cents: int) -> None:
    doing.sign_note(uow, "s2")
    assert queue(uow, "s2").amount_cents == 15000
    before = state(uow)
    doing.set_amount(uow, "s2", cents, "Agreed on the phone")
    undo(uow)
    assert state(uow) == before
    waiting = select(CardAttempt.amount_cents).where(CardAttempt.state == State.QUEUED)
    assert uow.session.scalars(waiting).all() == [15000]


def test_a_copay_set_by_hand_is_the_plans_again(uow: UnitOfWork) -> None:
    ben = world.client(uow, "c2", payment_type="in_network", autopay="copay")
    world.coverage(uow, ben, copay=2500)
    world.card(uow, ben, "pm_ben")
    world.session(uow, ben, "t1", hour=15, signed=False)
    doing.sign_note(uow, "t1")
    for cents in (2000, 1000):
        doing.set_amount(uow, "t1", cents, "Agreed")
    undo(uow)
    assert copay_due(uow) == 2000
    undo(uow)
    assert copay_due(uow) == 2500
    assert uow.session.scalar(select(CopayOverride.id)) is None


def copay_due(uow: UnitOfWork) -> int:
    charge = charge_of(uow, get(uow, "t1"))
    assert charge is not None
    due = due_on_card(uow, charge)
    assert due is not None
    return due.cents


def test_a_lower_amount_the_card_was_asked_for_is_asked_again_by_name(uow: UnitOfWork) -> None:
    doing.sign_note(uow, "s2")
    queue(uow, "s2")
    doing.set_amount(uow, "s2", 12000, "Agreed")
    attempt = uow.session.scalars(select(CardAttempt)).one()
    attempt.state = State.UNKNOWN
    uow.session.flush()
    with pytest.raises(CannotUndo, match="has not answered"):
        undo(uow)
    attempt.state = State.DECLINED
    uow.session.flush()
    with pytest.raises(CannotUndo, match=r"Ask the client for the \$30\.00 again"):
        undo(uow)
    owed = queries.client_balances(uow)["c1"].patient_cents
    do_instead(uow)
    assert queries.client_balances(uow)["c1"].patient_cents == owed + 3000


def test_a_promised_courtesy_is_forgotten_or_what_it_was(uow: UnitOfWork) -> None:
    doing.promise_courtesy(uow, "s2", cents=1000, reason="First")
    doing.promise_courtesy(uow, "s2", cents=3000, reason="Second")
    undo(uow)
    assert uow.session.execute(select(Courtesy.cents, Courtesy.reason)).one() == (1000, "First")
    undo(uow)
    assert uow.session.scalar(select(Courtesy.id)) is None
    doing.promise_courtesy(uow, "s2", cents=1000, reason="First")
    bill_session(uow, world.session(uow, get(uow, "s2").client, "s9", hour=20))
    signing.sign_note(uow, "s2")
    with pytest.raises(CannotUndo, match="billed with it"):
        undo(uow)


def test_a_packages_refund_is_taken_back_and_its_sessions_used(uow: UnitOfWork) -> None:
    sold = doing.sell_package(
        uow, "c1", code="90834", sessions=4, price_cents=40000, on=world.DAY, method="check"
    )
    before = view_package(uow, sold.id)
    doing.refund_package(uow, sold.id, on=world.DAY, reason="Moves away")
    assert view_package(uow, sold.id).state is PackageState.REFUNDED
    undo(uow)
    assert view_package(uow, sold.id) == before
    charge = signing.sign_note(uow, "s2")
    assert isinstance(charge, Charge)
    assert charge.package_id == sold.id
    assert do_instead(uow).offer == ("Refund the package’s remaining $300.00, dated 2026-11-23")
    assert view_package(uow, sold.id).state is PackageState.REFUNDED


def test_an_unpaid_package_is_simply_gone(uow: UnitOfWork) -> None:
    doing.sell_package(uow, "c1", code="90834", sessions=4, price_cents=40000, on=world.DAY)
    undo(uow)
    assert packages_of(uow, "c1") == []


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

    VERBS = (
        "sign", "pay", "settle", "move", "give_up", "void", "refund", "refund", "set_amount",
        "deposit",
    )  # fmt: skip

    def __init__(self, uow: UnitOfWork, seed: int) -> None:
        self.uow, self.random = uow, random.Random(seed)

    def step(self) -> None:
        getattr(self, self.random.choice(self.VERBS))()

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

    def refund(self) -> None:
        money = [row for row in self._money() if refundable_cents(self.uow, row)]
        if money:
            row = self.random.choice(money)
            left = refundable_cents(self.uow, row)
            doing.give_back(self.uow, row.ref, self.random.choice((1, left)), "Agreed")

    def set_amount(self) -> None:
        ref = self.random.choice(("s1", "s2", "s3", "s4"))
        doing.set_amount(self.uow, ref, self.random.choice((0, 100, 9000)), "Agreed")

    def deposit(self) -> None:
        waiting = [one.ref for one in bank.in_hand(self.uow)]
        ref = f"dep{self.random.randrange(10**9)}"
        doing.deposit(self.uow, ref=ref, payments=waiting[:2], on=self.uow.today)

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


def plan(uow: UnitOfWork) -> str:
    return doing.start_plan(uow, "c1", amount_cents=4000, day=15).ref


def test_a_payment_plan_is_started_held_and_ended_and_each_step_goes_back(uow: UnitOfWork):
    before = state(uow)
    ref = plan(uow)
    doing.pause_plan(uow, ref)
    doing.resume_plan(uow, ref)
    card = uow.session.query(Card).one().id
    doing.change_plan_card(uow, ref, card=card, agreed_on=uow.today)
    doing.pay_installment(uow, ref, 4000, "cash")
    doing.end_plan(uow, ref, reason="Agreed")
    seen = []
    while (step := newest(uow)) is not None:
        view = plan_view(uow, ref)
        seen.append((step.verb, view.state.value, view.card_id, view.paid_cents))
        undo(uow)
    assert seen == [
        ("plan-end", "ended", card, 4000),
        ("pay", "active", card, 4000),
        ("plan-card", "active", card, 0),
        ("plan-resume", "active", None, 0),
        ("plan-pause", "paused", None, 0),
        ("plan", "active", None, 0),
    ]
    assert plan_view(uow, ref).state.value == "ended"
    assert items_under_plans(uow) == frozenset()
    assert state(uow) == before


def installment(uow: UnitOfWork, ref: str) -> CardAttempt:
    """40.00 of the plan are queued for the card."""
    row = uow.session.scalars(select(PaymentPlan).where(PaymentPlan.ref == ref)).one()
    due = InstallmentDue(row, uow.session.get_one(Client, row.client_id), uow.today, 4000)
    return plan_attempt(uow, due, uow.session.query(Card).one())


def test_a_plan_whose_card_was_asked_is_ended_and_not_undone(uow: UnitOfWork):
    ref = plan(uow)
    card = uow.session.query(Card).one()
    doing.change_plan_card(uow, ref, card=card.id, agreed_on=uow.today)
    undo(uow)
    installment(uow, ref).state = State.SUCCEEDED
    uow.session.flush()
    found = newest(uow)
    assert found is not None
    assert found.instead == "A card was asked for an installment already."
    assert found.offer == f"End payment plan {ref}, dated 2026-11-23"


def test_an_ended_plan_does_not_come_back_beside_another(uow: UnitOfWork):
    ref = plan(uow)
    doing.end_plan(uow, ref, reason="x")
    open_plan(uow, "c1", amount_cents=500, day=1)
    with pytest.raises(CannotUndo, match="Another plan of this client has begun"):
        undo(uow)


def test_money_recovered_by_mistake_leaves_the_debt_given_up(uow: UnitOfWork):
    doing.give_up(uow, open_items(uow, "c1")[0].id, 15000, WriteOff.BAD_DEBT, "No answer")
    before = state(uow), recoverable_cents(uow, "c1")
    doing.recover(uow, "c1", 8000, "cash")
    assert recoverable_cents(uow, "c1") == 7000
    undo(uow)
    assert (state(uow), recoverable_cents(uow, "c1")) == before
