# SPDX-License-Identifier: MIT
"""One year month by month: how what the form 1099-K counts becomes what reached the bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.cards.clearing.tie_out import Columns, TieOut, tie_out
from mediyn_desktop.core.money import format_cents, plain_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import choice
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.ops import Task
from mediyn_desktop.ui.screens.cards.clearing_words import tie_out_words
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

Line = tuple[str, Columns]
_MONEY = (
    ("1099-K", "gross_cents"),
    ("Refunds", "refunds_cents"),
    ("Fees", "fees_cents"),
    ("Disputes", "disputes_cents"),
    ("Their fees", "dispute_fees_cents"),
    ("Other", "other_cents"),
    ("Paid out", "payouts_cents"),
    ("Change", "net_cents"),
)


def _column(title: str, *names: str, width: int = 98) -> Column:
    def shown(line: Line) -> str:
        return wording.amount(sum(getattr(line[1], name) for name in names))

    return Column(title, shown, "right", width=width)


_COLUMNS = (
    Column("Month", lambda line: line[0], least=128),
    Column("Payments", lambda line: f"{line[1].payments:,}", "right", width=92),
    _column("1099-K", "gross_cents", width=108),
    _column("Refunds", "refunds_cents"),
    _column("Fees", "fees_cents"),
    _column("Disputes", "disputes_cents", "dispute_fees_cents"),
    _column("Other", "other_cents", width=84),
    _column("Paid out", "payouts_cents", width=112),
    _column("Change", "net_cents", width=108),
)


def lines_of(found: TieOut) -> list[Line]:
    """Return the months in which something moved, then the whole year."""
    months = [
        (wording.month(date.fromisoformat(f"{month}-01")), columns)
        for month, columns in found.months.items()
        if columns.payments or any(getattr(columns, name) for _, name in _MONEY)
    ]
    return [*months, (f"All of {found.year}", found.total)]


def as_text(lines: Sequence[Line]) -> str:
    """Return the table for a spreadsheet: tabs between, amounts as plain numbers.

    The fees of disputes, which are shown with them, have a column of their own.
    """
    heads = ["Month", "Payments", *(title for title, _ in _MONEY)]
    rows = [
        [words, str(columns.payments), *(plain_cents(getattr(columns, name)) for _, name in _MONEY)]
        for words, columns in lines
    ]
    return "\n".join("\t".join(row) for row in [heads, *rows])


class YearDialog(Dialog):
    """Asks which year; the newest is shown first."""

    def __init__(
        self, context: Context, years: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__("The year for the 1099-K", parent, width=1000)
        self._context = context
        self._reading: Task | None = None
        self.lines: list[Line] = []
        self.year = choice([(str(year), year) for year in years])
        self.said = PlainLabel("", wrap=True)
        self.model = RowsModel(_COLUMNS, lambda line: line[0])
        self.table = RecordTable("The year month by month", self.model)
        self.table.setMinimumHeight(scaled(320))
        self.held = PlainLabel("", "muted", wrap=True)
        row = QHBoxLayout()
        row.addWidget(FormField("Year", self.year))
        row.addStretch(1)
        self.year.setMinimumWidth(scaled(140))
        self.body.addLayout(row)
        self.body.addWidget(self.said)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.held)
        self.copy: Button = SecondaryButton("Copy for a spreadsheet", self._copy)
        close = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close, left=self.copy)
        self.year.currentIndexChanged.connect(lambda _index: self._look())
        self.year.setFocus()
        self._look()

    def _look(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        year: int = self.year.currentData()
        self.copy.set_caption("Copy for a spreadsheet")
        self._reading = self._context.read(
            lambda read: tie_out(read, year), self._show, label="Add up the year"
        )

    def _show(self, found: TieOut) -> None:
        self.lines = lines_of(found)
        self.model.set_rows(self.lines)
        self.table.selectRow(len(self.lines) - 1)
        self.said.setText("\n".join(tie_out_words(found)))
        self.held.setText(
            f"At Stripe when {found.year} began: {format_cents(found.opening_cents)}. "
            f"When it ended, or until now: {format_cents(found.closing_cents)}."
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(as_text(self.lines))
        self.copy.set_caption("Copied")
