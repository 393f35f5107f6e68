# SPDX-License-Identifier: MIT
"""All claims: found by words, standing and insurer, in pages, with the chosen one beside them."""

from __future__ import annotations

from array import array

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.claims import listing, story
from mediyn_desktop.claims.listing import ClaimsAsked
from mediyn_desktop.claims.story import ClaimStory
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.listing_page import ListingPage
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.screens.claims.panel import ClaimPanel
from mediyn_desktop.ui.screens.claims.verbs import Subject
from mediyn_desktop.ui.screens.claims.words import GROUPS, short_days
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.search_field import SearchField

COLUMNS = (
    Column("Client", lambda row: row.client_name, least=110),
    Column("Session of", lambda row: wording.day(row.date_of_service), width=112, spare=1),
    status_column("State", lambda row: wording.state(wording.CLAIM_STATES, row.state), width=150),
    Column("Insurer", lambda row: row.payer, width=156, spare=3),
    Column("Amount", lambda row: format_cents(row.total_cents), "right", width=92, spare=2),
    Column("Days left", lambda row: short_days(row.days_left), "right", width=84, spare=4),
)
_NONE_YET = (
    "claims",
    "No claims yet",
    "Sign the note of a session that an insurer pays, and its claim is listed here.",
)


class ClaimFilters(QWidget):
    """Words, a standing and an insurer; emits ``changed`` when something else is asked for."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField("Find a claim", "Find by client or claim number   (Ctrl+F)")
        self.group, self.payer = ComboBox(), ComboBox()
        self.group.setAccessibleName("Where the claim stands")
        self.group.addItem("All standings", None)
        for name, words in GROUPS.items():
            self.group.addItem(words, name)
        self.payer.setAccessibleName("Insurer")
        self.payer.addItem("All insurers", None)
        self._last = ClaimsAsked()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        across.addWidget(self.search, 1)
        for box in (self.group, self.payer):
            box.setFixedHeight(self.search.minimumHeight())
            box.setFixedWidth(scaled(184))
            box.currentIndexChanged.connect(lambda _index: self._emit())
            across.addWidget(box)
        self.search.searched.connect(lambda _text: self._emit())

    def show_insurers(self, found: list[tuple[str, str]]) -> None:
        """Offer the insurers ``found`` (ref, name); the chosen one stays."""
        if [self.payer.itemData(i) for i in range(1, self.payer.count())] == [
            ref for ref, _ in found
        ]:
            return
        chosen = self.payer.currentData()
        self.payer.blockSignals(True)
        self.payer.clear()
        self.payer.addItem("All insurers", None)
        for ref, name in found:
            self.payer.addItem(name, ref)
        self.payer.setCurrentIndex(max(self.payer.findData(chosen), 0))
        self.payer.blockSignals(False)
        self._emit()

    def asked(self) -> ClaimsAsked:
        """Return what is looked for now."""
        return ClaimsAsked(
            self.search.text().strip(), self.group.currentData(), self.payer.currentData()
        )

    def clear(self) -> None:
        """Ask for everything."""
        self.search.clear()
        self.group.setCurrentIndex(0)
        self.payer.setCurrentIndex(0)
        self._emit()

    def _emit(self) -> None:
        asked = self.asked()
        if asked != self._last:
            self._last = asked
            self.changed.emit()


class ClaimsPage(ListingPage, Page):
    """Arrow keys choose a claim, Enter goes to what happened to it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.filters = ClaimFilters()
        self.panel = ClaimPanel()
        super().__init__(
            context,
            ("Claims", "claim"),
            COLUMNS,
            rows=listing.claim_rows,
            find=_find,
            whole=story.claim_story,
            filters=self.filters,
            panel=self.panel,
            empty=_NONE_YET,
            parent=parent,
        )

    def also_found(self, more: list[tuple[str, str]]) -> None:
        self.filters.show_insurers(more)

    def subject(self) -> Subject | None:
        found: ClaimStory | None = self.chosen()
        if found is None:
            return None
        row = found.row
        about = f"{row.client_name}, {wording.day(row.date_of_service)}: {row.payer}, "
        return Subject(
            about + format_cents(row.total_cents),
            row.control_number,
            payer_number=found.payer_number,
        )


def _find(read: Reading, asked: ClaimsAsked) -> tuple[array[int], list[tuple[str, str]]]:
    return listing.find_claims(read, asked), listing.insurers(read)
