# SPDX-License-Identifier: MIT
"""What the rooms below say, as it is shown."""

from __future__ import annotations

import pytest

from mediyn_desktop.ui import wording


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("We ask again on 2026-11-26.", "We ask again on Nov 26, 2026."),
        ("(since 2025-01-01): $65.00", "(since Jan 1, 2025): $65.00"),
        ("from 2026-01-31 to 2026-02-28", "from Jan 31, 2026 to Feb 28, 2026"),
        ("day-report-2026-11-26.pdf is saved", "day-report-2026-11-26.pdf is saved"),
        ("claims-2026-11-26-1.837", "claims-2026-11-26-1.837"),
        ("There is no 2026-02-30.", "There is no 2026-02-30."),
        ("There is no 2026-13-01.", "There is no 2026-13-01."),
        ("Nothing of a day", "Nothing of a day"),
    ],
)
def test_days_within_a_sentence_are_shown_as_people_write_them(said: str, shown: str) -> None:
    assert wording.readable(said) == shown
