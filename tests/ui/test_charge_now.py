# SPDX-License-Identifier: MIT
"""Charging a client's card now: looked at, charged once, stopped, declined, and told in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from accessibility import assert_accessible
from desk import DECLINED, PASSPHRASE, context, opened, write
from PySide6.QtCore import Qt

import world
from cards.till import CONFIRM, READ
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind
from mediyn_desktop.store import settings
from mediyn_desktop.ui.card_refund import CardRefundDialog
from mediyn_desktop.ui.screens.clients.charge import ChargeDialog
from mediyn_desktop.ui.screens.clients.charge_words import what_came
from mediyn_desktop.ui.screens.clients.screen import ClientsScreen


@pytest.fixture
def show(qtbot, ops, till, doors):
    """Show the sheet of c1."""

    def make(*, offline: bool = False) -> ClientsScreen:
        screen = ClientsScreen(context(till.store, ops, till.processor.base_url, offline=offline))
        ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
        qtbot.addWidget(screen)
        screen.resize(1192, 748)
        screen.show()
        screen.activateWindow()
        screen.open_ref("c1")
        qtbot.waitUntil(lambda: screen.shows_client)
        return screen

    yield make
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def ask(qtbot, screen: ClientsScreen) -> ChargeDialog:
    screen._context.actions.run("clients.charge")
    qtbot.waitUntil(lambda: bool(opened(screen, ChargeDialog)))
    return opened(screen, ChargeDialog)[-1]


def charged(qtbot, form: ChargeDialog) -> str:
    """Press Enter, wait for the outcome, and return it."""
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.cancel.accessibleName() == "Done")
    return " ".join(filter(None, (form.words.text(), form.outcome.text())))


def owes(till) -> int:
    with till.store.read() as read:
        return client_balances(read, "c1")["c1"].patient_cents


def test_the_preview_names_card_amount_sessions_balance_and_limits(qtbot, show, till):
    till.owe()
    till.owe_again("c1", "s-again")
    form = ask(qtbot, show())
    assert_accessible(form)
    assert [box.text() for _, box in form.boxes] == ["Nov 23, 2026 · session · $150.00 · •4242"] * 2
    assert form.facts.text().splitlines() == [
        "Visa ending 4242, valid until 12/30, is charged $300.00, in 2 charges, one for each line.",
        "Ana Sample c1 owes $300.00 now and $0.00 then.",
        "Your limits: $1,000.00 for one charge, and $10,000.00 more today.",
    ]
    assert form.charge.accessibleName() == "Charge $300.00"
    form.reject()
    assert till.states() == []  # looking plans nothing


def test_enter_charges_once_and_says_so(qtbot, show, till):
    till.owe()
    screen = show()
    form = ask(qtbot, screen)
    assert charged(qtbot, form) == "$150.00 charged"
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(screen, ChargeDialog))
    assert owes(till) == 0
    till.agrees()
    again = ask(qtbot, screen)
    assert again.facts.text() == (
        "Nothing is due from Ana Sample c1 that a card could be asked for."
    )
    assert not again.charge.isVisible()
    again.reject()


def test_a_part_is_charged_and_the_rest_stays_due(qtbot, show, till):
    till.owe()
    till.owe_again("c1", "s-again")
    form = ask(qtbot, show())
    form.boxes[0][1].setChecked(False)
    assert "is charged $150.00." in form.facts.text()
    assert "owes $300.00 now and $150.00 then" in form.facts.text()
    assert charged(qtbot, form) == "$150.00 charged"
    assert owes(till) == 15000
    form.reject()


def test_older_sessions_are_there_and_only_charged_when_they_are_ticked(qtbot, show, till):
    till.owe()
    till.owe_again("c1", "s-old", day=world.DAY - timedelta(days=100))
    form = ask(qtbot, show())
    assert [(offer.old, box.isChecked()) for offer, box in form.boxes] == [
        (True, False),
        (False, True),
    ]
    form.boxes[0][1].setChecked(True)
    assert charged(qtbot, form) == "$300.00 charged"
    assert owes(till) == 0
    form.reject()


def test_a_decline_is_told_with_what_to_do(qtbot, show, till):
    till.owe(DECLINED)
    form = ask(qtbot, show())
    came = charged(qtbot, form)
    assert came.startswith("Not charged $150.00 was not charged.")
    assert "not enough money on the card" in came
    form.reject()


def test_a_lost_answer_is_told_as_not_certain(qtbot, show, till):
    till.owe()
    till.processor.faults.script(
        Fault(FaultKind.RESET_AFTER, "POST", CONFIRM),
        Fault(FaultKind.RESET_BEFORE, "GET", READ, times=9),
    )
    form = ask(qtbot, show())
    assert "no certain answer yet" in charged(qtbot, form)
    form.reject()
    till.converge()
    till.agrees()


def test_what_changed_meanwhile_is_not_charged(qtbot, show, till):
    till.owe()
    form = ask(qtbot, show())
    with till.store.write("t") as uow:
        take_payment(uow, "c1", 4000, "cash", None, "")
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(form.problem.isVisible)
    assert "has changed meanwhile. Nothing was charged" in form.problem.text()
    assert not form.charge.isEnabled()
    assert till.intents() == []
    form.reject()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("CARDS_CAP_PER_DAY", "10000", "would exceed your limit for one day"),
        ("CARDS_CAP_PER_CHARGE", "10000", "above your limit of $100.00 for one charge"),
    ],
)
def test_a_limit_is_said_before_anything_is_sent(qtbot, show, till, key, value, said):
    till.owe()
    with till.store.write("t") as uow:
        settings.set_value(uow, getattr(settings, key).key, value)
    form = ask(qtbot, show())
    assert said in form._talk.offers[0].refused
    assert form.problem.text().startswith("No card can be charged for this now")
    assert not form.charge.isEnabled()
    form.reject()


def test_more_than_the_day_allows_together_is_said(qtbot, show, till):
    till.owe()
    till.owe_again("c1", "s-old", day=world.DAY - timedelta(days=100))
    with till.store.write("t") as uow:
        settings.set_value(uow, settings.CARDS_CAP_PER_DAY.key, "20000")
    form = ask(qtbot, show())
    form.boxes[0][1].setChecked(True)
    assert "$300.00 is more than your limit for one day still allows: $200.00" in (
        form.problem.text()
    )
    assert not form.charge.isEnabled()
    form.reject()


def test_nothing_is_charged_while_charging_is_frozen_or_offline(qtbot, show, till):
    till.owe()
    screen = show(offline=True)
    form = ask(qtbot, screen)
    assert "use no network" in form.problem.text()
    form.reject()
    with till.store.write("t") as uow:
        uow.session.add(CardFreeze(id=1, code="behind", reason="r", since=uow.now))
    form = ask(qtbot, screen)
    assert form.problem.text().startswith("Charging is frozen")
    assert not form.charge.isEnabled()
    form.reject()


def test_a_form_closed_meanwhile_still_says_what_came_of_it(qtbot, show, till):
    till.owe()
    screen = show()
    form = ask(qtbot, screen)
    till.processor.limits.latency_seconds = 0.1
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form.cancel.accessibleName() == "Go on working"
    assert_accessible(form)
    form.reject()
    qtbot.waitUntil(lambda: bool(screen._context.shell.said))
    till.processor.limits.latency_seconds = 0.0
    assert screen._context.shell.said == ["$150.00 charged."]
    till.agrees()


@pytest.mark.parametrize("by", ["button", "closing the window"])
def test_it_is_stopped_between_two_charges(qtbot, show, till, by):
    till.owe()
    for number in range(20):
        till.owe_again("c1", f"s-{number}", hour=number % 12 + 7)
    form = ask(qtbot, show())
    till.processor.limits.latency_seconds = 0.2
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "charged" in form.words.text())
    if by == "button":
        qtbot.keyClick(form.stop_button, Qt.Key.Key_Space)
    else:
        form._context.shell.stops[-1]()
    qtbot.waitUntil(lambda: form.cancel.accessibleName() == "Done")
    till.processor.limits.latency_seconds = 0.0
    paid = len(till.taken())
    assert 0 < paid < 21
    assert form.words.text() == "Stopped"
    assert form.outcome.text().splitlines()[0].startswith(f"{paid} cards charged, $")
    assert f"{21 - paid} charges over" in form.outcome.text()
    assert set(till.states()) == {"succeeded", "canceled"}
    till.agrees()
    form.reject()


@pytest.mark.parametrize("state", list(State))
def test_each_outcome_has_words(state):
    came = what_came([(state, 15000, "The bank said no.")], None, was_stopped=False)
    assert (came.heading == "$150.00 charged") == (state is State.SUCCEEDED)
    assert bool(came.lines) == (state is not State.SUCCEEDED)


def test_what_came_by_card_goes_back_to_the_card_from_the_account(qtbot, show, till):
    till.owe()
    screen = show()
    form = ask(qtbot, screen)
    charged(qtbot, form)
    form.reject()
    screen.page.tabs.show_page("Account")
    qtbot.waitUntil(lambda: screen.page.account.model.rowCount() == 2)
    screen.page.account.table.selectRow(0)
    screen._context.actions.run("clients.refund")
    qtbot.waitUntil(lambda: bool(opened(screen, CardRefundDialog)))
    (back,) = opened(screen, CardRefundDialog)
    assert_accessible(back)
    write(qtbot, back.amount, "50")
    write(qtbot, back.why, "Agreed on less")
    write(qtbot, back.passphrase.edit, PASSPHRASE)
    qtbot.keyClick(back, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(screen, CardRefundDialog))
    assert screen._context.shell.said[-1] == "$50.00 was paid back to the card"
    assert owes(till) == 5000
    till.agrees()
