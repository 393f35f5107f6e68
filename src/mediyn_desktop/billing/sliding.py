# SPDX-License-Identifier: MIT
"""What a sliding-scale agreement makes of a list fee. Pure: an agreement and a price in, cents out.

In the books either the agreed amount is charged (net), or the list fee is charged and the
difference written off in the same step (gross): the setting ``billing.sliding``.
"""

from __future__ import annotations

from mediyn_desktop.billing.pricing import Price
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import SlidingAgreement


def percent_of(cents: int, percent: int) -> int:
    """Return ``percent`` per cent of ``cents``, half a cent rounded up."""
    return (cents * percent + 50) // 100


def agreed_price(agreement: SlidingAgreement, code: str, listed: Price) -> Price | None:
    """Return what one unit of ``code`` costs under ``agreement``, or None where it says nothing.

    Never more than the list fee: an agreement lowers a fee, it does not raise one.
    """
    own = {row.code: row.cents for row in agreement.amounts}.get(code)
    if own is not None:
        cents, how = min(own, listed.cents), "agreed amount"
    elif agreement.percent is not None:
        cents, how = percent_of(listed.cents, agreement.percent), f"{agreement.percent}%"
    else:
        return None
    return Price(
        cents,
        f"sliding fee “{agreement.tier}” ({how}): {format_cents(cents)}; list price is "
        f"{listed.rule}",
    )
