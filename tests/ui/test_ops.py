# SPDX-License-Identifier: MIT
"""Work goes to threads and its results come back to the window's thread, whatever happens."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.ops import Bug, Canceled, Ops


class Refused(UserFacingError):
    code = "refused-here"


def test_a_write_runs_elsewhere_and_its_result_arrives_here(ops, qtbot):
    here, seen = threading.current_thread(), {}

    def work():
        seen["worker"] = threading.current_thread()
        return 42

    def done(result):
        seen["result"], seen["done"] = result, threading.current_thread()

    ops.run("Count", work, done=done)
    qtbot.waitUntil(lambda: "result" in seen)
    assert seen["result"] == 42
    assert seen["worker"] is not here
    assert seen["done"] is here


def test_writes_never_overlap_and_keep_their_order(ops, qtbot):
    order, inside, overlaps = [], [], []

    def work(i):
        if inside:
            overlaps.append(i)
        inside.append(i)
        order.append(i)
        inside.remove(i)
        return i

    results = []
    for i in range(50):
        ops.run("Step", lambda i=i: work(i), done=results.append)
    qtbot.waitUntil(lambda: len(results) == 50)
    assert order == results == list(range(50))
    assert not overlaps


def test_a_write_is_not_held_up_by_a_server_that_hangs(ops, qtbot):
    gate, results, steps = threading.Event(), [], []

    def wait(told):
        told.step(1, 0)
        return gate.wait(10)

    ops.ask("Ask", wait, done=results.append, progress=lambda done, _: steps.append(done))
    ops.run("Save", lambda: "saved", done=results.append)
    qtbot.waitUntil(lambda: results == ["saved"] and steps == [1])
    assert ops.pending() == ("Ask",)
    gate.set()
    qtbot.waitUntil(lambda: results == ["saved", True])


def test_questions_to_servers_come_one_after_another(ops, qtbot):
    inside, overlaps, results = [], [], []

    def work(number):
        overlaps.extend(inside)
        inside.append(number)
        inside.remove(number)
        return number

    for number in range(20):
        ops.ask("Ask", lambda number=number: work(number), done=results.append)
    qtbot.waitUntil(lambda: results == list(range(20)))
    assert overlaps == []


def test_a_read_is_not_held_up_by_a_long_write(ops, qtbot):
    gate, results = threading.Event(), []
    ops.run("Long", lambda: gate.wait(60))
    ops.read(lambda _db: "read", results.append)
    qtbot.waitUntil(lambda: results == ["read"])
    assert ops.pending() == ("Long",)
    gate.set()
    qtbot.waitUntil(lambda: ops.pending() == ())


def test_two_reads_run_side_by_side(ops, qtbot):
    both, results = threading.Barrier(2, timeout=60), []
    for _ in range(2):
        ops.read(lambda _db: both.wait() >= 0, results.append)
    qtbot.waitUntil(lambda: results == [True, True])


def test_a_read_is_given_a_session_that_is_closed_after_it(qapp, qtbot):
    log = []

    @contextmanager
    def session():
        log.append("open")
        yield "db"
        log.append("closed")

    ops = Ops(on_error=print, on_bug=print, open_read=session)
    results = []
    ops.read(lambda db: (db, list(log)), results.append)
    qtbot.waitUntil(lambda: bool(results))
    assert results == [("db", ["open"])]
    assert log == ["open", "closed"]
    assert ops.shutdown()


def test_an_error_for_the_user_takes_the_error_door(ops, doors, qtbot):
    def work():
        raise Refused("No. Nothing was changed. Try later.")

    ops.run("Close day", work, done=lambda _r: pytest.fail("there is no result"))
    qtbot.waitUntil(lambda: bool(doors.errors))
    label, error = doors.errors[0]
    assert (label, error.code) == ("Close day", "refused-here")
    assert not doors.bugs


def test_failed_may_show_the_error_itself(ops, doors, qtbot):
    shown = []

    def work():
        raise Refused("Wrong.")

    ops.run("Unlock", work, failed=lambda error: shown.append(error) or True)
    qtbot.waitUntil(lambda: bool(shown))
    qtbot.waitUntil(lambda: ops.pending() == ())
    assert not doors.errors


def test_a_bug_takes_the_bug_door_with_a_reference_found_in_the_log(ops, doors, qtbot, caplog):
    caplog.set_level(logging.ERROR, "mediyn_desktop")

    def work():
        raise KeyError("Alma Moreno")

    ops.run("Close day", work)
    qtbot.waitUntil(lambda: bool(doors.bugs))
    bug = doors.bugs[0]
    assert bug.label == "Close day"
    assert bug.reference in caplog.text
    assert "Nothing was lost" in bug.message
    assert bug.reference in bug.message
    assert "Moreno" not in bug.message
    assert not doors.errors


def test_a_mistake_while_showing_a_result_is_a_bug_too(ops, doors, qtbot):
    def done(_result):
        raise ZeroDivisionError

    ops.run("Show", lambda: 1, done=done)
    qtbot.waitUntil(lambda: bool(doors.bugs))
    assert doors.bugs[0].label == "Show"


def test_progress_arrives_here_and_ends_with_the_last_step(ops, qtbot):
    steps, ended = [], []

    def work(report):
        for i in range(1, 1001):
            report.step(i, 1000)
        return "done"

    ops.run("Import", work, progress=lambda d, t: steps.append((d, t)), done=ended.append)
    qtbot.waitUntil(lambda: bool(ended))
    assert steps[-1] == (1000, 1000)
    assert steps == sorted(steps)


def test_canceling_stops_at_the_next_step_and_shows_nothing(ops, doors, qtbot):
    begun, go, outcome = threading.Event(), threading.Event(), []

    def work(report):
        begun.set()
        go.wait(60)
        report.step(1, 2)
        outcome.append("went on")

    task = ops.run(
        "Import", work, progress=lambda *_: None, failed=outcome.append, done=outcome.append
    )
    assert begun.wait(60)
    task.cancel()
    go.set()
    qtbot.waitUntil(lambda: bool(outcome))
    assert isinstance(outcome[0], Canceled)
    assert "Nothing of it was saved" in outcome[0].message
    assert not doors.errors
    assert not doors.bugs


def test_canceling_work_that_waits_skips_it(ops, qtbot):
    gate, ran = threading.Event(), []
    ops.run("First", lambda: gate.wait(60))
    task = ops.run("Second", lambda: ran.append(1), done=lambda _r: ran.append(2))
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: ops.pending() == ())
    assert ran == []


def test_a_canceled_read_delivers_nothing(ops, qtbot):
    gate, got = threading.Event(), []
    task = ops.read(lambda _db: gate.wait(60), got.append)
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: ops.pending() == ())
    assert got == []


def test_changes_announced_from_a_thread_are_broadcast_here(ops, qtbot):
    seen = []
    ops.changes.connect(lambda what: seen.append((what, threading.current_thread())))
    thread = threading.Thread(target=lambda: ops.announce({"charge"}))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [({"charge"}, threading.current_thread())]


def test_busy_is_said_late_and_taken_back(ops, qtbot):
    gate, said = threading.Event(), []
    ops.busy.connect(said.append)
    ops.run("Close day", lambda: gate.wait(60))
    assert said == []
    qtbot.waitUntil(lambda: said == ["Close day"])
    gate.set()
    qtbot.waitUntil(lambda: said == ["Close day", ""])


def test_quick_work_is_never_busy(ops, qtbot):
    said, results = [], []
    ops._delay.setInterval(60_000)  # quick is what is done before that, however busy the machine
    ops.busy.connect(said.append)
    ops.run("Quick", lambda: 1, done=results.append)
    qtbot.waitUntil(lambda: bool(results))
    assert said == [""]


def test_the_result_for_a_widget_that_is_gone_is_dropped(ops, doors, qtbot):
    class Page(QObject):
        def show_it(self, _result):
            pytest.fail("shown on a deleted page")

    import shiboken6

    page, gate = Page(), threading.Event()
    ops.run("Load", lambda: gate.wait(60), done=page.show_it)
    shiboken6.delete(page)
    gate.set()
    qtbot.waitUntil(lambda: ops.pending() == ())
    assert not doors.bugs


def test_shutdown_finishes_accepted_writes_and_ends_every_thread(qapp):
    ops, written = Ops(on_error=print, on_bug=print), []
    for i in range(5):
        ops.run("Write", lambda i=i: written.append(i), done=lambda _r: pytest.fail("too late"))
    assert ops.shutdown(timeout=60)
    assert written == [0, 1, 2, 3, 4]
    qapp.processEvents()
    ops.run("After", lambda: written.append(99))
    assert written == [0, 1, 2, 3, 4]


def test_a_thread_that_does_not_end_is_told(qapp):
    ops, gate = Ops(on_error=print, on_bug=print), threading.Event()
    ops.run("Stuck", lambda: gate.wait(60))
    assert not ops.shutdown(timeout=0.01)
    gate.set()
    assert ops.shutdown(timeout=60)


def test_bug_has_three_parts():
    assert Bug("Print", "bug-1").message.count(". ") >= 2
