# SPDX-License-Identifier: MIT
"""TA1, 999 and 277CA as values: was the file taken, was each set taken, was each claim taken.

Guides: X12 TA1, 005010X231A1, 005010X214.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mediyn_desktop.claims.x12.inbound import (
    Dated,
    Flaw,
    Origin,
    Party,
    Reference,
    dated,
    reference,
)
from mediyn_desktop.claims.x12.segments import Segment


class Verdict(StrEnum):
    """What an answer says about a file, a set or a claim; silence is not among them.

    ``RECEIVED`` is less than ``ACCEPTED``: it arrived or was passed on, nobody has taken it into
    processing yet. ``UNKNOWN`` is a code this program does not know: for a person to read.
    """

    ACCEPTED = "accepted"
    RECEIVED = "received"
    ACCEPTED_WITH_ERRORS = "accepted-with-errors"
    PARTLY = "partly"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InterchangeAnswer:
    """TA1: the verdict on the envelope of one file that we sent.

    ``isa_control``, ``sent_on`` and ``sent_at`` are ours (ISA13, ISA09, ISA10); ``note`` is TA105.
    """

    origin: Origin
    isa_control: str
    sent_on: date | None
    sent_at: str
    verdict: Verdict
    code: str
    note: str
    flaws: tuple[Flaw, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class ElementError:
    """IK4: one element that is wrong. ``element`` and ``component`` count from 1."""

    element: int | None
    component: int | None
    code: str
    reference_number: str = ""
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3 with its IK4: one segment that is wrong.

    ``segment_position`` counts from the ST of the set that we sent (ST is 1). ``claim`` is CLM01
    where the answer names it (CTX), else empty: then the position leads to the claim.
    """

    segment: str
    segment_position: int | None
    loop: str
    code: str
    claim: str = ""
    elements: tuple[ElementError, ...] = ()
    contexts: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """AK2 to IK5: the verdict on one transaction set; ``st_control`` is our ST02."""

    set_code: str
    st_control: str
    version: str
    verdict: Verdict
    code: str
    reasons: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()
    others: tuple[Segment, ...] = ()
    position: int = 0

    @property
    def is_taken(self) -> bool:
        return self.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_ERRORS)


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """One 999: the verdict on one functional group; ``gs_control`` is our GS06.

    A group that is accepted as a whole may name no set at all. Counts are None where they are
    missing or no numbers.
    """

    origin: Origin
    function: str
    gs_control: str
    version: str
    verdict: Verdict
    code: str
    sets_included: int | None
    sets_received: int | None
    sets_accepted: int | None
    reasons: tuple[str, ...] = ()
    sets: tuple[SetAnswer, ...] = ()
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class StatusCode:
    """One composite of an STC: category (A1, A3 ...), status (20, 164 ...), entity (IL, 85 ...)."""

    category: str
    status: str
    entity: str = ""
    code_list: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """STC: up to three codes, the day, what to do (WQ accept, U reject), the amount, free text."""

    codes: tuple[StatusCode, ...]
    on: date | None
    action: str
    amount_cents: int | None
    text: str = field(default="", repr=False)
    position: int = 0


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """2220D: the statuses of one service line; ``control_number`` is ours (REF*FJ)."""

    procedure: str
    modifiers: tuple[str, ...]
    charge_cents: int | None
    statuses: tuple[Status, ...] = ()
    dates: tuple[Dated, ...] = ()
    references: tuple[Reference, ...] = ()
    others: tuple[Segment, ...] = ()
    position: int = 0

    @property
    def control_number(self) -> str:
        return reference(self.references, "FJ")


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """2200D: the verdict on one claim; ``control_number`` is ours (CLM01)."""

    control_number: str
    verdict: Verdict
    statuses: tuple[Status, ...]
    patient: Party | None = field(default=None, repr=False)
    provider: Party | None = field(default=None, repr=False)
    lines: tuple[LineAnswer, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0
    end: int = 0

    @property
    def payer_number(self) -> str:
        """The payer's own number (REF*1K), needed for a replacement or void."""
        return reference(self.references, "1K")

    @property
    def clearinghouse_number(self) -> str:
        """The clearinghouse's trace number (REF*D9)."""
        return reference(self.references, "D9")

    @property
    def charge_cents(self) -> int | None:
        return next((s.amount_cents for s in self.statuses if s.amount_cents is not None), None)

    @property
    def service_from(self) -> date | None:
        found = dated(self.dates, "472")
        return found.first if found else None


@dataclass(frozen=True, slots=True)
class LevelAnswer:
    """The statuses of a level above the claims (the whole batch, or one provider).

    ``verdict`` is rejected when everything below it is: then no claim may be named at all.
    """

    party: Party | None
    trace: str
    verdict: Verdict
    statuses: tuple[Status, ...]
    quantities: tuple[tuple[str, str], ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()
    references: tuple[Reference, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgement:
    """One 277CA: the answer to one batch. ``reference`` is our BHT03 (TRN02 of the receiver level).

    ``source`` is who answers: a clearinghouse (NM1*AY) or a payer (NM1*PR). ``flaws`` are all those
    of the set, of its claims too.
    """

    origin: Origin
    reference: str
    created_on: date | None
    source: Party | None
    batch: LevelAnswer | None
    providers: tuple[LevelAnswer, ...]
    claims: tuple[ClaimAnswer, ...]
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0

    @property
    def from_payer(self) -> bool:
        return self.source is not None and self.source.role == "PR"
