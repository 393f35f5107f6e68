# SPDX-License-Identifier: MIT
"""Comparing with the processor: whether charging is frozen, what is found, and taking it over.

Nothing is posted before the whole of it was accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.cards.accepting import take_over
from mediyn_desktop.cards.findings import Finding
from mediyn_desktop.cards.ground import Ground, ground
from mediyn_desktop.cards.links.standing import LinkView, view_links
from mediyn_desktop.cards.links.states import OPEN
from mediyn_desktop.cards.reconciling import Comparison, compare
from mediyn_desktop.claims.rehearsing import Moved, foresee
from mediyn_desktop.core.errors import UserFacingError
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
from mediyn_desktop.ui.screens.cards.compare_words import (
    KINDS,
    amount,
    standing,
    standing_words,
    summary,
)
from mediyn_desktop.ui.screens.cards.finding_panel import FindingPanel
from mediyn_desktop.ui.screens.cards.open_links import OpenLinks
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.card import Card
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel
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

    counts = True

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
        self.links = OpenLinks(context)
        self._lay_out()
        context.shell.before_closing(self._let_go)
        self.table.current_changed.connect(lambda _id: self._choose())
        self.table.opened.connect(lambda _id: self.open_client())
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
        self.column.addWidget(self.links)

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
            SHOW_LINK: self.links.current() is not None,
            CLOSE_LINK: self.links.current() is not None,
        }
        return tuple(name for name, fit in fits.items() if fit)

    def ask(self, verb: str) -> None:
        """Do what the palette asks for."""
        {
            COMPARE: self.compare,
            ACCEPT: self.accept,
            CLIENT: self.open_client,
            SHOW_LINK: self.links.show_link,
            CLOSE_LINK: self.links.close_link,
        }[verb]()

    def _show(self, view: _View) -> None:
        self._view = view
        status = standing(view.ground)
        self.standing.set_status(status)
        self._say_standing()
        self.waiting.emit(int(view.ground.frozen is not None))
        self.links.show_links(view.links, view.names)
        links = wording.counted(len(view.links), "open payment link")
        self.counted.emit(" · ".join([status.word, *([links] if view.links else [])]))
        self._enable()

    def _say_standing(self) -> None:
        if self._view is not None:
            self.words.setText(standing_words(self._view.ground, fresh=self.found is not None))

    def show_found(self, found: Compared | None) -> None:
        """Show a comparison, or that nothing is compared now."""
        self.found = found
        self._say_standing()
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
            found.comparison.findings
            or found.comparison.unused
            or found.comparison.pages
            or found.comparison.code
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

        self._task = context.ask(
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

    def _let_go(self) -> None:
        """The window closes: read no further."""
        if self._task is not None:
            self._task.cancel()

    def _stepped(self, done: int, _total: int) -> None:
        if self._task is not None:
            self.strip.begin(f"{wording.counted(done, 'thing')} read")

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


def _columns(name: Callable[[Finding], str]) -> tuple[Column, ...]:
    return (
        status_column("What", lambda one: KINDS[one.kind], width=186),
        Column("Client", lambda one: name(one) or wording.NOTHING, least=100),
        Column("On", lambda one: wording.day(one.created.date()), width=112, spare=1),
        Column("Amount", amount, "right", width=104),
    )
