# SPDX-License-Identifier: MIT
"""Answers that fit no plan: about claims at home, of earlier files, without money, under a number
of another insurer. Each is posted once or waits with its reason; none stops its file.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

import world
from claims.remittances import Clp, era, reversal
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import sending, submission
from mediyn_desktop.claims.answers import FileReport, post_once_more, take_and_act
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.mail_tables import ClaimTransmission
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.states import ClaimState, move
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Store

PAID = (("CO", "45", 6000), ("PR", "3", 2500))
SECOND = "99999"


class Desk:
    """A practice with claims, and the files that come for it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.files = count(1)
        with store.write("t") as uow:
            world.practice(uow)

    def claim(self, ref: str = "c1", *, state: str = "sent", secondary: bool = False) -> str:
        """A claim of 180.00 in ``state``; return its number."""
        with self.store.write("t") as uow:
            owner = world.client(uow, ref, payment_type="in_network")
            world.coverage(uow, owner)
            if secondary:
                payer = Payer(ref="p2", name="Second Plan", payer_id=SECOND)
                uow.session.add(payer)
                uow.session.flush()
                uow.session.add(
                    Coverage(client_id=owner.id, rank=2, payer_id=payer.id, member_id="S1")
                )
                uow.session.flush()
            charge = bill_session(uow, world.session(uow, owner, f"s-{ref}", minutes=55))
            assert isinstance(charge, Charge)
            (claim,) = submission.make_claims(uow, [charge])
            claim.state = state
            return claim.control_number

    def take(self, content: bytes) -> FileReport:
        return take_and_act(self.store, content, f"{next(self.files)}.x12")

    def pay(self, *claims: Clp, **values: object) -> FileReport:
        number = next(self.files)
        values = {"trace": f"EFT{number}", "control": number, **values}
        return self.take(era(*claims, **values))  # type: ignore[arg-type]

    def acknowledge(self, number: str, status: str, *, file: str = "", line: str = "") -> None:
        """A 277CA of an insurer about one claim, and about its line."""
        action = {True: "U", False: "WQ"}
        refused = ("A3", "A4", "A6", "A7", "A8")
        body = [
            "ST*277*0001*005010X214",
            "BHT*0085*08*1*20261118*1200*TH",
            "HL*1**20*1",
            "NM1*PR*2*PLAN*****PI*12345",
            "TRN*1*A1",
            "HL*2*1*21*1",
            "NM1*41*2*PRACTICE*****46*1234567893",
            f"TRN*2*{file or 'ELSEWHERE'}",
            "HL*3*2*19*1",
            "NM1*85*2*PRACTICE*****XX*1234567893",
            "HL*4*3*PT",
            "NM1*QC*1*SAMPLE*ANA****MI*XYZ123456",
            f"TRN*2*{number}",
            f"STC*{status}*20261118*{action[status[:2] in refused]}*180",
        ]
        if line:
            body += ["SVC*HC:90837*180", f"STC*{line}*20261118*{action[line[:2] in refused]}*180"]
        control = next(self.files)
        rows = [
            "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PROVIDER       "
            f"*261118*1200*^*00501*{control:09d}*0*P*:",
            f"GS*HN*PAYER*PROVIDER*20261118*1200*{control}*X*005010X214",
            *body,
            f"SE*{len(body) + 1}*0001",
            f"GE*1*{control}",
            f"IEA*1*{control:09d}",
        ]
        self.take(("~".join(rows) + "~").encode("ascii"))

    def state(self, rank: int = 1) -> str:
        with self.store.read() as read:
            return read.session.scalars(select(Claim.state).where(Claim.rank == rank)).one()

    def number(self, rank: int) -> str:
        with self.store.read() as read:
            query = select(Claim.control_number).where(Claim.rank == rank)
            return read.session.scalars(query).one()

    def balances(self) -> dict[str, int]:
        with self.store.read() as read:
            assert queries.disagreements(read) == []
            return {name: cents for name, cents in queries.account_balances(read).items() if cents}

    def tasks(self) -> list[tuple[str, int]]:
        with self.store.read() as read:
            rows = read.session.scalars(select(ClaimTask).where(ClaimTask.closed_at.is_(None)))
            return [(row.kind, row.amount_cents) for row in rows]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def out(desk: Desk, folder: Path) -> tuple[str, str]:
    """Send one claim; return its number and that of its file."""
    number = desk.claim(state="ready")
    with desk.store.write("t") as uow:
        submission.queue_claims(uow, list(uow.session.scalars(select(Claim))))
    (sent,) = sending.export_claims(desk.store, folder)
    return number, sent.file.read_text("ascii").split("*00501*")[1][:9]


@pytest.mark.parametrize("state", ["blocked", "ready", "queued", "rejected", "withdrawn"])
def test_an_insurer_pays_a_claim_that_nobody_remembers_sending(desk: Desk, state: str) -> None:
    number = desk.claim(state=state)
    assert desk.pay(Clp(number, 18000, 9500, PAID)).status == "posted"
    assert desk.state() == ("withdrawn" if state == "withdrawn" else "paid")
    assert desk.balances()["Assets:Bank"] == 9500
    with desk.store.write("t") as uow:
        undo_payment(uow, 1)
    expected = {"withdrawn": "withdrawn", "rejected": "rejected"}.get(state, "accepted")
    assert desk.state() == expected, "what an insurer answered is not sent once more"


def test_undoing_a_held_answer_leaves_the_claim_where_it_is_by_now(desk: Desk) -> None:
    number = desk.claim(state="ready")
    desk.pay(Clp(number, 10000, 4000, [("CO", "45", 6000)]))
    with desk.store.write("t") as uow:
        claim = uow.session.scalars(select(Claim)).one()
        move(uow, claim, ClaimState.QUEUED, "t")
        move(uow, claim, ClaimState.SENT, "t")
    with desk.store.write("t") as uow:
        undo_payment(uow, 1)
    assert desk.state() == "sent"


def test_an_answer_settles_that_a_file_in_doubt_arrived(desk: Desk, tmp_path: Path) -> None:
    number, file = out(desk, tmp_path)
    with desk.store.write("t") as uow:
        uow.session.scalars(select(Claim)).one().state = ClaimState.QUEUED
        uow.session.get_one(ClaimTransmission, int(file)).state = HandOver.UNKNOWN
    desk.pay(Clp(number, 18000, 9500, PAID))
    assert desk.state() == "paid"
    with desk.store.read() as read:
        assert read.session.get_one(ClaimTransmission, int(file)).state == HandOver.SENT


def test_an_answer_about_an_earlier_file_does_not_move_a_claim_sent_again(
    desk: Desk, tmp_path: Path
) -> None:
    number, file = out(desk, tmp_path)
    desk.acknowledge(number, "A3:21", file=file)
    with desk.store.write("t") as uow:
        assert sending.queue_rejected(uow, uow.session.scalars(select(Claim)).one()) is not None
    for status in ("A2:20", "A7:21"):  # late, again, or without the file's number
        desk.acknowledge(number, status, file=file)
        desk.acknowledge(number, status)
        assert desk.state() == "queued"
    sending.export_claims(desk.store, tmp_path)
    desk.acknowledge(number, "A7:21", file=file)
    assert desk.state() == "sent"
    assert desk.tasks() == []


def test_a_refused_line_refuses_its_claim(desk: Desk, tmp_path: Path) -> None:
    number, file = out(desk, tmp_path)
    desk.acknowledge(number, "A1:19", file=file, line="A7:507")
    assert desk.state() == "rejected"
    assert desk.tasks() == [("rejected", 18000)]
    with desk.store.read() as read:
        text = read.session.scalars(select(ClaimTask.text)).one()
    assert text.startswith(
        "Refused by the insurer: rejected, something is invalid: procedure code set (A1:19, A7:507)"
    )


@pytest.mark.parametrize("status", ["23", "25"])
def test_money_for_what_was_not_decided_waits_and_still_ties(desk: Desk, status: str) -> None:
    report = desk.pay(Clp(desk.claim(), 18000, 9500, PAID, status=status))
    assert [one.code for one in report.claims] == ["paid-undecided"]
    assert desk.balances()["Assets:Bank"] == 9500
    assert desk.tasks() == [("held", 9500)]


def test_remittances_without_money_are_told_apart_by_what_they_decide(desk: Desk) -> None:
    denied = Clp(desk.claim("c1"), 18000, 0, [("CO", "29", 18000)])
    other = Clp(desk.claim("c2"), 18000, 0, [("CO", "97", 18000)], payer_number="ICN2")
    same = {"trace": "NO PAYMENT"}
    assert desk.pay(denied, **same).claims[0].status == "denied"
    assert desk.pay(other, **same).claims[0].status == "denied"
    assert desk.pay(other, **same).status == "duplicate"
    assert desk.tasks() == [("denied", 18000), ("denied", 18000)]


def test_the_second_insurer_may_call_itself_the_first(desk: Desk) -> None:
    number = desk.claim(secondary=True)
    desk.pay(Clp(number, 18000, 9600, [("CO", "45", 6000), ("PR", "2", 2400)]))
    with desk.store.write("t") as uow:
        uow.session.scalars(select(Claim).where(Claim.rank == 2)).one().state = ClaimState.SENT
    answer = Clp(desk.number(2), 18000, 2400, [("OA", "23", 15600)], payer_number="S9")
    assert desk.pay(answer, payer_id=SECOND).status == "posted"
    assert desk.state(2) == "paid"
    assert "Assets:Receivable:Payer:p2" not in desk.balances()


def test_a_second_insurer_takes_back_under_the_number_it_was_passed(desk: Desk) -> None:
    number = desk.claim(secondary=True)
    first = [("CO", "45", 6000), ("PR", "2", 2400)]
    desk.pay(Clp(number, 18000, 9600, first, status="19"))
    second = Clp(number, 18000, 2400, [("OA", "23", 15600)], status="2", payer_number="S9")
    desk.pay(second, payer_id=SECOND)
    corrected = replace(second, paid=2000, adjustments=[("OA", "23", 15600), ("PR", "3", 400)])
    repaid = [("WO", "S9", -400)]
    assert desk.pay(reversal(second), corrected, plb=repaid, payer_id=SECOND).status == "posted"
    assert desk.balances()["Assets:Receivable:Client:c1"] == 400
    assert desk.tasks() == []


def test_what_another_insurer_is_said_to_have_paid_and_did_not_is_asked_about(desk: Desk) -> None:
    desk.pay(Clp(desk.claim(), 18000, 2000, [("OA", "23", 16000)], status="3"))
    assert desk.tasks() == [("part", 16000)]


def test_what_an_answer_leaves_open_is_asked_about(desk: Desk) -> None:
    number = desk.claim(secondary=True)
    desk.pay(Clp(number, 18000, 9600, [("CO", "45", 6000), ("PR", "2", 2400)]))
    with desk.store.write("t") as uow:
        uow.session.scalars(select(Claim).where(Claim.rank == 2)).one().state = ClaimState.SENT
    too_much = Clp(desk.number(2), 18000, 2000, [("OA", "23", 16000)], status="2")
    report = desk.pay(too_much, payer_id=SECOND)
    assert report.needs_you
    assert desk.balances()["Assets:Receivable:Payer:p2"] == 400
    assert desk.tasks() == [("part", 400)]


def test_a_number_may_come_back_filled_up_or_in_small_letters(desk: Desk) -> None:
    filled = Clp(f"000{desk.claim('c1').lower()}", 18000, 9500, PAID)
    assert desk.pay(filled).status == "posted"


def test_an_adjustment_of_nothing_waits_for_nobody(desk: Desk) -> None:
    report = desk.pay(Clp(desk.claim(), 18000, 9500, [*PAID, ("CO", "A1", 0)]))
    assert not report.needs_you


def test_an_amount_that_is_said_not_to_move_is_told(desk: Desk) -> None:
    content = era(Clp(desk.claim(), 18000, 9500, PAID)).replace(b"BPR*I*", b"BPR*H*")
    report = desk.take(content)
    assert any("no money moves" in flaw for flaw in report.flaws)


def group_answer(number: str, verdict: str) -> bytes:
    rows = [
        "ISA*00*          *00*          *ZZ*CLEAR          *ZZ*PROVIDER       "
        "*261118*1200*^*00501*000000001*0*P*:",
        "GS*FA*CLEAR*PROVIDER*20261118*1200*1*X*005010X231A1",
        "ST*999*0001*005010X231A1",
        f"AK1*HC*{int(number)}*005010X222A1",
        f"AK9*{verdict}*1*1*1",
        "SE*4*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return ("~".join(rows) + "~").encode("ascii")


def test_an_answer_about_a_file_of_somebody_else_says_so(desk: Desk, tmp_path: Path) -> None:
    _, file = out(desk, tmp_path)
    stranger = desk.take(group_answer("12345", "R"))
    assert stranger.flaws == ["It answers a file with the number 12345, which is not yours."]
    assert desk.state() == "sent"
    own = desk.take(group_answer(file, "E"))
    assert own.flaws == []
    assert "faults noted" in (own.claims[0].reason or "")


def test_a_whole_file_ends_the_wait_for_one_that_came_damaged(desk: Desk) -> None:
    whole = era(Clp(desk.claim(), 18000, 9500, PAID))
    assert desk.take(whole[:-40]).status == "held"
    assert desk.tasks() == [("payment_held", 9500)]
    assert desk.take(whole).status == "posted"
    assert desk.tasks() == []
    assert desk.balances()["Assets:Bank"] == 9500


def test_one_deposit_told_twice_with_another_date_waits_and_touches_no_bank(desk: Desk) -> None:
    number = desk.claim()
    paid = Clp(number, 18000, 9500, PAID)
    assert desk.pay(paid, trace="EFT7").payments[0].status == "posted"
    before = desk.balances()
    (told,) = desk.pay(paid, trace="EFT7", on=date(2026, 11, 19)).payments
    assert told.status == "held"
    assert "under the same number" in told.message
    assert desk.balances() == before
    assert desk.tasks() == [("payment_held", 9500)]
    # Somebody who compared it with the bank says that it is another.
    assert told.payment is not None
    with desk.store.write("t") as uow:
        report = post_once_more(uow, told.payment)
    assert report.status == "partly_posted"
    assert desk.balances()["Assets:Bank"] == before["Assets:Bank"] + 9500


def test_the_same_number_of_another_insurer_or_amount_is_another_payment(desk: Desk) -> None:
    first, second = desk.claim("c1"), desk.claim("c2")
    desk.pay(Clp(first, 18000, 9500, PAID), trace="EFT7")
    other = Clp(second, 18000, 9000, (("CO", "45", 6500), ("PR", "3", 2500)))
    assert desk.pay(other, trace="EFT7", on=date(2026, 11, 19)).payments[0].status == "posted"


def test_the_same_envelope_about_other_claims_is_no_duplicate(desk: Desk) -> None:
    first, second = desk.claim("c1"), desk.claim("c2")
    desk.pay(Clp(first, 18000, 9500, PAID), trace="EFT7")
    (told,) = desk.pay(Clp(second, 18000, 9500, PAID), trace="EFT7").payments
    assert told.status == "held"
    assert desk.tasks() == [("payment_held", 9500)]
