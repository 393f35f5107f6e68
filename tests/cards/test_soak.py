# SPDX-License-Identifier: MIT
"""Random lives of a practice that charges cards: nobody is charged twice, nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from soaking import CHARGES, Life, live, prepare, table
from till import Till

from mediyn_desktop.vault.keys import DataKey


@pytest.fixture
def prepared(till: Till, tmp_path: Path) -> Path:
    """A practice with thirty charges queued, nothing sent."""
    prepare(till)
    return till.copy(tmp_path / "prepared")


def lives(
    count: int,
    prepared: Path,
    room: Path,
    own_key: Callable[[], DataKey],
    *,
    first: int,
    kills: int,
) -> list[Life]:
    done = []
    for seed in range(first, first + count):
        here = room / f"life-{seed}"
        done.append(live(seed, prepared, here, own_key, kills))
        last = done[-1]
        assert (last.doubled, last.lost, last.unknown, last.differs) == (0, 0, 0, 0), (seed, last)
        shutil.rmtree(here)
    return done


@pytest.mark.long
@pytest.mark.timeout(900)  # a minute on an idle computer
def test_twenty_random_lives_charge_everybody_once(
    prepared: Path, tmp_path: Path, own_key: Callable[[], DataKey]
) -> None:
    done = lives(20, prepared, tmp_path, own_key, first=1000, kills=1)
    print(table(done))
    assert sum(one.charges for one in done) == 20 * CHARGES


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_five_hundred_random_lives_charge_everybody_once(
    prepared: Path, tmp_path: Path, own_key: Callable[[], DataKey]
) -> None:
    done = lives(500, prepared, tmp_path, own_key, first=0, kills=2)
    print(table(done))
    assert sum(one.charges for one in done) == 500 * CHARGES
