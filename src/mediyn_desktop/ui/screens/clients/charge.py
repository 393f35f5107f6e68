# SPDX-License-Identifier: MIT
"""Charging a client's card now: looked at first, then charged, then told in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from mediyn_desktop.cards import worker
from mediyn_desktop.cards.charging_now import ChargeTalk, Offer, approve_offers
from mediyn_desktop.cards.story import attempt_story
from mediyn_desktop.cards.tally import SoFar, tally
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.card_network import processor_of
from mediyn_desktop.ui.charging_words import so_far
from mediyn_desktop.ui.context import EVERYTHING, Context
from mediyn_desktop.ui.screens.clients.charge_words import Came, facts, what_came, why_not
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel

_MOST_SHOWN = 7  # sessions before the list scrolls
_LINE = 34
_FOR = {
    "sessions": "session",
    "copays": "copay",
    "fees": "missed session",
    "balance": "balance left",
}


class _Teller(QObject):
    """Tells from worker threads how charging goes; it outlives a form that is closed meanwhile."""

    moved = Signal(object)


class ChargeDialog(Dialog):
    """Enter charges what is ticked. It may be closed meanwhile: what came of it is said anyway."""

    def __init__(self, context: Context, talk: ChargeTalk, parent: QWidget | None = None) -> None:
        super().__init__(f"Charge the card of {talk.full_name}", parent, width=560)
        self._context, self._talk = context, talk
        self._stop = Event()
        self.running = False
        self.boxes: list[tuple[Offer, CheckBox]] = []
        self.facts = PlainLabel("", wrap=True)
        self.problem = PlainLabel("", "problem", wrap=True)
        self.words = PlainLabel("", "strong", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Charging the card")
        self.outcome = PlainLabel("", wrap=True)
        self.cancel: Button = SecondaryButton("Cancel", self.reject)
        self.stop_button: Button = SecondaryButton("Stop", self._stopped)
        self.charge: Button = PrimaryButton("Charge", self._charge)
        self._lay_out()
        self._teller = _Teller()
        self._teller.moved.connect(self._show_so_far, Qt.ConnectionType.QueuedConnection)
        self._look()
        (self.charge if self.chosen and self.charge.isEnabled() else self.cancel).setFocus()

    def _lay_out(self) -> None:
        self.list = _list_of(self._offer_rows())
        self.list.setVisible(bool(self._talk.offers))
        self.body.addWidget(self.list)
        self.body.addSpacing(4)
        for widget in (self.facts, self.problem, self.words, self.bar, self.outcome):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        for hidden in (self.problem, self.words, self.bar, self.outcome, self.stop_button):
            hidden.hide()
        self.set_buttons(self.cancel, self.stop_button, self.charge, default=self.charge)

    def _offer_rows(self) -> list[QWidget]:
        rows: list[QWidget] = []
        for offer in self._talk.offers:
            said = f"{wording.day(offer.on)} · {_FOR.get(offer.purpose, offer.purpose)}"
            said += f" · {format_cents(offer.cents)}"
            if offer.under_way:
                rows.append(PlainLabel(f"{said}: asked already. See the screen of cards.", "muted"))
            elif offer.refused:
                rows.append(PlainLabel(f"{said}: {offer.refused}", "muted", wrap=True))
            else:
                box = CheckBox(f"{said} · •{offer.last4}" + (" · older" if offer.old else ""))
                box.setChecked(not offer.old)
                box.toggled.connect(lambda _on: self._look())
                self.boxes.append((offer, box))
                rows.append(box)
        return rows

    # -- what would be charged

    @property
    def chosen(self) -> list[Offer]:
        """What is ticked."""
        return [offer for offer, box in self.boxes if box.isChecked()]

    def _look(self) -> None:
        chosen, talk = self.chosen, self._talk
        cents = sum(one.cents for one in chosen)
        if not talk.offers:
            self.facts.setText(
                f"Nothing is due from {talk.full_name} that a card could be asked for."
            )
            self.charge.hide()
            self.cancel.set_caption("OK")
            return
        wrong = why_not(talk, chosen, offline=self._context.offline)
        self.facts.setText("" if wrong else "\n".join(facts(talk, chosen)))
        self.facts.setVisible(not wrong)
        self._say_problem(wrong)
        self.charge.setEnabled(not wrong)
        self.charge.set_caption(f"Charge {format_cents(cents)}" if cents else "Charge")

    def _say_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    # -- charging

    def _charge(self) -> None:
        if self.running or not self.charge.isEnabled():
            return
        context, ref, chosen = self._context, self._talk.client_ref, self.chosen
        stop = self._stop = Event()
        self.running = True
        self._show_running()
        teller = self._teller
        context.shell.before_closing(stop.set)  # of what is not begun, nothing is sent

        def work() -> Came:
            with processor_of(context) as api:
                with context.store.write("Charge a card now") as uow:
                    idents = approve_offers(uow, ref, chosen)
                with context.store.read() as read:
                    count = tally(read).count
                outcome = worker.run_pass(
                    context.store,
                    api,
                    only=idents,
                    progress=lambda *what: teller.moved.emit(count(*what)),
                    cancelled=stop,
                    skip_waits=True,
                )
            if stop.is_set():
                with context.store.write("Stop charging") as uow:
                    withdraw_unsent(uow, {one.ref for one in chosen})
            with context.store.read() as read:
                rows = [attempt_story(read, ident) for ident in idents]
            told = [(one.row.state, one.row.amount_cents, one.decline) for one in rows]
            return what_came(told, outcome.message, was_stopped=stop.is_set())

        context.run("Charge a card", work, kinds=EVERYTHING, done=self._done, failed=self._failed)

    @property
    def _done(self) -> Callable[[Came], None]:
        """Plain functions: bound methods of a form that is gone would not be called."""

        def came(found: Came) -> None:
            if shiboken6.isValid(self) and self.isVisible():
                self._show_result(found)
            else:
                self._context.shell.say(" ".join((f"{found.heading}.", *found.lines)))

        return came

    def _failed(self, error: Exception) -> bool:
        self.running = False
        self._show_choosing()
        if not isinstance(error, UserFacingError):
            return False
        self._say_problem(error.message)
        self.facts.hide()
        self.charge.setEnabled(False)
        self.cancel.setFocus()
        announce(self, error.message)
        return True

    def _stopped(self) -> None:
        self._stop.set()
        self.stop_button.setEnabled(False)
        self.stop_button.set_caption("Stopping…")
        self.words.setText("Finishing what is being sent")

    # -- what is shown when

    def _show_choosing(self) -> None:
        for widget in (self.words, self.bar, self.stop_button):
            widget.hide()
        self.list.setEnabled(True)
        self.cancel.set_caption("Close")

    def _show_running(self) -> None:
        self.list.setEnabled(False)
        self.charge.setEnabled(False)
        self.charge.set_caption("Charging…")
        self.cancel.set_caption("Go on working")
        self.words.setText("Asking Stripe")
        self.bar.setRange(0, 0)
        for widget in (self.words, self.bar, self.stop_button):
            widget.show()
        self.stop_button.setFocus()

    def _show_so_far(self, now: SoFar) -> None:
        if self.running and not self._stop.is_set():
            self.words.setText(so_far(now))
            self.bar.setRange(0, now.total)
            self.bar.setValue(now.done)
            self.bar.setAccessibleDescription(self.words.text())

    def _show_result(self, found: Came) -> None:
        self.running = False
        for widget in (self.list, self.facts, self.bar, self.stop_button, self.charge):
            widget.hide()
        self.words.setText(found.heading)
        self.outcome.setText("\n".join(found.lines))
        self.words.show()
        self.outcome.setVisible(bool(found.lines))
        self.cancel.set_caption("Done")
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        announce(self, f"{found.heading}. {' '.join(found.lines)}")


def _list_of(rows: Sequence[QWidget]) -> QScrollArea:
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(2)
    for row in rows:
        column.addWidget(row)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inside.setAutoFillBackground(False)
    area.setWidget(inside)
    area.setFixedHeight(min(inside.sizeHint().height() + 4, scaled(_LINE * _MOST_SHOWN)))
    return area
