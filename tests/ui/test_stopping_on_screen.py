# SPDX-License-Identifier: MIT
"""Taking a posting back, sending and fetching in the window: shown while they last, and stopped."""

from __future__ import annotations

import threading

import pytest
from accessibility import assert_accessible
from claims_desk import form, paid, shown
from desk import context, opened
from PySide6.QtCore import Qt
from sqlalchemy import select

from claims.remittances import era
from claims.test_posting import Practice
from mediyn_desktop.claims import inbox, outbox, submission, unposting
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.store import settings
from mediyn_desktop.ui.screens.claims.remittances import STAYS_POSTED, TakeBackDialog
from mediyn_desktop.ui.undoing import STOPPED, UndoBar, Undoing
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.undo import doing


@pytest.fixture
def practice(store, monkeypatch) -> Practice:
    """A practice; the guide's slow checker looks at claims elsewhere."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Practice(store)


@pytest.fixture
def screen(qtbot, ops, practice, doors):
    """The screen of claims, with Ctrl+Z."""
    found = shown(qtbot, ops, context(practice.store, ops), "Remittances")
    Undoing(found.context, found)
    yield found
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


class Gate:
    """Holds a function up when it is called for the first time, until the gate is opened."""

    def __init__(self, monkeypatch, module, name: str) -> None:
        self.reached, self._open = threading.Event(), threading.Event()
        real = getattr(module, name)

        def held(*args, **more):
            if not self.reached.is_set():
                self.reached.set()
                assert self._open.wait(30)
            return real(*args, **more)

        monkeypatch.setattr(module, name, held)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def posted(qtbot, screen, practice) -> dict[str, int]:
    """Two answers of one payment, posted; the balances since."""
    claims = [paid(practice.claim(f"c{one}"), payer_number=f"N{one}") for one in (1, 2)]
    content = era(*claims)
    screen.context.write("t", lambda uow: doing.post_answers(uow, [(content, "1.835")]))
    qtbot.waitUntil(screen.remittances.back_button.isVisible)
    return practice.balances()


def test_one_key_that_takes_a_posting_back_shows_itself_and_can_be_stopped(
    qtbot, screen, practice, posted, monkeypatch
):
    gate = Gate(monkeypatch, unposting, "take_back")
    screen.context.actions.run("edit.undo")
    form(qtbot, screen, ConfirmDialog).accept()
    qtbot.waitUntil(gate.reached.is_set)
    qtbot.waitUntil(lambda: bool(opened(screen, UndoBar)))
    (lasting,) = opened(screen, UndoBar)
    assert lasting.accessibleName() == "Undo: post an insurer's payment of $240.00"
    assert_accessible(lasting)
    qtbot.waitUntil(lasting.bar.stop_button.hasFocus)
    qtbot.keyClick(lasting, Qt.Key.Key_Escape)
    assert lasting.isVisible()  # Escape asks it to stop; it goes once that is done
    assert lasting.bar.words == "Leaving everything as it was"
    gate.open()
    qtbot.waitUntil(lambda: screen.context.shell.said[-1:] == [STOPPED])
    qtbot.waitUntil(lambda: not opened(screen, UndoBar))
    assert practice.balances() == posted
    screen.context.actions.run("edit.undo")
    form(qtbot, screen, ConfirmDialog).accept()
    qtbot.waitUntil(screen.remittances.again_button.isVisible)
    assert practice.balances() != posted
    assert opened(screen, UndoBar) == []


def test_undone_before_it_could_be_stopped_says_so(qtbot, screen, practice, posted, monkeypatch):
    last = Gate(monkeypatch, unposting, "settle_freed")
    screen.context.actions.run("edit.undo")
    form(qtbot, screen, ConfirmDialog).accept()
    qtbot.waitUntil(last.reached.is_set)
    qtbot.waitUntil(lambda: bool(opened(screen, UndoBar)))
    qtbot.keyClick(opened(screen, UndoBar)[0], Qt.Key.Key_Escape)
    last.open()
    qtbot.waitUntil(screen.remittances.again_button.isVisible)
    qtbot.waitUntil(lambda: bool(screen.context.shell.said))
    assert screen.context.shell.said[-1] == (
        "It was finished before it could be stopped. Undone: post an insurer's payment of $240.00"
    )


def test_taken_back_by_hand_it_can_be_stopped_and_the_form_stays(
    qtbot, screen, practice, posted, monkeypatch
):
    gate = Gate(monkeypatch, unposting, "take_back")
    screen.remittances.ask_take_back()
    asked = form(qtbot, screen, TakeBackDialog)
    asked.why.setText("The wrong practice")
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(gate.reached.is_set)
    qtbot.waitUntil(asked.bar.isVisible)
    assert_accessible(asked)
    asked.close()
    assert asked.isVisible()
    assert asked.bar.words == "Leaving everything posted"
    gate.open()
    qtbot.waitUntil(lambda: asked.problem == STAYS_POSTED)
    assert not asked.bar.isVisible()
    assert practice.balances() == posted
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(screen.remittances.again_button.isVisible)
    assert practice.balances() != posted


# -- the way


@pytest.fixture
def way(qtbot, screen, practice, tmp_path, monkeypatch):
    """The page of the clearinghouse, with two claims that go out in two files."""
    monkeypatch.setattr(submission, "MOST_CLAIMS", 1)
    for name in ("to", "from"):
        (tmp_path / name).mkdir()
    numbers = [practice.claim(f"c{one}") for one in (1, 2)]
    with practice.store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.out", str(tmp_path / "to"))
        settings.set_value(uow, "clearinghouse.in", str(tmp_path / "from"))
        rows = uow.session.scalars(select(Claim)).all()
        for row in rows:
            row.state = ClaimState.READY
        submission.queue_claims(uow, rows)
    screen.tabs.show_page("Clearinghouse")
    return screen.clearinghouse, numbers


def test_sending_ends_between_two_files(qtbot, way, practice, tmp_path, monkeypatch):
    page, numbers = way
    gate = Gate(monkeypatch, outbox, "_hand_over_one")
    page.send_button.click()
    qtbot.waitUntil(gate.reached.is_set)
    qtbot.waitUntil(page.bar.isVisible)
    assert not page.fetch_button.isEnabled()
    qtbot.keyClick(page.bar.stop_button, Qt.Key.Key_Space)
    assert page.bar.words == "Finishing the file under way"
    gate.open()
    qtbot.waitUntil(lambda: bool(page.context.shell.said))
    assert page.context.shell.said == ["Stopped. 1 claim sent. What was not sent waits."]
    assert [practice.state(one) for one in numbers] == [ClaimState.SENT, ClaimState.QUEUED]
    assert len(list((tmp_path / "to").iterdir())) == 1
    qtbot.waitUntil(page.send_button.isEnabled)
    page.send_button.click()
    qtbot.waitUntil(lambda: page.context.shell.said[-1] == "1 claim sent")
    assert len(list((tmp_path / "to").iterdir())) == 2


def test_fetching_ends_between_two_files(qtbot, way, tmp_path, monkeypatch):
    page, _numbers = way
    for number in (1, 2):
        (tmp_path / "from" / f"{number}.835").write_bytes(b"ISA*%d~" % number)
    gate = Gate(monkeypatch, inbox, "_keep")
    page.fetch_button.click()
    qtbot.waitUntil(gate.reached.is_set)
    qtbot.waitUntil(page.bar.isVisible)
    qtbot.keyClick(page.bar.stop_button, Qt.Key.Key_Space)
    gate.open()
    qtbot.waitUntil(lambda: bool(page.context.shell.said))
    assert page.context.shell.said == ["Stopped. 1 file fetched. The rest waits"]
    qtbot.waitUntil(page.fetch_button.isEnabled)
    page.fetch_button.click()
    qtbot.waitUntil(lambda: page.context.shell.said[-1].startswith("1 file fetched"))
