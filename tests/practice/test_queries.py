# SPDX-License-Identifier: MIT
"""The client list is found, ordered and paged in SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import payments
from mediyn_desktop.practice import queries
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.store.uow import Store

PEOPLE = (
    ("c1", "Anna", "Lindqvist", "", "anna@example.com"),
    ("c2", "Zoë", "Škvorecký", "Zo", ""),
    ("c3", "Мария", "Иванова", "", ""),
    ("c4", "<b>x</b>", "O'Neil", "", ""),
    ("c5", "100%", "Under_score", "", ""),
    ("c6", "Ann", "Smith Adams", "", ""),
    ("c7", "Bob", "Smith", "", ""),
    ("c8", "Annabel", "lindqvist", "Bel", ""),
)


@pytest.fixture
def practice(store: Store) -> Store:
    with store.write("Fill") as uow:
        for ref, first, last, preferred, email in PEOPLE:
            uow.session.add(
                Client(
                    ref=ref,
                    first_name=first,
                    last_name=last,
                    preferred_name=preferred,
                    email=email,
                    payment_type="self_pay",
                )
            )
    return store


def found(store: Store, search: str = "", **how: object) -> list[str]:
    with store.read() as read:
        ids = queries.client_ids(read, search, **how)
        refs = {row.id: row.ref for row in queries.client_rows(read, ids)}
        assert queries.client_count(read, search) >= len(ids)
        return [refs[number] for number in ids]


def test_clients_come_by_last_name_whatever_its_case_or_accents(practice: Store):
    assert found(practice) == ["c1", "c8", "c4", "c2", "c7", "c6", "c5", "c3"]


@pytest.mark.parametrize(
    ("search", "refs"),
    [
        ("ann", ["c1", "c8", "c6"]),
        ("ANNA lind", ["c1", "c8"]),
        ("lind anna@", ["c1"]),
        ("skvorecky", ["c2"]),
        ("ŠKVO", ["c2"]),
        ("bel", ["c8"]),
        ("c3", ["c3"]),
        ("мария", ["c3"]),
        ("o'neil", ["c4"]),
        ("<b>", ["c4"]),
        ("%", ["c5"]),
        ("_", ["c5"]),
        ("a%a", []),
        ("\\", []),
        ("smith adams", ["c6"]),
        ("   ", ["c1", "c8", "c4", "c2", "c7", "c6", "c5", "c3"]),
    ],
)
def test_all_words_of_a_search_must_occur_and_none_is_a_wildcard(
    practice: Store, search: str, refs: list[str]
):
    assert found(practice, search) == refs


def test_pages_by_the_last_client_seen_leave_nobody_out_and_repeat_nobody(practice: Store):
    with practice.write("Namesakes") as uow:
        for number in range(5):
            uow.session.add(
                Client(
                    ref=f"s{number}", first_name="Bob", last_name="Smith", payment_type="self_pay"
                )
            )
    with practice.read() as read:
        everybody = list(queries.client_ids(read))
        paged: list[int] = []
        while page := queries.client_ids(read, limit=3, after=paged[-1] if paged else None):
            paged += page
    assert paged == everybody
    assert len(paged) == len(PEOPLE) + 5


def test_a_changed_name_is_found_at_once_under_the_new_one_only(practice: Store):
    with practice.write("Rename") as uow:
        client = uow.session.get_one(Client, 1)
        client.last_name = "Quist"
    assert found(practice, "quist anna") == ["c1"]
    assert "c1" not in found(practice, "lindqvist")


def test_a_row_holds_the_balance_and_the_newest_card(practice: Store):
    with practice.write("Pay") as uow:
        for last4 in ("1111", "4242"):
            uow.session.add(
                Card(client_id=2, stripe_customer="cus_1", stripe_payment_method="pm", last4=last4)
            )
        payments.record_payment(
            uow, ref="p1", client="c2", cents=2500, method="cash", on=uow.today, source="payment:p1"
        )
    with practice.read() as read:
        row, other = sorted(queries.client_rows(read, [2, 1]), key=lambda row: -row.id)
    assert (row.name, row.last4, row.balance.credit_cents) == ("Škvorecký, Zoë (Zo)", "4242", 2500)
    assert (other.last4, other.balance.credit_cents) == (None, 0)


def test_the_first_page_of_a_long_list_reads_only_that_page(store: Store, clock: FixedClock):
    with store.write("Fill") as uow:
        uow.session.add_all(
            Client(ref=f"x{i}", first_name="A", last_name=f"L{i:04}", payment_type="self_pay")
            for i in range(600)
        )
    plans: list[str] = []
    with store.read() as read:

        @event.listens_for(read.session.connection(), "before_cursor_execute")
        def explain(connection, cursor, statement, parameters, context, many):
            cursor.execute("EXPLAIN QUERY PLAN " + statement, parameters)
            plans.extend(row[3] for row in cursor.fetchall())

        page = queries.client_ids(read, limit=200)
        queries.client_ids(read, limit=200, after=page[-1])
        queries.client_rows(read, page)
    assert plans
    assert not [step for step in plans if step.startswith("SCAN client") and "INDEX" not in step]
    assert not [step for step in plans if step.startswith(("SCAN posting", "SCAN account"))]
    assert not [step for step in plans if "ORDER BY" in step and "card" not in step][1:], plans
