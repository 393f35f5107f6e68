# SPDX-License-Identifier: MIT
"""The sandbox's own addresses under /_sandbox/: what the real processor has no button for.

JSON in, JSON out. They let another process seed cards, script faults, move the clock, let a bank
decide, and read what was really taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from mediyn_desktop.sandbox.processor import charging, disputes, payouts
from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.dispatch import Dispatcher
from mediyn_desktop.sandbox.processor.errors import ApiError, Json, invalid
from mediyn_desktop.sandbox.processor.faults import Fault, FaultPlan
from mediyn_desktop.sandbox.processor.state import State

PREFIX = "/_sandbox/"


class Admin:
    """Answers the sandbox's own addresses; ``ADDRESSES`` lists them with their JSON."""

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
            "POST keys/purge": lambda _: {"purged": dispatcher.keys.purge()},
            "POST keys/revoke": lambda given: state.revoked_keys.add(str(given["key"])),
            "POST clock": self._advance,
            "POST settle": self._settle,
            "POST balance": self._hold,
            "POST disputes": self._dispute,
            "POST payouts": lambda _: payouts.pay_out(state),
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

    def _status(self, given: Json) -> Json:
        return {
            "now": self._state.clock.now().isoformat(),
            "account": self._state.account["id"],
            "auto_seed": self._state.auto_seed,
            "objects": self._state.counts(),
        }

    def _seed(self, given: Json) -> Json:
        return self._state.seed_customer(
            str(given["customer"]),
            given.get("payment_method"),
            given.get("behaviour", Behaviour.GOOD),
        )

    def _totals(self, given: Json) -> Json:
        totals = self._state.succeeded_by_metadata(str(given.get("by", "iid")))
        return {value: asdict(taken) for value, taken in totals.items()}

    def _plan_faults(self, given: Json) -> None:
        planned = [Fault(**fault) for fault in given["faults"]]
        if "share" in given:
            self._faults.randomly(int(given["seed"]), float(given["share"]), planned)
        else:
            self._faults.script(*planned)

    def _advance(self, given: Json) -> Json:
        self._state.clock.advance(timedelta(seconds=float(given["advance_seconds"])))
        return {"now": self._state.clock.now().isoformat()}

    def _settle(self, given: Json) -> Json:
        succeeded = given["outcome"] == "succeeded"
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
