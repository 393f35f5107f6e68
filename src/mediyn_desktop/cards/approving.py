# SPDX-License-Identifier: MIT
"""Which charges a batch takes, and why it leaves the others: the preview and the approval.

Order: the oldest date of service first, so that a day's limit is used up by what is oldest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import attempts_for, plan_attempt
from mediyn_desktop.cards.due import Due, NotChargeable, chargeable_card, due_on_card
from mediyn_desktop.cards.limits import left_today, oldest_by_itself, waiting_elsewhere
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork


@dataclass(frozen=True, slots=True)
class Line:
    """One charge of a batch: the card it goes on, or why it goes on none.

    ``attempt_id`` where the processor was asked before: that attempt goes on, whatever is due now.
    """

    due: Due
    card: Card | None = None
    refused: NotChargeable | None = None
    attempt_id: int | None = None


def preview(
    read: Reading,
    charges: Sequence[Charge],
    *,
    skip: Collection[str] = (),
    by_hand: bool = False,
) -> list[Line]:
    """Return what a batch of ``charges`` would do, the oldest first. Plans and sends nothing.

    What was approved on an earlier evening and waits counts towards the day's limit: one pass may
    send it all at once.

    Args:
        skip: refs of sessions to leave out.
        by_hand: a person asked for these very charges (``chargeable_card``).
    """
    ids = [charge.id for charge in charges]
    cap = settings.get(read, settings.CARDS_CAP_PER_CHARGE)
    left = left_today(read) - waiting_elsewhere(read, ids)
    begun = attempts_for(read, ids)
    lines: list[Line] = []
    for charge in sorted(charges, key=lambda one: (one.date_of_service, one.id)):
        due = due_on_card(read, charge)
        if due is None or due.session.ref in skip:
            continue
        last = begun.get(charge.id)
        if last is not None and last.state not in (*WAITING, State.CANCELED):
            lines.append(Line(due, attempt_id=last.id))
            continue
        card = chargeable_card(due, today=read.today, cap_cents=cap, by_hand=by_hand)
        if isinstance(card, NotChargeable):
            lines.append(Line(due, refused=card))
        elif due.cents > left:
            text = (
                f"{format_cents(due.cents)} would exceed your limit for one day; it stays due. "
                "Close the day again tomorrow, or raise the limit in the settings."
            )
            lines.append(Line(due, refused=NotChargeable("over-day-cap", text)))
        else:
            left -= due.cents
            lines.append(Line(due, card=card))
    return lines


def approve(uow: UnitOfWork, lines: Sequence[Line]) -> list[int]:
    """Queue what a preview puts on cards; return the ids of the attempts, for one pass."""
    planned: list[int] = []
    for line in lines:
        if line.card is not None:
            planned.append(plan_attempt(uow, line.due, line.card).id)
        elif line.attempt_id is not None:
            planned.append(line.attempt_id)
    return planned


def due_by_itself(read: Reading) -> list[Charge]:
    """Return the charges a batch over all clients includes by itself: not older than the setting.

    A person may add older ones by name; nothing adds them otherwise.
    """
    return list(
        read.session.scalars(
            select(Charge)
            .where(Charge.voided_at.is_(None), Charge.date_of_service >= oldest_by_itself(read))
            .order_by(Charge.date_of_service, Charge.id)
        )
    )
