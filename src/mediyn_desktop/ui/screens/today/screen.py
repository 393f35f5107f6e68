# SPDX-License-Identifier: MIT
"""The screen: it asks, shows, and never decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QDialog

from mediyn_desktop.billing.charges import NotBilled
from mediyn_desktop.cards.tally import SoFar
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.outlook import approved, choosable, outlook
from mediyn_desktop.dayclose.review import Row
from mediyn_desktop.reports.alert_names import NamedAlert, named_alerts
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.importing import CAPTION, IMPORT
from mediyn_desktop.ui.screens.today import words
from mediyn_desktop.ui.screens.today.amount_dialog import AmountDialog
from mediyn_desktop.ui.screens.today.attention import AlertsDialog, AttentionStrip
from mediyn_desktop.ui.screens.today.close_dialog import CloseDialog
from mediyn_desktop.ui.screens.today.closing import Closing, Outcome, Request
from mediyn_desktop.ui.screens.today.day_bar import DayBar
from mediyn_desktop.ui.screens.today.installments import InstallmentStrip
from mediyn_desktop.ui.screens.today.loading import DayView, load_day
from mediyn_desktop.ui.screens.today.panel import RowPanel
from mediyn_desktop.ui.screens.today.pdf_dialog import PdfDialog
from mediyn_desktop.ui.screens.today.progress import ClosingBar
from mediyn_desktop.ui.screens.today.result_dialog import ResultDialog
from mediyn_desktop.ui.screens.today.sign_dialog import SignDialog
from mediyn_desktop.ui.screens.today.table import DayModel, DayTable
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.undo.doing import set_amount, sign_note

_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class TodayScreen(Screen):
    """The day's sessions, those that need somebody first, and the button that closes the day."""

    title = "Today"
    reads = frozenset(
        {
            "alert",
            "balance",
            "card",
            "card_attempt",
            "card_dispute",
            "card_freeze",
            "charge",
            "claim",
            "client",
            "coverage",
            "day",
            "estimate",
            "fee",
            "note",
        }
        | {"package", "payment", "payment_plan", "session", "setting"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context.ops)
        self.context = context
        self.view: DayView | None = None
        self._wanted: date | None = None  # None: whatever day it is where the practice is
        self._watching = False
        self._next_unsigned = False
        self._to_the_top = False
        self.closing = Closing(context, self)
        self.closing.stepped.connect(self._stepped)
        self.closing.charged.connect(self._charged)
        context.shell.before_closing(self.closing.stop)
        self.model = DayModel()
        self.model.chosen.connect(self._count)
        self._lay_out()
        self._add_commands()

    def _lay_out(self) -> None:
        self.day_bar = DayBar(self._today)
        self.day_bar.chosen.connect(self.show_day)
        self.close_button: Button = PrimaryButton("Close the day…", self.ask_close)
        self.header.set_actions(self.day_bar, self.close_button)
        self.summary = PlainLabel("", "strong")
        self.progress = ClosingBar(self.closing.stop)
        self.table = DayTable(self.model)
        self.empty = EmptyState(
            "today",
            "No sessions on this day",
            action=(CAPTION, lambda: self.context.actions.run(IMPORT)),
        )
        self.table.set_empty(self.empty)
        self.table.current_changed.connect(self._show_row)
        self.table.opened.connect(self._open)
        self.panel = RowPanel(sign=self.ask_sign, amount=self.ask_amount, client=self._open_client)
        self.attention = AttentionStrip()
        self.attention.asked.connect(self.ask_alerts)
        self.attention.cards_asked.connect(partial(self.context.shell.go, "cards"))
        self.alerts: list[NamedAlert] = []
        self.installments = InstallmentStrip()
        self.installments.chosen.connect(self._count)
        for widget in (self.attention, self.summary, self.installments, self.progress):
            self.body.addWidget(widget)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.panel)
        self._enable()

    def _add_commands(self) -> None:
        for name, title, act, keys, when in (
            ("sign", "Sign note…", self.ask_sign, "S", self._may_sign),
            ("amount", "Change amount…", self.ask_amount, "A", self._may_change),
            ("previous", "Previous day", lambda: self.day_bar.step(-1), "[", self._idle),
            ("next", "Next day", lambda: self.day_bar.step(1), "]", self._idle),
            ("today", "Show today", self.day_bar.go_to_today, "T", self._idle),
            (
                "alerts",
                "Show what needs attention…",
                self.ask_alerts,
                "",
                lambda: bool(self.alerts),
            ),
            (
                "cards",
                "Show what is urgent about cards",
                self.attention.ask_cards,
                "K",
                self.attention.has_cards,
            ),
            ("close", "Close the day…", self.ask_close, "Ctrl+Return", self._may_close),
        ):
            self.context.actions.add(
                Command(f"today.{name}", title, act, keys, "Today", self._here(when))
            )

    def _here(self, when: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: self.isVisible() and when()

    # -- what is shown

    def _today(self) -> date:
        now = self.context.clock.now()
        return local_date(now, self.view.zone) if self.view is not None else now.date()

    def show_day(self, day: date) -> None:
        """Go to another day; what was left out on this one is forgotten."""
        self._wanted = day
        self.model.forget_choices()
        self.installments.forget_choices()
        self.reload()

    def take_focus(self) -> None:
        self.table.setFocus()

    def open_ref(self, ref: str) -> None:
        """Make the session ``ref`` current, if it is on the day shown."""
        self.table.select_id(ref)

    def reload(self) -> None:
        wanted = self._wanted
        self.context.read(lambda read: load_day(read, wanted), partial(self._show, wanted))
        self.context.read(named_alerts, self._show_alerts, label="Look what needs attention")

    def _show(self, wanted: date | None, view: DayView) -> None:
        if wanted != self._wanted or self.closing.running:
            return  # another day was asked for meanwhile; a running batch shows its own rows
        self.view, self._wanted = view, view.day
        self.day_bar.show_day(view.day)
        today = view.day == self._today()
        self.header.set_title("Today" if today else f"{view.day:%A}")
        closed = f" · closed at {wording.clock(view.closed_at)}" if view.closed_at else ""
        day = words.long_day(view.day) if today else wording.long_date(view.day)
        self.header.set_subtitle(f"{day}{closed}")
        self.model.set_rows(view.review.rows)
        self.installments.show_installments(view.review.installments)
        self._say_why_empty(view, today=today)
        self._select()
        self._show_row(self.table.current_id())
        self._count()
        self._enable()

    def _show_alerts(self, found: list[NamedAlert]) -> None:
        self.alerts = found
        self.attention.show_alerts(found)

    def ask_alerts(self) -> None:
        """Show everything that needs attention."""
        dialog = AlertsDialog(self.context, self.alerts, self._today(), self)
        dialog.client_asked.connect(lambda ref: self.context.shell.go("clients", ref))
        dialog.cards_asked.connect(partial(self.context.shell.go, "cards"))
        self._open_dialog(dialog)

    def _select(self) -> None:
        """Keep the current session; after a signature go on to the next note to sign.

        Once a day is closed the first that needs somebody is chosen: it stands on top.
        """
        assert self.view is not None
        if self._to_the_top:
            self._to_the_top = False
            self.table.selectRow(0)
            self.table.scrollToTop()
            return
        if self._next_unsigned:
            self._next_unsigned = False
            unsigned = [row for row in self.view.review.rows if not row.signed]
            if unsigned:
                self.table.select_id(unsigned[0].session_ref)
                return
        if self.table.current_id() is None and self.view.review.rows:
            self.table.selectRow(0)

    def _show_row(self, _ref: object) -> None:
        self.panel.show_row(self.row)
        self._enable()

    def _say_why_empty(self, view: DayView, *, today: bool) -> None:
        self.empty.offer(offered=not view.anybody)
        if view.anybody:
            self.empty.set_text(
                "No sessions today" if today else "No sessions on this day",
                "Sessions appear here once they are imported. Press [ or ] for the days around.",
            )
        else:
            self.empty.set_text(
                "Welcome",
                "Begin with your clients and their sessions: import a practice folder. You see "
                "what is in it before anything is taken in.",
            )

    def _count(self) -> None:
        if self.view is None:
            return
        ahead = outlook(self.view.review, self._left_out, self.view.printable)
        something = bool(ahead.sessions or self.view.review.installments)
        self.summary.setText(words.summary(ahead) if something else "")
        self.summary.setVisible(something)

    @property
    def _left_out(self) -> frozenset[str]:
        """The refs of sessions and of payment plans whose card is not charged tonight."""
        return frozenset(self.model.left_out) | self.installments.left_out

    @property
    def row(self) -> Row | None:
        """The current session."""
        return self.view.row(self.table.current_id()) if self.view is not None else None

    # -- what is possible now

    def _idle(self) -> bool:
        return not self.closing.running

    def _may_sign(self) -> bool:
        return self._idle() and self.row is not None and not self.row.signed

    def _may_change(self) -> bool:
        row = self.row
        return self._idle() and row is not None and (choosable(row) or approved(row))

    def _may_close(self) -> bool:
        review = self.view.review if self.view is not None else None
        return self._idle() and review is not None and bool(review.rows or review.installments)

    def _enable(self) -> None:
        self.close_button.setEnabled(self._may_close())
        self.day_bar.setEnabled(self._idle())
        self.installments.setEnabled(self._idle())
        self.panel.sign_button.setEnabled(self._may_sign())
        self.panel.amount_button.setEnabled(self._may_change())

    # -- one session

    def _open(self, _ref: object) -> None:
        if self._may_sign():
            self.ask_sign()
        elif self._may_change():
            self.ask_amount()

    def _open_client(self) -> None:
        if self.row is not None:
            self.context.shell.go("clients", self.row.client_ref)

    def ask_sign(self) -> None:
        """Show what is signed; Enter signs it."""
        row = self.row
        if row is None or not self._may_sign():
            return
        dialog = SignDialog(row, self)
        dialog.accepted.connect(partial(self._sign, row.session_ref))
        self._open_dialog(dialog)

    def _sign(self, ref: str) -> None:
        def work(uow: UnitOfWork) -> str:
            made = sign_note(uow, ref)
            if isinstance(made, NotBilled):
                return f"Signed, and not billed yet. {made.message}"
            return f"Signed. {format_cents(made.total_cents)} billed."

        self._next_unsigned = True
        self.context.write("Sign note", work, done=self.context.shell.say)

    def ask_amount(self) -> None:
        """Ask for another amount and the reason."""
        row = self.row
        if row is None or not self._may_change():
            return
        waiting = row.card if approved(row) else None
        cents = waiting.amount_cents if waiting is not None else row.due_cents
        dialog = AmountDialog(row, cents, self)
        dialog.submitted.connect(partial(self._set_amount, dialog, row.session_ref))
        self._open_dialog(dialog)

    def _set_amount(self, dialog: AmountDialog, ref: str, cents: int, reason: str) -> None:
        def refused(error: Exception) -> bool:
            if isinstance(error, UserFacingError):
                dialog.refuse(error.message)
                return True
            dialog.reject()
            return False

        self.context.write(
            "Change the amount",
            lambda uow: set_amount(uow, ref, cents, reason),
            done=lambda _set: dialog.accept(),
            failed=refused,
        )

    # -- the day

    def ask_close(self) -> None:
        """Show what closing does; Enter closes."""
        view = self.view
        if view is None or not self._may_close():
            return
        dialog = CloseDialog(
            view.day,
            outlook(view.review, self._left_out, view.printable),
            folder=view.folder or Path.home() / "Documents" / "Mediyn",
            offline=self.context.offline,
            parent=self,
        )
        dialog.accepted.connect(lambda: self._close(view, dialog.folder))
        self._open_dialog(dialog)

    def _close(self, view: DayView, out: Path | None) -> None:
        # What was not billed when it was confirmed is billed now, but charged only once it is seen.
        unseen = {row.session_ref for row in view.review.rows if not row.billed}
        self.model.frozen = True
        self.progress.begin()
        self.closing.start(
            Request(view.day, self._left_out | unseen, out),
            done=self._closed,
            failed=self._broken,
        )
        self._enable()

    def _stepped(self, step: str, done: int, total: int) -> None:
        self.progress.step(step, done, total)
        view = self.view
        if view is not None and self.closing.running and not self._watching:
            self._watching = True
            self.context.read(lambda read: load_day(read, view.day), self._update)

    def _charged(self, now: SoFar) -> None:
        self.progress.tell(now)

    def _update(self, view: DayView) -> None:
        """Show where each charge stands; the rows keep their places until the batch is over."""
        self._watching = False
        if not self.closing.running:
            return
        self.view = view
        for row in view.review.rows:
            self.model.update(row)
        self.panel.show_row(self.row)
        self._enable()

    def _ended(self) -> None:
        self._watching = self.model.frozen = False
        self.progress.hide()
        self.table.setFocus()
        self.reload()

    def _closed(self, outcome: Outcome) -> None:
        self._ended()
        self._to_the_top = bool(outcome.closed.exceptions)
        dialog = ResultDialog(
            outcome, open_file=self.open_file, open_folder=self.open_folder, parent=self
        )
        announce(self, dialog.accessibleName())
        self._open_dialog(dialog)

    def _broken(self, _error: Exception) -> bool:
        self._ended()
        return False  # the error's own door shows it

    # -- documents

    def open_file(self, path: Path) -> None:
        """Show a saved PDF in the program's own preview."""
        self.context.read(
            lambda _read: path.read_bytes(),
            partial(self._preview, path.name),
            label="Open document",
        )

    def _preview(self, name: str, data: bytes) -> None:
        self._open_dialog(PdfDialog(data, name, self.window()))

    def open_folder(self, folder: Path) -> None:
        """Show the folder in the system's file browser."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _open_dialog(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _SIDEWAYS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if self._idle():
                self.day_bar.step(step)
        else:
            super().keyPressEvent(event)
