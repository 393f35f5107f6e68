# SPDX-License-Identifier: MIT
"""Inter in three weights from ``resources/fonts``, the system font where it cannot be read."""

from __future__ import annotations

import logging
import sys
from enum import Enum

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from mediyn_desktop.core.resources import ResourceMissing, shipped

_log = logging.getLogger(__name__)
_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")


class Size(Enum):
    """The four sizes of type, in points at 96 dots per inch."""

    TITLE = 20
    HEADING = 14
    BODY = 10
    SMALL = 9


def load() -> str | None:
    """Register the shipped font and return its family, or None so that the system font stays."""
    family = None
    for name in _FILES:
        try:
            file = shipped("resources", "fonts", "inter", name)
        except ResourceMissing:
            _log.warning("font file %s is missing", name)
            continue
        number = QFontDatabase.addApplicationFont(str(file))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        family = family or next(iter(families), None)
    return family


def points(size: Size) -> float:
    """Return ``size`` for this platform: macOS counts 72 dots per inch where others count 96."""
    return size.value * (96 / 72 if sys.platform == "darwin" else 1.0)


def scaled(pixels: int) -> int:
    """Return a width meant for ordinary text, for the size of text this system asks for."""
    usual = 72 if sys.platform == "darwin" else 96
    return round(pixels * QGuiApplication.primaryScreen().logicalDotsPerInch() / usual)


def font(
    size: Size = Size.BODY,
    weight: QFont.Weight = QFont.Weight.Normal,
    *,
    tabular: bool = False,
) -> QFont:
    """Return the program's font; ``tabular`` gives every digit the same width (tables, totals)."""
    made = QFont(QApplication.font())
    made.setPointSizeF(points(size))
    made.setWeight(weight)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
