# SPDX-License-Identifier: MIT
"""How far the batch is, with the button that stops it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards.tally import SoFar
from mediyn_desktop.ui.charging_words import so_far
from mediyn_desktop.ui.widgets.work_bar import WorkBar


class ClosingBar(WorkBar):
    """The bar above the day while it is being closed."""

    def __init__(self, stop: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__("Closing the day", "Billing", "Finishing what is being sent", stop, parent)

    def tell(self, now: SoFar) -> None:
        """Show how charging cards goes: how many of how many, and what came of it so far."""
        self.say(f"Charging cards, {so_far(now)}")
