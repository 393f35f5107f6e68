# SPDX-License-Identifier: MIT
"""What a code costs on a day: the fee schedule's precedence, and the rule it used in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Fee
from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Price:
    """A fee for one unit in cents, and why that one."""

    cents: int
    rule: str


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One row of the fee schedule; ``None`` means it is not limited to that."""

    cents: int
    payer: int | None
    client: int | None
    effective_from: date | None
    modifier: str | None = None

    @property
    def words(self) -> str:
        """Whose fee it is and since when."""
        whose = (
            "the client's own fee"
            if self.client is not None
            else "the payer's fee"
            if self.payer is not None
            else "the general fee"
        )
        marked = f" with modifier {self.modifier}" if self.modifier else ""
        since = f" since {self.effective_from.isoformat()}" if self.effective_from else ""
        return f"{whose}{marked}{since}"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A fee that was not used, and why."""

    fee: FeeLine
    why: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """The fee that applies, if any, and every other that was looked at."""

    best: FeeLine | None
    passed_over: tuple[PassedOver, ...]

    @property
    def price(self) -> Price | None:
        """The fee that applies, with its rule in words."""
        if self.best is None:
            return None
        return Price(self.best.cents, f"{self.best.words}: {format_cents(self.best.cents)}")


def weigh(
    fees: Iterable[FeeLine],
    *,
    on: date,
    client: int | None,
    payer: int | None,
    modifiers: Sequence[str] = (),
) -> Weighed:
    """Find the fee that applies: client before payer before general; among those a modifier's
    before the plain one; among those the latest that has begun by ``on``.

    A fee for another client, payer or modifier, or one that begins later, never applies. Of two
    modifiers' fees begun on one day that of the modifier named first on the line applies.
    """
    fitting: list[FeeLine] = []
    passed: list[PassedOver] = []
    for fee in fees:
        why = _unfit(fee, on=on, client=client, payer=payer, modifiers=modifiers)
        if why is None:
            fitting.append(fee)
        else:
            passed.append(PassedOver(fee, why))
    if not fitting:
        return Weighed(None, tuple(passed))
    best = max(fitting, key=lambda fee: _rank(fee, modifiers))
    lost = [PassedOver(fee, _lost(fee, best)) for fee in fitting if fee is not best]
    return Weighed(best, (*lost, *passed))


def weigh_schedule(
    read: Reading,
    code: str,
    *,
    on: date,
    client: int | None,
    payer: int | None,
    modifiers: Sequence[str] = (),
) -> Weighed:
    """Weigh the practice's fees for one unit of ``code``; other clients' own fees are not shown."""
    rows = read.session.scalars(
        select(Fee)
        .where(Fee.code == code)
        .where(or_(Fee.client_id.is_(None), Fee.client_id == client))
        .order_by(Fee.id)
    )
    lines = (
        FeeLine(row.fee_cents, row.payer_id, row.client_id, row.effective_from, row.modifier)
        for row in rows
    )
    return weigh(lines, on=on, client=client, payer=payer, modifiers=modifiers)


def price(
    read: Reading,
    code: str,
    *,
    on: date,
    client: int | None,
    payer: int | None,
    modifiers: Sequence[str] = (),
) -> Price | None:
    """Return what one unit of ``code`` costs this client on ``on``, or ``None`` without a fee."""
    found = weigh_schedule(read, code, on=on, client=client, payer=payer, modifiers=modifiers)
    return found.price


def _rank(fee: FeeLine, modifiers: Sequence[str]) -> tuple[bool, bool, bool, date, int]:
    place = -modifiers.index(fee.modifier) if fee.modifier in modifiers else 0
    return (
        fee.client is not None,
        fee.payer is not None,
        fee.modifier is not None,
        fee.effective_from or date.min,
        place,
    )


def _unfit(
    fee: FeeLine, *, on: date, client: int | None, payer: int | None, modifiers: Sequence[str]
) -> str | None:
    if fee.client not in (None, client):
        return "It is another client's."
    if fee.payer not in (None, payer):
        return "The session is not billed to this payer."
    if fee.modifier is not None and fee.modifier not in modifiers:
        return f"The session has no modifier {fee.modifier}."
    if fee.effective_from is not None and fee.effective_from > on:
        return f"It begins on {fee.effective_from.isoformat()}, after the day asked about."
    return None


def _lost(fee: FeeLine, best: FeeLine) -> str:
    """Why ``best`` came before ``fee``: the first thing in which their ranks differ."""
    if (fee.client is None) != (best.client is None):
        return "The client's own fee comes first."
    if (fee.payer is None) != (best.payer is None):
        return "The payer's fee comes first."
    if (fee.modifier is None) != (best.modifier is None):
        return f"The fee for modifier {best.modifier} comes first."
    if fee.effective_from != best.effective_from and best.effective_from is not None:
        return f"The fee since {best.effective_from.isoformat()} replaced it."
    return "Another fee for the same day comes first."
