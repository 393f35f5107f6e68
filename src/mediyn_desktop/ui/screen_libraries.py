# SPDX-License-Identifier: MIT
"""Whether a window can open here, asked before Qt ends the whole program over it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError

# What Qt's X11 plugin needs of a Debian system beside what Qt itself needs.
PACKAGES = (
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0",
    "libxcb-shape0", "libxkbcommon-x11-0",
)  # fmt: skip


class NoWindow(UserFacingError):
    """The window cannot open on this computer as it is."""

    code = "no-window"


def require_window() -> None:
    """Return where a window can open.

    Raises:
        NoWindow: there is no screen, or Qt misses a library of the system; the command that
            installs it is named.
    """
    if sys.platform == "linux":
        _require(os.environ, _x11_plugin())


def _require(environ: Mapping[str, str], plugin: Path) -> None:
    if environ.get("QT_QPA_PLATFORM", "xcb") != "xcb" or environ.get("WAYLAND_DISPLAY"):
        return
    if not environ.get("DISPLAY"):
        raise NoWindow(
            "There is no screen here, so the window cannot open. Nothing was changed. The "
            "commands work without one: see “mediyn --help”."
        )
    import ctypes  # noqa: PLC0415 - not before the window is painted where it is not needed

    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        missing = str(error).partition(":")[0]
        raise NoWindow(
            f"The window cannot open: this computer lacks {missing}. Nothing was changed. On "
            f"Debian or Ubuntu: apt-get install {' '.join(PACKAGES)}"
        ) from error


def _x11_plugin() -> Path:
    import PySide6  # noqa: PLC0415 - only Linux asks

    return Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
