# SPDX-License-Identifier: MIT
"""Money by card: every charge, the comparison with the processor, disputes and payouts.

``screen`` joins the pages; a new page is added there, with the titles of its verbs. ``words`` says
everything about a charge in plain words, ``charge_verbs`` holds the forms of what can be done about
one.
"""

from mediyn_desktop.ui.screens.cards.screen import CardsScreen

__all__ = ["CardsScreen"]
