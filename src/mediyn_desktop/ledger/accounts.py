# SPDX-License-Identifier: MIT
"""The chart of accounts. A function here is the only way to name an account.

Names follow beancount's five roots, so the journal exports as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """An account by name; ``role`` groups accounts of different parties."""

    name: str
    role: str
    party: str | None = None


BANK = Account("Assets:Bank", "bank")
STRIPE = Account("Assets:Stripe", "stripe")
UNDEPOSITED = Account("Assets:Undeposited", "undeposited")
DISPUTED = Account("Assets:Disputed", "disputed")
SERVICES = Account("Income:Services", "services")
FEES = Account("Income:Fees", "fees")
INTEREST = Account("Income:Interest", "interest")
CONTRACTUAL = Account("Income:Contractual", "contractual")
SLIDING = Account("Income:Sliding", "sliding")
COURTESY = Account("Income:Courtesy", "courtesy")
DENIED = Account("Income:Denied", "denied")
BAD_DEBT = Account("Expenses:BadDebt", "bad_debt")
CARD_FEES = Account("Expenses:CardFees", "card_fees")
DISPUTE_FEES = Account("Expenses:DisputeFees", "dispute_fees")
OPENING = Account("Equity:Opening", "opening")

CLIENT_RECEIVABLE = "client_receivable"
PAYER_RECEIVABLE = "payer_receivable"
CREDIT = "credit"
DEFERRED = "deferred"
OF_CLIENTS = (CLIENT_RECEIVABLE, PAYER_RECEIVABLE, CREDIT, DEFERRED)


def client_receivable(client: str) -> Account:
    """What a client owes."""
    return Account(f"Assets:Receivable:Client:{client}", CLIENT_RECEIVABLE, client)


def payer_receivable(payer: str) -> Account:
    """What an insurer owes."""
    return Account(f"Assets:Receivable:Payer:{payer}", PAYER_RECEIVABLE, payer)


def credit(client: str) -> Account:
    """A client's money not yet allocated to a charge."""
    return Account(f"Liabilities:Credit:{client}", CREDIT, client)


def deferred(client: str) -> Account:
    """A client's package sessions paid for and not yet held."""
    return Account(f"Liabilities:Deferred:{client}", DEFERRED, client)


def payer_due(payer: str) -> Account:
    """An insurer's money held here without being owed."""
    return Account(f"Liabilities:PayerDue:{payer}", "payer_due", payer)


# Where money of each method rests until it reaches the bank.
RESTING_PLACE = {
    "card": STRIPE,
    "cash": UNDEPOSITED,
    "check": UNDEPOSITED,
    "external_card": BANK,
    "other": BANK,
    "opening": BANK,
}
