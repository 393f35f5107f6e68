# SPDX-License-Identifier: MIT
"""How claims travel: the connection, files whose arrival is in doubt, the insurers' checklist."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.claims import connection, outbox, sending
from mediyn_desktop.claims.enrollment import (
    Enrolled,
    EnrollmentRow,
    Exchange,
    checklist,
    set_enrollment,
)
from mediyn_desktop.claims.outbox import HandOver, OutboxRow
from mediyn_desktop.claims.transports.protocol import Step
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_WAYS = {
    "folder": "Claims are written into a folder; you carry them to your clearinghouse.",
    "sandbox": "Claims go to a made-up clearinghouse on this computer, for trying things out.",
    "sftp": "Claims go to the mailbox of your clearinghouse (SFTP).",
    "https": "Claims go to your clearinghouse over the web (HTTPS).",
}
_HAND_OVER = {
    HandOver.WAITING: Status("Waiting to go", Tone.INFO),
    HandOver.HANDING_OVER: Status("In doubt", Tone.WARN),
    HandOver.UNKNOWN: Status("In doubt", Tone.WARN),
    HandOver.SENT: Status("Sent", Tone.OK),
    HandOver.REFUSED: Status("Refused", Tone.BAD),
}
_IN_DOUBT = (HandOver.HANDING_OVER, HandOver.UNKNOWN)
_EXCHANGES = {
    Exchange.CLAIMS: "Takes claims by computer",
    Exchange.REMITTANCE: "Sends remittances by computer",
    Exchange.ELIGIBILITY: "Answers coverage questions",
}
_ENROLLED = {
    Enrolled.NOT_NEEDED: Status("Not needed", Tone.NEUTRAL),
    Enrolled.TO_DO: Status("To do", Tone.WARN),
    Enrolled.SENT: Status("Form sent", Tone.INFO),
    Enrolled.APPROVED: Status("Approved", Tone.OK),
}
_FILES = (
    Column("File", lambda row: row.name, least=180),
    Column("Where", lambda row: row.place, width=220, muted=True, spare=1),
    status_column("Hand-over", lambda row: _HAND_OVER[row.state], width=150),
)
_CHECKLIST = (
    Column("Insurer", lambda row: row.payer_name, least=150),
    Column("What", lambda row: _EXCHANGES[row.exchange], width=230),
    Column("Since", lambda row: wording.day(row.approved_on or row.sent_on), width=112, spare=1),
    Column("Note", lambda row: row.note, width=180, muted=True, spare=2),
    status_column("State", lambda row: _ENROLLED[row.state], width=130),
)
_STEPS = (
    Column("Step", lambda pair: pair[1].label, width=150),
    status_column(
        "How it went",
        lambda pair: Status("Good", Tone.OK) if pair[1].ok else Status("Stopped here", Tone.BAD),
        width=130,
    ),
    Column("What was found", lambda pair: pair[1].sentence),
)


@dataclass(frozen=True, slots=True)
class Travel:
    """How claims travel: the kind of way, its files, and the checklist."""

    kind: str
    files: list[OutboxRow]
    insurers: list[EnrollmentRow]


def travel(read: Reading) -> Travel:
    """Return what the page shows."""
    kind = settings.get(read, settings.CLEARINGHOUSE_KIND)
    return Travel(kind, outbox.outbox(read), checklist(read))


class StepsDialog(Dialog):
    """What the connection test found, step by step; the last one says what to do."""

    def __init__(self, steps: list[Step], parent: QWidget | None = None) -> None:
        super().__init__("Connection test", parent, width=720)
        self.model = RowsModel(_STEPS, lambda pair: pair[0], list(enumerate(steps)))
        self.table = RecordTable("Steps of the test", self.model)
        self.table.setMinimumHeight(scaled(200))
        last = steps[-1]
        good = "Everything works. No claim was sent." if last.ok else last.sentence
        self.said = PlainLabel(good, wrap=True)
        close: Button = PrimaryButton("Close", self.accept)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.said)
        self.set_buttons(close, default=close)
        self.table.selectRow(len(steps) - 1)
        self.table.setFocus()


class SettleFileDialog(CorrectingDialog):
    """A person looked whether a file arrived, and says so."""

    undoable = False

    def __init__(
        self, context: Context, row: OutboxRow, *, arrived: bool, parent: QWidget | None = None
    ) -> None:
        title = "It did arrive" if arrived else "Send it again"
        super().__init__(context, title, title, parent)
        self._file, self._arrived = row, arrived
        self.body.addWidget(PlainLabel(row.name, "strong", wrap=True))
        self.body.addWidget(PlainLabel(row.message, "muted", wrap=True))
        self.looked = self.add_tick("I looked on the clearinghouse's site")
        self.finish()
        self.looked.setFocus()

    def foresee(self) -> Foreseen:
        number = self._file.submission_id
        if not self.looked.isChecked():
            return unfinished("Look there first: a file that is sent twice bills twice.")
        if self._arrived:
            return Foreseen(
                "Its claims count as sent. Nothing is sent again.",
                lambda uow, _why: sending.file_arrived(
                    uow, number, "You saw it on the clearinghouse's site."
                ),
                "Noted: it arrived",
            )
        return Foreseen(
            "The same file goes out once more.",
            lambda uow, _why: outbox.send_again(uow, number),
            "It goes out again",
        )


class EnrollmentDialog(CorrectingDialog):
    """Notes where an enrollment stands, since when, and a line about it."""

    undoable = False

    def __init__(self, context: Context, row: EnrollmentRow, parent: QWidget | None = None) -> None:
        super().__init__(context, "Note an enrollment", "Save", parent)
        self._line = row
        words = f"{row.payer_name}: {_EXCHANGES[row.exchange].lower()}"
        self.body.addWidget(PlainLabel(words, "strong", wrap=True))
        entries = [(status.word, state) for state, status in _ENROLLED.items()]
        self.state = choice(list(entries), row.state)
        self.on = DateEdit(lambda: context.clock.now().date())
        self.note = self.add_text("Note (optional)", "Form sent by fax")
        self.add_row(FormField("It stands at", self.state), FormField("On (blank: today)", self.on))
        self.add_row(self.note)
        self.finish()
        self.state.setFocus()

    def foresee(self) -> Foreseen:
        row, state, on = self._line, Enrolled(self.state.currentData()), self.on.date()
        assert isinstance(self.note.editor, QLineEdit)
        note = self.note.editor.text()

        def work(uow: UnitOfWork, _why: str) -> object:
            return set_enrollment(
                uow, row.payer_ref, row.exchange, state, on=on, note=note or row.note
            )

        return Foreseen("It is noted in the checklist. Nothing is sent.", work, "Noted")


class ClearinghousePage(Page):
    """Above the claim files, below the checklist; Enter on a line does what it waits for."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.way = PlainLabel("", wrap=True)
        self.test_button: Button = SecondaryButton("Test the connection", self.test)
        self.files = RowsModel(_FILES, lambda row: row.submission_id)
        self.file_table = RecordTable("Claim files", self.files)
        self._no_files = EmptyState("claims", "No claim file yet", "Files that went out are here.")
        self.said = PlainLabel("", wrap=True)
        self.arrived: Button = SecondaryButton("It arrived…", lambda: self.settle(arrived=True))
        self.again: Button = SecondaryButton("Send again…", lambda: self.settle(arrived=False))
        self.insurers = RowsModel(_CHECKLIST, lambda row: (row.payer_ref, row.exchange))
        self.checklist = RecordTable("Enrollment of insurers", self.insurers)
        self.note_button: Button = SecondaryButton("Note where it stands…", self.note)
        self._lay_out()
        self.file_table.current_changed.connect(lambda _file: self._offer())
        self.file_table.opened.connect(lambda _file: self.settle(arrived=True))
        self.checklist.opened.connect(lambda _line: self.note())
        self._offer()

    def _lay_out(self) -> None:
        above, middle, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (above, middle, below):
            row.setSpacing(8)
        above.addWidget(self.way, 1)
        above.addWidget(self.test_button)
        middle.addWidget(self.said, 1)
        middle.addWidget(self.arrived)
        middle.addWidget(self.again)
        below.addWidget(PlainLabel("What each insurer must have approved", "muted"), 1)
        below.addWidget(self.note_button)
        self.column.addLayout(above)
        self.column.addWidget(self.file_table, 2)
        self.column.addLayout(middle)
        self.column.addLayout(below)
        self.column.addWidget(self.checklist, 3)

    def reload(self) -> None:
        self.context.read(travel, self._show, label="Look at the outbox")

    def take_focus(self) -> None:
        self.file_table.setFocus()

    def _show(self, found: Travel) -> None:
        self.way.setText(_WAYS.get(found.kind, _WAYS["folder"]))
        self.files.set_rows(found.files)
        if self._no_files.parent() is None:
            self.file_table.set_empty(self._no_files)
        self.insurers.set_rows(found.insurers)
        for table, rows in ((self.file_table, found.files), (self.checklist, found.insurers)):
            if table.current_id() is None and rows:
                table.selectRow(0)
        self._offer()
        doubt = sum(row.state in _IN_DOUBT for row in found.files)
        words = f", {doubt} in doubt" if doubt else ""
        self.counted.emit(f"{wording.counted(len(found.files), 'claim file')}{words}")

    def file(self) -> OutboxRow | None:
        """Return the chosen claim file."""
        ident = self.file_table.current_id()
        row = self.files.position(ident) if ident is not None else None
        return None if row is None else self.files.row_at(row)

    def _offer(self) -> None:
        row = self.file()
        self.said.setText(row.message if row is not None else "")
        for button in (self.arrived, self.again):
            button.setVisible(row is not None and row.state in _IN_DOUBT)
        self.note_button.setEnabled(self.checklist.current_id() is not None)

    # -- what can be done

    def test(self) -> None:
        """Try the connection step by step; no claim is sent."""
        if self.context.offline:
            self.context.shell.say("You work offline. Nothing was tried")
            return
        self.test_button.setEnabled(False)
        store = self.context.store
        self.context.ops.run(
            "Test the connection",
            lambda: connection.test_connection(store),
            done=self._tested,
            failed=self._test_failed,
        )

    def _tested(self, steps: list[Step]) -> None:
        self.test_button.setEnabled(True)
        self._open(StepsDialog(steps, self))

    def _test_failed(self, _error: Exception) -> bool:
        self.test_button.setEnabled(True)
        return False

    def settle(self, *, arrived: bool) -> None:
        """Ask a person who looked whether the chosen file arrived."""
        row = self.file()
        if row is not None and row.state in _IN_DOUBT:
            dialog = SettleFileDialog(self.context, row, arrived=arrived, parent=self)
            dialog.saved.connect(self.context.shell.say)
            self._open(dialog)

    def note(self) -> None:
        """Ask where the chosen enrollment stands."""
        ident = self.checklist.current_id()
        place = self.insurers.position(ident) if ident is not None else None
        if place is not None:
            row = self.insurers.row_at(place)
            assert isinstance(row, EnrollmentRow)
            dialog = EnrollmentDialog(self.context, row, self)
            dialog.saved.connect(self.context.shell.say)
            self._open(dialog)

    def _open(self, dialog: Dialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
