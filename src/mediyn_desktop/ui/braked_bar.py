# SPDX-License-Identifier: MIT
"""Long work that may be stopped, as it is shown: the bar and the brake behind its button."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.brake import Brake
from mediyn_desktop.ui.ops import BUSY_AFTER_MS
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.work_bar import WorkBar

if TYPE_CHECKING:
    from mediyn_desktop.ui.ops import Progress

LATE = "It was finished before it could be stopped."


class BrakedBar(WorkBar):
    """A bar that hands out the brake its button pulls; short work shows none.

    Args:
        name: what is done, for screen readers.
        first: the words it begins with.
        stopping: what is still done once Stop was pressed.
    """

    def __init__(
        self,
        name: str,
        first: str,
        stopping: str,
        parent: QWidget | None = None,
        *,
        after_ms: int = BUSY_AFTER_MS,
    ) -> None:
        super().__init__(name, first, stopping, self._pull, parent, after_ms=after_ms)
        self._brake: Brake | None = None

    @property
    def under_way(self) -> bool:
        """Whether work was started and has not ended."""
        return self._brake is not None

    def start(self, stopped: str) -> Brake:
        """Show that work begins, and return the brake to put over its steps.

        Args:
            stopped: what is said of work that ended because of it.
        """
        self._brake = Brake(stopped)
        self.begin()
        return self._brake

    def end(self) -> str:
        """Take the bar away; return the sentence to say first where Stop came too late."""
        brake, self._brake = self._brake, None
        self.finish()
        return LATE if brake is not None and brake.pulled and not brake.felt else ""

    def telling(self, words: str) -> Progress:
        """Return what shows each step of the work under these words."""
        return partial(self.step, words)

    def ask_to_stop(self) -> None:
        """Do what its button does."""
        if self.under_way and self.stop_button.isEnabled():
            self.stop_button.click()

    def _pull(self) -> None:
        if self._brake is not None:
            self._brake.pull()


class BrakedDialog(Dialog):
    """A form over work that may be stopped: closing it then asks the work to stop instead."""

    bar: BrakedBar

    def reject(self) -> None:
        """Close, or stop what is under way."""
        if self.bar.under_way:
            self.bar.ask_to_stop()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.bar.under_way:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)
