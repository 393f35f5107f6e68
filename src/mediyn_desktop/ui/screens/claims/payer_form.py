# SPDX-License-Identifier: MIT
"""Everything that is entered about an insurer, in one form."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from mediyn_desktop.codes.filing import FILING_KINDS
from mediyn_desktop.codes.postal import format_zip
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.practice.payers import (
    MOST_DAYS,
    PayerFacts,
    add_payer,
    change_payer,
    checked,
)
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.count_edit import CountEdit
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField

_MODIFIERS = [("As usual", None), ("95", "95"), ("GT", "GT"), ("Not marked", "none")]
_PLACES = [("As usual", None), ("Places 02 and 10 alone", "remote"), ("Any place", "any")]
_TAKES = [("As usual", None), ("Taken", True), ("Not taken", False)]
_MISSED = [("As usual", None), ("Allowed", True), ("Not allowed", False)]
_TICKS = {
    "always_rendering": "Always name the rendering provider",
    "needs_taxonomy": "Needs the taxonomy code",
    "needs_group_number": "Needs the group number",
    "needs_authorization": "Needs an authorization number",
    "packages_allowed": "Its clients may use prepaid packages",
}
_LONG = {"name": 120, "payer_id": 80, "timely_filing_source": 200}


class PayerDialog(CorrectingDialog):
    """Changes an insurer, or adds one where ``ref`` is None."""

    undoable = False

    def __init__(
        self,
        context: Context,
        ref: str | None,
        facts: PayerFacts,
        parent: QWidget | None = None,
    ) -> None:
        title = "Add an insurer" if ref is None else f"Change {facts.name}"
        super().__init__(context, title, "Save", parent)
        self.setMinimumWidth(scaled(760))
        self._ref = ref
        self.lines: dict[str, QLineEdit] = {}
        self.choices: dict[str, Any] = {}
        self.ticks: dict[str, CheckBox] = {}
        self.days: dict[str, CountEdit] = {}
        self._day = context.clock.now().date()
        self.as_of = DateEdit(lambda: self._day)
        self._lay_out(facts)
        self.finish()
        self.lines["name"].setFocus()

    def _lay_out(self, facts: PayerFacts) -> None:
        kinds = sorted(((words, code) for code, words in FILING_KINDS.items()), key=lambda k: k[0])
        self.as_of.set_value(facts.timely_filing_as_of)
        self.add_row(
            self._line("name", "Name", facts.name),
            self._line("payer_id", "Payer id at your clearinghouse", facts.payer_id, "60054"),
            self._choice("claim_filing_code", "Kind of plan", kinds, facts),
        )
        self.add_row(
            self._days("timely_filing_days", "File within (days)", facts),
            self._line(
                "timely_filing_source",
                "Where that is written",
                facts.timely_filing_source,
                "Provider manual, page 12",
            ),
            FormField("Looked up on", self.as_of),
        )
        self.add_row(
            self._days("expected_payment_days", "Usually pays within (days)", facts),
            self._choice("telehealth_modifier", "Telehealth by video", _MODIFIERS, facts),
            self._choice("telehealth_place", "Where video is marked", _PLACES, facts),
        )
        self.add_row(
            self._choice("takes_replacements", "Corrected claims", _TAKES, facts),
            self._choice("missed_fee_allowed", "Fee for a missed session", _MISSED, facts),
        )
        self._add_ticks(facts)
        self.add_row(
            self._line("address1", "Address for letters", facts.address1),
            self._line("city", "City", facts.city),
            self._line("state", "State", facts.state, "TX"),
            self._line("zip", "ZIP code", format_zip(facts.zip), "78701"),
        )

    def _line(self, name: str, label: str, value: str, hint: str = "") -> FormField:
        made = self.add_text(label, hint, longest=_LONG.get(name, 80))
        assert isinstance(made.editor, QLineEdit)
        made.editor.setText(value)
        self.lines[name] = made.editor
        return made

    def _choice(
        self, name: str, label: str, entries: list[tuple[str, Any]], facts: PayerFacts
    ) -> FormField:
        self.choices[name] = choice(entries, getattr(facts, name))
        return FormField(label, self.choices[name])

    def _days(self, name: str, label: str, facts: PayerFacts) -> FormField:
        self.days[name] = CountEdit("a number of days", most=MOST_DAYS, required=False)
        self.days[name].set_value(getattr(facts, name))
        return FormField(label, self.days[name])

    def _add_ticks(self, facts: PayerFacts) -> None:
        """In two columns, row by row."""
        grid = QGridLayout()
        for place, (name, words) in enumerate(_TICKS.items()):
            box = self.ticks[name] = CheckBox(words)
            box.setChecked(getattr(facts, name))
            box.toggled.connect(lambda _on: self.refresh())
            grid.addWidget(box, *divmod(place, 2))
        self.body.addLayout(grid)

    def facts(self) -> PayerFacts:
        """Return what is filled in."""
        found: dict[str, Any] = {name: edit.text() for name, edit in self.lines.items()}
        found |= {name: box.currentData() for name, box in self.choices.items()}
        found |= {name: box.isChecked() for name, box in self.ticks.items()}
        found |= {name: edit.count() for name, edit in self.days.items()}
        return PayerFacts(**found, timely_filing_as_of=self.as_of.date())

    def foresee(self) -> Foreseen:
        facts, ref = self.facts(), self._ref
        if not facts.name.strip():
            return unfinished("Give the insurer a name.")
        try:
            checked(facts, self._day)
        except UserFacingError as error:
            return Foreseen(error.message)

        def work(uow: UnitOfWork, _why: str) -> object:
            return add_payer(uow, facts) if ref is None else change_payer(uow, ref, facts)

        return Foreseen(
            "It counts for every claim that has not gone out yet. What was sent stays as it is.",
            work,
            "The insurer is saved",
        )
