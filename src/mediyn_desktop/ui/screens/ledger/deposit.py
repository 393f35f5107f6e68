# SPDX-License-Identifier: MIT
"""Takes cash and checks to the bank: which of them, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.deposits import InHand
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, Index
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.ui.widgets.tick_cell import TickCell
from mediyn_desktop.undo.doing import deposit

METHODS = {"cash": "Cash", "check": "Check", "package": "Package"}
_PARTS = {"cash": "cash", "check": "checks", "package": "packages"}
_TICK = 0


class InHandModel(RowsModel):
    """Cash and checks with a box each; all are ticked to begin with."""

    ticked_changed = Signal()

    def __init__(self, rows: Sequence[InHand]) -> None:
        self._left_out: set[str] = set()
        super().__init__(
            (
                Column("", lambda _row: "", width=44),
                Column("Received", lambda row: wording.day(row.received_on), width=112),
                Column("Client", lambda row: row.client_name, least=150),
                Column("As", lambda row: METHODS[row.method], width=72),
                Column("Reference", lambda row: row.reference or "", width=130, muted=True),
                Column("Amount", lambda row: format_cents(row.amount_cents), "right", width=100),
            ),
            key=lambda row: row.ref,
            rows=rows,
        )

    def ticked(self) -> list[InHand]:
        """Return what goes to the bank."""
        return [row for row in self._rows if row.ref not in self._left_out]

    def toggle(self, position: int) -> None:
        """Tick or clear the box of a row."""
        if 0 <= position < self.rowCount():
            self._left_out ^= {self._rows[position].ref}
            self._announce(position, position)

    def tick_all(self, on: bool) -> None:
        """Tick or clear every box."""
        self._left_out = set() if on else {row.ref for row in self._rows}
        self._announce(0, self.rowCount() - 1)

    def _announce(self, first: int, last: int) -> None:
        none = QModelIndex()
        end = self.index(last, len(self.columns) - 1, none)
        self.dataChanged.emit(self.index(first, 0, none), end)
        self.ticked_changed.emit()

    def spoken(self, record: Any) -> str:
        taken = "ticked" if record.ref not in self._left_out else "not ticked"
        return f"{taken}, {super().spoken(record)}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == _TICK:
            out = self._rows[index.row()].ref in self._left_out
            return Qt.CheckState.Unchecked if out else Qt.CheckState.Checked
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == _TICK else found


class InHandTable(RecordTable):
    """Space ticks the current row's box; a click on the box does the same."""

    def __init__(self, model: InHandModel) -> None:
        super().__init__("Cash and checks in hand", model)
        self._in_hand = model
        self._tick_cell = TickCell(self._cells, self)
        self.setItemDelegateForColumn(_TICK, self._tick_cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._in_hand.toggle(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == _TICK:
            self._in_hand.toggle(index.row())


class DepositDialog(Dialog):
    """Posts one deposit of what is ticked; stays open with the reason when it is refused."""

    deposited = Signal(str, int)
    """The deposit's ref and its cents."""

    def __init__(
        self,
        context: Context,
        rows: Sequence[InHand],
        today: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Take cash and checks to the bank", parent, width=740)
        self._context, self._today = context, today
        self.model = InHandModel(rows)
        self.table = InHandTable(self.model)
        self.on = DateEdit(lambda: today, required=True)
        self.all_button: Button = SecondaryButton("", self._tick_all)
        self.total = PlainLabel("", "figure")
        self.parts = PlainLabel("", "muted")
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self._cancel: Button = SecondaryButton("Cancel", self.reject)
        self.save: Button = PrimaryButton("Deposit", self._save)
        self._lay_out()
        self.on.set_value(today)
        self.model.ticked_changed.connect(self._count)
        self.on.problem_changed.connect(lambda _words: self._problem.hide())
        self._count()
        self.table.selectRow(0)
        self.table.setFocus()

    def _lay_out(self) -> None:
        words = "Tick what you hand in. Each goes to the bank once, on one slip you can print."
        self.body.addWidget(PlainLabel(words, "muted", wrap=True))
        self.table.setMinimumHeight(scaled(230))
        self.body.addWidget(self.table, 1)
        sums = QHBoxLayout()
        sums.setSpacing(12)
        sums.addWidget(self.all_button)
        sums.addStretch(1)
        sums.addWidget(self.parts)
        sums.addWidget(self.total)
        self.body.addLayout(sums)
        day = QHBoxLayout()
        day.addWidget(FormField("Taken to the bank on", self.on))
        day.addStretch(1)
        self.on.setFixedWidth(scaled(200))
        self.body.addLayout(day)
        self.body.addWidget(self._problem)
        self.set_buttons(self._cancel, self.save, default=self.save)

    @property
    def problem(self) -> str:
        """Why it was refused, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def _tick_all(self) -> None:
        self.model.tick_all(len(self.model.ticked()) < self.model.rowCount())

    def _count(self) -> None:
        rows = self.model.ticked()
        cents = {
            method: sum(row.amount_cents for row in rows if row.method == method)
            for method in METHODS
        }
        whole = sum(cents.values())
        parts = [f"{_PARTS[method]} {format_cents(part)}" for method, part in cents.items() if part]
        both = " + ".join(parts)
        several = len(parts) > 1
        self.parts.setText(f"{both[:1].upper()}{both[1:]} =" if several else f"{len(rows)} ticked")
        self.total.setText(format_cents(whole))
        self.save.set_caption(f"Deposit {format_cents(whole)}" if whole else "Deposit")
        self.save.setEnabled(bool(rows))
        everything = len(rows) == self.model.rowCount()
        self.all_button.set_caption("Tick none" if everything else "Tick all")
        self._problem.hide()

    def _save(self) -> None:
        self._problem.hide()
        on, rows = self.on.date(), self.model.ticked()
        if not self.on.check() or on is None or not rows:
            return
        if on > self._today:
            self._say(
                "The day of the deposit is in the future. Enter the day you went to the bank."
            )
            return
        ref, cents = new_ref("dep"), sum(row.amount_cents for row in rows)
        self.save.setEnabled(False)
        self._context.write(
            "Deposit cash and checks",
            lambda uow: deposit(uow, ref=ref, payments=[row.ref for row in rows], on=on),
            done=lambda _entry: self._saved(ref, cents),
            failed=self._refused,
        )

    def _saved(self, ref: str, cents: int) -> None:
        self.deposited.emit(ref, cents)
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.save.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._say(error.message)
        return True

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.show()
