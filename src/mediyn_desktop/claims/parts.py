# SPDX-License-Identifier: MIT
"""A claim answered in parts: which of its lines each answer decides, so that none counts twice.

Some insurers split a claim: two answers under one number, each with lines of its own and each
adding up, in one payment or in two (005010X221A1 section 1.10.2.11, claim splitting). An answer is
a part only where each of its lines is certainly one line of the claim, for the same charge.
Everything else is no part and waits for a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mediyn_desktop.billing.tables import Charge, ChargeLine
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.model835 import RemitClaim
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Part:
    """What one answer decides of a claim. Lines are counted from 1.

    ``twice`` are those of them that were decided and posted before; ``earlier`` are the answers
    about other lines that stand; ``missing_cents`` is the charge of the lines nobody has decided.
    """

    lines: tuple[int, ...]
    twice: tuple[int, ...]
    of: int
    earlier: tuple[ClaimDecision, ...]
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
        standing: the insurer's decisions about the claim that are in force.
    """
    ours = read.session.get_one(Charge, claim.charge_id).lines
    if sum(line.fee_cents for line in ours) != claim.total_cents:
        return None
    mine = _positions(claim, ours, _told(answer))
    if not mine or len(mine) == len(ours):
        return None
    taken: set[int] = set()
    twice: set[int] = set()
    for decision in standing:
        theirs = _positions(claim, ours, _kept(decision))
        if theirs is None or not theirs:
            return None
        if decision.entry_id is not None:
            twice |= theirs & mine
        taken |= theirs
    missing = [line for line in ours if line.position not in taken | mine]
    return Part(
        tuple(sorted(mine)),
        tuple(sorted(twice)),
        len(ours),
        tuple(standing),
        tuple(line.position for line in missing),
        sum(line.fee_cents for line in missing),
    )


def _positions(claim: Claim, ours: Sequence[ChargeLine], told: Iterable[_Told]) -> set[int] | None:
    """The lines that are told of, or None where one of them is not certain or told of twice."""
    found: set[int] = set()
    for one in told:
        fits = [line for line in ours if _is(claim, line, one)]
        if len(fits) != 1 or fits[0].position in found:
            return None
        found.add(fits[0].position)
    return found


def _is(claim: Claim, line: ChargeLine, told: _Told) -> bool:
    if line.fee_cents != told.charge_cents:
        return False
    if told.control:
        return told.control.strip().upper() == f"{claim.control_number}L{line.position}"
    return line.code in told.codes


def _told(answer: RemitClaim) -> Iterator[_Told]:
    for line in answer.lines:
        codes = (line.procedure, line.submitted_procedure)
        yield _Told(line.control_number, codes, line.charge_cents)


def _kept(decision: ClaimDecision) -> Iterator[_Told]:
    for line in json.loads(decision.facts)["lines"]:
        codes = (line["procedure"], line["submitted"])
        yield _Told(line["control"], codes, line["charge_cents"])
