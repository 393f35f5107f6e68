# SPDX-License-Identifier: MIT
"""A client's cards on file: what they are for, what was agreed, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards.on_file.requests import RequestView
from mediyn_desktop.cards.on_file.standing import CardView
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.clients.verbs_tab import VerbsTab
from mediyn_desktop.ui.theme.tokens import Tone

_HEIGHT = 148
NEW = {"card-ask": "Ask for a card…"}
FOR_LINE = {
    "card-letter": "Write to the client…",
    "card-default": "Make it the default…",
    "card-fees": "For fees…",
    "card-consent": "Record consent…",
    "card-revoke": "Take consent back…",
    "card-remove": "Remove…",
}
_ABOUT = "Cards are saved by the client on Stripe’s own page; saving one charges nothing."
_NONE = (
    "key",
    "No card on file",
    "Ask for a card: the client saves it on Stripe’s page, and its number is never seen here.",
)


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card as a line of the tab."""

    card: CardView
    story: tuple[tuple[date | None, str], ...]

    @property
    def key(self) -> int:
        """The card’s number."""
        return self.card.id

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be done about it."""
        first = () if self.card.is_default else ("card-default",)
        back = ("card-revoke",) if self.card.scopes else ()
        letter = ("card-letter",) if self.card.failing else ()
        return (*letter, *first, "card-fees", "card-consent", *back, "card-remove")


class CardsTab(VerbsTab):
    """The newest card first; what was agreed stands below in its very words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Cards on file",
            _COLUMNS,
            _NONE,
            _story,
            about=_ABOUT,
            new=NEW,
            for_line=FOR_LINE,
            height=_HEIGHT,
            parent=parent,
        )

    def show_sheet(self, sheet: ClientSheet) -> None:
        """Show the cards of ``sheet``, and whether the client is asked for another."""
        page = sheet.card_page
        self.bar.say(_ABOUT if page is None else page_words(page))
        caption = NEW["card-ask"] if page is None else "Show the page…"
        self.buttons["card-ask"].set_caption(caption)
        self.show_rows([CardLine(one.view, one.story) for one in sheet.cards])


def page_words(page: RequestView) -> str:
    """Return in a sentence where a request that is under way stands."""
    match page.state:
        case "open":
            return "A page to save a card on is open for this client."
        case "planned":
            return "The client is to be asked for a card; the page is not made yet."
        case "closing":
            return "The page to save a card on is being withdrawn."
        case "unknown":
            return "A page was asked for and Stripe’s answer was lost; it is looked for."
        case _:
            return page.message or "What Stripe shows does not match; please look at it."


def _story(line: CardLine) -> str:
    told = [f"{wording.day(on)}   {text}" if on else text for on, text in line.story]
    return "\n".join(told) or "Nothing has happened yet."


def _consents(card: CardView) -> str:
    words = [wording.CONSENTS.get(scope, scope) for scope in card.scopes]
    return ", ".join(words).capitalize() or "Nothing agreed"


def _use(card: CardView) -> str:
    marks = (("Default", card.is_default), ("Fees", card.for_fees))
    return ", ".join(word for word, on in marks if on)


def _state(card: CardView) -> Status:
    if card.expires == "expired":
        return Status("Expired", Tone.BAD)
    if card.failing:
        return Status("Refused", Tone.BAD)
    if card.revoked_on is not None:
        return Status("Taken back", Tone.WARN)
    if card.consent_date is None or not card.scopes:
        return Status("No consent", Tone.WARN)
    if card.expires is not None:
        return Status(f"Expires {card.expires}", Tone.WARN)
    return Status("May be charged", Tone.OK)


_COLUMNS = (
    Column("Card", lambda line: wording.card(line.card.brand, line.card.last4), width=176),
    Column("Use", lambda line: _use(line.card), width=104),
    Column(
        "Expires", lambda line: wording.expiry(line.card.exp_month, line.card.exp_year), width=92
    ),
    Column("Agreed to be charged for", lambda line: _consents(line.card), least=160),
    Column("Agreed on", lambda line: wording.day(line.card.consent_date), width=130, spare=1),
    status_column("State", lambda line: _state(line.card), width=172),
)
