# SPDX-License-Identifier: MIT
"""What can be done about one card charge; each form says what will come of it first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QWidget

from mediyn_desktop.cards import deciding, worker
from mediyn_desktop.cards.links.closing import close
from mediyn_desktop.cards.links.offering import askable_cents, make_link, plan_link
from mediyn_desktop.cards.links.standing import LinkView, view_links
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.story import AttemptStory, attempt_story
from mediyn_desktop.cards.stripe_api import NO_ANSWER
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui.card_network import (
    NetworkDialog,
    NotDone,
    processor_of,
    will,
)
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice, unfinished
from mediyn_desktop.ui.screens.cards.words import card_words, certain, what_for
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the forms are given: the charge on view, the day, and what a link would ask for."""

    story: AttemptStory
    today: date
    session_cents: int = 0
    all_cents: int = 0

    @property
    def amount(self) -> str:
        """The charge's amount."""
        return format_cents(self.story.row.amount_cents)

    @property
    def about(self) -> str:
        """Whose charge it is, of what, on which card."""
        row = self.story.row
        return f"{row.client_name}: {self.amount} · {what_for(row)} · {card_words(row.last4)}"


def gather(read: Reading, story: AttemptStory) -> Chosen:
    """Return what the forms about ``story`` need."""
    ref, session = story.row.client_ref, story.session_ref
    of_session = askable_cents(read, ref, session=session) if session is not None else 0
    return Chosen(story, read.today, of_session, askable_cents(read, ref))


class StopDialog(CorrectingDialog):
    """Stops a charge: at once where nothing was sent, otherwise at the processor."""

    undoable = False

    def __init__(self, context: Context, chosen: Chosen, parent: QWidget | None = None) -> None:
        super().__init__(context, "Stop this charge", "Stop the charge", parent)
        self._chosen = chosen
        self.body.addWidget(PlainLabel(chosen.about, "strong", wrap=True))
        self.finish()
        self.save.setFocus()

    def foresee(self) -> Foreseen:
        story = self._chosen.story
        ident, amount = story.row.id, self._chosen.amount
        if story.row.state in (State.PLANNED, State.QUEUED) and len(story.events) <= 1:
            sentence = f"Nothing was sent. It is stopped at once, and {amount} stays due."
        else:
            sentence = (
                "Stripe is told to stop it with the next pass. It counts as stopped only once "
                "Stripe says so. Should the card have been charged already, that charge stands."
            )
        return Foreseen(
            sentence, lambda uow, _why: deciding.stop(uow, ident), f"The charge of {amount} stops"
        )


class AnywayDialog(CorrectingDialog):
    """Sends a charge that waited because the processor holds a similar one."""

    undoable = False

    def __init__(self, context: Context, chosen: Chosen, parent: QWidget | None = None) -> None:
        super().__init__(context, "It is another charge", "Charge it too", parent)
        self._chosen = chosen
        self.body.addWidget(PlainLabel(chosen.about, "strong", wrap=True))
        self.looked = self.add_tick("I looked at the other charge on Stripe's page")
        self.finish()
        self.looked.setFocus()

    def foresee(self) -> Foreseen:
        ident, amount = self._chosen.story.row.id, self._chosen.amount
        if not self.looked.isChecked():
            return unfinished("Look there first: if it was for the same, the client pays twice.")
        return Foreseen(
            f"{amount} is sent to the card with the next pass, as a charge of its own.",
            lambda uow, _why: deciding.charge_anyway(uow, ident),
            f"{amount} waits to be charged",
        )


class NowDialog(NetworkDialog):
    """Asks the processor now instead of with the next pass."""

    def __init__(self, context: Context, chosen: Chosen, parent: QWidget | None = None) -> None:
        super().__init__(context, "Ask Stripe now", "Ask now", parent)
        self._chosen = chosen
        self.body.addWidget(PlainLabel(chosen.about, "strong", wrap=True))
        self.finish()
        self.save.setFocus()

    def foresee(self) -> Foreseen:
        story, amount = self._chosen.story, self._chosen.amount
        if story.row.withdraw:
            return will("Stripe is told to stop it, and asked whether it is stopped.")
        if story.row.state in (State.QUEUED, State.DECLINED):
            return will(f"{amount} is charged to {card_words(story.row.last4)} now, once.")
        return will(
            "Stripe is asked what became of it. Where the card was not asked for yet, it is "
            "charged, once."
        )

    def prepare(self, why: str) -> Callable[[], str]:
        context, ident = self._context, self._chosen.story.row.id

        def ask() -> str:
            with processor_of(context) as api:
                done = worker.run_pass(context.store, api, only=[ident], skip_waits=True)
            if done.stopped is not None:
                raise NotDone(done.message or "Nothing was charged.", code=done.stopped)
            with context.store.read() as read:
                found = certain(attempt_story(read, ident))
            return f"{found.status.word}. {found.sentence}"

        return ask


class LinkDialog(NetworkDialog):
    """Makes a link the client can pay one balance with, once."""

    busy = "Making the link…"

    def __init__(
        self,
        context: Context,
        chosen: Chosen,
        show: Callable[[LinkView], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, "Payment link", "Make the link", parent)
        self._chosen, self._show = chosen, show
        self._made: LinkView | None = None
        entries: list[tuple[str, str | None]] = []
        if chosen.session_cents:
            cents = format_cents(chosen.session_cents)
            entries.append((f"This session: {cents}", chosen.story.session_ref))
        if chosen.all_cents and chosen.all_cents != chosen.session_cents:
            entries.append((f"All that is due: {format_cents(chosen.all_cents)}", None))
        if not entries:
            self.explain("Nothing is due that a payment link could ask for.")
            return
        self.body.addWidget(PlainLabel(chosen.story.row.client_name, "strong", wrap=True))
        self.what = choice(entries)
        self.add_row(FormField("Asks for", self.what))
        self.finish()
        self.what.setFocus()

    def foresee(self) -> Foreseen:
        return will(
            "Stripe makes a page on which the client can pay this once, with any card. While it is "
            "open no saved card is charged for the same; a charge that waits for it is taken back."
        )

    def prepare(self, why: str) -> Callable[[], str]:
        context, ref, session = (
            self._context,
            self._chosen.story.row.client_ref,
            self.what.currentData(),
        )

        def make() -> str:
            with processor_of(context) as api:
                with context.store.write("Plan a payment link") as uow:
                    ident = plan_link(uow, ref, session=session)
                make_link(context.store, api, ident)
            with context.store.read() as read:
                (made,) = [one for one in view_links(read, client=ref) if one.id == ident]
            if made.state != LinkState.ACTIVE:
                raise NotDone(made.message or "The link is not ready yet. Ask for it once more.")
            self._made = made
            return f"The link for {format_cents(made.amount_cents)} is ready"

        return make

    def came(self, sentence: str) -> None:
        super().came(sentence)
        if self._made is not None:
            self._show(self._made)


class CloseLinkDialog(NetworkDialog):
    """Closes a payment link for good."""

    busy = "Closing the link…"

    def __init__(
        self, context: Context, link: int, about: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, "Close the payment link", "Close the link", parent)
        self._link = link
        self.body.addWidget(PlainLabel(about, "strong", wrap=True))
        self.finish()
        self.save.setFocus()

    def foresee(self) -> Foreseen:
        return will(
            "Nobody can pay on it any more. What was paid on it until then is found and posted."
        )

    def prepare(self, why: str) -> Callable[[], str]:
        context, link = self._context, self._link

        def shut() -> str:
            try:
                with processor_of(context) as api:
                    state = close(context.store, api, link)
            except NO_ANSWER:
                raise NotDone(
                    "Stripe did not answer to the end, so the link may still be open. It is closed "
                    "as soon as Stripe answers; no card is charged for the same before.",
                    code="processor-unreachable",
                ) from None
            return link_words(state)

        return shut


def link_words(state: LinkState) -> str:
    """Return what became of a link that was to be closed."""
    if state is LinkState.CLOSED:
        return "The link is closed; nothing was paid on it"
    if state is LinkState.PAID:
        return "The client had paid on the link already; the payment is posted"
    return "The link is being closed; it is asked for again by itself"
