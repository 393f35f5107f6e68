# SPDX-License-Identifier: MIT
"""What a person does about a claim, what each verb posts, and when it refuses."""

from __future__ import annotations

import pytest

from claims.remittances import Clp, reversal
from claims.test_posting import BILLED, Practice, deductible, practice
from mediyn_desktop.claims import following, working
from mediyn_desktop.claims.following import ClaimFixed
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task
from mediyn_desktop.claims.working import NotNow
from mediyn_desktop.claims.worklist import outcomes, worklist
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import UnitOfWork

__all__ = ["practice"]


def correct(uow: UnitOfWork, number: str) -> Claim:
    return following.correct_claim(uow, working.get_claim(uow, number), reason="Mended")


def void(uow: UnitOfWork, number: str) -> Claim:
    return following.void_claim(uow, working.get_claim(uow, number), reason="Wrong client")


def denied(number: str, group: str = "CO", reason: str = "29", **more: object) -> Clp:
    return Clp(number, BILLED, 0, [(group, reason, BILLED)], status="4", **more)  # type: ignore[arg-type]


def test_a_late_denial_is_written_off_and_the_client_owes_nothing(practice: Practice) -> None:
    number = practice.claim()
    practice.post(denied(number))
    with practice.store.write("t") as uow:
        working.give_up(uow, number, kind=WriteOff.TIMELY_FILING, reason="Filed too late")
    assert practice.balances() == {"Income:Denied": 18000, "Income:Services": -18000}
    assert (practice.state(number), practice.tasks()) == (ClaimState.CLOSED, [])


def test_what_the_insurer_leaves_to_the_client_is_billed_by_hand(practice: Practice) -> None:
    number = practice.claim()
    practice.prepay("c1", 5000)
    practice.post(denied(number, "PR", "27"))
    with practice.store.write("t") as uow:
        working.bill_client(uow, number, reason="The coverage had ended")
    assert practice.balances() == {
        "Assets:Stripe": 5000,
        "Assets:Receivable:Client:c1": 13000,
        "Income:Services": -18000,
    }
    assert practice.state(number) == ClaimState.CLOSED


@pytest.mark.parametrize("code", ["16", "29", "50", "97", "197"])
def test_what_the_contract_forbids_is_never_billed_to_the_client(
    practice: Practice, code: str
) -> None:
    number = practice.claim()
    practice.post(denied(number, "CO", code))
    before = practice.balances()
    with practice.store.write("t") as uow, pytest.raises(NotNow, match="forbid"):
        working.bill_client(uow, number, reason="Try")
    assert practice.balances() == before
    with practice.store.read() as read:
        (item,) = worklist(read)
    assert "bill-client" not in item.actions


def test_a_denied_claim_is_replaced_with_the_insurers_number(practice: Practice) -> None:
    number = practice.claim()
    practice.post(denied(number, "CO", "16", remarks=["M76"]))
    with practice.store.write("t") as uow:
        again = correct(uow, number)
        assert (again.frequency, again.original_reference, again.state) == ("7", "ICN1", "ready")
        assert again.control_number != number
        new = again.control_number
    assert practice.state(number) == ClaimState.CORRECTED
    with practice.store.read() as read:
        (done,) = outcomes(read)
    assert (done.reason, done.ended_as, done.count) == ("16", "corrected", 1)
    with practice.store.write("t") as uow:
        working.get_claim(uow, new).state = ClaimState.SENT
    practice.post(Clp(new, BILLED, 12000, [("CO", "45", 6000)], payer_number="ICN2"))
    assert practice.balances()["Assets:Bank"] == 12000
    assert practice.state(new) == ClaimState.PAID


def test_a_reversal_under_the_new_number_finds_the_decision_of_the_old(practice: Practice) -> None:
    number = practice.claim()
    practice.post(deductible(number))
    with practice.store.write("t") as uow:
        again = correct(uow, number)
        again.state = ClaimState.SENT
        new = again.control_number
    old = deductible(new)
    corrected = Clp(new, BILLED, 9600, [("CO", "45", 6000), ("PR", "2", 2400)])
    report = practice.post(reversal(old), corrected)
    assert [one.status for one in report.claims] == ["reversed", "paid"]
    found = practice.balances()
    assert (found["Assets:Bank"], found["Assets:Receivable:Client:c1"]) == (9600, 2400)


def test_voiding_needs_the_insurers_number_and_takes_the_money_back(practice: Practice) -> None:
    number = practice.claim()
    with practice.store.write("t") as uow, pytest.raises(ClaimFixed, match="number"):
        void(uow, number)
    practice.post(deductible(number))
    with practice.store.write("t") as uow:
        voiding = void(uow, number)
        assert (voiding.frequency, voiding.original_reference) == ("8", "ICN1")
    practice.post(reversal(deductible(number)), plb=[("FB", number, -6400)])
    found = practice.balances()
    assert found["Assets:Receivable:Payer:p-c1"] == 18000
    assert (practice.state(number), practice.tasks()) == (ClaimState.VOIDED, [])


def test_medicare_gets_a_new_claim_instead_of_a_replacement(practice: Practice) -> None:
    number = practice.claim()
    practice.post(denied(number, "CO", "16"))
    with practice.store.write("t") as uow:
        claim = working.get_claim(uow, number)
        uow.session.get_one(Coverage, claim.coverage_id).payer.claim_filing_code = "MB"
        assert correct(uow, number).frequency == "1"


def test_the_dearest_and_most_urgent_comes_first(practice: Practice) -> None:
    numbers = [practice.claim(f"c{index}") for index in (1, 2)]
    for index, number in enumerate(numbers):
        practice.post(denied(number, payer_number=f"I{index}"))
    with practice.store.write("t") as uow:
        claim = working.get_claim(uow, numbers[1])
        uow.session.get_one(Coverage, claim.coverage_id).payer.timely_filing_days = 10
    with practice.store.read() as read:
        first, second = worklist(read)
    assert (first.claim, first.days_left) == (numbers[1], 3)
    assert (second.claim, second.days_left) == (numbers[0], None)


def test_a_held_answer_is_posted_once_a_person_says_which_claim(practice: Practice) -> None:
    number = practice.claim()
    practice.claim("c2")  # the same member, day and charge: nothing is certain
    report = practice.post(Clp("LOST", BILLED, 12000, [("CO", "45", 6000)]))
    assert report.claims[0].code == "unmatched"
    with practice.store.read() as read:
        (item,) = worklist(read)
    with practice.store.write("t") as uow:
        result = working.retry(uow, item.task, claim=number)
    assert (result.status, result.posted) == ("paid", True)
    assert practice.balances() == {
        "Assets:Bank": 12000,
        "Income:Contractual": 6000,
        "Assets:Receivable:Payer:p-c2": 18000,
        "Income:Services": -36000,
    }
    assert practice.tasks() == []


def test_a_held_answer_that_still_does_not_fit_stays_held(practice: Practice) -> None:
    number = practice.claim()
    practice.post(Clp(number, 17000, 11000, [("CO", "45", 6000)]))
    before = practice.balances()
    with practice.store.read() as read:
        (item,) = worklist(read)
    with pytest.raises(NotNow), practice.store.write("t") as uow:
        working.retry(uow, item.task)
    assert practice.balances() == before
    assert practice.tasks() == [(Task.HELD, "", 11000)]


def test_a_refused_claim_may_be_billed_on_another_way(practice: Practice) -> None:
    number = practice.claim()
    with practice.store.write("t") as uow:
        claim = working.get_claim(uow, number)
        claim.state = ClaimState.REJECTED
        following.bill_elsewhere(uow, claim, reason="On the payer's site")
        assert (claim.state, claim.submission_id) == (ClaimState.BILLED_ELSEWHERE, None)


def test_an_appeal_waits_for_the_insurer_again(practice: Practice) -> None:
    number = practice.claim()
    practice.post(denied(number, "CO", "50"))
    with practice.store.write("t") as uow:
        working.appeal(uow, number, note="Letter of November 23")
    assert (practice.state(number), practice.tasks()) == (ClaimState.APPEALED, [])
    practice.post(Clp(number, BILLED, 12000, [("CO", "45", 6000)]))
    assert practice.state(number) == ClaimState.PAID
