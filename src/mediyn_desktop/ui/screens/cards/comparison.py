# SPDX-License-Identifier: MIT
"""Comparing with the processor: whether charging is frozen, what is found, and taking it over.

Nothing is posted before the whole of it was accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.cards.accepting import take_over
from mediyn_desktop.cards.ground import Ground, ground
from mediyn_desktop.cards.links.standing import LinkView, view_links
from mediyn_desktop.cards.links.states import OPEN, LinkState
from mediyn_desktop.cards.reconciling import Comparison, Finding, compare
from mediyn_desktop.claims.rehearsing import Moved, foresee
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.journal import names
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.card_network import processor_of
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.ops import Steps, Task
from mediyn_desktop.ui.pages import Page
from mediyn_desktop.ui.screens.cards.accept_dialog import AcceptDialog
from mediyn_desktop.ui.screens.cards.charge_verbs import CloseLinkDialog
from mediyn_desktop.ui.screens.cards.compare_words import (
    KINDS,
    LINKS,
    accepting,
    standing,
    standing_words,
    summary,
)
from mediyn_desktop.ui.screens.cards.link_sheet import LinkSheet
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import ElidedLabel, PlainLabel
from mediyn_desktop.ui.widgets.progress_strip import ProgressStrip
from mediyn_desktop.ui.widgets.status_cell import StatusCell
from mediyn_desktop.ui.widgets.table import RecordTable

_NOT_YET = (
    "cards",
    "Not compared now",
    "Comparing reads everything Stripe holds and shows what this practice does not know. Nothing "
    "is posted before you accept it.",
)
_NOTHING = ("check", "Nothing is missing here", "This practice knows everything Stripe holds.")
COMPARE, ACCEPT, CLIENT = "compare", "accept", "found-client"
SHOW_LINK, CLOSE_LINK = "show-link", "close-open-link"
TITLES = {
    COMPARE: "Compare with Stripe",
    ACCEPT: "Accept what was found…",
    CLIENT: "Open the client it is about",
    SHOW_LINK: "Show the open payment link…",
    CLOSE_LINK: "Close the open payment link…",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with the names of its clients, and how accepting it would change the books."""

    comparison: Comparison
    names: dict[str, str]
    moved: tuple[Moved, ...]

    def name(self, finding: Finding) -> str:
        """Whose it is; empty for nobody's."""
        return self.names.get(finding.client_ref or "", finding.client_ref or "")


@dataclass(frozen=True, slots=True)
class _View:
    ground: Ground
    links: list[LinkView]
    names: dict[str, str]


def look(read: Reading) -> _View:
    """Return what the page shows before and beside a comparison."""
    links = [one for one in view_links(read) if one.state in OPEN]
    return _View(ground(read), links, names(read, {one.client_ref for one in links}))


class ComparisonPage(Page):
    """Enter on a line opens its client; the button beside compares, then accepts."""

    client_asked = Signal(str)

    frozen = Signal(bool)
    """Whether charging is frozen, once it is known."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.found: Compared | None = None
        self._view: _View | None = None
        self._task: Task | None = None
        self.standing = StatusCell(Status(""))
        self.words = PlainLabel("", wrap=True)
        self.problem = PlainLabel("", "problem", wrap=True)
        self.strip = ProgressStrip("Comparing with Stripe")
        self.stop_button: Button = SecondaryButton("Stop", self.stop)
        self.compare_button: Button = SecondaryButton("Compare with Stripe", self.compare)
        self.accept_button: Button = PrimaryButton("Accept all…", self.accept)
        self.summary = PlainLabel("", "strong", wrap=True)
        self.model = RowsModel(_columns(self._name), lambda one: (one.processor_id, one.kind))
        self.table = RecordTable("What Stripe holds and this practice does not know", self.model)
        self.empty = EmptyState(*_NOT_YET)
        self.table.set_empty(self.empty)
        self.panel = FindingPanel()
        self.links = RowsModel(_link_columns(self._link_name), lambda one: one.id)
        self.link_table = RecordTable("Open payment links", self.links)
        self.links_heading = PlainLabel("Open payment links", "strong")
        self.show_button: Button = SecondaryButton("Show the link…", self.show_link)
        self.close_button: Button = SecondaryButton("Close the link…", self.close_link)
        self._lay_out()
        self.table.current_changed.connect(lambda _id: self._choose())
        self.table.opened.connect(lambda _id: self.open_client())
        self.link_table.opened.connect(lambda _id: self.show_link())
        self.panel.client_button.clicked.connect(lambda _checked=False: self.open_client())
        self.show_found(None)

    def _lay_out(self) -> None:
        top = Card()
        row = QHBoxLayout()
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self.standing)
        said.addWidget(self.words)
        said.addWidget(self.problem)
        row.addLayout(said, 1)
        for widget in (self.strip, self.stop_button, self.compare_button, self.accept_button):
            row.addWidget(widget)
        top.body.addLayout(row)
        self.problem.hide()
        self.stop_button.hide()
        self.column.addWidget(top)
        self.column.addWidget(self.summary)
        self.add_beside(self.table, self.panel)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.links_heading, 1)
        below.addWidget(self.show_button)
        below.addWidget(self.close_button)
        self.column.addLayout(below)
        self.link_table.setFixedHeight(scaled(148))
        self.column.addWidget(self.link_table)

    # -- what is shown

    def reload(self) -> None:
        self.context.read(look, self._show, label="Look whether cards may be charged")

    def take_focus(self) -> None:
        (self.table if self.found is not None else self.compare_button).setFocus()

    def offered(self) -> tuple[str, ...]:
        fits = {
            COMPARE: self._may_compare,
            ACCEPT: self.accept_button.isEnabled() and self.accept_button.isVisibleTo(self),
            CLIENT: self._chosen() is not None,
            SHOW_LINK: self._link() is not None,
            CLOSE_LINK: self._link() is not None,
        }
        return tuple(name for name, fit in fits.items() if fit)

    def ask(self, verb: str) -> None:
        """Do what the palette asks for."""
        {
            COMPARE: self.compare,
            ACCEPT: self.accept,
            CLIENT: self.open_client,
            SHOW_LINK: self.show_link,
            CLOSE_LINK: self.close_link,
        }[verb]()

    def _show(self, view: _View) -> None:
        self._view = view
        status = standing(view.ground)
        self.standing.set_status(status)
        self.words.setText(standing_words(view.ground))
        self.frozen.emit(view.ground.frozen is not None)
        self.links.set_rows(view.links)
        for widget in (
            self.links_heading,
            self.link_table,
            self.show_button,
            self.close_button,
        ):
            widget.setVisible(bool(view.links))
        if view.links and self.link_table.current_id() is None:
            self.link_table.selectRow(0)
        links = wording.counted(len(view.links), "open payment link")
        self.counted.emit(" · ".join([status.word, *([links] if view.links else [])]))
        self._enable()

    def show_found(self, found: Compared | None) -> None:
        """Show a comparison, or that nothing is compared now."""
        self.found = found
        findings = found.comparison.findings if found is not None else ()
        self.model.set_rows(findings)
        self.empty.set_text(*(_NOT_YET if found is None else _NOTHING)[1:])
        self.summary.setText(summary(findings) if findings else "")
        self.summary.setVisible(bool(findings))
        if findings:
            self.table.selectRow(0)
        self._choose()
        self._enable()

    def _choose(self) -> None:
        finding = self._chosen()
        name = self._name(finding) if finding is not None else ""
        self.panel.show_finding(finding, name)

    def _chosen(self) -> Finding | None:
        row = self.model.position(self.table.current_id())
        return None if row is None else self.model.row_at(row)

    def _name(self, finding: Finding) -> str:
        return self.found.name(finding) if self.found is not None else ""

    def _link_name(self, link: LinkView) -> str:
        known = self._view.names if self._view is not None else {}
        return known.get(link.client_ref, link.client_ref)

    def _link(self) -> LinkView | None:
        row = self.links.position(self.link_table.current_id())
        return None if row is None else self.links.row_at(row)

    @property
    def _may_compare(self) -> bool:
        return self._task is None and self._view is not None and self._view.ground.connected

    def _enable(self) -> None:
        running = self._task is not None
        self.stop_button.setVisible(running)
        self.compare_button.setVisible(not running)
        self.compare_button.setEnabled(self._may_compare)
        found = self.found
        worth = found is not None and bool(
            found.comparison.findings or found.comparison.unused or found.comparison.code
        )
        self.accept_button.setVisible(worth and not running)

    # -- comparing

    def compare(self) -> None:
        """Read everything the processor holds, off the GUI thread; it can be stopped."""
        if not self._may_compare:
            return
        self._say_problem("")
        self.show_found(None)
        self.strip.begin("Reading what Stripe holds…")
        context = self.context

        def work(steps: Steps) -> Compared:
            with processor_of(context) as api:
                found = compare(context.store, api, told=lambda count: steps.step(count, 0))
            moved = foresee(
                context.store, "Rehearse a comparison", partial(take_over, comparison=found)
            )
            refs = {one.client_ref for one in found.findings if one.client_ref}
            with context.store.read() as read:
                return Compared(found, names(read, refs), tuple(moved))

        self._task = context.run(
            "Compare with Stripe",
            work,
            kinds=(),
            done=self._compared,
            failed=self._not_compared,
            progress=self._stepped,
        )
        self._enable()
        self.stop_button.setFocus()

    def stop(self) -> None:
        """Stop reading; nothing was changed by it."""
        if self._task is not None:
            self._task.cancel()
            self._over()
            self._say_problem("Stopped. Nothing was compared and nothing was changed.")
            self.compare_button.setFocus()

    def _stepped(self, done: int, _total: int) -> None:
        if self._task is not None:
            self.strip.begin(f"{wording.counted(done, 'payment', 'payments and refunds')} read")

    def _over(self) -> None:
        self._task = None
        self.strip.finish()
        self._enable()

    def _compared(self, found: Compared) -> None:
        self._over()
        self.show_found(found)
        announce(self, summary(found.comparison.findings))
        self.take_focus()

    def _not_compared(self, error: Exception) -> bool:
        if self._task is None or self._task.canceled:
            return True  # stopped, and said so
        self._over()
        self.compare_button.setFocus()
        if not isinstance(error, UserFacingError):
            return False
        self._say_problem(error.message)
        return True

    def _say_problem(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        if words:
            announce(self, words)

    def accept(self) -> None:
        """Show what accepting all of it would post, and ask."""
        if self.found is not None and self.accept_button.isVisibleTo(self):
            dialog = AcceptDialog(self.context, self.found.comparison, self.found.moved, self)
            dialog.accepted.connect(lambda: self.show_found(None))
            dialog.open_once()

    # -- the rest

    def open_client(self) -> None:
        """Open the client of the chosen finding."""
        finding = self._chosen()
        if finding is not None and finding.client_ref is not None:
            self.client_asked.emit(finding.client_ref)

    def show_link(self) -> None:
        """Show the chosen link's address; one without any is said to have none yet."""
        link = self._link()
        if link is None:
            return
        if link.url is None:
            self.context.shell.say("This link has no address that could be given to anybody now")
        else:
            LinkSheet(link, self).open_once()

    def close_link(self) -> None:
        """Ask whether the chosen link is to be closed."""
        link = self._link()
        if link is not None:
            about = f"{self._link_name(link)}: {format_cents(link.amount_cents)}"
            CloseLinkDialog(self.context, link.id, about, self).open_once()


class FindingPanel(Card):
    """One thing that was found: what it is, and what accepting it would do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName("The chosen finding")
        self.setMinimumWidth(scaled(360))
        self.setMaximumWidth(scaled(440))
        self._who, self._amount = ElidedLabel("", "heading"), PlainLabel("", "figure")
        self.kind = StatusCell(Status(""))
        self._found = PlainLabel("", wrap=True)
        self._accepting = PlainLabel("", wrap=True)
        self._number = ElidedLabel("", "muted")
        self.client_button: Button = SecondaryButton("Open client")
        self.body.setSpacing(8)
        self.add_top(self._who, self._amount)
        for part in (self.kind, self._found, self._accepting, self._number):
            self.body.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.client_button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.show_finding(None, "")

    def show_finding(self, finding: Finding | None, name: str) -> None:
        """Show ``finding`` of the client called ``name``, or nothing."""
        self.setVisible(finding is not None)
        if finding is None:
            return
        self._who.setText(name or "Nobody of this practice")
        self._amount.setText(format_cents(finding.amount_cents))
        self.kind.set_status(KINDS[finding.kind])
        self._found.setText(finding.message)
        self._accepting.setText(f"Accepting: {accepting(finding, name)}")
        self._number.setText(f"On Stripe's page: {finding.processor_id}")
        self.client_button.setVisible(finding.client_ref is not None)

    def words(self) -> list[str]:
        """Return the sentences as shown, from top to bottom."""
        return [one.text() for one in (self._who, self._amount, self._found, self._accepting)]


def _columns(name: Callable[[Finding], str]) -> tuple[Column, ...]:
    return (
        status_column("What", lambda one: KINDS[one.kind], width=168),
        Column("Client", lambda one: name(one) or wording.NOTHING, least=120),
        Column("On", lambda one: wording.day(one.created.date()), width=112, spare=1),
        Column("Amount", lambda one: format_cents(one.amount_cents), "right", width=104),
    )


def _link_columns(name: Callable[[LinkView], str]) -> tuple[Column, ...]:
    return (
        Column("Made on", lambda one: wording.day(one.made_at.date()), width=112),
        Column("Client", name, least=120),
        Column("Amount", lambda one: format_cents(one.amount_cents), "right", width=104),
        status_column("State", lambda one: LINKS[LinkState(one.state)], width=168),
    )
