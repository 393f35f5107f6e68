# SPDX-License-Identifier: MIT
"""What the evening came to, and the documents it made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.totals import totals
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.charging_words import stopped
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.today.closing import Outcome
from mediyn_desktop.ui.screens.today.words import counted, long_day
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.status_cell import StatusCell

_WIDTH = 540
_MOST_FILES = 6
_WAITS = frozenset({"queued", "sending"})


class ResultDialog(Dialog):
    """Escape and Enter leave it; the files open in the program's own preview."""

    def __init__(
        self,
        outcome: Outcome,
        *,
        open_file: Callable[[Path], object],
        open_folder: Callable[[Path], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading(outcome), parent, width=_WIDTH)
        closed = outcome.closed
        self.body.addWidget(PlainLabel(long_day(closed.review.day), "muted"))
        self.body.addSpacing(4)
        self.lines = result_lines(outcome)
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for number, (status, text) in enumerate(self.lines):
            grid.addWidget(StatusCell(status), number, 0)
            grid.addWidget(PlainLabel(text, wrap=True), number, 1)
        self.body.addLayout(grid)
        files = closed.files
        self.file_buttons: list[Button] = []
        if files:
            self.body.addSpacing(8)
            self.body.addWidget(PlainLabel("Documents", "muted"))
            for path in files[-_MOST_FILES:][::-1]:  # the day report is last: show it first
                button = Button(path.name, _opens(open_file, path), kind="link", icon_name="print")
                self.file_buttons.append(button)
                self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            if len(files) > _MOST_FILES:
                more = counted(len(files) - _MOST_FILES, "further file")
                self.body.addWidget(PlainLabel(f"and {more} in the folder", "small"))
        done = PrimaryButton("Done", self.accept)
        left: Button | None = None
        if files:
            left = SecondaryButton("Open folder", lambda: open_folder(files[-1].parent))
        self.set_buttons(done, default=done, left=left)
        done.setFocus()


def _opens(open_file: Callable[[Path], object], path: Path) -> Callable[[], object]:
    return lambda: open_file(path)


def heading(outcome: Outcome) -> str:
    """Return what happened in one line."""
    if outcome.withdrawn:
        return "Stopped before all cards were charged"
    if outcome.closed.processor == "offline":
        return "The day is closed; charges are queued"
    if outcome.closed.exceptions:
        return "The day is closed; some things need you"
    return "The day is closed"


def result_lines(outcome: Outcome) -> list[tuple[Status, str]]:
    """Return one line for each thing that happened: a word with its shape, and a sentence."""
    closed = outcome.closed
    sums = totals(closed.review.rows, len(closed.superbills), closed.review.installments)
    lines: list[tuple[Status, str]] = []

    def add(word: str, tone: Tone, text: str) -> None:
        lines.append((Status(word, tone), text))

    if sums.cards_succeeded:
        charges = counted(sums.cards_succeeded, "charge")
        add("Paid", Tone.OK, f"{charges}, {format_cents(sums.cards_succeeded_cents)}")
    if sums.cards_declined_cents:
        add(
            "Declined",
            Tone.BAD,
            f"{format_cents(sums.cards_declined_cents)} stays due; the table says what to ask",
        )
    if sums.cards_unknown_cents:
        text = f"{format_cents(sums.cards_unknown_cents)}: we ask again before anything else"
        add("Checking", Tone.WARN, text)
    if sums.cards_undecided_cents:
        text = f"{format_cents(sums.cards_undecided_cents)}: the bank decides, and is asked again"
        add("Undecided", Tone.INFO, text)
    queued = sums.cards_waiting_cents - sums.cards_undecided_cents
    if queued:
        add("Queued", Tone.INFO, f"{format_cents(queued)} waits to be charged")
    if outcome.stopped:
        text = stopped(
            sums.cards_succeeded,
            sums.cards_succeeded_cents,
            outcome.withdrawn,
            outcome.withdrawn_cents,
        )
        add("Stopped", Tone.WARN, text)
    if closed.processor_message:
        tone = Tone.INFO if closed.processor in ("offline", "no-key") else Tone.BAD
        add("Cards", tone, closed.processor_message)
    if sums.claims:
        written = sum(1 for _ in closed.claim_files)
        text = f"{counted(sums.claims, 'claim')}, {format_cents(sums.claims_cents)}"
        text += f"; {counted(written, 'file')} handed over" if written else ""
        add("Claims", Tone.OK, text)
    if closed.superbills:
        add("Superbills", Tone.OK, f"{len(closed.superbills)} made")
    needing = sum(bool(row.exceptions) for row in closed.review.rows)
    if needing:
        verb = "needs" if needing == 1 else "need"
        add("To do", Tone.WARN, f"{counted(needing, 'session')} {verb} you; they are on top")
    # What waits for the processor was said above; what is about no session is said whole.
    said = {row.session_ref for row in closed.review.rows}
    said |= {one.plan_ref for one in closed.review.installments if one.state in _WAITS}
    others = (one.message for one in closed.exceptions if one.ref not in said)
    for message in dict.fromkeys(others):
        add("To do", Tone.WARN, wording.readable(message))
    if not lines:
        add("Done", Tone.OK, "There was nothing to charge, queue or print")
    return lines
