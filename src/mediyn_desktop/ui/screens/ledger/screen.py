# SPDX-License-Identifier: MIT
"""The screen of the journal: it asks, shows, and never decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.months import MonthBooks, months_over
from mediyn_desktop.delivery import deposits
from mediyn_desktop.delivery.deposits import InHand
from mediyn_desktop.practice import journal
from mediyn_desktop.practice.journal import JournalEntry
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.ops import Task
from mediyn_desktop.ui.screens.ledger.deposit import DepositDialog
from mediyn_desktop.ui.screens.ledger.listing import JournalList
from mediyn_desktop.ui.screens.ledger.months import MonthDialog
from mediyn_desktop.ui.screens.ledger.panel import EntryPanel
from mediyn_desktop.ui.screens.ledger.slip import SlipDialog, slip_pdf
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog


@dataclass(frozen=True, slots=True)
class _Purse:
    in_hand: list[InHand]
    zone: ZoneInfo


class LedgerScreen(Screen):
    """Arrow keys choose an entry, Enter opens its client."""

    title = "Ledger"
    reads: ClassVar[frozenset[str]] = frozenset({"balance", "client", "entry", "payment"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.ops, parent)
        self.context = context
        self.in_hand: list[InHand] = []
        self._zone: ZoneInfo | None = None
        self._counted = ""
        self._reading: Task | None = None
        self.panel = EntryPanel(
            go=self.show_counterpart, client=self.open_client, slip=self.show_slip
        )
        self.list = JournalList(context, self._today, self.panel)
        self.search = self.list.filters.search
        self.table = self.list.table
        self.deposit_button: Button = PrimaryButton("Deposit…", self.ask_deposit)
        self.deposit_button.setEnabled(False)
        self.month_button: Button = SecondaryButton("Close a month…", self.ask_month)
        self.header.set_actions(self.month_button, self.deposit_button)
        self.body.addWidget(self.list, 1)
        self.list.counted.connect(self._count)
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _number: self.open_client())
        self._add_commands()

    def _add_commands(self) -> None:
        for name, title, act, when in (
            ("deposit", "Deposit cash and checks…", self.ask_deposit, self._may_deposit),
            ("month", "Close the books of a month…", self.ask_month, lambda: True),
            ("slip", "Show the deposit slip…", self.show_slip, self._is_deposit),
            ("counterpart", "Show the other half of a correction", self.show_counterpart,
             self._is_correction),
            ("client", "Open the entry's client", self.open_client, self._has_client),
            ("all", "Show the whole journal", self.list.filters.clear, self._is_narrowed),
        ):  # fmt: skip
            self.context.actions.add(
                Command(f"ledger.{name}", title, act, "", "Ledger", self._here(when))
            )

    def _here(self, when: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: self.isVisible() and when()

    def _today(self) -> date:
        now = self.context.clock.now()
        return local_date(now, self._zone) if self._zone is not None else now.date()

    # -- what is shown

    def reload(self) -> None:
        self.list.reload()
        self._choose(self.table.current_id())
        self.context.read(_purse, self._show_in_hand, label="Count cash and checks")

    def take_focus(self) -> None:
        self.table.setFocus()

    def open_ref(self, ref: str) -> None:
        """Show the entries of the client ``ref``, or with ``#12`` the entry numbered 12."""
        self.list.filters.search.setText(ref)
        self.table.setFocus()

    def _count(self, words: str) -> None:
        self._counted = words
        self._say_how_much()

    def _show_in_hand(self, purse: _Purse) -> None:
        self.in_hand, self._zone = purse.in_hand, purse.zone
        self.deposit_button.setEnabled(bool(self.in_hand))
        self._say_how_much()

    def _say_how_much(self) -> None:
        cents = sum(one.amount_cents for one in self.in_hand)
        hand = f"{format_cents(cents)} in cash and checks not yet in the bank" if cents else ""
        self.header.set_subtitle(" · ".join(filter(None, (self._counted, hand))))

    def _choose(self, number: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if not isinstance(number, int):
            self.panel.show_entry(None)
            return
        self._reading = self.context.read(
            lambda read: journal.entry(read, number),
            partial(self._show_entry, number),
            label="Show entry",
        )

    def _show_entry(self, number: int, entry: JournalEntry) -> None:
        if number == self.table.current_id():
            self.panel.show_entry(entry)

    # -- what can be done

    def _may_deposit(self) -> bool:
        return bool(self.in_hand)

    def _is_deposit(self) -> bool:
        return self.panel.deposit is not None

    def _is_correction(self) -> bool:
        return self.panel.counterpart is not None

    def _has_client(self) -> bool:
        return self.panel.entry is not None and self.panel.entry.row.line.client is not None

    def _is_narrowed(self) -> bool:
        return bool(self.list.filters.asked())

    def show_counterpart(self) -> None:
        """Go to the entry this one reverses, or was reversed by."""
        if self.panel.counterpart is not None:
            self.list.show_entry(self.panel.counterpart)
            self.table.setFocus()

    def open_client(self) -> None:
        """Open the client the entry concerns."""
        if self.panel.entry is not None and self.panel.entry.row.line.client is not None:
            self.context.shell.go("clients", self.panel.entry.row.line.client)

    def ask_deposit(self) -> None:
        """Ask which cash and checks went to the bank."""
        if self.in_hand:
            dialog = DepositDialog(self.context, self.in_hand, self._today(), self)
            dialog.deposited.connect(self._deposited)
            self._ask(dialog)

    def ask_month(self) -> None:
        """Ask which month's books to close."""
        self.context.read(months_over, self._ask_month, label="Look at the months")

    def _ask_month(self, books: list[MonthBooks]) -> None:
        if not books:
            self.context.shell.say("No month of these books is over yet")
            return
        dialog = MonthDialog(self.context, books, self)
        dialog.closed.connect(self.context.shell.say)
        dialog.client_asked.connect(lambda ref: self.context.shell.go("clients", ref))
        self._ask(dialog)

    def _deposited(self, ref: str, cents: int) -> None:
        self.context.shell.say(f"{wording.amount(cents)} taken to the bank")
        self._open_slip(ref)

    def show_slip(self) -> None:
        """Show the deposit slip of the chosen entry, to print or to copy."""
        if self.panel.deposit is not None:
            self._open_slip(self.panel.deposit)

    def _open_slip(self, ref: str) -> None:
        self.context.read(
            partial(slip_pdf, ref=ref),
            lambda slip: self._ask(SlipDialog(slip, self)),
            label="Show deposit slip",
        )

    def _ask(self, dialog: Dialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _purse(read: Reading) -> _Purse:
    return _Purse(deposits.in_hand(read), read.zone)
