# SPDX-License-Identifier: MIT
"""Alerts about cards as a whole: charging is frozen, no answer came, something is to compare."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.cards.ground import ground
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.reports.alert import Alert, Rule
from mediyn_desktop.store.uow import Reading

REF = "cards"
"""What these alerts are about: no client, but all of them."""
FROZEN, UNKNOWN, COMPARE = "cards-frozen", "card-unknown", "card-compare"


def _ground(read: Reading) -> Iterator[Alert]:
    now = ground(read)
    if now.frozen is not None and now.frozen_since is not None:
        yield Alert(
            FROZEN,
            REF,
            now.frozen_since.date(),
            0,
            "Charging is frozen: this practice may not be the newest copy of itself. No card is "
            "charged. Compare with Stripe, then accept what is found.",
            0,
        )
    if now.unknown.since is not None:
        count, cents = now.unknown.count, format_cents(now.unknown.cents)
        what = "A card charge" if count == 1 else f"{count} card charges"
        yield Alert(
            UNKNOWN,
            REF,
            local_date(now.unknown.since, read.zone),
            now.unknown.cents,
            f"{what} of {cents} got no answer. Nobody is charged twice: Stripe is asked what "
            "became of it before anything else.",
            1,
        )
    if now.to_compare.since is not None:
        count, cents = now.to_compare.count, format_cents(now.to_compare.cents)
        what = "A card charge waits" if count == 1 else f"{count} card charges wait"
        yield Alert(
            COMPARE,
            REF,
            local_date(now.to_compare.since, read.zone),
            now.to_compare.cents,
            f"{what} for you: what Stripe holds is not what was expected ({cents}). Nothing was "
            "posted. Compare, then decide.",
            0,
        )


CARD_RULES: tuple[Rule, ...] = (_ground,)
