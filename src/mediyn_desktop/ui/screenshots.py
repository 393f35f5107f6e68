# SPDX-License-Identifier: MIT
"""Pictures of every screen, light and dark, of the real window on the sample practice.

    python -m mediyn_desktop.ui.screenshots FOLDER

Needs the sample practice of ``mediyn demo --data PLACE`` in the folder ``MEDIYN_DEMO``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget

from mediyn_desktop.billing.estimates import Wanted, issue_estimate, months_later
from mediyn_desktop.claims.rehearsing import Moved
from mediyn_desktop.delivery.agreements import agreements
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import screenshot_cards, screenshot_claims
from mediyn_desktop.ui.screens.cards import CardsScreen
from mediyn_desktop.ui.screens.cards.comparison import Compared
from mediyn_desktop.ui.screens.clients.screen import ClientsScreen
from mediyn_desktop.ui.screens.clients.tabs import CORRECTIONS
from mediyn_desktop.ui.screenshot_drawing import SETTLE_MS, form, pages, pause, save, until, write
from mediyn_desktop.ui.session import OpenPractice
from mediyn_desktop.ui.start import Desk
from mediyn_desktop.ui.theme.build import Scheme
from mediyn_desktop.undo import doing

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
        pause(SETTLE_MS)
        save(desk.front, out / f"unlock-{scheme.value}.png")
    desk.given = passphrase
    desk.ask()
    until(lambda: desk.practice is not None)
    assert desk.practice is not None
    # Answers that came in meanwhile would change what is drawn.
    desk.practice.background.stop()
    desk.practice.window.resize(1400, 860)
    _agree(desk.practice)
    screenshot_claims.prepare(desk.practice)
    write(desk.practice, screenshot_cards.made_up)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        desk.theme.set_scheme(scheme)
        _screens(desk.practice, out, scheme.value)
    until(lambda: desk.practice is None or not desk.practice.ops.pending())
    desk.practice.window.close()
    return 0


def _screens(practice: OpenPractice, out: Path, scheme: str) -> None:
    for screen in ("today", "clients", "superbills", "ledger", "claims", "cards"):
        practice.window.show_screen(screen)
        pause(SETTLE_MS)
        clients = practice.window.findChild(ClientsScreen)
        if screen == "clients" and clients is not None and clients.shows_client:
            clients.back()  # a sheet was drawn before
            pause(SETTLE_MS)
        _let_go(practice.window)
        save(practice.window, out / f"{screen}-{scheme}.png")
    for screen, command in (
        ("today", "today.alerts"),
        ("ledger", "ledger.deposit"),
        ("ledger", "ledger.month"),
        ("ledger", "edit.undo"),
    ):
        practice.window.show_screen(screen)
        pause(SETTLE_MS)
        form(practice, out / f"{command.replace('.', '-')}-{scheme}.png", command)
    for client, page, forms in _SHEETS:
        _sheet(practice, client, page)
        save(practice.window, out / f"client-{client}-{page.lower()}-{scheme}.png")
        for name in forms:
            form(practice, out / f"{name}-{scheme}.png", f"clients.{name}")
    practice.context.actions.run("clients.journal")
    pause(SETTLE_MS)
    save(practice.window, out / f"client-journal-{scheme}.png")
    practice.context.actions.run("clients.journal")
    screenshot_claims.draw(practice, out, scheme)
    _cards(practice, out, scheme)


def _cards(practice: OpenPractice, out: Path, scheme: str) -> None:
    """Every page of the cards screen, each kind of charge, and the forms that ask no network."""
    practice.window.show_screen("cards")
    screen = practice.window.findChild(CardsScreen)
    assert screen is not None
    screen.tabs.show_page("Payouts")
    pause(SETTLE_MS)
    screen.payouts.table.selectRow(1)  # the one that has arrived
    form(practice, out / f"cards-year-{scheme}.png", "cards.year")
    pages(practice, screen, out, scheme)
    screen.tabs.show_page(next(iter(screen.pages)))
    for group, forms in (("unknown", ("now", "stop")), ("declined", ()), ("done", ("refund",))):
        screen.charges.filters.show_only(group=group)
        pause(SETTLE_MS)
        save(practice.window, out / f"cards-charges-{group}-{scheme}.png")
        screen.charges.table.selectRow(1)  # the first that was paid is disputed
        pause(SETTLE_MS)
        for name in forms:
            form(practice, out / f"card-{name}-{scheme}.png", f"cards.{name}")
    screen.charges.filters.show_only()
    _found(practice, screen, out, scheme)


def _found(practice: OpenPractice, screen: CardsScreen, out: Path, scheme: str) -> None:
    """A comparison that found something, and accepting it."""
    made = write(practice, screenshot_cards.comparison)
    write(practice, screenshot_cards.frozen)
    screen.tabs.show_page("Comparison")
    names = {"c02": "Quiñones, Tomás", "c03": "Nguyễn, Ánh", "c05": "D'Arcy, Siobhán"}
    names["c07"] = "Wiśniewski, Łukasz"
    screen.comparison.show_found(Compared(made, names, (Moved("Card processor", 19000),)))
    pause(SETTLE_MS)
    save(practice.window, out / f"cards-found-{scheme}.png")
    form(practice, out / f"cards-accept-{scheme}.png", "cards.accept")
    screen.comparison.show_found(None)
    screen.tabs.show_page(next(iter(screen.pages)))  # the dark pictures begin there too
    write(practice, screenshot_cards.thawed)


def _sheet(practice: OpenPractice, client: str, page: str) -> None:
    """Bring one page of a client's sheet to the front."""
    practice.context.shell.go("clients", client)
    pause(SETTLE_MS)
    screen = practice.window.findChild(ClientsScreen)
    assert screen is not None
    screen.page.tabs.show_page(page)
    screen.page.focus()
    pause(SETTLE_MS)


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

    write(practice, work)


def _let_go(window: QWidget) -> None:
    """Show no focus ring: nobody is typing."""
    focused = window.focusWidget()
    if focused is not None:
        focused.clearFocus()


if __name__ == "__main__":
    raise SystemExit(
        main(Path(sys.argv[1]), Path(os.environ["MEDIYN_DEMO"]) / "practice", "sample practice")
    )
