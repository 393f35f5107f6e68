# SPDX-License-Identifier: MIT
"""The way back of each step. Money is taken back by the entry that reverses it, dated today."""

from __future__ import annotations

from datetime import timedelta

from mediyn_desktop.billing.charges import bill_session, charge_of
from mediyn_desktop.billing.courtesy import promise_courtesy, withdraw_courtesy
from mediyn_desktop.billing.package_sales import refund_package
from mediyn_desktop.billing.prepaid import PackageState, view_package
from mediyn_desktop.billing.snoozes import wake
from mediyn_desktop.billing.voiding import void_charge
from mediyn_desktop.cards.amounts import AmountSet, ask_again
from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.claims.submission import withdraw_claim
from mediyn_desktop.ledger import bank, payments, periods
from mediyn_desktop.ledger.items import Share, allocations_of
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.returns import void_payment
from mediyn_desktop.ledger.taking_back import take_refund_back
from mediyn_desktop.ledger.write_offs import reverse_write_off, write_off
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Package, Session
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.undo.steps import Facts

WHY = "Undone"


def unsign(uow: UnitOfWork, facts: Facts) -> None:
    """Void the charge, take back what waits for it, and the signature."""
    session = sessions.get(uow, facts["session"])
    _unbill(uow, session)
    sessions.withdraw_signature(uow, session, reason=WHY)


def _unbill(uow: UnitOfWork, session: Session) -> None:
    charge = charge_of(uow, session)
    if charge is not None:
        withdraw_unsent(uow, [session.ref])
        withdraw_claim(uow, charge, reason=WHY)
        void_charge(uow, session, reason=WHY)
        lower_waiting(uow, session.client)  # a declined card is not asked again for it


def uncancel(uow: UnitOfWork, facts: Facts) -> None:
    """Give the session its status back and bill it anew."""
    session = sessions.get(uow, facts["session"])
    _unbill(uow, session)
    session.status = facts["status"]
    uow.session.flush()
    uow.changed("session", session.ref)
    bill_session(uow, session)  # says itself what cannot be billed, such as an unsigned note


def unpay(uow: UnitOfWork, facts: Facts) -> None:
    """Void the payment."""
    void_payment(uow, payment=facts["payment"], on=uow.today, reason=WHY)


def unrecover(uow: UnitOfWork, facts: Facts) -> None:
    """Take the money back out; the debt it had come in for is given up as before."""
    ref = facts["payment"]
    row = payments.get_payment(uow, ref)
    ((_, item, cents),) = allocations_of(uow, payment=row.id)
    void_payment(uow, payment=ref, on=uow.today, reason=WHY)
    write_off(
        uow,
        ref=f"{ref}:undone",
        item=item,
        cents=cents,
        kind=WriteOff.BAD_DEBT,
        on=uow.today,
        source=f"payment:{ref}",
        reason=WHY,
    )


def unrefund(uow: UnitOfWork, facts: Facts) -> None:
    """Take a refund or a voiding back: no money was handed over."""
    take_refund_back(uow, entry=facts["entry"], on=uow.today, reason=WHY)
    if "payment" in facts:
        row = payments.get_payment(uow, facts["payment"])
        lower_waiting(uow, sessions.get_client(uow, row.client))


def unsettle(uow: UnitOfWork, facts: Facts) -> None:
    """Take back what the payment settled."""
    share = Share(facts["item"], facts["cents"])
    payments.release(uow, payment=facts["payment"], share=share, on=uow.today, reason=WHY)


def unmove(uow: UnitOfWork, facts: Facts) -> None:
    """Let the payment settle what it settled before."""
    share = Share(facts["to"], facts["cents"])
    payments.move(
        uow, payment=facts["payment"], share=share, to=facts["item"], on=uow.today, reason=WHY
    )


def unwrite(uow: UnitOfWork, facts: Facts) -> None:
    """Ask again for what was written off."""
    reverse_write_off(uow, ref=facts["ref"], on=uow.today, reason=WHY)


def unsell(uow: UnitOfWork, facts: Facts) -> None:
    """Pay the package back whole; one that was not paid is simply gone."""
    if view_package(uow, facts["package"]).state is PackageState.PENDING:
        row = uow.session.get_one(Package, facts["package"])
        if row.payment_id is None:
            uow.session.delete(row)
            uow.session.flush()
            uow.changed("package", facts["package"])
            return
    refund_package(uow, facts["package"], on=uow.today, reason=WHY)


def unset(uow: UnitOfWork, facts: Facts) -> None:
    """Ask again for what was asked before the amount was set by hand."""
    found = AmountSet(
        facts["before"],
        facts["after"],
        adjustment=facts["adjustment"],
        overridden_cents=facts["overridden"],
        withdrew_card=facts["card"],
    )
    ask_again(uow, facts["session"], found, reason=WHY)


def unpromise(uow: UnitOfWork, facts: Facts) -> None:
    """Forget the courtesy, or promise again what was promised before."""
    withdraw_courtesy(uow, facts["session"])
    if facts["before"] is not None:
        cents, reason = facts["before"]
        promise_courtesy(uow, facts["session"], cents=cents, reason=reason)


def undeposit(uow: UnitOfWork, facts: Facts) -> None:
    """Have the cash and checks in hand again."""
    bank.take_deposit_back(uow, facts["deposit"], on=uow.today, reason=WHY)


def unsnooze(uow: UnitOfWork, facts: Facts) -> None:
    """Show the alert again."""
    wake(uow, kind=facts["kind"], ref=facts["ref"], until=uow.today - timedelta(days=1), why=WHY)


def reopen(uow: UnitOfWork, facts: Facts) -> None:
    """Open the books of the period again."""
    periods.reopen_period(uow, facts["closing"])
