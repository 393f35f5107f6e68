# SPDX-License-Identifier: MIT
"""Blocks of known height into pages, without orphans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mediyn_desktop.documents.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Block:
    """Something drawn in one piece: its height in points and how to draw it at a given top.

    ``with_next`` keeps it on the page of the block after it. A page that starts inside a
    ``section`` repeats that section's heading.
    """

    height: float
    draw: Callable[[Sheet, float], None]
    section: str = ""
    with_next: bool = False


def gap(height: float) -> Block:
    """Return empty space that stays with what follows."""
    return Block(height, lambda _sheet, _y: None, with_next=True)


def paginate(
    blocks: Sequence[Block], headings: Mapping[str, Block], first: float, further: float
) -> list[list[Block]]:
    """Split ``blocks`` into pages: ``first`` points of room on page one, ``further`` on the rest.

    A chain of blocks that are kept together moves to a new page as a whole, unless it is taller
    than a page; then it breaks where it must.
    """
    pages: list[list[Block]] = [[]]
    room = first
    for chain in _chains(blocks):
        if sum(block.height for block in chain) > room and room < further:
            pages.append([])
            room = further
        for block in chain:
            if block.height > room and room < further:
                pages.append([])
                room = further
            heading = headings.get(block.section)
            if not pages[-1] and len(pages) > 1 and heading not in (None, block):
                assert heading is not None
                pages[-1].append(heading)
                room -= heading.height
            pages[-1].append(block)
            room -= block.height
    return pages


def _chains(blocks: Sequence[Block]) -> list[list[Block]]:
    chains: list[list[Block]] = []
    joined = False
    for block in blocks:
        if joined:
            chains[-1].append(block)
        else:
            chains.append([block])
        joined = block.with_next
    return chains


def draw_blocks(sheet: Sheet, y: float, blocks: Sequence[Block]) -> float:
    """Draw ``blocks`` under one another from ``y`` on; return where they end."""
    for block in blocks:
        block.draw(sheet, y)
        y += block.height
    return y
