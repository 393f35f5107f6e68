# SPDX-License-Identifier: MIT
"""Billing a signed session: exactly one charge, in the same transaction as the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from mediyn_desktop.billing.lines import (
    NoFee,
    PlannedLine,
    Reduction,
    price_lines,
    reductions,
    waived_lines,
)
from mediyn_desktop.billing.missed import MISSED, fee_barred, waived_because
from mediyn_desktop.billing.prepaid import share_of, usable_package
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
from mediyn_desktop.ledger import accounts, items, packages, payments
from mediyn_desktop.ledger.journal import Line, post
from mediyn_desktop.ledger.write_offs import write_off
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.sliding import agreement_in_force
from mediyn_desktop.practice.tables import Coverage, Package, Session, SlidingAgreement
from mediyn_desktop.store.uow import Reading, UnitOfWork

_FEE_KEY = {SessionStatus.LATE_CANCEL: LATE_CANCEL, SessionStatus.NO_SHOW: NO_SHOW}


@dataclass(frozen=True, slots=True)
class NotBilled:
    """Why a signed session has no charge, and what mends it."""

    code: str
    message: str


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
    reductions: tuple[Reduction, ...] = ()

    @property
    def total_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.fee_cents for line in self.lines)

    @property
    def asked_cents(self) -> int:
        """What is left to pay once the sliding scale and a courtesy are taken off."""
        return self.total_cents - sum(one.cents for one in self.reductions)


def charge_of(read: Reading, session: Session) -> Charge | None:
    """Return the session's charge, if it was billed and not voided."""
    return read.session.scalar(
        select(Charge).where(Charge.session_id == session.id, Charge.voided_at.is_(None))
    )


def plan_charge(
    read: Reading, session: Session, *, status: SessionStatus | None = None
) -> Plan | NotBilled:
    """Return what billing ``session`` would charge, or why it cannot be billed. Writes nothing.

    With ``status``, as if that had become of the session.
    """
    status = status or SessionStatus(session.status)
    if status is SessionStatus.CANCELLED:
        return NotBilled("cancelled", "The session was cancelled in time; nothing is due.")
    coded = _code(session, status)
    if isinstance(coded, NotBillable):
        fix = "Check its start, end and breaks; if they are right, nothing is billed."
        return NotBilled(coded.code, f"{coded.message} This one had {session.minutes}. {fix}")
    coverage = coverage_in_force(read, session)
    package = None
    if status is SessionStatus.ATTENDED:
        package = usable_package(read, session, coded.code)
    routed = route(_facts(read, session, status, coverage, package))
    if isinstance(routed, NoRoute):
        return NotBilled(routed.code, routed.message)
    insured = coverage if routed.route in CLAIM_ROUTES else None
    modifiers: tuple[str, ...] = ()
    pos = ""
    if status is SessionStatus.ATTENDED:
        rule = coverage.payer.telehealth_modifier if coverage is not None else None
        modifiers = modifiers_for(Place(session.place), rule)
        pos = pos_for(Place(session.place))
    agreement = _agreement(read, session, routed.route)
    lines = _price(read, session, coded, modifiers, coverage, routed, package, agreement)
    if isinstance(lines, NotBilled):
        return lines
    client_owes = routed.route in (Route.CARD, Route.SUPERBILL, Route.FEE)
    return Plan(
        route=routed.route,
        reason=routed.reason,
        lines=tuple(lines),
        pos=pos,
        diagnoses=diagnoses_of(session) if status is SessionStatus.ATTENDED else (),
        coverage=insured,
        package=package if routed.route is Route.PACKAGE else None,
        copay_cents=_copay(insured, lines) if routed.route is Route.CLAIM_AND_COPAY else 0,
        reductions=reductions(read, session, lines, agreement) if client_owes else (),
    )


def not_held_yet(read: Reading, session: Session) -> NotBilled | None:
    """Return why an attended session of a day to come is not billed, or None.

    A missed one may be: whoever cancels today may be late for tomorrow.
    """
    if session.status != SessionStatus.ATTENDED or session.date_of_service <= read.today:
        return None
    return NotBilled(
        "session-ahead",
        f"This session is on {session.date_of_service.isoformat()} and was not held yet. It is "
        "billed when its day is closed. If the date is wrong, correct it.",
    )


def bill_session(
    uow: UnitOfWork, session: Session, *, without_note: bool = False
) -> Charge | NotBilled:
    """Charge a session whose note is signed: the charge, its lines, its posting, its open item.

    Idempotent: a session that has its charge keeps it. In network the whole fee is due from the
    payer; otherwise the client owes it, a package is used, and unallocated credit is applied first.

    Args:
        without_note: for a missed session the therapist has just decided about: there is nothing
            to write a note of.
    """
    existing = charge_of(uow, session)
    if existing is not None:
        return existing
    signed = session.note is not None and session.note.signed_at is not None
    if not signed and not without_note:
        return NotBilled(
            "unsigned-note", "The note is not signed yet. Sign it to bill the session."
        )
    ahead = not_held_yet(uow, session)
    if ahead is not None:
        return ahead
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
    return next(iter(coverages_in_force(read, session)), None)


def coverages_in_force(read: Reading, session: Session) -> list[Coverage]:
    """Return the client's coverages that were in force on the date of service, by rank."""
    day = session.date_of_service
    return [
        one
        for one in session.client.coverages
        if (one.effective_from is None or one.effective_from <= day)
        and (one.effective_to is None or one.effective_to >= day)
    ]


def _code(session: Session, status: SessionStatus) -> Coded | NotBillable:
    if status in _FEE_KEY:
        return Coded(_FEE_KEY[status])
    return code_session(SessionKind(session.kind), session.minutes)


def _facts(
    read: Reading,
    session: Session,
    status: SessionStatus,
    coverage: Coverage | None,
    package: Package | None,
) -> RouteFacts:
    # A second insurer's rule binds too: people with Medicare and Medicaid owe no such fee.
    bars = [fee_barred(one.payer) for one in coverages_in_force(read, session)]
    return RouteFacts(
        payment_type=PaymentType(session.client.payment_type),
        status=status,
        do_not_bill_insurer=session.do_not_bill_insurer,
        covered=coverage is not None,
        copay_cents=(coverage.copay_cents or 0) if coverage else 0,
        package_left=package is not None,
        packages_allowed=coverage.payer.packages_allowed if coverage else False,
        fee_barred=next((bar for bar in bars if bar is not None), None),
        fee_waived=waived_because(read, session) if status in MISSED else None,
    )


def _agreement(read: Reading, session: Session, road: Route) -> SlidingAgreement | None:
    """The sliding-scale agreement that lowers this session's fee: on private roads only."""
    if road not in (Route.CARD, Route.SUPERBILL, Route.FEE):
        return None
    found = agreement_in_force(read, session.client_id, session.date_of_service)
    if found is None or (road is Route.FEE and not found.covers_missed):
        return None
    return found


def _price(
    read: Reading,
    session: Session,
    coded: Coded,
    modifiers: tuple[str, ...],
    coverage: Coverage | None,
    routed: Routed,
    package: Package | None,
    agreement: SlidingAgreement | None,
) -> list[PlannedLine] | NotBilled:
    if routed.route is Route.WAIVED:
        return waived_lines(coded, modifiers, routed.reason or "waived")
    # A payer's fee is for care the plan hears of; a private session has the private fee.
    private = routed.route in (Route.CARD, Route.FEE) or session.do_not_bill_insurer
    prepaid = routed.route is Route.PACKAGE and package is not None
    lines = price_lines(
        read,
        session,
        coded,
        modifiers,
        payer=coverage.payer_id if coverage is not None and not private else None,
        agreement=agreement,
        prepaid=share_of(read, package, session) if prepaid and package is not None else None,
    )
    if isinstance(lines, NoFee):
        return NotBilled(
            "no-fee",
            f"There is no fee for {lines.code} on {session.date_of_service.isoformat()}. "
            "Add one to the fee schedule; the session is then billed.",
        )
    return lines


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
    # A session cancelled late may lie ahead; its fee is owed from today.
    on = (
        min(session.date_of_service, uow.today)
        if plan.route is Route.FEE
        else (session.date_of_service)
    )
    entry = post(
        uow,
        on=on,
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
            on=on,
            source=source,
        )
    for one in plan.reductions:
        write_off(
            uow,
            ref=f"{one.kind.value}:{session.ref}{again}",
            item=item,
            cents=one.cents,
            kind=one.kind,
            on=on,
            source=source,
            reason=one.reason,
        )
    payments.apply_credit(uow, client=client, item=item, on=on, source=source)
    return entry, item
