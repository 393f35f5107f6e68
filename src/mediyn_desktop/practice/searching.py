# SPDX-License-Identifier: MIT
"""How a client is found: the words beside the name, folded so that typing needs no accents."""

from __future__ import annotations

import unicodedata

# Sorts below every letter and the space, so that the text also orders people by last name.
_BETWEEN = "\t"


def folded(text: str) -> str:
    """Return ``text`` in lower case, without accents and with single spaces: ``Zoë`` is ``zoe``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def search_text(*, last: str, first: str, preferred: str, ref: str, email: str) -> str:
    """Return what ``Client.search`` holds. Sorted as text, it is the order of the client list."""
    return _BETWEEN.join(folded(part) for part in (last, first, preferred, ref, email))


def words(query: str) -> list[str]:
    """Return the words of a query; a client is found when all of them are in its search text."""
    return folded(query).split()
