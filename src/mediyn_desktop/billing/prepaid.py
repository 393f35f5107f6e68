# SPDX-License-Identifier: MIT
"""Packages: where each stands, which one a session may use, and what that session earns of it.

What was paid is a liability until each session is held. Where a package stands is derived from its
dates, its payment and the charges that used it; nothing is stored that could disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, or_, select

from mediyn_desktop.billing.pricing import Price
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import split_evenly
from mediyn_desktop.ledger import payments
from mediyn_desktop.ledger.tables import PaymentReturnRow
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client, Package, Session
from mediyn_desktop.store.uow import Reading

WARN_LEFT = 2  # sessions left from which on a package is shown as running out


class PackageState(StrEnum):
    """Where a package stands."""

    PENDING = "pending"  # not paid yet, or begins later
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    REFUNDED = "refunded"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package of a client; ``left_cents`` is paid and not yet earned."""

    id: int
    client_ref: str
    code: str
    sold_on: date
    starts_on: date
    expires_on: date | None
    sessions: int
    used: int
    price_cents: int
    left_cents: int
    state: PackageState
    paid: bool

    @property
    def left(self) -> int:
        """Sessions not used yet."""
        return self.sessions - self.used

    @property
    def running_low(self) -> bool:
        """Whether it is time to talk about the next package."""
        return self.state is PackageState.ACTIVE and self.left <= WARN_LEFT


def package_state(
    *, on: date, paid: bool, refunded: bool, left: int, starts_on: date, expires_on: date | None
) -> PackageState:
    """Return where a package stands on ``on``. Pure."""
    if refunded:
        return PackageState.REFUNDED
    if not paid:
        return PackageState.PENDING
    if left <= 0:
        return PackageState.EXHAUSTED
    if on < starts_on:
        return PackageState.PENDING
    if expires_on is not None and on > expires_on:
        return PackageState.EXPIRED
    return PackageState.ACTIVE


def packages_of(read: Reading, client_ref: str, *, on: date | None = None) -> list[PackageView]:
    """Return the client's packages as they stand on ``on`` (today), oldest first.

    Raises:
        NotFound: no such client.
    """
    client = get_client(read, client_ref)
    rows = read.session.scalars(
        select(Package).where(Package.client_id == client.id).order_by(Package.sold_on, Package.id)
    )
    return [_view(read, row, client, on or read.today) for row in rows]


def view_package(read: Reading, package_id: int, *, on: date | None = None) -> PackageView:
    """Return one package as it stands on ``on`` (today).

    Raises:
        NotFound: there is none.
    """
    row = read.session.get(Package, package_id)
    if row is None:
        raise NotFound(f"There is no package {package_id}. Nothing was changed.")
    return _view(read, row, read.session.get_one(Client, row.client_id), on or read.today)


def usable_package(read: Reading, session: Session, code: str) -> Package | None:
    """Return the oldest package of ``code`` the session may use: paid, begun, not expired or
    refunded, with sessions left; None where there is none.

    What the session itself used counts as left: of a billed one it answers what it was billed with.
    """
    day = session.date_of_service
    used = (
        select(Charge.package_id, func.count().label("used"))
        .where(Charge.package_id.is_not(None), Charge.voided_at.is_(None))
        .where(Charge.session_id != session.id)
        .group_by(Charge.package_id)
        .subquery()
    )
    return read.session.scalar(
        select(Package)
        .outerjoin(used, used.c.package_id == Package.id)
        .where(Package.client_id == session.client_id, Package.code == code)
        .where(Package.sold_on <= day, Package.payment_id.is_not(None))
        .where(or_(Package.starts_on.is_(None), Package.starts_on <= day))
        .where(or_(Package.expires_on.is_(None), Package.expires_on >= day))
        .where(Package.payment_id.not_in(_refunded()))
        .where(Package.sessions > func.coalesce(used.c.used, 0))
        .order_by(Package.sold_on, Package.id)
        .limit(1)
    )


def share_of(read: Reading, package: Package, session: Session) -> Price:
    """Return the share of what the package still holds that ``session`` earns as its next, or
    earned where it used the package already.

    Splitting the rest anew each time makes the shares sum to the price, also when a session was
    voided in between.
    """
    assert package.payment_id is not None
    own = _use_by(read, package, session)
    if own is not None:
        return own
    used = used_sessions(read, package)
    left = payments.unallocated_cents(read, package.payment_id)
    share = split_evenly(left, package.sessions - used)[0]
    return Price(
        share, f"session {used + 1} of {package.sessions} of the package sold {package.sold_on}"
    )


def _use_by(read: Reading, package: Package, session: Session) -> Price | None:
    """What ``session`` was billed of ``package``, and why, if it was."""
    charge = read.session.scalar(
        select(Charge).where(
            Charge.package_id == package.id,
            Charge.session_id == session.id,
            Charge.voided_at.is_(None),
        )
    )
    return None if charge is None else Price(charge.total_cents, charge.lines[0].fee_rule)


def used_sessions(read: Reading, package: Package) -> int:
    """Return how many sessions of ``package`` were used."""
    return (
        read.session.scalar(
            select(func.count()).where(Charge.package_id == package.id, Charge.voided_at.is_(None))
        )
        or 0
    )


def _refunded() -> Select[int]:
    """The payments of which a refund stands; one taken back leaves nothing of it."""
    return (
        select(PaymentReturnRow.payment_id)
        .where(PaymentReturnRow.kind == "refund")
        .group_by(PaymentReturnRow.payment_id)
        .having(func.sum(PaymentReturnRow.amount_cents) != 0)
    )


def _view(read: Reading, row: Package, client: Client, on: date) -> PackageView:
    used = used_sessions(read, row)
    starts_on = row.starts_on or row.sold_on
    refunded = row.payment_id is not None and (
        read.session.scalar(_refunded().where(PaymentReturnRow.payment_id == row.payment_id))
        is not None
    )
    return PackageView(
        id=row.id,
        client_ref=client.ref,
        code=row.code,
        sold_on=row.sold_on,
        starts_on=starts_on,
        expires_on=row.expires_on,
        sessions=row.sessions,
        used=used,
        price_cents=row.price_cents,
        left_cents=payments.unallocated_cents(read, row.payment_id) if row.payment_id else 0,
        paid=row.payment_id is not None,
        state=package_state(
            on=on,
            paid=row.payment_id is not None,
            refunded=refunded,
            left=row.sessions - used,
            starts_on=starts_on,
            expires_on=row.expires_on,
        ),
    )
