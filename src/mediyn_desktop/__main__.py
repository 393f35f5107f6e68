# SPDX-License-Identifier: MIT
"""Start here: with a command the command line runs, without one the window opens."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence

from mediyn_desktop.core.errors import UserFacingError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status (0 done, 1 refused, 2 usage, 3 attention)."""
    from mediyn_desktop.cli.parser import build_parser  # noqa: PLC0415  (cheap, argparse only)
    from mediyn_desktop.store.folder import private_umask  # noqa: PLC0415

    private_umask()
    args = build_parser().parse_args(argv)
    try:
        if args.command is None:
            from mediyn_desktop.ui.start import run_window  # noqa: PLC0415  (Qt)

            return run_window(args)
        return _run(args)
    except UserFacingError as error:
        print(f"{error.message} [{error.code}]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was saved is safe; run the command again to go on.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except Exception as error:
        # A bug, not a refusal: nothing of the practice's text may reach the terminal. Where it
        # happened is in the practice's log.
        place = traceback.extract_tb(error.__traceback__)[-1]
        print(
            f"Something went wrong inside the program ({type(error).__name__} in {place.name}, "
            f"line {place.lineno}). What was saved before is safe. Please run “mediyn verify”. "
            "[internal]",
            file=sys.stderr,
        )
        return 1


def _run(args: argparse.Namespace) -> int:
    """Run one command and print its answer."""
    command: str = args.command
    if command in ("demo", "sandbox"):
        from mediyn_desktop.cli import demo  # noqa: PLC0415  (only these need the sandbox)

        return demo.RUN[command](args)
    from mediyn_desktop.cli.commands import RUN  # noqa: PLC0415  (loads the whole program)

    answer = RUN[command](args)
    if getattr(args, "json", False):
        print(json.dumps(answer.document, ensure_ascii=False, indent=2))
    elif answer.text:
        print(answer.text, file=sys.stderr if answer.failed else sys.stdout)
    if answer.failed:
        return 1
    return 3 if answer.attention else 0


if __name__ == "__main__":
    raise SystemExit(main())
