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
from mediyn_desktop.ui.screens.claims import papers
from mediyn_desktop.ui.screens.claims.attention import AttentionPage
from mediyn_desktop.ui.screens.claims.clearinghouse import ClearinghousePage
from mediyn_desktop.ui.screens.claims.eligibility import EligibilityPage
from mediyn_desktop.ui.screens.claims.file_dialog import FileDialog
from mediyn_desktop.ui.screens.claims.insurers import InsurersPage
from mediyn_desktop.ui.screens.claims.listing import ClaimsPage
from mediyn_desktop.ui.screens.claims.page import Page
from mediyn_desktop.ui.screens.claims.remittances import RemittancesPage
from mediyn_desktop.ui.screens.claims.verb_dialog import VerbDialog
from mediyn_desktop.ui.screens.claims.verbs import VERBS, Subject

ALL, ATTENTION, PAID = "All claims", "Needs attention", "Remittances"
COVERAGE, INSURERS = "Eligibility", "Insurers"
TRAVEL = "Clearinghouse"

_KEYS = {"open": "Ctrl+O"}


class ClaimsScreen(PagedScreen):
    """Every claim, what waits, what was paid, and how claims travel."""

    name = "claims"
    title = "Claims"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"balance", "claim", "claim_submission", "claim_task", "client", "entry", "inbound_file"}
        | {"eligibility_check", "payer", "payer_enrollment", "session"}
        | {"remittance_payment", "setting"}
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "Claims, by what is to be done", parent)
        self.all = ClaimsPage(context)
        self.search = self.all.filters.search
        self.attention = AttentionPage(context)
        self.remittances = RemittancesPage(context)
        self.eligibility = EligibilityPage(context)
        self.insurers = InsurersPage(context)
        self.clearinghouse = ClearinghousePage(context)
        for title, page, first in (
            (ALL, self.all, self.all.table),
            (ATTENTION, self.attention, self.attention.table),
            (PAID, self.remittances, self.remittances.table),
            (COVERAGE, self.eligibility, self.eligibility.table),
            (INSURERS, self.insurers, self.insurers.table),
            (TRAVEL, self.clearinghouse, self.clearinghouse.file_table),
        ):
            page.setFocusProxy(first)  # so that turning the page leaves the keyboard somewhere
            self.add_page(title, page)
        self.all.panel.file_asked.connect(self.show_file)
        self.all.panel.proof_asked.connect(self.show_proof)
        self.all.panel.letter_asked.connect(self.ask_letter)
        self.all.panel.client_asked.connect(self.open_client)
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
        paid, travel, covered = self.remittances, self.clearinghouse, self.eligibility
        payers, panel, waits = self.insurers, self.all.panel, self.attention
        for name, title, act, button in (
            ("proof", "Proof of filing…", panel.ask_proof, panel.proof_button),
            ("letter", "Letter of appeal…", panel.ask_letter, panel.letter_button),
            ("outcomes", "How refusals ended…", waits.show_outcomes, waits.outcomes_button),
            ("open", "Open an answer file…", paid.ask_file, paid.open_button),
            ("take-back", "Take an insurer's posting back…", paid.ask_take_back, paid.back_button),
            ("post-again", "Post an insurer's payment again", paid.post_again, paid.again_button),
            ("ask", "Ask the insurer about coverage", covered.ask_now, covered.ask_button),
            ("ask-all", "Ask about all who come", covered.ask_all, covered.all_button),
            ("call", "Note a call to an insurer…", covered.note_call, covered.call_button),
            ("take-over", "Take figures over…", covered.take_over, covered.take_button),
            ("answers", "Earlier answers…", covered.history, covered.history_button),
            ("test", "Test the connection", travel.test, travel.test_button),
            ("set-up", "Set up the way to the clearinghouse…", travel.set_up, travel.set_up_button),
            ("host-key", "Compare the server's key…", travel.compare_key, travel.key_button),
            ("send", "Send claims now", travel.send, travel.send_button),
            ("fetch", "Fetch answers now", travel.fetch, travel.fetch_button),
            ("add-insurer", "Add an insurer…", payers.add, payers.add_button),
            ("change-insurer", "Change this insurer…", payers.change, payers.change_button),
            ("note", "Note where an enrollment stands…", payers.note, payers.note_button),
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
            self.command(name, title, act, button.isVisible, keys=_KEYS.get(name, ""))
        self.add_page_commands()

    def _on_all(self) -> bool:
        return self.page is self.all

    # -- what is shown

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

    def show_proof(self, number: str) -> None:
        """Show the proof that the claim ``number`` was filed."""
        papers.show_proof(self.context, number, self)

    def ask_letter(self, number: str) -> None:
        """Ask for the grounds of an appeal of the claim ``number``, and show the letter."""
        subject = self.all.subject()
        papers.ask_letter(self.context, number, subject.about if subject else number, self)
