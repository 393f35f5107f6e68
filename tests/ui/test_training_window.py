# SPDX-License-Identifier: MIT
"""Training from the first window: opened, an evening closed, left, and opened again."""

from __future__ import annotations

import subprocess
import sys
from threading import Event

import pytest
from accessibility import assert_accessible
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store import settings
from mediyn_desktop.training.cards import TEST_CARDS
from mediyn_desktop.training.opening import PASSPHRASE
from mediyn_desktop.training.place import TrainingPlace
from mediyn_desktop.ui.screens.today.close_dialog import CloseDialog
from mediyn_desktop.ui.screens.today.result_dialog import ResultDialog
from mediyn_desktop.ui.start import Desk
from mediyn_desktop.ui.training.door import TrainingDoor
from mediyn_desktop.ui.training.panel import OUTSIDE_PAGE, TrainingPanel
from mediyn_desktop.ui.training.words import FORGOTTEN, SENTENCE
from mediyn_desktop.ui.unlock.first_run import FirstRunWizard
from mediyn_desktop.ui.unlock.window import UnlockWindow
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from training_room import Made


@pytest.fixture
def home(tmp_path):
    """Where the real practice would be; there is none yet."""
    return tmp_path / "mediyn"


@pytest.fixture
def begin(qtbot):
    """Open the first window on a folder; everything is put away at the end."""
    made: list[Desk] = []

    def start(folder) -> Desk:
        desk = Desk(folder)
        made.append(desk)
        desk.begin()
        return desk

    yield start
    for desk in made:
        desk.end()
        desk.front.close()


def trained(qtbot, desk: Desk) -> Desk:
    """Wait until training is on the screen with its day."""
    qtbot.waitUntil(lambda: desk.practice is not None)
    qtbot.waitUntil(lambda: desk.practice.window.current.view is not None)
    return desk


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A training practice made once."""
    return Made(tmp_path_factory.mktemp("training"))


@pytest.fixture
def desk(qtbot, begin, home, made):
    """The window in training, which was there before."""
    made.put(TrainingPlace.beside(home), SystemClock())
    return entered(qtbot, begin, home)


def entered(qtbot, begin, home) -> Desk:
    """The window in training, made first where there is none."""
    opened = begin(home)
    opened.front.choose.training_link.click()
    return trained(qtbot, opened)


def idle(qtbot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: not desk.practice.context.ops.pending())


def shown(desk: Desk, kind: type):
    """The dialog of a kind that is open."""
    return next(one for one in desk.practice.window.findChildren(kind) if one.isVisible())


def panel_of(qtbot, desk: Desk) -> TrainingPanel:
    desk.practice.context.actions.run("training.panel")
    panel = shown(desk, TrainingPanel)
    qtbot.waitUntil(lambda: panel.cards.client.count() > 0)
    return panel


def said(qtbot, panel: TrainingPanel) -> str:
    qtbot.waitUntil(lambda: panel.said.text() not in ("", "One moment…"))
    return panel.said.text()


def press(qtbot, panel: TrainingPanel, caption: str) -> str:
    """Press a button of the world outside and return what is said about it."""
    panel.tabs.show_page(OUTSIDE_PAGE)
    (button,) = [one for one in panel.outside.buttons if one.text() == caption]
    panel.said.setText("")
    qtbot.keyClick(button, Qt.Key.Key_Space)
    return said(qtbot, panel)


def close_the_day(qtbot, desk: Desk) -> ResultDialog:
    today = desk.practice.window.show_screen("today")
    qtbot.waitUntil(lambda: desk.practice.context.actions.run("today.close"))
    qtbot.waitUntil(lambda: bool(today.findChildren(CloseDialog)))
    qtbot.keyClick(today.findChildren(CloseDialog)[-1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in today.findChildren(ResultDialog)))
    result = shown(desk, ResultDialog)
    idle(qtbot, desk)
    return result


def test_one_choice_on_the_first_run_leads_into_training(qtbot, begin, home):
    desk = entered(qtbot, begin, home)
    window = desk.practice.window
    assert "Training: made-up people" in window.windowTitle()
    assert window.banners() == [SENTENCE]
    assert desk.training.place == TrainingPlace(home.with_name("mediyn-training"))
    for screen in ("today", "clients", "superbills", "ledger", "claims"):
        window.show_screen(screen)
        assert window.banners() == [SENTENCE]
    assert not home.joinpath("practice.db").exists()
    idle(qtbot, desk)


def test_an_evening_is_closed_and_remembered_after_leaving_and_coming_back(qtbot, desk):
    result = close_the_day(qtbot, desk)
    words = {status.word: text for status, text in result.lines}
    assert words["Paid"] == "9 charges, $705.00"
    assert words["Declined"].startswith("$185.00")
    assert words["Claims"].endswith("1 file handed over")
    result.reject()
    charged = desk.training.outside.processor.state.counts()["payment_intent"]
    desk.practice.context.actions.run("training.leave")
    assert isinstance(desk.front, FirstRunWizard)
    assert desk.training is None
    qtbot.mouseClick(desk.front.choose.training_link, Qt.MouseButton.LeftButton)
    trained(qtbot, desk)
    assert desk.training.outside.processor.state.counts()["payment_intent"] == charged
    rows = desk.practice.window.current.view.review.rows
    assert sum(row.card is not None and row.card.state == "succeeded" for row in rows) == 9
    panel = panel_of(qtbot, desk)
    assert "was sent" not in press(qtbot, panel, "Send a payout")  # it takes two days
    assert press(qtbot, panel, "Dispute the last charge").startswith("The bank of a client")
    idle(qtbot, desk)
    assert "answers are fetched" in press(qtbot, panel, "Answer claims now")
    idle(qtbot, desk)
    panel.reject()


def test_a_test_card_is_put_on_a_client_with_the_keyboard(qtbot, desk):
    panel = panel_of(qtbot, desk)
    declined = next(card for card in TEST_CARDS if card.number.endswith("9995"))
    panel.cards.table.select_id(declined.number)
    assert declined.promise[1:] in panel.cards.promise.text()
    panel.cards.client.setCurrentIndex(panel.cards.client.findData("c01"))
    qtbot.keyClick(panel.cards.table, Qt.Key.Key_Return)
    sentence = said(qtbot, panel)
    assert sentence.startswith("Zoë O’Brien-Marchetti pays with the card ending 9995 from now on.")
    idle(qtbot, desk)
    row = next(
        one for one in desk.practice.window.current.view.review.rows if one.client_ref == "c01"
    )
    assert row.card_last4 == "9995"
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == declined.number
    panel.reject()


def test_a_member_id_is_given_to_a_client(qtbot, desk):
    panel = panel_of(qtbot, desk)
    panel.members.table.select_id("DENY")
    panel.members.button.click()
    assert "has the member id DENY" in said(qtbot, panel)
    idle(qtbot, desk)
    panel.reject()


def test_a_day_passes_and_the_window_shows_the_new_one(qtbot, desk):
    today = desk.practice.window.current
    before = today.view.day
    panel = panel_of(qtbot, desk)
    assert "17 appointments" in press(qtbot, panel, "Let a day pass")
    qtbot.waitUntil(lambda: (today.view.day - before).days == 1)
    assert len(today.view.review.rows) == 17
    idle(qtbot, desk)
    panel.reject()


def test_being_offline_is_remembered_while_training_is_open(qtbot, desk):
    panel = panel_of(qtbot, desk)
    panel.tabs.show_page(OUTSIDE_PAGE)
    qtbot.keyClick(panel.outside.offline, Qt.Key.Key_Space)
    assert said(qtbot, panel).startswith("You are offline now")
    panel.reject()
    panel = panel_of(qtbot, desk)
    assert panel.outside.offline.isChecked()
    panel.tabs.show_page(OUTSIDE_PAGE)
    qtbot.keyClick(panel.outside.offline, Qt.Key.Key_Space)
    assert said(qtbot, panel).startswith("You are online again")
    idle(qtbot, desk)
    panel.reject()


def test_what_cannot_happen_yet_is_said_in_the_panel(qtbot, desk):
    panel = panel_of(qtbot, desk)
    assert "Close a day first" in press(qtbot, panel, "Dispute the last charge")
    assert panel.tabs.isEnabled()
    panel.reject()


def test_the_panel_can_be_used_without_eyes_and_mouse(qtbot, desk):
    panel = panel_of(qtbot, desk)
    for title in ("Test cards", "Test member ids", OUTSIDE_PAGE):
        panel.tabs.show_page(title)
        assert_accessible(panel)
    assert any(PASSPHRASE in label for label in labels(panel))
    panel.reject()


def labels(panel: TrainingPanel) -> list[str]:
    from mediyn_desktop.ui.widgets.labels import PlainLabel

    return [one.text() for one in panel.findChildren(PlainLabel)]


def test_starting_anew_asks_first_and_throws_everything_away(qtbot, desk):
    close_the_day(qtbot, desk).reject()
    panel = panel_of(qtbot, desk)
    panel.anew_button.click()
    shown(desk, ConfirmDialog).accept()
    assert isinstance(desk.front, TrainingDoor)
    trained(qtbot, desk)
    assert "payment_intent" not in desk.training.outside.processor.state.counts()
    idle(qtbot, desk)


def test_a_lost_memory_is_explained_on_top_of_the_window(qtbot, desk):
    close_the_day(qtbot, desk).reject()
    desk.leave_training()
    TrainingPlace.beside(desk.folder).memory.unlink()
    desk.train()
    trained(qtbot, desk)
    assert desk.practice.window.banners() == [SENTENCE, FORGOTTEN]
    idle(qtbot, desk)


def test_the_real_practice_leads_to_training_and_back(qtbot, begin, folder, passphrase):
    opened = begin(folder)
    assert isinstance(opened.front, UnlockWindow)
    assert opened.front.training_link.isVisible()
    opened.front.field.edit.setText(passphrase)
    opened.front.submit()
    qtbot.waitUntil(lambda: opened.practice is not None)
    assert opened.practice.window.windowTitle() == "Mediyn"
    real = opened.practice.context.store
    opened.practice.context.actions.run("window.train")
    trained(qtbot, opened)
    assert opened.practice.context.store is not real
    with opened.practice.context.store.read() as read:
        assert settings.get(read, settings.TRAINING_PRACTICE)
    opened.leave_training()
    assert isinstance(opened.front, UnlockWindow)


def test_training_neither_locks_by_itself_nor_asks_for_a_passphrase(qtbot, desk):
    commands = {command.id for command in desk.practice.context.actions}
    assert "training.leave" in commands
    assert "window.lock" not in commands
    desk.training.outside.processor.do("POST clock", advance_seconds=86_400)
    assert desk.practice._idle is None


# -- the door


class Full(UserFacingError):
    code = "disk-full"


@pytest.fixture
def door(qtbot):
    """A door whose way in is given; closed at the end."""

    def make(opening, undo=lambda opened: None) -> TrainingDoor:
        one = TrainingDoor(opening, undo)
        qtbot.addWidget(one)
        one.show()
        return one

    return make


def test_the_door_shows_how_far_it_is_and_can_be_used_by_keyboard(qtbot, door):
    go_on = Event()

    def opening(step):
        step(2, 5)
        go_on.wait(60)
        return "training"

    one = door(opening)
    opened: list[object] = []
    one.opened.connect(opened.append)
    one.begin()
    qtbot.waitUntil(lambda: (one.bar.value(), one.bar.maximum()) == (2, 5))
    assert_accessible(one)
    go_on.set()
    qtbot.waitUntil(lambda: opened == ["training"])


def test_canceling_stops_at_the_next_step(qtbot, door):
    asked, go_on = Event(), Event()

    def opening(step):
        asked.set()
        go_on.wait(60)
        step(3, 5)
        raise AssertionError("went on after it was stopped")

    one = door(opening)
    left: list[bool] = []
    one.left.connect(lambda: left.append(True))
    one.begin()
    qtbot.waitUntil(asked.is_set)
    qtbot.keyClick(one.back_button, Qt.Key.Key_Space)
    assert one.back_button.text() == "Stopping…"
    go_on.set()
    qtbot.waitUntil(lambda: left == [True])


def test_what_was_opened_too_late_is_closed_again(qtbot, door):
    asked, go_on = Event(), Event()

    def opening(step):
        asked.set()
        go_on.wait(60)
        return "training"

    closed: list[object] = []
    one = door(opening, closed.append)
    left: list[bool] = []
    one.left.connect(lambda: left.append(True))
    one.begin()
    qtbot.waitUntil(asked.is_set)
    one.close()  # the window stays until what it began has ended
    assert one.isVisible()
    go_on.set()
    qtbot.waitUntil(lambda: left == [True])
    assert closed == ["training"]


def test_a_refusal_is_shown_with_a_way_back(qtbot, door):
    def opening(step):
        raise Full("The disk is full. Nothing was changed. Free some space.")

    one = door(opening)
    left: list[bool] = []
    one.left.connect(lambda: left.append(True))
    one.begin()
    qtbot.waitUntil(lambda: bool(one.problem))
    assert one.problem == "The disk is full. Nothing was changed. Free some space."
    qtbot.keyClick(one.back_button, Qt.Key.Key_Space)
    assert left == [True]


def test_a_real_practice_starts_without_the_sandbox():
    """Everything an open real practice imports, in a process of its own."""
    asked = (
        "import sys, mediyn_desktop.ui.start, mediyn_desktop.ui.session; "
        "print([name for name in sys.modules if name.startswith(('mediyn_desktop.sandbox', "
        "'mediyn_desktop.training', 'mediyn_desktop.ui.training'))])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=100
    )
    assert ran.stdout.strip() == "[]"
