# SPDX-License-Identifier: MIT
"""An HMAC chain: each row is sealed with the seal of the row before it.

Triggers stop a mistake; the chain shows a deliberate change, because whoever edits a row without
the key cannot make the seals after it agree.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode

GENESIS = "0" * 64


def seal(key: bytes, previous: str, content: Sequence[object]) -> str:
    """Return the 64-hex seal of ``content`` (JSON values only) following ``previous``."""
    return hmac.digest(key, f"{previous}\n{_encode(content)}".encode(), "sha256").hex()
