# SPDX-License-Identifier: MIT
"""Answers, reversals, replacements and undoing in any order: each cent is explained all along."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from claims.crisis import WHOLE, Crisis, turned
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.states import WITH_INSURER
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.uow import Store

RECEIVABLE = "Assets:Receivable:Payer:p-c1"
UNTOUCHED = {RECEIVABLE: WHOLE, "Income:Services": -WHOLE}
STEPS = 9


@pytest.fixture
def crisis(store: Store, monkeypatch: pytest.MonkeyPatch) -> Crisis:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Crisis(store)


def later(dollars: int) -> str:
    """What a reversal takes is collected from a payment to come."""
    return f"PLB*1234567893*20261231*FB:NEXT*-{dollars}"


ANSWERS: dict[str, Callable[[Crisis], tuple[list[str], int]]] = {
    "line 1 paid": lambda c: (c.line(1), 120),
    "line 2 paid": lambda c: (c.line(2), 60),
    "both paid": lambda c: (c.line(1, 2), 180),
    "line 1 refused": lambda c: (c.line(1, cas="CO*16"), 0),
    "line 2 refused": lambda c: (c.line(2, cas="CO*97"), 0),
    "both refused": lambda c: (c.line(1, 2, cas="CO*16"), 0),
    "line 1 reversed": lambda c: ([*turned(c.line(1)), later(120)], 0),
    "line 2 reversed": lambda c: ([*turned(c.line(2)), later(60)], 0),
    "both reversed": lambda c: ([*turned(c.line(1, 2)), later(180)], 0),
}


def posted(crisis: Crisis) -> list[int]:
    with crisis.store.read() as read:
        rows = read.session.query(RemittancePayment).order_by(RemittancePayment.id)
        return [row.id for row in rows if row.state == "posted"]


def is_explained(crisis: Crisis) -> bool:
    """Whether what is open is awaited from the insurer or asked of a person, and no more is."""
    balances, tasks = crisis.balances(), crisis.tasks()
    left = balances.get(RECEIVABLE, 0)
    asked = [cents for kind, _, cents in tasks if kind in ("denied", "part")]
    with crisis.store.read() as read:
        awaited = any(row.state in WITH_INSURER for row in read.session.query(Claim))
    corrected = any(kind == "taken_back" for kind, _, _ in tasks)
    known = not left or awaited or corrected or sum(asked) >= left
    # 80.00 and 30.00 are the contract's, each once at most
    return (
        known
        and sum(asked) <= left <= WHOLE
        and balances.get("Income:Contractual", 0) in (0, 3000, 8000, 11000)
    )


@pytest.mark.parametrize("seed", range(12))
def test_every_line_counts_once_and_all_of_it_can_be_taken_back(crisis: Crisis, seed: int) -> None:
    chance, done = random.Random(seed), []
    for step in range(STEPS):
        what = chance.choice([*ANSWERS, "replace", "undo", "undo"])
        done.append(what)
        try:
            if what == "replace":
                crisis.replace()
            elif what == "undo":
                crisis.undo(chance.choice(posted(crisis) or [0]))
            else:
                answer, amount = ANSWERS[what](crisis)
                crisis.pay(answer, amount=amount, trace=f"T{step}")
        except UserFacingError as refused:
            done.append(refused.code)
        assert is_explained(crisis), (done, crisis.balances(), crisis.tasks())
    for payment in reversed(posted(crisis)):
        crisis.undo(payment)
    assert crisis.balances() == UNTOUCHED, done
    assert [kind for kind, _, _ in crisis.tasks() if kind != "payment_held"] == [], done
