# SPDX-License-Identifier: MIT
"""What was agreed with a client: packages, sliding fees, plans, estimates. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediyn_desktop.billing.estimate_tracking import Tracking, track
from mediyn_desktop.billing.estimates import EstimateData, estimates_of, needs_estimate
from mediyn_desktop.billing.explaining import explain_fee
from mediyn_desktop.billing.plan_views import PlanView, plans_of
from mediyn_desktop.billing.prepaid import PackageView, packages_of
from mediyn_desktop.delivery.money import session_codes
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.sliding import AgreementView, agreements_of
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate as it was given, and what was billed in its time."""

    data: EstimateData
    tracking: Tracking


@dataclass(frozen=True, slots=True)
class Agreements:
    """Everything agreed with one client; each list oldest first."""

    packages: tuple[PackageView, ...] = ()
    sliding: tuple[AgreementView, ...] = ()
    estimates: tuple[Estimated, ...] = ()
    plans: tuple[PlanView, ...] = ()


@dataclass(frozen=True, slots=True)
class FeeTalk:
    """What the forms for a sliding fee and an estimate need to know about a client.

    ``prices`` are list prices in cents by code, before any agreement; ``insured`` means that
    claims go to an insurer, who decides what is owed.
    """

    client_ref: str
    full_name: str
    today: date
    insured: bool
    prices: tuple[tuple[str, int], ...]
    sliding: tuple[AgreementView, ...]


def agreements(read: Reading, client_ref: str) -> Agreements:
    """Return what was agreed with the client.

    Raises:
        NotFound: no such client.
    """
    tracked = {one.version: one for one in track(read, client_ref)}
    return Agreements(
        packages=tuple(packages_of(read, client_ref)),
        sliding=tuple(agreements_of(read, client_ref)),
        estimates=tuple(
            Estimated(data, tracked[data.version])
            for data in estimates_of(read, client_ref)
            if data.version is not None
        ),
        plans=tuple(reversed(plans_of(read, client_ref))),
    )


def fee_talk(read: Reading, client_ref: str) -> FeeTalk:
    """Return what to know before a fee is talked about with the client.

    Raises:
        NotFound: no such client.
    """
    client = get_client(read, client_ref)
    listed = (
        (code, explain_fee(read, code, on=read.today, client=client_ref).list_cents)
        for code in session_codes(read)
    )
    return FeeTalk(
        client_ref=client.ref,
        full_name=client.full_name,
        today=read.today,
        insured=not needs_estimate(client),
        prices=tuple((code, cents) for code, cents in listed if cents is not None),
        sliding=tuple(agreements_of(read, client_ref)),
    )
