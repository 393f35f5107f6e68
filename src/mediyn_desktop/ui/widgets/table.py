# SPDX-License-Identifier: MIT
"""A table of records: 36-pixel rows, hairlines, made for the keyboard."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from mediyn_desktop.ui.models.record_model import Column, Index, RecordModel
from mediyn_desktop.ui.theme.fonts import Size, font, scaled
from mediyn_desktop.ui.theme.tokens import ROW
from mediyn_desktop.ui.widgets.cells import CellDelegate, CellHeader

_EXTENDED = QAbstractItemView.SelectionMode.ExtendedSelection


class RecordTable(QTableView):
    """Shows a ``RecordModel``. ``name`` is what a screen reader calls the table.

    Keys: arrows and Page Up/Down move, Home and End go to the first and last record, Enter opens,
    Ctrl+F goes to the linked search field, Tab leaves.
    """

    opened = Signal(object)
    """The id of the record to open (Enter or double click)."""

    current_changed = Signal(object)
    """The id of the current record, or None."""

    def __init__(
        self, name: str, model: RecordModel, *, multi: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._records = model
        self._search: QLineEdit | None = None
        self._empty: QWidget | None = None
        self._kept: Hashable | None = None
        self._cells = CellDelegate(self)
        self._dress(multi)
        self.setModel(model)
        self._size_columns(model)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        self.entered.connect(self._hover)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._records.id_at(index.row())))

    def _dress(self, multi: bool) -> None:
        mode = QAbstractItemView.SelectionMode
        self.setItemDelegate(self._cells)
        self.setHorizontalHeader(CellHeader(self))
        self.setFont(font(Size.BODY, tabular=True))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(mode.ExtendedSelection if multi else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)

    def _size_columns(self, model: RecordModel) -> None:
        header = self.horizontalHeader()
        for i, column in enumerate(model.columns):
            header.resizeSection(i, _least(column))
        self._fit_columns()
        if any(column.sort_key for column in model.columns):
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            header.setSectionsClickable(True)
            self.setSortingEnabled(True)

    def _fit_columns(self) -> None:
        """Hide spare columns where room is short; the widest text gets what is left over."""
        header, columns = self.horizontalHeader(), self._records.columns
        room = self.viewport().width()
        spare = sorted((c for c in columns if c.spare), key=lambda column: -column.spare)
        shown = list(columns)
        while spare and sum(map(_least, shown)) > room:
            shown.remove(spare.pop(0))
        enough = sum(map(_least, shown)) <= room
        modes = QHeaderView.ResizeMode
        for i, column in enumerate(columns):
            header.setSectionHidden(i, column not in shown)
            if column.width is None:
                header.setSectionResizeMode(i, modes.Stretch if enough else modes.Interactive)
                if not enough:
                    header.resizeSection(i, _least(column))

    # -- records

    @property
    def records(self) -> RecordModel:
        """The model shown."""
        return self._records

    def current_id(self) -> Hashable | None:
        """Return the id of the current record, or None."""
        index = self.currentIndex()
        return self._records.id_at(index.row()) if index.isValid() else None

    def selected_ids(self) -> list[Hashable]:
        """Return the ids of all selected records, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._records.id_at(row) for row in rows]

    def select_id(self, record_id: Hashable) -> bool:
        """Make the record with ``record_id`` current and visible; False if it is not shown."""
        row = self._records.position(record_id)
        if row is None:
            return False
        self.selectRow(row)
        self.scrollTo(self._records.index(row, 0))
        return True

    def link_search(self, field: QLineEdit) -> None:
        """Let Ctrl+F go to ``field`` and the down key come back."""
        self._search = field
        field.installEventFilter(self)

    def set_empty(self, widget: QWidget) -> None:
        """Show ``widget`` in place of the rows whenever there are none."""
        widget.setParent(self.viewport())
        self._empty = widget
        model = self._records
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._show_empty)
        self._show_empty()

    def _show_empty(self) -> None:
        if self._empty is not None:
            self._empty.setGeometry(self.viewport().rect())
            self._empty.setVisible(self._records.rowCount() == 0)

    def _remember(self) -> None:
        self._kept = self.current_id()

    def _restore(self) -> None:
        if self._kept is not None and not self.select_id(self._kept):
            self.current_changed.emit(None)

    # -- Qt

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and current.row() != previous.row():
            self.current_changed.emit(self._records.id_at(current.row()))

    def selectionChanged(self, on: QItemSelection, off: QItemSelection) -> None:
        super().selectionChanged(on, off)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.current_id())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(first=key == Qt.Key.Key_Home, extend=_shifted(event))
        elif event.matches(QKeySequence.StandardKey.Find) and self._search is not None:
            self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._search.selectAll()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _go_to_end(self, *, first: bool, extend: bool) -> None:
        last = self._records.rowCount() - 1
        if last < 0:
            return
        index = self._records.index(0 if first else last, 0)
        flag = QItemSelectionModel.SelectionFlag
        start = self.currentIndex()
        if extend and start.isValid() and self.selectionMode() == _EXTENDED:
            self.selectionModel().select(QItemSelection(start, index), flag.Select | flag.Rows)
            self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
        else:
            self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would ask every row, and so fetch the whole table."""

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        if not self.currentIndex().isValid() and self._records.rowCount():
            self.selectRow(0)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent):
            down = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down
            if down and self._records.rowCount():
                self.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()
        self._show_empty()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(QModelIndex())
        super().leaveEvent(event)

    def _hover(self, index: QModelIndex) -> None:
        if index.row() != self._cells.hovered_row:
            self._cells.hovered_row = index.row()
            self.viewport().update()


def _least(column: Column) -> int:
    return scaled(column.least if column.width is None else column.width)


def _shifted(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
