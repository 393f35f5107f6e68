# SPDX-License-Identifier: MIT
"""Where the money of a claim goes: the worked postings of the fact sheet and the fixed meanings."""

from __future__ import annotations

import pytest
from answer_samples import CLAIM, claim, only_claim
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.decision835 import (
    Decision,
    Goes,
    Outcome,
    Why,
    decide,
    is_denied,
)
from mediyn_desktop.claims.x12.model835 import Adjustment, RemitClaim, ServiceLine
from mediyn_desktop.codes.adjustments import REASONS, Group, MayBill


def decided(*lines: str, status: str = "1", next_payer: bool = False) -> Decision:
    segments = claim(*lines, status=status)
    paid = segments[0].split("*")[4]
    return decide(only_claim(*segments, paid=paid), next_payer=next_payer)


def amounts(decision: Decision) -> dict[str, int]:
    return {goes.value: cents for goes in Goes if (cents := decision.cents(goes))}


def test_example_c_pays_writes_off_and_asks_the_client() -> None:
    decision = decide(only_claim(*CLAIM, paid="64.00"), next_payer=False)
    assert amounts(decision) == {"paid": 6400, "write-off": 6000, "client": 5600}
    assert decision.outcome is Outcome.PAID
    assert decision.settled_cents == 18000
    assert decision.worklist == ()


def test_example_c2_copay_goes_to_the_client() -> None:
    decision = decided("SVC*HC:90837*180*95", "CAS*CO*45*60", "CAS*PR*3*25")
    assert amounts(decision) == {"paid": 9500, "write-off": 6000, "client": 2500}


def test_example_d1_filed_too_late_waits_and_the_client_owes_nothing() -> None:
    decision = decided("SVC*HC:90837*180*0", "CAS*CO*29*180", status="4")
    assert amounts(decision) == {"worklist": 18000}
    (share,) = decision.worklist
    assert (share.why, share.may_bill) == (Why.DENIED, MayBill.NO)
    assert decision.outcome is Outcome.DENIED


def test_example_d2_a_benefit_that_is_not_there_waits_before_the_client_is_billed() -> None:
    decision = decided("SVC*HC:90837*180*0", "CAS*PR*204*180")
    assert amounts(decision) == {"worklist": 18000}
    (share,) = decision.worklist
    assert (share.why, share.may_bill) == (Why.CLIENT_AFTER_REVIEW, MayBill.YES)


@pytest.mark.parametrize("reason", ["16", "252"])
def test_example_d3_what_can_be_mended_moves_no_money(reason: str) -> None:
    decision = decided("SVC*HC:90837*180*0", f"CAS*CO*{reason}*180")
    assert decision.settled_cents == 0
    assert decision.outcome is Outcome.DENIED


def test_example_n_asks_the_second_insurer_before_the_client() -> None:
    first = decided("SVC*HC:90837*180*96", "CAS*CO*45*60", "CAS*PR*2*24", next_payer=True)
    assert amounts(first) == {"paid": 9600, "write-off": 6000, "next-payer": 2400}
    second = decided("SVC*HC:90837*180*24", "CAS*OA*23*156", status="2")
    assert amounts(second) == {"paid": 2400, "already-counted": 15600}
    assert second.settled_cents == 2400
    assert second.worklist == ()


def test_example_o_federal_reduction_is_written_off() -> None:
    lines = ("SVC*HC:90837*150*117.60", "CAS*CO*253*2.40", "CAS*PR*2*30")
    assert amounts(decided(*lines)) == {"paid": 11760, "write-off": 240, "client": 3000}


def test_all_of_it_deductible_is_no_denial() -> None:
    decision = decided("SVC*HC:90837*180*0", "CAS*CO*45*60", "CAS*PR*1*120", status="4")
    assert decision.outcome is Outcome.WITHOUT_PAYMENT
    assert amounts(decision) == {"write-off": 6000, "client": 12000}


@pytest.mark.parametrize("status", ["19", "20", "21"])
def test_a_claim_the_payer_passed_on_asks_the_next_payer(status: str) -> None:
    decision = decided("SVC*HC:90837*180*150", "CAS*PR*2*30", status=status)
    assert amounts(decision) == {"paid": 15000, "next-payer": 3000}


@pytest.mark.parametrize(
    ("status", "outcome"), [("23", Outcome.FORWARDED), ("25", Outcome.PREDETERMINED)]
)
def test_a_claim_that_was_not_decided_moves_nothing(status: str, outcome: Outcome) -> None:
    decision = decided("SVC*HC:90837*180*0", "CAS*OA*B11*180", status=status)
    assert amounts(decision) == {"nowhere": 18000}
    assert (decision.outcome, decision.settled_cents) == (outcome, 0)


def test_an_earlier_payer_nobody_knows_of_waits() -> None:
    (share,) = decided("SVC*HC:90837*180*24", "CAS*OA*23*156").worklist
    assert share.why is Why.EARLIER_PAYER_UNEXPECTED


def test_a_known_earlier_payer_is_not_counted_twice_whatever_the_status_says() -> None:
    found = only_claim(*claim("SVC*HC:90837*180*24", "CAS*OA*23*156"), paid="24.00")
    assert amounts(decide(found, next_payer=False, earlier_payer=True)) == {
        "paid": 2400,
        "already-counted": 15600,
    }


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ("CO*1", Why.CLIENT_SHARE_UNDER_OTHER_GROUP),
        ("OA*2", Why.CLIENT_SHARE_UNDER_OTHER_GROUP),
        ("PR*45", Why.CLIENT_AFTER_REVIEW),
        ("PR*96", Why.CLIENT_AFTER_REVIEW),
        ("PR*999", Why.UNKNOWN_REASON),
        ("CO*999", Why.UNKNOWN_REASON),
        ("PI*45", Why.INSURERS_OWN_REDUCTION),
        ("PI*16", Why.INSURERS_OWN_REDUCTION),
        ("CR*45", Why.CORRECTION_GROUP),
        ("OA*18", Why.DENIED),
        ("OA*45", Why.OTHER),
        ("XX*45", Why.OTHER),
        ("CO*197", Why.DENIED),
    ],
)
def test_everything_else_waits_and_says_why(pair: str, why: Why) -> None:
    decision = decided("SVC*HC:90837*180*0", f"CAS*{pair}*180")
    (share,) = decision.worklist
    assert share.why is why
    assert amounts(decision) == {"worklist": 18000}


def test_a_paid_line_beside_a_denied_one_is_partly_paid() -> None:
    decision = decided("SVC*HC:90837*180*120", "CAS*CO*45*60", "SVC*HC:90785*20*0", "CAS*CO*97*20")
    assert decision.outcome is Outcome.PARTLY_PAID
    assert [share.amount_cents for share in decision.of_line(1)] == [12000, 6000]
    assert [(share.goes, share.amount_cents) for share in decision.of_line(2)] == [
        (Goes.WORKLIST, 2000)
    ]


def test_claim_adjustments_are_decided_once_and_lower_what_was_paid() -> None:
    found = only_claim(
        *("CLP*C1*1*800*450", "CAS*CO*45*50", "SVC*HC:90837*800*500", "CAS*PR*1*300"), paid="450"
    )
    decision = decide(found, next_payer=False)
    assert amounts(decision) == {"paid": 45000, "write-off": 5000, "client": 30000}


def test_a_claim_without_lines_is_decided_as_a_whole() -> None:
    found = only_claim("CLP*C1*1*100*60", "CAS*CO*45*40", paid="60")
    assert amounts(decide(found, next_payer=False)) == {"paid": 6000, "write-off": 4000}


def test_a_reversal_has_the_same_shares_with_the_signs_turned() -> None:
    back = decided("SVC*HC:90837*-180*-64", "CAS*CO*45*-60", "CAS*PR*1*-56", status="22")
    assert amounts(back) == {"paid": -6400, "write-off": -6000, "client": -5600}
    assert back.outcome is Outcome.REVERSED


@pytest.mark.parametrize(
    ("lines", "denied"),
    [
        (("SVC*HC:90837*180*0", "CAS*CO*197*180"), True),
        (("SVC*HC:90837*180*0", "CAS*CO*999*180"), True),
        (("SVC*HC:90837*180*0", "CAS*PR*1*180"), False),
        (("SVC*HC:90837*180*0", "CAS*CO*45*180"), False),
        (("SVC*HC:90837*180*1", "CAS*CO*197*179"), False),
        (("SVC*HC:90837*0*0",), False),
    ],
)
def test_a_line_is_denied_when_nothing_is_paid_for_a_reason_that_denies(
    lines: tuple[str, ...], denied: bool
) -> None:
    found = only_claim(*claim(*lines), paid=claim(*lines)[0].split("*")[4])
    assert is_denied(found.lines[0]) is denied


ADJUSTMENT = st.builds(
    Adjustment,
    st.sampled_from([*Group, "", "ZZ"]),
    st.sampled_from([*REASONS, "", "999"]),
    st.integers(-99_999, 99_999),
)
SERVICE = st.builds(
    lambda paid, adjustments: ServiceLine(
        *("HC", "90837", ()),
        paid + sum(each.amount_cents for each in adjustments),
        paid,
        adjustments=tuple(adjustments),
    ),
    st.integers(-99_999, 99_999),
    st.lists(ADJUSTMENT, max_size=5),
)


@given(
    st.lists(SERVICE, max_size=4),
    st.lists(ADJUSTMENT, max_size=3),
    st.sampled_from(("1", "2", "3", "4", "19", "20", "21", "22", "23", "25", "")),
    st.booleans(),
    st.booleans(),
)
def test_no_cent_is_lost_or_decided_twice(
    lines: list[ServiceLine], own: list[Adjustment], status: str, onward: bool, earlier: bool
) -> None:
    off = sum(each.amount_cents for each in own)
    paid = sum(line.paid_cents for line in lines) - off if lines else 5_000
    charge = sum(line.charge_cents for line in lines) if lines else 5_000 + off
    found = RemitClaim(
        *("C1", status, charge, paid, None, "12", "P1"),
        adjustments=tuple(own),
        lines=tuple(lines),
    )
    decision = decide(found, next_payer=onward, earlier_payer=earlier)
    assert sum(share.amount_cents for share in decision.shares) == charge
    if found.is_processed_here:
        assert decision.cents(Goes.PAID) == paid
    for share in decision.shares:
        assert (share.why is None) == (share.goes is not Goes.WORKLIST)
        if share.goes is Goes.CLIENT:
            assert (share.group, share.reason in "123") == ("PR", True)
        if share.goes is Goes.WRITE_OFF:
            assert (share.group, share.reason in ("45", "253")) == ("CO", True)
