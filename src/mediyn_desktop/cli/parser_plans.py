# SPDX-License-Identifier: MIT
"""The command ``plan`` and its options."""

from __future__ import annotations

import argparse
from typing import Any

from mediyn_desktop.cli.declaring import actions, add, add_payment, day, path


def add_plan(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare it."""
    group = actions(
        commands,
        common,
        "plan",
        "Payment plans: what is owed, paid off month by month.",
        ["plan start c02 --amount 50 --day 15 --preview", "plan show c02"],
    )
    start = add(
        group,
        common,
        "start",
        "Agree on a plan for what a client owes.",
        "plan start c02 --amount 50 --day 15 --preview",
        "plan start c02 --amount 50 --day 15 --card 9995 --agreed 2026-11-23 --out printed",
    )
    start.add_argument("client", help="the client's ref")
    start.add_argument("--amount", required=True, help="of one installment in dollars")
    start.add_argument("--day", type=int, required=True, help="of the month, 1 to 31")
    start.add_argument("--begins", type=day, metavar="DATE", help="nothing is due before it")
    start.add_argument(
        "--session", action="append", default=[], help="only this one; may be repeated"
    )
    _plan_card(start)
    start.add_argument("--preview", action="store_true", help="show it, agree on nothing")
    start.add_argument("--out", type=path, metavar="DIR", help="save the agreement here")
    show = add(group, common, "show", "Show a client's plans, or all that run.", "plan show c02")
    show.add_argument("client", nargs="?", help="the client's ref")
    show.add_argument("--out", type=path, metavar="DIR", help="save the latest agreement here")
    card = add(
        group,
        common,
        "card",
        "Ask the installments to come of another card, or of none.",
        "plan card c02 --card 9995 --agreed 2026-11-23",
        "plan card c02 --card none",
    )
    card.add_argument("client", help="the client's ref")
    _plan_card(card)
    pay = add(
        group,
        common,
        "pay",
        "Record a payment for a plan, made outside the batch.",
        "plan pay c02 --amount 50 --method check --reference 1042",
    )
    pay.add_argument("client", help="the client's ref")
    add_payment(pay)
    for name, words, example in (
        ("pause", "Let nothing fall due from today on.", "plan pause c02 --reason Travelling"),
        ("resume", "Let installments fall due again.", "plan resume c02"),
        ("end", "End a plan; what is left is owed as before.", "plan end c02 --reason Agreed"),
    ):
        held = add(group, common, name, words, example)
        held.add_argument("client", help="the client's ref")
        held.add_argument("--reason", required=name == "end", help="why; it is kept")


def _plan_card(to: argparse.ArgumentParser) -> None:
    to.add_argument("--card", metavar="LAST4", help="the card on file; “none” to pay by hand")
    to.add_argument(
        "--agreed", type=day, metavar="DATE", help="when the client signed, needed with a card"
    )
