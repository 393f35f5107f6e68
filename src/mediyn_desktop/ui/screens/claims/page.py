# SPDX-License-Identifier: MIT
"""What the pages of the claims screen share: what their verbs are about, and the verbs' buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui import pages
from mediyn_desktop.ui.screens.claims.verbs import VERBS, Subject


class Page(pages.Page):
    """One page. ``subject`` is what its verbs are about."""

    def subject(self) -> Subject | None:
        """Return what a verb would be about; None where nothing is chosen."""
        return None


class VerbButtons(pages.VerbButtons):
    """The verbs of ``VERBS`` that fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__({name: verb.button for name, verb in VERBS.items()}, parent)
