# SPDX-License-Identifier: MIT
"""A claim of two lines, and an insurer that answers them in parts."""

from __future__ import annotations

from itertools import count

from sqlalchemy import select

import world
from claims.raw835 import interchange, payment
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.answers import FileReport, take_and_act
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.following import claim_by_number, correct_claim
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Store

FIRST, SECOND, WHOLE = 20000, 9000, 29000


class Crisis:
    """A claim of 200.00 (90839) and 90.00 (90840) that was sent, and what comes for it."""

    def __init__(self, store: Store, *, next_insurer: bool = False) -> None:
        self.store, self.files = store, count(1)
        with store.write("t") as uow:
            world.practice(uow)
            owner = world.client(uow, payment_type="in_network")
            world.coverage(uow, owner, copay=None)
            if next_insurer:
                payer = Payer(ref="p2", name="Second Plan", payer_id="99999")
                uow.session.add(payer)
                uow.session.flush()
                uow.session.add(
                    Coverage(client_id=owner.id, rank=2, payer_id=payer.id, member_id="S1")
                )
                uow.session.flush()
            session = world.session(uow, owner, minutes=90, kind="crisis")
            charge = bill_session(uow, session)
            assert isinstance(charge, Charge)
            assert [line.fee_cents for line in charge.lines] == [FIRST, SECOND]
            (claim,) = submission.make_claims(uow, [charge])
            claim.state = ClaimState.SENT
            self.number = claim.control_number

    def line(self, *which: int, own: bool = True, status: str = "1", cas: str = "") -> list[str]:
        """An answer about these lines alone: 120.00 of 200.00, 60.00 of 90.00; the rest CO 45."""
        told = {1: ("90839", 200, 120, 80), 2: ("90840", 90, 60, 30)}
        rows = [told[one] for one in which]
        charge, paid = (sum(row[place] for row in rows) for place in (1, 2))
        if cas:
            paid = 0
        found = [f"CLP*{self.number}*{status}*{charge}*{paid}**12*ICN{which[0]}*11*1"]
        for number, (code, fee, got, off) in zip(which, rows, strict=True):
            found += [f"SVC*HC:{code}*{fee}*{0 if cas else got}**1", "DTM*472*20261123"]
            found.append(f"CAS*{cas}*{fee}" if cas else f"CAS*CO*45*{off}")
            if own:
                found.append(f"REF*6R*{self.number}L{number}")
        return found

    def take(self, *sets: list[str]) -> FileReport:
        number = next(self.files)
        return take_and_act(self.store, interchange(*sets, control=number), f"{number}.835")

    def pay(self, *answers: list[str], amount: int, trace: str = "") -> FileReport:
        body = [segment for answer in answers for segment in answer]
        name = trace or f"EFT{next(self.files)}"
        return self.take(payment("LX*1", *body, amount=str(amount), trace=name))

    def balances(self) -> dict[str, int]:
        with self.store.read() as read:
            assert queries.disagreements(read) == []
            return {name: cents for name, cents in queries.account_balances(read).items() if cents}

    def state(self) -> str:
        with self.store.read() as read:
            return read.session.scalars(
                select(Claim.state).where(Claim.control_number == self.number)
            ).one()

    def tasks(self) -> list[tuple[str, str, int]]:
        with self.store.read() as read:
            rows = read.session.scalars(select(ClaimTask).where(ClaimTask.closed_at.is_(None)))
            return [(row.kind, row.reason_code, row.amount_cents) for row in rows]

    def undo(self, payment: int) -> None:
        with self.store.write("t") as uow:
            undo_payment(uow, payment)

    def replace(self) -> None:
        """Send a correction (frequency 7); from now on the insurer answers under its number."""
        with self.store.write("t") as uow:
            old = claim_by_number(uow, self.number)
            made = correct_claim(uow, old, payer_claim_number="ICN1", reason="t")
            made.state = ClaimState.SENT
            self.number = made.control_number


BOTH = {
    "Assets:Bank": 18000,
    "Income:Contractual": 11000,
    "Income:Services": -WHOLE,
}


def turned(answer: list[str]) -> list[str]:
    """The same answer as a reversal: every amount with its sign turned."""
    found = []
    for segment in answer:
        parts = segment.split("*")
        places = {"CLP": (3, 4), "SVC": (2, 3), "CAS": (3,)}.get(parts[0], ())
        for place in places:
            parts[place] = f"-{parts[place]}"
        if parts[0] == "CLP":
            parts[2] = "22"
        found.append("*".join(parts))
    return found
