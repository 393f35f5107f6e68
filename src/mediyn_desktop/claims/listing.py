# SPDX-License-Identifier: MIT
"""All claims, found by client, number, insurer and standing, in pages."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.filing import filing_deadline
from mediyn_desktop.claims.states import (
    DECIDED,
    ENDED,
    UNSENT,
    WITH_INSURER,
    ClaimState,
)
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.practice.searching import words
from mediyn_desktop.practice.tables import Client, Coverage, Payer
from mediyn_desktop.store.uow import Reading

GROUPS: Final[dict[str, frozenset[ClaimState]]] = {
    "unsent": UNSENT,
    "with_insurer": WITH_INSURER,
    "refused": frozenset({ClaimState.REJECTED, ClaimState.DENIED}),
    "paid": DECIDED - {ClaimState.DENIED},
    "ended": ENDED,
}
"""Where claims stand, as people ask for it; together every state."""

# The clock matters until the insurer has it, and again while a correction may be sent.
_CLOCK_RUNS: Final = UNSENT | DECIDED - {ClaimState.PAID} | {ClaimState.SENT, ClaimState.REJECTED}


@dataclass(frozen=True, slots=True)
class ClaimsAsked:
    """A search as it was typed. ``group`` is one of ``GROUPS``, ``payer`` a payer's ref."""

    text: str = ""
    group: str | None = None
    payer: str | None = None

    def __bool__(self) -> bool:
        """Whether anything at all is asked for."""
        return bool(self.text.strip() or self.group or self.payer)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of the list. ``days_left`` is None where no deadline is known or none matters."""

    id: int
    control_number: str
    state: str
    client_ref: str
    client_name: str
    payer: str
    date_of_service: date
    total_cents: int
    days_left: int | None


def find_claims(read: Reading, asked: ClaimsAsked) -> array[int]:
    """Return the ids of the claims that fit, those of the newest sessions first.

    Every word must fit: the client's name or ref, or how a claim's number or the insurer's begins.
    """
    query = (
        select(Claim.id)
        .join(Charge, Charge.id == Claim.charge_id)
        .order_by(Charge.date_of_service.desc(), Claim.id.desc())
    )
    if asked.group is not None:
        query = query.where(Claim.state.in_(GROUPS[asked.group]))
    if asked.payer is not None:
        query = query.join(Coverage, Coverage.id == Claim.coverage_id).join(
            Payer, Payer.id == Coverage.payer_id
        )
        query = query.where(Payer.ref == asked.payer)
    for word in words(asked.text):
        named = select(Client.id).where(Client.search.contains(word, autoescape=True))
        number = word.upper()
        query = query.where(
            or_(
                Claim.client_id.in_(named),
                Claim.control_number.startswith(number, autoescape=True),
                Claim.payer_number.startswith(number, autoescape=True),
            )
        )
    return array("q", read.session.scalars(query))


def claim_rows(read: Reading, ids: Collection[int]) -> list[ClaimRow]:
    """Return the lines of the claims ``ids``, in any order."""
    found = read.session.execute(
        select(Claim, Client.ref, Client.last_name, Client.first_name, Payer.name,
               Charge.date_of_service)
        .join(Client, Client.id == Claim.client_id)
        .join(Charge, Charge.id == Claim.charge_id)
        .join(Coverage, Coverage.id == Claim.coverage_id)
        .join(Payer, Payer.id == Coverage.payer_id)
        .where(Claim.id.in_(list(ids)))
    )  # fmt: skip
    return [
        ClaimRow(
            claim.id,
            claim.control_number,
            claim.state,
            ref,
            ", ".join(filter(None, (last, first))),
            payer,
            day,
            claim.total_cents,
            days_left(read, claim),
        )
        for claim, ref, last, first, payer, day in found
    ]


def days_left(read: Reading, claim: Claim) -> int | None:
    """Return the days until ``claim`` must have reached its insurer, where that still matters."""
    if ClaimState(claim.state) not in _CLOCK_RUNS:
        return None
    deadline = filing_deadline(read, claim)
    return deadline.days_left(read.today) if deadline is not None else None


def insurers(read: Reading) -> list[tuple[str, str]]:
    """Return ref and name of the insurers on file, by name."""
    rows = read.session.execute(select(Payer.ref, Payer.name).order_by(Payer.name, Payer.ref))
    return [(ref, name) for ref, name in rows]
