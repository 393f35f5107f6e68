# SPDX-License-Identifier: MIT
"""Papers about a claim: the proof that it was filed, and a letter of appeal in one's own words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery import claim_papers
from mediyn_desktop.delivery.claim_papers import ClaimPaper
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.preview_dialog import PreviewDialog
from mediyn_desktop.ui.superbill_pdf import Pdf
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel

_LONGEST_GROUNDS = 2000


class LetterDialog(Dialog):
    """Asks for the grounds; the letter itself is shown before it is printed or saved."""

    written = Signal(object)
    """The letter."""

    def __init__(
        self, context: Context, number: str, about: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("Letter of appeal", parent, width=560)
        self._context, self._number = context, number
        self.body.addWidget(PlainLabel(about, "strong", wrap=True))
        self.body.addWidget(
            PlainLabel(
                "The letter holds what the insurer refused, when the claim was filed, and what "
                "speaks for it on file. Nothing clinical is in it unless you write it.",
                "muted",
                wrap=True,
            )
        )
        self.grounds = QPlainTextEdit()
        self.grounds.setTabChangesFocus(True)
        self.grounds.setFixedHeight(scaled(140))
        self.body.addWidget(FormField("Your grounds, in your own words (optional)", self.grounds))
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self.body.addWidget(self._problem)
        cancel: Button = SecondaryButton("Cancel", self.reject)
        self.show_button: Button = PrimaryButton("Show the letter", self._write)
        self.set_buttons(cancel, self.show_button, default=self.show_button)
        self.grounds.setFocus()

    @property
    def problem(self) -> str:
        """Why there is no letter, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def _write(self) -> None:
        words = self.grounds.toPlainText().strip()
        if len(words) > _LONGEST_GROUNDS:
            self._tell(f"At most {_LONGEST_GROUNDS:,} letters fit. Shorten it a little.")
            return
        number = self._number
        self.show_button.setEnabled(False)
        self._context.read(
            lambda read: claim_papers.letter_paper(read, number, words=words),
            self._done,
            failed=self._refused,
            label="Write the letter",
        )

    def _done(self, paper: ClaimPaper) -> None:
        self.accept()
        self.written.emit(paper)

    def _refused(self, error: Exception) -> bool:
        self.show_button.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._tell(error.message)
        return True

    def _tell(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.show()


def show_proof(context: Context, number: str, parent: QWidget) -> None:
    """Show the proof of filing of the claim ``number``, to print or to save."""
    context.read(
        lambda read: claim_papers.proof_paper(read, number),
        partial(_show, "Proof of filing", parent),
        label="Write the proof of filing",
    )


def ask_letter(context: Context, number: str, about: str, parent: QWidget) -> None:
    """Ask for the grounds of an appeal, and show the letter."""
    dialog = LetterDialog(context, number, about, parent)
    dialog.written.connect(partial(_show, "Letter of appeal", parent))
    dialog.open_once()


def _show(heading: str, parent: QWidget, paper: ClaimPaper) -> None:
    dialog = PreviewDialog(heading, Pdf(paper.content, paper.name), parent)
    dialog.open_once()
