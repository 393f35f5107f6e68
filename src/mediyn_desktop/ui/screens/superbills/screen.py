# SPDX-License-Identifier: MIT
"""The screen of superbills: the list at the left, the document at the right."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.delivery import queries
from mediyn_desktop.delivery.queries import SuperbillRow
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.models.paged import PagedTableModel
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.preview import PdfPreview
from mediyn_desktop.ui.preview_dialog import PreviewDialog
from mediyn_desktop.ui.screens.superbills.month import MonthDialog
from mediyn_desktop.ui.shell.screen import Screen
from mediyn_desktop.ui.superbill_pdf import Pdf, SuperbillPdfs
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import PrimaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.search_field import SearchField
from mediyn_desktop.ui.widgets.table import RecordTable

_SETTLE_MS = 120  # how long a line is current before its document is rendered


def _number(bill: SuperbillRow) -> str:
    version = f" v{bill.version}" if bill.version > 1 else ""
    return f"{bill.number}{version}{', replaced' if bill.replaced else ''}"


COLUMNS = (
    Column("Number", _number, width=112),
    Column("Client", lambda bill: bill.client_name, least=104),
    Column(
        "Sessions of",
        lambda bill: wording.period(bill.period_from, bill.period_to),
        width=150,
        muted=True,
        spare=2,
    ),
    Column("Paid", lambda bill: format_cents(bill.paid_cents), "right", width=96, spare=1),
)


class SuperbillsScreen(Screen):
    """Arrow keys choose, Enter goes to the document, Ctrl+P prints it, Ctrl+S saves it."""

    title = "Superbills"
    reads: ClassVar[frozenset[str]] = frozenset({"client", "document", "superbill"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.ops, parent)
        self._context = context
        self._pdfs = SuperbillPdfs(context)
        self._asked = 0
        self._wanted: Hashable | None = None  # the superbill whose document is to be on view
        self._shown: Hashable | None = None
        self.search = self._search = SearchField(
            "Find a superbill", "Find by client or number   (Ctrl+F)"
        )
        self.model = PagedTableModel(
            COLUMNS,
            lambda bill: bill.id,
            queries.superbill_rows,
            partial(context.read, label="Load superbills"),
        )
        self.table = RecordTable("Superbills", self.model)
        self.preview = PdfPreview()
        self._empty = EmptyState("superbills", "")
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.header.set_actions(PrimaryButton("Issue for a month…", self.issue_month))
        listing = QWidget()
        listing.setMinimumWidth(scaled(220))
        left = QVBoxLayout(listing)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(16)
        left.addWidget(self._search)
        left.addWidget(self.table, 1)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        document = QWidget()
        right = QVBoxLayout(document)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(8)
        right.addWidget(self._problem)
        right.addWidget(self.preview, 1)
        self._side = QStackedWidget()
        self._side.addWidget(
            EmptyState("superbills", "Nothing chosen", "Choose a superbill to see it here.")
        )
        self._side.addWidget(document)
        across = QHBoxLayout()
        across.setSpacing(16)
        across.addWidget(listing, 11)
        across.addWidget(self._side, 10)
        self.body.addLayout(across, 1)

    def _connect(self) -> None:
        self.table.link_search(self._search)
        self._search.searched.connect(lambda _text: self.reload())
        self.table.current_changed.connect(self._choose)
        self.table.opened.connect(lambda _id: self.preview.focus_document())
        self.model.dataChanged.connect(lambda *_: self._want_again())
        self._settle.timeout.connect(self._fetch)
        self.preview.failed.connect(self._say_problem)
        for keys, verb in (("Ctrl+P", self.preview.ask_print), ("Ctrl+S", self.preview.ask_save)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(verb)

    # -- the list

    def reload(self) -> None:
        self._asked += 1
        text = self._search.text().strip()
        self._context.read(
            lambda read: queries.superbill_ids(read, text),
            partial(self._listed, self._asked, text),
            label="Load superbills",
        )

    def _listed(self, asked: int, text: str, ids: array[int]) -> None:
        if asked != self._asked:
            return
        if self.model.ids == ids:
            self.model.refresh()
        else:
            self.model.set_ids(ids)
        if not ids:
            self._say_why_empty(text)
        found = wording.counted(len(ids), "superbill")
        self.header.set_subtitle(f"{found} found" if text else f"{found} issued")
        if ids and self.table.current_id() is None:
            self.table.selectRow(0)
        self._choose(self.table.current_id())

    def take_focus(self) -> None:
        self.table.setFocus()

    def _say_why_empty(self, text: str) -> None:
        if text:
            self._empty.set_text("Nothing found", "Search for a client or for a number.")
        else:
            self._empty.set_text("No superbills yet", "Issue them for a month, and they are kept.")
        if self._empty.parent() is None:
            self.table.set_empty(self._empty)

    def open_ref(self, ref: str) -> None:
        """List the superbills of the client ``ref``."""
        self._search.setText(ref)
        self.reload()
        self.table.setFocus()

    # -- the document

    def _choose(self, ident: object) -> None:
        self._wanted = ident if isinstance(ident, Hashable) else None
        if self._wanted is None:
            self._settle.stop()
            self._shown = None
            self.preview.close_document()
            self._side.setCurrentIndex(0)
        elif self._wanted != self._shown:
            self._settle.start()

    def _want_again(self) -> None:
        """Its line has arrived: the document can be named now."""
        if self._wanted is not None and self._wanted != self._shown and self.isVisible():
            self._settle.start()

    def _fetch(self) -> None:
        row = None if self._wanted is None else self.model.position(self._wanted)
        bill: SuperbillRow | None = None if row is None else self.model.row_at(row)
        if bill is not None and self.isVisible():
            self._pdfs.fetch(bill.id, bill.file_name, partial(self._show, bill.id))

    def _show(self, ident: int, pdf: Pdf) -> None:
        if ident != self._wanted or ident == self._shown or not self.isVisible():
            return
        self._shown = ident
        self._problem.hide()
        self._side.setCurrentIndex(1)
        self.preview.show_document(pdf.content, pdf.name)

    def _say_problem(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.show()

    # -- issuing

    def issue_month(self) -> None:
        """Ask for the month, show who is ready and who is held, and issue."""
        dialog = MonthDialog(self._context, self)
        dialog.issued.connect(self._issued)
        self._ask(dialog)

    def _issued(self, bills: Sequence[Superbill]) -> None:
        count = wording.counted(len(bills), "superbill")
        self._context.shell.say(f"{count} issued")
        ids = [bill.document_id for bill in bills]
        if ids:
            heading = f"{count}, ready to print"
            self._pdfs.fetch_batch(ids, "superbills.pdf", partial(self._show_batch, heading))

    def _show_batch(self, heading: str, pdf: Pdf) -> None:
        self._ask(PreviewDialog(heading, pdf, self))

    def _ask(self, dialog: Dialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want_again()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the document go while nobody looks at it."""
        super().hideEvent(event)
        self._settle.stop()
        self._shown = None
        self.preview.close_document()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.preview.close_document()
        super().closeEvent(event)
