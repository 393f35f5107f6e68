# SPDX-License-Identifier: MIT
"""Disputes and payouts on screen: what has to be answered by when, and what is in a payout."""

from __future__ import annotations

import re

import pytest
from accessibility import assert_accessible
from desk import context, opened, write
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mediyn_desktop.cards.holds import held
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.sandbox.processor import outside
from mediyn_desktop.ui.screens.cards import CardsScreen, clearing_words
from mediyn_desktop.ui.screens.cards.disputes import LiftDialog
from mediyn_desktop.ui.screens.cards.screen import DISPUTES, PAYOUTS
from mediyn_desktop.ui.screens.cards.year_dialog import YearDialog, as_text


@pytest.fixture
def show(qtbot, ops, purse, doors):
    """Show the screen on one of its pages."""

    def make(page: str) -> CardsScreen:
        till = purse.till
        screen = CardsScreen(context(till.store, ops, till.processor.base_url))
        ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
        qtbot.addWidget(screen)
        screen.resize(1192, 748)
        screen.show()
        screen.activateWindow()
        screen.tabs.show_page(page)
        qtbot.waitUntil(lambda: not ops.pending())
        return screen

    yield make
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def may_charge(purse) -> bool:
    with purse.till.store.read() as read:
        return held(read, get_client(read, "c1").id) is None


def cells(model, row: int) -> list[str]:
    return [model.index(row, column).data() for column in range(model.columnCount())]


def year(qtbot, screen) -> YearDialog:
    """The report of the year, once it is added up."""
    qtbot.waitUntil(lambda: any(one.lines for one in opened(screen, YearDialog)))
    return opened(screen, YearDialog)[0]


def test_without_disputes_the_page_is_friendly(show):
    page = show(DISPUTES).disputes
    assert page.model.rowCount() == 0
    assert page._empty.accessibleName() == "No dispute"
    assert not page.panel.isVisible()


def test_an_open_dispute_says_by_when_to_answer_and_what_it_did(qtbot, show, purse):
    purse.dispute(purse.intent(purse.sold()))
    purse.poll()
    screen = show(DISPUTES)
    page = screen.disputes
    assert_accessible(screen)
    client, _, by, left, amount, state = cells(page.model, 0)
    assert (client, by, left, amount) == ("Sample c1, Ana", "Nov 30, 2026", "7", "$150.00")
    assert state == "Answer needed"
    said = " ".join(page.panel.words())
    assert "Answer on Stripe's page by Nov 30, 2026, in 7 days" in said
    assert "no notes and no diagnosis" in said
    assert "No card of the client is charged since" in said
    books = [cells(page.panel.model, row) for row in range(page.panel.model.rowCount())]
    assert [(what.strip(), cents) for what, _, cents in books] == [
        ("Dispute opened", ""),
        ("Money in dispute", "+$150.00"),
        ("Dispute fees", "+$15.00"),
        ("Card processor", "−$165.00"),
    ]
    assert screen.header.subtitle == "1 dispute · 1 to answer"
    assert "lift" not in page.offered()


def test_the_hold_is_lifted_only_when_it_is_decided_and_with_a_reason(qtbot, show, purse):
    dispute = purse.dispute(purse.intent(purse.sold()))
    purse.poll()
    screen = show(DISPUTES)
    assert not screen.context.actions.run("cards.lift")
    purse.decide(dispute, won=False)
    purse.poll()
    screen.reload()
    qtbot.waitUntil(lambda: "lift" in screen.disputes.offered())
    assert not may_charge(purse)
    assert "gone and owed again" in " ".join(screen.disputes.panel.words())
    assert screen.context.actions.run("cards.lift")
    (form,) = opened(screen, LiftDialog)
    assert_accessible(form)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form._why[1].problem
    write(qtbot, form.why, "We agreed on cash from now on")
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: may_charge(purse))
    qtbot.waitUntil(lambda: "lift" not in screen.disputes.offered())
    assert "We agreed on cash from now on" in " ".join(screen.disputes.panel.words())


def test_a_dispute_that_was_won_lifts_its_hold_itself(qtbot, show, purse):
    dispute = purse.dispute(purse.intent(purse.sold()))
    purse.poll()
    purse.decide(dispute, won=True)
    purse.poll()
    page = show(DISPUTES).disputes
    assert cells(page.model, 0)[-1] == "Won"
    assert "may be charged again" in " ".join(page.panel.words())
    page.ask("dispute-entry")
    assert re.fullmatch(r"#\d+", page.context.shell.went[-1][1])
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.context.shell.went[-1] == ("clients", "c1")


@pytest.mark.parametrize(
    "reason",
    [
        "duplicate",
        "fraudulent",
        "unrecognized",
        "product_not_received",
        "product_unacceptable",
        "subscription_canceled",
        "credit_not_processed",
        "a_new_reason",
    ],
)
def test_each_reason_of_a_bank_is_said_readably(reason):
    said = clearing_words.dispute_reason(reason)
    assert said.endswith(".")
    assert "_" not in said


def test_without_payouts_the_page_is_friendly(show):
    page = show(PAYOUTS).payouts
    assert page._empty.accessibleName() == "Nothing was paid out yet"


def test_a_payout_shows_what_it_is_made_of_and_its_entry(qtbot, show, purse):
    purse.sold()
    purse.pay_back(purse.sold(), 4000)
    purse.till.days_pass(3)
    purse.pay_out()
    purse.poll(sweep=True)
    screen = show(PAYOUTS)
    page = screen.payouts
    qtbot.waitUntil(lambda: page.panel.story is not None)
    assert_accessible(screen)
    net = 2 * 15000 - 4000 - 2 * 465
    assert page.panel.sums() == {
        "2 payments": "$300.00",
        "Refunds": "-$40.00",
        "Stripe's fees": "-$9.30",
        "Paid out": f"${net / 100:.2f}",
    }
    assert "Posted to the bank account as entry" in page.panel.words()
    assert "add up to it to the cent" in page.panel.words()
    rows = [cells(page.panel.model, row) for row in range(page.panel.model.rowCount())]
    assert ["Payment", "Sample c1, Ana", "$150.00", "$4.65", "$145.35"] in rows
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.panel.table.hasFocus()
    qtbot.keyClick(page.panel.table, Qt.Key.Key_Return)
    assert page.context.shell.went[-1][0] == "clients"
    page.ask("payout-entry")
    assert page.context.shell.went[-1][0] == "ledger"


def test_a_payout_on_its_way_is_in_neither_account(qtbot, show, purse):
    purse.sold()
    purse.till.days_pass(3)
    payout = purse.pay_out("in_transit")
    purse.poll(sweep=True)
    page = show(PAYOUTS).payouts
    qtbot.waitUntil(lambda: page.panel.story is not None)
    assert "It is in neither account yet" in page.panel.words()
    purse.settle_payout(payout, paid=False)
    purse.poll(sweep=True)
    page.reload()
    qtbot.waitUntil(lambda: "The bank did not take" in page.panel.words())


def test_money_nobody_knows_in_a_payout_is_named(qtbot, show, purse):
    purse.sold()
    outside.charge_by_hand(
        purse.world, {"customer": "cus_stranger", "payment_method": "pm_x", "amount": 7700}
    )
    purse.poll(sweep=True)  # the sandbox books it with the next question
    purse.till.days_pass(3)
    purse.pay_out()
    purse.poll(sweep=True)
    page = show(PAYOUTS).payouts
    qtbot.waitUntil(lambda: page.panel.story is not None)
    assert "1 payment in it is not in these books" in page.panel.words()


def test_the_year_adds_up_to_what_the_form_counts(qtbot, show, purse):
    purse.sold()
    purse.pay_back(purse.sold(), 4000)
    purse.till.days_pass(3)
    purse.pay_out()
    purse.poll(sweep=True)
    screen = show(PAYOUTS)
    assert screen.context.actions.run("cards.year")
    form = year(qtbot, screen)
    assert_accessible(form)
    assert form.year.currentText() == "2026"
    assert [line[0] for line in form.lines] == ["November 2026", "All of 2026"]
    assert "Form 1099-K for 2026 counts $300.00" in form.said.text()
    assert "agree today, to the cent" in form.said.text()
    assert cells(form.model, 1)[:5] == ["All of 2026", "2", "$300.00", "-$40.00", "-$9.30"]
    qtbot.mouseClick(form.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == as_text(form.lines)
    assert as_text(form.lines).splitlines()[-1].startswith("All of 2026\t2\t300.00\t-40.00\t")
    form.accept()


def test_money_that_is_not_in_the_books_explains_the_years_difference(qtbot, show, purse):
    purse.sold()
    outside.charge_by_hand(
        purse.world, {"customer": "cus_stranger", "payment_method": "pm_x", "amount": 7700}
    )
    purse.poll(sweep=True)
    screen = show(PAYOUTS)
    screen.payouts.ask_year()
    form = year(qtbot, screen)
    assert "The books hold $74.47 less than Stripe does today" in form.said.text()
    assert "these books do not have it" in form.said.text()
    form.accept()
