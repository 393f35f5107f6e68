# SPDX-License-Identifier: MIT
"""The separators of an interchange, as its own header (ISA) announces them."""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.core.errors import UserFacingError

# The header has about 106 characters; with trimmed padding fewer, with line ends more.
HEADER_ROOM = 500
# Left behind by editors and mainframes before, between and after interchanges.
FILLING = " \t\r\n\v\f\0\x1a\ufeff"
_ISA_ELEMENTS = 16


class Unreadable(UserFacingError):
    """A file, or the rest of it, cannot be read."""

    code = "unreadable"


class NotX12(Unreadable):
    """The text holds no readable interchange header."""

    code = "not-x12"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The separators of one interchange; ``repetition`` is empty before version 00402."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


def read_delimiters(header: str) -> Delimiters:
    """Return the separators announced by ``header``, which starts with ``ISA``.

    They are counted, not measured: ISA16 and the character after it. On a header of the right
    width these are positions 105 and 106, and the count still holds where padding was trimmed.

    Raises:
        NotX12: no sixteen elements.
    """
    element = header[3:4]
    parts = header[:HEADER_ROOM].split(element, _ISA_ELEMENTS) if element not in FILLING else []
    if header[:3] != "ISA" or len(parts) <= _ISA_ELEMENTS or len(parts[-1]) < 2:
        raise NotX12(
            "The file has no complete X12 header (ISA), so it cannot be read. It was left as it "
            "is. Ask the sender for the original X12 file."
        )
    # Blanks alone: Python counts the control characters that separate among them.
    repetition = parts[11].strip(" ")[:1]
    if repetition.isalnum():
        repetition = ""  # Version 00401 puts U (the standards body) in ISA11.
    tail = parts[-1]
    return Delimiters(element, tail[0], repetition, tail[1])
