# SPDX-License-Identifier: MIT
"""An amount is lowered with a reason, and never while a card is being asked for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge, CopayOverride
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.amounts import AmountRefused, AmountSet, set_amount
from mediyn_desktop.cards.due import NotChargeable, chargeable_card, due_on_card
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.ledger import payments, queries
from mediyn_desktop.practice.tables import Card, Client, Coverage
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

REASON = "Agreed on the phone"


@pytest.fixture
def owed(store: Store) -> Callable[..., None]:
    """Bill session s1 for a client described by keywords."""

    def make(status: str = "attended", **client: object) -> None:
        with store.write("t") as uow:
            world.practice(uow)
            owner = world.client(uow, **client)
            world.card(uow, owner)
            if owner.payment_type == "in_network":
                world.coverage(uow, owner)
            assert isinstance(bill_session(uow, world.session(uow, owner, status=status)), Charge)

    return make


def lower(store: Store, cents: int, reason: str = REASON) -> AmountSet:
    with store.write("Change an amount") as uow:
        return set_amount(uow, "s1", cents, reason)


def due(store: Store) -> int:
    with store.read() as read:
        found = due_on_card(read, read.session.scalars(select(Charge)).one())
        return found.cents if found else 0


def refusal(store: Store, cents: int, reason: str = REASON) -> str:
    before = due(store)
    with pytest.raises(AmountRefused) as refused:
        lower(store, cents, reason)
    assert "Nothing was changed" in refused.value.message
    assert due(store) == before
    return refused.value.code


@pytest.mark.parametrize(
    ("client", "status", "before"),
    [
        ({"payment_type": "self_pay"}, "attended", 15000),
        ({"payment_type": "out_of_network"}, "attended", 15000),
        ({"payment_type": "self_pay"}, "no_show", 8000),
    ],
)
def test_what_the_client_owes_is_written_down_as_a_courtesy(
    store: Store, owed: Callable[..., None], client: dict[str, str], status: str, before: int
) -> None:
    owed(status, **client)
    assert lower(store, 5000) == AmountSet(before, 5000)
    assert due(store) == 5000
    with store.read() as read:
        entry = queries.journal(read)[-1]
        assert (entry.kind, entry.reason) == ("adjustment", REASON)
        assert {line.account: line.amount_cents for line in entry.postings} == {
            "Income:Courtesy": before - 5000,
            "Assets:Receivable:Client:c1": 5000 - before,
        }
        assert queries.trial_balance(read) == 0


def test_an_amount_may_be_lowered_twice_and_to_nothing(
    store: Store, owed: Callable[..., None]
) -> None:
    owed()
    lower(store, 10000)
    assert lower(store, 0) == AmountSet(10000, 0)
    assert due(store) == 0
    assert refusal(store, 0) == "nothing-due"


def test_the_same_amount_posts_nothing(store: Store, owed: Callable[..., None]) -> None:
    owed()
    lower(store, 15000)
    with store.read() as read:
        assert [entry.kind for entry in queries.journal(read)] == ["charge"]


def test_a_copay_is_overridden_replaced_and_put_back(
    store: Store, owed: Callable[..., None]
) -> None:
    owed(payment_type="in_network")
    assert lower(store, 1000) == AmountSet(2500, 1000)
    assert lower(store, 2500, "A mistake") == AmountSet(1000, 2500)
    with store.read() as read:
        row = read.session.scalars(select(CopayOverride)).one()
        assert (row.copay_cents, row.reason) == (2500, "A mistake")
        assert queries.client_balances(read)["c1"].insurer_cents == 15000
    assert refusal(store, 2501) == "amount-too-high"


def test_what_was_handed_over_counts_towards_the_copay(
    store: Store, owed: Callable[..., None]
) -> None:
    owed(payment_type="in_network")
    with store.write("t") as uow:
        payments.record_payment(
            uow, ref="p1", client="c1", cents=1000, method="cash", on=world.DAY, source="pay:p1"
        )
    assert due(store) == 1500
    assert lower(store, 700) == AmountSet(1500, 700)
    assert due(store) == 700
    assert refusal(store, 1501) == "amount-too-high"


@pytest.mark.parametrize(
    ("cents", "reason", "code"),
    [
        (15001, REASON, "amount-too-high"),
        (-1, REASON, "amount-negative"),
        (10000, "", "reason-missing"),
        (10000, " \n\t ", "reason-missing"),
    ],
)
def test_a_wrong_amount_is_refused_in_a_sentence(
    store: Store, owed: Callable[..., None], cents: int, reason: str, code: str
) -> None:
    owed()
    assert refusal(store, cents, reason) == code


@pytest.mark.parametrize("state", [one for one in State if one not in ("queued", "planned")])
def test_what_is_at_the_processor_keeps_its_amount(
    store: Store, queue: Callable[..., int], state: State
) -> None:
    ident = queue()
    with store.write("t") as uow:
        row = uow.session.get_one(CardAttempt, ident)
        row.state, row.create_started_at = state, uow.now
    if state in (State.CANCELED, State.DECLINED):
        assert lower(store, 100) == AmountSet(15000, 100)
    else:
        assert refusal(store, 100) == "charge-under-way"


def test_a_declined_copay_may_be_tried_again_so_it_keeps_its_amount(
    store: Store, queue: Callable[..., int]
) -> None:
    ident = queue(payment_type="in_network")
    with store.write("t") as uow:
        uow.session.get_one(CardAttempt, ident).state = State.DECLINED
    assert refusal(store, 100) == "charge-under-way"


@pytest.mark.parametrize("payment_type", ["self_pay", "in_network"])
def test_a_queued_charge_takes_the_new_amount(
    store: Store, api: StripeApi, queue: Callable[..., int], payment_type: str
) -> None:
    ident = queue(payment_type=payment_type)
    lower(store, 900)
    worker.run_pass(store, api)
    with store.read() as read:
        row = read.session.get_one(CardAttempt, ident)
        assert (row.state, row.amount_cents) == (State.SUCCEEDED, 900)


@pytest.mark.parametrize("payment_type", ["self_pay", "in_network"])
def test_a_queued_charge_of_nothing_is_taken_back(
    store: Store, api: StripeApi, queue: Callable[..., int], payment_type: str
) -> None:
    ident = queue(payment_type=payment_type)
    lower(store, 0)
    worker.run_pass(store, api)
    with store.read() as read:
        assert read.session.get_one(CardAttempt, ident).state == State.CANCELED


def test_an_unbilled_or_unknown_session_has_no_amount(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow), signed=False)
    with pytest.raises(AmountRefused) as refused:
        lower(store, 100)
    assert refused.value.code == "nothing-due"
    with store.write("t") as uow, pytest.raises(NotFound):
        set_amount(uow, "nobody", 100, REASON)


def test_before_the_insurer_answered_only_the_copay_is_asked_unless_the_setting_says_so(
    store: Store, owed: Callable[..., None]
) -> None:
    owed(payment_type="in_network")
    with pytest.raises(AmountRefused, match="no more than the copay of") as refused:
        lower(store, 2501)
    assert refused.value.code == "amount-too-high"
    with store.write("t") as uow:
        settings.set_value(uow, "billing.before_insurer", "estimate")
    assert lower(store, 9000, "Deductible not met") == AmountSet(2500, 9000)
    assert refusal(store, 15001) == "amount-too-high"
    with store.read() as read:
        charge = read.session.scalars(select(Charge)).one()
        asked = due_on_card(read, charge)
        assert asked is not None
        assert asked.cents == 9000
        assert queries.client_balances(read)["c1"].patient_cents == 0  # nothing is owed yet


@pytest.mark.parametrize(
    ("scope", "autopay", "code"),
    [
        ("copays", "full", "no-consent"),
        ("copays;sessions", "copay", "autopay-off"),
        ("copays;sessions", "full", None),
    ],
)
def test_an_estimated_share_needs_more_than_a_copays_consent(
    store: Store, owed: Callable[..., None], scope: str, autopay: str, code: str | None
) -> None:
    owed(payment_type="in_network", autopay=autopay)
    with store.write("t") as uow:
        settings.set_value(uow, "billing.before_insurer", "estimate")
        uow.session.query(Card).one().consent_scope = scope
    lower(store, 9000, "Deductible not met")
    with store.read() as read:
        asked = due_on_card(read, read.session.scalars(select(Charge)).one())
        assert asked is not None
        found = chargeable_card(asked, today=world.DAY, cap_cents=10**6)
        assert (found.code if isinstance(found, NotChargeable) else None) == code


def test_a_session_without_a_copay_can_be_asked_an_estimate_too(
    store: Store, owed: Callable[..., None]
) -> None:
    owed(payment_type="in_network")
    with store.write("t") as uow:
        settings.set_value(uow, "billing.before_insurer", "estimate")
        uow.session.query(Coverage).one().copay_cents = None
        bill_session(uow, world.session(uow, uow.session.query(Client).one(), "s2", hour=12))
        set_amount(uow, "s2", 4000, "Deductible not met")
        charge = uow.session.scalars(select(Charge).where(Charge.id == 2)).one()
        asked = due_on_card(uow, charge)
        assert asked is not None
        assert (charge.route, asked.cents) == ("claim", 4000)
