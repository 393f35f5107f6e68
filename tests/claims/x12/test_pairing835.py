# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest
from answer_samples import claim, only_claim, remit, remittance

from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.claims.x12.pairing835 import MatchedBy, NotUndone, Pairing, left_standing, pair

LINE = ("SVC*HC:90837*180*64", "CAS*CO*45*60", "CAS*PR*1*56")
BACK = ("SVC*HC:90837*-180*-64", "CAS*CO*45*-60", "CAS*PR*1*-56")


def made(*bodies: list[str]) -> tuple[RemitClaim, ...]:
    total = sum(float(body[0].split("*")[4]) for body in bodies)
    return remittance(remit(*bodies, paid=f"{total:.2f}")).claims


def numbers(claims: tuple[RemitClaim, ...]) -> list[tuple[str, str]]:
    return [(each.control_number, each.status) for each in claims]


def paired(*bodies: list[str]) -> Pairing:
    return pair(made(*bodies))


def test_claims_without_a_reversal_are_plain() -> None:
    found = paired(claim(*LINE), claim(*LINE, number="C2"))
    assert numbers(found.plain) == [("C1001", "1"), ("C2", "1")]
    assert (found.pairs, found.reversals, found.ambiguous) == ((), (), ())


@pytest.mark.parametrize("turned", [False, True])
def test_a_reversal_and_its_correction_are_paired_in_either_order(turned: bool) -> None:
    bodies = [claim(*BACK, status="22"), claim(*LINE)]
    found = paired(*(reversed(bodies) if turned else bodies))
    (one,) = found.pairs
    assert one.matched_by is MatchedBy.BOTH
    assert (one.reversal.status, one.correction.status) == ("22", "1")
    assert numbers(found.in_posting_order()) == [("C1001", "22"), ("C1001", "1")]


@pytest.mark.parametrize(
    ("correction", "by"),
    [
        ({"payers": "PCN10"}, MatchedBy.OURS),
        ({"number": "C1001R"}, MatchedBy.PAYERS),
    ],
)
def test_one_number_is_enough_when_only_one_claim_has_it(
    correction: dict[str, str], by: MatchedBy
) -> None:
    (one,) = paired(claim(*BACK, status="22"), claim(*LINE, **correction)).pairs
    assert one.matched_by is by


def test_the_original_number_in_a_reference_counts_as_the_payers() -> None:
    again = claim("REF*F8*PCN9", *LINE, number="NEW", payers="PCN10")
    (one,) = paired(claim(*BACK, status="22"), again).pairs
    assert one.matched_by is MatchedBy.PAYERS


def test_two_candidates_are_left_to_a_person() -> None:
    found = paired(
        claim(*BACK, status="22"), claim(*LINE, payers="PCN10"), claim(*LINE, payers="PCN11")
    )
    assert found.pairs == ()
    assert numbers(found.ambiguous) == [("C1001", "22")]
    assert len(found.plain) == 2


def test_two_reversals_of_one_number_are_left_to_a_person() -> None:
    found = paired(
        claim(*BACK, status="22"), claim(*BACK, status="22"), claim(*LINE, payers="PCN10")
    )
    assert found.pairs == ()
    assert len(found.ambiguous) == 2


def test_several_pairs_in_one_payment_find_each_other() -> None:
    bodies = []
    for number in range(5):
        name = {"number": f"C{number}", "payers": f"P{number}"}
        bodies += [claim(*LINE, **name), claim(*BACK, status="22", **name)]
    found = paired(*bodies)
    assert [(p.reversal.control_number, p.correction.control_number) for p in found.pairs] == [
        (f"C{number}", f"C{number}") for number in range(5)
    ]
    order = found.in_posting_order()
    assert [each.status for each in order] == ["22"] * 5 + ["1"] * 5


def test_a_take_back_without_a_correction_stands_alone() -> None:
    found = paired(claim(*BACK, status="22"), claim(*LINE, number="C2", payers="P2"))
    assert numbers(found.reversals) == [("C1001", "22")]
    assert numbers(found.in_posting_order()) == [("C1001", "22"), ("C2", "1")]


def test_numbers_that_are_missing_bind_nothing() -> None:
    found = paired(
        claim(*BACK, status="22", number="", payers=""), claim(*LINE, number="", payers="")
    )
    assert found.pairs == ()
    assert len(found.reversals) == 1


def test_a_reversal_undoes_what_was_posted_to_the_cent() -> None:
    first, back = made(claim(*LINE), claim(*BACK, status="22"))
    assert left_standing([first], back) == ()


def test_what_a_reversal_leaves_standing_is_told() -> None:
    short = ("SVC*HC:90837*-180*-60", "CAS*CO*45*-60", "CAS*PR*2*-60")
    first, back = made(claim(*LINE), claim(*short, status="22"))
    assert set(left_standing([first], back)) == {
        NotUndone("paid", 400),
        NotUndone("PR-1", 5600),
        NotUndone("PR-2", -6000),
    }


def test_a_reversal_of_something_never_posted_leaves_all_of_it() -> None:
    back = only_claim(*claim(*BACK, status="22"), paid="-64.00")
    assert NotUndone("paid", -6400) in left_standing([], back)


def test_earlier_reversals_count_when_a_claim_was_corrected_before() -> None:
    first, back, again = made(claim(*LINE), claim(*BACK, status="22"), claim(*LINE))
    assert left_standing([first, back, again], back) == ()


def test_claim_level_amounts_count_as_well() -> None:
    first = only_claim("CLP*C1*1*100*60", "CAS*CO*45*40", paid="60")
    back = only_claim("CLP*C1*22*-100*-60", "CAS*CO*45*-40", paid="-60")
    assert left_standing([first], back) == ()
