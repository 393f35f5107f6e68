# SPDX-License-Identifier: MIT
"""Checking a claim as it will be sent: written alone into a file, and that file scrubbed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlalchemy import select

from mediyn_desktop.claims.x12.scrub.payer_rules import SHIPPED, PayerRules
from mediyn_desktop.claims.x12.scrub.rule import Context
from mediyn_desktop.codes import icd10
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading


def usage_of(read: Reading) -> Literal["T", "P"]:
    """Return whether claim files are tests or production."""
    return "P" if settings.get(read, settings.CLEARINGHOUSE_USAGE) == "P" else "T"


def context_of(read: Reading) -> Context:
    """Return what the practice knows besides a file: its payers, its code lists, its day."""

    def diagnosis(code: str, on: date | None) -> icd10.Icd10Check:
        return code_lists.check(read, code, on)

    named = settings.get(read, settings.CLAIMS_ONLY_WARN).split(",")
    return Context(
        today=read.today,
        usage=usage_of(read),
        payers=payer_rules(read.session.scalars(select(Payer)).all()),
        diagnosis=diagnosis,
        only_warn=frozenset(name.strip() for name in named if name.strip()),
    )


def payer_rules(payers: Sequence[Payer]) -> dict[str, PayerRules]:
    """Return the rules of ``payers`` by payer id, as entered on the payers' screen.

    What the practice left open is that of the kind of plan; a commercial plan's deadline is the
    contract's and is not guessed.
    """
    return {payer.payer_id: rules_of(payer) for payer in payers if payer.payer_id}


def rules_of(payer: Payer) -> PayerRules:
    """Return the rules of one payer, as entered or else as usual for its kind of plan."""
    plan = SHIPPED.get(payer.claim_filing_code, PayerRules())
    takes = payer.takes_replacements
    return PayerRules(
        telehealth=payer.telehealth_modifier or plan.telehealth,
        telehealth_place=payer.telehealth_place or plan.telehealth_place,
        filing_days=payer.timely_filing_days or plan.filing_days,
        needs_taxonomy=payer.needs_taxonomy or plan.needs_taxonomy,
        needs_group_number=payer.needs_group_number,
        needs_authorization=payer.needs_authorization,
        always_rendering=payer.always_rendering,
        takes_replacements=plan.takes_replacements if takes is None else takes,
    )
