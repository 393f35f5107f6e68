# SPDX-License-Identifier: MIT
"""Python's cycle collector, run by the window and by nobody else.

Left to itself it runs on whichever thread allocates. A worker's thread must not take Qt objects
apart (the program would end there), and a full run over everything the program has imported holds
the window up for a third of a second. So it is switched off, what was imported is put out of its
sight, and it is run from here: often and little while something is under way, whole when nothing
is.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_BUSY_MS, _QUIET_MS = 100, 1000
_WHOLE_EVERY = 60  # quiet looks
_YOUNG, _MIDDLE, _WHOLE = 0, 1, 2


class Collector(QObject):
    """Collects cycles on the GUI thread until it is stopped.

    Args:
        is_busy: whether work is under way, so that a whole run would be felt.
    """

    def __init__(self, is_busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_busy = is_busy
        self._quiet = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Take over from the automatic runs."""
        gc.disable()
        self._timer.start(_QUIET_MS)

    def stop(self) -> None:
        """Let the automatic runs go on."""
        self._timer.stop()
        gc.enable()

    def look(self) -> None:
        """Collect as much as is due."""
        busy = self._is_busy()
        self._timer.setInterval(_BUSY_MS if busy else _QUIET_MS)
        self._quiet = 0 if busy else self._quiet + 1
        if self._quiet >= _WHOLE_EVERY:
            self._quiet = 0
            gc.collect(_WHOLE)
            return
        counts, due = gc.get_count(), gc.get_threshold()
        if not busy and counts[_MIDDLE] > due[_MIDDLE]:
            gc.collect(_MIDDLE)  # it calls back into Python, and beside a worker that takes long
        elif counts[_YOUNG] > due[_YOUNG]:
            gc.collect(_YOUNG)


def leave_out_what_is_loaded() -> None:
    """Keep everything that exists now out of every later run: it lives as long as the program."""
    gc.freeze()
