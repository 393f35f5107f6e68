# SPDX-License-Identifier: MIT
"""Logs carry ids, never people or keys."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from mediyn_desktop.core.redaction import logging_to, redact


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_abc123DEF",
        "rk_test_51Nxyz",
        "zz.canary+x@example.org",
        "123-45-6789",
        "12-3456789",
        "4242 4242 4242 4242",
        "4242424242424242",
        "(503) 555-0100",
        "503-555-0100",
    ],
)
def test_identities_and_keys_are_blanked(secret: str) -> None:
    assert secret not in redact(f"before {secret} after")
    assert redact(f"before {secret} after").startswith("before")


@pytest.mark.parametrize("ident", ["attempt 12", "pi_3NabcDEF", "M778689F80EA53", "2026-11-23"])
def test_ids_and_dates_stay(ident: str) -> None:
    assert redact(ident) == ident


def test_a_traceback_keeps_its_place_and_loses_its_text(tmp_path: Path) -> None:
    log = logging.getLogger("mediyn_desktop.test")
    with logging_to(tmp_path / "logs"):
        try:
            raise ValueError("Zzcanary Person owes $150")
        except ValueError:
            log.exception("bug in %s", "charge 7")
    text = (tmp_path / "logs" / "mediyn.log").read_text("utf-8")
    assert "Zzcanary" not in text
    assert "bug in charge 7" in text
    assert "ValueError at test_a_traceback_keeps_its_place_and_loses_its_text" in text
    assert logging.getLogger("mediyn_desktop").handlers == []
