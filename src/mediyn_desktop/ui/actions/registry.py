# SPDX-License-Identifier: MIT
"""The list of commands that menus, shortcuts, palette and help sheet are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from mediyn_desktop.ui.widgets.labels import plain_caption


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the program can do.

    Args:
        id: stable, dotted: ``day.close``.
        title: an imperative, as the menu shows it: ``Close the day``.
        handler: does it; runs on the GUI thread, so it starts work and returns.
        shortcut: portable key names (``Ctrl+K``); Qt maps Ctrl to Command on macOS.
        group: the menu and the heading in the help sheet.
        enabled: asked when a menu or the palette opens and before the handler runs.
        keywords: further words the palette finds it by.
    """

    id: str
    title: str
    handler: Callable[[], object] = field(repr=False)
    shortcut: str = ""
    group: str = "General"
    enabled: Callable[[], bool] = field(default=_always, repr=False)
    keywords: str = ""


class CommandRegistry(QObject):
    """Holds commands in the order they were added; ids and shortcuts are unique."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, command: Command) -> QAction:
        """Register ``command`` and return its action, to be added to a window or a menu.

        Raises:
            ValueError: the id or the shortcut is taken.
        """
        if command.id in self._commands:
            raise ValueError(f"command {command.id} exists already")
        keys = QKeySequence(command.shortcut)
        for other in self._commands.values():
            if command.shortcut and QKeySequence(other.shortcut) == keys:
                raise ValueError(f"{command.shortcut} is taken by {other.id}")
        action = QAction(plain_caption(command.title), self)
        action.setObjectName(command.id)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False: self.run(command.id))
        self._commands[command.id] = command
        self._actions[command.id] = action
        self.changed.emit()
        return action

    def remove(self, command_id: str) -> None:
        """Forget a command, for example when its screen is closed."""
        del self._commands[command_id]
        self._actions.pop(command_id).deleteLater()
        self.changed.emit()

    def run(self, command_id: str) -> bool:
        """Do it if it is possible now; False when it is not.

        Raises:
            KeyError: there is no such command.
        """
        command = self._commands[command_id]
        if not command.enabled():
            return False
        command.handler()
        return True

    def __getitem__(self, command_id: str) -> Command:
        return self._commands[command_id]

    def __iter__(self) -> Iterator[Command]:
        return iter(tuple(self._commands.values()))

    def action(self, command_id: str) -> QAction:
        """Return the action of a command, for a button or a menu of one's own."""
        return self._actions[command_id]

    def actions(self) -> list[QAction]:
        """Return all actions; a window adds them so that the shortcuts work in it."""
        return list(self._actions.values())

    def groups(self) -> dict[str, list[Command]]:
        """Return the commands by group, in the order they were added."""
        found: dict[str, list[Command]] = {}
        for command in self:
            found.setdefault(command.group, []).append(command)
        return found

    def fill_menu(self, menu: QMenu, group: str) -> None:
        """Put the commands of ``group`` into ``menu``; what is impossible now is greyed out."""

        _MenuFiller(self, menu, group)


class _MenuFiller(QObject):
    """Keeps one menu in step with one group; lives and dies with the menu."""

    def __init__(self, registry: CommandRegistry, menu: QMenu, group: str) -> None:
        super().__init__(menu)
        self._registry, self._menu, self._group = registry, menu, group
        menu.aboutToShow.connect(self.ask)
        menu.aboutToHide.connect(self.release)
        registry.changed.connect(self.refill)
        self.refill()

    def refill(self) -> None:
        """Show the group's commands, in the order they were added."""
        shown = self._menu.actions()
        for action in self._actions():
            if action not in shown:
                self._menu.addAction(action)

    def ask(self) -> None:
        """Grey out what is impossible now."""
        for command in self._registry.groups().get(self._group, []):
            self._registry.action(command.id).setEnabled(command.enabled())

    def release(self) -> None:
        """Enable everything: a disabled action's shortcut is dead, and ``run`` asks anyway."""
        for action in self._actions():
            action.setEnabled(True)

    def _actions(self) -> list[QAction]:
        commands = self._registry.groups().get(self._group, [])
        return [self._registry.action(command.id) for command in commands]


def key_text(shortcut: str) -> str:
    """Return ``shortcut`` as this platform writes it."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
