# SPDX-License-Identifier: MIT
"""An answer file before it is posted: what it would change in the books, claim by claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mediyn_desktop.claims.answers import FileReport, rehearse
from mediyn_desktop.claims.files_at_hand import content_at
from mediyn_desktop.claims.payment_list import client_names
from mediyn_desktop.claims.recording import ClaimResult
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.steps import Step
from mediyn_desktop.store.uow import Store
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.braked_bar import BrakedBar, BrakedDialog
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.ops import Canceled, Progress
from mediyn_desktop.ui.screens.claims.words import RESULTS
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.ui.wording import signed
from mediyn_desktop.undo import doing

Named = tuple[bytes, str]
"""The content of a file, and its name."""

STOPPED = "Stopped. Nothing was posted and nothing was changed."
_MOST_NOTES = 6
_NOTHING_POSTED = ("held", "unreadable", "duplicate")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Files, what they would do, and what the clients in them are called, by ref."""

    files: Sequence[Named]
    reports: Sequence[FileReport]
    names: Mapping[str, str] = field(default_factory=dict)

    def claims(self) -> list[ClaimResult]:
        """What the files say about each claim; what would wait for a person comes first."""
        found = [one for report in self.reports for one in report.claims]
        return sorted(found, key=lambda one: not one.held)

    def called(self, one: ClaimResult) -> str:
        """The client's name, or the number where no client is known."""
        return self.names.get(one.client or "") or one.control_number


def look(store: Store, paths: Sequence[Path], step: Step) -> Rehearsal:
    """Read the files at ``paths`` and do what they ask for, and undo it.

    Raises:
        UserFacingError: one of them cannot be read.
    """
    files = [(content_at(path, step=step), path.name) for path in paths]
    reports = rehearse(store, files, step=step)
    refs = {one.client for report in reports for one in report.claims if one.client}
    with store.read() as read:
        return Rehearsal(files, reports, client_names(read, refs))


_BOOKS = (
    Column("Account", lambda pair: pair[1].words),
    Column("Changes by", lambda pair: signed(pair[1].cents), "right", width=130),
)


def _columns(found: Rehearsal) -> tuple[Column, ...]:
    return (
        Column("Client", lambda pair: found.called(pair[1]), least=130),
        Column(
            "Charge", lambda pair: wording.amount(pair[1].charge_cents), "right", width=96, spare=1
        ),
        Column("Paid", lambda pair: wording.amount(pair[1].paid_cents), "right", width=92),
        Column(
            "Client owes", lambda pair: wording.amount(pair[1].patient_cents), "right", width=104
        ),
        Column(
            "Written off", lambda pair: wording.amount(pair[1].writeoff_cents), "right", width=104
        ),
        status_column("What", lambda pair: wording.state(RESULTS, pair[1].status), width=156),
        Column("Why", lambda pair: pair[1].reason or "", width=200, spare=2),
    )


class RehearsalDialog(BrakedDialog):
    """Nothing is changed until “Post”; what cannot be posted is kept and waits, with the reason.

    Posting is one step: stopped on its way, nothing of any file is taken in.
    """

    posted = Signal(str)
    """A sentence about what was posted, or kept."""

    def __init__(self, context: Context, found: Rehearsal, parent: QWidget | None = None) -> None:
        super().__init__("What this file would do", parent, width=880)
        self._context, self._files = context, list(found.files)
        reports = found.reports
        claims = found.claims()
        books = [one for report in reports for one in report.moved_words]
        told = [summary(one, is_done=False) for one in reports]
        self.said = PlainLabel("\n".join(told), "strong", wrap=True)
        self.notes = PlainLabel("\n".join(_notes(reports)), wrap=True)
        self.notes.setVisible(bool(self.notes.text()))
        self.claims = RowsModel(_columns(found), lambda pair: pair[0], list(enumerate(claims)))
        self.books = RowsModel(_BOOKS, lambda pair: pair[0], list(enumerate(books)))
        self.table = RecordTable("What it says about each claim", self.claims)
        self.difference = RecordTable("How the books would change", self.books)
        self.why = PlainLabel("", wrap=True)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self.bar = BrakedBar("Posting", "Reading", "Taking back what was begun")
        self._cancel: Button = SecondaryButton("Do nothing", self.reject)
        self.save: Button = PrimaryButton("Post", self._post)
        known = all(one.status == "duplicate" for one in reports)
        self.save.setVisible(not known)
        if all(one.status in _NOTHING_POSTED for one in reports):
            self.save.set_caption("Keep it for later")
        elif all(one.status in (*_NOTHING_POSTED, "read") for one in reports):
            self.save.set_caption("Take it in")
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
        self.body.addWidget(self.bar)
        default = self._cancel if known else self.save
        for table in (self.table, self.difference):  # Enter goes on, and never posts at once
            table.opened.connect(lambda _row: default.setFocus())
        self.set_buttons(self._cancel, self.save, default=default)
        if not claims:
            default.setFocus()

    def _explain(self, place: object) -> None:
        row = self.claims.position(place) if isinstance(place, int) else None
        pair: tuple[int, ClaimResult] | None = None if row is None else self.claims.row_at(row)
        self.why.setText(_why(pair[1]) if pair is not None else "")

    @property
    def problem(self) -> str:
        """Why it was not posted, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    # -- posting

    def _post(self) -> None:
        if self.bar.under_way:
            return
        brake, files = self.bar.start(STOPPED), self._files
        self._problem.hide()
        self._enable(False)
        self._context.write(
            "Post answers",
            lambda uow, steps: doing.post_answers(uow, files, step=brake.over(steps.step)),
            done=self._done,
            failed=self._refused,
            progress=steps_on(self.bar),
        )

    def _enable(self, on: bool) -> None:
        for button in (self._cancel, self.save):
            button.setEnabled(on)

    def _done(self, reports: list[FileReport]) -> None:
        late = self.bar.end()
        told = [late] if late else []
        self.posted.emit(" ".join([*told, *(summary(one, is_done=True) for one in reports)]))
        self.accept()

    def _refused(self, error: Exception) -> bool:
        self.bar.end()
        self._enable(True)
        self.save.setFocus()
        if not isinstance(error, UserFacingError):
            return False
        self._problem.setText(error.message)
        self._problem.setProperty("role", "strong" if isinstance(error, Canceled) else "problem")
        self._problem.style().unpolish(self._problem)
        self._problem.style().polish(self._problem)
        self._problem.show()
        return True


def steps_on(bar: BrakedBar) -> Progress:
    """Return what shows on ``bar`` how far a file is: read, or answer by answer."""

    def show(done: int, total: int) -> None:
        bar.step("Answer" if total else "Reading", done, total)

    return show


def summary(one: FileReport, *, is_done: bool) -> str:
    """Return what comes of a file, or came of it, in a sentence."""
    held = sum(each.held for each in one.claims)
    money = format_cents(sum(each.amount_cents for each in one.payments))
    claims = wording.counted(len(one.claims), "claim")
    match one.status:
        case "posted":
            all_of_it = "all of it posted" if is_done else "all of it can be posted"
            return f"{one.file}: {money} for {claims}, {all_of_it}."
        case "partly_posted":
            waits = wording.counted(held, "answer waits", "answers wait")
            if held == len(one.claims):
                words = "waits" if is_done else "would wait"
                return f"{one.file}: {money} for {claims}. All of it {words} for you."
            if is_done:
                return f"{one.file}: {money} for {claims}. {waits} for you, the rest is posted."
            waits = wording.counted(held, "answer")
            return (
                f"{one.file}: {money} for {claims}. {waits} would wait for you, the rest can be "
                "posted."
            )
        case "held":
            if is_done:
                return f"{one.file}: {money} is held. Nothing of it is posted until you looked."
            return f"{one.file}: {money}, and nothing of it can be posted as it is."
        case "duplicate":
            return f"{one.file} came before. Nothing is posted again."
        case "read":
            return f"{one.file}: answers about {claims}. No money moves."
        case _:
            kept = " It is kept as it came." if is_done else ""
            return f"{one.file} is no answer this program can read. Nothing is posted.{kept}"


def _why(one: ClaimResult) -> str:
    return " ".join(filter(None, (f"Claim {one.control_number}.", one.reason or "")))


def _notes(reports: Sequence[FileReport]) -> list[str]:
    """What is to be known of the files as a whole; what is about one claim stands beside it."""
    found = [payment.message for one in reports for payment in one.payments]
    found += [flaw for one in reports for flaw in one.flaws]
    found += [
        difference.sentence()
        for one in reports
        for payment in one.payments
        for difference in payment.differences
    ]
    told = list(dict.fromkeys(filter(None, found)))
    more = len(told) - _MOST_NOTES
    return [*told[:_MOST_NOTES], *([f"And {more} more of this kind."] if more > 0 else [])]
