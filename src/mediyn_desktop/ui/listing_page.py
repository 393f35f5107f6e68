# SPDX-License-Identifier: MIT
"""A page with a long list that is searched, and the chosen record whole beside it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.paged import Fetch, PagedTableModel
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.ops import Task
from mediyn_desktop.ui.pages import Page, VerbButtons
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.table import RecordTable


class Filters(Protocol):
    """What a list is narrowed by: what is asked for, falsy where that is everything."""

    search: QLineEdit

    @property
    def changed(self) -> SignalInstance:
        """Something else is asked for."""
        ...

    def asked(self) -> Any:
        """Return what is looked for now."""
        ...


class Panel(Protocol):
    """Shows the chosen record: ``story.row.id`` is the id it has in the list."""

    story: Any
    verbs: VerbButtons

    @property
    def timeline(self) -> QWidget:
        """What Enter goes to: what happened to the record."""
        ...

    def show_story(self, story: Any) -> None:
        """Show ``story``, or nothing."""
        ...


class ListingPage(Page):
    """Arrow keys choose a record, Enter goes to what happened to it.

    Args:
        listed: what the table is called, and what one line of it is.
        columns, rows: how lines are shown, and what fetches them by id.
        find: returns what finds the ids, from what is asked for; off the GUI thread.
        whole: fetches one record whole.
        empty: the icon, then title and hint where there is nothing yet.
    """

    def __init__(
        self,
        context: Context,
        listed: tuple[str, str],
        columns: Sequence[Column],
        *,
        rows: Fetch,
        find: Callable[[Any, Any], tuple[array[int], Any]],
        whole: Callable[[Any, int], Any],
        filters: QWidget,
        panel: QWidget,
        empty: tuple[str, str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._asked = 0
        self._reading: Task | None = None
        self._find, self._whole = find, whole
        self._noun, self._nothing = listed[1], empty[1:]
        self._filters: Filters = filters  # type: ignore[assignment]
        self._panel: Panel = panel  # type: ignore[assignment]
        self.model = PagedTableModel(
            columns, lambda row: row.id, rows, partial(context.read, label="Load")
        )
        self.table = RecordTable(listed[0], self.model)
        self._empty = EmptyState(empty[0], "")
        self.column.addWidget(filters)
        self.add_beside(self.table, panel)
        self.table.link_search(self._filters.search)
        self._filters.changed.connect(self.reload)
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _id: self._panel.timeline.setFocus())
        self._panel.verbs.asked.connect(self.verb_asked)

    def reload(self) -> None:
        self._asked += 1
        asked, find = self._filters.asked(), self._find
        self.context.read(
            lambda read: find(read, asked),
            partial(self._found, self._asked),
            label=f"Find {self._noun}s",
        )

    def take_focus(self) -> None:
        self.table.setFocus()

    def chosen(self) -> Any:
        """Return the record on view, once it is the one that is chosen; None until then."""
        found = self._panel.story
        return found if found is not None and found.row.id == self.table.current_id() else None

    def offered(self) -> tuple[str, ...]:
        found = self.chosen()
        return tuple(found.actions) if found is not None else ()

    def also_found(self, more: Any) -> None:
        """Show what was found beside the ids."""

    def _found(self, asked: int, found: tuple[array[int], Any]) -> None:
        if asked != self._asked:
            return
        ids, more = found
        self.also_found(more)
        if list(self.model.ids) == list(ids):
            self.model.refresh()
        else:
            self.model.set_ids(ids)
        narrowed = bool(self._filters.asked())
        hint = f"No {self._noun} fits all of this. Clear the search to see every {self._noun}."
        self._empty.set_text(*(("Nothing found", hint) if narrowed else self._nothing))
        if self._empty.parent() is None:
            self.table.set_empty(self._empty)
        if self.table.current_id() is None and self.model.rowCount():
            self.table.selectRow(0)
        else:
            self._choose(self.table.current_id())
        count = wording.counted(len(ids), self._noun)
        self.counted.emit(f"{count} found" if narrowed else count)

    def _choose(self, ident: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if not isinstance(ident, int):
            if not self.model.rowCount():  # else another one is about to be chosen
                self._panel.show_story(None)
            return
        whole = self._whole
        self._reading = self.context.read(
            lambda read: whole(read, ident), partial(self._show, ident), label=f"Show {self._noun}"
        )

    def _show(self, ident: int, found: Any) -> None:
        if ident == self.table.current_id():
            self._panel.show_story(found)
