# SPDX-License-Identifier: MIT
"""Finding journal entries, the newest first and a stretch at a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import literal, select

from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger import accounts, payments
from mediyn_desktop.ledger.items import open_item
from mediyn_desktop.ledger.journal import Line, post, reverse
from mediyn_desktop.ledger.searching import (
    Term,
    Wanted,
    entry_lines,
    find_entries,
    last_entry,
    posted_entry,
)

ON = date(2026, 11, 23)


def charge(uow, number: int, cents: int = 15000, client: str = "c1") -> int:
    entry = post(
        uow,
        on=ON + timedelta(days=number),
        kind="charge",
        source=f"session:s{number}",
        key=f"charge:s{number}",
        client=client,
        lines=[Line(accounts.client_receivable(client), cents), Line(accounts.SERVICES, -cents)],
    )
    open_item(
        uow,
        client=client,
        debtor=None,
        session=f"s{number}",
        source=f"session:s{number}",
        date_of_service=ON,
        cents=cents,
        entry=entry,
    )
    return entry


@pytest.fixture
def books(store):
    """1 charge of 150, 2 its reversal, 3 charge of c2, 4 a check."""
    with store.write("t") as uow:
        reverse(uow, charge(uow, 1), on=ON, reason="Entered twice")
        charge(uow, 2, 9000, client="c2")
        payments.record_payment(
            uow,
            ref="pay-1",
            client="c2",
            cents=6000,
            method="check",
            on=ON,
            source="payment:pay-1",
            reference="Check 5%_41",
        )
    return store


def found(store, below=None, stretch=10_000, **asked) -> list[int]:
    with store.read() as read:
        return list(find_entries(read, Wanted(**asked), below=below, stretch=stretch).ids)


def test_entries_come_newest_first(books):
    assert found(books) == [4, 3, 2, 1]


def test_an_empty_journal_has_nothing_to_find_and_nowhere_to_go_on(store):
    with store.read() as read:
        nothing = find_entries(read, Wanted())
        assert (list(nothing.ids), nothing.below, last_entry(read)) == ([], None, 0)


def test_every_stretch_follows_the_one_before_and_the_last_one_says_so(books):
    seen, below, reads = [], None, 0
    with books.read() as read:
        while True:
            stretch = find_entries(read, Wanted(), below=below, stretch=3)
            seen += stretch.ids
            reads += 1
            below = stretch.below
            if below is None:
                break
    assert (seen, reads) == ([4, 3, 2, 1], 2)


def test_a_stretch_without_a_hit_still_says_where_to_go_on(books):
    with books.read() as read:
        stretch = find_entries(read, Wanted((Term("s1"),)), stretch=1)
    assert (list(stretch.ids), stretch.below) == ([], 4)


@pytest.mark.parametrize(
    ("term", "hits"),
    [
        (Term("s1"), [2, 1]),  # a reference is found by its beginning
        (Term("session:s2"), [3]),
        (Term("ay-1"), []),  # not by its middle: every second random reference would be found
        (Term("check 5%_4"), [4]),  # no character is a wildcard
        (Term("check 5__"), []),
        (Term("entered"), [2]),
        (Term(cents=15000), [2, 1]),
        (Term(cents=6000), [4]),
        (Term(number=3), [3]),
        (Term(kinds=frozenset({"payment", "reversal"})), [4, 2]),
        (Term(clients=select(literal("c2"))), [4, 3]),
    ],
)
def test_a_word_fits_in_each_of_its_meanings(books, term, hits):
    assert found(books, terms=(term,)) == hits


def test_all_words_must_fit(books):
    assert found(books, terms=(Term(cents=9000), Term(clients=select(literal("c2"))))) == [3]
    assert found(books, terms=(Term(cents=9000), Term(clients=select(literal("c1"))))) == []


def test_kind_and_days_narrow_the_search(books):
    assert found(books, kind="charge") == [3, 1]
    assert found(books, since=ON + timedelta(days=1)) == [3, 1]
    assert found(books, since=ON, until=ON) == [4, 2]


def test_an_amount_is_found_by_a_line_and_by_the_sum(store):
    with store.write("t") as uow:
        post(
            uow,
            on=ON,
            kind="adjudication",
            source="remit:1",
            key="a:1",
            client="c1",
            lines=[
                Line(accounts.BANK, 8000),
                Line(accounts.CONTRACTUAL, 4000),
                Line(accounts.payer_receivable("aetna"), -12000),
            ],
        )
    assert found(store, terms=(Term(cents=4000),)) == [1]
    assert found(store, terms=(Term(cents=12000),)) == [1]
    assert found(store, terms=(Term(cents=16000),)) == []


def test_a_line_tells_amount_reference_and_what_undid_it(books):
    with books.read() as read:
        lines = {line.id: line for line in entry_lines(read, [1, 2, 4, 99])}
    assert set(lines) == {1, 2, 4}
    assert (lines[1].amount_cents, lines[1].reversed_by, lines[1].reverses) == (15000, 2, None)
    assert (lines[2].amount_cents, lines[2].reversed_by, lines[2].reverses) == (15000, None, 1)
    assert (lines[4].amount_cents, lines[4].reference) == (6000, "Check 5%_41")


def test_an_entry_is_shown_with_its_lines_in_the_order_posted(books):
    with books.read() as read:
        whole = posted_entry(read, 2)
    assert whole.reason == "Entered twice"
    assert [(one.account, one.role, one.party, one.amount_cents) for one in whole.postings] == [
        ("Assets:Receivable:Client:c1", "client_receivable", "c1", -15000),
        ("Income:Services", "services", None, 15000),
    ]


def test_an_entry_that_is_not_there_is_said_to_be_missing(books):
    with books.read() as read, pytest.raises(NotFound, match="no journal entry 99"):
        posted_entry(read, 99)
