# SPDX-License-Identifier: MIT
"""The forms for one session: cancel it, or promise something off its fee."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mediyn_desktop.billing.courtesy import courtesy_room, promise_courtesy, withdraw_courtesy
from mediyn_desktop.codes.vocabulary import SessionStatus
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.corrections import preview_cancel
from mediyn_desktop.delivery.queries import SessionLine
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import Foreseen, LookingDialog, choice, unfinished
from mediyn_desktop.ui.screens.clients.correcting import session_name
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.undo import doing

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading

CHOOSE_SESSION = "Choose the session in the list of sessions first."
_HOW = (
    ("They told me just now", None),
    ("They told me in time", SessionStatus.CANCELLED),
    ("They told me too late", SessionStatus.LATE_CANCEL),
    ("They did not come", SessionStatus.NO_SHOW),
)


class CancelDialog(LookingDialog):
    """Cancels a session: charge, card, claim and fee are settled together, shown before."""

    def __init__(
        self, context: Context, name: str, line: SessionLine | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, f"Cancel a session of {name}", "Cancel session", parent)
        if line is None:
            self.explain(CHOOSE_SESSION)
            return
        self._line = line
        self._cancel.set_caption("Keep it")
        self.body.addWidget(PlainLabel(session_name(line), "muted", wrap=True))
        self.how = choice(list(_HOW))
        self.add_row(FormField("What happened", self.how))
        self.why = self.add_reason("Ill, called in the morning", needed=True)
        self.finish()
        self.how.setFocus()

    def look(self) -> Callable[[Reading], Foreseen] | Foreseen:
        ref, word = self._line.ref, self.how.currentData()
        status = SessionStatus(word) if word else None  # Qt keeps the word alone
        name = f"The session of {wording.day(self._line.date)}"
        at = self._context.clock.now()

        def ask(read: Reading) -> Foreseen:
            found = preview_cancel(read, ref, at=at, status=status)
            return Foreseen(
                found.told_as(name),
                lambda uow, why: doing.cancel_session(uow, ref, at=at, reason=why, status=status),
                f"{name} is canceled",
            )

        return ask


class CourtesyDialog(LookingDialog):
    """Promises something off a session that is not billed yet."""

    undoable = False

    def __init__(
        self, context: Context, name: str, line: SessionLine | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, f"A courtesy for {name}", "Save courtesy", parent)
        if line is None:
            self.explain(CHOOSE_SESSION)
            return
        if line.charged_cents is not None:
            self.explain(
                f"The session of {wording.day(line.date)} is billed and the client owes nothing "
                "for it now, so nothing can be taken off. If money should go back, pay it back "
                "instead."
            )
            return
        self._line = line
        self.body.addWidget(PlainLabel(session_name(line), "muted", wrap=True))
        self.amount = MoneyEdit(required=True)
        self.add_row(FormField("Taken off", self.amount))
        self.why = self.add_reason("Between jobs this month", needed=True)
        self.finish()
        self.amount.setFocus()

    def look(self) -> Callable[[Reading], Foreseen] | Foreseen:
        ref, cents = self._line.ref, self.amount.cents()
        day = wording.day(self._line.date)

        def ask(read: Reading) -> Foreseen:
            room = courtesy_room(read, ref)
            listed, so_far = format_cents(room.most_cents), format_cents(room.promised_cents)
            if cents is None:
                said = f"The session of {day} costs {listed}. Enter what you take off."
                return unfinished(f"{said} So far it is {so_far}." if room.promised_cents else said)
            if cents > room.most_cents:
                return Foreseen(f"The session costs {listed}; no more can be taken off.")
            if cents == 0:
                if not room.promised_cents:
                    return unfinished("Enter what you take off.")
                return Foreseen(
                    f"The promise of {so_far} is forgotten; {listed} will be asked.",
                    lambda uow, _why: withdraw_courtesy(uow, ref),
                    "Courtesy forgotten",
                )
            left = format_cents(room.most_cents - cents)
            return Foreseen(
                f"When the session of {day} is billed, {left} will be asked in place of {listed}.",
                lambda uow, why: promise_courtesy(uow, ref, cents=cents, reason=why),
                f"{format_cents(cents)} promised off",
            )

        return ask
