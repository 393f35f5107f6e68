# SPDX-License-Identifier: MIT
"""When the installments of a payment plan fall due, and for how much. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_DECEMBER = 12
MOST_INSTALLMENTS = 120  # ten years; a longer plan is a mistake in the amount


@dataclass(frozen=True, slots=True)
class Stop:
    """Days on which nothing falls due: ``first`` included, ``until`` not; None for no end yet."""

    first: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed, and the times it stood still.

    ``day`` is of the month, 1 to 31; a shorter month has its last day. Nothing falls due before
    ``begins_on``.
    """

    amount_cents: int
    day: int
    begins_on: date
    stops: tuple[Stop, ...] = ()

    def dates(self) -> Iterator[date]:
        """Every day an installment falls due, without end unless the plan stands still for good."""
        year, month = self.begins_on.year, self.begins_on.month
        while year <= date.max.year:
            last = calendar.monthrange(year, month)[1]
            due = date(year, month, min(self.day, last))
            if any(stop.until is None and stop.first <= due for stop in self.stops):
                return
            if due >= self.begins_on and not any(_covers(stop, due) for stop in self.stops):
                yield due
            year, month = (year + 1, 1) if month == _DECEMBER else (year, month + 1)

    def fallen_due(self, on: date) -> list[date]:
        """The days up to ``on``, included, an installment fell due."""
        found = []
        for due in self.dates():
            if due > on:
                break
            found.append(due)
        return found


@dataclass(frozen=True, slots=True)
class Installment:
    """So many cents on a day."""

    due_on: date
    cents: int


def due_cents(terms: Terms, *, paid_cents: int, left_cents: int, on: date) -> int:
    """Return what fell due up to ``on`` and is not paid, never more than what is left."""
    fallen = len(terms.fallen_due(on)) * terms.amount_cents
    return max(0, min(left_cents, fallen - paid_cents))


def ahead(terms: Terms, *, paid_cents: int, left_cents: int, on: date) -> list[Installment]:
    """Return the installments after ``on`` until nothing is left, each paid as it falls due.

    None is above the agreed amount: what was missed makes the plan longer, not an installment
    larger. What was paid in advance makes the next ones smaller. Empty while the plan stands still.
    """
    fallen = len(terms.fallen_due(on)) * terms.amount_cents
    found: list[Installment] = []
    for due in terms.dates():
        if due <= on:
            continue
        if left_cents <= 0:
            break
        fallen += terms.amount_cents
        cents = min(terms.amount_cents, left_cents, max(0, fallen - paid_cents))
        if cents:
            found.append(Installment(due, cents))
            paid_cents += cents
            left_cents -= cents
    return found


def _covers(stop: Stop, due: date) -> bool:
    return stop.first <= due and (stop.until is None or due < stop.until)
