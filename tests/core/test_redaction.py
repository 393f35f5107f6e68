# SPDX-License-Identifier: MIT
"""Logs carry ids, never people or keys."""

from __future__ import annotations

import errno
import io
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from mediyn_desktop.core.errors import UserFacingError
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


def test_a_log_that_cannot_be_written_hides_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with (
        pytest.raises(UserFacingError, match="The disk is full"),
        logging_to(tmp_path / "logs"),
    ):
        logging.getLogger("mediyn_desktop.test").warning("attempt 12 waits")
        raise UserFacingError("The disk is full.", code="disk-full")
    assert capsys.readouterr().err == ""


def test_a_full_disk_is_not_reported_by_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            super().close()
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(RotatingFileHandler, "_open", lambda self: Full())
    with logging_to(tmp_path / "logs"):
        logging.getLogger("mediyn_desktop.test").warning("attempt 12 waits")
    assert capsys.readouterr().err == ""


def test_a_bug_is_logged_where_it_happened_and_goes_on(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Zzcanary"), logging_to(tmp_path / "logs"):
        raise ValueError("Zzcanary Person owes $150")
    text = (tmp_path / "logs" / "mediyn.log").read_text("utf-8")
    assert "ValueError at" in text
    assert "Zzcanary" not in text
