# SPDX-License-Identifier: MIT
"""Comparing with the processor on screen: looked at, stopped, lied to, and accepted as one step."""

from __future__ import annotations

import threading

import pytest
from accessibility import assert_accessible
from desk import context, opened
from PySide6.QtCore import Qt

import world
from cards.shelf import Shelf
from cards.till import KEY
from mediyn_desktop.cards.findings import Finding, Kind
from mediyn_desktop.cards.links.offering import make_link, plan_link
from mediyn_desktop.cards.stripe_api.refunds import Refunds
from mediyn_desktop.ledger import queries
from mediyn_desktop.sandbox.processor import outside
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind
from mediyn_desktop.store import settings
from mediyn_desktop.ui.screens.cards import CardsScreen
from mediyn_desktop.ui.screens.cards.accept_dialog import AcceptDialog
from mediyn_desktop.ui.screens.cards.charge_verbs import CloseLinkDialog
from mediyn_desktop.ui.screens.cards.compare_words import KINDS, accepting, summary
from mediyn_desktop.ui.screens.cards.link_sheet import LinkSheet

WHAT, CLIENT, AMOUNT = 0, 1, 3
INTENTS = r"/v1/payment_intents"


@pytest.fixture
def show(qtbot, ops, till, doors):
    """Show the page on the practice as it stands now."""

    def make(*, offline: bool = False):
        with till.store.write("t") as uow:
            settings.set_value(uow, settings.STRIPE_KEY.key, KEY)
        screen = CardsScreen(context(till.store, ops, till.processor.base_url, offline=offline))
        ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
        qtbot.addWidget(screen)
        screen.resize(1192, 748)
        screen.show()
        screen.activateWindow()
        screen.open_ref("#frozen")
        qtbot.waitUntil(lambda: not ops.pending())
        return screen.comparison

    yield make
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


@pytest.fixture
def restored(till, tmp_path):
    """Three cards were charged after the backup that this practice was restored from."""
    for _ in range(3):
        till.owe()
    backup = till.copy(tmp_path / "backup")
    till.queue()
    till.run()
    till.restore(backup)
    till.queue()
    assert till.run().stopped == "frozen"
    return till


def by_hand(till, customer: str, method: str, cents: int) -> None:
    outside.charge_by_hand(
        till.processor.state, {"customer": customer, "payment_method": method, "amount": cents}
    )


def compared(qtbot, page):
    """Compare as the palette does, and wait for the outcome."""
    assert page.context.actions.run("cards.compare")
    qtbot.waitUntil(lambda: page.found is not None or page.problem.isVisible())
    return page.found


def accept(qtbot, page) -> str:
    assert page.context.actions.run("cards.accept")
    (form,) = opened(page, AcceptDialog)
    assert_accessible(form)
    assert form.foreseen.text().startswith("Look through the list first")
    form.looked.setChecked(True)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, AcceptDialog))
    qtbot.waitUntil(lambda: not page.context.ops.pending())
    return page.context.shell.said[-1]


def rows(page) -> list[tuple[str, str, str]]:
    model = page.model
    return sorted(
        tuple(model.index(row, column).data() for column in (WHAT, CLIENT, AMOUNT))
        for row in range(model.rowCount())
    )


def test_a_freeze_is_told_in_plain_words_and_ends_when_it_is_accepted(qtbot, show, restored):
    page = show()
    assert_accessible(page)
    assert page.standing.status.word == "Charging is frozen"
    assert "restored from a backup or copied" in page.words.text()
    assert "mediyn" not in page.words.text()
    compared(qtbot, page)
    assert_accessible(page)
    assert rows(page) == [("Ours", f"Sample c{n}, Ana", "$150.00") for n in (1, 2, 3)]
    assert page.summary.text() == "3 things found: 3 of ours ($450.00)."
    assert "counts as paid: $150.00 is posted" in page.panel.words()[-1]
    assert restored.posted() == 0  # looking posts nothing
    assert accept(qtbot, page) == "Accepted. Cards may be charged again"
    assert restored.posted() == 45000
    qtbot.waitUntil(lambda: page.standing.status.word == "Cards may be charged")
    assert not page.accept_button.isVisible()
    restored.agrees()


def test_what_accepting_would_change_is_what_it_changes(qtbot, show, restored):
    page = show()
    found = compared(qtbot, page)
    foreseen = {one.words: one.cents for one in found.moved}
    assert foreseen["Card processor"] == 45000 - 3 * 465
    assert foreseen["Card fees"] == 3 * 465
    accept(qtbot, page)
    with restored.store.read() as read:
        assert queries.account_balances(read)["Assets:Stripe"] == foreseen["Card processor"]


def test_what_was_done_on_the_processors_page_is_told_by_its_kind(qtbot, show, till):
    ident = till.sell()
    till.run()
    by_hand(till, "cus_c1", "pm_good1", 4000)
    by_hand(till, "cus_stranger", "pm_stranger", 7700)
    outside.refund_by_hand(
        till.processor.state, {"payment_intent": till.row(ident).processor_id, "amount": 5000}
    )
    page = show()
    compared(qtbot, page)
    assert rows(page) == [
        ("Charged elsewhere", "Sample c1, Ana", "$40.00"),
        ("Not ours", "–", "$77.00"),
        ("Paid back", "Sample c1, Ana", "$50.00"),
    ]
    assert accept(qtbot, page) == "Accepted. The books say what Stripe says"
    compared(qtbot, page)
    assert rows(page) == []
    assert page.empty.accessibleName() == "Nothing is missing here"


def test_what_is_on_the_screen_was_compared_just_now(qtbot, show, till):
    page = show()
    assert page.words.text() == "This practice was never compared with Stripe yet."
    assert compared(qtbot, page).comparison.findings == ()
    assert page.words.text() == "Compared just now."


def test_reading_can_be_stopped_and_nothing_is_changed(qtbot, show, restored):
    page = show()
    restored.processor.limits.latency_seconds = 0.3
    page.context.actions.run("cards.compare")
    assert page.stop_button.isVisible()
    assert not page.compare_button.isVisible()
    qtbot.keyClick(page.stop_button, Qt.Key.Key_Space)
    assert page.problem.text() == "Stopped. Nothing was compared and nothing was changed."
    qtbot.waitUntil(lambda: not page.context.ops.pending())
    assert page.found is None
    assert restored.posted() == 0
    restored.processor.limits.latency_seconds = 0.0
    assert compared(qtbot, page) is not None
    assert not page.problem.isVisible()


def test_others_save_while_the_processor_keeps_a_comparison_waiting(
    qtbot, show, restored, monkeypatch
):
    page, saved = show(), []
    reached, go = threading.Event(), threading.Event()
    pages = Refunds.pages

    def hang(self, since):
        reached.set()
        assert go.wait(60)
        yield from pages(self, since)

    monkeypatch.setattr(Refunds, "pages", hang)
    page.context.actions.run("cards.compare")
    qtbot.waitUntil(reached.is_set, timeout=20_000)
    page.context.write("Save somebody", lambda uow: world.client(uow, "c9").ref, done=saved.append)
    qtbot.waitUntil(lambda: saved == ["c9"])
    assert page.found is None
    assert page.stop_button.isVisible()
    go.set()
    qtbot.waitUntil(lambda: page.found is not None, timeout=20_000)
    assert len(page.found.comparison.findings) == 3


def test_what_was_posted_since_it_was_compared_is_looked_at_again(qtbot, show, till):
    till.sell()
    till.run()
    by_hand(till, "cus_c1", "pm_good1", 4000)
    page = show()
    compared(qtbot, page)
    till.accept()
    assert page.context.actions.run("cards.accept")
    (form,) = opened(page, AcceptDialog)
    form.looked.setChecked(True)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Compare once more" in form.problem, timeout=20_000)
    form.reject()
    assert till.posted() == 19000
    till.agrees()


def test_a_card_that_was_saved_on_a_forgotten_page_is_shown(qtbot, show, till, tmp_path):
    shelf = Shelf(till)
    till.sell()
    till.run()
    shelf.client("c9")
    backup = till.copy(tmp_path / "backup")
    shelf.saved("c9", "sessions")
    till.sell()
    till.run()
    till.restore(backup)
    page = show()
    compared(qtbot, page)
    assert ("Saved card", "Sample c9, Ana", "–") in rows(page)
    assert "1 saved but not on file" in page.summary.text()
    accept(qtbot, page)
    (card,) = shelf.cards("c9")
    assert (card.last4, card.scopes) == ("4242", ())


def test_closing_the_window_ends_the_reading(qtbot, show, restored):
    page = show()
    restored.processor.limits.latency_seconds = 0.3
    page.context.actions.run("cards.compare")
    for stop in page.context.shell.stops:
        stop()
    qtbot.waitUntil(lambda: not page.context.ops.pending())
    restored.processor.limits.latency_seconds = 0.0
    assert page.found is None
    assert restored.posted() == 0


def test_offline_it_says_so(qtbot, show, restored):
    page = show(offline=True)
    assert compared(qtbot, page) is None
    assert "use no network" in page.problem.text()


@pytest.mark.parametrize(
    "kind",
    [FaultKind.CAPTIVE_HTML, FaultKind.TRUNCATED, FaultKind.LIST_EMPTY, FaultKind.KEY_REFUSED],
)
def test_a_processor_that_lies_gives_no_comparison_and_changes_nothing(qtbot, show, restored, kind):
    page = show()
    restored.processor.faults.script(Fault(kind, "GET", INTENTS, times=9))
    assert compared(qtbot, page) is None
    assert "Nothing was" in page.problem.text() or "nothing was" in page.problem.text()
    assert page.standing.status.word == "Charging is frozen"
    assert not page.accept_button.isVisible()
    assert restored.posted() == 0


def test_another_mode_is_told_and_never_taken_over(qtbot, show, till):
    till.sell()
    till.run()
    page = show()
    with till.store.write("t") as uow:
        settings.set_value(uow, settings.STRIPE_ACCOUNT.key, "acct_other:live")
    assert compared(qtbot, page) is None
    assert "never stand in the same books" in page.problem.text()
    assert not page.accept_button.isVisible()


def test_an_open_link_is_listed_shown_and_closed(qtbot, show, till):
    till.owe()
    with till.store.write("t") as uow:
        ident = plan_link(uow, "c1")
    make_link(till.store, till.api, ident)
    page = show()
    assert page.links.table.isVisible()
    assert page.links.model.index(0, 0).data() == "Sample c1, Ana"
    assert page.links.model.index(0, 3).data() == "Can be paid"
    page.context.actions.run("cards.show-link")
    (sheet,) = opened(page, LinkSheet)
    assert sheet.address.text().startswith("http")
    sheet.reject()
    page.context.actions.run("cards.close-open-link")
    (form,) = opened(page, CloseLinkDialog)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.links.table.isVisible())
    assert page.context.shell.said[-1] == "The link is closed; nothing was paid on it"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", ["succeeded", "processing"])
def test_each_kind_says_what_accepting_it_does(clock, kind, status):
    one = Finding(kind, "pi_1", 4000, status, clock.now(), "Found.", client_ref="c1")
    said = accepting(one, "Sample, Ana")
    assert said.endswith(".")
    assert KINDS[kind].word
    assert summary([one]).startswith("1 thing found: 1 ")
    money = kind in (Kind.IMPORTED, Kind.REVIEW, Kind.REFUND) and status == "succeeded"
    assert ("is posted as" in said) == (money or (kind is Kind.REFUND))
