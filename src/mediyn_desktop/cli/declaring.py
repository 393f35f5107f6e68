# SPDX-License-Identifier: MIT
"""How a command is declared: its sentence, its examples, its actions."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
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
    """Declare a command that is told what to do by a second word; return what takes those."""
    command = add(commands, common, name, words, *examples)
    return command.add_subparsers(dest="action", metavar="ACTION", required=True)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}” is not a date; write it as 2026-11-23"
        ) from None
