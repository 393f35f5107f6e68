# SPDX-License-Identifier: MIT
"""The connection test, the server's key, and a person's word about a file in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mediyn_desktop.claims import connection, outbox, sending
from mediyn_desktop.claims.outbox import OutboxRow
from mediyn_desktop.claims.transports.protocol import Step
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, unfinished
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.claims.table_dialog import TableDialog
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.labels import PlainLabel

_STEPS = (
    Column("Step", lambda pair: pair[1].label, width=150),
    status_column(
        "How it went",
        lambda pair: Status("Good", Tone.OK) if pair[1].ok else Status("Stopped here", Tone.BAD),
        width=130,
    ),
    Column("What was found", lambda pair: pair[1].sentence),
)


class StepsDialog(TableDialog):
    """What the connection test found, step by step; the last one says what to do."""

    key_asked = Signal()
    """The server's key is to be looked at."""

    def __init__(
        self, steps: list[Step], parent: QWidget | None = None, *, has_key: bool = False
    ) -> None:
        super().__init__(
            "Connection test",
            "Steps of the test",
            _STEPS,
            lambda pair: pair[0],
            list(enumerate(steps)),
            parent,
            width=720,
            height=200,
        )
        last = steps[-1]
        good = "Everything works. No claim was sent." if last.ok else last.sentence
        self.said = PlainLabel(good, wrap=True)
        self.key_button: Button = SecondaryButton("Compare the server's key…", self._ask_key)
        self.key_button.setVisible(has_key and not last.ok)
        self.lay_out(below=[self.said], first=len(steps) - 1)

    def other_buttons(self) -> Sequence[Button]:
        return (self.key_button,)

    def _ask_key(self) -> None:
        self.accept()
        self.key_asked.emit()


class HostKeyDialog(CorrectingDialog):
    """The key the server shows now, to be compared before it is accepted."""

    undoable = False

    def __init__(
        self, context: Context, shown: str, pinned: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, "The server's key", "Accept this key", parent)
        self.setMinimumWidth(scaled(640))
        self._shown = shown
        changed = bool(pinned) and pinned != shown
        if changed:
            self.body.addWidget(
                PlainLabel(
                    "The server shows another key than the one you accepted. It may be another "
                    "computer that pretends to be your clearinghouse. Nothing was sent to it, not "
                    "even your password.",
                    "problem",
                    wrap=True,
                )
            )
            self.body.addWidget(PlainLabel(f"Accepted: {pinned}", "muted", wrap=True))
        self.body.addWidget(PlainLabel(f"Shown now: {shown}", "strong", wrap=True))
        self.body.addWidget(
            PlainLabel(
                "Your clearinghouse publishes its key, or tells it on the telephone. Every letter "
                "must be the same.",
                wrap=True,
            )
        )
        self.compared = self.add_tick("I compared it, and it is the same")
        self.asked = self.add_tick("They told me that they changed it") if changed else None
        self.finish()
        self.compared.setFocus()

    def foresee(self) -> Foreseen:
        if not self.compared.isChecked():
            return unfinished("Compare it first. Nothing is sent until you accept it.")
        if self.asked is not None and not self.asked.isChecked():
            return unfinished("Ask them whether they changed it, by telephone.")
        return Foreseen(
            "From now on only a server with this key gets your claims.",
            lambda _uow, _why: None,
            "The key is accepted",
        )

    def _save(self) -> None:
        found = self.foresee()
        if found.work is None:
            self._tell(found.sentence)
            return
        self.save.setEnabled(False)
        store, shown = self._context.store, self._shown
        # The server is asked once more: what is accepted is what it shows at that moment.
        self._context.run(
            "Accept the server's key",
            lambda: connection.accept_host_key(store, shown),
            done=lambda _key: self._done(found.said),
            failed=self._refused,
        )


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
