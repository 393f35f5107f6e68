# SPDX-License-Identifier: MIT
"""Says what went wrong: a plain message, the stable code, and details for whoever asks."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel


class ErrorDialog(Dialog):
    """``message`` says what happened, what is safe and what to do; ``details`` are folded."""

    def __init__(
        self,
        heading: str,
        message: str,
        *,
        code: str,
        details: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading, parent)
        self._copied = f"{heading}\n{message}\n{code}\n{details}".strip()
        self.body.addWidget(PlainLabel(message, wrap=True))
        self.body.addWidget(PlainLabel(f"Code: {code}", "small"))
        self._details = QPlainTextEdit(details)
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setAccessibleName("Details")
        self._details.hide()
        self.body.addWidget(self._details)
        self._fold = SecondaryButton("Show details", self._toggle)
        self._copy: Button = SecondaryButton("Copy", self._copy_all)
        close = PrimaryButton("Close", self.accept)
        self.set_buttons(self._copy, close, default=close, left=self._fold)
        self._fold.setVisible(bool(details))
        close.setFocus()

    @classmethod
    def of(cls, label: str, error: UserFacingError, parent: QWidget | None = None) -> ErrorDialog:
        """Return the dialog for ``error``, met while doing ``label``."""
        return cls(f"“{label}” was not done", error.message, code=error.code, parent=parent)

    def _toggle(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._fold.set_caption("Hide details" if shown else "Show details")
        self.adjustSize()

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
