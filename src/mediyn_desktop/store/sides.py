# SPDX-License-Identifier: MIT
"""Training and real practices never meet: which key, address and folder belongs to which side.

A training practice holds made-up people and play money. It asks only the processor and the
clearinghouse of its own training folder, on this computer, with a key that says so; a real practice
never takes that key and never uses such a folder. Both are asked when a setting is entered and
again whenever one is about to be used, so a practice that was copied or edited is refused too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from mediyn_desktop.core.errors import UserFacingError

MARK: Final = "training.txt"
"""Lies in a training folder, beside its practice; what is below it belongs to training."""

KEY_BEGINS: Final = "sk_test_training"
"""How the secret key of every training processor begins."""

_KEYS = ("stripe.key", "stripe.refund_key")
_FOLDERS = ("clearinghouse.out", "clearinghouse.in")
_ADDRESSES = (
    "stripe.api_base",
    "clearinghouse.https_claims_url",
    "clearinghouse.https_eligibility_url",
    "clearinghouse.https_answers_url",
)
_CLEARINGHOUSE_KEY = "clearinghouse.https_key"
_KIND = "clearinghouse.kind"
WATCHED: Final = frozenset({*_KEYS, *_FOLDERS, *_ADDRESSES, _CLEARINGHOUSE_KEY, _KIND})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class OtherSide(UserFacingError):
    """A training practice was to use something real, or a real one something of training."""

    code = "training-and-real"


def is_training_place(path: Path) -> bool:
    """Whether ``path`` is, or lies in, a training folder."""
    return any((folder / MARK).is_file() for folder in (path, *path.parents))


def keep_apart(value: Callable[[str], str], *, training: bool) -> None:
    """Refuse what belongs to the other side.

    Args:
        value: gives the text of one of ``WATCHED``, a secret's too, empty where it is not set.
        training: whether the practice is a training practice.

    Raises:
        OtherSide: something does; nothing was sent and nothing charged.
    """
    if training:
        _only_training(value)
    else:
        _nothing_of_training(value)


def _only_training(value: Callable[[str], str]) -> None:
    if any(value(key) and not value(key).startswith(KEY_BEGINS) for key in _KEYS):
        raise OtherSide(
            "This is a training practice: it takes the key of its own training card processor "
            "only, never one of Stripe. Nothing was charged. Enter your key in your real practice."
        )
    for key in _ADDRESSES:
        if value(key) and urlsplit(value(key)).hostname not in _LOOPBACK:
            raise OtherSide(
                "This is a training practice: it asks only the card processor and clearinghouse "
                "on this computer. Nothing was sent. Enter this address in your real practice."
            )
    if value(_KEYS[0]) and not value(_ADDRESSES[0]):  # blank means Stripe itself
        raise OtherSide(
            "This is a training practice: its card processor is on this computer and cannot be "
            "left out. Nothing was charged. Start training anew to have it set again."
        )
    elsewhere = [key for key in _FOLDERS if value(key) and not is_training_place(Path(value(key)))]
    if value(_KIND) not in ("", "folder", "sandbox") or elsewhere:
        raise OtherSide(
            "This is a training practice: its made-up claims go to the training clearinghouse and "
            "nowhere else. Nothing was sent. Set up the clearinghouse in your real practice."
        )


def _nothing_of_training(value: Callable[[str], str]) -> None:
    if any(value(key).startswith(KEY_BEGINS) for key in (*_KEYS, _CLEARINGHOUSE_KEY)):
        raise OtherSide(
            "This key belongs to training, and this is a real practice. Nothing was charged or "
            "sent. Enter the key you got for yourself."
        )
    if any(value(key) and is_training_place(Path(value(key))) for key in _FOLDERS):
        raise OtherSide(
            "This folder belongs to training, where answers are made up, and this is a real "
            "practice. Nothing was sent. Choose another folder for claims and answers."
        )
