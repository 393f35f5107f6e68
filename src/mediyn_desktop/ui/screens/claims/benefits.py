# SPDX-License-Identifier: MIT
"""Forms about a coverage: a call noted, figures taken over one by one, and earlier answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.claims.call_sheet import QUESTIONS, CallSheet
from mediyn_desktop.claims.coverage_list import CheckRow, CoveredRow
from mediyn_desktop.claims.eligibility import FIGURES, Told, accept, note_call
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.screens.claims.coverage_words import (
    COVERED,
    FIGURE_NAMES,
    HOW,
    figure,
    figures,
)
from mediyn_desktop.ui.screens.claims.table_dialog import TableDialog
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.ui.widgets.percent_edit import PercentEdit

_LONGEST_NUMBER, _LONGEST_NAME = 60, 80


class CallDialog(CorrectingDialog):
    """What to say and to ask above, what was said below."""

    undoable = False

    def __init__(
        self, context: Context, coverage: int, sheet: CallSheet, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, f"Call {sheet.insurer}", "Keep what was said", parent)
        self._coverage = coverage
        self.setMinimumWidth(scaled(640))
        self.body.addWidget(PlainLabel(_have_ready(sheet), wrap=True))
        self.body.addWidget(PlainLabel("\n".join(f"• {one}" for one in QUESTIONS), "muted"))
        self.active = choice([("Covered", True), ("Not covered", False)])
        self.reference = self.add_text("Reference number of the call", "", longest=_LONGEST_NUMBER)
        self.spoke_with = self.add_text("Spoke with (optional)", "", longest=_LONGEST_NAME)
        self.copay, self.coinsurance = MoneyEdit(), PercentEdit()
        self.deductible, self.left = MoneyEdit(), MoneyEdit()
        self.authorization = choice([("Not said", None), ("Needed", True), ("Not needed", False)])
        self.on = DateEdit(lambda: context.clock.now().date())
        self.note = self.add_text("Note (optional, nothing clinical)", "20 sessions a year")
        self.add_row(FormField("The coverage is", self.active), self.reference, self.spoke_with)
        self.add_row(
            FormField("Copay ($)", self.copay),
            FormField("Coinsurance (%)", self.coinsurance),
            FormField("Authorization", self.authorization),
        )
        self.add_row(
            FormField("Deductible ($)", self.deductible),
            FormField("Of it left ($)", self.left),
            FormField("As of (blank: today)", self.on),
        )
        self.add_row(self.note)
        self.finish()
        self.active.setFocus()

    def foresee(self) -> Foreseen:
        reference = _text(self.reference)
        if not reference:
            return unfinished(
                "Ask for the reference number: without it the insurer knows nothing of the call."
            )
        told = Told(
            active=self.active.currentData(),
            reference_number=reference,
            spoke_with=_text(self.spoke_with),
            copay_cents=self.copay.cents(),
            coinsurance_bp=self.coinsurance.basis_points(),
            deductible_cents=self.deductible.cents(),
            deductible_left_cents=self.left.cents(),
            authorization_needed=self.authorization.currentData(),
            as_of=self.on.date(),
            note=_text(self.note),
        )
        coverage = self._coverage
        return Foreseen(
            "It is kept as the last answer. The coverage itself changes only when you take the "
            "figures over.",
            lambda uow, _why: note_call(uow, uow.session.get_one(Coverage, coverage), told),
            "The call is noted",
        )


def _have_ready(sheet: CallSheet) -> str:
    born = wording.day(sheet.date_of_birth)
    practice = f"{sheet.provider}, NPI {sheet.npi}"
    if sheet.tax_id:
        practice += f", tax id {sheet.tax_id}"
    return f"You are {practice}.\nThe member is {sheet.member}, born {born}, {sheet.member_id}."


def _text(field: FormField) -> str:
    assert isinstance(field.editor, QLineEdit)
    return field.editor.text().strip()


class AcceptDialog(CorrectingDialog):
    """Each figure the insurer stated, beside what the coverage holds now; a tick takes it over."""

    undoable = False

    def __init__(self, context: Context, row: CoveredRow, parent: QWidget | None = None) -> None:
        super().__init__(context, "Take the insurer's figures over", "Take over", parent)
        assert row.answer is not None
        self._check = row.answer.id
        whose = f"{row.client_name}, {row.payer}, as of {wording.day(row.answer.as_of)}"
        self.body.addWidget(PlainLabel(whose, "strong", wrap=True))
        self.ticks: dict[str, CheckBox] = {}
        for name in FIGURES:
            stated, noted = getattr(row.answer, name), row.noted[name]
            if stated is None:
                continue
            if stated == noted:
                same = f"{FIGURE_NAMES[name]}: {figure(name, stated)}, as it is noted already"
                self.body.addWidget(PlainLabel(same, "muted", wrap=True))
                continue
            before = "not noted" if noted is None else f"now {figure(name, noted)}"
            words = f"{FIGURE_NAMES[name]}: {figure(name, stated)} ({before})"
            self.ticks[name] = self.add_tick(words)
            self.ticks[name].setChecked(True)
        self.finish()
        first = next(iter(self.ticks.values()), None)
        (first or self.save).setFocus()

    def foresee(self) -> Foreseen:
        chosen = [name for name, tick in self.ticks.items() if tick.isChecked()]
        if self.ticks and not chosen:
            return unfinished("Tick what is to be taken over.")
        number = self._check

        def work(uow: UnitOfWork, _why: str) -> object:
            return accept(uow, uow.session.get_one(EligibilityCheck, number), only=chosen)

        copay = " The copay counts from the next session on." if "copay_cents" in chosen else ""
        words = f"The coverage changes; nobody is charged by it.{copay}"
        if not self.ticks:
            words = "The coverage holds these figures already; the day of the answer is noted."
        return Foreseen(words, work, "Taken over into the coverage")


_HISTORY = (
    Column("Asked", lambda row: wording.moment(row.made_at), width=184),
    Column("About", lambda row: wording.day(row.about), width=112),
    Column("How", lambda row: HOW[row.how].capitalize()),
    Column("Copay", lambda row: figure("copay_cents", row.copay_cents), "right", width=92),
    status_column("Answer", lambda row: wording.state(COVERED, row.standing), width=140),
)


class HistoryDialog(TableDialog):
    """Every question about one coverage; the whole of the current one stands below."""

    def __init__(self, name: str, rows: Sequence[CheckRow], parent: QWidget | None = None) -> None:
        super().__init__(
            "Earlier answers",
            "Questions about this coverage",
            _HISTORY,
            lambda row: row.id,
            rows,
            parent,
            width=760,
            height=200,
        )
        self.said = PlainLabel("", wrap=True)
        self.lay_out(above=[PlainLabel(name, "strong", wrap=True)], below=[self.said])

    def show_current(self, row: CheckRow | None) -> None:
        self.said.setText(" · ".join(figures(row)) if row is not None else "")
