# SPDX-License-Identifier: MIT
"""What an import did, or why it did nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from mediyn_desktop.exchange.practice_folder.cells import CellError


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A signed session of the folder that could not be billed, and what mends it."""

    session_ref: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Rows taken in and rows that were there already, by kind; with ``errors`` nothing was written.

    Kinds: practice, clinicians, payers, clients, coverage, fees, cards, sessions, packages,
    payments, opening_balances. ``billed`` counts the charges that signed sessions became.
    """

    imported: dict[str, int] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    warnings: list[CellError] = field(default_factory=list)
    billed: int = 0
    unchanged: dict[str, int] = field(default_factory=dict)
    unbilled: list[Unbilled] = field(default_factory=list)
