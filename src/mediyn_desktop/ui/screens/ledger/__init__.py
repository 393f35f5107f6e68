# SPDX-License-Identifier: MIT
"""The journal: every entry, the newest first, with its postings beside it.

``listing`` finds and pages, ``panel`` shows the chosen entry, ``deposit`` takes cash and checks to
the bank, ``slip`` shows the paper that goes with them, ``months`` closes the books of a month,
``screen`` is the page.
"""

from mediyn_desktop.ui.screens.ledger.screen import LedgerScreen

__all__ = ["LedgerScreen"]
