# SPDX-License-Identifier: MIT
"""A claim nobody answers is seen in time, once, and only until an answer comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from claims.remittances import Clp
from claims.test_acknowledging import Send, answer, read_999, send
from claims.test_posting import BILLED, Practice, practice
from mediyn_desktop import app
from mediyn_desktop.claims import submission, working
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.following import claim_by_number
from mediyn_desktop.claims.silence import NotLost, send_lost_again, watch_for_silence
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.tasks import Ended, Task
from mediyn_desktop.claims.worklist import worklist
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.jobs.due import Outcome, run_job
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.reports.alert_names import named_alerts
from mediyn_desktop.reports.alerts import alerts

__all__ = ["practice", "send"]


@pytest.fixture
def handed(practice: Practice, send: Send) -> tuple[str, int]:
    """A claim whose file was handed over now: its number and its file."""
    (number,), file = send("c1")
    with practice.store.write("t") as uow:
        uow.session.get_one(ClaimSubmission, file).handed_over_at = uow.now
    return number, file


def after(clock: FixedClock, practice: Practice, days: int) -> list[tuple[str, str]]:
    """Look ``days`` later; return the open tasks, kind and reason."""
    clock.advance(timedelta(days=days))
    with practice.store.write("t") as uow:
        watch_for_silence(uow)
    return [(kind, reason) for kind, reason, _ in practice.tasks()]


def kinds(practice: Practice) -> set[str]:
    with practice.store.read() as read:
        return {one.kind for one in alerts(read)}


def test_each_answer_is_missed_in_its_turn_and_one_task_says_which(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    _, file = handed
    assert after(clock, practice, 2) == []
    assert "claim-silent" not in kinds(practice)
    assert after(clock, practice, 1) == [("silent", "999")]
    assert after(clock, practice, 0) == [("silent", "999")]
    assert "claim-silent" in kinds(practice)
    answer(practice, read_999(file, "A"))
    assert practice.tasks() == []
    assert after(clock, practice, 2) == []
    assert after(clock, practice, 1) == [("silent", "277CA")]
    assert after(clock, practice, 25) == [("silent", "835")]
    assert {"claim-unpaid"} <= kinds(practice)
    assert "claim-silent" not in kinds(practice)


def test_a_claim_with_the_insurers_number_was_taken(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    number, file = handed
    answer(practice, read_999(file, "A"))
    with practice.store.write("t") as uow:
        claim_by_number(uow, number).payer_number = "ICN1"
    assert after(clock, practice, 30) == []
    assert after(clock, practice, 1) == [("silent", "835")]


def test_the_decision_is_awaited_as_long_as_the_payer_takes(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    number, _ = handed
    with practice.store.write("t") as uow:
        uow.session.query(Payer).one().expected_payment_days = 45
        working.get_claim(uow, number).state = ClaimState.ACCEPTED
    assert after(clock, practice, 45) == []
    assert after(clock, practice, 1) == [("silent", "835")]
    with practice.store.read() as read:
        (item,) = worklist(read)
        assert "46 days" in item.text
        assert "within 45" in item.text
        assert item.amount_cents == BILLED
    practice.post(Clp(number, BILLED, 12000, [("CO", "45", 6000)]))
    assert practice.tasks() == []
    assert after(clock, practice, 100) == []
    with practice.store.read() as read:
        (task,) = read.session.query(ClaimTask).all()
        assert task.ended_as == Ended.ANSWERED


def test_an_answer_that_is_held_is_no_silence(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    number, _ = handed
    assert after(clock, practice, 3) == [("silent", "999")]
    practice.post(Clp(number, BILLED, 12000, [("CO", "45", 5900)]), amount=12000)
    assert [kind for kind, _, _ in practice.tasks()] == [Task.HELD]
    assert after(clock, practice, 60) == [("held", "")]
    assert "remittance-held" in kinds(practice)


def test_a_refusal_takes_the_place_of_silence(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    _, file = handed
    after(clock, practice, 3)
    answer(practice, read_999(file, "R"))
    assert [kind for kind, _, _ in practice.tasks()] == [Task.REJECTED]
    assert after(clock, practice, 60) == [("rejected", "")]
    assert "claim-rejected" in kinds(practice)


def test_what_was_dismissed_comes_back_after_as_long_again(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    after(clock, practice, 3)
    with practice.store.write("t") as uow:
        (item,) = worklist(uow)
        working.dismiss(uow, item.task, note="They are looking for it")
    assert after(clock, practice, 2) == []
    assert after(clock, practice, 1) == [("silent", "999")]


def test_a_claim_under_appeal_is_counted_from_the_appeal(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    number, _ = handed
    practice.post(Clp(number, BILLED, 0, [("CO", "50", BILLED)], status="4"))
    clock.advance(timedelta(days=40))
    assert "claim-denied" in kinds(practice)
    with practice.store.write("t") as uow:
        working.appeal(uow, number, note="Letter")
    assert "claim-denied" not in kinds(practice)
    assert after(clock, practice, 30) == []
    assert after(clock, practice, 1) == [("silent", "835")]


def test_a_lost_claim_goes_again_as_never_filed_once_somebody_was_asked(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    number, file = handed
    after(clock, practice, 3)
    with practice.store.write("t") as uow, pytest.raises(NotLost, match="who told you"):
        send_lost_again(uow, number, note=" ")
    with practice.store.write("t") as uow:
        again = send_lost_again(uow, number, note="Blue Plan, by telephone today")
        assert (again.state, again.frequency) == ("queued", "1")
        written = submission.write_submission(uow)
        assert written is not None
        assert written.id != file
    assert practice.tasks() == []
    with practice.store.write("t") as uow, pytest.raises(NotLost, match="does not wait"):
        send_lost_again(uow, number, note="once more")


def test_the_job_watches_only_where_something_was_sent(
    practice: Practice, handed: tuple[str, int], clock: FixedClock
) -> None:
    (job,) = (one for one in app.jobs() if one.name == "silence")
    clock.advance(timedelta(days=3))
    with practice.store.read() as read:
        assert job.waiting(read) == 1
    assert run_job(practice.store, job) == Outcome()
    assert [kind for kind, _, _ in practice.tasks()] == [Task.SILENT]
    practice.post(Clp(handed[0], BILLED, 12000, [("CO", "45", 6000)]))
    with practice.store.read() as read:
        assert job.waiting(read) == 0


def test_a_payment_held_whole_names_its_insurer(practice: Practice) -> None:
    number = practice.claim()
    good = Clp(number, BILLED, 12000, [("CO", "45", 6000)])
    practice.post(good, amount=11900)
    with practice.store.read() as read:
        (held,) = (one for one in named_alerts(read) if one.alert.kind == "remittance-held")
        assert (held.alert.ref, held.alert.amount_cents) == ("1", 11900)
        assert held.client_ref == ""
        assert held.client_name


def test_a_balance_that_came_by_an_answer_is_new_until_it_is_paid_or_old(
    practice: Practice, clock: FixedClock
) -> None:
    number = practice.claim()
    practice.post(Clp(number, BILLED, 9500, [("CO", "45", 6000), ("PR", "3", 2500)]))
    with practice.store.read() as read:
        (new,) = (one for one in alerts(read) if one.kind == "balance-new")
        assert (new.ref, new.amount_cents) == ("c1", 2500)
    clock.advance(timedelta(days=15))
    assert "balance-new" not in kinds(practice)


def test_a_balance_already_paid_in_advance_is_not_new(practice: Practice) -> None:
    number = practice.claim()
    practice.prepay("c1", 2500)
    practice.post(Clp(number, BILLED, 9500, [("CO", "45", 6000), ("PR", "3", 2500)]))
    assert "balance-new" not in kinds(practice)
