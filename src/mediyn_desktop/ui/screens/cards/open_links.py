# SPDX-License-Identifier: MIT
"""Payment links somebody may still pay on; hidden while there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.cards.links.standing import LinkView
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.cards.charge_verbs import CloseLinkDialog
from mediyn_desktop.ui.screens.cards.compare_words import LINKS
from mediyn_desktop.ui.screens.cards.link_sheet import LinkSheet
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_HEIGHT = 148  # three lines; more scroll


class OpenLinks(QWidget):
    """Enter shows the address of the current link."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._names: Mapping[str, str] = {}
        self.model = RowsModel(
            (
                Column("Client", self._name, least=120),
                Column("Made on", lambda one: wording.day(one.made_at.date()), width=112),
                Column("Amount", lambda one: format_cents(one.amount_cents), "right", width=104),
                status_column("State", lambda one: LINKS[LinkState(one.state)], width=168),
            ),
            lambda one: one.id,
        )
        self.table = RecordTable("Open payment links", self.model)
        self.table.setFixedHeight(scaled(_HEIGHT))
        self.show_button: Button = SecondaryButton("Show the link…", self.show_link)
        self.close_button: Button = SecondaryButton("Close the link…", self.close_link)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(PlainLabel("Open payment links", "strong"), 1)
        above.addWidget(self.show_button)
        above.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(above)
        column.addWidget(self.table)
        self.table.opened.connect(lambda _id: self.show_link())
        self.hide()

    def show_links(self, links: Sequence[LinkView], names: Mapping[str, str]) -> None:
        """Show ``links``; ``names`` of their clients by ref."""
        self._names = names
        self.model.set_rows(links)
        self.setVisible(bool(links))
        if links and self.table.current_id() is None:
            self.table.selectRow(0)

    def current(self) -> LinkView | None:
        """Return the current link, if there is one."""
        row = self.model.position(self.table.current_id())
        found: LinkView | None = None if row is None else self.model.row_at(row)
        return found

    def show_link(self) -> None:
        """Show the current link's address; one without any is said to have none now."""
        link = self.current()
        if link is None:
            return
        if link.url is None:
            self._context.shell.say("This link has no address that could be given to anybody now")
        else:
            LinkSheet(link, self).open_once()

    def close_link(self) -> None:
        """Ask whether the current link is to be closed."""
        link = self.current()
        if link is not None:
            about = f"{self._name(link)}: {format_cents(link.amount_cents)}"
            CloseLinkDialog(self._context, link.id, about, self).open_once()

    def _name(self, link: LinkView) -> str:
        return self._names.get(link.client_ref, link.client_ref)
