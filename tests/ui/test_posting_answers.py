# SPDX-License-Identifier: MIT
"""Posting an answer file in the window: looked at, posted, stopped, undone by one key, again."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from datetime import date

import pytest
from accessibility import assert_accessible
from claims_desk import form, paid, shown
from desk import context, opened
from PySide6.QtCore import Qt
from sqlalchemy import func, select

from claims.remittances import Clp, era, reversal
from claims.test_posting import BILLED, Practice
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.ui.screens.claims.rehearsal import STOPPED, RehearsalDialog
from mediyn_desktop.ui.screens.claims.remittances import TakeBackDialog
from mediyn_desktop.ui.undoing import Undoing
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.undo import doing


def off_by_ten(number: str) -> Clp:
    """Its adjustment does not explain what is missing: 10.00 are unaccounted for."""
    return Clp(number, BILLED, 12000, [("CO", "45", 5000)], payer_number="ICN2")


@pytest.fixture
def practice(store, monkeypatch) -> Practice:
    """A practice; the guide's slow checker looks at claims elsewhere."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Practice(store)


@pytest.fixture
def numbers(practice) -> list[str]:
    """Four claims that were sent."""
    return [practice.claim(f"c{index}") for index in (1, 2, 3, 4)]


@pytest.fixture
def page(qtbot, ops, practice, numbers, doors):
    """The page of remittances, with nothing on it yet."""
    screen = shown(qtbot, ops, context(practice.store, ops), "Remittances")
    Undoing(screen.context, screen)
    yield screen.remittances
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []


def looked(qtbot, page, tmp_path, *contents: bytes) -> RehearsalDialog:
    paths = []
    for number, content in enumerate(contents, start=1):
        paths.append(tmp_path / f"answer{number}.835")
        paths[-1].write_bytes(content)
    page.look_into(paths)
    return form(qtbot, page, RehearsalDialog)


def rows(model) -> list:
    return [model.row_at(row) for row in range(model.rowCount())]


def kept(practice: Practice) -> tuple[int, int]:
    """How many files and payments are on file."""
    with practice.store.read() as read:
        return tuple(
            read.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (InboundFile, RemittancePayment)
        )


def test_posted_undone_by_one_key_and_posted_again(qtbot, page, practice, numbers, tmp_path):
    before = practice.balances()
    content = era(paid(numbers[0]), off_by_ten(numbers[1]), paid("NOBODY", payer_number="ICN3"))
    found = looked(qtbot, page, tmp_path, content)
    assert found.said.text() == (
        "answer1.835: $360.00 for 3 claims. 2 answers would wait for you, the rest can be posted."
    )
    claims = [one for _, one in rows(found.claims)]
    assert [one.held for one in claims] == [True, True, False]  # what needs a person is on top
    assert "$10.00" in found.why.text()  # by how much it does not add up
    assert numbers[1] in found.why.text()
    assert_accessible(found)
    qtbot.keyClick(found.table, Qt.Key.Key_Return)  # goes to the button, and posts nothing yet
    assert found.save.hasFocus()
    assert practice.balances() == before
    qtbot.keyClick(found.save, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert practice.state(numbers[0]) == ClaimState.PAID
    posted = practice.balances()
    assert posted["Assets:Bank"] == 36000
    qtbot.waitUntil(lambda: bool(page.context.shell.undoable))
    said = page.context.shell.undoable[-1]
    assert said == (
        "answer1.835: $360.00 for 3 claims. 2 answers wait for you, the rest is posted."
    )
    page.context.actions.run("edit.undo")  # what Ctrl+Z does
    asked = form(qtbot, page.window(), ConfirmDialog)
    assert asked.accessibleName() == "Undo: post an insurer's payment of $360.00?"
    asked.accept()
    qtbot.waitUntil(page.again_button.isVisible)
    assert practice.balances() == before
    assert practice.state(numbers[0]) == ClaimState.SENT
    qtbot.waitUntil(lambda: "Nothing of it is posted now" in page.said.text())
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.window().focusWidget() is page.again_button
    qtbot.keyClick(page.again_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.back_button.isVisible)
    assert practice.balances() == posted
    assert kept(practice) == (1, 1)


def test_a_posting_taken_back_by_hand_is_posted_again_by_one_key(
    qtbot, page, practice, numbers, tmp_path
):
    found = looked(qtbot, page, tmp_path, era(paid(numbers[0])))
    qtbot.keyClick(found, Qt.Key.Key_Return)
    qtbot.waitUntil(page.back_button.isVisible)
    posted = practice.balances()
    page.ask_take_back()
    asked = form(qtbot, page, TakeBackDialog)
    asked.why.setText("The wrong practice")
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(page.again_button.isVisible)
    page.context.actions.run("edit.undo")
    form(qtbot, page.window(), ConfirmDialog).accept()
    qtbot.waitUntil(page.back_button.isVisible)
    assert practice.balances() == posted


class Gate:
    """Holds posting up after its first answer until it is opened."""

    def __init__(self, monkeypatch) -> None:
        self.reached, self._open = threading.Event(), threading.Event()
        post = doing.post_answers

        def slow(uow, files, *, step):
            def held(done: int, total: int) -> None:
                if total:
                    self.reached.set()
                    assert self._open.wait(30)
                step(done, total)

            return post(uow, files, step=held)

        monkeypatch.setattr(doing, "post_answers", slow)

    def open(self) -> None:
        self._open.set()


def test_stopped_on_its_way_nothing_is_posted(
    qtbot, page, practice, numbers, tmp_path, monkeypatch
):
    gate = Gate(monkeypatch)
    before = practice.balances()
    files = [
        era(paid(numbers[0]), paid(numbers[1], payer_number="ICN2")),
        era(paid(numbers[2], payer_number="ICN3"), trace="EFT2", control=2),
    ]
    found = looked(qtbot, page, tmp_path, *files)
    qtbot.keyClick(found, Qt.Key.Key_Return)
    qtbot.waitUntil(gate.reached.is_set)
    qtbot.waitUntil(found.bar.isVisible)  # it lasts, so it is shown
    assert not found.save.isEnabled()
    qtbot.keyClick(found, Qt.Key.Key_Escape)  # Escape stops it and leaves the form open
    assert found.bar.words == "Taking back what was begun"
    gate.open()
    qtbot.waitUntil(lambda: found.problem == STOPPED)
    assert found.isVisible()
    assert not found.bar.isVisible()
    assert practice.balances() == before
    assert kept(practice) == (0, 0)
    qtbot.keyClick(found, Qt.Key.Key_Return)  # and it can be posted all the same
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert practice.balances()["Assets:Bank"] == 36000


def test_what_was_finished_before_it_could_be_stopped_says_so(
    qtbot, page, practice, numbers, tmp_path, monkeypatch
):
    post = doing.post_answers
    reached, go_on = threading.Event(), threading.Event()

    def finished(uow, files, *, step):
        done = post(uow, files, step=step)
        reached.set()
        assert go_on.wait(30)
        return done

    monkeypatch.setattr(doing, "post_answers", finished)
    found = looked(qtbot, page, tmp_path, era(paid(numbers[0])))
    qtbot.keyClick(found, Qt.Key.Key_Return)
    qtbot.waitUntil(reached.is_set)
    qtbot.waitUntil(found.bar.isVisible)
    qtbot.mouseClick(found.bar.stop_button, Qt.MouseButton.LeftButton)
    go_on.set()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.context.shell.said[-1].startswith("It was finished before it could be stopped.")
    assert practice.balances()["Assets:Bank"] == 12000


def _zip(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.835", content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("truncated", lambda n: era(paid(n))[:-120], ""),
        ("binary", lambda _: os.urandom(4096), "is no answer this program can read"),
        ("pdf", lambda _: b"%PDF-1.7\n" + os.urandom(300), "is no answer this program can read"),
        ("wrong kind", lambda n: era(paid(n)).replace(b"*835*", b"*820*"), "no answer"),
        ("wrong receiver", lambda n: era(paid(n), payee="1999999984"), "nothing of it can be"),
        ("to come", lambda n: era(paid(n), on=date(2027, 3, 1)), "nothing of it can be"),
        ("negative", lambda n: era(reversal(paid(n)), trace="E8"), ""),
        (
            "another currency",
            lambda n: era(paid(n)).replace(b"TRN*1*EFT1", b"CUR*PR*CAD~\nTRN*1*EFT1"),
            "nothing of it can be",
        ),
        ("empty zip", lambda _: _zip(b""), "no answer"),
    ],
)
def test_a_bad_file_is_explained_and_moves_nothing(
    qtbot, page, practice, numbers, tmp_path, name, make, said
):
    before = practice.balances()
    found = looked(qtbot, page, tmp_path, make(numbers[0]))
    words = f"{found.said.text()} {found.notes.text()}"
    assert said in words, words
    assert found.books.rowCount() == 0, rows(found.books)
    assert len(found.notes.text() or found.why.text()) > 20, words
    assert found.save.text() == "Keep it for later"
    qtbot.keyClick(found, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, RehearsalDialog))
    assert practice.balances() == before
    assert kept(practice)[0] == 1  # the bytes are kept


def test_a_gigabyte_an_empty_file_and_a_folder_are_refused_before_they_are_read(
    qtbot, page, practice, doors, tmp_path
):
    huge, empty = tmp_path / "huge.835", tmp_path / "empty.835"
    with huge.open("wb") as file:
        file.truncate(1 << 30)
    empty.touch()
    os.mkfifo(tmp_path / "pipe.835")  # reading it would wait for ever
    for path, code in (
        (huge, "file-too-large"),
        (empty, "empty-file"),
        (tmp_path, "not-readable"),
        (tmp_path / "pipe.835", "not-readable"),
        (tmp_path / "none.835", "not-readable"),
    ):
        page.look_into([path])
        qtbot.waitUntil(lambda: bool(doors.errors))
        _label, error = doors.errors.pop()
        assert error.code == code
        assert "Nothing was posted" in error.message
        qtbot.waitUntil(page.open_button.isEnabled)
    assert kept(practice) == (0, 0)
