# SPDX-License-Identifier: MIT
"""What an insurer owes for the session of a claim, in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.ledger import items
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading


def session_of(read: Reading, claim: Claim) -> Session:
    """Return the session that ``claim`` is about."""
    charge = read.session.get_one(Charge, claim.charge_id)
    return read.session.get_one(Session, charge.session_id)


def session_ref(read: Reading, claim: Claim) -> str:
    """Return the ref of the session that ``claim`` is about."""
    return session_of(read, claim).ref


def insurer_items(read: Reading, claim: Claim, payer: str) -> list[OpenItemRow]:
    """Return everything the insurer ``payer`` was asked for that session, in the order it arose."""
    session = session_ref(read, claim)
    return [one for one in items.items_of_session(read, session) if one.debtor == payer]


def insurer_item(read: Reading, claim: Claim, payer: str) -> OpenItemRow | None:
    """Return what the insurer ``payer`` still owes for that session, else the newest it owed."""
    return asked_now(read, insurer_items(read, claim, payer))[0]


def asked_now(read: Reading, owed: Sequence[OpenItemRow]) -> tuple[OpenItemRow | None, int]:
    """Return which of ``owed`` is open, the newest where several are, else the newest; its cents.

    The cents are what is open of it.
    """
    left = [(one, items.open_cents(read, one.id)) for one in owed]
    found = [pair for pair in left if pair[1] > 0] or left
    return found[-1] if found else (None, 0)
