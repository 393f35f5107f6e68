# SPDX-License-Identifier: MIT
"""Secrets in the operating system's key store, by store id and name.

The key store guards against a stolen disk, not against other programs of the same user. It may
ask the user to unlock it and wait for the answer, so call nothing here on the window's thread.

Only real key stores are used. ``keyring`` may be configured to a backend that forgets or writes
plain text and still report success, hence the list, and the reading back after every write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Never, TypeVar

from mediyn_desktop.core.errors import UserFacingError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

REAL_BACKENDS: Final = frozenset(
    {
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
    }
)

# Windows keeps 2,560 bytes of UTF-16 per entry (jaraco/keyring issues 355 and 540).
LONGEST_SECRET: Final = 1_000
_CRED_PERSIST_LOCAL_MACHINE = 2  # wincred.h; keyring's own name for it is not always defined
_ACCOUNT = "mediyn-desktop"

_SAFE = "Your records are safe."


class KeyringMissing(UserFacingError):
    """This computer offers no key store this program trusts."""

    code = "keyring-missing"

    def __init__(self) -> None:
        super().__init__(
            "This computer has no key store that can remember a secret safely. "
            f"{_SAFE} Go on with your passphrase or recovery code."
        )


class KeyringLocked(UserFacingError):
    """The key store is locked, or the user dismissed its prompt."""

    code = "keyring-locked"

    def __init__(self) -> None:
        super().__init__(
            f"This computer's key store is locked. {_SAFE} Unlock it (often by signing in to the "
            "computer again), or go on with your passphrase."
        )


class KeyringNotReady(UserFacingError):
    """The key store runs but has never been set up, or its set-up was dismissed."""

    code = "keyring-not-ready"

    def __init__(self) -> None:
        super().__init__(
            f"This computer's key store is not set up yet. {_SAFE} Set it up in the system "
            "settings, or go on with your passphrase."
        )


class KeyringFailed(UserFacingError):
    """The key store answered with an error of another kind."""

    code = "keyring-failed"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"This computer's key store reported an error ({kind}). {_SAFE} Go on with your "
            "passphrase, and try again after signing in to the computer again."
        )


class KeyringForgets(UserFacingError):
    """What was written could not be read back the same."""

    code = "keyring-forgets"

    def __init__(self) -> None:
        super().__init__(
            "This computer's key store accepted the secret but did not give it back, so it is "
            f"not used. {_SAFE} Go on with your passphrase."
        )


class SecretTooLong(UserFacingError):
    """The secret is longer than every key store can hold."""

    code = "secret-too-long"

    def __init__(self) -> None:
        super().__init__(
            f"That is longer than the {LONGEST_SECRET} characters a key store can hold. Nothing "
            "was stored. Check that only the key itself was pasted."
        )


def store_secret(store_id: str, name: str, secret: str) -> None:
    """Keep ``secret`` under (``store_id``, ``name``), replacing an older one, and read it back.

    Raises:
        KeyringMissing, KeyringLocked, KeyringNotReady, KeyringFailed, KeyringForgets,
        SecretTooLong
        ValueError: the secret is empty, which some key stores cannot tell from none.
    """
    if not secret:
        raise ValueError("a secret is not empty")
    if len(secret) > LONGEST_SECRET:
        raise SecretTooLong
    backend, entry = _backends()[0], _entry(store_id, name)
    _asked(lambda: backend.set_password(entry, _ACCOUNT, secret))
    if _asked(lambda: backend.get_password(entry, _ACCOUNT)) != secret:
        raise KeyringForgets


def read_secret(store_id: str, name: str) -> str | None:
    """Return the secret under (``store_id``, ``name``), or None if the key store has none.

    Where a desktop offers two key stores each is asked: which comes first changes between
    sessions, and a secret must not seem lost for it (signalapp/Signal-Desktop issue 6970).

    Raises:
        KeyringMissing, KeyringLocked, KeyringNotReady, KeyringFailed
    """
    failure: UserFacingError | None = None
    for backend in _backends():
        try:
            secret = _get(backend, _entry(store_id, name))
        except UserFacingError as error:
            failure = failure or error
            continue
        if secret is not None:
            return secret
    if failure is not None:
        raise failure
    return None


def delete_secret(store_id: str, name: str) -> None:
    """Remove the secret under (``store_id``, ``name``) from every key store; none is no error.

    Raises:
        KeyringMissing, KeyringLocked, KeyringNotReady, KeyringFailed
    """
    entry = _entry(store_id, name)
    for backend in _backends():
        if _get(backend, entry) is not None:
            _delete(backend, entry)


def _get(backend: KeyringBackend, entry: str) -> str | None:
    return _asked(lambda: backend.get_password(entry, _ACCOUNT))


def _delete(backend: KeyringBackend, entry: str) -> None:
    _asked(lambda: backend.delete_password(entry, _ACCOUNT))


def _entry(store_id: str, name: str) -> str:
    # One service per secret: WinVault renames entries when one service has two accounts.
    return f"mediyn-desktop/{store_id}/{name}"


def _backends() -> list[KeyringBackend]:
    """Return the trusted backends of the configured keyring, the preferred one first."""
    import keyring  # noqa: PLC0415 - slow, and only some sessions need it
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415
    from keyring.backends.Windows import WinVaultKeyring  # noqa: PLC0415

    chosen = _asked(keyring.get_keyring)
    # Where two key stores run, e.g. KWallet and GNOME's, keyring hands out a chain of both.
    offered = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    real = [backend for backend in offered if _dotted(backend) in REAL_BACKENDS]
    if not real:
        raise KeyringMissing
    for backend in real:
        if isinstance(backend, WinVaultKeyring):
            # The default persistence lets a domain copy the entry to other computers.
            backend.persist = _CRED_PERSIST_LOCAL_MACHINE
    return real


def _dotted(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _asked(question: Callable[[], _T]) -> _T:
    """Return the key store's answer, or raise its failure as one of this module's errors."""
    try:
        return question()
    except Exception as error:  # each backend has its own family: D-Bus, GLib, pywintypes, ...
        _raise_known(error)


def _raise_known(error: Exception) -> Never:
    from keyring import errors  # noqa: PLC0415 - see _backends

    _log.info("key store: %s", type(error).__name__)
    match error:
        case errors.NoKeyringError():
            raise KeyringMissing from error
        case errors.KeyringLocked():
            raise KeyringLocked from error
        case errors.InitError():
            raise KeyringNotReady from error
        case _:
            raise KeyringFailed(type(error).__name__) from error
