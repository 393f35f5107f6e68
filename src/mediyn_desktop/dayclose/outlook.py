# SPDX-License-Identifier: MIT
"""What closing a day would do, in figures, before it is done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from mediyn_desktop.billing.charges import charge_of
from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.codes.vocabulary import SuperbillCadence
from mediyn_desktop.dayclose.review import Review, Row
from mediyn_desktop.delivery import superbill_rules, superbills
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import Reading

_NOT_SENT = frozenset({"canceled", "planned"})
_WAITING = frozenset({"queued"})
_TO_QUEUE = frozenset({"ready"})


@dataclass(frozen=True, slots=True)
class Outlook:
    """Counts, and sums in cents. ``left`` is due on a card and not to be charged tonight.

    ``cards`` counts the installments of payment plans too.
    """

    sessions: int
    cards: int
    cards_cents: int
    left: int
    left_cents: int
    claims: int
    claims_cents: int
    claims_held: int
    superbills: int
    unsigned: int
    needing_you: int


def choosable(row: Row) -> bool:
    """Whether it is still the therapist's choice to charge the row's card tonight."""
    return row.due_cents > 0 and (row.card is None or row.card.state in _NOT_SENT)


def approved(row: Row) -> bool:
    """Whether the row's charge was approved before and waits to be sent."""
    return row.card is not None and row.card.state in _WAITING


def outlook(review: Review, skip: Collection[str], printable: Collection[str]) -> Outlook:
    """Return what closing would do.

    Args:
        skip: refs of sessions, and of payment plans, whose card is not to be charged.
        printable: refs of sessions a superbill could list tonight, of ``superbill_sessions``.
    """
    chargeable = [row for row in review.rows if approved(row) or choosable(row)]
    charged = [row for row in chargeable if row.session_ref not in skip]
    left = [row for row in chargeable if row.session_ref in skip]
    asked = [one for one in review.installments if one.choosable]
    installments = [one.amount_cents for one in asked if one.plan_ref not in skip]
    waits = [one.amount_cents for one in asked if one.plan_ref in skip]
    claimed = [row for row in review.rows if row.billed and row.route in CLAIM_ROUTES]
    queued = [row for row in claimed if row.claim is None or row.claim.state in _TO_QUEUE]
    tonight = {row.session_ref for row in charged}
    listed = {
        row.client_ref
        for row in review.rows
        if row.session_ref in printable and (row.session_ref in tonight or _settled(row))
    }
    return Outlook(
        sessions=len(review.rows),
        cards=len(charged) + len(installments),
        cards_cents=sum(_asked(row) for row in charged) + sum(installments),
        left=len(left) + len(waits),
        left_cents=sum(_asked(row) for row in left) + sum(waits),
        claims=len(queued),
        claims_cents=sum(row.fee_cents for row in queued),
        claims_held=sum(row.claim is not None and row.claim.state == "blocked" for row in claimed),
        superbills=len(listed),
        unsigned=sum(not row.signed for row in review.rows),
        needing_you=sum(bool(row.exceptions) for row in review.rows),
    )


def superbill_sessions(read: Reading, day: date) -> frozenset[str]:
    """Return the refs of the day's sessions that a new superbill could list once paid."""
    found = set()
    for session in sessions.on_day(read, day):
        charge = charge_of(read, session)
        if (
            charge is not None
            and session.client.superbill == SuperbillCadence.SESSION
            and superbill_rules.may_list(session, charge)
            and not superbill_rules.blockers(read, charge)
            and not superbills.prospect(read, session.client, day, day).issued
        ):
            found.add(session.ref)
    return frozenset(found)


def _asked(row: Row) -> int:
    return row.card.amount_cents if row.card is not None and approved(row) else row.due_cents


def _settled(row: Row) -> bool:
    """Whether nothing is open of the row: paid by card, in advance or by hand."""
    if row.card is not None and row.card.state == "succeeded":
        return True
    return row.billed and row.due_cents == 0 and not row.exceptions
