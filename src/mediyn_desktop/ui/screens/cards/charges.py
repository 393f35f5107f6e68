# SPDX-License-Identifier: MIT
"""Every card charge, the newest first, with the chosen one's story beside the list."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.cards import listing
from mediyn_desktop.cards.links.standing import LinkView
from mediyn_desktop.cards.listing import UNCERTAIN, AttemptsAsked
from mediyn_desktop.cards.story import (
    ANYWAY,
    CLIENT,
    CLOSE_LINK,
    LINK,
    NOW,
    REFUND,
    STOP,
    AttemptStory,
    attempt_story,
)
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.card_refund import CardPaid, CardRefundDialog
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog
from mediyn_desktop.ui.listing_page import ListingPage
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.screens.cards.charge_verbs import (
    AnywayDialog,
    Chosen,
    CloseLinkDialog,
    LinkDialog,
    NowDialog,
    StopDialog,
    gather,
)
from mediyn_desktop.ui.screens.cards.link_sheet import LinkSheet
from mediyn_desktop.ui.screens.cards.panel import AttemptPanel
from mediyn_desktop.ui.screens.cards.words import GROUPS, standing, what_for
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.search_field import SearchField

_PLAIN = {STOP: StopDialog, ANYWAY: AnywayDialog, NOW: NowDialog}
_NONE_YET = (
    "cards",
    "No card was charged yet",
    "Close a day, or charge a client now, and every charge is listed here with all that became "
    "of it.",
)
COLUMNS = (
    Column("Client", lambda row: row.client_name, least=96),
    Column("Asked on", lambda row: wording.day(row.planned_at.date()), width=112, spare=1),
    Column("For", what_for, width=190, muted=True, spare=3),
    Column("Card", lambda row: row.last4 or wording.NOTHING, width=64, spare=2),
    Column("Amount", lambda row: format_cents(row.amount_cents), "right", width=92),
    status_column("State", standing, width=194),
)


class ChargeFilters(QWidget):
    """Words and a standing; emits ``changed`` when something else is asked for."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(
            "Find a charge", "Find by client, amount or the card's last four digits   (Ctrl+F)"
        )
        self.group = ComboBox()
        self.group.setAccessibleName("Where the charge stands")
        self.group.addItem("All standings", None)
        for name, words in GROUPS.items():
            self.group.addItem(words, name)
        self._last = AttemptsAsked()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        across.addWidget(self.search, 1)
        self.group.setFixedHeight(self.search.minimumHeight())
        self.group.setFixedWidth(scaled(184))
        across.addWidget(self.group)
        self.group.currentIndexChanged.connect(lambda _index: self._emit())
        self.search.searched.connect(lambda _text: self._emit())

    def asked(self) -> AttemptsAsked:
        """Return what is looked for now."""
        return AttemptsAsked(self.search.text().strip(), self.group.currentData())

    def show_only(self, *, text: str = "", group: str | None = None) -> None:
        """Ask for this and nothing else; for everything without either."""
        self.group.setCurrentIndex(max(self.group.findData(group), 0))
        self.search.setText(text)
        self._emit()

    def _emit(self) -> None:
        asked = self.asked()
        if asked != self._last:
            self._last = asked
            self.changed.emit()


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is read with the list: the day where the practice is, and how many need somebody."""

    today: date
    needing: int


class ChargesPage(ListingPage):
    """Arrow keys choose a charge, Enter goes to what happened to it."""

    counts = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.filters = ChargeFilters()
        self.panel = AttemptPanel()
        super().__init__(
            context,
            ("Card charges", "charge"),
            COLUMNS,
            rows=listing.attempt_rows,
            find=_find,
            whole=attempt_story,
            filters=self.filters,
            panel=self.panel,
            empty=_NONE_YET,
            parent=parent,
        )

    def also_found(self, more: _Beside) -> None:
        self.panel.today = more.today
        self.waiting.emit(more.needing)

    def show_uncertain(self) -> None:
        """Show the charges nobody can say anything certain about yet, or that wait for a person."""
        self.filters.show_only(group=UNCERTAIN)

    # -- what can be done

    def ask(self, verb: str) -> None:
        """Open the form of ``verb`` for the chosen charge."""
        story: AttemptStory | None = self.chosen()
        if story is None or verb not in story.actions:
            return
        if verb == CLIENT:
            self.client_asked.emit(story.row.client_ref)
            return
        self.context.read(
            lambda read: gather(read, story), partial(self._open, verb), label="Open form"
        )

    def _open(self, verb: str, chosen: Chosen) -> None:
        dialog: Dialog
        if verb == LINK:
            dialog = LinkDialog(self.context, chosen, self._show_link, self)
        elif verb == CLOSE_LINK:
            link = chosen.story.link_id
            assert link is not None  # the verb is offered with one only
            dialog = CloseLinkDialog(self.context, link, chosen.story.row.client_name, self)
        elif verb == REFUND:
            story = chosen.story
            paid = CardPaid(story.payment_ref or "", chosen.about, story.refundable_cents)
            dialog = CardRefundDialog(self.context, paid, self)
        else:
            dialog = _PLAIN[verb](self.context, chosen, self)
        if isinstance(dialog, CorrectingDialog):
            dialog.saved.connect(self.context.shell.say)
        dialog.open_once()

    def _show_link(self, link: LinkView) -> None:
        LinkSheet(link, self).open_once()


def _find(read: Reading, asked: AttemptsAsked) -> tuple[array[int], _Beside]:
    needing = listing.needing_somebody(read).count + listing.uncertain(read).count
    return listing.find_attempts(read, asked), _Beside(read.today, needing)
