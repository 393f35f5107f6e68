# SPDX-License-Identifier: MIT
"""Which function runs which command."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from mediyn_desktop.cli import (
    attention,
    background,
    card_money,
    cards,
    cards_on_file,
    claims,
    clearinghouse,
    eligibility,
    estimates,
    evening,
    fees,
    inbound,
    money,
    months,
    papers,
    plans,
    practice,
    safety,
    sessions,
    statements,
    undo,
)
from mediyn_desktop.cli.answer import Answer


def _cards(args: argparse.Namespace) -> Answer:
    found = {**card_money.ACTIONS, **cards_on_file.ACTIONS}
    return found.get(args.action, cards.cards)(args)


RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "init": practice.init,
    "import": practice.import_practice,
    "settings": practice.change_settings,
    "codes": practice.load_codes,
    "day": evening.show_day,
    "sign": evening.sign,
    "cancel": sessions.cancel,
    "close-day": evening.close,
    "close-month": months.close,
    "alerts": attention.show_alerts,
    "leaks": attention.show_leaks,
    "shares": attention.show_shares,
    "balances": money.balances,
    "journal": money.journal,
    "pay": money.pay,
    "refund": money.refund,
    "plan": plans.plan,
    "fee": fees.fee,
    "estimate": estimates.estimate,
    "statement": statements.show_statement,
    "superbill": papers.superbill,
    "claims": claims.claims,
    "eligibility": eligibility.eligibility,
    "inbound": inbound.inbound,
    "clearinghouse": clearinghouse.clearinghouse,
    "cards": _cards,
    "sync": background.sync,
    "undo": undo.go_back,
    "verify": safety.verify,
    "backup": safety.backup,
    "restore": safety.restore,
}
