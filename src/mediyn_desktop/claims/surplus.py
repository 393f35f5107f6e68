# SPDX-License-Identifier: MIT
"""Adjustments with a minus: what cancels out waits for nobody, what is paid on top is netted.

An adjustment with a minus raises the payment (an incentive, a bonus of a quality program). The
charge is no larger for it, so what is not paid of it is smaller by as much: the part the contract
takes off. Only so is the charge still paid, written off, owed and waiting together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mediyn_desktop.claims.x12.decision835 import Decision, Goes, Outcome, Share
from mediyn_desktop.codes.adjustments import Group

_BORNE = (Group.CONTRACTUAL, Group.OTHER, Group.PAYER)
_EARLIER_PAYER = "23"
# What an outcome is once nothing waits any more.
_SETTLED = {Outcome.PARTLY_PAID: Outcome.PAID, Outcome.DENIED: Outcome.WITHOUT_PAYMENT}


def netted(decision: Decision) -> Decision:
    """Return ``decision`` with reasons that cancel out gone, and surplus off the write-off.

    Where more was paid above the fee than is written off, a person has to look: all of it stays.
    """
    sums: Counter[tuple[str, str]] = Counter()
    for share in decision.worklist:
        sums[share.group, share.reason] += share.amount_cents
    above = {
        (group, reason)
        for (group, reason), cents in sums.items()
        if cents < 0 and group in _BORNE and reason != _EARLIER_PAYER
    }
    if decision.cents(Goes.WRITE_OFF) + sum(sums[key] for key in above) < 0:
        above = set()
    goes = dict.fromkeys(above, Goes.WRITE_OFF)
    goes |= {key: Goes.NOWHERE for key, cents in sums.items() if not cents}
    if not goes:
        return decision
    shares = tuple(_moved(share, goes) for share in decision.shares)
    waits = any(share.goes is Goes.WORKLIST and share.amount_cents > 0 for share in shares)
    outcome = decision.outcome
    return Decision(outcome if waits else _SETTLED.get(outcome, outcome), shares)


def _moved(share: Share, goes: dict[tuple[str, str], Goes]) -> Share:
    to = goes.get((share.group, share.reason))
    if to is None or share.goes is not Goes.WORKLIST:
        return share
    return replace(share, goes=to, why=None)
