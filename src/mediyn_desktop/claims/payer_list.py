# SPDX-License-Identifier: MIT
"""The insurers and what their claims are checked for, for people: each rule with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.missed import fee_barred
from mediyn_desktop.claims.checking import rules_of
from mediyn_desktop.claims.enrollment import EnrollmentRow, checklist
from mediyn_desktop.claims.silence import USUAL_PAYMENT_DAYS
from mediyn_desktop.claims.x12.scrub.payer_rules import SHIPPED, PayerRules
from mediyn_desktop.codes.filing import FILING_KINDS
from mediyn_desktop.practice.payers import PayerFacts, facts_of
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.store.uow import Reading

_ENTERED, _USUAL = "Entered here", "Usual for this kind of plan"


@dataclass(frozen=True, slots=True)
class PayerRule:
    """One thing claims to an insurer are checked for: what it asks and where that comes from.

    ``rule`` is the id of the check (``claims check`` names it), empty where none refuses.
    """

    rule: str
    what: str
    asks: str
    source: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class PayerView:
    """An insurer with its settings, its rules, its enrollments and how many clients have it."""

    ref: str
    facts: PayerFacts
    kind: str
    rules: tuple[PayerRule, ...]
    enrollments: tuple[EnrollmentRow, ...]
    clients: int


def payer_views(read: Reading) -> list[PayerView]:
    """Return every insurer, by name."""
    counts = dict(
        read.session.execute(
            select(Coverage.payer_id, func.count(Coverage.client_id.distinct())).group_by(
                Coverage.payer_id
            )
        ).all()
    )
    lines: dict[str, list[EnrollmentRow]] = {}
    for line in checklist(read):
        lines.setdefault(line.payer_ref, []).append(line)
    return [
        PayerView(
            payer.ref,
            facts_of(payer),
            FILING_KINDS.get(payer.claim_filing_code, payer.claim_filing_code),
            tuple(_rules(payer)),
            tuple(lines.get(payer.ref, ())),
            counts.get(payer.id, 0),
        )
        for payer in read.session.scalars(select(Payer).order_by(Payer.name, Payer.id))
    ]


def _rules(payer: Payer) -> list[PayerRule]:
    plan = SHIPPED.get(payer.claim_filing_code, PayerRules())
    asked = rules_of(payer)
    usual = PayerRules()

    def origin(entered: object, of_plan: object = None) -> str:
        """Where a rule comes from; the kind of plan is quoted only where it asks something."""
        return _ENTERED if entered else plan.source if of_plan else _USUAL

    days = asked.filing_days
    limit = f"{days} days from the date of service" if days else "No limit is known"
    pays_within = payer.expected_payment_days or USUAL_PAYMENT_DAYS
    barred = fee_barred(payer)
    needs = (
        ("payer-taxonomy", "Taxonomy code", asked.needs_taxonomy, payer.needs_taxonomy),
        ("payer-group-number", "Group number", asked.needs_group_number, payer.needs_group_number),
        (
            "payer-authorization",
            "Authorization number",
            asked.needs_authorization,
            payer.needs_authorization,
        ),
        ("payer-rendering", "Rendering provider", asked.always_rendering, payer.always_rendering),
    )
    marked = {
        "any": "Any usual mark",
        "none": "Not marked",
        "optional": "The place is enough",
    }
    return [
        PayerRule(
            "",
            "Filing limit",
            limit,
            (payer.timely_filing_source or _ENTERED)
            if payer.timely_filing_days
            else (plan.source if plan.filing_days else "Your contract says it; enter it"),
            payer.timely_filing_as_of if payer.timely_filing_days else None,
        ),
        PayerRule(
            "payer-telehealth",
            "Telehealth by video",
            marked.get(asked.telehealth, f"Marked {asked.telehealth}"),
            origin(payer.telehealth_modifier, plan.telehealth != usual.telehealth),
        ),
        PayerRule(
            "",
            "Where video is marked",
            "At any place" if asked.telehealth_place == "any" else "At places 02 and 10",
            origin(payer.telehealth_place, plan.telehealth_place != usual.telehealth_place),
        ),
        *(
            PayerRule(rule, what, "Needed" if needed else "Not needed", origin(entered, needed))
            for rule, what, needed, entered in needs
        ),
        PayerRule(
            "payer-replacement",
            "Corrected claims",
            "Taken" if asked.takes_replacements else "Not taken: reopen, or send a new claim",
            origin(payer.takes_replacements is not None, not plan.takes_replacements),
        ),
        PayerRule(
            "",
            "Usual time to pay",
            f"{pays_within} days",
            _ENTERED if payer.expected_payment_days else "Usual for insurers",
        ),
        PayerRule(
            "",
            "Fee for a missed session",
            barred or "Allowed",
            _ENTERED if payer.missed_fee_allowed is not None else "The kind of plan",
        ),
        PayerRule(
            "",
            "Prepaid packages",
            "Allowed" if payer.packages_allowed else "Not used for its clients",
            _ENTERED,
        ),
    ]
