# SPDX-License-Identifier: MIT
"""One answer of an insurer beside what the books hold about its claim, and asking about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.parts import Part
from mediyn_desktop.claims.recording import Recorder
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.tasks import Task, open_task
from mediyn_desktop.claims.x12.decision835 import Decision, Goes
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.ledger.tables import OpenItemRow
from mediyn_desktop.practice.tables import Client, Coverage, Payer


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to be posted, and what the books hold about its claim.

    ``owed`` is everything its insurer was asked for that session, ``item`` what of it is settled
    now, ``open_cents`` what of that was open before; ``fresh`` says that nothing was decided before
    and nothing waits.
    """

    answer: RemitClaim
    claim: Claim
    client: Client
    payer: Payer
    decision: Decision
    onward: Coverage | None
    part: Part | None
    owed: tuple[OpenItemRow, ...]
    item: OpenItemRow | None
    open_cents: int
    fresh: bool

    @property
    def next_cents(self) -> int:
        """What goes to the next insurer that is on file."""
        return self.decision.cents(Goes.NEXT_PAYER) if self.onward is not None else 0

    @property
    def settled_cents(self) -> int:
        """What the insurer does not owe any more."""
        return self.decision.settled_cents - self.nobody_cents

    @property
    def nobody_cents(self) -> int:
        """What was passed on to an insurer that is not on file."""
        return self.decision.cents(Goes.NEXT_PAYER) if self.onward is None else 0


def ask(
    book: Recorder,
    case: Case,
    row: ClaimDecision,
    kind: Task,
    text: str,
    cents: int,
    *,
    group: str = "",
    reason: str = "",
    remarks: Sequence[str] = (),
) -> None:
    """Put something about the answer on the worklist."""
    open_task(
        book.uow,
        kind,
        text,
        claim=case.claim.id,
        decision=row.id,
        payment=book.payment.id,
        payer=case.payer.ref,
        group=group,
        reason=reason,
        remarks=remarks,
        cents=cents,
    )
