# SPDX-License-Identifier: MIT
"""The sample practice, imported once and copied for each test, on the evening of its own day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from command_line import DAY, PASSPHRASE, Connect, Mediyn

from mediyn_desktop import app
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.resources import shipped
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.sandbox import Sandbox, sandbox
from mediyn_desktop.sandbox.clearinghouse import answer
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store import settings
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.vault import slots

EVENING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 22:00 of the day before in New York


@pytest.fixture
def clock() -> FixedClock:
    """The evening of the sample practice."""
    return FixedClock(EVENING)


@pytest.fixture(autouse=True)
def evening(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> None:
    """The program's clock stands still, and nothing of this machine's set-up is looked at."""
    monkeypatch.setattr(app, "CLOCK", clock)
    for door in (app.create, app.open_store):
        assert door.__kwdefaults__ is not None
        monkeypatch.setitem(door.__kwdefaults__, "clock", clock)
    for name in ("MEDIYN_DATA", "MEDIYN_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (10, 30))


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """The practice folder that ships with the program."""
    return shipped("resources", "sample_practice")


@pytest.fixture(scope="session")
def imported(template: Path, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample practice, encrypted; copy it, never open it."""
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("imported") / "practice"))
    key = slots.open_with_passphrase(folder, PASSPHRASE)
    store = open_practice(folder, key, FixedClock(EVENING), GUARDS)
    assert import_folder(store, sample_folder).errors == []
    store.close()
    return folder


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    """A file with what opens the practices of these tests."""
    file = tmp_path / "passphrase.txt"
    file.write_text(f"{PASSPHRASE}\n", "utf-8")
    return file


@pytest.fixture
def empty(folder: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]) -> Mediyn:
    """The program on a practice with nothing in it."""
    return Mediyn(capsys, folder, passphrase_file)


@pytest.fixture
def mediyn(
    imported: Path, tmp_path: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> Mediyn:
    """The program on the sample practice, before its evening."""
    folder = Path(shutil.copytree(imported, tmp_path / "sample"))
    return Mediyn(capsys, folder, passphrase_file)


@pytest.fixture(scope="session")
def evening_done(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample practice after an evening without a network: everything is queued; copy it."""
    folder = Path(shutil.copytree(imported, tmp_path_factory.mktemp("closed") / "practice"))
    key = slots.open_with_passphrase(folder, PASSPHRASE)
    store = open_practice(folder, key, FixedClock(EVENING), GUARDS)
    close_day(store, date.fromisoformat(DAY), api=None, offline=True)
    store.close()
    return folder


@pytest.fixture
def closed(
    evening_done: Path, tmp_path: Path, passphrase_file: Path, capsys: pytest.CaptureFixture[str]
) -> Mediyn:
    """The program on the sample practice, its day closed, its cards and claims queued."""
    folder = Path(shutil.copytree(evening_done, tmp_path / "closed"))
    return Mediyn(capsys, folder, passphrase_file)


@pytest.fixture
def answers(closed: Mediyn, tmp_path: Path) -> dict[str, Path]:
    """What the pretend clearinghouse answers to the evening's claims, as files by kind."""
    (made,) = closed.json("claims", "export", "--out", tmp_path / "claims")
    found = {}
    for kind, text in answer(Path(made["file"]).read_text("ascii"), EVENING).items():
        found[kind] = tmp_path / f"answer.{kind}"
        found[kind].write_text(text, "ascii")
    return found


@pytest.fixture
def outside(tmp_path: Path, clock: FixedClock) -> Iterator[Sandbox]:
    """A card processor and a clearinghouse on this computer."""
    with sandbox(0, tmp_path / "outside", clock) as running:
        yield running


@pytest.fixture
def connect(outside: Sandbox, clock: FixedClock) -> Connect:
    """Enter the sandbox's addresses in the settings of a practice."""

    def enter(folder: Path, *, claims: bool = False) -> Sandbox:
        key = slots.open_with_passphrase(folder, PASSPHRASE)
        store = open_practice(folder, key, clock, GUARDS)
        with store.write("Connect the sandbox") as uow:
            for name, value in outside.addresses().items():
                if claims or name.startswith("stripe."):
                    settings.set_value(uow, name, value)
        store.close()
        return outside

    return enter
