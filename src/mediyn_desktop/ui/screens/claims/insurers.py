# SPDX-License-Identifier: MIT
"""The insurers: what is entered about each, what its claims are checked for, its enrollments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mediyn_desktop.claims.enrollment import Enrolled, EnrollmentRow, Exchange, set_enrollment
from mediyn_desktop.claims.payer_list import PayerRule, PayerView, payer_views
from mediyn_desktop.practice.payers import PayerFacts
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.screens.claims.payer_form import PayerDialog
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable

_EXCHANGES = {
    Exchange.CLAIMS: "Takes claims by computer",
    Exchange.REMITTANCE: "Sends remittances by computer",
    Exchange.ELIGIBILITY: "Answers coverage questions",
}
_SHORT = {
    Exchange.CLAIMS: "Claims",
    Exchange.REMITTANCE: "Remittances",
    Exchange.ELIGIBILITY: "Coverage",
}
_ENROLLED = {
    Enrolled.NOT_NEEDED: Status("Not needed", Tone.NEUTRAL),
    Enrolled.TO_DO: Status("To do", Tone.WARN),
    Enrolled.SENT: Status("Form sent", Tone.INFO),
    Enrolled.APPROVED: Status("Approved", Tone.OK),
}
_READY = (Enrolled.APPROVED, Enrolled.NOT_NEEDED)
_NONE = (
    "claims",
    "No insurer yet",
    "Add the insurers you bill; your clearinghouse lists payer ids.",
)


def _enrolled(view: PayerView) -> Status:
    open_ = sum(one.state not in _READY for one in view.enrollments)
    return Status(f"{open_} to do", Tone.WARN) if open_ else Status("Complete", Tone.OK)


_INSURERS = (
    Column("Insurer", lambda view: view.facts.name, least=150),
    Column("Payer id", lambda view: view.facts.payer_id or wording.NOTHING, width=110),
    Column("Kind of plan", lambda view: view.kind, width=170, muted=True, spare=1),
    Column("Clients", lambda view: f"{view.clients}", "right", width=76, spare=2),
    status_column("Enrollment", _enrolled, width=130),
)
_RULES = (
    Column("What is checked", lambda pair: pair[1].what, width=190),
    Column("It asks", lambda pair: pair[1].asks, least=150),
    Column("Where that comes from", lambda pair: _source(pair[1]), width=300, muted=True, spare=1),
)
_CHECKLIST = (
    Column("What", lambda row: _SHORT[row.exchange], least=100),
    Column("Since", lambda row: wording.day(row.approved_on or row.sent_on), width=112, spare=1),
    status_column("State", lambda row: _ENROLLED[row.state], width=120),
)


def _source(rule: PayerRule) -> str:
    seen = f", looked up on {wording.day(rule.as_of)}" if rule.as_of is not None else ""
    return f"{rule.source}{seen}"


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


class InsurersPage(Page):
    """Enter on an insurer changes it; Enter on a line of its checklist notes where that stands."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = RowsModel(_INSURERS, lambda view: view.ref)
        self.table = RecordTable("Insurers", self.model)
        self.rules = RowsModel(_RULES, lambda pair: pair[0])
        self.rule_table = RecordTable("What claims to this insurer are checked for", self.rules)
        self.insurers = RowsModel(_CHECKLIST, lambda row: row.exchange)
        self.checklist = RecordTable("Enrollments of this insurer", self.insurers)
        self.add_button: Button = PrimaryButton("Add an insurer…", self.add)
        self.change_button: Button = SecondaryButton("Change…", self.change)
        self.note_button: Button = SecondaryButton("Note where it stands…", self.note)
        self.panel = Card()
        self.panel.setAccessibleName("The chosen insurer")
        self._who, self._facts = ElidedLabel("", "heading"), PlainLabel("", wrap=True)
        self._note = PlainLabel("", "muted", wrap=True)
        self._rule = PlainLabel("", "muted", wrap=True)
        self._empty = EmptyState(*_NONE)
        self._lay_out()
        self.table.current_changed.connect(lambda _ref: self._choose())
        self.table.opened.connect(lambda _ref: self.change())
        self.rule_table.current_changed.connect(self._say_rule)
        self.checklist.current_changed.connect(lambda _line: self._say_note())
        self.checklist.opened.connect(lambda _line: self.note())
        self._choose()

    def _lay_out(self) -> None:
        above, across, beside, buttons = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        across.setSpacing(16)
        beside.setSpacing(8)
        words = "Rules entered here go before those of the kind of plan."
        above.addWidget(ElidedLabel(words, "muted"), 1)
        above.addWidget(self.add_button)
        beside.addWidget(self.table, 2)
        beside.addWidget(PlainLabel("What claims to this insurer are checked for", "muted"))
        beside.addWidget(self.rule_table, 3)
        beside.addWidget(self._rule)
        self.panel.setMinimumWidth(scaled(340))
        self.panel.setMaximumWidth(scaled(420))
        self.checklist.setFixedHeight(scaled(156))
        self.panel.body.setSpacing(8)
        self.panel.body.addWidget(self._who)
        self.panel.body.addWidget(self._facts)
        buttons.addWidget(self.change_button)
        buttons.addStretch(1)
        self.panel.body.addLayout(buttons)
        self.panel.body.addSpacing(8)
        self.panel.body.addWidget(PlainLabel("What must be approved first", "muted"))
        self.panel.body.addWidget(self.checklist)
        self.panel.body.addWidget(self._note)
        self.panel.body.addWidget(self.note_button)
        self.panel.body.addStretch(1)
        across.addLayout(beside, 2)
        across.addWidget(self.panel, 1)
        self.column.addLayout(above)
        self.column.addLayout(across, 1)

    # -- what is shown

    def reload(self) -> None:
        self.context.read(payer_views, self._show, label="Load insurers")

    def take_focus(self) -> None:
        self.table.setFocus()

    def _show(self, found: Sequence[PayerView]) -> None:
        self.model.set_rows(found)
        if self._empty.parent() is None:
            self.table.set_empty(self._empty)
        if self.table.current_id() is None and found:
            self.table.selectRow(0)
        self._choose()
        open_ = sum(one.state not in _READY for view in found for one in view.enrollments)
        words = f", {wording.counted(open_, 'enrollment')} to do" if open_ else ""
        self.counted.emit(f"{wording.counted(len(found), 'insurer')}{words}" if found else "")

    def current(self) -> PayerView | None:
        """Return the chosen insurer."""
        ident = self.table.current_id()
        row = self.model.position(ident) if ident is not None else None
        return None if row is None else self.model.row_at(row)

    def line(self) -> EnrollmentRow | None:
        """Return the chosen line of its checklist."""
        ident = self.checklist.current_id()
        row = self.insurers.position(ident) if ident is not None else None
        return None if row is None else self.insurers.row_at(row)

    def _choose(self) -> None:
        view = self.current()
        for part in (self.panel, self.rule_table):
            part.setVisible(view is not None)
        self.rules.set_rows(list(enumerate(view.rules)) if view is not None else [])
        self.insurers.set_rows(view.enrollments if view is not None else [])
        if view is None:
            return
        self._who.setText(view.facts.name)
        self._facts.setText("\n".join(_facts(view)))
        for table in (self.rule_table, self.checklist):
            if table.current_id() is None:
                table.selectRow(0)
        self._say_note()

    def _say_rule(self, place: object) -> None:
        row = self.rules.position(place) if isinstance(place, int) else None
        pair: tuple[int, PayerRule] | None = None if row is None else self.rules.row_at(row)
        self._rule.setText(f"{pair[1].what}: {_source(pair[1])}" if pair is not None else "")

    def _say_note(self) -> None:
        line = self.line()
        words = ""
        if line is not None:
            words = ". ".join(filter(None, (_EXCHANGES[line.exchange], line.note)))
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def words(self) -> list[str]:
        """Return the facts about the chosen insurer, as shown."""
        return self._facts.text().splitlines()

    # -- what can be done

    def add(self) -> None:
        """Open an empty form."""
        self._form(None, PayerFacts(""))

    def change(self) -> None:
        """Open the form of the chosen insurer."""
        view = self.current()
        if view is not None:
            self._form(view.ref, view.facts)

    def _form(self, ref: str | None, facts: PayerFacts) -> None:
        dialog = PayerDialog(self.context, ref, facts, self)
        dialog.saved.connect(self.context.shell.say)
        dialog.open_once()

    def note(self) -> None:
        """Ask where the chosen enrollment stands."""
        row = self.line()
        if row is not None:
            dialog = EnrollmentDialog(self.context, row, self)
            dialog.saved.connect(self.context.shell.say)
            dialog.open_once()


def _facts(view: PayerView) -> list[str]:
    facts = view.facts
    found = [f"{view.kind}, {wording.counted(view.clients, 'client')}"]
    number = facts.payer_id or "missing: claims cannot be addressed without it"
    found.append(f"Payer id: {number}")
    where = ", ".join(
        filter(None, (facts.address1, facts.city, f"{facts.state} {facts.zip}".strip()))
    )
    found.append(f"Letters go to: {where}" if where else "No address for letters is noted.")
    return found
