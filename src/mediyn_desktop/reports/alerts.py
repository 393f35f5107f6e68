# SPDX-License-Identifier: MIT
"""What needs attention now: one plain sentence each, with what to do; most urgent first.

A rule is a function from the books to alerts; further rules are added to ``RULES``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, select

from mediyn_desktop.billing.estimate_tracking import Against, estimates_needed, latest_tracked
from mediyn_desktop.billing.plan_views import items_under_plans, running_plans
from mediyn_desktop.billing.prepaid import PackageState, PackageView, packages_of
from mediyn_desktop.billing.snoozes import snoozes_in_force
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.clearing.showing import view_disputes, view_refunds
from mediyn_desktop.cards.due import NotChargeable
from mediyn_desktop.cards.installments import (
    chargeable_plan_card,
    installment_due,
    last_asked,
)
from mediyn_desktop.cards.refunds.states import OPEN, RefundState
from mediyn_desktop.cards.states import IN_FLIGHT, WAITING, State
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.queries import client_balances
from mediyn_desktop.practice.sliding import due_for_review
from mediyn_desktop.practice.tables import Card, Client, Coverage, Package
from mediyn_desktop.reports.alert import Alert, Rule
from mediyn_desktop.reports.card_alerts import CARD_RULES
from mediyn_desktop.reports.claim_alerts import CLAIM_RULES
from mediyn_desktop.reports.declined import declined
from mediyn_desktop.reports.open_money import open_money
from mediyn_desktop.reports.share_alerts import client_shares_decided
from mediyn_desktop.reports.shares import deductible_resets
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

__all__ = ["RULES", "Alert", "alerts"]

_FEW_SESSIONS = 2
_RECENT_DAYS = 30  # after its last session a package that was used up is told of
_JANUARY = 1
_SOON_DUE = 14  # days until a dispute must be answered


def alerts(read: Reading, *, snoozed: bool = False) -> list[Alert]:
    """Return what needs attention, most urgent first; with ``snoozed`` also what was put aside."""
    aside = {} if snoozed else snoozes_in_force(read)
    found = [
        alert
        for rule in RULES
        for alert in rule(read)
        if (put := aside.get((alert.kind, alert.ref))) is None
        or not put.covers(alert.amount_cents, alert.urgency)
    ]
    return sorted(found, key=lambda one: (one.urgency, one.since, one.kind, one.ref))


def _balances(read: Reading) -> Iterator[Alert]:
    most = settings.get(read, settings.ALERTS_BALANCE)
    days = settings.get(read, settings.ALERTS_BALANCE_DAYS)
    planned = items_under_plans(read)  # agreed on: late installments are an alert of their own
    oldest: dict[str, date] = {}
    agreed: dict[str, int] = {}
    for item in open_money(read):
        if item.debtor is None and item.item in planned:
            agreed[item.client] = agreed.get(item.client, 0) + item.cents
        elif item.debtor is None:
            oldest.setdefault(item.client, item.date_of_service)
    balances = client_balances(read)
    for client, since in oldest.items():
        owed = balances[client].patient_cents - balances[client].credit_cents
        owed -= agreed.get(client, 0)
        if owed <= 0:
            continue  # unallocated credit covers it
        age = (read.today - since).days
        if age > days:
            yield Alert(
                "balance-old",
                client,
                since,
                owed,
                f"{format_cents(owed)} is owed, some of it for {age} days. Send a statement or "
                "agree on a payment plan.",
                1,
            )
        if owed > most:
            yield Alert(
                "balance-high",
                client,
                since,
                owed,
                f"{format_cents(owed)} is owed, more than {format_cents(most)}. Talk about it at "
                "the next session.",
                2,
            )


def _packages(read: Reading) -> Iterator[Alert]:
    refs = read.session.scalars(
        select(Client.ref).join(Package, Package.client_id == Client.id).distinct()
    )
    for ref in refs.all():
        packages = packages_of(read, ref)
        ending = _just_used_up(read, packages)
        for package in packages:
            if package.running_low:
                left = "1 session is" if package.left == 1 else f"{package.left} sessions are"
                yield Alert(
                    "package-low",
                    ref,
                    package.sold_on,
                    package.left_cents,
                    f"{left} left of the package of {package.sessions}. Talk about the next one.",
                    3,
                )
            elif package.id in ending:
                yield Alert(
                    "package-used-up",
                    ref,
                    ending[package.id],
                    0,
                    f"The package of {package.sessions} sessions is used up; the next session is "
                    "asked for by itself. Sell the next package, or say so.",
                    2,
                )


def _just_used_up(read: Reading, packages: Sequence[PackageView]) -> dict[int, date]:
    """The packages used up of late and not followed by another of their code, and since when."""
    going_on = {
        one.code
        for one in packages
        if one.state in (PackageState.ACTIVE, PackageState.PENDING)
    }  # fmt: skip
    found: dict[int, date] = {}
    for one in packages:
        if one.state is PackageState.EXHAUSTED and one.code not in going_on:
            last = read.session.scalar(
                select(func.max(Charge.date_of_service)).where(
                    Charge.package_id == one.id, Charge.voided_at.is_(None)
                )
            )
            if last is not None and (read.today - last).days <= _RECENT_DAYS:
                found[one.id] = last
    return found


def _authorizations(read: Reading) -> Iterator[Alert]:
    used = (
        select(Charge.coverage_id, func.count().label("sessions"))
        .where(Charge.voided_at.is_(None), Charge.coverage_id.is_not(None))
        .group_by(Charge.coverage_id)
        .subquery()
    )
    rows = read.session.execute(
        select(Coverage, Client.ref, func.coalesce(used.c.sessions, 0))
        .join(Client, Client.id == Coverage.client_id)
        .outerjoin(used, used.c.coverage_id == Coverage.id)
        .where(Coverage.authorization_sessions.is_not(None))
        .where((Coverage.effective_to.is_(None)) | (Coverage.effective_to >= read.today))
    )
    for coverage, client, sessions in rows:
        left = (coverage.authorization_sessions or 0) - sessions
        if left <= _FEW_SESSIONS:
            state = "is used up" if left <= 0 else f"has {left} left"
            yield Alert(
                "authorization-low",
                client,
                coverage.effective_from or read.today,
                0,
                f"The authorization for {coverage.authorization_sessions} sessions {state}. Ask "
                f"{coverage.payer.name} for a new one before the next session.",
                0 if left <= 0 else 1,
            )


def _declined_cards(read: Reading) -> Iterator[Alert]:
    for due, attempt in declined(read):
        yield Alert(
            "card-declined",
            due.session.ref,
            local_date(attempt.updated_at, read.zone),
            due.cents,
            f"The card was declined and {format_cents(due.cents)} is still due. Ask the client "
            "for another card or another way to pay.",
            1,
        )


def _plans(read: Reading) -> Iterator[Alert]:
    """Installments that are due and that no evening asks a card for, or a card did not pay."""
    for plan in running_plans(read):
        if not plan.due_cents or plan.last_due_on is None:
            continue
        due = installment_due(read, plan.ref, read.today)
        card = chargeable_plan_card(read, due) if due is not None else None
        asked = last_asked(read, plan.ref, plan.last_due_on)
        if (due is not None and asked is None and isinstance(card, Card)) or (
            asked in (*WAITING, *IN_FLIGHT)
        ):
            continue  # the evening asks for it, or is asking
        if isinstance(card, NotChargeable) and asked is None:
            words = card.message
        elif asked in (State.DECLINED, State.NEEDS_CLIENT):
            words = "The card did not pay it. Ask for another card, or record a payment."
        else:
            words = "Talk about it, or record a payment."
        yield Alert(
            "plan-due",
            plan.client_ref,
            plan.last_due_on,
            plan.due_cents,
            f"{format_cents(plan.due_cents)} of a payment plan is due and not paid. {words}",
            1,
        )


def _disputes(read: Reading) -> Iterator[Alert]:
    """One for each client: the dispute that has to be answered first."""
    told: set[str] = set()
    for one in view_disputes(read):
        if one.client_ref is None or one.days_left is None or one.client_ref in told:
            continue
        told.add(one.client_ref)
        assert one.due_on is not None  # days are counted to it
        yield Alert(
            "dispute-open",
            one.client_ref,
            one.opened_on,
            one.amount_cents,
            f"The client's bank disputes {format_cents(one.amount_cents)}. Answer on Stripe's page "
            f"by {one.due_on.isoformat()}, or accept it; no card of the client is charged "
            "meanwhile.",
            0 if one.days_left <= _SOON_DUE else 1,
        )


def _open_refunds(read: Reading) -> Iterator[Alert]:
    """One for each client: money that should have gone back to a card and perhaps has not."""
    cents: dict[str, int] = {}
    since: dict[str, date] = {}
    for one in view_refunds(read):
        if one.state in OPEN or one.state == RefundState.REVIEW:
            cents[one.client_ref] = cents.get(one.client_ref, 0) + one.amount_cents
            since[one.client_ref] = local_date(one.planned_at, read.zone)
    for client, amount in cents.items():
        yield Alert(
            "refund-open",
            client,
            since[client],
            amount,
            f"It is not certain that {format_cents(amount)} went back to the client's card. Look "
            "at the refund and finish it.",
            0,
        )


def _reviews(read: Reading) -> Iterator[Alert]:
    for one in due_for_review(read, read.today):
        yield Alert(
            "agreement-review",
            one.client_ref,
            one.review_on,
            0,
            f"The sliding fee “{one.tier}” is due for review. Ask whether the income has changed.",
            3,
        )


def _estimates(read: Reading) -> Iterator[Alert]:
    for one in latest_tracked(read):
        match one.standing:
            case Against.DISPUTABLE:
                words, urgency = (
                    f"{format_cents(one.over_cents)} above the estimate was billed; from $400 on "
                    "the client may dispute it. Talk about it, and give a new estimate",
                    0,
                )
            case Against.NEAR_LINE:
                words, urgency = "The bill comes close to $400 above the estimate", 1
            case Against.EXCEEDED:
                words, urgency = "More was billed than estimated", 1
            case Against.NEXT_EXCEEDS:
                words, urgency = "The next session goes beyond the estimate", 2
            case _:
                continue
        advice = "" if urgency == 0 else ". Give a new estimate before the next session"
        yield Alert(
            "estimate-exceeded",
            one.client_ref,
            one.starts_on,
            one.billed_cents,
            f"{words}{advice}.",
            urgency,
        )
    for needed in estimates_needed(read):
        yield Alert(
            "estimate-due",
            needed.client_ref,
            needed.service,
            0,
            f"{needed.why}, and there is a session on {needed.service.isoformat()}. Give a good "
            f"faith estimate by {needed.by.isoformat()}.",
            1 if needed.by == read.today else 2,
        )


def _deductibles(read: Reading) -> Iterator[Alert]:
    if read.today.month != _JANUARY:
        return
    for one in deductible_resets(read, read.today.year):
        yield Alert(
            "deductible-reset",
            one.client_ref,
            read.today.replace(day=1),
            one.beyond_copay_cents,
            f"The deductible begins anew; a year ago {format_cents(one.beyond_copay_cents)} beyond "
            "the copay came to the client. Say so before the next session.",
            3,
        )


RULES: tuple[Rule, ...] = (
    _balances,
    *CLAIM_RULES,
    _packages,
    _authorizations,
    *CARD_RULES,
    _declined_cards,
    client_shares_decided,
    _plans,
    _disputes,
    _open_refunds,
    _reviews,
    _estimates,
    _deductibles,
)
