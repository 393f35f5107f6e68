# SPDX-License-Identifier: MIT
"""The screen of cards: charges, the comparison with Stripe, disputes, payouts, cards on file."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.context import (
    CARDS_DISPUTES,
    CARDS_FROZEN,
    CARDS_UNCERTAIN,
    Context,
)
from mediyn_desktop.ui.pages import PagedScreen
from mediyn_desktop.ui.screens.cards import comparison, disputes, on_file, panel, payouts
from mediyn_desktop.ui.screens.cards.charges import ChargesPage
from mediyn_desktop.ui.screens.cards.comparison import ComparisonPage
from mediyn_desktop.ui.screens.cards.disputes import DisputesPage
from mediyn_desktop.ui.screens.cards.on_file import OnFilePage
from mediyn_desktop.ui.screens.cards.payouts import PayoutsPage

CHARGES, COMPARISON, DISPUTES, PAYOUTS = "Charges", "Comparison", "Disputes", "Payouts"
ON_FILE = "To renew"
_VERBS = panel.TITLES | comparison.TITLES | disputes.TITLES | payouts.TITLES | on_file.TITLES


class CardsScreen(PagedScreen):
    """What cards were asked for, and what became of it."""

    name = "cards"
    title = "Cards"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"balance", "card", "card_attempt", "card_dispute", "card_freeze", "card_import"}
        | {"card_payout", "card_refund", "client", "entry", "payment", "payment_link", "setting"}
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "Cards, by what is looked at", parent)
        self.charges = ChargesPage(context)
        self.comparison = ComparisonPage(context)
        self.disputes = DisputesPage(context)
        self.payouts = PayoutsPage(context)
        self.on_file = OnFilePage(context)
        self.add_page(CHARGES, self.charges)
        self.add_page(COMPARISON, self.comparison)
        self.add_page(DISPUTES, self.disputes)
        self.add_page(PAYOUTS, self.payouts)
        self.add_page(ON_FILE, self.on_file)
        self.search = self.charges.filters.search
        for name, title in _VERBS.items():
            self.command(name, title, partial(self.ask, name), partial(self.offers, name))
        self.add_page_commands()

    def open_ref(self, ref: str) -> None:
        """Show the charges of the client ``ref``, or one of the places ``context`` names."""
        title = {CARDS_FROZEN: COMPARISON, CARDS_DISPUTES: DISPUTES}.get(ref, CHARGES)
        self.tabs.show_page(title)
        if ref == CARDS_UNCERTAIN:
            self.charges.show_uncertain()
        elif title == CHARGES:
            self.charges.filters.show_only(text=ref)
        self.page.take_focus()
