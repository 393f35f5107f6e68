# SPDX-License-Identifier: MIT
"""Posting a remittance in the window: ``python bench/bench_posting_window.py``.

An encrypted practice with 1,000 sent claims; their 835 is looked into and posted through the page
of remittances while a timer ticks in the window. Printed: how long each took, and how long the
window let the timer wait: 99 times of 100, at the longest, and in work of its own. The limit of
50 ms is for the first and the last: the longest wait also holds what other programs on the machine
took, as it does while nothing is done.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

import world  # noqa: E402
from claims.remittances import Clp, era  # noqa: E402
from mediyn_desktop import app as program  # noqa: E402
from mediyn_desktop.billing.charges import bill_session  # noqa: E402
from mediyn_desktop.billing.tables import Charge  # noqa: E402
from mediyn_desktop.claims import submission  # noqa: E402
from mediyn_desktop.claims.states import ClaimState  # noqa: E402
from mediyn_desktop.core.clock import FixedClock  # noqa: E402
from mediyn_desktop.schema import GUARDS  # noqa: E402
from mediyn_desktop.store.folder import prepare  # noqa: E402
from mediyn_desktop.store.opening import create_practice  # noqa: E402
from mediyn_desktop.store.uow import Store  # noqa: E402
from mediyn_desktop.ui.actions.registry import CommandRegistry  # noqa: E402
from mediyn_desktop.ui.collecting import Collector, leave_out_what_is_loaded  # noqa: E402
from mediyn_desktop.ui.context import Context  # noqa: E402
from mediyn_desktop.ui.ops import Ops  # noqa: E402
from mediyn_desktop.ui.screens.claims import ClaimsScreen  # noqa: E402
from mediyn_desktop.ui.screens.claims.rehearsal import RehearsalDialog  # noqa: E402
from mediyn_desktop.ui.theme.build import Scheme, Theme  # noqa: E402
from mediyn_desktop.vault.keys import DataKey  # noqa: E402

LIMIT_MS = 50.0
_TICK_MS = 2
_IDLE_MS = 5000
_SERVICE = date(2026, 11, 16)


class Quiet:
    """A window that shows nothing."""

    def go(self, *_: object, **__: object) -> None:
        """Go nowhere."""

    def say(self, *_: object, **__: object) -> None:
        """Say nothing."""

    def before_closing(self, _: object) -> None:
        """Nothing to stop."""


class Pulse:
    """A timer in the window; remembers how long it was kept waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.work: list[float] = []
        self._last, self._used = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        self.waits.append((now - self._last) * 1000 - _TICK_MS)
        self.work.append((used - self._used) * 1000)
        self._last, self._used = now, used

    def during(self, what: str, holds: Callable[[], bool]) -> float:
        """Let the event loop run until ``holds``; print and return the wait that counts."""
        began = time.perf_counter()
        self.waits.clear()
        self.work.clear()
        loop = QEventLoop()
        look = QTimer()
        look.setInterval(20)
        look.timeout.connect(lambda: loop.quit() if holds() else None)
        look.start()
        loop.exec()
        look.stop()
        took = time.perf_counter() - began
        ranked = sorted(self.waits)
        print(
            f"{what}: {took:6.2f} s, {len(ranked):,} beats, 99 of 100 within "
            f"{ranked[int(len(ranked) * 0.99)]:5.1f} ms, longest {ranked[-1]:5.1f} ms, of which "
            f"at most {max(self.work):5.1f} ms of work"
        )
        return max(ranked[int(len(ranked) * 0.99)], *self.work)


def fill(store: Store, count: int) -> bytes:
    """Put ``count`` sent claims into the practice; return the 835 that pays them."""
    # The guide's checker takes milliseconds a claim and has no part in posting.
    submission.check_837p = lambda *_: []  # type: ignore[assignment]
    answers = []
    with store.write("Fill") as uow:
        world.practice(uow)
        for number in range(count):
            owner = world.client(uow, f"c{number}", payment_type="in_network")
            world.coverage(uow, owner)
            session = world.session(uow, owner, f"s{number}", minutes=55, day=_SERVICE)
            charge = bill_session(uow, session)
            assert isinstance(charge, Charge)
            (claim,) = submission.make_claims(uow, [charge])
            claim.state = ClaimState.SENT
            parts = [("CO", "45", 6000), ("PR", "1", 2000)]
            answers.append(
                Clp(claim.control_number, 18000, 10000, parts, payer_number=f"ICN{number}")
            )
    return era(*answers)


def main(count: int) -> int:
    """Print the figures; return 1 where the window waited longer than it may."""
    app = QApplication(sys.argv[:1])
    Theme(app, Scheme.LIGHT)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "practice"
        prepare(folder)
        clock = FixedClock(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
        store = create_practice(folder, DataKey(secrets.token_bytes(32)), clock, GUARDS)
        file = Path(place) / "answer.835"
        file.write_bytes(fill(store, count))
        bugs: list[object] = []
        ops = Ops(on_error=lambda *a: bugs.append(a), on_bug=bugs.append, open_read=store.read)
        collector = Collector(lambda: bool(ops.pending()))
        collector.start()
        leave_out_what_is_loaded()
        context = Context(store, ops, CommandRegistry(ops), clock, program, Quiet())
        screen = ClaimsScreen(context)
        ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
        screen.resize(1192, 748)
        screen.show()
        screen.tabs.show_page("Remittances")
        pulse = Pulse()
        idle: list[int] = []
        QTimer.singleShot(_IDLE_MS, lambda: idle.append(1))
        pulse.during("nothing   ", lambda: bool(idle) and not ops.pending())
        screen.remittances.look_into([file])
        longest = pulse.during(
            "looked    ", lambda: bool(screen.findChildren(RehearsalDialog) or bugs)
        )
        assert not bugs, bugs
        (dialog,) = screen.findChildren(RehearsalDialog)
        dialog.save.click()
        longest = max(
            longest,
            pulse.during(
                "posted    ",
                lambda: screen.remittances.answers.rowCount() == count and not ops.pending(),
            ),
        )
        ops.shutdown()
        collector.stop()
        screen.close()
        store.close()
    print(f"wait of the window that counts: {longest:.1f} ms (limit: {LIMIT_MS:.0f} ms)")
    return int(longest > LIMIT_MS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=1000)
    raise SystemExit(main(parser.parse_args().claims))
