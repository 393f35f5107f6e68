# SPDX-License-Identifier: MIT
"""What the processor already holds for the attempts of one pass, read as a list before charging.

It finds what an answer lost more than a day ago created, and what a ledger restored from an old
backup has forgotten. Search is never asked: it may be an hour behind; lists are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from mediyn_desktop.cards.attempts import move
from mediyn_desktop.cards.recording import record_read
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Intent
from mediyn_desktop.cards.tables import CardAttempt, CardImport
from mediyn_desktop.store.uow import UnitOfWork

UNSENT = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
_MONEY = frozenset({"succeeded", "processing"})


class Found:
    """Intents by iid and by dup; only those the pass asks about are kept in memory."""

    def __init__(self, iids: Iterable[str] = (), dups: Iterable[str] = ()) -> None:
        self._iids = frozenset(iids)
        self._dups = frozenset(dups)
        self._by_iid: dict[str, list[Intent]] = defaultdict(list)
        self._by_dup: dict[str, list[Intent]] = defaultdict(list)

    def add(self, page: Iterable[Intent]) -> None:
        """Keep what this pass is about of one page of the list."""
        for intent in page:
            if intent.iid in self._iids:
                self._by_iid[str(intent.iid)].append(intent)
            elif intent.dup in self._dups:
                self._by_dup[str(intent.dup)].append(intent)

    def adopt(self, uow: UnitOfWork, row: CardAttempt, *, server_now: datetime | None) -> bool:
        """Take over an intent held for this obligation; True where the attempt is not to be sent.

        One that succeeded goes before all others. Of the unsent ones, one with the frozen amount
        and customer is taken; the others are canceled by ``unsent_of``.
        """
        mine = self._by_iid.get(row.iid, [])
        same = [one for one in mine if _fits(one, row)]
        # What does not fit and was posted by a reconciliation is settled already.
        posted = _known(uow, [one.id for one in mine if one not in same])
        money = [one for one in mine if one.status in _MONEY and one.id not in posted]
        taken = money or [one for one in same if one.status in UNSENT]
        if taken:
            row.key_spent = True
            record_read(uow, row, taken[0], server_now=server_now)
            return True
        return self._same_day(uow, row)

    def knows(self, iid: str) -> bool:
        """Whether the processor holds anything under this iid."""
        return iid in self._by_iid

    def unsent_of(self, row: CardAttempt) -> list[str]:
        """Return the ids of unsent intents of this obligation other than the one it stands for."""
        return [
            one.id
            for one in self._by_iid.get(row.iid, [])
            if one.id != row.processor_id and one.status in UNSENT
        ]

    def _same_day(self, uow: UnitOfWork, row: CardAttempt) -> bool:
        """Ask for review where the same client, day and purpose were charged under another ref."""
        others = [one for one in self._by_dup.get(row.dup, []) if one.status in _MONEY]
        if not others:
            return False
        ids = [one.id for one in others]
        known = {*_known(uow, ids), row.compared_with}
        strange = next((ident for ident in ids if ident not in known), None)
        if strange is None:
            return False
        row.compared_with = strange
        text = (
            "The processor holds a charge for this client and day that this ledger does not know. "
            "Nothing was charged; compare before charging"
        )
        move(uow, row, State.REVIEW, text)
        return True


def _fits(intent: Intent, row: CardAttempt) -> bool:
    frozen = (row.amount_cents, row.currency, row.customer)
    return (intent.amount, intent.currency, intent.customer) == frozen


def _known(uow: UnitOfWork, idents: list[str]) -> set[str]:
    """Return which of these intents an attempt stands for, or a reconciliation has noted."""
    attempts = select(CardAttempt.processor_id).where(CardAttempt.processor_id.in_(idents))
    imports = select(CardImport.processor_id).where(CardImport.processor_id.in_(idents))
    return {str(one) for one in (*uow.session.scalars(attempts), *uow.session.scalars(imports))}
