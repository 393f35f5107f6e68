# SPDX-License-Identifier: MIT
"""The agreement of a payment plan: gathered as it was agreed, and saved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mediyn_desktop.billing.plan_schedule import Terms, ahead
from mediyn_desktop.billing.plan_views import get_plan
from mediyn_desktop.codes.postal import format_phone
from mediyn_desktop.delivery.files import put_beside, require_folder
from mediyn_desktop.delivery.letterhead import address_lines
from mediyn_desktop.documents.plan_agreement_data import PlanAgreementData, PlanLine
from mediyn_desktop.ledger.items import get_item
from mediyn_desktop.practice.tables import Card, Client, Practice
from mediyn_desktop.store.uow import Reading


def agreement_data(read: Reading, plan_ref: str) -> PlanAgreementData:
    """Return the agreement of a plan as it was made: what became of it since changes nothing,
    but for the card, which is the one agreed to last.

    Raises:
        NotFound: there is no such plan.
    """
    row = get_plan(read, plan_ref)
    client = read.session.get_one(Client, row.client_id)
    practice = read.session.get(Practice, 1)
    agreed = [step for step in row.steps if step.kind in ("started", "card")][-1]
    card = read.session.get(Card, agreed.card_id) if agreed.card_id is not None else None
    owed = [PlanLine(get_item(read, one.item_id).date_of_service, one.cents) for one in row.items]
    installments = ahead(
        Terms(row.amount_cents, row.day, row.begins_on),
        paid_cents=0,
        left_cents=row.total_cents,
        on=row.begins_on - timedelta(days=1),
    )
    return PlanAgreementData(
        reference=row.ref,
        agreed_on=row.started_on,
        practice_name=practice.name if practice is not None else "",
        practice_address=address_lines(practice) if practice is not None else (),
        practice_phone=format_phone(practice.phone) if practice is not None else "",
        client_name=client.full_name,
        amount_cents=row.amount_cents,
        day_of_month=row.day,
        owed=tuple(sorted(owed, key=lambda line: line.on)),
        installments=tuple(PlanLine(one.due_on, one.cents) for one in installments),
        card=f"{card.brand.capitalize() or 'Card'} ending {card.last4}" if card else "",
    )


def save(read: Reading, plan_ref: str, out: Path) -> Path:
    """Save the agreement as a PDF in ``out`` and return where; another paper stays as it is.

    Raises:
        NotFound: there is no such plan.
        NotSaved: the folder cannot be written to.
    """
    # ReportLab loads slowly and only printing needs it.
    from mediyn_desktop.documents.plan_agreement import render_plan_agreement  # noqa: PLC0415

    require_folder(out)
    data = agreement_data(read, plan_ref)
    return put_beside(out / f"{plan_ref}.pdf", render_plan_agreement(data))
