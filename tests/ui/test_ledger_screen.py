# SPDX-License-Identifier: MIT
"""The journal on screen: found, followed from a correction to what it corrects, and deposited."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from accessibility import assert_accessible
from desk import context
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.ledger import bank, searching
from mediyn_desktop.ledger.journal import reverse
from mediyn_desktop.ledger.periods import is_covered
from mediyn_desktop.ledger.queries import account_balances
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.ui.screens.ledger import LedgerScreen
from mediyn_desktop.ui.screens.ledger.deposit import DepositDialog
from mediyn_desktop.ui.screens.ledger.months import MonthDialog
from mediyn_desktop.ui.screens.ledger.slip import SlipDialog

CLIENT, WHAT, REFERENCE, AMOUNT = 1, 2, 3, 4


def books(uow) -> None:
    """1 charge, 2 check for it, 3 charge, 4 its reversal, 5 cash, 6 a check kept as credit."""
    world.practice(uow)
    ana = world.client(uow, "c1", first_name="Ana", last_name="Ng")
    zoe = world.client(uow, "c2", first_name="Zoë", last_name="Škv <b>")
    bill_session(uow, world.session(uow, ana, "s1"))
    take_payment(uow, "c1", 15000, "check", world.DAY - timedelta(days=2), "No. 41")
    bill_session(uow, world.session(uow, zoe, "s2", hour=12))
    reverse(uow, 3, on=world.DAY, reason="Entered twice")
    take_payment(uow, "c2", 2500, "cash", world.DAY, "")
    take_payment(uow, "c1", 4000, "check", world.DAY, "No. 42")


@pytest.fixture
def ledger(qtbot, ops, store, doors):
    """The screen on the books, loaded, with its first entry chosen."""
    with store.write("t") as uow:
        books(uow)
    screen = LedgerScreen(context(store, ops))
    ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
    qtbot.addWidget(screen)
    screen.resize(1192, 748)
    screen.show()
    screen.activateWindow()
    qtbot.waitUntil(lambda: screen.panel.entry is not None and bool(screen.in_hand))
    yield screen
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def ids(screen: LedgerScreen) -> list[int]:
    return list(screen.list.model.ids)


def cell(screen: LedgerScreen, number: int, column: int) -> str:
    model = screen.list.model
    return model.index(model.position(number), column).data() or ""


def search(qtbot, screen: LedgerScreen, text: str, hits: list[int]) -> None:
    screen.search.setFocus()
    screen.search.selectAll()
    qtbot.keyClicks(screen.search, text)
    qtbot.keyClick(screen.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ids(screen) == hits and "so far" not in screen.header.subtitle)


def choose(qtbot, screen: LedgerScreen, number: int) -> None:
    assert screen.table.select_id(number)
    qtbot.waitUntil(lambda: shown(screen) == number)


def shown(screen: LedgerScreen) -> int | None:
    return screen.panel.entry.row.line.id if screen.panel.entry is not None else None


def dialog(qtbot, screen: LedgerScreen, kind):
    def found():
        return [one for one in screen.findChildren(kind) if one.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1)
    return found()[0]


def test_the_journal_is_there_newest_first_with_what_is_in_hand(qtbot, ledger):
    assert ids(ledger) == [6, 5, 4, 3, 2, 1]
    qtbot.waitUntil(lambda: cell(ledger, 2, REFERENCE) == "No. 41")
    assert cell(ledger, 2, CLIENT) == "Ng, Ana"
    assert cell(ledger, 2, AMOUNT) == "$150.00"
    assert cell(ledger, 3, WHAT) == "Charge, reversed"
    assert ledger.header.subtitle == ("6 entries · $215.00 in cash and checks not yet in the bank")


def test_the_journal_is_never_read_whole(qtbot, ledger):
    assert ledger.list.model.ids == range(6, 0, -1)


def test_the_chosen_entry_shows_its_postings(qtbot, ledger):
    choose(qtbot, ledger, 2)
    words = ledger.panel.words()
    assert words[:3] == ["Payment", "$150.00", "November 21, 2026 · entry 2"]
    assert "No. 41" in words
    model = ledger.panel.model
    lines = [[model.index(row, column).data() for column in range(3)] for row in range(2)]
    assert lines == [
        ["Cash and checks in hand", "$150.00", ""],
        ["Owed by Ng, Ana", "", "$150.00"],
    ]
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Cash and checks in hand, debit $150.00"
    )


def test_a_correction_leads_to_what_it_corrects_and_back(qtbot, ledger):
    choose(qtbot, ledger, 4)
    assert "Reverses entry 3" in ledger.panel.words()
    assert "Entered twice" in ledger.panel.words()
    qtbot.mouseClick(ledger.panel.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(ledger) == 3)
    assert "Reversed by entry 4" in ledger.panel.words()


def test_a_search_makes_way_for_the_entry_a_correction_leads_to(qtbot, ledger):
    search(qtbot, ledger, "twice", [4])
    qtbot.waitUntil(lambda: shown(ledger) == 4)
    ledger.show_counterpart()
    qtbot.waitUntil(lambda: shown(ledger) == 3)
    assert ids(ledger) == [6, 5, 4, 3, 2, 1]
    assert ledger.search.text() == ""


@pytest.mark.parametrize(
    ("text", "hits"),
    [("ana", [6, 2, 1]), ("zoe 25", [5]), ("no. 42", [6]), ("#3", [3]), ("ana charge", [1])],
)
def test_typed_words_find_entries(qtbot, ledger, text, hits):
    search(qtbot, ledger, text, hits)
    qtbot.waitUntil(lambda: shown(ledger) == hits[0])
    assert f"{len(hits)} entr" in ledger.header.subtitle


def test_kind_and_days_narrow_what_is_shown(qtbot, ledger):
    filters = ledger.list.filters
    filters.kind.setCurrentIndex(filters.kind.findData("payment"))
    qtbot.waitUntil(lambda: ids(ledger) == [6, 5, 2])
    filters.until.setFocus()
    qtbot.keyClicks(filters.until, "11/22/2026")
    qtbot.waitUntil(lambda: ids(ledger) == [2])
    filters.clear()
    qtbot.waitUntil(lambda: ids(ledger) == [6, 5, 4, 3, 2, 1])


def test_a_day_that_is_none_is_said_beside_the_fields(qtbot, ledger):
    filters = ledger.list.filters
    filters.since.setFocus()
    qtbot.keyClicks(filters.since, "13/45")
    filters.since.check()
    assert "13/45" in filters.problem.text()
    assert filters.problem.isVisible()
    filters.since.set_value(None)
    assert not filters.problem.isVisible()
    qtbot.waitUntil(lambda: not filters._pause.isActive())


def test_nothing_found_says_so_and_escape_brings_all_back(qtbot, ledger):
    search(qtbot, ledger, "nobody", [])
    qtbot.waitUntil(lambda: not ledger.panel.isVisible())
    assert ledger.list._empty.accessibleName() == "Nothing found"
    assert ledger.list._empty.isVisible()
    qtbot.keyClick(ledger.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(ids(ledger)) == 6 and ledger.panel.isVisible())


def test_a_search_goes_on_stretch_by_stretch(qtbot, ledger, monkeypatch):
    whole = searching.find_entries
    reads = []

    def short(read, wanted, *, below=None):
        reads.append(below)
        return whole(read, wanted, below=below, stretch=2)

    monkeypatch.setattr(searching, "find_entries", short)
    search(qtbot, ledger, "ana", [6, 2, 1])
    assert reads == [None, 5, 3]


def test_a_new_entry_appears_and_the_chosen_one_stays(qtbot, ledger, store):
    choose(qtbot, ledger, 2)
    ledger.context.write("t", lambda uow: take_payment(uow, "c2", 100, "cash", world.DAY, ""))
    qtbot.waitUntil(lambda: ids(ledger)[0] == 7 and len(ledger.in_hand) == 4)
    assert ledger.table.current_id() == 2


def test_enter_opens_the_client(qtbot, ledger):
    choose(qtbot, ledger, 5)
    ledger.table.setFocus()
    qtbot.keyClick(ledger.table, Qt.Key.Key_Return)
    assert ledger.context.shell.went == [("clients", "c2")]


def test_a_client_can_be_asked_for_from_elsewhere(qtbot, ledger):
    ledger.open_ref("c2")
    qtbot.waitUntil(lambda: ids(ledger) == [5, 4, 3])


def test_commands_are_in_the_palette_and_ask_before_they_act(qtbot, ledger):
    actions = ledger.context.actions
    enabled = {command.id: command.enabled() for command in actions}
    assert enabled["ledger.deposit"]
    choose(qtbot, ledger, 2)
    assert not next(c for c in actions if c.id == "ledger.counterpart").enabled()
    choose(qtbot, ledger, 4)
    assert next(c for c in actions if c.id == "ledger.counterpart").enabled()


def test_everything_can_be_reached_and_has_a_name(qtbot, ledger):
    choose(qtbot, ledger, 4)
    assert_accessible(ledger)
    ledger.ask_deposit()
    asked = dialog(qtbot, ledger, DepositDialog)
    assert_accessible(asked)
    asked.reject()


# -- to the bank


@pytest.fixture
def asked(qtbot, ledger):
    """The dialog, opened with the button."""
    qtbot.mouseClick(ledger.deposit_button, Qt.MouseButton.LeftButton)
    return dialog(qtbot, ledger, DepositDialog)


def test_all_in_hand_is_ticked_oldest_first_with_its_total(asked):
    table = [[asked.model.index(row, column).data() for column in range(1, 6)] for row in range(3)]
    assert table == [
        ["Nov 21, 2026", "Ng, Ana", "Check", "No. 41", "$150.00"],
        ["Nov 23, 2026", "Škv <b>, Zoë", "Cash", "", "$25.00"],
        ["Nov 23, 2026", "Ng, Ana", "Check", "No. 42", "$40.00"],
    ]
    assert asked.total.text() == "$215.00"
    assert asked.parts.text() == "Cash $25.00 + checks $190.00 ="


def test_space_and_a_click_leave_a_payment_out(qtbot, asked):
    qtbot.keyClick(asked.table, Qt.Key.Key_Space)
    assert asked.total.text() == "$65.00"
    place = asked.table.visualRect(asked.model.index(1, 0)).center()
    qtbot.mouseClick(asked.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.total.text() == "$40.00"
    assert asked.save.accessibleName() == "Deposit $40.00"
    spoken = asked.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("not ticked, Nov 21, 2026, Ng, Ana")


def test_with_nothing_ticked_there_is_nothing_to_deposit(qtbot, asked):
    qtbot.mouseClick(asked.all_button, Qt.MouseButton.LeftButton)
    assert not asked.save.isEnabled()
    assert asked.all_button.accessibleName() == "Tick all"
    qtbot.mouseClick(asked.all_button, Qt.MouseButton.LeftButton)
    assert asked.total.text() == "$215.00"


def test_a_day_in_the_future_is_refused_in_words(qtbot, asked, store):
    asked.on.set_value(world.DAY + timedelta(days=1))
    qtbot.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    assert "future" in asked.problem
    with store.read() as read:
        assert len(bank.in_hand(read)) == 3


def test_what_the_books_refuse_is_said_and_the_dialog_stays(qtbot, asked):
    asked.on.set_value(world.DAY - timedelta(days=1))
    qtbot.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "was received on 11/23/2026" in asked.problem)
    assert asked.isVisible()
    assert asked.save.isEnabled()


def test_a_deposit_is_booked_and_its_slip_shown_to_print_or_copy(qtbot, ledger, asked, store):
    asked.model.toggle(1)
    qtbot.keyClick(asked.on, Qt.Key.Key_Return)
    slip = dialog(qtbot, ledger, SlipDialog)
    qtbot.waitUntil(lambda: [one.amount_cents for one in ledger.in_hand] == [2500])
    assert ledger.context.shell.said == ["$190.00 taken to the bank"]
    with store.read() as read:
        assert account_balances(read)["Assets:Bank"] == 19000
    qtbot.mouseClick(slip.copy_button, Qt.MouseButton.LeftButton)
    rows = QGuiApplication.clipboard().text().splitlines()
    assert rows[1] == "Check\t11/21/2026\tNo. 41\tNg, Ana\t150.00"
    assert rows[-1].endswith("\t190.00")
    assert_accessible(slip)
    slip.accept()


def test_the_slip_of_an_earlier_deposit_is_shown_again(qtbot, ledger):
    payments = [one.ref for one in ledger.in_hand]
    ledger.context.write(
        "t", lambda uow: bank.deposit(uow, ref="dep-1", payments=payments, on=world.DAY)
    )
    qtbot.waitUntil(lambda: ids(ledger)[0] == 7 and not ledger.in_hand)
    assert not ledger.deposit_button.isEnabled()
    choose(qtbot, ledger, 7)
    qtbot.mouseClick(ledger.panel.slip_button, Qt.MouseButton.LeftButton)
    slip = dialog(qtbot, ledger, SlipDialog)
    assert slip._slip.text.splitlines()[-1].endswith("\t215.00")
    slip.accept()


def test_a_month_with_work_left_is_closed_with_a_reason_only(qtbot, ledger):
    with ledger.context.store.write("t") as uow:
        ana = get_client(uow, "c1")
        world.session(uow, ana, "late", day=date(2026, 10, 20), signed=False)
        bill_session(uow, world.session(uow, ana, "old", day=date(2026, 10, 21)))
    ledger.context.actions.run("ledger.month")
    ask = dialog(qtbot, ledger, MonthDialog)
    qtbot.waitUntil(ask.save.isEnabled)
    assert ask.month.currentText() == "October 2026"
    assert ask.said.text() == "1 thing left to do in October 2026. Finish them, or say why not."
    assert_accessible(ask)
    qtbot.keyClick(ask, Qt.Key.Key_Return)
    assert ask.isVisible()
    assert ask.why.hasFocus()
    qtbot.keyClicks(ask.why, "Signs after the holiday")
    qtbot.keyClick(ask, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ledger.context.shell.said[-1:] == ["October 2026 is closed"])
    with ledger.context.store.read() as read:
        assert is_covered(read, date(2026, 10, 1), date(2026, 10, 31))
