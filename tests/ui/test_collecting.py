# SPDX-License-Identifier: MIT
"""The cycle collector runs in the window: never on a worker's thread, never whole while busy."""

from __future__ import annotations

import gc
import threading

import pytest

from mediyn_desktop.ui.collecting import Collector


class Ring:
    """Something only the collector can end; remembers on which thread it ended."""

    def __init__(self, ended: list[str]) -> None:
        self.itself = self
        self._ended = ended

    def __del__(self) -> None:
        self._ended.append(threading.current_thread().name)


@pytest.fixture
def collector(qapp):
    """A collector that believes whatever ``busy`` says."""
    made = Collector(lambda: made.busy)
    made.busy = True
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()
    made.deleteLater()


def fill(ended: list[str]) -> None:
    """Leave more rings than an automatic run would wait for."""
    for _ in range(3 * gc.get_threshold()[0]):
        Ring(ended)


def test_rings_left_by_a_worker_end_in_the_window(collector):
    ended: list[str] = []
    worker = threading.Thread(target=fill, args=(ended,), name="worker")
    worker.start()
    worker.join()
    assert ended == []
    collector.look()
    assert len(ended) > gc.get_threshold()[0]
    assert set(ended) == {threading.current_thread().name}


def test_a_whole_run_waits_until_nothing_is_under_way(collector):
    ended: list[str] = []
    old = Ring(ended)
    gc.collect(0)
    gc.collect(1)  # it is among the old ones now
    del old
    for _ in range(200):
        collector.look()
    assert ended == []
    collector.busy = False
    for _ in range(200):
        collector.look()
    assert len(ended) == 1
