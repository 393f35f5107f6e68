# SPDX-License-Identifier: MIT
"""The PDF of an issued superbill, rendered from its stored inputs: the very bytes that were sent.

An issued document never changes, so the last few are kept; nothing is written to disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.ops import Task

if TYPE_CHECKING:  # ReportLab loads slowly and only printing needs it
    from mediyn_desktop.store.uow import Reading

_KEPT = 8


@dataclass(frozen=True, slots=True)
class Pdf:
    """A rendered document and the file name to offer."""

    content: bytes
    name: str


class SuperbillPdfs:
    """Renders on a reader's thread and answers on the GUI thread."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._kept: OrderedDict[int, Pdf] = OrderedDict()

    def fetch(self, document_id: int, file_name: str, done: Callable[[Pdf], object]) -> Task | None:
        """Hand the superbill ``document_id`` to ``done``; at once, and no task, if it is kept."""
        held = self._kept.get(document_id)
        if held is not None:
            self._kept.move_to_end(document_id)
            done(held)
            return None

        def keep(content: bytes) -> None:
            pdf = self._kept[document_id] = Pdf(content, file_name)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            done(pdf)

        return self._context.read(
            lambda read: _render(read, [document_id]), keep, label="Show superbill"
        )

    def fetch_batch(self, ids: Sequence[int], name: str, done: Callable[[Pdf], object]) -> Task:
        """Hand all of ``ids`` to ``done`` as one file, in the order given."""
        return self._context.read(
            lambda read: _render(read, ids),
            lambda content: done(Pdf(content, name)),
            label="Show superbills",
        )


def _render(read: Reading, ids: Sequence[int]) -> bytes:
    from mediyn_desktop.delivery import superbills  # noqa: PLC0415
    from mediyn_desktop.documents.superbill import (  # noqa: PLC0415
        render_superbill,
        render_superbills,
    )

    found = [superbills.data_of(read, number) for number in ids]
    return render_superbill(found[0]) if len(found) == 1 else render_superbills(found)
