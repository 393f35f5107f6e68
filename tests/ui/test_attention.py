# SPDX-License-Identifier: MIT
"""Alerts above the day: shown, followed to the client, and put aside with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from accessibility import assert_accessible
from desk import context
from PySide6.QtCore import Qt

import world
from cards.till import CONFIRM, READ
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.states import State
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind
from mediyn_desktop.ui.screens.today import TodayScreen
from mediyn_desktop.ui.screens.today.attention import AlertsDialog
from mediyn_desktop.ui.status import status


@pytest.fixture
def today(qtbot, ops, store, doors):
    """Ana owes $360.00, some of it for 90 days; Ben owes little."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, first_name="Ana", last_name="Ng")
        for number, days in ((1, 90), (2, 1)):
            day = world.DAY - timedelta(days=days)
            bill_session(uow, world.session(uow, ana, f"s{number}", day=day, minutes=60))
        bill_session(uow, world.session(uow, world.client(uow, "c2"), "t1"))
    screen = TodayScreen(context(store, ops))
    ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
    qtbot.addWidget(screen)
    screen.resize(1032, 748)
    screen.show()
    screen.activateWindow()
    qtbot.waitUntil(lambda: bool(screen.alerts))
    yield screen
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []


def ask(qtbot, screen: TodayScreen) -> AlertsDialog:
    qtbot.mouseClick(screen.attention.button, Qt.MouseButton.LeftButton)
    (found,) = [one for one in screen.findChildren(AlertsDialog) if one.isVisible()]
    return found


def test_the_most_urgent_is_said_with_its_client(today):
    assert today.attention.isVisible()
    assert today.attention.words.text().startswith("Ana Ng: $360.00 is owed")
    assert today.attention.button.accessibleName() == "2 alerts…"
    assert_accessible(today)


def test_enter_opens_the_client(qtbot, today):
    dialog = ask(qtbot, today)
    assert_accessible(dialog)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert today.context.shell.went == [("clients", "c1")]


def test_an_alert_is_put_aside_with_a_reason_only(qtbot, today):
    dialog = ask(qtbot, today)
    dialog.why.setFocus()
    qtbot.keyClick(dialog.why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "reason" in dialog.problem)
    assert dialog.model.rowCount() == 2
    qtbot.keyClicks(dialog.why, "Agreed on a plan")
    qtbot.keyClick(dialog.why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1)
    qtbot.waitUntil(lambda: len(today.alerts) == 1)
    with today.context.store.read() as read:
        assert len(alerts(read)) == 1
        assert len(alerts(read, snoozed=True)) == 2
    dialog.reject()


def test_with_nothing_to_do_nothing_is_shown(qtbot, ops, store, doors):
    with store.write("t") as uow:
        world.practice(uow)
    screen = TodayScreen(context(store, ops))
    qtbot.addWidget(screen)
    screen.show()
    qtbot.waitUntil(lambda: screen.view is not None and not ops.pending())
    assert not screen.attention.isVisible()


@pytest.fixture
def evening(qtbot, ops, till, doors):
    """The day of a practice that charges cards."""

    def show() -> TodayScreen:
        screen = TodayScreen(context(till.store, ops, till.processor.base_url))
        qtbot.addWidget(screen)
        screen.resize(1032, 748)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: screen.view is not None and not ops.pending())
        return screen

    yield show
    assert doors.bugs == []


def test_a_freeze_is_said_above_the_day_and_one_key_leads_to_the_comparison(
    qtbot, evening, till, tmp_path
):
    till.owe()
    backup = till.copy(tmp_path / "backup")
    till.queue()
    till.run()
    till.restore(backup)
    till.queue()
    assert till.run().stopped == "frozen"
    screen = evening()
    assert screen.attention.words.text().startswith("Cards: Charging is frozen")
    assert screen.attention.cards_button.isVisible()
    assert_accessible(screen)
    screen.addActions(screen.context.actions.actions())  # as the window does
    qtbot.keyClick(screen.table, Qt.Key.Key_K)
    assert screen.context.shell.went == [("cards", "#frozen")]


def test_a_charge_without_an_answer_is_said_and_enter_leads_to_it(qtbot, evening, till):
    till.processor.faults.script(
        Fault(FaultKind.RESET_AFTER, "POST", CONFIRM),
        Fault(FaultKind.RESET_BEFORE, "GET", READ, times=9),
    )
    till.sell()
    till.run()
    screen = evening()
    (found,) = [one for one in screen.alerts if one.alert.kind == "card-unknown"]
    assert "$150.00 got no answer" in found.alert.message
    dialog = ask(qtbot, screen)
    assert dialog.table.select_id("card-unknown:cards")
    assert dialog.open_client.accessibleName() == "Open cards"
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert screen.context.shell.went == [("cards", "#uncertain")]
    with till.store.read() as read:
        assert status(read, ()).cards == "1 charge without an answer"
    till.converge()
    with till.store.read() as read:
        assert status(read, ()).cards == ""
        assert not [one for one in alerts(read) if one.ref == "cards"]


def test_a_charge_that_is_being_sent_is_under_way_and_no_cause_for_alarm(till, monkeypatch):
    till.sell()
    confirm, seen = till.api.intents.confirm, []

    def asked(*args, **kwargs):
        with till.store.read() as read:
            seen.append((status(read, ()), alerts(read)))
        return confirm(*args, **kwargs)

    monkeypatch.setattr(till.api.intents, "confirm", asked)
    till.run()
    ((now, told),) = seen
    assert (now.cards, now.calm) == ("1 charge under way", True)
    assert not [one for one in told if one.ref == "cards"]
    with till.store.read() as read:
        assert status(read, ()).cards == ""


def test_a_charge_cut_short_by_a_power_cut_is_soon_one_without_an_answer(till, monkeypatch):
    ident = till.sell()
    with till.power_cut(monkeypatch, "mediyn_desktop.cards.driving.Driver._read_back"):
        till.run()
    assert till.state(ident) == State.CONFIRMING
    till.clock.advance(timedelta(minutes=4))
    with till.store.read() as read:
        now = status(read, ())
    assert (now.cards, now.calm) == ("1 charge without an answer", False)
    till.converge()
    till.agrees()


def test_without_anything_about_cards_there_is_no_button_for_them(today):
    assert not today.attention.cards_button.isVisible()
    assert not today.context.actions.run("today.cards")
