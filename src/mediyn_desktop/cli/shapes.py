# SPDX-License-Identifier: MIT
"""Results as the JSON documents of the command line's contract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from mediyn_desktop.cards.approving import Line
from mediyn_desktop.cards.clearing.payouts import PayoutView
from mediyn_desktop.cards.clearing.showing import DisputeView, RefundView
from mediyn_desktop.cards.clearing.tie_out import Columns, TieOut
from mediyn_desktop.cards.findings import Finding
from mediyn_desktop.cards.installments import Installment
from mediyn_desktop.cards.links.standing import LinkView
from mediyn_desktop.cards.states import State, public_name
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.outbox import OutboxRow
from mediyn_desktop.claims.sending import Exported
from mediyn_desktop.dayclose.close import Closed
from mediyn_desktop.dayclose.review import DayException, Review, Row
from mediyn_desktop.dayclose.totals import totals
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.exchange.practice_folder import ImportReport
from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.jobs.due import JobStatus
from mediyn_desktop.ledger.queries import ClientBalance, EntryView

Json = dict[str, Any]


def exception(item: DayException) -> Json:
    """One thing that needs attention."""
    return {"ref": item.ref, "code": item.code, "message": item.message}


def row(one: Row) -> Json:
    """One session of the review."""
    return {
        "session_ref": one.session_ref,
        "client_ref": one.client_ref,
        "client_name": one.client_name,
        "starts_at": one.starts_at.isoformat(),
        "minutes": one.minutes,
        "kind": one.kind,
        "status": one.status,
        "signed": one.signed,
        "billed": one.billed,
        "route": one.route,
        "reason": one.reason,
        "lines": [
            {
                "cpt": line.cpt,
                "modifiers": list(line.modifiers),
                "pos": line.pos,
                "units": line.units,
                "fee_cents": line.fee_cents,
            }
            for line in one.lines
        ],
        "fee_cents": one.fee_cents,
        "due_cents": one.due_cents,
        "card_last4": one.card_last4,
        "card_state": one.card.state if one.card else None,
        "claim_state": one.claim.state if one.claim else None,
        "exceptions": [exception(item) for item in one.exceptions],
    }


def review(day: Review) -> Json:
    """What ``day`` prints."""
    return {
        "date": day.day.isoformat(),
        "rows": [row(one) for one in day.rows],
        "installments": [installment(one) for one in day.installments],
        "exceptions": [exception(item) for item in day.exceptions],
    }


def installment(one: Installment) -> Json:
    """What a payment plan asks of a card in an evening; ``state`` is null before it is asked."""
    return {
        "plan_ref": one.plan_ref,
        "client_ref": one.client_ref,
        "due_on": one.due_on.isoformat(),
        "amount_cents": one.amount_cents,
        "card_last4": one.last4,
        "state": one.state,
        "decline_code": one.decline_code,
        "message": one.problem.message if one.problem is not None else one.message,
    }


def closed(result: Closed) -> Json:
    """What ``close-day`` prints."""
    rows = sorted(result.review.rows, key=lambda one: (one.starts_at, one.session_ref))
    return {
        "date": result.review.day.isoformat(),
        "charges": [
            {
                "session_ref": one.session_ref,
                "client_ref": one.client_ref,
                "cpt": line.cpt,
                "modifiers": list(line.modifiers),
                "pos": line.pos,
                "units": line.units,
                "fee_cents": line.fee_cents,
                "route": one.route,
                "reason": one.reason,
            }
            for one in rows
            if one.billed
            for line in one.lines
        ],
        "card_charges": [
            {
                "client_ref": one.card.client_ref,
                "session_ref": one.card.session_ref,
                "amount_cents": one.card.amount_cents,
                "state": one.card.state,
                "processor_id": one.card.processor_id,
                "decline_code": one.card.decline_code,
                "message": one.card.message,
            }
            for one in rows
            if one.card is not None
        ],
        "claims": [
            {
                "control_number": one.claim.control_number,
                "client_ref": one.claim.client_ref,
                "session_ref": one.session_ref,
                "state": one.claim.state,
                "total_cents": one.claim.total_cents,
            }
            for one in rows
            if one.claim is not None
        ],
        "superbills": [superbill(bill) for bill in result.superbills],
        "exceptions": [exception(item) for item in result.exceptions],
        "totals": asdict(
            totals(result.review.rows, len(result.superbills), result.review.installments)
        ),
        "installments": [installment(one) for one in result.review.installments],
        "files": [str(path) for path in result.files],
        "claim_files": [str(one.file) for one in result.claim_files],
        "processor": {"stopped": result.processor, "message": result.processor_message},
    }


def imported(report: ImportReport) -> Json:
    """What an import brought; ``unchanged`` rows were there already and equal."""
    return {
        "imported": report.imported,
        "unchanged": report.unchanged,
        "billed": report.billed,
        "unbilled": [
            {"session_ref": one.session_ref, "code": one.code, "message": one.message}
            for one in report.unbilled
        ],
        "errors": [],
        "warnings": [cell(one) for one in report.warnings],
    }


def cell(one: CellError) -> Json:
    """One cell of a practice folder and what is wrong with it."""
    return {"file": one.file, "line": one.line, "column": one.column, "message": one.message}


def exported(one: Exported) -> Json:
    """One claim file that was handed over, or what became of it instead."""
    return {
        "file": one.where,
        "sha256": one.sha256,
        "claims": list(one.control_numbers),
        "state": one.state.value,
        "message": one.message or None,
    }


def outbox_row(row: OutboxRow) -> Json:
    """One file and its hand-over; it holds claims (837P) or questions about coverage (270)."""
    return {
        "holds": row.holds,
        "number": str(row.submission_id),
        "name": row.name,
        "state": row.state.value,
        "place": row.place or None,
        "began_at": row.began_at.isoformat() if row.began_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "message": row.message or None,
    }


def job(one: JobStatus) -> Json:
    """Where one background job stands; ``next`` is null while nothing waits for it."""
    next_at = one.next_at.isoformat() if one.next_at is not None else None
    return {
        "name": one.name,
        "state": one.state.value,
        "next": next_at,
        "waiting": one.waiting,
        "message": one.message or None,
        "ran_at": one.ran_at.isoformat() if one.ran_at is not None else None,
        "next_at": next_at,
    }


def superbill(bill: Superbill) -> Json:
    """One issued superbill."""
    return {
        "client_ref": bill.client_ref,
        "number": bill.number,
        "version": bill.version,
        "file": str(bill.file) if bill.file else None,
        "charged_cents": bill.charged_cents,
        "paid_cents": bill.paid_cents,
        "cautions": list(bill.cautions),
        "held": None,
    }


def held_superbill(client_ref: str, why: str) -> Json:
    """A superbill that was not issued, and why; it has no number and no file."""
    return {
        "client_ref": client_ref,
        "number": None,
        "version": None,
        "file": None,
        "charged_cents": 0,
        "paid_cents": 0,
        "cautions": [],
        "held": why,
    }


def balance(one: ClientBalance) -> Json:
    """One client's balances."""
    return {
        "client_ref": one.client,
        "patient_cents": one.patient_cents,
        "insurer_cents": one.insurer_cents,
        "credit_cents": one.credit_cents,
        "deferred_cents": one.deferred_cents,
    }


def entry(one: EntryView) -> Json:
    """One journal entry."""
    return {
        "id": str(one.id),
        "date": one.date.isoformat(),
        "kind": one.kind,
        "source": one.source,
        "reason": one.reason,
        "reverses": str(one.reverses) if one.reverses is not None else None,
        "postings": [
            {"account": line.account, "amount_cents": line.amount_cents} for line in one.postings
        ],
    }


def finding(one: Finding) -> Json:
    """One thing at the processor that this ledger does not know."""
    return {
        "kind": one.kind.value,
        "processor_id": one.processor_id,
        "client_ref": one.client_ref,
        "amount_cents": one.amount_cents,
        "status": one.status,
        "created": one.created.isoformat(),
        "message": one.message,
    }


def refund(one: RefundView) -> Json:
    """One refund of a card payment."""
    return {
        "refund_id": str(one.id),
        "payment_id": one.payment,
        "client_ref": one.client_ref,
        "amount_cents": one.amount_cents,
        "state": one.state,
        "reason": one.reason,
        "processor_id": one.processor_id,
        "message": one.message,
    }


def dispute(one: DisputeView) -> Json:
    """One dispute; ``evidence_due`` is the last day to answer it."""
    return {
        "processor_id": one.id,
        "client_ref": one.client_ref,
        "payment_id": one.payment,
        "amount_cents": one.amount_cents,
        "status": one.status,
        "reason": one.reason,
        "opened": one.opened_on.isoformat(),
        "evidence_due": one.due_on.isoformat() if one.due_on is not None else None,
        "days_left": one.days_left,
    }


def payout(one: PayoutView) -> Json:
    """One payout with everything it took along."""
    return {
        "processor_id": one.id,
        "amount_cents": one.amount_cents,
        "status": one.status,
        "arrives": one.arrives_on.isoformat(),
        "failure": one.failure,
        "complete": one.taken_apart,
        "lines": [
            {
                "kind": line.kind,
                "source": line.source,
                "payment_id": line.payment,
                "client_ref": line.client,
                "amount_cents": line.amount_cents,
                "fee_cents": line.fee_cents,
                "net_cents": line.net_cents,
            }
            for line in one.lines
        ],
    }


def link(one: LinkView) -> Json:
    """One payment link; ``url`` while it can be paid."""
    return {
        "link_id": str(one.id),
        "client_ref": one.client_ref,
        "amount_cents": one.amount_cents,
        "state": one.state,
        "url": one.url,
        "message": one.message,
    }


def tie_out(one: TieOut) -> Json:
    """The year's tie-out."""
    return {
        "year": one.year,
        "months": [{"month": name, **_columns(row)} for name, row in one.months.items()],
        "total": _columns(one.total),
        "opening_cents": one.opening_cents,
        "closing_cents": one.closing_cents,
        "ledger_cents": one.ledger_cents,
        "processor_cents": one.processor_cents,
        "on_the_way_cents": one.on_the_way_cents,
        "difference_cents": one.difference_cents,
        "not_in_books": [
            {
                "transaction": row.transaction_id,
                "kind": row.kind,
                "source": row.source,
                "net_cents": row.net_cents,
                "date": row.on.isoformat(),
                "message": row.message,
            }
            for row in one.strangers
        ],
        "payouts_incomplete": one.payouts_not_taken_apart,
        "complete": one.complete,
        "read_until": one.read_until.isoformat() if one.read_until is not None else None,
    }


def _columns(row: Columns) -> Json:
    return {**asdict(row), "net_cents": row.net_cents}


def card_line(one: Line) -> Json:
    """What a card would be charged for one session, or why it would not."""
    refused = one.refused
    return {
        "session_ref": one.due.ref,
        "purpose": one.due.purpose,
        "amount_cents": one.due.cents,
        "card_last4": one.card.last4 if one.card is not None else None,
        "under_way": one.attempt_id is not None,
        "refused": (
            {"code": refused.code, "message": refused.message} if refused is not None else None
        ),
    }


def attempts(rows: Iterable[tuple[CardAttempt, str, str | None]]) -> list[Json]:
    """Card attempts with their client's ref and, once paid, the payment that ``refund`` takes."""
    return [
        {
            "client_ref": client,
            "amount_cents": one.amount_cents,
            "state": public_name(State(one.state)),
            "processor_id": one.processor_id,
            "payment_id": payment,
            "decline_code": one.decline_code,
            "message": one.message,
        }
        for one, client, payment in rows
    ]
