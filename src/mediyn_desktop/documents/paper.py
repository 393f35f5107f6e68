# SPDX-License-Identifier: MIT
"""A plain paper of text blocks: a title, sections of pairs and paragraphs, numbered pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from mediyn_desktop.documents.flow import Block, draw_blocks, paginate
from mediyn_desktop.documents.sheet import (
    BODY,
    BOTTOM,
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
from mediyn_desktop.documents.typeset import Style, fit

CONTINUED_TOP = TOP + 34
TITLE_HEIGHT = 66.0
_INDENT = 132.0


def title_block(title: str, subtitle: str, aside: Sequence[str]) -> Block:
    """Return the head of the first page."""

    def draw(sheet: Sheet, y: float) -> None:
        draw_title(sheet, y, title, subtitle, list(aside))

    return Block(TITLE_HEIGHT, draw)


def pairs(title: str, rows: Iterable[tuple[str, str]], *, after: float = 12.0) -> Block:
    """Return a titled list of what and its value; blank values are left out."""
    stack = Stack(RIGHT - LEFT)
    stack.add(title, LABEL)
    for key, value in rows:
        stack.pair(key, value, indent=_INDENT)
    return _of_stack(stack, after)


def paragraph(text: str, style: Style = BODY, *, title: str = "", after: float = 10.0) -> Block:
    """Return a paragraph of plain text over the whole width, under a small ``title`` if given."""
    stack = Stack(RIGHT - LEFT)
    stack.add(title, LABEL)
    stack.add(text, style)
    return _of_stack(stack, after)


def lines(texts: Iterable[str], *, after: float = 12.0) -> Block:
    """Return lines under one another, such as an address."""
    stack = Stack(RIGHT - LEFT)
    for text in texts:
        stack.add(text)
    return _of_stack(stack, after)


def render(
    title: str,
    dated: date,
    blocks: Sequence[Block],
    *,
    owner: str,
    footer: str,
    headings: Mapping[str, Block] | None = None,
) -> bytes:
    """Return the PDF of ``blocks``; same in, same out. ``owner`` heads every further page."""
    sheet = Sheet(title, dated)
    pages = paginate(blocks, headings or {}, BOTTOM - TOP, BOTTOM - CONTINUED_TOP)
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_continued(sheet, TOP, title, fit(owner, QUIET, 240))
        draw_blocks(sheet, TOP if number == 1 else CONTINUED_TOP, page)
        draw_footer(sheet, footer, number, len(pages))
        sheet.end_page()
    return sheet.pdf_bytes()


def _of_stack(stack: Stack, after: float) -> Block:
    return Block(stack.height + after, partial(_draw_stack, stack=stack))


def _draw_stack(sheet: Sheet, y: float, *, stack: Stack) -> None:
    stack.draw(sheet, LEFT, y)
