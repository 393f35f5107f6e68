# SPDX-License-Identifier: MIT
"""One pass over the card attempts: prove the ground, then drive each as far as it goes.

The ground: the account and mode are the ones this practice charges in, no anchor is ahead of the
ledger, and every intent the processor made since the oldest waiting date of service, or day an
installment fell due, was read. A pass may be killed at any instruction: the next one starts by
reading.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from threading import Event

from sqlalchemy import func, or_, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.accounts import other_account
from mediyn_desktop.cards.driving import BUSY_WAIT, Driver
from mediyn_desktop.cards.found import Found
from mediyn_desktop.cards.limits import oldest_by_itself
from mediyn_desktop.cards.links.closing import clear_the_way
from mediyn_desktop.cards.pacing import WORKERS, Pace
from mediyn_desktop.cards.recording import post_fees
from mediyn_desktop.cards.states import IN_FLIGHT, State
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Account,
    Declined,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.cards.turns import GivenUp, Turn, turn
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.store.uow import Reading, Store

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=2)
_FEES_WITHIN = timedelta(days=14)
# The day an attempt is about: of its session, or the one its installment fell due.
_ABOUT = func.coalesce(Charge.date_of_service, CardAttempt.due_on)

Progress = Callable[[int, int, int, State], None]


@dataclass(slots=True)
class Pass:
    """What one pass came to. ``stopped`` is a stable word when it could not run to its end."""

    stopped: str | None = None  # "no-key", "offline", "key-refused", "frozen", "disk"
    message: str | None = None
    driven: list[int] = field(default_factory=list)


class _Stop(Exception):
    """The pass cannot go on; carries what it came to."""

    def __init__(self, word: str, message: str) -> None:
        super().__init__(word)
        self.outcome = Pass(word, message)


def run_pass(
    store: Store,
    api: StripeApi | None,
    *,
    only: Collection[int] | None = None,
    progress: Progress | None = None,
    cancelled: Event | None = None,
    skip_waits: bool = False,
    workers: int = WORKERS,
) -> Pass:
    """Drive every attempt that is in flight or due, or of those due only the ones in ``only``.

    Another pass, a poll or an acceptance that is under way is waited for, unless ``cancelled``.

    Args:
        only: ids a person named; they are sent whatever the age of what is owed.
        progress: called with (done, total, attempt id, state) from worker threads.
        cancelled: when set, no further attempt is begun; those begun are finished.
        skip_waits: do not wait out a back-off that has not yet passed.
    """
    stop = cancelled or Event()
    try:
        with turn(store, Turn.CHARGES, given_up=stop):
            return _pass(store, api, only, progress, stop, skip_waits=skip_waits, workers=workers)
    except GivenUp:
        return Pass()


def _pass(
    store: Store,
    api: StripeApi | None,
    only: Collection[int] | None,
    progress: Progress | None,
    stop: Event,
    *,
    skip_waits: bool,
    workers: int,
) -> Pass:
    with store.read() as read:
        freeze = read.session.get(CardFreeze, 1)
    if freeze is not None:
        return Pass("frozen", freeze.reason)
    if api is None:
        return Pass("no-key", "No card processor is connected yet. The charges stay queued.")
    pace = Pace(store.clock)
    try:
        account = _account(store, api, pace)
        with store.read() as read:
            work = _work(read, only, account, skip_waits=skip_waits)
        if not work:
            return Pass()
        found = _prove_ground(store, api, pace, work)
    except _Stop as stopped:
        return stopped.outcome
    clear_the_way(store, api, work)
    result = Pass()
    driver = Driver(store, api, found, account, pace)
    _drive_all(driver, work, result, progress, stop, workers)
    _collect_fees(store, api)
    return result


def _account(store: Store, api: StripeApi, pace: Pace) -> Account:
    """Prove the network, the key, the account and the mode."""
    try:
        account = pace.call(api.accounts.current)
    except (OutcomeUnknown, TryLater):
        raise _Stop(
            "offline",
            "The card processor cannot be reached. Nothing was charged; the "
            "charges stay queued and will be sent when the connection is back.",
        ) from None
    except (KeyRefused, Refused, Declined):
        raise _Stop(
            "key-refused",
            "The card processor refused the secret key. Nothing was "
            "charged; the charges stay queued. Enter a valid key in the settings.",
        ) from None
    other = other_account(store, account)
    if other is not None:
        raise _Stop("frozen", other)
    return account


def _prove_ground(store: Store, api: StripeApi, pace: Pace, work: list[int]) -> Found:
    """Compare the anchors, read the processor's list, and take the step before the batch."""
    try:
        remote = pace.call(lambda: anchoring.read_remote(store, api))
        local = anchoring.local_mark(store.folder)
        with store.read() as read:
            code = anchoring.behind(anchoring.stands(read), local, remote)
        if code is not None:
            raise _Stop("frozen", anchoring.freeze(store, code))
        found = pace.call(lambda: _sweep(store, api, work))
        pace.call(lambda: anchoring.advance(store, api, local.install, remote))
    except KeyRefused:
        raise _Stop(
            "key-refused",
            "The card processor's key lacks a permission: it must read and write customers and "
            "payment intents. Nothing was charged. Give the key these rights, or enter another.",
        ) from None
    except (OutcomeUnknown, TryLater, Refused, Declined):
        raise _Stop(
            "offline",
            "The card processor's list could not be read to its end, so "
            "nothing was charged. The charges stay queued.",
        ) from None
    except OSError:
        raise _Stop(
            "disk",
            "A file beside the practice could not be written, so nothing was charged. The charges "
            "stay queued. Free some space on the disk.",
        ) from None
    return found


def _sweep(store: Store, api: StripeApi, work: list[int]) -> Found:
    """Read every intent made since the oldest day waiting charges are about, or raise."""
    with store.read() as read:
        rows = read.session.execute(
            select(
                CardAttempt.iid,
                CardAttempt.dup,
                CardAttempt.create_started_at,
                _ABOUT.label("about"),
            )
            .outerjoin(Charge, Charge.id == CardAttempt.charge_id)
            .where(CardAttempt.processor_id.is_(None), CardAttempt.id.in_(work))
        ).all()
    found = Found((row.iid for row in rows), (row.dup for row in rows))
    if rows:
        oldest = min(datetime.combine(row.about, time(), UTC) for row in rows)
        started = [row.create_started_at for row in rows if row.create_started_at is not None]
        for page in api.intents.pages(min([oldest, *started]) - LOOK_BACK):
            found.add(page)
    return found


def _drive_all(
    driver: Driver,
    work: list[int],
    result: Pass,
    progress: Progress | None,
    stop: Event,
    workers: int,
) -> None:
    """Drive all of ``work``, a few at a time; a key refused on the way stops what has not begun."""
    refused = Event()

    def drive(ident: int) -> None:
        if stop.is_set() or refused.is_set():
            return
        try:
            state = driver.drive(ident)
        except KeyRefused:
            refused.set()
            return
        result.driven.append(ident)
        if progress is not None:
            progress(len(result.driven), len(work), ident, state)

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="cards") as pool:
        for done in [pool.submit(drive, ident) for ident in work]:
            done.result()
    if refused.is_set():
        result.stopped = "key-refused"
        result.message = (
            "The card processor refused the secret key half-way. What was not sent stays queued."
        )


def _work(
    read: Reading, only: Collection[int] | None, account: Account, *, skip_waits: bool
) -> list[int]:
    """Ids to drive: what is in flight first, then the rest by the day they are about."""
    now = account.server_time or read.now
    today = local_date(now, read.zone)
    oldest = oldest_by_itself(read)
    rows = read.session.execute(
        select(
            CardAttempt.id,
            CardAttempt.state,
            CardAttempt.not_before,
            CardAttempt.withdraw,
            CardAttempt.create_started_at,
            CardAttempt.planned_at,
        )
        .outerjoin(Charge, Charge.id == CardAttempt.charge_id)
        .where(
            or_(
                CardAttempt.state.in_([*IN_FLIGHT, State.QUEUED]),
                CardAttempt.withdraw,
                (CardAttempt.state == State.DECLINED) & (CardAttempt.retry_on <= today),
            )
        )
        .order_by(_ABOUT, CardAttempt.id)
    ).all()
    flying: list[int] = []
    due: list[int] = []
    for row in rows:
        if not skip_waits and _waits(row.not_before, read.now):
            continue
        if (
            row.state in IN_FLIGHT
            or row.withdraw
            or (row.create_started_at and row.state == "queued")
        ):
            flying.append(row.id)
        elif _wanted(row.id, local_date(row.planned_at, read.zone), only, oldest):
            due.append(row.id)
    return flying + due


def _waits(until: datetime | None, now: datetime) -> bool:
    """Whether a back-off has not passed; one far ahead is that of a clock that was set back."""
    return until is not None and now < until <= now + BUSY_WAIT


def _wanted(ident: int, approved_on: date, only: Collection[int] | None, oldest: date) -> bool:
    """Whether this pass sends it: named by a person, or approved not too long ago."""
    return ident in only if only is not None else approved_on >= oldest


def _collect_fees(store: Store, api: StripeApi) -> None:
    """Post the fees the processor has told since: one list for all, not a question for each."""
    with store.read() as read:
        since = read.now - _FEES_WITHIN
        rows = read.session.execute(
            select(CardAttempt.processor_id, CardAttempt.id, CardAttempt.create_started_at)
            .where(CardAttempt.state == State.SUCCEEDED, CardAttempt.fee_entry_id.is_(None))
            .where(CardAttempt.updated_at >= since, CardAttempt.create_started_at.is_not(None))
        ).all()
    wanted = {str(row.processor_id): row.id for row in rows}
    if not wanted:
        return
    oldest = min(row.create_started_at for row in rows)
    try:
        for page in api.intents.pages(oldest - LOOK_BACK, fees=True):
            told = [one for one in page if one.id in wanted and one.fees is not None]
            if told:
                with store.write("Post card processing fees") as uow:
                    for intent in told:
                        post_fees(uow, uow.session.get_one(CardAttempt, wanted[intent.id]), intent)
    except NO_ANSWER:
        log.info("some card processing fees are not readable yet")
