# SPDX-License-Identifier: MIT
"""The training panel: test cards, test member ids, and the world outside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.training.cards import TEST_CARDS, Outcome, TrainingCard
from mediyn_desktop.training.controls import Controls
from mediyn_desktop.training.members import TEST_MEMBERS
from mediyn_desktop.training.opening import PASSPHRASE, Training
from mediyn_desktop.training.putting import People, people, put_card, set_member_id
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.training.giving import GivingPage
from mediyn_desktop.ui.training.outside_page import Happening, OutsidePage
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.tab_row import Tabs

_WIDTH = 860
_OUTCOMES = {
    Outcome.PAID: Status("Paid", Tone.OK),
    Outcome.DECLINED: Status("Declined", Tone.BAD),
    Outcome.ASKS_CLIENT: Status("Ask client", Tone.BAD),
    Outcome.UNDECIDED: Status("Bank decides", Tone.INFO),
}
_CARDS = (
    Column("Card number", lambda card: card.spaced, width=190),
    Column("What it is", lambda card: card.label, least=220),
    status_column("When charged", lambda card: _OUTCOMES[card.outcome], width=140),
)
_MEMBERS = (
    Column("Member id begins", lambda member: member.begins, width=160),
    Column("What the insurer answers", lambda member: member.promise, least=300),
)
CARDS_PAGE, MEMBERS_PAGE, OUTSIDE_PAGE = "Test cards", "Test member ids", "The world outside"


class TrainingPanel(Dialog):
    """Stays open while things happen; what happened is said at the bottom. Escape closes it."""

    heard = Signal(tuple)
    """Background jobs to run, so that the practice hears of what happened."""

    day_passed = Signal()
    anew_asked = Signal()
    leave_asked = Signal()

    def __init__(
        self,
        context: Context,
        training: Training,
        controls: Controls,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Training", parent, width=_WIDTH)
        self._context, self._training = context, training
        self._focused: QWidget | None = None
        self.copy_button: Button = SecondaryButton(
            "Copy the number", self._copy_number, icon_name="copy"
        )
        self.cards = GivingPage(
            "Test cards", _CARDS, lambda card: card.number, TEST_CARDS,
            explain=_explain_card, verb="Put on this client", also=(self.copy_button,),
        )  # fmt: skip
        self.members = GivingPage(
            "Test member ids", _MEMBERS, lambda member: member.begins, TEST_MEMBERS,
            explain=lambda member: member.promise, verb="Give to this client",
        )  # fmt: skip
        self.outside = OutsidePage(controls)
        self.tabs = Tabs("Training")
        for title, page in (
            (CARDS_PAGE, self.cards),
            (MEMBERS_PAGE, self.members),
            (OUTSIDE_PAGE, self.outside),
        ):
            self.tabs.add(title, page)
        self.said = PlainLabel("", "strong", wrap=True)
        self.said.setMinimumHeight(scaled(36))  # two lines: what is said moves nothing
        self.body.addWidget(self.tabs, 1)
        self.body.addWidget(self.said)
        self.body.addWidget(
            PlainLabel(f"If you are asked for a passphrase here: {PASSPHRASE}", "muted")
        )
        self.anew_button: Button = SecondaryButton("Start training anew…", self._ask_anew)
        self.leave_button: Button = SecondaryButton("Leave training", self._ask_leave)
        close = SecondaryButton("Close", self.reject)
        self.set_buttons(self.leave_button, close, default=close, left=self.anew_button)
        self.cards.given.connect(self._put_card)
        self.members.given.connect(self._give_member)
        self.outside.asked.connect(self._let_happen)
        self._context.read(people, self._show_people)
        self.cards.table.setFocus()

    def _ask_anew(self) -> None:
        self.reject()
        self.anew_asked.emit()

    def _ask_leave(self) -> None:
        self.reject()
        self.leave_asked.emit()

    def _show_people(self, found: People) -> None:
        self.cards.set_people(found.with_card)
        self.members.set_people(found.with_coverage)

    def _put_card(self, number: str, client: str) -> None:
        card = next(one for one in TEST_CARDS if one.number == number)
        name = self.cards.client.currentText()

        def put() -> str:
            put_card(self._training, client, number)
            return f"{name} pays with the card ending {number[-4:]} from now on. {_charged(card)}"

        self._run("Put a test card on a client", put)

    def _give_member(self, begins: str, client: str) -> None:
        name = self.members.client.currentText()

        def give() -> str:
            member_id = set_member_id(self._training.store, client, begins)
            return f"{name} has the member id {member_id} from now on."

        self._run("Give a client a test member id", give)

    def _let_happen(self, what: Happening) -> None:
        self._run(what.label, what.work, partial(self._happened, what))

    def _happened(self, what: Happening) -> None:
        if what.new_day:
            self.day_passed.emit()
        if what.jobs:
            self.heard.emit(what.jobs)

    def _run(
        self, label: str, work: Callable[[], str], then: Callable[[], object] | None = None
    ) -> None:
        self._set_busy(True)

        def done(sentence: str) -> None:
            self._set_busy(False)
            self._say(sentence)
            if then is not None:
                then()

        self._context.run(label, work, done=done, failed=self._refused)

    def _refused(self, error: Exception) -> bool:
        self._set_busy(False)
        if not isinstance(error, UserFacingError):
            return False
        self._say(error.message)
        return True

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        announce(self, sentence)

    def _set_busy(self, busy: bool) -> None:
        """Let nothing be asked twice; the keyboard stays where it was."""
        focused = self.focusWidget()
        self.tabs.setEnabled(not busy)
        if busy:
            self._focused = focused
            self.said.setText("One moment…")
        elif self._focused is not None:
            self._focused.setFocus()

    def _copy_number(self) -> None:
        number = str(self.cards.table.current_id())
        QGuiApplication.clipboard().setText(number)
        self._say(f"{number} is copied. Paste it on the page where a client saves a card.")


def _explain_card(card: TrainingCard) -> str:
    saving = (
        " A client who types it on the page for saving cards is told no at once."
        if card.refused_on_page
        else ""
    )
    return f"{_charged(card)}{saving}"


def _charged(card: TrainingCard) -> str:
    return f"When it is charged: {card.promise[0].lower()}{card.promise[1:]}"
