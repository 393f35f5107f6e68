# SPDX-License-Identifier: MIT
"""Random and derived identifiers. None of them is made from a person's name."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_ref(prefix: str) -> str:
    """Return a fresh reference such as ``pay-7k2m9q4tbx1c``: 60 random bits, easy to read out."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u: not confused when spoken
    return f"{prefix}-{''.join(secrets.choice(alphabet) for _ in range(12))}"


def keyed_id(secret: bytes, *parts: str) -> str:
    """Return 32 hex digits of HMAC-SHA256 over ``parts``: the same for ever, opaque to outsiders.

    Each part is prefixed with its length, so ("ab", "c") and ("a", "bc") differ.
    """
    message = b"".join(f"{len(part.encode())}:".encode() + part.encode() for part in parts)
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:32]
