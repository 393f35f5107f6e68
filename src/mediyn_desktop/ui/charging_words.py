# SPDX-License-Identifier: MIT
"""How charging cards goes, in words: while it runs, and when it was stopped. Pure."""

from __future__ import annotations

from mediyn_desktop.cards.tally import SoFar
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui.wording import counted


def so_far(now: SoFar) -> str:
    """Return ``3 of 12 · $450.00 charged · 1 declined · 1 without an answer``."""
    parts = [f"{now.done:,} of {now.total:,}", f"{format_cents(now.charged_cents)} charged"]
    if now.declined:
        parts.append(f"{now.declined:,} declined")
    if now.unknown:
        parts.append(f"{now.unknown:,} without an answer")
    return " · ".join(parts)


def stopped(charged: int, charged_cents: int, unsent: int, unsent_cents: int) -> str:
    """Return what was charged and what was not when somebody stopped it."""
    done = (
        f"{counted(charged, 'card')} charged, {format_cents(charged_cents)}."
        if charged
        else "No card was charged."
    )
    if not unsent:
        return f"{done} Nothing was left to stop."
    verb = "was" if unsent == 1 else "were"
    return (
        f"{done} {counted(unsent, 'charge')} over {format_cents(unsent_cents)} {verb} not sent and "
        "will not be; it stays due."
    )
