# SPDX-License-Identifier: MIT
"""Alerts about cards as a whole: frozen charging, no answer, something to compare or to look at."""

from __future__ import annotations

from collections.abc import Iterator

from mediyn_desktop.cards.ground import ground
from mediyn_desktop.cards.listing import Uncertain
from mediyn_desktop.cards.on_file.requests import view_requests
from mediyn_desktop.cards.on_file.states import RequestState
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
    yield from _uncertain(
        read,
        UNKNOWN,
        now.unknown,
        1,
        ("A card charge of {} got no answer", "{1} card charges of {0} got no answer"),
        "Nobody is charged twice: Stripe is asked what became of it before anything else.",
    )
    yield from _uncertain(
        read,
        COMPARE,
        now.to_compare,
        0,
        ("A card charge of {} waits for you", "{1} card charges of {0} wait for you"),
        "What Stripe holds is not what was expected. Nothing was posted. Compare, then decide.",
    )


def _uncertain(
    read: Reading, kind: str, found: Uncertain, urgency: int, what: tuple[str, str], safe: str
) -> Iterator[Alert]:
    """One alert about all of ``found``; ``what`` says it of one and of several."""
    if found.since is None:
        return
    said = what[found.count > 1].format(format_cents(found.cents), found.count)
    since = local_date(found.since, read.zone)
    yield Alert(kind, REF, since, found.cents, f"{said}. {safe}", urgency)


def _requests(read: Reading) -> Iterator[Alert]:
    """Yield one alert for each request for a card whose page does not show what was asked for."""
    for one in view_requests(read):
        if one.state == RequestState.REVIEW:
            since = local_date(one.made_at, read.zone)
            yield Alert("card-request", one.client_ref, since, 0, one.message or "", 1)


CARD_RULES: tuple[Rule, ...] = (_ground, _requests)
