# SPDX-License-Identifier: MIT
"""A 270 as values: is this person covered on that day, and for what. Guide: 005010X279A1."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from mediyn_desktop.claims.x12.model837p import Organization, Person

# EQ01: the plan as a whole, and mental health.
ASKED_SERVICE_TYPES = ("30", "MH")


@dataclass(frozen=True, slots=True)
class Dependent:
    """The client, where somebody else holds the policy. ``relationship``: INS02 (01, 19, 34)."""

    name: Person = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: str = field(default="U", repr=False)
    relationship: Literal["01", "19", "34"] = "34"


@dataclass(frozen=True, slots=True)
class EligibilityQuestion:
    """One question about one person.

    ``reference`` (BHT03) and ``trace`` (TRN02) come back with the answer. ``originator`` (TRN03)
    has ten characters. ``subscriber`` holds the policy with ``member_id``; ``birth_date`` and
    ``sex`` are the subscriber's. ``on`` is the day asked about.
    """

    reference: str
    trace: str
    originator: str
    payer_name: str
    payer_id: str
    provider: Person | Organization
    provider_npi: str
    subscriber: Person = field(repr=False)
    member_id: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    on: date
    sex: str = field(default="U", repr=False)
    dependent: Dependent | None = field(default=None, repr=False)
    service_types: tuple[str, ...] = ASKED_SERVICE_TYPES
