# SPDX-License-Identifier: MIT
"""The client's share of insured sessions on the command line."""

from __future__ import annotations

from command_line import Mediyn


def test_each_insured_session_shows_what_was_expected(mediyn: Mediyn) -> None:
    rows = mediyn.json("shares")
    assert rows
    assert not any(one["adjudicated"] for one in rows)
    assert mediyn("shares", "--client", "nobody").code == "not-found"
    assert "waiting" in mediyn("shares").out
