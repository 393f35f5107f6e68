# SPDX-License-Identifier: MIT
"""Payment plans from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from command_line import DAY, Connect, Mediyn
from pypdf import PdfReader

from mediyn_desktop.core.clock import FixedClock

PLAN = {
    "plan_ref", "client_ref", "state", "amount_cents", "day", "begins_on", "started_on",
    "total_cents", "paid_cents", "left_cents", "due_cents", "card_last4", "agreed_on",
    "next_installment", "installments", "charges", "caution",
}  # fmt: skip


def test_a_preview_shows_every_installment_and_agrees_on_nothing(mediyn: Mediyn):
    shown = mediyn.json("plan", "start", "c01", "--amount", "50", "--day", "15", "--preview")
    assert shown["total_cents"] == 18500
    assert [one["amount_cents"] for one in shown["installments"]] == [5000, 5000, 5000, 3500]
    assert shown["installments"][0]["due_on"] == "2026-12-15"
    assert mediyn.json("plan", "show") == []
    said = mediyn("plan", "start", "c01", "--amount", "50", "--day", "15", "--preview").out
    assert "Nothing is agreed yet. $185.00 would be paid in 4 installments." in said


def test_started_shown_paid_paused_resumed_and_ended(mediyn: Mediyn, tmp_path: Path):
    made = mediyn.json(
        "plan", "start", "c01", "--amount", "50", "--day", "15", "--out", tmp_path / "printed"
    )
    assert set(made) == {*PLAN, "file"}
    assert (made["state"], made["card_last4"], made["caution"]) == ("active", None, None)
    text = PdfReader(made["file"]).pages[0].extract_text()
    assert "No card is charged for it." in text
    assert [one["session_ref"] is not None for one in made["charges"]] == [True]
    (shown,) = mediyn.json("plan", "show", "c01")
    assert shown == {key: value for key, value in made.items() if key != "file"}
    paid = mediyn.json("plan", "pay", "c01", "--amount", "60", "--method", "cash")
    assert (paid["paid_cents"], paid["left_cents"]) == (6000, 12500)
    assert paid["next_installment"] == {"due_on": "2027-01-15", "amount_cents": 4000}
    assert mediyn.json("plan", "pause", "c01", "--reason", "Abroad")["state"] == "paused"
    assert mediyn("plan", "pause", "c01").code == "plan-state"
    assert mediyn.json("plan", "resume", "c01")["state"] == "active"
    assert mediyn.json("plan", "end", "c01", "--reason", "Agreed")["state"] == "ended"
    assert mediyn("plan", "end", "c01", "--reason", "Agreed").code == "no-plan"
    assert mediyn.json("plan", "show") == []


def test_a_card_needs_the_day_the_client_agreed(mediyn: Mediyn):
    start = ("plan", "start", "c01", "--amount", "50", "--day", "15")
    last4 = "4242"
    assert mediyn(*start, "--card", last4).code == "plan-consent"
    assert mediyn(*start, "--card", "0001").code == "plan-card"
    made = mediyn.json(*start, "--card", last4, "--agreed", DAY)
    assert (made["card_last4"], made["agreed_on"]) == (last4, DAY)
    assert mediyn.json("plan", "card", "c01", "--card", "none")["card_last4"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("start", "nobody", "--amount", "50", "--day", "15"), "not-found"),
        (("start", "c01", "--amount", "0", "--day", "15"), "plan-amount"),
        (("start", "c01", "--amount", "-5", "--day", "15"), "plan-amount"),
        (("start", "c01", "--amount", "5,0", "--day", "15"), "bad-amount"),
        (("start", "c01", "--amount", "500", "--day", "15"), "plan-amount"),
        (("start", "c01", "--amount", "50", "--day", "40"), "plan-day"),
        (("start", "c01", "--amount", "50", "--day", "1", "--begins", "2020-01-01"),
         "plan-refused"),
        (("start", "c01", "--amount", "50", "--day", "1", "--session", "nope"), "plan-charge"),
        (("pause", "c01"), "no-plan"),
        (("show", "nobody"), "not-found"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(mediyn: Mediyn, arguments: tuple[str, ...], code: str):
    assert mediyn("plan", *arguments).code == code
    assert mediyn.json("plan", "show") == []


def test_an_installment_is_listed_and_charged_in_the_evening(
    mediyn: Mediyn, connect: Connect, clock: FixedClock
):
    connect(mediyn.folder)
    mediyn.json("close-day", "--date", DAY, "--yes", "--offline")
    made = mediyn.json(
        "plan", "start", "c01", "--amount", "50", "--day", "24", "--card", "4242", "--agreed", DAY
    )
    clock.advance(timedelta(days=1))
    (asked,) = mediyn.json("day", "--date", "2026-11-24")["installments"]
    assert asked["plan_ref"] == made["plan_ref"]
    assert (asked["amount_cents"], asked["card_last4"], asked["state"]) == (5000, "4242", None)
    closed = mediyn.json("close-day", "--date", "2026-11-24", "--yes")
    assert [one["state"] for one in closed["installments"]] == ["succeeded"]
    assert mediyn.json("plan", "show", "c01")[0]["paid_cents"] == 5000
    said = mediyn("close-day", "--date", "2026-11-24", "--yes").out
    assert "Payment plan of" in said
