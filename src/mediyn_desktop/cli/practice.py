# SPDX-License-Identifier: MIT
"""Creating a practice, filling it, and setting it up."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from mediyn_desktop import app
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import data_folder, opened, passphrase
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.exchange.practice_folder import ImportReport, import_folder, read_folder
from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.practice import code_lists
from mediyn_desktop.store import settings


def init(args: argparse.Namespace) -> Answer:
    """Create the practice; with --practice import it, or create nothing."""
    folder = data_folder(args)
    chosen = _new_passphrase(args)
    if args.practice is not None:
        content = read_folder(args.practice)
        if isinstance(content, list):
            return _refused(content)
    created = app.create(folder, chosen)
    document: dict[str, Any] = {"recovery_code": created.recovery_code, "data": str(folder)}
    text = words.created(created.recovery_code, folder)
    if args.practice is None:
        created.store.close()
        return Answer(document, text)
    try:
        report = import_folder(created.store, args.practice)
    except BaseException:
        app.discard(created)
        raise
    if report.errors:
        app.discard(created)
        return _refused(report.errors)
    created.store.close()
    return Answer(
        document | shapes.imported(report),
        f"{text}\n{words.imported(report)}",
        attention=_needs_somebody(report),
    )


def import_practice(args: argparse.Namespace) -> Answer:
    """Import a practice folder."""
    with opened(args) as store:
        report = import_folder(store, args.folder, dry_run=args.dry_run)
    if report.errors:
        return _refused(report.errors)
    text = words.imported(report, dry_run=args.dry_run)
    document = {**shapes.imported(report), "dry_run": args.dry_run}
    return Answer(document, text, attention=_needs_somebody(report))


def change_settings(args: argparse.Namespace) -> Answer:
    """Show all settings, show one, or change one."""
    changing = args.value is not None or args.from_file is not None
    with opened(args, exclusive=changing) as store:
        if changing:
            _refuse_internal(args.key)
            with store.write("Change a setting") as uow:
                settings.set_value(uow, args.key, _new_value(args))
        with store.read() as read:
            shown = settings.show(read, args.key)
    return Answer(shown, words.settings(shown))


def load_codes(args: argparse.Namespace) -> Answer:
    """Keep a newer diagnosis list."""
    with opened(args) as store, store.write("Load a diagnosis list") as uow:
        table = code_lists.load(uow, args.file)
    document = {
        "fiscal_year": table.fiscal_year,
        "release": table.release,
        "codes": len(table.codes),
    }
    words_of_it = f"{len(table.codes):,} codes of fiscal year {table.fiscal_year} are loaded."
    return Answer(document, words_of_it)


def _new_passphrase(args: argparse.Namespace) -> str:
    chosen = passphrase(args)
    if chosen is not None:
        return chosen
    if not sys.stdin.isatty():
        raise app.NeedsPassphrase(
            "A new practice needs a passphrase. Nothing was created. Name a file with "
            "--passphrase-file."
        )
    chosen = getpass.getpass("Choose a passphrase: ")
    if getpass.getpass("The same once more: ") != chosen:
        raise UserFacingError(
            "The two passphrases differ. Nothing was created.", code="passphrases-differ"
        )
    return chosen


def _needs_somebody(report: ImportReport) -> bool:
    return bool(report.warnings or report.unbilled)


def _refused(errors: list[CellError]) -> Answer:
    document = {"imported": {}, "errors": [shapes.cell(one) for one in errors]}
    cells = "1 cell needs" if len(errors) == 1 else f"{len(errors)} cells need"
    failure = Failure(f"Nothing was imported: {cells} mending.", "bad-cells")
    return Answer(document, words.import_errors(errors), failure=failure)


def _refuse_internal(key: str) -> None:
    """What the program keeps for itself, such as the account charged first, is not for typing."""
    known = settings.ALL.get(key)
    if known is not None and known.internal:
        raise settings.BadSetting(
            f"{key} is kept by the program itself. Nothing was changed. “mediyn settings” lists "
            "what can be set."
        )


def _new_value(args: argparse.Namespace) -> str:
    if args.from_file is None:
        return str(args.value)
    file: Path = args.from_file
    try:
        return file.read_text("utf-8-sig").strip()
    except OSError as error:
        reason = str(error.strerror)
    except UnicodeDecodeError:
        reason = "it is not plain text in UTF-8"
    raise UserFacingError(
        f"{file} cannot be read ({reason}). The setting was not changed. Check its name.",
        code="not-readable",
    )
