# SPDX-License-Identifier: MIT
"""The real programs in processes of their own: the command line, and the world outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mediyn_desktop

_SOURCES = Path(mediyn_desktop.__file__).parents[1]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without the practice's variables, and with the sources.

    A program that may not keep its bytecode would compile all of itself at every start.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MEDIYN_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "PYTHONPATH": str(_SOURCES), **more}


def python(module: str, *arguments: object) -> list[str]:
    """The argument list that runs ``module`` with warnings shown as this process shows them."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start ``mediyn`` and return at once; its error output is a pipe."""
    return subprocess.Popen(
        python("mediyn_desktop", *arguments),
        env=environment(),
        text=True,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **{"stdout": subprocess.PIPE, **options},
    )


def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``mediyn`` to its end; ``more`` are environment variables."""
    return subprocess.run(
        python("mediyn_desktop", *arguments),
        env=environment(**more),
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=100,  # less than a test has
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Outside:
    """A running sandbox: what to enter in the settings, and its own addresses."""

    settings: dict[str, str]

    def ask(self, what: str) -> Any:
        """Return the JSON of one of the sandbox's own addresses."""
        base = self.settings["stripe.api_base"]
        with urllib.request.urlopen(f"{base}/_sandbox/{what}", timeout=60) as answer:
            return json.load(answer)

    def tell(self, what: str, **values: Any) -> Any:
        """Post ``values`` to one of the sandbox's own addresses."""
        base = self.settings["stripe.api_base"]
        body = json.dumps(values).encode()
        with urllib.request.urlopen(f"{base}/_sandbox/{what}", data=body, timeout=60) as answer:
            return json.load(answer)


@contextmanager
def outside_world(folder: Path) -> Iterator[Outside]:
    """Run both sandboxes in another process, with their claim folders in ``folder``."""
    with subprocess.Popen(
        python("mediyn_desktop.sandbox", "--port", 0, "--folder", folder),
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            said: dict[str, str] = {}
            for line in process.stdout:
                setting, is_setting, value = line.strip().partition(" = ")
                if not is_setting:
                    break
                said[setting] = value
            assert "stripe.api_base" in said, "the sandbox did not start"
            yield Outside(said)
        finally:
            process.kill()
