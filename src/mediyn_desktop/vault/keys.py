# SPDX-License-Identifier: MIT
"""The open data key: 32 random bytes from which every other key of the practice is derived."""

from __future__ import annotations

import secrets
from typing import Final, Never

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mediyn_desktop.core.errors import Locked

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

# A misspelt label would quietly derive another key, so only these are known.
SUBKEYS: Final = frozenset({"sqlcipher", "chain", "attachments", "backup-manifest", "identity"})


def derive(material: bytes | bytearray, *, info: str, salt: bytes | None = None) -> bytes:
    """Return 32 bytes of HKDF-SHA256 (RFC 5869) from ``material``; ``info`` names the purpose."""
    kdf = HKDF(SHA256(), KEY_BYTES, salt=salt, info=f"mediyn-desktop/1/{info}".encode())
    return kdf.derive(material)


class DataKey:
    """The practice's key while it is unlocked.

    Shows nothing of itself, cannot be pickled or copied, and is zeroed by ``drop()``. Python may
    have made short-lived copies on the way; what it can promise is that this object keeps none.
    """

    __slots__ = ("__weakref__", "_dropped", "_material")

    def __init__(self, material: bytes | bytearray) -> None:
        if len(material) != KEY_BYTES:
            raise ValueError(f"a data key is {KEY_BYTES} bytes")
        self._material = bytearray(material)
        self._dropped = False

    @classmethod
    def generate(cls) -> DataKey:
        """Return a fresh random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def unwrap(cls, kek: bytes, nonce: bytes, wrapped: bytes, aad: bytes) -> DataKey:
        """Return the key inside ``wrapped`` (AES-256-GCM under the 32-byte ``kek``).

        Raises:
            cryptography.exceptions.InvalidTag: another ``kek``, or any byte was changed.
        """
        opened = bytearray(KEY_BYTES)
        try:
            AESGCM(kek).decrypt_into(nonce, wrapped, aad, opened)
            return cls(opened)
        finally:
            _zero(opened)

    def wrap(self, kek: bytes, aad: bytes) -> tuple[bytes, bytes]:
        """Return (nonce, ciphertext with tag) of this key under ``kek``, bound to ``aad``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce, AESGCM(kek).encrypt(nonce, self._open(), aad)

    def subkey(self, label: str) -> bytes:
        """Return the 32-byte key for ``label``, one of ``SUBKEYS``: the same for ever.

        Raises:
            Locked: the key was dropped.
            ValueError: the label is not known.
        """
        if label not in SUBKEYS:
            raise ValueError(f"no subkey is called {label!r}")
        return derive(self._open(), info=f"subkey/{label}")

    def sqlcipher_key(self) -> bytes:
        """Return the 32-byte raw key of the database file."""
        return self.subkey("sqlcipher")

    def hex(self) -> str:
        """Return ``sqlcipher_key()`` as the 64 hex digits that ``PRAGMA key`` wants.

        The data key itself has no readable form.
        """
        return self.sqlcipher_key().hex()

    def fingerprint(self, store_id: str) -> str:
        """Return 32 hex digits that name this key within ``store_id`` and reveal nothing of it."""
        return derive(self._open(), info=f"fingerprint/{store_id}")[:16].hex()

    @property
    def dropped(self) -> bool:
        """True once the key is gone."""
        return self._dropped

    def drop(self) -> None:
        """Zero the key; every later use raises ``Locked``. Dropping twice is harmless."""
        self._dropped = True
        _zero(self._material)

    def _open(self) -> bytearray:
        if self._dropped:
            raise Locked(
                "The practice is locked. Everything you saved is safe. Unlock it with your "
                "passphrase to go on."
            )
        return self._material

    def __repr__(self) -> str:
        return "<DataKey>"

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a data key is neither copied nor pickled")


def _zero(material: bytearray) -> None:
    material[:] = bytes(len(material))
