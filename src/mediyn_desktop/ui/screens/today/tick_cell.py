# SPDX-License-Identifier: MIT
"""A cell with a box to tick at the left and its text at the right."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from mediyn_desktop.ui.models.record_model import Index
from mediyn_desktop.ui.theme import tokens
from mediyn_desktop.ui.theme.tokens import CELL_PADDING
from mediyn_desktop.ui.widgets.cells import CellDelegate

BOX = 16  # pixels
_TICK = (QPointF(3.8, 7.8), QPointF(6.5, 10.5), QPointF(11.2, 4.9))


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


def paint_box(painter: QPainter, box: QRectF, *, on: bool) -> None:
    """Paint a box of 15 pixels, ticked or empty."""
    now = tokens.active()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(now.accent if on else now.outline), 1.25))
    painter.setBrush(QColor(now.accent) if on else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    if on:
        pen = QPen(QColor(now.on_accent), 1.75)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([box.topLeft() + step for step in _TICK]))
    painter.restore()
