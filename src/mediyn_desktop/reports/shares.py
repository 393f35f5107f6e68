# SPDX-License-Identifier: MIT
"""The client's share of insured sessions: expected at the session, decided by the insurer, apart.

The copay on the coverage is an expectation. What the client owes is what the remittance says
(copay, coinsurance, deductible); the two are never mixed, and the difference is shown.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge, CopayOverride
from mediyn_desktop.codes.vocabulary import PaymentType
from mediyn_desktop.ledger.kinds import WITHDRAWN
from mediyn_desktop.ledger.tables import AllocationRow, OpenItemRow, PaymentRow
from mediyn_desktop.practice.tables import Client, Coverage, Session
from mediyn_desktop.store.uow import Reading

_FIRST_MONTHS = 3  # of a plan's year, in which a deductible shows itself


@dataclass(frozen=True, slots=True)
class ClientShare:
    """One insured session, in cents; ``adjudicated_cents`` is None until every insurer answered."""

    session_ref: str
    client_ref: str
    date_of_service: date
    expected_cents: int
    adjudicated_cents: int | None

    @property
    def difference_cents(self) -> int | None:
        """What the insurer passed on beyond the expected; below zero where it is less."""
        if self.adjudicated_cents is None:
            return None
        return self.adjudicated_cents - self.expected_cents


@dataclass(frozen=True, slots=True)
class DeductibleReset:
    """A client whose deductible begins anew in January, and what it came to a year before."""

    client_ref: str
    coverage_from: date
    beyond_copay_cents: int


def client_shares(
    read: Reading, client_ref: str | None = None, *, since: date = date.min, until: date = date.max
) -> list[ClientShare]:
    """Return the share of each session billed to an insurer, oldest first, of all or one client."""
    query = (
        select(Charge, Session.ref, Client.ref, CopayOverride.copay_cents)
        .join(Session, Session.id == Charge.session_id)
        .join(Client, Client.id == Charge.client_id)
        .outerjoin(CopayOverride, CopayOverride.charge_id == Charge.id)
        .where(Charge.voided_at.is_(None), Charge.route.in_(CLAIM_ROUTES))
        .where(Charge.date_of_service.between(since, until))
        .order_by(Charge.date_of_service, Charge.id)
    )
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    rows = read.session.execute(query).all()
    waiting, passed_on = _items(read, {session for _, session, _, _ in rows})
    return [
        ClientShare(
            session_ref=session,
            client_ref=client,
            date_of_service=charge.date_of_service,
            expected_cents=charge.copay_cents if by_hand is None else by_hand,
            adjudicated_cents=None if waiting[session] else passed_on[session],
        )
        for charge, session, client, by_hand in rows
    ]


def deductible_resets(read: Reading, year: int) -> list[DeductibleReset]:
    """Return whose deductible begins anew on January 1 of ``year``, the largest first.

    Those are insured clients whose insurer passed on more than the copay in the first three months
    of the year before: their share will be larger again until the deductible is met.
    """
    first, last = date(year - 1, 1, 1), date(year - 1, _FIRST_MONTHS, 31)
    beyond: Counter[str] = Counter()
    for share in client_shares(read, since=first, until=last):
        beyond[share.client_ref] += max(share.difference_cents or 0, 0)
    begins = date(year, 1, 1)
    insured = read.session.execute(
        select(Client.ref, func.min(Coverage.effective_from))
        .join(Coverage, Coverage.client_id == Client.id)
        .where(Client.payment_type == PaymentType.IN_NETWORK, Coverage.rank == 1)
        .where((Coverage.effective_from.is_(None)) | (Coverage.effective_from <= begins))
        .where((Coverage.effective_to.is_(None)) | (Coverage.effective_to >= begins))
        .group_by(Client.ref)
    )
    found = [
        DeductibleReset(client, since or begins, beyond[client])
        for client, since in insured
        if beyond[client] > 0
    ]
    return sorted(found, key=lambda one: (-one.beyond_copay_cents, one.client_ref))


def _items(read: Reading, sessions: set[str]) -> tuple[Counter[str], dict[str, int]]:
    """What insurers still have to decide of each session, and what they passed on to the client."""
    settled = (
        select(
            AllocationRow.item_id,
            func.sum(AllocationRow.amount_cents).label("all"),
            func.sum(AllocationRow.amount_cents)
            .filter(PaymentRow.method == WITHDRAWN)
            .label("withdrawn"),
        )
        .join(PaymentRow, PaymentRow.id == AllocationRow.payment_id)
        .group_by(AllocationRow.item_id)
        .subquery()
    )
    rows = read.session.execute(
        select(
            OpenItemRow,
            func.coalesce(settled.c.all, 0),
            func.coalesce(settled.c.withdrawn, 0),
        )
        .outerjoin(settled, settled.c.item_id == OpenItemRow.id)
        .where(OpenItemRow.session.is_not(None))
    )
    waiting: Counter[str] = Counter()
    passed_on: dict[str, int] = defaultdict(int)
    for item, paid, withdrawn in rows:
        if item.session in sessions:
            if item.debtor is not None:
                waiting[item.session] += item.amount_cents - paid
            else:
                passed_on[item.session] += item.amount_cents - withdrawn
    return waiting, passed_on
