# SPDX-License-Identifier: MIT
"""Driving one attempt: create, store the intent's id, confirm, read back.

Before a card is charged the intent's id is in the database; after any answer the intent is read
back, and nothing but what was read decides. Every step is a transaction of its own.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import attempts
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import (
    Declined,
    Intent,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.ledger import items
from mediyn_desktop.store.uow import Store, UnitOfWork

log = logging.getLogger(__name__)

_BUSY_WAIT = timedelta(seconds=30)
_UNSENT = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


class Driver:
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
                answer = self._api.intents.read(str(intent))
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
                intent = self._api.intents.create(params, key=key)
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
            self._api.intents.cancel(intent)
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
            self._api.intents.confirm(intent, key=key)
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
            answer = self._api.intents.read(intent)
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
