# SPDX-License-Identifier: MIT
"""Balances, the journal, payments and superbills, as documents a script reads."""

from __future__ import annotations

import re
from pathlib import Path

from command_line import DAY, Connect, Mediyn

BALANCE = {"client_ref", "patient_cents", "insurer_cents", "credit_cents", "deferred_cents"}
ENTRY = {"id", "date", "kind", "source", "reverses", "postings"}
SUPERBILL = {"client_ref", "number", "version", "file", "charged_cents", "paid_cents"}


def test_balances_of_everybody_and_of_one(mediyn: Mediyn) -> None:
    rows = mediyn.json("balances")
    assert all(set(one) >= BALANCE for one in rows)
    assert [one["client_ref"] for one in rows] == sorted(one["client_ref"] for one in rows)
    by_client = {one["client_ref"]: one for one in rows}
    assert by_client["c01"]["patient_cents"] == 18500
    assert by_client["c10"]["insurer_cents"] == 35500
    assert by_client["c06"]["deferred_cents"] == 28000
    assert mediyn.json("balances", "--client", "c01") == [by_client["c01"]]
    assert "$185.00" in mediyn("balances", "--client", "c01").out


def test_the_journal_balances_entry_by_entry(mediyn: Mediyn) -> None:
    entries = mediyn.json("journal")
    assert all(set(one) >= ENTRY for one in entries)
    assert all(sum(line["amount_cents"] for line in one["postings"]) == 0 for one in entries)
    accounts = {line["account"] for one in entries for line in one["postings"]}
    assert all(re.fullmatch(r"[A-Z]\w+(:[\w.-]+)+", name) for name in accounts)
    assert {"Assets:Receivable:Client:c01", "Income:Services", "Income:Fees"} <= accounts
    own = mediyn.json("journal", "--client", "c01")
    assert own == [one for one in entries if one in own]
    assert 0 < len(own) < len(entries)


def test_a_payment_answers_with_its_entry_and_settles(mediyn: Mediyn) -> None:
    paid = mediyn.json(
        "pay", "c01", "--amount", "200.00", "--method", "check", "--date", DAY,
        "--reference", "1042",
    )  # fmt: skip
    assert set(paid) >= {"payment_id", *ENTRY}
    assert (paid["date"], paid["kind"]) == (DAY, "payment")
    assert {one["account"]: one["amount_cents"] for one in paid["postings"]} == {
        "Assets:Undeposited": 20000,
        "Assets:Receivable:Client:c01": -18500,
        "Liabilities:Credit:c01": -1500,
    }
    (after,) = mediyn.json("balances", "--client", "c01")
    assert (after["patient_cents"], after["credit_cents"]) == (0, 1500)
    assert mediyn.json("journal", "--client", "c01")[-1]["id"] == paid["id"]


def test_a_refund_names_its_payment_and_what_is_owed_again(mediyn: Mediyn) -> None:
    paid = mediyn.json("pay", "c01", "--amount", "200.00", "--method", "check")
    back = mediyn.json("refund", paid["payment_id"], "--amount", "50.00", "--reason", "Agreed")
    assert back["payment_id"] == paid["payment_id"]
    assert {one["account"]: one["amount_cents"] for one in back["postings"]} == {
        "Liabilities:Credit:c01": 1500,
        "Assets:Receivable:Client:c01": 3500,
        "Assets:Undeposited": -5000,
    }
    (after,) = mediyn.json("balances", "--client", "c01")
    assert (after["patient_cents"], after["credit_cents"]) == (3500, 0)
    assert mediyn("refund", paid["payment_id"], "--amount", "150.01").code == "refund-refused"
    assert mediyn("refund", paid["payment_id"], "--amount", "0").code == "refund-refused"
    assert mediyn("refund", "nobody", "--amount", "1").code == "not-found"
    assert mediyn.json("balances", "--client", "c01") == [after]


def test_a_payment_lowers_what_a_waiting_card_is_asked_for(closed: Mediyn) -> None:
    closed.json("pay", "c01", "--amount", "85", "--method", "cash")
    (waiting,) = (
        one
        for one in closed.json("cards", "sync", "--offline")["attempts"]
        if one["client_ref"] == "c01"
    )
    assert waiting["amount_cents"] == 10000


def test_superbills_of_a_month(mediyn: Mediyn, tmp_path: Path) -> None:
    out = tmp_path / "printed"
    rows = mediyn.json("superbill", "--month", "2026-11", "--all", "--out", out)
    assert rows
    for one in rows:
        assert set(one) >= SUPERBILL
        assert one["version"] == 1
        assert Path(one["file"]).read_bytes().startswith(b"%PDF-")
    again = mediyn.json("superbill", "--month", "2026-11", "--all", "--out", out)
    assert again == rows
    assert len(list(out.iterdir())) == len(rows)


def test_a_superbill_lists_what_is_paid_unless_asked(
    closed: Mediyn, connect: Connect, tmp_path: Path
) -> None:
    period = ("--from", DAY, "--to", DAY, "--out", tmp_path)
    assert closed("superbill", "c05", *period).code == "superbill-empty"
    (unpaid,) = closed.json("superbill", "c05", *period, "--all-lines")
    assert (unpaid["charged_cents"], unpaid["paid_cents"]) == (15000, 0)
    connect(closed.folder)
    closed.json("cards", "sync")
    (paid,) = closed.json("superbill", "c05", *period)
    assert (paid["charged_cents"], paid["paid_cents"]) == (15000, 15000)
    assert paid["number"] == unpaid["number"]
    assert paid["version"] == 2


def test_a_month_without_superbills_is_done(mediyn: Mediyn, tmp_path: Path) -> None:
    assert mediyn.json("superbill", "--month", "2020-02", "--all", "--out", tmp_path) == []
    assert mediyn("superbill", "c01", "--month", "2020-02", "--out", tmp_path).status == 1


def test_a_session_is_cancelled_after_a_look_at_what_that_does(mediyn: Mediyn) -> None:
    words = ("--reason", "Ill", "--status", "late_cancel")
    foreseen = mediyn.json("cancel", "e02", *words, "--preview")
    assert (foreseen["done"], foreseen["voided_cents"], foreseen["fee_cents"]) == (
        False, 18500, 8500
    )  # fmt: skip
    done = mediyn.json("cancel", "e02", *words)
    assert done == {**foreseen, "done": True}
    (after,) = mediyn.json("balances", "--client", "c01")
    assert after["patient_cents"] == 8500
    assert mediyn("cancel", "e02", *words).code == "already-cancelled"
    assert mediyn("cancel", "e02", "--reason", "x", "--at", "soon").code == "bad-time"
    assert mediyn("cancel", "nobody", "--reason", "x").code == "not-found"


def test_alerts_can_be_put_aside_and_leaks_are_listed(mediyn: Mediyn) -> None:
    mediyn.json("settings", "alerts.balance_cents", "10000")
    (first, *_) = [one for one in mediyn.json("alerts") if one["kind"] == "balance-high"]
    assert set(first) == {"kind", "ref", "since", "amount_cents", "message"}
    about = f"{first['kind']}:{first['ref']}"
    later = mediyn.json("alerts", "--snooze", about, "--until", "2026-12-24", "--reason", "Friday")
    assert first not in later
    assert first in mediyn.json("alerts", "--all")
    assert mediyn("alerts", "--snooze", "x:y", "--until", "2026-12-24").code == "not-found"
    found = mediyn.json("leaks")
    assert found["forgotten_sessions"] == []
    assert {"done-not-billed", "claim-not-sent", "charged-not-collected"} <= {
        one["kind"] for one in found["leaks"]
    }


def test_a_statement_adds_up_and_can_be_saved(mediyn: Mediyn, tmp_path: Path) -> None:
    said = mediyn.json("statement", "c01", "--as-of", DAY, "--out", tmp_path / "out")
    taken = said["insurance_cents"] + said["adjustments_cents"] + said["payments_cents"]
    assert said["opening_cents"] + said["charges_cents"] - taken == said["closing_cents"]
    (balance,) = mediyn.json("balances", "--client", "c01")
    assert said["client_cents"] == balance["patient_cents"] == said["due_cents"]
    assert Path(said["file"]).read_text("utf-8").startswith("{")
    assert "Please pay $185.00." in mediyn("statement", "c01", "--as-of", DAY).out
    assert mediyn("statement", "c01", "--as-of", "2999-01-01").code == "statement-period"
    assert mediyn("statement", "nobody").code == "not-found"


def test_what_a_session_costs_and_why(mediyn: Mediyn) -> None:
    asked = mediyn.json("fee", "e02")
    assert (asked["session_ref"], asked["on"], asked["route"]) == ("e02", DAY, "card")
    assert asked["asked_cents"] == sum(line["fee_cents"] for line in asked["lines"])
    assert asked["billed_cents"] == asked["asked_cents"]
    assert asked["rule"] in mediyn("fee", "e02").out
    assert mediyn("fee", "nope").code == "not-found"


def test_a_payment_for_a_session_and_one_for_a_debt_given_up(mediyn: Mediyn) -> None:
    paid = mediyn.json(
        "pay", "c01", "--amount", "30", "--method", "external_card", "--reference", "T-118",
        "--session", "e02", "--date", "2026-11-21", "--deposited", DAY,
    )  # fmt: skip
    assert {one["account"]: one["amount_cents"] for one in paid["postings"]} == {
        "Assets:Bank": 3000, "Assets:Receivable:Client:c01": -3000,
    }  # fmt: skip
    assert mediyn.json("refund", paid["payment_id"], "--amount", "30", "--session", "e02")
    pay = ("pay", "c01", "--amount", "30", "--method", "cash")
    assert mediyn(*pay, "--recovered").code == "recovery-refused"
    assert mediyn(*pay, "--date", "2026-11-24").code == "bad-date"
    assert mediyn(*pay, "--session", "e02", "--recovered").status == 2
