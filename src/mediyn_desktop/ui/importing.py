# SPDX-License-Identifier: MIT
"""Taking in a practice folder from the window: shown first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from mediyn_desktop.exchange.practice_folder import CellError, ImportReport, import_folder
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

IMPORT: Final = "practice.import"
"""The command's id; pages that are empty offer it."""
CAPTION: Final = "Import a practice folder…"
_ONE: Final = {
    "practice": ("practice", "practice"),
    "coverage": ("coverage", "coverages"),
    "opening_balances": ("opening balance", "opening balances"),
}
_COLUMNS = (
    Column("Where", lambda line: line[1], width=230),
    Column("What", lambda line: line[2]),
)


def counts(found: Mapping[str, int]) -> str:
    """Return ``17 clients, 1 payment``; nothing where nothing is counted."""
    told = []
    for kind, number in found.items():
        one, many = _ONE.get(kind, (kind.removesuffix("s"), kind))
        if number:
            told.append(wording.counted(number, one, many))
    return ", ".join(told)


class ImportDialog(Dialog):
    """What an import would bring, or why it would bring nothing; accepted to import it."""

    def __init__(self, folder: Path, report: ImportReport, parent: QWidget | None = None) -> None:
        super().__init__(CAPTION.removesuffix("…"), parent, width=640)
        self.lines = [*map(_cell, report.errors or report.warnings)]
        self.lines += [(f"session {one.session_ref}", one.message) for one in report.unbilled]
        brings = bool(not report.errors and counts(report.imported))
        self.said = PlainLabel(_said(report, brings=brings), wrap=True)
        self.body.addWidget(PlainLabel(str(folder), "muted", wrap=True))
        self.body.addWidget(self.said)
        if self.lines:
            rows = [(place, *line) for place, line in enumerate(self.lines)]
            name = "What to mend" if report.errors else "What to look at"
            self.table = RecordTable(name, RowsModel(_COLUMNS, lambda line: line[0], rows))
            self.table.setMinimumHeight(scaled(200))
            self.whole = PlainLabel("", wrap=True)  # a sentence is longer than its line
            self.table.current_changed.connect(self._show)
            self.body.addWidget(self.table, 1)
            self.body.addWidget(self.whole)
            self.table.selectRow(0)
        self.close_button: Button = SecondaryButton("Not now" if brings else "Close", self.reject)
        self.take: Button | None = PrimaryButton("Import", self.accept) if brings else None
        buttons = [self.close_button, *([self.take] if self.take is not None else [])]
        self.set_buttons(*buttons, default=buttons[-1])
        buttons[-1].setFocus()

    def _show(self, place: object) -> None:
        self.whole.setText(self.lines[place][1] if isinstance(place, int) else "")


class Importing(QObject):
    """The command that takes a practice folder in; its dialogs appear on ``window``."""

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        context.actions.add(
            Command(IMPORT, CAPTION, self.ask, "Ctrl+I", "Practice", keywords="read csv begin load")
        )

    def ask(self) -> None:
        """Ask for the folder, and show what is in it."""
        found = QFileDialog.getExistingDirectory(self._window, "The practice folder to import")
        if found:
            self.look_into(Path(found))

    def look_into(self, folder: Path) -> None:
        """Show what importing ``folder`` would bring; nothing is changed by that."""
        self._context.run(
            "Look into a practice folder",
            partial(import_folder, self._context.store, folder, dry_run=True),
            kinds=(),
            done=partial(self._show, folder),
        )

    def _show(self, folder: Path, report: ImportReport) -> None:
        dialog = ImportDialog(folder, report, self._window)
        dialog.accepted.connect(partial(self._take_in, folder))
        dialog.open_once()

    def _take_in(self, folder: Path) -> None:
        self._context.run(
            "Import a practice folder",
            partial(import_folder, self._context.store, folder),
            done=partial(self._taken, folder),
        )

    def _taken(self, folder: Path, report: ImportReport) -> None:
        if report.errors:  # the files were changed since they were looked into
            self._show(folder, report)
            return
        brought = counts(report.imported)
        self._context.shell.say(f"Imported: {brought}" if brought else "Nothing new", undo=True)


def _cell(one: CellError) -> tuple[str, str]:
    where = one.file + (f", line {one.line}" if one.line else "")
    return (f"{where}, {one.column}" if one.column else where, one.message)


def _said(report: ImportReport, *, brings: bool) -> str:
    if report.errors:
        wrong = wording.counted(len(report.errors), "thing")
        return f"{wrong} to mend in the files first. Nothing was imported; then import again."
    there = counts(report.unchanged)
    if not brings:
        return "Everything in this folder is in the practice already. Nothing would change."
    said = [f"This brings {counts(report.imported)}."]
    if report.billed:
        said.append(f"{wording.counted(report.billed, 'signed session')} will be billed.")
    if there:
        said.append(f"There already, and left as it is: {there}.")
    said.append("No card is charged, and no claim is sent, before you close a day.")
    return " ".join(said)
