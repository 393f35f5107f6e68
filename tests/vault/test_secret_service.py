# SPDX-License-Identifier: MIT
"""The keyring slot against a real Secret Service on its own D-Bus session and home folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import mediyn_desktop

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

UNLOCKED = "printf testpw | gnome-keyring-daemon --unlock --components=secrets"
LOCKED = "gnome-keyring-daemon --start --components=secrets"

REMEMBER = """
from mediyn_desktop.vault.os_keyring import delete_secret, read_secret, store_secret
key, code = create(folder, "correct horse battery", kdf=Argon2Cost(1, 64, 1))
remember_in_keyring(folder, key)
store_secret("s", "stripe", "sk_test_1")
store_secret("s", "stripe", "sk_test_2")
store_secret("s", "gone", "x")
delete_secret("s", "gone")
assert read_secret("s", "gone") is None
(folder / "expected").write_text(key.hex())
print("remembered")
"""
OPEN = """
from mediyn_desktop.vault.os_keyring import read_secret
same = open_with_keyring(folder).hex() == (folder / "expected").read_text()
print("same key" if same else "another key", read_secret("s", "stripe"))
"""
FORGET = """
forget_keyring(folder)
from mediyn_desktop.vault.os_keyring import read_secret
print(slots_state(folder).keyring, read_secret(slots_state(folder).store_id, "unlock"))
"""
READ = """
from mediyn_desktop.vault.os_keyring import read_secret
print(read_secret("s", "stripe"))
"""
PROGRAM = """
import sys
from pathlib import Path
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.vault.slots import *
folder = Path(sys.argv[1])
try:
    exec(sys.argv[2])
except UserFacingError as error:
    print(error.code)
"""


def in_session(home: Path, service: str, steps: str) -> str:
    """Run ``steps`` in a fresh D-Bus session with ``service``; return what it printed last."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    source = Path(mediyn_desktop.__file__).parents[1]
    env = kept | {"HOME": str(home), "PYTHONPATH": str(source), "XDG_RUNTIME_DIR": str(home)}
    shell = f'{service} >&2; exec "$0" -W error -c "$@"'
    command = ["dbus-run-session", "--", "sh", "-c", shell, sys.executable, PROGRAM]
    done = subprocess.run(
        [*command, str(home / "data"), steps],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_practice_remembered_today_opens_tomorrow_and_can_be_forgotten(tmp_path: Path) -> None:
    assert in_session(tmp_path, UNLOCKED, REMEMBER) == "remembered"
    assert in_session(tmp_path, UNLOCKED, OPEN) == "same key sk_test_2"
    assert in_session(tmp_path, LOCKED, OPEN) == "keyring-locked"
    assert in_session(tmp_path, UNLOCKED, FORGET) == "False None"
    assert in_session(tmp_path, UNLOCKED, OPEN) == "no-keyring-slot"


def test_a_key_store_that_was_never_set_up_says_so(tmp_path: Path) -> None:
    assert in_session(tmp_path, LOCKED, READ) == "keyring-not-ready"


def test_a_session_without_a_key_store_says_so(tmp_path: Path) -> None:
    without_activation = "export PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring"
    assert in_session(tmp_path, without_activation, READ) == "keyring-missing"
    silent_loss = "export PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring"
    assert in_session(tmp_path, silent_loss, READ) == "keyring-missing"
