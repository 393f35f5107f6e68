# SPDX-License-Identifier: MIT
"""Fixtures every room's tests may use: a clock that stands still and a real encrypted practice."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine

import stripe_types
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.state import Received
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.folder import prepare
from mediyn_desktop.store.opening import create_practice, open_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault import slots
from mediyn_desktop.vault.keys import DataKey
from mediyn_desktop.vault.slots import Argon2Cost

if TYPE_CHECKING:
    from mailbox_server import Mailbox

# A busy machine is no fault of an example; what hangs is ended by the limit of the whole test.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

PASSPHRASE = "four unrelated calm words"
_STATEMENTS = 5000  # more than there are
QUICK = Argon2Cost(iterations=1, memory_kib=64, lanes=1)  # not a defence: for tests only


_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30


def pytest_configure() -> None:
    """Put temporary folders into memory where Linux offers that and it has room to spare.

    Every write of a practice waits for the disk, as it must; nothing here is about a disk but the
    test that fills one, and that brings its own. ``--basetemp`` and ``PYTEST_DEBUG_TEMPROOT`` win.
    """
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long ones first: what is begun last should be over soon.

    They run unwatched where coverage is measured, and the floors hold without them: they do at
    great length what others do once, and what a test of the room itself reaches is what counts.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.pluginmanager.hasplugin("_cov"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session", autouse=True)
def private_files() -> Iterator[None]:
    """Files are made for the owner only, as the program itself does."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture(scope="session", autouse=True)
def programs_can_be_interrupted() -> Iterator[None]:
    """A shell lets what runs in the background ignore Ctrl+C, and every program it starts too."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """What a statement comes to in SQL is worked out once, not anew for each test's practice.

    A new engine has a new dialect and an empty cache, and the program makes an engine whenever a
    practice is opened. Statements are kept by their structure and their dialect, never by values.
    """
    first: Engine | None = None

    def sharing(url: str, **options: Any) -> Engine:
        nonlocal first
        made = create_engine(url, query_cache_size=_STATEMENTS, **options)
        first = first or made
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mediyn_desktop.store.engine.create_engine", sharing)
        yield


@pytest.fixture(autouse=True)
def quick_passphrases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A practice the program itself makes costs as little to open as ``folder``.

    What a passphrase really costs is the vault's own topic.
    """
    if request.path.parent.name != "vault":
        for change in (slots.create, slots.change_passphrase):
            monkeypatch.setitem(change.__kwdefaults__, "kdf", QUICK)


@pytest.fixture(autouse=True)
def legal_requests(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Whatever the program sent to the card processor is legal by the installed SDK's types.

    The sandbox's own tests also send what is not.
    """
    received: list[Received] = []
    stop = CardProcessor.stop

    def stop_and_keep(processor: CardProcessor) -> None:
        stop(processor)
        received.extend(processor.state.requests)

    monkeypatch.setattr(CardProcessor, "stop", stop_and_keep)
    yield
    if request.path.parent.name != "sandbox":
        assert stripe_types.violations(received) == []


@pytest.fixture
def clock() -> FixedClock:
    """A Monday in November, 21:00 in UTC: 16:00 in New York."""
    return FixedClock(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))


@pytest.fixture
def key() -> DataKey:
    """A random data key that belongs to no practice."""
    return DataKey(secrets.token_bytes(32))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice folder with keys and an empty database, made once; copy it, never open it."""
    folder = tmp_path_factory.mktemp("template") / "practice"
    prepare(folder)
    key, _ = slots.create(folder, PASSPHRASE, kdf=QUICK)
    create_practice(folder, key, FixedClock(datetime(2026, 1, 1, tzinfo=UTC)), GUARDS).close()
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A practice folder of this test's own, closed; it opens with ``PASSPHRASE``."""
    return Path(shutil.copytree(template, tmp_path / "practice"))


@pytest.fixture
def passphrase() -> str:
    """What opens ``folder``."""
    return PASSPHRASE


@pytest.fixture
def own_key(folder: Path) -> Callable[[], DataKey]:
    """Return the key of ``folder``, a fresh one each time: closing a store drops its own."""
    return lambda: slots.open_with_passphrase(folder, PASSPHRASE)


@pytest.fixture
def store(folder: Path, own_key: Callable[[], DataKey], clock: FixedClock) -> Iterator[Store]:
    """An open, empty, encrypted practice."""
    opened = open_practice(folder, own_key(), clock, GUARDS)
    yield opened
    opened.close()


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A clearinghouse's SFTP mailbox on the loopback, which does what it is told."""
    import asyncssh

    from mailbox_server import mailbox_server

    key = asyncssh.generate_private_key("ssh-ed25519")
    with mailbox_server(tmp_path / "mailbox", [key]) as running:
        yield running
