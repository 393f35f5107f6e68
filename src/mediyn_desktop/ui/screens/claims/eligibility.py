# SPDX-License-Identifier: MIT
"""Who comes next and whether the insurer covers them: asked, noted from a call, taken over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mediyn_desktop.claims import asking, connection, question_mail
from mediyn_desktop.claims.call_sheet import CallSheet, call_sheet
from mediyn_desktop.claims.connection import Asking
from mediyn_desktop.claims.coverage_list import (
    CheckRow,
    CoveredRow,
    checks_of,
    coming,
    everybody,
)
from mediyn_desktop.claims.eligibility import FIGURES
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.brake import Brake
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.ops import BUSY_AFTER_MS, Canceled, Steps
from mediyn_desktop.ui.screens.claims.benefits import AcceptDialog, CallDialog, HistoryDialog
from mediyn_desktop.ui.screens.claims.coverage_words import COVERED, answered, figures
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.ui.widgets.work_bar import WorkBar

_STOPPED = "Stopped. Who was not asked yet is asked later by itself."
_NO_WAY = (
    "No way to ask insurers by computer is set up. Call them and note what they say here, or enter "
    "the address and key on the page “Clearinghouse”."
)
_WAYS = {
    Asking.NOT: _NO_WAY,
    Asking.AT_ONCE: "The evening's close asks about the next day by itself.",
    Asking.BY_MAIL: "The evening's close asks about the next day. Questions go in a file; answers "
    "come later.",
}
_NOBODY = (
    "claims",
    "Nobody is coming",
    "Appointments of the next two weeks that an insurer pays for are listed here.",
)


def _comes(row: CoveredRow) -> str:
    return wording.moment(row.coming) if row.coming is not None else wording.NOTHING


_COLUMNS = (
    Column("Comes", _comes, width=184),
    Column("Client", lambda row: row.client_name, least=120),
    Column("Insurer", lambda row: row.payer or wording.NOTHING, width=150, spare=1),
    Column("As of", lambda row: wording.day(row.answer.as_of if row.answer else None), width=112),
    status_column("Covered", lambda row: wording.state(COVERED, row.standing), width=150),
)


class CoveragePanel(Card):
    """The chosen client: what the insurer said last, and what can be done."""

    def __init__(self, buttons: Sequence[Button], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen client")
        self.setMinimumWidth(scaled(340))
        self.setMaximumWidth(scaled(420))
        self._who = ElidedLabel("", "heading")
        self._whose = PlainLabel("", "muted", wrap=True)
        self._said = PlainLabel("", "strong", wrap=True)
        self._figures = PlainLabel("", wrap=True)
        self._pending = PlainLabel("", wrap=True)
        self._labels = (self._who, self._whose, self._said, self._figures, self._pending)
        self.body.setSpacing(8)
        for label in self._labels:
            self.body.addWidget(label)
        self.body.addSpacing(4)
        for button in buttons:
            self.body.addWidget(button)
        self.body.addStretch(1)
        self.show_row(None)

    def show_row(self, row: CoveredRow | None) -> None:
        """Show ``row``, or nothing."""
        self.setVisible(row is not None)
        if row is None:
            return
        whose = " · ".join(filter(None, (row.payer, row.member_id)))
        answer = row.answer
        if row.coverage:
            never = "Nobody has asked yet." if row.pending is None else "There is no answer yet."
            said = answered(answer) if answer is not None else never
        else:
            said = "No insurance in force today. Add the coverage to the client first."
        for label, words in (
            (self._who, row.client_name),
            (self._whose, whose),
            (self._said, said),
            (self._figures, "\n".join(figures(answer)) if answer is not None else ""),
            (self._pending, _pending(row.pending)),
        ):
            label.setText(words)
            label.setVisible(bool(words))

    def words(self) -> list[str]:
        """Return the sentences as shown, from top to bottom."""
        return [label.text() for label in self._labels if label.isVisibleTo(self)]


def _pending(check: CheckRow | None) -> str:
    if check is None:
        return ""
    if check.standing == "failed":
        return f"It could not be asked on {wording.day(check.made_at.date())}: {check.message}"
    if check.standing == "waiting" and check.asked_at is not None:
        return (
            f"Asked about {wording.day(check.about)} on {wording.day(check.asked_at.date())}. The "
            "answer has not come yet."
        )
    return f"A question about {wording.day(check.about)} waits to be asked."


class EligibilityPage(Page):
    """Enter on a client asks the insurer, or opens the form for the telephone."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._brake: Brake | None = None
        self._way = Asking.NOT
        self.view = ComboBox()
        self.view.setAccessibleName("Who is listed")
        self.view.addItem("Coming appointments", coming)
        self.view.addItem("Everybody with insurance", everybody)
        self.way = ElidedLabel("", "muted")
        self.all_button: Button = PrimaryButton("Ask about all", self.ask_all)
        self.model = RowsModel(_COLUMNS, lambda row: row.client_ref)
        self.table = RecordTable("Clients and their coverage", self.model)
        self.ask_button: Button = SecondaryButton("Ask now", self.ask_now)
        self.call_button: Button = SecondaryButton("Note a call…", self.note_call)
        self.take_button: Button = SecondaryButton("Take figures over…", self.take_over)
        self.history_button: Button = SecondaryButton("Earlier answers…", self.history)
        self.client_button: Button = SecondaryButton("Open client", self._open_client)
        self.panel = CoveragePanel(
            (
                self.ask_button,
                self.call_button,
                self.take_button,
                self.history_button,
                self.client_button,
            )
        )
        self.bar = WorkBar(
            "Asking insurers", "Asking", "Waiting for the answer that is under way", self._stop,
            after_ms=BUSY_AFTER_MS,
        )  # fmt: skip
        self._empty = EmptyState(*_NOBODY)
        self._lay_out()
        self.view.currentIndexChanged.connect(lambda _index: self.reload())
        self.table.current_changed.connect(lambda _ref: self._offer())
        self.table.opened.connect(lambda _ref: self._usual())
        self._offer()

    def _lay_out(self) -> None:
        above, across = QHBoxLayout(), QHBoxLayout()
        above.setSpacing(8)
        across.setSpacing(16)
        self.view.setFixedWidth(scaled(264))
        above.addWidget(self.view)
        above.addWidget(self.way, 1)
        above.addWidget(self.all_button)
        across.addWidget(self.table, 2)
        across.addWidget(self.panel, 1)
        self.column.addLayout(above)
        self.column.addWidget(self.bar)
        self.column.addLayout(across, 1)

    # -- what is shown

    def reload(self) -> None:
        look = self.view.currentData()
        self.context.read(
            lambda read: (look(read), connection.asking_way(read)),
            self._show,
            label="Look who comes",
        )

    def take_focus(self) -> None:
        self.table.setFocus()

    @property
    def _may_ask(self) -> bool:
        return self._way is not Asking.NOT

    def _show(self, found: tuple[list[CoveredRow], Asking]) -> None:
        rows, self._way = found
        self.model.set_rows(rows)
        if self._empty.parent() is None:
            self.table.set_empty(self._empty)
        if self.table.current_id() is None and rows:
            self.table.selectRow(0)
        self.way.setText(_WAYS[self._way])
        self._offer()
        uncertain = sum(row.standing != "active" for row in rows)
        count = wording.counted(len(rows), "client")
        self.counted.emit(f"{count}, {uncertain} not known to be covered" if rows else "")

    def current(self) -> CoveredRow | None:
        """Return the chosen client."""
        ident = self.table.current_id()
        row = self.model.position(ident) if ident is not None else None
        return None if row is None else self.model.row_at(row)

    def _offer(self) -> None:
        row = self.current()
        self.panel.show_row(row)
        covered, answer = bool(row and row.coverage), row.answer if row else None
        self.all_button.setVisible(self._may_ask)
        self.all_button.setEnabled(self._brake is None and bool(self._askable()))
        self.ask_button.setVisible(covered and self._may_ask)
        self.ask_button.setEnabled(self._brake is None)
        self.call_button.setVisible(covered)
        self.take_button.setVisible(bool(row) and answer is not None and _offers(answer))
        self.history_button.setVisible(bool(row and (row.answer or row.pending)))

    def _askable(self) -> list[CoveredRow]:
        rows = [self.model.row_at(row) for row in range(self.model.rowCount())]
        return [row for row in rows if row is not None and row.coverage]

    # -- what can be done

    def _usual(self) -> None:
        if self.ask_button.isVisibleTo(self.panel):
            self.ask_now()
        else:
            self.note_call()

    def ask_now(self) -> None:
        """Ask the insurer of the chosen client."""
        row = self.current()
        if row is not None and row.coverage:
            self._ask([row])

    def ask_all(self) -> None:
        """Ask the insurers of everybody on the list."""
        self._ask(self._askable())

    def _ask(self, rows: Sequence[CoveredRow]) -> None:
        if self._brake is not None or not rows or not self._may_ask:
            return
        if self.context.offline:
            self.context.write(
                "Queue questions about coverage", partial(_queue, rows=rows), done=self._queued
            )
            return
        store, brake = self.context.store, Brake(_STOPPED)
        self._brake = brake
        self.bar.begin()
        self._offer()

        def work(steps: Steps) -> int:
            step = brake.over(steps.step)
            with store.write("Queue questions about coverage") as uow:
                numbers = _queue(uow, rows=rows)
            with store.read() as read:
                by_mail = connection.asking_way(read) is Asking.BY_MAIL
                mail = connection.transport(read) if by_mail else None
                way = connection.eligibility_transport(read) if mail is None else None
            if mail is not None:
                step(0, 1)
                with mail:
                    question_mail.send_questions(store, mail, only=numbers)
            if way is None:
                return len(numbers)
            with way:
                for done, number in enumerate(numbers):
                    step(done, len(numbers))
                    asking.ask_waiting(store, way, only=[number])
            return len(numbers)

        self.context.run(
            "Ask insurers", work, done=self._asked, failed=self._not_asked,
            progress=lambda done, total: self.bar.step("Asking", done, total),
        )  # fmt: skip

    def _stop(self) -> None:
        if self._brake is not None:
            self._brake.pull()

    def _over(self) -> None:
        self._brake = None
        self.bar.finish()
        self.reload()

    def _queued(self, numbers: list[int]) -> None:
        many = wording.counted(len(numbers), "question")
        self.context.shell.say(f"You work offline. {many} will be asked once you are online")

    def _asked(self, count: int) -> None:
        self._over()
        done = "asked" if self._way is Asking.AT_ONCE else "asked; the answers come by mail"
        self.context.shell.say(f"{wording.counted(count, 'insurer')} {done}")
        self.table.setFocus()

    def _not_asked(self, error: Exception) -> bool:
        self._over()
        if isinstance(error, Canceled):
            self.context.shell.say(error.message)
        return False

    def note_call(self) -> None:
        """Open the form for what an insurer says on the telephone."""
        row = self.current()
        if row is not None and row.coverage:
            number = row.coverage

            def sheet(read: Reading) -> CallSheet:
                return call_sheet(read, read.session.get_one(Coverage, number))

            self.context.read(sheet, partial(self._open_call, number), label="Prepare the call")

    def _open_call(self, coverage: int, sheet: CallSheet) -> None:
        dialog = CallDialog(self.context, coverage, sheet, self)
        dialog.saved.connect(self.context.shell.say)
        dialog.open_once()

    def take_over(self) -> None:
        """Offer the figures of the last answer to the coverage, one by one."""
        row = self.current()
        if row is not None and row.answer is not None and _offers(row.answer):
            dialog = AcceptDialog(self.context, row, self)
            dialog.saved.connect(self.context.shell.say)
            dialog.open_once()

    def history(self) -> None:
        """Show every question about the chosen coverage."""
        row = self.current()
        if row is not None and row.coverage:
            number = row.coverage
            self.context.read(
                lambda read: checks_of(read, number),
                partial(self._open_history, row.client_name),
                label="Look at earlier answers",
            )

    def _open_history(self, name: str, rows: list[CheckRow]) -> None:
        HistoryDialog(name, rows, self).open_once()

    def _open_client(self) -> None:
        row = self.current()
        if row is not None:
            self.context.shell.go("clients", row.client_ref)


def _queue(uow: UnitOfWork, *, rows: Sequence[CoveredRow]) -> list[int]:
    """Queue a question about each, for the day they come."""
    found = []
    for row in rows:
        coverage = uow.session.get_one(Coverage, row.coverage)
        about = row.coming.date() if row.coming is not None else uow.today
        found.append(asking.queue_check(uow, coverage, max(about, uow.today)).id)
    return found


def _offers(answer: CheckRow) -> bool:
    stated = any(getattr(answer, name) is not None for name in FIGURES)
    return stated and answer.standing != "inactive"
