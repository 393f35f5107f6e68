# SPDX-License-Identifier: MIT
"""The agreement of a payment plan, to sign: what is owed, when it is paid, and the terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.dates import long_day, short_day
from mediyn_desktop.documents.flow import Block, draw_blocks, gap, paginate
from mediyn_desktop.documents.plan_agreement_data import PlanAgreementData, PlanLine, terms
from mediyn_desktop.documents.sheet import (
    BODY,
    BODY_STRONG,
    BOTTOM,
    COLUMN_HEAD,
    LABEL,
    LEFT,
    QUIET,
    RIGHT,
    TOP,
    Sheet,
    Stack,
    draw_continued,
    draw_footer,
    draw_title,
)
from mediyn_desktop.documents.typeset import fit

_CONTINUED_TOP = TOP + 34
_COLUMNS = 3
_GUTTER = 24.0
_WIDTH = (RIGHT - LEFT - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
_OWED, _DUE = "owed", "due"
_SIGNATURES = ("Client", "For the practice")


def render_plan_agreement(data: PlanAgreementData) -> bytes:
    """Return ``data`` as a PDF; same in, same out.

    Raises:
        ValueError: the installments do not come to what is owed.
    """
    if sum(line.amount_cents for line in data.installments) != data.total_cents:
        raise ValueError("the installments of a plan come to what is owed")
    sheet = Sheet(f"Payment plan {data.agreed_on.isoformat()}", data.agreed_on)
    headings = {
        _OWED: _heading(_OWED, "What is owed", "Day of service", len(data.owed)),
        _DUE: _heading(_DUE, "When it is paid", "Due", len(data.installments)),
    }
    blocks = [
        Block(66.0, partial(_draw_title, data=data)),
        _parties(data),
        *_lines(headings, _OWED, data.owed),
        Block(28.0, partial(_draw_sum, cents=data.total_cents)),
        *_terms(data),
        gap(6),
        *_lines(headings, _DUE, data.installments),
        Block(28.0, partial(_draw_sum, cents=data.total_cents)),
        Block(92.0, _draw_signatures),
    ]
    title = f"Payment plan, {long_day(data.agreed_on)}"
    pages = paginate(blocks, headings, BOTTOM - TOP, BOTTOM - _CONTINUED_TOP)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_continued(sheet, TOP, title, fit(data.practice_name, QUIET, 240))
        draw_blocks(sheet, TOP if number == 1 else _CONTINUED_TOP, page)
        draw_footer(sheet, f"{title} · {data.reference}", number, len(pages))
        sheet.end_page()
    return sheet.pdf_bytes()


def _draw_title(sheet: Sheet, y: float, *, data: PlanAgreementData) -> None:
    aside = [long_day(data.agreed_on), format_cents(data.total_cents)]
    draw_title(sheet, y, "Payment plan", data.practice_name, aside)


def _parties(data: PlanAgreementData) -> Block:
    practice, client = Stack(240), Stack(240)
    practice.add("Practice", LABEL)
    practice.add(data.practice_name, BODY_STRONG)
    for line in (*data.practice_address, data.practice_phone):
        practice.add(line)
    client.add("Client", LABEL)
    client.add(data.client_name, BODY_STRONG)

    def draw(sheet: Sheet, y: float) -> None:
        practice.draw(sheet, LEFT, y)
        client.draw(sheet, LEFT + 264, y)

    return Block(max(practice.height, client.height) + 14, draw)


def _terms(data: PlanAgreementData) -> Iterator[Block]:
    for title, text in terms(data):
        stack = Stack(RIGHT - LEFT)
        stack.add(title, LABEL)
        stack.add(text)
        yield Block(stack.height + 8, partial(_draw_stack, stack=stack))


def _draw_stack(sheet: Sheet, y: float, *, stack: Stack) -> None:
    stack.draw(sheet, LEFT, y)


def _heading(section: str, title: str, column: str, lines: int) -> Block:
    return Block(
        36.0,
        partial(_draw_heading, title=title, column=column, columns=min(lines, _COLUMNS)),
        section,
        with_next=True,
    )


def _draw_heading(sheet: Sheet, y: float, *, title: str, column: str, columns: int) -> None:
    sheet.text(LEFT, y + 9, title, LABEL)
    for place in range(columns):
        x = LEFT + place * (_WIDTH + _GUTTER)
        sheet.text(x, y + 26, column, COLUMN_HEAD)
        sheet.text_right(x + _WIDTH, y + 26, "Amount", COLUMN_HEAD)
        sheet.rule(y + 33, left=x, right=x + _WIDTH, weight=0.9)


def _lines(headings: dict[str, Block], section: str, lines: Sequence[PlanLine]) -> Iterator[Block]:
    """The heading and the lines, read from left to right, three in a row."""
    yield headings[section]
    rows = [lines[start : start + _COLUMNS] for start in range(0, len(lines), _COLUMNS)]
    for place, row in enumerate(rows):
        keep = place == len(rows) - 1
        yield Block(17.0, partial(_draw_row, row=row), section, with_next=keep)


def _draw_row(sheet: Sheet, y: float, *, row: Sequence[PlanLine]) -> None:
    for place, line in enumerate(row):
        x = LEFT + place * (_WIDTH + _GUTTER)
        sheet.text(x, y + 11, short_day(line.on), BODY)
        sheet.text_right(x + _WIDTH, y + 11, format_cents(line.amount_cents, symbol=""), BODY)
        sheet.rule(y + 15, left=x, right=x + _WIDTH)


def _draw_sum(sheet: Sheet, y: float, *, cents: int) -> None:
    sheet.text(LEFT, y + 13, "In all", BODY_STRONG)
    sheet.text_right(LEFT + _WIDTH, y + 13, format_cents(cents), BODY_STRONG)


def _draw_signatures(sheet: Sheet, y: float) -> None:
    for place, who in enumerate(_SIGNATURES):
        x = LEFT + place * 264
        sheet.rule(y + 56, left=x, right=x + 160)
        sheet.rule(y + 56, left=x + 172, right=x + 240)
        sheet.text(x, y + 68, who, QUIET)
        sheet.text(x + 172, y + 68, "Date", QUIET)
