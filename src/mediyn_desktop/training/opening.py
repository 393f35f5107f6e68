# SPDX-License-Identifier: MIT
"""Making the training practice, opening it again, and beginning anew."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mediyn_desktop import app
from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.exchange.sample import sample_today, write_sample_practice
from mediyn_desktop.store import settings
from mediyn_desktop.store.sides import KEY_BEGINS, OtherSide
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.training.outside import Outside
from mediyn_desktop.training.place import TrainingPlace

PASSPHRASE: Final = "training only"  # noqa: S105  (made-up people; told to everybody)
"""Opens every training practice; said in the window, for it guards nobody."""

Step = Callable[[int, int], object]
_STEPS = 5
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Training:
    """The open training practice and the world around it.

    ``forgetful`` says that the processor lost its memory of charges the books have.
    """

    place: TrainingPlace
    store: Store
    outside: Outside
    forgetful: bool

    def close(self) -> None:
        """End the world outside; the store is closed by whoever uses it, before."""
        self.outside.stop()


def open_training(
    place: TrainingPlace,
    *,
    step: Step = lambda done, total: None,
    clock: Clock | None = None,
    seed: int = 1,
) -> Training:
    """Open the training practice in ``place``, made first where there is none.

    Args:
        step: told how many parts of how many are done; raises to stop, and nothing stays open.
            What was made by then is made again next time.

    Raises:
        UserFacingError: it is open elsewhere, the folder is something else, the disk is full.
    """
    clock = clock or SystemClock()
    step(0, _STEPS)
    if not place.is_made:
        _make(place, step, clock, seed)
    return _open(place, step, clock)


def start_anew(
    place: TrainingPlace,
    *,
    step: Step = lambda done, total: None,
    clock: Clock | None = None,
    seed: int = 1,
) -> Training:
    """Take the closed training practice away and make a fresh one, today.

    Raises: see ``open_training``.
    """
    place.clear()
    return open_training(place, step=step, clock=clock, seed=seed)


def _make(place: TrainingPlace, step: Step, clock: Clock, seed: int) -> None:
    place.begin()
    step(1, _STEPS)
    store = app.create(place.practice, PASSPHRASE, clock=clock).store
    try:
        step(2, _STEPS)
        with store.write("Make this a training practice") as uow:
            _prepare(uow, place)
        sample = write_sample_practice(place.root / "sample", sample_today(store.clock.now()), seed)
        step(3, _STEPS)
        report = import_folder(store, sample)
        assert not report.errors, report.errors
        step(4, _STEPS)
    finally:
        store.close()
    place.finish()


def _prepare(uow: UnitOfWork, place: TrainingPlace) -> None:
    """Say what the practice is, before any key is in it."""
    outside = place.outside
    for setting, value in (
        (settings.TRAINING_PRACTICE.key, "yes"),
        (settings.CLEARINGHOUSE_KIND.key, "sandbox"),
        (settings.CLEARINGHOUSE_USAGE.key, "T"),
        (settings.CLEARINGHOUSE_OUT.key, str(outside / "to")),
        (settings.CLEARINGHOUSE_IN.key, str(outside / "from")),
        (settings.DAYCLOSE_FOLDER.key, str(place.printed)),
    ):
        settings.set_value(uow, setting, value)


def _open(place: TrainingPlace, step: Step, clock: Clock) -> Training:
    key = app.unlock(place.practice, PASSPHRASE)
    outside = Outside(place, clock)
    try:
        store = app.open_store(place.practice, key, clock=outside.clock)
    except BaseException:
        outside.stop()
        raise
    try:
        forgetful = _connect(store, outside)
        step(_STEPS, _STEPS)
    except BaseException:
        store.close()
        outside.stop()
        raise
    return Training(place, store, outside, forgetful)


def _connect(store: Store, outside: Outside) -> bool:
    """Start the outside world and tell the practice where it is; return what it forgot."""
    with store.read() as read:
        if not app.training_practice(read):
            raise OtherSide(
                "The practice in the training folder is a real one, so training was not started "
                "on it. Nothing was changed. Move that practice elsewhere, then open training."
            )
        known = settings.read_secret(read, settings.STRIPE_KEY.key)
        charged = bool(settings.get(read, settings.STRIPE_ACCOUNT))
    key = known or KEY_BEGINS + secrets.token_hex(16)
    outside.start(key)
    if not outside.remembered:
        outside.processor.do("POST search", lag_seconds=60)  # so that there is a memory to find
    _set_addresses(store, outside, key)
    if charged and not outside.remembered:
        _log.warning("training: the card processor begins without its memory")
        return True
    return False


def _set_addresses(store: Store, outside: Outside, key: str) -> None:
    wanted = outside.addresses()
    with store.read() as read:
        same = {one["key"]: one["value"] for one in settings.show(read)}
        has_key = bool(settings.read_secret(read, settings.STRIPE_KEY.key))
    changed = {setting: value for setting, value in wanted.items() if same[setting] != value}
    if not changed and has_key:
        return
    with store.write("Connect the training card processor and clearinghouse") as uow:
        for setting, value in changed.items():
            settings.set_value(uow, setting, value)
        if not has_key:
            for setting in ("stripe.key", "stripe.refund_key", "clearinghouse.https_key"):
                settings.set_value(uow, setting, key)
