# SPDX-License-Identifier: MIT
"""A courtesy promised before a session is billed: taken off when it is.

Once a session is billed its amount is lowered in ``cards.amounts`` instead, which minds what is on
its way to a card.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from mediyn_desktop.billing.charges import NotBilled, charge_of, plan_charge
from mediyn_desktop.billing.routing import CLIENT_OWES, Route
from mediyn_desktop.billing.tables import Courtesy
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading, UnitOfWork


class CourtesyRefused(UserFacingError):
    """Nothing can be promised off this session."""

    code = "courtesy-refused"


@dataclass(frozen=True, slots=True)
class CourtesyRoom:
    """What a session costs before any courtesy, and what is promised off it so far (cents)."""

    most_cents: int
    promised_cents: int


def courtesy_room(read: Reading, session_ref: str) -> CourtesyRoom:
    """Return how much could be promised off a session.

    Raises:
        NotFound: no such session.
        CourtesyRefused: billed already, or the client owes nothing for it.
    """
    return _room(read, sessions.get(read, session_ref))


def promise_courtesy(uow: UnitOfWork, session_ref: str, *, cents: int, reason: str) -> None:
    """Take ``cents`` off a session when it is billed; a promise made before is replaced.

    Raises:
        NotFound: no such session.
        CourtesyRefused: no reason, not an amount above zero, more than the session costs, billed
            already, or the client owes nothing for it; nothing was changed.
    """
    why = " ".join(reason.split())
    if not why:
        raise CourtesyRefused("A courtesy needs a reason. Nothing was changed.")
    session = sessions.get(uow, session_ref)
    most = _room(uow, session).most_cents
    if not 0 < cents <= most:
        raise CourtesyRefused(
            f"The session costs {format_cents(most)}; {format_cents(cents)} cannot be taken off. "
            "Nothing was changed."
        )
    uow.session.execute(delete(Courtesy).where(Courtesy.session_id == session.id))
    uow.session.add(Courtesy(session_id=session.id, cents=cents, reason=why, promised_at=uow.now))
    uow.session.flush()
    uow.changed("session", session.ref)


def withdraw_courtesy(uow: UnitOfWork, session_ref: str) -> None:
    """Forget a promise that was not used; harmless where there is none.

    Raises:
        NotFound: no such session.
        CourtesyRefused: the session is billed already.
    """
    session = sessions.get(uow, session_ref)
    if charge_of(uow, session) is not None:
        raise CourtesyRefused(
            "This session is billed already. Nothing was changed.", code="already-billed"
        )
    uow.session.execute(delete(Courtesy).where(Courtesy.session_id == session.id))
    uow.changed("session", session.ref)


def _room(read: Reading, session: Session) -> CourtesyRoom:
    if charge_of(read, session) is not None:
        raise CourtesyRefused(
            "This session is billed already. Nothing was changed. Change the amount asked for it "
            "instead.",
            code="already-billed",
        )
    plan = plan_charge(read, session)
    if isinstance(plan, NotBilled):
        raise CourtesyRefused(f"{plan.message} Nothing was changed.", code=plan.code)
    if plan.route not in CLIENT_OWES or plan.route is Route.PACKAGE:
        raise CourtesyRefused(
            "The client is not asked for this session's fee: it is prepaid, waived or the "
            "insurer's. Nothing was changed."
        )
    before = read.session.scalar(select(Courtesy.cents).where(Courtesy.session_id == session.id))
    return CourtesyRoom(plan.asked_cents + (before or 0), before or 0)
