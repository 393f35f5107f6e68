# SPDX-License-Identifier: MIT
"""The worked cases of a practice's books, each step a use case with exactly the entries it posts.

A step is what somebody does, and every entry it leaves: its kind, where it comes from, and its
lines in cents, debits above zero. ``tests/ledger`` holds the same cases for the ledger alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

import world
from mediyn_desktop.billing import package_sales
from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import attempts, receipts, recording
from mediyn_desktop.cards import due as owed
from mediyn_desktop.cards.by_hand import give_up
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Fees, Intent
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.decisions import Decision, correct_decision, post_decision
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.dayclose.corrections import cancel_session
from mediyn_desktop.ledger import bank, disputes, insurance, items, payments, queries, returns
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.sessions import get, get_client
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.practice.tables import Coverage, Fee, Payer
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork

ARP, CREDIT, DEFERRED = (
    f"{account}:c1"
    for account in ("Assets:Receivable:Client", "Liabilities:Credit", "Liabilities:Deferred")
)
ARI, ARI2 = "Assets:Receivable:Payer:p-c1", "Assets:Receivable:Payer:second"
DUE = "Liabilities:PayerDue:p-c1"
BANK, STRIPE, HELD = "Assets:Bank", "Assets:Stripe", "Assets:Disputed"
CASH = "Assets:Undeposited"
SERVICES, FEES = "Income:Services", "Income:Fees"
CO45, DENIED, COURTESY, SLIDING = (
    f"Income:{name}" for name in ("Contractual", "Denied", "Courtesy", "Sliding")
)
BAD_DEBT, CARD_FEE, DISPUTE_FEE = (
    f"Expenses:{name}" for name in ("BadDebt", "CardFees", "DisputeFees")
)

Entry = tuple[str, str, dict[str, int]]  # kind, source ("" where it is made up anew), lines
Step = tuple[str, Callable[["Desk"], object], list[Entry]]


@dataclass
class Desk:
    """What the therapist does; ``kept`` is shared by the steps of one case."""

    uow: UnitOfWork
    kept: dict[str, Any]

    def hold(self, cents: int, ref: str = "s1", **values: Any) -> Charge:
        """Hold and sign a session that costs ``cents``."""
        owner = get_client(self.uow, "c1")
        for old in self.uow.session.query(Fee).filter(Fee.client_id == owner.id):
            self.uow.session.delete(old)
        self.uow.session.add(Fee(code="90834", client_id=owner.id, fee_cents=cents))
        self.uow.session.flush()
        held = len(self.kept.setdefault("held", []))
        self.kept["held"].append(ref)
        day = world.DAY - timedelta(days=held)
        made = bill_session(self.uow, world.session(self.uow, owner, ref, day=day, **values))
        assert isinstance(made, Charge)
        return made

    def ask(self, ref: str = "s1") -> CardAttempt:
        """Queue what is due of a session for the card."""
        charge = charge_of(self.uow, get(self.uow, ref))
        assert charge is not None
        due = owed.due_on_card(self.uow, charge)
        assert due is not None
        card = owed.chargeable_card(due, today=self.uow.today, cap_cents=10**6)
        assert not isinstance(card, owed.NotChargeable)
        return attempts.plan_attempt(self.uow, due, card)

    def answer(self, row: CardAttempt, status: str, fee: int | None = None) -> None:
        """Record what the processor says about an attempt."""
        ok = status == "succeeded"
        recording.record_read(
            self.uow,
            row,
            Intent(
                id=f"pi_{row.id}", status=status, amount=row.amount_cents,
                amount_received=row.amount_cents if ok else 0, currency="usd",
                customer=row.customer, created=self.uow.now, livemode=False, iid=row.iid,
                dup=row.dup, error_code=None if ok else "card_declined",
                decline_code=None if ok else "insufficient_funds", advice=None,
                fees=Fees(f"txn_{row.id}", fee) if fee else None, disputed=False,
            ),
            server_now=None,
        )  # fmt: skip

    def charged(self, ref: str = "s1", fee: int | None = None) -> None:
        self.answer(self.ask(ref), "succeeded", fee)

    def declined(self, ref: str = "s1") -> None:
        self.answer(self.ask(ref), "requires_payment_method")

    def share_paid(self, cents: int) -> None:
        """A card pays what the insurer left to the client."""
        payments.record_payment(
            self.uow, ref="share", client="c1", cents=cents, method="card", on=self.uow.today,
            source="attempt:share", shares=payments.suggested(self.uow, "c1", cents),
        )  # fmt: skip

    def decide(
        self,
        ref: str = "r1",
        session: str = "s1",
        payer: str = "p-c1",
        reason: str = "PR-2",
        **parts: Any,
    ) -> None:
        """Post what an insurer decided."""
        made = Decision(ref, session, payer, self.uow.today, f"remittance:{ref}", reason, **parts)
        self.kept[ref] = post_decision(self.uow, made).entry

    def correct(self, ref: str, old: str, **parts: Any) -> None:
        made = Decision(ref, "s1", "p-c1", self.uow.today, f"remittance:{ref}", "PR-2", **parts)
        correct_decision(self.uow, self.kept[old], made, reason="Reversed by the insurer")

    def give_up(self, cents: int, kind: WriteOff, ref: str = "s1") -> None:
        (item,) = items.items_of_session(self.uow, ref)
        give_up(self.uow, item.id, cents, kind, "As agreed")

    def second_insurer(self) -> None:
        payer = Payer(ref="second", name="Second Plan", payer_id="99999")
        self.uow.session.add(payer)
        self.uow.session.flush()
        self.uow.session.add(
            Coverage(client_id=1, rank=2, payer_id=payer.id, member_id="S1", copay_cents=None)
        )
        self.uow.session.flush()
        self.uow.session.expire_all()

    def sell(self, sessions: int, cents: int) -> None:
        sold = package_sales.sell_package(
            self.uow, "c1", code="90834", sessions=sessions, price_cents=cents,
            on=world.DAY - timedelta(days=20), method="cash",
        )  # fmt: skip
        self.kept["package"] = sold.id

    def dispute(self, close: Callable[..., int] | None = None, **how: Any) -> None:
        paid = self.uow.session.query(CardAttempt).one()
        about = {"ref": "d1", "payment": recording.payment_ref(paid), "cents": 15000,
                 "on": self.uow.today}  # fmt: skip
        (close or disputes.dispute_opened)(self.uow, **about, **how)


def billed(cents: int, ref: str = "s1") -> Step:
    return (
        "sign", lambda d: d.hold(cents, ref),
        [("charge", f"session:{ref}", {ARP: cents, SERVICES: -cents})],
    )  # fmt: skip


INSURED_18000: Step = (
    "sign", lambda d: d.hold(18000),
    [("charge", "session:s1", {ARI: 18000, SERVICES: -18000})],
)  # fmt: skip
PAID_15000: Step = ("card", lambda d: d.charged(), [("payment", "", {STRIPE: 15000, ARP: -15000})])
CASE_C: list[Step] = [
    INSURED_18000,
    ("copay at the session", lambda d: d.charged(), [
        ("payment", "", {STRIPE: 2500, CREDIT: -2500}),
    ]),
    ("remittance", lambda d: d.decide(
        paid_cents=6400, written_off={WriteOff.CONTRACTUAL: 6000}, left_cents=5600,
        reason="CO-45, PR-1, PR-2"), [
        ("adjudication", "remittance:r1", {BANK: 6400, CO45: 6000, ARP: 5600, ARI: -18000}),
        ("credit-applied", "remittance:r1", {CREDIT: 2500, ARP: -2500}),
    ]),
    ("the rest", lambda d: d.share_paid(3100), [
        ("payment", "attempt:share", {STRIPE: 3100, ARP: -3100}),
    ]),
]  # fmt: skip
CASE_E: list[Step] = [
    *CASE_C,
    ("reversed and corrected", lambda d: d.correct(
        "r2", "r1", paid_cents=9600, written_off={WriteOff.CONTRACTUAL: 6000}, left_cents=2400), [
        ("reversal", "remittance:r1", {ARI: 18000, BANK: -6400, CO45: -6000, ARP: -5600}),
        ("adjudication", "remittance:r2", {BANK: 9600, CO45: 6000, ARP: 2400, ARI: -18000}),
        ("overpaid", "remittance:r2", {ARP: 3200, CREDIT: -3200}),
    ]),
]  # fmt: skip
DISPUTED: list[Step] = [
    billed(15000),
    PAID_15000,
    ("opened", lambda d: d.dispute(fee_cents=1500), [
        ("dispute-opened", "", {HELD: 15000, DISPUTE_FEE: 1500, STRIPE: -16500}),
    ]),
]  # fmt: skip

CASES: dict[str, list[Step]] = {
    "A self-pay by card, its fee, the payout": [
        billed(15000),
        ("card", lambda d: d.charged(fee=465), [
            ("payment", "", {STRIPE: 15000, ARP: -15000}),
            ("card-fee", "", {CARD_FEE: 465, STRIPE: -465}),
        ]),
        ("payout", lambda d: bank.payout(d.uow, ref="po1", cents=14535, on=world.DAY), [
            ("payout", "payout:po1", {BANK: 14535, STRIPE: -14535}),
        ]),
    ],
    "B declined, then paid": [
        billed(15000),
        ("declined", lambda d: d.declined(), []),
        ("paid", lambda d: receipts.take_payment(d.uow, "c1", 15000, "cash"), [
            ("payment", "", {CASH: 15000, ARP: -15000}),
        ]),
    ],
    "C deductible and coinsurance after a copay at the session": CASE_C,
    "C2 copay plan": [
        INSURED_18000,
        ("remittance", lambda d: d.decide(
            paid_cents=9500, written_off={WriteOff.CONTRACTUAL: 6000}, left_cents=2500,
            reason="CO-45, PR-3"), [
            ("adjudication", "remittance:r1", {BANK: 9500, CO45: 6000, ARP: 2500, ARI: -18000}),
        ]),
    ],
    "D1 denied for late filing: nobody owes it": [
        INSURED_18000,
        ("given up", lambda d: d.give_up(18000, WriteOff.TIMELY_FILING), [
            ("adjustment", "session:s1:p-c1", {DENIED: 18000, ARI: -18000}),
        ]),
    ],
    "D2 not covered: the client's": [
        INSURED_18000,
        ("remittance", lambda d: d.decide(left_cents=18000, reason="PR-204"), [
            ("adjudication", "remittance:r1", {ARP: 18000, ARI: -18000}),
        ]),
    ],
    "D2 not covered, capped by the contract": [
        INSURED_18000,
        ("remittance", lambda d: d.decide(
            written_off={WriteOff.CONTRACTUAL: 6000}, left_cents=12000, reason="CO-45, PR-27"), [
            ("adjudication", "remittance:r1", {CO45: 6000, ARP: 12000, ARI: -18000}),
        ]),
    ],
    "E reversed and corrected": CASE_E,
    "F refund split over the payments": [
        *CASE_E,
        ("refund", lambda d: returns.refund_credit(
            d.uow, ref="f1", client="c1", cents=3200, on=d.uow.today, reason="Overpaid"), [
            ("refund", "payment:share", {CREDIT: 3200, STRIPE: -3200}),
        ]),
    ],
    "G paid twice, and taken back from a later deposit": [
        ("paid twice", lambda d: insurance.payer_overpaid(
            d.uow, ref="g1", payer="p-c1", cents=9500, on=d.uow.today, source="remittance:g1",
            reason="Paid twice"), [
            ("payer-overpaid", "remittance:g1", {BANK: 9500, DUE: -9500}),
        ]),
        ("sign", lambda d: d.hold(25500), [
            ("charge", "session:s1", {ARI: 25500, SERVICES: -25500}),
        ]),
        ("a deposit of 16000", lambda d: (
            d.decide(paid_cents=25500, reason="Paid as billed"),
            insurance.payer_took_back(
                d.uow, ref="g2", payer="p-c1", cents=9500, on=d.uow.today,
                source="remittance:r1", reason="PLB WO"),
        ), [
            ("adjudication", "remittance:r1", {BANK: 25500, ARI: -25500}),
            ("payer-took-back", "remittance:r1", {DUE: 9500, BANK: -9500}),
        ]),
    ],
    "H small balance": [
        billed(375),
        ("given up", lambda d: d.give_up(375, WriteOff.SMALL_BALANCE), [
            ("adjustment", "session:s1", {COURTESY: 375, ARP: -375}),
        ]),
    ],
    "I sliding fee, net": [
        ("agree", lambda d: agree_sliding(
            d.uow, "c1", tier="B", reason="Income", effective_from=date(2026, 1, 1),
            percent=60), []),
        ("sign", lambda d: d.hold(15000), [
            ("charge", "session:s1", {ARP: 9000, SERVICES: -9000}),
        ]),
    ],
    "I sliding fee, gross": [
        ("agree", lambda d: (
            settings.set_value(d.uow, "billing.sliding", "gross"),
            agree_sliding(
                d.uow, "c1", tier="B", reason="Income", effective_from=date(2026, 1, 1),
                percent=60),
        ), []),
        ("sign", lambda d: d.hold(15000), [
            ("charge", "session:s1", {ARP: 15000, SERVICES: -15000}),
            ("adjustment", "session:s1", {SLIDING: 6000, ARP: -6000}),
        ]),
    ],
    "J package: sold, used six times, the rest refunded": [
        ("sell", lambda d: d.sell(10, 130000), [
            ("package-sale", "package:1", {CASH: 130000, DEFERRED: -130000}),
        ]),
        *[(f"session {n}", lambda d, n=n: d.hold(15000, f"s{n}"), [
            ("charge", f"session:s{n}", {ARP: 13000, SERVICES: -13000}),
            ("package-use", f"session:s{n}", {DEFERRED: 13000, ARP: -13000}),
        ]) for n in range(1, 7)],
        ("refund", lambda d: package_sales.refund_package(
            d.uow, d.kept["package"], on=d.uow.today, reason="Moves away"), [
            ("refund", "payment:package:1", {DEFERRED: 52000, CASH: -52000}),
        ]),
    ],
    "J package that does not divide": [
        ("sell", lambda d: d.sell(3, 100000), [
            ("package-sale", "package:1", {CASH: 100000, DEFERRED: -100000}),
        ]),
        *[(f"session {n}", lambda d, n=n: d.hold(15000, f"s{n}"), [
            ("charge", f"session:s{n}", {ARP: cents, SERVICES: -cents}),
            ("package-use", f"session:s{n}", {DEFERRED: cents, ARP: -cents}),
        ]) for n, cents in ((1, 33334), (2, 33333), (3, 33333))],
    ],
    "K late cancellation": [
        billed(15000),
        ("cancel", lambda d: cancel_session(
            d.uow, "s1", at=d.uow.now, reason="Ill", status=SessionStatus.LATE_CANCEL), [
            ("reversal", "session:s1", {ARP: -15000, SERVICES: 15000}),
            ("charge", "session:s1", {ARP: 7500, FEES: -7500}),
        ]),
    ],
    "L bad debt, part of it recovered": [
        billed(22000),
        ("given up", lambda d: d.give_up(22000, WriteOff.BAD_DEBT), [
            ("adjustment", "session:s1", {BAD_DEBT: 22000, ARP: -22000}),
        ]),
        ("recovered", lambda d: receipts.recover(d.uow, "c1", 8000, "external_card"), [
            ("recovery", "", {BANK: 8000, BAD_DEBT: -8000}),
        ]),
    ],
    "M chargeback won, the fee kept": [
        *DISPUTED,
        ("won", lambda d: d.dispute(disputes.dispute_won, fee_returned_cents=0), [
            ("dispute-won", "", {STRIPE: 15000, HELD: -15000}),
        ]),
    ],
    "M chargeback won, the fee returned": [
        *DISPUTED,
        ("won", lambda d: d.dispute(disputes.dispute_won, fee_returned_cents=1500), [
            ("dispute-won", "", {STRIPE: 16500, HELD: -15000, DISPUTE_FEE: -1500}),
        ]),
    ],
    "M chargeback lost, still owed": [
        *DISPUTED,
        ("lost", lambda d: d.dispute(disputes.dispute_lost, still_owed=True), [
            ("dispute-lost", "", {ARP: 15000, HELD: -15000}),
        ]),
    ],
    "M chargeback lost, given up": [
        *DISPUTED,
        ("lost", lambda d: d.dispute(disputes.dispute_lost, still_owed=False), [
            ("dispute-lost", "", {BAD_DEBT: 15000, HELD: -15000}),
        ]),
    ],
    "N a second insurer is asked before the client": [
        ("on file", lambda d: d.second_insurer(), []),
        INSURED_18000,
        ("primary", lambda d: d.decide(
            paid_cents=9600, written_off={WriteOff.CONTRACTUAL: 6000}, left_cents=2400), [
            ("adjudication", "remittance:r1", {BANK: 9600, CO45: 6000, ARI2: 2400, ARI: -18000}),
        ]),
        ("secondary", lambda d: d.decide("r2", payer="second", paid_cents=2400, reason="OA-23"), [
            ("adjudication", "remittance:r2", {BANK: 2400, ARI2: -2400}),
        ]),
    ],
    "N what the second insurer leaves is the client's": [
        ("on file", lambda d: d.second_insurer(), []),
        INSURED_18000,
        ("primary", lambda d: d.decide(
            paid_cents=9600, written_off={WriteOff.CONTRACTUAL: 6000}, left_cents=2400), [
            ("adjudication", "remittance:r1", {BANK: 9600, CO45: 6000, ARI2: 2400, ARI: -18000}),
        ]),
        ("secondary", lambda d: d.decide("r2", payer="second", paid_cents=2000, left_cents=400), [
            ("adjudication", "remittance:r2", {BANK: 2000, ARP: 400, ARI2: -2400}),
        ]),
    ],
    "O sequestration": [
        ("sign", lambda d: d.hold(15000), [
            ("charge", "session:s1", {ARI: 15000, SERVICES: -15000}),
        ]),
        ("remittance", lambda d: d.decide(
            paid_cents=11760, written_off={WriteOff.CONTRACTUAL: 240}, left_cents=3000,
            reason="CO-253, PR-2"), [
            ("adjudication", "remittance:r1", {BANK: 11760, CO45: 240, ARP: 3000, ARI: -15000}),
        ]),
    ],
}  # fmt: skip
INSURED = ("C", "D", "E", "F", "G", "N", "O")


@pytest.fixture
def practice(store: Store, request: pytest.FixtureRequest) -> Store:
    """One client with a card, insured where the case is about an insurer."""
    insured = str(request.getfixturevalue("name")).startswith(INSURED)
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network" if insured else "self_pay")
        world.card(uow, ana)
        if insured:
            world.coverage(uow, ana, copay=2500)
    return store


@pytest.mark.parametrize("name", CASES)
def test_each_step_posts_these_entries_and_no_other(practice: Store, name: str) -> None:
    kept: dict[str, Any] = {}
    seen = 0
    for words, do, expected in CASES[name]:
        with practice.write(words) as uow:
            do(Desk(uow, kept))
        with practice.read() as read:
            entries = queries.journal(read)
            assert queries.trial_balance(read) == 0
            assert queries.disagreements(read) == [], words
        posted = [
            (entry.kind, {line.account: line.amount_cents for line in entry.postings})
            for entry in entries[seen:]
        ]
        assert posted == [(kind, lines) for kind, _, lines in expected], words
        for entry, (_, source, _) in zip(entries[seen:], expected, strict=True):
            assert entry.source == source or (not source and ":" in entry.source)
        seen = len(entries)


@pytest.mark.parametrize("name", ["B declined, then paid"])
def test_a_decline_posts_nothing_and_leaves_what_is_owed(practice: Store, name: str) -> None:
    kept: dict[str, Any] = {}
    for words, do, _ in CASES[name][:2]:
        with practice.write(words) as uow:
            do(Desk(uow, kept))
    with practice.read() as read:
        assert read.session.query(CardAttempt).one().state == State.DECLINED
        assert queries.client_balances(read)["c1"].patient_cents == 15000


@pytest.mark.parametrize("name", ["F refund split over the payments"])
def test_the_refund_names_the_payments_it_is_split_over(practice: Store, name: str) -> None:
    kept: dict[str, Any] = {}
    for words, do, _ in CASES[name]:
        with practice.write(words) as uow:
            do(Desk(uow, kept))
    with practice.read() as read:
        paid = payments.get_payment(read, "share")
        copay = recording.payment_ref(read.session.query(CardAttempt).one())
        assert returns.refundable_cents(read, paid) == 0  # 3100 of the 3200
        assert returns.refundable_cents(read, payments.get_payment(read, copay)) == 2400
