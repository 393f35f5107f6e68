# SPDX-License-Identifier: MIT
"""Whatever a practice does, in whatever order, the books stay true after every step."""

from __future__ import annotations

import pytest
from histories import History

from mediyn_desktop.store.uow import Store

STEPS = 200


class _RollBack(Exception):
    """Ends a history without keeping it."""


def run(store: Store, seed: int) -> History:
    """Run one history and return it; the message of a failure names the seed and the steps."""
    done: list[str] = []
    try:
        with store.write("A random history") as uow:
            history = History(uow, seed)
            for _ in range(STEPS):
                done.append(verb := history.random.choice(history.verbs))
                history.step(verb)
                history.check()
            raise _RollBack
    except _RollBack:
        return history
    except BaseException as error:
        error.add_note(f"seed {seed}, step {len(done)}: {', '.join(done[-6:])}")
        raise


@pytest.mark.parametrize("seed", range(50))
def test_the_books_are_true_after_every_step(store: Store, seed: int) -> None:
    history = run(store, seed)
    assert history.number > STEPS // 4
    assert history.refused < STEPS * 3 // 4


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, 1000, 50))
def test_the_books_stay_true_through_a_thousand_histories(store: Store, first: int) -> None:
    for seed in range(first + 10_000, first + 10_050):
        assert run(store, seed).number > STEPS // 4
