# SPDX-License-Identifier: MIT
"""Balanced entries to fill a store with."""

from __future__ import annotations

from datetime import date

from mediyn_desktop.ledger.accounts import SERVICES, client_receivable
from mediyn_desktop.ledger.items import open_item
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.store.uow import Store


def post_one(store: Store, number: int, *, cents: int = 15000, reason: str | None = None) -> int:
    """Commit one charge of client ``c<number % 7>`` and return its entry's number."""
    client = f"c{number % 7}"
    with store.write("Bill session") as uow:
        entry = post(
            uow,
            on=date(2026, 11, 23),
            kind="charge",
            source=f"session:{number}",
            key=f"session:{number}",
            client=client,
            reason=reason,
            lines=[Line(client_receivable(client), cents), Line(SERVICES, -cents)],
        )
        open_item(
            uow,
            client=client,
            source=f"session:{number}",
            date_of_service=date(2026, 11, 23),
            cents=cents,
            entry=entry,
        )
        return entry


def fill(store: Store, entries: int) -> None:
    """Commit ``entries`` charges, with enough text in each to need many pages."""
    for number in range(entries):
        post_one(store, number, reason="words " * 40)
