# SPDX-License-Identifier: MIT
"""Training and real practices never take each other's keys, addresses and folders."""

from __future__ import annotations

import pytest

from mediyn_desktop.store import settings
from mediyn_desktop.store.sides import KEY_BEGINS, MARK, OtherSide, is_training_place

TRAINING_KEY = f"{KEY_BEGINS}0123abcd"
REAL_KEYS = ("sk_live_x", "rk_live_x", "sk_test_x", "rk_test_x")


@pytest.fixture
def place(tmp_path):
    """A training folder with the claims folders of its clearinghouse."""
    outside = tmp_path / "training" / "outside"
    (outside / "to").mkdir(parents=True)
    (tmp_path / "training" / MARK).write_text("made up")
    return outside / "to"


def put(store, **values: str) -> None:
    """Set settings in one step, with underlines for dots."""
    with store.write("Change settings") as uow:
        for key, value in values.items():
            settings.set_value(uow, key.replace("__", "."), value)


@pytest.fixture
def training(store):
    """A practice that is for training, connected."""
    put(
        store,
        training__practice="yes",
        stripe__api_base="http://127.0.0.1:4242",
        stripe__key=TRAINING_KEY,
    )
    return store


def refused(store, **values: str) -> str:
    """Expect a refusal that changes nothing; return its sentence."""
    with store.read() as read:
        before = settings.show(read)
    with pytest.raises(OtherSide) as refusal:
        put(store, **values)
    with store.read() as read:
        assert settings.show(read) == before
    return refusal.value.message


@pytest.mark.parametrize("key", REAL_KEYS)
@pytest.mark.parametrize("setting", ["stripe__key", "stripe__refund_key"])
def test_training_takes_no_key_of_the_real_processor(training, setting, key):
    assert "never one of Stripe" in refused(training, **{setting: key})
    with training.read() as read:
        assert settings.read_secret(read, "stripe.key") == TRAINING_KEY


@pytest.mark.parametrize(
    "change",
    [
        {"stripe__api_base": ""},
        {"stripe__api_base": "https://api.stripe.com"},
        {"stripe__api_base": "https://127.0.0.1.example.com"},
        {"clearinghouse__https_claims_url": "https://clearinghouse.example/claims"},
        {"clearinghouse__https_eligibility_url": "https://clearinghouse.example/270"},
        {"clearinghouse__https_answers_url": "https://clearinghouse.example/answers"},
        {"clearinghouse__kind": "sftp"},
        {"clearinghouse__kind": "https"},
    ],
)
def test_training_reaches_nobody_outside_this_computer(training, change):
    assert "This is a training practice" in refused(training, **change)


def test_training_puts_claims_into_its_own_folders_only(training, tmp_path, place):
    assert "made-up claims" in refused(training, clearinghouse__out=str(tmp_path / "claims"))
    put(training, clearinghouse__out=str(place), clearinghouse__kind="sandbox")


@pytest.mark.parametrize(
    "setting", ["stripe__key", "stripe__refund_key", "clearinghouse__https_key"]
)
def test_a_real_practice_takes_no_training_key(store, setting):
    assert "belongs to training" in refused(store, **{setting: TRAINING_KEY})


@pytest.mark.parametrize("setting", ["clearinghouse__out", "clearinghouse__in"])
def test_a_real_practice_takes_no_training_folder(store, place, setting):
    assert "where answers are made up" in refused(store, **{setting: str(place)})


def test_a_real_practice_takes_everything_of_its_own(store, tmp_path):
    put(
        store,
        stripe__api_base="http://127.0.0.1:8420",  # somebody's own processor on this computer
        stripe__key="sk_live_x",
        clearinghouse__out=str(tmp_path / "claims"),
        clearinghouse__https_key="mine",
        clearinghouse__kind="https",
    )


def test_turning_a_connected_real_practice_into_training_is_seen_when_it_is_used(store):
    put(store, stripe__key="sk_live_x")
    put(store, training__practice="yes")
    with store.read() as read, pytest.raises(OtherSide):
        settings.keep_sides_apart(read)


def test_a_training_place_is_known_from_anywhere_within(place, tmp_path):
    assert is_training_place(place)
    assert is_training_place(place / "not" / "there" / "yet")
    assert is_training_place(place.parent.parent)
    assert not is_training_place(tmp_path)
