# SPDX-License-Identifier: MIT
"""The whole window on a real practice: unlocked, used, locked, and gone without a trace."""

from __future__ import annotations

import pytest

from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.ui.activity_dialog import ActivityDialog
from mediyn_desktop.ui.context import Changed
from mediyn_desktop.ui.screens.cards import CardsScreen
from mediyn_desktop.ui.start import Desk
from mediyn_desktop.ui.widgets.buttons import Button


@pytest.fixture
def desk(qtbot, folder, passphrase):
    """The window on ``folder``, unlocked."""
    made = Desk(folder)
    made.given = passphrase
    made.begin()
    qtbot.waitUntil(lambda: made.practice is not None)
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


def test_a_freeze_stands_in_the_status_line_and_leads_to_the_comparison(qtbot, desk):
    practice = desk.practice
    with practice.context.store.write("t") as uow:
        uow.session.add(CardFreeze(id=1, code="behind", reason="r", since=uow.now))
        uow.changed("card_freeze", 1)
    practice.ops.announce(Changed(frozenset({"card_freeze"})))
    line = practice.window.status
    qtbot.waitUntil(lambda: line.cards == "Charging is frozen")
    (button,) = [one for one in line.findChildren(Button) if one.accessibleName() == line.cards]
    button.click()
    screen = practice.window.current
    assert isinstance(screen, CardsScreen)
    assert screen.tabs.current == "Comparison"
    qtbot.waitUntil(lambda: screen.comparison.standing.status.word == "Charging is frozen")


def test_ctrl_6_goes_to_the_cards_and_each_page_is_in_the_palette(qtbot, desk):
    actions = desk.practice.context.actions
    assert actions["go.cards"].shortcut == "Ctrl+6"
    actions.run("go.cards")
    for title in ("Charges", "Comparison", "Disputes", "Payouts", "To renew"):
        assert actions.run(f"cards.page-{title.lower().replace(' ', '-')}")
        assert desk.practice.window.current.tabs.current == title


def test_locking_closes_the_store_and_asks_again(qtbot, desk, folder, own_key, clock):
    desk.lock()
    assert desk.practice is None
    open_practice(folder, own_key(), clock, GUARDS).close()  # the folder's lock is free
