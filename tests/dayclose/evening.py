# SPDX-License-Identifier: MIT
"""A practice whose day is filled, closed and looked at, with as few words as a test needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import world
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.dayclose.close import Closed, close_day
from mediyn_desktop.dayclose.review import Review, Row, review
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

Entry = tuple[str, dict[str, int]]


@dataclass(slots=True)
class Evening:
    """A practice whose day is filled, closed and looked at."""

    store: Store
    api: StripeApi
    processor: CardProcessor

    def client(
        self,
        ref: str = "c1",
        *,
        card: str | None = "",
        copay: int | None = None,
        card_values: dict[str, object] | None = None,
        **values: object,
    ) -> None:
        """Add a client with a good card unless ``card`` names another, or is None for none."""
        with self.store.write("t") as uow:
            owner = world.client(uow, ref, **values)
            if card is not None:
                world.card(uow, owner, card or f"pm_good_{ref}", **(card_values or {}))
            if owner.payment_type == "in_network":
                world.coverage(uow, owner, copay)

    def session(self, ref: str = "s1", client: str = "c1", **values: Any) -> None:
        """Add a session of the client, signed and of 50 minutes unless said otherwise."""
        with self.store.write("t") as uow:
            owner = uow.session.query(Client).filter_by(ref=client).one()
            world.session(uow, owner, ref, **values)

    def close(self, **options: Any) -> Closed:
        """Close the day with the processor, unless ``options`` name another."""
        return close_day(self.store, world.DAY, **{"api": self.api, **options})

    def review(self) -> Review:
        with self.store.read() as read:
            return review(read, world.DAY)

    def row(self, ref: str = "s1") -> Row:
        return next(row for row in self.review().rows if row.session_ref == ref)

    def set(self, key: str, value: object) -> None:
        with self.store.write("t") as uow:
            settings.set_value(uow, key, str(value))

    def books(self) -> list[Entry]:
        """Every entry: its kind and its postings."""
        with self.store.read() as read:
            assert queries.trial_balance(read) == 0
            return [
                (entry.kind, {line.account: line.amount_cents for line in entry.postings})
                for entry in queries.journal(read)
            ]

    def balance(self, ref: str = "c1") -> queries.ClientBalance:
        with self.store.read() as read:
            return queries.client_balances(read).get(ref, queries.ClientBalance(ref))

    def taken(self) -> list[int]:
        """Cents the processor took for each obligation, smallest first."""
        return sorted(
            one.amount for one in self.processor.state.succeeded_by_metadata("iid").values()
        )


def codes(closed: Closed | Review) -> list[tuple[str, str]]:
    """The refs and codes of the exceptions, in order."""
    return [(one.ref, one.code) for one in closed.exceptions]
