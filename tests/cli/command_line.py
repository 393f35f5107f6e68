# SPDX-License-Identifier: MIT
"""The program's own entry, run in this process, and what it answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mediyn_desktop import app
from mediyn_desktop.__main__ import main
from mediyn_desktop.sandbox import Sandbox
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault import slots

PASSPHRASE = "four unrelated calm words"
DAY = "2026-11-23"  # the evening of the sample practice

# Enters the sandbox's addresses in the settings of the practice in a folder: the card processor's,
# and with ``claims=True`` (slow: every claim that leaves is checked) the clearinghouse's.
Connect = Callable[..., Sandbox]

# One line of sentences, then a stable code in brackets, and nothing else.
_REFUSAL = re.compile(r"[^\n]+[.!?”] \[([a-z0-9-]+)\]\n")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: its exit status and both streams."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout, well-formed in its amounts, dates and ids."""
        found = json.loads(self.out)
        assert list(_misshapen(found)) == []
        return found

    @property
    def code(self) -> str:
        """The code of a refusal: exit status 1, nothing on stdout, one line on stderr."""
        assert self.status == 1, (self.status, self.err)
        assert self.out == ""
        said = _REFUSAL.fullmatch(self.err)
        assert said, self.err
        assert "Traceback" not in self.err
        return said[1]


class Mediyn:
    """Runs ``mediyn`` on one practice."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path, passphrase: Path) -> None:
        self.capsys = capsys
        self.folder = folder
        self.passphrase = passphrase

    def __call__(self, *arguments: object) -> Ran:
        """Run with the practice and its passphrase named."""
        return self.bare("--data", self.folder, "--passphrase-file", self.passphrase, *arguments)

    def json(self, *arguments: object) -> Any:
        """Run with --json and return the document of a run that did its work."""
        ran = self(*arguments, "--json")
        assert ran.status in (0, 3), ran.err
        return ran.document

    def open(self) -> Store:
        """Open the practice itself, for what no command does; the caller closes it."""
        key = slots.open_with_passphrase(self.folder, PASSPHRASE)
        return open_practice(self.folder, key, app.open_store.__kwdefaults__["clock"], GUARDS)

    def bare(self, *arguments: object) -> Ran:
        """Run with ``arguments`` alone."""
        self.capsys.readouterr()
        try:
            status = main([str(one) for one in arguments])
        except SystemExit as left:  # argparse: wrong usage, or --help
            status = int(left.code or 0)
        said = self.capsys.readouterr()
        return Ran(status, said.out, said.err)


def _misshapen(value: Any, key: str = "") -> Iterator[str]:
    """Amounts are whole cents, ids are strings, dates are ISO 8601."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _misshapen(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _misshapen(one, key)
    elif key.endswith("_cents"):
        if type(value) is not int:
            yield f"{key}: {value!r}"
    elif isinstance(value, float):
        yield f"{key}: {value!r}"
    elif key in ("id", "reverses") or key.endswith(("_ref", "_id", "_number")):
        if value is not None and not isinstance(value, str):
            yield f"{key}: {value!r}"
    elif key == "date":
        date.fromisoformat(value)
    elif key in ("starts_at", "next") and value is not None:
        datetime.fromisoformat(value)
