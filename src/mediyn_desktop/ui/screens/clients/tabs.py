# SPDX-License-Identifier: MIT
"""The tables on a client's sheet. Each shows what it is given and knows no database."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from mediyn_desktop.codes import cpt
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.account import AccountEvent
from mediyn_desktop.delivery.queries import Attempt, ClaimLine, SessionLine
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.clients.bar import VerbBar
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.table import RecordTable

DETAIL_HEIGHT = 148
_STORY_HEIGHT = 92  # three lines; more scroll
CORRECTIONS = {
    "settle": "Settle…",
    "refund": "Pay back…",
    "write-off": "Write off…",
    "void": "Void…",
}
_SESSION_VERBS = {"courtesy": "Courtesy…", "cancel": "Cancel session…"}


class TableTab(QWidget):
    """A table of a client's records, with a sentence where there are none."""

    opened = Signal(object)

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        empty: tuple[str, str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = RowsModel(columns, key)
        self.table = RecordTable(name, self.model)
        self.table.set_empty(EmptyState(*empty))
        self.table.opened.connect(self.opened)
        self.setFocusProxy(self.table)  # what is given to the page goes to its table
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.column.addWidget(self.table, 1)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show ``rows`` in the order given."""
        self.model.set_rows(rows)


class TellingTab(TableTab):
    """A table and, under it, what is known about the current record, in sentences."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        empty: tuple[str, str, str],
        tell: Callable[[Any], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, columns, key, empty, parent)
        self._tell = tell
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setAccessibleName(f"About the current line of {name}")
        self.detail.setFixedHeight(DETAIL_HEIGHT)
        self.detail.hide()
        self.column.addWidget(self.detail)
        self.table.current_changed.connect(self._show_current)

    def show_rows(self, rows: Sequence[Any]) -> None:
        super().show_rows(rows)
        self.detail.setVisible(bool(rows))
        if rows and self.table.current_id() is None:
            self.table.selectRow(0)
        self._show_current(self.table.current_id())

    def _show_current(self, ident: object) -> None:
        row = self.model.position(ident) if isinstance(ident, Hashable) else None
        told = "" if row is None else self._tell(self.model.row_at(row))
        self.detail.setPlainText(wording.readable(told))


class AccountTab(TellingTab):
    """The account in plain words, and what settles or is settled by the current line.

    “Show journal” adds the line's postings; the other buttons correct the account.
    """

    asked = Signal(str)
    """The correction asked for: one of ``CORRECTIONS``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Account", _ACCOUNT, lambda event: event.entry, _NO_EVENTS, _account_story, parent
        )
        self.postings = RowsModel(_POSTINGS, lambda posting: posting.account)
        self.journal = RecordTable("Postings of the current line", self.postings)
        self.journal.setFixedHeight(DETAIL_HEIGHT)
        self.detail.setFixedHeight(_STORY_HEIGHT)
        self.journal.hide()
        self.toggle: Button = SecondaryButton("Show journal", self.toggle_journal)
        above = VerbBar("Newest first. The balances are those after each line.", CORRECTIONS)
        above.asked.connect(self.asked)
        above.add(self.toggle)
        self.buttons = above.buttons
        self.column.insertWidget(0, above)
        self.column.addWidget(self.journal)
        self.table.current_changed.connect(self._show_postings)
        stops = (*self.buttons.values(), self.toggle, self.table, self.detail, self.journal)
        for earlier, later in pairwise(stops):
            QWidget.setTabOrder(earlier, later)

    def show_rows(self, rows: Sequence[AccountEvent]) -> None:
        super().show_rows(rows)
        self.toggle.setEnabled(bool(rows))
        if not rows:
            self.journal.hide()
        self._show_postings(self.table.current_id())

    def toggle_journal(self) -> None:
        """Show or hide the postings of the current line."""
        shown = self.journal.isHidden()
        self.journal.setVisible(shown)
        self.toggle.set_caption("Hide journal" if shown else "Show journal")
        if shown and self.table.current_id() is None:
            self.table.selectRow(0)
        current = self.table.currentIndex()
        if current.isValid():
            self.table.scrollTo(current)

    def _show_postings(self, ident: object) -> None:
        row = self.model.position(ident) if isinstance(ident, Hashable) else None
        event = self.model.row_at(row) if row is not None else None
        self.postings.set_rows(event.postings if event is not None else ())


class SessionsTab(TellingTab):
    """The sessions, and why the current one costs what it does; it can be cancelled here."""

    asked = Signal(str)
    """What is asked for the current session: ``courtesy`` or ``cancel``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Sessions", _SESSIONS, lambda line: line.ref, _NO_SESSIONS, _session_story, parent
        )
        self.detail.setFixedHeight(_STORY_HEIGHT)
        self.bar = VerbBar(
            "Newest first. Below the list: which fee was used, and why.", _SESSION_VERBS
        )
        self.bar.asked.connect(self.asked)
        self.column.insertWidget(0, self.bar)
        stops = (*self.bar.buttons.values(), self.table, self.detail)
        for earlier, later in pairwise(stops):
            QWidget.setTabOrder(earlier, later)

    def show_rows(self, rows: Sequence[SessionLine]) -> None:
        super().show_rows(rows)
        self.bar.setVisible(bool(rows))


def attempts_tab() -> TellingTab:
    """Return the tab of card charges, each with what happened to it."""
    return TellingTab(
        "Card charges", _ATTEMPTS, lambda attempt: attempt.id, _NO_ATTEMPTS, _attempt_story
    )


def claims_tab() -> TellingTab:
    """Return the tab of claims, each with what holds it back."""
    return TellingTab(
        "Claims", _CLAIMS, lambda claim: claim.control_number, _NO_CLAIMS, _claim_story
    )


def documents_tab() -> TableTab:
    """Return the tab of issued superbills; Enter opens one."""
    return TableTab("Documents", _DOCUMENTS, lambda bill: bill.id, _NO_DOCUMENTS)


def _note(line: SessionLine) -> Status:
    if line.signed:
        return Status("Signed", Tone.OK)
    if line.status == "cancelled":
        return Status("None needed", Tone.NEUTRAL)
    return Status("Not signed", Tone.WARN)


def _codes(line: SessionLine) -> str:
    shown = [code if cpt.is_cpt_shape(code) else "fee" for code in line.codes]
    return " + ".join(shown) or wording.NOTHING


def _charged(line: SessionLine) -> str:
    return wording.NOTHING if line.charged_cents is None else format_cents(line.charged_cents)


def _owed(cents: int) -> str:
    return f"{format_cents(-cents)} credit" if cents < 0 else wording.amount(cents)


def _side(cents: int) -> str:
    return format_cents(cents) if cents > 0 else ""


def _attempt_story(attempt: Attempt) -> str:
    lines = [f"{wording.moment(event.at)}   {event.text}" for event in attempt.events]
    return "\n".join(lines) or "Nothing has happened yet."


def _account_story(event: AccountEvent) -> str:
    lines: list[str] = []
    for one in event.behind:
        day, cents = wording.day(one.on), format_cents(one.cents)
        match one.how:
            case "settled":
                lines.append(f"{cents}   settled by: {one.what} of {day}")
            case "settles":
                lines.append(f"{cents}   settles the session of {day}")
            case "open":
                lines.append(f"{cents}   still open; the {one.what.lower()} owes it")
            case _:
                lines.append(f"{cents}   not used yet: kept as credit")
    return "\n".join(lines) or "This line settles no session and is settled by nothing."


def _session_story(line: SessionLine) -> str:
    lines = [*line.rules, line.reason]
    return "\n".join(filter(None, lines)) or "Not billed yet."


def _claim_story(claim: ClaimLine) -> str:
    if claim.problems:
        return "\n".join(["This claim is held back until it is mended:", *claim.problems])
    return "Nothing holds this claim back."


_SESSIONS = (
    Column("Date", lambda line: wording.day(line.date), width=120),
    Column("Session", lambda line: wording.named(wording.SESSION_KINDS, line.kind)),
    Column("Minutes", lambda line: str(line.minutes), "right", width=90, spare=2),
    Column("Code", _codes, width=130, spare=1),
    Column("Charged", _charged, "right", width=110),
    status_column(
        "Status", lambda line: wording.state(wording.SESSION_STATES, line.status), width=170
    ),
    status_column("Note", _note, width=140),
)
_ACCOUNT = (
    Column("Date", lambda event: wording.day(event.date), width=120),
    Column("What happened", lambda event: event.words),
    Column("Amount", lambda event: wording.amount(event.amount_cents), "right", width=120),
    Column("Client owes", lambda event: _owed(event.client_cents), "right", width=140),
    Column("Insurer owes", lambda event: wording.amount(event.insurer_cents), "right", width=130),
)
_POSTINGS = (
    Column("Account", lambda posting: posting.words),
    Column("Debit", lambda posting: _side(posting.amount_cents), "right", width=120),
    Column("Credit", lambda posting: _side(-posting.amount_cents), "right", width=120),
)
_ATTEMPTS = (
    Column("Session of", lambda attempt: wording.day(attempt.date_of_service), width=130),
    Column("For", lambda attempt: wording.named(wording.ASKED_FOR, attempt.purpose).capitalize()),
    Column(
        "Card", lambda attempt: f"•{attempt.last4}" if attempt.last4 else "", width=100, spare=1
    ),
    Column("Amount", lambda attempt: format_cents(attempt.amount_cents), "right", width=120),
    status_column(
        "State", lambda attempt: wording.state(wording.CARD_STATES, attempt.state), width=220
    ),
)
_CLAIMS = (
    Column("Session of", lambda claim: wording.day(claim.date_of_service), width=130),
    Column("Claim", lambda claim: claim.control_number),
    Column("Amount", lambda claim: format_cents(claim.total_cents), "right", width=120),
    status_column(
        "State", lambda claim: wording.state(wording.CLAIM_STATES, claim.state), width=220
    ),
)
_DOCUMENTS = (
    Column("Number", lambda bill: bill.number, width=130),
    Column("Version", lambda bill: str(bill.version), "right", width=90, spare=3),
    Column("Sessions of", lambda bill: wording.period(bill.period_from, bill.period_to)),
    Column("Issued", lambda bill: wording.day(bill.issued_on), width=130, spare=2),
    Column("Charged", lambda bill: format_cents(bill.charged_cents), "right", width=110, spare=1),
    Column("Paid", lambda bill: format_cents(bill.paid_cents), "right", width=110),
    status_column(
        "State",
        lambda bill: Status("Replaced") if bill.replaced else Status("Current", Tone.OK),
        width=130,
    ),
)

_NO_SESSIONS = (
    "calendar",
    "No sessions yet",
    "They appear here once they are in the calendar.",
)
_NO_EVENTS = ("ledger", "Nothing on the account yet", "Charges and payments appear here.")
_NO_ATTEMPTS = ("ledger", "No card charges", "What a card was asked for, and the answer, is kept.")
_NO_CLAIMS = ("claims", "No claims", "Sessions billed to an insurer have their claims here.")
_NO_DOCUMENTS = ("superbills", "No superbills yet", "Issue one for a period; it is kept here.")
