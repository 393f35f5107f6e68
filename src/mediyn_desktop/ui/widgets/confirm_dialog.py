# SPDX-License-Identifier: MIT
"""Asks before something that cannot simply be undone."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel


class ConfirmDialog(Dialog):
    """A question, what it leads to, and two buttons named by what they do.

    Connect ``accepted`` and call ``open()``. When ``risky``, Enter chooses the safe way out.
    """

    def __init__(
        self,
        question: str,
        consequence: str,
        verb: str,
        *,
        cancel: str = "Cancel",
        risky: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(question, parent)
        self.body.addWidget(PlainLabel(consequence, wrap=True))
        self.cancel_button: Button = SecondaryButton(cancel, self.reject)
        self.confirm_button: Button = PrimaryButton(verb, self.accept)
        safe = self.cancel_button if risky else self.confirm_button
        self.set_buttons(self.cancel_button, self.confirm_button, default=safe)
        safe.setFocus()
