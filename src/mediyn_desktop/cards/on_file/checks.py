# SPDX-License-Identifier: MIT
"""What ``verify`` and every backup prove about cards on file."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from mediyn_desktop.cards.on_file.tables import CardConsent, CardRevocation
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.store.verify import Check, ExtraCheck, judged


def consents(read: Reading, _: bytes) -> Check:
    """No card may be charged for more than its newest consent says, less what was taken back."""
    newest = {
        row.card_id: row
        for row in read.session.scalars(select(CardConsent).order_by(CardConsent.id))
    }
    revoked: dict[int, set[str]] = {}
    for row in read.session.scalars(select(CardRevocation)):
        consent = newest.get(row.card_id)
        if consent is None or row.consent_id == consent.id:
            revoked.setdefault(row.card_id, set()).update(row.scope.split(";"))
    problems = [
        f"card {card.id} may be charged for more than the client agreed to"
        for card in read.session.scalars(select(Card).where(Card.consent_scope != ""))
        if not _scopes(card.consent_scope)
        <= _agreed(newest.get(card.id)) - revoked.get(card.id, set())
    ]
    return judged("consents", problems, f"{len(newest)} cards follow what clients agreed to")


CARD_CHECKS: Final[tuple[ExtraCheck, ...]] = (consents,)


def _agreed(consent: CardConsent | None) -> set[str]:
    return _scopes(consent.scope) if consent is not None else set()


def _scopes(text: str) -> set[str]:
    return set(text.split(";"))
