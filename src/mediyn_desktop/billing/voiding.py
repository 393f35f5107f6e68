# SPDX-License-Identifier: MIT
"""Voiding a charge: it stays in the books with its reversal, and the session may be billed anew."""

from __future__ import annotations

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.withdrawing import withdraw_charge
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import UnitOfWork


class VoidRefused(UserFacingError):
    """The charge cannot be voided."""

    code = "void-refused"


def void_charge(uow: UnitOfWork, session: Session, *, reason: str) -> Charge:
    """Void the charge of ``session``; what was paid for it is the client's credit again.

    Whatever waits to be sent for the charge, a card payment or a claim, is withdrawn by the caller
    before.

    Raises:
        VoidRefused: there is no charge, or no reason is given.
        WithdrawalRefused: an insurer has decided about it.
    """
    charge = charge_of(uow, session)
    if charge is None:
        raise VoidRefused("This session has no charge, so there is none to void.", code="no-charge")
    if not reason.strip():
        raise VoidRefused("Voiding a charge needs a reason. Nothing was changed.")
    if charge.entry_id is not None:
        charge.void_entry_id = withdraw_charge(
            uow, entry=charge.entry_id, on=uow.today, reason=reason.strip()
        )
    charge.voided_at = uow.now
    charge.void_reason = reason.strip()
    uow.session.flush()
    uow.changed("charge", session.ref)
    return charge
