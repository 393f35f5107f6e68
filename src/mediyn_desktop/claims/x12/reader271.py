# SPDX-License-Identifier: MIT
"""Reads a 271 (guide 005010X279A1): one answer for each person asked about.

Levels follow each other (HL): payer (20), provider (21), subscriber (22), dependent (23). Each EB
begins a benefit, and what follows belongs to it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from mediyn_desktop.claims.x12.inbound import NO_PLACE, Contact, Dated, Party, Reference
from mediyn_desktop.claims.x12.level_reader import LevelReader
from mediyn_desktop.claims.x12.model271 import Benefit, EligibilityAnswer, Member, Rejection
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.set_reader import (
    Opening,
    Row,
    at,
    read_contact,
    read_party,
    with_city,
)
from mediyn_desktop.claims.x12.values import day, decimal

_LEVELS = {"20": "payer", "21": "provider", "22": "subscriber", "23": "dependent"}


class _Person:
    """What is gathered for a subscriber or a dependent."""

    def __init__(self) -> None:
        self.name: Party | None = None
        self.place = NO_PLACE
        self.birth_date = self.sex = self.relationship = ""
        self.references: list[Reference] = []
        self.dates: list[Dated] = []
        self.traces: list[tuple[str, str]] = []

    def made(self) -> Member:
        return Member(
            self.name or Party(""),
            self.place,
            day(self.birth_date),
            self.sex,
            tuple(self.references),
            tuple(self.dates),
            tuple(self.traces),
            self.relationship,
        )


class _Part:
    """What is gathered for a benefit after its EB."""

    def __init__(self, row: Row, position: int) -> None:
        self.row = row
        self.position = position
        self.messages: list[str] = []
        self.dates: list[Dated] = []
        self.references: list[Reference] = []
        self.parties: list[Party] = []
        self.others: list[Segment] = []


class Reader271(LevelReader):
    """One 271: puts out an EligibilityAnswer for each person in it."""

    def __init__(self, place: Opening) -> None:
        super().__init__(place)
        self._payer: Party | None = None
        self._provider: Party | None = None
        self._subscriber: _Person | None = None
        self._dependent: _Person | None = None
        self._benefit: _Part | None = None
        self._benefits: list[Benefit] = []
        self._rejections: list[Rejection] = []
        self._contacts: list[Contact] = []
        self._others: list[Segment] = []
        self._began = self.position
        self._answered = False
        self.handlers = {
            **self.handlers,
            "HL": self._hl,
            "TRN": self._trn,
            "NM1": self._nm1,
            "N3": self._n3,
            "N4": self._n4,
            "PER": self._per,
            "DMG": self._dmg,
            "INS": self._ins,
            "AAA": self._aaa,
            "EB": self._eb,
            "MSG": self._msg,
            "LS": self._frame,
            "LE": self._frame,
        }

    @property
    def _person(self) -> _Person | None:
        return self._dependent or self._subscriber

    @property
    def owner(self) -> _Part | _Person | None:
        return self._benefit or self._person

    def other(self, row: Row, position: int) -> None:
        kept = self._others if self._benefit is None else self._benefit.others
        kept.append(self.segment(row, position))

    def finish(self, position: int, *, complete: bool) -> None:
        self._put_answer(position if complete else position + 1)

    def _put_answer(self, position: int) -> None:
        """Put out the answer about the person so far; ``position`` is the segment after it."""
        self._end_benefit()
        nobody = self._person is None and not self._rejections
        if nobody and not self._answered:
            self.flaw("nobody", "The answer names nobody and gives no reason.", blocks=True)
        elif nobody:
            return
        self._answered = True
        self.out.append(
            EligibilityAnswer(
                self.origin,
                at(self.head, 3).strip(),
                day(at(self.head, 4)),
                self._payer,
                self._provider,
                self._subscriber.made() if self._subscriber else None,
                self._dependent.made() if self._dependent else None,
                tuple(self._benefits),
                tuple(self._rejections),
                tuple(self._contacts),
                tuple(self._others),
                self.taken(),
                self._began,
                position - 1,
            )
        )
        self._benefits, self._rejections, self._contacts, self._others = [], [], [], []

    def _hl(self, row: Row, position: int) -> None:
        self._end_benefit()
        self.level = _LEVELS.get(at(row, 3).strip(), "")
        answered = bool(self._benefits or self._rejections)
        if self.level != "dependent":
            if answered or self._person is not None:
                self._put_answer(position)
                self._began = self.since = position
            self._subscriber = self._dependent = None
        elif answered or self._dependent is not None:
            self._put_answer(position)
            self._began = self.since = position
        if self.level == "subscriber":
            self._subscriber = _Person()
        elif self.level == "dependent":
            self._dependent = _Person()

    def _trn(self, row: Row, position: int) -> None:
        person = self._person
        if person is None:
            self.other(row, position)
        else:
            person.traces.append((at(row, 2).strip(), at(row, 3).strip()))

    def _nm1(self, row: Row, position: int) -> None:
        party = read_party(row)
        if self._benefit is not None:
            self._benefit.parties.append(party)
            return
        person = self._person
        if self.level == "payer" and self._payer is None:
            self._payer = party
        elif self.level == "provider" and self._provider is None:
            self._provider = party
        elif person is not None and person.name is None:
            person.name = party
        else:
            self.other(row, position)

    def _n3(self, row: Row, position: int) -> None:
        person = self._person
        if self._benefit is not None or person is None:
            self.other(row, position)
            return
        lines = tuple(text for text in row[1:3] if text)
        person.place = replace(person.place, lines=lines)

    def _n4(self, row: Row, position: int) -> None:
        person = self._person
        if self._benefit is not None or person is None:
            self.other(row, position)
        else:
            person.place = with_city(person.place, row)

    def _per(self, row: Row, _position: int) -> None:
        self._contacts.append(read_contact(row))

    def _dmg(self, row: Row, position: int) -> None:
        person = self._person
        if person is None:
            self.other(row, position)
            return
        person.birth_date, person.sex = at(row, 2), at(row, 3).strip()
        if person.birth_date and day(person.birth_date) is None:
            self.date(row, 2, "", position)

    def _ins(self, row: Row, position: int) -> None:
        person = self._person
        if person is None:
            self.other(row, position)
        else:
            person.relationship = at(row, 2).strip()

    def _aaa(self, row: Row, position: int) -> None:
        level = self.level or "payer"
        reason, follow_up = at(row, 3).strip(), at(row, 4).strip()
        self._rejections.append(Rejection(level, reason, follow_up, position))

    def _msg(self, row: Row, position: int) -> None:
        if self._benefit is None:
            self.other(row, position)
        else:
            self._benefit.messages.append(at(row, 1))

    def _frame(self, row: Row, position: int) -> None:
        """Pass LS and LE, which only frame the parties of a benefit."""
        if self._benefit is None:
            self.other(row, position)

    def _eb(self, row: Row, position: int) -> None:
        self._end_benefit()
        self._benefit = _Part(row, position)

    def _end_benefit(self) -> None:
        part, self._benefit = self._benefit, None
        if part is None:
            return
        segment = self.segment(part.row, part.position)
        self._benefits.append(
            Benefit(
                segment.element(1).strip(),
                segment.element(2).strip(),
                tuple(each.strip() for each in segment.repeats(3) if each.strip()),
                segment.element(4).strip(),
                segment.element(5).strip(),
                segment.element(6).strip(),
                self.amount(part.row, 7, part.position, blocks=False),
                self._share(part.row, part.position),
                segment.element(9).strip(),
                segment.element(10).strip(),
                segment.element(11).strip(),
                segment.element(12).strip(),
                segment.component(13, 2).strip(),
                tuple(part.messages),
                tuple(part.dates),
                tuple(part.references),
                tuple(part.parties),
                tuple(part.others),
                part.position,
            )
        )

    def _share(self, row: Row, position: int) -> Decimal | None:
        """Return EB08 as a fraction of 1. The guide wants .2 for 20 %; many send 20."""
        text = at(row, 8)
        if not text:
            return None
        value = decimal(text)
        if value is None or not 0 <= value <= 100:
            message = "EB08 should be a percentage and cannot be read as one."
            self.flaw("percentage-unreadable", message, row, position, element="08")
            return None
        return value if value <= 1 else value / 100
