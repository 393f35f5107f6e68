# SPDX-License-Identifier: MIT
"""What payers remember from file to file: claims they decided, money they are to get back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mediyn_desktop.sandbox.clearinghouse.reading import Claim, Line, Person


@dataclass(slots=True)
class Owed:
    """Cents a provider was overpaid by a payer, and the payer's number of the claim."""

    cents: int
    reference: str


@dataclass(slots=True)
class Memory:
    """Decided claims by the payer's number, debts by payer and provider, files by sha256."""

    claims: dict[str, Claim] = field(default_factory=dict)
    owed: dict[str, Owed] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)

    def take_back(self, key: str, most: int) -> Owed | None:
        """Return what of a debt a payment of ``most`` cents can bear; the rest stays owed."""
        debt = self.owed.get(key)
        if debt is None or most <= 0:
            return None
        taken = min(debt.cents, most)
        debt.cents -= taken
        if not debt.cents:
            del self.owed[key]
        return Owed(taken, debt.reference)

    def save(self, path: Path) -> None:
        """Write everything to ``path``, whole or not at all."""
        document = {
            "claims": {number: asdict(claim) for number, claim in self.claims.items()},
            "owed": {key: asdict(debt) for key, debt in self.owed.items()},
            "answered": self.answered,
        }
        unfinished = path.with_name(path.name + ".tmp")
        unfinished.write_text(json.dumps(document), "utf-8")
        os.replace(unfinished, path)


def load(path: Path) -> Memory:
    """Return what ``path`` holds; nothing where there is no such file."""
    if not path.exists():
        return Memory()
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return Memory(
        {number: _claim(row) for number, row in document["claims"].items()},
        {key: Owed(**row) for key, row in document["owed"].items()},
        document["answered"],
    )


def _claim(row: dict[str, Any]) -> Claim:
    people = {name: Person(**row[name]) for name in ("provider", "payer", "subscriber", "patient")}
    return Claim(**{**row, **people, "lines": [Line(**line) for line in row["lines"]]})
