# SPDX-License-Identifier: MIT
"""Locks a practice that nobody is using (45 CFR 164.312(a)(2)(iii), automatic logoff)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from mediyn_desktop.core.clock import Clock

LOCK_AFTER = timedelta(minutes=10)
_LOOK_EVERY_MS = 5_000

_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleLock(QObject):
    """Calls ``lock`` once after ``after`` without a key, a click or a movement.

    The clock is compared, not a timer's run, so a laptop that slept past the limit locks on waking
    and the key or click that woke it does not reach the window. A clock set back counts as use.
    """

    def __init__(
        self,
        app: QApplication,
        clock: Clock,
        lock: Callable[[], object],
        *,
        after: timedelta = LOCK_AFTER,
    ) -> None:
        super().__init__(app)
        self._app, self._clock, self._lock, self._after = app, clock, lock, after
        self._last = clock.now()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch, after an unlock."""
        self._last = self._clock.now()
        self._app.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Stop watching; locking does so itself."""
        self._app.removeEventFilter(self)
        self._timer.stop()

    def look(self) -> bool:
        """Lock if it is time; True when it was."""
        now = self._clock.now()
        self._last = min(self._last, now)
        if now - self._last < self._after:
            return False
        self.stop()
        self._lock()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            if self.look():
                return True
            self._last = self._clock.now()
        return False
