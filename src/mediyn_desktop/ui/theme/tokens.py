# SPDX-License-Identifier: MIT
"""The colours, once for light and once for dark, and the measures everything is drawn with.

Text colours reach at least 4.5:1 on every ground they are used on (WCAG 2.2, 1.4.3); a test
computes each pair. A hairline decorates and carries no meaning, so it may be fainter.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

ROW = 36
SIDEBAR = 208
PAGE_X, PAGE_Y = 28, 24
RADIUS = 8
CELL_PADDING = 12


class Tone(Enum):
    """What a status, banner or line means; each tone also has its own shape."""

    NEUTRAL = "neutral"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"


class Tokens(NamedTuple):
    """One scheme. Every value is ``#rrggbb``."""

    dark: bool
    page: str
    surface: str
    raised: str  # fields and buttons
    hover: str
    text: str
    muted: str
    hairline: str
    outline: str  # borders that mark a control: 3:1 (WCAG 1.4.11)
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    tint: str  # selection ground
    ok: str
    warn: str
    bad: str
    warn_tint: str
    bad_tint: str
    inverse: str  # toast ground
    on_inverse: str

    def tone(self, tone: Tone) -> str:
        """Return the text colour of ``tone``."""
        return {
            Tone.NEUTRAL: self.muted,
            Tone.OK: self.ok,
            Tone.WARN: self.warn,
            Tone.BAD: self.bad,
            Tone.INFO: self.accent,
        }[tone]

    def ground(self, tone: Tone) -> str:
        """Return the background a banner of ``tone`` lies on."""
        return {
            Tone.NEUTRAL: self.surface,
            Tone.OK: self.tint,
            Tone.WARN: self.warn_tint,
            Tone.BAD: self.bad_tint,
            Tone.INFO: self.tint,
        }[tone]


LIGHT = Tokens(
    dark=False,
    page="#f7f7f5",
    surface="#ffffff",
    raised="#ffffff",
    hover="#f0f2f0",
    text="#1d2124",
    muted="#5f666b",
    hairline="#e3e3df",
    outline="#858b90",
    accent="#2f6f62",
    accent_hover="#286054",
    accent_pressed="#215147",
    on_accent="#ffffff",
    tint="#e2efec",
    ok="#23744a",
    warn="#85561a",
    bad="#b02323",
    warn_tint="#fbf1de",
    bad_tint="#fbe9e7",
    inverse="#1d2124",
    on_inverse="#f4f5f5",
)

DARK = Tokens(
    dark=True,
    page="#17191b",
    surface="#1f2224",
    raised="#25292b",
    hover="#2a2e31",
    text="#e9ebec",
    muted="#9fa7ac",
    hairline="#33383b",
    outline="#737b80",
    accent="#6fbfae",
    accent_hover="#83cbbc",
    accent_pressed="#5fae9d",
    on_accent="#10201c",
    tint="#24403a",
    ok="#7fcf9f",
    warn="#e5b567",
    bad="#f28b82",
    warn_tint="#3a301d",
    bad_tint="#3d2624",
    inverse="#e9ebec",
    on_inverse="#1d2124",
)


def high_contrast(base: Tokens) -> Tokens:
    """Return ``base`` with stronger secondary text and lines, for people who ask for contrast."""
    return base._replace(muted=base.text, hairline=base.outline, outline=base.text)


class _Active:
    tokens = LIGHT


def active() -> Tokens:
    """Return the tokens on screen now; ask at paint time."""
    return _Active.tokens


def activate(tokens: Tokens) -> None:
    """Make ``tokens`` the ones on screen; only ``Theme`` calls this."""
    _Active.tokens = tokens
