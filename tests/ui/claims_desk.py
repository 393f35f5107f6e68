# SPDX-License-Identifier: MIT
"""The screen of claims in a test: shown on one of its pages, its forms waited for."""

from __future__ import annotations

from desk import opened

from claims.remittances import Clp
from claims.test_posting import BILLED
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.ops import Ops
from mediyn_desktop.ui.screens.claims import ClaimsScreen


def paid(number: str, **more: object) -> Clp:
    """An answer that pays 120.00 of 180.00; the rest is contractual."""
    return Clp(number, BILLED, 12000, [("CO", "45", 6000)], **more)  # type: ignore[arg-type]


def shown(qtbot, ops: Ops, given: Context, title: str = "") -> ClaimsScreen:
    """The screen, active and on the page ``title``, once nothing is under way."""
    screen = ClaimsScreen(given)
    ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
    qtbot.addWidget(screen)
    screen.resize(1192, 748)
    screen.show()
    screen.activateWindow()
    if title:
        screen.tabs.show_page(title)
    qtbot.waitUntil(lambda: not ops.pending())
    return screen


def form(qtbot, page, kind):
    """The one dialog of a kind that is open over ``page``."""
    qtbot.waitUntil(lambda: len(opened(page, kind)) == 1)
    return opened(page, kind)[0]
