# SPDX-License-Identifier: MIT
"""Good faith estimates: what care is expected to cost somebody who pays it without a claim.

45 CFR 149.610: every licensed provider gives one, also alone in practice, to people without
insurance and to those who do not use theirs. One estimate may cover a series of sessions of up to
twelve months. It is part of the record: what was given is kept as it was given.
"""

from __future__ import annotations

import calendar
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from mediyn_desktop.billing.pricing import Price, price
from mediyn_desktop.billing.sliding import agreed_price
from mediyn_desktop.billing.tables import Estimate, EstimateItem
from mediyn_desktop.codes import business_days, cpt
from mediyn_desktop.codes.places import modifiers_for
from mediyn_desktop.codes.postal import format_zip
from mediyn_desktop.codes.vocabulary import PaymentType, Place
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.money import LARGEST_CENTS
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.sliding import agreement_in_force
from mediyn_desktop.practice.tables import Client, Clinician, Practice
from mediyn_desktop.store.uow import Reading, UnitOfWork

LONGEST_MONTHS = 12
MOST_SESSIONS = 366  # one a day for the longest series
INTAKE = "90791"

DISCLAIMERS = (
    "More or other services may be recommended during care. They are scheduled, and estimated, "
    "separately.",
    "This is an estimate. What is billed may differ as needs, length or number of sessions change.",
    "If you are billed at least $400 more than this estimate, you may dispute the bill within 120 "
    "days of its date. How to do so, and its fee, is told at cms.gov/nosurprises or "
    "1-800-985-3059. "
    "A dispute does not lower the quality of the care you receive.",
    "This is not a contract. You need not take these services from this provider, and may end them "
    "at any time.",
    "Fees for appointments missed or canceled late are not part of this estimate.",
)


class EstimateRefused(UserFacingError):
    """The estimate cannot be given so; nothing was stored."""

    code = "estimate-refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an estimate is asked for: ``sessions`` of ``code`` from ``starts_on``.

    ``scheduled_on`` is the day the first session was booked, ``requested_on`` the day the client
    asked what care will cost; they set the last day to give the estimate. Without ``ends_on`` it
    runs for twelve months. ``every`` says how often in the practice's words.
    """

    client_ref: str
    code: str
    sessions: int
    starts_on: date | None = None
    ends_on: date | None = None
    intake: bool = False
    place: Place = Place.OFFICE
    every: str = ""
    scheduled_on: date | None = None
    requested_on: date | None = None
    not_using_plan: bool = False


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """Sessions of one code at one expected charge (cents, after discounts)."""

    code: str
    label: str
    place: str
    sessions: int
    unit_cents: int
    total_cents: int
    fee_rule: str


@dataclass(frozen=True, slots=True)
class EstimateData:
    """An estimate, complete: what the printed form will show and nothing else.

    ``version`` is None before it is issued. ``diagnoses`` is empty before the first session.
    """

    client_ref: str
    client_name: str
    client_dob: date
    version: int | None
    issued_on: date
    requested_on: date | None
    scheduled_on: date | None
    due_on: date | None
    starts_on: date
    ends_on: date
    every: str
    diagnoses: tuple[str, ...]
    lines: tuple[EstimateLine, ...]
    total_cents: int
    provider_name: str
    provider_npi: str
    provider_tax_id: str
    provider_state: str
    location: str
    disclaimers: tuple[str, ...]

    @property
    def late(self) -> bool:
        """Whether it is given after its last day."""
        return self.due_on is not None and self.issued_on > self.due_on


def needs_estimate(client: Client) -> bool:
    """Whether the client pays without a claim of ours, and so is owed an estimate.

    People who send superbills to their insurer themselves are given one too: the rule does not say
    clearly that they need none.
    """
    return client.payment_type != PaymentType.IN_NETWORK


def preview_estimate(read: Reading, wanted: Wanted) -> EstimateData:
    """Return the estimate ``wanted`` asks for, as it would be given today. Writes nothing.

    Raises:
        NotFound: no such client.
        EstimateRefused: no fee, an unknown code, no or too many sessions, more than twelve months,
            a day that has passed, facts missing in the chart, or a client whose plan is billed.
    """
    client = get_client(read, wanted.client_ref)
    starts_on = wanted.starts_on or read.today
    ends_on = wanted.ends_on or months_later(starts_on, LONGEST_MONTHS) - timedelta(days=1)
    _must_be_sound(read, client, wanted, starts_on, ends_on)
    practice, clinician = _provider(read, client)
    pairs = [(INTAKE, 1)] if wanted.intake else []
    pairs.append((wanted.code, wanted.sessions))
    lines = tuple(_line(read, client, code, count, wanted, on=starts_on) for code, count in pairs)
    total = sum(line.total_cents for line in lines)
    if total > LARGEST_CENTS:
        raise EstimateRefused("That is more money than one estimate can state. Nothing was stored.")
    place = f"{practice.address1}, {practice.city}, {practice.state} {format_zip(practice.zip)}"
    return EstimateData(
        client_ref=client.ref,
        client_name=client.full_name,
        client_dob=client.dob or date.min,
        version=None,
        issued_on=read.today,
        requested_on=wanted.requested_on,
        scheduled_on=wanted.scheduled_on,
        due_on=due_on(
            scheduled_on=wanted.scheduled_on, service=starts_on, requested_on=wanted.requested_on
        ),
        starts_on=starts_on,
        ends_on=ends_on,
        every=" ".join(wanted.every.split()),
        diagnoses=tuple(row.code for row in client.diagnoses),
        lines=lines,
        total_cents=total,
        provider_name=f"{clinician.full_name} {clinician.credential}".strip(),
        provider_npi=clinician.npi,
        provider_tax_id=practice.tax_id,
        provider_state=clinician.license_state or practice.state,
        location=place,
        disclaimers=DISCLAIMERS,
    )


def issue_estimate(uow: UnitOfWork, wanted: Wanted) -> EstimateData:
    """Give the estimate: it is kept as it is, and replaces an earlier one of the client.

    Raises:
        NotFound, EstimateRefused: as in ``preview_estimate``; nothing was stored.
    """
    draft = preview_estimate(uow, wanted)
    client = get_client(uow, draft.client_ref)
    before = uow.session.scalar(
        select(func.max(Estimate.version)).where(Estimate.client_id == client.id)
    )
    version = (before or 0) + 1
    data = EstimateData(**{**_fields(draft), "version": version})
    row = Estimate(
        client_id=client.id,
        version=version,
        issued_on=data.issued_on,
        issued_at=uow.now,
        requested_on=data.requested_on,
        scheduled_on=data.scheduled_on,
        due_on=data.due_on,
        starts_on=data.starts_on,
        ends_on=data.ends_on,
        total_cents=data.total_cents,
        content=json.dumps(asdict(data), default=date.isoformat, sort_keys=True),
    )
    row.items = [
        EstimateItem(
            position=position,
            code=line.code,
            place=line.place,
            sessions=line.sessions,
            unit_cents=line.unit_cents,
            fee_rule=line.fee_rule,
        )
        for position, line in enumerate(data.lines, start=1)
    ]
    uow.session.add(row)
    uow.session.flush()
    uow.changed("estimate", client.ref)
    return data


def estimate_of(read: Reading, client_ref: str, version: int | None = None) -> EstimateData:
    """Return the client's latest estimate, or the one with ``version``, as it was given.

    Raises:
        NotFound: no such client, or none was given.
    """
    client = get_client(read, client_ref)
    query = select(Estimate.content).where(Estimate.client_id == client.id)
    if version is not None:
        query = query.where(Estimate.version == version)
    content = read.session.scalar(query.order_by(Estimate.version.desc()).limit(1))
    if content is None:
        raise NotFound(
            f"No estimate was given to client “{client_ref}” yet. Name a code and the number of "
            "sessions to make one.",
            code="no-estimate",
        )
    return _from_json(json.loads(content))


def estimates_of(read: Reading, client_ref: str) -> list[EstimateData]:
    """Return every estimate given to the client, as it was given, oldest first.

    Raises:
        NotFound: no such client.
    """
    contents = read.session.scalars(
        select(Estimate.content)
        .where(Estimate.client_id == get_client(read, client_ref).id)
        .order_by(Estimate.version)
    )
    return [_from_json(json.loads(content)) for content in contents]


def expected_charge(
    read: Reading, client: Client, code: str, *, on: date, place: Place = Place.OFFICE
) -> Price | None:
    """Return what one session of ``code`` costs the client without a claim, after discounts.

    The same fee and the same agreement billing would use on ``on``; None where there is no fee.
    """
    coverage = next(
        (
            one
            for one in client.coverages
            if (one.effective_from or date.min) <= on <= (one.effective_to or date.max)
        ),
        None,
    )
    # Someone who asks the insurer for money back is charged the fee the insurer's plan has.
    told = coverage if client.payment_type == PaymentType.OUT_OF_NETWORK else None
    listed = price(
        read,
        code,
        on=on,
        client=client.id,
        payer=told.payer_id if told is not None else None,
        modifiers=modifiers_for(place, coverage.payer.telehealth_modifier if coverage else None),
    )
    if client.payment_type == PaymentType.PRO_BONO:
        return Price(0, "pro bono: no charge")
    agreement = agreement_in_force(read, client.id, on)
    if listed is None or agreement is None:
        return listed
    return agreed_price(agreement, code, listed) or listed


def due_on(*, scheduled_on: date | None, service: date, requested_on: date | None) -> date | None:
    """Return the last day to give an estimate: the earlier of booking's and request's, if any."""
    days = [
        business_days.estimate_due(scheduled_on, service) if scheduled_on is not None else None,
        business_days.estimate_due_on_request(requested_on) if requested_on is not None else None,
    ]
    return min((day for day in days if day is not None), default=None)


def months_later(day: date, months: int) -> date:
    """Return the day ``months`` calendar months after ``day``; a short month's last day at most."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _line(
    read: Reading, client: Client, code: str, count: int, wanted: Wanted, *, on: date
) -> EstimateLine:
    found = expected_charge(read, client, code, on=on, place=wanted.place)
    if found is None:
        raise EstimateRefused(
            f"There is no fee for {code} on {on.isoformat()}. Nothing was stored. Add one to the "
            "fee schedule first.",
            code="no-fee",
        )
    return EstimateLine(
        code=code,
        label=cpt.label(code),
        place=wanted.place.value,
        sessions=count,
        unit_cents=found.cents,
        total_cents=found.cents * count,
        fee_rule=found.rule,
    )


def _must_be_sound(
    read: Reading, client: Client, wanted: Wanted, starts_on: date, ends_on: date
) -> None:
    if not needs_estimate(client) and not wanted.not_using_plan:
        raise EstimateRefused(
            f"Claims for client “{client.ref}” go to an insurer, who decides what is owed. Nothing "
            "was stored. If the client does not use the plan, say so.",
            code="insured",
        )
    if wanted.code in (cpt.LATE_CANCEL, cpt.NO_SHOW):
        raise EstimateRefused(
            "Fees for missed sessions are not part of an estimate; it says so itself. Nothing was "
            "stored.",
            code="bad-code",
        )
    if not cpt.is_session_code(wanted.code):
        raise EstimateRefused(
            f"“{wanted.code}” is not a code of a session, such as 90837. Nothing was stored.",
            code="bad-code",
        )
    if not 1 <= wanted.sessions <= MOST_SESSIONS:
        raise EstimateRefused(
            f"An estimate is for 1 to {MOST_SESSIONS} sessions. Nothing was stored.",
            code="bad-sessions",
        )
    if starts_on < read.today:
        raise EstimateRefused(
            "An estimate is given for care that lies ahead. Nothing was stored. Let it start today "
            "or later.",
            code="bad-day",
        )
    if ends_on < starts_on:
        raise EstimateRefused("The estimate ends before it starts. Nothing was stored.")
    if ends_on >= months_later(starts_on, LONGEST_MONTHS):
        raise EstimateRefused(
            f"One estimate covers at most {LONGEST_MONTHS} months. Nothing was stored. Give "
            "another when it ends.",
            code="too-long",
        )
    for day, what in ((wanted.scheduled_on, "booked"), (wanted.requested_on, "asked for")):
        if day is not None and day > read.today:
            raise EstimateRefused(
                f"The day it was {what} has not come yet. Nothing was stored.", code="bad-day"
            )


def _provider(read: Reading, client: Client) -> tuple[Practice, Clinician]:
    """The practice and the therapist, complete enough for an estimate."""
    practice = read.session.get(Practice, 1)
    clinician = read.session.scalar(select(Clinician).order_by(Clinician.id).limit(1))
    if practice is None or clinician is None:
        raise EstimateRefused(
            "The practice and its therapist are not entered yet. Nothing was stored.",
            code="missing-facts",
        )
    missing = [
        what
        for what, there in (
            ("the client's date of birth", client.dob),
            ("the therapist's NPI", clinician.npi),
            ("the practice's tax id", practice.tax_id),
            ("the practice's address", practice.address1 and practice.city and practice.state),
        )
        if not there
    ]
    if missing:
        raise EstimateRefused(
            f"An estimate must state {' and '.join(missing)}. Nothing was stored. Enter it and try "
            "again.",
            code="missing-facts",
        )
    return practice, clinician


def _fields(data: EstimateData) -> dict[str, Any]:
    return {name: getattr(data, name) for name in EstimateData.__dataclass_fields__}


def _from_json(found: dict[str, Any]) -> EstimateData:
    days = (
        "client_dob", "issued_on", "requested_on", "scheduled_on", "due_on", "starts_on", "ends_on",
    )  # fmt: skip
    for name in days:
        found[name] = date.fromisoformat(found[name]) if found[name] is not None else None
    found["lines"] = tuple(EstimateLine(**line) for line in found["lines"])
    found["diagnoses"] = tuple(found["diagnoses"])
    found["disclaimers"] = tuple(found["disclaimers"])
    return EstimateData(**found)
