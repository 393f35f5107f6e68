# SPDX-License-Identifier: MIT
"""Taking back what was posted for a claim: the insurer's decisions and those made by hand since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.claims import decided
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.provider_money import cents_on, from_bank
from mediyn_desktop.claims.receivable import insurer_items
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import accounts
from mediyn_desktop.ledger.insurance import reverse_adjudication
from mediyn_desktop.ledger.items import allocations_of
from mediyn_desktop.ledger.tables import AllocationRow, EntryRow, OpenItemRow, PaymentRow
from mediyn_desktop.ledger.write_offs import reverse_write_off
from mediyn_desktop.store.uow import Reading, UnitOfWork

REVERSED = "reversed"


class TakeBackRefused(UserFacingError):
    """A later insurer has decided about what would be taken back."""

    code = "next-insurer-decided"


@dataclass(slots=True)
class TakenBack:
    """The reversing entries, and the decisions that no longer stand."""

    entries: list[int] = field(default_factory=list)
    decisions: list[ClaimDecision] = field(default_factory=list)


def take_back(
    uow: UnitOfWork,
    claim: Claim,
    *,
    on: date,
    reason: str,
    key: str,
    payer: str,
    only: Sequence[ClaimDecision] | None = None,
) -> TakenBack:
    """Reverse every decision about ``claim`` that stands, the newest first.

    The client's money that settled a withdrawn share is left hanging: the caller ends with
    ``settle_freed``.

    Args:
        key: unique for this taking back.
        payer: whose held money a reversal gives back to.
        only: the decisions to reverse, the oldest first; the others stand.

    Raises:
        TakeBackRefused: the next insurer has decided; nothing was changed.
    """
    standing = decided.in_force(uow, claim) if only is None else only
    for decision in standing:
        _must_be_last(uow, decision)
    taken = TakenBack()
    _reverse_write_offs(uow, claim, payer, on, reason)
    for decision in reversed(standing):
        if decision.entry_id is not None:
            entry = reverse_adjudication(uow, entry=decision.entry_id, on=on, reason=reason)
            taken.entries.append(entry)
            from_held = decision.paid_cents + cents_on(uow, accounts.BANK, [entry])
            if decision.payment_id is not None and from_held:
                taken.entries.append(
                    from_bank(
                        uow,
                        from_held,
                        payer=payer,
                        key=f"{key}:{decision.id}:bank",
                        source=f"claim:{claim.control_number}",
                        on=on,
                        reason=reason,
                    )
                )
        decision.state = REVERSED
        taken.decisions.append(decision)
        uow.changed("claim_decision", decision.id)
    uow.session.flush()
    return taken


def _must_be_last(read: Reading, decision: ClaimDecision) -> None:
    if decision.entry_id is None:
        return
    arose = read.session.scalars(
        select(OpenItemRow).where(OpenItemRow.entry_id == decision.entry_id)
    )
    if any(item.debtor is not None and allocations_of(read, item=item.id) for item in arose):
        raise TakeBackRefused(
            "The next insurer has decided about its part already. Take that back first. Nothing "
            "was changed."
        )


def _reverse_write_offs(uow: UnitOfWork, claim: Claim, payer: str, on: date, reason: str) -> None:
    """Take back what a person wrote off of the insurer's part since: it is open again."""
    for ref in given_up(uow, claim, payer):
        reverse_write_off(uow, ref=ref, on=on, reason=reason)


def given_up(read: Reading, claim: Claim, payer: str) -> list[str]:
    """Return the refs of what a person wrote off of the insurer's part and that stands."""
    found: list[str] = []
    for item in insurer_items(read, claim, payer):
        written_off = (
            select(PaymentRow.ref)
            .join(EntryRow, EntryRow.id == PaymentRow.entry_id)
            .join(AllocationRow, AllocationRow.payment_id == PaymentRow.id)
            .where(AllocationRow.item_id == item.id, EntryRow.kind == "adjustment")
            .group_by(PaymentRow.id, PaymentRow.ref)
            .having(func.sum(AllocationRow.amount_cents) != 0)
            .order_by(PaymentRow.id)
        )
        found += read.session.scalars(written_off)
    return found
