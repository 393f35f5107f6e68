# SPDX-License-Identifier: MIT
"""Where no window can open, that is said in a sentence instead of an abort."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediyn_desktop.ui.screen_libraries import NoWindow, _require

NOWHERE = Path("/nowhere/libqxcb.so")


def test_without_a_screen_the_commands_are_named() -> None:
    with pytest.raises(NoWindow, match="no screen"):
        _require({}, NOWHERE)


def test_a_missing_library_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(NoWindow, match=r"libqxcb\.so.*apt-get install libxcb-cursor0"):
        _require({"DISPLAY": ":0"}, NOWHERE)


@pytest.mark.parametrize("environ", [{"WAYLAND_DISPLAY": "w"}, {"QT_QPA_PLATFORM": "offscreen"}])
def test_other_kinds_of_screen_need_no_x11(environ: dict[str, str]) -> None:
    _require(environ, NOWHERE)
    with pytest.raises(NoWindow):
        _require({"QT_QPA_PLATFORM": "xcb"}, NOWHERE)
