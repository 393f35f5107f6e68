# SPDX-License-Identifier: MIT
"""A training practice of each test's own, at a time that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.training.opening import Training
from mediyn_desktop.training.place import TrainingPlace
from training_room import EVENING, Made, Opener


@pytest.fixture
def place(tmp_path) -> TrainingPlace:
    """Where training lies, beside a practice that need not be there."""
    return TrainingPlace.beside(tmp_path / "mediyn")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(EVENING)


@pytest.fixture
def opened(place, clock) -> Iterator[Opener]:
    """Call it to open training; every call closes and opens it again."""
    opener = Opener(place, clock)
    yield opener
    opener.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    """Training practices made once; ``opened`` on an empty place makes one itself."""
    return Made(tmp_path_factory.mktemp("training"))


@pytest.fixture
def training(opened, made, place, clock) -> Training:
    """Training, open."""
    made.put(place, clock)
    return opened()
