# SPDX-License-Identifier: MIT
"""A share in percent: ``20`` and ``12.5`` mean what they say."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.percent import format_basis_points, parse_basis_points
from mediyn_desktop.ui.theme.fonts import Size, font
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit


class PercentEdit(ParsedEdit):
    """A field for a share between nothing and the whole; ``basis_points()`` is an ``int``."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setFont(font(Size.BODY, tabular=True))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("20")

    def parse(self, text: str) -> int:
        share = parse_basis_points(text)
        if not 0 <= share <= 10_000:
            raise ValueError("A share is between 0 and 100 percent")
        return share

    def show_value(self, value: int) -> str:
        return format_basis_points(value)

    def basis_points(self) -> int | None:
        """Return hundredths of a percent, or None when the field is blank or cannot be read."""
        value = self.value()
        return value if isinstance(value, int) else None
