# SPDX-License-Identifier: MIT
"""A field for a whole number."""

from __future__ import annotations

from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit

_A_YEAR = 366  # of days, or of sessions


class CountEdit(ParsedEdit):
    """A whole number from ``least`` to ``most``; ``what`` it counts, for the sentence."""

    def __init__(
        self, what: str, *, least: int = 1, most: int = _A_YEAR, required: bool = True
    ) -> None:
        super().__init__(required=required)
        self._what, self._least, self._most = what, least, most

    def parse(self, text: str) -> int:
        words = text.strip().removesuffix("%").strip()
        if not words.isdecimal() or not self._least <= int(words) <= self._most:
            raise ValueError(f"Write {self._what} from {self._least} to {self._most}")
        return int(words)

    def show_value(self, value: int) -> str:
        return str(value)

    def count(self) -> int | None:
        """Return the number, or None when the field is blank or cannot be read."""
        value = self.value()
        return value if isinstance(value, int) else None
