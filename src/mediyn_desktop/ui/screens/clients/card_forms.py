# SPDX-License-Identifier: MIT
"""Forms about a card on file: the default, the one for fees, consents, and taking it off file."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards.on_file import consents, marking, removing
from mediyn_desktop.cards.on_file.standing import CardView
from mediyn_desktop.cards.on_file.wording import ORDER
from mediyn_desktop.delivery.queries import ClientSheet
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.screens.clients.correcting import Current
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel

_NONE = "Choose a card on the Cards page first; this client may have none on file."
_WAYS = [("On paper", "paper"), ("By telephone", "phone")]


class CardDialog(CorrectingDialog):
    """A form about the current card; it explains itself where there is none."""

    undoable = False
    verb, button = "", ""

    def __init__(
        self, context: Context, sheet: ClientSheet, current: Current, parent: QWidget | None
    ) -> None:
        found = card_of(sheet, current)
        name = wording.card(found.brand, found.last4) if found is not None else "a card"
        super().__init__(context, self.verb.format(name), self.button, parent)
        if found is None:
            self.explain(_NONE)
            return
        self.card, self.sheet, self.name = found, sheet, name
        self.lay_out()
        self.finish()

    def lay_out(self) -> None:
        """Add the fields, before the sentence and the buttons."""


class DefaultCardDialog(CardDialog):
    """Charges this card before the client's others."""

    verb, button = "Make {} the default", "Make default"

    def foresee(self) -> Foreseen:
        card = self.card.id
        said = f"{self.name} is the default card now"
        if self.card.is_default:
            return unfinished(f"{self.name} is the default card already.")
        return Foreseen(
            f"From now on {self.name} is charged before the client’s other cards. What is already "
            "on its way keeps its card.",
            lambda uow, _why: marking.make_default(uow, card),
            said,
        )


class FeeCardDialog(CardDialog):
    """Keeps a card for missed-session fees, or no longer."""

    verb, button = "{} and missed-session fees", "Save"

    def foresee(self) -> Foreseen:
        card, on = self.card.id, not self.card.for_fees
        agreed = "fees" in self.card.scopes
        hint = "" if agreed else " The client has not agreed to fees on it yet."
        words = (
            f"Fees for missed sessions are charged to {self.name}, and other things to it only "
            f"where it is the default or the only card.{hint}"
            if on
            else f"{self.name} is no longer kept for fees in particular."
        )
        said = f"{self.name} is kept for fees" if on else f"{self.name} is not kept for fees"
        return Foreseen(words, lambda uow, _why: marking.keep_for_fees(uow, card, on=on), said)


class ConsentDialog(CardDialog):
    """Records a consent that was given on paper or by telephone."""

    verb, button = "Record a consent for {}", "Record consent"

    def lay_out(self) -> None:
        self.body.addWidget(PlainLabel("The client agrees to charges for", "muted"))
        self.ticks = scope_ticks(self, self.card.scopes)
        self.how = choice(_WAYS)
        self.on = DateEdit(lambda: self.sheet.today, required=True)
        self.add_row(FormField("Given", self.how), FormField("On", self.on))
        self.on.set_value(self.sheet.today)

    def foresee(self) -> Foreseen:
        scopes, on = ticked(self.ticks), self.on.date()
        if not scopes or on is None:
            return unfinished("Choose what may be charged, and the day it was agreed.")
        card, how = self.card.id, self.how.currentData()
        return Foreseen(
            f"{self.name} may be charged for {consents.in_words(scopes)}; this takes the place of "
            "what was agreed before. Today’s wording is kept with it.",
            lambda uow, _why: consents.agree(uow, card, scopes, how=how, on=on),
            f"Consent for {self.name} recorded",
        )


class RevokeDialog(CardDialog):
    """Records that a client takes a consent back, whole or in part."""

    verb, button = "Take back the consent for {}", "Take it back"

    def lay_out(self) -> None:
        self.body.addWidget(PlainLabel("No longer charged for", "muted"))
        self.ticks = scope_ticks(self, self.card.scopes, only=self.card.scopes)
        self.why = self.add_reason("What the client said, and how", needed=True)

    def foresee(self) -> Foreseen:
        scopes = ticked(self.ticks)
        if not scopes:
            return unfinished("Choose what is taken back.")
        card = self.card.id
        # Everything, where all that was agreed is taken back: then no payment plan charges it too.
        some = scopes if set(scopes) != set(self.card.scopes) else ()
        return Foreseen(
            f"{self.name} is not charged for {consents.in_words(scopes)} any more, from this very "
            "moment. Charges already made stay as they are.",
            lambda uow, why: consents.revoke(uow, card, scopes=some, reason=why),
            f"Consent for {self.name} taken back",
        )


class RemoveCardDialog(CardDialog):
    """Takes a card off file."""

    verb, button = "Remove {}", "Remove card"

    def lay_out(self) -> None:
        self.add_reason("Why it is removed", needed=False)

    def foresee(self) -> Foreseen:
        card = self.card.id
        return Foreseen(
            f"{self.name} is not charged any more, and Stripe is told to forget it. What it paid "
            "stays in the books. To use it again the client has to save it again.",
            lambda uow, why: removing.remove(uow, card, reason=why),
            f"{self.name} removed",
        )


def card_of(sheet: ClientSheet, current: Current) -> CardView | None:
    """Return the current card of a sheet; the only one, where none is current."""
    found = [one.view for one in sheet.cards if one.view.id == current or len(sheet.cards) == 1]
    return found[0] if found else None


def scope_ticks(
    form: CorrectingDialog, chosen: Collection[str], only: Collection[str] = ORDER
) -> dict[str, CheckBox]:
    """Add a box for each scope of ``only``, ticked where it is ``chosen``."""
    boxes = {one: form.add_tick(wording.CONSENTS[one].capitalize()) for one in ORDER if one in only}
    for one, box in boxes.items():
        box.blockSignals(True)
        box.setChecked(one in chosen)
        box.blockSignals(False)
    return boxes


def ticked(boxes: dict[str, CheckBox]) -> list[str]:
    """Return the scopes whose boxes are ticked."""
    return [one for one, box in boxes.items() if box.isChecked()]
