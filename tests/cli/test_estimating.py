# SPDX-License-Identifier: MIT
"""Estimates on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import DAY, Mediyn

ASKED = ("estimate", "c01", "--code", "90837", "--sessions", "48", "--intake")


def test_a_preview_is_not_given_and_an_estimate_is(mediyn: Mediyn, tmp_path: Path) -> None:
    shown = mediyn.json(*ASKED, "--preview")
    assert shown["version"] is None
    assert shown["tracking"] is None
    assert mediyn("estimate", "c01").code == "no-estimate"
    given = mediyn.json(*ASKED, "--out", tmp_path / "papers")
    assert (given["version"], given["starts_on"]) == (1, DAY)
    assert given["total_cents"] == sum(line["total_cents"] for line in given["lines"])
    saved = json.loads(Path(given["file"]).read_text("utf-8"))
    assert saved["total_cents"] == given["total_cents"]
    later = mediyn.json("estimate", "c01")
    assert later["version"] == 1
    assert later["tracking"]["standing"] == "within"


def test_the_words_say_the_total_and_the_last_day(mediyn: Mediyn) -> None:
    ran = mediyn(*ASKED, "--preview", "--requested", "2026-11-02")
    assert ran.status == 3
    assert "which has passed" in ran.out
    assert "Not given yet." in ran.out


def test_bad_wishes_are_refused(mediyn: Mediyn) -> None:
    assert mediyn("estimate", "c01", "--code", "90837").code == "bad-sessions"
    assert mediyn("estimate", "c01", "--code", "90837", "--sessions", "0").code == "bad-sessions"
    assert mediyn("estimate", "c01", "--code", "nope", "--sessions", "4").code == "bad-code"
    assert mediyn("estimate", "nobody", "--code", "90837", "--sessions", "4").code == "not-found"
    assert mediyn("estimate", "c10", "--code", "90837", "--sessions", "4").code == "insured"
