# SPDX-License-Identifier: MIT
"""Acknowledgements move claims on, send refused ones back, and change nothing that is decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from claims.test_posting import Practice, deductible, practice
from mediyn_desktop.claims import submission, working
from mediyn_desktop.claims.answers import FileReport, rehearse, take_and_act
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ClaimSubmission
from mediyn_desktop.claims.tasks import Task

__all__ = ["practice"]

Send = Callable[..., tuple[list[str], int]]


@pytest.fixture
def send(practice: Practice) -> Send:
    """Return a function that sends the claims of new clients in one file: numbers and file id."""

    def go(*refs: str) -> tuple[list[str], int]:
        numbers = [practice.claim(ref) for ref in refs]
        with practice.store.write("t") as uow:
            claims = [working.get_claim(uow, number) for number in numbers]
            for claim in claims:
                claim.state = ClaimState.QUEUED
            file = submission.write_submission(uow)
            assert isinstance(file, ClaimSubmission)
            for claim in claims:
                claim.state = ClaimState.SENT
            return numbers, file.id

    return go


def answer(practice: Practice, text: str, name: str = "answer") -> FileReport:
    return take_and_act(practice.store, text.encode("ascii"), name)


def envelope(*rows: str, control: int = 7, function: str = "FA", version: str = "") -> str:
    return "~\n".join(
        [
            "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*1234567893     *261123*2200*^"
            f"*00501*{control:09d}*0*P*:",
            f"GS*{function}*CLEARINGHOUSE*1234567893*20261123*2200*{control}*X*{version}",
            *rows,
            f"GE*1*{control}",
            f"IEA*1*{control:09d}",
            "",
        ]
    )


def read_999(file: int, verdict: str, *errors: str, group: str | None = None) -> str:
    body = [
        f"AK1*HC*{file}*005010X222A1",
        "AK2*837*0001*005010X222A1",
        *errors,
        f"IK5*{verdict}",
        f"AK9*{group or verdict}*1*1*{int(verdict in 'AE')}",
    ]
    rows = ["ST*999*0001*005010X231A1", *body, f"SE*{len(body) + 2}*0001"]
    return envelope(*rows, version="005010X231A1")


def states(practice: Practice) -> list[str]:
    with practice.store.read() as read:
        return list(read.session.scalars(select(Claim.state).order_by(Claim.id)))


def test_a_file_that_was_read_is_received(practice: Practice, send: Send) -> None:
    _, file = send("c1", "c2")
    report = answer(practice, read_999(file, "A"))
    assert (report.kind, report.status) == ("999", "read")
    assert [one.status for one in report.claims] == ["received", "received"]
    assert states(practice) == [ClaimState.RECEIVED] * 2


def test_a_refused_set_goes_back_whole_and_names_the_claim_at_fault(
    practice: Practice, send: Send
) -> None:
    numbers, file = send("c1", "c2")
    with practice.store.read() as read:
        content = read.session.get_one(ClaimSubmission, file).content.decode("ascii")
    rows = [row.strip() for row in content.split("~")]
    first = rows.index(next(row for row in rows if row.startswith("ST*")))
    at = next(i for i, row in enumerate(rows) if row.startswith(f"CLM*{numbers[1]}")) - first + 2
    report = answer(practice, read_999(file, "R", f"IK3*HI*{at}*2300*8", "IK4*1*1271*7"))
    assert states(practice) == [ClaimState.REJECTED] * 2
    reasons = {one.control_number: one.reason or "" for one in report.claims}
    assert "in this claim (999 HI 8)" in reasons[numbers[1]]
    assert "another claim" in reasons[numbers[0]]
    assert [kind for kind, _, _ in practice.tasks()] == [Task.REJECTED] * 2


def test_a_refused_claim_is_sent_again_as_never_filed(practice: Practice, send: Send) -> None:
    (number,), file = send("c1")
    answer(practice, read_999(file, "R"))
    with practice.store.write("t") as uow:
        again = working.resend(uow, number)
        assert (again.state, again.frequency, again.control_number) == ("queued", "1", number)
        second = submission.write_submission(uow)
        assert isinstance(second, ClaimSubmission)
        assert second.id != file
    assert practice.tasks() == []
    # The answer to the first file comes again: the second one is another file.
    answer(practice, read_999(file, "R").replace("000000007", "000000008"))
    assert states(practice) == [ClaimState.QUEUED]


def test_a_refused_envelope_refuses_every_claim_of_the_file(practice: Practice, send: Send) -> None:
    _, file = send("c1", "c2")
    text = envelope().replace("GS*FA", f"TA1*{file:09d}*261123*2200*R*006~\nGS*FA")
    report = answer(practice, text)
    assert report.kind.startswith("TA1")
    assert states(practice) == [ClaimState.REJECTED] * 2


def test_what_is_decided_is_not_refused_by_a_late_answer(practice: Practice, send: Send) -> None:
    (number,), file = send("c1")
    practice.post(deductible(number))
    answer(practice, read_999(file, "R"))
    assert states(practice) == [ClaimState.PAID]
    with practice.store.read() as read:
        last = read.session.scalars(select(ClaimEvent).order_by(ClaimEvent.id.desc())).first()
        assert last is not None
        assert "refused" in last.text


def test_an_answer_about_somebody_elses_file_changes_nothing(
    practice: Practice, send: Send
) -> None:
    send("c1")
    report = answer(practice, read_999(4711, "R"))
    assert (report.claims, states(practice)) == ([], [ClaimState.SENT])


def test_the_same_bytes_are_acted_on_once(practice: Practice, send: Send) -> None:
    _, file = send("c1")
    answer(practice, read_999(file, "A"), "first")
    again = answer(practice, read_999(file, "A"), "second")
    assert (again.status, again.duplicate_of) == ("duplicate", "first")


def test_a_rehearsal_changes_nothing(practice: Practice, send: Send) -> None:
    _, file = send("c1")
    content = read_999(file, "A").encode("ascii")
    (report,) = rehearse(practice.store, [(content, "answer")])
    assert [one.status for one in report.claims] == ["received"]
    assert states(practice) == [ClaimState.SENT]
    assert take_and_act(practice.store, content, "answer").status == "read"
