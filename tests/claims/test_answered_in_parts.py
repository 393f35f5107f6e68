# SPDX-License-Identifier: MIT
"""An insurer that splits a claim: each line is posted once, the claim is open until the last."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from claims.crisis import BOTH, FIRST, SECOND, WHOLE, Crisis, turned
from mediyn_desktop.claims import submission, working
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.unposting import CannotUnpost
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.store.uow import Store


@pytest.fixture
def crisis(store: Store, monkeypatch: pytest.MonkeyPatch) -> Crisis:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Crisis(store)


@pytest.mark.parametrize("own", [True, False])
def test_two_answers_in_one_payment_are_both_posted(crisis: Crisis, own: bool) -> None:
    report = crisis.pay(crisis.line(1, own=own), crisis.line(2, own=own), amount=180)
    assert report.status == "posted"
    assert [(one.status, one.code) for one in report.claims] == [("paid", ""), ("paid", "")]
    assert crisis.balances() == BOTH
    assert crisis.state() == ClaimState.PAID
    assert crisis.tasks() == []


def test_between_two_payments_the_claim_is_with_the_insurer(crisis: Crisis) -> None:
    report = crisis.pay(crisis.line(2), amount=60)
    (one,) = report.claims
    assert one.reason == "The answer about line 1 of 2 ($200.00) has not come yet."
    assert not report.needs_you
    assert crisis.state() == ClaimState.ACCEPTED
    assert crisis.tasks() == []
    assert crisis.balances()["Assets:Receivable:Payer:p-c1"] == FIRST
    crisis.pay(crisis.line(1), amount=120)
    assert crisis.balances() == BOTH
    assert crisis.state() == ClaimState.PAID


def test_the_same_line_is_never_posted_twice(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), amount=120)
    once = crisis.balances()
    report = crisis.pay(crisis.line(1), amount=120, trace="ANOTHER")
    (one,) = report.claims
    assert (one.status, one.code) == ("held", "already-decided")
    assert "decided line 1" in (one.reason or "")
    assert crisis.balances() == once | {
        "Assets:Bank": 24000,
        "Liabilities:PayerDue:p-c1": -12000,
    }
    crisis.pay(crisis.line(2), amount=60)
    both = crisis.balances()
    for late in (crisis.line(2), crisis.line(1, 2)):
        paid = 60 if len(late) < 6 else 180
        report = crisis.pay(late, amount=paid)
        assert [(each.status, each.code) for each in report.claims] == [("held", "already-decided")]
        grown = crisis.balances()
        assert {name for name in grown if grown[name] != both.get(name)} == {
            "Assets:Bank",
            "Liabilities:PayerDue:p-c1",
        }


def test_one_line_twice_in_one_payment_is_posted_once(crisis: Crisis) -> None:
    report = crisis.pay(crisis.line(1), crisis.line(1), amount=240)
    assert [one.code for one in report.claims] == ["", "already-decided"]
    assert crisis.balances()["Income:Contractual"] == 8000


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("SVC*HC:90839*200*", "SVC*HC:90837*200*"), ""),  # our own line number decides
        (("L1", "L7"), "charge-differs"),  # no line of ours
        (("*200*120", "*190*110"), "charge-differs"),  # another charge than was billed
        (("REF*6R*", "REF*ZZ*"), ""),  # the code and the charge are those of one line alone
        (("L1", "l1"), ""),
    ],
)
def test_only_what_is_certainly_one_of_our_lines_is_a_part(
    crisis: Crisis, change: tuple[str, str], code: str
) -> None:
    answer = [segment.replace(*change) for segment in crisis.line(1)]
    report = crisis.pay(answer, amount=110 if "110" in change[1] else 120)
    assert [one.code for one in report.claims] == [code]


def test_a_refused_part_and_a_paid_one(crisis: Crisis) -> None:
    crisis.pay(crisis.line(2, cas="CO*97"), amount=0)
    assert crisis.state() == ClaimState.ACCEPTED
    assert crisis.tasks() == [("denied", "97", SECOND)]
    crisis.pay(crisis.line(1), amount=120)
    assert crisis.state() == ClaimState.PARTLY_PAID
    assert crisis.tasks() == [("denied", "97", SECOND)]  # what waited goes on waiting
    assert crisis.balances()["Assets:Receivable:Payer:p-c1"] == SECOND


def test_a_refused_part_may_be_paid_after_all(crisis: Crisis) -> None:
    crisis.pay(crisis.line(2, cas="CO*16"), amount=0)
    crisis.pay(crisis.line(2), amount=60)
    assert crisis.state() == ClaimState.ACCEPTED
    crisis.pay(crisis.line(1), amount=120)
    assert crisis.balances() == BOTH


def test_two_refused_parts_are_a_refused_claim(crisis: Crisis) -> None:
    crisis.pay(crisis.line(2, cas="CO*97"), crisis.line(1, cas="CO*97"), amount=0)
    assert crisis.state() == ClaimState.DENIED
    assert sorted(crisis.tasks()) == [("denied", "97", SECOND), ("denied", "97", FIRST)]


def test_taking_the_later_payment_back_leaves_the_earlier_part(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), amount=120)
    first = crisis.balances()
    crisis.pay(crisis.line(2), amount=60)
    crisis.undo(2)
    assert crisis.balances() == first
    assert crisis.state() == ClaimState.ACCEPTED
    crisis.undo(1)
    assert "Assets:Bank" not in crisis.balances()
    assert crisis.state() == ClaimState.SENT
    crisis.pay(crisis.line(1), crisis.line(2), amount=180)
    assert crisis.balances() == BOTH


def test_both_parts_of_one_payment_are_taken_back_together(crisis: Crisis) -> None:
    before = crisis.balances()
    crisis.pay(crisis.line(1), crisis.line(2), amount=180)
    crisis.undo(1)
    assert crisis.balances() == before
    assert crisis.state() == ClaimState.SENT


def test_a_reversal_of_the_whole_takes_both_parts_back(crisis: Crisis) -> None:
    before = crisis.balances()
    crisis.pay(crisis.line(1), crisis.line(2), amount=180)
    report = crisis.pay(turned(crisis.line(1, 2)), crisis.line(1, 2), amount=0, trace="CORRECTION")
    assert [one.status for one in report.claims] == ["reversed", "paid"]
    assert crisis.balances() == BOTH
    crisis.undo(2)
    assert crisis.balances() == BOTH
    crisis.undo(1)
    assert crisis.balances() == before


def test_a_reversal_of_one_part_takes_that_part_back_alone(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), crisis.line(2), amount=180)
    report = crisis.pay(turned(crisis.line(1)), amount=0, trace="BACK")
    assert report.status != "posted"  # the payment itself does not add up
    report = crisis.pay(turned(crisis.line(1)), crisis.line(1), amount=0)
    assert [one.status for one in report.claims] == ["reversed", "paid"]
    assert crisis.balances() == BOTH
    assert crisis.state() == ClaimState.PAID
    crisis.undo(3)
    assert crisis.balances() == BOTH
    crisis.undo(1)
    assert "Assets:Bank" not in crisis.balances()


def test_a_reversal_of_one_part_waits_where_a_person_gave_the_rest_up(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), crisis.line(2, cas="CO*97"), amount=120)
    with crisis.store.write("t") as uow:
        working.give_up(uow, crisis.number, kind=WriteOff.DENIED, reason="t")
    given_up = crisis.balances()
    report = crisis.pay(turned(crisis.line(1)), crisis.line(1), amount=0)
    assert {one.code for one in report.claims} == {"reversal-differs", "already-decided"}
    assert crisis.balances() == given_up


def test_what_a_reversal_of_one_part_leaves_goes_on_waiting(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), crisis.line(2, cas="CO*97"), amount=120)
    back = "PLB*1234567893*20261231*FB:NEXT*-120"
    crisis.pay([*turned(crisis.line(1)), *crisis.line(1, cas="CO*16"), back], amount=0)
    assert sorted(crisis.tasks()) == [("denied", "16", FIRST), ("denied", "97", SECOND)]
    assert crisis.state() == ClaimState.DENIED


# -- what waits


def test_what_was_refused_and_is_paid_after_all_waits_no_more(crisis: Crisis) -> None:
    crisis.pay(crisis.line(2, cas="CO*16"), amount=0)
    crisis.pay(crisis.line(2), amount=60)
    assert crisis.tasks() == []
    crisis.pay(crisis.line(1), amount=120)
    assert crisis.state() == ClaimState.PAID
    assert crisis.tasks() == []


def test_of_a_whole_refusal_only_the_line_that_is_not_paid_waits_on(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1, 2, cas="CO*16"), amount=0)
    # each line by its own amount, as a refusal of both has it
    assert sum(cents for _, _, cents in crisis.tasks()) == WHOLE
    crisis.pay(crisis.line(1), amount=120)
    assert crisis.tasks() == [("denied", "16", SECOND)]
    assert crisis.balances()["Assets:Receivable:Payer:p-c1"] == SECOND
    crisis.pay(crisis.line(2), amount=60)
    assert crisis.tasks() == []
    assert crisis.state() == ClaimState.PAID
    crisis.undo(3)
    assert crisis.tasks() == [("denied", "16", SECOND)]
    crisis.undo(2)
    assert crisis.tasks() == [("denied", "16", WHOLE)]
    assert crisis.state() == ClaimState.DENIED


def test_what_waited_waits_again_when_the_payment_is_taken_back(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1, 2, cas="CO*16"), amount=0)
    crisis.pay(crisis.line(1, 2), amount=180)
    assert crisis.tasks() == []
    crisis.undo(2)
    assert crisis.tasks() == [("denied", "16", WHOLE)]
    assert crisis.balances()["Assets:Receivable:Payer:p-c1"] == WHOLE


def test_money_that_rests_is_asked_about_until_it_is_placed(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), amount=120)
    crisis.pay(crisis.line(1), amount=120, trace="AGAIN")
    assert crisis.tasks() == [("held", "", 12000)]
    crisis.pay(crisis.line(2), amount=60)
    assert crisis.balances()["Liabilities:PayerDue:p-c1"] == -12000
    assert crisis.tasks() == [("held", "", 12000)]


# -- a claim that was replaced


def test_a_line_decided_under_one_number_is_not_decided_again_under_another(
    crisis: Crisis,
) -> None:
    crisis.pay(crisis.line(2), amount=60)
    crisis.replace()
    report = crisis.pay(crisis.line(2), amount=60)
    assert [one.code for one in report.claims] == ["already-decided"]
    report = crisis.pay(crisis.line(1), amount=120)
    assert [one.code for one in report.claims] == [""]
    assert crisis.state() == ClaimState.PAID
    assert crisis.balances() == BOTH | {
        "Assets:Bank": 24000,
        "Liabilities:PayerDue:p-c1": -6000,
    }


def test_both_numbers_in_one_payment_are_one_claim(crisis: Crisis) -> None:
    refused = [
        f"CLP*{crisis.number}*1*290*120**12*ICN1*11*1",
        *("SVC*HC:90839*200*120", "CAS*CO*45*80", f"REF*6R*{crisis.number}L1"),
        *("SVC*HC:90840*90*0", "CAS*CO*16*90", f"REF*6R*{crisis.number}L2"),
    ]
    crisis.replace()
    corrected = [
        f"CLP*{crisis.number}*1*290*60**12*ICN2*11*1",
        *("SVC*HC:90839*200*0", "CAS*CO*97*200", f"REF*6R*{crisis.number}L1"),
        *("SVC*HC:90840*90*60", "CAS*CO*45*30", f"REF*6R*{crisis.number}L2"),
    ]
    report = crisis.pay(refused, corrected, amount=180)
    assert [one.code for one in report.claims] == ["waits", "already-decided"]
    assert crisis.balances()["Assets:Receivable:Payer:p-c1"] == SECOND


def test_a_reversal_under_the_new_number_can_be_taken_back(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1, 2), amount=180)
    crisis.replace()
    report = crisis.pay(turned(crisis.line(1, 2)), crisis.line(1, 2), amount=0)
    assert [one.status for one in report.claims] == ["reversed", "paid"]
    with pytest.raises(CannotUnpost, match="a later payment"):
        crisis.undo(1)
    crisis.undo(2)
    assert crisis.balances() == BOTH
    crisis.undo(1)
    assert crisis.balances()["Assets:Receivable:Payer:p-c1"] == WHOLE


def test_where_another_insurer_comes_next_a_part_waits(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    crisis = Crisis(store, next_insurer=True)
    report = crisis.pay(crisis.line(1), amount=120)
    assert [one.code for one in report.claims] == ["part-of-claim"]
    assert crisis.balances()["Liabilities:PayerDue:p-c1"] == -12000


# -- the insurer that comes second


@pytest.fixture
def passed_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> tuple[Crisis, str]:
    """The first insurer left 20.00 and 10.00 to the second; the number of the claim to that one."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    crisis = Crisis(store, next_insurer=True)
    number = crisis.number
    crisis.pay(
        [
            f"CLP*{number}*1*290*180**12*ICN1*11*1",
            *("SVC*HC:90839*200*120", "CAS*CO*45*60", "CAS*PR*2*20", f"REF*6R*{number}L1"),
            *("SVC*HC:90840*90*60", "CAS*CO*45*20", "CAS*PR*2*10", f"REF*6R*{number}L2"),
        ],
        amount=180,
    )
    with store.read() as read:
        return crisis, read.session.scalars(
            select(Claim.control_number).where(Claim.rank == 2)
        ).one()


def second(number: str, paid: str, *cas: str, status: str = "2") -> list[str]:
    """The second insurer's answer about both lines, decided as a whole."""
    return [f"CLP*{number}*{status}*290*{paid}**12*SEC1*11*1", *cas]


@pytest.mark.parametrize(
    ("answer", "moved", "code"),
    [
        (("30", "CAS*OA*23*260"), {"Assets:Bank": 3000}, ""),
        (("10", "CAS*OA*23*260", "CAS*CO*45*20"), {"Assets:Bank": 1000, "off": 2000}, ""),
        (("20", "CAS*OA*23*260", "CAS*PR*3*10"), {"Assets:Bank": 2000, "client": 1000}, ""),
        # It takes off again what the first has taken off.
        (("30", "CAS*OA*23*180", "CAS*CO*45*80"), {"Assets:Bank": 3000, "due": -3000}, "held"),
    ],
)
def test_what_the_first_did_is_not_counted_again(
    passed_on: tuple[Crisis, str], answer: tuple[str, ...], moved: dict[str, int], code: str
) -> None:
    crisis, number = passed_on
    before = crisis.balances()
    report = crisis.pay(second(number, *answer), amount=int(answer[0]))
    assert [one.code for one in report.claims] == ["more-than-open" if code else ""]
    after = crisis.balances()
    names = {
        "off": "Income:Contractual",
        "client": "Assets:Receivable:Client:c1",
        "due": "Liabilities:PayerDue:p-c1",
    }
    for name, cents in moved.items():
        account = names.get(name, name)
        assert after.get(account, 0) - before.get(account, 0) == cents
    left = 0 if not code else 3000
    assert after.get("Assets:Receivable:Payer:p2", 0) == left


def test_the_second_insurer_may_answer_in_parts(passed_on: tuple[Crisis, str]) -> None:
    crisis, number = passed_on
    for line, code, charge, paid in ((1, "90839", 200, 20), (2, "90840", 90, 10)):
        report = crisis.pay(
            [
                f"CLP*{number}*2*{charge}*{paid}**12*SEC{line}*11*1",
                *(f"SVC*HC:{code}*{charge}*{paid}", f"CAS*OA*23*{charge - paid}"),
                f"REF*6R*{number}L{line}",
            ],
            amount=paid,
        )
        assert [one.status for one in report.claims] == ["paid"]
    assert crisis.balances() == {
        "Assets:Bank": 21000,
        "Income:Contractual": 8000,
        "Income:Services": -WHOLE,
    }
    assert crisis.tasks() == []


def test_the_first_cannot_take_back_what_the_second_has_decided_about(
    passed_on: tuple[Crisis, str],
) -> None:
    crisis, number = passed_on
    crisis.pay(second(number, "30", "CAS*OA*23*260"), amount=30)
    before = crisis.balances()
    first = crisis.number
    report = crisis.pay(
        [
            f"CLP*{first}*22*-290*-180**12*ICN1*11*1",
            *("SVC*HC:90839*-200*-120", "CAS*CO*45*-60", "CAS*PR*2*-20", f"REF*6R*{first}L1"),
            *("SVC*HC:90840*-90*-60", "CAS*CO*45*-20", "CAS*PR*2*-10", f"REF*6R*{first}L2"),
            "PLB*1234567893*20261231*FB:NEXT*-180",
        ],
        amount=0,
    )
    assert [one.code for one in report.claims] == ["next-insurer-decided"]
    assert crisis.balances() == before
