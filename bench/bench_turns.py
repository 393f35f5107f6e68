# SPDX-License-Identifier: MIT
"""How long the window is deaf while an evening's cards are charged.

    PYTHONPATH=src:tests:tests/ui python bench/bench_turns.py [charges]

A real evening is closed on the screen Today, with the processor in another process that takes
100 ms for each answer. Each turn of the event loop is timed from waking to sleeping again. Target:
no turn above 50 ms, a turn that a person cannot feel.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from desk import context
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

import programs
import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.core.clock import SystemClock
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store import settings
from mediyn_desktop.store.opening import create_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.ui.ops import Ops
from mediyn_desktop.ui.screens.today import TodayScreen
from mediyn_desktop.ui.screens.today.close_dialog import CloseDialog
from mediyn_desktop.ui.screens.today.result_dialog import ResultDialog
from mediyn_desktop.ui.theme.build import Scheme, Theme
from mediyn_desktop.vault.keys import DataKey

LATENCY = 0.1
TARGET = 0.050


class Turns:
    """The lengths of the event loop's turns, in seconds."""

    def __init__(self) -> None:
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        self.lengths: list[float] = []
        self._woke = time.perf_counter()
        dispatcher.awake.connect(self._wake)
        dispatcher.aboutToBlock.connect(self._block)

    def _wake(self) -> None:
        self._woke = time.perf_counter()

    def _block(self) -> None:
        self.lengths.append(time.perf_counter() - self._woke)
        self._woke = time.perf_counter()


def evening(store: Store, count: int) -> None:
    """So many billed sessions of today, each of a client with a good card."""
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, "cards.cap_per_day_cents", "1000000000")
        for number in range(count):
            owner: Client = world.client(uow, f"c{number}")
            world.card(uow, owner, f"pm_good{number}", exp_year=2050)
            session = world.session(uow, owner, f"s{number}", day=uow.today, hour=7)
            assert bill_session(uow, session)


def wait(until: object, *, seconds: float = 600) -> None:
    """Run the event loop until ``until`` answers true."""
    assert callable(until)
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if until() else None)
    timer.start(100)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    if not until():
        loop.exec()
    timer.stop()
    assert until(), "it did not come to an end"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    app = QApplication(["bench", "-style", "fusion"])
    Theme(app, Scheme.LIGHT)
    problems: list[object] = []
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        store = create_practice(room / "practice", DataKey.generate(), SystemClock(), GUARDS)
        evening(store, count)
        with programs.outside_world(room / "outside") as outside:
            outside.tell("limits", per_second=None, latency_seconds=LATENCY)
            ops = Ops(on_error=lambda *what: problems.append(what), on_bug=problems.append)
            screen = TodayScreen(context(store, ops, outside.settings["stripe.api_base"]))
            ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
            screen.resize(1032, 748)
            screen.show()
            wait(lambda: screen.view is not None)
            screen.ask_close()
            (ask,) = [one for one in screen.findChildren(CloseDialog) if one.isVisible()]
            ask.save_box.setChecked(False)
            turns = Turns()
            started = time.perf_counter()
            ask.accept()
            wait(lambda: any(one.isVisible() for one in screen.findChildren(ResultDialog)))
            took = time.perf_counter() - started
            for one in screen.findChildren(ResultDialog):
                one.accept()
            wait(lambda: not ops.pending())
            screen.close()
            ops.shutdown(timeout=10)
        store.close()
    assert problems == [], problems
    lengths = sorted(turns.lengths)
    longest, many = lengths[-1], len(lengths)
    most = lengths[many * 99 // 100]
    print(
        f"{count} cards charged in {took:.1f} s: {many} turns, median "
        f"{lengths[many // 2] * 1000:.1f} ms, 99 in 100 below {most * 1000:.1f} ms, longest "
        f"{longest * 1000:.1f} ms, {longest / TARGET:.2f} of the target of 50 ms"
    )


if __name__ == "__main__":
    main()
