# SPDX-License-Identifier: MIT
"""Comparing this ledger with everything the processor holds.

First everything is heard, with no transaction open (``hearing``); then it is judged against the
ledger as it stands (``findings``). Accepting judges once more in its own transaction, so that what
was written in between is never overlooked (``accepting``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.accounts import OTHER
from mediyn_desktop.cards.findings import Finding, Judged, judge
from mediyn_desktop.cards.hearing import Heard, hear
from mediyn_desktop.cards.joining import Ledger
from mediyn_desktop.cards.stripe_api import Account, RemoteAnchor, StripeApi
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole comparison, to be looked at and accepted as it is.

    ``unused`` are unsent intents of ours that nothing needs, ``pages`` open pages for saving a card
    that nobody here follows; ``frozen`` why charging is frozen, or would be at the next pass.
    """

    heard: Heard
    findings: tuple[Finding, ...]
    unused: tuple[str, ...]
    pages: tuple[str, ...]
    code: str | None
    frozen: str | None

    @property
    def account(self) -> Account:
        """Whose account was compared with."""
        return self.heard.account

    @property
    def local(self) -> anchoring.Mark:
        """The local anchor as it was read."""
        return self.heard.local

    @property
    def remote(self) -> RemoteAnchor | None:
        """The processor's anchor as it was read."""
        return self.heard.remote

    @property
    def read_at(self) -> datetime:
        """Everything from before this instant was heard (the processor's clock)."""
        return self.heard.read_at


def compare(
    store: Store, api: StripeApi, *, told: Callable[[int], object] | None = None
) -> Comparison:
    """Read everything and compare; changes nothing but the missing local anchor's file.

    No transaction is open while the network is waited for.

    Args:
        told: called with how many things were read; what it raises stops the comparison.

    Raises:
        CompareFailed: no complete answer; code ``key-refused`` where the key was refused.
    """
    heard = hear(store, api, told=told)
    with store.read() as read:
        return compared(read, heard, store.subkey("identity"))


def compared(read: Reading, heard: Heard, secret: bytes) -> Comparison:
    """Compare what was heard with the ledger as it stands in ``read``."""
    found = judged(read, heard, secret)
    known = settings.get(read, settings.STRIPE_ACCOUNT)
    freeze = read.session.get(CardFreeze, 1)
    code, frozen = anchoring.behind(anchoring.stands(read), heard.local, heard.remote), None
    if known not in ("", heard.account.name):
        code, frozen = "account", OTHER
    elif freeze is not None:
        code, frozen = freeze.code, freeze.reason
    elif code is not None:
        frozen = anchoring.REASONS[code]
    return Comparison(heard, found.findings, found.unused, found.pages, code, frozen)


def judged(read: Reading, heard: Heard, secret: bytes) -> Judged:
    """Return what was heard is to the ledger as it stands in ``read``."""
    return judge(Ledger(read, secret), heard.intents, heard.refunds, heard.pages)
