# SPDX-License-Identifier: MIT
"""A whole year of one practice: 40 clients, 1,500 sessions, every evening closed, books true."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

import world
from mediyn_desktop.billing.charges import NotBilled, charge_of, plan_charge
from mediyn_desktop.billing.estimates import Wanted, issue_estimate
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.core.clock import FixedClock, local_date
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.months import close_month
from mediyn_desktop.ledger import bank, insurance, items, payments, queries
from mediyn_desktop.ledger.insurance import Adjudication
from mediyn_desktop.ledger.kinds import CLIENT_MONEY, WriteOff
from mediyn_desktop.ledger.returns import refundable_cents
from mediyn_desktop.ledger.tables import OpenItemRow, PaymentRow
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.reports.leaks import forgotten_sessions, leaks
from mediyn_desktop.reports.statements import statement
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.store.verify import verify
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import undo

SESSIONS, A_DAY, CLIENTS = 1500, 6, 40
DECLINED = "pm_card_visa_chargeDeclinedInsufficientFunds"
KINDS = ("self_pay",) * 4 + ("out_of_network",) * 2 + ("in_network",) * 3 + ("pro_bono",)


class Year:
    """The practice and its therapist, who does a year's work by a seed."""

    def __init__(self, store: Store, clock: FixedClock, api: StripeApi, seed: int) -> None:
        self.store, self.clock, self.api = store, clock, api
        self.random = random.Random(seed)
        self.number = 0
        self.unsigned: list[str] = []
        with store.write("A practice") as uow:
            world.practice(uow)
            settings.set_value(uow, settings.POLICY_FIRST_WAIVED.key, "yes")
            for index in range(CLIENTS):
                self._client(uow, f"c{index:02}", KINDS[index % len(KINDS)], index)

    def _client(self, uow: UnitOfWork, ref: str, kind: str, index: int) -> None:
        monthly = "session" if kind == "out_of_network" else "none"
        owner = world.client(uow, ref, payment_type=kind, superbill=monthly)
        if index % 3:
            world.card(uow, owner, DECLINED if index % 13 == 1 else f"pm_good_{ref}")
        if kind == "in_network":
            world.coverage(uow, owner, copay=2500 if index % 2 else None)
        if kind == "self_pay" and index % 4 == 0:
            agree_sliding(uow, ref, tier="B", reason="Income", effective_from=uow.today, percent=60)
        if kind == "self_pay" and index % 4 == 1:
            issue_estimate(uow, Wanted(ref, "90834", 40))

    @property
    def today(self) -> date:
        return local_date(self.clock.now(), world.ZONE)

    def run(self) -> None:
        """Work day after day until all sessions are held, then the months that were left."""
        while self.number < SESSIONS:
            self.clock.advance(timedelta(days=3 if self.today.weekday() == 4 else 1))
            self._hold_sessions()
            self._sign_late()
            close_day(self.store, self.today, api=self.api)
            if self.today.weekday() == 4:
                self._weekend()

    def _hold_sessions(self) -> None:
        with self.store.write("A day of sessions") as uow:
            clients = uow.session.scalars(select(Client).order_by(Client.ref)).all()
            for hour, owner in enumerate(self.random.sample(clients, A_DAY), start=9):
                self.number += 1
                ref = f"s{self.number:04}"
                status = self.random.choices(
                    ("attended", "late_cancel", "no_show", "cancelled"), (90, 4, 4, 2)
                )[0]
                world.session(
                    uow, owner, ref, day=self.today, hour=hour, signed=False, status=status,
                    minutes=self.random.choice((45, 50, 53, 60)),
                )  # fmt: skip
                self.unsigned.append(ref)
        for ref in self.unsigned[-A_DAY:]:
            if self.random.random() < 0.9:
                self._sign(ref)

    def _sign(self, ref: str) -> None:
        with self.store.write("Sign note") as uow:
            doing.sign_note(uow, ref)
        if self.random.random() < 0.03:
            with self.store.write("Undo") as uow:
                undo(uow)
        else:
            self.unsigned.remove(ref)

    def _sign_late(self) -> None:
        for ref in list(self.unsigned[:-A_DAY]):
            if self.random.random() < 0.3:
                self._sign(ref)

    def _weekend(self) -> None:
        for act in (self._checks, self._remit, self._correct, self._sell, self._deposit):
            with self.store.write("Paperwork") as uow:
                savepoint = uow.session.begin_nested()
                try:
                    act(uow)
                except UserFacingError:
                    savepoint.rollback()
                    uow.session.expire_all()
                else:
                    savepoint.commit()
        if self.today.day <= 7:
            last = self.today.replace(day=1) - timedelta(days=1)
            with self.store.write("Close the month") as uow:
                close_month(uow, last.replace(day=1), last, anyway="The year goes on")

    def _checks(self, uow: UnitOfWork) -> None:
        for ref, one in queries.client_balances(uow).items():
            if one.patient_cents and self.random.random() < 0.6:
                part = self.random.choice((one.patient_cents, one.patient_cents // 3 + 1, 20000))
                doing.take_payment(uow, ref, part, self.random.choice(("cash", "check")))

    def _remit(self, uow: UnitOfWork) -> None:
        rows = uow.session.scalars(
            select(OpenItemRow)
            .where(OpenItemRow.debtor.is_not(None))
            .where(OpenItemRow.date_of_service <= self.today - timedelta(days=14))
        ).all()
        for row in rows:
            left = items.open_cents(uow, row.id)
            if not left or self.random.random() < 0.2:
                continue
            allowed = left * self.random.randint(50, 100) // 100
            share = min(allowed, self.random.choice((0, 2500, allowed)))
            insurance.adjudicate(
                uow,
                Adjudication(
                    f"era-{row.id}-{self.today}", row.id, self.today, f"claim:{row.session}",
                    paid_cents=allowed - share, client_cents=share,
                    written_off={WriteOff.CONTRACTUAL: left - allowed},
                ),
            )  # fmt: skip
            payments.apply_all_credit(uow, client=row.client, on=self.today)

    def _correct(self, uow: UnitOfWork) -> None:
        rows = uow.session.scalars(
            select(PaymentRow).where(
                PaymentRow.method.in_(CLIENT_MONEY), PaymentRow.method != "card"
            )
        ).all()
        if rows:
            row = self.random.choice(rows)
            match self.random.randrange(4):
                case 0:
                    doing.give_back(uow, row.ref, refundable_cents(uow, row) // 2, "Agreed")
                case 1:
                    doing.void(uow, row.ref, "Bounced")
                case 2:
                    owed = items.open_items(uow, row.client)
                    doing.give_up(
                        uow, owed[0].id, 1, WriteOff.SMALL_BALANCE, "Small"
                    ) if owed else None
                case _:
                    undo(uow)

    def _sell(self, uow: UnitOfWork) -> None:
        if self.random.random() < 0.3:
            ref = f"c{self.random.choice((0, 1, 2, 3)):02}"
            doing.sell_package(
                uow, ref, code="90834", sessions=5, price_cents=69999, on=self.today, method="check"
            )

    def _deposit(self, uow: UnitOfWork) -> None:
        waiting = [one.ref for one in bank.in_hand(uow)]
        if waiting:
            bank.deposit(uow, ref=f"dep-{self.today}", payments=waiting, on=self.today)


@pytest.fixture
def processor(clock: FixedClock) -> Iterator[CardProcessor]:
    with CardProcessor(clock=clock, auto_seed=True) as server:
        yield server


@pytest.fixture
def api(processor: CardProcessor) -> Iterator[StripeApi]:
    client = StripeApi("sk_test_suite", processor.base_url)
    yield client
    client.close()


def _a_year(
    store: Store, clock: FixedClock, api: StripeApi, processor: CardProcessor, seed: int
) -> None:
    year = Year(store, clock, api, seed)
    try:
        year.run()
    except BaseException as error:
        error.add_note(f"seed {seed}, {year.number} sessions, {year.today}")
        raise
    with store.read() as read:
        assert read.session.scalar(select(func.count()).select_from(Session)) == SESSIONS
        assert queries.trial_balance(read) == 0
        assert queries.disagreements(read) == []
        assert forgotten_sessions(read) == []
        taken = processor.state.succeeded_by_metadata("iid")
        cards = select(func.sum(PaymentRow.amount_cents)).where(PaymentRow.method == "card")
        assert sum(one.amount for one in taken.values()) == read.session.scalar(cards)
        billed = 0
        for session in read.session.scalars(select(Session)):
            charge = charge_of(read, session)
            billed += charge is not None
            if charge is None and session.ref not in year.unsigned:
                assert isinstance(plan_charge(read, session), NotBilled), session.ref
        assert billed > SESSIONS * 9 // 10 - len(year.unsigned)
        assert read.session.scalar(select(func.count()).where(Charge.voided_at.is_(None))) == billed
        balances = queries.client_balances(read)
        for ref in read.session.scalars(select(Client.ref)):
            found = statement(read, ref)
            balance = balances.get(ref, queries.ClientBalance(ref))
            assert (found.client_cents, found.insurance_pending_cents, found.credit_cents) == (
                balance.patient_cents, balance.insurer_cents, balance.credit_cents,
            )  # fmt: skip
        assert alerts(read)
        leaks(read)
    assert [check for check in verify(store) if not check.ok] == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("unchecked")
def test_a_year_ends_with_true_books(
    store: Store, clock: FixedClock, api: StripeApi, processor: CardProcessor
) -> None:
    assert clock.now() == datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    _a_year(store, clock, api, processor, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("seed", range(2, 8))
def test_other_years_do_too(
    store: Store, clock: FixedClock, api: StripeApi, processor: CardProcessor, seed: int
) -> None:
    _a_year(store, clock, api, processor, seed)


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the slow check of each claim against the guide: claims are not the topic."""
    monkeypatch.setattr("mediyn_desktop.claims.submission.check_837p", lambda *_: [])
