# SPDX-License-Identifier: MIT
"""What a screen needs around it in a test: a context on a real practice, and an evening in it."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.stripe_api import Role, StripeApi
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.ui.actions.registry import CommandRegistry
from mediyn_desktop.ui.context import Ask, Context
from mediyn_desktop.ui.ops import Ops
from mediyn_desktop.vault.errors import WrongPassphrase

PASSPHRASE = "the passphrase of the test"
DECLINED = "pm_card_visa_chargeDeclinedInsufficientFunds"


@dataclass
class FakeShell:
    """Remembers what a screen asked of the window."""

    went: list[tuple[str, str | None]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    forms: list[Ask] = field(default_factory=list)
    undoable: list[str] = field(default_factory=list)
    stops: list = field(default_factory=list)

    def go(self, screen_id: str, ref: str | None = None, form: Ask | None = None) -> None:
        self.went.append((screen_id, ref))
        if form is not None:
            self.forms.append(form)

    def say(self, sentence: str, *, undo: bool = False) -> None:
        self.said.append(sentence)
        if undo:
            self.undoable.append(sentence)

    def before_closing(self, stop) -> None:
        self.stops.append(stop)


@dataclass
class FakeProgram:
    """A program connected to the processor at ``url``, or to none."""

    url: str | None = None

    def card_processor(self, store: Store) -> StripeApi | None:
        return StripeApi("sk_test_suite", self.url) if self.url else None

    @contextmanager
    def refunding(self, store: Store, passphrase: str):
        if passphrase != PASSPHRASE:
            raise WrongPassphrase
        if self.url is None:
            yield None
            return
        asks = StripeApi("sk_test_suite", self.url)
        pays = StripeApi("sk_test_suite", self.url, role=Role.REFUNDS)
        with closing(asks), closing(pays):
            yield asks, pays

    def check_all(self, store: Store) -> list:
        return []

    def make_backup(self, store, to):
        raise AssertionError("no backup is made here")

    def sample_data(self, read) -> bool:
        return False


def context(store: Store, ops: Ops, url: str | None = None, *, offline: bool = False) -> Context:
    """A context whose reads come from ``store``."""
    ops._open_read = store.read
    return Context(
        store=store,
        ops=ops,
        actions=CommandRegistry(ops),
        clock=store.clock,
        program=FakeProgram(url),
        shell=FakeShell(),
        offline=offline,
    )


def evening(uow: UnitOfWork) -> None:
    """Seven sessions: paid by card, declined, left to choice, unsigned, claimed, no card, waived.

    s1 good card, s2 declined card, s3 good card, s4 unsigned, s5 claim and copay, s6 no card,
    s7 pro bono.
    """
    world.practice(uow)
    for number in range(1, 8):
        ref = f"c{number}"
        kind = {5: "in_network", 7: "pro_bono", 3: "out_of_network"}.get(number, "self_pay")
        owner = world.client(
            uow, ref, payment_type=kind, superbill="session" if number == 3 else "none"
        )
        if number != 6:
            world.card(uow, owner, DECLINED if number == 2 else f"pm_good{number}")
        if number == 5:
            world.coverage(uow, owner)
        session = world.session(uow, owner, f"s{number}", hour=8 + number, signed=number != 4)
        if number != 4:
            bill_session(uow, session)


def write(qtbot, edit, text: str) -> None:
    """Write ``text`` into a field, over what is there."""
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def opened(screen: QWidget, kind: type) -> list:
    """The dialogs of a kind that are open over ``screen``."""
    return [one for one in screen.findChildren(kind) if one.isVisible()]


def enter(qtbot, screen, form) -> str:
    """Press Enter, wait until it is saved and shown, and return what was said."""
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(screen, type(form)))
    qtbot.waitUntil(lambda: not screen._context.ops.pending())
    return screen._context.shell.said[-1]
