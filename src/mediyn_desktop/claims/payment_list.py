# SPDX-License-Identifier: MIT
"""The payments insurers announced, and what was decided in each, for people to review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.claims.decision_tables import ClaimDecision, ClaimTask, RemittancePayment
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.practice.tables import Client, Payer
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment. ``state``: posted, held, undone. ``waiting``: held answers in it."""

    id: int
    payer: str
    trace: str
    paid_on: date | None
    amount_cents: int
    state: str
    message: str
    file: str
    waiting: int


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One answer of a payment; ``task`` is the open task of a held one, 0 where there is none."""

    id: int
    control_number: str
    client_name: str
    outcome: str
    state: str
    charge_cents: int
    paid_cents: int
    client_cents: int
    write_off_cents: int
    message: str
    task: int


def payment_rows(read: Reading) -> list[PaymentRow]:
    """Return every payment, the newest first."""
    held = (
        select(ClaimDecision.payment_id, func.count().label("held"))
        .where(ClaimDecision.state == "held")
        .group_by(ClaimDecision.payment_id)
        .subquery()
    )
    rows = read.session.execute(
        select(
            RemittancePayment,
            InboundFile.name,
            func.coalesce(held.c.held, 0),
            func.coalesce(Payer.name, RemittancePayment.payer_name),
        )
        .outerjoin(Payer, Payer.ref == RemittancePayment.payer_ref)
        .join(InboundFile, InboundFile.id == RemittancePayment.inbound_id)
        .outerjoin(held, held.c.payment_id == RemittancePayment.id)
        .order_by(RemittancePayment.id.desc())
    )
    return [
        PaymentRow(
            one.id,
            payer,
            one.trace,
            one.paid_on,
            one.amount_cents,
            one.state,
            one.message,
            name,
            waiting,
        )
        for one, name, waiting, payer in rows
    ]


def decision_rows(read: Reading, payment: int) -> list[DecisionRow]:
    """Return what stands of a payment, in the order of its file; what was undone is left out."""
    rows = read.session.execute(
        select(ClaimDecision, Client.last_name, Client.first_name, ClaimTask.id)
        .outerjoin(Claim, Claim.id == ClaimDecision.claim_id)
        .outerjoin(Client, Client.id == Claim.client_id)
        .outerjoin(
            ClaimTask,
            (ClaimTask.decision_id == ClaimDecision.id)
            & ClaimTask.closed_at.is_(None)
            & (ClaimTask.kind == "held"),
        )
        .where(ClaimDecision.payment_id == payment, ClaimDecision.state != "undone")
        .order_by(ClaimDecision.first_segment, ClaimDecision.id)
    )
    return [
        DecisionRow(
            one.id,
            one.control_number,
            ", ".join(filter(None, (last, first))),
            one.outcome,
            one.state,
            one.charge_cents,
            one.paid_cents,
            one.client_cents,
            one.write_off_cents,
            one.message,
            task or 0,
        )
        for one, last, first, task in rows
    ]


def client_names(read: Reading, refs: Iterable[str]) -> dict[str, str]:
    """Return the names of the clients ``refs``, last name first, by ref."""
    rows = read.session.execute(
        select(Client.ref, Client.last_name, Client.first_name).where(Client.ref.in_(set(refs)))
    )
    return {ref: ", ".join(filter(None, (last, first))) for ref, last, first in rows}
