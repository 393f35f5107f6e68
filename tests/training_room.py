# SPDX-License-Identifier: MIT
"""When and how tests open training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.training.opening import Training, open_training
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


@contextmanager
def closed_after(training: Training) -> Iterator[Training]:
    """Close the practice and the world around it at the end of the block."""
    try:
        yield training
    finally:
        training.store.close()
        training.close()
