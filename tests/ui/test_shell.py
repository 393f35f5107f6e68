# SPDX-License-Identifier: MIT
"""Window, sidebar, banners, commands and idle watch work together and by keyboard alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from accessibility import assert_accessible, focusable, name_of, tab_order
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.actions.help_sheet import HelpSheet
from mediyn_desktop.ui.actions.palette import CommandPalette, PaletteItem, rank
from mediyn_desktop.ui.actions.registry import Command, CommandRegistry
from mediyn_desktop.ui.idle import IdleWatch
from mediyn_desktop.ui.ops import Bug
from mediyn_desktop.ui.shell.header import PageHeader
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.shell.window import MainWindow, ScreenEntry
from mediyn_desktop.ui.theme.tokens import SIDEBAR, Tone
from mediyn_desktop.ui.widgets.banner import Banner
from mediyn_desktop.ui.widgets.buttons import PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.error_dialog import ErrorDialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.search_field import SearchField

CONTROL = Qt.KeyboardModifier.ControlModifier


class Touched:
    """Stands in for the store's account of a write."""

    def __init__(self, *kinds: str) -> None:
        self._kinds = frozenset(kinds)

    def kinds(self) -> frozenset[str]:
        return self._kinds


class Clients(Screen):
    title = "Clients"
    reads = frozenset({"client"})

    def __init__(self, ops) -> None:
        super().__init__(ops)
        self.loads = 0
        self.search = SearchField("Find a client")
        self.header.set_subtitle("12 clients")
        self.header.set_actions(SecondaryButton("Import…"), PrimaryButton("Add client"))
        self.body.addWidget(self.search)
        self.body.addStretch(1)

    def reload(self) -> None:
        self.loads += 1


class Superbills(Clients):
    title = "Superbills"
    reads = frozenset({"superbill", "client"})


@pytest.fixture
def window(qtbot, ops):
    made = MainWindow(CommandRegistry())
    qtbot.addWidget(made)
    made.connect_ops(ops)
    made.add_screen(ScreenEntry("clients", "Clients", "clients", lambda: Clients(ops)))
    made.add_screen(ScreenEntry("superbills", "Superbills", "superbills", lambda: Superbills(ops)))
    made.show()
    made.activateWindow()
    return made


def test_the_first_screen_is_shown_and_the_second_is_made_when_needed(window):
    assert window.current.title == "Clients"
    assert window.current.loads == 1
    assert list(window._screens) == ["clients"]
    assert window.sidebar.titles() == ["Clients", "Superbills"]
    assert window.sidebar.width() == SIDEBAR == 208


def test_control_and_a_number_goes_to_a_screen(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.current.title == "Superbills"
    assert window.sidebar._buttons["superbills"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert window.current.title == "Clients"


def test_a_click_in_the_sidebar_goes_there(window, qtbot):
    qtbot.mouseClick(window.sidebar._buttons["superbills"], Qt.MouseButton.LeftButton)
    assert window.current.title == "Superbills"


def test_only_screens_that_read_what_changed_reload(window, ops, qtbot):
    clients = window.current
    bills = window.show_screen("superbills")
    assert (clients.loads, bills.loads) == (1, 1)
    ops.announce(Touched("superbill"))
    qtbot.waitUntil(lambda: bills.loads == 2)
    assert clients.loads == 1
    ops.announce(Touched("client"))
    qtbot.waitUntil(lambda: bills.loads == 3)
    assert clients.loads == 1
    window.show_screen("clients")
    assert clients.loads == 2
    window.show_screen("superbills")
    window.show_screen("clients")
    assert clients.loads == 2


def test_control_f_goes_to_the_search_of_the_screen_on_view(window, qtbot):
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F, CONTROL)
    assert window.current.search.hasFocus()


def test_f5_reloads(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert window.current.loads == 2


def test_the_actions_of_a_page_make_room_for_a_long_name(qtbot):
    header = PageHeader("Ana Sample")
    qtbot.addWidget(header)
    header.set_actions(*(QPushButton(f"Do thing {number}") for number in range(4)))
    header.resize(700, 90)
    header.show()
    assert not header.actions_below
    header.set_title("Maximiliana-Theodora Featherstonehaugh")
    assert header.actions_below
    header.resize(1400, 90)
    qtbot.waitUntil(lambda: not header.actions_below)
    header.resize(700, 90)
    header.set_title("Ana Sample")
    qtbot.waitUntil(lambda: not header.actions_below)


def test_the_title_bar_names_the_program_only(window):
    window.current.header.set_title("Alma Moreno")
    assert window.windowTitle() == "Mediyn"
    assert window.current.header.title == "Alma Moreno"


def test_the_status_line_shows_what_it_is_told(window, qtbot, ops):
    window.status.set_connection("Offline · 3 charges waiting")
    window.status.set_backup("Backed up today 18:04")
    assert window.status.texts == ("Offline · 3 charges waiting", "Backed up today 18:04")
    asked = []
    window.status.activity_requested.connect(lambda: asked.append(1))
    qtbot.mouseClick(window.status._connection, Qt.MouseButton.LeftButton)
    assert asked == [1]
    ops.busy.emit("Close day")
    assert window.status.progress.words == "Close day…"
    ops.busy.emit("")
    assert window.status.progress.isHidden()
    window.status.set_connection("")
    assert window.status._connection.isHidden()


def test_banners_last_replace_their_like_and_go(window):
    window.show_banner("sample", Banner("Sample data."))
    window.show_banner("sample", Banner("Sample data, day 2.", Tone.WARN, closable=True))
    window.show_banner("offline", Banner("Offline."))
    assert window.banners() == ["Sample data, day 2.", "Offline."]
    window._banners["sample"]._close()
    assert window.banners() == ["Offline."]
    window.hide_banner("never shown")


def test_errors_and_bugs_open_a_dialog_that_says_what_is_safe(window):
    window.show_error("Close day", UserFacingError("No answer. Nothing was charged.", code="x"))
    window.show_bug(Bug("Close day", "bug-123"))
    first, second = window.findChildren(ErrorDialog)
    words = [label.text() for label in first.findChildren(PlainLabel)]
    assert "“Close day” was not done" in words
    assert "No answer. Nothing was charged." in words
    assert "Code: bug-123" in [label.text() for label in second.findChildren(PlainLabel)]
    second.accept()
    first.accept()


def test_closing_with_work_waiting_asks(window, qtbot):
    ended = []
    window.closing.connect(lambda: ended.append(1))
    window.close_reason = lambda: "3 charges wait for the network. They are kept and sent later."
    assert not window.close()
    ask = window.findChild(ConfirmDialog)
    ask.reject()
    assert window.isVisible()
    assert ended == []
    window.close()
    window.findChildren(ConfirmDialog)[-1].accept()
    assert ended == [1]
    assert not window.isVisible()


def test_the_whole_window_is_accessible(window):
    window.show_banner("sample", Banner("Sample data.", action=("Start", print), closable=True))
    window.status.set_connection("Offline")
    QApplication.processEvents()
    assert_accessible(window)
    names = [name_of(widget) for widget in tab_order(window)]
    assert names.index("Clients") < names.index("Start") < names.index("Find a client")
    assert len(names) == len(focusable(window))


def test_the_accessibility_check_finds_a_nameless_button_and_a_jumping_tab(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    fields = [QLineEdit() for _ in range(3)]
    for field in fields:
        column.addWidget(field)
    page.show()
    with pytest.raises(AssertionError, match="no accessible name"):
        assert_accessible(page)
    for number, field in enumerate(fields):
        field.setAccessibleName(f"field {number}")
    assert_accessible(page)
    QWidget.setTabOrder(fields[0], fields[2])
    with pytest.raises(AssertionError, match="jumps up"):
        assert_accessible(page)
    QWidget.setTabOrder(fields[1], fields[2])
    button = QPushButton()
    column.addWidget(button)
    button.show()
    with pytest.raises(AssertionError, match="no accessible name"):
        assert_accessible(page)


# -- commands


def test_ids_and_shortcuts_are_unique():
    registry = CommandRegistry()
    registry.add(Command("day.close", "Close the day", print, "Ctrl+D"))
    with pytest.raises(ValueError, match="exists"):
        registry.add(Command("day.close", "Again", print))
    with pytest.raises(ValueError, match="taken by day"):
        registry.add(Command("other", "Other", print, "Ctrl+D"))
    registry.remove("day.close")
    registry.add(Command("other", "Other", print, "Ctrl+D"))


def test_a_shortcut_runs_its_command_only_when_possible(window, qtbot):
    done, possible = [], []
    window.registry.add(
        Command(
            "day.close",
            "Close the day",
            lambda: done.append(1),
            "Ctrl+D",
            "Day",
            enabled=lambda: bool(possible),
        )
    )
    qtbot.keyClick(window, Qt.Key.Key_D, CONTROL)
    assert done == []
    possible.append(1)
    qtbot.keyClick(window, Qt.Key.Key_D, CONTROL)
    assert done == [1]


def test_a_menu_greys_out_what_is_impossible_now(qtbot):
    registry, menu = CommandRegistry(), QMenu()
    qtbot.addWidget(menu)
    possible = []
    registry.add(Command("a", "Void A & B", print, group="Day", enabled=lambda: bool(possible)))
    registry.fill_menu(menu, "Day")
    menu.aboutToShow.emit()
    action = menu.actions()[0]
    assert action.text() == "Void A && B"
    assert not action.isEnabled()
    menu.aboutToHide.emit()
    assert action.isEnabled()
    possible.append(1)
    menu.aboutToShow.emit()
    assert menu.actions()[0].isEnabled()


def test_the_palette_finds_commands_by_parts_of_words(qtbot, window):
    done = []
    window.registry.add(
        Command("day.close", "Close the day", lambda: done.append("closed"), keywords="evening")
    )
    window.registry.add(Command("no", "Close nothing", print, enabled=lambda: False))
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    palette = window.findChild(CommandPalette)
    assert palette.isVisible()
    assert "Go to Clients" in palette.titles
    assert_accessible(palette)
    qtbot.keyClicks(palette._field, "clo day")
    assert palette.titles == ["Close the day"]
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert done == ["closed"]
    assert not palette.isVisible()


def test_the_palette_moves_with_the_arrow_keys_and_leaves_with_escape(qtbot, window):
    window.open_palette()
    palette = window.findChild(CommandPalette)
    qtbot.keyClicks(palette._field, "go to")
    qtbot.keyClick(palette._field, Qt.Key.Key_Down)
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert window.current.title == "Superbills"
    window.open_palette()
    assert palette._field.text() == ""
    qtbot.keyClick(palette._field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_other_sources_add_to_the_palette_and_late_answers_are_dropped(qtbot):
    asked, chosen = [], []

    def clients(text, add):
        asked.append((text, add))

    palette = CommandPalette(CommandRegistry(), [clients])
    host = QWidget()
    qtbot.addWidget(host)
    qtbot.addWidget(palette)
    host.show()
    palette.open_over(host)
    qtbot.keyClicks(palette._field, "mo")
    item = PaletteItem("A. Moreno", "Client", lambda: chosen.append("moreno"))
    asked[0][1]([PaletteItem("Stale", "", print)])
    assert palette.titles == []
    asked[1][1]([item])
    assert palette.titles == ["A. Moreno"]
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert chosen == ["moreno"]
    asked[1][1]([item, item])
    assert palette.titles == ["A. Moreno"]


@pytest.mark.parametrize(
    ("text", "title", "place"),
    [
        ("clo", "Close the day", 0),
        ("day clo", "Close the day", 1),
        ("lose", "Close", 2),
        ("zz", "Close", None),
        ("", "Close", 0),
    ],
)
def test_beginnings_rank_before_middles(text, title, place):
    assert rank(text, title) == place


def test_f1_lists_every_shortcut(window, qtbot):
    window.registry.add(Command("day.close", "Close the day", print, "Ctrl+D", "Day"))
    qtbot.keyClick(window, Qt.Key.Key_F1)
    sheet = window.findChild(HelpSheet)
    words = {label.text() for label in sheet.findChildren(PlainLabel)}
    assert {"Close the day", "Ctrl+D", "Day", "Go to Clients", "Ctrl+1"} <= words
    assert_accessible(sheet)
    sheet.accept()


# -- idle


class Rule:
    """The vault's idle rule, in short."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock, self.last = clock, clock.now()

    def touch(self) -> None:
        self.last = self.clock.now()

    restart = touch

    def due(self) -> bool:
        return self.clock.now() - self.last >= timedelta(minutes=10)


@pytest.fixture
def idle(qapp):
    clock, locked = FixedClock(datetime(2026, 11, 23, 18, 0, tzinfo=UTC)), []
    watch = IdleWatch(qapp, Rule(clock), lambda: locked.append(clock.now()))
    watch.start()
    yield clock, watch, locked
    watch.stop()
    watch.deleteLater()


def test_ten_quiet_minutes_lock_once(idle):
    clock, watch, locked = idle
    clock.advance(timedelta(minutes=9, seconds=59))
    watch._timer.timeout.emit()
    assert locked == []
    clock.advance(timedelta(seconds=1))
    watch._timer.timeout.emit()
    assert len(locked) == 1
    assert not watch._timer.isActive()


def test_keys_and_the_mouse_keep_it_open(idle, qtbot):
    clock, watch, locked = idle
    field = QLineEdit()
    qtbot.addWidget(field)
    for _ in range(5):
        clock.advance(timedelta(minutes=6))
        qtbot.keyClick(field, Qt.Key.Key_A)
        clock.advance(timedelta(minutes=6))
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(1, 1),
            QPointF(1, 1),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(field, move)
    assert locked == []
    assert field.text() == "aaaaa"
    assert not watch.look()


def test_the_key_that_wakes_a_laptop_does_not_reach_the_window(idle, qtbot):
    clock, _watch, locked = idle
    field = QLineEdit()
    qtbot.addWidget(field)
    clock.advance(timedelta(hours=3))
    QApplication.sendEvent(
        field,
        QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"),
    )
    assert len(locked) == 1
    assert field.text() == ""
