# SPDX-License-Identifier: MIT
"""Colours can be read, fonts and icons are there, light and dark switch everything."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.resources import ResourceMissing, shipped
from mediyn_desktop.ui.theme import fonts, icons, tokens
from mediyn_desktop.ui.theme.build import Scheme, palette, style_sheet
from mediyn_desktop.ui.theme.tokens import DARK, LIGHT, Tone


def _luminance(color: str) -> float:
    def part(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    c = QColor(color)
    return 0.2126 * part(c.red()) + 0.7152 * part(c.green()) + 0.0722 * part(c.blue())


def contrast(one: str, two: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    bright, dim = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


SCHEMES = pytest.mark.parametrize("now", [LIGHT, DARK], ids=["light", "dark"])


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@SCHEMES
@pytest.mark.parametrize("ground", ["page", "surface", "raised", "hover", "tint"])
def test_text_colours_reach_aa_on_every_ground(now, ground):
    under = getattr(now, ground)
    for name in ("text", "muted", "accent", "ok", "warn", "bad"):
        assert contrast(getattr(now, name), under) >= 4.5, (name, ground)


@SCHEMES
def test_words_on_filled_grounds_reach_aa(now):
    for over, under in (
        (now.on_accent, now.accent),
        (now.on_accent, now.accent_hover),
        (now.on_inverse, now.inverse),
        (now.text, now.warn_tint),
        (now.text, now.bad_tint),
        (now.accent, now.warn_tint),
        (now.accent, now.bad_tint),
        (now.muted, now.hairline),
    ):
        assert contrast(over, under) >= 4.5, (over, under)


@SCHEMES
def test_borders_of_fields_reach_3_to_1(now):
    for ground in (now.page, now.surface):
        assert contrast(now.outline, ground) >= 3.0
        assert contrast(now.accent, ground) >= 3.0


@SCHEMES
def test_every_tone_has_a_colour_and_a_ground(now):
    assert all(now.tone(tone).startswith("#") and now.ground(tone) for tone in Tone)


@SCHEMES
def test_style_sheet_has_no_gap_and_stays_small(now):
    sheet = style_sheet(now)
    assert "$" not in sheet
    assert len(sheet.splitlines()) < 150


@SCHEMES
def test_palette_carries_the_accent(now):
    assert palette(now).color(QPalette.ColorRole.Accent) == QColor(now.accent)


def test_dark_and_back_changes_tokens_and_palette(theme, qapp):
    theme.set_scheme(Scheme.DARK)
    try:
        assert tokens.active() is DARK
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.page)
    finally:
        theme.set_scheme(Scheme.LIGHT)
    assert tokens.active() is LIGHT


def test_the_same_look_again_lays_nothing_out_anew(theme, qtbot):
    class Watched(QWidget):
        def changeEvent(self, event):
            told.append(event.type())

    told: list[QEvent.Type] = []
    widget = Watched()
    qtbot.addWidget(widget)
    widget.show()
    told.clear()
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_scheme(Scheme.LIGHT)
    assert told == []
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(Scheme.DARK)
    try:
        assert QEvent.Type.StyleChange in told
    finally:
        theme.set_scheme(Scheme.LIGHT)


def test_high_contrast_leaves_no_faint_text():
    strong = tokens.high_contrast(LIGHT)
    assert strong.muted == LIGHT.text
    assert contrast(strong.hairline, strong.surface) >= 3.0


def test_inter_is_used_with_equal_digits_where_asked(theme, qapp):
    assert qapp.font().family() == "Inter"
    from PySide6.QtGui import QFontMetricsF

    table = QFontMetricsF(fonts.font(tabular=True))
    assert table.horizontalAdvance("1111") == table.horizontalAdvance("8888")
    prose = QFontMetricsF(fonts.font())
    assert prose.horizontalAdvance("1111") < prose.horizontalAdvance("8888")


def test_the_font_keeps_its_licence():
    licence = shipped("resources", "fonts", "inter", "LICENSE.txt")
    assert "SIL Open Font License" in licence.read_text()


def test_icons_use_the_colour_they_are_given_and_nothing_else():
    files = sorted(shipped("resources", "icons").glob("*.svg"))
    assert len(files) >= 20
    for file in files:
        text = file.read_text()
        assert "currentColor" in text
        assert not re.search(r"#[0-9a-fA-F]{3,6}|<script|href", text), file.name


def test_an_icon_follows_light_and_dark(theme):
    picture = icons.icon("plus")

    def ink() -> QColor:
        image = picture.pixmap(QSize(24, 24)).toImage()
        return image.pixelColor(12, 12)

    light = ink()
    theme.set_scheme(Scheme.DARK)
    try:
        dark = ink()
    finally:
        theme.set_scheme(Scheme.LIGHT)
    assert light.lightness() < 80
    assert dark.lightness() > 170


def test_an_unknown_icon_is_refused_at_once():
    with pytest.raises(ResourceMissing):
        icons.icon("no-such-picture")


def test_no_widget_carries_a_style_sheet_of_its_own():
    from pathlib import Path

    import mediyn_desktop.ui as room

    folder = Path(room.__file__).parent
    users = [p.name for p in folder.rglob("*.py") if ".setStyleSheet(" in p.read_text()]
    assert users == ["build.py"]
