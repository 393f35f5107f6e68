# SPDX-License-Identifier: MIT
"""Pictures of every page and form about claims."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.coverage_list import everybody
from mediyn_desktop.claims.eligibility import Told, note_call
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui.screens.claims import ClaimsScreen
from mediyn_desktop.ui.screens.claims.way_dialogs import HostKeyDialog
from mediyn_desktop.ui.screenshot_answers import remittance
from mediyn_desktop.ui.screenshot_drawing import SETTLE_MS, form, pages, pause, top, until
from mediyn_desktop.ui.session import OpenPractice

_KEYS = tuple(f"ssh-ed25519 SHA256:{letter * 43}" for letter in "Rw")
_FORMS = {
    "Remittances": ("take-back",),
    "Eligibility": ("call", "take-over", "answers"),
    "Insurers": ("change-insurer", "note"),
    "Clearinghouse": ("set-up", "test"),
    "Needs attention": ("outcomes",),
}


def prepare(practice: OpenPractice) -> None:
    """Let insurers answer what was sent and asked, so that there is something to look at."""

    def work() -> None:
        store = practice.context.store
        with store.read() as read:
            content = remittance(read, trace="EFT2026112501", group="with_insurer")
        take_and_act(store, content, "remittance-1125.835")
        with store.write("Prepare the pictures") as uow:
            _tell(uow)

    done: list[None] = []
    practice.context.run("Prepare the pictures", work, done=done.append)
    until(lambda: bool(done))


def _tell(uow: UnitOfWork) -> None:
    """Note calls about the first two clients."""
    rows = [row for row in everybody(uow) if row.coverage][:2]
    for place, row in enumerate(rows):
        told = Told(
            active=not place,
            reference_number=f"REF-{4471 + place}",
            spoke_with="Dana",
            copay_cents=None if place else 3000,
            coinsurance_bp=None if place else 2000,
            deductible_cents=None if place else 150_000,
            deductible_left_cents=None if place else 40_000,
            as_of=uow.today - timedelta(days=place),
        )
        note_call(uow, uow.session.get_one(Coverage, row.coverage), told)


def draw(practice: OpenPractice, out: Path, scheme: str) -> None:
    """Draw the pages, and the forms of each, into ``out``."""
    practice.window.show_screen("claims")
    screen = practice.window.findChild(ClaimsScreen)
    assert screen is not None
    screen.eligibility.view.setCurrentIndex(1)  # on the day after, nobody has an appointment yet
    pages(practice, screen, out, scheme)
    for title, forms in _FORMS.items():
        screen.tabs.show_page(title)
        screen.take_focus()
        pause(SETTLE_MS)
        for name in forms:
            form(practice, out / f"claim-{name}-{scheme}.png", f"claims.{name}")
    _rehearsal(practice, screen, out, scheme)
    shown, pinned = _KEYS
    HostKeyDialog(practice.context, shown, pinned, screen).open()
    top(out / f"claim-host-key-{scheme}.png")
    screen.tabs.show_page(next(iter(screen.pages)))
    filters = screen.all.filters
    filters.group.setCurrentIndex(filters.group.findData("refused"))
    pause(SETTLE_MS)
    for name in ("write-off", "correct", "file", "letter", "proof"):
        form(practice, out / f"claim-{name}-{scheme}.png", f"claims.{name}")
    filters.clear()
    pause(SETTLE_MS)


def _rehearsal(practice: OpenPractice, screen: ClaimsScreen, out: Path, scheme: str) -> None:
    """Another answer about the same claims: some of it cannot be posted."""
    with practice.context.store.read() as read:
        content = remittance(read, trace="EFT2026112602", group="paid")
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "remittance-1126.835"
        file.write_bytes(content)
        screen.tabs.show_page("Remittances")
        screen.remittances.look_into([file])
        pause(SETTLE_MS)
        top(out / f"claim-rehearsal-{scheme}.png")
