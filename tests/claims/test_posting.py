# SPDX-License-Identifier: MIT
"""What an insurer decided becomes exactly the postings of the worked cases, or waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count

import pytest
from sqlalchemy import select

import world
from claims.remittances import Clp, era, remittance, reversal
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import inbox, submission
from mediyn_desktop.claims.decision_tables import ClaimTask, RemittancePayment
from mediyn_desktop.claims.posting import PaymentReport, post_remittance
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.claims.unposting import CannotUnpost, undo_payment
from mediyn_desktop.ledger import payments, queries
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Store

BILLED = 18000
SERVICE = date(2026, 11, 16)


class Practice:
    """A practice whose claims were sent, and the verbs of this test."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.files = count(1)
        with store.write("t") as uow:
            world.practice(uow)

    def claim(self, ref: str = "c1", *, copay: int | None = None, secondary: bool = False) -> str:
        """A claim of 180.00 that was sent; return its number."""
        with self.store.write("t") as uow:
            owner = world.client(uow, ref, payment_type="in_network")
            world.coverage(uow, owner, copay=copay)
            if secondary:
                payer = Payer(ref=f"p2-{ref}", name="Second Plan", payer_id="99999")
                uow.session.add(payer)
                uow.session.flush()
                uow.session.add(
                    Coverage(client_id=owner.id, rank=2, payer_id=payer.id, member_id="S1")
                )
                uow.session.flush()
            session = world.session(uow, owner, f"s-{ref}", minutes=55, day=SERVICE)
            charge = bill_session(uow, session)
            assert isinstance(charge, Charge)
            (claim,) = submission.make_claims(uow, [charge])
            claim.state = ClaimState.SENT
            return claim.control_number

    def post(self, *claims: Clp, again: int | None = None, **values: object) -> PaymentReport:
        """Post a file of its own, or the file with the id ``again`` once more."""
        number = next(self.files)
        values = {"trace": f"EFT{again or number}", "control": again or number, **values}
        read = remittance(*claims, **values)
        content = era(*claims, **values)  # type: ignore[arg-type]
        with self.store.write("t") as uow:
            file = again or inbox.take_in(uow, content, f"{number}.835", uow.now).id
            return post_remittance(uow, read, inbound=file)

    def prepay(self, ref: str, cents: int) -> None:
        with self.store.write("t") as uow:
            payments.record_payment(
                uow,
                ref=f"pre-{ref}",
                client=ref,
                cents=cents,
                method="card",
                on=SERVICE,
                source="test",
            )

    def balances(self) -> dict[str, int]:
        with self.store.read() as read:
            found = queries.account_balances(read)
            assert sum(found.values()) == 0
            assert queries.disagreements(read) == []
            return {name: cents for name, cents in found.items() if cents}

    def state(self, number: str) -> str:
        with self.store.read() as read:
            return read.session.scalars(
                select(Claim.state).where(Claim.control_number == number)
            ).one()

    def tasks(self) -> list[tuple[str, str, int]]:
        with self.store.read() as read:
            rows = read.session.scalars(
                select(ClaimTask).where(ClaimTask.closed_at.is_(None)).order_by(ClaimTask.id)
            )
            return [(row.kind, row.reason_code, row.amount_cents) for row in rows]


@pytest.fixture
def practice(store: Store, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A practice; the guide's slow checker looks at claims elsewhere."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Practice(store)


def deductible(number: str) -> Clp:
    """Case C: paid 64.00, 60.00 above the contract, 40.00 deductible, 16.00 coinsurance."""
    return Clp(number, BILLED, 6400, [("CO", "45", 6000), ("PR", "1", 4000), ("PR", "2", 1600)])


def test_deductible_and_coinsurance_with_a_copay_in_advance(practice: Practice) -> None:
    number = practice.claim()
    practice.prepay("c1", 2500)
    report = practice.post(deductible(number))
    assert report.status == "posted"
    (result,) = report.claims
    assert (result.status, result.posted, result.patient_cents, result.writeoff_cents) == (
        "paid", True, 5600, 6000,
    )  # fmt: skip
    assert practice.balances() == {
        "Assets:Stripe": 2500,
        "Assets:Bank": 6400,
        "Income:Contractual": 6000,
        "Assets:Receivable:Client:c1": 3100,
        "Income:Services": -18000,
    }
    assert practice.state(number) == ClaimState.PAID


def test_a_copay_plan(practice: Practice) -> None:
    number = practice.claim()
    practice.post(Clp(number, BILLED, 9500, [("CO", "45", 6000), ("PR", "3", 2500)]))
    assert practice.balances() == {
        "Assets:Bank": 9500,
        "Income:Contractual": 6000,
        "Assets:Receivable:Client:c1": 2500,
        "Income:Services": -18000,
    }


@pytest.mark.parametrize(
    ("group", "reason"), [("CO", "29"), ("CO", "16"), ("PR", "27"), ("PI", "50"), ("CO", "ZZ9")]
)
def test_a_denial_moves_no_money_and_waits(practice: Practice, group: str, reason: str) -> None:
    number = practice.claim()
    before = practice.balances()
    report = practice.post(Clp(number, BILLED, 0, [(group, reason, BILLED)], status="4"))
    (result,) = report.claims
    assert (result.status, result.posted, result.held) == ("denied", False, False)
    assert practice.balances() == before
    assert practice.tasks() == [(Task.DENIED, reason, BILLED)]
    assert practice.state(number) == ClaimState.DENIED


def test_all_deductible_is_no_denial(practice: Practice) -> None:
    number = practice.claim()
    report = practice.post(Clp(number, BILLED, 0, [("CO", "45", 6000), ("PR", "1", 12000)]))
    assert report.claims[0].status == "without_payment"
    assert practice.balances()["Assets:Receivable:Client:c1"] == 12000
    assert practice.tasks() == []


def test_what_is_paid_in_part_leaves_the_rest_open_with_the_insurer(practice: Practice) -> None:
    number = practice.claim()
    practice.post(Clp(number, BILLED, 9500, [("CO", "45", 6000), ("CO", "97", 2500)]))
    assert practice.balances()["Assets:Receivable:Payer:p-c1"] == 2500
    assert practice.tasks() == [(Task.PART, "97", 2500)]
    assert practice.state(number) == ClaimState.PARTLY_PAID


def test_reversal_and_correction_in_one_payment(practice: Practice) -> None:
    number = practice.claim()
    practice.prepay("c1", 5600)
    practice.post(deductible(number))
    corrected = Clp(number, BILLED, 9600, [("CO", "45", 6000), ("PR", "2", 2400)])
    report = practice.post(corrected, reversal(deductible(number)))  # the reversal comes second
    assert [one.status for one in report.claims] == ["reversed", "paid"]
    assert practice.balances() == {
        "Assets:Stripe": 5600,
        "Assets:Bank": 9600,
        "Income:Contractual": 6000,
        "Liabilities:Credit:c1": -3200,
        "Income:Services": -18000,
    }
    assert practice.tasks() == []


def test_a_correction_before_its_reversal_is_held_and_its_money_kept(practice: Practice) -> None:
    number = practice.claim()
    practice.post(deductible(number))
    corrected = Clp(number, BILLED, 9600, [("CO", "45", 6000), ("PR", "2", 2400)])
    report = practice.post(corrected)
    (result,) = report.claims
    assert (report.status, result.held, result.code) == ("partly_posted", True, "already-decided")
    found = practice.balances()
    assert found["Assets:Bank"] == 16000  # the deposits, both of them
    assert found["Liabilities:PayerDue:p-c1"] == -9600
    assert found["Assets:Receivable:Client:c1"] == 5600


def test_the_same_claim_paid_twice_is_the_insurers_money(practice: Practice) -> None:
    number = practice.claim()
    paid = Clp(number, BILLED, 9500, [("CO", "45", 6000), ("PR", "3", 2500)])
    practice.post(paid)
    practice.post(paid)
    assert practice.balances()["Liabilities:PayerDue:p-c1"] == -9500


def test_a_take_back_lowers_the_deposit_of_other_claims(practice: Practice) -> None:
    first, second = practice.claim("c1"), practice.claim("c2")
    paid = Clp(first, BILLED, 9500, [("CO", "45", 8500)])
    practice.post(paid)
    practice.post(paid)
    other = Clp(second, BILLED, 12000, [("CO", "45", 6000)], payer_number="ICN2")
    practice.post(other, plb=[("WO", first, 9500)])
    found = practice.balances()
    assert found["Assets:Bank"] == 9500 + 9500 + 12000 - 9500
    assert "Liabilities:PayerDue:p-c1" not in found


def test_a_reversal_alone_takes_back_and_asks_for_the_correction(practice: Practice) -> None:
    number = practice.claim()
    practice.post(deductible(number))
    report = practice.post(reversal(deductible(number)), plb=[("FB", number, -6400)])
    assert report.status == "posted"
    found = practice.balances()
    assert found["Assets:Bank"] == 6400  # nothing was paid out: the insurer carries it forward
    assert found["Liabilities:PayerDue:p-c1"] == -6400
    assert found["Assets:Receivable:Payer:p-c1"] == 18000
    assert "Assets:Receivable:Client:c1" not in found
    assert practice.tasks() == [(Task.TAKEN_BACK, "", 6400)]


def test_a_reversal_of_something_else_is_held(practice: Practice) -> None:
    number = practice.claim()
    practice.post(deductible(number))
    other = Clp(number, BILLED, 9500, [("CO", "45", 6000), ("PR", "3", 2500)])
    report = practice.post(reversal(other), plb=[("FB", number, -9500)])
    assert report.claims[0].code == "reversal-differs"
    assert practice.balances()["Assets:Receivable:Client:c1"] == 5600


def test_the_second_insurer_is_asked_before_the_client(practice: Practice) -> None:
    number = practice.claim(secondary=True)
    primary = Clp(number, BILLED, 9600, [("CO", "45", 6000), ("PR", "2", 2400)])
    practice.post(primary)
    assert practice.balances()["Assets:Receivable:Payer:p2-c1"] == 2400
    with practice.store.read() as read:
        second = read.session.scalars(select(Claim).where(Claim.rank == 2)).one()
        assert second.total_cents == BILLED
    with practice.store.write("t") as uow:
        uow.session.get_one(Claim, second.id).state = ClaimState.SENT
    secondary = Clp(
        second.control_number, BILLED, 2400, [("OA", "23", 15600)], status="2", payer_number="I2"
    )
    report = practice.post(secondary, payer_id="99999")
    assert report.claims[0].status == "paid"
    assert practice.balances() == {
        "Assets:Bank": 12000,
        "Income:Contractual": 6000,
        "Income:Services": -18000,
    }
    assert practice.tasks() == []


def test_a_crossed_over_claim_is_not_sent_again(practice: Practice) -> None:
    number = practice.claim(secondary=True)
    primary = Clp(number, BILLED, 9600, [("CO", "45", 6000), ("PR", "2", 2400)], status="19")
    practice.post(primary)
    with practice.store.read() as read:
        second = read.session.scalars(select(Claim).where(Claim.rank == 2)).one()
        assert second.state == ClaimState.CROSSED_OVER


def test_sequestration_is_written_off(practice: Practice) -> None:
    number = practice.claim()
    practice.post(
        Clp(number, BILLED, 11760, [("CO", "45", 3000), ("CO", "253", 240), ("PR", "2", 3000)])
    )
    assert practice.balances() == {
        "Assets:Bank": 11760,
        "Income:Contractual": 3240,
        "Assets:Receivable:Client:c1": 3000,
        "Income:Services": -18000,
    }


def test_interest_is_income_of_its_own(practice: Practice) -> None:
    number = practice.claim()
    practice.post(Clp(number, BILLED, 12000, [("CO", "45", 6000)]), plb=[("L6", number, -125)])
    found = practice.balances()
    assert (found["Assets:Bank"], found["Income:Interest"]) == (12125, -125)
    assert practice.tasks() == []


def test_money_beside_the_claims_that_explains_nothing_waits(practice: Practice) -> None:
    number = practice.claim()
    practice.post(Clp(number, BILLED, 12000, [("CO", "45", 6000)]), plb=[("CS", "X", 700)])
    assert practice.balances()["Assets:Bank"] == 11300
    assert practice.tasks() == [(Task.ADJUSTMENT, "CS", 700)]


def test_a_deposit_that_does_not_add_up_posts_nothing(practice: Practice) -> None:
    number = practice.claim()
    before = practice.balances()
    report = practice.post(deductible(number), amount=6401)
    assert (report.status, report.claims[0].held) == ("held", True)
    assert "Nothing of this payment was posted" in report.message
    assert practice.balances() == before


def test_a_claim_that_does_not_add_up_is_held_and_the_others_post(practice: Practice) -> None:
    good, bad = practice.claim("c1"), practice.claim("c2")
    wrong = Clp(bad, BILLED, 6000, [("CO", "45", 6000)], payer_number="ICN2")
    report = practice.post(deductible(good), wrong)
    assert [(one.status, one.code) for one in report.claims] == [
        ("paid", ""),
        ("held", "out-of-balance"),
    ]
    found = practice.balances()
    assert found["Assets:Bank"] == 12400
    assert found["Assets:Receivable:Payer:p-c2"] == 18000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "NOTOURS", "payer_number": "X", "member": "NOBODY"}, "unmatched"),
        ({"charge": 17000, "adjustments": [("CO", "45", 5000)]}, "charge-differs"),
    ],
)
def test_what_is_not_certainly_ours_is_held(
    practice: Practice, change: dict[str, object], code: str
) -> None:
    number = practice.claim()
    values = {"number": number, "charge": BILLED, "paid": 12000}
    values |= {"adjustments": [("CO", "45", 6000)], **change}
    report = practice.post(Clp(**values))  # type: ignore[arg-type]
    assert report.claims[0].code == code
    found = practice.balances()
    assert found["Assets:Bank"] == 12000
    assert found["Assets:Receivable:Payer:p-c1"] == 18000


def test_the_same_payment_is_posted_once(practice: Practice) -> None:
    number = practice.claim()
    practice.post(deductible(number), trace="EFT-A")
    before = practice.balances()
    again = practice.post(deductible(number), trace="EFT-A")
    assert (again.status, again.claims) == ("duplicate", [])
    assert practice.balances() == before


def test_a_payment_without_our_number_is_found_by_member_day_and_charge(
    practice: Practice,
) -> None:
    practice.claim()
    report = practice.post(Clp("", BILLED, 12000, [("CO", "45", 6000)]))
    assert report.claims[0].status == "paid"


def every_kind(practice: Practice) -> list[Callable[..., PaymentReport]]:
    one, two, three = (practice.claim(f"c{index}") for index in (1, 2, 3))
    wrong = Clp(three, BILLED, 6000, [("CO", "45", 6000)], payer_number="ICN3")
    denied = Clp(two, BILLED, 0, [("CO", "16", BILLED)], payer_number="ICN2")
    corrected = Clp(one, BILLED, 9600, [("CO", "45", 6000), ("PR", "2", 2400)])
    return [
        lambda **how: practice.post(
            deductible(one), denied, wrong, plb=[("L6", "x", -100), ("CS", "y", 300)], **how
        ),
        lambda **how: practice.post(reversal(deductible(one)), corrected, **how),
    ]


def test_a_posting_is_taken_back_whole_and_posted_again(practice: Practice) -> None:
    practice_steps = every_kind(practice)
    practice.prepay("c1", 5600)
    start = practice.balances()
    first = practice_steps[0]()
    after_first = practice.balances()
    second = practice_steps[1]()
    after_second = practice.balances()
    with practice.store.write("t") as uow, pytest.raises(CannotUnpost):
        undo_payment(uow, first.payment or 0)
    assert practice.balances() == after_second
    with practice.store.write("t") as uow:
        undo_payment(uow, second.payment or 0)
    assert practice.balances() == after_first
    with practice.store.write("t") as uow:
        undo_payment(uow, first.payment or 0)
    assert practice.balances() == start
    assert practice.tasks() == []
    with practice.store.read() as read:
        assert set(read.session.scalars(select(RemittancePayment.state))) == {"undone"}
        assert set(read.session.scalars(select(Claim.state))) == {ClaimState.SENT}
    again = practice_steps[0](again=1)
    assert (again.status, again.payment) == ("partly_posted", first.payment)
    assert practice.balances() == after_first


def test_the_file_helper_writes_what_the_reader_reads() -> None:
    read = remittance(deductible("A1"), plb=[("L6", "x", -100)])
    assert read.payment.amount_cents == 6500
    assert read.claims[0].charge_cents == BILLED
    assert b"REF*2U*12345" in era(deductible("A1"))
