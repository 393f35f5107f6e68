# SPDX-License-Identifier: MIT
"""An answer file before it is posted: what it would change in the books, claim by claim."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mediyn_desktop.claims.answers import FileReport, take_and_act
from mediyn_desktop.claims.posting_claims import ClaimResult
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.claims.words import RESULTS
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.ui.wording import signed

Named = tuple[bytes, str]
"""The content of a file, and its name."""

_CLAIMS = (
    Column("Claim", lambda pair: pair[1].control_number, width=150),
    Column("Charge", lambda pair: format_cents(pair[1].charge_cents), "right", width=96, spare=1),
    Column("Paid", lambda pair: wording.amount(pair[1].paid_cents), "right", width=92),
    Column("Client", lambda pair: wording.amount(pair[1].patient_cents), "right", width=92),
    Column("Written off", lambda pair: wording.amount(pair[1].writeoff_cents), "right", width=104),
    status_column("What", lambda pair: wording.state(RESULTS, pair[1].status), width=156),
    Column("Why", lambda pair: pair[1].reason or "", least=120),
)
_BOOKS = (
    Column("Account", lambda pair: pair[1].words),
    Column("Changes by", lambda pair: signed(pair[1].cents), "right", width=130),
)


class RehearsalDialog(Dialog):
    """Nothing is changed until “Post”; what cannot be posted is kept and waits, with the reason."""

    posted = Signal(str)
    """A sentence about what was posted."""

    def __init__(
        self,
        context: Context,
        files: Sequence[Named],
        reports: Sequence[FileReport],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("What this file would do", parent, width=880)
        self._context, self._files = context, list(files)
        claims = [one for report in reports for one in report.claims]
        books = [one for report in reports for one in report.moved_words]
        self.said = PlainLabel("\n".join(map(summary, reports)), "strong", wrap=True)
        self.notes = PlainLabel("\n".join(_notes(reports)), wrap=True)
        self.notes.setVisible(bool(self.notes.text()))
        self.claims = RowsModel(_CLAIMS, lambda pair: pair[0], list(enumerate(claims)))
        self.books = RowsModel(_BOOKS, lambda pair: pair[0], list(enumerate(books)))
        self.table = RecordTable("What it says about each claim", self.claims)
        self.difference = RecordTable("How the books would change", self.books)
        self.why = PlainLabel("", wrap=True)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self._cancel: Button = SecondaryButton("Do nothing", self.reject)
        self.save: Button = PrimaryButton("Post", self._post)
        known = all(one.status == "duplicate" for one in reports)
        self.save.setVisible(not known)
        self._cancel.set_caption("Close" if known else "Do nothing")
        self._lay_out(claims, known=known)

    def _lay_out(self, claims: Sequence[ClaimResult], *, known: bool) -> None:
        self.body.addWidget(self.said)
        self.body.addWidget(self.notes)
        if claims:
            self.table.setMinimumHeight(scaled(200))
            self.body.addWidget(self.table, 2)
            self.body.addWidget(self.why)
            self.table.current_changed.connect(self._explain)
            self.table.selectRow(0)
            self.table.setFocus()
        if self.books.rowCount():
            self.difference.setMinimumHeight(scaled(150))
            self.body.addWidget(PlainLabel("How the books would change", "muted"))
            self.body.addWidget(self.difference, 1)
        self.body.addWidget(self._problem)
        default = self._cancel if known else self.save
        self.set_buttons(self._cancel, self.save, default=default)

    def _explain(self, place: object) -> None:
        row = self.claims.position(place) if isinstance(place, int) else None
        pair: tuple[int, ClaimResult] | None = None if row is None else self.claims.row_at(row)
        self.why.setText((pair[1].reason or "") if pair is not None else "")

    @property
    def problem(self) -> str:
        """Why it was not posted, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def _post(self) -> None:
        self.save.setEnabled(False)
        store, files = self._context.store, self._files
        self._context.run(
            "Post answers",
            lambda: [take_and_act(store, content, name) for content, name in files],
            done=self._done,
            failed=self._refused,
        )

    def _done(self, reports: list[FileReport]) -> None:
        self.posted.emit(" ".join(map(summary, reports)))
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.save.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self._problem.setText(error.message)
        self._problem.show()
        return True


def summary(one: FileReport) -> str:
    """Return what comes of a file, in a sentence."""
    held = sum(each.held for each in one.claims)
    money = format_cents(sum(each.amount_cents for each in one.payments))
    claims = wording.counted(len(one.claims), "claim")
    match one.status:
        case "posted":
            return f"{one.file}: {money} for {claims}, all of it posted."
        case "partly_posted":
            waits = wording.counted(held, "answer waits", "answers wait")
            return f"{one.file}: {money} for {claims}. {waits} for you, the rest is posted."
        case "held":
            return f"{one.file}: {money} is held. Nothing of it is posted until you looked."
        case "duplicate":
            return f"{one.file} came before. Nothing is posted again."
        case "read":
            return f"{one.file}: answers about {claims}. No money moves."
        case _:
            return f"{one.file} is no answer this program can read. It is kept as it came."


def _notes(reports: Sequence[FileReport]) -> list[str]:
    found = [payment.message for one in reports for payment in one.payments]
    found += [flaw for one in reports for flaw in one.flaws]
    found += [
        difference.sentence()
        for one in reports
        for payment in one.payments
        for difference in payment.differences
    ]
    return list(dict.fromkeys(filter(None, found)))[:6]
