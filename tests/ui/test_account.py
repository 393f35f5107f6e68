# SPDX-License-Identifier: MIT
"""A client's account, corrected with the keyboard alone; each form says first what it will do."""

from __future__ import annotations

import pytest
from accessibility import assert_accessible
from desk import context, enter, opened, write
from PySide6.QtCore import Qt

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.ledger.tables import EntryRow
from mediyn_desktop.ui.correcting import CorrectingDialog
from mediyn_desktop.ui.screens.clients.screen import ClientsScreen
from mediyn_desktop.ui.screens.clients.tabs import CORRECTIONS

MONEY_FORMS = (*CORRECTIONS, "package")


@pytest.fixture
def screen(qtbot, ops, store, doors):
    """Ana's account: two sessions of $150.00, a check of $200.00 for the first and part."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, first_name="Ana", last_name="Ng")
        for number in (1, 2):
            bill_session(uow, world.session(uow, ana, f"s{number}", hour=8 + number))
        take_payment(uow, "c1", 20000, "check", None, "No. 41")
    screen = ClientsScreen(context(store, ops))
    ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
    qtbot.addWidget(screen)
    screen.resize(1192, 748)
    screen.show()
    screen.activateWindow()
    screen.open_ref("c1")
    qtbot.waitUntil(lambda: screen.shows_client)
    screen.page.tabs.show_page("Account")
    yield screen
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def ask(qtbot, screen: ClientsScreen, name: str) -> CorrectingDialog:
    """Run the command as the palette does, and return the form it opens."""
    screen._context.actions.run(f"clients.{name}")
    qtbot.waitUntil(lambda: bool(opened(screen, CorrectingDialog)))
    return opened(screen, CorrectingDialog)[-1]


def balance(screen: ClientsScreen) -> tuple[int, int]:
    with screen._context.store.read() as read:
        found = client_balances(read, "c1")["c1"]
    return found.patient_cents, found.credit_cents


def test_a_line_says_what_is_behind_it(qtbot, screen):
    account = screen.page.account
    story = account.detail.toPlainText
    texts = []
    for row in range(account.model.rowCount()):
        account.table.selectRow(row)
        texts.append(story())
    assert "$150.00   settles the session of Nov 23, 2026" in texts[0]
    assert "$50.00   settled by: Check payment of Nov 23, 2026" in texts[1]
    assert "$100.00   still open; the client owes it" in texts[1]


@pytest.mark.parametrize("name", MONEY_FORMS)
def test_every_form_can_be_used_without_a_mouse(qtbot, screen, name):
    form = ask(qtbot, screen, name)
    assert_accessible(form)
    assert form.foreseen.text().endswith(".")
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not opened(screen, CorrectingDialog))
    assert balance(screen) == (10000, 0)


def test_the_account_itself_can_be_used_without_a_mouse(qtbot, screen):
    assert_accessible(screen)
    qtbot.mouseClick(screen.page.account.buttons["refund"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(opened(screen, CorrectingDialog)))
    opened(screen, CorrectingDialog)[0].reject()


def test_a_refund_says_what_is_owed_again_and_is_paid_back(qtbot, screen):
    form = ask(qtbot, screen, "refund")
    write(qtbot, form.amount, "50")
    assert form.foreseen.text() == (
        "$50.00 goes back to the client. $50.00 of what it settled is owed again."
    )
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form.isVisible()  # no reason yet
    write(qtbot, form.why, "Paid twice")
    assert enter(qtbot, screen, form) == "$50.00 paid back"
    assert balance(screen) == (15000, 0)


def test_too_much_cannot_be_saved_and_nothing_is_posted(qtbot, screen):
    for name, said in (
        ("refund", "At most $200.00 of this payment can go back."),
        ("write-off", "Only $100.00 of this charge is open."),
        ("settle", "Only $150.00 of this payment can be used."),
    ):
        form = ask(qtbot, screen, name)
        write(qtbot, form.amount, "999")
        assert form.problem == said
        assert not form.save.isEnabled()
        form.reject()
        qtbot.waitUntil(lambda: not opened(screen, CorrectingDialog))
    with screen._context.store.read() as read:
        assert read.session.query(EntryRow).count() == 3


def test_writing_off_leaves_the_rest_open(qtbot, screen):
    form = ask(qtbot, screen, "write-off")
    write(qtbot, form.amount, "40")
    assert form.foreseen.text() == (
        "$40.00 of the session of Nov 23, 2026 will be asked for no more; $60.00 stays open."
    )
    write(qtbot, form.why, "Agreed on the phone")
    assert enter(qtbot, screen, form) == "$40.00 written off"
    assert balance(screen) == (6000, 0)


def test_a_payment_is_moved_to_another_session(qtbot, screen):
    form = ask(qtbot, screen, "settle")
    write(qtbot, form.amount, "100")
    assert "will settle the session of Nov 23, 2026 in full" in form.foreseen.text()
    assert enter(qtbot, screen, form) == "$100.00 moved"
    assert balance(screen) == (10000, 0)


def test_a_bounced_check_is_voided(qtbot, screen):
    form = ask(qtbot, screen, "void")
    assert form.foreseen.text() == (
        "The payment of $200.00 is taken back. $200.00 is owed again. Both stay in the journal."
    )
    write(qtbot, form.why, "Bounced")
    enter(qtbot, screen, form)
    assert balance(screen) == (30000, 0)


def test_a_package_is_sold(qtbot, screen):
    form = ask(qtbot, screen, "package")
    write(qtbot, form.sessions, "4")
    write(qtbot, form.price, "500")
    assert "$125.00 each" in form.foreseen.text()
    assert enter(qtbot, screen, form) == "Package of 4 sold"
    with screen._context.store.read() as read:
        assert client_balances(read, "c1")["c1"].deferred_cents == 50000
