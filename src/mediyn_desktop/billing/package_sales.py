# SPDX-License-Identifier: MIT
"""Selling packages, taking the money for them, and paying back what was not used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from mediyn_desktop.billing.prepaid import PackageState, view_package
from mediyn_desktop.codes import cpt
from mediyn_desktop.codes.vocabulary import PaymentType
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import accounts, packages
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client, Coverage, Package
from mediyn_desktop.store.uow import Reading, UnitOfWork

METHODS = ("cash", "check", "external_card", "other")
_MOST_SESSIONS = 999


class SaleRefused(UserFacingError):
    """The package cannot be sold or paid so; nothing was changed."""

    code = "package-refused"


class PackageRefundRefused(UserFacingError):
    """Nothing of the package can be paid back."""

    code = "package-refund-refused"


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What refunding a package pays back: the share of the sessions not used, to the cent."""

    sessions_left: int
    cents: int
    message: str


def sell_package(
    uow: UnitOfWork,
    client_ref: str,
    *,
    code: str,
    sessions: int,
    price_cents: int,
    on: date,
    method: str | None = None,
    reference: str | None = None,
    starts_on: date | None = None,
    expires_on: date | None = None,
) -> Package:
    """Sell ``sessions`` of ``code`` for ``price_cents``, paid by ``method`` or later.

    Args:
        method: one of ``METHODS``; None leaves it pending until ``pay_package``.
        expires_on: the last day a session may use it; None for never.

    Raises:
        NotFound: no such client.
        SaleRefused: a code no session is billed by, an insurer that does not allow it, or an
            amount, number or date that cannot be; nothing was changed.
    """
    client = get_client(uow, client_ref)
    begins = starts_on or on
    _must_be_sellable(uow, client, code, sessions, price_cents)
    if on > uow.today:
        raise SaleRefused("The day of sale lies ahead. Nothing was changed.")
    if begins < on or (expires_on is not None and expires_on < begins):
        raise SaleRefused(
            "A package begins on the day of sale or later, and ends after it begins. Nothing was "
            "changed."
        )
    row = Package(
        client_id=client.id,
        sold_on=on,
        sessions=sessions,
        price_cents=price_cents,
        code=code,
        starts_on=starts_on,
        expires_on=expires_on,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.changed("package", row.id)
    if method is not None:
        pay_package(uow, row.id, method=method, on=on, reference=reference)
    return row


def pay_package(
    uow: UnitOfWork, package_id: int, *, method: str, on: date, reference: str | None = None
) -> None:
    """Record that a package was paid, whole; from then on its sessions may be used.

    Raises:
        NotFound: there is none.
        SaleRefused: paid before, a day ahead or before the sale, or a method that is none of
            ``METHODS``; nothing was changed.
    """
    view = view_package(uow, package_id)
    row = uow.session.get_one(Package, package_id)
    if row.payment_id is not None:
        raise SaleRefused("This package is paid already. Nothing was changed.")
    if method not in METHODS:
        raise SaleRefused(
            f"A package is paid by {', '.join(METHODS)}; “{method}” is none of them. A card "
            "charged outside this program is external_card. Nothing was changed."
        )
    if on > uow.today or on < row.sold_on:
        raise SaleRefused(
            "The payment lies ahead or before the sale. Check the date; nothing was changed."
        )
    ref = f"package:{row.id}"
    row.payment_id = packages.record_package_sale(
        uow,
        ref=ref,
        client=view.client_ref,
        cents=row.price_cents,
        on=on,
        source=ref,
        into=accounts.RESTING_PLACE[method],
        reference=reference,
    )
    uow.session.flush()
    uow.changed("package", row.id)


def refund_preview(read: Reading, package_id: int) -> RefundPreview:
    """Return what ``refund_package`` would pay back now, and in words.

    Raises:
        NotFound: there is none.
        PackageRefundRefused: it was never paid, is used up, or was refunded before.
    """
    view = view_package(read, package_id)
    if view.state is PackageState.REFUNDED:
        raise PackageRefundRefused("This package was refunded before. Nothing was changed.")
    if view.left_cents == 0:
        why = "is used up" if view.left == 0 else "was not paid"
        raise PackageRefundRefused(
            f"This package {why}; there is nothing to pay back. Nothing was changed."
        )
    earned = format_cents(view.price_cents - view.left_cents)
    said = (
        f"{format_cents(view.left_cents)} of {format_cents(view.price_cents)} goes back for "
        f"{view.left} of {view.sessions} sessions; {earned} was earned by the {view.used} held."
    )
    if view.used == 0:
        said = f"All {format_cents(view.left_cents)} goes back: no session of it was held."
    return RefundPreview(sessions_left=view.left, cents=view.left_cents, message=said)


def refund_package(uow: UnitOfWork, package_id: int, *, on: date, reason: str) -> int:
    """Pay back the share of the sessions not used and end the package; return the cents.

    The money goes where the sale's rests: cash in hand, or the bank.

    Raises:
        NotFound: there is none.
        PackageRefundRefused: nothing to pay back, no reason, a day ahead, or money that only the
            card processor can return; nothing was changed.
    """
    why = " ".join(reason.split())
    if not why:
        raise PackageRefundRefused("A refund needs a reason. Nothing was changed.")
    if on > uow.today:
        raise PackageRefundRefused("The day of the refund lies ahead. Nothing was changed.")
    cents = refund_preview(uow, package_id).cents
    row = uow.session.get_one(Package, package_id)
    assert row.payment_id is not None
    out_of = packages.resting_place(uow, row.payment_id)
    if out_of == accounts.STRIPE:
        raise PackageRefundRefused(
            "This package was paid through the card processor, which has to return the money. "
            "Nothing was changed."
        )
    packages.refund_package(
        uow,
        ref=new_ref("refund"),
        payment=row.payment_id,
        cents=cents,
        on=on,
        out_of=out_of,
        reason=why,
    )
    uow.changed("package", row.id)
    return cents


def _must_be_sellable(
    uow: UnitOfWork, client: Client, code: str, sessions: int, price_cents: int
) -> None:
    if not cpt.is_session_code(code):
        raise SaleRefused(
            f"No session is billed as “{code}” alone, so a package of it could not be used. "
            "Nothing was changed. Choose a session's code, for example 90837.",
            code="package-wrong-code",
        )
    if not 1 <= sessions <= _MOST_SESSIONS:
        raise SaleRefused(f"A package holds 1 to {_MOST_SESSIONS} sessions. Nothing was changed.")
    if price_cents < sessions:
        raise SaleRefused(
            "The price must come to at least one cent for each session. Nothing was changed."
        )
    if client.payment_type == PaymentType.PRO_BONO:
        raise SaleRefused("This client pays nothing for sessions. Nothing was changed.")
    if client.payment_type == PaymentType.IN_NETWORK:
        barred = [
            row.payer.name
            for row in uow.session.scalars(
                select(Coverage).where(Coverage.client_id == client.id, _running(uow.today))
            )
            if not row.payer.packages_allowed
        ]
        if barred:
            raise SaleRefused(
                f"{barred[0]} pays for this client's sessions and is not marked as allowing "
                "prepaid packages; most contracts forbid them. Nothing was changed. If yours "
                "allows them, say so at the payer.",
                code="package-insurer",
            )


def _running(on: date) -> ColumnElement[bool]:
    return or_(Coverage.effective_to.is_(None), Coverage.effective_to >= on)
