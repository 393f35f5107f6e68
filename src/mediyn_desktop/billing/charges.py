# SPDX-License-Identifier: MIT
"""Billing a signed session: exactly one charge, in the same transaction as the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from mediyn_desktop.billing.pricing import Price, price
from mediyn_desktop.billing.routing import (
    CLAIM_ROUTES,
    NoRoute,
    Route,
    Routed,
    RouteFacts,
    route,
)
from mediyn_desktop.billing.tables import Charge, ChargeLine
from mediyn_desktop.codes.cpt import LATE_CANCEL, NO_SHOW, Coded, NotBillable, code_session
from mediyn_desktop.codes.places import modifiers_for, pos_for
from mediyn_desktop.codes.vocabulary import PaymentType, Place, SessionKind, SessionStatus
from mediyn_desktop.core.money import split_evenly
from mediyn_desktop.ledger import accounts, items, packages, payments
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Coverage, Fee, Package, Session
from mediyn_desktop.store.uow import Reading, UnitOfWork

_FEE_KEY = {SessionStatus.LATE_CANCEL: LATE_CANCEL, SessionStatus.NO_SHOW: NO_SHOW}


@dataclass(frozen=True, slots=True)
class NotBilled:
    """Why a signed session has no charge, and what mends it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a charge before it is written: the line's total in cents."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    fee_cents: int
    fee_rule: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What billing a session would write."""

    route: Route
    reason: str | None
    lines: tuple[PlannedLine, ...]
    pos: str
    diagnoses: tuple[str, ...]
    coverage: Coverage | None
    package: Package | None
    copay_cents: int

    @property
    def total_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.fee_cents for line in self.lines)


def charge_of(read: Reading, session: Session) -> Charge | None:
    """Return the session's charge, if it was billed and not voided."""
    return read.session.scalar(
        select(Charge).where(Charge.session_id == session.id, Charge.voided_at.is_(None))
    )


def plan_charge(read: Reading, session: Session) -> Plan | NotBilled:
    """Return what billing ``session`` would charge, or why it cannot be billed. Writes nothing."""
    status = SessionStatus(session.status)
    if status is SessionStatus.CANCELLED:
        return NotBilled("cancelled", "The session was cancelled in time; nothing is due.")
    coded = _code(session, status)
    if isinstance(coded, NotBillable):
        fix = "Check its start, end and breaks; if they are right, nothing is billed."
        return NotBilled(coded.code, f"{coded.message} This one had {session.minutes}. {fix}")
    coverage = coverage_in_force(read, session)
    package = None
    if status is SessionStatus.ATTENDED:
        package = package_with_sessions_left(read, session, coded.code)
    routed = route(_facts(session, status, coverage, package))
    if isinstance(routed, NoRoute):
        return NotBilled(routed.code, routed.message)
    insured = coverage if routed.route in CLAIM_ROUTES else None
    modifiers: tuple[str, ...] = ()
    pos = ""
    if status is SessionStatus.ATTENDED:
        rule = coverage.payer.telehealth_modifier if coverage is not None else None
        modifiers = modifiers_for(Place(session.place), rule)
        pos = pos_for(Place(session.place))
    lines = _price_lines(read, session, coded, modifiers, coverage, routed, package)
    if isinstance(lines, NotBilled):
        return lines
    return Plan(
        route=routed.route,
        reason=routed.reason,
        lines=tuple(lines),
        pos=pos,
        diagnoses=diagnoses_of(session) if status is SessionStatus.ATTENDED else (),
        coverage=insured,
        package=package if routed.route is Route.PACKAGE else None,
        copay_cents=_copay(insured, lines) if routed.route is Route.CLAIM_AND_COPAY else 0,
    )


def bill_session(uow: UnitOfWork, session: Session) -> Charge | NotBilled:
    """Charge a session whose note is signed: the charge, its lines, its posting, its open item.

    Idempotent: a session that has its charge keeps it. In network the whole fee is due from the
    payer; otherwise the client owes it, a package is used, and unallocated credit is applied first.
    """
    existing = charge_of(uow, session)
    if existing is not None:
        return existing
    if session.note is None or session.note.signed_at is None:
        return NotBilled(
            "unsigned-note", "The note is not signed yet. Sign it to bill the session."
        )
    plan = plan_charge(uow, session)
    if isinstance(plan, NotBilled):
        return plan
    entry, item = _post_charge(uow, session, plan)
    charge = Charge(
        session_id=session.id,
        client_id=session.client_id,
        date_of_service=session.date_of_service,
        route=plan.route.value,
        minutes=session.minutes,
        pos=plan.pos,
        diagnoses=";".join(plan.diagnoses),
        coverage_id=plan.coverage.id if plan.coverage else None,
        package_id=plan.package.id if plan.package else None,
        copay_cents=plan.copay_cents,
        reason=plan.reason,
        open_item_id=item,
        entry_id=entry,
        billed_at=uow.now,
    )
    charge.lines = [
        ChargeLine(
            position=position,
            code=line.code,
            modifiers=",".join(line.modifiers),
            units=line.units,
            fee_cents=line.fee_cents,
            fee_rule=line.fee_rule,
        )
        for position, line in enumerate(plan.lines, start=1)
    ]
    uow.session.add(charge)
    uow.session.flush()
    uow.changed("charge", session.ref)
    return charge


def diagnoses_of(session: Session) -> tuple[str, ...]:
    """Return the session's diagnoses, or the client's where the session names none."""
    own = tuple(row.code for row in session.diagnoses)
    return own or tuple(row.code for row in session.client.diagnoses)


def diagnoses_to_report(read: Reading, session: Session, charge: Charge) -> tuple[str, ...]:
    """Return the diagnoses a claim or superbill of ``charge`` names.

    What was chosen for the session itself comes first, then what the chart said when it was billed.
    Only where that could not be billed does the chart of today count: so a held paper is mended by
    mending the chart, and a later change of the chart rewrites no older session.
    """
    own = tuple(row.code for row in session.diagnoses)
    billed = tuple(code for code in charge.diagnoses.split(";") if code)
    if own or (
        billed
        and all(code_lists.check(read, code, charge.date_of_service).billable for code in billed)
    ):
        return own or billed
    return diagnoses_of(session)


def coverage_in_force(read: Reading, session: Session) -> Coverage | None:
    """Return the client's first-rank coverage that was in force on the date of service."""
    for coverage in session.client.coverages:
        started = (
            coverage.effective_from is None or coverage.effective_from <= session.date_of_service
        )
        running = coverage.effective_to is None or coverage.effective_to >= session.date_of_service
        if started and running:
            return coverage
    return None


def package_with_sessions_left(read: Reading, session: Session, code: str) -> Package | None:
    """Return the oldest package of ``code`` sold by then that still has sessions, if any."""
    used = (
        select(Charge.package_id, func.count().label("used"))
        .where(Charge.package_id.is_not(None), Charge.voided_at.is_(None))
        .group_by(Charge.package_id)
        .subquery()
    )
    return read.session.scalar(
        select(Package)
        .outerjoin(used, used.c.package_id == Package.id)
        .where(Package.client_id == session.client_id, Package.code == code)
        .where(Package.sold_on <= session.date_of_service)
        .where(Package.sessions > func.coalesce(used.c.used, 0))
        .order_by(Package.sold_on, Package.id)
        .limit(1)
    )


def _code(session: Session, status: SessionStatus) -> Coded | NotBillable:
    if status in _FEE_KEY:
        return Coded(_FEE_KEY[status])
    return code_session(SessionKind(session.kind), session.minutes)


def _facts(
    session: Session, status: SessionStatus, coverage: Coverage | None, package: Package | None
) -> RouteFacts:
    return RouteFacts(
        payment_type=PaymentType(session.client.payment_type),
        status=status,
        do_not_bill_insurer=session.do_not_bill_insurer,
        covered=coverage is not None,
        copay_cents=(coverage.copay_cents or 0) if coverage else 0,
        filing_code=coverage.payer.claim_filing_code if coverage else "",
        package_left=package is not None,
    )


def _price_lines(
    read: Reading,
    session: Session,
    coded: Coded,
    modifiers: tuple[str, ...],
    coverage: Coverage | None,
    routed: Routed,
    package: Package | None,
) -> list[PlannedLine] | NotBilled:
    wanted = [(coded.code, coded.units)]
    if coded.add_on is not None:
        wanted.append((coded.add_on, coded.add_on_units))
    if routed.route is Route.WAIVED:
        rule = routed.reason or "waived"
        return [PlannedLine(code, modifiers, units, 0, rule) for code, units in wanted]
    # A payer's fee is for care the plan hears of; a private session has the private fee.
    private = routed.route in (Route.CARD, Route.FEE) or session.do_not_bill_insurer
    payer = coverage.payer_id if coverage is not None and not private else None
    lines: list[PlannedLine] = []
    for code, units in wanted:
        found = price(read, code, on=session.date_of_service, client=session.client_id, payer=payer)
        if routed.route is Route.PACKAGE and package is not None and code == package.code:
            found = _package_price(read, package)
        if found is None:
            return NotBilled(
                "no-fee",
                f"There is no fee for {code} on {session.date_of_service.isoformat()}. "
                "Add one to the fee schedule; the session is then billed.",
            )
        lines.append(PlannedLine(code, modifiers, units, found.cents * units, found.rule))
    return lines


def _package_price(read: Reading, package: Package) -> Price:
    """The share of what the package still holds that its next session earns.

    Splitting the rest anew each time makes the shares sum to the price, also when a session was
    voided in between.
    """
    used = _used(read, package)
    left = package.price_cents
    if package.payment_id is not None:
        left = payments.unallocated_cents(read, package.payment_id)
    share = split_evenly(left, package.sessions - used)[0]
    return Price(
        share, f"session {used + 1} of {package.sessions} of the package sold {package.sold_on}"
    )


def _used(read: Reading, package: Package) -> int:
    return (
        read.session.scalar(
            select(func.count()).where(Charge.package_id == package.id, Charge.voided_at.is_(None))
        )
        or 0
    )


def _copay(coverage: Coverage | None, lines: Sequence[PlannedLine]) -> int:
    """The copay to collect, never more than the charge itself."""
    copay = (coverage.copay_cents or 0) if coverage else 0
    return min(copay, sum(line.fee_cents for line in lines))


def _post_charge(uow: UnitOfWork, session: Session, plan: Plan) -> tuple[int | None, int | None]:
    """Post the charge; return its entry and the client's open item, where there are any."""
    if plan.total_cents == 0:
        return None, None
    client = session.client.ref
    source = f"session:{session.ref}"
    voided = uow.session.scalar(select(func.count()).where(Charge.session_id == session.id)) or 0
    again = f"#{voided + 1}" if voided else ""  # billed anew after a charge that was voided
    if plan.coverage is not None:
        due_from = accounts.payer_receivable(plan.coverage.payer.ref)
    else:
        due_from = accounts.client_receivable(client)
    income = accounts.FEES if plan.route is Route.FEE else accounts.SERVICES
    entry = post(
        uow,
        on=session.date_of_service,
        kind="charge",
        source=source,
        key=f"charge:{session.ref}{again}",
        client=client,
        reason=plan.reason,
        lines=[Line(due_from, plan.total_cents), Line(income, -plan.total_cents)],
    )
    payer = plan.coverage.payer.ref if plan.coverage is not None else None
    item = items.open_item(
        uow,
        client=client,
        debtor=payer,
        session=session.ref,
        source=f"{source}{again}" if payer is None else f"{source}{again}:{payer}",
        date_of_service=session.date_of_service,
        cents=plan.total_cents,
        entry=entry,
    )
    if payer is not None:
        return entry, None
    if plan.package is not None and plan.package.payment_id is not None:
        earned = sum(line.fee_cents for line in plan.lines if line.code == plan.package.code)
        packages.settle_from_package(
            uow,
            payment=plan.package.payment_id,
            client=client,
            item=item,
            cents=earned,
            on=session.date_of_service,
            source=source,
        )
    payments.apply_credit(uow, client=client, item=item, on=session.date_of_service, source=source)
    return entry, item


def fee_codes(read: Reading) -> set[str]:
    """Return every code the fee schedule names."""
    return set(read.session.scalars(select(Fee.code).distinct()))
