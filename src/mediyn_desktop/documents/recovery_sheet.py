# SPDX-License-Identifier: MIT
"""The sheet to print and lock away: the recovery code and what to do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mediyn_desktop.documents.dates import long_day
from mediyn_desktop.documents.sheet import (
    BODY,
    BODY_STRONG,
    INK,
    LABEL,
    LEFT,
    RIGHT,
    TINT,
    TOP,
    Sheet,
    Stack,
    draw_footer,
    draw_title,
)
from mediyn_desktop.documents.typeset import Style, text_width

_LARGE = Style(BODY_STRONG.face, 21, 30, INK)
_READABLE = Style(BODY.face, 10.5, 16, INK)
_READABLE_STRONG = Style(BODY_STRONG.face, 10.5, 16, INK)
_GROUP = 4
_PER_ROW = 4

_STEPS = (
    (
        "What it is for",
        "This code opens your practice when you have forgotten your passphrase, when the computer "
        "no longer unlocks it by itself, or when you restore a backup on another computer.",
    ),
    (
        "Keep it safe",
        "Lock this sheet away from the computer, where you keep passports or your will. Do not "
        "photograph it, e-mail it or store it in the same bag as the laptop or the backup disk.",
    ),
    (
        "Who may see it",
        "Whoever holds this sheet and a copy of your data can read every client’s record. Without "
        "the passphrase and without this sheet nobody can open your data again, not even us.",
    ),
    (
        "How to use it",
        "Start the program, ask it to open your practice with the recovery code, and type the "
        "groups from left to right, row by row.",
    ),
    (
        "If it is lost or was seen",
        "Open your practice and make a new code; the old one stops working and this sheet can be "
        "shredded.",
    ),
)


@dataclass(frozen=True, slots=True)
class RecoverySheetData:
    """A recovery code as it was shown once; it is kept out of ``repr`` and so out of any log."""

    practice_name: str
    issued_on: date
    code: str = field(repr=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """The code in the groups it came in, or in fours when it came in one piece."""
        parts = self.code.replace("-", " ").split()
        if len(parts) > 1:
            return tuple(parts)
        bare = "".join(parts)
        return tuple(bare[start : start + _GROUP] for start in range(0, len(bare), _GROUP))


def render_recovery_sheet(data: RecoverySheetData) -> bytes:
    """Return ``data`` on one page; the code stands in no title and no metadata.

    Raises:
        ValueError: the code is blank.
    """
    if not data.groups:
        raise ValueError("a recovery sheet needs a code")
    sheet = Sheet("Recovery sheet", data.issued_on)
    issued = [long_day(data.issued_on), "Print once, keep offline"]
    draw_title(sheet, TOP, "Recovery sheet", data.practice_name, issued)
    y = _draw_code(sheet, TOP + 66, data.groups) + 26
    for title, text in _STEPS:
        stack = Stack(RIGHT - LEFT - 40)
        stack.add(title, _READABLE_STRONG)
        stack.add(text, _READABLE)
        stack.draw(sheet, LEFT, y)
        y += stack.height + 11
    sheet.text(LEFT, y + 26, "Kept at")
    sheet.rule(y + 30, left=LEFT + 44, right=LEFT + 300)
    sheet.text(LEFT + 320, y + 26, "Checked on")
    sheet.rule(y + 30, left=LEFT + 378)
    draw_footer(sheet, "Recovery sheet · Confidential", 1, 1)
    sheet.end_page()
    return sheet.pdf_bytes()


def _draw_code(sheet: Sheet, y: float, groups: tuple[str, ...]) -> float:
    """Draw the groups in rows; return where the panel ends."""
    per_row = _PER_ROW
    while per_row > 1 and max(text_width(group, _LARGE) for group in groups) > _cell(per_row) - 24:
        per_row -= 1
    rows = -(-len(groups) // per_row)
    height = 36 + 44.0 * rows
    sheet.panel(LEFT, y, RIGHT - LEFT, height, TINT)
    sheet.text(LEFT + 18, y + 21, "Recovery code", LABEL)
    for place, group in enumerate(groups):
        x = LEFT + 18 + (place % per_row) * _cell(per_row)
        sheet.text(x, y + 60 + 44 * (place // per_row), group, _LARGE)
    return y + height


def _cell(per_row: int) -> float:
    return (RIGHT - LEFT - 36) / per_row
