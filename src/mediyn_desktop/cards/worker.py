# SPDX-License-Identifier: MIT
"""Sending queued attempts to the card processor, and reading back what is not known.

One pass: prove the account, read every intent the processor made since the oldest waiting date of
service, then drive each attempt as far as it goes (``driving``). A pass may be killed at any
instruction: the next one starts by reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from threading import Event

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.driving import Driver
from mediyn_desktop.cards.states import IN_FLIGHT, State
from mediyn_desktop.cards.stripe_api import (
    Declined,
    Intent,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store

_WORKERS = 8
_LOOK_BACK = timedelta(days=2)

Progress = Callable[[int, int, int, State], None]


@dataclass(slots=True)
class Pass:
    """What one pass came to. ``stopped`` is a stable word when it could not run to its end."""

    stopped: str | None = None  # "no-key", "offline", "key-refused", "frozen"
    message: str | None = None
    driven: list[int] = field(default_factory=list)


def run_pass(
    store: Store,
    api: StripeApi | None,
    *,
    only: Collection[int] | None = None,
    progress: Progress | None = None,
    cancelled: Event | None = None,
    skip_waits: bool = False,
) -> Pass:
    """Drive every attempt that is in flight or due, or only those with the ids in ``only``.

    Args:
        progress: called with (done, total, attempt id, state) from worker threads.
        cancelled: when set, no further attempt is begun; those begun are finished.
        skip_waits: do not wait out a back-off that has not yet passed.
    """
    with store.read() as read:
        freeze = read.session.get(CardFreeze, 1)
        work = _work(read, only, skip_waits=skip_waits)
    if freeze is not None:
        return Pass("frozen", freeze.reason)
    if api is None:
        return Pass("no-key", "No card processor is connected yet. The charges stay queued.")
    try:
        account = api.accounts.current()
    except (OutcomeUnknown, TryLater):
        return Pass(
            "offline",
            "The card processor cannot be reached. Nothing was charged; the "
            "charges stay queued and will be sent when the connection is back.",
        )
    except (KeyRefused, Refused, Declined):
        return Pass(
            "key-refused",
            "The card processor refused the secret key. Nothing was "
            "charged; the charges stay queued. Enter a valid key in the settings.",
        )
    other = _other_account(store, account.name)
    if other is not None:
        return Pass("frozen", other)
    if not work:
        return Pass()
    try:
        found = _sweep(store, api, work)
    except (OutcomeUnknown, TryLater, KeyRefused, Refused, Declined):
        return Pass(
            "offline",
            "The card processor's list could not be read to its end, so "
            "nothing was charged. The charges stay queued.",
        )
    driver = Driver(store, api, found, account.server_time or store.clock.now())
    result = Pass()
    stop = cancelled or Event()

    def drive(ident: int) -> None:
        if stop.is_set():
            return
        try:
            driver.drive(ident)
        except KeyRefused:
            stop.set()
            result.stopped = "key-refused"
            result.message = "The card processor refused the secret key half-way. What was not "
            result.message += "sent stays queued."
        state = driver.state_of(ident)
        result.driven.append(ident)
        if progress is not None:
            progress(len(result.driven), len(work), ident, state)

    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="cards") as pool:
        for done in [pool.submit(drive, ident) for ident in work]:
            done.result()
    driver.collect_fees(work)
    return result


def _work(read: Reading, only: Collection[int] | None, *, skip_waits: bool) -> list[int]:
    """Ids to drive: what is in flight first, then what is queued and due."""
    rows = read.session.scalars(
        select(CardAttempt)
        .where(CardAttempt.state.in_([*IN_FLIGHT, State.QUEUED]))
        .order_by(CardAttempt.state == State.QUEUED, CardAttempt.id)
    )
    now = read.now
    return [
        row.id
        for row in rows
        if (only is None or row.id in only or row.state in IN_FLIGHT)
        and (skip_waits or row.not_before is None or row.not_before <= now)
    ]


def _other_account(store: Store, account: str) -> str | None:
    """Remember the processor's account and mode; freeze charging when it is another one."""
    with store.read() as read:
        known = settings.get(read, settings.STRIPE_ACCOUNT)
    if known == account:
        return None
    with store.write("Connect the card processor's account") as uow:
        known = settings.get(uow, settings.STRIPE_ACCOUNT)
        if not known:
            settings.set_value(uow, settings.STRIPE_ACCOUNT.key, account)
            return None
        reason = (
            "The secret key belongs to another card processor account or mode than before. "
            "Charging is frozen and nothing was charged. Enter the key you used before."
        )
        return reason


def _sweep(store: Store, api: StripeApi, work: list[int]) -> list[Intent]:
    """Every intent made since the oldest waiting date of service: complete or an exception.

    It finds what an answer lost more than a day ago created, and what a ledger restored from an
    old backup has forgotten.
    """
    with store.read() as read:
        rows = read.session.execute(
            select(Charge.date_of_service, CardAttempt.create_started_at)
            .join(CardAttempt, CardAttempt.charge_id == Charge.id)
            .where(CardAttempt.id.in_(work), CardAttempt.processor_id.is_(None))
        ).all()
    if not rows:
        return []
    oldest = min(datetime.combine(day, time(), UTC) for day, _ in rows)
    started = [at for _, at in rows if at is not None]
    return [one for page in api.intents.pages(min([oldest, *started]) - _LOOK_BACK) for one in page]
