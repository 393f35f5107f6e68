# SPDX-License-Identifier: MIT
"""A practice folder as it was read: typed rows, nothing written anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.exchange.practice_folder.rows import (
    CardRow,
    ClientRow,
    ClinicianRow,
    CoverageRow,
    FeeRow,
    OpeningRow,
    PackageRow,
    PayerRow,
    PaymentRow,
    PracticeRow,
)
from mediyn_desktop.exchange.practice_folder.sessions import TimedSession


@dataclass(frozen=True, slots=True)
class Known:
    """What the practice already holds and a folder may refer to; by default nothing."""

    clinicians: frozenset[str] = frozenset()
    payers: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    practice: bool = False
    zone: ZoneInfo | None = None
    default_clinician: str | None = None


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class FolderContent:
    """Everything a sound folder says, in the order of its files.

    ``clinicians`` begins with the one of ``practice.toml``; ``practice`` is None where the folder
    adds to a practice that is there already. ``warnings`` are cells that were read and deserve a
    look.
    """

    practice: PracticeRow | None
    zone: ZoneInfo
    clinicians: tuple[ClinicianRow, ...]
    payers: tuple[PayerRow, ...]
    clients: tuple[ClientRow, ...]
    coverage: tuple[CoverageRow, ...]
    fees: tuple[FeeRow, ...]
    cards: tuple[CardRow, ...]
    sessions: tuple[TimedSession, ...]
    packages: tuple[PackageRow, ...]
    payments: tuple[PaymentRow, ...]
    opening_balances: tuple[OpeningRow, ...]
    warnings: tuple[CellError, ...]
