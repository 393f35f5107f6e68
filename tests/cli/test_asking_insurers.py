# SPDX-License-Identifier: MIT
"""``eligibility``: asked through the clearinghouse, on the telephone, or as last answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Connect, Mediyn

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.clearinghouse import answer_folder


@pytest.fixture
def insured(mediyn: Mediyn) -> str:
    """The ref of a client of the sample practice with insurance in force."""
    rows = mediyn.json("balances")
    for row in rows:
        if mediyn("eligibility", row["client_ref"], "--last").status == 3:
            return str(row["client_ref"])
    raise AssertionError("the sample practice has insured clients")


def test_asked_answered_shown_and_accepted(mediyn: Mediyn, insured: str, connect: Connect) -> None:
    connect(mediyn.folder, claims=True)
    found = mediyn.json("eligibility", insured)
    assert (found["active"], found["copay_cents"], found["coinsurance_percent"]) == (
        True, 2500, "20",
    )  # fmt: skip
    assert (found["deductible_cents"], found["deductible_left_cents"]) == (150000, 40000)
    assert (found["as_of"], found["how"], found["accepted"]) == (
        "2026-11-24", "transport", False,
    )  # fmt: skip
    again = mediyn.json("eligibility", insured, "--last", "--accept")
    assert again["accepted"] is True
    shown = mediyn("eligibility", insured, "--last").out
    assert "$25.00" in shown
    assert "20%" in shown


def test_nobody_to_ask_and_nobody_asked(mediyn: Mediyn, insured: str) -> None:
    assert mediyn("eligibility", insured).code == "no-clearinghouse"
    assert mediyn("eligibility", insured, "--offline").code == "clearinghouse-offline"
    last = mediyn.json("eligibility", insured, "--last")
    assert (last["active"], last["status"], last["as_of"]) == (None, "never_asked", None)
    assert mediyn("eligibility", "nobody").code == "not-found"


def test_the_telephone_is_the_offline_twin(mediyn: Mediyn, insured: str) -> None:
    form = mediyn("eligibility", insured, "--form").out
    assert "reference number" in form
    assert "--phone" in form
    assert mediyn("eligibility", insured, "--phone", "--copay", "25").code == "bad-eligibility"
    call = ["eligibility", insured, "--phone", "--reference", "88121", "--coinsurance"]
    assert mediyn(*call, "a lot").code == "bad-eligibility"
    assert mediyn(*call, "120").code == "bad-eligibility"
    noted = mediyn.json(*call, "12.5", "--copay", "25", "--accept")
    assert (noted["how"], noted["reference"], noted["coinsurance_percent"]) == (
        "telephone", "88121", "12.5",
    )  # fmt: skip
    assert (noted["copay_cents"], noted["accepted"]) == (2500, True)
    ended = mediyn.json(*call[:5], "--inactive")
    assert ended["active"] is False


def test_by_mail_the_question_waits_and_its_answer_is_shown_later(
    mediyn: Mediyn, insured: str, tmp_path: Path, clock: FixedClock
) -> None:
    out, answers = tmp_path / "out", tmp_path / "in"
    for folder, key in ((out, "clearinghouse.out"), (answers, "clearinghouse.in")):
        folder.mkdir()
        assert mediyn("settings", key, str(folder)).status == 0
    asked = mediyn("eligibility", insured, "--json", "--accept")
    assert asked.status == 3
    found = asked.document
    assert (found["active"], found["status"], found["state"]) == (None, "waiting", "waiting")
    assert found["asked_at"]
    assert mediyn.json("eligibility", insured)["state"] == "waiting"  # asked once
    assert "waits for its answer" in mediyn("eligibility", insured, "--last").out
    assert len(list(out.glob("*.270"))) == 1
    answer_folder(out, answers, clock)
    for path in sorted(answers.iterdir()):
        assert mediyn("inbound", str(path)).status == 0
    found = mediyn.json("eligibility", insured, "--last")
    assert (found["active"], found["state"], found["copay_cents"]) == (True, "answered", 2500)
    assert mediyn.json("eligibility", insured, "--last", "--accept")["accepted"] is True
