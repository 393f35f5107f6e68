# SPDX-License-Identifier: MIT
"""Closing a month on the command line."""

from __future__ import annotations

from collections import Counter

from command_line import Mediyn


def test_a_month_is_shown_closed_and_stays_closed(mediyn: Mediyn) -> None:
    shown = mediyn.json("close-month", "--month", "2026-09")
    assert shown["closed"] is False
    done = mediyn.json("close-month", "--month", "2026-09", "--yes", "--anyway", "Late")
    assert (done["month"], done["closed"]) == ("2026-09", True)
    assert mediyn.json("close-month", "--month", "2026-09")["closed"] is True


def test_what_a_month_moved_sums_to_zero_and_is_the_journals(mediyn: Mediyn) -> None:
    month = mediyn.json("close-month", "--month", "2026-11")
    moved = {one["account"]: one["amount_cents"] for one in month["movements"]}
    assert sum(moved.values()) == 0
    summed: Counter[str] = Counter()
    for entry in mediyn.json("journal"):
        if entry["date"].startswith("2026-11"):
            for posting in entry["postings"]:
                summed[posting["account"]] += posting["amount_cents"]
    assert moved == {name: cents for name, cents in summed.items() if cents}


def test_a_month_ahead_and_a_wrong_month_are_refused(mediyn: Mediyn) -> None:
    assert mediyn("close-month", "--month", "2026-11", "--yes").code == "month-not-over"
    assert mediyn("close-month", "--month", "2026-13", "--yes").status == 2
