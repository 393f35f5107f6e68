# SPDX-License-Identifier: MIT
"""The paper of a closed day: what needs a person first, then the money, then every session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.dates import long_day, weekday
from mediyn_desktop.documents.flow import Block, draw_blocks, gap, paginate
from mediyn_desktop.documents.sheet import (
    ALARM_BODY,
    ALARM_STRONG,
    ALARM_TINT,
    BODY,
    BODY_STRONG,
    BOTTOM,
    COLUMN_HEAD,
    LABEL,
    LEFT,
    QUIET,
    RIGHT,
    TINT,
    TOP,
    Sheet,
    Stack,
    draw_continued,
    draw_footer,
    draw_title,
)
from mediyn_desktop.documents.typeset import Style, fit

_CONTINUED_TOP = TOP + 34
_SESSIONS = "sessions"
_TILE, _TILE_GAP, _TILES = 120.0, 8.0, 4
_FIGURE = Style(BODY_STRONG.face, 13, 17, BODY_STRONG.color)


@dataclass(frozen=True, slots=True)
class RoadTotal:
    """What went down one road, in the user's words: ``Cards charged``, ``Claims queued``."""

    label: str
    count: int
    amount_cents: int | None = None  # None where no money belongs to it


@dataclass(frozen=True, slots=True)
class DayException:
    """Something a person has to settle: whom or what it concerns, what happened, what to do."""

    concerns: str
    happened: str
    to_do: str


@dataclass(frozen=True, slots=True)
class DeclinedCard:
    """A card that did not pay; ``next_step`` is what the program or the user does about it."""

    client_name: str
    amount_cents: int
    reason: str
    next_step: str


@dataclass(frozen=True, slots=True)
class DaySession:
    """One row of the day. ``road`` and ``outcome`` are in the user's words."""

    client_name: str
    code: str
    fee_cents: int
    road: str
    outcome: str
    time: str = ""  # as shown: ``9:00 AM``


@dataclass(frozen=True, slots=True)
class DayReportData:
    """One closed day. ``closed_at`` is shown as it is, for example ``7:42 PM``."""

    day: date
    practice_name: str
    totals: tuple[RoadTotal, ...]
    sessions: tuple[DaySession, ...]
    exceptions: tuple[DayException, ...] = ()
    declined: tuple[DeclinedCard, ...] = ()
    closed_at: str = ""

    @property
    def fees_cents(self) -> int:
        """Sum of the sessions' fees."""
        return sum(session.fee_cents for session in self.sessions)


def render_day_report(data: DayReportData) -> bytes:
    """Return ``data`` as a PDF of one page, or more when the day was long; same in, same out.

    What would run over one page is set tight first.
    """
    sheet = Sheet(f"Day report {data.day.isoformat()}", data.day)
    pages = _pages(data, tight=False)
    if len(pages) > 1:
        pages = _pages(data, tight=True)
    title = f"Day report, {long_day(data.day)}"
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_continued(sheet, TOP, title, fit(data.practice_name, QUIET, 240))
        draw_blocks(sheet, TOP if number == 1 else _CONTINUED_TOP, page)
        draw_footer(sheet, f"{title} · Contains client names: keep it locked", number, len(pages))
        sheet.end_page()
    return sheet.pdf_bytes()


def _pages(data: DayReportData, *, tight: bool) -> list[list[Block]]:
    heading = Block(22.0, _draw_heading, _SESSIONS, with_next=True)
    blocks = [
        Block(60.0, partial(_draw_title, data=data)),
        *_attention(data, tight=tight),
        *_totals(data),
        *_sessions(data, heading, tight=tight),
    ]
    return paginate(blocks, {_SESSIONS: heading}, BOTTOM - TOP, BOTTOM - _CONTINUED_TOP)


def _draw_title(sheet: Sheet, y: float, *, data: DayReportData) -> None:
    aside = [long_day(data.day), weekday(data.day)]
    if data.closed_at:
        aside[1] += f" · closed {data.closed_at}"
    draw_title(sheet, y, "Day report", data.practice_name, aside)


def _label(text: str) -> Block:
    return Block(18.0, lambda sheet, y: sheet.text(LEFT, y + 9, text, LABEL), with_next=True)


def _attention(data: DayReportData, *, tight: bool) -> Iterator[Block]:
    alarm = _tight_alarm if tight else _alarm
    yield _label("Needs your attention")
    if not data.exceptions and not data.declined:
        yield Block(30.0, lambda sheet, y: sheet.text(LEFT, y + 10, "Nothing. The day is settled."))
        return
    for exception in data.exceptions:
        yield alarm(exception.concerns, exception.happened, exception.to_do)
    for card in data.declined:
        amount = format_cents(card.amount_cents)
        yield alarm(card.client_name, f"Card declined for {amount}: {card.reason}", card.next_step)
    yield gap(10)


def _alarm(concerns: str, happened: str, to_do: str) -> Block:
    stack = Stack(RIGHT - LEFT - 28)
    stack.add(concerns, ALARM_STRONG)
    stack.add(happened, ALARM_BODY)
    stack.add(to_do, BODY)

    def draw(sheet: Sheet, y: float) -> None:
        sheet.panel(LEFT, y, RIGHT - LEFT, stack.height + 13, ALARM_TINT)
        stack.draw(sheet, LEFT + 14, y + 5)

    return Block(stack.height + 19, draw)


def _tight_alarm(concerns: str, happened: str, to_do: str) -> Block:
    stack = Stack(RIGHT - LEFT)
    stack.add(f"{concerns}: {happened} {to_do}", ALARM_BODY)

    def draw(sheet: Sheet, y: float) -> None:
        stack.draw(sheet, LEFT, y)

    return Block(stack.height + 3, draw)


def _totals(data: DayReportData) -> Iterator[Block]:
    if not data.totals:
        return
    yield _label("The day in figures")
    for start in range(0, len(data.totals), _TILES):
        yield Block(58.0, partial(_draw_tiles, totals=data.totals[start : start + _TILES]))
    yield gap(12)


def _draw_tiles(sheet: Sheet, y: float, *, totals: tuple[RoadTotal, ...]) -> None:
    for place, total in enumerate(totals):
        x = LEFT + place * (_TILE + _TILE_GAP)
        sheet.panel(x, y, _TILE, 50, TINT)
        sheet.text(x + 10, y + 15, fit(total.label, QUIET, _TILE - 20), QUIET)
        if total.amount_cents is None:
            sheet.text(x + 10, y + 36, f"{total.count}", _FIGURE)
        else:
            sheet.text(x + 10, y + 36, format_cents(total.amount_cents), _FIGURE)
            sheet.text_right(x + _TILE - 10, y + 36, f"{total.count}", QUIET)


def _sessions(data: DayReportData, heading: Block, *, tight: bool) -> Iterator[Block]:
    height = 14.0 if tight else 18.0
    yield _label(f"Sessions ({len(data.sessions)})")
    yield heading
    for place, session in enumerate(data.sessions):
        keep = place >= len(data.sessions) - 2
        draw = partial(_draw_session, session=session, height=height)
        yield Block(height, draw, _SESSIONS, with_next=keep)
    yield Block(24.0, partial(_draw_sum, cents=data.fees_cents), _SESSIONS)


_TIME, _CLIENT, _CODE, _FEE, _ROAD, _OUTCOME = LEFT, 106.0, 224.0, 344.0, 362.0, 450.0


def _draw_heading(sheet: Sheet, y: float) -> None:
    for x, text in ((_TIME, "Time"), (_CLIENT, "Client"), (_CODE, "Code"), (_ROAD, "Road"),
                    (_OUTCOME, "Outcome")):  # fmt: skip
        sheet.text(x, y + 10, text, COLUMN_HEAD)
    sheet.text_right(_FEE, y + 10, "Fee", COLUMN_HEAD)
    sheet.rule(y + 17, weight=0.9)


def _draw_session(sheet: Sheet, y: float, *, session: DaySession, height: float) -> None:
    base = y + height - 7 if height > 16 else y + height - 4
    sheet.text(_TIME, base, fit(session.time, BODY, 50))
    sheet.text(_CLIENT, base, fit(session.client_name, BODY, 114))
    sheet.text(_CODE, base, fit(session.code, BODY_STRONG, 78), BODY_STRONG)
    sheet.text_right(_FEE, base, format_cents(session.fee_cents, symbol=""))
    sheet.text(_ROAD, base, fit(session.road, BODY, 82))
    sheet.text(_OUTCOME, base, fit(session.outcome, BODY, RIGHT - _OUTCOME))
    sheet.rule(y + height - 2 if height > 16 else y + height - 1)


def _draw_sum(sheet: Sheet, y: float, *, cents: int) -> None:
    sheet.text(_TIME, y + 14, "Total", BODY_STRONG)
    sheet.text_right(_FEE, y + 14, format_cents(cents), BODY_STRONG)
