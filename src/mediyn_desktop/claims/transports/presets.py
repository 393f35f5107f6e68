# SPDX-License-Identifier: MIT
"""What is known of some clearinghouses: ``presets.toml``, or a user's file of the same form."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediyn_desktop.core.errors import UserFacingError

_OWN = Path(__file__).with_name("presets.toml")


class BadPreset(UserFacingError):
    """There is no such preset, or the file is none."""

    code = "bad-preset"


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings to begin with. ``sure`` is false where they are not from the vendor's own pages."""

    key: str
    name: str
    checked: str
    sure: bool
    note: str
    settings: dict[str, str]


def presets(file: Path | None = None) -> list[Preset]:
    """Return the shipped presets, or those in ``file``.

    Raises:
        BadPreset: ``file`` cannot be read or is not of this form.
    """
    path = file or _OWN
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        return [_preset(key, table) for key, table in document.items()]
    except OSError as error:
        raise BadPreset(f"{path} cannot be read ({error.strerror}). Nothing was changed.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPreset(
            f"{path} is not a list of clearinghouses ({error}). Nothing was changed. Copy the form "
            "of the one that ships with the program."
        ) from None


def preset(key: str, file: Path | None = None) -> Preset:
    """Return the preset ``key``.

    Raises:
        BadPreset: there is none of that name.
    """
    known = presets(file)
    for one in known:
        if one.key == key:
            return one
    names = ", ".join(one.key for one in known)
    raise BadPreset(f"There is no preset “{key}”. Nothing was changed. There are: {names}.")


def _preset(key: str, table: dict[str, Any]) -> Preset:
    return Preset(
        key=key,
        name=str(table["name"]),
        checked=str(table["checked"]),
        sure=bool(table["sure"]),
        note=str(table["note"]),
        settings={str(name): str(value) for name, value in table["settings"].items()},
    )
