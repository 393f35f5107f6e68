# SPDX-License-Identifier: MIT
"""A box to tick, with its caption: drawn the same in tables and in dialogs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from mediyn_desktop.ui.theme import tokens
from mediyn_desktop.ui.widgets.labels import plain_caption

BOX = 16  # pixels
_GAP = 8
_TICK = (QPointF(3.8, 7.8), QPointF(6.5, 10.5), QPointF(11.2, 4.9))


class CheckBox(QCheckBox):
    """A check box; its caption is plain text and its accessible name."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(plain_caption(text), parent)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = 5 + BOX + _GAP + metrics.horizontalAdvance(self.text()) + 5
        return QSize(width, max(metrics.height(), BOX) + 10)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = tokens.active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        top = (self.height() - BOX) / 2
        paint_box(painter, QRectF(5.5, top + 0.5, BOX - 1, BOX - 1), on=self.isChecked())
        painter.setPen(QColor(now.text if self.isEnabled() else now.outline))
        text = self.rect().adjusted(5 + BOX + _GAP, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(text, int(flags) | int(Qt.TextFlag.TextShowMnemonic), self.text())


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
