# SPDX-License-Identifier: MIT
"""Ctrl+K: type a few letters of any command or client and press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mediyn_desktop.ui.actions.registry import CommandRegistry, key_text
from mediyn_desktop.ui.theme import tokens
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.theme.tokens import CELL_PADDING, ROW
from mediyn_desktop.ui.widgets.labels import PlainLabel

_WIDTH, _ROWS = 560, 9
_NOTE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteItem:
    """One line of the palette: what it says, a note at the right, and what Enter does."""

    title: str
    note: str
    choose: Callable[[], object] = field(repr=False)


Source = Callable[[str, Callable[[Sequence[PaletteItem]], None]], None]
"""A search given the text and a callback for what was found, now or later on the GUI thread."""


class _Lines(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.items: list[PaletteItem] = []

    def show(self, items: Sequence[PaletteItem]) -> None:
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.title}, {item.note}" if item.note else item.title
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        return item.note if role == _NOTE_ROLE else None


class _Line(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now, rect = tokens.active(), QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(now.tint))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(now.accent))
        inner = rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)
        measure = painter.fontMetrics()
        note = str(index.data(_NOTE_ROLE) or "")
        painter.setPen(QColor(now.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, note)
        inner.setRight(inner.right() - measure.horizontalAdvance(note) - 16)
        painter.setPen(QColor(now.text))
        shown = measure.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, max(0, inner.width())
        )
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


def rank(text: str, title: str, keywords: str = "") -> int | None:
    """Return how well ``title`` answers ``text`` (lower is better), or None if it does not.

    Every word typed must begin a word of the title or keywords, or stand somewhere within.
    """
    words, hay = text.lower().split(), f"{title} {keywords}".lower()
    if not all(word in hay for word in words):
        return None
    if title.lower().startswith(text.lower().strip()):
        return 0
    return 1 if all(any(w.startswith(word) for w in hay.split()) for word in words) else 2


class CommandPalette(QDialog):
    """A popup over the window with one field and one list; further sources add their finds."""

    def __init__(
        self,
        registry: CommandRegistry,
        sources: Sequence[Source] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName("Command palette")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._registry, self._sources = registry, list(sources)
        self._asked = self._unanswered = 0
        self._lines = _Lines(self)
        self._field = QLineEdit()
        self._field.setAccessibleName("Search for a command or a client")
        self._field.setPlaceholderText("Type a command or a client’s name")
        self._list = QListView()
        self._list.setAccessibleName("Found")
        self._list.setModel(self._lines)
        self._list.setItemDelegate(_Line(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        frame = QFrame()
        frame.setProperty("surface", "popup")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(8, 8, 8, 8)
        inner.setSpacing(8)
        inner.addWidget(self._field)
        self._nothing = PlainLabel("Nothing found", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(self._list, 1)
        inner.addWidget(self._nothing, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self._field.installEventFilter(self)
        self._field.textChanged.connect(self._search)
        self._list.clicked.connect(lambda _index: self.accept())

    def open_over(self, window: QWidget) -> None:
        """Show the palette at the upper middle of ``window`` with an empty field."""
        width = scaled(_WIDTH)
        self.setFixedSize(width, ROW * _ROWS + 70)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + 72)
        self.show()
        self._field.clear()
        self._search("")
        self._field.setFocus()

    def add_source(self, source: Source) -> None:
        """List what ``source`` finds after the commands."""
        self._sources.append(source)

    @property
    def finds_nothing(self) -> bool:
        """Whether it says that nothing was found."""
        return not self._nothing.isHidden()

    @property
    def titles(self) -> list[str]:
        """What is listed now, from top to bottom."""
        return [item.title for item in self._lines.items]

    def accept(self) -> None:
        index = self._list.currentIndex()
        super().accept()
        if index.isValid():
            self._lines.items[index.row()].choose()

    def _commands(self, text: str) -> list[PaletteItem]:
        found = []
        for command in self._registry:
            place = rank(text, command.title, command.keywords)
            if place is not None and command.enabled():
                note = key_text(command.shortcut) or command.group

                def choose(command_id: str = command.id) -> bool:
                    return self._registry.run(command_id)

                found.append((place, PaletteItem(command.title, note, choose)))
        return [item for _place, item in sorted(found, key=lambda pair: pair[0])]

    def _search(self, text: str) -> None:
        self._asked += 1
        asked = self._asked
        self._unanswered = len(self._sources) if text.strip() else 0
        self._show(self._commands(text))
        if not text.strip():
            return

        def add(items: Sequence[PaletteItem]) -> None:
            if asked == self._asked and self.isVisible():
                self._unanswered -= 1
                self._show([*self._lines.items, *items])

        for source in self._sources:
            source(text.strip(), add)

    def _show(self, items: Sequence[PaletteItem]) -> None:
        row = max(0, self._list.currentIndex().row()) if self._lines.items else 0
        self._lines.show(items)
        nothing = not items and self._unanswered == 0
        self._nothing.setVisible(nothing)
        self._list.setVisible(not nothing)
        if items:
            self._list.setCurrentIndex(self._lines.index(min(row, len(items) - 1)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent):
            moves = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _ROWS,
                Qt.Key.Key_PageUp: -_ROWS,
            }
            step = moves.get(Qt.Key(event.key()))
            if event.type() == QEvent.Type.KeyPress and step and self._lines.items:
                row = self._list.currentIndex().row() + step
                row = max(0, min(row, len(self._lines.items) - 1))
                self._list.setCurrentIndex(self._lines.index(row))
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)
