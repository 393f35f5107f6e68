# SPDX-License-Identifier: MIT
"""What a rule is, what it may know besides the file, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from mediyn_desktop.claims.x12.scrub.payer_rules import SHIPPED, PayerRules
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import Claim, ClaimFile
from mediyn_desktop.codes import icd10

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to hold a file or a claim back, or (a warning) to look at it again.

    ``segment`` and ``element`` name the place as guides do (``SV1``, ``01-2``; the element may be
    empty), ``position`` counts segments from 1 (0: the file as a whole), ``code`` is the rule's
    stable id, and ``message`` is for people and quotes nothing about a person.
    ``claim_control_number`` is empty where the place belongs to no one claim. ``mend`` says where
    in this program it is put right, ``source`` where the rule comes from.
    """

    segment: str
    element: str
    code: str
    message: str
    claim_control_number: str = ""
    position: int = 0
    severity: Severity = "error"
    mend: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the file alone does not say; nothing here is needed to check a stranger's file.

    Attributes:
        today: the day it is; what a file without a date is measured by.
        usage: what ISA15 must say, T or P; anything when None.
        payers: rules of single payers by payer id; they go before those of ``plans``.
        plans: rules by kind of plan (SBR09).
        known_payers: the only payer ids the clearinghouse takes; any when empty.
        used_numbers: claim numbers of earlier files, never to be used again.
        diagnosis: what the code list in force on a day says of a code.
        only_warn: ids of rules that do not hold a claim back here.
    """

    today: date | None = None
    usage: Literal["T", "P"] | None = None
    payers: Mapping[str, PayerRules] = field(default_factory=dict)
    plans: Mapping[str, PayerRules] = field(default_factory=lambda: SHIPPED)
    known_payers: frozenset[str] = frozenset()
    used_numbers: frozenset[str] = frozenset()
    diagnosis: Callable[[str, date | None], icd10.Icd10Check] = icd10.check
    only_warn: frozenset[str] = frozenset()

    def rules_for(self, claim: Claim) -> PayerRules:
        """Return what is known of the payer the claim goes to."""
        payer = self.payers.get(claim.payer.number) if claim.payer is not None else None
        if payer is not None:
            return payer
        return self.plans.get(plan_of(claim)) or self.plans.get("", PayerRules())

    def knows(self, claim: Claim) -> bool:
        """Whether those are this payer's or this kind of plan's, and not everybody's."""
        payer = claim.payer
        return (payer is not None and payer.number in self.payers) or bool(
            plan_of(claim) and plan_of(claim) in self.plans
        )


def plan_of(claim: Claim) -> str:
    """Return the kind of plan (SBR09) of the payer the claim goes to."""
    insurance = claim.insurance
    return insurance.element(9) if insurance is not None else ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule is broken; ``says`` replaces the rule's sentence where it can say more."""

    segment: Segment
    element: str = ""
    says: str = ""


Find = Callable[[ClaimFile, Context], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: ``says`` what is wrong in a sentence, ``mend`` where it is put right."""

    id: str
    says: str
    mend: str
    source: str
    severity: Severity
    find: Find

    def problems(self, file: ClaimFile, context: Context) -> Iterator[Problem]:
        """Yield each breach in ``file``."""
        severity: Severity = "warning" if self.id in context.only_warn else self.severity
        for hit in self.find(file, context):
            position = hit.segment.position
            place = file.places.get(position)
            yield Problem(
                segment=hit.segment.id,
                element=hit.element,
                code=self.id,
                message=hit.says or self.says,
                claim_control_number=place.claim if place is not None else "",
                position=position,
                severity=severity,
                mend=self.mend,
                source=self.source,
            )


def rule(
    name: str, says: str, *, mend: str, source: str, severity: Severity = "error"
) -> Callable[[Find], Rule]:
    """Return a decorator that makes the function below it a rule."""
    return lambda find: Rule(name, says, mend, source, severity, find)
