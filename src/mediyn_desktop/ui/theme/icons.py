# SPDX-License-Identifier: MIT
"""Line icons from ``resources/icons``, drawn in the colour of the moment.

Each file uses ``currentColor``; the colour is put in when painting, so an icon follows light and
dark, hover and disabled without being replaced. Pictures are cached by name, colour and size.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mediyn_desktop.core.resources import shipped
from mediyn_desktop.ui.theme import tokens

Ink = Literal["text", "muted", "accent", "on_accent", "on_inverse", "ok", "warn", "bad"]


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return shipped("resources", "icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _picture(name: str, color: str, width: int, height: int) -> QPixmap:
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    drawing = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    painter = QPainter(pixmap)
    side = min(width, height)
    drawing.render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    painter.end()
    return pixmap


class _Engine(QIconEngine):
    def __init__(self, name: str, ink: Ink) -> None:
        super().__init__()
        self._name, self._ink = name, ink

    def _color(self, mode: QIcon.Mode) -> str:
        now = tokens.active()
        if mode == QIcon.Mode.Disabled:
            return now.outline
        return str(getattr(now, self._ink))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        size = rect.size() * ratio
        picture = _picture(self._name, self._color(mode), size.width(), size.height())
        painter.drawPixmap(rect, picture)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _picture(self._name, self._color(mode), size.width(), size.height())

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        # `size` already counts device pixels.
        picture = QPixmap(_picture(self._name, self._color(mode), size.width(), size.height()))
        picture.setDevicePixelRatio(scale)
        return picture

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._ink)


def icon(name: str, ink: Ink = "text") -> QIcon:
    """Return the icon ``name`` (a file in ``resources/icons``) in the colour ``ink``.

    Raises:
        ResourceMissing: there is no such icon.
    """
    _source(name)
    return QIcon(_Engine(name, ink))


def draw(painter: QPainter, name: str, at: QPoint, side: int, color: str) -> None:
    """Paint the icon ``name`` at ``at``, ``side`` pixels square, in ``color`` (``#rrggbb``)."""
    ratio = painter.device().devicePixelRatio()
    picture = _picture(name, color, round(side * ratio), round(side * ratio))
    painter.drawPixmap(QRect(at, QSize(side, side)), picture)
