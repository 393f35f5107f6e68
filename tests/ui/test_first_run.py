# SPDX-License-Identifier: MIT
"""Making a practice ends only when the recovery code is known to be on paper."""

from __future__ import annotations

import stat

import pytest
from accessibility import assert_accessible
from PySide6.QtGui import QGuiApplication

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.unlock.first_run import Created, FirstRunWizard
from mediyn_desktop.ui.unlock.recovery_code import groups, pick_two, same_group, sheet
from mediyn_desktop.ui.unlock.strength import MINIMUM, judge
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.labels import PlainLabel

CODE = "7K2M9-9Q4TX-BX1C0-WD5EA-0ZRH4-P3YN2-V8JA6-6FGS1"
GOOD = "calm river tall lamp"


class FolderTaken(UserFacingError):
    code = "folder-taken"


@pytest.fixture
def wizard(qtbot):
    made = []

    def start(create=lambda _where, _words: Created(CODE, "practice")) -> FirstRunWizard:
        one = FirstRunWizard(create, location="/data/mediyn", pick=lambda _count: (2, 5))
        qtbot.addWidget(one, before_close_func=lambda w: w._leave())
        one.show()
        made.append(one)
        return one

    return start


def fill(window: FirstRunWizard, first=GOOD, second=GOOD) -> None:
    for field, text in ((window.choose.first, first), (window.choose.second, second)):
        field.edit.setText(text)
        field.edit.textEdited.emit(text)
    window.choose.submit()


def to_the_code(window: FirstRunWizard, qtbot) -> None:
    fill(window)
    qtbot.waitUntil(lambda: window.page is window.recovery)


def test_the_whole_way_to_an_open_practice(wizard, qtbot):
    asked, opened = [], []

    def create(location, passphrase):
        asked.append((location, passphrase))
        return Created(CODE, "practice")

    window = wizard(create)
    window.unlocked.connect(opened.append)
    assert_accessible(window)
    to_the_code(window, qtbot)
    assert asked == [("/data/mediyn", GOOD)]
    assert window.choose.first.text() == window.choose.second.text() == ""
    shown = [label.text() for label in window.recovery.findChildren(PlainLabel)]
    assert set(CODE.split("-")) <= set(shown)
    assert_accessible(window)
    window.recovery.button.click()
    assert window.page is window.type_back
    assert_accessible(window)
    window.type_back.edits[0].setText("bx1c0")
    window.type_back.edits[1].setText(" P3YN2 ")
    window.type_back.button.click()
    assert opened == ["practice"]
    left = " ".join(label.text() for label in window.recovery.findChildren(PlainLabel))
    assert not any(group in left for group in CODE.split("-"))


def test_a_wrong_group_is_named_and_the_code_can_be_seen_again(wizard, qtbot):
    window = wizard()
    window.unlocked.connect(lambda _o: pytest.fail("not confirmed"))
    to_the_code(window, qtbot)
    window.recovery.button.click()
    window.type_back.edits[0].setText("BX1C0")
    window.type_back.edits[1].setText("WRONG")
    window.type_back.button.click()
    problems = [field.problem for field in window.type_back._fields]
    assert problems[0] == ""
    assert "differs" in problems[1]
    window.type_back._again.click()
    assert window.page is window.recovery
    window.recovery.button.click()
    assert len(window.type_back._fields) == 2


def test_the_practice_is_not_made_until_both_passphrases_agree(wizard):
    window = wizard(lambda *_: pytest.fail("made"))
    fill(window, GOOD, GOOD + "x")
    assert "differ" in window.choose.second.problem
    fill(window, "short", "short")
    assert window.choose.first.problem
    window.choose.location.setText(" ")
    fill(window)
    assert window.choose._place.problem


def test_a_problem_has_room_and_covers_nothing(wizard, qtbot):
    window = wizard()
    fill(window, GOOD, GOOD + "x")
    field = window.choose.second
    edge = field.edit.geometry().bottom()
    qtbot.waitUntil(lambda: field._problem.geometry().top() > edge)
    assert field.edit.height() >= field.edit.minimumHeight()
    assert field._problem.height() >= field._problem.heightForWidth(field._problem.width())


def test_a_refused_folder_comes_back_to_the_first_step(wizard, qtbot):
    def create(_location, _passphrase):
        raise FolderTaken("There is a practice already. Nothing was changed. Choose another.")

    window = wizard(create)
    fill(window)
    qtbot.waitUntil(lambda: "already" in window.choose._place.problem)
    assert window.page is window.choose


def test_a_bug_comes_back_to_the_first_step(wizard, qtbot):
    def create(_location, _passphrase):
        raise RuntimeError

    window = wizard(create)
    fill(window)
    qtbot.waitUntil(lambda: "bug-" in window.choose._place.problem)


def test_back_before_anything_is_made_cancels(wizard):
    window, gone = wizard(), []
    window.canceled.connect(lambda: gone.append(1))
    window.choose.back.emit()
    assert gone == [1]


def test_closing_with_an_unchecked_code_asks_first(wizard, qtbot):
    window = wizard()
    to_the_code(window, qtbot)
    assert not window.close()
    ask = window.findChild(ConfirmDialog)
    assert ask.cancel_button.isDefault()
    ask.reject()
    assert window.isVisible()
    window._leave()
    assert not window.isVisible()


def test_the_code_can_be_copied_for_a_while_and_saved_for_oneself(wizard, qtbot, tmp_path):
    window = wizard()
    to_the_code(window, qtbot)
    window.recovery._copy()
    assert QGuiApplication.clipboard().text() == CODE
    target = tmp_path / "code.txt"
    target.write_text("something older " * 200)
    target.chmod(0o644)
    window.recovery.save_to(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    text = target.read_text()
    assert all(group in text for group in CODE.split("-"))
    assert "something older" not in text
    window.recovery.forget()
    assert QGuiApplication.clipboard().text() == ""


def test_a_place_that_cannot_be_written_is_said(wizard, qtbot, tmp_path):
    window = wizard()
    to_the_code(window, qtbot)
    window.recovery.save_to(tmp_path / "missing" / "code.txt")
    assert window.recovery._note.text().startswith("Not saved")


def test_the_sheet_holds_every_group_and_can_be_painted(qtbot):
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    from mediyn_desktop.ui.unlock.recovery_page import paint_sheet

    lines = sheet(CODE, "/data/mediyn")
    assert [group in "\n".join(lines) for group in groups(CODE)] == [True] * 8
    page = QImage(600, 800, QImage.Format.Format_RGB32)
    page.fill(0xFFFFFF)
    painter = QPainter(page)
    paint_sheet(painter, QRect(0, 0, 600, 800), lines)
    painter.end()
    dark = sum(page.pixelColor(x, y).lightness() < 100 for x in range(200) for y in range(300))
    assert dark > 200


@pytest.mark.parametrize(
    ("typed", "same"),
    [("BX1C0", True), ("bxic o", True), ("bxlcO", True), ("BX1C", False), ("", False)],
)
def test_slips_of_the_pen_are_forgiven(typed, same):
    assert same_group(typed, "BX1C0") is same


def test_two_different_groups_are_asked_in_order():
    for _ in range(100):
        first, second = pick_two(8)
        assert 0 <= first < second < 8
    assert len({pick_two(8) for _ in range(200)}) > 5


@pytest.mark.parametrize(
    ("words", "accepted", "tone"),
    [
        ("", False, Tone.NEUTRAL),
        ("short", False, Tone.NEUTRAL),
        ("a" * (MINIMUM - 1), False, Tone.NEUTRAL),
        ("a" * 40, False, Tone.WARN),
        ("password1234", False, Tone.WARN),
        ("12345678901234", False, Tone.WARN),
        ("letmeinqwerty", False, Tone.WARN),
        ("river-lamp-9", True, Tone.INFO),
        (GOOD, True, Tone.OK),
    ],
)
def test_length_decides_and_easy_guesses_are_refused(words, accepted, tone):
    strength = judge(words)
    assert (strength.accepted, strength.tone) == (accepted, tone)
    assert strength.sentence.endswith(".")


def test_a_created_practice_never_prints_its_code():
    assert CODE not in repr(Created(CODE, "practice"))
