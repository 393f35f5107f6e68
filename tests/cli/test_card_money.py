# SPDX-License-Identifier: MIT
"""Refunds, disputes, payouts, the tie-out and payment links from the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from command_line import Connect, Mediyn

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox import Sandbox
from mediyn_desktop.sandbox.processor import disputes, paying, payment_links, payouts
from mediyn_desktop.sandbox.processor.faults import Fault


def charged(mediyn: Mediyn, connect: Connect) -> tuple[Sandbox, dict[str, Any]]:
    """Send the evening's charges; return the world and one that succeeded."""
    outside = connect(mediyn.folder)
    attempts = mediyn.json("cards", "sync")["attempts"]
    return outside, next(one for one in attempts if one["state"] == "succeeded")


def test_a_card_payment_goes_back_to_the_card(closed: Mediyn, connect: Connect) -> None:
    outside, paid = charged(closed, connect)
    part = paid["amount_cents"] - 1000
    back = closed.json("refund", paid["payment_id"], "--amount", f"{part / 100:.2f}")
    assert (back["payment_id"], back["state"]) == (paid["payment_id"], "succeeded")
    assert back["kind"] == "refund"
    assert sum(line["amount_cents"] for line in back["postings"]) == 0
    assert {"Assets:Stripe": -part}.items() <= {
        line["account"]: line["amount_cents"] for line in back["postings"]
    }.items()
    (made,) = outside.processor.state.newest_first("refund")
    assert (made["amount"], made["payment_intent"]) == (part, paid["processor_id"])
    assert closed("refund", paid["payment_id"], "--amount", "10.01").code == "refund-refused"
    # The processor's own id of the payment is understood too.
    rest = closed.json("refund", paid["processor_id"], "--amount", "10.00", "--reason", "All")
    assert rest["reason"] == "All"
    shown = closed.json("cards", "refunds", "--client", paid["client_ref"])
    assert [one["amount_cents"] for one in shown] == [1000, part]
    assert closed.json("verify")["ok"]


def test_a_refund_without_an_answer_is_said_to_be_unknown_and_finished_later(
    closed: Mediyn, connect: Connect, clock: FixedClock
) -> None:
    outside, paid = charged(closed, connect)
    faults = outside.processor.faults
    faults.script(Fault("reset_after", method="POST", path="/v1/refunds"))
    faults.script(Fault("pass", method="GET", path=r"/v1/payment_intents/\w+"))
    faults.script(Fault("reset_before", method="GET", path=r"/v1/payment_intents/\w+", times=9))
    ran = closed("refund", paid["payment_id"], "--amount", "10.00", "--json")
    assert ran.status == 3
    assert (ran.document["state"], ran.document["postings"]) == ("unknown", [])
    faults.clear()
    synced = closed("cards", "sync", "--json").document
    assert synced["unknown"] == 0
    (row,) = closed.json("cards", "refunds")
    assert row["state"] == "succeeded"
    assert len(outside.processor.state.newest_first("refund")) == 1


def test_a_second_key_pays_back_and_needs_the_passphrase(
    closed: Mediyn, connect: Connect, tmp_path: Any
) -> None:
    outside, paid = charged(closed, connect)
    outside.processor.ring.register("rk_test_back", permissions={"refunds": "write"})
    file = tmp_path / "key.txt"
    file.write_text("rk_test_back\n", "utf-8")
    assert closed("settings", "stripe.refund_key", "--from-file", str(file)).status == 0
    assert closed.json("refund", paid["payment_id"], "--amount", "5.00")["state"] == "succeeded"
    posted = [
        one.api_key
        for one in outside.processor.state.requests
        if (one.method, one.path) == ("POST", "/v1/refunds")
    ]
    others = {
        one.api_key
        for one in outside.processor.state.requests
        if (one.method, one.path) != ("POST", "/v1/refunds")
    }
    assert len(posted) == 1
    assert posted[0] not in others


def test_without_a_network_nothing_is_paid_back(closed: Mediyn, connect: Connect) -> None:
    _, paid = charged(closed, connect)
    ran = closed("refund", paid["payment_id"], "--amount", "5.00", "--offline")
    assert ran.code == "offline"
    assert "Nothing was paid back" in ran.err


def test_disputes_payouts_and_the_year(closed: Mediyn, connect: Connect, clock: FixedClock) -> None:
    outside, paid = charged(closed, connect)
    state = outside.processor.state
    dispute = disputes.open_dispute(state, paid["processor_id"])["id"]
    closed("cards", "sync")
    shown = closed("cards", "disputes", "--json")
    assert shown.status == 3
    (row,) = shown.document
    assert (row["processor_id"], row["client_ref"]) == (dispute, paid["client_ref"])
    assert row["evidence_due"] == "2026-11-30"
    clock.advance(timedelta(days=3))
    payout = payouts.pay_out(state)["id"]
    closed("cards", "sync")
    (sent,) = closed.json("cards", "payouts")
    assert (sent["processor_id"], sent["complete"], sent["status"]) == (payout, True, "paid")
    assert sum(line["net_cents"] for line in sent["lines"]) == sent["amount_cents"]
    year = closed.json("cards", "tie-out", "--year", "2026")
    assert year["difference_cents"] == 0
    assert year["complete"]
    assert year["not_in_books"] == []
    november = next(one for one in year["months"] if one["month"] == "2026-11")
    assert november["payments"] == 9
    assert november["payouts_cents"] == -sent["amount_cents"]
    assert year["total"]["net_cents"] == year["closing_cents"] == 0
    assert "Form 1099-K counts" in closed("cards", "tie-out", "--year", "2026").out


def test_a_link_is_made_paid_and_posted(closed: Mediyn, connect: Connect) -> None:
    outside, _ = charged(closed, connect)
    state = outside.processor.state
    owing = next(one for one in closed.json("balances") if one["patient_cents"] > 0)
    made = closed.json("cards", "link", owing["client_ref"])
    assert (made["state"], made["amount_cents"]) == ("active", owing["patient_cents"])
    page = payment_links.follow(state, made["url"].rsplit("/", 1)[-1])["id"]
    paying.submit(state, page, paying.Entered("4242424242424242"))
    closed("cards", "sync")
    (link,) = closed.json("cards", "links", "--client", owing["client_ref"])
    assert link["state"] == "paid"
    (after,) = closed.json("balances", "--client", owing["client_ref"])
    assert after["patient_cents"] == 0


def test_a_link_is_closed(closed: Mediyn, connect: Connect) -> None:
    charged(closed, connect)
    owing = next(one for one in closed.json("balances") if one["patient_cents"] > 0)
    client = owing["client_ref"]
    assert closed("cards", "close-link", client).code == "not-found"
    closed.json("cards", "link", client)
    assert closed.json("cards", "close-link", client)["state"] == "closed"
