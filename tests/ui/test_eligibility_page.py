# SPDX-License-Identifier: MIT
"""Who comes next and whether they are covered: asked, noted from a call, taken over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from accessibility import assert_accessible
from claims_desk import form, shown
from desk import context, opened, write
from PySide6.QtCore import Qt

import world
from mediyn_desktop.claims.eligibility import last_answer
from mediyn_desktop.claims.mailing import fetch_now
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.sandbox.clearinghouse import ClearinghouseServer, answer_folder
from mediyn_desktop.store import settings
from mediyn_desktop.ui.screens.claims import ClaimsScreen
from mediyn_desktop.ui.screens.claims.benefits import AcceptDialog, CallDialog, HistoryDialog

COVERED = 4


@pytest.fixture
def server(clock):
    with ClearinghouseServer(clock=clock) as running:
        yield running


@pytest.fixture
def insured(store):
    """c1 and c2 come tomorrow, c3 has insurance and no appointment."""
    with store.write("t") as uow:
        world.practice(uow)
        for number, copay in ((1, None), (2, 2000), (3, None)):
            owner = world.client(uow, f"c{number}", payment_type="in_network")
            world.coverage(uow, owner, copay=copay, member_id=f"XYZ12345{number}")
            if number < 3:
                world.session(
                    uow,
                    owner,
                    f"s{number}",
                    day=world.DAY + timedelta(days=1),
                    hour=8 + number,
                    signed=False,
                )
    return store


@pytest.fixture
def connected(insured, server):
    """The same, with a way to ask."""
    with insured.write("t") as uow:
        for name, value in server.addresses().items():
            settings.set_value(uow, name, value)
    return insured


def listed(qtbot, ops, given) -> ClaimsScreen:
    """The screen on the page of eligibility, with somebody on it."""
    screen = shown(qtbot, ops, given, "Eligibility")
    qtbot.waitUntil(lambda: screen.eligibility.model.rowCount() > 0)
    screen.take_focus()
    return screen


@pytest.fixture
def page(qtbot, ops, connected, doors):
    screen = listed(qtbot, ops, context(connected, ops))
    yield screen.eligibility
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def standings(page) -> list[str]:
    model = page.model
    return [model.index(row, COVERED).data() for row in range(model.rowCount())]


def noted(store) -> tuple[int | None, int | None]:
    with store.read() as read:
        row = read.session.get_one(Coverage, 1)
        return row.copay_cents, row.coinsurance_bp


def test_who_comes_is_asked_about_and_the_figures_are_taken_over_one_by_one(qtbot, page, connected):
    assert standings(page) == ["Never asked", "Never asked"]
    assert_accessible(page)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)  # the usual thing: ask
    qtbot.waitUntil(lambda: standings(page) == ["Covered", "Never asked"])
    words = page.panel.words()
    assert any(one.startswith("The insurer covers mental health, as of") for one in words)
    assert "Asked by computer." in words[-1]
    page.take_button.click()
    taking = form(qtbot, page, AcceptDialog)
    assert_accessible(taking)
    told = set(taking.ticks)
    assert "copay_cents" in told
    assert len(told) > 1
    for name in told - {"copay_cents"}:
        taking.ticks[name].setFocus()
        qtbot.keyClick(taking.ticks[name], Qt.Key.Key_Space)
    qtbot.keyClick(taking, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, AcceptDialog))
    with connected.read() as read:
        answer = last_answer(read, 1)
    assert noted(connected) == (answer.copay_cents, None)  # only what was ticked
    assert answer.coinsurance_bp is not None


def test_all_are_asked_about_and_everybody_can_be_listed(qtbot, page, server):
    page.all_button.click()
    qtbot.waitUntil(lambda: standings(page) == ["Covered", "Covered"])
    assert page.context.shell.said[-1] == "2 insurers asked"
    page.view.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    assert sorted(standings(page)) == ["Covered", "Covered", "Never asked"]


@pytest.fixture
def by_mail(insured, tmp_path):
    """The same people, and a clearinghouse that takes and gives files in folders."""
    with insured.write("t") as uow:
        for name in ("out", "in"):
            (tmp_path / name).mkdir()
            settings.set_value(uow, f"clearinghouse.{name}", str(tmp_path / name))
    return insured


def test_by_mail_the_questions_wait_until_the_answers_are_fetched(
    qtbot, ops, by_mail, tmp_path, clock
):
    screen = listed(qtbot, ops, context(by_mail, ops))
    page = screen.eligibility
    assert "Questions go in a file" in page.way.text()
    page.all_button.click()
    qtbot.waitUntil(lambda: standings(page) == ["Waiting", "Waiting"])
    assert page.context.shell.said[-1] == "2 insurers asked; the answers come by mail"
    assert any("has not come yet" in one for one in page.panel.words())
    assert "There is no answer yet." in page.panel.words()  # not: nobody has asked
    assert_accessible(page)
    page.all_button.click()  # nothing is asked twice
    qtbot.waitUntil(lambda: len(page.context.shell.said) == 2)
    assert len(list((tmp_path / "out").glob("*.270"))) == 1
    answer_folder(tmp_path / "out", tmp_path / "in", clock)
    fetch_now(by_mail)
    page.reload()
    qtbot.waitUntil(lambda: standings(page) == ["Covered", "Covered"])


def test_offline_questions_are_queued_and_said_so(qtbot, ops, connected, server):
    screen = listed(qtbot, ops, context(connected, ops, offline=True))
    page = screen.eligibility
    page.all_button.click()
    qtbot.waitUntil(lambda: standings(page) == ["To be asked", "To be asked"])
    assert page.context.shell.said[-1] == (
        "You work offline. 2 questions will be asked once you are online"
    )
    assert any("waits to be asked" in one for one in page.panel.words())


def test_a_call_is_noted_with_its_reference_and_shows_in_the_history(qtbot, ops, insured, doors):
    screen = listed(qtbot, ops, context(insured, ops))
    page = screen.eligibility
    assert not page.ask_button.isVisible()  # no way to ask by computer is set up
    assert page.way.text().startswith("No way to ask insurers by computer")
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    call = form(qtbot, page, CallDialog)
    assert_accessible(call)
    qtbot.keyClick(call, Qt.Key.Key_Return)
    assert "Ask for the reference number" in call.foreseen.text() + call.problem
    write(qtbot, call.reference.editor, "REF-77")
    write(qtbot, call.spoke_with.editor, "Dana")
    write(qtbot, call.copay, "25")
    write(qtbot, call.coinsurance, "12.5")
    write(qtbot, call.deductible, "1500")
    write(qtbot, call.left, "400")
    qtbot.keyClick(call, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: standings(page) == ["Covered", "Never asked"])
    words = "\n".join(page.panel.words())
    for one in ("Copay: $25.00", "Coinsurance: 12.5%", "Deductible left: $400.00", "REF-77"):
        assert one in words
    assert noted(insured) == (None, None)  # nothing is taken over by itself
    page.history()
    earlier = form(qtbot, page, HistoryDialog)
    assert_accessible(earlier)
    assert "with Dana, reference REF-77" in earlier.said.text()
    earlier.accept()
    assert doors.bugs == []


def test_a_share_that_cannot_be_is_refused_beside_its_field(qtbot, ops, insured):
    page = listed(qtbot, ops, context(insured, ops)).eligibility
    page.note_call()
    call = form(qtbot, page, CallDialog)
    write(qtbot, call.reference.editor, "R1")
    write(qtbot, call.coinsurance, "120")
    qtbot.keyClick(call, Qt.Key.Key_Return)
    assert call.coinsurance.problem == "A share is between 0 and 100 percent."
    assert call.isVisible()
    call.reject()


def test_a_question_that_fails_says_why(qtbot, ops, connected, server):
    with connected.write("t") as uow:
        uow.session.get_one(Coverage, 1).member_id = ""
    page = listed(qtbot, ops, replace(context(connected, ops))).eligibility
    page.ask_now()
    qtbot.waitUntil(lambda: standings(page)[0] == "No answer")
    assert any("It could not be asked" in one for one in page.panel.words())
