# SPDX-License-Identifier: MIT
"""Shipped files are found in a checkout and inside an installed package or a bundle."""

from __future__ import annotations

import pytest

from mediyn_desktop.core import resources
from mediyn_desktop.core.errors import UserFacingError


def test_a_checkout_holds_its_resources_and_migrations():
    assert resources.shipped("resources", "icons", "today.svg").is_file()
    assert resources.shipped("migrations", "env.py").is_file()


def test_files_inside_the_package_come_first(tmp_path, monkeypatch):
    inside, beside = tmp_path / "src" / "mediyn_desktop", tmp_path
    monkeypatch.setattr(resources, "_PLACES", (inside, beside))
    for place in (inside, beside):
        (place / "migrations").mkdir(parents=True)
    assert resources.shipped("migrations") == inside / "migrations"
    (inside / "migrations").rmdir()
    assert resources.shipped("migrations") == beside / "migrations"


def test_a_missing_file_is_named_to_the_user():
    with pytest.raises(UserFacingError, match=r"resources/fonts/none\.ttf") as caught:
        resources.shipped("resources", "fonts", "none.ttf")
    assert caught.value.code == "installation-incomplete"
