# SPDX-License-Identifier: MIT
"""Where icons and fonts lie: in a source checkout, an installed wheel or a frozen program."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


class ResourceMissing(RuntimeError):
    """A file this program ships with is not there: the installation is incomplete."""


def _candidates() -> list[Path]:
    frozen = getattr(sys, "_MEIPASS", None)
    return [
        *([Path(frozen) / "resources"] if frozen else []),
        _PACKAGE.parents[1] / "resources",  # source checkout: src/mediyn_desktop
        _PACKAGE / "resources",  # wheel with resources as package data
        Path(sys.prefix) / "share" / "mediyn-desktop" / "resources",
    ]


@lru_cache(maxsize=1)
def root() -> Path:
    """Return the ``resources`` folder.

    Raises:
        ResourceMissing: none of the known places holds one.
    """
    for place in _candidates():
        if (place / "icons").is_dir():
            return place
    raise ResourceMissing("The icons and fonts are missing; install the program again.")


def path(*parts: str) -> Path:
    """Return the shipped file ``parts`` under ``resources``, for example ``"icons", "x.svg"``.

    Raises:
        ResourceMissing: the file is not part of this installation.
    """
    found = root().joinpath(*parts)
    if not found.is_file():
        raise ResourceMissing(f"{'/'.join(parts)} is missing; install the program again.")
    return found
