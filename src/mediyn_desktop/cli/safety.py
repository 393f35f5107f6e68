# SPDX-License-Identifier: MIT
"""Proving that the practice is whole, and copies of it."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from mediyn_desktop import app
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import first_line, opened, passphrase
from mediyn_desktop.vault import slots
from mediyn_desktop.vault.keys import DataKey


def verify(args: argparse.Namespace) -> Answer:
    """Check everything that can be checked, also while the window is open."""
    with opened(args, exclusive=False) as store:
        checks = app.check_all(store)
    failed = [check for check in checks if not check.ok]
    document = {
        "ok": not failed,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks
        ],
    }
    text = words.checks(checks)
    if not failed:
        return Answer(document, text)
    names = ", ".join(check.name for check in failed)
    failure = Failure(
        f"The practice is not sound ({names}). Nothing was changed. Keep your backups.",
        "not-sound",
    )
    return Answer(document, text, failure=failure)


def backup(args: argparse.Namespace) -> Answer:
    """Write a verified copy."""
    with opened(args) as store:
        report = app.make_backup(store, args.to)
    document = {"file": str(report.path), "sha256": report.sha256, "counts": report.counts}
    return Answer(document, f"Backed up and verified: {report.path}")


def restore(args: argparse.Namespace) -> Answer:
    """Restore a backup into an empty folder."""
    if args.recovery_code_file is not None:
        code = first_line(args.recovery_code_file, "recovery code")

        def open_key(folder: Path) -> DataKey:
            return slots.open_with_recovery(folder, code)
    else:
        typed = _passphrase(args)

        def open_key(folder: Path) -> DataKey:
            return slots.open_with_passphrase(folder, typed)

    report = app.restore_backup(args.file, args.to, open_key)
    document = {"data": str(args.to), "sha256": report.sha256, "counts": report.counts}
    return Answer(document, f"Restored and verified in {args.to}")


def _passphrase(args: argparse.Namespace) -> str:
    given = passphrase(args)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise app.NeedsPassphrase(
            "Restoring needs the passphrase. Nothing was written. Name a file with "
            "--passphrase-file, or one with the recovery code with --recovery-code-file."
        )
    return getpass.getpass("Passphrase: ")
