# SPDX-License-Identifier: MIT
"""What a code would have cost on a day, and why: the rule used and what was passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from mediyn_desktop.billing.pricing import weigh_schedule
from mediyn_desktop.billing.sliding import agreed_price
from mediyn_desktop.codes import cpt
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.sliding import agreement_in_force
from mediyn_desktop.practice.tables import Payer
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


def _payer(read: Reading, ref: str) -> Payer:
    found = read.session.scalar(select(Payer).where(Payer.ref == ref))
    if found is None:
        raise NotFound(f"There is no payer “{ref}”. Check the reference; nothing was changed.")
    return found
