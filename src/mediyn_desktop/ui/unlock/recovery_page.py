# SPDX-License-Identifier: MIT
"""Second step: the recovery code, shown once, to be printed, copied or saved."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QWidget

from mediyn_desktop.ui.theme.fonts import Size, font
from mediyn_desktop.ui.unlock.frame import CardPage
from mediyn_desktop.ui.unlock.recovery_code import groups, sheet
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.secret_clipboard import SecretClipboard


def write_sheet(target: Path, lines: list[str]) -> None:
    """Write ``lines`` to ``target``, readable by this user alone.

    Raises:
        OSError: the place cannot be written.
    """
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    target.chmod(0o600)  # the file may have been there with wider rights


def paint_sheet(painter: QPainter, area: QRect, lines: list[str]) -> None:
    """Paint ``lines`` from the top of ``area``, the code's lines large enough to copy by hand."""
    text = font(Size.HEADING, QFont.Weight.Normal, tabular=True)
    painter.setFont(text)
    step = int(painter.fontMetrics().height() * 1.5)
    for number, line in enumerate(lines):
        box = QRect(area.left(), area.top() + number * step, area.width(), step)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)


class RecoveryPage(CardPage):
    """Shows the code large, in numbered groups; ``kept`` when the user says it is put away."""

    kept = Signal()

    def __init__(self) -> None:
        super().__init__(
            "key",
            "Your recovery code",
            "If you forget the passphrase, only this code opens the practice. Print it and keep it "
            "away from the computer. It is shown only this once.",
        )
        self._lines: list[str] = []
        self._code = ""
        self.ways: dict[str, Button] = {}
        self.clipboard = SecretClipboard(self)
        self._place = QWidget()
        self._grid = QGridLayout(self._place)
        self._grid.setContentsMargins(0, 8, 0, 8)
        self._grid.setVerticalSpacing(8)
        self._note = PlainLabel("", "small", wrap=True)
        self._note.setMinimumHeight(20)
        row = QHBoxLayout()
        row.setSpacing(8)
        for text, icon_name, act in (
            ("Print…", "print", self._print),
            ("Copy", "copy", self._copy),
            ("Save…", "save", self._save),
        ):
            button = SecondaryButton(text, act, icon_name=icon_name)
            self.ways[text] = button
            row.addWidget(button)
        self.button: Button = PrimaryButton("I have put it away", self.kept.emit)
        self.body.addWidget(self._place)
        self.body.addLayout(row)
        self.body.addWidget(self._note)
        self.body.addWidget(self.button)

    def show_code(self, code: str, location: str) -> None:
        """Show ``code``; ``location`` is written on the sheet."""
        self._code, self._lines = code, sheet(code, location)
        for i, group in enumerate(groups(code)):
            number = PlainLabel(str(i + 1), "small")
            label = PlainLabel(group, "figure")
            label.setAccessibleName(f"Group {i + 1}: {' '.join(group)}")
            row, column = divmod(i, 3)
            self._grid.addWidget(number, row, column * 2)
            self._grid.addWidget(label, row, column * 2 + 1)
            self._grid.setColumnStretch(column * 2 + 1, 1)

    def forget(self) -> None:
        """Drop the code from memory and, if it is still there, from the clipboard."""
        self._code, self._lines = "", []
        self.clipboard.clear()
        for label in self._place.findChildren(PlainLabel):
            label.clear()
            label.setAccessibleName("")

    def _copy(self) -> None:
        self.clipboard.copy(self._code)
        self._note.setText("Copied. The clipboard is emptied after 30 seconds.")

    def _save(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(
            self, "Save the recovery code", "recovery-code.txt", "Text (*.txt)"
        )
        if name:
            self.save_to(Path(name))

    def save_to(self, target: Path) -> None:
        """Write the sheet to ``target`` and say how it went."""
        try:
            write_sheet(target, self._lines)
        except OSError as error:
            reason = error.strerror or "no reason given"
            self._note.setText(f"Not saved: {reason}. Choose another place.")
        else:
            self._note.setText("Saved. Move the file away from this computer.")

    def _print(self) -> None:
        # Loaded on demand: the unlock window must paint before the printing system is asked.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415

        printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            painter = QPainter(printer)
            pixels = printer.pageLayout().paintRectPixels(printer.resolution())
            paint_sheet(painter, QRect(0, 0, pixels.width(), pixels.height()), self._lines)
            painter.end()
            self._note.setText("Sent to the printer. Check that the code can be read.")
