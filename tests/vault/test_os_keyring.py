# SPDX-License-Identifier: MIT
from __future__ import annotations

from collections.abc import Callable

import keyring
import pytest
from keyring.backends import chainer, fail, null
from keyring.backends.Windows import WinVaultKeyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.vault import os_keyring
from mediyn_desktop.vault.os_keyring import delete_secret, read_secret, store_secret

from .conftest import MemoryKeyring

CALLS: list[Callable[[], object]] = [
    lambda: store_secret("store", "stripe", "sk_test_1"),
    lambda: read_secret("store", "stripe"),
    lambda: delete_secret("store", "stripe"),
]


def test_a_secret_is_kept_under_its_store_and_name(memory: MemoryKeyring) -> None:
    store_secret("one", "stripe", "sk_test_1")
    store_secret("one", "sftp", "s3cret")
    store_secret("two", "stripe", "sk_test_2")
    assert read_secret("one", "stripe") == "sk_test_1"
    assert read_secret("one", "sftp") == "s3cret"
    assert read_secret("two", "stripe") == "sk_test_2"
    assert read_secret("two", "sftp") is None


def test_storing_again_replaces_and_deleting_may_be_repeated(memory: MemoryKeyring) -> None:
    store_secret("one", "stripe", "old")
    store_secret("one", "stripe", "new")
    assert read_secret("one", "stripe") == "new"
    delete_secret("one", "stripe")
    assert read_secret("one", "stripe") is None
    delete_secret("one", "stripe")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("untrusted", [null.Keyring(), fail.Keyring(), MemoryKeyring()])
def test_a_backend_that_is_no_real_key_store_counts_as_none(
    use_keyring: Callable[[object], None], untrusted: object, call: Callable[[], object]
) -> None:
    use_keyring(untrusted)
    with pytest.raises(UserFacingError) as caught:
        call()
    assert caught.value.code == "keyring-missing"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (NoKeyringError("none"), "keyring-missing"),
        (KeyringLocked("Failed to unlock the collection!"), "keyring-locked"),
        (InitError("Failed to create the collection"), "keyring-not-ready"),
        (PasswordSetError("no"), "keyring-failed"),
        (OSError(1783, "The stub received bad data"), "keyring-failed"),
    ],
)
def test_every_failure_of_the_key_store_has_its_own_code(
    memory: MemoryKeyring, failure: Exception, code: str, call: Callable[[], object]
) -> None:
    memory.raises = failure
    with pytest.raises(UserFacingError) as caught:
        call()
    assert caught.value.code == code
    assert "records are safe" in caught.value.message
    assert "passphrase" in caught.value.message
    assert "sk_test_1" not in caught.value.message


@pytest.mark.parametrize("call", CALLS)
def test_a_misconfigured_backend_is_a_failure_not_a_crash(
    monkeypatch: pytest.MonkeyPatch, call: Callable[[], object]
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "no.such.module.Keyring")
    with pytest.raises(UserFacingError) as caught:
        call()
    assert caught.value.code == "keyring-failed"
    assert "ModuleNotFoundError" in caught.value.message


def test_a_key_store_that_forgets_is_found_out(memory: MemoryKeyring) -> None:
    memory.forgetful = True
    with pytest.raises(UserFacingError) as caught:
        store_secret("one", "stripe", "sk_test_1")
    assert caught.value.code == "keyring-forgets"
    assert "sk_test_1" not in caught.value.message


def test_a_secret_no_key_store_could_hold_is_refused(memory: MemoryKeyring) -> None:
    store_secret("one", "long", "x" * 1_000)
    with pytest.raises(UserFacingError) as caught:
        store_secret("one", "longer", "x" * 1_001)
    assert caught.value.code == "secret-too-long"
    with pytest.raises(ValueError, match="not empty"):
        store_secret("one", "empty", "")
    assert len(memory.entries) == 1


@pytest.fixture
def two_stores(
    monkeypatch: pytest.MonkeyPatch,
    memory: MemoryKeyring,
    use_keyring: Callable[[object], None],
) -> tuple[MemoryKeyring, MemoryKeyring]:
    """A desktop with two key stores, as keyring's chain hands them out."""
    chain = chainer.ChainerBackend()
    both = (memory, MemoryKeyring())
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [null.Keyring(), *both])
    use_keyring(chain)
    return both


def test_of_two_key_stores_the_first_real_one_is_written(
    two_stores: tuple[MemoryKeyring, MemoryKeyring],
) -> None:
    store_secret("one", "stripe", "sk_test_1")
    assert [len(store.entries) for store in two_stores] == [1, 0]


def test_a_secret_is_found_after_the_two_key_stores_changed_places(
    two_stores: tuple[MemoryKeyring, MemoryKeyring],
) -> None:
    first, second = two_stores
    store_secret("one", "stripe", "sk_test_1")
    first.entries, second.entries = {}, first.entries
    assert read_secret("one", "stripe") == "sk_test_1"
    first.raises = KeyringLocked("dismissed")
    assert read_secret("one", "stripe") == "sk_test_1"
    first.raises = None
    delete_secret("one", "stripe")
    assert second.entries == {}


def test_a_locked_key_store_is_not_taken_for_an_empty_one(
    two_stores: tuple[MemoryKeyring, MemoryKeyring],
) -> None:
    two_stores[0].raises = KeyringLocked("dismissed")
    with pytest.raises(os_keyring.KeyringLocked):
        read_secret("one", "stripe")


def test_windows_entries_stay_on_this_computer(
    monkeypatch: pytest.MonkeyPatch, use_keyring: Callable[[object], None]
) -> None:
    backend, inside = WinVaultKeyring(), MemoryKeyring()
    for name in ("get_password", "set_password"):
        monkeypatch.setattr(backend, name, getattr(inside, name))
    use_keyring(backend)
    store_secret("one", "stripe", "sk_test_1")
    assert backend._persist == 2  # reading `persist` needs Windows; CRED_PERSIST_LOCAL_MACHINE
