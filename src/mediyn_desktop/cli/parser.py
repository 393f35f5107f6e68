# SPDX-License-Identifier: MIT
"""The commands and their options, as declared in the contract."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from mediyn_desktop import __version__


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a date; write it as 2026-11-23"
        ) from None


def _common() -> argparse.ArgumentParser:
    """The global options; accepted before and after the command."""
    common = argparse.ArgumentParser(add_help=False)
    gap = argparse.SUPPRESS  # so that an option before the command is not undone after it
    common.add_argument("--data", type=Path, default=gap, help="the practice's folder")
    common.add_argument(
        "--passphrase-file",
        type=Path,
        default=gap,
        help="a file with the passphrase as first line",
    )
    common.add_argument("--json", action="store_true", default=gap, help="one JSON document")
    common.add_argument("--offline", action="store_true", default=gap, help="use no network")
    return common


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    common = _common()
    parser = argparse.ArgumentParser(
        prog="mediyn",
        description="Billing for solo therapists: sign the note, close the day.",
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"mediyn {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, parents=[common])

    init = add("init", "Create the encrypted practice and print its recovery code once.")
    init.add_argument("--practice", type=Path, metavar="FOLDER", help="import this folder at once")
    imported = add("import", "Import a practice folder, all or nothing.")
    imported.add_argument("folder", type=Path)
    imported.add_argument("--dry-run", action="store_true", help="check only; write nothing")
    day = add("day", "Show the review list of a day.")
    day.add_argument("--date", type=_day, required=True)
    close = add("close-day", "Charge, queue claims, print what is due; safe to repeat.")
    close.add_argument("--date", type=_day, required=True)
    close.add_argument("--yes", action="store_true", help="charge without asking")
    close.add_argument("--out", type=Path, help="where superbills and the day report are saved")
    close.add_argument(
        "--skip", action="append", default=[], metavar="SESSION", help="do not charge this one"
    )
    sign = add("sign", "Sign the note of a session, which bills it.")
    sign.add_argument("session")
    balances = add("balances", "Show balances from the ledger.")
    balances.add_argument("--client", metavar="REF")
    journal = add("journal", "Show journal entries with their postings.")
    journal.add_argument("--client", metavar="REF")
    _add_superbill(add("superbill", "Issue and save superbills."))
    pay = add("pay", "Record money received outside the batch.")
    pay.add_argument("client")
    pay.add_argument("--amount", required=True)
    pay.add_argument("--method", required=True, choices=["cash", "check", "other"])
    pay.add_argument("--date", type=_day)
    pay.add_argument("--reference", help="a check's number, for instance")
    _add_claims(add("claims", "Claim work."), common)
    cards = add("cards", "Card work.").add_subparsers(dest="action", required=True)
    cards.add_parser("sync", help="one pass of the card worker, now", parents=[common])
    add("sync", "Run every background job that is due, once.")
    add("verify", "Check the practice: file, chain, ledger, permissions.")
    backup = add("backup", "Write a verified copy.")
    backup.add_argument("--to", type=Path, required=True, metavar="DIR")
    restore = add("restore", "Restore a backup into an empty folder.")
    restore.add_argument("file", type=Path)
    restore.add_argument("--to", type=Path, required=True, metavar="DIR")
    codes = add("codes", "Diagnosis code lists.").add_subparsers(dest="action", required=True)
    load = codes.add_parser("load", help="load a newer ICD-10-CM list", parents=[common])
    load.add_argument("file", type=Path, help="the CDC file, such as icd10cm-codes-2027.txt")
    settings = add("settings", "Show or change settings; secrets are written, never printed.")
    settings.add_argument("key", nargs="?")
    settings.add_argument("value", nargs="?")
    settings.add_argument("--from-file", type=Path, help="take the value from a file")
    sandbox = add("sandbox", "Run the loopback card processor and clearinghouse until Ctrl+C.")
    sandbox.add_argument("--port", type=int, default=0)
    demo = add("demo", "Play a sample practice through one whole evening on the sandbox.")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--no-window", action="store_true", help="do not open the window at the end")
    return parser


def _add_superbill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("client", nargs="?", help="the client's ref")
    parser.add_argument("--from", dest="since", type=_day)
    parser.add_argument("--to", dest="until", type=_day)
    parser.add_argument("--month", metavar="YYYY-MM")
    parser.add_argument("--all", action="store_true", help="every client who gets superbills")
    parser.add_argument("--all-lines", action="store_true", help="unpaid sessions too")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def _add_claims(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="every claim and where it stands", parents=[common])
    check = actions.add_parser("check", help="check any 837P file", parents=[common])
    check.add_argument("file", type=Path)
    export = actions.add_parser("export", help="write queued claims to a folder", parents=[common])
    export.add_argument("--out", type=Path, required=True, metavar="DIR")
    actions.add_parser(
        "submit", help="hand queued claims to the clearinghouse folder", parents=[common]
    )
