# SPDX-License-Identifier: MIT
"""Start here: with a command the command line runs, without one the window opens."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import traceback
from collections.abc import Sequence

from mediyn_desktop.core.errors import UserFacingError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status (0 done, 1 refused, 2 usage, 3 attention)."""
    from mediyn_desktop.store.folder import private_umask  # noqa: PLC0415

    private_umask()
    _prepare_output()
    args = _arguments(sys.argv[1:] if argv is None else argv)
    try:
        if args.command is None:
            from mediyn_desktop.ui.start import run_window  # noqa: PLC0415  (Qt)

            return run_window(args)
        return _run(args)
    except UserFacingError as error:
        print(f"{error.message} [{error.code}]", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "Stopped. What was saved is safe; run the command again to go on. [stopped]",
            file=sys.stderr,
        )
        return 1
    except BrokenPipeError:
        # Whoever read the answer has gone; what is left of it must not fail again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line; the window, which needs none, does not wait for its declaration."""
    if not words:
        return argparse.Namespace(command=None)
    from mediyn_desktop.cli.parser import build_parser  # noqa: PLC0415

    return build_parser().parse_args(words)


def _prepare_output() -> None:
    """Let no letter that a terminal lacks, and no stray log line, spoil what is printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if not logging.getLogger().handlers:
        # Without any handler Python prints warnings and tracebacks, which may quote a row.
        logging.getLogger().addHandler(logging.NullHandler())


def _run(args: argparse.Namespace) -> int:
    """Run one command and print its answer."""
    command: str = args.command
    if command in ("demo", "sandbox"):
        from mediyn_desktop.cli import demo  # noqa: PLC0415  (only these need the sandbox)

        return demo.RUN[command](args)
    from mediyn_desktop.cli.commands import RUN  # noqa: PLC0415  (loads the whole program)

    answer = RUN[command](args)
    failure = answer.failure
    if getattr(args, "json", False):
        import json  # noqa: PLC0415  (the window has no use for it)

        # Plain ASCII: it means the same in whatever encoding the other program reads.
        print(json.dumps(answer.document, indent=2), flush=True)
    elif answer.text:
        print(answer.text, file=sys.stderr if failure else sys.stdout, flush=True)
    if failure is not None:
        print(f"{failure.message} [{failure.code}]", file=sys.stderr)
        return 1
    return 3 if answer.attention else 0


if __name__ == "__main__":
    raise SystemExit(main())
