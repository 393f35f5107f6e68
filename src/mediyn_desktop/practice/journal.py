# SPDX-License-Identifier: MIT
"""The journal as people read it: found by a client's name, shown with names in place of refs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from mediyn_desktop.core.money import parse_cents
from mediyn_desktop.ledger import accounts, searching
from mediyn_desktop.ledger.searching import EntryLine, Found, Term, Wanted
from mediyn_desktop.ledger.tables import AccountRow
from mediyn_desktop.practice.searching import folded, words
from mediyn_desktop.practice.tables import Client, Payer
from mediyn_desktop.store.uow import Reading

KINDS: Final = {
    "charge": "Charge",
    "payment": "Payment",
    "deposit": "Bank deposit",
    "refund": "Refund",
    "refund-returned": "Refund came back",
    "void": "Payment voided",
    "credit-applied": "Credit used",
    "allocation-reversed": "Allocation taken back",
    "adjustment": "Write-off or discount",
    "adjustment-reversed": "Write-off taken back",
    "recovery": "Bad debt recovered",
    "adjudication": "Insurer's decision",
    "overpaid": "Client overpaid",
    "payer-overpaid": "Insurer overpaid",
    "payer-took-back": "Insurer took back",
    "payer-adjustment": "Insurer's adjustment",
    "payer-held": "Insurer's money held",
    "payer-held-moved": "Insurer's money moved",
    "package-sale": "Package sold",
    "package-use": "Package session used",
    "package-use-reversed": "Package session given back",
    "card-fee": "Card fee",
    "payout": "Card payout",
    "payout-returned": "Card payout came back",
    "dispute-opened": "Dispute opened",
    "dispute-fee": "Dispute fee",
    "dispute-won": "Dispute won",
    "dispute-lost": "Dispute lost",
    "opening-balance": "Balance brought forward",
    "reversal": "Reversal",
}
"""What the kinds of entries are called."""

_ACCOUNTS: Final = {
    "bank": "Bank",
    "stripe": "Card processor",
    "undeposited": "Cash and checks in hand",
    "disputed": "Money in dispute",
    "services": "Income: sessions",
    "fees": "Income: missed sessions",
    "interest": "Income: interest",
    "contractual": "Contractual write-offs",
    "sliding": "Sliding-fee discounts",
    "courtesy": "Courtesies",
    "denied": "Denied by insurers",
    "bad_debt": "Bad debt",
    "card_fees": "Card fees",
    "dispute_fees": "Dispute fees",
    "opening": "Brought forward",
    accounts.CLIENT_RECEIVABLE: "Owed by {}",
    accounts.PAYER_RECEIVABLE: "Owed by {}",
    accounts.CREDIT: "Credit of {}",
    accounts.DEFERRED: "Package of {}",
    "payer_due": "Held for {}",
}


_NUMBER: Final = re.compile(r"#([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed. ``kind`` is one of ``KINDS``; both days are included."""

    text: str = ""
    kind: str | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        """Whether anything at all is asked for."""
        return bool(self.text.strip() or self.kind or self.since or self.until)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the journal; ``client_name`` is ``Last, First``, empty where it is nobody's."""

    line: EntryLine
    client_name: str

    @property
    def kind(self) -> str:
        """What happened, in words."""
        return KINDS.get(self.line.kind) or self.line.kind.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class NamedPosting:
    """One posting in words; ``account`` is its name in the chart of accounts."""

    words: str
    account: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry whole; ``recorded_at`` is in the practice's zone."""

    row: JournalRow
    reason: str | None
    recorded_at: datetime
    postings: tuple[NamedPosting, ...]


def find(read: Reading, asked: Asked, *, below: int | None = None) -> Found:
    """Look through one stretch of the journal; see ``ledger.searching.find_entries``.

    Every word must fit: a client's name or ref, an amount, a kind, a reference, or part of a
    reason. ``#12`` is the entry numbered 12.
    """
    terms = tuple(_term(word) for word in words(asked.text))
    wanted = Wanted(terms, asked.kind, asked.since, asked.until)
    return searching.find_entries(read, wanted, below=below)


def _term(word: str) -> Term:
    if found := _NUMBER.fullmatch(word):
        return Term(number=int(found[1]))
    named = select(Client.ref).where(func.instr(Client.search, word) > 0)
    kinds = frozenset(kind for kind, called in KINDS.items() if word in folded(called))
    return Term(word, cents=_cents(word), kinds=kinds, clients=named)


def _cents(word: str) -> int | None:
    try:
        return abs(parse_cents(word))
    except ValueError:
        return None  # not an amount, then: a name or a number


def rows(read: Reading, ids: Collection[int]) -> list[JournalRow]:
    """Return the lines of the entries ``ids``, in any order; numbers of none are left out."""
    lines = searching.entry_lines(read, ids)
    named = names(read, {line.client for line in lines if line.client is not None})
    return [JournalRow(line, named.get(line.client or "", line.client or "")) for line in lines]


def entry(read: Reading, number: int) -> JournalEntry:
    """Return the entry ``number`` whole.

    Raises:
        NotFound: there is none.
    """
    found = searching.posted_entry(read, number)
    whose = names(read, {found.line.client or ""})
    row = JournalRow(found.line, whose.get(found.line.client or "", found.line.client or ""))
    said = account_words(read, {line.account for line in found.postings})
    postings = [
        NamedPosting(said[line.account], line.account, line.amount_cents) for line in found.postings
    ]
    when = found.recorded_at.astimezone(read.zone)
    return JournalEntry(row, found.reason, when, tuple(postings))


def account_words(read: Reading, accounts_named: Collection[str]) -> dict[str, str]:
    """Return what each of the accounts with these names is called, by name."""
    found = read.session.execute(
        select(AccountRow.name, AccountRow.role, AccountRow.party).where(
            AccountRow.name.in_(accounts_named)
        )
    ).all()
    parties = {party for _, _, party in found if party is not None}
    whose = names(read, parties)
    payers = select(Payer.ref, Payer.name).where(Payer.ref.in_(parties))
    insurers = dict(read.session.execute(payers).all())
    said: dict[str, str] = {}
    for name, role, party in found:
        of_payer = role in (accounts.PAYER_RECEIVABLE, "payer_due")
        called = (insurers if of_payer else whose).get(party or "", party or "")
        said[name] = _ACCOUNTS.get(role, name).format(called)
    return said


def names(read: Reading, refs: Iterable[str]) -> dict[str, str]:
    """Return ``Last, First`` of the clients ``refs``, by ref; refs of nobody are left out."""
    found = read.session.execute(
        select(Client.ref, Client.last_name, Client.first_name).where(Client.ref.in_(list(refs)))
    )
    return {ref: ", ".join(part for part in (last, first) if part) for ref, last, first in found}
