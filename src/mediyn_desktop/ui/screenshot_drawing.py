# SPDX-License-Identifier: MIT
"""How pictures are drawn: after a pause for what comes back from threads, dialogs closed again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui.pages import PagedScreen
from mediyn_desktop.ui.session import OpenPractice
from mediyn_desktop.ui.widgets.dialog import Dialog

T = TypeVar("T")

SETTLE_MS = 900  # reads and the page preview come back from their threads meanwhile
_CLOSE_MS = 60
_PATIENCE_MS = 30_000


def form(practice: OpenPractice, path: Path, command: str) -> None:
    """Draw the dialog that ``command`` opens, and close it."""
    until(lambda: practice.context.actions.run(command))  # it rests until what it is about is read
    top(path)


def top(path: Path) -> None:
    """Draw the dialog that is open or about to, and close it."""
    until(lambda: QApplication.activeModalWidget() is not None)
    pause(SETTLE_MS)
    dialog = QApplication.activeModalWidget()
    save(dialog, path)
    if isinstance(dialog, Dialog):
        dialog.reject()
    pause(_CLOSE_MS)


def save(widget: QWidget | None, path: Path) -> None:
    """Draw ``widget`` into the file ``path``."""
    assert widget is not None
    widget.grab().save(str(path))
    sys.stdout.write(f"{path}\n")


def pages(practice: OpenPractice, screen: PagedScreen, out: Path, scheme: str) -> None:
    """Draw every page of ``screen``."""
    for title in screen.pages:
        screen.tabs.show_page(title)
        screen.take_focus()
        pause(SETTLE_MS)
        name = f"{screen.name}-{title.lower().replace(' ', '-')}-{scheme}.png"
        save(practice.window, out / name)


def write(practice: OpenPractice, work: Callable[[UnitOfWork], T]) -> T:
    """Do ``work`` in a transaction, wait for it, and return what it did."""
    done: list[T] = []
    practice.context.write("Prepare the pictures", work, done=done.append)
    until(lambda: bool(done))
    return done[0]


def pause(milliseconds: int) -> None:
    """Let the window go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(holds: Callable[[], bool]) -> None:
    """Let the window go on until ``holds``."""
    for _ in range(_PATIENCE_MS // 50):
        if holds():
            return
        pause(50)
    raise SystemExit("what was to be drawn did not open in time")
