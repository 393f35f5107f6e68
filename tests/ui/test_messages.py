# SPDX-License-Identifier: MIT
"""Toasts pass, banners last, dialogs say what is safe; all of them are read out."""

from __future__ import annotations

import pytest
from accessibility import assert_accessible
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.banner import Banner
from mediyn_desktop.ui.widgets.buttons import Button, IconButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.error_dialog import ErrorDialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.progress_strip import ProgressStrip
from mediyn_desktop.ui.widgets.secret_clipboard import SecretClipboard
from mediyn_desktop.ui.widgets.status_cell import StatusCell
from mediyn_desktop.ui.widgets.toast import SHOWN_MS, Toast


@pytest.fixture
def host(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


@pytest.fixture
def spoken(monkeypatch):
    said = []
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        lambda event: said.append((event.message(), event.politeness())),
    )
    return said


def test_a_toast_is_read_out_and_stays_six_seconds(host, spoken):
    notice = Toast(host)
    notice.show_notice("Superbill saved")
    assert spoken[0][0] == "Superbill saved"
    assert notice.isVisible()
    assert notice._timer.interval() == SHOWN_MS == 6000
    notice._timer.timeout.emit()
    assert not notice.isVisible()


def test_a_toast_stays_while_its_button_has_the_keyboard(host, qtbot):
    notice = Toast(host)
    notice.show_notice("Saved", undo=lambda: None)
    host.activateWindow()
    notice._button.setFocus()
    qtbot.waitUntil(notice._button.hasFocus)
    notice._fade()
    assert notice.isVisible()
    notice.dismiss()


def test_undo_on_a_toast_runs_once_and_takes_it_away(host, qtbot):
    undone = []
    notice = Toast(host)
    notice.show_notice("Payment recorded", undo=lambda: undone.append(1))
    assert_accessible(host)
    qtbot.mouseClick(notice._button, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert not notice.isVisible()
    notice._use()
    assert undone == [1]


def test_a_second_toast_replaces_the_first(host):
    notice = Toast(host)
    notice.show_notice("One", undo=lambda: None)
    notice.show_notice("Two")
    assert notice.sentence == "Two"
    assert notice._button.isHidden()
    assert host.rect().contains(notice.geometry())
    host.resize(500, 300)
    assert host.rect().contains(notice.geometry())


def test_a_banner_lasts_has_a_way_on_and_can_be_closed(host, qtbot, spoken):
    done, closed = [], []
    line = Banner(
        "Sample data.", Tone.WARN, action=("Start my own", lambda: done.append(1)), closable=True
    )
    qtbot.addWidget(line)
    line.show()
    line.closed.connect(lambda: closed.append(1))
    line.announce()
    assert [what for what, _how in spoken] == ["Sample data."]
    assert_accessible(line)
    qtbot.mouseClick(line.findChild(Button), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(line.findChild(IconButton), Qt.MouseButton.LeftButton)
    assert done == closed == [1]


def test_a_bad_banner_interrupts(qtbot, spoken):
    line = Banner("The practice could not be saved.", Tone.BAD)
    qtbot.addWidget(line)
    line.announce()
    assert spoken[0][1] == QAccessible.AnnouncementPoliteness.Assertive


def test_an_error_shows_message_and_code_and_folds_its_details(qtbot):
    error = UserFacingError("No answer. Nothing was charged. Try later.", code="no-answer")
    plain = ErrorDialog.of("Close day", error)
    qtbot.addWidget(plain)
    plain.show()
    assert_accessible(plain)
    shown = [label.text() for label in plain.findChildren(PlainLabel)]
    assert error.message in shown
    assert "Code: no-answer" in shown

    detailed = ErrorDialog("Failed", "It failed.", code="x", details="line 1\nline 2")
    qtbot.addWidget(detailed)
    detailed.show()
    fold = detailed.findChild(QPlainTextEdit)
    assert fold.isHidden()
    detailed._toggle()
    assert fold.isVisible()
    assert_accessible(detailed)
    detailed._copy_all()
    assert QGuiApplication.clipboard().text() == "Failed\nIt failed.\nx\nline 1\nline 2"


@pytest.mark.parametrize(("risky", "accepted"), [(False, True), (True, False)])
def test_enter_takes_the_safe_way_when_it_is_risky(qtbot, risky, accepted):
    ask = ConfirmDialog("Void this charge?", "It is reversed.", "Void", risky=risky)
    qtbot.addWidget(ask)
    answers = []
    ask.finished.connect(answers.append)
    ask.open()
    assert_accessible(ask)
    default = next(b for b in (ask.cancel_button, ask.confirm_button) if b.isDefault())
    default.click()
    assert answers == [int(accepted)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_button_that_has_the_keyboard_is_pressed_not_the_default(qtbot, key):
    ask = ConfirmDialog("Charge this card?", "It is charged.", "Charge")
    qtbot.addWidget(ask)
    answers = []
    ask.finished.connect(answers.append)
    ask.open()
    assert ask.confirm_button.isDefault()
    ask.cancel_button.setFocus()
    qtbot.keyClick(ask.cancel_button, key)
    assert answers == [0]


def test_enter_presses_a_button_outside_a_dialog_too_and_once_while_it_is_held_down(host, qtbot):
    pressed = []
    plain = Button("Create practice", lambda: pressed.append("plain"), parent=host)
    icon = IconButton("eye", "Show what was typed", lambda: pressed.append("icon"), parent=host)
    for button in (plain, icon):
        button.show()
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Return)
        held = QKeyEvent(
            QEvent.Type.KeyPress,
            Qt.Key.Key_Return,
            Qt.KeyboardModifier.NoModifier,
            autorep=True,
        )
        QCoreApplication.sendEvent(button, held)
        qtbot.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["plain", "icon"]


def test_escape_never_confirms(qtbot):
    ask = ConfirmDialog("Refund?", "The money goes back.", "Refund")
    qtbot.addWidget(ask)
    answers = []
    ask.finished.connect(answers.append)
    ask.open()
    qtbot.keyClick(ask, Qt.Key.Key_Escape)
    assert answers == [0]


def test_a_status_has_a_different_shape_for_each_tone(qtbot):
    def outline(tone):
        cell = StatusCell(Status("Same word", tone))
        qtbot.addWidget(cell)
        cell.resize(cell.sizeHint())
        picture = cell.grab().toImage()
        ground = picture.pixelColor(12, 1)
        return tuple(
            picture.pixelColor(x, y).name() != ground.name() for x in range(11) for y in range(24)
        )

    assert len({outline(tone) for tone in Tone}) == len(Tone)


def test_a_status_is_named_by_its_word(qtbot):
    cell = StatusCell(Status("Paid", Tone.OK))
    qtbot.addWidget(cell)
    assert cell.accessibleName() == "Paid"
    narrow = cell.sizeHint().width()
    cell.set_status(Status("Claim queued for submission"))
    assert cell.accessibleName() == "Claim queued for submission"
    assert cell.sizeHint().width() > narrow


def test_progress_shows_a_figure_when_there_is_one(host):
    strip = ProgressStrip("Import")
    strip.setParent(host)
    strip.begin("Importing…")
    assert strip.isVisible()
    strip.step(1200, 5000)
    assert strip.words == "1,200 of 5,000"
    strip.step(3, 0)
    assert strip.words == ""
    strip.finish()
    assert not strip.isVisible()


def test_an_empty_state_offers_the_next_step(qtbot):
    pressed = []
    empty = EmptyState(
        "clients", "No clients yet", "Add one.", action=("Add", lambda: pressed.append(1))
    )
    qtbot.addWidget(empty)
    empty.show()
    assert_accessible(empty)
    qtbot.mouseClick(empty.findChild(Button), Qt.MouseButton.LeftButton)
    assert pressed == [1]
    empty.set_text("Nothing found")
    assert empty.accessibleName() == "Nothing found"


def test_a_copied_secret_is_taken_back_only_if_it_is_still_ours(qapp):
    board, holder = QGuiApplication.clipboard(), SecretClipboard()
    holder.copy("AAAA-BBBB")
    assert board.text() == "AAAA-BBBB"
    assert board.mimeData().hasFormat("x-kde-passwordManagerHint")
    assert holder._timer.interval() == 30_000
    holder._timer.timeout.emit()
    assert board.text() == ""
    holder.copy("AAAA-BBBB")
    board.setText("a shopping list")
    holder.clear()
    assert board.text() == "a shopping list"


def test_a_card_is_named_by_its_title(qtbot):
    card = Card("Revenue")
    qtbot.addWidget(card)
    assert card.accessibleName() == "Revenue"
