# SPDX-License-Identifier: MIT
"""The journal searched by what people type, and shown with names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.practice import journal
from mediyn_desktop.practice.journal import Asked

SOURCES = Path(journal.__file__).parents[1]


@pytest.fixture
def books(store):
    """1 a charge of Zoë's to Blue Plan, 2 a charge of Ana's, 3 Ana's check of 40 for it."""
    with store.write("t") as uow:
        world.practice(uow)
        insured = world.client(
            uow, "c1", first_name="Zoë", last_name="Škv", payment_type="in_network"
        )
        world.coverage(uow, insured)
        bill_session(uow, world.session(uow, insured, "s1"))
        owner = world.client(uow, "c2", first_name="Ana", last_name="Ng")
        bill_session(uow, world.session(uow, owner, "s2", hour=11))
        take_payment(uow, "c2", 4000, "check", world.DAY, "Check 77")
    return store


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("zoe", [1]),
        ("NG ana", [3, 2]),
        ("c2", [3, 2]),
        ("40", [3]),
        ("$150", [2, 1]),
        ("ana 150.00", [2]),
        ("payment", [3]),
        ("77", [3]),
        ("s1", [1]),
        ("#2", [2]),
        ("#99999999999999999999", []),
        ("nobody", []),
        ("", [3, 2, 1]),
    ],
)
def test_what_people_type_finds_entries(books, text, hits):
    with books.read() as read:
        assert list(journal.find(read, Asked(text)).ids) == hits


def test_nothing_asked_is_no_search():
    assert not Asked("  ")
    assert Asked(kind="refund")
    assert Asked(until=world.DAY)


def test_rows_and_entries_name_people_and_insurers(books):
    with books.read() as read:
        rows = {row.line.id: row for row in journal.rows(read, [1, 3])}
        entry = journal.entry(read, 1)
    assert (rows[1].client_name, rows[1].kind) == ("Škv, Zoë", "Charge")
    assert (rows[3].client_name, rows[3].line.reference) == ("Ng, Ana", "Check 77")
    assert [(one.words, one.amount_cents) for one in entry.postings] == [
        ("Owed by Blue Plan", 15000),
        ("Income: sessions", -15000),
    ]
    assert entry.recorded_at.utcoffset() is not None
    assert f"{entry.recorded_at:%H:%M}" == "16:00"  # New York, not UTC


def test_every_kind_the_program_posts_has_a_name():
    posted = set()
    for path in SOURCES.rglob("*.py"):
        for call in re.findall(r"\bpost\(\n.*?\n    \)", path.read_text(), re.DOTALL):
            posted.update(re.findall(r'kind="([a-z-]+)"', call))
    assert {"charge", "payment", "reversal"} <= posted
    assert posted <= set(journal.KINDS)
