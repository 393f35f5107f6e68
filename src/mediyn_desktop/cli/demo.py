# SPDX-License-Identifier: MIT
"""The sandbox on its own, and a sample practice through one whole evening on it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from mediyn_desktop import app
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.dayclose.close import Closed, close_day
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.exchange.sample import sample_today, write_sample_practice
from mediyn_desktop.ledger import queries as ledger
from mediyn_desktop.sandbox import Sandbox, sandbox, serve
from mediyn_desktop.store import settings
from mediyn_desktop.store.folder import default_data_folder
from mediyn_desktop.store.uow import Store

PASSPHRASE = "sample practice"  # noqa: S105  (made-up people; printed on purpose)
_MARK = "sample-data.txt"
_MARK_TEXT = "This folder holds made-up people. The demonstration replaces it at every run.\n"


def run_sandbox(args: argparse.Namespace) -> int:
    """Serve until Ctrl+C, telling the addresses first."""
    named = getattr(args, "data", None)
    folder = named.expanduser() if named else default_data_folder().with_name("mediyn-sandbox")
    said: dict[str, str] = {}

    def tell(line: str) -> None:
        """Print at once: who started this in a pipe waits for the addresses."""
        setting, is_setting, value = line.partition(" = ")
        if not getattr(args, "json", False):
            print(line, flush=True)
        elif is_setting:
            said[setting] = value
        elif said:
            print(json.dumps(said, indent=2), flush=True)
            said.clear()

    with suppress(KeyboardInterrupt):  # pressed while it was still telling, it ends as well
        serve(args.port, folder.absolute(), tell)
    return 0


def run_demo(args: argparse.Namespace) -> int:
    """Play the evening, say what happened, and open the window where there is a screen."""
    folder = _fresh_folder(getattr(args, "data", None))
    with sandbox(0, folder / "outside") as outside:
        store, day, imported = _practice(folder, args.seed, outside)
        try:
            before = _review_text(store, day)
            result = close_day(store, day, api=app.card_processor(store), out=folder / "printed")
            with store.read() as read:
                off_by = ledger.trial_balance(read)
                entries = len(ledger.journal(read))
        finally:
            store.close()
        if getattr(args, "json", False):
            document = {**shapes.closed(result), **_places(folder, outside)}
            print(json.dumps(document, indent=2))
            return 0
        print(_story(folder, day, imported, before, result, entries, off_by))
        if _has_screen() and not args.no_window:
            from mediyn_desktop.ui.screen_libraries import NoWindow  # noqa: PLC0415
            from mediyn_desktop.ui.start import run_window_on  # noqa: PLC0415  (Qt)

            try:
                return run_window_on(folder, PASSPHRASE)
            except NoWindow as error:  # the evening was played; only looking at it needs more
                print(error.message, file=sys.stderr)
    return 0


RUN: dict[str, Callable[[argparse.Namespace], int]] = {"demo": run_demo, "sandbox": run_sandbox}


def _fresh_folder(named: Path | None) -> Path:
    """Return an empty folder for made-up people; a real practice is never touched."""
    folder = named.expanduser() if named else default_data_folder().with_name("mediyn-demo")
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise UserFacingError(
                f"{folder} is not empty and not a demonstration's folder. Nothing was changed. "
                "Choose another folder with --data.",
                code="demo-folder",
            )
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _MARK).write_text(_MARK_TEXT, "utf-8")
    return folder


def _practice(folder: Path, seed: int, outside: Sandbox) -> tuple[Store, date, str]:
    """Create the sample practice and connect it to the sandbox."""
    store = app.create(folder / "practice", PASSPHRASE).store
    try:
        day = sample_today(store.clock.now())
        write_sample_practice(folder / "practice-folder", day, seed)
        report = import_folder(store, folder / "practice-folder")
        assert not report.errors, report.errors
        with store.write("Connect the sandbox") as uow:
            for key, value in outside.addresses().items():
                settings.set_value(uow, key, value)
            settings.set_value(uow, settings.CLEARINGHOUSE_KIND.key, "sandbox")
            settings.set_value(uow, settings.CLEARINGHOUSE_USAGE.key, "T")
            settings.set_value(uow, settings.DEMO_SAMPLE_DATA.key, "yes")
    except BaseException:
        store.close()
        raise
    return store, day, words.imported(report)


def _review_text(store: Store, day: date) -> str:
    with store.read() as read:
        return words.review(review(read, day))


def _places(folder: Path, outside: Sandbox) -> dict[str, str]:
    return {
        "data": str(folder / "practice"),
        "passphrase": PASSPHRASE,
        "printed": str(folder / "printed"),
        "claims_folder": str(outside.outbox),
        "answers_folder": str(outside.inbox),
    }


def _story(
    folder: Path,
    day: date,
    imported: str,
    before: str,
    result: Closed,
    entries: int,
    off_by: int,
) -> str:
    return "\n".join(
        [
            f"A sample practice, made-up people, one evening: {day:%A, %B %d, %Y}.",
            "",
            "1. The practice folder is imported into a new encrypted practice.",
            f"   {imported.splitlines()[0]}",
            "",
            "2. Before closing, the review list:",
            "",
            _indent(before),
            "",
            "3. The day is closed: cards are charged on a card processor that runs on this",
            "   computer, claims are written, superbills printed.",
            "",
            _indent(words.closed(result)),
            "",
            f"4. The ledger explains every cent: {entries} entries, and all postings sum to "
            f"{off_by}.",
            "",
            f"The practice is in {folder / 'practice'}; its passphrase is “{PASSPHRASE}”.",
            f"Look at it with: mediyn --data {folder / 'practice'} journal",
        ]
    )


def _indent(text: str) -> str:
    return "\n".join(f"   {line}" if line else "" for line in text.splitlines())


def _has_screen() -> bool:
    """Whether a window would be seen by somebody."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
