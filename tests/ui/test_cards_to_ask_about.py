# SPDX-License-Identifier: MIT
"""The list of cards that expire or fail."""

from __future__ import annotations

import pytest
from accessibility import assert_accessible
from desk import context
from PySide6.QtCore import Qt

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.on_file.standing import FEE_HINT
from mediyn_desktop.cards.states import State
from mediyn_desktop.ui.context import Ask
from mediyn_desktop.ui.screens.cards.on_file import ASK_CARD, CLIENT, OnFilePage


@pytest.fixture
def page(qtbot, ops, store, doors):
    """One card expires this month, one has expired, one was refused for a fee, one is fine."""
    with store.write("t") as uow:
        world.practice(uow)
        for number, (month, year) in enumerate(((11, 2026), (10, 2026), (12, 2030), (12, 2030))):
            owner = world.client(uow, f"c{number}", last_name=f"N{number}")
            card = world.card(uow, owner, f"pm_{number}", exp_month=month, exp_year=year)
            if number == 2:
                missed = world.session(uow, owner, "s1", status="no_show")
                due = due_on_card(uow, bill_session(uow, missed))
                uow.session.expire(owner, ["cards"])
                attempt = plan_attempt(uow, due, card)
                attempt.state, attempt.decline_code = State.DECLINED, "lost_card"
    page = OnFilePage(context(store, ops))
    qtbot.addWidget(page)
    page.resize(1000, 500)
    page.show()
    page.activateWindow()
    yield page
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def test_cards_are_listed_with_what_is_wrong(qtbot, page):
    counted, waiting = [], []
    page.counted.connect(counted.append)
    page.waiting.connect(waiting.append)
    page.reload()
    qtbot.waitUntil(lambda: bool(counted))
    assert (counted, waiting) == (["3 cards to ask about"], [3])
    model = page.model
    rows = [model.row_at(row) for row in range(model.rowCount())]
    assert [(one.client_ref, one.expires) for one in rows] == [
        ("c0", "this month"),
        ("c1", "expired"),
        ("c2", None),
    ]
    assert_accessible(page)
    page.table.select_id(rows[2].id)
    qtbot.waitUntil(lambda: FEE_HINT in page.said.text())
    assert page.offered() == (ASK_CARD, CLIENT)


def test_from_the_list_to_the_client(qtbot, page):
    asked = []
    page.client_asked.connect(asked.append)
    page.verb_asked.connect(page.ask)
    page.reload()
    qtbot.waitUntil(lambda: page.current() is not None)
    page.take_focus()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert asked == ["c0"]
    page.buttons[ASK_CARD].click()
    assert page.context.shell.went == [("clients", "c0")]
    assert page.context.shell.forms == [Ask("card-ask")]


def test_nothing_is_offered_where_nothing_is_chosen(qtbot, page):
    assert page.offered() == ()
    page.ask(CLIENT)
    assert page.context.shell.went == []
