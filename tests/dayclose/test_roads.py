# SPDX-License-Identifier: MIT
"""Every road from the review to the closed day, to the cent and to the posting."""

from __future__ import annotations

from pathlib import Path

import pytest
from evening import Evening, codes
from pypdf import PdfReader

import world
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Store

OWED = "Assets:Receivable:Client:c1"
PAYER = "Assets:Receivable:Payer:p-c1"
CREDIT = "Liabilities:Credit:c1"
DEFERRED = "Liabilities:Deferred:c1"


def charged(cents: int, income: str = "Income:Services", due: str = OWED) -> tuple[str, dict]:
    return "charge", {due: cents, income: -cents}


def by_card(cents: int, settles: str = OWED) -> tuple[str, dict]:
    return "payment", {"Assets:Stripe": cents, settles: -cents}


def kept(cents: int) -> tuple[str, dict]:
    """What the processor keeps: 2.9 %, half a cent up, and 30 cents."""
    return "card-fee", {"Expenses:CardFees": cents, "Assets:Stripe": -cents}


def test_a_self_pay_session_is_charged_to_the_card(evening: Evening) -> None:
    evening.client()
    evening.session()
    before = evening.row()
    assert (before.billed, before.route, before.fee_cents) == (False, "card", 15000)
    closed = evening.close()
    row = closed.review.rows[0]
    assert (row.billed, row.route, row.due_cents) == (True, "card", 0)
    assert row.card is not None
    assert (row.card.state, row.card.amount_cents, row.card.last4) == ("succeeded", 15000, "4242")
    assert row.card.processor_id
    assert row.card.processor_id.startswith("pi_")
    assert [(line.cpt, line.pos, line.units) for line in row.lines] == [("90834", "11", 1)]
    assert codes(closed) == []
    assert evening.books() == [charged(15000), by_card(15000), kept(465)]
    assert evening.taken() == [15000]
    assert evening.balance().patient_cents == 0


def test_an_out_of_network_client_pays_and_gets_a_superbill(
    evening: Evening, tmp_path: Path
) -> None:
    evening.client(payment_type="out_of_network", superbill="session")
    evening.session(minutes=55, place="video_home")
    closed = evening.close(out=tmp_path / "out")
    row = closed.review.rows[0]
    assert row.route == "superbill"
    assert [(line.cpt, line.modifiers, line.pos) for line in row.lines] == [
        ("90837", ("95",), "10")
    ]
    assert evening.books() == [charged(18000), by_card(18000), kept(552)]
    (bill,) = closed.superbills
    assert (bill.client_ref, bill.number, bill.version) == ("c1", "2026-0001", 1)
    assert (bill.charged_cents, bill.paid_cents) == (18000, 18000)
    assert bill.file is not None
    text = PdfReader(bill.file).pages[0].extract_text()
    assert "90837" in text
    assert "F41.1" in text
    assert row.claim is None
    assert codes(closed) == []


def test_an_in_network_session_is_owed_by_the_payer_alone(evening: Evening) -> None:
    evening.client(payment_type="in_network")
    evening.session()
    closed = evening.close()
    row = closed.review.rows[0]
    assert (row.route, row.card, row.due_cents) == ("claim", None, 0)
    assert row.claim is not None
    assert (row.claim.state, row.claim.total_cents) == ("queued", 15000)
    assert codes(closed) == []
    assert evening.books() == [charged(15000, due=PAYER)]
    assert evening.taken() == []
    assert evening.balance().insurer_cents == 15000


@pytest.mark.usefixtures("unchecked")
def test_a_copay_is_charged_and_kept_as_credit_beside_the_claim(evening: Evening) -> None:
    evening.client(payment_type="in_network", copay=2500, autopay="copay")
    evening.session()
    closed = evening.close()
    row = closed.review.rows[0]
    assert row.route == "claim_and_copay"
    assert row.card is not None
    assert (row.card.state, row.card.amount_cents) == ("succeeded", 2500)
    assert row.claim is not None
    assert (row.claim.state, row.claim.total_cents) == ("queued", 15000)
    assert evening.books() == [charged(15000, due=PAYER), by_card(2500, CREDIT), kept(103)]
    balance = evening.balance()
    assert (balance.insurer_cents, balance.credit_cents, balance.patient_cents) == (15000, 2500, 0)


@pytest.mark.usefixtures("unchecked")
def test_a_copay_above_the_fee_asks_for_the_fee(evening: Evening) -> None:
    evening.client(payment_type="in_network", copay=99900)
    evening.session(minutes=20)
    evening.close()
    assert evening.taken() == [10000]


def test_a_package_session_is_earned_and_asks_no_card(evening: Evening, store: Store) -> None:
    evening.client()
    with store.write("t") as uow:
        world.package(uow, uow.session.query(Client).one(), 3, 40000)
    evening.session()
    closed = evening.close()
    row = closed.review.rows[0]
    assert (row.route, row.fee_cents, row.card, row.due_cents) == ("package", 13334, None, 0)
    assert codes(closed) == []
    assert evening.books() == [
        ("package-sale", {"Equity:Opening": 40000, DEFERRED: -40000}),
        charged(13334),
        ("package-use", {DEFERRED: 13334, OWED: -13334}),
    ]
    assert evening.balance().deferred_cents == 26666
    assert evening.taken() == []


@pytest.mark.parametrize(
    ("status", "code", "cents", "kept_cents"),
    [("late_cancel", "LATE_CANCEL", 7500, 248), ("no_show", "NO_SHOW", 8000, 262)],
)
@pytest.mark.parametrize("payment_type", ["self_pay", "out_of_network", "in_network"])
def test_a_missed_session_is_a_fee_that_reaches_no_claim_and_no_superbill(
    evening: Evening,
    tmp_path: Path,
    status: str,
    code: str,
    cents: int,
    kept_cents: int,
    payment_type: str,
) -> None:
    evening.client(payment_type=payment_type, copay=2500, superbill="session")
    evening.session(status=status)
    closed = evening.close(out=tmp_path / "out")
    row = closed.review.rows[0]
    assert (row.route, row.claim, closed.superbills) == ("fee", None, ())
    assert [(line.cpt, line.pos, line.modifiers) for line in row.lines] == [(code, "", ())]
    assert evening.books() == [charged(cents, "Income:Fees"), by_card(cents), kept(kept_cents)]
    assert codes(closed) == []


@pytest.mark.parametrize("status", ["attended", "no_show"])
def test_a_pro_bono_session_is_a_zero_charge_with_its_reason(evening: Evening, status: str) -> None:
    evening.client(payment_type="pro_bono", superbill="session")
    evening.session(status=status)
    closed = evening.close()
    row = closed.review.rows[0]
    assert (row.billed, row.route, row.reason) == (True, "waived", "Pro bono client")
    assert (row.fee_cents, row.due_cents, row.card) == (0, 0, None)
    assert evening.books() == []
    assert evening.taken() == []
    assert codes(closed) == []
    assert closed.superbills == ()


def test_what_the_insurer_must_not_hear_of_is_private(evening: Evening, tmp_path: Path) -> None:
    evening.client(payment_type="in_network", copay=2500)
    evening.session(do_not_bill_insurer=True)
    closed = evening.close(out=tmp_path / "out")
    row = closed.review.rows[0]
    assert (row.route, row.claim) == ("card", None)
    assert row.reason == "Not billed to the insurer at the client's wish"
    assert evening.books() == [charged(15000), by_card(15000), kept(465)]
    assert closed.superbills == ()


def test_a_long_crisis_is_two_lines_and_one_charge(evening: Evening) -> None:
    evening.client()
    evening.session(kind="crisis", minutes=105)
    closed = evening.close()
    row = closed.review.rows[0]
    assert [(line.cpt, line.units, line.fee_cents) for line in row.lines] == [
        ("90839", 1, 20000),
        ("90840", 2, 18000),
    ]
    assert evening.taken() == [38000]
    assert evening.books()[0] == charged(38000)


def test_a_medicaid_client_owes_nothing_for_a_missed_session(
    evening: Evening, store: Store
) -> None:
    evening.client(payment_type="in_network")
    with store.write("t") as uow:
        uow.session.query(Client).one().coverages[0].payer.claim_filing_code = "MC"
    evening.session(status="no_show")
    row = evening.close().review.rows[0]
    assert (row.route, row.fee_cents, row.claim) == ("waived", 0, None)
    assert row.reason == "Medicaid does not allow a fee for a missed session"
    assert evening.books() == []


def test_two_sessions_of_one_client_are_two_charges(evening: Evening) -> None:
    evening.client()
    evening.session("s1")
    evening.session("s2", hour=14, minutes=20)
    evening.close()
    assert evening.taken() == [10000, 15000]
    assert evening.balance().patient_cents == 0
