# SPDX-License-Identifier: MIT
"""What the readers of sets in levels (HL) share: the head, and what belongs to the open part."""

from __future__ import annotations

from typing import Protocol

from mediyn_desktop.claims.x12.inbound import Dated, Reference
from mediyn_desktop.claims.x12.set_reader import Opening, Row, SetReader, at, read_reference


class Part(Protocol):
    """What is gathered for a level, a person, a claim, a line or a benefit."""

    references: list[Reference]
    dates: list[Dated]


class LevelReader(SetReader):
    """Reads BHT once, and gives each REF and DTP to the part that is open; without one, to others.

    ``head`` is the row of BHT, ``level`` what the last HL said.
    """

    def __init__(self, place: Opening) -> None:
        super().__init__(place)
        self.head: Row = []
        self.level = ""
        self.handlers = {"BHT": self._bht, "REF": self._ref, "DTP": self._dtp}

    @property
    def owner(self) -> Part | None:
        """The part that is open."""
        raise NotImplementedError

    def _bht(self, row: Row, position: int) -> None:
        if self.head:
            self.other(row, position)
        else:
            self.head = row

    def _ref(self, row: Row, position: int) -> None:
        owner = self.owner
        if owner is None:
            self.other(row, position)
        else:
            owner.references.append(read_reference(row))

    def _dtp(self, row: Row, position: int) -> None:
        owner = self.owner
        if owner is None:
            self.other(row, position)
        else:
            owner.dates.append(self.date(row, 3, at(row, 1), position))
