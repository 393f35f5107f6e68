# SPDX-License-Identifier: MIT
"""What waits is sent by itself, the status line says so, and a dialog tells the rest."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from accessibility import assert_accessible
from desk import context

from mediyn_desktop import app as program
from mediyn_desktop.jobs.due import Job, JobState, Outcome, run_job, status_of
from mediyn_desktop.ui.activity_dialog import ActivityDialog
from mediyn_desktop.ui.background import Background
from mediyn_desktop.ui.status import connection_text, status

ZONE = ZoneInfo("America/New_York")


class Work:
    """A job for charges with an outcome the test decides."""

    def __init__(self, name="cards"):
        self.waiting, self.outcome, self.runs = 2, Outcome(), 0
        self.job = Job(
            name,
            "Sending waiting charges",
            timedelta(minutes=5),
            lambda _: self.waiting,
            self._run,
        )

    def _run(self, _store):
        self.runs += 1
        return self.outcome


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def background(work, store, ops, doors):
    made = Background(context(store, ops), [work.job])
    yield made
    made.stop()
    assert doors.bugs == []


def line(store, work, *, offline=False):
    with store.read() as read:
        return connection_text(status(read, [work.job]).jobs, offline=offline)


def test_what_is_due_is_run_once_and_then_left_alone(qtbot, background, work, ops):
    background.look()
    qtbot.waitUntil(lambda: work.runs == 1 and not ops.pending())
    background.look()
    qtbot.waitUntil(lambda: not ops.pending())
    assert work.runs == 1


def test_trying_now_does_not_wait_for_the_next_turn(qtbot, background, work, ops):
    background.look()
    qtbot.waitUntil(lambda: work.runs == 1 and not ops.pending())
    background.run_waiting()
    qtbot.waitUntil(lambda: work.runs == 2 and not ops.pending())


def test_work_that_waits_for_a_server_is_in_the_way_of_no_write(qtbot, store, ops, doors):
    reached, go, saved = threading.Event(), threading.Event(), []

    def hang(_store):
        reached.set()
        assert go.wait(60)
        return Outcome()

    work = Work()
    job = replace(work.job, run=hang, beside=True)
    here = context(store, ops)
    background = Background(here, [job])
    background.look()
    qtbot.waitUntil(reached.is_set)
    here.write("Save something", lambda uow: uow.today, done=saved.append)
    qtbot.waitUntil(lambda: bool(saved))
    assert ops.pending() == (job.label,)
    go.set()
    qtbot.waitUntil(lambda: not ops.pending())
    background.stop()
    assert doors.bugs == []


def test_the_cards_jobs_go_on_beside_the_windows_writes():
    assert {one.name for one in program.jobs() if one.beside} == {"cards", "card-news"}


def test_background_work_steps_back_while_the_user_works(qtbot, background, work, ops):
    ops.run("Close the day", lambda: None)
    background.look()  # asked while the day is being closed
    qtbot.waitUntil(lambda: not ops.pending())
    assert work.runs == 0


def test_screens_are_told_when_background_work_ends(qtbot, background, ops):
    with qtbot.waitSignal(ops.changes) as told:
        background.look()
    assert "job" in told.args[0].kinds()


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (JobState.DONE, "2 charges waiting"),
        (JobState.OFFLINE, "Offline · 2 charges waiting"),
        (JobState.ATTENTION, "2 charges waiting · needs you"),
    ],
)
def test_the_status_line_says_how_the_last_try_ended(
    qtbot, background, work, store, ops, state, says
):
    work.outcome = Outcome(state, "A sentence.")
    background.look()
    qtbot.waitUntil(lambda: work.runs == 1 and not ops.pending())
    assert line(store, work) == says


def test_nothing_waiting_is_said_by_nothing(store, work):
    work.waiting = 0
    assert line(store, work) == ""
    assert line(store, work, offline=True) == "Offline"


def test_the_dialog_tells_why_and_when_and_offers_to_try(qtbot, store, work, theme):
    tried = []
    with store.read() as read:
        dialog = ActivityDialog(status_of(read, [work.job]), ZONE, lambda: tried.append(1))
    qtbot.addWidget(dialog)
    dialog.show()
    assert_accessible(dialog)
    dialog.try_button.click()
    assert tried == [1]
    assert not dialog.isVisible()


def test_the_dialog_offers_nothing_when_nothing_waits(qtbot, theme):
    dialog = ActivityDialog([], ZONE, lambda: None)
    qtbot.addWidget(dialog)
    assert dialog.summary == "Nothing is waiting: everything was sent."
    assert not hasattr(dialog, "try_button")


def test_a_job_that_only_keeps_watch_is_not_counted(store):
    watching = Job("silence", "Watching", timedelta(hours=6), lambda _: 1, lambda _: Outcome())
    with store.read() as read:
        assert status(read, [watching]).jobs == ()
    trouble = Outcome(JobState.ATTENTION, "It could not be read.")
    run_job(store, Job("silence", "Watching", timedelta(hours=6), lambda _: 1, lambda _: trouble))
    with store.read() as read:
        now = status(read, [watching])
    assert [one.message for one in now.jobs] == ["It could not be read."]
    assert connection_text(now.jobs, offline=False) == "needs you"


def test_every_job_of_the_program_can_be_told_and_watching_in_peace_is_not(store):
    jobs = program.jobs()
    told = {}
    for job in jobs:
        waits = replace(job, waiting=lambda _: 1)
        with store.read() as read:
            told[job.name] = connection_text(status(read, [waits]).jobs, offline=False)
    assert told == {
        "cards": "1 charge waiting",
        "card-news": "1 refund waiting",
        "eligibility": "1 coverage question waiting",
        "claims": "1 claim waiting",
        "answers": "",
        "silence": "",
    }


def test_jobs_are_run_by_name_when_something_happened(qtbot, background, work, ops):
    background.run_named("claims")
    background.run_named("cards")
    qtbot.waitUntil(lambda: work.runs == 1 and not ops.pending())
