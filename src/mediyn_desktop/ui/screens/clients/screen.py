# SPDX-License-Identifier: MIT
"""The screen of clients: the list, and one client's sheet in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.queries import ClientSheet, SuperbillRow, client_sheet
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Ask, Context
from mediyn_desktop.ui.correcting import CorrectingDialog
from mediyn_desktop.ui.preview_dialog import PreviewDialog
from mediyn_desktop.ui.screens.clients.correcting import Current
from mediyn_desktop.ui.screens.clients.forms import AGREEMENTS, CARDS, FORMS, SESSIONS, Asked, Form
from mediyn_desktop.ui.screens.clients.issue import IssueDialog
from mediyn_desktop.ui.screens.clients.listing import ClientList
from mediyn_desktop.ui.screens.clients.sheet import ClientPage
from mediyn_desktop.ui.screens.clients.statement import StatementDialog
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.shell.tab_order import chain
from mediyn_desktop.ui.superbill_pdf import Pdf, SuperbillPdfs
from mediyn_desktop.ui.widgets.buttons import PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog


class ClientsScreen(Screen):
    """Enter opens a client, Escape goes back to the list with the place kept."""

    title = "Clients"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"attempt", "balance", "card_attempt", "card_request", "charge", "claim", "client"}
        | {"document", "entry", "estimate", "note", "package", "payment", "payment_plan"}
        | {"session", "sliding_agreement", "superbill"}
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.ops, parent)
        self._context = context
        self._open_ref: str | None = None
        self._then: Ask | None = None  # the form to open once the client is shown
        self._pdfs = SuperbillPdfs(context)
        self._counted = ""
        self.list = ClientList(context)
        self.page = ClientPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.page)
        self.body.addWidget(self._pages, 1)
        self.search = self.list.search
        self.list.opened.connect(self.open_ref)
        self.list.counted.connect(self._count)
        self.page.document_opened.connect(self._open_document)
        for tab in (self.page.sessions, self.page.account, self.page.agreements, self.page.cards):
            tab.asked.connect(self.ask)
        self._add_commands()
        for keys in ("Esc", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(keys), self.page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.back)

    def _add_commands(self) -> None:
        acts = self._context.actions
        for name, form in FORMS.items():
            act, when = partial(self.ask, name), self._on_client
            ident = f"clients.{name}"
            acts.add(Command(ident, form.title, act, form.keys, "Clients", when, form.keywords))
        acts.add(
            Command(
                "clients.journal",
                "Show or hide the journal behind the account",
                self.show_journal,
                "J",
                "Clients",
                self._on_client,
            )
        )

    def _on_client(self) -> bool:
        return self.isVisible() and self.shows_client

    # -- what is shown

    def reload(self) -> None:
        self.list.reload()
        if self._open_ref is not None:
            self.open_ref(self._open_ref)

    def open_ref(self, ref: str) -> None:
        """Show the sheet of the client ``ref``, once it is read."""
        if ref != self._open_ref:
            self._then = None  # another client was asked for since
        self._open_ref = ref
        self._context.read(
            lambda read: client_sheet(read, ref),
            partial(self._show, ref),
            failed=self._gone,
            label="Open client",
        )

    def open_form(self, ref: str, form: Ask) -> None:
        """Show the client ``ref`` and open a form there."""
        self._open_ref, self._then = ref, form
        self.open_ref(ref)

    def back(self) -> None:
        """Show the list again, where it was left."""
        self._open_ref = None
        if self._pages.currentWidget() is not self.page:
            return
        self._pages.setCurrentWidget(self.list)
        self.header.set_title(self.title)
        self.header.set_subtitle(self._counted)
        self.header.set_actions()
        self.list.table.setFocus()

    def focus_search(self) -> bool:
        """Find another client, from the sheet too."""
        self.back()
        return super().focus_search()

    def take_focus(self) -> None:
        if self.shows_client:
            self.page.focus()
        else:
            super().focus_search()

    @property
    def shows_client(self) -> bool:
        """Whether a client's sheet is on view."""
        return self._pages.currentWidget() is self.page

    def _count(self, words: str) -> None:
        self._counted = words
        if not self.shows_client:
            self.header.set_subtitle(words)

    def _show(self, ref: str, sheet: ClientSheet) -> None:
        if ref != self._open_ref:
            return  # another client was asked for since, or the list
        arriving = not self.shows_client
        self.page.show_sheet(sheet)
        self.header.set_title(sheet.full_name)
        self.header.set_subtitle(self.page.subtitle())
        if arriving:
            self.header.set_actions(
                SecondaryButton("All clients", self.back),
                SecondaryButton("Statement…", partial(self.ask, "statement")),
                SecondaryButton("Superbill…", partial(self.ask, "issue")),
                SecondaryButton("Charge card…", partial(self.ask, "charge")),
                PrimaryButton("Record payment…", partial(self.ask, "pay")),
            )
            self._pages.setCurrentWidget(self.page)
            chain((self.header, self.page))  # the buttons were made after the page
            self.page.focus()
        if self._then is not None:
            then, self._then = self._then, None
            self.page.tabs.show_page(FORMS[then.form].page)
            self._ask_about(then.form, then.about or self._current(FORMS[then.form]))

    def _gone(self, error: Exception) -> bool:
        if isinstance(error, UserFacingError):
            self.back()
        return False

    # -- what can be done

    def ask(self, name: str) -> None:
        """Open the form ``name`` (one of ``FORMS``) for the client on view."""
        self._ask_about(name, self._current(FORMS[name]))

    def show_journal(self) -> None:
        """Show the account with the postings behind its current line, or hide them again."""
        self.page.tabs.show_page("Account")
        self.page.account.toggle_journal()
        self.page.focus()

    def _current(self, form: Form) -> Current:
        """What the form begins with: the current line of its page."""
        if form.page == AGREEMENTS:
            line = self.page.agreements.current()
            return line.ident if line is not None else None
        tables = {SESSIONS: self.page.sessions.table, CARDS: self.page.cards.table}
        found = tables.get(form.page, self.page.account.table).current_id()
        return found if isinstance(found, int | str) else None

    def _ask_about(self, name: str, current: Current) -> None:
        sheet, form = self.page.sheet, FORMS[name]
        if sheet is None or not self.shows_client:
            return
        gather = form.gather
        if gather is None:
            self._open(name, Asked(sheet, None, current))
            return
        self._context.read(
            lambda read: gather(read, sheet.ref),
            lambda data: self._open(name, Asked(sheet, data, current)),
            label="Open form",
        )

    def _open(self, name: str, asked: Asked) -> None:
        if self.page.sheet is None or self.page.sheet.ref != asked.sheet.ref:
            return  # another client was asked for since
        dialog = FORMS[name].make(self._context, asked, self)
        if isinstance(dialog, CorrectingDialog):
            dialog.saved.connect(partial(self._context.shell.say, undo=dialog.undoable))
        elif isinstance(dialog, IssueDialog):
            dialog.issued.connect(self._issued)
        elif isinstance(dialog, StatementDialog):
            dialog.entry_asked.connect(lambda entry: self._context.shell.go("ledger", f"#{entry}"))
        self._ask(dialog)

    def _issued(self, bills: Sequence[Superbill]) -> None:
        numbers = " and ".join(bill.number for bill in bills)
        self._context.shell.say(f"Superbill {numbers} issued")
        self.page.tabs.show_page("Documents")

    def _open_document(self, document_id: object) -> None:
        documents = self.page.sheet.documents if self.page.sheet is not None else ()
        for bill in documents:
            if bill.id == document_id:
                self._pdfs.fetch(bill.id, bill.file_name, partial(self._preview, bill))

    def _preview(self, bill: SuperbillRow, pdf: Pdf) -> None:
        heading = f"Superbill {bill.number}, version {bill.version}"
        self._ask(PreviewDialog(heading, pdf, self))

    def _ask(self, dialog: Dialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
