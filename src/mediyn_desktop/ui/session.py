# SPDX-License-Identifier: MIT
"""One unlocked practice: its window, its screens, its background work. Gone when it is locked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from mediyn_desktop import app as program
from mediyn_desktop.core.clock import Clock
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store
from mediyn_desktop.ui.actions.registry import Command, CommandRegistry
from mediyn_desktop.ui.activity_dialog import ActivityDialog
from mediyn_desktop.ui.background import Background
from mediyn_desktop.ui.context import CARDS_FROZEN, CARDS_UNCERTAIN, Ask, Context
from mediyn_desktop.ui.idle import IdleWatch
from mediyn_desktop.ui.importing import Importing
from mediyn_desktop.ui.ops import Ops
from mediyn_desktop.ui.palette_clients import ClientSource
from mediyn_desktop.ui.screens.cards import CardsScreen
from mediyn_desktop.ui.screens.claims import ClaimsScreen
from mediyn_desktop.ui.screens.clients import ClientsScreen
from mediyn_desktop.ui.screens.ledger import LedgerScreen
from mediyn_desktop.ui.screens.superbills import SuperbillsScreen
from mediyn_desktop.ui.screens.today import TodayScreen
from mediyn_desktop.ui.shell.window import MainWindow, ScreenEntry
from mediyn_desktop.ui.status import Status, connection_text, status
from mediyn_desktop.ui.theme.build import Scheme, Theme
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.undoing import Undoing
from mediyn_desktop.ui.widgets.banner import Banner
from mediyn_desktop.vault.autolock import IdleLock

_LOOK_EVERY_MS = 60_000
_SAMPLE = "Sample data: these people are made up, and the cards are play money."


class _Door:
    """What screens may ask of the window (``context.Shell``)."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.stops: list[Callable[[], object]] = []

    def go(self, screen_id: str, ref: str | None = None, form: Ask | None = None) -> None:
        screen = self._window.show_screen(screen_id)
        screen.take_focus()
        if ref is None:
            return
        if form is not None and isinstance(screen, ClientsScreen):
            screen.open_form(ref, form)
            return
        open_ref = getattr(screen, "open_ref", None)
        if open_ref is not None:
            open_ref(ref)

    def say(self, sentence: str, *, undo: bool = False) -> None:
        back = partial(self._window.registry.run, "edit.undo") if undo else None
        self._window.toast.show_notice(sentence, undo=back)

    def before_closing(self, stop: Callable[[], object]) -> None:
        self.stops.append(stop)


class OpenPractice(QObject):
    """Builds the window of an open practice; ``close`` ends its work and closes the store."""

    def __init__(
        self,
        store: Store,
        app: QApplication,
        theme: Theme,
        *,
        lock: Callable[[], object] | None,
        clock: Clock,
        offline: bool = False,
        train: Callable[[], object] | None = None,
    ) -> None:
        """Build it.

        Args:
            lock: puts everything away and asks for the passphrase; None where nothing is secret.
            train: leaves this practice for training, where that can be done from here.
        """
        super().__init__()
        self._store = store
        self._offline = offline
        self._closed = False
        registry = CommandRegistry(self)
        self.window = MainWindow(registry)
        self.ops = Ops(
            on_error=self.window.show_error, on_bug=self.window.show_bug, open_read=store.read
        )
        self.window.connect_ops(self.ops)
        self._door = _Door(self.window)
        self.context = Context(
            store, self.ops, registry, clock, program, self._door, offline=offline
        )
        self._add_screens()
        self.window.find_also(ClientSource(self.context))
        if lock is not None:
            registry.add(Command("window.lock", "Lock the practice", lock, "Ctrl+L", "Window"))
        if train is not None:
            registry.add(
                Command(
                    "window.train", "Open training, with made-up people", train, "", "Window",
                    keywords="practise learn try sample test",
                )
            )  # fmt: skip
        self._undoing = Undoing(self.context, self.window)
        self.importing = Importing(self.context, self.window)
        self.window.close_reason = self._close_reason
        self.window.closing.connect(self.close)
        with store.read() as read:
            self._apply_settings(read, theme)
            minutes = settings.get(read, settings.LOCK_IDLE_MINUTES)
        self._idle = None if lock is None else IdleWatch(app, IdleLock(clock, minutes), lock)
        if self._idle is not None:
            self._idle.start()
        self._look = self._every(_LOOK_EVERY_MS, self._refresh)
        self.background = Background(self.context, program.jobs(offline=offline), self)
        self.background.start()
        self.window.status.activity_requested.connect(self._show_activity)
        self._frozen = False
        self.window.status.cards_requested.connect(self._show_cards)
        registry.add(Command("window.waiting", "What is waiting", self._show_activity))
        self.ops.changes.connect(self._refresh)
        self._refresh()

    def close(self) -> None:
        """Finish accepted writes, stop everything, and close the store; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        if self._idle is not None:
            self._idle.stop()
        self._look.stop()
        self.background.stop()
        for stop in self._door.stops:
            stop()
        self.ops.shutdown()
        self._store.close()

    def hear(self, *jobs: str) -> None:
        """Run the background jobs of these names now: something happened that they would find."""
        self.background.run_named(*jobs)

    def _add_screens(self) -> None:
        context = self.context
        for entry in (
            ScreenEntry("today", "Today", "today", lambda: TodayScreen(context)),
            ScreenEntry("clients", "Clients", "clients", lambda: ClientsScreen(context)),
            ScreenEntry(
                "superbills", "Superbills", "superbills", lambda: SuperbillsScreen(context)
            ),
            ScreenEntry("ledger", "Ledger", "ledger", lambda: LedgerScreen(context)),
            ScreenEntry("claims", "Claims", "claims", lambda: ClaimsScreen(context)),
            ScreenEntry("cards", "Cards", "cards", lambda: CardsScreen(context)),
        ):
            self.window.add_screen(entry)

    def _apply_settings(self, read: Reading, theme: Theme) -> None:
        theme.set_scheme(Scheme(settings.get(read, settings.UI_SCHEME)))
        if program.sample_data(read):
            self.window.show_banner("sample", Banner(_SAMPLE, Tone.INFO))

    def _every(self, milliseconds: int, work: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(work)
        timer.start()
        return timer

    def _refresh(self, *_: object) -> None:
        self.ops.read(lambda read: status(read, program.jobs()), self._show_status)

    def _show_status(self, now: Status) -> None:
        self.window.status.set_connection(connection_text(now.jobs, offline=self._offline))
        self.window.status.set_backup(now.backup)
        self.window.status.set_cards(now.cards, calm=now.calm)
        self._frozen = now.frozen

    def _show_cards(self) -> None:
        where = CARDS_FROZEN if self._frozen else CARDS_UNCERTAIN
        self.context.shell.go("cards", where)

    def _show_activity(self) -> None:
        def facts(read: Reading) -> tuple[Status, ZoneInfo]:
            return status(read, program.jobs()), read.zone

        self.ops.read(facts, self._open_activity)

    def _open_activity(self, facts: tuple[Status, ZoneInfo]) -> None:
        now, zone = facts
        try_now = None if self._offline else self.background.run_waiting
        dialog = ActivityDialog(now.jobs, zone, try_now, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _close_reason(self) -> str:
        pending = self.ops.pending()
        if not pending:
            return ""
        return (
            f"“{pending[0]}” is still under way. If you close now it is finished first; nothing "
            "is lost and nothing is charged twice."
        )
