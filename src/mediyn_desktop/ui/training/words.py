# SPDX-License-Identifier: MIT
"""The sentences that keep training from being taken for the real thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SENTENCE: Final = "Training: made-up people, nothing here is real."
FORGOTTEN: Final = (
    "The training card processor lost its memory, so it does not know the charges in these books: "
    "it looks like another account, and charging stays frozen. Nothing real is touched. Start "
    "training anew to have both fit again."
)


def name_window(window: QWidget) -> None:
    """Say in the title of ``window`` that this is training."""
    window.setWindowTitle("Mediyn · Training: made-up people, nothing here is real")
