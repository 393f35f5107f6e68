# SPDX-License-Identifier: MIT
"""What is odd about a payment that reads well: not for us, not yet, not dollars, not real.

Each oddity that should keep the money from being posted by itself ``blocks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mediyn_desktop.claims.x12.inbound import Flaw
from mediyn_desktop.claims.x12.model835 import Payment, RemitClaim

# A remittance comes a few days before its money, never weeks.
_LONGEST_AHEAD = timedelta(days=14)
_DOLLARS = "USD"
_DEBIT = "D"
_NO_MONEY = "NON"  # BPR04
_ONLY_TOLD = ("H", "P")  # BPR01: a notice, and a trial of a transfer


@dataclass(frozen=True, slots=True)
class Ours:
    """By what a payer can know the practice: its NPIs and tax ids, digits only."""

    npis: frozenset[str]
    tax_ids: frozenset[str] = frozenset()


def payment_suspicions(
    payment: Payment, *, today: date, ours: Ours, production: bool = True
) -> tuple[Flaw, ...]:
    """Return what is odd about ``payment`` as a whole; nothing when it is fit to be posted.

    ``today`` is the practice's date. ``production``: real money is awaited, so a test file is odd.
    """
    found: list[Flaw] = []

    def odd(code: str, message: str, *, blocks: bool = True) -> None:
        found.append(Flaw(code, message, position=payment.position, blocks=blocks))

    npi, tax_id = payment.payee.npi, _digits(payment.payee.tax_id)
    known = [*([npi in ours.npis] if npi else []), *([tax_id in ours.tax_ids] if tax_id else [])]
    if known and not any(known):
        odd(
            "wrong-receiver",
            "The payment is for another practice: neither NPI nor tax ID is yours.",
        )
    elif not known:
        odd(
            "receiver-not-named",
            "The payment does not say by NPI or tax ID whom it is for.",
            blocks=False,
        )
    for what, on in (("payment", payment.paid_on), ("file", payment.origin.created_on)):
        if on is not None and on > today + _LONGEST_AHEAD:
            odd("future-dated", f"The {what} is dated {on.isoformat()}, weeks from now.")
    if payment.amount_cents < 0 or payment.credit_or_debit == _DEBIT:
        odd(
            "negative-payment",
            "The payment takes money instead of bringing it. A payer asks for money back inside a "
            "payment or by letter; nothing is posted by itself.",
        )
    if payment.amount_cents > 0 and (payment.method == _NO_MONEY or payment.handling in _ONLY_TOLD):
        # Only told: some insurers say so of money that comes by another way, such as a card.
        odd(
            "money-not-sent",
            "The payment states an amount and says that no money moves with it. Check the deposit.",
            blocks=False,
        )
    if payment.currency != _DOLLARS:
        odd("other-currency", f"The payment is in {payment.currency[:3]}, not in US dollars.")
    if production and payment.origin.usage == "T":
        # Only told: some clearinghouses mark real answers so, and what is posted names a claim's
        # own number, which nobody else can know.
        odd("test-file", "The file is marked as a test. Check the deposit.", blocks=False)
    return tuple(found)


def claim_suspicions(claim: RemitClaim, *, today: date) -> tuple[Flaw, ...]:
    """Return what is odd about one claim of a payment; nothing when it is fit to be posted."""
    found: list[Flaw] = []

    def odd(code: str, message: str) -> None:
        found.append(
            Flaw(
                code,
                message,
                "CLP",
                position=claim.position,
                claim=claim.control_number,
                blocks=True,
            )
        )

    if claim.is_reversal and claim.charge_cents > 0:
        odd("reversal-not-negative", "A reversal takes nothing back: its charge is not negative.")
    if not claim.is_reversal and (claim.charge_cents < 0 or claim.paid_cents < 0):
        odd("negative-claim", "A charge or payment is negative, but the claim is no reversal.")
    served = claim.service_from
    if served is not None and served > today:
        odd("future-dated", f"The date of service, {served.isoformat()}, has not come yet.")
    return tuple(found)


def currencies(payments: list[Payment]) -> tuple[str, ...]:
    """Return the currencies of several payments of one file; more than one is odd by itself."""
    return tuple(dict.fromkeys(payment.currency for payment in payments))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
