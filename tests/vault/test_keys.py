# SPDX-License-Identifier: MIT
from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.exceptions import InvalidTag

from mediyn_desktop.core.errors import Locked
from mediyn_desktop.vault.keys import SUBKEYS, DataKey

# RFC 5869 by hand (standard library HMAC) over the bytes 0 to 31.
SQLCIPHER_OF_COUNTING_KEY = "70f7b94bd9f9e7628dce3359dc8aee3f015ba07ed3b1dc91394bcd481b566ad2"


def test_subkeys_never_change_and_differ_by_label() -> None:
    key = DataKey(bytes(range(32)))
    # Pinned: another value would make every existing practice unreadable.
    assert key.subkey("sqlcipher").hex() == SQLCIPHER_OF_COUNTING_KEY
    assert len({key.subkey(label) for label in SUBKEYS}) == len(SUBKEYS)
    assert all(len(key.subkey(label)) == 32 for label in SUBKEYS)


def test_the_database_key_is_the_sqlcipher_subkey_in_every_form() -> None:
    key = DataKey.generate()
    assert key.sqlcipher_key() == key.subkey("sqlcipher")
    assert bytes.fromhex(key.hex()) == key.sqlcipher_key()


def test_an_unknown_label_is_refused_rather_than_derived() -> None:
    with pytest.raises(ValueError, match="sqlchiper"):
        DataKey.generate().subkey("sqlchiper")


def test_a_dropped_key_is_zeroed_and_every_use_says_locked() -> None:
    key = DataKey(b"\x11" * 32)
    material = key._material
    key.drop()
    key.drop()
    assert key.dropped
    assert material == bytes(32)
    for use in (
        key.hex,
        key.sqlcipher_key,
        lambda: key.subkey("chain"),
        lambda: key.wrap(bytes(32), b""),
        lambda: key.fingerprint("s"),
    ):
        with pytest.raises(Locked) as locked:
            use()
        assert locked.value.code == "locked"


def test_the_key_shows_nothing_of_itself_and_cannot_leave_the_process() -> None:
    key = DataKey(b"\x41" * 32)
    assert repr(key) == str(key) == f"{key}" == "<DataKey>"
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            leave(key)


def test_wrapping_binds_the_key_to_its_associated_data() -> None:
    key, kek = DataKey.generate(), bytes(range(32))
    nonce, wrapped = key.wrap(kek, b"slot")
    assert DataKey.unwrap(kek, nonce, wrapped, b"slot").hex() == key.hex()
    with pytest.raises(InvalidTag):
        DataKey.unwrap(kek, nonce, wrapped, b"another slot")
    with pytest.raises(InvalidTag):
        DataKey.unwrap(bytes(32), nonce, wrapped, b"slot")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(bytes(length))


def test_fingerprints_differ_between_practices_and_keys() -> None:
    one, other = DataKey(b"\x01" * 32), DataKey(b"\x02" * 32)
    assert one.fingerprint("a") == DataKey(b"\x01" * 32).fingerprint("a")
    assert len({one.fingerprint("a"), one.fingerprint("b"), other.fingerprint("a")}) == 3
