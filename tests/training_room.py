# SPDX-License-Identifier: MIT
"""When and how tests open training."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from mediyn_desktop import app
from mediyn_desktop.core.clock import Clock, FixedClock
from mediyn_desktop.exchange.sample import sample_today
from mediyn_desktop.store import settings
from mediyn_desktop.training.opening import PASSPHRASE, Training, open_training
from mediyn_desktop.training.place import TrainingPlace

EVENING = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
"""Nine in the evening of Monday, November 23, where the sample practice is."""


class Opener:
    """Opens the training practice, again after closing it, and closes it at the end."""

    def __init__(self, place: TrainingPlace, clock: FixedClock) -> None:
        self._place, self._clock = place, clock
        self._open: Training | None = None

    def __call__(self) -> Training:
        self.close()
        self._open = open_training(self._place, clock=self._clock)
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.store.close()
            self._open.close()
            self._open = None


class Made:
    """Puts a training practice in place as making it leaves it, before anything is charged.

    Making one imports a whole practice; each day's is made once in ``room`` and copied.
    """

    def __init__(self, room: Path) -> None:
        self._room = room
        self._made: dict[date, TrainingPlace] = {}

    def put(self, place: TrainingPlace, clock: Clock) -> None:
        """Put the practice of the clock's day in ``place``."""
        day = sample_today(clock.now())
        if day not in self._made:
            made = TrainingPlace(self._room / day.isoformat())
            with closed_after(open_training(made, clock=clock)):
                pass
            made.memory.unlink()  # the outside world of each begins without a memory
            self._made[day] = made
        shutil.copytree(self._made[day].root, place.root)
        store = app.open_store(place.practice, app.unlock(place.practice, PASSPHRASE), clock=clock)
        with store.write("Printed elsewhere") as uow:
            settings.set_value(uow, settings.DAYCLOSE_FOLDER.key, str(place.printed))
        store.close()


@contextmanager
def closed_after(training: Training) -> Iterator[Training]:
    """Close the practice and the world around it at the end of the block."""
    try:
        yield training
    finally:
        training.store.close()
        training.close()
