# SPDX-License-Identifier: MIT
"""Gives a good faith estimate, and shows one beside what was billed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from mediyn_desktop.billing.estimates import (
    INTAKE,
    EstimateData,
    Wanted,
    issue_estimate,
    preview_estimate,
)
from mediyn_desktop.codes import cpt
from mediyn_desktop.codes.icd10_table import dotted
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery.agreements import Estimated, FeeTalk
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import Foreseen, LookingDialog, unfinished
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.screens.clients.agreement_words import ESTIMATE_STANDINGS
from mediyn_desktop.ui.screens.clients.correcting import Current, code_choice
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.count_edit import CountEdit
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.figure_tile import FigureTile
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading

_A_YEAR_WEEKLY = 40  # sessions, with holidays and illness


class EstimateDialog(LookingDialog):
    """Asks what care is planned; the sentence says what it will cost and by when to give it."""

    undoable = False  # what was given is part of the record; a new one replaces it

    def __init__(
        self, context: Context, talk: FeeTalk, _current: Current, parent: QWidget | None
    ) -> None:
        heading = f"A good faith estimate for {talk.full_name}"
        super().__init__(context, heading, "Give estimate", parent)
        self._talk = talk
        if not talk.prices:
            self.explain("The fee schedule has no fee for a session yet. Add one first.")
            return
        self.code = code_choice(code for code, _ in talk.prices if code != INTAKE)
        self.sessions = CountEdit("a whole number")
        every = self.add_text("How often (optional)", "once a week", longest=80)
        assert isinstance(every.editor, QLineEdit)
        self.every = every.editor
        self.since = DateEdit(lambda: talk.today, required=True)
        self.until = DateEdit(lambda: talk.today)
        self.booked = DateEdit(lambda: talk.today)
        self.asked_on = DateEdit(lambda: talk.today)
        self.until.setPlaceholderText("12 months later")
        self.booked.setPlaceholderText("month/day")
        self.asked_on.setPlaceholderText("month/day")
        self.add_row(FormField("Sessions of", self.code))
        self.add_row(FormField("How many", self.sessions), every)
        self.add_row(FormField("From", self.since), FormField("Until (optional)", self.until))
        self.add_row(
            FormField("First session booked on (optional)", self.booked),
            FormField("Client asked for it on (optional)", self.asked_on),
        )
        self.intake = self.add_tick("An intake comes first")
        self.private = self.add_tick("The client does not use the insurance for this")
        self.private.setVisible(talk.insured)
        self.finish()
        self.sessions.set_value(_A_YEAR_WEEKLY)
        self.since.set_value(talk.today)
        self.code.setFocus()

    def look(self) -> Callable[[Reading], Foreseen] | Foreseen:
        count, since = self.sessions.count(), self.since.date()
        if count is None:
            return unfinished("Enter how many sessions.")
        if since is None:
            return unfinished("Enter the first day.")
        wanted = Wanted(
            client_ref=self._talk.client_ref,
            code=self.code.currentData(),
            sessions=count,
            starts_on=since,
            ends_on=self.until.date(),
            intake=self.intake.isChecked(),
            every=self.every.text(),
            scheduled_on=self.booked.date(),
            requested_on=self.asked_on.date(),
            not_using_plan=self.private.isChecked(),
        )

        def ask(read: Reading) -> Foreseen:
            return Foreseen(
                estimate_sentence(preview_estimate(read, wanted)),
                lambda uow, _why: issue_estimate(uow, wanted),
                "Estimate given and kept",
            )

        return ask


def estimate_sentence(data: EstimateData) -> str:
    """Return what an estimate comes to and by when to give it."""
    parts = [
        f"{wording.counted(line.sessions, 'session')} of {line.code} at "
        f"{format_cents(line.unit_cents)}"
        for line in data.lines
    ]
    said = (
        f"{' and '.join(parts)}: {format_cents(data.total_cents)}, "
        f"{wording.period(data.starts_on, data.ends_on)}."
    )
    if data.due_on is None:
        return said
    late = ", which has passed: give it today" if data.late else ""
    return f"{said} It is to be given by {wording.day(data.due_on)}{late}."


class EstimateSheet(Dialog):
    """An estimate as it was given, and how what was billed stands against it."""

    def __init__(self, found: Estimated, parent: QWidget | None = None) -> None:
        data, tracking = found.data, found.tracking
        heading = f"Good faith estimate {data.version} for {data.client_name}"
        super().__init__(heading, parent, width=680)
        given = f"Given on {wording.day(data.issued_on)}"
        span = wording.period(data.starts_on, data.ends_on)
        self.body.addWidget(
            PlainLabel(" · ".join(filter(None, (given, span, data.every))), "muted", wrap=True)
        )
        self.body.addSpacing(4)
        self.body.addLayout(_figures(found))
        self.said = PlainLabel(ESTIMATE_STANDINGS[tracking.standing][1], wrap=True)
        self.body.addWidget(self.said)
        self.model = RowsModel(_LINES, lambda line: line.code, data.lines)
        self.lines = RecordTable("Lines of the estimate", self.model)
        self.lines.setFixedHeight(scaled(40 + 36 * len(data.lines)))
        self.body.addWidget(self.lines)
        facts = (
            f"{data.provider_name}, NPI {data.provider_npi}, {data.location}",
            f"Diagnoses: {', '.join(map(dotted, data.diagnoses))}"
            if data.diagnoses
            else "No diagnosis yet",
            *data.disclaimers,
        )
        self.text = QPlainTextEdit("\n\n".join(facts))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("What the estimate states")
        self.text.setMinimumHeight(scaled(150))
        self.body.addWidget(self.text, 1)
        close: Button = PrimaryButton("Close", self.accept)
        self.set_buttons(close, default=close)
        close.setFocus()


def _figures(found: Estimated) -> QHBoxLayout:
    tracking = found.tracking
    over = tracking.over_cents
    estimated, billed = FigureTile("Estimated"), FigureTile("Billed so far")
    rest = FigureTile("Above it" if over > 0 else "Room left")
    estimated.set_figure(format_cents(tracking.total_cents), "for all sessions")
    billed.set_figure(
        format_cents(tracking.billed_cents), f"since {wording.day(tracking.starts_on)}"
    )
    rest.set_figure(
        format_cents(abs(over)),
        "from $400.00 on it can be disputed" if over > 0 else "before it is exceeded",
    )
    row = QHBoxLayout()
    row.setSpacing(12)
    for tile in (estimated, billed, rest):
        row.addWidget(tile, 1)
    return row


_LINES = (
    Column("Code", lambda line: line.code, width=80),
    Column("What", lambda line: cpt.label(line.code)),
    Column("Sessions", lambda line: str(line.sessions), "right", width=90),
    Column("Each", lambda line: format_cents(line.unit_cents), "right", width=100),
    Column("Total", lambda line: format_cents(line.total_cents), "right", width=120),
)
