# SPDX-License-Identifier: MIT
"""What a 271 says about therapy: the figures a person accepts into the coverage, or why not.

Payers answer with dozens of benefits. The most specific service type that says something counts
(98 therapy, MH mental health, 30 the plan as a whole), in network before out of network, the
individual's figure before the family's. Figures that still differ are not chosen between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mediyn_desktop.claims.x12.model271 import (
    THERAPY_SERVICE_TYPES,
    Benefit,
    Coverage,
    EligibilityAnswer,
    TherapyBenefits,
)
from mediyn_desktop.core.money import format_cents

_ACTIVE = ("1", "2", "3", "4", "5")
_INACTIVE = ("6", "7", "8")
_COINSURANCE, _COPAY, _DEDUCTIBLE, _LIMIT = "A", "B", "C", "G"
_NOT_COVERED, _ASK_ELSEWHERE = "I", "U"
_REMAINING = "29"
_WHOLE_PLAN = "30"

V = TypeVar("V")


def therapy_benefits(answer: EligibilityAnswer) -> TherapyBenefits:
    """Return what ``answer`` says about therapy."""
    benefits = answer.benefits
    unclear: list[str] = []

    def one(
        what: str, code: str, value: Callable[[Benefit], V | None], *, remaining: bool | None = None
    ) -> V | None:
        wanted = (
            each
            for each in benefits
            if each.code == code
            and value(each) is not None
            and (remaining is None or (each.period == _REMAINING) is remaining)
        )
        values = list(dict.fromkeys(value(each) for each in _closest(wanted)))
        if len(values) > 1:
            named = ", ".join(_shown(each) for each in values)
            unclear.append(f"Several figures for the {what}: {named}.")
            return None
        return values[0] if values else None

    coverage, service_type, plan = _coverage(benefits)
    if _mentions(benefits, _NOT_COVERED):
        unclear.append("Some therapy service is named as not covered.")
    for each in benefits:
        if each.code == _ASK_ELSEWHERE and _about_therapy(each):
            named = ", ".join(party.last for party in each.parties if party.last)
            unclear.append(f"Another company answers for therapy: {named or 'it is not named'}.")
    copay = one("copay", _COPAY, lambda each: each.amount_cents)
    coinsurance = one("coinsurance", _COINSURANCE, lambda each: each.share)
    deductible = one("deductible", _DEDUCTIBLE, lambda each: each.amount_cents, remaining=False)
    left = one("deductible left", _DEDUCTIBLE, lambda each: each.amount_cents, remaining=True)
    limit_left = one(
        "out-of-pocket amount left", _LIMIT, lambda each: each.amount_cents, remaining=True
    )
    needed = {each.authorization for each in benefits if _about_therapy(each)} & {"Y", "N"}
    if len(needed) > 1:
        unclear.append("An authorization is needed for some therapy services and not for others.")
    return TherapyBenefits(
        coverage=coverage,
        service_type=service_type,
        plan=plan,
        copay_cents=copay,
        coinsurance=coinsurance,
        deductible_cents=deductible,
        deductible_remaining_cents=left,
        out_of_pocket_remaining_cents=limit_left,
        authorization_needed=needed == {"Y"} if len(needed) == 1 else None,
        as_of=answer.answered_on or answer.origin.created_on,
        unclear=tuple(dict.fromkeys(unclear)),
    )


def _coverage(benefits: tuple[Benefit, ...]) -> tuple[Coverage, str, str]:
    """Return whether therapy is covered, by which service type that was found, and the plan."""
    plan = next((each.plan for each in benefits if each.code in _ACTIVE and each.plan), "")
    for service_type in THERAPY_SERVICE_TYPES:
        said = [each for each in benefits if service_type in _types(each)]
        active = [each for each in said if each.code in _ACTIVE]
        inactive = [each for each in said if each.code in _INACTIVE]
        if active and not inactive:
            return Coverage.ACTIVE, service_type, active[0].plan or plan
        if inactive and not active:
            return Coverage.INACTIVE, service_type, inactive[0].plan or plan
        if active:
            return Coverage.UNKNOWN, service_type, plan
    return Coverage.UNKNOWN, "", plan


def _closest(benefits: Iterable[Benefit]) -> list[Benefit]:
    """Return those of ``benefits`` that say most exactly what the client will owe for therapy."""
    found = [each for each in benefits if _about_therapy(each)]
    for service_type in THERAPY_SERVICE_TYPES:
        if exact := [each for each in found if service_type in _types(each)]:
            found = exact
            break
    for wanted in (_in_network, _maybe_in_network, _individual):
        if better := [each for each in found if wanted(each)]:
            found = better
    return found


def _types(benefit: Benefit) -> tuple[str, ...]:
    """Return what a benefit is about; one that does not say is about the plan as a whole."""
    return benefit.service_types or (_WHOLE_PLAN,)


def _about_therapy(benefit: Benefit) -> bool:
    return not set(_types(benefit)).isdisjoint(THERAPY_SERVICE_TYPES)


def _mentions(benefits: tuple[Benefit, ...], code: str) -> bool:
    specific = THERAPY_SERVICE_TYPES[:-1]
    return any(
        each.code == code and not set(each.service_types).isdisjoint(specific) for each in benefits
    )


def _in_network(benefit: Benefit) -> bool:
    return benefit.network in ("Y", "W")


def _maybe_in_network(benefit: Benefit) -> bool:
    return benefit.network != "N"


def _individual(benefit: Benefit) -> bool:
    return benefit.level in ("IND", "")


def _shown(value: object) -> str:
    return format_cents(value) if isinstance(value, int) else f"{value}"
