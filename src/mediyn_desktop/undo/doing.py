# SPDX-License-Identifier: MIT
"""The use cases that can be undone: each does its work and notes the step in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from mediyn_desktop.billing import courtesy, estimates, package_sales, signing, snoozes
from mediyn_desktop.billing.charges import NotBilled
from mediyn_desktop.billing.estimates import EstimateData, Wanted
from mediyn_desktop.billing.plan_views import PlanView, plan_view
from mediyn_desktop.billing.tables import Charge, Courtesy
from mediyn_desktop.cards import amounts, by_hand, plans, receipts
from mediyn_desktop.cards.amounts import AmountSet
from mediyn_desktop.claims import answers
from mediyn_desktop.claims.answers import FileReport
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.posting import PaymentReport
from mediyn_desktop.claims.unposting import Unposted, undo_payment
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.steps import Step, silently
from mediyn_desktop.dayclose import corrections, months
from mediyn_desktop.dayclose.corrections import Cancellation
from mediyn_desktop.dayclose.months import LeftToDo
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.ledger import bank
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.tables import ClosedPeriodRow, PaymentReturnRow
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Package
from mediyn_desktop.reports.alerts import Alert
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.undo.steps import record_step


def sign_note(uow: UnitOfWork, session_ref: str) -> Charge | NotBilled:
    """``billing.signing.sign_note``, as a step."""
    made = signing.sign_note(uow, session_ref)
    record_step(uow, "sign", f"sign note for session {session_ref}", session=session_ref)
    return made


def take_payment(
    uow: UnitOfWork,
    client_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
    *,
    session: str | None = None,
    deposited_on: date | None = None,
) -> str:
    """``cards.receipts.take_payment``, as a step."""
    ref = receipts.take_payment(
        uow, client_ref, cents, method, on, reference, session=session, deposited_on=deposited_on
    )
    record_step(uow, "pay", f"record payment {ref} of client {client_ref}", payment=ref)
    return ref


def recover(
    uow: UnitOfWork,
    client_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """``cards.receipts.recover``, as a step."""
    ref = receipts.recover(uow, client_ref, cents, method, on, reference)
    record_step(uow, "recover", f"record money recovered from client {client_ref}", payment=ref)
    return ref


def give_back(
    uow: UnitOfWork, payment: str, cents: int, reason: str, *, session: str | None = None
) -> int:
    """``cards.receipts.give_back``, as a step."""
    entry = receipts.give_back(uow, payment, cents, reason, session=session)
    words = f"pay back {format_cents(cents)} of payment {payment}"
    record_step(uow, "refund", words, payment=payment, entry=entry)
    return entry


def settle(uow: UnitOfWork, payment: str, item: int, cents: int, reason: str) -> None:
    """``cards.by_hand.settle``, as a step."""
    by_hand.settle(uow, payment, item, cents, reason)
    words = f"settle a charge from payment {payment}"
    record_step(uow, "settle", words, payment=payment, item=item, cents=cents)


def settle_another(
    uow: UnitOfWork, payment: str, item: int, to: int, cents: int, reason: str
) -> None:
    """``cards.by_hand.settle_another``, as a step."""
    by_hand.settle_another(uow, payment, item, to, cents, reason)
    words = f"let payment {payment} settle another charge"
    record_step(uow, "move", words, payment=payment, item=item, to=to, cents=cents)


def give_up(uow: UnitOfWork, item: int, cents: int, kind: WriteOff, reason: str) -> str:
    """``cards.by_hand.give_up``, as a step."""
    ref = by_hand.give_up(uow, item, cents, kind, reason)
    record_step(uow, "write-off", f"write off {ref}", ref=ref)
    return ref


def void(uow: UnitOfWork, payment: str, reason: str) -> int:
    """``cards.by_hand.void``, as a step."""
    entry = by_hand.void(uow, payment, reason)
    record_step(uow, "void", f"void payment {payment}", payment=payment, entry=entry)
    return entry


def sell_package(
    uow: UnitOfWork,
    client_ref: str,
    *,
    code: str,
    sessions: int,
    price_cents: int,
    on: date,
    method: str | None = None,
) -> Package:
    """``billing.package_sales.sell_package``, as a step."""
    sold = package_sales.sell_package(
        uow, client_ref, code=code, sessions=sessions, price_cents=price_cents, on=on, method=method
    )
    record_step(uow, "package", f"sell a package to client {client_ref}", package=sold.id)
    return sold


def start_plan(
    uow: UnitOfWork,
    client_ref: str,
    *,
    amount_cents: int,
    day: int,
    begins_on: date | None = None,
    items: Sequence[int] | None = None,
    card: int | None = None,
    agreed_on: date | None = None,
) -> PlanView:
    """``cards.plans.start_plan``, as a step."""
    made = plans.start_plan(
        uow, client_ref, amount_cents=amount_cents, day=day, begins_on=begins_on, items=items,
        card=card, agreed_on=agreed_on,
    )  # fmt: skip
    record_step(uow, "plan", f"start a payment plan for client {client_ref}", plan=made.ref)
    return made


def pause_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """``cards.plans.pause_plan``, as a step."""
    view = plans.pause_plan(uow, plan_ref, reason=reason)
    record_step(uow, "plan-pause", f"pause payment plan {plan_ref}", plan=plan_ref)
    return view


def resume_plan(uow: UnitOfWork, plan_ref: str, *, reason: str = "") -> PlanView:
    """``cards.plans.resume_plan``, as a step."""
    view = plans.resume_plan(uow, plan_ref, reason=reason)
    record_step(uow, "plan-resume", f"resume payment plan {plan_ref}", plan=plan_ref)
    return view


def end_plan(uow: UnitOfWork, plan_ref: str, *, reason: str) -> PlanView:
    """``cards.plans.end_plan``, as a step."""
    view = plans.end_plan(uow, plan_ref, reason=reason)
    record_step(uow, "plan-end", f"end payment plan {plan_ref}", plan=plan_ref)
    return view


def change_plan_card(
    uow: UnitOfWork, plan_ref: str, *, card: int | None, agreed_on: date | None = None
) -> PlanView:
    """``cards.plans.change_card``, as a step."""
    before = plan_view(uow, plan_ref)
    view = plans.change_card(uow, plan_ref, card=card, agreed_on=agreed_on)
    agreed = before.agreed_on.isoformat() if before.agreed_on is not None else None
    record_step(
        uow, "plan-card", f"change the card of payment plan {plan_ref}",
        plan=plan_ref, card=before.card_id, agreed_on=agreed,
    )  # fmt: skip
    return view


def pay_installment(
    uow: UnitOfWork,
    plan_ref: str,
    cents: int,
    method: str,
    on: date | None = None,
    reference: str | None = None,
) -> str:
    """``cards.plans.pay_installment``, as a step."""
    ref = plans.pay_installment(uow, plan_ref, cents, method, on, reference)
    record_step(uow, "pay", f"record payment {ref} for plan {plan_ref}", payment=ref)
    return ref


def cancel_session(
    uow: UnitOfWork,
    session_ref: str,
    *,
    at: datetime,
    reason: str,
    status: SessionStatus | None = None,
) -> Cancellation:
    """``dayclose.corrections.cancel_session``, as a step."""
    before = sessions.get(uow, session_ref).status
    found = corrections.cancel_session(uow, session_ref, at=at, reason=reason, status=status)
    record_step(uow, "cancel", f"cancel session {session_ref}", session=session_ref, status=before)
    return found


def set_amount(uow: UnitOfWork, session_ref: str, cents: int, reason: str) -> AmountSet:
    """``cards.amounts.set_amount``, as a step."""
    found = amounts.set_amount(uow, session_ref, cents, reason)
    record_step(
        uow,
        "amount",
        f"ask {format_cents(cents)} for session {session_ref}",
        session=session_ref,
        before=found.before_cents,
        after=found.after_cents,
        adjustment=found.adjustment,
        overridden=found.overridden_cents,
        card=found.withdrew_card,
    )
    return found


def promise_courtesy(uow: UnitOfWork, session_ref: str, *, cents: int, reason: str) -> None:
    """``billing.courtesy.promise_courtesy``, as a step."""
    session = sessions.get(uow, session_ref)
    row = uow.session.scalar(select(Courtesy).where(Courtesy.session_id == session.id))
    before = [row.cents, row.reason] if row is not None else None
    courtesy.promise_courtesy(uow, session_ref, cents=cents, reason=reason)
    words = f"promise {format_cents(cents)} off session {session_ref}"
    record_step(uow, "courtesy", words, session=session_ref, before=before)


def refund_package(uow: UnitOfWork, package: int, *, on: date, reason: str) -> int:
    """``billing.package_sales.refund_package``, as a step."""
    cents = package_sales.refund_package(uow, package, on=on, reason=reason)
    entry = uow.session.scalar(
        select(func.max(PaymentReturnRow.entry_id))
        .join(Package, Package.payment_id == PaymentReturnRow.payment_id)
        .where(Package.id == package)
    )
    words = f"refund {format_cents(cents)} of a package"
    record_step(uow, "package-refund", words, package=package, entry=entry)
    return cents


def deposit(uow: UnitOfWork, *, ref: str, payments: Sequence[str], on: date) -> int:
    """``ledger.bank.deposit``, as a step."""
    entry = bank.deposit(uow, ref=ref, payments=payments, on=on)
    kinds = f"{len(payments)} payments" if len(payments) > 1 else "1 payment"
    record_step(uow, "deposit", f"deposit {kinds} ({ref})", deposit=ref)
    return entry


def snooze(uow: UnitOfWork, alert: Alert, *, until: date, reason: str) -> None:
    """``billing.snoozes.snooze`` of an alert, as a step."""
    snoozes.snooze(
        uow,
        kind=alert.kind,
        ref=alert.ref,
        amount_cents=alert.amount_cents,
        urgency=alert.urgency,
        until=until,
        reason=reason,
    )
    words = f"put alert {alert.kind}:{alert.ref} aside"
    record_step(uow, "snooze", words, kind=alert.kind, ref=alert.ref)


def close_month(
    uow: UnitOfWork, first: date, last: date, *, anyway: str | None = None
) -> list[LeftToDo]:
    """``dayclose.months.close_month``, as a step; one closed before is none."""
    newest = select(func.max(ClosedPeriodRow.id))
    before = uow.session.scalar(newest)
    left = months.close_month(uow, first, last, anyway=anyway)
    closing = uow.session.scalar(newest)
    if closing != before:
        record_step(uow, "close-month", f"close the books of {first:%Y-%m}", closing=closing)
    return left


def issue_estimate(uow: UnitOfWork, wanted: Wanted) -> EstimateData:
    """``billing.estimates.issue_estimate``, as a step that is never undone."""
    data = estimates.issue_estimate(uow, wanted)
    words = f"give estimate {data.version} to client {data.client_ref}"
    record_step(uow, "estimate", words, client=data.client_ref, version=data.version)
    return data


def note_superbills(uow: UnitOfWork, issued: Sequence[Superbill]) -> None:
    """Note the superbills that ``uow`` issued as one step; those given before are none."""
    fresh = uow.changes.touched.get("document", set())
    numbers = sorted({bill.number for bill in issued if str(bill.document_id) in fresh})
    if numbers:
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        record_step(uow, "superbill", f"issue superbill {numbers[0]}{more}", numbers=numbers)


def post_answers(
    uow: UnitOfWork, files: Sequence[tuple[bytes, str]], *, step: Step = silently
) -> list[FileReport]:
    """``claims.answers.take_and_act_all``, as a step where a payment was posted."""
    reports = answers.take_and_act_all(uow, files, step=step)
    _note_posted(uow, [payment for report in reports for payment in report.payments])
    return reports


def post_payment_again(uow: UnitOfWork, payment: int, *, step: Step = silently) -> PaymentReport:
    """``claims.answers.post_once_more``, as a step where it was posted."""
    report = answers.post_once_more(uow, payment, step=step)
    _note_posted(uow, [report])
    return report


def _note_posted(uow: UnitOfWork, payments: Sequence[PaymentReport]) -> None:
    posted = [one for one in payments if one.status in ("posted", "partly_posted")]
    if posted:
        cents = format_cents(sum(one.amount_cents for one in posted))
        what = "an insurer's payment" if len(posted) == 1 else f"{len(posted)} insurers' payments"
        numbers = [one.payment for one in posted]
        record_step(uow, "remittance", f"post {what} of {cents}", payments=numbers)


def take_posting_back(
    uow: UnitOfWork, payment: int, *, reason: str, step: Step = silently
) -> Unposted:
    """``claims.unposting.undo_payment``, as a step."""
    done = undo_payment(uow, payment, reason=reason, step=step)
    cents = format_cents(uow.session.get_one(RemittancePayment, payment).amount_cents)
    record_step(
        uow, "unpost", f"take back the posting of an insurer's payment of {cents}", payment=payment
    )
    return done
