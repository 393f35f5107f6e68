# SPDX-License-Identifier: MIT
"""The main window: sidebar, banners, screens, status line, toast and the commands they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.actions.help_sheet import HelpSheet
from mediyn_desktop.ui.actions.palette import CommandPalette, Source
from mediyn_desktop.ui.actions.registry import Command, CommandRegistry
from mediyn_desktop.ui.ops import Bug, Ops
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.shell.sidebar import Sidebar
from mediyn_desktop.ui.shell.status_line import StatusLine
from mediyn_desktop.ui.shell.tab_order import chain
from mediyn_desktop.ui.widgets.banner import Banner
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.error_dialog import ErrorDialog
from mediyn_desktop.ui.widgets.toast import Toast


class Changed(Protocol):
    """What ``Ops.announce`` is given: the store's account of one write."""

    def kinds(self) -> frozenset[str]:
        """The kinds of record that changed, as screens name them in ``reads``."""
        ...


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """One line of the sidebar; ``make`` is called when the screen is first shown."""

    id: str
    title: str
    icon: str
    make: Callable[[], Screen] = field(repr=False)


class MainWindow(QMainWindow):
    """Give it the registry and the palette's sources, then ``connect_ops`` and ``add_screen``.

    ``show_error`` and ``show_bug`` are the doors to pass to ``Ops``. The title bar says the
    program's name and nothing else: window lists and screen sharing show it to anyone.
    """

    closing = Signal()
    """The window is about to close for good: shut down the runner and lock the practice."""

    def __init__(
        self,
        registry: CommandRegistry,
        *,
        palette_sources: Sequence[Source] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mediyn")
        self.resize(QSize(1400, 860).boundedTo(QGuiApplication.primaryScreen().availableSize()))
        self.setMinimumSize(1024, 600)
        self.registry = registry
        self.sidebar, self.status = Sidebar(), StatusLine()
        self._entries: dict[str, ScreenEntry] = {}
        self._screens: dict[str, Screen] = {}
        self._banners: dict[str, Banner] = {}
        self._stack = QStackedWidget()
        self.toast = self._lay_out()
        self._palette = CommandPalette(registry, palette_sources, self)
        self.close_reason: Callable[[], str] = str
        """Asked on closing: a sentence about work still under way, or the empty string."""
        self.sidebar.chosen.connect(self._choose)
        self._add_commands()

    def _lay_out(self) -> Toast:
        self._banner_column = QVBoxLayout()
        self._banner_column.setSpacing(0)
        page = QVBoxLayout()
        page.setSpacing(0)
        page.addLayout(self._banner_column)
        page.addWidget(self._stack, 1)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.sidebar)
        across.addLayout(page, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(across, 1)
        column.addWidget(self.status)
        self.setCentralWidget(whole)
        return Toast(whole, bottom=self.status.height())

    def _add_commands(self) -> None:
        for command in (
            Command(
                "window.palette",
                "Find anything",
                self.open_palette,
                "Ctrl+K",
                "Window",
                lambda: not self._palette.isVisible(),
            ),
            Command("window.search", "Search this screen", self._focus_search, "Ctrl+F", "Window"),
            Command("window.reload", "Reload", self._reload, "F5", "Window"),
            Command("window.help", "Show keyboard shortcuts", self.open_help, "F1", "Window"),
            Command("window.quit", "Quit", self.close, "Ctrl+Q", "Window"),
        ):
            self.registry.add(command)
        self._adopt_actions()
        self.registry.changed.connect(self._adopt_actions)

    def _adopt_actions(self) -> None:
        known = set(self.actions())
        self.addActions([a for a in self.registry.actions() if a not in known])

    # -- screens

    def add_screen(self, entry: ScreenEntry) -> None:
        """Add a line to the sidebar and a command with the next Ctrl+number; the first is shown."""
        self._entries[entry.id] = entry
        self.sidebar.add(entry.id, entry.title, entry.icon)
        number = len(self._entries)
        self.registry.add(
            Command(
                f"go.{entry.id}",
                f"Go to {entry.title}",
                lambda: self.go_to(entry.id),
                f"Ctrl+{number}" if number <= 9 else "",
                "Go",
            )
        )
        if number == 1:
            self.show_screen(entry.id)

    def show_screen(self, screen_id: str) -> Screen:
        """Bring a screen to the front, making it on its first time, and return it.

        Raises:
            KeyError: there is no such screen.
        """
        if screen_id not in self._screens:
            screen = self._entries[screen_id].make()
            self._screens[screen_id] = screen
            self._stack.addWidget(screen)
        self._stack.setCurrentWidget(self._screens[screen_id])
        self.sidebar.mark(screen_id)
        self._order_tabs()
        return self._screens[screen_id]

    def go_to(self, screen_id: str) -> None:
        """Show a screen and give it the keyboard."""
        self.show_screen(screen_id).take_focus()

    def _choose(self, screen_id: str) -> None:
        """From the sidebar: whoever walks it with the keyboard stays there."""
        walking = self.sidebar.walked()
        screen = self.show_screen(screen_id)
        if not walking:
            screen.take_focus()

    def _order_tabs(self) -> None:
        chain((self.sidebar, *self._banners.values(), self._stack, self.toast, self.status))

    def focusNextPrevChild(self, following: bool) -> bool:
        self._order_tabs()  # a screen may have added fields since
        return super().focusNextPrevChild(following)

    @property
    def current(self) -> Screen | None:
        """The screen on view."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Screen) else None

    def connect_ops(self, ops: Ops) -> None:
        """Show when ``ops`` is busy and pass on what changed (a ``Changed``)."""
        ops.busy.connect(self.status.set_busy)
        ops.changes.connect(self._spread)

    def find_also(self, source: Source) -> None:
        """Have the palette list what ``source`` finds, too."""
        self._palette.add_source(source)

    def _spread(self, changed: Changed) -> None:
        kinds = changed.kinds()
        for screen in self._screens.values():
            screen.changed(kinds)

    # -- messages

    def show_banner(self, key: str, banner: Banner) -> None:
        """Show ``banner`` at the top; it replaces the one shown under the same ``key``."""
        self.hide_banner(key)
        self._banners[key] = banner
        self._banner_column.addWidget(banner)
        banner.closed.connect(lambda: self.hide_banner(key))
        self._order_tabs()
        banner.announce()

    def hide_banner(self, key: str) -> None:
        """Take the banner ``key`` away, if it is there."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._banner_column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def banners(self) -> list[str]:
        """Return the sentences of the banners shown, from top to bottom."""
        return [banner.sentence for banner in self._banners.values()]

    def show_error(self, label: str, error: UserFacingError) -> None:
        """Show an error the user can act on; the door for ``Ops(on_error=…)``."""
        self._open_dialog(ErrorDialog.of(label, error, self))

    def show_bug(self, bug: Bug) -> None:
        """Show a mistake of the program; the door for ``Ops(on_bug=…)``."""
        self._open_dialog(
            ErrorDialog("Something went wrong", bug.message, code=bug.reference, parent=self)
        )

    def _open_dialog(self, dialog: ErrorDialog | HelpSheet | ConfirmDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # -- commands

    def open_palette(self) -> None:
        """Open the command palette over this window."""
        self._palette.open_over(self)

    def open_help(self) -> None:
        """Open the keyboard sheet."""
        self._open_dialog(HelpSheet(self.registry, self))

    def _focus_search(self) -> None:
        if self.current is not None:
            self.current.focus_search()

    def _reload(self) -> None:
        if self.current is not None:
            self.current.reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.current is not None and self.focusWidget() is None:
            self.current.take_focus()

    def closeEvent(self, event: QCloseEvent) -> None:
        reason = self.close_reason()
        if not reason:
            self.closing.emit()
            event.accept()
            return
        event.ignore()
        ask = ConfirmDialog("Close Mediyn?", reason, "Close", cancel="Stay", parent=self)
        ask.accepted.connect(self._close_anyway)
        self._open_dialog(ask)

    def _close_anyway(self) -> None:
        self.close_reason = str
        self.close()
