# SPDX-License-Identifier: MIT
"""A tab of lines about a client, with what can be done above it and about the current line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.screens.clients.bar import VerbBar
from mediyn_desktop.ui.screens.clients.tabs import TellingTab
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton


class VerbsTab(TellingTab):
    """One line for each record, which has a ``key`` and ``verbs``: names out of ``for_line``.

    ``about`` is the sentence beside the verbs of ``new``, which are always there.
    """

    asked = Signal(str)
    """What is asked for: one of ``new``, or of ``for_line`` for the current line."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        empty: tuple[str, str, str],
        tell: Callable[[Any], str],
        *,
        about: str,
        new: Mapping[str, str],
        for_line: Mapping[str, str],
        height: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, columns, lambda line: line.key, empty, tell, parent)
        self.detail.setFixedHeight(height)
        self.bar = VerbBar(about, new)
        self.column.insertWidget(0, self.bar)
        self.bar.asked.connect(self.asked)
        self.for_line: dict[str, Button] = {
            verb: SecondaryButton(words, partial(self.asked.emit, verb))
            for verb, words in for_line.items()
        }
        self.buttons = self.bar.buttons | self.for_line
        self.column.addLayout(self._below())
        self.table.current_changed.connect(self._offer)
        self.table.opened.connect(lambda _key: self._first_verb())
        stops = (
            *self.bar.buttons.values(),
            self.table,
            self.detail,
            *self.for_line.values(),
        )
        for earlier, later in pairwise(stops):
            QWidget.setTabOrder(earlier, later)

    def _below(self) -> QHBoxLayout:
        """What can be done about the current line, in a row of its own."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self.for_line.values():
            row.addWidget(button)
        row.addStretch(1)  # at the left: what is said of a step appears at the lower right
        return row

    def show_rows(self, rows: Sequence[Any]) -> None:
        super().show_rows(rows)
        self._offer(self.table.current_id())

    def current(self) -> Any:
        """Return the current line, or None."""
        key = self.table.current_id()
        row = self.model.position(key) if isinstance(key, Hashable) else None
        return None if row is None else self.model.row_at(row)

    def _offer(self, _key: Hashable) -> None:
        line = self.current()
        verbs = line.verbs if line is not None else ()
        for name, button in self.for_line.items():
            button.setVisible(name in verbs)

    def _first_verb(self) -> None:
        line = self.current()
        if line is not None and line.verbs:
            self.asked.emit(line.verbs[0])
