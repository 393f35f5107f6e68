# SPDX-License-Identifier: MIT
"""Asking a client for a card: what may be charged, in which words, and then the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.cards.on_file.asking import make_page, plan_request
from mediyn_desktop.cards.on_file.consents import in_words
from mediyn_desktop.cards.on_file.wording import Wording, wording
from mediyn_desktop.delivery.cards_on_file import open_page
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Practice
from mediyn_desktop.store import settings
from mediyn_desktop.ui.card_network import NetworkDialog, processor_of, will
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import Foreseen, choice, unfinished
from mediyn_desktop.ui.screens.clients.card_forms import scope_ticks, ticked
from mediyn_desktop.ui.screens.clients.card_page import PageShown, page_shown
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading

_HEIGHT = 190
_WAYS = [
    ("On the page, by saving the card", "page"),
    ("Before, on paper", "paper"),
    ("Before, by telephone", "phone"),
]


@dataclass(frozen=True, slots=True)
class AskTalk:
    """What the form needs to know: where the practice is, its own words, and a page under way."""

    state: str
    own: str
    today: date
    page: PageShown | None

    def wording(self, scopes: list[str]) -> Wording:
        """Return the words a client agrees to for ``scopes``."""
        return wording(scopes, state=self.state, own=self.own, on=self.today)


def ask_talk(read: Reading, client_ref: str) -> AskTalk:
    """Return what asking a client for a card begins with."""
    practice = read.session.get(Practice, 1)
    page = open_page(read, get_client(read, client_ref).id)
    talk = AskTalk(
        practice.state if practice is not None else "",
        settings.get(read, settings.CARDS_CONSENT_OWN),
        read.today,
        page_shown(read, page.id) if page is not None and page.state != "planned" else None,
    )
    talk.wording(["sessions"])  # the table is read here, not while the form is filled in
    return talk


class AskCardDialog(NetworkDialog):
    """Chooses what the client is asked to agree to, and has the page made."""

    def __init__(
        self,
        context: Context,
        sheet: ClientSheet,
        talk: AskTalk,
        show: Callable[[PageShown], object],
        parent: QWidget | None,
    ) -> None:
        """Args: ``show`` is given the page that was made, on the GUI thread."""
        super().__init__(context, f"Ask {sheet.full_name} for a card", "Make the page", parent)
        self._sheet, self._talk, self._show = sheet, talk, show
        self._made: PageShown | None = None
        self.body.addWidget(PlainLabel("The card may be charged for", "muted"))
        copay = sheet.payment_type == "in_network"
        self.ticks = scope_ticks(self, ("copays",) if copay else ("sessions",))
        self.how = choice(_WAYS)
        self.add_row(FormField("The client agrees", self.how))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("What the client agrees to")
        self.text.setFixedHeight(_HEIGHT)
        self.body.addWidget(PlainLabel("What the client agrees to", "muted"))
        self.body.addWidget(self.text)
        self.notice = PlainLabel("", "muted", wrap=True)
        self.body.addWidget(self.notice)
        self.finish()
        next(iter(self.ticks.values())).setFocus()

    def foresee(self) -> Foreseen:
        scopes = ticked(self.ticks)
        if not scopes:
            self.text.setPlainText("")
            return unfinished("Choose what the card may be charged for.")
        words = self._talk.wording(scopes)
        if self.text.toPlainText() != words.text:
            self.text.setPlainText(words.text)
        self.notice.setText(f"With the notice that is asked for by: {words.source}")
        self.notice.setVisible(words.source is not None)
        return will(
            "Stripe makes a page that works for a day. Nothing is charged. Once a card is saved, "
            f"it may be charged for {in_words(scopes)}."
        )

    def prepare(self, why: str) -> Callable[[], str]:
        context, ref = self._context, self._sheet.ref
        scopes, how = ticked(self.ticks), self.how.currentData()

        def make() -> str:
            with processor_of(context) as api:
                with context.store.write("Ask a client for a card") as uow:
                    ident = plan_request(uow, ref, scopes, how=how)
                make_page(context.store, api, ident)
            with context.store.read() as read:
                self._made = page_shown(read, ident)
            return "The page to save a card on is ready"

        return make

    def came(self, sentence: str) -> None:
        super().came(sentence)
        if self._made is not None:
            self._show(self._made)
