# SPDX-License-Identifier: MIT
"""A row of tabs over a stack of pages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mediyn_desktop.ui.widgets.buttons import Button

_STOP, _PASSED = Qt.FocusPolicy.StrongFocus, Qt.FocusPolicy.ClickFocus


class Tabs(QWidget):
    """Pages, one at a time. Left and right move on the row, Ctrl+Page Up and Down everywhere.

    Tab stops at the row once, on the tab shown. Whoever changes the page from within one stays
    within: the new page gets the keyboard.
    """

    changed = Signal(str)
    """The title of the page that is shown now."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._pages = QStackedWidget()
        self._titles: list[str] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._row)
        column.addWidget(self._pages, 1)
        self._group.idClicked.connect(self._show)
        for keys, step in (("Ctrl+PgUp", -1), ("Ctrl+PgDown", 1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._step(step))

    def add(self, title: str, page: QWidget) -> None:
        """Add a page at the end; the first is shown."""
        number = len(self._titles)
        button = Button(title, kind="tab")
        button.setCheckable(True)
        self._titles.append(title)
        self._group.addButton(button, number)
        self._row.insertWidget(number, button)
        self._pages.addWidget(page)
        button.setFocusPolicy(_STOP if number == 0 else _PASSED)
        if number == 0:
            button.setChecked(True)

    def set_count(self, title: str, count: int) -> None:
        """Say beside ``title`` how many things its page holds; 0 says nothing."""
        button = self._group.button(self._titles.index(title))
        assert isinstance(button, Button)
        button.set_caption(f"{title}  {count:,}" if count else title)

    @property
    def current(self) -> str:
        """The title of the page shown."""
        return self._titles[self._pages.currentIndex()]

    def show_page(self, title: str) -> None:
        """Show the page ``title``."""
        self._show(self._titles.index(title))

    def _show(self, number: int) -> None:
        before, shown = self._group.button(self._pages.currentIndex()), self._group.button(number)
        shown.setChecked(True)
        if shown is not before:
            QWidget.setTabOrder(before, shown)  # it takes the place of the stop there was
            before.setFocusPolicy(_PASSED)
            shown.setFocusPolicy(_STOP)
        if number != self._pages.currentIndex():
            self._pages.setCurrentIndex(number)
            self.changed.emit(self._titles[number])

    def _step(self, by: int) -> None:
        within = self._pages.isAncestorOf(QApplication.focusWidget() or self)
        number = (self._pages.currentIndex() + by) % len(self._titles)
        self._show(number)
        page = self._pages.currentWidget()
        target = page if within and page is not None else self._group.button(number)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)
