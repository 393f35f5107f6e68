# SPDX-License-Identifier: MIT
"""A client's statement on screen: how the closing balance came about, line by line."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.account import method_words
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.practice.journal import KINDS
from mediyn_desktop.reports.statements import Share, Standing, Statement, statement
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.search_field import PAUSE_MS
from mediyn_desktop.ui.widgets.tab_row import Tabs
from mediyn_desktop.ui.widgets.table import RecordTable

_NOTHING = ("ledger", "Nothing happened in this time", "Choose an earlier first day, or none.")
_NO_SHARES = ("calendar", "No session was charged to the client", "")
_SUMS = ("Opening", "Charges", "Insurance", "Adjustments", "Payments", "Closing")
_SIGNS = ("", "+", "−", "−", "−", "=")


class StatementDialog(Dialog):
    """Asks for the time; Enter on a line opens its entry in the ledger."""

    entry_asked = Signal(int)
    """The journal entry behind the chosen line."""

    def __init__(self, context: Context, sheet: ClientSheet, parent: QWidget | None = None) -> None:
        super().__init__(f"Statement for {sheet.full_name}", parent, width=1000)
        self._context, self._ref = context, sheet.ref
        self._asked = 0
        self.since = DateEdit(lambda: sheet.today)
        self.since.setPlaceholderText("the beginning")
        self.until = DateEdit(lambda: sheet.today, required=True)
        self.said = PlainLabel("", "strong", wrap=True)
        self.prepaid = PlainLabel("", "muted", wrap=True)
        self.sums = [PlainLabel("", "figure") for _ in _SUMS]
        self.lines = RowsModel(_LINES, lambda line: line.entry_id)
        self.shares = RowsModel(_SHARES, lambda share: (share.date_of_service, share.session_ref))
        self.table = RecordTable("Lines of the statement", self.lines)
        self.by_session = RecordTable("What each session comes to", self.shares)
        self.tabs = Tabs("The statement’s two views")
        self.show_entry: Button = SecondaryButton("Show in the ledger", self._open_current)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self._lay_out()
        self.until.set_value(sheet.today)
        for edit in (self.since, self.until):
            edit.value_changed.connect(lambda _value: self._pause.start())
        self.table.opened.connect(lambda _entry: self._open_current())
        self.table.setFocus()
        self._look()

    def _lay_out(self) -> None:
        days = QHBoxLayout()
        days.setSpacing(12)
        days.addWidget(FormField("From (optional)", self.since))
        days.addWidget(FormField("Through", self.until))
        self.since.setFixedWidth(scaled(150))
        self.until.setFixedWidth(scaled(150))
        words = QWidget()
        column = QGridLayout(words)
        column.setContentsMargins(12, 20, 0, 0)
        column.addWidget(self.said, 0, 0)
        column.addWidget(self.prepaid, 1, 0)
        column.setRowStretch(2, 1)
        days.addWidget(words, 1)
        self.body.addLayout(days)
        self.body.addLayout(self._sum_row())
        for title, table, empty in (
            ("Every line", self.table, _NOTHING),
            ("By session", self.by_session, _NO_SHARES),
        ):
            table.set_empty(EmptyState(*empty))
            table.setMinimumHeight(scaled(260))
            self.tabs.add(title, table)
        self.body.addWidget(self.tabs, 1)
        close: Button = PrimaryButton("Close", self.reject)
        self.set_buttons(close, default=close, left=self.show_entry)

    def _sum_row(self) -> QGridLayout:
        """Opening + charges − insurance − adjustments − payments = closing, as it is added up."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        for place, (name, sign, figure) in enumerate(zip(_SUMS, _SIGNS, self.sums, strict=True)):
            if sign:
                grid.addWidget(PlainLabel(sign, "figure"), 1, 2 * place - 1)
            grid.addWidget(PlainLabel(name, "muted"), 0, 2 * place)
            grid.addWidget(figure, 1, 2 * place)
        grid.setColumnStretch(2 * len(_SUMS), 1)
        return grid

    def _look(self) -> None:
        since, until = self.since.date(), self.until.date()
        if until is None or (self.since.text().strip() and since is None):
            return  # the field says itself what is wrong once it is left
        self._asked += 1
        ref = self._ref

        def look(read: Reading) -> Statement:
            return statement(read, ref, as_of=until, since=since)

        self._context.read(
            look,
            partial(self._show, self._asked),
            failed=partial(self._refused, self._asked),
            label="Prepare statement",
        )

    def _show(self, asked: int, found: Statement) -> None:
        if asked != self._asked:
            return
        self.said.setText(standing_words(found))
        prepaid = format_cents(found.prepaid_cents)
        self.prepaid.setText(f"{prepaid} prepaid stands apart." if found.prepaid_cents else "")
        self.prepaid.setVisible(bool(found.prepaid_cents))
        for label, cents in zip(
            self.sums,
            (
                found.opening_cents,
                found.charges_cents,
                found.insurance_cents,
                found.adjustments_cents,
                found.payments_cents,
                found.closing_cents,
            ),
            strict=True,
        ):
            label.setText(format_cents(cents))
        self.lines.set_rows(found.lines)
        self.shares.set_rows(found.shares)
        self.show_entry.setVisible(bool(found.lines))
        if found.lines and self.table.current_id() is None:
            self.table.selectRow(0)

    def _refused(self, asked: int, error: Exception) -> bool:
        if not isinstance(error, UserFacingError):
            return False
        if asked == self._asked:
            self.said.setText(error.message)
        return True

    def _open_current(self) -> None:
        entry = self.table.current_id()
        if isinstance(entry, int):
            self.entry_asked.emit(entry)
            self.accept()

    def done(self, result: int) -> None:
        """Close; a question still on its way is no longer of interest."""
        self._asked += 1
        self._pause.stop()
        super().done(result)


def standing_words(found: Statement) -> str:
    """Return what the statement asks of the client, in a sentence or two."""
    match found.standing:
        case Standing.DUE:
            words = f"{format_cents(found.due_cents)} is due from the client."
        case Standing.INSURANCE_PENDING:
            words = "Nothing is due now: the insurance has not answered yet."
        case Standing.CREDIT:
            over = format_cents(found.credit_cents - found.client_cents)
            words = f"Nothing is due. {over} is kept as credit."
        case Standing.NOTHING_DUE:
            words = "Nothing is due."
    if found.insurance_pending_cents and found.standing is not Standing.INSURANCE_PENDING:
        words += f" {format_cents(found.insurance_pending_cents)} more waits for the insurer."
    return words


def _settled(share: Share) -> str:
    parts = [f"{method_words(one.method)} {format_cents(one.cents)}" for one in share.settled]
    return ", ".join(parts) or wording.NOTHING


_LINES = (
    Column("Date", lambda line: wording.day(line.posted_on), width=112),
    Column("What", lambda line: KINDS.get(line.kind, line.kind), least=120),
    Column(
        "Session of",
        lambda line: wording.day(line.date_of_service) if line.date_of_service else "",
        width=112,
        spare=1,
    ),
    Column("Charges", lambda line: wording.amount(line.charges_cents), "right", width=100),
    Column("Insurance", lambda line: wording.amount(line.insurance_cents), "right", width=100),
    Column("Adjusted", lambda line: wording.amount(line.adjustments_cents), "right", width=100),
    Column("Paid", lambda line: wording.amount(line.payments_cents), "right", width=100),
    Column("Balance", lambda line: format_cents(line.balance_cents), "right", width=110),
)
_SHARES = (
    Column("Session of", lambda share: wording.day(share.date_of_service), width=120),
    Column("Asked for", lambda share: format_cents(share.amount_cents), "right", width=110),
    Column("Settled by", _settled),
    Column("Still open", lambda share: wording.amount(share.open_cents), "right", width=110),
)
