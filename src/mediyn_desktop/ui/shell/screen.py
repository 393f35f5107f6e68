# SPDX-License-Identifier: MIT
"""The base of all screens: it asks, shows, and never decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from mediyn_desktop.ui.ops import Ops
from mediyn_desktop.ui.shell.header import PageHeader
from mediyn_desktop.ui.theme.tokens import PAGE_X, PAGE_Y


class Screen(QWidget):
    """A page with a header and a ``body``; see the package docstring for how to write one."""

    title: ClassVar[str] = ""
    reads: ClassVar[frozenset[str]] = frozenset()
    """The kinds of record this screen shows; a change to one of them makes it stale."""

    def __init__(self, ops: Ops, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ops = ops
        self.search: QLineEdit | None = None
        self._stale = True
        self.setProperty("role", "page")
        self.setAccessibleName(self.title)
        self.header = PageHeader(self.title)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_X, PAGE_Y, PAGE_X, 16)
        column.setSpacing(16)
        column.addWidget(self.header)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        column.addLayout(self.body, 1)

    def reload(self) -> None:
        """Read again what is shown; called when the screen appears and something changed."""

    def changed(self, kinds: Iterable[str]) -> None:
        """Reload now or when shown next, if any of ``kinds`` is read here."""
        if not self.reads.isdisjoint(kinds):
            self._stale = True
            if self.isVisible():
                self._refresh()

    def focus_search(self) -> bool:
        """Give the keyboard to the search field; False if this screen has none."""
        if self.search is None:
            return False
        self.search.setFocus()
        self.search.selectAll()
        return True

    def take_focus(self) -> None:
        """Give the keyboard to what people do first here; a screen says what that is."""
        self.focus_search()

    def _refresh(self) -> None:
        self._stale = False
        self.reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()
