# SPDX-License-Identifier: MIT
"""A 271 as values: is the client covered, for what, and what will the client's share be.

Guide: 005010X279A1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mediyn_desktop.claims.x12.inbound import (
    NO_PLACE,
    Contact,
    Dated,
    Flaw,
    Origin,
    Party,
    Place,
    Reference,
)
from mediyn_desktop.claims.x12.segments import Segment

# EB03 from the most specific to the most general that says something about therapy.
THERAPY_SERVICE_TYPES = ("98", "MH", "30")


class Coverage(StrEnum):
    """Whether the plan covers the client on the day asked about."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Benefit:
    """EB with what follows it. Every code is as sent.

    ``code`` is EB01 (1 active, 6 inactive, A coinsurance, B copay, C deductible, G out-of-pocket
    limit), ``level`` EB02 (IND, FAM), ``period`` EB06 (23 year, 29 remaining, 27 visit), ``share``
    EB08 as a fraction of 1 (0.2 is 20 %), ``network`` EB12 (Y in, N out, W both; empty: not said).
    """

    code: str
    level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    amount_cents: int | None = None
    share: Decimal | None = None
    quantity_kind: str = ""
    quantity: str = ""
    authorization: str = ""
    network: str = ""
    procedure: str = ""
    messages: tuple[str, ...] = ()
    dates: tuple[Dated, ...] = ()
    references: tuple[Reference, ...] = ()
    parties: tuple[Party, ...] = ()
    others: tuple[Segment, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    """AAA: why there is no answer. ``level`` is payer, provider, subscriber or dependent.

    ``reason`` is AAA03, ``follow_up`` AAA04 (C correct and send again, R resubmit, N do not ...).
    """

    level: str
    reason: str
    follow_up: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """The subscriber or the dependent as the payer has them."""

    name: Party
    place: Place = NO_PLACE
    birth_date: date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    references: tuple[Reference, ...] = ()
    dates: tuple[Dated, ...] = ()
    traces: tuple[tuple[str, str], ...] = ()
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """One person's answer. ``reference`` is our BHT03, ``answered_on`` BHT04.

    ``dependent`` is set when the answer is about a dependent. ``traces`` of the member are pairs of
    TRN02 and TRN03: ours come back.
    """

    origin: Origin
    reference: str
    answered_on: date | None
    payer: Party | None
    provider: Party | None
    subscriber: Member | None
    dependent: Member | None
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    contacts: tuple[Contact, ...] = ()
    others: tuple[Segment, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    position: int = 0
    end: int = 0

    @property
    def member(self) -> Member | None:
        """Whom the answer is about."""
        return self.dependent or self.subscriber


@dataclass(frozen=True, slots=True)
class TherapyBenefits:
    """What a 271 says about therapy, for a person to accept into the coverage.

    ``service_type`` is where it was found (98, MH or 30). A figure is None when the payer did not
    state it, or stated several that differ: those are named in ``unclear``, in words.
    """

    coverage: Coverage
    service_type: str
    plan: str
    copay_cents: int | None
    coinsurance: Decimal | None
    deductible_cents: int | None
    deductible_remaining_cents: int | None
    out_of_pocket_remaining_cents: int | None
    authorization_needed: bool | None
    as_of: date | None
    unclear: tuple[str, ...] = ()
