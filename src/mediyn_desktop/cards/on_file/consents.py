# SPDX-License-Identifier: MIT
"""What clients agreed to and took back. Rows are added, never changed; a card follows the newest.

A consent says all that may be charged from then on: it takes the place of the one before. What is
taken back takes effect with the commit: each charge asks again in the transaction that sends it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select

from mediyn_desktop.cards.on_file.history import tell
from mediyn_desktop.cards.on_file.tables import (
    CardConsent,
    CardRequest,
    CardRevocation,
)
from mediyn_desktop.cards.on_file.wording import ORDER, SCOPE_WORDS, current_wording, sha256
from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading, UnitOfWork


class ConsentRefused(UserFacingError):
    """The consent cannot be recorded or taken back so; nothing was changed."""

    code = "consent-refused"


class How(StrEnum):
    """How a client agreed."""

    PAGE = "page"  # by saving the card on the processor's page, with the text at hand
    PAPER = "paper"
    PHONE = "phone"
    IMPORTED = "imported"  # given elsewhere, as a file says

    @classmethod
    def of(cls, word: str, among: Collection[How]) -> How:
        """Return the way named ``word``.

        Raises:
            ConsentRefused: it is none of ``among``.
        """
        if word not in among:
            raise ConsentRefused(
                f"“{word}” is no way to agree here. Nothing was changed. Write one of: "
                f"{', '.join(among)}."
            )
        return cls(word)


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent or what was taken back of it, as kept; ``revoked`` rows carry the reason."""

    card_id: int
    on: date
    scopes: tuple[str, ...]
    revoked: bool
    how: str
    text_version: str
    text: str
    text_sha256: str
    last4: str
    reason: str


def scope_of(scopes: Collection[str]) -> str:
    """Return scopes as they are kept: in order, with semicolons between.

    Raises:
        ConsentRefused: none, or one that is no scope.
    """
    wrong = [one for one in scopes if one not in ORDER]
    if wrong or not scopes:
        raise ConsentRefused(
            "A consent names what may be charged: sessions, copays, fees, or several of them. "
            "Nothing was changed."
        )
    return ";".join(one for one in ORDER if one in scopes)


def get_card(read: Reading, ident: int, *, removed: bool = False) -> Card:
    """Return a card on file; with ``removed`` also one that was removed.

    Raises:
        NotFound: there is none.
    """
    row = read.session.get(Card, ident)
    if row is None or (row.removed_at is not None and not removed):
        raise NotFound(f"There is no card {ident} on file. Nothing was changed.")
    return row


def agree(
    uow: UnitOfWork, card_id: int, scopes: Collection[str], *, how: str, on: date | None = None
) -> None:
    """Record that a client agreed, on paper or by telephone, to charges of a card on file.

    Raises:
        NotFound, ConsentRefused.
    """
    card = get_card(uow, card_id)
    scope = scope_of(scopes)
    way = How.of(how, (How.PAPER, How.PHONE))
    given_on = on or uow.today
    if given_on > uow.today:
        raise ConsentRefused("A consent is given today or earlier. Nothing was changed.")
    if card.revoked_on is not None and given_on < card.revoked_on:
        raise ConsentRefused(
            f"The client took the consent back on {card.revoked_on.isoformat()}. A consent from "
            "before that does not count any more. Nothing was changed."
        )
    wording = current_wording(uow, scope.split(";"))
    add_consent(
        uow, card, scope=scope, how=way, on=given_on, version=wording.version, text=wording.text
    )
    _tell_agreed(uow, card)


def agree_on_page(uow: UnitOfWork, card: Card, request: CardRequest, on: date) -> None:
    """Record what a request asked for, once its card was saved; once for each request."""
    add_consent(
        uow,
        card,
        scope=request.scope,
        how=How(request.how),
        on=on,
        version=request.text_version,
        text=request.text,
        request=request.id,
    )
    _tell_agreed(uow, card)


def agree_imported(uow: UnitOfWork, card: Card) -> None:
    """Record the consent an imported card came with; a card without one gets none."""
    if card.consent_date is None or not card.consent_scope:
        return
    text = (
        "Given before this program was used; the practice keeps the original. It covers: "
        + ", ".join(SCOPE_WORDS[one] for one in card.consent_scope.split(";") if one in ORDER)
        + "."
    )
    add_consent(
        uow,
        card,
        scope=card.consent_scope,
        how=How.IMPORTED,
        on=card.consent_date,
        version="imported",
        text=text,
    )


def add_consent(
    uow: UnitOfWork,
    card: Card,
    *,
    scope: str,
    how: How,
    on: date,
    version: str,
    text: str,
    request: int | None = None,
) -> None:
    """Add a consent and let the card follow it; the card has an id."""
    uow.session.add(
        CardConsent(
            card_id=card.id,
            request_id=request,
            scope=scope,
            given_on=on,
            how=how,
            text_version=version,
            text=text,
            text_sha256=sha256(text),
            brand=card.brand,
            last4=card.last4,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
            recorded_at=uow.now,
        )
    )
    card.consent_date, card.consent_scope, card.revoked_on = on, scope, None


def _newest(read: Reading, card: int) -> int | None:
    """The id of the consent that stands for a card."""
    return read.session.scalar(select(func.max(CardConsent.id)).where(CardConsent.card_id == card))


def _tell_agreed(uow: UnitOfWork, card: Card) -> None:
    words = in_words(card.consent_scope.split(";"))
    tell(uow, card, "consent", f"The client agreed to charges for {words}")


def revoke(
    uow: UnitOfWork,
    card_id: int,
    *,
    reason: str,
    scopes: Collection[str] = (),
    on: date | None = None,
) -> None:
    """Record that the client takes back the consent to ``scopes``, or to everything.

    What waits unsent for this card is taken back; what was sent is canceled by the next pass unless
    the bank had decided before.

    Raises:
        NotFound, ConsentRefused.
    """
    card = get_card(uow, card_id)
    agreed = set(card.consent_scope.split(";")) & set(ORDER)
    taken = set(scope_of(scopes).split(";")) if scopes else set(ORDER)
    why = " ".join(reason.split())
    when = on or uow.today
    if not why or when > uow.today:
        raise ConsentRefused(
            "Write down why, and a day that is not to come. Nothing was changed: the card may "
            "still be charged."
        )
    left = scope_of(agreed - taken) if agreed - taken else ""
    uow.session.add(
        CardRevocation(
            card_id=card.id,
            consent_id=_newest(uow, card.id),
            scope=scope_of(taken),
            revoked_on=when,
            reason=why,
            recorded_at=uow.now,
        )
    )
    card.consent_scope = left
    if not left:
        card.consent_date, card.revoked_on = None, when
    gone = in_words([one for one in ORDER if one in taken])
    tell(uow, card, "revoked", f"The client took back the consent to charges for {gone}")
    owner = uow.session.get_one(Client, card.client_id)
    lower_waiting(uow, owner, "The client took the consent to this card back; not charged")


def view_consents(
    read: Reading, *, client: str | None = None, card: int | None = None
) -> list[ConsentView]:
    """Return consents and what was taken back, the newest first."""
    given = select(CardConsent, Card.last4).join(Card, Card.id == CardConsent.card_id)
    taken = select(CardRevocation, Card.last4).join(Card, Card.id == CardRevocation.card_id)
    if client is not None:
        owners = select(Client.id).where(Client.ref == client)
        given, taken = (
            given.where(Card.client_id.in_(owners)),
            taken.where(Card.client_id.in_(owners)),
        )
    if card is not None:
        given, taken = given.where(Card.id == card), taken.where(Card.id == card)
    rows = [
        (
            (row.recorded_at, False, row.id),
            ConsentView(
                row.card_id,
                row.given_on,
                tuple(row.scope.split(";")),
                revoked=False,
                how=row.how,
                text_version=row.text_version,
                text=row.text,
                text_sha256=row.text_sha256,
                last4=row.last4,
                reason="",
            ),
        )
        for row, _ in read.session.execute(given)
    ] + [
        (
            (row.recorded_at, True, row.id),
            ConsentView(
                row.card_id,
                row.revoked_on,
                tuple(row.scope.split(";")),
                revoked=True,
                how="",
                text_version="",
                text="",
                text_sha256="",
                last4=last4,
                reason=row.reason,
            ),
        )
        for row, last4 in read.session.execute(taken)
    ]
    return [view for _, view in sorted(rows, key=lambda one: one[0], reverse=True)]


def in_words(scopes: Collection[str]) -> str:
    """Return scopes as a person says them."""
    words = [SCOPE_WORDS[one] for one in scopes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
