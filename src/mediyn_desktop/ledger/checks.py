# SPDX-License-Identifier: MIT
"""What ``verify`` and every backup prove about the ledger."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger import queries
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.store.verify import Check, ExtraCheck, judged

# Each counts rows that no use case can write: (what they are, SQL).
_STRAYS: Final = (
    (
        "postings dated or attributed unlike their entry",
        "SELECT count(*) FROM posting JOIN entry ON entry.id = posting.entry_id "
        "WHERE posting.date <> entry.date OR posting.client IS NOT entry.client",
    ),
    (
        "open items without an entry of their client",
        "SELECT count(*) FROM open_item LEFT JOIN entry ON entry.id = open_item.entry_id "
        "WHERE entry.client IS NOT open_item.client",
    ),
    (
        "payments without an entry of their client",
        "SELECT count(*) FROM payment LEFT JOIN entry ON entry.id = payment.entry_id "
        "WHERE entry.client IS NOT payment.client",
    ),
    (
        "allocations of one client's payment to another's charge",
        "SELECT count(*) FROM allocation LEFT JOIN payment ON payment.id = allocation.payment_id "
        "LEFT JOIN open_item ON open_item.id = allocation.item_id "
        "WHERE payment.client IS NULL OR payment.client IS NOT open_item.client",
    ),
    (
        "charges with more allocated than they came to",
        "SELECT count(*) FROM open_item JOIN (SELECT item_id, sum(amount_cents) AS used "
        "FROM allocation GROUP BY item_id) ON item_id = open_item.id "
        "WHERE used NOT BETWEEN 0 AND open_item.amount_cents",
    ),
    (
        "payments with more allocated than they held",
        "SELECT count(*) FROM payment JOIN (SELECT payment_id, sum(amount_cents) AS used "
        "FROM allocation GROUP BY payment_id) ON payment_id = payment.id "
        "WHERE used NOT BETWEEN 0 AND payment.amount_cents",
    ),
    (
        "reversals that do not mirror what they reverse",
        "SELECT count(*) FROM entry WHERE reverses IS NOT NULL AND EXISTS ("
        "SELECT account_id FROM posting WHERE entry_id IN (entry.id, entry.reverses) "
        "GROUP BY account_id HAVING sum(amount_cents) <> 0)",
    ),
)


def trial_balance(read: Reading, _: bytes) -> Check:
    """All debits equal all credits."""
    difference = queries.trial_balance(read)
    problems = [f"debits and credits differ by {format_cents(difference)}"] if difference else []
    return judged("trial balance", problems, "debits equal credits")


def entries_sealed(read: Reading, chain_key: bytes) -> Check:
    """Every entry balances and is as it was posted."""
    broken = list(queries.broken_entries(read, chain_key))
    return judged("journal entries", broken, "every entry balances and its seal fits")


def stray_rows(read: Reading, _: bytes) -> Check:
    """Open items, payments and allocations belong to each other and to their entries."""
    counted = [(read.session.scalar(text(sql)), what) for what, sql in _STRAYS]
    problems = [f"{number} {what}" for number, what in counted if number]
    return judged("ledger rows", problems, "open items, payments and allocations fit together")


def items_explain_accounts(read: Reading, _: bytes) -> Check:
    """What is open, left and prepaid is what the receivables, credits and packages stand at."""
    return judged(
        "open items", queries.disagreements(read), "open items and payments explain the accounts"
    )


LEDGER_CHECKS: Final[tuple[ExtraCheck, ...]] = (
    trial_balance,
    entries_sealed,
    stray_rows,
    items_explain_accounts,
)
