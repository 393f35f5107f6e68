# SPDX-License-Identifier: MIT
"""What needs attention, above the day: the most urgent in a sentence, all of it in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.reports.alert_names import NamedAlert
from mediyn_desktop.reports.card_alerts import COMPARE, FROZEN, UNKNOWN
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import (
    CARDS_DISPUTES,
    CARDS_FROZEN,
    CARDS_UNCERTAIN,
    Context,
)
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.undo.doing import snooze

_USUAL_PAUSE = timedelta(days=7)
_NONE = ("today", "Nothing needs attention", "What was put aside comes back on its day.")


PLACES = {
    FROZEN: CARDS_FROZEN,
    UNKNOWN: CARDS_UNCERTAIN,
    COMPARE: CARDS_UNCERTAIN,
    "dispute-open": CARDS_DISPUTES,
}
"""Where on the screen of cards an alert is dealt with, by its kind."""


def first_of_cards(found: Sequence[NamedAlert]) -> str | None:
    """Return the place of the most urgent alert about cards, None where there is none."""
    return next((PLACES[one.alert.kind] for one in found if one.alert.kind in PLACES), None)


class AttentionStrip(QWidget):
    """One line: how many alerts there are and the most urgent; hidden while there is none."""

    asked = Signal()
    cards_asked = Signal(str)
    """A place on the screen of cards to go to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place: str | None = None
        self.words = PlainLabel("", wrap=True)
        self.cards_button: Button = SecondaryButton("Cards  (K)", self.ask_cards)
        self.button: Button = SecondaryButton("", self.asked.emit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.cards_button)
        row.addWidget(self.button)
        self.hide()

    def show_alerts(self, found: Sequence[NamedAlert]) -> None:
        """Show the first of ``found``, most urgent first, and how many there are."""
        self.setVisible(bool(found))
        self._place = first_of_cards(found)
        if found:
            first = found[0]
            self.words.setText(f"{first.client_name}: {wording.readable(first.alert.message)}")
            self.cards_button.setVisible(self.has_cards())
            self.button.set_caption(f"{wording.counted(len(found), 'alert')}…")

    def has_cards(self) -> bool:
        """Whether something about cards needs attention."""
        return self._place is not None

    def ask_cards(self) -> None:
        """Ask for the place of the most urgent alert about cards."""
        if self._place is not None:
            self.cards_asked.emit(self._place)


class AlertsDialog(Dialog):
    """All alerts. Enter goes to where it is dealt with: the client, or the screen of cards.

    What can wait is put aside until a day, with a reason.
    """

    client_asked = Signal(str)
    cards_asked = Signal(str)
    put_aside = Signal()

    def __init__(
        self,
        context: Context,
        found: Sequence[NamedAlert],
        today: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("What needs attention", parent, width=780)
        self._context = context
        self._found = list(found)
        self.model = RowsModel(_COLUMNS, key=lambda one: one.key, rows=found)
        self.table = RecordTable("Alerts", self.model)
        self.table.set_empty(EmptyState(*_NONE))
        self.table.setMinimumHeight(scaled(240))
        self.message = PlainLabel("", wrap=True)
        self.until = DateEdit(lambda: today, required=True)
        self.until.set_value(today + _USUAL_PAUSE)
        self.why = QLineEdit()
        self.why.setProperty("field", "true")
        self.why.setMaxLength(200)
        self.why.setPlaceholderText("Talked about it on the phone")
        self.aside: Button = SecondaryButton("Put aside", self._put_aside)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        self._close: Button = SecondaryButton("Close", self.reject)
        self.open_client: Button = PrimaryButton("Open client", self._open)
        self._lay_out()
        self.table.current_changed.connect(self._show)
        self.table.opened.connect(lambda _key: self._open())
        self.table.selectRow(0)
        self._show(self.table.current_id())
        self.table.setFocus()

    def _lay_out(self) -> None:
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.message)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(FormField("Put aside until", self.until))
        row.addWidget(FormField("Reason", self.why, beside=self.aside), 1)
        self.until.setFixedWidth(scaled(150))
        self.body.addLayout(row)
        self.body.addWidget(self._problem)
        self.set_buttons(self._close, self.open_client, default=self.open_client)

    @property
    def problem(self) -> str:
        """Why it was not put aside, as shown."""
        return self._problem.text() if self._problem.isVisibleTo(self) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and self.focusWidget() in (self.why, self.until):
            self._put_aside()  # what was typed is meant, not the default button
        else:
            super().keyPressEvent(event)

    def _current(self) -> NamedAlert | None:
        key = self.table.current_id()
        position = self.model.position(key) if isinstance(key, str) else None
        return self.model.row_at(position) if position is not None else None

    def _show(self, _key: object) -> None:
        one = self._current()
        self.message.setText("" if one is None else wording.readable(one.alert.message))
        self.aside.setEnabled(one is not None)
        of_cards = one is not None and one.alert.kind in PLACES
        self.open_client.set_caption("Open cards" if of_cards else "Open client")
        self.open_client.setEnabled(of_cards or (one is not None and bool(one.client_ref)))

    def _open(self) -> None:
        one = self._current()
        if one is not None and one.alert.kind in PLACES:
            self.cards_asked.emit(PLACES[one.alert.kind])
            self.accept()
        elif one is not None and one.client_ref:
            self.client_asked.emit(one.client_ref)
            self.accept()

    def _put_aside(self) -> None:
        one, until = self._current(), self.until.date()
        if one is None or not self.until.check() or until is None:
            return
        self._problem.hide()
        why, alert = self.why.text(), one.alert
        self._context.write(
            "Put an alert aside",
            lambda uow: snooze(uow, alert, until=until, reason=why),
            done=lambda _done: self._gone(one),
            failed=self._refused,
        )

    def _gone(self, one: NamedAlert) -> None:
        self._found.remove(one)
        self.model.set_rows(self._found)
        self.why.clear()
        self.table.selectRow(0)
        self._show(self.table.current_id())
        self.table.setFocus()
        self.put_aside.emit()

    def _refused(self, error: Exception) -> bool:
        if not isinstance(error, UserFacingError):
            return False
        self._problem.setText(wording.readable(error.message))
        self._problem.show()
        return True


_COLUMNS = (
    Column("Client", lambda one: one.client_name, width=170),
    Column("What", lambda one: wording.readable(one.alert.message)),
    Column("Since", lambda one: wording.day(one.alert.since), width=112),
    Column("Amount", lambda one: wording.amount(one.alert.amount_cents), "right", width=100),
)
