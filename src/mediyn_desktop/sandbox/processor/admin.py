# SPDX-License-Identifier: MIT
"""The sandbox's own addresses under /_sandbox/: what the real processor has no button for.

JSON in, JSON out. They let another process seed cards, script faults, move the clock, let a bank
decide, play the client at a hosted page, and read what was really taken. The package's docstring
lists them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from mediyn_desktop.sandbox.processor import (
    balance,
    charging,
    disputes,
    outside,
    paying,
    payment_links,
    payouts,
    refunds,
    setup_intents,
)
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.dispatch import Dispatcher
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, invalid
from mediyn_desktop.sandbox.processor.faults import EventFaults, Fault, FaultPlan
from mediyn_desktop.sandbox.processor.state import State

PREFIX = "/_sandbox/"


class Admin:
    """Answers the sandbox's own addresses."""

    def __init__(self, state: State, dispatcher: Dispatcher, faults: FaultPlan) -> None:
        self._state = state
        self._dispatcher = dispatcher
        self._faults = faults
        self._doors: dict[str, Callable[[Json], Any]] = {
            "GET status": self._status,
            "POST customers": self._seed,
            "GET totals": self._totals,
            "GET requests": lambda _: [asdict(seen) for seen in list(state.requests)],
            "GET faults": lambda _: [asdict(fault) for fault in faults.waiting()],
            "POST faults": self._plan_faults,
            "DELETE faults": lambda _: faults.clear(),
            "POST limits": self._limit,
            "POST locks": self._lock,
            "POST events": self._mislead_events,
            "POST search": self._lag,
            "GET keys": lambda _: [_without_secret(key) for key in dispatcher.ring.registered()],
            "POST keys": self._register_key,
            "POST keys/purge": lambda _: {"purged": dispatcher.keys.purge()},
            "POST keys/revoke": lambda given: state.revoked_keys.add(str(given["key"])),
            "POST keys/restore": lambda given: state.revoked_keys.discard(str(given["key"])),
            "POST account": self._change_account,
            "POST clock": self._advance,
            "POST settle": self._settle,
            "POST balance": self._hold,
            "POST disputes": self._dispute,
            "POST refunds": self._settle_refund,
            "POST payouts": lambda given: payouts.pay_out(state, given.get("status", "paid")),
            "POST payouts/settle": self._settle_payout,
            "GET cards": lambda _: outside.catalogue(),
            "POST cards": lambda given: outside.change_card(state, given),
            "POST pages/open": self._open_page,
            "POST pages/pay": self._pay_page,
            "POST dashboard/charge": lambda given: outside.charge_by_hand(state, given),
            "POST dashboard/refund": lambda given: outside.refund_by_hand(state, given),
        }

    def answer(self, method: str, path: str, text: str, query: Json) -> tuple[int, bytes]:
        """Return status and JSON for one of the addresses."""
        door = self._doors.get(f"{method} {path.removeprefix(PREFIX)}")
        if door is None:
            known = {"error": "no such address", "known": sorted(self._doors)}
            return 404, json.dumps(known).encode()
        try:
            given = json.loads(text) if text else query
            if not isinstance(given, dict):
                raise invalid("give a JSON object")
            result = door(given)
        except ApiError as refusal:
            return refusal.status, json.dumps(refusal.body()).encode()
        except (KeyError, TypeError, ValueError) as wrong:
            return 400, json.dumps({"error": f"not understood: {wrong!r}"}).encode()
        return 200, json.dumps({"ok": True} if result is None else result).encode()

    # --- what there is -----------------------------------------------------------------------

    def _status(self, given: Json) -> Json:
        return {
            "now": self._state.clock.now().isoformat(),
            "account": self._state.account["id"],
            "auto_seed": self._state.auto_seed,
            "objects": self._state.counts(),
        }

    def _totals(self, given: Json) -> Json:
        totals = self._state.succeeded_by_metadata(str(given.get("by", "iid")))
        return {value: asdict(taken) for value, taken in totals.items()}

    def _seed(self, given: Json) -> Json:
        customer, method = str(given["customer"]), given.get("payment_method")
        if "number" in given:
            return outside.save_card(self._state, customer, str(method), str(given["number"]))
        return self._state.seed_customer(customer, method, given.get("behaviour", Behaviour.GOOD))

    # --- what goes wrong ---------------------------------------------------------------------

    def _plan_faults(self, given: Json) -> None:
        planned = [Fault(**fault) for fault in given["faults"]]
        if "share" in given:
            self._faults.randomly(int(given["seed"]), float(given["share"]), planned)
        else:
            self._faults.script(*planned)

    def _limit(self, given: Json) -> Json:
        limits = self._dispatcher.limits
        if "per_second" in given:
            asked = given["per_second"]
            limits.per_second = None if asked is None else int(asked)
        if "latency_seconds" in given:
            limits.latency_seconds = float(given["latency_seconds"])
        return {"per_second": limits.per_second, "latency_seconds": limits.latency_seconds}

    def _lock(self, given: Json) -> None:
        change = self._state.held.add if given.get("held", True) else self._state.held.discard
        change(str(given["object"]))

    def _mislead_events(self, given: Json) -> None:
        self._state.event_faults = EventFaults(**given)

    def _lag(self, given: Json) -> None:
        self._state.search_lag_seconds = int(given["lag_seconds"])

    # --- keys and the account ----------------------------------------------------------------

    def _register_key(self, given: Json) -> Json:
        key = self._dispatcher.ring.register(
            str(given["key"]),
            permissions=given.get("permissions"),
            account=given.get("account"),
            livemode=bool(given.get("livemode", False)),
        )
        return _without_secret(key)

    def _change_account(self, given: Json) -> Json:
        with self._state.lock:
            self._state.account.update(given)
        return self._state.account

    # --- time, banks, clients ----------------------------------------------------------------

    def _advance(self, given: Json) -> Json:
        with self._state.lock:
            # What was under way is done at the time it belongs to, not when somebody asks next.
            balance.do_background_work(self._state)
            self._state.clock.advance(timedelta(seconds=float(given["advance_seconds"])))
            balance.do_background_work(self._state)
        return {"now": self._state.clock.now().isoformat()}

    def _settle(self, given: Json) -> Json:
        succeeded = given["outcome"] == "succeeded"
        if "setup_intent" in given:
            return setup_intents.settle(
                self._state, str(given["setup_intent"]), succeeded=succeeded
            )
        return charging.settle(self._state, str(given["payment_intent"]), succeeded=succeeded)

    def _hold(self, given: Json) -> None:
        self._state.hold_balance_transactions = bool(given["hold"])

    def _dispute(self, given: Json) -> Json:
        if "dispute" in given:
            won = given["outcome"] == "won"
            return disputes.close_dispute(self._state, str(given["dispute"]), won=won)
        return disputes.open_dispute(
            self._state, str(given["payment_intent"]), str(given.get("reason", "general"))
        )

    def _settle_refund(self, given: Json) -> Json:
        succeeded = given["outcome"] == "succeeded"
        return refunds.settle(self._state, str(given["refund"]), succeeded=succeeded)

    def _settle_payout(self, given: Json) -> Json:
        paid = given["outcome"] == "paid"
        return payouts.settle(self._state, str(given["payout"]), paid=paid)

    def _open_page(self, given: Json) -> Json:
        with self._state.lock:
            return payment_links.follow(self._state, str(given["payment_link"]))

    def _pay_page(self, given: Json) -> Json:
        session_id = str(given["checkout_session"])
        entered = paying.Entered(
            number=str(given["number"]),
            email=given.get("email"),
            agreed=bool(given.get("agreed", True)),
        )
        session = paying.submit(self._state, session_id, entered)
        if session["status"] == "open":
            proved = bool(given.get("proved", True))
            return paying.answer_bank(self._state, session_id, proved=proved)
        return session


def _without_secret(key: Any) -> Json:
    return {**asdict(key), "secret": key.shown()}
