# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest
from answer_samples import CLAIM, balance_of, claim, remit, remittance
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.balance835 import Difference, Level, balance


def test_what_adds_up_has_no_difference() -> None:
    found = balance_of(remit(CLAIM, paid="64.00"))
    assert found.ok
    assert found.payment_ok
    assert found.differences == ()


@pytest.mark.parametrize(
    ("old", "new", "level", "stated", "expected"),
    [
        ("CAS*CO*45*60.00", "CAS*CO*45*60.01", Level.LINE, 6400, 6399),
        ("CAS*CO*45*60.00", "CAS*CO*45*60.01", Level.CLAIM, 6400, 6399),
        ("*1*180.00*64.00*56", "*1*181.00*64.00*56", Level.LINES_CHARGED, 18100, 18000),
        ("*1*180.00*64.00*56", "*1*181.00*64.00*56", Level.CLAIM, 6400, 6500),
        ("*180.00*64.00**1", "*180.00*63.00**1", Level.LINES_PAID, 6400, 6300),
        ("*180.00*64.00*56", "*180.00*65.00*56", Level.PAYMENT, 6400, 6500),
    ],
)
def test_each_equation_that_fails_is_told_with_both_amounts(
    old: str, new: str, level: Level, stated: int, expected: int
) -> None:
    broken = [segment.replace(old, new) for segment in CLAIM]
    assert broken != list(CLAIM)
    found = {each.level: each for each in balance_of(remit(broken, paid="64.00")).differences}
    difference = found[level]
    assert (difference.stated_cents, difference.expected_cents) == (stated, expected)
    assert difference.difference_cents == stated - expected
    assert difference.sentence().endswith(".")


def test_one_claim_out_of_balance_leaves_the_others_and_the_deposit_alone() -> None:
    bad = claim("SVC*HC:90834*90*90", "CAS*CO*45*10", number="BAD")
    found = balance_of(remit(CLAIM, bad, paid="154.00"))
    assert found.payment_ok
    assert found.claims[0] == ()
    assert {each.claim for each in found.claims[1]} == {"BAD"}


def test_claim_adjustments_are_taken_off_the_payment_of_the_lines_once() -> None:
    data = remit(
        ["CLP*C1*1*800*450", "CAS*CO*A2*50", "SVC*HC:99211*800*500", "CAS*PR*1*300"], paid="450"
    )
    assert balance_of(data).ok


def test_a_claim_without_lines_is_balanced_by_itself() -> None:
    assert balance_of(remit(["CLP*C1*1*100*60", "CAS*CO*45*40"], paid="60")).ok
    (difference,) = balance_of(remit(["CLP*C1*1*100*61", "CAS*CO*45*40"], paid="61")).differences
    assert difference.level is Level.CLAIM


def test_a_reversal_and_its_correction_balance_to_nothing_paid() -> None:
    reversal = claim("SVC*HC:90837*-180*-64", "CAS*CO*45*-60", "CAS*PR*1*-56", status="22")
    again = claim("SVC*HC:90837*180*64", "CAS*CO*45*60", "CAS*PR*1*56")
    assert balance_of(remit(reversal, again, paid="0")).ok


@pytest.mark.parametrize(("amount", "paid"), [("10.00", "54.00"), ("-10.00", "74.00")])
def test_a_provider_adjustment_is_taken_off_the_deposit(amount: str, paid: str) -> None:
    assert balance_of(remit(CLAIM, paid=paid, plb=[f"PLB*1*20261231*WO*{amount}"])).ok
    wrong = balance_of(remit(CLAIM, paid="64.00", plb=[f"PLB*1*20261231*WO*{amount}"]))
    assert [each.level for each in wrong.differences] == [Level.PAYMENT]


def test_sentences_name_the_claim_the_line_and_the_gap() -> None:
    difference = Difference(Level.LINE, 6400, 6399, "C1001", 1)
    assert difference.sentence() == (
        "Claim C1001, line 1: paid $64.00, but charge and adjustments leave $63.99; $0.01 apart."
    )
    assert "cannot be read" in Difference(Level.UNREADABLE, 0, 0).sentence()


CENTS = st.integers(0, 500_000)
LINE = st.tuples(CENTS, st.lists(st.tuples(st.sampled_from(("CO", "PR", "OA")), CENTS), max_size=7))


@given(st.lists(st.lists(LINE, min_size=1, max_size=4), min_size=1, max_size=4), CENTS)
def test_whatever_a_payer_pays_balances_until_one_cent_is_moved(
    claims: list[list[tuple[int, list[tuple[str, int]]]]], take_back: int
) -> None:
    bodies, total = [], 0
    for lines in claims:
        body = []
        for paid, adjustments in lines:
            charge = paid + sum(cents for _, cents in adjustments)
            body.append(f"SVC*HC:90837*{charge / 100:.2f}*{paid / 100:.2f}")
            body += [f"CAS*{group}*45*{cents / 100:.2f}" for group, cents in adjustments]
            total += paid
        bodies.append(claim(*body))
    deposit = total - take_back
    plb = [f"PLB*1*20261231*WO*{take_back / 100:.2f}"]
    assert balance_of(remit(*bodies, paid=f"{deposit / 100:.2f}", plb=plb)).ok
    moved = balance(remittance(remit(*bodies, paid=f"{(deposit + 1) / 100:.2f}", plb=plb)))
    assert [(each.level, each.difference_cents) for each in moved.differences] == [
        (Level.PAYMENT, 1)
    ]
