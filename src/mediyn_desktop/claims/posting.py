# SPDX-License-Identifier: MIT
"""Posting a remittance: what the insurer decided becomes postings, or waits with the reason.

Order: reversals first, then decisions, then money beside the claims. Nothing of a payment is posted
unless the deposit itself adds up. A claim that does not add up, cannot be matched or does not fit
what is open is held; its money rests with ``Liabilities:PayerDue``. So the bank's side of a payment
is always the deposit. Rules: 005010X221A1 sections 1.10.2.1 and 1.10.2.8; see ``x12.decision835``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.claims.decision_tables import ClaimDecision, RemittancePayment
from mediyn_desktop.claims.posting_claims import ClaimPoster
from mediyn_desktop.claims.provider_money import (
    cents_on,
    hold_money,
    post_adjustment,
    taken_without_reason,
)
from mediyn_desktop.claims.recording import HELD, POSTED, ClaimResult
from mediyn_desktop.claims.tasks import Ended, Task, end_tasks, open_task
from mediyn_desktop.claims.x12.balance835 import Difference, balance
from mediyn_desktop.claims.x12.inbound import Flaw
from mediyn_desktop.claims.x12.model835 import Payment, ProviderAdjustment, RemitClaim, Remittance
from mediyn_desktop.claims.x12.pairing835 import pair
from mediyn_desktop.claims.x12.plb835 import Concerns, kind_of
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.steps import Step, silently
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.insurance import settle_freed
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork

_UNKNOWN_PAYER = "unknown-payer"
_EXPLAINS_ITSELF = (Concerns.INTEREST, Concerns.CARRIED, Concerns.TAKE_BACK)


@dataclass(slots=True)
class PaymentReport:
    """What became of one payment. ``status``: posted, partly_posted, held, duplicate.

    ``payment`` is the row's id (of the earlier one for a duplicate); ``message`` says why it is
    held. ``entries`` are the journal entries made.
    """

    status: str
    payment: int | None
    trace: str
    payer: str
    amount_cents: int
    claims: list[ClaimResult] = field(default_factory=list)
    differences: tuple[Difference, ...] = ()
    message: str = ""
    duplicate_of: int | None = None
    entries: list[int] = field(default_factory=list)


def post_remittance(
    uow: UnitOfWork,
    remittance: Remittance,
    *,
    inbound: int,
    warnings: Sequence[Flaw] = (),
    step: Step = silently,
) -> PaymentReport:
    """Post what can be posted of one payment and hold the rest; the same payment is posted once.

    Args:
        inbound: the stored file it was read from.
        warnings: what else speaks against it; one that ``blocks`` holds the whole payment.
        step: told after each answer.
    """
    payment = remittance.payment
    payer = payer_of(uow, payment)
    report = PaymentReport(POSTED, None, payment.trace, payment.payer.name, payment.amount_cents)
    known = _posted_before(uow, remittance)
    if known is not None and _same_claims(uow, known, remittance):
        report.status, report.payment, report.duplicate_of = "duplicate", known.id, known.inbound_id
        report.message = (
            f"This payment of {format_cents(payment.amount_cents)} was posted before. Nothing was "
            "posted again."
        )
        return report
    found = balance(remittance)
    report.differences = found.differences
    row = _row(uow, remittance, payer, inbound)
    report.payment = row.id
    against = [flaw.message for flaw in warnings if flaw.blocks]
    against += [difference.sentence() for difference in found.payment]
    against += _perhaps_the_same(uow, payment, row)
    if against:
        return _hold_whole(uow, report, row, remittance.claims, against)
    row.state, row.posted_at, row.message = POSTED, uow.now, ""
    _end_wait_for_whole(uow, row)
    on = min(payment.paid_on or uow.today, uow.today)
    poster = ClaimPoster(uow, row, payer, on, remittance.claims)
    differences = dict(zip(map(id, remittance.claims), found.claims, strict=True))
    pairing = pair(remittance.claims)
    for answer in pairing.in_posting_order():
        report.claims.append(poster.post(answer, differences[id(answer)]))
        step(len(report.claims), len(remittance.claims))
    for answer in pairing.ambiguous:
        report.claims.append(poster.hold_ambiguous(answer))
    report.entries = poster.entries
    _beside_the_claims(uow, report, row, remittance.provider_adjustments, payer, on)
    _settle_clients(uow, report, poster, row, on)
    _tie(uow, payment, report.entries)
    if any(result.held for result in report.claims):
        report.status = "partly_posted"
        row.message = "Some of its claims wait for you."
    uow.session.flush()
    uow.changed("remittance_payment", row.id)
    return report


def payer_of(read: Reading, payment: Payment) -> str:
    """Return the ref of the payer on file that pays, or a ref that stands for an unknown one."""
    ids = [payment.payer.id, payment.originator, payment.originator.removeprefix("1")]
    ids += [each.value for each in payment.payer.references]
    wanted = [one.strip() for one in ids if one.strip()]
    by_id = list(read.session.scalars(select(Payer.ref).where(Payer.payer_id.in_(wanted))))
    if len(by_id) == 1:
        return by_id[0]
    name = payment.payer.name.strip().casefold()
    named = [
        ref
        for ref, called in read.session.execute(select(Payer.ref, Payer.name))
        if called.strip().casefold() == name
    ]
    return named[0] if len(named) == 1 else _UNKNOWN_PAYER


def identity_of(remittance: Remittance) -> str:
    """Return what tells one payment from another; a payment without a number by its envelope.

    A remittance without money may carry any number, the same one each time: what it decides counts.
    """
    payment = remittance.payment
    parts = [payment.trace, payment.originator, str(payment.amount_cents), str(payment.paid_on)]
    if not payment.trace.strip():
        parts += payment.origin.identity
    if not payment.amount_cents:
        decided = [
            [one.control_number, one.payer_number, one.status, one.charge_cents, one.paid_cents]
            for one in remittance.claims
        ]
        parts.insert(0, hashlib.sha256(repr(decided).encode()).hexdigest())
    return "|".join(parts)[:200]


def _posted_before(read: Reading, remittance: Remittance) -> RemittancePayment | None:
    return read.session.scalar(
        select(RemittancePayment)
        .where(RemittancePayment.identity == identity_of(remittance))
        .where(RemittancePayment.state == POSTED)
        .limit(1)
    )


def _same_claims(read: Reading, known: RemittancePayment, remittance: Remittance) -> bool:
    """Whether the payment posted before answered the very claims this one answers."""
    answered = read.session.scalars(
        select(ClaimDecision.control_number)
        .where(ClaimDecision.payment_id == known.id, ClaimDecision.pass_number == known.passes)
    ).all()  # fmt: skip
    return sorted(answered) == sorted(one.control_number[:80] for one in remittance.claims)


def _perhaps_the_same(read: Reading, payment: Payment, row: RemittancePayment) -> list[str]:
    """Say where a payment under the same number was posted that differs in date or sender only.

    Clearinghouses and portals write these their own way, so that one deposit comes as two. A
    person who posts it once more has looked: then it counts as another.
    """
    if row.passes > 1 or not payment.trace.strip() or not payment.amount_cents:
        return []
    earlier = read.session.scalars(
        select(RemittancePayment)
        .where(RemittancePayment.trace == row.trace, RemittancePayment.state == POSTED)
        .where(RemittancePayment.amount_cents == row.amount_cents, RemittancePayment.id != row.id)
        .order_by(RemittancePayment.id)
    ).all()
    name = row.payer_name.strip().casefold()
    for one in earlier:
        known = one.payer_ref == row.payer_ref and row.payer_ref != _UNKNOWN_PAYER
        if known or one.payer_name.strip().casefold() == name:
            return [
                f"A payment of {format_cents(one.amount_cents)} under the same number was posted "
                "before. Compare it with the bank: if it is the same deposit, dismiss this one; "
                "if it is another, post it once more."
            ]
    return []


def _row(uow: UnitOfWork, remittance: Remittance, payer: str, inbound: int) -> RemittancePayment:
    """The payment's row: the one of an earlier pass over the same file, or a new one."""
    payment = remittance.payment
    row = uow.session.scalar(
        select(RemittancePayment).where(
            RemittancePayment.inbound_id == inbound, RemittancePayment.position == payment.position
        )
    )
    if row is not None:
        row.passes += 1
        return row
    row = RemittancePayment(
        inbound_id=inbound,
        position=payment.position,
        identity=identity_of(remittance),
        trace=payment.trace[:80],
        payer_name=payment.payer.name[:120],
        payer_ref=payer,
        amount_cents=payment.amount_cents,
        paid_on=payment.paid_on,
        state=HELD,
        passes=1,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _hold_whole(
    uow: UnitOfWork,
    report: PaymentReport,
    row: RemittancePayment,
    claims: Sequence[RemitClaim],
    against: Sequence[str],
) -> PaymentReport:
    row.state, row.message = HELD, " ".join(against)
    report.status = HELD
    report.message = f"{row.message} Nothing of this payment was posted."
    report.claims = [
        ClaimResult.held_with(answer, "payment-held", row.message) for answer in claims
    ]
    open_task(
        uow,
        Task.PAYMENT_HELD,
        f"A payment of {format_cents(row.amount_cents)} could not be posted. {row.message}",
        payment=row.id,
        payer=row.payer_ref,
        cents=row.amount_cents,
    )
    uow.changed("remittance_payment", row.id)
    return report


def _end_wait_for_whole(uow: UnitOfWork, row: RemittancePayment) -> None:
    """What was held of this payment, in this file or a damaged one before, waits no more."""
    same = select(RemittancePayment.id).where(RemittancePayment.identity == row.identity)
    for payment in uow.session.scalars(same):
        end_tasks(uow, Ended.ANSWERED, payment=payment, kind=Task.PAYMENT_HELD)


def _beside_the_claims(
    uow: UnitOfWork,
    report: PaymentReport,
    row: RemittancePayment,
    adjustments: Sequence[ProviderAdjustment],
    payer: str,
    on: date,
) -> None:
    """Post held answers' money and the provider adjustments, and ask about what is not clear."""
    for decision in uow.session.scalars(
        select(ClaimDecision)
        .where(ClaimDecision.payment_id == row.id, ClaimDecision.pass_number == row.passes)
        .where(ClaimDecision.state == HELD)
        .order_by(ClaimDecision.id)
    ):
        decision.entry_id = hold_money(
            uow,
            decision.paid_cents,
            payer=payer,
            key=f"held:{decision.id}",
            source=f"remittance:{row.id}:{decision.control_number}"[:160],
            on=on,
            reason=f"Held for review: {decision.code}",
        )
        if decision.entry_id is not None:
            report.entries.append(decision.entry_id)
    for number, adjustment in enumerate(adjustments, start=1):
        if not adjustment.amount_cents:
            continue
        report.entries.append(
            post_adjustment(
                uow,
                adjustment,
                payer=payer,
                key=f"plb:{row.id}:{row.passes}:{number}",
                source=f"remittance:{row.id}:provider-adjustment-{number}",
                on=on,
            )
        )
        _ask_about(uow, row, adjustment, payer)


def _ask_about(
    uow: UnitOfWork, row: RemittancePayment, adjustment: ProviderAdjustment, payer: str
) -> None:
    kind = kind_of(adjustment)
    cents = adjustment.amount_cents
    if kind.concerns is Concerns.TAKE_BACK and taken_without_reason(uow, payer):
        text = (
            f"The insurer took back {format_cents(cents)} ({kind.label}), more than what it was "
            "known to be due. Ask it which claim this is about."
        )
        open_task(
            uow, Task.TAKEN_BACK, text, payment=row.id, payer=payer, reason=kind.code, cents=cents
        )
    elif kind.concerns not in _EXPLAINS_ITSELF:
        text = (
            f"{kind.label}: {format_cents(cents)} that belongs to no claim. It rests with the "
            "insurer's account until you decide what it was for."
        )
        open_task(
            uow, Task.ADJUSTMENT, text, payment=row.id, payer=payer, reason=kind.code, cents=cents
        )


def _settle_clients(
    uow: UnitOfWork, report: PaymentReport, poster: ClaimPoster, row: RemittancePayment, on: date
) -> None:
    """Put money that a reversal freed where it belongs, and ask no card for more than is owed."""
    for client in sorted(poster.freed):
        settle_freed(uow, client=client, on=on, source=f"remittance:{row.id}")
        lower_waiting(uow, get_client(uow, client))


def _tie(read: Reading, payment: Payment, entries: Sequence[int]) -> None:
    """The bank's side of everything posted is the deposit; anything else is a bug, and undone."""
    posted = cents_on(read, accounts.BANK, entries)
    assert posted == payment.amount_cents, (
        f"the entries of a payment come to {posted} cents, the deposit to {payment.amount_cents}"
    )
