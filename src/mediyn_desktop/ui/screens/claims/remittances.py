# SPDX-License-Identifier: MIT
"""What insurers paid: each payment with its answers, opened, posted, taken back, posted again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.claims.payment_list import (
    DecisionRow,
    PaymentRow,
    decision_rows,
    payment_rows,
)
from mediyn_desktop.claims.posting import PaymentReport
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.steps import Step, silently
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.brake import Brake
from mediyn_desktop.ui.braked_bar import BrakedBar, BrakedDialog
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.ops import Canceled, Task
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.screens.claims.rehearsal import (
    STOPPED,
    Rehearsal,
    RehearsalDialog,
    look,
    steps_on,
)
from mediyn_desktop.ui.screens.claims.verbs import Subject
from mediyn_desktop.ui.screens.claims.words import PAYMENTS, RESULTS
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.undo import doing

_NONE = (
    "claims",
    "No payment of an insurer yet",
    "Open an answer file, or drop it here: you see what it would do before it is posted.",
)

_NOTHING_POSTED = (
    "claims",
    "Nothing of it is posted",
    "“Post again” does what the file says.",
)
STAYS_POSTED = "Stopped. Nothing was taken back: everything is posted as before."
_FILES = "Answer files (*.835 *.999 *.277* *.271 *.ta1 *.x12 *.edi *.txt *.zip);;All files (*)"


def _state(row: PaymentRow) -> Status:
    if row.state == "posted" and row.waiting:
        return wording.state(PAYMENTS, "partly_posted")
    return wording.state(PAYMENTS, row.state)


_PAYMENTS = (
    Column("Paid on", lambda row: wording.day(row.paid_on), width=112),
    Column("Insurer", lambda row: row.payer, least=130),
    Column("Number", lambda row: row.trace, width=150, muted=True, spare=1),
    Column("File", lambda row: row.file, width=170, muted=True, spare=2),
    Column("Amount", lambda row: format_cents(row.amount_cents), "right", width=104),
    status_column("State", _state, width=150),
)
_DECISIONS = (
    Column("Client", lambda row: row.client_name or row.control_number, least=130),
    Column("Charge", lambda row: format_cents(row.charge_cents), "right", width=96, spare=1),
    Column("Paid", lambda row: wording.amount(row.paid_cents), "right", width=92),
    Column("Client owes", lambda row: wording.amount(row.client_cents), "right", width=104),
    Column("Written off", lambda row: wording.amount(row.write_off_cents), "right", width=104),
    status_column(
        "What",
        lambda row: wording.state(RESULTS, "held" if row.state == "held" else row.outcome),
        width=156,
    ),
)


def _standing(row: PaymentRow) -> str:
    if row.state != "undone":
        return row.message
    return f"Nothing of it is posted now. Why it was taken back: {row.message}."


class TakeBackDialog(BrakedDialog, CorrectingDialog):
    """Takes the posting of a payment back, by reversal; stopped on its way, all of it stays."""

    def __init__(self, context: Context, row: PaymentRow, parent: QWidget | None = None) -> None:
        title = "Take the posting back"
        super().__init__(context, title, title, parent)
        self._payment = row
        whose = f"{row.payer}, {wording.day(row.paid_on)}, {format_cents(row.amount_cents)}"
        self.body.addWidget(PlainLabel(whose, "strong", wrap=True))
        self.why = self.add_reason("It was for another practice", needed=True)
        self.bar = BrakedBar("Taking back", "Taking back", "Leaving everything posted")
        self.body.addWidget(self.bar)
        self.finish()
        self.why.setFocus()

    def foresee(self) -> Foreseen:
        return Foreseen(
            "Everything posted for it is reversed, with entries of today. The file is kept, and "
            "it can be posted again.",
            self._take_back,
            "Taken back. It can be posted again",
        )

    def _take_back(self, uow: UnitOfWork, why: str, step: Step = silently) -> object:
        return doing.take_posting_back(uow, self._payment.id, reason=why, step=step)

    def carry_out(self, _work: object, why: str, said: str) -> None:
        brake = self.bar.start(STAYS_POSTED)
        self._context.write(
            self._label,
            lambda uow, steps: self._take_back(uow, why, brake.over(steps.step)),
            done=lambda _result: self._done(" ".join(filter(None, (self.bar.end(), said)))),
            failed=self._not_taken_back,
            progress=self.bar.telling("Taking back"),
        )

    def _not_taken_back(self, error: Exception) -> bool:
        self.bar.end()
        return self._refused(error)


class RemittancesPage(Page):
    """The payments above, the answers of the current one below. A file may be dropped anywhere."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setAcceptDrops(True)
        self._reading: Task | None = None
        self.bar = BrakedBar("Looking into the file", "Reading", "Taking back what was begun")
        self._empty, self._none = EmptyState(*_NONE), EmptyState(*_NOTHING_POSTED)
        self.model = RowsModel(_PAYMENTS, lambda row: row.id)
        self.table = RecordTable("Payments of insurers", self.model)
        self.answers = RowsModel(_DECISIONS, lambda row: row.id)
        self.answer_table = RecordTable("Answers in this payment", self.answers)
        self.said = PlainLabel("", wrap=True)
        self.open_button: Button = PrimaryButton("Open an answer file…", self.ask_file)
        self.back_button: Button = SecondaryButton("Take back…", self.ask_take_back)
        self.again_button: Button = SecondaryButton("Post again", self.post_again)
        self.about_button: Button = SecondaryButton("This is about claim…", self._ask_about)
        self._lay_out()
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _row: self._usual())
        self.answer_table.current_changed.connect(lambda _row: self._explain())
        self.answer_table.opened.connect(lambda _row: self._ask_about())
        self._offer()

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(8)
        words = "You see what a file would do before anything is posted."
        above.addWidget(ElidedLabel(words, "muted"), 1)
        for button in (self.back_button, self.again_button, self.open_button):
            above.addWidget(button)
        below.addWidget(self.about_button)
        below.addStretch(1)
        self.beneath = QWidget()
        beneath = QVBoxLayout(self.beneath)
        beneath.setContentsMargins(0, 0, 0, 0)
        beneath.setSpacing(8)
        beneath.addWidget(self.answer_table, 1)
        beneath.addWidget(self.said)
        beneath.addLayout(below)
        self.beneath.hide()
        self.column.addLayout(above)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.beneath, 1)

    def reload(self) -> None:
        self.context.read(payment_rows, self._show, label="Load payments")

    def take_focus(self) -> None:
        self.table.setFocus()

    # -- what is shown

    def _show(self, rows: list[PaymentRow]) -> None:
        self.model.set_rows(rows)
        if self._empty.parent() is None:  # not before the first answer: nothing is known till then
            self.table.set_empty(self._empty)
        self.beneath.setVisible(bool(rows))
        if self.table.current_id() is None and rows:
            self.table.selectRow(0)
        else:
            self._choose(self.table.current_id())
        total = sum(row.amount_cents for row in rows if row.state == "posted")
        posted = f" · {format_cents(total)} posted" if total else ""
        self.counted.emit(f"{wording.counted(len(rows), 'payment')}{posted}" if rows else "")

    def current(self) -> PaymentRow | None:
        """Return the chosen payment."""
        ident = self.table.current_id()
        row = self.model.position(ident) if ident is not None else None
        return None if row is None else self.model.row_at(row)

    def answer(self) -> DecisionRow | None:
        """Return the chosen answer of the payment."""
        ident = self.answer_table.current_id()
        row = self.answers.position(ident) if ident is not None else None
        return None if row is None else self.answers.row_at(row)

    def _choose(self, ident: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._offer()
        if not isinstance(ident, int):
            self._show_answers(None, [])
            return
        self._reading = self.context.read(
            lambda read: decision_rows(read, ident),
            partial(self._show_answers, ident),
            label="Show payment",
        )

    def _show_answers(self, ident: int | None, rows: list[DecisionRow]) -> None:
        if ident == self.table.current_id():
            self.answers.set_rows(rows)
            if self._none.parent() is None:
                self.answer_table.set_empty(self._none)
            if rows and self.answer_table.current_id() is None:
                self.answer_table.selectRow(0)
            self._explain()

    def _usual(self) -> None:
        """Go to the answers; where nothing is posted, to what posts them."""
        button = self.again_button
        (button if button.isVisible() else self.answer_table).setFocus()

    def _explain(self) -> None:
        one, payment = self.answer(), self.current()
        words = (one.message if one is not None else "") or (_standing(payment) if payment else "")
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self._offer()

    def _offer(self) -> None:
        row, one = self.current(), self.answer()
        self.back_button.setVisible(row is not None and row.state == "posted")
        self.again_button.setVisible(row is not None and row.state != "posted")
        self.about_button.setVisible(one is not None and bool(one.task))

    def subject(self) -> Subject | None:
        one, payment = self.answer(), self.current()
        if one is None or payment is None or not one.task:
            return None
        about = f"{payment.payer}: {format_cents(one.paid_cents)} paid for {one.control_number}"
        return Subject(about, task=one.task)

    def offered(self) -> tuple[str, ...]:
        return ("retry", "dismiss") if self.subject() is not None else ()

    # -- what can be done

    def _ask_about(self) -> None:
        if self.offered():
            self.verb_asked.emit("retry")

    def ask_file(self) -> None:
        """Ask for answer files, and show what they would do."""
        names, _kind = QFileDialog.getOpenFileNames(self, "Open answer files", "", _FILES)
        self.look_into([Path(name) for name in names])

    def look_into(self, paths: Sequence[Path]) -> None:
        """Show what the files at ``paths`` would do; nothing is changed by that."""
        if not paths or self.bar.under_way:
            return
        store, brake = self.context.store, self._began()
        self.context.ops.run(
            "Look into the file",
            lambda steps: look(store, paths, brake.over(steps.step)),
            done=self._show_rehearsal,
            failed=self._stopped,
            progress=steps_on(self.bar),
        )

    def _began(self) -> Brake:
        self.open_button.setEnabled(False)
        return self.bar.start(STOPPED)

    def _over(self) -> str:
        self.open_button.setEnabled(True)
        return self.bar.end()

    def _stopped(self, error: Exception) -> bool:
        self._over()
        if isinstance(error, Canceled):
            self.context.shell.say(error.message)
        return False

    def _show_rehearsal(self, found: Rehearsal) -> None:
        self._over()
        dialog = RehearsalDialog(self.context, found, self)
        dialog.posted.connect(self._say_posted)
        dialog.open_once()

    def _say_posted(self, sentence: str) -> None:
        self.context.shell.say(sentence, undo=True)
        self.table.setFocus()

    def ask_take_back(self) -> None:
        """Ask why the posting of the chosen payment is taken back."""
        row = self.current()
        if row is not None and row.state == "posted":
            dialog = TakeBackDialog(self.context, row, self)
            dialog.saved.connect(partial(self.context.shell.say, undo=True))
            dialog.open_once()

    def post_again(self) -> None:
        """Post the chosen payment, after it was taken back or what held it was mended."""
        row = self.current()
        if row is None or row.state == "posted" or self.bar.under_way:
            return
        number, brake = row.id, self._began()
        self.context.write(
            "Post again",
            lambda uow, steps: doing.post_payment_again(uow, number, step=brake.over(steps.step)),
            done=self._posted_again,
            failed=self._stopped,
            progress=steps_on(self.bar),
        )

    def _posted_again(self, report: PaymentReport) -> None:
        late = self._over()
        posted = report.status in ("posted", "partly_posted")
        said = " ".join(filter(None, (late, report.message or "Posted again")))
        self.context.shell.say(said, undo=posted)
        self.table.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        self.look_into([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])
