# SPDX-License-Identifier: MIT
"""A cell with a box to tick at the left and its text at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from mediyn_desktop.ui.models.record_model import Index
from mediyn_desktop.ui.theme.tokens import CELL_PADDING
from mediyn_desktop.ui.widgets.cells import CellDelegate
from mediyn_desktop.ui.widgets.check_box import BOX, paint_box


class TickCell(CellDelegate):
    """Paints like the table's ``cells``; the box stands only where there is a choice."""

    def __init__(self, cells: CellDelegate, parent: QWidget) -> None:
        super().__init__(parent)
        self._cells = cells

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.hovered_row = self._cells.hovered_row
        super().paint(painter, option, index)
        checked = index.data(Qt.ItemDataRole.CheckStateRole)
        if checked is None:
            return
        on = Qt.CheckState(checked) == Qt.CheckState.Checked
        rect = option.rect
        box = QRectF(rect.left() + CELL_PADDING, rect.center().y() - BOX / 2, BOX, BOX)
        paint_box(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), on=on)
