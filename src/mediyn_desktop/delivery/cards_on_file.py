# SPDX-License-Identifier: MIT
"""A client's cards as the sheet shows them: what they are for, what was agreed, what happened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from mediyn_desktop.cards.on_file.consents import ConsentView, in_words, view_consents
from mediyn_desktop.cards.on_file.history import ChangeView, history
from mediyn_desktop.cards.on_file.requests import RequestView, request_under_way, view_requests
from mediyn_desktop.cards.on_file.standing import CardView, view_cards
from mediyn_desktop.store.uow import Reading

_HOW = {
    "page": "by saving the card on the page",
    "paper": "on paper",
    "phone": "by telephone",
    "imported": "before this program was used",
}


@dataclass(frozen=True, slots=True)
class CardOnFile:
    """A card and its story, with the day where there is one: what is wrong, what was agreed in
    which words, what happened.
    """

    view: CardView
    story: tuple[tuple[date | None, str], ...]


def cards_on_file(read: Reading, client_ref: str) -> list[CardOnFile]:
    """Return the cards a client has on file, the newest first."""
    agreed: dict[int, list[ConsentView]] = defaultdict(list)
    for one in view_consents(read, client=client_ref):
        agreed[one.card_id].append(one)
    changed: dict[int, list[ChangeView]] = defaultdict(list)
    for change in history(read, client_ref):
        changed[change.card_id].append(change)
    return [
        CardOnFile(
            card,
            (
                *((None, text) for text in (card.failing, card.hint) if text),
                *_agreed(agreed[card.id]),
                *((one.at.astimezone(read.zone).date(), one.text) for one in changed[card.id]),
            ),
        )
        for card in view_cards(read, client=client_ref)
    ]


def open_page(read: Reading, client_id: int) -> RequestView | None:
    """Return the request for a card of the client's that is under way, if there is one."""
    row = request_under_way(read, client_id)
    return view_requests(read, ident=row.id)[0] if row is not None else None


def _agreed(rows: list[ConsentView]) -> list[tuple[date | None, str]]:
    lines: list[tuple[date | None, str]] = []
    for one in rows:
        what = in_words(one.scopes)
        if one.revoked:
            lines.append((one.on, f"Taken back for {what}: {one.reason}"))
        else:
            lines.append((one.on, f"Agreed to {what}, {_HOW[one.how]}:"))
            lines.append((None, one.text))
    return lines
