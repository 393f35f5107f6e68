# SPDX-License-Identifier: MIT
"""Sliding-scale agreements: who pays less than the list fee, how much, why, and until when.

An agreement says nothing about sessions billed before; it applies to what is billed from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from mediyn_desktop.codes import cpt
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import SlidingAgreement, SlidingAmount
from mediyn_desktop.store.uow import Reading, UnitOfWork

_LONGEST_TIER = 80


class AgreementRefused(UserFacingError):
    """The agreement cannot be made so; nothing was changed."""

    code = "agreement-refused"


@dataclass(frozen=True, slots=True)
class DueForReview:
    """An agreement whose review date has come."""

    agreement_id: int
    client_ref: str
    client_name: str
    tier: str
    review_on: date


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One agreement as it stands; ``amounts`` are cents by code, ``percent`` is left to pay."""

    id: int
    tier: str
    percent: int | None
    amounts: tuple[tuple[str, int], ...]
    reason: str
    covers_missed: bool
    review_on: date | None
    effective_from: date
    effective_to: date | None


def agree_sliding(
    uow: UnitOfWork,
    client_ref: str,
    *,
    tier: str,
    reason: str,
    effective_from: date,
    percent: int | None = None,
    amounts: Mapping[str, int] | None = None,
    review_on: date | None = None,
    effective_to: date | None = None,
    covers_missed: bool = False,
) -> SlidingAgreement:
    """Agree a lower fee with a client; an open agreement that began earlier ends the day before.

    Args:
        percent: what is left to pay of the list fee, 0 to 100.
        amounts: cents for one unit, by code; they come before ``percent``.
        covers_missed: whether fees for missed sessions are lowered too.

    Raises:
        NotFound: no such client.
        AgreementRefused: no reason or tier, nothing agreed, dates out of order, or it overlaps
            another agreement; nothing was changed.
    """
    client = get_client(uow, client_ref)
    chosen = dict(amounts or {})
    words, why = " ".join(tier.split()), reason.strip()
    _must_be_sound(words, why, percent, chosen)
    if effective_to is not None and effective_to < effective_from:
        raise AgreementRefused("The agreement ends before it begins. Nothing was changed.")
    if review_on is not None and review_on < effective_from:
        raise AgreementRefused("The review lies before the agreement begins. Nothing was changed.")
    for other in _overlapping(uow, client.id, effective_from, effective_to):
        if other.effective_to is not None or other.effective_from >= effective_from:
            raise AgreementRefused(
                f"Another agreement (“{other.tier}”) holds from {other.effective_from} to "
                f"{other.effective_to or 'now on'}. Nothing was changed. End that one first, or "
                "choose other dates."
            )
        other.effective_to = effective_from - timedelta(days=1)
    row = SlidingAgreement(
        client_id=client.id,
        tier=words,
        percent=percent,
        reason=why,
        covers_missed=covers_missed,
        review_on=review_on,
        effective_from=effective_from,
        effective_to=effective_to,
        agreed_at=uow.now,
    )
    row.amounts = [SlidingAmount(code=code, cents=cents) for code, cents in sorted(chosen.items())]
    uow.session.add(row)
    uow.session.flush()
    uow.changed("sliding_agreement", row.id)
    return row


def end_agreement(uow: UnitOfWork, agreement_id: int, *, last_day: date) -> None:
    """End an agreement after ``last_day``; what was billed under it stays as it was billed.

    Raises:
        NotFound: there is none.
        AgreementRefused: it would end before it began, or it ended before that day.
    """
    row = uow.session.get(SlidingAgreement, agreement_id)
    if row is None:
        raise NotFound(f"There is no fee agreement {agreement_id}. Nothing was changed.")
    if last_day < row.effective_from:
        raise AgreementRefused(
            f"The agreement began on {row.effective_from} and cannot end before. Nothing was "
            "changed."
        )
    if row.effective_to is not None and row.effective_to < last_day:
        raise AgreementRefused(
            f"The agreement ended on {row.effective_to}. Nothing was changed. Make a new one."
        )
    row.effective_to = last_day
    uow.session.flush()
    uow.changed("sliding_agreement", row.id)


def review_later(uow: UnitOfWork, agreement_id: int, *, review_on: date) -> None:
    """Keep an agreement as it is and look at it again on ``review_on``.

    Raises:
        NotFound: there is none.
        AgreementRefused: the day has passed.
    """
    row = uow.session.get(SlidingAgreement, agreement_id)
    if row is None:
        raise NotFound(f"There is no fee agreement {agreement_id}. Nothing was changed.")
    if review_on <= uow.today:
        raise AgreementRefused("The next review must lie ahead. Nothing was changed.")
    row.review_on = review_on
    uow.session.flush()
    uow.changed("sliding_agreement", row.id)


def agreement_in_force(read: Reading, client_id: int, on: date) -> SlidingAgreement | None:
    """Return the agreement that holds for the client (by id) on ``on``, if any."""
    return next(iter(_overlapping(read, client_id, on, on)), None)


def agreements_of(read: Reading, client_ref: str) -> list[AgreementView]:
    """Return every sliding-scale agreement with the client, oldest first.

    Raises:
        NotFound: no such client.
    """
    rows = read.session.scalars(
        select(SlidingAgreement)
        .where(SlidingAgreement.client_id == get_client(read, client_ref).id)
        .order_by(SlidingAgreement.effective_from, SlidingAgreement.id)
    )
    return [
        AgreementView(
            id=row.id,
            tier=row.tier,
            percent=row.percent,
            amounts=tuple((one.code, one.cents) for one in row.amounts),
            reason=row.reason,
            covers_missed=row.covers_missed,
            review_on=row.review_on,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
        )
        for row in rows
    ]


def due_for_review(read: Reading, on: date) -> list[DueForReview]:
    """Return the agreements in force on ``on`` whose review date has come, longest due first."""
    rows = read.session.scalars(
        select(SlidingAgreement)
        .where(SlidingAgreement.review_on <= on, SlidingAgreement.effective_from <= on)
        .where(
            or_(SlidingAgreement.effective_to.is_(None), SlidingAgreement.effective_to >= on),
        )
        .order_by(SlidingAgreement.review_on, SlidingAgreement.id)
    )
    return [
        DueForReview(row.id, row.client.ref, row.client.full_name, row.tier, row.review_on)
        for row in rows
        if row.review_on is not None
    ]


def _must_be_sound(tier: str, reason: str, percent: int | None, amounts: dict[str, int]) -> None:
    if not tier or len(tier) > _LONGEST_TIER:
        raise AgreementRefused(
            f"The tier needs a name of up to {_LONGEST_TIER} characters. Nothing was changed."
        )
    if not reason:
        raise AgreementRefused(
            "A lower fee needs a reason, for example “Income reviewed in March”. Nothing was "
            "changed."
        )
    if percent is None and not amounts:
        raise AgreementRefused(
            "Say what is agreed: a percentage of the list fee, or an amount for each code. "
            "Nothing was changed."
        )
    if percent is not None and not 0 <= percent <= 100:
        raise AgreementRefused("A percentage lies between 0 and 100. Nothing was changed.")
    for code, cents in amounts.items():
        if not cpt.is_fee_key(code) or cents < 0:
            raise AgreementRefused(
                f"“{code}” needs a code such as 90834 and an amount that is not below zero. "
                "Nothing was changed."
            )


def _overlapping(
    read: Reading, client_id: int, first: date, last: date | None
) -> list[SlidingAgreement]:
    query = (
        select(SlidingAgreement)
        .where(SlidingAgreement.client_id == client_id)
        .where(or_(SlidingAgreement.effective_to.is_(None), SlidingAgreement.effective_to >= first))
        .order_by(SlidingAgreement.effective_from)
    )
    if last is not None:
        query = query.where(SlidingAgreement.effective_from <= last)
    return list(read.session.scalars(query))
