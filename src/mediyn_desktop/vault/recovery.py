# SPDX-License-Identifier: MIT
"""The recovery code: 160 random bits a person can write down, read out and type back.

Forty characters of Crockford's base32 (crockford.com/base32.html) in eight groups of five. Each
group is four characters of the secret and one check character, so that a slip can be traced to
its group: 8 x 20 secret bits and 8 x 5 check bits.

The check is a weighted sum over GF(32) plus the group's number. Its weights are distinct and not
zero, so every single wrong character, every two characters swapped within a group and every two
groups swapped are caught.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final

from mediyn_desktop.core.errors import UserFacingError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS: Final = 8
GROUP_CHARACTERS: Final = 5
SECRET_BYTES: Final = 20

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_SEPARATORS: Final = re.compile(r"[\s\-_.\u2010-\u2015\u2212]+")


class RecoveryCodeMistyped(UserFacingError):
    """The code cannot be right as typed; ``groups`` are the groups to look at, counted from 1."""

    code = "recovery-code-mistyped"

    def __init__(self, what: str, groups: tuple[int, ...] = ()) -> None:
        super().__init__(
            f"{what} Nothing was changed and your records are safe. Compare it with your recovery "
            "sheet and type it again."
        )
        self.groups = groups


def new_secret() -> bytes:
    """Return 160 fresh random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def format_code(secret: bytes) -> str:
    """Return ``secret`` as eight groups of five characters joined by ``-``."""
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a recovery secret is {SECRET_BYTES} bytes")
    number = int.from_bytes(secret, "big")
    groups = []
    for position in range(GROUPS):
        bits = number >> (20 * (GROUPS - 1 - position))
        values = [bits >> shift & 31 for shift in (15, 10, 5, 0)]
        groups.append("".join(ALPHABET[value] for value in [*values, _check(position, values)]))
    return "-".join(groups)


def parse_code(text: str) -> bytes:
    """Return the 20 secret bytes of a typed code.

    Case, spaces, dashes and their absence do not matter; O is read as 0, I and L as 1.

    Raises:
        RecoveryCodeMistyped: too short, too long, or a group's check character does not fit.
    """
    wanted = GROUPS * GROUP_CHARACTERS
    pieces = _pieces(text)
    typed = "".join(pieces)
    if len(typed) != wanted:
        if len(pieces) == GROUPS:
            wrong = [n for n, piece in enumerate(pieces, 1) if len(piece) != GROUP_CHARACTERS]
            what = f"The recovery code needs {GROUP_CHARACTERS} characters in {_name(wrong)}."
            raise RecoveryCodeMistyped(what, tuple(wrong))
        raise RecoveryCodeMistyped(
            f"The recovery code has {wanted} letters and digits; {len(typed)} were typed."
        )
    number, wrong = 0, []
    for position in range(GROUPS):
        start = position * GROUP_CHARACTERS
        values = [_VALUES.get(c, -1) for c in typed[start : start + GROUP_CHARACTERS]]
        if -1 in values or _check(position, values[:-1]) != values[-1]:
            wrong.append(position + 1)
            continue
        for value in values[:-1]:
            number = number << 5 | value
    if wrong:
        what = f"There is a typo in {_name(wrong)} of the recovery code."
        raise RecoveryCodeMistyped(what, tuple(wrong))
    return number.to_bytes(SECRET_BYTES, "big")


def _pieces(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    return [piece for piece in _SEPARATORS.split(plain) if piece]


def _check(position: int, values: list[int]) -> int:
    """Return the check value of four 5-bit ``values`` in group ``position``."""
    total = position
    for weight, value in zip((2, 4, 8, 16), values, strict=True):
        total ^= _multiply(weight, value)
    return total


def _multiply(a: int, b: int) -> int:
    """Return the product in GF(32) with the polynomial x^5 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= 0b100101
        b >>= 1
    return product


def _name(groups: list[int]) -> str:
    if len(groups) == 1:
        return f"group {groups[0]}"
    return f"groups {', '.join(str(n) for n in groups[:-1])} and {groups[-1]}"
