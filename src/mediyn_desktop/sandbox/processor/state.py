# SPDX-License-Identifier: MIT
"""What the processor knows: its objects, its clock, its event log, and the ledger of truth.

Everything lives in memory and ends with the process, unless ``keeping`` writes it down. Handlers
run one at a time under ``lock``; ``object_lock`` is the longer one a request holds on the object it
changes.
"""

from __future__ import annotations

import copy
import random
import string
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.sandbox.processor import shapes
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.cards import Card, by_behaviour, by_hint, by_stock_id
from mediyn_desktop.sandbox.processor.clocks import Agenda, ShiftedClock
from mediyn_desktop.sandbox.processor.errors import Json, missing, rate_limited
from mediyn_desktop.sandbox.processor.faults import EventFaults

_PREFIXES = {
    "cus": "customer",
    "pm": "payment_method",
    "seti": "setup_intent",
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "txn": "balance_transaction",
    "evt": "event",
    "dp": "dispute",
    "po": "payout",
    "cs": "checkout.session",
    "plink": "payment_link",
}
_PREFIX_OF = {kind: prefix for prefix, kind in _PREFIXES.items()}
_LOCK_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived, for tests that look at what was sent.

    ``api_key`` is shortened; ``api_version`` is the version it asked for.
    """

    method: str
    path: str
    params: Json
    idempotency_key: str | None
    status: int
    replayed: bool
    api_key: str | None = None
    api_version: str | None = None


@dataclass(slots=True)
class Taken:
    """Succeeded payment intents that share one metadata value; ``amount`` in cents."""

    amount: int = 0
    payment_intents: list[str] = field(default_factory=list)


class State:
    """All objects of one pretend account.

    ``auto_seed`` makes an unknown customer exist on first use and an unknown payment method a good
    Visa card, unless its id contains the name of a test card. ``seed`` makes ids repeatable, which
    only a throw-away account wants: a repeated id would answer for an older run's object.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        auto_seed: bool = False,
        seed: int | None = None,
        account_id: str | None = None,
        livemode: bool = False,
    ) -> None:
        self.clock = ShiftedClock(clock or SystemClock())
        self.page_base = "http://127.0.0.1"  # where the hosted pages are; set by the server
        self.auto_seed = auto_seed
        self.livemode = livemode
        self.lock = threading.RLock()
        self.agenda = Agenda()
        self.changes = 0  # grows with every object that is added; tells what is not kept yet
        self.touched: dict[str, Json] = {}  # handed out since it was kept: it may have changed
        self.behaviours: dict[str, Behaviour] = {}
        self.authenticated: set[str] = set()  # payment methods whose bank has asked the client
        self.first_declined: dict[str, int] = {}  # payment method id -> when, Unix seconds
        self.session_of: dict[str, str] = {}  # intent id -> its checkout session
        self.search_lag_seconds = 60  # docs.stripe.com/search: under a minute, as a rule
        self.event_faults = EventFaults()
        self.held: set[str] = set()  # objects that another request pretends to hold
        self.hold_balance_transactions = False
        self.charges_without_transaction: list[str] = []
        self.pending_transactions: deque[Json] = deque()
        self.paid_out: dict[str, str] = {}  # balance transaction id -> payout id
        self.revoked_keys: set[str] = set()
        self.requests: deque[Received] = deque(maxlen=20_000)
        self.current_request: Json = {"id": None, "idempotency_key": None}
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - play ids
        self._tables: dict[str, dict[str, Json]] = defaultdict(dict)
        self._object_locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self.account = shapes.account(account_id or self.new_id("acct"), self.now())

    def now(self) -> int:
        """Return the sandbox time in Unix seconds, as the API gives it."""
        return int(self.clock.now().timestamp())

    def new_id(self, prefix: str) -> str:
        """Return a fresh id such as ``pi_3kX...``."""
        alphabet = string.ascii_letters + string.digits
        return f"{prefix}_" + "".join(self._random.choices(alphabet, k=24))

    def id_for(self, kind: str) -> str:
        """Return a fresh id for an object of ``kind``."""
        return self.new_id(_PREFIX_OF[kind])

    # --- objects -----------------------------------------------------------------------------

    def add(self, thing: Json) -> Json:
        """Keep a new object under its id and return it."""
        if "livemode" in thing:
            thing["livemode"] = self.livemode
        self.changes += 1
        self._tables[thing["object"]][thing["id"]] = thing
        return self.touch(thing)

    def touch(self, thing: Json) -> Json:
        """Have an object kept anew that may be changed now, and return it.

        Whatever is handed out by id is; of a list, whoever changes one of its objects says so.
        """
        self.touched[thing["id"]] = thing
        return thing

    def find(self, identifier: str) -> Json | None:
        """Return the object with this id, whatever its kind."""
        kind = _PREFIXES.get(identifier.partition("_")[0], "")
        found = self._tables[kind].get(identifier)
        return None if found is None else self.touch(found)

    def get(self, kind: str, identifier: str, *, param: str = "id", status: int = 404) -> Json:
        """Return the object of ``kind`` with this id.

        Raises:
            ApiError: ``resource_missing`` with ``status``.
        """
        found = self._tables[kind].get(identifier)
        if found is None:
            raise missing(kind, identifier, param=param, status=status)
        return self.touch(found)

    def newest_first(self, kind: str) -> list[Json]:
        """Return every object of ``kind``, newest first; of equals, the one made last."""
        made_last_first = list(self._tables[kind].values())[::-1]
        return sorted(made_last_first, key=lambda thing: int(thing["created"]), reverse=True)

    def emit(self, kind: str, thing: Json) -> None:
        """Append an event with ``thing`` as it is now."""
        snapshot = copy.deepcopy(
            {name: value for name, value in thing.items() if not name.startswith("_")}
        )
        request = dict(self.current_request)
        self.add(shapes.event(self.id_for("event"), self.now(), kind, snapshot, request))

    @contextmanager
    def object_lock(self, identifier: str | None) -> Iterator[None]:
        """Hold the lock of one object; requests that change it wait their turn.

        Raises:
            ApiError: 429 ``lock_timeout``, as the API does after waiting too long.
        """
        if identifier is None:
            yield
            return
        if identifier in self.held:
            raise rate_limited(lock=True)
        with self.lock:
            lock = self._object_locks[identifier]
        if not lock.acquire(timeout=_LOCK_PATIENCE_SECONDS):
            raise rate_limited(lock=True)
        try:
            yield
        finally:
            lock.release()

    def tables(self) -> dict[str, dict[str, Json]]:
        """Return every object by kind and id, in the order they were made."""
        return self._tables

    # --- customers and cards that exist because a practice folder names them -----------------

    def seed_customer(
        self,
        customer_id: str,
        payment_method_id: str | None = None,
        behaviour: Behaviour | str = Behaviour.GOOD,
    ) -> Json:
        """Make a customer with this id exist, with one attached card that behaves so."""
        with self.lock:
            found = self._tables["customer"].get(customer_id)
            made = found or self.add(shapes.customer(customer_id, self.now()))
            customer = self.touch(made)
            if payment_method_id is not None:
                card = by_behaviour(Behaviour(behaviour))
                self.add_card(card, payment_method_id, customer_id)
                self.authenticated.add(payment_method_id)  # it was saved with the client present
            return customer

    def add_card(
        self, card: Card, identifier: str | None = None, customer_id: str | None = None
    ) -> Json:
        """Keep a payment method for a test card; it expires in three years."""
        expires = self.clock.now().year + 3
        method = shapes.payment_method(
            identifier or self.id_for("payment_method"), self.now(), card, 12, expires
        )
        method["customer"] = customer_id
        self.behaviours[method["id"]] = card.behaviour
        return self.add(method)

    def customer(self, identifier: str, *, param: str = "id", status: int = 404) -> Json:
        """Return a customer, which ``auto_seed`` may bring into being.

        Raises:
            ApiError: there is none, or it was deleted.
        """
        if "deleted" in self._tables["customer"].get(identifier, {}):
            raise missing("customer", identifier, param=param, status=status)
        if self.auto_seed and identifier.startswith("cus_"):
            return self.seed_customer(identifier)
        return self.get("customer", identifier, param=param, status=status)

    def payment_method(
        self, identifier: str, customer_id: str | None, *, param: str, status: int
    ) -> Json:
        """Return a payment method by id, by stock id (a new one each time), or seeded."""
        found = self._tables["payment_method"].get(identifier)
        if found is not None:
            return self.touch(found)
        stock = by_stock_id(identifier)
        if stock is not None:
            return self.add_card(stock)
        if self.auto_seed and identifier.startswith("pm_"):
            self.authenticated.add(identifier)  # as a saved card is
            return self.add_card(by_hint(identifier), identifier, customer_id)
        raise missing("PaymentMethod", identifier, param=param, status=status)

    # --- the ledger of truth ------------------------------------------------------------------

    def succeeded_by_metadata(self, key: str) -> dict[str, Taken]:
        """Return what was really taken, by the value of one metadata key ("" where it lacks)."""
        totals: dict[str, Taken] = defaultdict(Taken)
        with self.lock:
            for intent in self._tables["payment_intent"].values():
                if intent["status"] == "succeeded":
                    taken = totals[intent["metadata"].get(key, "")]
                    taken.amount += intent["amount_received"]
                    taken.payment_intents.append(intent["id"])
        return dict(totals)

    def counts(self) -> dict[str, int]:
        """Return how many objects of each kind there are."""
        with self.lock:
            return {kind: len(table) for kind, table in self._tables.items() if table}
