# SPDX-License-Identifier: MIT
"""A claim answered in parts: which of its lines each answer decides, so that none counts twice.

Some insurers split a claim: two answers under one number, each with lines of its own and each
adding up, in one payment or in two (005010X221A1 section 1.10.2.11, claim splitting). An answer is
a part only where each of its lines is certainly one line of the claim, for the same charge.
Everything else is no part and waits for a person.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge, ChargeLine
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Narrowed:
    """An earlier answer with the id ``decision`` of whose lines some are decided anew.

    ``cents`` are its adjustments of the lines it still decides, by group and reason.
    """

    decision: int
    cents: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Part:
    """What one answer decides of a claim. Lines are counted from 1.

    ``twice`` are those of them that were decided and posted before; ``earlier`` are the answers
    about other lines that stand; ``narrowed`` are those of them that no longer count on all of
    theirs; ``missing_cents`` is the charge of the lines nobody has decided.
    """

    lines: tuple[int, ...]
    twice: tuple[int, ...]
    of: int
    earlier: tuple[ClaimDecision, ...]
    narrowed: tuple[Narrowed, ...]
    missing: tuple[int, ...]
    missing_cents: int

    @property
    def is_last(self) -> bool:
        return not self.missing

    def words(self) -> str:
        """Name the lines it decides."""
        return f"{named(self.lines)} of {self.of}"

    def awaited(self) -> str:
        """Say what is still to come."""
        cents = format_cents(self.missing_cents)
        return f"The answer about {named(self.missing)} of {self.of} ({cents}) has not come yet."


def named(lines: Sequence[int]) -> str:
    """Return lines as people name them."""
    return f"line{'' if len(lines) == 1 else 's'} {' and '.join(map(str, lines))}"


@dataclass(frozen=True, slots=True)
class _Told:
    """One line as an answer names it."""

    control: str
    codes: tuple[str, ...]
    charge_cents: int


def part_of(
    read: Reading, claim: Claim, answer: RemitClaim, standing: Sequence[ClaimDecision]
) -> Part | None:
    """Return the part of ``claim`` that ``answer`` decides; None where it is no certain part.

    Args:
        standing: the insurer's decisions about the claim, and about those it replaces or that
            replaced it, that are in force; the oldest first.
    """
    ours = read.session.get_one(Charge, claim.charge_id).lines
    if sum(line.fee_cents for line in ours) != claim.total_cents:
        return None
    numbers = _numbers(read, claim)
    mine = _positions(numbers, ours, _told(answer))
    if not mine or None in mine or len(mine) == len(ours):
        return None
    lines = {line for line in mine if line is not None}
    # A refusal of the claim that this one replaced does not answer this one.
    standing = [one for one in standing if one.entry_id is not None or one.claim_id == claim.id]
    decided_by: dict[int, ClaimDecision] = {}
    theirs: dict[int, list[int | None]] = {}
    twice: set[int] = set()
    for decision in standing:
        told = _positions(numbers, ours, _kept(decision))
        if not told or None in told:
            return None
        theirs[decision.id] = told
        decided_by |= {line: decision for line in told if line is not None}
        if decision.entry_id is not None:
            twice |= lines.intersection(decided_by).intersection(told)
    still = {one.id: {line for line in decided_by if decided_by[line] is one} - lines
             for one in standing}  # fmt: skip
    missing = [line for line in ours if line.position not in lines.union(decided_by)]
    return Part(
        tuple(sorted(lines)),
        tuple(sorted(twice)),
        len(ours),
        tuple(one for one in standing if still[one.id]),
        tuple(
            Narrowed(one.id, _adjusted(one, theirs[one.id], still[one.id]))
            for one in standing
            if still[one.id] and still[one.id] != set(theirs[one.id]) and _is_by_line(one)
        ),
        tuple(line.position for line in missing),
        sum(line.fee_cents for line in missing),
    )


def _numbers(read: Reading, claim: Claim) -> set[str]:
    """The numbers its lines went out under: its own, and those of what it replaced."""
    same = select(Claim.control_number).where(
        Claim.charge_id == claim.charge_id, Claim.coverage_id == claim.coverage_id
    )
    return set(read.session.scalars(same))


def _is_by_line(decision: ClaimDecision) -> bool:
    return not json.loads(decision.facts)["adjustments"]


def _adjusted(
    decision: ClaimDecision, positions: Sequence[int | None], only: set[int]
) -> dict[tuple[str, str], int]:
    """What a decision adjusts of the lines ``only``; ``positions`` are those of its lines."""
    found: Counter[tuple[str, str]] = Counter()
    for position, line in zip(positions, json.loads(decision.facts)["lines"], strict=True):
        if position in only:
            for group, reason, cents, _ in line["adjustments"]:
                found[group, reason] += cents
    return dict(found)


def _positions(
    numbers: set[str], ours: Sequence[ChargeLine], told: Iterable[_Told]
) -> list[int | None]:
    """Which line each one told of is; None for one that is not certain or told of twice."""
    found: list[int | None] = []
    for one in told:
        fits = [line.position for line in ours if _is(numbers, line, one)]
        certain = len(fits) == 1 and fits[0] not in found
        found.append(fits[0] if certain else None)
    return found


def _is(numbers: set[str], line: ChargeLine, told: _Told) -> bool:
    if line.fee_cents != told.charge_cents:
        return False
    if told.control:
        return told.control.strip().upper() in {f"{one}L{line.position}" for one in numbers}
    return line.code in told.codes


def _told(answer: RemitClaim) -> Iterator[_Told]:
    for line in answer.lines:
        codes = (line.procedure, line.submitted_procedure)
        yield _Told(line.control_number, codes, line.charge_cents)


def _kept(decision: ClaimDecision) -> Iterator[_Told]:
    for line in json.loads(decision.facts)["lines"]:
        codes = (line["procedure"], line["submitted"])
        yield _Told(line["control"], codes, line["charge_cents"])
