# SPDX-License-Identifier: MIT
"""Card charges on screen: found, told in plain words, and acted upon by keyboard."""

from __future__ import annotations

import pytest
from accessibility import assert_accessible
from desk import DECLINED, PASSPHRASE, context, opened, write
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from cards.till import CONFIRM, READ
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind
from mediyn_desktop.ui.card_refund import CardRefundDialog
from mediyn_desktop.ui.screens.cards import CardsScreen
from mediyn_desktop.ui.screens.cards.charge_verbs import (
    CloseLinkDialog,
    LinkDialog,
    NowDialog,
    StopDialog,
)
from mediyn_desktop.ui.screens.cards.link_sheet import LinkSheet

CLIENT, FOR, STATE = 0, 2, 5
SILENT = Fault(FaultKind.RESET_AFTER, "POST", CONFIRM)
MUTE = Fault(FaultKind.RESET_BEFORE, "GET", READ, times=9)


@pytest.fixture
def show(qtbot, ops, till, doors):
    """Show the screen on the practice, loaded."""

    def make(*, url: str | None = None, offline: bool = False) -> CardsScreen:
        screen = CardsScreen(
            context(till.store, ops, url or till.processor.base_url, offline=offline)
        )
        ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
        qtbot.addWidget(screen)
        screen.resize(1192, 748)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: not ops.pending())
        return screen

    yield make
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []


def cells(screen: CardsScreen, column: int) -> list[str]:
    model = screen.charges.model
    return [model.index(row, column).data() or "" for row in range(model.rowCount())]


def choose(qtbot, screen: CardsScreen, ident: int) -> None:
    assert screen.charges.table.select_id(ident)
    qtbot.waitUntil(lambda: screen.charges.chosen() is not None)


def ask(qtbot, screen: CardsScreen, verb: str, kind):
    """Open a form as the palette does."""
    assert screen.context.actions.run(f"cards.{verb}")
    qtbot.waitUntil(lambda: len(opened(screen, kind)) == 1)
    return opened(screen, kind)[0]


def enter(qtbot, screen: CardsScreen, form) -> str:
    """Press Enter and wait until it is done; return what was said."""
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(screen, type(form)))
    qtbot.waitUntil(lambda: not screen.context.ops.pending())
    return screen.context.shell.said[-1]


def said(screen: CardsScreen) -> str:
    return " ".join(screen.charges.panel.words())


def told(screen: CardsScreen) -> list[str]:
    """What happened, as shown: the newest first, each with its time above."""
    return screen.charges.panel.timeline.toPlainText().split("\n\n")


@pytest.fixture
def evening(till) -> dict[str, int]:
    """A charge that went well, one that was declined, one without an answer, one that waits."""
    paid, declined = till.sell(), till.sell(DECLINED)
    till.run()
    till.processor.faults.script(SILENT, MUTE)
    unknown = till.sell()
    till.run()
    till.processor.faults.clear()
    return {"paid": paid, "declined": declined, "unknown": unknown, "waiting": till.sell()}


def test_nothing_yet_is_said_kindly(show):
    screen = show()
    assert screen.charges.table.records.rowCount() == 0
    assert screen.charges._empty.accessibleName() == "No card was charged yet"


def test_every_charge_is_listed_the_newest_first(qtbot, show, evening):
    screen = show()
    qtbot.waitUntil(lambda: "" not in cells(screen, CLIENT))
    assert screen.header.subtitle == "4 charges"
    assert cells(screen, STATE)[0] == "Waiting"
    assert cells(screen, STATE)[1] == "No answer yet"
    assert cells(screen, STATE)[2].startswith("Declined, again Nov 24")
    assert cells(screen, STATE)[3] == "Paid"
    assert set(cells(screen, FOR)) == {"Session of Nov 23, 2026"}
    assert_accessible(screen)


@pytest.mark.parametrize(
    ("text", "group", "names"),
    [
        ("c1", None, {"paid"}),
        ("$150", None, {"paid", "declined", "unknown", "waiting"}),
        ("151", None, set()),
        ("4242 c2", None, {"declined"}),
        ("", "unknown", {"unknown"}),
        ("", "done", {"paid"}),
        ("", "waiting", {"waiting", "declined"}),
        ("", "declined", {"declined"}),
        ("", "needs_you", set()),
    ],
)
def test_a_charge_is_found(qtbot, show, evening, text, group, names):
    screen = show()
    screen.charges.filters.show_only(text=text, group=group)
    wanted = {evening[name] for name in names}
    qtbot.waitUntil(lambda: set(screen.charges.model.ids) == wanted)


def test_no_answer_is_told_with_its_time_and_what_comes_next(qtbot, show, evening):
    screen = show()
    choose(qtbot, screen, evening["unknown"])
    assert screen.charges.panel.certain.status.word == "Not known yet"
    assert told(screen)[0] == (
        "Nov 23, 2026, 4:00 PM\n"
        "We asked Stripe at 4:00 PM and got no answer; checking before anything else."
    )
    assert "Stripe is asked what became of it by itself, within five minutes" in said(screen)


def test_asking_now_finds_out_what_became_of_it(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["unknown"])
    form = ask(qtbot, screen, "now", NowDialog)
    assert_accessible(form)
    assert enter(qtbot, screen, form).startswith("Charged. $150.00 was charged to the card")
    assert till.state(evening["unknown"]) == "succeeded"
    till.agrees()
    qtbot.waitUntil(lambda: screen.charges.panel.certain.status.word == "Charged")
    assert not any(c.id == "cards.now" and c.enabled() for c in screen.context.actions)


def test_a_key_that_is_refused_is_said_in_the_form(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["unknown"])
    till.processor.faults.script(Fault(FaultKind.KEY_REFUSED, times=20))
    form = ask(qtbot, screen, "now", NowDialog)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(form.problem))
    assert "refused the secret key" in form.problem
    assert form.save.accessibleName() == "Ask now"
    form.reject()
    assert till.state(evening["unknown"]) == "unknown"


def test_offline_nothing_is_asked_and_it_is_said(qtbot, show, evening):
    screen = show(offline=True)
    choose(qtbot, screen, evening["waiting"])
    form = ask(qtbot, screen, "now", NowDialog)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "use no network" in form.problem)
    form.reject()


def test_the_outcome_is_said_when_the_form_was_closed_meanwhile(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["waiting"])
    form = ask(qtbot, screen, "now", NowDialog)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    form.reject()
    qtbot.waitUntil(lambda: bool(screen.context.shell.said))
    assert screen.context.shell.said[-1].startswith("Charged.")
    assert till.state(evening["waiting"]) == "succeeded"


def test_a_charge_that_was_not_sent_is_stopped_at_once(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["waiting"])
    form = ask(qtbot, screen, "stop", StopDialog)
    assert form.foreseen.text().startswith("Nothing was sent. It is stopped at once")
    enter(qtbot, screen, form)
    assert till.state(evening["waiting"]) == "canceled"
    qtbot.waitUntil(lambda: "It was stopped. The card was not charged." in said(screen))


def test_a_charge_that_was_sent_is_stopped_at_the_processor(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["declined"])
    form = ask(qtbot, screen, "stop", StopDialog)
    assert "only once Stripe says so" in form.foreseen.text()
    enter(qtbot, screen, form)
    qtbot.waitUntil(lambda: "Stripe is told to stop it" in said(screen))
    now = ask(qtbot, screen, "now", NowDialog)
    assert enter(qtbot, screen, now).startswith("Not charged.")
    assert till.state(evening["declined"]) == "canceled"


def test_a_decline_says_what_the_bank_said_and_when_it_is_asked_again(qtbot, show, evening):
    screen = show()
    choose(qtbot, screen, evening["declined"])
    assert "not enough money on the card" in said(screen)
    assert "asked again by itself on Nov 24, 2026, at most 3 times more" in said(screen)


def test_a_refund_needs_the_passphrase_a_reason_and_enough_money(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["paid"])
    form = ask(qtbot, screen, "refund", CardRefundDialog)
    assert_accessible(form)
    assert form.amount.cents() == 15000
    assert form.foreseen.text() == "Your passphrase unlocks the key that pays back."
    write(qtbot, form.amount, "200")
    assert "Only $150.00" in form.problem
    write(qtbot, form.amount, "40")
    write(qtbot, form.passphrase.edit, "wrong")
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form._why[1].problem != "")
    write(qtbot, form.why, "Cancelled in time")
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "passphrase" in form.problem.lower())
    write(qtbot, form.passphrase.edit, PASSPHRASE)
    assert enter(qtbot, screen, form) == "$40.00 was paid back to the card"
    assert till.posted() == 11000


def test_a_payment_link_takes_the_place_of_a_card_that_was_declined(qtbot, show, evening, till):
    screen = show()
    choose(qtbot, screen, evening["declined"])
    form = ask(qtbot, screen, "link", LinkDialog)
    assert_accessible(form)
    assert form.what.currentText() == "This session: $150.00"
    assert enter(qtbot, screen, form) == "The link for $150.00 is ready"
    (sheet,) = opened(screen, LinkSheet)
    assert_accessible(sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == sheet.address.text() != ""
    sheet.reject()
    qtbot.waitUntil(lambda: "close-link" in screen.charges.offered())
    close = ask(qtbot, screen, "close-link", CloseLinkDialog)
    assert enter(qtbot, screen, close) == "The link is closed; nothing was paid on it"


def test_enter_goes_to_what_happened_and_the_client_opens(qtbot, show, evening):
    screen = show()
    choose(qtbot, screen, evening["paid"])
    qtbot.keyClick(screen.charges.table, Qt.Key.Key_Return)
    assert screen.charges.panel.timeline.hasFocus()
    screen.context.actions.run("cards.client")
    assert screen.context.shell.went == [("clients", "c1")]


def test_a_name_is_shown_as_it_is(qtbot, show, till):
    ident = till.sell(last_name="<b>Bold</b> & Co")
    screen = show()
    choose(qtbot, screen, ident)
    assert screen.charges.panel.words()[0] == "<b>Bold</b> & Co, Ana"


def test_a_long_list_loads_what_is_looked_at(qtbot, show, till):
    first = till.sell()
    with till.store.write("t") as uow:
        one = uow.session.get_one(CardAttempt, first)
        for number in range(600):
            values = {
                column.name: getattr(one, column.name)
                for column in CardAttempt.__table__.columns
                if column.name != "id"
            }
            values |= {"obligation": f"session:x{number}:sessions", "iid": f"{number:032}"}
            uow.session.add(CardAttempt(**values))
    screen = show()
    qtbot.waitUntil(lambda: screen.charges.model.rowCount() == 601)
    assert len(screen.charges.model._pages) < 601 // 200 + 1
