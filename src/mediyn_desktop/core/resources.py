# SPDX-License-Identifier: MIT
"""Where the files lie that the program ships with: icons, fonts, the sample, the migrations.

An installed copy and a bundle hold the folders ``resources`` and ``migrations`` inside the package
(``setup.py`` and ``build.spec`` put them there); a source checkout holds them beside ``src``.
"""

from __future__ import annotations

from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE, _PACKAGE.parents[1])


class ResourceMissing(UserFacingError):
    """A file this program ships with is not there: the installation is incomplete."""

    code = "installation-incomplete"


def shipped(*parts: str) -> Path:
    """Return the shipped file or folder ``parts``, for example ``"resources", "icons", "x.svg"``.

    Raises:
        ResourceMissing: it is not part of this installation.
    """
    for place in _PLACES:
        found = place.joinpath(*parts)
        if found.exists():
            return found
    raise ResourceMissing(
        f"A part of the program is missing ({'/'.join(parts)}). Your practice is as it was. "
        "Install the program again."
    )
