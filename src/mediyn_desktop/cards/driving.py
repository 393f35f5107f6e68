# SPDX-License-Identifier: MIT
"""Driving one attempt: create, store the intent's id, confirm, read back.

Before a card is charged the intent's id is in the database; after any answer the intent is read
back, and nothing but what was read decides. Every step is a transaction of its own, written before
the call it announces.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Never

from mediyn_desktop.cards import attempts, permission
from mediyn_desktop.cards.found import Found
from mediyn_desktop.cards.pacing import Pace
from mediyn_desktop.cards.recording import KEY_GOOD_FOR, asked_and_unheard, record_read
from mediyn_desktop.cards.states import REFUSED, State
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Account,
    Declined,
    Intent,
    KeyRefused,
    OutcomeUnknown,
    Refused,
    StripeApi,
    TryLater,
)
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.store.uow import Store, UnitOfWork

log = logging.getLogger(__name__)

BUSY_WAIT = timedelta(seconds=30)


# Where nothing is under way, so that the next step is ours.
_STANDING = frozenset({State.CREATED, State.UNKNOWN, State.REVIEW, *REFUSED})


@dataclass(frozen=True, slots=True)
class _Call:
    """What a committed step announces: the key to use and the card to name, if any."""

    key: str
    version: str
    payment_method: str | None = None
    before: State = State.CREATED  # where the attempt stood, should nothing come of the call


class _PutOff(Exception):
    """Nothing more can be done in this pass; carries where the attempt stands."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


class Driver:
    """Drives attempts, one per thread at a time; shares only what is safe to share."""

    def __init__(
        self, store: Store, api: StripeApi, found: Found, account: Account, pace: Pace
    ) -> None:
        self._store = store
        self._api = api
        self._found = found
        self._account = account
        self._pace = pace

    @property
    def _server_now(self) -> datetime | None:
        """The processor's clock; ours may be wrong, and its keys are kept by its own."""
        return self._account.server_time

    def drive(self, ident: int) -> State:
        """Take the attempt as far as it goes in this pass; return where it stands.

        Raises:
            KeyRefused: nobody can go on with this key.
        """
        try:
            return self._drive(ident)
        except _PutOff as put_off:
            return put_off.state

    def _drive(self, ident: int) -> State:
        row = self._load(ident)
        if row.account is not None and (row.account, row.livemode) != (
            self._account.id,
            self._account.livemode,
        ):
            log.warning("attempt %s belongs to another account or mode", ident)
            return State(row.state)
        asked = False  # whether it was asked a moment ago if the charge may be sent
        if row.processor_id is None:
            state = self._create(ident)
            asked = not self._found.knows(row.iid)
            self._cancel_extras(ident, row.iid)
        else:
            state = self._read_back(ident, row.processor_id)
        # A lost answer is read back and, if nothing had happened, tried once more.
        for _ in range(2):
            if state not in _STANDING:
                break
            row = self._load(ident)
            if row.processor_id is None:
                break
            if row.withdraw:
                return self._withdraw(ident, row.processor_id)
            ready = row.state in (State.CREATED, State.UNKNOWN)
            if not ready and not self._retry_is_due(row):
                break
            state = self._confirm(ident, row.processor_id, asked=asked)
            asked = False
        return state

    # -- creating

    def _create(self, ident: int) -> State:
        """Get the intent's id into the database, if the attempt is still to be charged."""
        for _ in range(2):
            with self._store.write("Prepare a card charge") as uow:
                row = uow.session.get_one(CardAttempt, ident)
                call = self._begin_create(uow, row)
                if call is None:
                    return State(row.state)
                params = json.loads(row.params)
            try:
                intent = self._send_create(call, params)
            except OutcomeUnknown as error:
                # Asking again with the same key is harmless: no card is charged by creating.
                text = (
                    "We asked the processor to prepare the charge and got no readable answer; "
                    "no card was charged"
                )
                self._note_unknown(ident, text, key_spent=error.stored)
                if error.stored:
                    return State.UNKNOWN
                continue
            except TryLater:
                self._wait(ident, State.QUEUED)
            except KeyRefused:
                text = "The processor refused the key; nothing was sent"
                self._move(ident, State.QUEUED, text)
                raise
            except (Refused, Declined) as error:
                text = f"The processor refused to prepare the charge ({error}). Nothing was charged"
                return self._move(ident, State.REVIEW, text)
            return self._store_created(ident, intent)
        return State.UNKNOWN

    def _send_create(self, call: _Call, params: dict[str, object]) -> Intent:
        return self._pace.call(
            lambda: self._api.intents.create(params, key=call.key, version=call.version)
        )

    def _begin_create(self, uow: UnitOfWork, row: CardAttempt) -> _Call | None:
        """Adopt what exists, drop what must not be sent, or mark that creating begins."""
        states = (State.QUEUED, State.CREATING, State.UNKNOWN)
        if row.processor_id is not None or State(row.state) not in states:
            return None
        if self._found.adopt(uow, row, server_now=self._server_now):
            return None
        begun = row.create_started_at is not None
        if row.withdraw:
            # The list was read and holds nothing that could move money.
            attempts.move(uow, row, State.CANCELED, "Taken back; nothing was charged")
            return None
        refusal = permission.refusal(uow, row)
        if refusal is not None:
            attempts.move(uow, row, State.CANCELED if refusal.final else State.QUEUED, refusal.text)
            return None
        if not begun:
            row.create_started_at = self._server_now or uow.now
            row.account, row.livemode = self._account.id, self._account.livemode
        if self._needs_new_key(row):
            row.creates += 1
        attempts.move(uow, row, State.CREATING, "Asking the processor to prepare the charge")
        return _Call(f"c-{row.iid}-{row.series}-{row.creates}", row.api_version)

    def _store_created(self, ident: int, intent: Intent) -> State:
        """Store the new intent's id, unless another worker stored one first; first writer wins."""
        with self._store.write("Store a prepared card charge") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            late = row.processor_id is not None and row.processor_id != intent.id
            if not late:
                row.key_spent = True  # the next key is one to ask the bank with
                return record_read(uow, row, intent, server_now=self._server_now)
            state = State(row.state)
        self._cancel(intent.id)
        return state

    def _cancel_extras(self, ident: int, iid: str) -> None:
        """Cancel other unconfirmed intents of this obligation, left by answers that were lost."""
        if self._found.knows(iid):
            for intent in self._found.unsent_of(self._load(ident)):
                self._cancel(intent)

    def _cancel(self, intent: str) -> None:
        try:
            self._api.intents.cancel(intent)
        except NO_ANSWER:
            # Unconfirmed, it moves no money; the next pass that lists it tries again.
            log.info("the unused intent %s is still open", intent)

    # -- confirming

    def _confirm(self, ident: int, intent: str, *, asked: bool) -> State:
        with self._store.write("Charge a card") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            call = self._begin_confirm(uow, row, asked=asked)
            state = State(row.state)
        if call is None:
            return self._withdraw(ident, intent) if self._load(ident).withdraw else state
        try:
            self._pace.call(
                lambda: self._api.intents.confirm(
                    intent,
                    key=call.key,
                    payment_method=call.payment_method,
                    version=call.version,
                )
            )
        except TryLater:
            self._wait(ident, call.before)
        except KeyRefused:
            self._not_asked(ident, call.before, "The processor refused the key; reading back first")
            raise
        except OutcomeUnknown as error:
            text = (
                "We asked the processor to charge the card and got no readable answer; "
                "checking before anything else"
            )
            self._note_unknown(ident, text, key_spent=error.stored)
            return self._read_back(ident, intent)
        except (Declined, Refused):
            log.info("attempt %s refused; reading it back", ident)
        return self._read_back(ident, intent, answered=True)

    def _begin_confirm(self, uow: UnitOfWork, row: CardAttempt, *, asked: bool) -> _Call | None:
        """Mark that the bank is asked, or that the charge is to be taken back instead."""
        retry = row.state == State.DECLINED and self._retry_is_due(row)
        # It was read back and shows the refusal before: the same key tells what became of it.
        repeat = row.state == State.UNKNOWN and asked_and_unheard(row, self._server_now)
        if row.state != State.CREATED and not retry and not repeat:
            return None
        refusal = permission.taken_back(uow, row) if asked else permission.refusal(uow, row)
        if refusal is not None:
            if refusal.final:
                row.withdraw = True
                attempts.tell(uow, row, refusal.text)
            return None
        asking = attempts.ASKING
        if retry:
            card = permission.card_now(uow, row)
            row.confirm_with = card.stripe_payment_method if card else row.payment_method
            if card is not None and card.last4 != row.last4:
                # What is paid now is paid by this card; the books and the receipt name it.
                row.last4 = card.last4
                asking += f" about the card ending {card.last4} instead"
            row.retry_on = None
        if self._needs_new_key(row):
            # Only now: what became of the key before was read and committed.
            row.attempt += 1
        attempts.move(uow, row, State.CONFIRMING, asking)
        key = f"f-{row.iid}-{row.series}-{row.attempt}"
        before = State.DECLINED if row.confirm_with is not None else State.CREATED
        if repeat:
            before = State.UNKNOWN
        return _Call(key, row.api_version, row.confirm_with, before)

    def _retry_is_due(self, row: CardAttempt) -> bool:
        """Whether a soft decline may be tried again, by the processor's calendar."""
        if row.state != State.DECLINED or row.retry_on is None:
            return False
        with self._store.read() as read:
            now = self._server_now or read.now
            return now.astimezone(read.zone).date() >= row.retry_on

    def _withdraw(self, ident: int, intent: str) -> State:
        """Cancel the intent at the processor, and believe it only when it is read back."""
        self._cancel(intent)
        return self._read_back(ident, intent)

    # -- reading and noting

    def _read_back(self, ident: int, intent: str, *, answered: bool = False) -> State:
        """Read the intent; nothing but this decides what became of an attempt."""
        try:
            answer = self._pace.call(lambda: self._api.intents.read(intent))
        except KeyRefused:
            raise
        except NO_ANSWER:
            state = State(self._load(ident).state)
            if state in (State.CONFIRMING, State.UNKNOWN):
                text = (
                    "The processor did not answer our question about this charge; we will ask "
                    "again before anything else"
                )
                state = self._move(ident, State.UNKNOWN, text)
            # Nothing is done about what could not be read.
            raise _PutOff(State.UNKNOWN if state is State.CREATED else state) from None
        with self._store.write("Record a card charge") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            return record_read(uow, row, answer, server_now=self._server_now, answered=answered)

    def _needs_new_key(self, row: CardAttempt) -> bool:
        """Take a fresh key where the last one is used up or may be forgotten; note since when.

        A key that may still be in use is kept: then the processor itself lets the same request
        take effect only once. Without the processor's clock it counts as forgotten.
        """
        now = self._server_now
        fresh = row.key_at is not None and now is not None and now - row.key_at < KEY_GOOD_FOR
        if fresh and not row.key_spent:
            return False
        row.key_at, row.key_spent = now, False
        return True

    def _load(self, ident: int) -> CardAttempt:
        with self._store.read() as read:
            row = read.session.get_one(CardAttempt, ident)
            read.session.expunge(row)
            return row

    def _move(self, ident: int, state: State, text: str) -> State:
        with self._store.write("Note a card charge's state") as uow:
            attempts.move(uow, uow.session.get_one(CardAttempt, ident), state, text)
            return state

    def _note_unknown(self, ident: int, text: str, *, key_spent: bool) -> None:
        with self._store.write("Note a lost answer about a card charge") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            if row.state in (State.CREATING, State.CONFIRMING, State.UNKNOWN):
                row.key_spent = row.key_spent or key_spent
                attempts.move(uow, row, State.UNKNOWN, text)

    def _wait(self, ident: int, state: State) -> Never:
        """Leave the attempt alone for a while; nothing was executed."""
        with self._store.write("Wait for the card processor") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            if row.state in (State.CREATING, State.CONFIRMING):
                row.not_before = uow.now + BUSY_WAIT
                self._put_back(uow, row, state, "The processor is busy; nothing was sent")
            state = State(row.state)
        raise _PutOff(state)

    def _not_asked(self, ident: int, before: State, text: str) -> None:
        """Note a refused key; what was confirmed stays so until it is read back."""
        with self._store.write("Note a refused key") as uow:
            row = uow.session.get_one(CardAttempt, ident)
            attempts.tell(uow, row, text)
            if before is State.DECLINED:
                self._put_back(uow, row, before, text)

    def _put_back(self, uow: UnitOfWork, row: CardAttempt, state: State, text: str) -> None:
        """Put an attempt back where it stood before a call that certainly did nothing."""
        if state is State.DECLINED:
            # The key did nothing; to read the old decline again must not count as a new one.
            row.retry_on = local_date(self._server_now or uow.now, uow.zone)
            row.key_spent = True
        attempts.move(uow, row, state, text)
