# SPDX-License-Identifier: MIT
"""One growing PDF of US Letter pages, drawn from the top down in points."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfgen.canvas import Canvas

from mediyn_desktop.documents.fonts import REGULAR, STRONG, face
from mediyn_desktop.documents.typeset import Style, clean, fit, runs, text_width, wrap

Color = tuple[float, float, float]

WIDTH, HEIGHT = 612.0, 792.0
LEFT, RIGHT = 54.0, 558.0
TOP, BOTTOM = 50.0, 742.0
FOOTER = 752.0

INK: Color = (0.11, 0.14, 0.13)
MUTED: Color = (0.36, 0.41, 0.40)
ACCENT: Color = (0.18, 0.435, 0.385)
TINT: Color = (0.925, 0.957, 0.947)
LINE: Color = (0.85, 0.87, 0.865)
ALARM: Color = (0.62, 0.17, 0.15)
ALARM_TINT: Color = (0.985, 0.935, 0.93)
GHOST: Color = (0.955, 0.895, 0.89)  # the word across a withdrawn page, under its text

TITLE = Style(STRONG, 21, 26, INK)
NAME = Style(STRONG, 11, 15, INK)
BODY = Style(REGULAR, 9, 13, INK)
BODY_STRONG = Style(STRONG, 9, 13, INK)
QUIET = Style(REGULAR, 8.5, 12.5, MUTED)
LABEL = Style(STRONG, 8, 14, ACCENT)
COLUMN_HEAD = Style(REGULAR, 7.5, 11, MUTED)
SMALL = Style(REGULAR, 7.5, 10, MUTED)
SUBTITLE = Style(REGULAR, 9.5, 13, MUTED)
MARK = Style(STRONG, 9, 13, ACCENT)
ALARM_STRONG = Style(STRONG, 9.5, 14, ALARM)
ALARM_BODY = Style(REGULAR, 8.5, 12, ALARM)


class Sheet:
    """Collects drawing for one PDF; ``pdf_bytes`` ends it.

    ``y`` is the distance from the top edge; for text it is the baseline. The file's dates are
    ``dated``, so that the same drawing gives the same bytes on any day.
    """

    def __init__(self, title: str, dated: date) -> None:
        face(REGULAR)
        face(STRONG)
        self._buffer = io.BytesIO()
        self._canvas: Any = Canvas(
            self._buffer,
            pagesize=(WIDTH, HEIGHT),
            pageCompression=1,
            invariant=1,
            initialFontName=REGULAR,  # else an unembedded Helvetica is named on every page
            lang="en-US",
        )
        self._canvas.setTitle(clean(title))
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setCreator("Mediyn Desktop")
        self._canvas.setProducer("Mediyn Desktop")
        self._canvas.setDateFormatter(lambda *_: f"D:{dated:%Y%m%d}000000Z")
        self._font_names: dict[tuple[str, int], str] = {}
        self._begin_page()

    def _begin_page(self) -> None:
        self._rules: list[str] = []
        self._texts: list[str] = []
        self._pen: tuple[Color, float] | None = None
        self._font: str | None = None
        self._size = 0.0
        self._color: Color | None = None

    def end_page(self) -> None:
        """Close the page; the next drawing lands on a new one. Text lies above everything."""
        self._canvas.addLiteral("\n".join((*self._rules, "BT", *self._texts, "ET")))
        self._canvas.showPage()
        self._begin_page()

    def pdf_bytes(self) -> bytes:
        """Return the finished file; every page must have been ended."""
        self._canvas.save()
        return self._buffer.getvalue()

    def text(self, x: float, y: float, text: str, style: Style = BODY) -> None:
        """Draw one line of outside text from ``x`` on; never read as markup.

        The operators are written here (PDF 32000-1, 9.4): a text object of reportlab for each
        string costs three times as much, and a batch is hardly anything but strings.
        """
        text = clean(text)
        if not text:
            return
        place = f"1 0 0 1 {x:.2f} {HEIGHT - y:.2f} Tm"
        if style.color != self._color:
            self._color = style.color
            place = f"{_numbers(style.color)} rg {place}"
        if text.isascii():  # subset 0 of the wanted face, as most text is
            self._show(place, style, self._font_name(style.face, 0), text)
            return
        for name, run in runs(text, style.face):
            for subset, codes in face(name).splitString(run, self._canvas._doc):
                self._show(place, style, self._font_name(name, subset), codes.decode("latin-1"))
                place = ""

    def _show(self, place: str, style: Style, font: str, codes: str) -> None:
        if font != self._font or style.size != self._size:
            self._font, self._size = font, style.size
            place = f"{place} {font} {style.size:g} Tf"
        shown = codes if codes.isalnum() and codes.isascii() else escapePDF(codes)
        self._texts.append(f"{place} ({shown}) Tj")

    def _font_name(self, name: str, subset: int) -> str:
        """The name of a subset in this file; asking reportlab for it also has it embedded."""
        key = (name, subset)
        if key not in self._font_names:
            known: str = face(name).getSubsetInternalName(subset, self._canvas._doc)
            self._font_names[key] = known
        return self._font_names[key]

    def text_right(self, x: float, y: float, text: str, style: Style = BODY) -> None:
        """Draw one line of text that ends at ``x``."""
        text = clean(text)
        self.text(x - text_width(text, style), y, text, style)

    def rule(self, y: float, *, left: float = LEFT, right: float = RIGHT,
             color: Color = LINE, weight: float = 0.6) -> None:  # fmt: skip
        """Draw a horizontal line."""
        if self._pen != (color, weight):
            self._pen = (color, weight)
            self._rules.append(f"{_numbers(color)} RG {weight:g} w")
        level = HEIGHT - y
        self._rules.append(f"{left:.2f} {level:.2f} m {right:.2f} {level:.2f} l S")

    def panel(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """Fill a softly rounded rectangle whose top left corner is (``x``, ``y``)."""
        self._canvas.setFillColorRGB(*color)
        self._canvas.roundRect(x, HEIGHT - y - height, width, height, 4, stroke=0, fill=1)

    def bar(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """Fill a rectangle whose top left corner is (``x``, ``y``)."""
        self._canvas.setFillColorRGB(*color)
        self._canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)

    def watermark(self, word: str) -> None:
        """Write ``word`` large and pale across the page, beneath whatever else is drawn."""
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(48)
        canvas.setFillColorRGB(*GHOST)
        canvas.setFont(STRONG, 190)
        canvas.drawCentredString(0, -66, word)
        canvas.restoreState()


def _numbers(color: Color) -> str:
    return f"{color[0]:g} {color[1]:g} {color[2]:g}"


def draw_title(sheet: Sheet, y: float, title: str, subtitle: str, aside: list[str]) -> None:
    """Draw the 56 points every paper opens with; ``aside`` is up to three lines at the right."""
    sheet.text(LEFT, y + 17, title, TITLE)
    sheet.text(LEFT, y + 33, fit(subtitle, SUBTITLE, 300), SUBTITLE)
    styles = (NAME, QUIET, MARK)
    for place, (line, style) in enumerate(zip(aside, styles, strict=False)):
        sheet.text_right(RIGHT, y + 12 + 13.5 * place, fit(line, style, 250), style)
    sheet.bar(LEFT, y + 44, RIGHT - LEFT, 1.6, ACCENT)


def draw_continued(sheet: Sheet, y: float, title: str, aside: str) -> None:
    """Draw the 34 points at the head of every further page."""
    sheet.text(LEFT, y + 8, fit(title, NAME, 220), NAME)
    sheet.text_right(RIGHT, y + 8, aside, QUIET)
    sheet.bar(LEFT, y + 17, RIGHT - LEFT, 1.2, ACCENT)


def draw_footer(sheet: Sheet, text: str, number: int, pages: int) -> None:
    """Draw the foot of a page: what this is and which page of how many."""
    sheet.rule(FOOTER)
    sheet.text(LEFT, FOOTER + 12, fit(text, SMALL, 400), SMALL)
    sheet.text_right(RIGHT, FOOTER + 12, f"Page {number} of {pages}", SMALL)


class Stack:
    """Lines of text under one another, wrapped once; knows its height before it is drawn."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.height = 0.0
        self._lines: list[tuple[float, float, str, Style]] = []

    def add(self, text: str, style: Style = BODY, *, gap: float = 0.0) -> None:
        """Append ``text``, wrapped, after ``gap`` points; blank text adds nothing."""
        if text:
            self._place(text, style, 0.0, gap)

    def pair(self, key: str, value: str, *, indent: float = 66.0, gap: float = 0.0) -> None:
        """Append a quiet ``key`` and its ``value`` beside it; a blank value adds nothing."""
        if value:
            baseline = self.height + gap + BODY.leading - 3.5
            self._lines.append((0.0, baseline, key, QUIET))
            self._place(value, BODY, indent, gap)

    def _place(self, text: str, style: Style, indent: float, gap: float) -> None:
        self.height += gap
        for line in wrap(text, style, self.width - indent):
            self.height += style.leading
            self._lines.append((indent, self.height - 3.5, line, style))

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Draw the lines with the stack's top left corner at (``x``, ``y``)."""
        for dx, dy, text, style in self._lines:
            sheet.text(x + dx, y + dy, text, style)
