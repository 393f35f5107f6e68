# SPDX-License-Identifier: MIT
"""How a command is declared: its sentence, its examples, and arguments many commands take."""

from __future__ import annotations

import argparse
import calendar
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any


def add(
    to: Any, common: argparse.ArgumentParser, name: str, words: str, *examples: str
) -> argparse.ArgumentParser:
    """Declare a command with its sentence and examples of use."""
    found: argparse.ArgumentParser = to.add_parser(
        name,
        help=words,
        description=words,
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["Example:", *(f"  mediyn {one}" for one in examples)])
        if examples
        else None,
    )
    return found


def actions(
    commands: Any, common: argparse.ArgumentParser, name: str, words: str, examples: Sequence[str]
) -> Any:
    """Declare a command that has actions of its own, and return where to add them."""
    command = add(commands, common, name, words, *examples)
    return command.add_subparsers(dest="action", metavar="ACTION", required=True)


def add_payment(to: argparse.ArgumentParser) -> None:
    """Add what every payment made outside the batch says."""
    to.add_argument("--amount", required=True, help="dollars, such as 150 or 150.00")
    to.add_argument("--method", required=True, choices=["cash", "check", "external_card", "other"])
    to.add_argument("--date", type=day, help="the day it was received; today unless given")
    to.add_argument("--reference", help="a check's number, for instance")


def day(text: str) -> date:
    """Return a date written as 2026-11-23."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a date; write it as 2026-11-23"
        ) from None


def month(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a month; write it as 2026-11")
    year, month = int(found[1]), int(found[2])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def path(text: str) -> Path:
    """A file or folder; a blank name would silently mean the folder one happens to stand in."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of a file or folder is blank")
    return Path(text)
