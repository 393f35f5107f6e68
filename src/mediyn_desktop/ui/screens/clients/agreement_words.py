# SPDX-License-Identifier: MIT
"""What is agreed with a client, in words: one line of the table, and the sentences about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediyn_desktop.billing.estimate_tracking import Against
from mediyn_desktop.billing.plan_views import PlanState, PlanView
from mediyn_desktop.billing.prepaid import PackageState, PackageView
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.agreements import Agreements, Estimated
from mediyn_desktop.practice.sliding import AgreementView
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

ESTIMATE_STANDINGS = {
    Against.WITHIN: (Status("Within it", Tone.OK), "What was billed is within the estimate."),
    Against.NEXT_EXCEEDS: (
        Status("Nearly used", Tone.WARN),
        "The next session goes beyond the estimate. Give a new one first.",
    ),
    Against.EXCEEDED: (
        Status("Exceeded", Tone.WARN),
        "More was billed than estimated. Give a new estimate.",
    ),
    Against.NEAR_LINE: (
        Status("Near the line", Tone.BAD),
        "The bill comes close to $400 above the estimate. Give a new one before the next session.",
    ),
    Against.DISPUTABLE: (
        Status("May be disputed", Tone.BAD),
        "$400 or more above the estimate was billed: the client may dispute it. Talk about it, and "
        "give a new estimate.",
    ),
}


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """One line of the table; ``verbs`` name the forms that are for it, Enter's first."""

    key: str
    ident: int | str
    what: str
    since: date
    until: date | None
    cents: int
    status: Status
    facts: tuple[str, ...]
    verbs: tuple[str, ...]


def agreed_lines(found: Agreements, today: date) -> list[AgreedLine]:
    """Return everything agreed, the newest first."""
    last = found.estimates[-1].data.version if found.estimates else None
    lines = [_package(one) for one in found.packages]
    lines += [_fee(one, today) for one in found.sliding]
    lines += [_estimate(one, today, last) for one in found.estimates]
    lines += [_plan(one) for one in found.plans]
    return sorted(lines, key=lambda line: (line.since, line.key), reverse=True)


def _package(one: PackageView) -> AgreedLine:
    price, left = format_cents(one.price_cents), format_cents(one.left_cents)
    facts = [f"Sold for {price}. {one.used} used, {one.left} left."]
    if one.state is PackageState.REFUNDED:
        facts = [f"Sold for {price}. {one.used} used; the rest was paid back."]
    elif one.left_cents:
        facts.append(f"{left} is kept for the sessions to come.")
    if not one.paid:
        facts.append("It is not paid yet. It can be used once it is.")
    if one.running_low:
        facts.append("Talk about the next one.")
    verbs = ("pay-package",) if not one.paid else ("refund-package",) if one.left_cents else ()
    return AgreedLine(
        key=f"package:{one.id}",
        ident=one.id,
        what=f"Package: {wording.counted(one.sessions, 'session')} of {one.code}",
        since=one.sold_on,
        until=one.expires_on,
        cents=one.left_cents if one.paid else one.price_cents,
        status=_package_status(one),
        facts=tuple(facts),
        verbs=verbs,
    )


def _package_status(one: PackageView) -> Status:
    match one.state:
        case PackageState.PENDING if not one.paid:
            return Status("Not paid", Tone.WARN)
        case PackageState.PENDING:
            return Status("Begins later", Tone.INFO)
        case PackageState.ACTIVE:
            return Status(f"{one.left} left", Tone.WARN if one.running_low else Tone.OK)
        case PackageState.EXHAUSTED:
            return Status("Used up")
        case PackageState.REFUNDED:
            return Status("Refunded")
        case PackageState.EXPIRED:
            return Status("Expired", Tone.WARN)


def _fee(one: AgreementView, today: date) -> AgreedLine:
    rate = f"{one.percent}% of the list fee" if one.percent is not None else ""
    amounts = ", ".join(f"{code} {format_cents(cents)}" for code, cents in one.amounts)
    terms = "; ".join(filter(None, (rate, amounts)))
    missed = "are lowered too" if one.covers_missed else "stay as they are"
    facts = [f"Fees for missed sessions {missed}.", f"Why: {one.reason}"]
    if one.review_on is not None:
        facts.append(f"To be looked at again on {wording.day(one.review_on)}.")
    over = one.effective_to is not None and one.effective_to < today
    due = one.review_on is not None and one.review_on <= today
    if over:
        status = Status("Ended")
    elif one.effective_from > today:
        status = Status("Begins later", Tone.INFO)
    else:
        status = Status("Look at it again", Tone.WARN) if due else Status("In force", Tone.OK)
    return AgreedLine(
        key=f"fee:{one.id}",
        ident=one.id,
        what=f"Sliding fee “{one.tier}”: {terms}",
        since=one.effective_from,
        until=one.effective_to,
        cents=0,
        status=status,
        facts=tuple(facts),
        verbs=() if over else ("review-fee", "end-fee"),
    )


def _estimate(one: Estimated, today: date, last: int | None) -> AgreedLine:
    data, tracking = one.data, one.tracking
    parts = " and ".join(
        f"{wording.counted(line.sessions, 'session')} of {line.code}" for line in data.lines
    )
    status, said = ESTIMATE_STANDINGS[tracking.standing]
    facts = [
        f"{format_cents(tracking.billed_cents)} billed of {format_cents(tracking.total_cents)} "
        f"estimated. {said}",
        f"Given on {wording.day(data.issued_on)}."
        + (f" It was due by {wording.day(data.due_on)}." if data.due_on else ""),
    ]
    if data.version != last:
        status = Status("Replaced")
    elif tracking.ends_on < today:
        status = Status("Over")
    return AgreedLine(
        key=f"estimate:{data.version}",
        ident=data.version or 0,
        what=f"Estimate {data.version}: {parts}",
        since=data.starts_on,
        until=tracking.ends_on,
        cents=data.total_cents,
        status=status,
        facts=tuple(facts),
        verbs=("show-estimate",),
    )


def _plan(one: PlanView) -> AgreedLine:
    paid, total = format_cents(one.paid_cents), format_cents(one.total_cents)
    facts = [f"{paid} of {total} is paid; {format_cents(one.left_cents)} is left."]
    if one.due_cents:
        facts.append(f"{format_cents(one.due_cents)} fell due and is not paid.")
    if one.next is not None:
        due = wording.day(one.next.due_on)
        facts.append(f"Next: {format_cents(one.next.cents)} on {due}.")
    if one.running:
        facts.append(f"Asked of the card •{one.card_last4}." if one.card_last4 else "Paid by hand.")
    hold = "resume-plan" if one.state is PlanState.PAUSED else "pause-plan"
    running = ("installment", hold, "plan-card", "end-plan", "print-plan")
    return AgreedLine(
        key=f"plan:{one.ref}",
        ident=one.ref,
        what=f"Payment plan: {format_cents(one.amount_cents)} a month, on day {one.day}",
        since=one.started_on,
        until=one.ahead[-1].due_on if one.ahead else None,
        cents=one.left_cents if one.running else one.total_cents,
        status=_plan_status(one),
        facts=tuple(facts),
        verbs=running if one.running else ("print-plan",),
    )


def _plan_status(one: PlanView) -> Status:
    match one.state:
        case PlanState.ACTIVE if one.due_cents:
            return Status("Behind", Tone.WARN)
        case PlanState.ACTIVE:
            return Status("On time", Tone.OK)
        case PlanState.PAUSED:
            return Status("Paused", Tone.INFO)
        case PlanState.FINISHED:
            return Status("Paid off", Tone.OK)
        case PlanState.ENDED:
            return Status("Ended")
