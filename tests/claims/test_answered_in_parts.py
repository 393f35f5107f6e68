# SPDX-License-Identifier: MIT
"""An insurer that splits a claim: each line is posted once, the claim is open until the last."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import select

import world
from claims.raw835 import interchange, payment
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.answers import FileReport, take_and_act
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Store

FIRST, SECOND, WHOLE = 20000, 9000, 29000


class Crisis:
    """A claim of 200.00 (90839) and 90.00 (90840) that was sent, and what comes for it."""

    def __init__(self, store: Store, *, next_insurer: bool = False) -> None:
        self.store, self.files = store, count(1)
        with store.write("t") as uow:
            world.practice(uow)
            owner = world.client(uow, payment_type="in_network")
            world.coverage(uow, owner, copay=None)
            if next_insurer:
                payer = Payer(ref="p2", name="Second Plan", payer_id="99999")
                uow.session.add(payer)
                uow.session.flush()
                uow.session.add(
                    Coverage(client_id=owner.id, rank=2, payer_id=payer.id, member_id="S1")
                )
                uow.session.flush()
            session = world.session(uow, owner, minutes=90, kind="crisis")
            charge = bill_session(uow, session)
            assert isinstance(charge, Charge)
            assert [line.fee_cents for line in charge.lines] == [FIRST, SECOND]
            (claim,) = submission.make_claims(uow, [charge])
            claim.state = ClaimState.SENT
            self.number = claim.control_number

    def line(self, *which: int, own: bool = True, status: str = "1", cas: str = "") -> list[str]:
        """An answer about these lines alone: 120.00 of 200.00, 60.00 of 90.00; the rest CO 45."""
        told = {1: ("90839", 200, 120, 80), 2: ("90840", 90, 60, 30)}
        rows = [told[one] for one in which]
        charge, paid = (sum(row[place] for row in rows) for place in (1, 2))
        if cas:
            paid = 0
        found = [f"CLP*{self.number}*{status}*{charge}*{paid}**12*ICN{which[0]}*11*1"]
        for number, (code, fee, got, off) in zip(which, rows, strict=True):
            found += [f"SVC*HC:{code}*{fee}*{0 if cas else got}**1", "DTM*472*20261123"]
            found.append(f"CAS*{cas}*{fee}" if cas else f"CAS*CO*45*{off}")
            if own:
                found.append(f"REF*6R*{self.number}L{number}")
        return found

    def take(self, *sets: list[str]) -> FileReport:
        number = next(self.files)
        return take_and_act(self.store, interchange(*sets, control=number), f"{number}.835")

    def pay(self, *answers: list[str], amount: int, trace: str = "") -> FileReport:
        body = [segment for answer in answers for segment in answer]
        name = trace or f"EFT{next(self.files)}"
        return self.take(payment("LX*1", *body, amount=str(amount), trace=name))

    def balances(self) -> dict[str, int]:
        with self.store.read() as read:
            assert queries.disagreements(read) == []
            return {name: cents for name, cents in queries.account_balances(read).items() if cents}

    def state(self) -> str:
        with self.store.read() as read:
            return read.session.scalars(select(Claim.state).where(Claim.rank == 1)).one()

    def tasks(self) -> list[tuple[str, str, int]]:
        with self.store.read() as read:
            rows = read.session.scalars(select(ClaimTask).where(ClaimTask.closed_at.is_(None)))
            return [(row.kind, row.reason_code, row.amount_cents) for row in rows]

    def undo(self, payment: int) -> None:
        with self.store.write("t") as uow:
            undo_payment(uow, payment)


@pytest.fixture
def crisis(store: Store, monkeypatch: pytest.MonkeyPatch) -> Crisis:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Crisis(store)


BOTH = {
    "Assets:Bank": 18000,
    "Income:Contractual": 11000,
    "Income:Services": -WHOLE,
}


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


def turned(answer: list[str]) -> list[str]:
    """The same answer as a reversal: every amount with its sign turned."""
    found = []
    for segment in answer:
        parts = segment.split("*")
        places = {"CLP": (3, 4), "SVC": (2, 3), "CAS": (3,)}.get(parts[0], ())
        for place in places:
            parts[place] = f"-{parts[place]}"
        if parts[0] == "CLP":
            parts[2] = "22"
        found.append("*".join(parts))
    return found


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


def test_a_reversal_of_one_part_of_two_waits(crisis: Crisis) -> None:
    crisis.pay(crisis.line(1), crisis.line(2), amount=180)
    report = crisis.pay(turned(crisis.line(1)), crisis.line(1), amount=0)
    assert {one.code for one in report.claims} == {"reversal-differs", "already-decided"}
    assert crisis.balances() == BOTH


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
