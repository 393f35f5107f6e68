# SPDX-License-Identifier: MIT
"""A person charges one client's card now: what is due, sessions by name, or an insurer's rest."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import Line, preview
from mediyn_desktop.cards.limits import oldest_by_itself
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import Reading


class NothingToCharge(UserFacingError):
    """What was named has no charge, or is another client's."""

    code = "nothing-due"


def chargeable_now(read: Reading, client_ref: str, named: Collection[str] = ()) -> list[Line]:
    """Return what the client's card would be charged if a person said so now, the oldest first.

    ``approving.approve`` queues the lines. Nothing is planned or sent here.

    Args:
        named: refs of sessions; only these, whatever their age. Without, all that is due and not
            older than a batch may include by itself (``limits.oldest_by_itself``).

    Raises:
        NotFound: there is no such client or session.
        NothingToCharge: a named session is another client's, or was not billed.
    """
    client = sessions.get_client(read, client_ref)
    if not named:
        charges = read.session.scalars(
            select(Charge)
            .where(Charge.client_id == client.id, Charge.voided_at.is_(None))
            .where(Charge.date_of_service >= oldest_by_itself(read))
        ).all()
        return preview(read, charges, by_hand=True)
    return preview(read, [_named(read, client.id, ref) for ref in named], by_hand=True)


def _named(read: Reading, client_id: int, ref: str) -> Charge:
    session = sessions.get(read, ref)
    charge = charge_of(read, session) if session.client_id == client_id else None
    if charge is None:
        what = "another client's" if session.client_id != client_id else "not billed"
        raise NothingToCharge(f"Session “{ref}” is {what}. Nothing was charged.")
    return charge
