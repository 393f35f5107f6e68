# SPDX-License-Identifier: MIT
"""A list of things to give to a client: test cards, test member ids."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.training.putting import Person
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable


class GivingPage(QWidget):
    """Choose a line with the arrow keys and a client; Enter or the button gives it to them."""

    given = Signal(object, str)
    """The id of the line, and the client's reference."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        rows: Sequence[Any],
        *,
        explain: Callable[[Any], str],
        verb: str,
        also: Sequence[Button] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Build it.

        Args:
            explain: says of a row what will happen.
            verb: what the button that gives is called. ``also`` are buttons before it.
        """
        super().__init__(parent)
        self._explain = explain
        self.model = RowsModel(columns, key, rows)
        self.table = RecordTable(name, self.model)
        self.table.setMinimumHeight(scaled(300))
        self.promise = PlainLabel("", wrap=True)
        self.promise.setMinimumHeight(scaled(40))
        self.client = ComboBox()
        self.button: Button = PrimaryButton(verb, self._give)
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        for button in (*also, self.button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self.promise)
        column.addWidget(FormField("Client", self.client, beside=buttons))
        self.setFocusProxy(self.table)
        self.table.current_changed.connect(self._show)
        self.table.opened.connect(lambda _line: self._give())
        self.table.selectRow(0)
        self.set_people(())

    def set_people(self, people: Sequence[Person]) -> None:
        """Offer ``people``, keeping whoever is chosen."""
        chosen = self.client.currentData()
        self.client.clear()
        for person in people:
            self.client.addItem(person.name, person.ref)
        self.client.setCurrentIndex(max(0, self.client.findData(chosen)) if people else -1)
        self.button.setEnabled(bool(people))

    def _show(self, line: object) -> None:
        row = self.model.position(line) if isinstance(line, Hashable) else None
        self.promise.setText("" if row is None else self._explain(self.model.row_at(row)))

    def _give(self) -> None:
        line, ref = self.table.current_id(), self.client.currentData()
        if line is not None and ref is not None and self.button.isEnabled():
            self.given.emit(line, ref)
