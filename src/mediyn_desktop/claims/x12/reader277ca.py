# SPDX-License-Identifier: MIT
"""Reads a 277CA (guide 005010X214): the answer to a batch of claims, claim by claim.

Levels follow each other (HL): who answers (20), whom (21), a provider (19), a patient (PT). Within
a patient each TRN begins a claim, and each SVC one of its lines.
"""

from __future__ import annotations

from collections.abc import Iterable

from mediyn_desktop.claims.x12.inbound import Dated, Party, Reference
from mediyn_desktop.claims.x12.level_reader import LevelReader
from mediyn_desktop.claims.x12.model_answers import (
    ClaimAcknowledgement,
    ClaimAnswer,
    LevelAnswer,
    LineAnswer,
    Status,
    StatusCode,
    Verdict,
)
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.set_reader import (
    Opening,
    Row,
    at,
    read_party,
)
from mediyn_desktop.claims.x12.values import cents, day, procedure

_SOURCE, _RECEIVER, _PROVIDER = "20", "21", "19"

# Health care claim status categories (STC01-1), as far as a verdict can be read from them.
_CATEGORIES = {
    "A0": Verdict.RECEIVED,  # passed on to someone else
    "A1": Verdict.RECEIVED,
    "A2": Verdict.ACCEPTED,
    "A3": Verdict.REJECTED,
    "A4": Verdict.REJECTED,  # not found: it was never filed
    "A5": Verdict.ACCEPTED,  # taken, and split
    "A6": Verdict.REJECTED,
    "A7": Verdict.REJECTED,
    "A8": Verdict.REJECTED,
}
_REJECT, _ACCEPT = "U", "WQ"


class _Part:
    """What is gathered for a level, a claim or a line."""

    def __init__(self, row: Row, position: int) -> None:
        self.row = row
        self.position = position
        self.party: Party | None = None
        self.trace = ""
        self.statuses: list[Status] = []
        self.references: list[Reference] = []
        self.dates: list[Dated] = []
        self.quantities: list[tuple[str, str]] = []
        self.amounts: list[tuple[str, int]] = []
        self.others: list[Segment] = []
        self.lines: list[LineAnswer] = []


class Reader277CA(LevelReader):
    """One 277CA: puts out its ClaimAcknowledgement."""

    def __init__(self, place: Opening) -> None:
        super().__init__(place)
        self._here: _Part | None = None
        self._patient: Party | None = None
        self._provider: Party | None = None
        self._claim: _Part | None = None
        self._line: _Part | None = None
        self._source: Party | None = None
        self._batch: LevelAnswer | None = None
        self._providers: list[LevelAnswer] = []
        self._claims: list[ClaimAnswer] = []
        self._others: list[Segment] = []
        self.handlers = {
            **self.handlers,
            "HL": self._hl,
            "NM1": self._nm1,
            "TRN": self._trn,
            "STC": self._stc,
            "QTY": self._qty,
            "AMT": self._amt,
            "SVC": self._svc,
        }

    @property
    def owner(self) -> _Part | None:
        return self._line or self._claim or self._here

    def other(self, row: Row, position: int) -> None:
        owner = self.owner
        (self._others if owner is None else owner.others).append(self.segment(row, position))

    def finish(self, position: int, *, complete: bool) -> None:
        self._end_level(position if complete else position + 1)
        reference = self._batch.trace if self._batch else ""
        self.out.append(
            ClaimAcknowledgement(
                self.origin,
                reference or at(self.head, 3).strip(),
                day(at(self.head, 4)),
                self._source,
                self._batch,
                tuple(self._providers),
                tuple(self._claims),
                tuple(self._others),
                self.taken(),
                self.position,
            )
        )

    def _hl(self, row: Row, position: int) -> None:
        self._end_level(position)
        self.level = at(row, 3).strip()
        self._here = _Part(row, position)
        self._patient = None
        if self.level in (_SOURCE, _RECEIVER, _PROVIDER):
            self._provider = None

    def _nm1(self, row: Row, position: int) -> None:
        party = read_party(row)
        if self._here is None or self._here.party is not None:
            self.other(row, position)
            return
        self._here.party = party
        match self.level:
            case "20":
                self._source = self._source or party
            case "19":
                self._provider = party
            case "21":
                pass
            case _:
                self._patient = party

    def _trn(self, row: Row, position: int) -> None:
        if self._here is None:
            self.other(row, position)
        elif self.level in (_SOURCE, _RECEIVER, _PROVIDER):
            self._here.trace = self._here.trace or at(row, 2).strip()
        else:
            self._end_claim(position)
            self._claim = _Part(row, position)
            self._claim.trace = at(row, 2).strip()

    def _stc(self, row: Row, position: int) -> None:
        owner = self.owner
        if owner is None:
            self.other(row, position)
            return
        codes = []
        for number in (1, 10, 11):
            if text := at(row, number):
                parts = [*text.split(self.marks.component), "", "", ""]
                codes.append(StatusCode(*(part.strip() for part in parts[:4])))
        claim = self._claim.trace if self._claim else ""
        on = self.date(row, 2, "", position, claim).first if at(row, 2) else None
        amount = self.amount(row, 4, position, claim=claim, blocks=False)
        action, text = at(row, 3).strip(), at(row, 12)
        owner.statuses.append(Status(tuple(codes), on, action, amount, text, position))

    def _qty(self, row: Row, position: int) -> None:
        if self._here is None:
            self.other(row, position)
        else:
            self._here.quantities.append((at(row, 1), at(row, 2)))

    def _amt(self, row: Row, position: int) -> None:
        value = cents(at(row, 2))
        if self._here is None or value is None:
            self.amount(row, 2, position, blocks=False)
            self.other(row, position)
        else:
            self._here.amounts.append((at(row, 1), value))

    def _svc(self, row: Row, position: int) -> None:
        if self._claim is None:
            self.other(row, position)
            return
        self._end_line()
        self._line = _Part(row, position)

    def _end_line(self) -> None:
        part, self._line = self._line, None
        if part is None or self._claim is None:
            return
        _, code, modifiers, _ = procedure(at(part.row, 1), self.marks.component)
        self._claim.lines.append(
            LineAnswer(
                code,
                modifiers,
                self.amount(part.row, 2, part.position, claim=self._claim.trace, blocks=False),
                tuple(part.statuses),
                tuple(part.dates),
                tuple(part.references),
                tuple(part.others),
                part.position,
            )
        )

    def _end_claim(self, position: int) -> None:
        """Close the open claim; ``position`` is the segment after it."""
        self._end_line()
        part, self._claim = self._claim, None
        if part is None:
            return
        verdict = self._verdict(part, part.position, part.trace)
        if not part.trace:
            message = "A claim is answered without its number (TRN02)."
            self.flaw("no-control-number", message, part.row, part.position)
        self._claims.append(
            ClaimAnswer(
                part.trace,
                verdict,
                tuple(part.statuses),
                self._patient,
                self._provider,
                tuple(part.lines),
                tuple(part.references),
                tuple(part.dates),
                tuple(part.others),
                tuple(flaw for flaw in self._flaws if flaw.position >= part.position),
                part.position,
                position - 1,
            )
        )

    def _end_level(self, position: int) -> None:
        self._end_claim(position)
        part, self._here = self._here, None
        if part is None:
            return
        if self.level not in (_RECEIVER, _PROVIDER):
            self._others.extend(part.others)
            return
        answer = LevelAnswer(
            part.party,
            part.trace,
            verdict_of(part.statuses),
            tuple(part.statuses),
            tuple(part.quantities),
            tuple(part.amounts),
            tuple(part.references),
            part.position,
        )
        self._others.extend(part.others)
        if self.level == _PROVIDER:
            self._providers.append(answer)
        elif self._batch is None:
            self._batch = answer

    def _verdict(self, part: _Part, position: int, claim: str) -> Verdict:
        verdict = verdict_of(part.statuses)
        # A claim is taken or refused whole: a refused line is why its claim was refused.
        of_lines = [status for line in part.lines for status in line.statuses]
        if verdict_of(of_lines) is Verdict.REJECTED:
            verdict = Verdict.REJECTED
        statuses = [*part.statuses, *of_lines]
        if verdict is Verdict.UNKNOWN:
            message = (
                "The answer to a claim has no verdict this program knows; a person must read it."
            )
            self.flaw("verdict-unknown", message, None, position, claim=claim, blocks=True)
        elif verdict is Verdict.REJECTED and any(each.action == _ACCEPT for each in statuses):
            message = (
                "The answer to a claim says both accepted and rejected; it counts as rejected."
            )
            self.flaw("verdict-contradictory", message, None, position, claim=claim)
        return verdict


def verdict_of(statuses: Iterable[Status]) -> Verdict:
    """Return what several statuses say together: one rejection rejects."""
    said = {_CATEGORIES.get(code.category) for each in statuses for code in each.codes[:1]}
    if Verdict.REJECTED in said or any(each.action == _REJECT for each in statuses):
        return Verdict.REJECTED
    for verdict in (Verdict.ACCEPTED, Verdict.RECEIVED):
        if verdict in said:
            return verdict
    return Verdict.UNKNOWN
