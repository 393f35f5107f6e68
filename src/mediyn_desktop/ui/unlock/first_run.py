# SPDX-License-Identifier: MIT
"""The first run: passphrase, practice made, recovery code put away and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.ops import Bug, Ops
from mediyn_desktop.ui.unlock.choose_page import ChoosePage
from mediyn_desktop.ui.unlock.frame import CardPage
from mediyn_desktop.ui.unlock.recovery_code import pick_two
from mediyn_desktop.ui.unlock.recovery_page import RecoveryPage
from mediyn_desktop.ui.unlock.type_back_page import TypeBackPage
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog


@dataclass(frozen=True, slots=True)
class Created:
    """A new practice: its recovery code (``AAAA-BBBB-…``, never printed) and the open practice."""

    recovery_code: str = field(repr=False)
    opened: object = field(repr=False)


class Create(Protocol):
    """Makes the practice in ``location``; runs on a thread; raises ``UserFacingError``."""

    def __call__(self, location: str, passphrase: str) -> Created: ...


class FirstRunWizard(QWidget):
    """Ends with ``unlocked``, or with one of the others before anything was made."""

    unlocked = Signal(object)
    canceled = Signal()
    training_requested = Signal()

    def __init__(
        self,
        create: Create,
        *,
        location: str,
        pick: Callable[[int], tuple[int, int]] = pick_two,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mediyn")
        self.setProperty("role", "page")
        self.resize(620, 720)
        self._create = create
        self._location = location
        self._created: Created | None = None
        self._finished = False
        self._ops = Ops(on_error=self._refused, on_bug=self._broken, parent=self)
        self.choose, self.recovery = ChoosePage(location), RecoveryPage()
        self.type_back = TypeBackPage(pick)
        self._wait = CardPage("lock", "Creating your practice", "This takes a few seconds.")
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName("Creating your practice")
        self._wait.body.addWidget(bar)
        self._pages = QStackedWidget()
        for page in (self.choose, self._wait, self.recovery, self.type_back):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.choose.chosen.connect(self._make)
        self.choose.back.connect(self.canceled)
        self.choose.training.connect(self.training_requested)
        self.recovery.kept.connect(self._ask_back)
        self.type_back.back.connect(lambda: self._pages.setCurrentWidget(self.recovery))
        self.type_back.confirmed.connect(self._finish)

    @property
    def page(self) -> QWidget | None:
        """The step on view."""
        return self._pages.currentWidget()

    def _make(self, location: str, passphrase: str) -> None:
        self._location = location
        self._pages.setCurrentWidget(self._wait)
        self._ops.run(
            "Create practice", lambda: self._create(location, passphrase), done=self._made
        )

    def _made(self, created: Created) -> None:
        self._created = created
        self.choose.clear()
        self.recovery.show_code(created.recovery_code, self._location)
        self._pages.setCurrentWidget(self.recovery)
        self.recovery.ways["Print…"].setFocus()  # Enter must not lead past the printing

    def _refused(self, _label: str, error: UserFacingError) -> None:
        self._pages.setCurrentWidget(self.choose)
        self.choose.refuse(error.message)

    def _broken(self, bug: Bug) -> None:
        self._pages.setCurrentWidget(self.choose)
        self.choose.refuse(bug.message)

    def _ask_back(self) -> None:
        if self._created is not None:
            self._pages.setCurrentWidget(self.type_back)
            self.type_back.ask(self._created.recovery_code)

    def _finish(self) -> None:
        created, self._created = self._created, None
        self.recovery.forget()
        self._finished = True
        if created is not None:
            self.unlocked.emit(created.opened)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._created is not None and not self._finished:
            event.ignore()
            self._warn()
            return
        self.choose.clear()
        self._ops.shutdown()
        super().closeEvent(event)

    def _warn(self) -> None:
        ask = ConfirmDialog(
            "Close without checking the recovery code?",
            "The practice is made and safe. If you close now and forget the passphrase, nobody can "
            "open it again.",
            "Close anyway",
            cancel="Stay",
            risky=True,
            parent=self,
        )
        ask.accepted.connect(self._leave)
        ask.finished.connect(ask.deleteLater)
        ask.open()

    def _leave(self) -> None:
        self._finished = True
        self.recovery.forget()
        self.close()
