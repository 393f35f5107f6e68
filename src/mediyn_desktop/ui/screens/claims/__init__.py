# SPDX-License-Identifier: MIT
"""Claims from the first check to the money in the bank, and what waits for a person on the way.

``screen`` joins the pages; ``listing`` is every claim, with ``panel`` beside it. ``verbs`` names
everything that can be done about a claim, and ``verb_dialog`` asks before it is done. A new verb is
one line in ``verbs``.
"""

from mediyn_desktop.ui.screens.claims.screen import ClaimsScreen

__all__ = ["ClaimsScreen"]
