# SPDX-License-Identifier: MIT
"""The slip of a bank deposit: cash in one sum, every check by itself, and the total."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.dates import long_day, short_day
from mediyn_desktop.documents.deposit_slip_data import (
    PARTS,
    DepositSlipData,
    SlipLine,
    sum_cents,
)
from mediyn_desktop.documents.flow import Block, draw_blocks, gap, paginate
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
    draw_continued,
    draw_footer,
    draw_title,
)
from mediyn_desktop.documents.typeset import fit

_CONTINUED_TOP = TOP + 34
_REFERENCE, _CLIENT = 132.0, 270.0


def render_deposit_slip(data: DepositSlipData) -> bytes:
    """Return ``data`` as a PDF; same in, same out."""
    title = f"Deposit slip, {long_day(data.deposited_on)}"
    sheet = Sheet(f"Deposit slip {data.deposited_on.isoformat()}", data.deposited_on)
    headings = {method: _heading(method, called, data) for method, called in PARTS}
    blocks = [
        Block(60.0, partial(_draw_title, data=data)),
        *_parts(data, headings),
        gap(6),
        Block(26.0, partial(_draw_sum, words="Deposit in all", cents=sum_cents(data.lines))),
    ]
    pages = paginate(blocks, headings, BOTTOM - TOP, BOTTOM - _CONTINUED_TOP)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_continued(sheet, TOP, title, fit(data.practice_name, QUIET, 240))
        draw_blocks(sheet, TOP if number == 1 else _CONTINUED_TOP, page)
        words = f"{title} · {data.reference} · Contains client names: keep it locked"
        draw_footer(sheet, words, number, len(pages))
        sheet.end_page()
    return sheet.pdf_bytes()


def _draw_title(sheet: Sheet, y: float, *, data: DepositSlipData) -> None:
    count = len(data.lines)
    aside = [long_day(data.deposited_on), f"{count} payment{'' if count == 1 else 's'}"]
    draw_title(sheet, y, "Deposit slip", data.practice_name, aside)


def _heading(method: str, called: str, data: DepositSlipData) -> Block:
    words = f"{called} ({len(data.of(method))})"
    return Block(36.0, partial(_draw_heading, words=words), method, with_next=True)


def _parts(data: DepositSlipData, headings: dict[str, Block]) -> Iterator[Block]:
    for method, called in PARTS:
        lines = data.of(method)
        if not lines:
            continue
        yield headings[method]
        for place, line in enumerate(lines):
            keep = place == len(lines) - 1
            yield Block(18.0, partial(_draw_line, line=line), method, with_next=keep)
        yield Block(
            28.0, partial(_draw_sum, words=f"{called} in all", cents=sum_cents(lines)), method
        )


def _draw_heading(sheet: Sheet, y: float, *, words: str) -> None:
    sheet.text(LEFT, y + 9, words, LABEL)
    for x, text in ((LEFT, "Received"), (_REFERENCE, "Number"), (_CLIENT, "From")):
        sheet.text(x, y + 26, text, COLUMN_HEAD)
    sheet.text_right(RIGHT, y + 26, "Amount", COLUMN_HEAD)
    sheet.rule(y + 33, weight=0.9)


def _draw_line(sheet: Sheet, y: float, *, line: SlipLine) -> None:
    sheet.text(LEFT, y + 11, short_day(line.received_on))
    sheet.text(_REFERENCE, y + 11, fit(line.reference, BODY, _CLIENT - _REFERENCE - 10))
    sheet.text(_CLIENT, y + 11, fit(line.client_name, BODY, RIGHT - _CLIENT - 90))
    sheet.text_right(RIGHT, y + 11, format_cents(line.amount_cents, symbol=""))
    sheet.rule(y + 16)


def _draw_sum(sheet: Sheet, y: float, *, words: str, cents: int) -> None:
    sheet.text(LEFT, y + 13, words, BODY_STRONG)
    sheet.text_right(RIGHT, y + 13, format_cents(cents), BODY_STRONG)
