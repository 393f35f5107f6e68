# SPDX-License-Identifier: MIT
"""Keeps Tab going the way the eye goes, though areas are filled at different times.

Qt appends a new widget to the end of the window's Tab chain, so a banner shown later would come
after the status line.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(areas: Iterable[QWidget]) -> None:
    """Make Tab visit ``areas`` (of one window) in this order; inside one, nothing changes."""
    stops = [stop for area in areas for stop in _stops(area)]
    for earlier, later in pairwise(stops):
        QWidget.setTabOrder(earlier, later)


def _stops(area: QWidget) -> list[QWidget]:
    found = []
    at = area.nextInFocusChain()
    while at is not None and at is not area:
        if area.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(at)
        at = at.nextInFocusChain()
    return found
