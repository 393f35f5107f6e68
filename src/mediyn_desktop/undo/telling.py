# SPDX-License-Identifier: MIT
"""The newest step as its user calls it: whose it was, of which day, and what does it instead.

Steps are kept by refs alone; the names are looked up when somebody asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.plan_views import plan_view
from mediyn_desktop.billing.prepaid import view_package
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.tables import PaymentReturnRow
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.undo.steps import Facts
from mediyn_desktop.undo.tables import UndoStep
from mediyn_desktop.undo.undoing import Undoable, newest


@dataclass(frozen=True, slots=True)
class About:
    """What a step was about: the client, and the session or payment (``ref``) with its day."""

    client_ref: str
    client_name: str
    ref: str = ""
    on: date | None = None
    cents: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The newest step and what it was about; None where it hangs on nobody."""

    step: Undoable
    about: About | None


def told(read: Reading) -> Told | None:
    """Return the newest step that was not undone, with names; None where there is none."""
    found = newest(read)
    if found is None:
        return None
    facts = read.session.scalar(select(UndoStep.facts).where(UndoStep.id == found.step))
    look = _ABOUT.get(found.verb)
    return Told(found, look(read, json.loads(facts or "{}")) if look is not None else None)


def _session(read: Reading, facts: Facts) -> About:
    row = sessions.get(read, facts["session"])
    return About(row.client.ref, row.client.full_name, row.ref, row.date_of_service)


def _payment(read: Reading, facts: Facts) -> About:
    row = payments.get_payment(read, facts["payment"])
    client = sessions.get_client(read, row.client)
    cents = facts.get("cents", row.amount_cents)
    return About(client.ref, client.full_name, row.ref, row.received_on, cents)


def _refund(read: Reading, facts: Facts) -> About:
    """Of a refund or a voiding: what went back."""
    return _went_back(read, _payment(read, facts), facts)


def _package_refund(read: Reading, facts: Facts) -> About:
    return _went_back(read, _package(read, facts), facts)


def _went_back(read: Reading, about: About, facts: Facts) -> About:
    went = read.session.scalar(
        select(func.sum(PaymentReturnRow.amount_cents)).where(
            PaymentReturnRow.entry_id == facts["entry"]
        )
    )
    return replace(about, cents=went or about.cents)


def _write_off(read: Reading, facts: Facts) -> About:
    row = payments.get_payment(read, facts["ref"])
    client = sessions.get_client(read, row.client)
    return About(client.ref, client.full_name, row.ref, row.received_on, row.amount_cents)


def _package(read: Reading, facts: Facts) -> About:
    view = view_package(read, facts["package"])
    client = sessions.get_client(read, view.client_ref)
    cents = facts.get("cents", view.price_cents)
    return About(client.ref, client.full_name, str(view.id), view.sold_on, cents)


def _plan(read: Reading, facts: Facts) -> About:
    view = plan_view(read, facts["plan"])
    return About(view.client_ref, view.client_name, view.ref, view.started_on, view.total_cents)


_ABOUT: dict[str, Callable[[Reading, Facts], About]] = {
    "sign": _session,
    "cancel": _session,
    "pay": _payment,
    "recover": _payment,
    "refund": _refund,
    "settle": _payment,
    "move": _payment,
    "void": _refund,
    "write-off": _write_off,
    "package": _package,
    "package-refund": _package_refund,
    "plan": _plan,
    "plan-pause": _plan,
    "plan-resume": _plan,
    "plan-end": _plan,
    "plan-card": _plan,
}
