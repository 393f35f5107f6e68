# SPDX-License-Identifier: MIT
"""What waits for the network or a folder, how the last try ended, and when the next one comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QGridLayout, QWidget

from mediyn_desktop.jobs.due import JobState, JobStatus
from mediyn_desktop.ui.status import count_text
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.wording import moment

_ENDED = {
    JobState.DONE: "Went well",
    JobState.OFFLINE: "Nobody answered",
    JobState.ATTENTION: "Needs you",
}
_SAFE = (
    "What waits is kept safely on this computer and is sent by itself as soon as it can be. "
    "Nothing is charged or sent twice."
)


class ActivityDialog(Dialog):
    """Shows ``jobs``; ``try_now`` is called when the user does not want to wait."""

    def __init__(
        self,
        jobs: Sequence[JobStatus],
        zone: ZoneInfo,
        try_now: Callable[[], object] | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("What is waiting", parent)
        self._try_now = try_now
        for job in jobs:
            self.body.addWidget(PlainLabel(job.label, "strong"))
            self.body.addLayout(_facts(job, zone))
            if job.message:
                self.body.addWidget(PlainLabel(job.message, wrap=True))
            self.body.addSpacing(8)
        self.summary = _SAFE if jobs else "Nothing is waiting: everything was sent."
        self.body.addWidget(PlainLabel(self.summary, "muted", wrap=True))
        close: Button = SecondaryButton("Close", self.reject)
        if jobs and try_now is not None:
            self.try_button: Button = PrimaryButton("Try now", self._go)
            self.set_buttons(close, self.try_button, default=self.try_button)
            self.try_button.setFocus()
        else:
            self.set_buttons(close, default=close)

    def _go(self) -> None:
        assert self._try_now is not None
        self.accept()
        self._try_now()


def _facts(job: JobStatus, zone: ZoneInfo) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    waiting = count_text(job)
    rows = [("Waiting", waiting)] if waiting else []
    if job.ran_at is not None:
        rows.append(("Last try", f"{moment(job.ran_at.astimezone(zone))} · {_ENDED[job.state]}"))
    if job.next_at is not None:
        rows.append(("Next try", moment(job.next_at.astimezone(zone))))
    for line, (label, value) in enumerate(rows):
        grid.addWidget(PlainLabel(label, "muted"), line, 0)
        grid.addWidget(PlainLabel(value, wrap=True), line, 1)
    return grid
