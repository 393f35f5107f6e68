# SPDX-License-Identifier: MIT
"""Cancelling a session: its charge, card, claim and fee are settled together, or nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mediyn_desktop.billing.charges import NotBilled, bill_session, charge_of, plan_charge
from mediyn_desktop.billing.missed import MISSED
from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.billing.voiding import void_charge
from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.cards.under_way import Asked, asked_for
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.claims.submission import refuse_if_sent, withdraw_claim
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import items
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork

_NAMES = {
    SessionStatus.CANCELLED: "canceled in time",
    SessionStatus.LATE_CANCEL: "a late cancellation",
    SessionStatus.NO_SHOW: "a missed session",
}


class CancelRefused(UserFacingError):
    """The session cannot be cancelled so; nothing was changed."""

    code = "cancel-refused"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling a session does, in cents: the charge taken back and the fee asked instead.

    ``paid_cents`` was paid for the charge and is the client's credit, which settles the fee first.

    ``fee_waived`` says why no fee is asked for a missed session, ``not_billed`` why one that is
    due cannot be charged yet. ``to_package`` says that the package it used has the session again.
    """

    session_ref: str
    status: SessionStatus
    voided_cents: int
    paid_cents: int
    card_withdrawn: bool
    claim_withdrawn: bool
    fee_cents: int
    fee_waived: str | None
    not_billed: str | None
    to_package: bool = False

    @property
    def message(self) -> str:
        """What happens, in sentences."""
        return self.told_as(f"Session {self.session_ref}")

    def told_as(self, name: str) -> str:
        """What happens, in sentences that call the session ``name``."""
        said = [f"{name} is {_NAMES[self.status]}."]
        if self.voided_cents:
            said.append(f"Its charge of {format_cents(self.voided_cents)} is voided.")
        if self.to_package:
            said.append("The package that paid for it has one session more again.")
        if self.card_withdrawn:
            said.append("The card is not charged for it.")
        if self.claim_withdrawn:
            said.append("Its claim is withdrawn.")
        if self.fee_cents:
            said.append(f"A fee of {format_cents(self.fee_cents)} is due from the client.")
            if self.paid_cents:
                said.append(f"The {format_cents(self.paid_cents)} paid for it settle that first.")
        elif self.not_billed is not None:
            said.append(f"The fee is not charged yet: {self.not_billed}")
        elif self.fee_waived is not None:
            said.append(f"No fee is asked: {self.fee_waived}.")
        else:
            said.append("No fee is due.")
        return " ".join(said)


def status_for(starts_at: datetime, at: datetime, notice_hours: int) -> SessionStatus:
    """Return what a cancellation told at ``at`` (both aware) makes of a session."""
    if at <= starts_at - timedelta(hours=notice_hours):
        return SessionStatus.CANCELLED
    return SessionStatus.LATE_CANCEL if at < starts_at else SessionStatus.NO_SHOW


def preview_cancel(
    read: Reading, session_ref: str, *, at: datetime, status: SessionStatus | None = None
) -> Cancellation:
    """Return what ``cancel_session`` would do now. Writes nothing.

    Raises:
        NotFound: no such session.
        CancelRefused: it stands so already, it was attended, or a card is being asked.
        ClaimSent: its claim is on its way.
    """
    session = sessions.get(read, session_ref)
    status = _decided(read, session, at, status)
    charge = charge_of(read, session)
    card = claim = False
    if charge is not None:
        card = _card_waits(read, charge)
        claim = refuse_if_sent(read, charge) is not None
    fee, waived, not_billed = 0, None, None
    if status in MISSED:
        plan = plan_charge(read, session, status=status)
        if isinstance(plan, NotBilled):
            not_billed = plan.message
        else:
            fee = plan.asked_cents
            waived = plan.reason if plan.route is Route.WAIVED else None
    return Cancellation(
        session_ref=session.ref,
        status=status,
        voided_cents=charge.total_cents if charge is not None else 0,
        paid_cents=_paid(read, charge) if charge is not None else 0,
        card_withdrawn=card,
        claim_withdrawn=claim,
        fee_cents=fee,
        fee_waived=waived,
        not_billed=not_billed,
        to_package=charge is not None and charge.package_id is not None,
    )


def cancel_session(
    uow: UnitOfWork,
    session_ref: str,
    *,
    at: datetime,
    reason: str,
    status: SessionStatus | None = None,
) -> Cancellation:
    """Cancel a session: void its charge, take back what waits for it, bill the fee that is due.

    What was paid for the voided charge is the client's credit again and settles the fee first.

    Args:
        at: when the client told (aware); with the practice's notice hours it decides the status.
        status: decided by hand instead; not ``ATTENDED``.

    Raises:
        NotFound: no such session.
        CancelRefused: no reason, it stands so already, it was attended, or a card is being asked.
        ClaimSent: its claim is on its way.
        WithdrawalRefused: an insurer has decided about it.
    """
    why = " ".join(reason.split())
    if not why:
        raise CancelRefused("Canceling a session needs a reason. Nothing was changed.")
    told = preview_cancel(uow, session_ref, at=at, status=status)
    session = sessions.get(uow, session_ref)
    charge = charge_of(uow, session)
    if charge is not None:
        withdraw_unsent(uow, [session.ref])
        withdraw_claim(uow, charge, reason=why)
        void_charge(uow, session, reason=why)
        lower_waiting(uow, session.client)  # a declined card is not asked again for it
    session.status = told.status.value
    uow.session.flush()
    uow.changed("session", session.ref)
    if told.status in MISSED:
        bill_session(uow, session, without_note=True)
    return told


def _decided(
    read: Reading, session: Session, at: datetime, status: SessionStatus | None
) -> SessionStatus:
    decided = status or status_for(
        session.starts_at, at, settings.get(read, settings.POLICY_NOTICE_HOURS)
    )
    if decided is SessionStatus.ATTENDED:
        raise CancelRefused(
            "A canceled session is cancelled, late_cancel or no_show. Nothing was changed."
        )
    if session.status == decided.value:
        raise CancelRefused(
            f"This session is {_NAMES[decided]} already. Nothing was changed.",
            code="already-cancelled",
        )
    return decided


def _paid(read: Reading, charge: Charge) -> int:
    """What becomes the client's credit; a package's money stays the package's."""
    item = charge.open_item_id if charge.package_id is None else None
    return items.paid_cents(read, item) - items.adjusted_cents(read, item) if item else 0


def _card_waits(read: Reading, charge: Charge) -> bool:
    """Whether a card payment for ``charge`` waits unsent.

    Raises:
        CancelRefused: the processor was asked, and what became of it is not certain.
    """
    asked = asked_for(read, charge)
    if asked is not Asked.UNCERTAIN:
        return asked is Asked.WAITS
    raise CancelRefused(
        "The card is being charged for this session and the answer is not known yet. Nothing was "
        "changed. Wait until it is settled, then cancel.",
        code="charge-under-way",
    )
