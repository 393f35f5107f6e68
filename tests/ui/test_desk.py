# SPDX-License-Identifier: MIT
"""The whole window on a real practice: unlocked, used, locked, and gone without a trace."""

from __future__ import annotations

import pytest

from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.ui.activity_dialog import ActivityDialog
from mediyn_desktop.ui.start import Desk


@pytest.fixture
def desk(qtbot, folder, passphrase):
    """The window on ``folder``, unlocked."""
    made = Desk(folder)
    made.given = passphrase
    made.begin()
    qtbot.waitUntil(lambda: made.practice is not None, timeout=30_000)
    yield made
    made.end()


def test_the_rest_of_the_program_loads_once_the_first_window_is_painted(qtbot, folder):
    desk = Desk(folder)
    assert not desk.loading
    desk.begin()
    qtbot.waitUntil(lambda: desk.loading)
    desk.front.close()
    desk.end()


def test_unlocking_shows_the_practice_and_its_quiet_status(qtbot, desk):
    line = desk.practice.window.status
    qtbot.waitUntil(lambda: line.texts == ("", "Not backed up yet"))


def test_the_waiting_work_opens_from_the_command_list(qtbot, desk):
    desk.practice.context.actions.run("window.waiting")
    qtbot.waitUntil(lambda: bool(desk.practice.window.findChildren(ActivityDialog)))
    (dialog,) = desk.practice.window.findChildren(ActivityDialog)
    assert dialog.summary == "Nothing is waiting: everything was sent."
    dialog.reject()


def test_locking_closes_the_store_and_asks_again(qtbot, desk, folder, own_key, clock):
    desk.lock()
    assert desk.practice is None
    open_practice(folder, own_key(), clock, GUARDS).close()  # the folder's lock is free
