# SPDX-License-Identifier: MIT
"""What a code would have cost on a day, and why: the rule used and what was passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from mediyn_desktop.billing.charges import NotBilled, charge_of, plan_charge
from mediyn_desktop.billing.lines import PlannedLine
from mediyn_desktop.billing.pricing import weigh_schedule
from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.sliding import agreed_price
from mediyn_desktop.codes import cpt
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.sessions import get, get_client
from mediyn_desktop.practice.sliding import agreement_in_force
from mediyn_desktop.practice.tables import Payer, Session
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fee that was looked at and not used: in words, in cents, and why not."""

    fee: str
    cents: int
    why: str


@dataclass(frozen=True, slots=True)
class FeeAnswer:
    """What one unit costs in cents, or None without a fee; ``rule`` says which fee that is."""

    code: str
    on: date
    cents: int | None
    list_cents: int | None
    rule: str
    passed_over: tuple[Candidate, ...]


def explain_fee(
    read: Reading,
    code: str,
    *,
    on: date,
    client: str | None = None,
    payer: str | None = None,
    modifiers: Sequence[str] = (),
) -> FeeAnswer:
    """Answer what one unit of ``code`` would have cost on ``on``, and why.

    Args:
        client: the client's ref; None asks for people in general.
        payer: the ref of the payer the session is billed to; None asks for the private price,
            which a sliding-scale agreement of the client's may lower.

    Raises:
        NotFound: no such client or payer.
    """
    client_id = get_client(read, client).id if client is not None else None
    payer_id = _payer(read, payer).id if payer is not None else None
    found = weigh_schedule(read, code, on=on, client=client_id, payer=payer_id, modifiers=modifiers)
    others = [Candidate(one.fee.words, one.fee.cents, one.why) for one in found.passed_over]
    listed = found.price
    if listed is None or found.best is None:
        text = f"There is no fee for {code} on {on.isoformat()}"
        return FeeAnswer(code, on, None, None, text, tuple(others))
    price = listed
    agreement = agreement_in_force(read, client_id, on) if client_id is not None else None
    if agreement is not None:
        lowered = agreed_price(agreement, code, listed)
        missed = code in (cpt.LATE_CANCEL, cpt.NO_SHOW) and not agreement.covers_missed
        if lowered is not None and (payer is not None or missed):
            why = "It does not cover missed sessions." if missed else "It is for private sessions."
            others.insert(0, Candidate(f"sliding fee “{agreement.tier}”", lowered.cents, why))
        elif lowered is not None:
            why = f"The sliding fee lowers it to {format_cents(lowered.cents)}."
            others.insert(0, Candidate(found.best.words, listed.cents, why))
            price = lowered
    return FeeAnswer(code, on, price.cents, listed.cents, price.rule, tuple(others))


@dataclass(frozen=True, slots=True)
class SessionFee:
    """What a session would be asked for as of a day, and what it was billed for, in cents.

    ``billed_cents`` is None where it was not billed. ``fees`` answer for one unit of each line, in
    the order of the lines; a package's or a waived session's price stands in ``rule`` instead.
    """

    session_ref: str
    on: date
    road: str
    lines: tuple[PlannedLine, ...]
    asked_cents: int
    rule: str
    fees: tuple[FeeAnswer, ...]
    billed_cents: int | None
    billed_rules: tuple[str, ...]


def explain_session(
    read: Reading, session_ref: str, *, on: date | None = None
) -> SessionFee | NotBilled:
    """Answer what this session would have cost on ``on``, its own day unless given, and why.

    As if everything about it had been the same and it had been held on that day: fees, agreements
    and insurance of that day, today's chart. Writes nothing, also of the question.

    Raises:
        NotFound: no such session.
    """
    session = get(read, session_ref)
    day = on or session.date_of_service
    with read.session.no_autoflush:
        asked = _on_day(session, day)
        plan = plan_charge(read, asked)
    if isinstance(plan, NotBilled):
        return plan
    charge = charge_of(read, session)
    scheduled = plan.route not in (Route.PACKAGE, Route.WAIVED)
    payer = plan.coverage.payer.ref if plan.coverage is not None else None
    said = [line.fee_rule for line in plan.lines]
    said += [f"{format_cents(one.cents)} off: {one.reason}" for one in plan.reductions]
    return SessionFee(
        session_ref=session.ref,
        on=day,
        road=plan.route.value,
        lines=plan.lines,
        asked_cents=plan.asked_cents,
        rule="; ".join(said),
        fees=tuple(
            explain_fee(
                read, line.code, on=day, client=session.client.ref, payer=payer,
                modifiers=line.modifiers,
            )
            for line in plan.lines
        )
        if scheduled
        else (),
        billed_cents=charge.total_cents if charge is not None else None,
        billed_rules=tuple(line.fee_rule for line in charge.lines) if charge is not None else (),
    )  # fmt: skip


def _on_day(session: Session, day: date) -> Session:
    """A copy of ``session`` held on ``day`` that belongs to no transaction."""
    moved = timedelta(days=(day - session.date_of_service).days)
    values = {column.key: getattr(session, column.key) for column in inspect(Session).column_attrs}
    values |= {
        "starts_at": session.starts_at + moved,
        "ends_at": session.ends_at + moved,
        "date_of_service": day,
    }
    copied = Session(**values)
    for name in ("client", "clinician", "diagnoses", "note"):
        set_committed_value(copied, name, getattr(session, name))
    return copied


def _payer(read: Reading, ref: str) -> Payer:
    found = read.session.scalar(select(Payer).where(Payer.ref == ref))
    if found is None:
        raise NotFound(f"There is no payer “{ref}”. Check the reference; nothing was changed.")
    return found
