# SPDX-License-Identifier: MIT
"""Sending queued attempts to the card processor, and reading back what is not known.

One pass: prove the account, read every intent the processor made since the oldest waiting date of
service, then drive each attempt as far as it goes. Before a card is charged the intent's id is in
the database; after any answer the intent is read back. A pass may be killed at any instruction:
the next one starts by reading.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from threading import Event

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import attempts
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
from mediyn_desktop.ledger import items
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

log = logging.getLogger(__name__)

_WORKERS = 8
_LOOK_BACK = timedelta(days=2)
_BUSY_WAIT = timedelta(seconds=30)
_UNSENT = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})

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
        account = api.account()
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
    other = _other_account(store, f"{account.id}:{'live' if account.livemode else 'test'}")
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
    driver = _Driver(store, api, found, account.server_time or store.clock.now())
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
    return api.list_since(min([oldest, *started]) - _LOOK_BACK)


class _Driver:
    """Drives one attempt at a time per thread; shares nothing but the store and what was found."""

    def __init__(
        self, store: Store, api: StripeApi, found: list[Intent], server_time: datetime
    ) -> None:
        self._store = store
        self._api = api
        self._server_time = server_time
        self._by_iid: dict[str, list[Intent]] = defaultdict(list)
        self._by_dup: dict[str, list[Intent]] = defaultdict(list)
        for intent in found:
            if intent.iid:
                self._by_iid[intent.iid].append(intent)
            if intent.dup:
                self._by_dup[intent.dup].append(intent)

    def state_of(self, ident: int) -> State:
        """The attempt's state as committed."""
        with self._store.read() as read:
            return State(read.session.get_one(CardAttempt, ident).state)

    def drive(self, ident: int) -> None:
        """Take the attempt as far as it goes in this pass."""
        row = self._load(ident)
        if row.processor_id is None:
            created = self._create(ident)
            row = self._load(ident)
            if not created and State(row.state) is not State.CREATED:
                return
            self._cancel_extras(row)
            state = State(row.state)
        else:
            state = self._read_back(ident, row.processor_id)
        # A lost answer is read back and, if nothing had happened, tried once more.
        for _ in range(2):
            if state is not State.CREATED:
                return
            assert row.processor_id is not None
            state = self._confirm(ident, row.processor_id)

    def collect_fees(self, work: list[int]) -> None:
        """Read charges again whose processing fee was not yet known when they succeeded."""
        with self._store.read() as read:
            rows = read.session.execute(
                select(CardAttempt.id, CardAttempt.processor_id)
                .where(CardAttempt.id.in_(work), CardAttempt.state == State.SUCCEEDED)
                .where(CardAttempt.fee_entry_id.is_(None))
            ).all()
        for ident, intent in rows:
            try:
                answer = self._api.read(str(intent))
            except (OutcomeUnknown, TryLater, KeyRefused, Refused, Declined):
                log.info("fee of attempt %s not readable yet", ident)
                return
            with self._store.write("Post a card processing fee") as uow:
                attempts.record_read(uow, uow.session.get_one(CardAttempt, ident), answer)

    def _load(self, ident: int) -> CardAttempt:
        with self._store.read() as read:
            row = read.session.get_one(CardAttempt, ident)
            read.session.expunge(row)
            return row

    def _create(self, ident: int) -> bool:
        """Get the intent's id into the database; True when it is there and may be confirmed."""
        for again in (False, True):
            ready = self._begin_create(ident, again=again)
            if ready is None:
                return False
            params, key = ready
            try:
                intent = self._api.create(params, key=key)
            except OutcomeUnknown:
                # Asking again with the same key is harmless: no card is charged by creating.
                self._move(
                    ident,
                    State.UNKNOWN,
                    "We asked the processor to prepare the charge "
                    "and got no readable answer; no card was charged",
                )
                continue
            except TryLater:
                self._wait(ident, State.QUEUED)
                return False
            except KeyRefused:
                self._move(ident, State.QUEUED, "The processor refused the key; nothing was sent")
                raise
            except (Refused, Declined) as error:
                self._move(
                    ident,
                    State.REVIEW,
                    f"The processor refused to prepare the charge ({error}). Nothing was charged",
                )
                return False
            return self._store_created(ident, intent)
        return False

    def _store_created(self, ident: int, intent: Intent) -> bool:
        """Store the new intent's id, unless another worker stored one first; first writer wins."""
        with self._store.write("Store a prepared card charge") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            if row.processor_id is None:
                return attempts.record_read(uow, row, intent) is State.CREATED
            late = row.processor_id != intent.id
        if late:
            self._cancel(intent.id)
        return False

    def _begin_create(self, ident: int, *, again: bool) -> tuple[dict[str, object], str] | None:
        """Adopt what exists, drop what is paid meanwhile, or mark that creating begins.

        Each pass has its own key, because the processor repeats a stored failure for a day. That
        cannot charge twice: an unconfirmed intent moves no money, only one id is ever stored, and
        the list read before this pass shows what an earlier pass created.
        """
        with self._store.write("Prepare a card charge") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            if row.processor_id is not None or State(row.state) not in (
                State.QUEUED,
                State.CREATING,
                State.UNKNOWN,
            ):
                return None
            if self._adopt(uow, row):
                return None
            if row.create_started_at is None and not _still_due(uow, row):
                attempts.move(uow, row, State.CANCELED, "Paid another way meanwhile; not charged")
                return None
            if row.create_started_at is None:
                row.create_started_at = self._server_time
            if not again:
                row.creates += 1
            attempts.move(uow, row, State.CREATING, "Asking the processor to prepare the charge")
            return json.loads(row.params), f"c-{row.iid}-{row.series}-{row.creates}"

    def _cancel_extras(self, row: CardAttempt) -> None:
        """Cancel other unconfirmed intents of this obligation, left by answers that were lost."""
        for intent in self._by_iid[row.iid]:
            if intent.id != row.processor_id and intent.status in _UNSENT:
                self._cancel(intent.id)

    def _cancel(self, intent: str) -> None:
        try:
            self._api.cancel(intent)
        except (OutcomeUnknown, TryLater, KeyRefused, Refused, Declined):
            # Unconfirmed, it moves no money; the next pass that lists it tries again.
            log.info("the unused intent %s is still open", intent)

    def _adopt(self, uow: UnitOfWork, row: CardAttempt) -> bool:
        """Take over an intent the processor already holds for this obligation, if there is one."""
        mine = [intent for intent in self._by_iid[row.iid] if intent.status != "canceled"]
        if mine:
            succeeded = [intent for intent in mine if intent.status == "succeeded"]
            attempts.record_read(uow, row, (succeeded or mine)[0])
            return True
        known = set(uow.session.scalars(select(CardAttempt.iid).where(CardAttempt.dup == row.dup)))
        for other in self._by_dup[row.dup]:
            if other.iid not in known and other.status in ("succeeded", "processing"):
                attempts.move(
                    uow,
                    row,
                    State.REVIEW,
                    "The processor holds a charge for this "
                    "client and day that this ledger does not know. Nothing was "
                    "charged; compare before charging",
                )
                return True
        return False

    def _confirm(self, ident: int, intent: str) -> State:
        with self._store.write("Charge a card") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            if State(row.state) is not State.CREATED:
                return State(row.state)
            row.attempt += 1
            attempts.move(uow, row, State.CONFIRMING, "Asking the bank")
            key = f"f-{row.iid}-{row.series}-{row.attempt}"
        try:
            self._api.confirm(intent, key=key)
        except TryLater:
            self._wait(ident, State.CREATED)
            return State.CONFIRMING
        except KeyRefused:
            self._move(ident, State.CREATED, "The processor refused the key; not charged")
            raise
        except OutcomeUnknown:
            self._move(
                ident,
                State.UNKNOWN,
                "We asked the processor to charge the card and got "
                "no readable answer; checking before anything else",
            )
        except (Declined, Refused):
            log.info("attempt %s refused; reading it back", ident)
        return self._read_back(ident, intent)

    def _read_back(self, ident: int, intent: str) -> State:
        """Read the intent; nothing but this decides what became of an attempt."""
        try:
            answer = self._api.read(intent)
        except KeyRefused:
            raise
        except (OutcomeUnknown, TryLater, Refused, Declined):
            row = self._load(ident)
            if State(row.state) in (State.CONFIRMING, State.UNKNOWN):
                self._move(
                    ident,
                    State.UNKNOWN,
                    "The processor did not answer our question about "
                    "this charge; we will ask again before anything else",
                )
                return State.UNKNOWN
            return State.UNKNOWN if State(row.state) is State.CREATED else State(row.state)
        return self._record(ident, answer)

    def _record(self, ident: int, answer: Intent) -> State:
        with self._store.write("Record a card charge") as uow:
            return attempts.record_read(uow, uow.session.get_one(CardAttempt, ident), answer)

    def _move(self, ident: int, state: State, text: str) -> None:
        with self._store.write("Note a card charge's state") as uow:
            attempts.move(uow, uow.session.get_one(CardAttempt, ident), state, text)

    def _wait(self, ident: int, state: State) -> None:
        with self._store.write("Wait for the card processor") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            row.not_before = uow.now + _BUSY_WAIT
            attempts.move(uow, row, state, "The processor is busy; nothing was sent")


def _still_due(uow: UnitOfWork, row: CardAttempt) -> bool:
    """Whether the amount planned is still owed in full; a copay has no open item and always is."""
    charge = uow.session.get_one(Charge, row.charge_id)
    if charge.open_item_id is None:
        return True
    return items.open_cents(uow, charge.open_item_id) >= row.amount_cents
