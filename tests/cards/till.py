# SPDX-License-Identifier: MIT
"""A practice that charges cards, its processor, and what can befall both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.accepting import accept
from mediyn_desktop.cards.approving import approve, preview
from mediyn_desktop.cards.reconciling import Comparison, compare
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardAttempt, CardAttemptEvent
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Client, Clinician
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

CREATE = r"/v1/payment_intents"
CONFIRM = r"/v1/payment_intents/pi_\w+/confirm"
READ = r"/v1/payment_intents/pi_\w+"
KEY = "sk_test_suite"


class PowerCut(BaseException):
    """The program is gone at this very instruction: nothing catches it, nothing runs after it."""


class Till:
    """One practice with its processor. ``store`` may be closed, copied away and opened again."""

    def __init__(
        self,
        folder: Path,
        open_key: Callable[[], DataKey],
        clock: FixedClock,
        processor: CardProcessor,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.processor = processor
        self._open_key = open_key
        self.api = StripeApi(KEY, processor.base_url)
        self.store: Store = open_practice(folder, open_key(), clock, GUARDS)
        self._made = 0

    def close(self) -> None:
        self.store.close()
        self.api.close()

    # -- the practice

    def owe(
        self, method: str | None = None, *, day: date = world.DAY, minutes: int = 50, **client: Any
    ) -> str:
        """Bill one session of a new client with a card; return the session's ref."""
        self._made += 1
        ref = f"s{self._made}"
        with self.store.write("t") as uow:
            if uow.session.scalar(select(Clinician)) is None:
                world.practice(uow)
            owner = world.client(uow, f"c{self._made}", **client)
            world.card(uow, owner, method or f"pm_good{self._made}")
            if owner.payment_type == "in_network":
                world.coverage(uow, owner)
            assert bill_session(uow, world.session(uow, owner, ref, day=day, minutes=minutes))
        return ref

    def owe_again(self, client: str, ref: str, *, day: date = world.DAY, hour: int = 15) -> str:
        """Bill another session of the same client."""
        with self.store.write("t") as uow:
            owner = sessions.get_client(uow, client)
            assert bill_session(uow, world.session(uow, owner, ref, day=day, hour=hour))
        return ref

    def queue(self, *refs: str) -> list[int]:
        """Approve the charges of these sessions, or of all of them, for the cards."""
        with self.store.write("t") as uow:
            charges = list(uow.session.scalars(select(Charge).where(Charge.voided_at.is_(None))))
            if refs:
                chosen = [charge_of(uow, sessions.get(uow, ref)) for ref in refs]
                charges = [charge for charge in chosen if charge is not None]
            return approve(uow, preview(uow, charges))

    def sell(self, method: str | None = None, **client: Any) -> int:
        """Owe and approve one charge; return the attempt's id."""
        (ident,) = self.queue(self.owe(method, **client))
        return ident

    # -- what happens

    def run(self, **how: Any) -> worker.Pass:
        how.setdefault("skip_waits", True)
        return worker.run_pass(self.store, self.api, **how)

    def compare(self) -> Comparison:
        return compare(self.store, self.api)

    def accept(self) -> Comparison:
        found = self.compare()
        accept(self.store, self.api, found)
        return found

    def restart(self) -> None:
        """Start the program again on the same data."""
        self.store.close()
        self.store = open_practice(self.folder, self._open_key(), self.clock, GUARDS)

    def copy(self, to: Path) -> Path:
        """Copy the whole folder away, as another laptop or a copied disk has it."""
        self.store.close()
        copied = Path(shutil.copytree(self.folder, to))
        self.store = open_practice(self.folder, self._open_key(), self.clock, GUARDS)
        return copied

    def restore(self, backup: Path) -> None:
        """Put the database of ``backup`` in place of ours: the local anchor is in no backup."""
        self.store.close()
        for name in ("practice.db", "practice.db-wal", "practice.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copyfile(backup / "practice.db", self.folder / "practice.db")
        (self.folder / "practice.db").chmod(0o600)
        self.store = open_practice(self.folder, self._open_key(), self.clock, GUARDS)

    def other(self, folder: Path) -> Till:
        """The same practice in another folder, with the same processor."""
        return Till(folder, self._open_key, self.clock, self.processor)

    def days_pass(self, days: float) -> None:
        """Time passes everywhere; the processor forgets its keys after a day."""
        self.clock.advance(timedelta(days=days))

    @contextmanager
    def power_cut(
        self, patch: pytest.MonkeyPatch, where: str, *, after: bool = False
    ) -> Iterator[None]:
        """The program dies when ``where`` is called, or when it has returned."""
        module, _, name = where.rpartition(".")
        owner: Any = _find(module)
        original = getattr(owner, name)

        def dies(*args: Any, **kwargs: Any) -> Any:
            if after:
                original(*args, **kwargs)
            raise PowerCut

        with patch.context() as scope:
            scope.setattr(owner, name, dies)
            with pytest.raises(PowerCut):
                yield
        self.restart()

    # -- what is true

    def row(self, ident: int) -> CardAttempt:
        with self.store.read() as read:
            row = read.session.get_one(CardAttempt, ident)
            read.session.expunge(row)
            return row

    def state(self, ident: int) -> str:
        return self.row(ident).state

    def history(self, ident: int) -> list[str]:
        with self.store.read() as read:
            return list(
                read.session.scalars(
                    select(CardAttemptEvent.text)
                    .where(CardAttemptEvent.attempt_id == ident)
                    .order_by(CardAttemptEvent.id)
                )
            )

    def states(self) -> list[str]:
        with self.store.read() as read:
            return list(read.session.scalars(select(CardAttempt.state).order_by(CardAttempt.id)))

    def client_of(self, ident: int) -> str:
        with self.store.read() as read:
            return read.session.get_one(Client, self.row(ident).client_id).ref

    def intents(self, status: str | None = None) -> list[dict[str, Any]]:
        return [
            one
            for one in self.processor.state.newest_first("payment_intent")
            if status in (None, one["status"])
        ]

    def taken(self) -> dict[str, int]:
        """How many intents succeeded for each obligation."""
        totals = self.processor.state.succeeded_by_metadata("iid")
        return {iid: len(one.payment_intents) for iid, one in totals.items() if iid}

    def processor_total(self) -> int:
        """What the processor really holds for us: taken less paid back, in cents."""
        taken = sum(
            one.amount for one in self.processor.state.succeeded_by_metadata("iid").values()
        )
        back = sum(
            one["amount"]
            for one in self.processor.state.newest_first("refund")
            if one["status"] == "succeeded"
        )
        return taken - back

    def posted(self) -> int:
        """What the ledger says the processor holds, before its fees, in cents."""
        with self.store.read() as read:
            assert queries.trial_balance(read) == 0
            return sum(
                line.amount_cents
                for entry in queries.journal(read)
                if entry.kind in ("payment", "refund")
                for line in entry.postings
                if line.account == "Assets:Stripe"
            )

    def agrees(self, *, foreign: int = 0) -> None:
        """Nobody was charged twice, and the ledger says what the processor says."""
        assert all(count == 1 for count in self.taken().values()), self.taken()
        assert self.posted() == self.processor_total() - foreign

    def converge(self, passes: int = 3) -> None:
        """Let the faults end and a few passes run."""
        self.processor.faults.clear()
        for _ in range(passes):
            self.clock.advance(timedelta(minutes=5))
            self.run()


def _find(path: str) -> Any:
    import importlib

    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        parent, _, name = path.rpartition(".")
        return getattr(_find(parent), name)
