# SPDX-License-Identifier: MIT
"""Ctrl+Z undoes the last step by name, or says what does it instead."""

from __future__ import annotations

import pytest
from desk import context
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

import world
from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.estimates import Wanted
from mediyn_desktop.ledger import bank
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.practice.sessions import get
from mediyn_desktop.ui.undoing import InsteadDialog, Undoing
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.undo import doing


@pytest.fixture
def undoing(qtbot, ops, store, doors):
    """A window on a practice with one session to sign."""
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow), signed=False)
    window = QWidget()
    qtbot.addWidget(window)
    around = context(store, ops)
    found = Undoing(around, window)
    window.addActions(around.actions.actions())
    window.show()
    window.activateWindow()
    yield found
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def asked(qtbot, undoing: Undoing, kind):
    qtbot.keyClick(undoing._window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(undoing._window.findChildren(kind)))
    return undoing._window.findChildren(kind)[-1]


def test_a_signature_is_undone_by_two_keys(qtbot, undoing):
    store = undoing._context.store
    with store.write("Sign note") as uow:
        doing.sign_note(uow, "s1")
    dialog = asked(qtbot, undoing, ConfirmDialog)
    assert (
        dialog.accessibleName() == "Undo: sign the note of Ana Sample c1’s session of Nov 23, 2026?"
    )
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: undoing._context.shell.said != [])
    assert undoing._context.shell.said == [
        "Undone: sign the note of Ana Sample c1’s session of Nov 23, 2026"
    ]
    with store.read() as read:
        assert charge_of(read, get(read, "s1")) is None


def test_what_cannot_be_undone_says_what_does_it(qtbot, undoing):
    with undoing._context.store.write("t") as uow:
        doing.issue_estimate(uow, Wanted("c1", "90834", 2))
    dialog = asked(qtbot, undoing, InsteadDialog)
    assert dialog.accessibleName().startswith("Not undone: give estimate")
    assert dialog.take is None
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert undoing._context.shell.said == []


def test_the_dated_correction_is_offered_by_name_and_not_by_default(qtbot, undoing):
    store = undoing._context.store
    with store.write("t") as uow:
        ref = doing.take_payment(uow, "c1", 5000, "cash")
        bank.deposit(uow, ref="d1", payments=[ref], on=uow.today)
    words = f"Void payment {ref} of $50.00, dated Nov 23, 2026"
    dialog = asked(qtbot, undoing, InsteadDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)  # Enter alone changes nothing
    qtbot.waitUntil(lambda: not dialog.isVisible())
    dialog = asked(qtbot, undoing, InsteadDialog)
    assert dialog.take.accessibleDescription() == words
    qtbot.keyClick(dialog, Qt.Key.Key_Tab)
    qtbot.keyClick(dialog.take, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: undoing._context.shell.said == [f"Done: {words}"])
    with store.read() as read:
        assert client_balances(read)["c1"].credit_cents == 0


def test_with_nothing_done_it_says_so(qtbot, undoing):
    qtbot.keyClick(undoing._window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: undoing._context.shell.said == ["There is nothing to undo"])
