# SPDX-License-Identifier: MIT
"""From a string of outside text to lines of drawable runs: cleaning, faces, widths, wrapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from reportlab.lib.rl_accel import instanceStringWidthTTF

from mediyn_desktop.documents.fonts import FALLBACK, REGULAR, face

REPLACEMENT = "\ufffd"  # what a character no face has is drawn as
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, formatting, unassigned: no ink of their own
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f]")


class Style(NamedTuple):
    """How a piece of text looks: face name, size and line height in points, colour as RGB 0-1."""

    face: str
    size: float
    leading: float
    color: tuple[float, float, float]


def clean(text: str) -> str:
    """Return ``text`` composed (NFC) on one line, without characters that carry no ink.

    Line breaks and tabs become blanks. Formatting characters go: they could turn the direction of
    a name around and change what a reader believes to see.
    """
    if text.isprintable() and (
        text.isascii()
        or (unicodedata.is_normalized("NFC", text) and not _VARIATION_SELECTORS.search(text))
    ):
        return text
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    inked = "".join(c for c in spaced if unicodedata.category(c) not in _DROPPED)
    return _VARIATION_SELECTORS.sub("", inked)


def runs(text: str, face_name: str) -> Iterator[tuple[str, str]]:
    """Yield (face name, text) runs of cleaned ``text``: the wanted face wherever it can."""
    if text.isascii():
        yield face_name, text
        return
    wanted, fallback = face(face_name).covered, face(FALLBACK).covered
    pairs = [
        (face_name, char)
        if ord(char) in wanted
        else (FALLBACK, char if ord(char) in fallback else REPLACEMENT)
        for char in text
    ]
    for name, group in groupby(pairs, key=lambda pair: pair[0]):
        yield name, "".join(char for _, char in group)


def text_width(text: str, style: Style) -> float:
    """Return the width of cleaned ``text`` in points."""
    if text.isascii():
        width: float = instanceStringWidthTTF(face(style.face), text, style.size)
        return width
    widths = [face(name).stringWidth(run, style.size) for name, run in runs(text, style.face)]
    return float(sum(widths))


def _fits(text: str, style: Style, width: float) -> bool:
    # The widest ASCII character (W, semibold) is 1.007 of its size: most text needs no measuring.
    if text.isascii() and len(text) * style.size * 1.01 <= width:
        return True
    return text_width(text, style) <= width


def fit(text: str, style: Style, width: float) -> str:
    """Return ``text``, cleaned, on one line of at most ``width`` points; “…” marks a cut."""
    text = clean(text)
    if _fits(text, style, width):
        return text
    while text and text_width(text + "…", style) > width:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Return ``text``, cleaned, in lines no wider than ``width`` points; a long word is cut."""
    text = clean(text)
    if _fits(text, style, width):
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _cut(word, style, width)
        lines += full
    return [*lines, line]


def _cut(word: str, style: Style, width: float) -> list[str]:
    """Return ``word`` in pieces that fit ``width``; at least one character each."""
    pieces = [""]
    for char in word:
        if pieces[-1] and text_width(pieces[-1] + char, style) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def unprintable(texts: Iterable[str]) -> list[str]:
    """Return the characters in ``texts`` that no bundled face has, each once, in order."""
    found: dict[str, None] = {}
    for text in texts:
        if text.isascii():
            continue
        for char in clean(text):
            code = ord(char)
            if code not in face(REGULAR).covered and code not in face(FALLBACK).covered:
                found[char] = None
    return list(found)


def right_to_left(text: str) -> bool:
    """Say whether ``text`` holds letters written from right to left, which are not laid out."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
