# SPDX-License-Identifier: MIT
"""Which of the roads a charge takes. Pure: facts in, road out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mediyn_desktop.codes.vocabulary import PaymentType, SessionStatus


class Route(StrEnum):
    """The roads of the contract."""

    CARD = "card"
    SUPERBILL = "superbill"
    CLAIM = "claim"
    CLAIM_AND_COPAY = "claim_and_copay"
    PACKAGE = "package"
    FEE = "fee"
    WAIVED = "waived"


CLAIM_ROUTES = frozenset({Route.CLAIM, Route.CLAIM_AND_COPAY})
# Roads on which the client owes the charge itself.
CLIENT_OWES = frozenset({Route.CARD, Route.SUPERBILL, Route.FEE, Route.PACKAGE})


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What decides the road; the copay and ``packages_allowed`` are of the coverage in force.

    ``fee_barred`` says which insurer allows no fee for a missed session, ``fee_waived`` why the
    practice asks for none.
    """

    payment_type: PaymentType
    status: SessionStatus
    do_not_bill_insurer: bool
    covered: bool
    copay_cents: int
    package_left: bool
    packages_allowed: bool = False
    fee_barred: str | None = None
    fee_waived: str | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """The road, and the reason where it is not the usual one."""

    route: Route
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No road can be taken until the named thing is mended."""

    code: str
    message: str


def route(facts: RouteFacts) -> Routed | NoRoute:
    """Return the road for these facts.

    A late cancellation or no-show is a private fee: it can reach neither a claim nor a superbill,
    because no service was rendered, and some insurers forbid charging it to the client at all.
    In network a package is used only where the insurer's contract allows prepayment.
    A client who pays in full may forbid disclosure to the plan (45 CFR 164.522(a)(1)(vi)).
    """
    if facts.payment_type is PaymentType.PRO_BONO:
        return Routed(Route.WAIVED, "Pro bono client")
    if facts.status is not SessionStatus.ATTENDED:
        if facts.payment_type is PaymentType.IN_NETWORK and facts.fee_barred is not None:
            return Routed(Route.WAIVED, facts.fee_barred)
        if facts.fee_waived is not None:
            return Routed(Route.WAIVED, facts.fee_waived)
        return Routed(Route.FEE)
    private = facts.payment_type is PaymentType.SELF_PAY or facts.do_not_bill_insurer
    if not private and facts.payment_type is PaymentType.IN_NETWORK:
        if not facts.covered:
            return NoRoute(
                "no-coverage",
                "The client is in network but has no insurance in force on this date. "
                "Add the coverage, or mark the session as not for the insurer.",
            )
        if facts.package_left and facts.packages_allowed:
            return Routed(Route.PACKAGE)
        return Routed(Route.CLAIM_AND_COPAY if facts.copay_cents else Route.CLAIM)
    if facts.package_left:
        return Routed(Route.PACKAGE)
    if private:
        why = (
            "Not billed to the insurer at the client's wish" if facts.do_not_bill_insurer else None
        )
        return Routed(Route.CARD, why)
    return Routed(Route.SUPERBILL)
