# SPDX-License-Identifier: MIT
"""A percentage is an ``int`` of hundredths of a percent: 12.5 % is 1250."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def parse_basis_points(text: str) -> int:
    """Return the hundredths of a percent in ``text``: ``20``, ``12.5``, ``20 %``.

    Raises:
        ValueError: not a percentage, or finer than a hundredth; ``str()`` says it plainly.
    """
    try:
        share = Decimal(text.strip().removesuffix("%").strip()) * 100
    except InvalidOperation:
        share = Decimal("NaN")
    if not share.is_finite() or share != share.to_integral_value():
        raise ValueError(f"“{text}” is not a percentage; write it as 20 or 12.5")
    return int(share)


def format_basis_points(basis_points: int) -> str:
    """Return ``20`` or ``12.5``, exactly."""
    return f"{(Decimal(basis_points) / 100).normalize():f}"
