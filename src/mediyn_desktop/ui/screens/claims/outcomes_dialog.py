# SPDX-License-Identifier: MIT
"""How refusals ended, by insurer and reason: where asking again pays, and where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from mediyn_desktop.claims.worklist import OutcomeCount, outcomes
from mediyn_desktop.codes.adjustments import reason
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.claims.table_dialog import TableDialog
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel

_YEAR = timedelta(days=365)
_ENDED = {
    "paid": Status("Paid after all", Tone.OK),
    "resent": Status("Sent again", Tone.INFO),
    "corrected": Status("Corrected", Tone.INFO),
    "appealed": Status("Appealed", Tone.INFO),
    "answered": Status("Answered", Tone.OK),
    "written_off": Status("Written off", Tone.BAD),
    "client_billed": Status("Client billed", Tone.NEUTRAL),
    "voided": Status("Voided", Tone.NEUTRAL),
    "undone": Status("Taken back", Tone.NEUTRAL),
    "dismissed": Status("Left so", Tone.NEUTRAL),
}
_COLUMNS = (
    Column("Insurer", lambda pair: pair[1].payer_name or pair[1].payer, width=170),
    Column("Its reason", lambda pair: _reason(pair[1]), least=170),
    Column("Times", lambda pair: f"{pair[1].count:,}", "right", width=72),
    Column("Amount", lambda pair: format_cents(pair[1].cents), "right", width=110),
    status_column("How it ended", lambda pair: wording.state(_ENDED, pair[1].ended_as), width=150),
)


def _reason(one: OutcomeCount) -> str:
    if not one.reason:
        return "Refused at the door"
    code = f"{one.group} {one.reason}".strip()
    label = reason(one.reason).label if one.group else ""
    return f"{label} ({code})" if label else code


class OutcomesDialog(TableDialog):
    """A line for each insurer, reason and ending; the most frequent first."""

    def __init__(self, context: Context, today: date, parent: QWidget | None = None) -> None:
        super().__init__(
            "How refusals ended",
            "How refusals ended",
            _COLUMNS,
            lambda pair: pair[0],
            parent=parent,
            width=820,
            height=280,
        )
        self._context = context
        self.since = ComboBox()
        self.since.setAccessibleName("Which refusals are counted")
        self.since.addItem("Refused in the last 12 months", today - _YEAR)
        self.since.addItem("All refusals", date.min)
        self.said = PlainLabel("", wrap=True)
        self._empty = EmptyState(
            "claims", "No refusal has ended yet", "Once some have, you see here what helped."
        )
        self.lay_out(above=[self.since], below=[self.said])
        self.since.currentIndexChanged.connect(lambda _index: self.reload())
        self.reload()

    def reload(self) -> None:
        """Count again."""
        since = self.since.currentData()
        self._context.read(
            lambda read: outcomes(read, since=since),
            partial(self._show, since),
            label="Count how refusals ended",
        )

    def _show(self, since: date, found: Sequence[OutcomeCount]) -> None:
        if since != self.since.currentData():
            return
        self.model.set_rows(list(enumerate(found)))
        if self._empty.parent() is None:
            self.table.set_empty(self._empty)
        if found:
            self.table.selectRow(0)
        whole = sum(one.count for one in found)
        paid = sum(one.count for one in found if one.ended_as in ("paid", "answered"))
        self.said.setText(
            f"Of {wording.counted(whole, 'refusal')} that ended, {paid:,} ended in money or in an "
            "answer."
            if whole
            else ""
        )
