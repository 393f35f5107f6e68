# SPDX-License-Identifier: MIT
"""What tests of reports share."""

from __future__ import annotations

import pytest


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the slow check of each claim against the guide, where claims are not the topic."""
    monkeypatch.setattr("mediyn_desktop.claims.submission.check_837p", lambda *_: [])
