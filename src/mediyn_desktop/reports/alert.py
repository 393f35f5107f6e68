# SPDX-License-Identifier: MIT
"""What an alert is, and what a rule that finds them is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from mediyn_desktop.store.uow import Reading


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to do; ``since`` is when it began.

    ``ref`` is the client's, session's or claim's, or the number of an insurer's payment; ``cards``
    where it is about cards as a whole.
    ``urgency`` orders: 0 is lost money soon, 3 is good to know.
    """

    kind: str
    ref: str
    since: date
    amount_cents: int
    message: str
    urgency: int


Rule = Callable[[Reading], Iterable[Alert]]
