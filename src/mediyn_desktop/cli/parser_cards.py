# SPDX-License-Identifier: MIT
"""What the command line understands about cards on file."""

from __future__ import annotations

import argparse
from typing import Any

from mediyn_desktop.cli.declaring import add, day


def add_cards_on_file(cards: Any, common: argparse.ArgumentParser) -> None:
    """Declare the actions of ``cards`` about cards on file."""
    shown = add(cards, common, "on-file", "Show cards on file.", "cards on-file --expiring")
    shown.add_argument("--expiring", action="store_true", help="only those expiring or failing")
    shown.add_argument("--removed", action="store_true", help="also those taken off file")
    asked = add(
        cards,
        common,
        "ask",
        "Make a page on which a client saves a card. Nothing is charged.",
        "cards ask c01 --scope sessions;copays",
    )
    asked.add_argument("client", help="the client's ref")
    asked.add_argument("--how", default="page", choices=["page", "paper", "phone"])
    listed = add(cards, common, "requests", "Show who was asked for a card.", "cards requests")
    shut = add(
        cards, common, "close-request", "Close a client's open page.", "cards close-request c01"
    )
    shut.add_argument("client", help="the client's ref")
    first = add(cards, common, "default", "Charge this card before others.", "cards default 3")
    fees = add(cards, common, "for-fees", "Keep a card for fees.", "cards for-fees 3")
    fees.add_argument("--off", action="store_true", help="no longer keep it for fees")
    agreed = add(
        cards,
        common,
        "consent",
        "Record a client's consent, or show what was agreed.",
        "cards consent 3 --scope fees --how phone",
    )
    agreed.add_argument("--how", default="paper", choices=["paper", "phone"])
    back = add(
        cards,
        common,
        "revoke",
        "Record that a client takes a consent back.",
        "cards revoke 3 --reason asked-by-phone",
    )
    gone = add(cards, common, "remove", "Take a card off file.", "cards remove 3")
    lifted = add(
        cards, common, "lift-hold", "Let a client's cards be charged again.", "cards lift-hold c01"
    )
    lifted.add_argument("client", help="the client's ref")
    lifted.add_argument("--reason", default="Lifted by hand", help="why; it is kept")
    drafts = add(cards, common, "dunning", "Draft what to write after declines.", "cards dunning")
    for one in (first, fees, gone, agreed, back):
        one.add_argument("card", type=int, help="the card's number, as cards on-file answers it")
    asked.add_argument("--scope", required=True, help="sessions, copays, fees, with semicolons")
    for one in (agreed, back):
        one.add_argument("--scope", help="sessions, copays, fees, with semicolons")
        one.add_argument("--date", type=day, metavar="DATE", help="today unless given")
    back.add_argument("--reason", required=True, help="why; it stays in the record")
    gone.add_argument("--reason", default="", help="why; it stays in the record")
    for one in (shown, listed, drafts):
        one.add_argument("--client", metavar="REF")
