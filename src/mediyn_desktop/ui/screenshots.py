# SPDX-License-Identifier: MIT
"""Pictures of every screen, light and dark, of the real window on the sample practice.

    python -m mediyn_desktop.ui.screenshots FOLDER

Needs the sample practice of ``mediyn demo --data PLACE`` in the folder ``MEDIYN_DEMO``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from mediyn_desktop.billing.estimates import Wanted, issue_estimate, months_later
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.rehearsing import Moved
from mediyn_desktop.delivery.agreements import agreements
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import screenshot_cards
from mediyn_desktop.ui.pages import PagedScreen
from mediyn_desktop.ui.screens.cards import CardsScreen
from mediyn_desktop.ui.screens.cards.comparison import Compared
from mediyn_desktop.ui.screens.claims import ClaimsScreen
from mediyn_desktop.ui.screens.clients.screen import ClientsScreen
from mediyn_desktop.ui.screens.clients.tabs import CORRECTIONS
from mediyn_desktop.ui.screenshot_answers import remittance
from mediyn_desktop.ui.session import OpenPractice
from mediyn_desktop.ui.start import Desk
from mediyn_desktop.ui.theme.build import Scheme
from mediyn_desktop.ui.widgets.dialog import Dialog
from mediyn_desktop.undo import doing

T = TypeVar("T")

_SETTLE_MS = 900  # reads and the page preview come back from their threads meanwhile
_CLOSE_MS = 60
_PATIENCE_MS = 30_000
_AGREED = "c05"
_PAYS_OFF = "c07"
_SHEETS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("c03", "Sessions", ("courtesy", "cancel")),
    ("c02", "Account", ("plan",)),
    ("c08", "Account", ("pay", *CORRECTIONS, "issue")),
    (_AGREED, "Account", ("charge", "settle", "write-off", "statement")),
    (
        _AGREED,
        "Agreements",
        ("package", "sliding", "estimate", "refund-package", "end-fee", "show-estimate"),
    ),
    ("c01", "Cards", ("card-ask", "card-fees", "card-consent", "card-revoke", "card-remove")),
    (
        _PAYS_OFF,
        "Agreements",
        ("installment", "pause-plan", "plan-card", "end-plan", "print-plan"),
    ),
)


def main(out: Path, practice: Path, passphrase: str) -> int:
    """Write the pictures into ``out``; return 0."""
    out.mkdir(parents=True, exist_ok=True)
    desk = Desk(practice)
    desk.begin()
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        desk.theme.set_scheme(scheme)
        _pause(_SETTLE_MS)
        _save(desk.front, out / f"unlock-{scheme.value}.png")
    desk.given = passphrase
    desk.ask()
    _until(lambda: desk.practice is not None)
    assert desk.practice is not None
    desk.practice.window.resize(1400, 860)
    _agree(desk.practice)
    _answer_claims(desk.practice)
    _write(desk.practice, screenshot_cards.made_up)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        desk.theme.set_scheme(scheme)
        _screens(desk.practice, out, scheme.value)
    _until(lambda: desk.practice is None or not desk.practice.ops.pending())
    desk.practice.window.close()
    return 0


def _screens(practice: OpenPractice, out: Path, scheme: str) -> None:
    for screen in ("today", "clients", "superbills", "ledger", "claims", "cards"):
        practice.window.show_screen(screen)
        _pause(_SETTLE_MS)
        _let_go(practice.window)
        _save(practice.window, out / f"{screen}-{scheme}.png")
    for screen, command in (
        ("today", "today.alerts"),
        ("ledger", "ledger.deposit"),
        ("ledger", "ledger.month"),
        ("ledger", "edit.undo"),
    ):
        practice.window.show_screen(screen)
        _pause(_SETTLE_MS)
        _form(practice, out / f"{command.replace('.', '-')}-{scheme}.png", command)
    for client, page, forms in _SHEETS:
        _sheet(practice, client, page)
        _save(practice.window, out / f"client-{client}-{page.lower()}-{scheme}.png")
        for name in forms:
            _form(practice, out / f"{name}-{scheme}.png", f"clients.{name}")
    practice.context.actions.run("clients.journal")
    _pause(_SETTLE_MS)
    _save(practice.window, out / f"client-journal-{scheme}.png")
    practice.context.actions.run("clients.journal")
    _claims(practice, out, scheme)
    _cards(practice, out, scheme)


def _cards(practice: OpenPractice, out: Path, scheme: str) -> None:
    """Every page of the cards screen, each kind of charge, and the forms that ask no network."""
    practice.window.show_screen("cards")
    screen = practice.window.findChild(CardsScreen)
    assert screen is not None
    screen.tabs.show_page("Payouts")
    _pause(_SETTLE_MS)
    screen.payouts.table.selectRow(1)  # the one that has arrived
    _form(practice, out / f"cards-year-{scheme}.png", "cards.year")
    _pages(practice, screen, out, scheme)
    screen.tabs.show_page(next(iter(screen.pages)))
    for group, forms in (("unknown", ("now", "stop")), ("declined", ()), ("done", ("refund",))):
        screen.charges.filters.show_only(group=group)
        _pause(_SETTLE_MS)
        _save(practice.window, out / f"cards-charges-{group}-{scheme}.png")
        screen.charges.table.selectRow(1)  # the first that was paid is disputed
        _pause(_SETTLE_MS)
        for name in forms:
            _form(practice, out / f"card-{name}-{scheme}.png", f"cards.{name}")
    screen.charges.filters.show_only()
    _found(practice, screen, out, scheme)


def _found(practice: OpenPractice, screen: CardsScreen, out: Path, scheme: str) -> None:
    """A comparison that found something, and accepting it."""
    made = _write(practice, screenshot_cards.comparison)
    _write(practice, screenshot_cards.frozen)
    screen.tabs.show_page("Comparison")
    names = {"c02": "Quiñones, Tomás", "c03": "Nguyễn, Ánh", "c05": "D'Arcy, Siobhán"}
    names["c07"] = "Wiśniewski, Łukasz"
    screen.comparison.show_found(Compared(made, names, (Moved("Card processor", 19000),)))
    _pause(_SETTLE_MS)
    _save(practice.window, out / f"cards-found-{scheme}.png")
    _form(practice, out / f"cards-accept-{scheme}.png", "cards.accept")
    screen.comparison.show_found(None)
    _write(practice, screenshot_cards.thawed)


def _write(practice: OpenPractice, work: Callable[[UnitOfWork], T]) -> T:
    """Do ``work`` in a transaction, wait for it, and return what it did."""
    done: list[T] = []
    practice.context.write("Prepare the pictures", work, done=done.append)
    _until(lambda: bool(done))
    return done[0]


def _pages(practice: OpenPractice, screen: PagedScreen, out: Path, scheme: str) -> None:
    for title in screen.pages:
        screen.tabs.show_page(title)
        screen.take_focus()
        _pause(_SETTLE_MS)
        name = f"{screen.name}-{title.lower().replace(' ', '-')}-{scheme}.png"
        _save(practice.window, out / name)


def _claims(practice: OpenPractice, out: Path, scheme: str) -> None:
    """Every page of the claims screen, and a form and a file of a claim that was denied."""
    practice.window.show_screen("claims")
    screen = practice.window.findChild(ClaimsScreen)
    assert screen is not None
    _pages(practice, screen, out, scheme)
    screen.tabs.show_page(next(iter(screen.pages)))
    filters = screen.all.filters
    filters.group.setCurrentIndex(filters.group.findData("refused"))
    _pause(_SETTLE_MS)
    for name in ("write-off", "correct", "file"):
        _form(practice, out / f"claim-{name}-{scheme}.png", f"claims.{name}")
    filters.clear()
    _pause(_SETTLE_MS)


def _answer_claims(practice: OpenPractice) -> None:
    """Let an insurer answer what was sent, so that there is something to look at."""

    def work() -> None:
        with practice.context.store.read() as read:
            content = remittance(read, trace="EFT2026112501", group="with_insurer")
        take_and_act(practice.context.store, content, "remittance-1125.835")

    done: list[None] = []
    practice.context.run("Prepare the pictures", work, done=done.append)
    _until(lambda: bool(done))


def _sheet(practice: OpenPractice, client: str, page: str) -> None:
    """Bring one page of a client's sheet to the front."""
    practice.context.shell.go("clients", client)
    _pause(_SETTLE_MS)
    screen = practice.window.findChild(ClientsScreen)
    assert screen is not None
    screen.page.tabs.show_page(page)
    screen.page.focus()
    _pause(_SETTLE_MS)


def _form(practice: OpenPractice, path: Path, command: str) -> None:
    """Draw the dialog that ``command`` opens, and close it."""
    practice.context.actions.run(command)
    _pause(_SETTLE_MS)
    dialog = QApplication.activeModalWidget()
    _save(dialog, path)
    if isinstance(dialog, Dialog):
        dialog.reject()
    _pause(_CLOSE_MS)


def _agree(practice: OpenPractice) -> None:
    """Let there be something agreed with one client, so that there is something to look at."""

    def work(uow: UnitOfWork) -> None:
        if agreements(uow, _AGREED).sliding:
            return
        doing.sell_package(
            uow,
            _AGREED,
            code="90834",
            sessions=8,
            price_cents=112_000,
            on=uow.today,
            method="check",
        )
        agree_sliding(
            uow,
            _AGREED,
            tier="Tier B",
            reason="Income looked at in November",
            effective_from=uow.today,
            percent=80,
            review_on=months_later(uow.today, 12),
        )
        doing.start_plan(uow, _PAYS_OFF, amount_cents=2500, day=1)
        issue_estimate(uow, Wanted(_AGREED, "90834", 40, scheduled_on=uow.today))

    _write(practice, work)


def _let_go(window: QWidget) -> None:
    """Show no focus ring: nobody is typing."""
    focused = window.focusWidget()
    if focused is not None:
        focused.clearFocus()


def _save(widget: QWidget | None, path: Path) -> None:
    assert widget is not None
    widget.grab().save(str(path))
    sys.stdout.write(f"{path}\n")


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE_MS // 50):
        if holds():
            return
        _pause(50)
    raise SystemExit("the practice did not open in time")


if __name__ == "__main__":
    raise SystemExit(
        main(Path(sys.argv[1]), Path(os.environ["MEDIYN_DEMO"]) / "practice", "sample practice")
    )
