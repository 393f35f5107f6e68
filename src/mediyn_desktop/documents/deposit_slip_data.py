# SPDX-License-Identifier: MIT
"""What is on the slip of a bank deposit; also as plain text. Loads nothing that draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.dates import short_day

PARTS: Final = (("cash", "Cash"), ("check", "Checks"), ("package", "Packages"))


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One payment handed in; ``method`` is ``cash``, ``check`` or ``package``."""

    client_name: str
    method: str
    received_on: date
    reference: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class DepositSlipData:
    """What went to the bank on one day; ``reference`` is the deposit's own."""

    deposited_on: date
    practice_name: str
    reference: str
    lines: tuple[SlipLine, ...]

    def of(self, method: str) -> tuple[SlipLine, ...]:
        """Return the lines of one of :data:`PARTS`."""
        return tuple(line for line in self.lines if line.method == method)


def sum_cents(lines: tuple[SlipLine, ...]) -> int:
    """Return what ``lines`` are worth together."""
    return sum(line.amount_cents for line in lines)


def slip_text(data: DepositSlipData) -> str:
    """Return the slip as lines with tabs, which a spreadsheet takes as they are."""
    rows = [f"Deposit\t{short_day(data.deposited_on)}\t{data.practice_name}"]
    for method, _ in PARTS:
        rows += [
            f"{method.capitalize()}\t{short_day(line.received_on)}\t{_plain(line.reference)}\t"
            f"{_plain(line.client_name)}\t{format_cents(line.amount_cents, symbol='')}"
            for line in data.of(method)
        ]
    rows.append(f"Total\t\t\t\t{format_cents(sum_cents(data.lines), symbol='')}")
    return "\n".join(rows) + "\n"


def _plain(text: str) -> str:
    """Outside text in one cell, which a spreadsheet does not take for a formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(("=", "+", "-", "@")) else flat
