# SPDX-License-Identifier: MIT
"""Hearing everything the processor holds that this ledger may not know. Nothing is written.

Whole lists are read, never searches, and never within a transaction: the practice goes on being
used while a processor takes its time. A list that breaks off gives nothing at all. What the ledger
knows already is let go at once, so that memory holds only what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final, TypeVar

from sqlalchemy import func, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.findings import tells, went_unknown
from mediyn_desktop.cards.joining import Ledger
from mediyn_desktop.cards.on_file.forgotten import PageHeard, hear_page
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Account,
    Intent,
    KeyRefused,
    OutcomeUnknown,
    RefundMade,
    Refused,
    RemoteAnchor,
    SetupPage,
    StripeApi,
)
from mediyn_desktop.cards.tables import CardAnchor
from mediyn_desktop.cards.worker import LOOK_BACK
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.uow import Reading, Store

MOST: Final = 50_000
"""So many things this ledger does not know are held in memory; a practice has none to speak of."""

Listed = TypeVar("Listed", Intent, RefundMade, SetupPage)
Told = Callable[[int], object]


class CompareFailed(UserFacingError):
    """The processor's lists could not be read to their end; nothing was changed."""

    code = "processor-unreachable"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the processor holds and the ledger did not know when it was read; UTC."""

    account: Account
    local: anchoring.Mark
    remote: RemoteAnchor | None
    read_at: datetime
    intents: tuple[Intent, ...] = ()
    refunds: tuple[RefundMade, ...] = ()
    pages: tuple[PageHeard, ...] = ()


def hear(store: Store, api: StripeApi, *, told: Told | None = None) -> Heard:
    """Read everything; changes nothing but the missing local anchor's file.

    Args:
        told: called with how many things were read; what it raises stops the reading.

    Raises:
        CompareFailed: no complete answer; codes ``key-refused`` where the key was refused,
            ``too-much`` where more than ``MOST`` is not known here.
    """
    with store.read() as read:
        since, pages_since = _since(read), _swept_until(read)
        ledger = Ledger(read, store.subkey("identity"))
        read_at = read.now
    count = _Count(told)
    try:
        account = api.accounts.current()
        remote = anchoring.read_remote(store, api)
        local = anchoring.local_mark(store.folder)
        intents = [
            one
            for one in count.through(api.intents.pages(since, fees=True))
            if tells(ledger, one) and count.keep()
        ]
        refunds = [
            one
            for one in count.through(api.refunds.pages(since))
            if went_unknown(ledger, one) and count.keep()
        ]
        pages = _pages(api, ledger, pages_since, count)
    except KeyRefused:
        raise CompareFailed(
            "The card processor refused the secret key, or the key may not read all that is "
            "needed. Nothing was changed. Enter a key that may read payments, refunds and the "
            "pages on which cards are saved.",
            code="key-refused",
        ) from None
    except NO_ANSWER:
        raise CompareFailed(
            "The card processor's lists could not be read to their end, so nothing was compared "
            "and nothing was changed. Try again when the connection is back."
        ) from None
    return Heard(
        account,
        local,
        remote,
        account.server_time or read_at,
        tuple(intents),
        tuple(refunds),
        tuple(pages),
    )


class _Count:
    """How much was read and kept."""

    def __init__(self, told: Told | None) -> None:
        self._told = told
        self._read = self._kept = 0

    def through(self, pages: Iterable[list[Listed]]) -> Iterator[Listed]:
        """Each object of a list once; a list that moves on while it is read may repeat a row."""
        seen: set[str] = set()
        for page in pages:
            for one in page:
                if one.id in seen:
                    continue
                seen.add(one.id)
                self._read += 1
                if self._told is not None:
                    self._told(self._read)
                yield one

    def keep(self) -> bool:
        """Count one thing that is kept in memory.

        Raises:
            CompareFailed: they are too many.
        """
        self._kept += 1
        if self._kept > MOST:
            raise CompareFailed(
                f"The card processor holds more than {MOST:,} payments, refunds and pages that "
                "this practice does not know. Nothing was compared and nothing was changed. Look "
                "whether the key belongs to your practice's own account.",
                code="too-much",
            )
        return True


def _pages(
    api: StripeApi, ledger: Ledger, since: datetime | None, count: _Count
) -> list[PageHeard]:
    """Pages for saving a card that no request of this ledger follows, with what was saved."""
    marks: dict[str, str | None] = {}
    try:
        wanted = [
            one
            for one in count.through(api.setups.made_since(since))
            if _forgotten(ledger, one) and count.keep()
        ]
    except (Refused, OutcomeUnknown) as error:
        if api.connection.lacks(error):
            return []  # a server without such pages
        raise
    return [hear_page(api, one, marks) for one in wanted]


def _forgotten(ledger: Ledger, page: SetupPage) -> bool:
    return (
        page.mode == "setup"
        and page.status in ("open", "complete")
        and page.reference is not None
        and page.customer is not None
        and page.reference not in ledger.followed
    )


def _since(read: Reading) -> datetime | None:
    """From when on the processor may hold what this ledger does not know.

    The end of the last accepted comparison; before the first one, the oldest charge of these
    books: what was charged before them belongs to another program.
    """
    swept = _swept_until(read)
    if swept is not None:
        return swept
    first = read.session.scalar(select(func.min(Charge.date_of_service)))
    return datetime.combine(first, time(), UTC) - LOOK_BACK if first is not None else None


def _swept_until(read: Reading) -> datetime | None:
    """The end of the last accepted comparison, less a while; None before the first.

    A client may be asked for a card long before anything is charged.
    """
    anchor = read.session.get(CardAnchor, 1)
    until = anchor.swept_until if anchor is not None else None
    return until - LOOK_BACK if until is not None else None
