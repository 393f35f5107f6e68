# SPDX-License-Identifier: MIT
"""The screen of cards: every charge, the comparison with Stripe, disputes and payouts."""

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
from mediyn_desktop.ui.screens.cards import comparison, disputes, payouts
from mediyn_desktop.ui.screens.cards.charges import ChargesPage
from mediyn_desktop.ui.screens.cards.comparison import ComparisonPage
from mediyn_desktop.ui.screens.cards.disputes import DisputesPage
from mediyn_desktop.ui.screens.cards.panel import TITLES
from mediyn_desktop.ui.screens.cards.payouts import PayoutsPage

CHARGES, COMPARISON, DISPUTES, PAYOUTS = "Charges", "Comparison", "Disputes", "Payouts"


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
        self.search = self.charges.filters.search
        self.charges.client_asked.connect(self.open_client)
        self.charges.needing.connect(partial(self.tabs.set_count, CHARGES))
        self.add_page(CHARGES, self.charges)
        self.comparison = ComparisonPage(context)
        self.comparison.client_asked.connect(self.open_client)
        self.comparison.frozen.connect(lambda frozen: self.tabs.set_count(COMPARISON, int(frozen)))
        self.add_page(COMPARISON, self.comparison)
        self.disputes = DisputesPage(context)
        self.disputes.client_asked.connect(self.open_client)
        self.disputes.waiting.connect(partial(self.tabs.set_count, DISPUTES))
        self.add_page(DISPUTES, self.disputes)
        self.payouts = PayoutsPage(context)
        self.add_page(PAYOUTS, self.payouts)
        self._add_commands()

    def _add_commands(self) -> None:
        for name, title in (TITLES | comparison.TITLES | disputes.TITLES | payouts.TITLES).items():
            self.command(name, title, partial(self.ask, name), partial(self.offers, name))
        self.add_page_commands()

    def reload(self) -> None:
        super().reload()
        for page in (self.charges, self.comparison, self.disputes):
            if page is not self.page:
                page.reload()  # how many wait is said beside its title

    def open_ref(self, ref: str) -> None:
        """Show the charges of the client ``ref``, or one of the places ``context`` names."""
        title = {CARDS_FROZEN: COMPARISON, CARDS_DISPUTES: DISPUTES}.get(ref, CHARGES)
        self.tabs.show_page(title)
        if ref == CARDS_UNCERTAIN:
            self.charges.show_uncertain()
        elif title == CHARGES:
            self.charges.filters.show_only(text=ref)
        self.page.take_focus()
