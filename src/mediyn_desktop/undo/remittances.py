# SPDX-License-Identifier: MIT
"""Steps about payments of insurers: posted, or their posting taken back."""

from __future__ import annotations

from mediyn_desktop.claims.answers import post_once_more
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.unposting import obstacle, undo_payment
from mediyn_desktop.core.steps import Step
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo.returning import WHY
from mediyn_desktop.undo.steps import Facts, Held


def posted(read: Reading, facts: Facts) -> Held | None:
    """A posting that something was built on, or that was taken back already."""
    for payment in facts["payments"]:
        why = obstacle(read, payment)
        if why:
            return Held(why)
    return None


def unpost(uow: UnitOfWork, facts: Facts, step: Step) -> None:
    """Reverse everything posted for the payments, the last one first."""
    for payment in reversed(facts["payments"]):
        undo_payment(uow, payment, reason=WHY, step=step)


def unposted(read: Reading, facts: Facts) -> Held | None:
    """A payment that was posted again since."""
    state = read.session.get_one(RemittancePayment, facts["payment"]).state
    return Held("It was posted again since.") if state == "posted" else None


def post(uow: UnitOfWork, facts: Facts, step: Step) -> None:
    """Post the payment again."""
    post_once_more(uow, facts["payment"], step=step)
