# SPDX-License-Identifier: MIT
"""Whose account a key opens, in which mode, and what it may do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mediyn_desktop.cards.stripe_api.connection import Connection
from mediyn_desktop.cards.stripe_api.outcomes import KeyRefused, OutcomeUnknown, Refused

NAMELESS: Final = "acct_unnamed"
"""The account of a server that does not say whose it is."""

READABLE: Final = (
    "balance_transactions", "charges", "checkout.sessions", "customers", "disputes", "events",
    "payment_intents", "payouts", "refunds", "setup_intents",
)  # fmt: skip
"""What the scheduler's key must be able to read."""


# Each names something that does not exist, so that nothing can come of it.
_WRITES: Final[tuple[tuple[str, Callable[[Any], Any]], ...]] = (
    ("checkout.sessions", lambda v1: v1.checkout.sessions.expire("cs_none")),
    ("payment_links", lambda v1: v1.payment_links.update("plink_none", {"active": False})),
    ("payment_methods", lambda v1: v1.payment_methods.detach("pm_none")),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose money it is, and the processor's clock."""

    id: str
    livemode: bool
    server_time: datetime | None

    @property
    def name(self) -> str:
        """Account and mode in one word, as it is remembered."""
        return f"{self.id}:{'live' if self.livemode else 'test'}"


class Accounts:
    """Asks who we are. What it raises: see ``outcomes``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self) -> Account:
        """Prove the network, the key, the mode and the server's clock at once.

        Raises:
            OutcomeUnknown: the key says one mode and the processor the other.
        """
        livemode = self._connection.call(lambda v1: v1.balance.retrieve(), _livemode)
        if livemode != self._connection.live_key:
            raise OutcomeUnknown("the key and the processor disagree about the mode")
        try:
            account = self._connection.call(lambda v1: v1.accounts.retrieve_current(), _account_id)
        except (Refused, OutcomeUnknown) as error:
            if not self._connection.lacks(error):
                raise
            account = NAMELESS
        return Account(account, livemode, self._connection.server_time)

    def unreadable(self) -> list[str]:
        """Return which of ``READABLE`` the key may not read, found with harmless questions.

        An address this server does not have counts as readable: there is nothing to miss.
        """
        return [name for name in READABLE if not self._may_read(name)]

    def unwritable(self) -> list[str]:
        """Return what the key may not change of what saving cards and payment links need.

        The questions are about things that do not exist: refused as forbidden without the right,
        as missing with it. Whether the processor looks at the right first is its own business; a
        key for which it does not counts as one that may.
        """
        missing: list[str] = []
        for name, ask in _WRITES:
            try:
                self._connection.call(ask, lambda _: None)
            except KeyRefused:
                missing.append(name)
            except (Refused, OutcomeUnknown) as error:
                if not (isinstance(error, Refused) or self._connection.lacks(error)):
                    raise
        return missing

    def _may_read(self, name: str) -> bool:
        def ask(v1: Any) -> Any:
            resource = v1
            for part in name.split("."):
                resource = getattr(resource, part)
            return resource.list({"limit": 1})

        try:
            self._connection.call(ask, lambda _: None)
        except KeyRefused:
            return False
        except (Refused, OutcomeUnknown) as error:
            if not self._connection.lacks(error):
                raise
        return True


def _livemode(balance: Mapping[str, Any]) -> bool:
    """The mode; ``balance`` needs no more than read permission to say it."""
    mode = balance["livemode"]
    if balance["object"] != "balance" or not isinstance(mode, bool):
        raise ValueError("not a balance")
    return mode


def _account_id(account: Mapping[str, Any]) -> str:
    if account["object"] != "account":
        raise ValueError("not an account")
    return str(account["id"])
