# SPDX-License-Identifier: MIT
"""The screen of clients: the list, and one client's sheet in front of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.money import AccountMoney, account_money
from mediyn_desktop.delivery.queries import ClientSheet, SuperbillRow, client_sheet
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.preview_dialog import PreviewDialog
from mediyn_desktop.ui.screens.clients.correcting import CorrectingDialog
from mediyn_desktop.ui.screens.clients.corrections import (
    PackageDialog,
    RefundDialog,
    SettleDialog,
    VoidDialog,
    WriteOffDialog,
)
from mediyn_desktop.ui.screens.clients.issue import IssueDialog
from mediyn_desktop.ui.screens.clients.listing import ClientList
from mediyn_desktop.ui.screens.clients.payment import PaymentDialog
from mediyn_desktop.ui.screens.clients.sheet import ClientPage
from mediyn_desktop.ui.screens.clients.tabs import CORRECTIONS
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.shell.tab_order import chain
from mediyn_desktop.ui.superbill_pdf import Pdf, SuperbillPdfs
from mediyn_desktop.ui.widgets.buttons import PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog

_FORMS: dict[str, Callable[..., CorrectingDialog]] = {
    "settle": SettleDialog,
    "refund": RefundDialog,
    "write-off": WriteOffDialog,
    "void": VoidDialog,
    "package": PackageDialog,
}
_TITLES = {
    "settle": "Settle a charge from credit or another payment",
    "refund": "Pay money back to this client",
    "write-off": "Write off what this client or the insurer owes",
    "void": "Void a payment of this client",
    "package": "Sell this client a package",
}


class ClientsScreen(Screen):
    """Enter opens a client, Escape goes back to the list with the place kept."""

    title = "Clients"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"attempt", "balance", "card_attempt", "charge", "claim", "client", "document", "entry"}
        | {"note", "payment", "session", "superbill"}
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.ops, parent)
        self._context = context
        self._open_ref: str | None = None
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
        self.page.account.asked.connect(self.correct)
        self._add_commands()
        for keys in ("Esc", "Alt+Left"):
            shortcut = QShortcut(QKeySequence(keys), self.page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.back)

    def _add_commands(self) -> None:
        acts = [("pay", "Record a payment of this client…", self.record_payment)]
        acts += [(name, f"{_TITLES[name]}…", partial(self.correct, name)) for name in CORRECTIONS]
        for name, title, act in acts:
            command = Command(f"clients.{name}", title, act, "", "Clients", self._on_client)
            self._context.actions.add(command)

    def _on_client(self) -> bool:
        return self.isVisible() and self.shows_client

    # -- what is shown

    def reload(self) -> None:
        self.list.reload()
        if self._open_ref is not None:
            self.open_ref(self._open_ref)

    def open_ref(self, ref: str) -> None:
        """Show the sheet of the client ``ref``, once it is read."""
        self._open_ref = ref
        self._context.read(
            lambda read: client_sheet(read, ref),
            partial(self._show, ref),
            failed=self._gone,
            label="Open client",
        )

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
                SecondaryButton("Back to clients", self.back),
                SecondaryButton("Issue superbill…", self.issue),
                PrimaryButton("Record payment…", self.record_payment),
            )
            self._pages.setCurrentWidget(self.page)
            chain((self.header, self.page))  # the buttons were made after the page
            self.page.focus()

    def _gone(self, error: Exception) -> bool:
        if isinstance(error, UserFacingError):
            self.back()
        return False

    # -- what can be done

    def record_payment(self) -> None:
        """Ask for a payment of the client on view."""
        if self.page.sheet is not None and self.shows_client:
            dialog = PaymentDialog(self._context, self.page.sheet, self)
            dialog.recorded.connect(self._context.shell.say)
            self._ask(dialog)

    def correct(self, name: str) -> None:
        """Ask for one of ``CORRECTIONS`` to the account of the client on view."""
        sheet = self.page.sheet
        if sheet is None or not self.shows_client:
            return
        entry = self.page.account.table.current_id()
        self._context.read(
            lambda read: account_money(read, sheet.ref),
            partial(self._correct, name, entry if isinstance(entry, int) else None),
            label="Open account",
        )

    def _correct(self, name: str, entry: int | None, money: AccountMoney) -> None:
        if self.page.sheet is None or self.page.sheet.ref != money.client_ref:
            return  # another client was asked for since
        dialog = _FORMS[name](self._context, money, entry, self)
        dialog.saved.connect(self._context.shell.say)
        self._ask(dialog)

    def issue(self) -> None:
        """Ask for the period of a superbill of the client on view."""
        if self.page.sheet is not None and self.shows_client:
            dialog = IssueDialog(self._context, self.page.sheet, self)
            dialog.issued.connect(self._issued)
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
