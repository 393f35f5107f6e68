# SPDX-License-Identifier: MIT
"""Importing a practice folder: all of it, or nothing and every reason why."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from mediyn_desktop.exchange.practice_folder.content import FolderContent
from mediyn_desktop.exchange.practice_folder.matching import Matching, known_of
from mediyn_desktop.exchange.practice_folder.reading import read_folder
from mediyn_desktop.exchange.practice_folder.report import ImportReport
from mediyn_desktop.exchange.practice_folder.writing import FolderWriter
from mediyn_desktop.practice import code_lists
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.undo.importing import before_import, record_import

_KINDS = (
    "clinicians",
    "payers",
    "clients",
    "coverage",
    "fees",
    "cards",
    "sessions",
    "packages",
    "payments",
    "opening_balances",
)


class _Undone(Exception):
    """Carries the report out of a transaction that must not be kept."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report


def import_folder(store: Store, path: Path, *, dry_run: bool = False) -> ImportReport:
    """Import the practice folder ``path`` in one transaction and say what came in.

    A report with ``errors`` means that nothing was written. Importing the same folder again finds
    every row unchanged and writes nothing. ``dry_run`` does all of it, billing included, and keeps
    nothing.

    Raises:
        FolderUnreadable: the folder or one of its files cannot be opened; nothing was written.
        StorageFailed: the disk refused; nothing was written.
    """
    with store.read() as read:
        check = cache(partial(code_lists.check, read))
        content = read_folder(path, known_of(read), today=read.today, check=check)
    if isinstance(content, list):
        return ImportReport(errors=content)
    try:
        with store.write("Import practice folder") as uow:
            report = _take_in(uow, content)
            if dry_run or report.errors:
                raise _Undone(report)
    except _Undone as undone:
        return undone.report
    return report


def _take_in(uow: UnitOfWork, content: FolderContent) -> ImportReport:
    matching = Matching(uow, content)
    if matching.errors:
        return ImportReport(errors=matching.errors, warnings=list(content.warnings))
    new = matching.new
    before = before_import(uow)
    writer = FolderWriter(uow, new)
    writer.write()
    imported = {"practice": int(new.practice is not None)}
    imported |= {kind: len(getattr(new, kind)) for kind in _KINDS}
    record_import(uow, before, imported)
    return ImportReport(
        imported=imported,
        warnings=list(content.warnings),
        billed=writer.billed,
        unchanged={kind: matching.unchanged[kind] for kind in imported},
        unbilled=writer.unbilled,
    )
