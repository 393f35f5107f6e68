# SPDX-License-Identifier: MIT
"""How claims travel: the way, the files that went out, and the files that came."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.claims import connection, mail_list, mailing
from mediyn_desktop.claims.mail_list import InboxRow, Mail
from mediyn_desktop.claims.mailing import Fetched
from mediyn_desktop.claims.outbox import CLAIMS, HandOver, OutboxRow
from mediyn_desktop.claims.sending import Exported
from mediyn_desktop.claims.story import FileLine
from mediyn_desktop.claims.transports.protocol import Step
from mediyn_desktop.core.steps import GoOn
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.braked_bar import BrakedBar
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.claims.file_dialog import FileDialog
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.screens.claims.way_dialogs import (
    HostKeyDialog,
    SettleFileDialog,
    StepsDialog,
)
from mediyn_desktop.ui.screens.claims.way_form import Way, WayDialog, way
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

T = TypeVar("T")
_WAYS = {
    "folder": "Claims are written into a folder; you carry them to your clearinghouse.",
    "sandbox": "Claims go to a made-up clearinghouse on this computer, for trying things out.",
    "sftp": "Claims go to the mailbox of {name} (SFTP).",
    "https": "Claims go to {name} over the web (HTTPS).",
}
_HAND_OVER = {
    HandOver.WAITING: Status("Waiting to go", Tone.INFO),
    HandOver.HANDING_OVER: Status("In doubt", Tone.WARN),
    HandOver.UNKNOWN: Status("In doubt", Tone.WARN),
    HandOver.SENT: Status("Sent", Tone.OK),
    HandOver.REFUSED: Status("Refused", Tone.BAD),
}
_IN_DOUBT = (HandOver.HANDING_OVER, HandOver.UNKNOWN)
_CAME = {
    "unread": Status("Not read yet", Tone.INFO),
    "read": Status("Read", Tone.OK),
    "posted": Status("Posted", Tone.OK),
    "partly_posted": Status("Answers wait", Tone.WARN),
    "held": Status("Held", Tone.WARN),
    "duplicate": Status("Came before", Tone.NEUTRAL),
    "unreadable": Status("Not readable", Tone.BAD),
}


def _when(row: OutboxRow) -> str:
    return wording.moment(row.ended_at) if row.ended_at is not None else wording.NOTHING


_FILES = (
    Column("Went out", _when, width=184, spare=2),
    Column("File", lambda row: row.name, least=180),
    Column("Where", lambda row: row.place, width=220, muted=True, spare=1),
    status_column("Hand-over", lambda row: _HAND_OVER[row.state], width=150),
)
_ARRIVED = (
    Column("Came", lambda row: wording.moment(row.received_at), width=184),
    Column("File", lambda row: row.name, least=180),
    Column("From", lambda row: row.came_by, width=220, muted=True, spare=1),
    status_column("What it was", lambda row: wording.state(_CAME, row.status), width=150),
)
_STOPPED = "Stopped."
_OFFLINE = "You work offline. Nothing was tried"


class ClearinghousePage(Page):
    """Above the files that went out, below those that came; Enter on a line shows what it says."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._mail: Mail | None = None
        self._busy = False
        self.bar = BrakedBar("On the way", "Connecting", "Finishing the file under way")
        self.way = PlainLabel("", wrap=True)
        self.set_up_button: Button = SecondaryButton("Set up…", self.set_up)
        self.test_button: Button = SecondaryButton("Test the connection", self.test)
        self.key_button: Button = SecondaryButton("Server's key…", self.compare_key)
        self.send_button: Button = SecondaryButton("Send now", self.send)
        self.fetch_button: Button = SecondaryButton("Fetch now", self.fetch)
        self.files = RowsModel(_FILES, lambda row: row.submission_id)
        self.file_table = RecordTable("Claim files", self.files)
        self._no_files = EmptyState("claims", "No claim file yet", "Files that went out are here.")
        self.said = PlainLabel("", wrap=True)
        self.arrived: Button = SecondaryButton("It arrived…", lambda: self.settle(arrived=True))
        self.again: Button = SecondaryButton("Send again…", lambda: self.settle(arrived=False))
        self.out_button: Button = SecondaryButton("What it says…", self.show_sent)
        self.came = RowsModel(_ARRIVED, lambda row: row.id)
        self.inbox_table = RecordTable("Files that came", self.came)
        self._none_came = EmptyState("claims", "Nothing came yet", "Answers of insurers are here.")
        self.told = PlainLabel("", wrap=True)
        self.in_button: Button = SecondaryButton("What it says…", self.show_came)
        self.out_button.setAccessibleName("What the claim file says…")
        self.in_button.setAccessibleName("What the file that came says…")
        context.shell.before_closing(self.bar.ask_to_stop)  # what is under way is finished first
        self._lay_out()
        self.file_table.current_changed.connect(lambda _file: self._offer())
        self.file_table.opened.connect(lambda _file: self.show_sent())
        self.inbox_table.current_changed.connect(lambda _file: self._offer())
        self.inbox_table.opened.connect(lambda _file: self.show_came())
        self._offer()

    def _lay_out(self) -> None:
        above, middle, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (above, middle, below):
            row.setSpacing(8)
        above.addWidget(self.way, 1)
        for button in (
            self.set_up_button,
            self.test_button,
            self.key_button,
            self.fetch_button,
            self.send_button,
        ):
            above.addWidget(button)
        middle.addWidget(self.said, 1)
        for button in (self.arrived, self.again, self.out_button):
            middle.addWidget(button)
        below.addWidget(self.told, 1)
        below.addWidget(self.in_button)
        self.column.addLayout(above)
        self.column.addWidget(self.bar)
        self.column.addWidget(PlainLabel("Files that went out", "muted"))
        self.column.addWidget(self.file_table, 1)
        self.column.addLayout(middle)
        self.column.addWidget(PlainLabel("Files that came", "muted"))
        self.column.addWidget(self.inbox_table, 1)
        self.column.addLayout(below)

    # -- what is shown

    def reload(self) -> None:
        self.context.read(mail_list.mail, self._show, label="Look at the outbox")

    def take_focus(self) -> None:
        self.file_table.setFocus()

    def _show(self, found: Mail) -> None:
        self._mail = found
        words = _WAYS.get(found.kind, _WAYS["folder"])
        waiting = wording.counted(found.waiting, "claim waits", "claims wait")
        going = f" {waiting} to go out." if found.waiting else ""
        self.way.setText(words.format(name=found.name or "your clearinghouse") + going)
        for table, model, rows, empty in (
            (self.file_table, self.files, found.out, self._no_files),
            (self.inbox_table, self.came, found.came, self._none_came),
        ):
            model.set_rows(rows)
            if empty.parent() is None:
                table.set_empty(empty)
            if table.current_id() is None and rows:
                table.selectRow(0)
        self._offer()
        doubt = sum(row.state in _IN_DOUBT for row in found.out)
        words = f", {doubt} in doubt" if doubt else ""
        files = sum(row.holds == CLAIMS for row in found.out)
        self.counted.emit(f"{wording.counted(files, 'claim file')}{words}")

    def file(self) -> OutboxRow | None:
        """Return the chosen claim file."""
        ident = self.file_table.current_id()
        row = self.files.position(ident) if ident is not None else None
        return None if row is None else self.files.row_at(row)

    def letter(self) -> InboxRow | None:
        """Return the chosen file that came."""
        ident = self.inbox_table.current_id()
        row = self.came.position(ident) if ident is not None else None
        return None if row is None else self.came.row_at(row)

    def _offer(self) -> None:
        row, came = self.file(), self.letter()
        self.said.setText(row.message if row is not None else "")
        self.told.setText(came.message if came is not None else "")
        for button in (self.arrived, self.again):
            button.setVisible(row is not None and row.state in _IN_DOUBT)
        self.out_button.setVisible(row is not None)
        self.in_button.setVisible(came is not None)
        self.key_button.setVisible(self._mail is not None and self._mail.kind == "sftp")
        for button in (self.test_button, self.key_button, self.send_button, self.fetch_button):
            button.setEnabled(not self._busy)

    # -- the way

    def set_up(self) -> None:
        """Open the form of the way."""
        self.context.read(way, self._open_form, label="Look at the way")

    def _open_form(self, found: Way) -> None:
        dialog = WayDialog(self.context, found, self)
        dialog.saved.connect(self.context.shell.say)
        dialog.open_once()

    def test(self) -> None:
        """Try the connection step by step; no claim is sent."""
        store = self.context.store
        self._off_line_or(
            "Test the connection", lambda: connection.test_connection(store), self._tested
        )

    def _off_line_or(
        self, label: str, work: Callable[[], object], done: Callable[..., object]
    ) -> None:
        """Do ``work``, which asks the network, unless the user works offline."""
        if self.context.offline:
            self.context.shell.say(_OFFLINE)
            return
        self._run(label, work, done)

    def _run(self, label: str, work: Callable[[], object], done: Callable[..., object]) -> None:
        if self._busy:
            return
        self._busy = True
        self._offer()
        self.context.run(label, work, done=partial(self._ended, done), failed=self._failed)

    def _ended(self, done: Callable[..., object], result: object) -> None:
        self._busy = False
        self._offer()
        done(result)

    def _failed(self, _error: Exception) -> bool:
        self._busy = False
        self._offer()
        return False

    def _tested(self, steps: list[Step]) -> None:
        is_sftp = self._mail is not None and self._mail.kind == "sftp"
        dialog = StepsDialog(steps, self, has_key=is_sftp)
        dialog.key_asked.connect(self.compare_key)
        dialog.open_once()

    def compare_key(self) -> None:
        """Ask the server for its key, to be compared and accepted."""
        store = self.context.store
        self._off_line_or(
            "Ask for the server's key", lambda: connection.shown_host_key(store), self._show_key
        )

    def _show_key(self, shown: str) -> None:
        pinned = self._mail.host_key if self._mail is not None else ""
        dialog = HostKeyDialog(self.context, shown, pinned, self)
        dialog.saved.connect(self.context.shell.say)
        dialog.open_once()

    def _travel(
        self, label: str, words: str, work: Callable[[GoOn], T], done: Callable[[T, str], object]
    ) -> None:
        """Do ``work`` that ends between two files once Stop is pressed.

        ``done`` is told what came of it, and whether and how it was stopped, in a sentence.
        """
        if self._busy:
            return
        self._busy = True
        self._offer()
        brake = self.bar.start(_STOPPED)

        def ended(result: T) -> None:
            late = self.bar.end()
            self._ended(lambda found: done(found, _STOPPED if brake.felt else late), result)

        def failed(error: Exception) -> bool:
            self.bar.end()
            return self._failed(error)

        self.context.run(
            label,
            lambda steps: work(brake.between(steps.step)),
            done=ended,
            failed=failed,
            progress=self.bar.telling(words),
        )

    def send(self) -> None:
        """Send what waits."""
        store, offline = self.context.store, self.context.offline
        self._travel(
            "Send claims",
            "Sending",
            lambda go_on: mailing.send_now(store, offline=offline, go_on=go_on),
            self._sent,
        )

    def _sent(self, files: list[Exported], stopped: str) -> None:
        self.reload()
        odd = [one.message for one in files if one.state is not HandOver.SENT]
        claims = sum(len(one.control_numbers) for one in files if one.state is HandOver.SENT)
        if stopped == _STOPPED:
            odd.append("What was not sent waits.")
        elif not files:
            self.context.shell.say(" ".join(filter(None, (stopped, "No claim was waiting"))))
            return
        words = [f"{wording.counted(claims, 'claim')} sent"] if claims or not odd else []
        if words and odd:
            words[0] += "."
        self.context.shell.say(" ".join(filter(None, (stopped, *words, *odd))))

    def fetch(self) -> None:
        """Fetch what waits in the mailbox, and act on it."""
        store, offline = self.context.store, self.context.offline
        self._travel(
            "Fetch answers",
            "Fetching",
            lambda go_on: mailing.fetch_now(store, offline=offline, go_on=go_on),
            self._fetched,
        )

    def _fetched(self, found: Fetched, stopped: str) -> None:
        self.reload()
        new = sum(one.is_new for one in found.found.taken)
        words = f"{wording.counted(new, 'file')} fetched" if new else "Nothing new came"
        left = [f"{name} was left: {why}" for name, why in found.found.left]
        waits = sum(one.needs_you for one in found.reports)
        if waits:
            left.append(f"{wording.counted(waits, 'file needs', 'files need')} you.")
        if stopped == _STOPPED:
            left.append("The rest waits")
        told = ". ".join((words, *left))
        self.context.shell.say(" ".join(filter(None, (stopped, told))))

    # -- the files

    def settle(self, *, arrived: bool) -> None:
        """Ask a person who looked whether the chosen file arrived."""
        row = self.file()
        if row is not None and row.state in _IN_DOUBT:
            dialog = SettleFileDialog(self.context, row, arrived=arrived, parent=self)
            dialog.saved.connect(self.context.shell.say)
            dialog.open_once()

    def show_sent(self) -> None:
        """Show what the chosen claim file says."""
        row = self.file()
        if row is not None:
            number = row.submission_id
            self.context.read(
                lambda read: mail_list.sent_lines(read, number),
                partial(self._show_lines, row.name),
                label="Read the file",
            )

    def show_came(self) -> None:
        """Show what the chosen file that came says."""
        row = self.letter()
        if row is not None:
            number = row.id
            self.context.read(
                lambda read: mail_list.came_lines(read, number),
                partial(self._show_lines, row.name),
                label="Read the file",
            )

    def _show_lines(self, name: str, lines: list[FileLine]) -> None:
        if lines:
            FileDialog(name, lines, self).open_once()
        else:
            self.context.shell.say("Nothing in this file can be read. It is kept as it came")
