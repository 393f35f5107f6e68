# SPDX-License-Identifier: MIT
"""A table model over many rows: all ids in order, and only the pages that were looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QObject

from mediyn_desktop.ui.models.record_model import Column, Index, RecordModel

PAGE = 200
_PAGES_KEPT = 16

Fetch = Callable[[Any, Sequence[Any]], Sequence[Any]]


class Read(Protocol):
    """What ``Ops.read`` promises: work elsewhere, ``done`` back on the GUI thread."""

    def __call__(
        self,
        work: Callable[[Any], Any],
        done: Callable[[Any], object],
        *,
        failed: Callable[[Exception], object] | None = None,
    ) -> object: ...


class PagedTableModel(RecordModel):
    """Ordered ids from one SQL query, rows in pages of 200 fetched when first painted.

    Args:
        columns: how a row is shown.
        key: tells a row's id.
        fetch: ``fetch(session, ids)`` returns the rows of ``ids`` in any order; runs off-thread.
        read: ``ops.read``.

    A row that has not arrived is blank; one that no longer exists stays blank.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        key: Callable[[Any], Hashable],
        fetch: Fetch,
        read: Read,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._key, self._fetch, self._read = key, fetch, read
        self._ids: Sequence[Hashable] = ()
        self._positions: dict[Hashable, int] | None = None
        self._pages: OrderedDict[int, list[Any | None]] = OrderedDict()
        self._stale: set[int] = set()
        self._asked: dict[int, int] = {}  # page: serial; a failed page waits for a refresh
        self._serial = 0

    def set_ids(self, ids: Sequence[Hashable]) -> None:
        """Show ``ids`` in this order; every page is fetched anew."""
        self.beginResetModel()
        self._ids, self._positions = ids, None
        self._forget()
        self._pages.clear()
        self.endResetModel()

    def extend_ids(self, ids: Sequence[Hashable]) -> None:
        """Show ``ids``; where they only continue those shown, loaded rows and the place stay."""
        before = len(self._ids)
        if before == 0 or len(ids) < before or list(ids[:before]) != list(self._ids):
            self.set_ids(ids)
            return
        if len(ids) == before:
            return
        if before % PAGE:  # the last page grows
            self._pages.pop(before // PAGE, None)
            self._asked.pop(before // PAGE, None)
        self.beginInsertRows(QModelIndex(), before, len(ids) - 1)
        self._ids, self._positions = ids, None
        self.endInsertRows()

    @property
    def ids(self) -> Sequence[Hashable]:
        """All ids, in the order shown."""
        return self._ids

    def refresh(self, ids: Iterable[Hashable] | None = None) -> None:
        """Fetch the rows of ``ids`` (None: all) again; old text stays until the new arrives."""
        if ids is None:
            self._forget()
            self._stale = set(self._pages)
            self._repaint(0, len(self._ids) - 1)
            return
        for record_id in ids:
            row = self.position(record_id)
            if row is not None:
                self._stale.add(row // PAGE)
                self._asked.pop(row // PAGE, None)
                self._repaint(row, row)

    def _forget(self) -> None:
        self._asked.clear()
        self._stale.clear()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def id_at(self, row: int) -> Hashable:
        return self._ids[row]

    def position(self, record_id: Hashable) -> int | None:
        if self._positions is None:
            self._positions = {known: row for row, known in enumerate(self._ids)}
        return self._positions.get(record_id)

    def row_at(self, row: int) -> Any | None:
        page, offset = divmod(row, PAGE)
        held = self._pages.get(page)
        if (held is None or page in self._stale) and page not in self._asked:
            self._ask(page)
            held = self._pages.get(page)  # a synchronous reader has answered already
        if held is None:
            return None
        self._pages.move_to_end(page)
        return held[offset]

    def _ask(self, page: int) -> None:
        self._serial += 1
        self._asked[page] = self._serial
        self._stale.discard(page)
        wanted = tuple(self._ids[page * PAGE : (page + 1) * PAGE])
        fetch = self._fetch
        self._read(
            lambda session: fetch(session, wanted),
            partial(self._arrived, page, self._serial, wanted),
        )

    def _arrived(
        self, page: int, serial: int, wanted: Sequence[Hashable], rows: Sequence[Any]
    ) -> None:
        if self._asked.get(page) == serial:  # an older answer may overtake a newer one
            self._keep(page, wanted, rows)

    def _keep(self, page: int, wanted: Sequence[Hashable], rows: Sequence[Any]) -> None:
        by_id = {self._key(row): row for row in rows}
        self._pages[page] = [by_id.get(record_id) for record_id in wanted]
        self._pages.move_to_end(page)
        del self._asked[page]
        while len(self._pages) > _PAGES_KEPT:
            self._stale.discard(self._pages.popitem(last=False)[0])
        self._repaint(page * PAGE, page * PAGE + len(wanted) - 1)

    def _repaint(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(
                self.index(first, 0), self.index(last, max(0, len(self.columns) - 1))
            )
