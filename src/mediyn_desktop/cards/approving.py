# SPDX-License-Identifier: MIT
"""Which charges a batch takes, and why it leaves the others: the preview and the approval.

Order: the oldest date of service or day of an installment first, so that a day's limit is used up
by what is oldest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from mediyn_desktop.billing.plan_views import get_plan
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import attempts_for, last_for, plan_attempt
from mediyn_desktop.cards.due import (
    Due,
    InstallmentDue,
    NotChargeable,
    balance_due,
    due_on_card,
)
from mediyn_desktop.cards.installments import card_for, installment_due, installments
from mediyn_desktop.cards.limits import left_today, oldest_by_itself, waiting_elsewhere
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.cards.under_way import charge_in_flight
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Reading, UnitOfWork


@dataclass(frozen=True, slots=True)
class Line:
    """One charge or installment of a batch: the card it goes on, or why it goes on none.

    ``attempt_id`` where the processor was asked before: that attempt goes on, whatever is due now.
    """

    due: Due | InstallmentDue
    card: Card | None = None
    refused: NotChargeable | None = None
    attempt_id: int | None = None


def preview(
    read: Reading,
    charges: Sequence[Charge],
    *,
    evening: date | None = None,
    skip: Collection[str] = (),
    by_hand: bool = False,
) -> list[Line]:
    """Return what a batch of ``charges`` would do, the oldest first. Plans and sends nothing.

    What was approved on an earlier evening and waits counts towards the day's limit: one pass may
    send it all at once.

    Args:
        evening: also what payment plans ask on the evening of this day.
        skip: refs of sessions and plans to leave out.
        by_hand: a person asked for these very charges (``chargeable_card``); what is still owed
            for them after an insurer or a card has paid its part is asked for too.
    """
    left = left_today(read) - waiting_elsewhere(read, [charge.id for charge in charges])
    asked = _sessions(read, charges, by_hand=by_hand)
    if evening is not None:
        asked += _installments(read, evening)
    lines: list[Line] = []
    for line in sorted(asked, key=lambda one: one.due.on):
        if line.due.ref in skip:
            continue
        if line.card is None:
            lines.append(line)
        elif line.due.cents > left:
            text = (
                f"{format_cents(line.due.cents)} would exceed your limit for one day; it stays "
                "due. Close the day again tomorrow, or raise the limit in the settings."
            )
            refused = NotChargeable("over-day-cap", text)
            lines.append(replace(line, card=None, refused=refused))
        else:
            left -= line.due.cents
            lines.append(line)
    return lines


def _sessions(read: Reading, charges: Sequence[Charge], *, by_hand: bool) -> list[Line]:
    """What each charge asks, whatever the day's limit is."""
    begun = attempts_for(read, [charge.id for charge in charges])
    lines: list[Line] = []
    for charge in sorted(charges, key=lambda one: (one.date_of_service, one.id)):
        due, last = due_on_card(read, charge), begun.get(charge.id)
        if due is not None and last is None and not due.again:
            last = last_for(read, due.obligation)  # of a charge of the session that was voided
        if by_hand and (due is None or due.again):
            due = balance_due(read, charge)
            last = last_for(read, due.obligation) if due is not None else None
            if due is not None and last is None and charge_in_flight(read, charge.id):
                lines.append(Line(due, refused=_ELSEWHERE))
                continue
        if due is None:
            continue
        if last is not None and last.state not in (*WAITING, State.CANCELED):
            lines.append(Line(due, attempt_id=last.id))
        else:
            lines.append(_line(read, due, by_hand=by_hand))
    return lines


_ELSEWHERE = NotChargeable(
    "charge-unknown",
    "Another card charge for this session has no known outcome yet; it stays due. Check the cards "
    "first.",
)


def _installments(read: Reading, evening: date) -> list[Line]:
    """What payment plans ask; one that waits since another evening goes on as it was approved."""
    lines: list[Line] = []
    for one in installments(read, evening):
        if one.attempt_id is not None:
            plan = get_plan(read, one.plan_ref)
            client = read.session.get_one(Client, plan.client_id)
            before = InstallmentDue(plan, client, one.due_on, one.amount_cents)
            lines.append(Line(before, attempt_id=one.attempt_id))
            continue
        due = installment_due(read, one.plan_ref, evening)
        if due is not None:
            lines.append(_line(read, due))
    return lines


def _line(read: Reading, due: Due | InstallmentDue, *, by_hand: bool = False) -> Line:
    card = card_for(read, due, by_hand=by_hand)
    return Line(due, refused=card) if isinstance(card, NotChargeable) else Line(due, card=card)


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
