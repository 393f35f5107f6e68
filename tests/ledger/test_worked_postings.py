# SPDX-License-Identifier: MIT
"""The worked cases of a practice's books, each step with exactly its debits and credits (cents).

A case is a list of steps; a step does one thing and names the lines it must leave in the journal.
Two steps of one case share what ``do`` returned through ``case``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from mediyn_desktop.ledger import (
    accounts,
    bank,
    disputes,
    insurance,
    items,
    packages,
    payments,
    queries,
    returns,
    write_offs,
)
from mediyn_desktop.ledger.insurance import Adjudication
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.store.uow import Store, UnitOfWork

ON = date(2026, 11, 23)
CLIENT, PAYER, SECOND = "c1", "aetna", "cigna"

ARP = f"Assets:Receivable:Client:{CLIENT}"
ARI = f"Assets:Receivable:Payer:{PAYER}"
ARI2 = f"Assets:Receivable:Payer:{SECOND}"
CREDIT = f"Liabilities:Credit:{CLIENT}"
DEFERRED = f"Liabilities:Deferred:{CLIENT}"
DUE = f"Liabilities:PayerDue:{PAYER}"
BANK, STRIPE, DISPUTED = "Assets:Bank", "Assets:Stripe", "Assets:Disputed"
SERVICES, FEES = "Income:Services", "Income:Fees"
CONTRACTUAL, DENIED, COURTESY = "Income:Contractual", "Income:Denied", "Income:Courtesy"
SLIDING, BAD_DEBT = "Income:Sliding", "Expenses:BadDebt"
CARD_FEES, DISPUTE_FEES = "Expenses:CardFees", "Expenses:DisputeFees"


@dataclass
class Case:
    """What the steps of one case remember."""

    uow: UnitOfWork
    kept: dict[str, Any] = field(default_factory=dict)

    # -- the verbs the cases are written in

    def charge(self, cents: int, *, payer: str | None = None, income=accounts.SERVICES) -> None:
        number = len(self.kept)
        due = accounts.payer_receivable(payer) if payer else accounts.client_receivable(CLIENT)
        entry = post(
            self.uow,
            on=ON,
            kind="charge",
            source=f"session:s{number}",
            key=f"charge:s{number}",
            client=CLIENT,
            lines=[Line(due, cents), Line(income, -cents)],
        )
        self.kept[f"item{number}"] = self.kept["item"] = items.open_item(
            self.uow,
            client=CLIENT,
            debtor=payer,
            session=f"s{number}",
            source=f"session:s{number}",
            date_of_service=ON,
            cents=cents,
            entry=entry,
        )

    def pay(self, cents: int, *, ref: str = "p1", settle: bool = True) -> None:
        shares = payments.suggested(self.uow, CLIENT, cents) if settle else []
        payments.record_payment(
            self.uow,
            ref=ref,
            client=CLIENT,
            cents=cents,
            method="card",
            on=ON,
            source="attempt:1",
            shares=shares,
        )

    def decide(self, ref: str, **parts: Any) -> None:
        decision = Adjudication(ref, parts.pop("item", None) or self.kept["item"], ON, ref, **parts)
        done = insurance.adjudicate(self.uow, decision)
        self.kept[ref] = done.entry
        if done.next_item is not None:
            self.kept["item"] = done.next_item

    def apply(self) -> None:
        payments.apply_all_credit(self.uow, client=CLIENT, on=ON)

    def reverse(self, ref: str) -> None:
        insurance.reverse_adjudication(self.uow, entry=self.kept[ref], on=ON, reason="Status 22")

    def settle_freed(self) -> None:
        insurance.settle_freed(self.uow, client=CLIENT, on=ON, source="remittance:2")

    def write_off(self, kind: WriteOff, cents: int) -> None:
        write_offs.write_off(
            self.uow,
            ref=f"w{kind}",
            item=self.kept["item"],
            cents=cents,
            kind=kind,
            on=ON,
            source="item",
            reason="As agreed",
        )

    def sell_package(self, cents: int) -> None:
        self.kept["package"] = packages.record_package_sale(
            self.uow,
            ref="pk",
            client=CLIENT,
            cents=cents,
            on=ON,
            source="package:1",
            into=accounts.STRIPE,
        )

    def use_package(self, cents: int) -> None:
        self.charge(cents)
        packages.settle_from_package(
            self.uow,
            payment=self.kept["package"],
            client=CLIENT,
            item=self.kept["item"],
            cents=cents,
            on=ON,
            source="session",
        )


Step = tuple[Callable[[Case], object], dict[str, int]]

CHARGE_C: list[Step] = [
    (lambda c: c.charge(18000, payer=PAYER), {ARI: 18000, SERVICES: -18000}),
    (lambda c: c.pay(2500, ref="copay", settle=False), {STRIPE: 2500, CREDIT: -2500}),
    (
        lambda c: c.decide(
            "r1", paid_cents=6400, written_off={WriteOff.CONTRACTUAL: 6000}, client_cents=5600
        ),
        {BANK: 6400, CONTRACTUAL: 6000, ARP: 5600, ARI: -18000},
    ),
    (lambda c: c.apply(), {CREDIT: 2500, ARP: -2500}),
    (lambda c: c.pay(3100, ref="rest"), {STRIPE: 3100, ARP: -3100}),
]
CORRECTED: list[Step] = [
    *CHARGE_C,
    (lambda c: c.reverse("r1"), {ARI: 18000, BANK: -6400, CONTRACTUAL: -6000, ARP: -5600}),
    (
        lambda c: c.decide(
            "r2", paid_cents=9600, written_off={WriteOff.CONTRACTUAL: 6000}, client_cents=2400
        ),
        {BANK: 9600, CONTRACTUAL: 6000, ARP: 2400, ARI: -18000},
    ),
    (lambda c: c.settle_freed(), {ARP: 3200, CREDIT: -3200}),
]
OPEN_15000: Step = (lambda c: c.charge(15000), {ARP: 15000, SERVICES: -15000})
PAID_15000: Step = (lambda c: c.pay(15000), {STRIPE: 15000, ARP: -15000})
DISPUTE: list[Step] = [
    OPEN_15000,
    PAID_15000,
    (
        lambda c: disputes.dispute_opened(
            c.uow, ref="d1", payment="p1", cents=15000, fee_cents=1500, on=ON
        ),
        {DISPUTED: 15000, DISPUTE_FEES: 1500, STRIPE: -16500},
    ),
]


def lost(case: Case, *, still_owed: bool) -> None:
    disputes.dispute_lost(
        case.uow, ref="d1", payment="p1", cents=15000, on=ON, still_owed=still_owed
    )


CASES: dict[str, list[Step]] = {
    "A self-pay by card, its fee, the payout": [
        OPEN_15000,
        PAID_15000,
        (
            lambda c: bank.card_fee(c.uow, payment="p1", cents=465, on=ON),
            {CARD_FEES: 465, STRIPE: -465},
        ),
        (
            lambda c: bank.payout(c.uow, ref="po1", cents=14535, on=ON),
            {BANK: 14535, STRIPE: -14535},
        ),
    ],
    "B paid at the second attempt": [OPEN_15000, PAID_15000],
    "C copay at the session, then the remittance": CHARGE_C,
    "C2 copay plan": [
        (lambda c: c.charge(18000, payer=PAYER), {ARI: 18000, SERVICES: -18000}),
        (
            lambda c: c.decide(
                "r1", paid_cents=9500, written_off={WriteOff.CONTRACTUAL: 6000}, client_cents=2500
            ),
            {BANK: 9500, CONTRACTUAL: 6000, ARP: 2500, ARI: -18000},
        ),
    ],
    "D1 denied for late filing: nobody owes it": [
        (lambda c: c.charge(18000, payer=PAYER), {ARI: 18000, SERVICES: -18000}),
        (lambda c: c.write_off(WriteOff.TIMELY_FILING, 18000), {DENIED: 18000, ARI: -18000}),
    ],
    "D2 not covered: the client's": [
        (lambda c: c.charge(18000, payer=PAYER), {ARI: 18000, SERVICES: -18000}),
        (lambda c: c.decide("r1", client_cents=18000), {ARP: 18000, ARI: -18000}),
    ],
    "D2 not covered, capped by the contract": [
        (lambda c: c.charge(18000, payer=PAYER), {ARI: 18000, SERVICES: -18000}),
        (
            lambda c: c.decide("r1", written_off={WriteOff.CONTRACTUAL: 6000}, client_cents=12000),
            {CONTRACTUAL: 6000, ARP: 12000, ARI: -18000},
        ),
    ],
    "E reversed and corrected": CORRECTED,
    "F refund split over the payments": [
        *CORRECTED,
        (
            lambda c: returns.refund_credit(
                c.uow, ref="f1", client=CLIENT, cents=3200, on=ON, reason="Overpaid"
            ),
            {CREDIT: 3200, STRIPE: -3200},
        ),
    ],
    "G paid twice, and taken back from a later deposit": [
        (
            lambda c: insurance.payer_overpaid(
                c.uow, ref="g1", payer=PAYER, cents=9500, on=ON, source="r1", reason="Paid twice"
            ),
            {BANK: 9500, DUE: -9500},
        ),
        (lambda c: c.charge(25500, payer=PAYER), {ARI: 25500, SERVICES: -25500}),
        (
            lambda c: (
                c.decide("r2", paid_cents=25500),
                insurance.payer_took_back(
                    c.uow, ref="g2", payer=PAYER, cents=9500, on=ON, source="r2", reason="PLB"
                ),
            ),
            {BANK: 16000, DUE: 9500, ARI: -25500},
        ),
    ],
    "H small balance": [
        (lambda c: c.charge(375), {ARP: 375, SERVICES: -375}),
        (lambda c: c.write_off(WriteOff.SMALL_BALANCE, 375), {COURTESY: 375, ARP: -375}),
    ],
    "I sliding fee, net": [(lambda c: c.charge(9000), {ARP: 9000, SERVICES: -9000})],
    "I sliding fee, gross": [
        OPEN_15000,
        (lambda c: c.write_off(WriteOff.SLIDING, 6000), {SLIDING: 6000, ARP: -6000}),
    ],
    "J package: sold, used, the rest refunded": [
        (
            lambda c: (
                c.sell_package(130000),
                bank.card_fee(c.uow, payment="pk", cents=3800, on=ON),
            ),
            {STRIPE: 126200, DEFERRED: -130000, CARD_FEES: 3800},
        ),
        *[(lambda c: c.use_package(13000), {DEFERRED: 13000, SERVICES: -13000})] * 6,
        (
            lambda c: packages.refund_package(
                c.uow,
                ref="j1",
                payment=c.kept["package"],
                cents=52000,
                on=ON,
                out_of=accounts.STRIPE,
                reason="Moves away",
            ),
            {DEFERRED: 52000, STRIPE: -52000},
        ),
    ],
    "K late cancellation": [
        (lambda c: c.charge(7500, income=accounts.FEES), {ARP: 7500, FEES: -7500})
    ],
    "L bad debt, part of it recovered": [
        (lambda c: c.charge(22000), {ARP: 22000, SERVICES: -22000}),
        (lambda c: c.write_off(WriteOff.BAD_DEBT, 22000), {BAD_DEBT: 22000, ARP: -22000}),
        (
            lambda c: write_offs.recover_bad_debt(
                c.uow,
                ref="l1",
                client=CLIENT,
                cents=8000,
                method="external_card",
                on=ON,
                source="agency",
            ),
            {BANK: 8000, BAD_DEBT: -8000},
        ),
    ],
    "M chargeback won, the fee kept": [
        *DISPUTE,
        (
            lambda c: disputes.dispute_won(
                c.uow, ref="d1", payment="p1", cents=15000, fee_returned_cents=0, on=ON
            ),
            {STRIPE: 15000, DISPUTED: -15000},
        ),
    ],
    "M chargeback won, the fee returned": [
        *DISPUTE,
        (
            lambda c: disputes.dispute_won(
                c.uow, ref="d1", payment="p1", cents=15000, fee_returned_cents=1500, on=ON
            ),
            {STRIPE: 16500, DISPUTED: -15000, DISPUTE_FEES: -1500},
        ),
    ],
    "M chargeback lost, still owed": [
        *DISPUTE,
        (lambda c: lost(c, still_owed=True), {ARP: 15000, DISPUTED: -15000}),
    ],
    "M chargeback lost, given up": [
        *DISPUTE,
        (lambda c: lost(c, still_owed=False), {BAD_DEBT: 15000, DISPUTED: -15000}),
    ],
    "N a second insurer": [
        (lambda c: c.charge(18000, payer=PAYER), {ARI: 18000, SERVICES: -18000}),
        (
            lambda c: c.decide(
                "r1",
                paid_cents=9600,
                written_off={WriteOff.CONTRACTUAL: 6000},
                next_payer=SECOND,
                next_cents=2400,
            ),
            {BANK: 9600, CONTRACTUAL: 6000, ARI2: 2400, ARI: -18000},
        ),
        (lambda c: c.decide("r2", paid_cents=2400), {BANK: 2400, ARI2: -2400}),
    ],
    "O sequestration": [
        (lambda c: c.charge(15000, payer=PAYER), {ARI: 15000, SERVICES: -15000}),
        (
            lambda c: c.decide(
                "r1", paid_cents=11760, written_off={WriteOff.CONTRACTUAL: 240}, client_cents=3000
            ),
            {BANK: 11760, CONTRACTUAL: 240, ARP: 3000, ARI: -15000},
        ),
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_each_step_posts_exactly_its_debits_and_credits(store: Store, name: str) -> None:
    kept: dict[str, Any] = {}
    seen = 0
    for number, (do, expected) in enumerate(CASES[name], 1):
        with store.write(f"Step {number}") as uow:
            do(Case(uow, kept))
        with store.read() as read:
            entries = queries.journal(read)
            assert queries.trial_balance(read) == 0
        posted: Counter[str] = Counter()
        for entry in entries[seen:]:
            for line in entry.postings:
                posted[line.account] += line.amount_cents
        assert {account: cents for account, cents in posted.items() if cents} == expected, number
        seen = len(entries)


@pytest.mark.parametrize("name", CASES)
def test_what_is_open_is_what_the_accounts_say(store: Store, name: str) -> None:
    """Items, credits and packages agree with the receivable, credit and deferred accounts."""
    kept: dict[str, Any] = {}
    reversing = [step for step in CASES[name] if step in CORRECTED]
    for do, _ in CASES[name]:
        with store.write("Step") as uow:
            case = Case(uow, kept)
            do(case)
            if reversing:
                case.settle_freed()  # as every use case does before its transaction ends
        with store.read() as read:
            assert queries.disagreements(read) == []


def test_the_split_refund_names_its_payments(store: Store) -> None:
    kept: dict[str, Any] = {}
    for do, _ in CASES["F refund split over the payments"]:
        with store.write("Step") as uow:
            do(Case(uow, kept))
    with store.read() as read:
        assert payments.unallocated(read, CLIENT) == []
        back = {
            ref: returns.refundable_cents(read, payments.get_payment(read, ref))
            for ref in ("copay", "rest")
        }
    assert back == {"copay": 2400, "rest": 0}
