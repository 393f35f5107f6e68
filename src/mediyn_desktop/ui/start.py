# SPDX-License-Identifier: MIT
"""The window from start to finish: unlock or first run, the screens, the lock, the end.

Before the unlock window is painted only what it shows is imported: ``bench/bench_first_paint.py``
keeps watch. The database, the card processor's library and the document writer load on a thread
while the passphrase is typed.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mediyn_desktop.store.folder import DATABASE, default_data_folder
from mediyn_desktop.ui.collecting import Collector, leave_out_what_is_loaded
from mediyn_desktop.ui.screen_libraries import require_window
from mediyn_desktop.ui.theme.build import Scheme, Theme, make_app
from mediyn_desktop.ui.unlock.window import Credentials, UnlockWindow

if TYPE_CHECKING:  # the window paints before the database is loaded
    from mediyn_desktop.store.uow import Store
    from mediyn_desktop.training.opening import Training
    from mediyn_desktop.ui.session import OpenPractice
    from mediyn_desktop.ui.unlock.first_run import Created


def run_window(args: argparse.Namespace) -> int:
    """Open the window on the practice named on the command line; return when it is closed."""
    named = getattr(args, "data", None) or os.environ.get("MEDIYN_DATA")
    folder = Path(named).expanduser() if named else default_data_folder()
    return _run(Desk(folder, offline=getattr(args, "offline", False)))


def run_window_on(folder: Path, passphrase: str) -> int:
    """Open the window on ``folder`` with its passphrase given: the demonstration's way in."""
    desk = Desk(folder)
    desk.given = passphrase
    return _run(desk)


def _run(desk: Desk) -> int:
    desk.begin()
    return QApplication.exec()


class Desk(QObject):
    """Holds the one window that is on the screen: unlock, first run, or the open practice."""

    def __init__(self, folder: Path, *, offline: bool = False) -> None:
        self.app = _application()
        super().__init__(self.app)
        self.folder = folder
        self.given: str | None = None
        """A passphrase to unlock with once, without asking."""
        self.theme = Theme(self.app, Scheme.SYSTEM)
        self.practice: OpenPractice | None = None
        self.training: Training | None = None
        """The training practice that is open, and the world around it."""
        self._offline = offline
        self._front: QWidget | None = None
        self._settled = False
        self._log = ExitStack()
        self._collector = Collector(self._is_busy, self)
        self._loader = threading.Thread(target=_load_program, name="loading", daemon=True)
        self.app.aboutToQuit.connect(self.end)

    def begin(self) -> None:
        """Show the first window: unlock where there is a practice, otherwise the first run."""
        self._collector.start()
        self._ask_or_create()
        if self._front is not None:
            self._front.installEventFilter(self)

    def _ask_or_create(self) -> None:
        if (self.folder / DATABASE).exists():
            self.ask()
        else:
            self.create()

    def ask(self) -> None:
        """Show the unlock window; the practice is closed."""
        window = UnlockWindow(self._unlock, location=str(self.folder), may_create=False)
        window.unlocked.connect(self._opened)
        window.training_requested.connect(self.train)
        self._show(window)
        if self.given is not None:
            window.field.edit.setText(self.given)
            self.given = None
            window.submit()

    def create(self) -> None:
        """Show the first run."""
        from mediyn_desktop.ui.unlock.first_run import FirstRunWizard  # noqa: PLC0415  (seen once)

        wizard = FirstRunWizard(self._create, location=str(self.folder))
        wizard.unlocked.connect(self._opened)
        wizard.canceled.connect(wizard.close)
        wizard.training_requested.connect(self.train)
        self._show(wizard)

    def lock(self) -> None:
        """Put everything about clients away and ask for the passphrase again."""
        if self.practice is None:
            return
        self._put_away()
        self.ask()

    def train(self) -> None:
        """Open training, with a practice of its own; the real one is put away first."""
        self._enter_training(anew=False)

    def train_anew(self) -> None:
        """Throw the training practice away and open a fresh one."""
        self._enter_training(anew=True)

    def leave_training(self) -> None:
        """Close training and show the first window of the real practice."""
        self._put_away()
        self._ask_or_create()

    def _put_away(self) -> None:
        """Close whichever practice is open; what it accepted is finished first."""
        practice, self.practice = self.practice, None
        if practice is not None:
            practice.window.hide()
            practice.close()
        training, self.training = self.training, None
        if training is not None:
            training.close()

    def _enter_training(self, *, anew: bool) -> None:
        # Known to nobody before it is asked for: a real practice starts without the sandbox.
        from mediyn_desktop.ui.training.door import TrainingDoor  # noqa: PLC0415

        self._load()
        self._put_away()
        door = TrainingDoor(partial(self._open_training, anew), _close_training)
        door.opened.connect(self._trains)
        door.left.connect(self.leave_training)
        self._show(door)
        door.begin()

    def _open_training(self, anew: bool, step: Callable[[int, int], object]) -> Training:
        """Open or make the training practice; runs on a thread."""
        from mediyn_desktop.training.opening import open_training, start_anew  # noqa: PLC0415
        from mediyn_desktop.training.place import TrainingPlace  # noqa: PLC0415

        place = TrainingPlace.beside(self.folder)
        return start_anew(place, step=step) if anew else open_training(place, step=step)

    def _trains(self, training: Training) -> None:
        from mediyn_desktop.ui.session import OpenPractice  # noqa: PLC0415
        from mediyn_desktop.ui.training.dress import TrainingSide  # noqa: PLC0415

        self.training = training
        self.practice = OpenPractice(
            training.store, self.app, self.theme, lock=None, clock=training.outside.clock
        )
        TrainingSide(self.practice, training, anew=self.train_anew, leave=self.leave_training)
        self._show(self.practice.window)

    def end(self) -> None:
        """Close the practice; called when the program ends."""
        self._put_away()
        if self._loader.is_alive():
            self._loader.join()
        self._collector.stop()
        self._log.close()

    def _is_busy(self) -> bool:
        return self.practice is not None and bool(self.practice.ops.pending())

    @property
    def front(self) -> QWidget | None:
        """The window on the screen."""
        return self._front

    @property
    def loading(self) -> bool:
        """Whether the rest of the program is being imported, or has been."""
        return self._loader.ident is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A timer alone could run out before the screen asks for the first picture.
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._load)
        return super().eventFilter(watched, event)

    def _load(self) -> None:
        """Open the log and start to import the rest of the program, once."""
        if not self.loading:
            from mediyn_desktop.core.redaction import logging_to  # noqa: PLC0415

            self._log.enter_context(logging_to(self.folder / "logs"))
            self._loader.start()

    def _unlock(self, given: Credentials) -> Store:
        """Open the practice; runs on a thread."""
        from mediyn_desktop import app as program  # noqa: PLC0415  (loaded after the first paint)
        from mediyn_desktop.vault import slots  # noqa: PLC0415

        if given.kind == "recovery":
            key = slots.open_with_recovery(self.folder, given.text)
        else:
            key = program.unlock(self.folder, given.text)
        return program.open_store(self.folder, key)

    def _create(self, location: str, passphrase: str) -> Created:
        """Create the practice; runs on a thread."""
        from mediyn_desktop import app as program  # noqa: PLC0415  (loaded after the first paint)
        from mediyn_desktop.ui.unlock.first_run import Created  # noqa: PLC0415

        made = program.create(Path(location), passphrase)
        return Created(made.recovery_code, made.store)

    def _opened(self, store: Store) -> None:
        from mediyn_desktop.core.clock import SystemClock  # noqa: PLC0415
        from mediyn_desktop.ui.session import OpenPractice  # noqa: PLC0415  (loads the database)

        self._load()  # a practice may be open before its first window was painted
        if not self._settled:
            self._settled = True
            leave_out_what_is_loaded()
        self.practice = OpenPractice(
            store,
            self.app,
            self.theme,
            lock=self.lock,
            clock=SystemClock(),
            offline=self._offline,
            train=self.train,
        )
        self._show(self.practice.window)

    def _show(self, window: QWidget) -> None:
        """Bring ``window`` up and let the one before it go."""
        before, self._front = self._front, window
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        window.show()
        if before is not None and before is not window:
            before.close()
            before.deleteLater()


def _application() -> QApplication:
    running = QApplication.instance()
    if running is None:
        require_window()
    return running if isinstance(running, QApplication) else make_app(sys.argv[:1])


def _close_training(training: object) -> None:
    """Close what was opened for somebody who has changed their mind."""
    from mediyn_desktop.training.opening import Training  # noqa: PLC0415

    assert isinstance(training, Training)
    training.store.close()
    training.close()


def _load_program() -> None:
    """Import what opening a practice needs, so that it is there when the passphrase is."""
    import mediyn_desktop.app  # noqa: PLC0415
    import mediyn_desktop.ui.session  # noqa: F401, PLC0415
