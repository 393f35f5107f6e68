# SPDX-License-Identifier: MIT
"""Cards on a client's sheet: asked for, arriving while the page is on view, marked, removed."""

from __future__ import annotations

import urllib.parse
import urllib.request

import pytest
from accessibility import assert_accessible
from desk import context, enter, opened, write
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.on_file.consents import revoke, view_consents
from mediyn_desktop.cards.on_file.requests import view_requests
from mediyn_desktop.cards.on_file.standing import view_cards
from mediyn_desktop.cards.states import State
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Practice
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.ui.correcting import CorrectingDialog
from mediyn_desktop.ui.screens.clients import card_page
from mediyn_desktop.ui.screens.clients.card_asking import AskCardDialog
from mediyn_desktop.ui.screens.clients.card_letter import LetterDialog
from mediyn_desktop.ui.screens.clients.card_page import CardPageDialog
from mediyn_desktop.ui.screens.clients.screen import ClientsScreen


@pytest.fixture
def processor(store):
    with CardProcessor(clock=store.clock, auto_seed=True) as server:
        yield server


@pytest.fixture
def screen(qtbot, ops, store, doors, processor, monkeypatch):
    """Ana has one card on file, from a file; the practice is in New York."""
    monkeypatch.setattr(card_page, "EVERY_MS", 50)
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (10, 30))
    with store.write("t") as uow:
        world.practice(uow)
        uow.session.get_one(Practice, 1).state = "NY"
        world.card(uow, world.client(uow, first_name="Ana", last_name="Ng"))
    screen = ClientsScreen(context(store, ops, processor.base_url))
    ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
    qtbot.addWidget(screen)
    screen.resize(1192, 748)
    screen.show()
    screen.activateWindow()
    screen.open_ref("c1")
    qtbot.waitUntil(lambda: screen.shows_client)
    screen.page.tabs.show_page("Cards")
    yield screen
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def ask(qtbot, screen: ClientsScreen, name: str, kind: type = CorrectingDialog):
    screen._context.actions.run(f"clients.{name}")
    qtbot.waitUntil(lambda: bool(opened(screen, kind)))
    dialog = opened(screen, kind)[-1]
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def page_of(qtbot, screen: ClientsScreen) -> CardPageDialog:
    form = ask(qtbot, screen, "card-ask", AskCardDialog)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(opened(screen, CardPageDialog)))
    return opened(screen, CardPageDialog)[-1]


def close(qtbot, screen: ClientsScreen, dialog: QDialog) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not opened(screen, QDialog))


def fill(url: str) -> None:
    form = {"number": "5555555555554444", "expires": "12/30", "cvc": "123", "email": ""}
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(url, data, timeout=60) as answer:
        assert answer.status == 200


def shown(screen: ClientsScreen) -> list[str]:
    model = screen.page.cards.model
    return [model.row_at(row).card.last4 for row in range(model.rowCount())]


def test_the_words_and_the_notice_follow_what_is_ticked(qtbot, screen):
    form = ask(qtbot, screen, "card-ask", AskCardDialog)
    assert_accessible(form)
    assert "services I received" in form.text.toPlainText()
    assert "Notice in New York" in form.text.toPlainText()
    assert "519-a" in form.notice.text()
    assert "missed" not in form.text.toPlainText()
    form.ticks["fees"].click()
    assert "missed" in form.text.toPlainText()
    assert "missed-session fees" in form.foreseen.text()
    for box in form.ticks.values():
        box.setChecked(False)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form.problem == "Choose what the card may be charged for."
    close(qtbot, screen, form)
    assert shown(screen) == ["4242"]


def test_a_card_arrives_while_its_page_is_on_view(qtbot, screen, processor, monkeypatch):
    went = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: went.append(url.toString()))
    page = page_of(qtbot, screen)
    assert_accessible(page)
    url = page.address.text()
    assert url.startswith(processor.base_url)
    assert "Waiting for the card" in page.news.text()
    page.browse.click()
    assert went == [url]
    page.copy_link.click()
    assert QGuiApplication.clipboard().text() == url
    page.copy_message.click()
    message = QGuiApplication.clipboard().text()
    assert url in message
    assert clinical_word(message) is None
    picture = page.code.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(60, 200) for y in range(60, 200)}
    assert {"#000000", "#ffffff"} <= colours
    fill(url)
    qtbot.waitUntil(lambda: "4444 has arrived" in page.news.text())
    assert not page.browse.isVisible()
    assert page.height() < 320  # there is nothing to show any more
    qtbot.waitUntil(lambda: shown(screen) == ["4444", "4242"])
    close(qtbot, screen, page)
    assert processor.state.counts().get("payment_intent", 0) == 0


def test_an_open_page_is_shown_again_and_closed(qtbot, screen, processor):
    page = page_of(qtbot, screen)
    url = page.address.text()
    close(qtbot, screen, page)
    qtbot.waitUntil(lambda: screen.page.cards.buttons["card-ask"].text() == "Show the page…")
    again = ask(qtbot, screen, "card-ask", CardPageDialog)
    assert again.address.text() == url
    again.shut.click()
    qtbot.waitUntil(lambda: "was withdrawn" in again.news.text())
    close(qtbot, screen, again)
    with screen._context.store.read() as read:
        assert [one.state for one in view_requests(read)] == ["closed"]
    assert processor.state.counts()["checkout.session"] == 1


def test_no_answer_is_said_and_asked_again(qtbot, screen, processor):
    page = page_of(qtbot, screen)
    processor.faults.script(
        Fault("reset_before", method="GET", path="/v1/checkout/sessions/cs_.*", times=2)
    )
    qtbot.waitUntil(lambda: "does not answer" in page.hint.text())
    fill(page.address.text())
    qtbot.waitUntil(lambda: "has arrived" in page.news.text())
    close(qtbot, screen, page)


def test_without_a_processor_it_says_so_and_the_form_stays(qtbot, screen):
    screen._context.program.url = None
    form = ask(qtbot, screen, "card-ask", AskCardDialog)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "No Stripe account" in form.problem)
    assert form.save.isEnabled()
    close(qtbot, screen, form)


def test_marks_consents_and_removal(qtbot, screen):
    assert "is the default card now" in enter(qtbot, screen, ask(qtbot, screen, "card-default"))
    assert "kept for fees" in enter(qtbot, screen, ask(qtbot, screen, "card-fees"))
    form = ask(qtbot, screen, "card-consent")
    assert_accessible(form)
    form.ticks["copays"].click()
    assert "sessions and missed-session fees" in form.foreseen.text()
    enter(qtbot, screen, form)
    qtbot.waitUntil(lambda: "Agreed to sessions" in screen.page.cards.detail.toPlainText())
    form = ask(qtbot, screen, "card-revoke")
    form.ticks["sessions"].click()
    write(qtbot, form.why, "Asked by phone")
    enter(qtbot, screen, form)
    with screen._context.store.read() as read:
        (card,) = view_cards(read, client="c1")
        taken, given, brought = view_consents(read, client="c1")
    assert (card.is_default, card.for_fees, card.scopes) == (True, True, ("sessions",))
    assert (taken.reason, taken.scopes, given.how) == ("Asked by phone", ("fees",), "paper")
    assert brought.how == "imported"
    form = ask(qtbot, screen, "card-remove")
    assert "removed" in enter(qtbot, screen, form)
    qtbot.waitUntil(lambda: shown(screen) == [])


def test_what_can_be_done_fits_the_card(qtbot, screen):
    cards = screen.page.cards
    names = [name for name, button in cards.for_line.items() if button.isVisible()]
    assert names == ["card-default", "card-fees", "card-consent", "card-revoke", "card-remove"]
    with screen._context.store.write("t") as uow:
        (card,) = view_cards(uow, client="c1")
        revoke(uow, card.id, reason="Asked")
    screen.open_ref("c1")
    qtbot.waitUntil(lambda: not cards.for_line["card-revoke"].isVisible())
    assert "Taken back for" in cards.detail.toPlainText()


def test_a_refused_charge_has_a_letter_to_copy(qtbot, screen):
    letter = ask(qtbot, screen, "card-letter", LetterDialog)
    assert_accessible(letter)  # there is nothing to write about yet
    qtbot.keyClick(letter, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(screen, QDialog))
    with screen._context.store.write("t") as uow:
        owner = get_client(uow, "c1")
        due = due_on_card(uow, bill_session(uow, world.session(uow, owner, "s1")))
        attempt = plan_attempt(uow, due, owner.cards[0])
        attempt.state, attempt.decline_code = State.DECLINED, "lost_card"
    screen.open_ref("c1")
    qtbot.waitUntil(screen.page.cards.buttons["card-letter"].isVisible)
    letter = ask(qtbot, screen, "card-letter", LetterDialog)
    assert_accessible(letter)
    qtbot.keyClick(letter, Qt.Key.Key_Return)
    copied = QGuiApplication.clipboard().text()
    assert "your bank did not accept a payment of $150.00" in copied
    assert clinical_word(copied) is None
    close(qtbot, screen, letter)
