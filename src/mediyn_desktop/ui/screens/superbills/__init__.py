# SPDX-License-Identifier: MIT
"""Superbills that were issued, with the very document beside the list, and issuing for a month.

``screen`` is the page, ``month`` the dialog that issues for all clients at once.
"""

from mediyn_desktop.ui.screens.superbills.screen import SuperbillsScreen

__all__ = ["SuperbillsScreen"]
