# SPDX-License-Identifier: MIT
"""What a learner may let happen in the training world; each returns what to say about it.

Everything here touches sockets, files or the database: it runs on the window's worker.
"""

from __future__ import annotations

from typing import Any, Final

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.training.evenings import bring_evening
from mediyn_desktop.training.opening import Training

SLOW_SECONDS: Final = 3.0
_A_DAY = 86_400
_CONFIRMING = "/v1/payment_intents/[^/]+/confirm"


class NothingToDo(UserFacingError):
    """There is nothing this could happen to yet."""

    code = "training-nothing"


class Controls:
    """The buttons of the training panel, over one open training practice."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._outside = training.outside
        self._state = training.outside.processor.state
        self._do = training.outside.processor.do
        self.offline = False
        self.slow = False

    # -- the line

    def set_offline(self, offline: bool) -> str:
        """Let nobody answer, card processor and clearinghouse, or everybody again."""
        plan = {"faults": [{"kind": "reset_before"}], "share": 1.0, "seed": 1}
        if offline:
            self._do("POST faults", **plan)
            self._outside.answering.away.set()
        else:
            self._do("DELETE faults")
            self._outside.answering.away.clear()
        self.offline = offline
        return (
            "You are offline now: nobody outside answers until you tick this off."
            if offline
            else "You are online again; what waited is sent by itself."
        )

    def set_slow(self, slow: bool) -> str:
        """Let every answer of the card processor take its time, or none."""
        self._do("POST limits", latency_seconds=SLOW_SECONDS if slow else 0)
        self.slow = slow
        return (
            f"Every answer of the card processor takes {SLOW_SECONDS:.0f} seconds now."
            if slow
            else "The card processor answers at once again."
        )

    def lose_next_answer(self) -> str:
        """Let the next charge be made and its answer be lost on the way."""
        fault = {"kind": "reset_after", "method": "POST", "path": _CONFIRMING}
        self._do("POST faults", faults=[fault])
        return (
            "The next charge will be made, and its answer will be lost. Watch: it is looked up "
            "before anything else happens, and nobody is charged twice."
        )

    # -- time

    def let_a_day_pass(self) -> str:
        """Move all of training to the next day; the same people come again."""
        self._do("POST clock", advance_seconds=_A_DAY)
        with self._training.store.read() as read:
            today = read.today
        count = bring_evening(self._training.store, today)
        came = f" {count} appointments are in the calendar." if count else ""
        return f"It is {today:%A, %B} {today.day} now.{came}"

    # -- banks

    def dispute_last_charge(self) -> str:
        """Let the client's bank take back the newest charge that was paid and is not disputed."""
        for intent in self._newest("payment_intent"):
            if intent["status"] != "succeeded":
                continue
            charge = self._state.get("charge", intent["latest_charge"])
            if not charge["disputed"] and not charge["amount_refunded"]:
                self._do("POST disputes", payment_intent=intent["id"])
                amount = format_cents(intent["amount"])
                return f"The bank of a client disputes a charge of {amount} and took it back."
        raise NothingToDo(
            "No card was charged yet that a bank could take back. Nothing was done. Close a day "
            "first, then try again."
        )

    def decide_dispute(self, *, won: bool) -> str:
        """Let the bank decide the newest open dispute."""
        for dispute in self._newest("dispute"):
            if dispute["status"] not in ("won", "lost"):
                outcome = "won" if won else "lost"
                self._do("POST disputes", dispute=dispute["id"], outcome=outcome)
                amount = format_cents(dispute["amount"])
                if won:
                    return f"The bank decided for you: {amount} comes back."
                return f"The bank decided for the client: {amount} stays with the client."
        raise NothingToDo("There is no open dispute. Nothing was done. Let a bank dispute first.")

    def decide_waiting(self, *, paid: bool) -> str:
        """Let the bank decide every charge it has not decided yet."""
        waiting = self._undecided()
        if not waiting:
            raise NothingToDo(
                "No charge waits for a bank. Nothing was done. Charge a card that stays undecided "
                "first."
            )
        outcome = "succeeded" if paid else "failed"
        for intent in waiting:
            self._do("POST settle", payment_intent=intent["id"], outcome=outcome)
        word = "paid" if paid else "declined"
        return f"The bank decided: {len(waiting)} {word}."

    def send_payout(self) -> str:
        """Send what is available to the practice's bank account."""
        try:
            payout = self._do("POST payouts")
        except ValueError:
            raise NothingToDo(
                "There is no money to pay out yet: it takes two days after a charge. Nothing was "
                "done. Let two days pass, then try again."
            ) from None
        return f"{format_cents(payout['amount'])} was sent to your bank account."

    def answer_claims(self) -> str:
        """Let the clearinghouse and the insurers answer what was handed over."""
        self._outside.answering.answer()
        if not any(one.suffix == ".837" for one in self._outside.claims.iterdir()):
            raise NothingToDo(
                "No claim was handed over yet, so there is no answer. Nothing was done. Close a "
                "day first, then try again."
            )
        return "The clearinghouse and the insurers have answered; the answers are fetched now."

    def _undecided(self) -> list[dict[str, Any]]:
        return [one for one in self._newest("payment_intent") if one["status"] == "processing"]

    def _newest(self, kind: str) -> list[dict[str, Any]]:
        with self._state.lock:
            return self._state.newest_first(kind)
