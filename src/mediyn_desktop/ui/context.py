# SPDX-License-Identifier: MIT
"""What every screen is given: the open practice, the runner, the commands and the way around.

A screen is made as ``Screen(context)``. It reads and writes through the context, never through
the store itself, so that no disk and no network is touched on the GUI thread::

    context.read(lambda read: queries.client_page(read, ref), self._show)
    context.write("Sign note", lambda uow: sign_note(uow, ref), done=self._signed)
    context.run("Close the day", work, kinds=EVERYTHING, done=self._closed)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.ui.actions.registry import CommandRegistry
from mediyn_desktop.ui.ops import Failed, Ops, Progress, Task

if TYPE_CHECKING:  # the window paints before the database is loaded
    from mediyn_desktop.cards.stripe_api import StripeApi
    from mediyn_desktop.store.backup import BackupReport
    from mediyn_desktop.store.uow import Reading, Store
    from mediyn_desktop.store.verify import Check

T = TypeVar("T")

EVERYTHING = frozenset(
    {"balance", "card_attempt", "card_dispute", "card_freeze", "card_payout", "card_refund"}
    | {"charge", "claim", "claim_submission", "client", "day", "document", "entry", "note"}
    | {"package", "payment", "payment_link", "session", "setting"}
)
"""Announced by work that writes more than once, such as closing a day."""

CARDS_FROZEN, CARDS_UNCERTAIN, CARDS_DISPUTES = "#frozen", "#uncertain", "#disputes"
"""Places of the screen of cards, to be given to ``Shell.go`` as a ref."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a write touched, as ``Ops.changes`` hands it to the screens."""

    touched: frozenset[str]

    def kinds(self) -> frozenset[str]:
        """The kinds of record that changed."""
        return self.touched


class Program(Protocol):
    """The use cases that need concrete things; ``app`` is one."""

    def card_processor(self, store: Store) -> StripeApi | None:
        """Return the processor the practice is connected to, None without a key."""
        ...

    def refunding(
        self, store: Store, passphrase: str
    ) -> AbstractContextManager[tuple[StripeApi, StripeApi] | None]:
        """Give who asks and who pays back, or None without a key; the passphrase unlocks it."""
        ...

    def check_all(self, store: Store) -> list[Check]:
        """Run every check of the practice."""
        ...

    def make_backup(self, store: Store, to: Path) -> BackupReport:
        """Write a verified backup into the folder ``to``."""
        ...

    def sample_data(self, read: Reading) -> bool:
        """Whether the practice holds made-up people."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """A form to open on another screen: its name, and what it should have chosen already."""

    form: str
    about: str = ""


class Shell(Protocol):
    """What a screen may ask of the window around it."""

    def go(self, screen_id: str, ref: str | None = None, form: Ask | None = None) -> None:
        """Show a screen: ``today``, ``clients``, ``superbills``, ``ledger``, ``claims``, ``cards``.

        With ``ref``, the screen's ``open_ref(ref)`` is called: a client's or a session's. With
        ``form`` too, the screen's ``open_form(ref, form)``: it asks for that once ``ref`` is shown.
        """
        ...

    def say(self, sentence: str, *, undo: bool = False) -> None:
        """Show ``sentence`` for a moment; for what the user just did, never for money trouble.

        With ``undo``, a button beside it does what Ctrl+Z does.
        """
        ...

    def before_closing(self, stop: Callable[[], object]) -> None:
        """Have ``stop`` called when the window closes, before accepted work is finished."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """The open practice as screens see it; ends when the practice is locked."""

    store: Store
    ops: Ops
    actions: CommandRegistry
    clock: Clock
    program: Program
    shell: Shell
    offline: bool = False
    """Whether the user asked to use no network."""

    def read(
        self,
        work: Callable[[Reading], T],
        done: Callable[[T], object],
        *,
        failed: Failed | None = None,
        label: str = "Loading",
    ) -> Task:
        """Do ``work`` on one snapshot, on a reader's thread; ``done`` is called on this one."""
        return self.ops.read(work, done, failed=failed, label=label)

    def write(
        self,
        label: str,
        work: Callable[..., T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Do ``work`` in one transaction, commit it, and tell every screen what it touched.

        ``work`` is given the transaction and, with ``progress``, ``ops.Steps``.
        """

        def commit(*steps: Any) -> T:
            with self.store.write(label) as uow:
                result = work(uow, *steps)
            self.announce(uow.changes.kinds())
            return result

        if progress is None:
            return self.ops.run(label, commit, done=done, failed=failed)
        return self.ops.run(label, commit, done=done, failed=failed, progress=progress)

    def run(
        self,
        label: str,
        work: Callable[..., T],
        *,
        kinds: Iterable[str] = EVERYTHING,
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Do ``work`` that opens its own transactions; ``kinds`` are announced however it ends.

        With ``progress``, ``work`` is given ``ops.Steps``.
        """
        whole = self._announcing(work, kinds)
        if progress is None:
            return self.ops.run(label, whole, done=done, failed=failed)
        return self.ops.run(label, whole, done=done, failed=failed, progress=progress)

    def ask(
        self,
        label: str,
        work: Callable[..., T],
        *,
        kinds: Iterable[str] = EVERYTHING,
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Do ``work`` that waits for the network, beside the writes; otherwise as ``run``."""
        whole = self._announcing(work, kinds)
        return self.ops.ask(label, whole, done=done, failed=failed, progress=progress)

    def _announcing(self, work: Callable[..., T], kinds: Iterable[str]) -> Callable[..., T]:
        def whole(*steps: Any) -> T:
            try:
                return work(*steps)
            finally:
                self.announce(kinds)

        return whole

    def announce(self, kinds: Iterable[str]) -> None:
        """Tell every screen that ``kinds`` changed; callable from any thread."""
        self.ops.announce(Changed(frozenset(kinds)))
