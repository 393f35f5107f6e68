# SPDX-License-Identifier: MIT
"""Random histories of a small practice: everything that moves money, in any order.

A history is one transaction that is rolled back at its end, so thousands of them cost no disk. The
verbs refuse what cannot be done; a refusal leaves everything as it was, which is checked too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select, text

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.plan_views import PlanState, running_plans
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.billing.voiding import void_charge
from mediyn_desktop.cards.by_hand import CLIENTS_KINDS, INSURERS_KINDS
from mediyn_desktop.claims.decisions import Decision, post_decision
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import (
    accounts,
    bank,
    disputes,
    insurance,
    items,
    packages,
    payments,
    periods,
    queries,
    returns,
    write_offs,
)
from mediyn_desktop.ledger.checks import LEDGER_CHECKS
from mediyn_desktop.ledger.insurance import Adjudication
from mediyn_desktop.ledger.items import Share
from mediyn_desktop.ledger.kinds import CLIENT_MONEY, WriteOff
from mediyn_desktop.ledger.tables import (
    AllocationRow,
    EntryRow,
    OpenItemRow,
    PaymentReturnRow,
    PaymentRow,
)
from mediyn_desktop.practice.tables import Client, Coverage, Package, Payer, Session
from mediyn_desktop.reports.leaks import forgotten_sessions
from mediyn_desktop.reports.statements import statement
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import do_instead, newest, undo

FIRST_DAY = date(2026, 1, 5)
MINUTES = (10, 16, 30, 45, 55, 80)


class History:
    """A practice of five clients, one of each kind, and the verbs a random history is made of."""

    def __init__(self, uow: UnitOfWork, seed: int = 0) -> None:
        self.uow = uow
        self.random = random.Random(seed)
        self.day = FIRST_DAY
        self.number = 0
        self.steps = 0
        self.refused = 0
        self.disputed: dict[str, tuple[str, int]] = {}
        world.practice(uow)
        kinds = ("self_pay", "out_of_network", "in_network", "in_network", "pro_bono")
        self.clients = [
            world.client(uow, f"c{index}", payment_type=kind) for index, kind in enumerate(kinds, 1)
        ]
        for index in (2, 3):
            world.coverage(uow, self.clients[index], copay=2500 if index == 2 else None)
        second = Payer(ref="second", name="Second Plan", payer_id="99999")
        uow.session.add(second)
        uow.session.flush()
        uow.session.add(
            Coverage(client_id=self.clients[2].id, rank=2, payer_id=second.id, member_id="S1")
        )
        uow.session.flush()

    verbs: tuple[str, ...] = (
        "sign", "sign", "sign", "sign_late", "pay", "pay", "pay_copay", "allocate", "move",
        "refund", "refund_credit", "void_payment", "write_off", "restore_write_off",
        "sell_package", "refund_package", "remit", "remit", "deny", "reverse_remittance",
        "correct_remittance", "void_charge", "dispute", "end_dispute", "recover", "deposit",
        "close_period", "next_day", "next_day", "overpaid_by_payer", "sign_note", "take_payment",
        "settle_by_hand", "give_up", "void_by_hand", "sell_by_hand", "refund_by_hand",
        "refund_package_by_hand", "deposit_by_hand", "lower_amount", "cancel_session",
        "close_month", "start_plan", "start_plan", "pause_plan", "resume_plan", "end_plan",
        "pay_installment", "decide", "undo", "undo", "undo", "undo_or_instead",
    )  # fmt: skip

    def step(self, verb: str) -> None:
        """Do one verb; a refusal must leave nothing behind."""
        self.steps += 1
        do: Callable[[], object] = getattr(self, verb)
        before = self._state()
        savepoint = self.uow.session.begin_nested()
        try:
            do()
        except UserFacingError:
            savepoint.rollback()
            self.uow.session.expire_all()
            self.refused += 1
            assert self._state() == before, f"{verb} was refused and left something behind"
        else:
            savepoint.commit()

    # -- what a practice does

    def next_day(self) -> None:
        self.day += timedelta(days=self.random.randint(1, 9))

    def sign(self, *, on: date | None = None) -> None:
        self.number += 1
        status = self.random.choice(("attended",) * 8 + ("late_cancel", "no_show"))
        session = world.session(
            self.uow,
            self._client(),
            f"s{self.number}",
            day=on or self.day,
            minutes=self.random.choice(MINUTES),
            status=status,
            do_not_bill_insurer=self.random.random() < 0.1,
        )
        bill_session(self.uow, session)

    def sign_late(self) -> None:
        self.sign(on=self.day - timedelta(days=self.random.randint(1, 60)))

    def pay(self) -> None:
        client, cents = self._client().ref, self.random.choice((1, 2500, 15000, 22501))
        shares = payments.suggested(self.uow, client, cents)
        self._record(client, cents, shares if self.random.random() < 0.7 else [])

    def pay_copay(self) -> None:
        self._record("c3", 2500, [])

    def allocate(self) -> None:
        payment = self._payment()
        owed = items.open_items(self.uow, payment.client)
        if owed:
            item = self.random.choice(owed)
            cents = self.random.choice((item.open_cents, 1, 10**9))
            payments.allocate(
                self.uow,
                payment=payment.ref,
                shares=[Share(item.id, cents)],
                on=self.day,
                reason="By hand",
            )

    def move(self) -> None:
        payment = self._payment()
        settled = items.allocations_of(self.uow, payment=payment.id)
        owed = items.open_items(self.uow, payment.client)
        if settled and owed:
            _, item, cents = self.random.choice(settled)
            part = min(cents, owed[0].open_cents)
            payments.move(
                self.uow,
                payment=payment.ref,
                share=Share(item, part),
                to=owed[0].id,
                on=self.day,
                reason="Meant for the other session",
            )

    def refund(self) -> None:
        payment = self._payment()
        left = returns.refundable_cents(self.uow, payment)
        returns.refund(
            self.uow,
            ref=self._ref("rf"),
            payment=payment.ref,
            cents=self.random.choice((left, max(left // 3, 1), left + 1)),
            on=self.day,
            reason="As agreed",
        )

    def refund_credit(self) -> None:
        client = self._client().ref
        credit = sum(left for _, left in payments.unallocated(self.uow, client))
        returns.refund_credit(
            self.uow,
            ref=self._ref("rc"),
            client=client,
            cents=self.random.choice((credit, credit + 1)),
            on=self.day,
            reason="Credit returned",
        )

    def void_payment(self) -> None:
        returns.void_payment(self.uow, payment=self._payment().ref, on=self.day, reason="Bounced")

    def write_off(self) -> None:
        item = self._pick(OpenItemRow)
        left = items.open_cents(self.uow, item.id)
        write_offs.write_off(
            self.uow,
            ref=self._ref("w"),
            item=item.id,
            cents=self.random.choice((left, 1, left + 1)),
            kind=self.random.choice(list(WriteOff)),
            on=self.day,
            source=item.source,
            reason="Given up",
        )

    def restore_write_off(self) -> None:
        row = self._pick(PaymentRow, PaymentRow.method.in_(list(WriteOff)))
        write_offs.reverse_write_off(self.uow, ref=row.ref, on=self.day, reason="Owed after all")

    def sell_package(self) -> None:
        client = self.clients[0]
        sessions, price = self.random.randint(1, 5), self.random.choice((100000, 39999, 7))
        payment = packages.record_package_sale(
            self.uow,
            ref=self._ref("pk"),
            client=client.ref,
            cents=price,
            on=self.day,
            source="package",
            into=accounts.STRIPE,
        )
        self.uow.session.add(
            Package(
                client_id=client.id,
                sold_on=self.day,
                sessions=sessions,
                price_cents=price,
                code=self.random.choice(("90834", "90837")),
                payment_id=payment,
            )
        )
        self.uow.session.flush()

    def refund_package(self) -> None:
        package = self._pick(Package)
        assert package.payment_id is not None
        left = payments.unallocated_cents(self.uow, package.payment_id)
        packages.refund_package(
            self.uow,
            ref=self._ref("rp"),
            payment=package.payment_id,
            cents=self.random.choice((left, left + 1)),
            on=self.day,
            out_of=accounts.STRIPE,
            reason="Stops",
        )

    def remit(self) -> None:
        item = self._pick(OpenItemRow, OpenItemRow.debtor.is_not(None))
        left = items.open_cents(self.uow, item.id)
        parts = sorted(self.random.randint(0, left) for _ in range(3))
        to_second = item.client == "c3" and item.debtor != "second" and self.random.random() < 0.5
        passed_on = parts[2] - parts[1]
        self._adjudicate(
            item.id,
            paid_cents=parts[0],
            written_off={WriteOff.CONTRACTUAL: parts[1] - parts[0]},
            client_cents=0 if to_second else passed_on,
            next_payer="second" if to_second else None,
            next_cents=passed_on if to_second else 0,
        )
        payments.apply_all_credit(self.uow, client=item.client, on=self.day)

    def deny(self) -> None:
        item = self._pick(OpenItemRow, OpenItemRow.debtor.is_not(None))
        left = items.open_cents(self.uow, item.id)
        self._adjudicate(item.id, client_cents=left + self.random.choice((0, 1)))

    def reverse_remittance(self) -> None:
        entry = self._pick(EntryRow, EntryRow.kind == "adjudication")
        insurance.reverse_adjudication(
            self.uow, entry=entry.id, on=self.day, reason="Reversed by the payer"
        )
        assert entry.client is not None
        insurance.settle_freed(self.uow, client=entry.client, on=self.day, source="remittance")

    def correct_remittance(self) -> None:
        entry = self._pick(EntryRow, EntryRow.kind == "adjudication")
        settled = self.uow.session.scalars(
            select(AllocationRow.item_id).where(AllocationRow.entry_id == entry.id)
        ).first()
        insurance.reverse_adjudication(self.uow, entry=entry.id, on=self.day, reason="Corrected")
        assert settled is not None
        assert entry.client is not None
        left = items.open_cents(self.uow, settled)
        share = self.random.randint(0, left)
        self._adjudicate(settled, paid_cents=left - share, client_cents=share)
        insurance.settle_freed(self.uow, client=entry.client, on=self.day, source="remittance")

    def void_charge(self) -> None:
        charge = self._pick(Charge, Charge.voided_at.is_(None))
        session = self.uow.session.get_one(Session, charge.session_id)
        void_charge(self.uow, session, reason="Wrong session")
        if self.random.random() < 0.5:
            bill_session(self.uow, session)

    def dispute(self) -> None:
        payment = self._payment()
        cents = returns.refundable_cents(self.uow, payment)
        if payment.ref in {ref for ref, _ in self.disputed.values()}:
            return  # a payment is disputed once at a time
        ref = self._ref("d")
        disputes.dispute_opened(
            self.uow, ref=ref, payment=payment.ref, cents=cents, fee_cents=1500, on=self.day
        )
        self.disputed[ref] = (payment.ref, cents)

    def end_dispute(self) -> None:
        if not self.disputed:
            return
        ref, (payment, cents) = self.disputed.popitem()
        how = self.random.choice(("won", "owed", "given up"))
        if how == "won":
            disputes.dispute_won(
                self.uow,
                ref=ref,
                payment=payment,
                cents=cents,
                fee_returned_cents=self.random.choice((0, 1500)),
                on=self.day,
            )
        else:
            disputes.dispute_lost(
                self.uow,
                ref=ref,
                payment=payment,
                cents=cents,
                on=self.day,
                still_owed=how == "owed",
            )

    def recover(self) -> None:
        left = {one.ref: write_offs.recoverable_cents(self.uow, one.ref) for one in self.clients}
        client = self.random.choice([ref for ref, cents in left.items() if cents] or ["c1"])
        write_offs.recover_bad_debt(
            self.uow,
            ref=self._ref("rec"),
            client=client,
            cents=self.random.choice((left[client], left[client] // 2, left[client] + 1)),
            method="check",
            on=self.day,
            source="agency",
        )

    def deposit(self) -> None:
        waiting = [one.ref for one in bank.in_hand(self.uow)]
        bank.deposit(self.uow, ref=self._ref("dep"), payments=waiting[:3], on=self.day)

    def close_period(self) -> None:
        first = self.day.replace(day=1) - timedelta(days=31)
        periods.close_period(self.uow, first, self.day.replace(day=1) - timedelta(days=1))

    def overpaid_by_payer(self) -> None:
        insurance.payer_overpaid(
            self.uow,
            ref=self._ref("po"),
            payer="p-c3",
            cents=9500,
            on=self.day,
            source="remittance",
            reason="Paid twice",
        )

    # -- what a person does in the window, and takes back

    def sign_note(self) -> None:
        self.number += 1
        ref = f"s{self.number}"
        hour = self.random.randint(7, 20)
        world.session(self.uow, self._client(), ref, day=self.day, hour=hour, signed=False)
        doing.sign_note(self.uow, ref)

    def take_payment(self) -> None:
        cents = self.random.choice((1, 2500, 15000, 22501))
        doing.take_payment(self.uow, self._client().ref, cents, "check")

    def settle_by_hand(self) -> None:
        payment = self._payment()
        owed = items.open_items(self.uow, payment.client)
        left = payments.unallocated_cents(self.uow, payment.id)
        if owed and left:
            cents = min(left, owed[0].open_cents)
            doing.settle(self.uow, payment.ref, owed[0].id, cents, "")

    def give_up(self) -> None:
        item = self._pick(OpenItemRow)
        cents = max(items.open_cents(self.uow, item.id), 1)
        kinds = CLIENTS_KINDS if item.debtor is None else INSURERS_KINDS
        kind = self.random.choice((*kinds, *WriteOff))
        doing.give_up(self.uow, item.id, cents, kind, "Given up")

    def void_by_hand(self) -> None:
        doing.void(self.uow, self._payment().ref, "Bounced")

    def sell_by_hand(self) -> None:
        doing.sell_package(
            self.uow, "c1", code="90834", sessions=3, price_cents=10000, on=self.uow.today,
            method="cash",
        )  # fmt: skip

    def refund_by_hand(self) -> None:
        payment = self._payment()
        left = returns.refundable_cents(self.uow, payment)
        doing.give_back(self.uow, payment.ref, self.random.choice((left, 1)), "Agreed")

    def refund_package_by_hand(self) -> None:
        number = self._pick(Package).id
        doing.refund_package(self.uow, number, on=self.uow.today, reason="Stops")

    def deposit_by_hand(self) -> None:
        waiting = [one.ref for one in bank.in_hand(self.uow)]
        doing.deposit(self.uow, ref=self._ref("dep"), payments=waiting[:2], on=self.uow.today)

    def lower_amount(self) -> None:
        cents = self.random.choice((0, 1, 5000))
        doing.set_amount(self.uow, self._pick(Session).ref, cents, "Agreed")

    def cancel_session(self) -> None:
        status = self.random.choice(
            (SessionStatus.CANCELLED, SessionStatus.LATE_CANCEL, SessionStatus.NO_SHOW)
        )
        doing.cancel_session(
            self.uow, self._pick(Session).ref, at=self.uow.now, reason="Ill", status=status
        )

    def close_month(self) -> None:
        last = self.day.replace(day=1) - timedelta(days=1)
        doing.close_month(self.uow, last.replace(day=1), last, anyway="All of it")

    def start_plan(self) -> None:
        doing.start_plan(
            self.uow, self._client().ref, amount_cents=self.random.choice((1, 2000, 7777)),
            day=self.random.randint(1, 28),
        )  # fmt: skip

    def pause_plan(self) -> None:
        doing.pause_plan(self.uow, self._plan(), reason="Ill")

    def resume_plan(self) -> None:
        doing.resume_plan(self.uow, self._plan())

    def end_plan(self) -> None:
        doing.end_plan(self.uow, self._plan(), reason="Paid otherwise")

    def pay_installment(self) -> None:
        plan = self._plan()
        doing.pay_installment(self.uow, plan, self.random.choice((1, 2000, 10**6)), "check")

    def decide(self) -> None:
        item = self._pick(OpenItemRow, OpenItemRow.debtor.is_not(None))
        left = items.open_cents(self.uow, item.id)
        paid = self.random.randint(0, left)
        ref = self._ref("r")
        post_decision(
            self.uow,
            Decision(
                ref, item.session or "", item.debtor or "", self.day, f"letter:{ref}", "CO-45",
                paid_cents=paid, left_cents=left - paid,
            ),
        )  # fmt: skip

    def undo(self) -> None:
        undo(self.uow)

    def undo_or_instead(self) -> None:
        last = newest(self.uow)
        if last is not None and last.offer is not None:
            do_instead(self.uow)
        else:
            undo(self.uow)

    # -- what must hold after every step

    def check(self) -> None:
        """Raise AssertionError with the first invariant that does not hold."""
        assert queries.trial_balance(self.uow) == 0, "the trial balance is not zero"
        for ref, one in queries.client_balances(self.uow).items():
            assert one.patient_cents >= 0, f"{ref}: a negative receivable"
            assert one.credit_cents >= 0, f"{ref}: a negative credit"
            assert one.deferred_cents >= 0, f"{ref}: negative prepaid sessions"
        for plan in running_plans(self.uow):
            assert plan.due_cents <= plan.left_cents, f"{plan.ref}: more is due than is left"
            if plan.state is PlanState.ACTIVE:
                to_come = sum(one.cents for one in plan.ahead)
                assert to_come == plan.left_cents, f"{plan.ref}: its installments miss a cent"

    def check_items(self) -> None:
        """As ``check``: what is open, left over and prepaid is what the accounts say.

        What is open of a charge is what it came to less what was allocated to it.
        """
        assert queries.disagreements(self.uow) == [], queries.disagreements(self.uow)[0]

    def check_at_length(self) -> None:
        """As ``check``, with what costs more: the ledger's own proof, leaks, statements."""
        for prove in LEDGER_CHECKS:
            found = prove(self.uow, self.uow.subkey("chain"))
            assert found.ok, found.detail
        assert forgotten_sessions(self.uow) == [], "a signed session was forgotten"
        assert self.unbilled() == 0, "a signed session long enough was never billed"
        balances = queries.client_balances(self.uow)
        for client in self.clients:
            balance = balances.get(client.ref, queries.ClientBalance(client.ref))
            found = statement(self.uow, client.ref)
            taken = found.insurance_cents + found.adjustments_cents + found.payments_cents
            assert found.charges_cents - taken == found.closing_cents, f"{client.ref}: statement"
            assert (found.client_cents, found.insurance_pending_cents, found.credit_cents) == (
                balance.patient_cents, balance.insurer_cents, balance.credit_cents,
            ), f"{client.ref}: the statement and the ledger differ"  # fmt: skip

    def unbilled(self) -> int:
        """Signed sessions of 16 minutes or more that no charge, voided or not, names; by SQL alone.

        Nothing else keeps a session of these histories from being billed.
        """
        sql = (
            "SELECT count(*) FROM care_session JOIN note ON note.session_id = care_session.id "
            "WHERE note.signed_at IS NOT NULL AND status <> 'cancelled' "
            "AND (status <> 'attended' OR "
            "(julianday(ends_at) - julianday(starts_at)) * 1440 >= 15.5) "
            "AND NOT EXISTS (SELECT 1 FROM charge WHERE session_id = care_session.id)"
        )
        return self.uow.session.scalar(text(sql)) or 0

    # -- choosing

    def _client(self) -> Client:
        return self.random.choice(self.clients)

    def _payment(self) -> PaymentRow:
        return self._pick(PaymentRow, PaymentRow.method.in_(CLIENT_MONEY))

    def _plan(self) -> str:
        plans = [plan.ref for plan in running_plans(self.uow)]
        if not plans:
            raise NothingYet("No payment plan is running.")
        return self.random.choice(plans)

    def _pick(self, table, *conditions):
        ids = self.uow.session.scalars(select(table.id).where(*conditions).order_by(table.id)).all()
        if not ids:
            raise NothingYet("Nothing to do this to.")
        return self.uow.session.get_one(table, self.random.choice(ids))

    def _record(self, client: str, cents: int, shares: list[Share]) -> None:
        payments.record_payment(
            self.uow,
            ref=self._ref("p"),
            client=client,
            cents=cents,
            method=self.random.choice(("card", "cash", "check", "other")),
            on=self.day,
            source="payment",
            shares=shares,
        )

    def _adjudicate(self, item: int, **parts) -> None:
        ref = self._ref("r")
        insurance.adjudicate(self.uow, Adjudication(ref, item, self.day, f"claim:{ref}", **parts))

    def _ref(self, stem: str) -> str:
        self.number += 1
        return f"{stem}{self.number}"

    def _state(self) -> tuple[int, ...]:
        return tuple(
            self.uow.session.scalar(text(f"SELECT count(*) FROM {table.__tablename__}")) or 0
            for table in (EntryRow, OpenItemRow, PaymentRow, AllocationRow, PaymentReturnRow)
        )


class NothingYet(UserFacingError):
    """There is nothing the verb could be done to."""

    code = "nothing-yet"
