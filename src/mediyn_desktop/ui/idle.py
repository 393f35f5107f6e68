# SPDX-License-Identifier: MIT
"""Watches for signs of life and locks when there were none for too long.

How long, and how a laptop's sleep counts, is decided by the idle rule that is passed in (the
vault's); this file only knows which Qt events are a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

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


class IdleRule(Protocol):
    """Counts idle time; ``mediyn_desktop.vault.autolock`` has the real one."""

    def touch(self) -> None:
        """Note a sign of life."""
        ...

    def due(self) -> bool:
        """Return whether to lock now; once True it stays so until ``restart``."""
        ...

    def restart(self) -> None:
        """Count from now."""
        ...


class IdleWatch(QObject):
    """Calls ``lock`` once, on the GUI thread, when ``rule`` says so.

    The key or click that finds the time over (a laptop waking up) does not reach the window.
    """

    def __init__(self, app: QApplication, rule: IdleRule, lock: Callable[[], object]) -> None:
        super().__init__(app)
        self._app, self._rule, self._lock = app, rule, lock
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to watch, after an unlock."""
        self._rule.restart()
        self._app.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Stop watching; locking does so itself."""
        self._app.removeEventFilter(self)
        self._timer.stop()

    def look(self) -> bool:
        """Lock if it is time; True when it was."""
        if not self._rule.due():
            return False
        self.stop()
        self._lock()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            if self.look():
                return True
            self._rule.touch()
        return False
