# SPDX-License-Identifier: MIT
"""An amount of dollars: ``175``, ``175.5``, ``1,200`` all mean what they say."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.money import format_cents, parse_cents
from mediyn_desktop.ui.theme.fonts import Size, font
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit


class MoneyEdit(ParsedEdit):
    """A field for an amount; ``cents()`` is an ``int`` or None. Negative only when allowed."""

    def __init__(
        self,
        name: str = "",
        *,
        required: bool = False,
        negative: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, required=required, parent=parent)
        self._negative = negative
        self.setFont(font(Size.BODY, tabular=True))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setPlaceholderText("0.00")

    def parse(self, text: str) -> int:
        cents = parse_cents(text)
        if cents < 0 and not self._negative:
            raise ValueError("An amount here cannot be below zero")
        return cents

    def show_value(self, value: int) -> str:
        return format_cents(value, symbol="")

    def cents(self) -> int | None:
        """Return the amount in cents, or None when the field is blank or cannot be read."""
        value = self.value()
        return value if isinstance(value, int) else None
