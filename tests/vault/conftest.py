# SPDX-License-Identifier: MIT
"""A practice with a cheap passphrase slot, and a key store that lives in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keyring
import pytest
from keyring.errors import PasswordDeleteError

from mediyn_desktop.vault import os_keyring
from mediyn_desktop.vault.keys import DataKey
from mediyn_desktop.vault.slots import Argon2Cost, create

CHEAP = Argon2Cost(iterations=1, memory_kib=64, lanes=1)
PASSPHRASE = "correct horse battery"


@dataclass
class Practice:
    """A created practice and everything that opens it."""

    folder: Path
    key: DataKey
    code: str

    @property
    def file(self) -> Path:
        return self.folder / "keyslots.json"

    @property
    def copy(self) -> Path:
        return self.folder / "keyslots.json.bak"


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    folder = tmp_path / "data"
    key, code = create(folder, PASSPHRASE, kdf=CHEAP)
    return Practice(folder, key, code)


class MemoryKeyring:
    """A key store in memory; ``raises`` makes it fail, ``forgetful`` makes it lose writes.

    Deliberately no ``KeyringBackend``: subclasses of that enlist themselves as real backends.
    """

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.raises: Exception | None = None
        self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        if not self.forgetful:
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("none")

    def _fail(self) -> None:
        if self.raises is not None:
            raise self.raises


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Return what makes a backend the configured one."""

    def use(backend: object) -> None:
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)

    return use


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch, use_keyring: Callable[[object], None]) -> MemoryKeyring:
    """A memory key store, configured and trusted."""
    backend = MemoryKeyring()
    trusted = f"{MemoryKeyring.__module__}.{MemoryKeyring.__qualname__}"
    monkeypatch.setattr(os_keyring, "REAL_BACKENDS", os_keyring.REAL_BACKENDS | {trusted})
    use_keyring(backend)
    return backend
