# SPDX-License-Identifier: MIT
"""What an insurer owes for the session of a claim, in the ledger."""

from __future__ import annotations

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.ledger import items
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading


def session_ref(read: Reading, claim: Claim) -> str:
    """Return the ref of the session that ``claim`` is about."""
    charge = read.session.get_one(Charge, claim.charge_id)
    return read.session.get_one(Session, charge.session_id).ref


def insurer_items(read: Reading, claim: Claim, payer: str) -> list[OpenItemRow]:
    """Return everything the insurer ``payer`` was asked for that session, in the order it arose."""
    session = session_ref(read, claim)
    return [one for one in items.items_of_session(read, session) if one.debtor == payer]


def insurer_item(read: Reading, claim: Claim, payer: str) -> OpenItemRow | None:
    """Return what the insurer ``payer`` still owes for that session, else the newest it owed."""
    owed = insurer_items(read, claim, payer)
    unsettled = [one for one in owed if items.open_cents(read, one.id) > 0]
    found = unsettled or owed
    return found[-1] if found else None
