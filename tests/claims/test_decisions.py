# SPDX-License-Identifier: MIT
"""An insurer's answer is posted as given; the next insurer comes before the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.attempts import plan_attempt
from mediyn_desktop.cards.due import chargeable_card, due_on_card
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.claims.decisions import (
    Decided,
    Decision,
    DecisionRefused,
    correct_decision,
    post_decision,
    take_back_decision,
)
from mediyn_desktop.ledger import queries
from mediyn_desktop.ledger.insurance import AdjudicationRefused
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.practice.tables import Card, Coverage, Payer
from mediyn_desktop.reports.shares import client_shares
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """Ana, insured with a copay of 25 and a card; 150 billed to the insurer for s1."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.card(uow, ana)
        world.coverage(uow, ana)
        assert isinstance(bill_session(uow, world.session(uow, ana)), Charge)
        yield uow
        assert queries.trial_balance(uow) == 0
        assert queries.disagreements(uow) == []


def second(uow: UnitOfWork, **values: object) -> None:
    payer = Payer(ref="second", name="Second Plan", payer_id="99999")
    uow.session.add(payer)
    uow.session.flush()
    values = {"client_id": 1, "rank": 2, "payer_id": payer.id, "member_id": "S1", **values}
    uow.session.add(Coverage(**values))
    uow.session.flush()
    uow.session.expire_all()


def answer(ref: str = "r1", payer: str = "p-c1", **parts: object) -> Decision:
    return Decision(ref, "s1", payer, world.DAY, f"remittance:{ref}", "CO-45, PR-2", **parts)


def decide(uow: UnitOfWork, ref: str = "r1", payer: str = "p-c1", **parts: object) -> Decided:
    return post_decision(uow, answer(ref, payer, **parts))


def balance(uow: UnitOfWork) -> tuple[int, int, int]:
    found = queries.client_balances(uow)["c1"]
    return found.patient_cents, found.insurer_cents, found.credit_cents


def test_the_second_insurer_comes_before_the_client(uow: UnitOfWork):
    second(uow)
    decided = decide(
        uow, paid_cents=9600, written_off={WriteOff.CONTRACTUAL: 3000}, left_cents=2400
    )
    assert (decided.next_payer_ref, decided.client_cents) == ("second", 0)
    assert balance(uow) == (0, 2400, 0)
    (share,) = client_shares(uow)
    assert share.adjudicated_cents is None
    assert decide(uow, "r2", "second", paid_cents=2000, left_cents=400).client_cents == 400
    assert balance(uow) == (400, 0, 0)
    (share,) = client_shares(uow)
    assert (share.expected_cents, share.adjudicated_cents, share.difference_cents) == (
        2500, 400, -2100,
    )  # fmt: skip


def test_a_second_insurer_not_in_force_that_day_is_not_asked(uow: UnitOfWork):
    second(uow, effective_to=world.DAY - world.timedelta(days=1))
    assert decide(uow, paid_cents=12600, left_cents=2400).client_cents == 2400


def test_nothing_left_asks_nobody(uow: UnitOfWork):
    second(uow)
    decided = decide(uow, paid_cents=15000)
    assert (decided.next_payer_ref, decided.client_cents) == (None, 0)


def test_what_was_paid_at_the_session_settles_the_share_and_the_rest_is_credit(uow: UnitOfWork):
    take_payment(uow, "c1", 2500, "cash", session="s1")
    assert decide(uow, paid_cents=13500, left_cents=1500).client_cents == 0
    assert balance(uow) == (0, 0, 1000)


def test_a_copay_that_waits_for_the_card_is_asked_no_more_once_the_insurer_decided(
    uow: UnitOfWork,
):
    due = due_on_card(uow, uow.session.query(Charge).one())
    assert due is not None
    card = chargeable_card(due, today=uow.today, cap_cents=10**6)
    assert isinstance(card, Card)
    attempt = plan_attempt(uow, due, card)
    decide(uow, paid_cents=15000)
    assert attempt.state == State.CANCELED


def test_a_correction_asks_the_second_insurer_again(uow: UnitOfWork):
    second(uow)
    first = decide(uow, paid_cents=12600, left_cents=2400)
    again = correct_decision(
        uow, first.entry, answer("r2", paid_cents=12000, left_cents=3000), reason="Status 22"
    )
    assert again.next_payer_ref == "second"
    assert balance(uow) == (0, 3000, 0)


def test_what_the_second_insurer_decided_is_reversed_before_the_first(uow: UnitOfWork):
    second(uow)
    first = decide(uow, paid_cents=12600, left_cents=2400)
    later = decide(uow, "r2", "second", paid_cents=2400)
    with pytest.raises(AdjudicationRefused, match="Reverse that first"):
        take_back_decision(uow, first.entry, "s1", reason="x")
    take_back_decision(uow, later.entry, "s1", reason="x")
    take_back_decision(uow, first.entry, "s1", reason="x")
    assert balance(uow) == (0, 15000, 0)


def test_taken_back_what_the_client_paid_is_credit(uow: UnitOfWork):
    first = decide(uow, paid_cents=12600, left_cents=2400)
    take_payment(uow, "c1", 2400, "cash")
    take_back_decision(uow, first.entry, "s1", reason="x")
    assert balance(uow) == (0, 15000, 2400)


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"payer": "second", "paid_cents": 1}, DecisionRefused),
        ({"paid_cents": 15001}, AdjudicationRefused),
        ({"paid_cents": -1, "left_cents": 2}, AdjudicationRefused),
        ({}, AdjudicationRefused),
    ],
)
def test_what_does_not_fit_is_refused(uow: UnitOfWork, parts, error):
    with pytest.raises(error, match="Nothing was"):
        decide(uow, **parts)
    assert balance(uow) == (0, 15000, 0)


def test_an_answer_is_posted_once_and_needs_its_reason_codes(uow: UnitOfWork):
    with pytest.raises(DecisionRefused):
        post_decision(uow, Decision("r1", "s1", "p-c1", world.DAY, "letter", " ", paid_cents=1))
    decide(uow, paid_cents=15000)
    with pytest.raises(DecisionRefused, match="posted before"):
        decide(uow, paid_cents=15000)


@pytest.mark.parametrize("copay", [0, 1, 2400, 2500, 9000])
@pytest.mark.parametrize(("paid", "off", "left"), [
    (15000, 0, 0), (0, 0, 15000), (0, 15000, 0), (9999, 1, 5000), (1, 1, 1), (6400, 6000, 2400),
])  # fmt: skip
def test_every_cent_of_a_charge_has_one_place(
    uow: UnitOfWork, paid: int, off: int, left: int, copay: int
):
    if copay:
        take_payment(uow, "c1", copay, "cash", session="s1")
    decide(uow, paid_cents=paid, written_off={WriteOff.CONTRACTUAL: off}, left_cents=left)
    client, insurer, credit = balance(uow)
    assert insurer == 15000 - paid - off - left
    assert (client, credit) == (max(0, left - copay), max(0, copay - left))
