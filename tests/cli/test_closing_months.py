# SPDX-License-Identifier: MIT
"""Closing a month on the command line."""

from __future__ import annotations

from command_line import Mediyn


def test_a_month_is_shown_closed_and_stays_closed(mediyn: Mediyn) -> None:
    shown = mediyn.json("close-month", "--month", "2026-09")
    assert shown["closed"] is False
    done = mediyn.json("close-month", "--month", "2026-09", "--yes", "--anyway", "Late")
    assert (done["month"], done["closed"]) == ("2026-09", True)
    assert mediyn.json("close-month", "--month", "2026-09")["closed"] is True


def test_a_month_ahead_and_a_wrong_month_are_refused(mediyn: Mediyn) -> None:
    assert mediyn("close-month", "--month", "2026-11", "--yes").code == "month-not-over"
    assert mediyn("close-month", "--month", "2026-13", "--yes").status == 2
