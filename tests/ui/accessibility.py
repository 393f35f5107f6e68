# SPDX-License-Identifier: MIT
"""One question for every window: can it be used without seeing it and without a mouse?"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QWidget


def focusable(root: QWidget) -> list[QWidget]:
    """Return the visible, enabled children Tab stops at."""
    return [
        child
        for child in root.findChildren(QWidget)
        if child.isVisibleTo(root)
        and child.isEnabledTo(root)
        and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        and child.focusProxy() is None
    ]


def name_of(widget: QWidget) -> str:
    """Return what a screen reader calls ``widget``."""
    face = QAccessible.queryAccessibleInterface(widget)
    assert face is not None, f"{widget} is invisible to screen readers"
    return face.text(QAccessible.Text.Name).strip()


def tab_order(root: QWidget) -> list[QWidget]:
    """Return the focusable children of ``root`` in the order Tab visits them.

    Qt keeps a ring and may hang ``root`` in at any place, so the ring is cut where it goes back.
    """
    wanted = set(focusable(root))
    order: list[QWidget] = []
    at = root.nextInFocusChain()
    while at is not None and at is not root:
        if at in wanted:
            order.append(at)
        at = at.nextInFocusChain()
    for cut in range(1, len(order)):
        if _goes_back(root, order[cut - 1], order[cut]):
            return order[cut:] + order[:cut]
    return order


def _goes_back(root: QWidget, earlier: QWidget, later: QWidget) -> str:
    a, b = _apart(root, earlier, later)
    if b.bottom() < a.top():
        return f"Tab jumps up from {name_of(earlier)!r} to {name_of(later)!r}"
    if b.top() <= a.bottom() and b.right() < a.left():
        return f"Tab jumps left from {name_of(earlier)!r} to {name_of(later)!r}"
    return ""


def _apart(root: QWidget, a: QWidget, b: QWidget) -> tuple[QRect, QRect]:
    """Return the areas of a and b within the innermost ancestor that holds both."""

    def line(widget: QWidget) -> list[QWidget]:
        up = [widget]
        while up[-1] is not root:
            up.append(up[-1].parentWidget())
        return up[::-1]

    one, two = line(a), line(b)
    depth = next(i for i, (x, y) in enumerate(zip(one, two, strict=False)) if x is not y)

    def area(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())

    return area(one[depth]), area(two[depth])


def assert_accessible(root: QWidget) -> None:
    """Every focusable child has a name, and Tab goes left to right, then down.

    Pages and columns are compared as wholes: a sidebar comes before what is right of it.
    """
    nameless = [repr(child) for child in focusable(root) if not name_of(child)]
    assert not nameless, f"no accessible name: {nameless}"
    pictures = [
        repr(button)
        for button in root.findChildren(QAbstractButton)
        if button.isVisibleTo(root) and not name_of(button)
    ]
    assert not pictures, f"buttons without a name: {pictures}"
    for earlier, later in pairwise(tab_order(root)):
        jump = _goes_back(root, earlier, later)
        assert not jump, jump
