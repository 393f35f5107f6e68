# SPDX-License-Identifier: MIT
"""One client: what they owe, and everything that led to it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.codes.postal import format_phone
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.screens.clients.agreement_words import agreed_lines
from mediyn_desktop.ui.screens.clients.agreements_tab import AgreementsTab
from mediyn_desktop.ui.screens.clients.cards_tab import CardsTab
from mediyn_desktop.ui.screens.clients.tabs import (
    AccountTab,
    SessionsTab,
    attempts_tab,
    claims_tab,
    documents_tab,
)
from mediyn_desktop.ui.widgets.figure_tile import FigureTile
from mediyn_desktop.ui.widgets.tab_row import Tabs


class ClientPage(QWidget):
    """Shows a ``ClientSheet``; whose it is stands in the header of the screen."""

    document_opened = Signal(object)
    """The id of the superbill to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet: ClientSheet | None = None
        self.owes = FigureTile("Owes")
        self.insurer = FigureTile("Insurer owes")
        self.credit = FigureTile("Credit")
        self.prepaid = FigureTile("Prepaid")
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for tile in (self.owes, self.insurer, self.credit, self.prepaid):
            tiles.addWidget(tile, 1)
        self.tabs = Tabs("About this client")  # before its pages: Tab reaches it first
        self.sessions, self.account, self.agreements = SessionsTab(), AccountTab(), AgreementsTab()
        self.cards = CardsTab()
        self.attempts, self.claims, self.documents = attempts_tab(), claims_tab(), documents_tab()
        self._pages = {
            "Sessions": self.sessions,
            "Account": self.account,
            "Agreements": self.agreements,
            "Cards": self.cards,
            "Card charges": self.attempts,
            "Claims": self.claims,
            "Documents": self.documents,
        }
        for title, page in self._pages.items():
            self.tabs.add(title, page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(tiles)
        column.addWidget(self.tabs, 1)
        self.documents.opened.connect(self.document_opened)

    def show_sheet(self, sheet: ClientSheet) -> None:
        """Show ``sheet``; the tab stays, and for the same client the current lines do too."""
        self.sheet = sheet
        balance = sheet.balance
        self.owes.set_figure(
            format_cents(balance.patient_cents),
            "due from the client" if balance.patient_cents else "nothing is due",
        )
        self.insurer.set_figure(
            format_cents(balance.insurer_cents),
            sheet.plan or ("due from insurers" if balance.insurer_cents else "no insurance"),
        )
        self.credit.set_figure(format_cents(balance.credit_cents), "kept for the client")
        self.prepaid.set_figure(format_cents(balance.deferred_cents), "for sessions to come")
        for title, rows in (
            ("Sessions", sheet.sessions),
            ("Account", sheet.account),
            ("Agreements", agreed_lines(sheet.agreements, sheet.today)),
            ("Card charges", sheet.attempts),
            ("Claims", sheet.claims),
            ("Documents", sheet.documents),
        ):
            self._pages[title].show_rows(rows)
            self.tabs.set_count(title, len(rows))
        self.cards.show_sheet(sheet)
        self.tabs.set_count("Cards", len(sheet.cards))

    def subtitle(self) -> str:
        """Return how this client pays and how to reach them, in one line."""
        if self.sheet is None:
            return ""
        sheet = self.sheet
        called = f"called {sheet.preferred_name}" if sheet.preferred_name else ""
        pays = wording.named(wording.PAYMENT_TYPES, sheet.payment_type)
        parts = (called, pays, sheet.plan, sheet.ref, sheet.email, format_phone(sheet.phone))
        return " · ".join(part for part in parts if part)

    def focus(self) -> None:
        """Give the keyboard to the table of the tab on view."""
        self._pages[self.tabs.current].table.setFocus()
