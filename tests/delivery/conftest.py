# SPDX-License-Identifier: MIT
"""Clients with billed sessions, paid or not, and the superbills that come of them."""

from __future__ import annotations

import pytest
from papers import Papers

import world
from mediyn_desktop.store.uow import Store


@pytest.fixture
def papers(store: Store) -> Papers:
    with store.write("t") as uow:
        world.practice(uow)
    return Papers(store)
