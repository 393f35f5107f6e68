# SPDX-License-Identifier: MIT
"""The page a client saves a card on: opened, shown as a code, or given to the client.

While it is open, it is read back every few seconds off the GUI thread; that says when the card
arrived. Closing the dialog leaves the page open: it is read back by the background work too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mediyn_desktop.cards.accounts import OTHER, OtherAccount
from mediyn_desktop.cards.on_file.consents import in_words
from mediyn_desktop.cards.on_file.looking import end, look
from mediyn_desktop.cards.on_file.requests import RequestView, view_requests
from mediyn_desktop.cards.on_file.states import OVER, RequestState
from mediyn_desktop.cards.stripe_api import NO_ANSWER
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.card_messages import card_request_draft
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.card_network import NoProcessor, processor_of
from mediyn_desktop.ui.context import EVERYTHING, Context
from mediyn_desktop.ui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel
from mediyn_desktop.ui.widgets.qr_code import QrCode

if TYPE_CHECKING:
    from mediyn_desktop.store.uow import Reading

EVERY_MS: Final = 5_000
_TOUCHED: Final = EVERYTHING | {"card_request"}


@dataclass(frozen=True, slots=True)
class PageShown:
    """A request with what is shown of its page: the code, and what to write to the client."""

    request: RequestView
    matrix: Sequence[Sequence[bool]] = ()
    message: str = ""
    until: str = ""


def page_shown(read: Reading, ident: int) -> PageShown:
    """Return what is shown of a request; off the GUI thread, since the code takes a moment."""
    (request,) = view_requests(read, ident=ident)
    if request.state != RequestState.OPEN or request.url is None:
        return PageShown(request)
    # ReportLab loads slowly and only this needs it.
    from mediyn_desktop.documents.qr_code import qr_matrix  # noqa: PLC0415

    draft = card_request_draft(read, request)
    until = wording.moment(request.expires_at.astimezone(read.zone)) if request.expires_at else ""
    return PageShown(request, qr_matrix(request.url), draft.body, until)


class CardPageDialog(Dialog):
    """Three ways to the page, and what became of it."""

    def __init__(
        self, context: Context, shown: PageShown, who: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"A page for {who} to save a card on", parent, width=600)
        self._context, self.ident = context, shown.request.id
        self._asking = False
        self.state = shown.request.state
        self._message = shown.message
        self.code = QrCode("The page as a QR code, for the client’s phone")
        self.address = QLineEdit()
        self.address.setProperty("field", "true")
        self.address.setReadOnly(True)
        self.news = PlainLabel("", "strong", wrap=True)
        self.hint = PlainLabel("", "muted", wrap=True)
        self.browse: Button = PrimaryButton("Open in the browser", self._browse)
        self.copy_link: Button = SecondaryButton("Copy the address", self._copy_link)
        self.copy_message: Button = SecondaryButton("Copy a message", self._copy_message)
        self.shut: Button = SecondaryButton("Withdraw the page", self._shut)
        self.done_button: Button = SecondaryButton("Done", self.accept)
        self._ways = (self.browse, self.copy_link, self.copy_message)
        self._lay_out()
        self.set_buttons(self.done_button, default=self.done_button, left=self.shut)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._show(shown)
        if self.state not in OVER:
            self._timer.start()
        (self.browse if self.browse.isEnabled() else self.done_button).setFocus()

    def _lay_out(self) -> None:
        ways = QVBoxLayout()
        ways.setSpacing(8)
        for button in self._ways:
            ways.addWidget(button)
        ways.addStretch(1)
        beside = QHBoxLayout()
        beside.setSpacing(24)
        beside.addWidget(self.code, 0, Qt.AlignmentFlag.AlignTop)
        beside.addLayout(ways, 1)
        self.body.addWidget(self.news)
        self.body.addWidget(self.hint)
        self.body.addSpacing(8)
        self.body.addLayout(beside)
        self._field = FormField("Address", self.address)
        self.body.addWidget(self._field)

    # -- what became of it

    def look(self) -> None:
        """Read the page back, off the GUI thread, unless that is under way."""
        if self._asking:
            return
        self._asking = True
        context, ident, before = self._context, self.ident, self.state

        def ask(_read: Reading) -> PageShown:
            try:
                with processor_of(context) as api:
                    now = look(context.store, api, ident)
            except OtherAccount:
                raise NoProcessor(OTHER, code="frozen") from None
            except NO_ANSWER:
                raise NoProcessor(
                    "Stripe does not answer at the moment; it is asked again.",
                    code="processor-unreachable",
                ) from None
            if now != before:  # said from here: the dialog may be closed by then
                context.announce(_TOUCHED)
            with context.store.read() as read:
                return page_shown(read, ident)

        context.read(ask, self._looked, failed=self._not_looked, label="Look whether a card came")

    def _looked(self, shown: PageShown) -> None:
        self._asking = False
        self._show(shown)

    def _not_looked(self, error: Exception) -> bool:
        self._asking = False
        if isinstance(error, UserFacingError):
            self.hint.setText(error.message)
            return True
        self._timer.stop()
        return False

    def _show(self, shown: PageShown) -> None:
        request = shown.request
        self.state, self._message = request.state, shown.message
        is_open = request.state == RequestState.OPEN
        for part in (self.code, self._field, *self._ways):
            part.setVisible(is_open)
        self.shut.setVisible(request.state not in OVER)
        if is_open:
            self.code.show_matrix(shown.matrix)
            self.address.setText(request.url or "")
            self.address.setCursorPosition(0)
        self.news.setText(self._news(request))
        self.hint.setText(self._hint(shown))
        if request.state in OVER:
            self._timer.stop()
            self.done_button.setFocus()
            self._outer.activate()  # what was hidden takes no room any more
            self.resize(self.width(), self._outer.totalHeightForWidth(self.width()))

    def _news(self, request: RequestView) -> str:
        match request.state:
            case RequestState.OPEN:
                return "Waiting for the card. Nothing is charged by saving it."
            case RequestState.COMPLETED:
                return f"The card ending {request.card_last4} has arrived. Nothing was charged."
            case RequestState.EXPIRED:
                return "The page’s day is over and no card was saved. Ask again if you like."
            case RequestState.CLOSED:
                return "The page was withdrawn; no card was saved on it."
            case RequestState.CLOSING:
                return "The page is being withdrawn."
            case RequestState.REVIEW:
                return request.message or "What Stripe shows does not match."
            case _:
                return "Stripe’s answer was lost; the page is looked for."

    def _hint(self, shown: PageShown) -> str:
        if shown.request.state == RequestState.COMPLETED:
            words = in_words(shown.request.scopes)
            return (
                f"It may be charged for {words}, as the client agreed, once such an amount is due."
            )
        if shown.request.state != RequestState.OPEN:
            return ""
        until = f" It works until {shown.until}." if shown.until else ""
        return (
            "The client opens it here, with a phone, or from a message you send. Let the client "
            f"type the card in: do not type it for them.{until}"
        )

    # -- what can be done

    def _browse(self) -> None:
        QDesktopServices.openUrl(QUrl(self.address.text()))

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())
        self.copy_link.set_caption("Copied")

    def _copy_message(self) -> None:
        QGuiApplication.clipboard().setText(self._message)
        self.copy_message.set_caption("Copied")

    def _shut(self) -> None:
        context, ident = self._context, self.ident
        self.shut.setEnabled(False)

        def close() -> PageShown:
            try:
                with processor_of(context) as api:
                    end(context.store, api, ident)
            except OtherAccount:
                raise NoProcessor(OTHER, code="frozen") from None
            except NO_ANSWER:
                raise NoProcessor(
                    "Stripe did not answer to the end, so the page may still be open. It is closed "
                    "as soon as Stripe answers. Nothing is charged on it.",
                    code="processor-unreachable",
                ) from None
            with context.store.read() as read:
                return page_shown(read, ident)

        context.ask(
            "Close a page to save a card on",
            close,
            kinds=_TOUCHED,
            done=self._closed,
            failed=self._not_closed,
        )

    def _closed(self, shown: PageShown) -> None:
        self.shut.setEnabled(True)
        self._show(shown)

    def _not_closed(self, error: Exception) -> bool:
        self.shut.setEnabled(True)
        if not isinstance(error, UserFacingError):
            return False
        self.hint.setText(error.message)
        return True

    def done(self, result: int) -> None:
        """Close the window; the page stays open until its day is over."""
        if shiboken6.isValid(self._timer):
            self._timer.stop()
        super().done(result)
