# SPDX-License-Identifier: MIT
"""The clients the command palette finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from mediyn_desktop.practice import queries
from mediyn_desktop.practice.queries import ClientRow
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.actions.palette import PaletteItem
from mediyn_desktop.ui.context import Context

_MOST = 8


class ClientSource:
    """Finds by name, reference or e-mail, as the list of clients does; Enter opens the client."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __call__(self, text: str, found: Callable[[Sequence[PaletteItem]], None]) -> None:
        """Look for ``text``; ``found`` is called on the GUI thread, also with nobody."""

        def look(read: Reading) -> list[ClientRow]:
            ids = queries.client_ids(read, text, limit=_MOST)
            rows = {row.id: row for row in queries.client_rows(read, ids)}
            return [rows[number] for number in ids if number in rows]

        def show(rows: list[ClientRow]) -> None:
            found([self._item(row) for row in rows])

        self._context.read(look, show, label="Find clients")

    def _item(self, row: ClientRow) -> PaletteItem:
        pays = wording.named(wording.PAYMENT_TYPES, row.payment_type)
        return PaletteItem(row.name, pays, partial(self._context.shell.go, "clients", row.ref))
