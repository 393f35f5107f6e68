# SPDX-License-Identifier: MIT
"""What an insurer decided about a session, posted: by a remittance, or by hand from a letter.

The amounts are the insurer's, as given. What it leaves to the client goes to the next insurer on
file first; only what no insurer takes is asked of the client, and what the client paid at the
session settles that before anything else is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mediyn_desktop.billing.charges import coverages_in_force
from mediyn_desktop.cards.receipts import lower_waiting
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import insurance, items, payments
from mediyn_desktop.ledger.insurance import Adjudication
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Coverage, Session
from mediyn_desktop.store.uow import Reading, UnitOfWork


class DecisionRefused(UserFacingError):
    """The insurer owes nothing for that session, so there is nothing to decide."""

    code = "decision-refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """One insurer's answer about one session, in cents.

    Attributes:
        ref: unique: the same answer cannot be posted twice.
        source: where it came from, such as ``remittance:7:line:3`` or ``letter:2026-11-20``.
        written_off: by type; what a contract takes off and sequestration are contractual.
        left_cents: deductible, coinsurance, copay and what is not covered: for the next insurer or
            the client.
        reason: the reason codes as given, such as ``CO-45, PR-2``.
    """

    ref: str
    session_ref: str
    payer_ref: str
    on: date
    source: str
    reason: str
    paid_cents: int = 0
    written_off: Mapping[WriteOff, int] = field(default_factory=dict)
    left_cents: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """What it came to: the entry, whose turn it is, and what the client owes of it now (cents)."""

    entry: int
    next_payer_ref: str | None
    client_cents: int


def post_decision(uow: UnitOfWork, decision: Decision) -> Decided:
    """Post an insurer's answer; what it leaves goes to the next insurer, else to the client.

    Raises:
        NotFound: no such session.
        DecisionRefused: this insurer owes nothing for it, or no reason is given.
        AdjudicationRefused: the parts do not fit what is open.
    """
    session = sessions.get(uow, decision.session_ref)
    if not decision.reason.strip():
        raise DecisionRefused("An insurer's decision needs its reason codes. Nothing was changed.")
    item = _asked(uow, decision)
    onward = next_coverage(uow, session, after=decision.payer_ref)
    return post_known(uow, decision, session=session, item=item, onward=onward)


def post_known(
    uow: UnitOfWork, decision: Decision, *, session: Session, item: int, onward: Coverage | None
) -> Decided:
    """Post as ``post_decision`` does, where what it looks up is known.

    Args:
        item: the insurer's open item.
        onward: the coverage whose turn it is next; see ``next_coverage``.

    Raises:
        AdjudicationRefused: the parts do not fit what is open.
    """
    following = onward.payer.ref if onward is not None else None
    left = decision.left_cents
    done = insurance.adjudicate(
        uow,
        Adjudication(
            ref=decision.ref,
            item=item,
            on=decision.on,
            source=decision.source,
            paid_cents=decision.paid_cents,
            written_off=decision.written_off,
            client_cents=0 if following is not None else left,
            next_payer=following if left else None,
            next_cents=left if following is not None else 0,
            reason=decision.reason.strip(),
        ),
    )
    return _settle(uow, session, decision, done.entry, following if left else None)


def correct_decision(uow: UnitOfWork, entry: int, decision: Decision, *, reason: str) -> Decided:
    """Take the decision posted as ``entry`` back and post the corrected one in its place.

    What the client had paid beyond the corrected share is the client's credit.

    Raises:
        NotFound, AlreadyReversed: no such entry, or reversed before.
        AdjudicationRefused: the next insurer has decided, or the parts do not fit.
        DecisionRefused: as in ``post_decision``.
    """
    insurance.reverse_adjudication(uow, entry=entry, on=decision.on, reason=reason)
    return post_decision(uow, decision)


def take_back_decision(uow: UnitOfWork, entry: int, session_ref: str, *, reason: str) -> int:
    """Reverse the decision posted as ``entry``: the insurer owes it again; return the reversal.

    Raises:
        NotFound, AlreadyReversed, AdjudicationRefused: as in ``correct_decision``.
    """
    session = sessions.get(uow, session_ref)
    reversal = insurance.reverse_adjudication(uow, entry=entry, on=uow.today, reason=reason)
    insurance.settle_freed(
        uow, client=session.client.ref, on=uow.today, source=f"session:{session.ref}"
    )
    return reversal


def next_coverage(read: Reading, session: Session, *, after: str) -> Coverage | None:
    """Return the coverage whose turn it is after the payer ``after``; None: it is the client's.

    In order of rank, of those in force on the date of service; nobody is asked twice.
    """
    ranks = [one.rank for one in session.client.coverages if one.payer.ref == after]
    in_force = coverages_in_force(read, session) if ranks else []
    later = [one for one in in_force if one.rank > min(ranks)]
    if not later:
        return None
    asked = {
        one.debtor
        for one in items.items_of_session(read, session.ref)
        if not items.withdrawn(read, one.id)
    }
    return next((one for one in later if one.payer.ref not in asked), None)


def _asked(read: Reading, decision: Decision) -> int:
    """The insurer's open item of the session."""
    for item in items.items_of_session(read, decision.session_ref):
        if item.debtor == decision.payer_ref and items.open_cents(read, item.id):
            return item.id
    raise DecisionRefused(
        f"This insurer owes nothing for session “{decision.session_ref}”. Nothing was posted. "
        "Check whether its answer was posted before."
    )


def _settle(
    uow: UnitOfWork, session: Session, decision: Decision, entry: int, following: str | None
) -> Decided:
    """Let what the client paid settle what the client owes, and ask no card for more."""
    client = session.client
    insurance.settle_freed(uow, client=client.ref, on=decision.on, source=decision.source)
    owed = 0
    for item in items.open_items(uow, client.ref, session=session.ref):
        owed += item.open_cents - payments.apply_credit(
            uow, client=client.ref, item=item.id, on=decision.on, source=decision.source
        )
    lower_waiting(uow, client)
    uow.changed("charge", session.ref)
    return Decided(entry, following, owed)
