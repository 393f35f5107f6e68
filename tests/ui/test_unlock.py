# SPDX-License-Identifier: MIT
"""The first window paints without the heavy libraries and never gets in the way."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from accessibility import assert_accessible
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.unlock.passphrase_field import PassphraseField, caps_lock_on
from mediyn_desktop.ui.unlock.window import Credentials, UnlockWindow

HEAVY = ("sqlalchemy", "alembic", "stripe", "reportlab", "keyring", "pypdfium2", "cryptography")


class WrongPassphrase(UserFacingError):
    code = "wrong-passphrase"


def test_importing_the_unlock_window_loads_nothing_heavy():
    program = (
        "import sys; import mediyn_desktop.ui.unlock.window, mediyn_desktop.ui.unlock.first_run,"
        "mediyn_desktop.ui.theme.build; print(*sorted({m.split('.')[0] for m in sys.modules}));"
        "print(*sorted(m for m in sys.modules if m.startswith('mediyn_desktop.')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    assert not set(found[0].split()) & set(HEAVY)
    rooms = {name.split(".")[1] for name in found[1].split()}
    assert rooms == {"core", "ui"}
    assert "PySide6.QtPrintSupport" not in found[0]


def test_starting_the_program_loads_no_more_than_the_first_window_shows():
    program = "import sys, mediyn_desktop.__main__, mediyn_desktop.ui.start; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    assert not {name.split(".")[0] for name in found} & {*HEAVY, "zoneinfo", "ctypes"}
    assert not {"mediyn_desktop.cli.parser", "mediyn_desktop.ui.unlock.first_run"} & set(found)


@pytest.fixture
def make(qtbot, request):
    made = []

    def window(unlock, **more) -> UnlockWindow:
        one = UnlockWindow(unlock, **more)
        qtbot.addWidget(one)
        one.show()
        made.append(one)
        return one

    return window


def test_enter_unlocks_off_the_gui_thread_and_hands_on_the_result(make, qtbot):
    seen, opened = [], []

    def unlock(given):
        seen.append((given.kind, given.text, threading.current_thread()))
        return "practice"

    window = make(unlock)
    window.unlocked.connect(opened.append)
    qtbot.keyClicks(window.field.edit, "four words here")
    qtbot.keyClick(window.field.edit, Qt.Key.Key_Return)
    assert window.busy
    assert not window.field.isEnabled()
    qtbot.waitUntil(lambda: opened == ["practice"])
    kind, text, thread = seen[0]
    assert (kind, text) == ("passphrase", "four words here")
    assert thread is not threading.current_thread()
    assert window.field.text() == ""


def test_a_wrong_passphrase_is_said_beside_the_field(make, qtbot):
    def unlock(_given):
        raise WrongPassphrase("This does not open the practice. Nothing was changed. Try again.")

    window = make(unlock)
    qtbot.keyClicks(window.field.edit, "wrong")
    window.submit()
    qtbot.waitUntil(lambda: bool(window.field.problem))
    assert "Nothing was changed" in window.field.problem
    assert not window.busy
    assert window.field.edit.selectedText() == "wrong" or window.field.edit.hasSelectedText()
    assert window.field.edit.accessibleDescription() == window.field.problem
    qtbot.keyClicks(window.field.edit, "x")
    assert window.field.problem == ""


def test_a_bug_does_not_leave_the_window_busy(make, qtbot):
    def unlock(_given):
        raise RuntimeError("boom")

    window = make(unlock)
    qtbot.keyClicks(window.field.edit, "words")
    window.submit()
    qtbot.waitUntil(lambda: "bug-" in window.field.problem)
    assert not window.busy


def test_an_empty_field_is_not_tried(make):
    window = make(lambda _given: pytest.fail("tried"))
    window.submit()
    assert "passphrase" in window.field.problem


def test_the_recovery_code_can_be_seen_while_typing(make, qtbot):
    seen = []
    window = make(seen.append)
    window.switch_link.click()
    assert window.field.edit.echoMode() == QLineEdit.EchoMode.Normal
    assert window.field.edit.accessibleName() == "Recovery code"
    qtbot.keyClicks(window.field.edit, "7k2m-9q4t")
    window.submit()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] == Credentials("recovery", "7k2m-9q4t")
    window._set_busy(False)
    window.switch_link.click()
    assert window.field.hidden


def test_a_second_press_while_busy_does_not_try_twice(make, qtbot):
    gate, tries = threading.Event(), []

    def unlock(given):
        tries.append(given)
        gate.wait(60)

    window = make(unlock)
    qtbot.keyClicks(window.field.edit, "words")
    window.submit()
    window.submit()
    gate.set()
    window.close()
    assert len(tries) == 1


def test_creating_is_offered_only_where_it_is_possible(make):
    asked = []
    window = make(lambda _g: None)
    window.create_requested.connect(lambda: asked.append(1))
    window.create_link.click()
    assert asked == [1]
    assert make(lambda _g: None, may_create=False).create_link.isHidden()


def test_the_passphrase_is_in_no_repr():
    assert "secret" not in repr(Credentials("passphrase", "secret words"))


def test_the_window_is_accessible_in_both_modes(make):
    window = make(lambda _g: None, location="Mediyn in Documents")
    assert window.windowTitle() == "Mediyn"
    assert_accessible(window)
    window.switch_link.click()
    assert_accessible(window)


NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize(
    ("text", "held", "on"),
    [
        ("a", NONE, False),
        ("A", NONE, True),
        ("A", SHIFT, False),
        ("a", SHIFT, True),
        ("5", NONE, None),
        ("", NONE, None),
        ("字", NONE, None),
    ],
)
def test_caps_lock_is_read_from_the_case_of_a_letter(text, held, on):
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, held, text)
    assert caps_lock_on(event) is on


def test_the_caps_lock_hint_comes_and_goes(qtbot):
    field = PassphraseField("Passphrase")
    qtbot.addWidget(field)
    field.show()

    def press(key, held, text):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, held, text)
        QCoreApplication.sendEvent(field.edit, event)

    press(Qt.Key.Key_A, NONE, "A")
    assert field.caps_hint_shown
    press(Qt.Key.Key_A, NONE, "a")
    assert not field.caps_hint_shown
    press(Qt.Key.Key_A, NONE, "A")
    press(Qt.Key.Key_CapsLock, NONE, "")
    assert not field.caps_hint_shown


def test_show_and_hide_say_what_they_will_do(qtbot):
    field = PassphraseField("Passphrase")
    qtbot.addWidget(field)
    assert field.hidden
    assert field._look.accessibleName() == "Show the passphrase"
    field._look.click()
    assert not field.hidden
    assert field._look.accessibleName() == "Hide the passphrase"
