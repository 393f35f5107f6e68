# SPDX-License-Identifier: MIT
"""Pictures of every screen, light and dark, of the real window on the sample practice.

    python -m mediyn_desktop.ui.screenshots FOLDER

Needs the sample practice of ``mediyn demo --data PLACE`` in the folder ``MEDIYN_DEMO``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mediyn_desktop.ui.screens.clients.screen import ClientsScreen
from mediyn_desktop.ui.screens.clients.tabs import CORRECTIONS
from mediyn_desktop.ui.session import OpenPractice
from mediyn_desktop.ui.start import Desk
from mediyn_desktop.ui.theme.build import Scheme
from mediyn_desktop.ui.widgets.dialog import Dialog

_SETTLE_MS = 900  # reads and the page preview come back from their threads meanwhile
_PATIENCE_MS = 30_000


def main(out: Path, practice: Path, passphrase: str) -> int:
    """Write the pictures into ``out``; return 0."""
    out.mkdir(parents=True, exist_ok=True)
    desk = Desk(practice)
    desk.begin()
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        desk.theme.set_scheme(scheme)
        _pause(_SETTLE_MS)
        _save(desk.front, out / f"unlock-{scheme.value}.png")
    desk.given = passphrase
    desk.ask()
    _until(lambda: desk.practice is not None)
    assert desk.practice is not None
    desk.practice.window.resize(1400, 860)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        desk.theme.set_scheme(scheme)
        _screens(desk.practice, out, scheme.value)
    desk.practice.window.close()
    return 0


def _screens(practice: OpenPractice, out: Path, scheme: str) -> None:
    for screen in ("today", "clients", "superbills", "ledger"):
        practice.window.show_screen(screen)
        _pause(_SETTLE_MS)
        _let_go(practice.window)
        _save(practice.window, out / f"{screen}-{scheme}.png")
    practice.context.shell.go("clients", "c03")
    _pause(_SETTLE_MS)
    _let_go(practice.window)
    _save(practice.window, out / f"client-{scheme}.png")
    _corrections(practice, out, scheme)


def _corrections(practice: OpenPractice, out: Path, scheme: str) -> None:
    """The account of a client, and every form that corrects it."""
    practice.context.shell.go("clients", "c04")
    _pause(_SETTLE_MS)
    screen = practice.window.findChild(ClientsScreen)
    assert screen is not None
    screen.page.tabs.show_page("Account")
    _pause(_SETTLE_MS)
    _save(practice.window, out / f"account-{scheme}.png")
    for name in ("pay", *CORRECTIONS, "package"):
        practice.context.actions.run(f"clients.{name}")
        _pause(_SETTLE_MS)
        dialog = QApplication.activeModalWidget()
        _save(dialog, out / f"{name}-{scheme}.png")
        if isinstance(dialog, Dialog):
            dialog.reject()


def _let_go(window: QWidget) -> None:
    """Show no focus ring: nobody is typing."""
    focused = window.focusWidget()
    if focused is not None:
        focused.clearFocus()


def _save(widget: QWidget | None, path: Path) -> None:
    assert widget is not None
    widget.grab().save(str(path))
    sys.stdout.write(f"{path}\n")


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE_MS // 50):
        if holds():
            return
        _pause(50)
    raise SystemExit("the practice did not open in time")


if __name__ == "__main__":
    raise SystemExit(
        main(Path(sys.argv[1]), Path(os.environ["MEDIYN_DEMO"]) / "practice", "sample practice")
    )
