# SPDX-License-Identifier: MIT
"""Accepting a whole comparison: everything that would be posted stands before the button."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards.accepting import accept
from mediyn_desktop.cards.reconciling import Comparison
from mediyn_desktop.claims.rehearsing import Moved
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.card_network import NetworkDialog, processor_of, will
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import Foreseen, unfinished
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.cards.compare_words import summary
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_BOOKS = (
    Column("Account", lambda pair: pair[1].words, least=160),
    Column("Changes by", lambda pair: wording.signed(pair[1].cents), "right", width=130),
)


class AcceptDialog(NetworkDialog):
    """Takes over all that was found, or nothing; a freeze ends with it."""

    busy = "Accepting…"

    def __init__(
        self,
        context: Context,
        comparison: Comparison,
        moved: Sequence[Moved],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, "Accept what Stripe holds", "Accept all", parent)
        self._comparison = comparison
        self.body.addWidget(PlainLabel(summary(comparison.findings), "strong", wrap=True))
        said = "The books would change like this:" if moved else "No money moves in the books."
        self.body.addWidget(PlainLabel(said, "muted", wrap=True))
        self.model = RowsModel(_BOOKS, lambda pair: pair[0], list(enumerate(moved)))
        self.table = RecordTable("How the books would change", self.model)
        self.table.setMinimumHeight(scaled(200))
        self.table.setVisible(bool(moved))
        self.body.addWidget(self.table, 1)
        self.looked = self.add_tick("I looked through what was found")
        self.finish()
        self.looked.setFocus()

    def foresee(self) -> Foreseen:
        found = self._comparison
        if not self.looked.isChecked():
            return unfinished(
                "Look through the list first: what is posted is taken back one by one."
            )
        parts = ["It is posted as one step. No card is charged by it."]
        if found.unused:
            count = wording.counted(len(found.unused), "prepared charge")
            parts.append(f"{count} that nothing needs is withdrawn.")
        if found.pages:
            count = wording.counted(len(found.pages), "page")
            parts.append(
                f"{count} to save a card on, which this practice does not remember, is closed."
            )
        if found.code is not None:
            parts.append("Then charging is no longer frozen.")
        return will(" ".join(parts))

    def prepare(self, why: str) -> Callable[[], str]:
        context, comparison = self._context, self._comparison

        def take() -> str:
            with processor_of(context) as api:
                accept(context.store, api, comparison)
            if comparison.code is not None:
                return "Accepted. Cards may be charged again"
            return "Accepted. The books say what Stripe says"

        return take
