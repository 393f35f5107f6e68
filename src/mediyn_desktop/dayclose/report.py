# SPDX-License-Identifier: MIT
"""The day report: the closed day's facts, gathered for ``documents.day_report``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mediyn_desktop.cards.installments import Installment
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.review import DayException, Review, Row
from mediyn_desktop.dayclose.totals import Totals, totals
from mediyn_desktop.dayclose.wording import CARD_STATES, CLAIM_STATES, CODES, ROADS
from mediyn_desktop.delivery.files import put
from mediyn_desktop.practice.tables import Practice
from mediyn_desktop.store.uow import Reading


def write_day_report(
    read: Reading,
    review: Review,
    exceptions: Sequence[DayException],
    superbills: int,
    out: Path,
) -> Path:
    """Write the report of the reviewed day into ``out`` and return its path."""
    # ReportLab loads slowly and only printing needs it.
    from mediyn_desktop.documents import day_report as paper  # noqa: PLC0415

    names = {row.session_ref: row.client_name for row in review.rows}
    names |= {one.plan_ref: one.client_name for one in review.installments}
    sums = totals(review.rows, superbills, review.installments)
    practice = read.session.get(Practice, 1)
    data = paper.DayReportData(
        day=review.day,
        practice_name=practice.name if practice is not None else "",
        totals=tuple(paper.RoadTotal(label, count, cents) for label, count, cents in _roads(sums)),
        sessions=tuple(
            paper.DaySession(
                client_name=row.client_name,
                code=" + ".join(CODES.get(line.cpt, line.cpt) for line in row.lines) or "–",
                fee_cents=row.fee_cents if row.billed else 0,
                road=ROADS[row.route] if row.billed else ROADS[None],
                outcome=_outcome(row),
                time=_clock(row.starts_at),
            )
            for row in sorted(review.rows, key=lambda row: (row.starts_at, row.session_ref))
        )
        + tuple(
            paper.DaySession(
                client_name=one.client_name,
                code="Installment",
                fee_cents=0,
                road="Payment plan",
                outcome=_asked_of_card(one),
            )
            for one in review.installments
        ),
        exceptions=tuple(
            paper.DayException(names.get(one.ref, one.ref), *_split(one.message))
            for one in exceptions
        ),
        closed_at=_clock(read.now.astimezone(read.zone)),
    )
    path = out / f"day-report-{review.day.isoformat()}.pdf"
    put(path, paper.render_day_report(data))
    return path


def _roads(sums: Totals) -> list[tuple[str, int, int | None]]:
    rows: list[tuple[str, int, int | None]] = [
        ("Cards charged", sums.cards_succeeded, sums.cards_succeeded_cents),
        ("Insurance claims", sums.claims, sums.claims_cents),
        ("Superbills", sums.superbills, None),
        ("Package sessions", sums.package_sessions, sums.package_cents),
        ("Missed-session fees", sums.fees, sums.fees_cents),
        ("Waived", sums.waived_sessions, None),
    ]
    return [row for row in rows if row[1]]


def _outcome(row: Row) -> str:
    parts: list[str] = []
    if row.card is not None:
        parts.append(f"{format_cents(row.card.amount_cents)} {CARD_STATES[row.card.state]}")
    if row.claim is not None:
        parts.append(f"claim {CLAIM_STATES.get(row.claim.state, row.claim.state)}")
    if not row.signed:
        parts.append("note not signed")
    if not parts and row.reason:
        parts.append(row.reason)
    return ", ".join(parts)


def _asked_of_card(one: Installment) -> str:
    amount = format_cents(one.amount_cents)
    if one.state is None:
        return f"{amount} stays due"
    return f"{amount} {CARD_STATES[one.state]}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"


def _split(message: str) -> tuple[str, str]:
    """Split a message into what happened (its first sentence) and the rest, what to do."""
    happened, stop, rest = message.partition(". ")
    return (f"{happened}." if stop else happened), rest
