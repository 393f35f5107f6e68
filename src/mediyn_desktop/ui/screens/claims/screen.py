# SPDX-License-Identifier: MIT
"""The screen of claims: every claim, what waits for a person, and what insurers paid."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from mediyn_desktop.claims import story, worklist
from mediyn_desktop.claims.story import FileLine
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.pages import PagedScreen
from mediyn_desktop.ui.screens.claims.attention import AttentionPage
from mediyn_desktop.ui.screens.claims.clearinghouse import ClearinghousePage
from mediyn_desktop.ui.screens.claims.file_dialog import FileDialog
from mediyn_desktop.ui.screens.claims.listing import ClaimsPage
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.screens.claims.remittances import RemittancesPage
from mediyn_desktop.ui.screens.claims.verb_dialog import VerbDialog
from mediyn_desktop.ui.screens.claims.verbs import VERBS, Subject

ALL, ATTENTION, PAID = "All claims", "Needs attention", "Remittances"
TRAVEL = "Clearinghouse"


class ClaimsScreen(PagedScreen):
    """Every claim, what waits, what was paid, and how claims travel."""

    name = "claims"
    title = "Claims"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"balance", "claim", "claim_submission", "claim_task", "client", "entry", "inbound_file"}
        | {"payer_enrollment", "remittance_payment", "setting"}
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "Claims, by what is to be done", parent)
        self.all = ClaimsPage(context)
        self.search = self.all.filters.search
        self.attention = AttentionPage(context)
        self.add_page(ALL, self.all)
        self.add_page(ATTENTION, self.attention)
        self.remittances = RemittancesPage(context)
        self.add_page(PAID, self.remittances)
        self.clearinghouse = ClearinghousePage(context)
        self.add_page(TRAVEL, self.clearinghouse)
        self.all.panel.file_asked.connect(self.show_file)
        self.all.panel.client_asked.connect(self.open_client)
        self.attention.waiting.connect(partial(self.tabs.set_count, ATTENTION))
        self.attention.claim_asked.connect(self.open_ref)
        self._add_commands()

    def _add_commands(self) -> None:
        for name, verb in VERBS.items():
            self.command(name, verb.title, partial(self.ask, name), partial(self.offers, name))
        self.command(
            "all",
            "Show every claim",
            self.all.filters.clear,
            lambda: bool(self.all.filters.asked()),
        )
        self.command("file", "What the file behind it says…", self.all.panel.ask_file, self._on_all)
        paid, travel = self.remittances, self.clearinghouse
        for name, title, act, button in (
            ("open", "Open an answer file…", paid.ask_file, paid.open_button),
            ("take-back", "Take an insurer's posting back…", paid.ask_take_back, paid.back_button),
            ("post-again", "Post an insurer's payment again", paid.post_again, paid.again_button),
            ("test", "Test the connection", travel.test, travel.test_button),
            ("note", "Note where an enrollment stands…", travel.note, travel.note_button),
            (
                "arrived",
                "A claim file did arrive…",
                partial(travel.settle, arrived=True),
                travel.arrived,
            ),
            (
                "resend-file",
                "Send a claim file again…",
                partial(travel.settle, arrived=False),
                travel.again,
            ),
        ):
            self.command(name, title, act, button.isVisible)
        self.add_page_commands()

    def _on_all(self) -> bool:
        return self.page is self.all

    # -- what is shown

    def reload(self) -> None:
        super().reload()
        if self.page is not self.attention:
            self.attention.reload()  # how many wait is said beside its title

    def open_ref(self, ref: str) -> None:
        """Show the claims found by ``ref``: a client's ref or a claim's number."""
        self.tabs.show_page(ALL)
        self.all.filters.clear()
        self.all.filters.search.setText(ref)
        self.all.take_focus()

    # -- what can be done

    def ask(self, name: str) -> None:
        """Ask whether the verb ``name`` is to be done about what is chosen."""
        page = self.page
        subject = page.subject() if isinstance(page, Page) else None
        if subject is None or not self.offers(name):
            return
        if "claim" in VERBS[name].fields:
            self.context.read(
                lambda read: worklist.likely_claims(read, subject.task),
                lambda rows: self._ask(name, subject.with_claims(rows)),
                label="Look for claims",
            )
        else:
            self._ask(name, subject)

    def _ask(self, name: str, subject: Subject) -> None:
        dialog = VerbDialog(self.context, VERBS[name], subject, self)
        dialog.saved.connect(self.context.shell.say)
        dialog.open_once()

    def show_file(self, event: int, name: str) -> None:
        """Show what the file ``name`` behind the event says about the claim."""
        self.context.read(
            lambda read: story.event_lines(read, event),
            partial(self._show_file, name),
            label="Read the file",
        )

    def _show_file(self, name: str, lines: list[FileLine]) -> None:
        FileDialog(name, lines, self).open_once()
