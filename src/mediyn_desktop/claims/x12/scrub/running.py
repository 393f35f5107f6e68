# SPDX-License-Identifier: MIT
"""Runs every rule over a file."""

from __future__ import annotations

from collections.abc import Iterable

from mediyn_desktop.claims.x12.scrub import (
    addresses,
    claims,
    dates,
    diagnoses,
    envelope,
    identifiers,
    insured,
    payers,
    secondary,
    services,
    telehealth,
)
from mediyn_desktop.claims.x12.scrub.rule import Context, Problem, Rule
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.view837p import read_837p

RULES: tuple[Rule, ...] = (
    *identifiers.RULES,
    *diagnoses.RULES,
    *services.RULES,
    *telehealth.RULES,
    *dates.RULES,
    *insured.RULES,
    *claims.RULES,
    *secondary.RULES,
    *addresses.RULES,
    *envelope.RULES,
    *payers.RULES,
)


def scrub(segments: Iterable[Segment], context: Context | None = None) -> list[Problem]:
    """Return every breach of our own rules in ``segments``, in the order of the file."""
    file = read_837p(segments)
    known = context or Context()
    found = [problem for rule in RULES for problem in rule.problems(file, known)]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.position)
