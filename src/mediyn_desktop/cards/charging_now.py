# SPDX-License-Identifier: MIT
"""A person charges one client's card now: what is due, sessions by name, or an insurer's rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import Line, approve, preview
from mediyn_desktop.cards.choosing import COPAYS
from mediyn_desktop.cards.due import Due
from mediyn_desktop.cards.limits import left_today, oldest_by_itself, waiting_elsewhere
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.practice import sessions
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing a client's card may be asked for now: cents, in plain values.

    ``refused`` says why no card may be asked; ``under_way``: one was asked before and goes on as it
    was begun. ``old``: from before what a batch includes by itself. ``settles``: whether it is part
    of what the client owes; a copay is credit until the insurer has answered.
    """

    ref: str
    on: date
    purpose: str
    cents: int
    brand: str
    last4: str
    expires: str
    refused: str
    under_way: bool
    old: bool
    settles: bool


@dataclass(frozen=True, slots=True)
class ChargeTalk:
    """What a person needs to decide about charging one client now; cents."""

    client_ref: str
    full_name: str
    offers: tuple[Offer, ...]
    owes_cents: int
    cap_cents: int
    left_today_cents: int
    frozen: str | None


class DueChanged(UserFacingError):
    """What is due, or on which card, is not what was looked at; nothing was charged."""

    code = "due-changed"


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


def charge_talk(read: Reading, client_ref: str) -> ChargeTalk:
    """Return what the client's card may be charged now, older sessions too, and the limits.

    Raises:
        NotFound: there is no such client.
    """
    client = sessions.get_client(read, client_ref)
    oldest = oldest_by_itself(read)
    older = read.session.scalars(
        select(Charge)
        .where(Charge.client_id == client.id, Charge.voided_at.is_(None))
        .where(Charge.date_of_service < oldest)
    ).all()
    recent = chargeable_now(read, client_ref)
    freeze = read.session.get(CardFreeze, 1)
    balance = client_balances(read, client_ref).get(client_ref)
    owes = balance.patient_cents - balance.credit_cents if balance is not None else 0
    waiting = waiting_elsewhere(read, [due.charge.id for due in _of_sessions(recent)])
    return ChargeTalk(
        client_ref=client.ref,
        full_name=client.full_name,
        offers=tuple(
            _offer(line, old=line.due.on < oldest)
            for line in [*preview(read, older, by_hand=True), *recent]
        ),
        owes_cents=max(owes, 0),
        cap_cents=settings.get(read, settings.CARDS_CAP_PER_CHARGE),
        left_today_cents=max(left_today(read) - waiting, 0),
        frozen=freeze.code if freeze is not None else None,
    )


def approve_offers(uow: UnitOfWork, client_ref: str, offers: Collection[Offer]) -> list[int]:
    """Queue exactly what was looked at and return the ids of the attempts, for one pass.

    Raises:
        NotFound, NothingToCharge: as in ``chargeable_now``.
        DueChanged: an amount or a card is another one now.
    """
    lines = chargeable_now(uow, client_ref, [one.ref for one in offers])
    now = {(line.due.ref, line.due.cents, line.card.last4) for line in lines if line.card}
    if now != {(one.ref, one.cents, one.last4) for one in offers}:
        raise DueChanged(
            "What is due, or the card, has changed meanwhile. Nothing was charged. Close this and "
            "look at it once more."
        )
    return approve(uow, lines)


def _offer(line: Line, *, old: bool) -> Offer:
    card, due = line.card, line.due
    expires = ""
    if card is not None and card.exp_month is not None and card.exp_year is not None:
        expires = f"{card.exp_month:02}/{card.exp_year % 100:02}"
    return Offer(
        ref=due.ref,
        on=due.on,
        purpose=due.purpose,
        cents=due.cents,
        brand=(card.brand or "") if card is not None else "",
        last4=card.last4 if card is not None else "",
        expires=expires,
        refused=line.refused.message if line.refused is not None else "",
        under_way=line.attempt_id is not None,
        old=old,
        settles=due.purpose != COPAYS,
    )


def _of_sessions(lines: Collection[Line]) -> list[Due]:
    return [line.due for line in lines if isinstance(line.due, Due)]


def _named(read: Reading, client_id: int, ref: str) -> Charge:
    session = sessions.get(read, ref)
    charge = charge_of(read, session) if session.client_id == client_id else None
    if charge is None:
        what = "another client's" if session.client_id != client_id else "not billed"
        raise NothingToCharge(f"Session “{ref}” is {what}. Nothing was charged.")
    return charge
