# SPDX-License-Identifier: MIT
"""What screens of several pages share: the pages, the verbs that fit what is chosen, the header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.tab_row import Tabs

_ACROSS = 2


class Page(QWidget):
    """One page of a ``PagedScreen``; ``offered`` says which verbs fit what is chosen on it."""

    counted = Signal(str)
    """What is on the page, in words, for the header."""

    verb_asked = Signal(str)
    """The name of a verb that a button asked for."""

    waiting = Signal(int)
    """How many things on it wait for a person, to be said beside its title."""

    client_asked = Signal(str)
    """The ref of a client to open."""

    counts: ClassVar[bool] = False
    """Whether ``waiting`` is told, so that it is read although another page is on view."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 4, 0, 0)
        self.column.setSpacing(12)

    def add_beside(
        self, table: QWidget, panel: QWidget, *, shares: tuple[int, int] = (2, 1)
    ) -> None:
        """Put ``table`` and, at its right, what is chosen in it."""
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(table, shares[0])
        across.addWidget(panel, shares[1])
        self.column.addLayout(across, 1)

    def reload(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """Give the keyboard to what people do first here."""
        raise NotImplementedError

    def offered(self) -> tuple[str, ...]:
        """Return the verbs that fit what is chosen, the usual one first."""
        return ()

    def ask(self, verb: str) -> None:
        """Ask whether ``verb``, which is offered, is to be done; a page without verbs has none."""
        raise NotImplementedError


class VerbButtons(QWidget):
    """The verbs that fit, two beside each other, the usual one first.

    ``captions``: what the button of each verb says, by the verb's name.
    """

    asked = Signal(str)

    def __init__(self, captions: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, Button] = {
            name: SecondaryButton(words, partial(self.asked.emit, name))
            for name, words in captions.items()
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        for column in range(_ACROSS):
            self._grid.setColumnStretch(column, 1)
        for button in self.buttons.values():
            self._grid.addWidget(button, 0, 0)
            button.hide()

    def offer(self, names: Iterable[str]) -> None:
        """Show the buttons of ``names``, in this order."""
        shown = [self.buttons[name] for name in names]
        for button in self.buttons.values():
            button.setVisible(button in shown)
        for place, button in enumerate(shown):
            row, column = divmod(place, _ACROSS)
            whole = 1 if place % _ACROSS or place < len(shown) - 1 else _ACROSS
            self._grid.addWidget(button, row, column, 1, whole, Qt.AlignmentFlag.AlignTop)
        self.setVisible(bool(shown))
        for earlier, later in pairwise(shown):
            QWidget.setTabOrder(earlier, later)


class PagedScreen(Screen):
    """Ctrl+Page Up and Down change the page; each page says in the header what is on it.

    ``name`` begins the ids of its commands.
    """

    name: ClassVar[str] = ""

    def __init__(self, context: Context, about: str, parent: QWidget | None = None) -> None:
        super().__init__(context.ops, parent)
        self.context = context
        self._counted: dict[str, str] = {}
        self.pages: dict[str, Page] = {}
        self.tabs = Tabs(about)
        self.body.addWidget(self.tabs, 1)
        self.tabs.changed.connect(lambda _title: self._turned())

    def add_page(self, title: str, page: Page) -> None:
        """Add a page at the end, under ``title``."""
        self.pages[title] = page
        self.tabs.add(title, page)
        page.counted.connect(partial(self._count, title))
        page.waiting.connect(partial(self.tabs.set_count, title))
        page.client_asked.connect(self.open_client)
        page.verb_asked.connect(self.ask)

    def ask(self, name: str) -> None:
        """Ask whether the verb ``name`` is to be done about what is chosen on the page on view."""
        if self.offers(name):
            self.page.ask(name)

    def command(
        self,
        name: str,
        title: str,
        act: Callable[[], object],
        when: Callable[[], bool],
        *,
        keys: str = "",
    ) -> None:
        """Add a command that rests while another screen is shown."""
        self.context.actions.add(
            Command(
                f"{self.name}.{name}",
                title,
                act,
                keys,
                self.title,
                lambda: self.isVisible() and when(),
            )
        )

    def add_page_commands(self) -> None:
        """Let the palette go to each page."""
        for title in self.pages:
            self.command(
                f"page-{title.lower().replace(' ', '-')}",
                f"{self.title}: {title}",
                partial(self.tabs.show_page, title),
                lambda: True,
            )

    @property
    def page(self) -> Page:
        """The page on view."""
        return self.pages[self.tabs.current]

    def offers(self, verb: str) -> bool:
        """Whether ``verb`` fits what is chosen on the page on view."""
        return verb in self.page.offered()

    def take_focus(self) -> None:
        self.page.take_focus()

    def reload(self) -> None:
        self.page.reload()
        for page in self.pages.values():
            if page.counts and page is not self.page:
                page.reload()

    def open_client(self, ref: str) -> None:
        """Open the client ``ref``."""
        self.context.shell.go("clients", ref)

    def _turned(self) -> None:
        self.header.set_subtitle(self._counted.get(self.tabs.current, ""))
        self.page.reload()

    def _count(self, title: str, words: str) -> None:
        self._counted[title] = words
        if title == self.tabs.current:
            self.header.set_subtitle(words)
