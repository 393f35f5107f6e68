# SPDX-License-Identifier: MIT
"""Fixtures for tests of the window: offscreen, themed, and nothing left running."""

from __future__ import annotations

import gc
import os
import threading
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool, QTimer

from cards.purse import Purse
from cards.till import Till
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.ui.ops import Ops
from mediyn_desktop.ui.theme.build import Scheme, Theme

PATIENCE_MS = 60_000

# The offscreen platform says this whenever a dialog is shown; a real screen does not.
_OFFSCREEN = r"This plugin does not support"


def pytest_collection_modifyitems(items):
    """Ignore what only the offscreen platform complains about."""
    for item in items:
        if "tests/ui/" in item.nodeid.replace(os.sep, "/"):
            item.add_marker(pytest.mark.qt_log_ignore(_OFFSCREEN))


@pytest.fixture(scope="session")
def qapp_args():
    """What ``make_app`` passes on."""
    return ["mediyn", "-style", "fusion"]


@pytest.fixture(scope="session")
def theme(qapp):
    """The theme, once for all tests."""
    return Theme(qapp, Scheme.LIGHT)


def _running() -> list[str]:
    """Timers and threads that run, of all objects that are not frozen."""
    found = []
    for thing in gc.get_objects():
        if not issubclass(type(thing), QObject) or not shiboken6.isValid(thing):
            continue
        if isinstance(thing, QTimer) and thing.isActive():
            found.append(f"timer of {type(thing.parent()).__name__}")
        if isinstance(thing, QThread) and thing.isRunning():
            found.append(f"thread {thing}")
    return found


@pytest.fixture
def qtbot(qtbot, monkeypatch):
    """As pytest-qt's, with the patience a busy machine needs: what comes ends the wait at once."""
    for wait in ("waitUntil", "waitSignal", "waitSignals"):
        monkeypatch.setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture(autouse=True)
def nothing_left_running(qapp, theme):
    """Fail a test that leaves a thread or a timer; widgets given to qtbot are closed first."""
    threads = set(threading.enumerate())
    # What was there before is left out of every look at memory: a process that ran thousands of
    # tests holds millions of objects.
    gc.freeze()
    try:
        yield
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = [thread.name for thread in threading.enumerate() if thread not in threads]
        # Qt's own main thread shows up as a foreign thread while a signal is being delivered.
        left = [name for name in left if not name.startswith("Dummy")]
        assert not left, f"threads left running: {left}"
        assert QThreadPool.globalInstance().activeThreadCount() == 0
        still = _running()
        assert not still, f"left running: {still}"
    finally:
        gc.collect()  # only of this test: the next one must not freeze its remains
        gc.unfreeze()


class Doors:
    """Collects what the runner would show to the user."""

    def __init__(self) -> None:
        self.errors: list = []
        self.bugs: list = []


@pytest.fixture
def doors():
    """Where errors and bugs of ``ops`` end up."""
    return Doors()


@pytest.fixture
def ops(qapp, doors):
    """A runner that is shut down after the test."""
    made = Ops(
        on_error=lambda label, error: doors.errors.append((label, error)), on_bug=doors.bugs.append
    )
    yield made
    assert made.shutdown(timeout=60)


@pytest.fixture
def till(folder, own_key, clock, monkeypatch):
    """A practice that charges cards, with its processor on loopback."""
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (10, 20))
    with CardProcessor(clock=clock, auto_seed=True) as processor:
        one = Till(folder, own_key, clock, processor)
        yield one
        one.close()


@pytest.fixture
def purse(till):
    """The till with the processor's other side: refunds, disputes, payouts, links."""
    one = Purse(till)
    yield one
    one.close()
