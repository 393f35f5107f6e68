# SPDX-License-Identifier: MIT
"""A status as word and shape; colour only repeats what they say (WCAG 2.2, 1.4.1)."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme import tokens
from mediyn_desktop.ui.theme.tokens import Tone

SHAPE = 9  # pixels
GAP = 8


def paint_shape(painter: QPainter, tone: Tone, box: QRectF, color: QColor) -> None:
    """Paint the shape of ``tone`` into ``box``: disc, triangle, square, ring or half disc."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    match tone:
        case Tone.OK:
            painter.drawEllipse(box)
        case Tone.WARN:
            top = QPointF(box.center().x(), box.top())
            painter.drawPolygon(QPolygonF([top, box.bottomRight(), box.bottomLeft()]))
        case Tone.BAD:
            painter.drawRect(box)
        case Tone.INFO | Tone.NEUTRAL:
            ring = box.adjusted(0.75, 0.75, -0.75, -0.75)
            if tone is Tone.INFO:
                painter.drawPie(ring, 90 * 16, 180 * 16)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(ring)
    painter.restore()


def paint_status(painter: QPainter, status: Status, rect: QRect) -> None:
    """Paint shape and word of ``status``, left in ``rect`` and centred by height."""
    color = QColor(tokens.active().tone(status.tone))
    top = rect.center().y() - SHAPE / 2 + 1
    paint_shape(painter, status.tone, QRectF(rect.left(), top, SHAPE, SHAPE), color)
    words = rect.adjusted(SHAPE + GAP, 0, 0, 0)
    painter.setPen(color)
    text = painter.fontMetrics().elidedText(status.word, Qt.TextElideMode.ElideRight, words.width())
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class StatusCell(QWidget):
    """A status outside a table, for example in a header or a form."""

    def __init__(self, status: Status, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_status(status)

    def set_status(self, status: Status) -> None:
        """Show ``status`` instead."""
        self._status = status
        self.setAccessibleName(status.word)
        self.updateGeometry()
        self.update()

    @property
    def status(self) -> Status:
        """The status shown."""
        return self._status

    def sizeHint(self) -> QSize:
        measure = self.fontMetrics()
        width = SHAPE + GAP + measure.horizontalAdvance(self._status.word) + 2
        return QSize(width, measure.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_status(painter, self._status, self.rect())
        painter.end()
