# SPDX-License-Identifier: MIT
"""Reads TA1 and 999 (guide 005010X231A1; the older 997 says the same under other names)."""

from __future__ import annotations

from mediyn_desktop.claims.x12.inbound import Flaw, Origin
from mediyn_desktop.claims.x12.model_answers import (
    ElementError,
    GroupAnswer,
    InterchangeAnswer,
    SegmentError,
    SetAnswer,
    Verdict,
)
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.set_reader import Opening, Row, SetReader, at
from mediyn_desktop.claims.x12.values import day, number

# IK501 and AK901; M, W and X are refusals for reasons of security.
_VERDICTS = {
    "A": Verdict.ACCEPTED,
    "E": Verdict.ACCEPTED_WITH_ERRORS,
    "P": Verdict.PARTLY,
    "R": Verdict.REJECTED,
    "M": Verdict.REJECTED,
    "W": Verdict.REJECTED,
    "X": Verdict.REJECTED,
}
_CLAIM_NUMBER = ("CLM01", "CLAIM SUBMITTER'S IDENTIFIER")


def read_ta1(row: Row, position: int, origin: Origin) -> InterchangeAnswer:
    """Return TA1 as a value."""
    code, note = at(row, 4).strip(), at(row, 5).strip()
    verdict = _VERDICTS.get(code, Verdict.UNKNOWN) if code in ("A", "E", "R") else Verdict.UNKNOWN
    flaws = (_unknown("TA104", code, position),) if verdict is Verdict.UNKNOWN else ()
    return InterchangeAnswer(
        origin,
        at(row, 1).strip(),
        day(at(row, 2)),
        at(row, 3),
        verdict,
        code,
        note,
        flaws,
        position,
    )


class Reader999(SetReader):
    """One 999: puts out its GroupAnswer."""

    def __init__(self, place: Opening) -> None:
        super().__init__(place)
        self._ak1: Row = []
        self._ak9: Row = []
        self._sets: list[SetAnswer] = []
        self._others: list[Segment] = []
        self._set: Row | None = None
        self._set_position = 0
        self._set_others: list[Segment] = []
        self._errors: list[SegmentError] = []
        self._error: Row | None = None
        self._contexts: list[Segment] = []
        self._elements: list[ElementError] = []
        self.handlers = {
            "AK1": self._group,
            "AK2": self._begin_set,
            "IK3": self._segment_error,
            "AK3": self._segment_error,
            "CTX": self._context,
            "IK4": self._element_error,
            "AK4": self._element_error,
            "IK5": self._end_set,
            "AK5": self._end_set,
            "AK9": self._end_group,
        }

    def other(self, row: Row, position: int) -> None:
        kept = self._others if self._set is None else self._set_others
        kept.append(self.segment(row, position))

    def finish(self, position: int, *, complete: bool) -> None:
        if self._set is not None:
            self._no_verdict(position)
        code = at(self._ak9, 1).strip()
        verdict = _VERDICTS.get(code, Verdict.UNKNOWN)
        if not self._ak1:
            self.flaw("no-group", "The answer does not say which file it answers (no AK1).")
        if verdict is Verdict.UNKNOWN:
            self._flaws.append(_unknown("AK901", code, position))
        self.out.append(
            GroupAnswer(
                self.origin,
                at(self._ak1, 1).strip(),
                at(self._ak1, 2).strip(),
                at(self._ak1, 3).strip(),
                verdict,
                code,
                number(at(self._ak9, 2)),
                number(at(self._ak9, 3)),
                number(at(self._ak9, 4)),
                tuple(each for each in self._ak9[5:10] if each),
                tuple(self._sets),
                tuple(self._others),
                self.taken(),
                self.position,
            )
        )

    def _group(self, row: Row, position: int) -> None:
        if self._ak1:
            self.other(row, position)
            return
        self._ak1 = row

    def _end_group(self, row: Row, position: int) -> None:
        if self._ak9:
            self.other(row, position)
            return
        self._ak9 = row

    def _begin_set(self, row: Row, position: int) -> None:
        if self._set is not None:
            self._no_verdict(position)
        self._set, self._set_position = row, position

    def _segment_error(self, row: Row, position: int) -> None:
        self._end_error()
        if self._set is None:
            self.other(row, position)
        else:
            self._error = row

    def _context(self, row: Row, position: int) -> None:
        if self._error is None:
            self.other(row, position)
        else:
            self._contexts.append(self.segment(row, position))

    def _element_error(self, row: Row, position: int) -> None:
        if self._error is None:
            self.other(row, position)
            return
        place = at(row, 1).split(self.marks.component)
        self._elements.append(
            ElementError(
                number(place[0]),
                number(place[1]) if len(place) > 1 else None,
                at(row, 3).strip(),
                at(row, 2).strip(),
                at(row, 4),
            )
        )

    def _end_error(self) -> None:
        row, self._error = self._error, None
        if row is None:
            return
        self._errors.append(
            SegmentError(
                at(row, 1).strip(),
                number(at(row, 2)),
                at(row, 3).strip(),
                at(row, 4).strip(),
                _claim_in(self._contexts),
                tuple(self._elements),
                tuple(self._contexts),
            )
        )
        self._elements, self._contexts = [], []

    def _end_set(self, row: Row, position: int) -> None:
        if self._set is None:
            self.other(row, position)
            self.flaw("verdict-without-set", "A verdict names no transaction.", row, position)
            return
        code = at(row, 1).strip()
        verdict = _VERDICTS.get(code, Verdict.UNKNOWN)
        if verdict is Verdict.UNKNOWN:
            self._flaws.append(_unknown(f"{row[0]}01", code, position))
        self._put_set(verdict, code, tuple(each for each in row[2:7] if each))

    def _no_verdict(self, position: int) -> None:
        self.flaw("no-verdict", "A transaction is named without a verdict.", position=position)
        self._put_set(Verdict.UNKNOWN, "", ())

    def _put_set(self, verdict: Verdict, code: str, reasons: tuple[str, ...]) -> None:
        self._end_error()
        row = self._set or []
        self._sets.append(
            SetAnswer(
                at(row, 1).strip(),
                at(row, 2).strip(),
                at(row, 3).strip(),
                verdict,
                code,
                reasons,
                tuple(self._errors),
                tuple(self._set_others),
                self._set_position,
            )
        )
        self._set, self._errors, self._set_others = None, [], []


def _claim_in(contexts: list[Segment]) -> str:
    """Return the claim number that a context names (CTX*CLM01:number)."""
    for context in contexts:
        if context.component(1, 1).upper() in _CLAIM_NUMBER:
            return context.component(1, 2).strip()
    return ""


def _unknown(where: str, code: str, position: int) -> Flaw:
    said = f"the unknown code {code[:10]}" if code else "nothing"
    message = f"The verdict ({where}) says {said}, so a person must read it."
    return Flaw("verdict-unknown", message, where[:3], where[3:], position, blocks=True)
