# SPDX-License-Identifier: MIT
"""A QR code on screen: always dark on white, so that every camera reads it in both schemes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_QUIET = 4  # light squares around it (ISO/IEC 18004)
_LEAST = 4  # pixels of a square
_SIDE = 260


class QrCode(QWidget):
    """Paints a matrix of squares; ``name`` says to whom cannot see it what it leads to."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._matrix: Sequence[Sequence[bool]] = ()

    def show_matrix(self, matrix: Sequence[Sequence[bool]]) -> None:
        """Show the code of ``matrix``: rows of squares, dark ones true."""
        self._matrix = matrix
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        across = len(self._matrix) + 2 * _QUIET
        side = max(_SIDE, across * _LEAST)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if not self._matrix:
            return
        across = len(self._matrix) + 2 * _QUIET
        square = min(self.width(), self.height()) // across
        start = (min(self.width(), self.height()) - square * across) / 2 + square * _QUIET
        for row, line in enumerate(self._matrix):
            for column, dark in enumerate(line):
                if dark:
                    place = QRectF(start + column * square, start + row * square, square, square)
                    painter.fillRect(place, Qt.GlobalColor.black)
