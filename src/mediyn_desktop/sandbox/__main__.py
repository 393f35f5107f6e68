# SPDX-License-Identifier: MIT
"""``python -m mediyn_desktop.sandbox``: both sandboxes in a process of their own."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.sandbox.serving import serve


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl+C; return 0, or 1 when it could not start."""
    parser = argparse.ArgumentParser(
        prog="python -m mediyn_desktop.sandbox", description="Card processor and clearinghouse."
    )
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--folder", type=Path, help="where claims are answered")
    given = parser.parse_args(arguments)
    try:
        if given.folder is not None:
            serve(given.port, given.folder, _tell)
        else:
            with tempfile.TemporaryDirectory(prefix="mediyn-sandbox-") as folder:
                serve(given.port, Path(folder), _tell)
    except UserFacingError as refusal:
        sys.stderr.write(f"{refusal.message} [{refusal.code}]\n")
        return 1
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()  # a parent process reads the addresses from a pipe


if __name__ == "__main__":
    sys.exit(main())
