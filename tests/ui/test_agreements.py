# SPDX-License-Identifier: MIT
"""What is agreed with a client, and a session put right: by keyboard, foreseen before saving."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from accessibility import assert_accessible
from desk import context, enter, opened, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.estimates import estimate_of
from mediyn_desktop.billing.package_sales import sell_package
from mediyn_desktop.billing.plan_views import PlanState, plans_of
from mediyn_desktop.billing.prepaid import PackageState, packages_of
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.practice.sessions import get
from mediyn_desktop.practice.sliding import agreements_of
from mediyn_desktop.ui.context import Ask
from mediyn_desktop.ui.correcting import CorrectingDialog
from mediyn_desktop.ui.screens.clients.estimate import EstimateSheet
from mediyn_desktop.ui.screens.clients.forms import FORMS
from mediyn_desktop.ui.screens.clients.screen import ClientsScreen
from mediyn_desktop.ui.screens.clients.statement import StatementDialog
from mediyn_desktop.undo.undoing import undo

LAST = "s3"  # not signed, so not billed


@pytest.fixture
def screen(qtbot, ops, store, doors):
    """Ana owes two sessions of $150.00; the third is held and not signed."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, first_name="Ana", last_name="Ng")
        world.card(uow, ana)
        for number in (1, 2, 3):
            day = world.DAY - timedelta(days=21 - 7 * number)
            session = world.session(uow, ana, f"s{number}", day=day, signed=number < 3)
            if number < 3:
                bill_session(uow, session)
    screen = ClientsScreen(context(store, ops))
    ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
    qtbot.addWidget(screen)
    screen.resize(1192, 748)
    screen.show()
    screen.activateWindow()
    screen.open_ref("c1")
    qtbot.waitUntil(lambda: screen.shows_client)
    yield screen
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def ask(qtbot, screen: ClientsScreen, name: str, kind: type = CorrectingDialog):
    """Run the command as the palette does; return the form once it says what it would do."""
    screen._context.actions.run(f"clients.{name}")
    qtbot.waitUntil(lambda: bool(opened(screen, kind)))
    dialog = opened(screen, kind)[-1]
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def foreseen(qtbot, form: CorrectingDialog, words: str) -> None:
    qtbot.waitUntil(lambda: words in form.foreseen.text() and form.save.isEnabled())


def close(qtbot, screen: ClientsScreen, dialog: QDialog) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not opened(screen, QDialog))


def read(screen: ClientsScreen):
    return screen._context.store.read()


def agreed(screen: ClientsScreen) -> list[tuple[str, str]]:
    model = screen.page.agreements.model
    lines = [model.row_at(row) for row in range(model.rowCount())]
    return [(line.what, line.status.word) for line in lines]


def test_every_form_can_be_used_without_a_mouse(qtbot, screen):
    screen.page.sessions.table.select_id(LAST)
    for name in FORMS:
        dialog = ask(qtbot, screen, name, QDialog)
        qtbot.waitUntil(lambda: not screen._context.ops.pending())
        assert_accessible(dialog)
        close(qtbot, screen, dialog)
    with read(screen) as books:
        assert client_balances(books, "c1")["c1"].patient_cents == 30000


def test_where_there_is_nothing_to_do_it_says_why(qtbot, screen):
    for name in ("refund", "void", "pay-package", "refund-package", "end-fee", "installment"):
        form = ask(qtbot, screen, name)
        qtbot.keyClick(form, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not opened(screen, CorrectingDialog))
    assert screen._context.shell.said == []


def test_what_is_missing_is_said_beside_its_field(qtbot, screen):
    form = ask(qtbot, screen, "sliding")
    assert form.problem == ""  # nothing is wrong before anything was written
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form.percent.problem == "This is needed."
    assert form.percent.hasFocus()
    close(qtbot, screen, form)


def test_a_payment_says_what_it_settles(qtbot, screen):
    form = ask(qtbot, screen, "pay")
    assert form.foreseen.text() == "Settles 2 sessions in full, the oldest first."
    write(qtbot, form.amount, "200")
    assert form.foreseen.text() == (
        "Settles 1 session in full and $50.00 of the session of Nov 16, 2026, the oldest first. "
        "$100.00 stays due."
    )
    write(qtbot, form.amount, "310")
    assert form.foreseen.text().endswith("$10.00 is kept as credit.")
    assert enter(qtbot, screen, form) == "$310.00 recorded"
    assert screen._context.shell.undoable == ["$310.00 recorded"]
    with read(screen) as books:
        assert client_balances(books, "c1")["c1"].credit_cents == 1000


def test_a_sliding_fee_is_agreed_and_ends(qtbot, screen):
    form = ask(qtbot, screen, "sliding")
    write(qtbot, form.percent, "60")
    write(qtbot, form.tier, "Tier B")
    foreseen(qtbot, form, "a session of 90837 costs $108.00 in place of $180.00")
    write(qtbot, form.why, "Income looked at")
    assert enter(qtbot, screen, form) == "Sliding fee of 60% agreed"
    assert agreed(screen) == [("Sliding fee “Tier B”: 60% of the list fee", "In force")]
    form = ask(qtbot, screen, "end-fee")
    foreseen(qtbot, form, "sessions cost the list fee again")
    enter(qtbot, screen, form)
    with read(screen) as books:
        assert agreements_of(books, "c1")[0].effective_to == world.DAY


def test_an_estimate_is_given_and_shown_beside_what_was_billed(qtbot, screen):
    form = ask(qtbot, screen, "estimate")
    write(qtbot, form.sessions, "10")
    foreseen(qtbot, form, "10 sessions of 90837 at $180.00: $1,800.00")
    assert enter(qtbot, screen, form) == "Estimate given and kept"
    with read(screen) as books:
        assert estimate_of(books, "c1").total_cents == 180000
    assert agreed(screen) == [("Estimate 1: 10 sessions of 90837", "Within it")]
    sheet = ask(qtbot, screen, "show-estimate", EstimateSheet)
    assert sheet.said.text() == "What was billed is within the estimate."
    close(qtbot, screen, sheet)


def test_a_package_is_refunded_for_what_was_not_held(qtbot, screen):
    with screen._context.store.write("t") as uow:
        sell_package(
            uow, "c1", code="90834", sessions=5, price_cents=60000, on=world.DAY, method="cash"
        )
    screen.reload()
    qtbot.waitUntil(lambda: agreed(screen) == [("Package: 5 sessions of 90834", "5 left")])
    form = ask(qtbot, screen, "refund-package")
    foreseen(
        qtbot, form, "All $600.00 goes back: no session of it was held. The package then ends."
    )
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form.isVisible()  # no reason yet
    write(qtbot, form.why, "Moves away")
    assert enter(qtbot, screen, form) == "$600.00 paid back"
    with read(screen) as books:
        assert packages_of(books, "c1")[0].state is PackageState.REFUNDED
    assert screen._context.shell.undoable == []  # Ctrl+Z names what does it instead


def test_a_package_sold_on_account_is_paid_later(qtbot, screen):
    with screen._context.store.write("t") as uow:
        sell_package(uow, "c1", code="90834", sessions=5, price_cents=60000, on=world.DAY)
    screen.reload()
    qtbot.waitUntil(lambda: agreed(screen) == [("Package: 5 sessions of 90834", "Not paid")])
    form = ask(qtbot, screen, "pay-package")
    foreseen(qtbot, form, "$600.00 is recorded, and its 5 sessions can be used")
    enter(qtbot, screen, form)
    assert agreed(screen) == [("Package: 5 sessions of 90834", "5 left")]


def test_a_plan_shows_every_installment_before_it_is_agreed(qtbot, screen):
    form = ask(qtbot, screen, "plan")
    write(qtbot, form.amount, "100")
    write(qtbot, form.day, "15")
    foreseen(qtbot, form, "3 installments of $100.00: $300.00, paid off on Feb 15, 2027.")
    due = [form.model.row_at(row).due_on for row in range(form.model.rowCount())]
    assert due == [date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15)]
    assert enter(qtbot, screen, form) == "Payment plan agreed"
    assert agreed(screen) == [("Payment plan: $100.00 a month, on day 15", "On time")]
    form = ask(qtbot, screen, "installment")
    foreseen(qtbot, form, "$200.00 of the plan is left.")
    enter(qtbot, screen, form)
    form = ask(qtbot, screen, "pause-plan")
    enter(qtbot, screen, form)
    assert agreed(screen)[0][1] == "Paused"
    form = ask(qtbot, screen, "end-plan")
    write(qtbot, form.why, "Pays the rest at once")
    enter(qtbot, screen, form)
    with read(screen) as books:
        assert plans_of(books, "c1")[0].state is PlanState.ENDED
        assert client_balances(books, "c1")["c1"].patient_cents == 20000


def test_a_card_is_asked_only_from_the_day_the_client_signed(qtbot, screen):
    form = ask(qtbot, screen, "plan")
    qtbot.keyClick(form.card, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: "Enter the day the client signed" in form.foreseen.text())
    write(qtbot, form.agreed, "t")
    foreseen(qtbot, form, "4 installments of $75.00")
    enter(qtbot, screen, form)
    with read(screen) as books:
        assert plans_of(books, "c1")[0].card_last4 == "4242"


def test_a_session_is_cancelled_late_and_its_fee_is_said_before(qtbot, screen):
    screen.page.sessions.table.select_id("s2")
    form = ask(qtbot, screen, "cancel")
    form.how.setCurrentIndex(2)
    foreseen(qtbot, form, "The session of Nov 16, 2026 is a late cancellation.")
    assert "Its charge of $150.00 is voided." in form.foreseen.text()
    write(qtbot, form.why, "Called too late")
    enter(qtbot, screen, form)
    with screen._context.store.write("t") as uow:
        assert get(uow, "s2").status == SessionStatus.LATE_CANCEL
        undo(uow)
        assert get(uow, "s2").status == SessionStatus.ATTENDED


def test_a_courtesy_is_promised_before_a_session_is_billed(qtbot, screen):
    screen.page.sessions.table.select_id(LAST)
    form = ask(qtbot, screen, "courtesy")
    write(qtbot, form.amount, "999")
    qtbot.waitUntil(lambda: form.problem == "The session costs $150.00; no more can be taken off.")
    write(qtbot, form.amount, "50")
    foreseen(qtbot, form, "$100.00 will be asked in place of $150.00")
    write(qtbot, form.why, "Between jobs")
    assert enter(qtbot, screen, form) == "$50.00 promised off"


def test_a_courtesy_for_a_billed_session_is_a_write_off(qtbot, screen):
    screen.page.sessions.table.select_id("s2")
    form = ask(qtbot, screen, "courtesy")
    assert form.charge.currentText() == "Session of Nov 16, 2026: $150.00 open"
    assert form.kind.currentText() == "Courtesy"
    close(qtbot, screen, form)


def test_a_statement_adds_up_and_leads_to_the_ledger(qtbot, screen):
    with screen._context.store.write("t") as uow:
        take_payment(uow, "c1", 20000, "check", None, "No. 41")
    dialog = ask(qtbot, screen, "statement", StatementDialog)
    qtbot.waitUntil(lambda: dialog.said.text() == "$100.00 is due from the client.")
    assert [one.text() for one in dialog.sums] == [
        "$0.00", "$300.00", "$0.00", "$0.00", "$200.00", "$100.00",
    ]  # fmt: skip
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_End)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert screen._context.shell.went == [("ledger", "#3")]


def test_a_statement_from_a_later_day_opens_with_what_was_owed(qtbot, screen):
    dialog = ask(qtbot, screen, "statement", StatementDialog)
    qtbot.waitUntil(lambda: dialog.lines.rowCount() == 2)
    write(qtbot, dialog.since, "11/12")
    qtbot.waitUntil(lambda: dialog.lines.rowCount() == 1)
    assert dialog.sums[0].text() == "$150.00"
    close(qtbot, screen, dialog)


def test_another_screen_opens_a_form_of_a_client(qtbot, screen):
    screen.back()
    screen.open_form("c1", Ask("cancel", "s2"))
    qtbot.waitUntil(lambda: bool(opened(screen, CorrectingDialog)))
    form = opened(screen, CorrectingDialog)[0]
    assert form.accessibleName() == "Cancel a session of Ana Ng"
    assert screen.page.tabs.current == "Sessions"
    close(qtbot, screen, form)


def test_the_tabs_are_one_stop_and_pages_keep_the_keyboard(qtbot, screen):
    screen.page.focus()
    qtbot.keyClick(screen, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert screen.page.tabs.current == "Account"
    assert screen.page.account.table.hasFocus()
    stops = [
        button.accessibleName()
        for button in screen.page.tabs._group.buttons()
        if button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert stops == ["Account  2"]


def test_the_journal_behind_a_line_is_shown_by_one_key(qtbot, screen):
    assert screen._context.actions.run("clients.journal")
    assert screen.page.account.journal.isVisible()
    rows = screen.page.account.postings
    names = [rows.row_at(row).words for row in range(rows.rowCount())]
    assert names == ["Owed by Ng, Ana", "Income: sessions"]


def test_enter_in_the_search_opens_the_only_client_found(qtbot, screen):
    screen.back()
    screen.search.setFocus()
    qtbot.keyClicks(screen.search, "c1")
    qtbot.waitUntil(lambda: not screen._context.ops.pending())
    qtbot.keyClick(screen.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.shows_client)


def test_what_was_billed_says_which_fee_was_used(screen):
    screen.page.sessions.table.select_id("s1")
    assert screen.page.sessions.detail.toPlainText() == "90834: the general fee: $150.00"
