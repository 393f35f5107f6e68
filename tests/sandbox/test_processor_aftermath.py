# SPDX-License-Identifier: MIT
"""What happens after a charge: refunds that wait or fail, disputes, payouts, renewed cards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import stripe
from asking import ask

from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.cards import CARDS, by_number, by_stock_id

CHARGE = {"amount": 10000, "currency": "usd", "confirm": True, "off_session": True}


@pytest.fixture
def charge(processor, client):
    """Charge a saved card that behaves so; returns the payment intent."""

    def make(behaviour: str = "good"):
        processor.state.seed_customer("cus_bo", "pm_bo", behaviour)
        return client.v1.payment_intents.create(
            {**CHARGE, "customer": "cus_bo", "payment_method": "pm_bo", "metadata": {"iid": "i1"}}
        )

    return make


def refund(client, paid, **more):
    return client.v1.refunds.create({"payment_intent": paid.id, **more})


def test_a_refund_that_waits_arrives_after_a_minute(client, charge, clock) -> None:
    paid = charge("refund_pending")
    made = refund(client, paid, amount=4000)
    assert (made.status, made.pending_reason) == ("pending", "processing")
    clock.advance(timedelta(minutes=1))
    assert client.v1.refunds.retrieve(made.id).status == "succeeded"
    assert client.v1.events.list({"type": "refund.updated"}).data[0].data.object.id == made.id


def test_a_refund_that_fails_gives_the_money_back_to_the_balance(client, charge, clock) -> None:
    paid = charge("refund_fails")
    made = refund(client, paid)
    assert made.status == "succeeded"
    assert client.v1.charges.retrieve(paid.latest_charge).refunded is True
    clock.advance(timedelta(minutes=1))
    failed = client.v1.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    back = failed.failure_balance_transaction
    assert (back.amount, back.type, back.source) == (10000, "refund_failure", made.id)
    charged = client.v1.charges.retrieve(paid.latest_charge)
    assert (charged.amount_refunded, charged.refunded) == (0, False)
    assert client.v1.events.list({"type": "refund.failed"}).data[0].data.object.id == made.id


def test_a_refund_is_decided_by_hand(processor, client, charge) -> None:
    made = refund(client, charge())
    settled = ask(processor, "POST", "refunds", {"refund": made.id, "outcome": "failed"})[1]
    assert settled["status"] == "failed"
    again = ask(processor, "POST", "refunds", {"refund": made.id, "outcome": "succeeded"})
    assert again[0] == 400
    labelled = client.v1.refunds.update(made.id, {"metadata": {"iid": "r1"}})
    assert labelled.metadata["iid"] == "r1"


def test_a_disputing_card_is_disputed_at_once(client, charge) -> None:
    paid = charge("disputed")
    opened = client.v1.disputes.list({"payment_intent": paid.id}).data[0]
    assert (opened.amount, opened.reason, opened.status) == (
        10000,
        "fraudulent",
        "needs_response",
    )
    assert opened.evidence_details.due_by == opened.created + 7 * 86_400
    assert opened.balance_transactions[0].net == -11500
    assert client.v1.charges.retrieve(paid.latest_charge).disputed is True


def nets(client, dispute_id: str) -> list[int]:
    rows = client.v1.balance_transactions.list({"source": dispute_id}).data
    return [row.net for row in reversed(rows)]


def test_an_answered_and_won_dispute_gives_back_amount_and_second_fee(
    processor, client, charge
) -> None:
    paid = charge("disputed")
    opened = client.v1.disputes.list({"payment_intent": paid.id}).data[0]
    answered = client.v1.disputes.update(
        opened.id, {"evidence": {"uncategorized_text": "paid"}, "submit": True}
    )
    assert (answered.status, answered.evidence_details.submission_count) == ("under_review", 1)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(opened.id, {"evidence": {"uncategorized_text": "more"}})
    ask(processor, "POST", "disputes", {"dispute": opened.id, "outcome": "won"})
    assert nets(client, opened.id) == [-11500, -1500, 11500]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(opened.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(opened.id, {"submit": True})


def test_an_unanswered_dispute_is_lost_after_its_date(client, charge, clock) -> None:
    opened = client.v1.disputes.list({"payment_intent": charge("disputed").id}).data[0]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(opened.id, {"submit": True})
    clock.advance(timedelta(days=7, seconds=1))
    lost = client.v1.disputes.retrieve(opened.id)
    assert (lost.status, lost.evidence_details.past_due) == ("lost", True)
    assert nets(client, opened.id) == [-11500]


def test_an_accepted_dispute_is_lost_at_once(client, charge) -> None:
    opened = client.v1.disputes.list({"payment_intent": charge("disputed").id}).data[0]
    assert client.v1.disputes.close(opened.id).status == "lost"
    assert client.v1.events.list({"type": "charge.dispute.closed"}).data[0].data.object.id


def test_a_failed_payout_returns_its_money_which_the_next_one_takes(
    processor, client, charge
) -> None:
    paid = charge("bypass_pending")
    client.v1.balance.retrieve()
    sent = ask(processor, "POST", "payouts", {"status": "in_transit"})[1]
    assert (sent["amount"], sent["status"]) == (9680, "in_transit")
    settle = {"payout": sent["id"], "outcome": "failed"}
    assert ask(processor, "POST", "payouts/settle", settle)[1]["failure_code"] == "account_closed"
    assert ask(processor, "POST", "payouts/settle", settle)[0] == 400
    second = ask(processor, "POST", "payouts", {})[1]
    assert (second["amount"], second["status"]) == (9680, "paid")
    rows = client.v1.balance_transactions.list({"payout": sent["id"]}).data
    assert {row.type for row in rows} == {"charge", "payout"}
    assert paid.latest_charge in {row.source for row in rows}
    taken = client.v1.balance_transactions.list({"payout": second["id"]}).data
    assert {row.type for row in taken} == {"payout_failure", "payout"}
    assert [row.id for row in client.v1.payouts.list({"status": "failed"}).data] == [sent["id"]]
    on_time = {"arrival_date": {"gte": second["arrival_date"] + 1}}
    assert [row.id for row in client.v1.payouts.list(on_time).data] == [sent["id"]]
    kinds = [event.type for event in client.v1.events.list({"type": "payout.*"}).data]
    assert kinds == ["payout.paid", "payout.created", "payout.failed", "payout.created"]
    assert ask(processor, "POST", "payouts", {"status": "lost"})[0] == 400


def test_a_payout_arrives_when_told(processor, client, charge) -> None:
    charge("bypass_pending")
    client.v1.balance.retrieve()
    sent = ask(processor, "POST", "payouts", {"status": "pending"})[1]
    settle = {"payout": sent["id"], "outcome": "paid"}
    assert ask(processor, "POST", "payouts/settle", settle)[1]["status"] == "paid"
    assert ask(processor, "POST", "payouts/settle", settle)[0] == 400


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ("processing_then_succeeds", "succeeded"),
        ("processing_then_fails", "requires_payment_method"),
    ],
)
def test_an_undecided_payment_is_decided_after_a_minute(client, charge, clock, behaviour, status):
    paid = charge(behaviour)
    assert paid.status == "processing"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.cancel(paid.id)
    assert refusal.value.code == "payment_intent_unexpected_state"
    clock.advance(timedelta(seconds=60))
    assert client.v1.payment_intents.retrieve(paid.id).status == status


def test_a_card_without_money_today_has_some_tomorrow(client, charge, clock) -> None:
    with pytest.raises(stripe.CardError) as declined:
        charge("insufficient_funds_until_tomorrow")
    assert declined.value.error.decline_code == "insufficient_funds"
    clock.advance(timedelta(days=1))
    again = client.v1.payment_intents.confirm(
        declined.value.error.payment_intent.id, {"payment_method": "pm_bo", "off_session": True}
    )
    assert again.status == "succeeded"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("hsa_refuses_fee", "transaction_not_allowed"),
        ("expired_after_saving", "expired_card"),
        ("lost_after_saving", "lost_card"),
        ("insufficient_funds_after_saving", "insufficient_funds"),
        ("authentication_required", "authentication_required"),
    ],
)
def test_saved_cards_fail_for_the_reason_on_their_label(charge, behaviour, code) -> None:
    with pytest.raises(stripe.CardError) as declined:
        charge(behaviour)
    assert declined.value.error.decline_code == code


def test_the_network_renews_a_card_and_its_bank_changes_its_mind(processor, client, charge) -> None:
    charge()
    renewed = {"payment_method": "pm_bo", "exp_month": 3, "exp_year": 2033, "last4": "9999"}
    assert ask(processor, "POST", "cards", renewed)[0] == 200
    card = client.v1.payment_methods.retrieve("pm_bo").card
    assert (card.exp_month, card.exp_year, card.last4) == (3, 2033, "9999")
    told = client.v1.events.list({"type": "payment_method.automatically_updated"}).data
    assert told[0].data.object.card.last4 == "9999"
    ask(processor, "POST", "cards", {"payment_method": "pm_bo", "behaviour": "lost_card"})
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.create(
            {**CHARGE, "customer": "cus_bo", "payment_method": "pm_bo"}
        )
    assert ask(processor, "POST", "cards", {"payment_method": "pm_none"})[0] == 404


def test_a_card_is_changed_by_the_program(client, charge) -> None:
    charge()
    changed = client.v1.payment_methods.update(
        "pm_bo", {"card": {"exp_year": 2034}, "allow_redisplay": "always"}
    )
    assert (changed.card.exp_year, changed.card.exp_month) == (2034, 12)
    assert changed.allow_redisplay == "always"
    told = client.v1.events.list({"type": "payment_method.updated"}).data
    assert told[0].data.object.id == "pm_bo"


def test_a_person_in_the_dashboard_charges_and_refunds(processor, client, charge) -> None:
    charge()
    given = {"customer": "cus_bo", "payment_method": "pm_bo", "amount": 7000}
    foreign = ask(processor, "POST", "dashboard/charge", given)[1]
    assert (foreign["status"], foreign["metadata"]) == ("succeeded", {})
    given = {"payment_intent": foreign["id"], "amount": 2000}
    assert ask(processor, "POST", "dashboard/refund", given)[1]["amount"] == 2000
    found = client.v1.payment_intents.list({"customer": "cus_bo"}).data[0]
    assert found.id == foreign["id"]
    told = client.v1.events.list({"type": "payment_intent.succeeded"}).data[0]
    assert told.request.id is None


def test_a_saved_card_whose_bank_asks_waits_for_the_client(processor, client, customer) -> None:
    made = client.v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "confirm": True,
        }
    )
    assert made.status == "requires_action"
    given = {"setup_intent": made.id, "outcome": "failed"}
    failed = ask(processor, "POST", "settle", given)[1]
    assert failed["last_setup_error"]["code"] == "setup_intent_authentication_failure"
    assert ask(processor, "POST", "settle", given)[0] == 400
    client.v1.setup_intents.confirm(
        made.id, {"payment_method": "pm_card_authenticationRequiredOnSetup"}
    )
    given = {"setup_intent": made.id, "outcome": "succeeded"}
    assert ask(processor, "POST", "settle", given)[1]["status"] == "succeeded"
    labelled = client.v1.setup_intents.update(made.id, {"metadata": {"ref": "k"}})
    assert labelled.metadata["ref"] == "k"


def test_a_deleted_customer_leaves_a_stub_and_takes_nothing(client, charge) -> None:
    paid = charge()
    assert client.v1.customers.delete("cus_bo").deleted is True
    assert client.v1.customers.retrieve("cus_bo").deleted is True
    assert client.v1.payment_methods.retrieve("pm_bo").customer is None
    assert client.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.create({**CHARGE, "customer": "cus_bo"})
    assert (refusal.value.http_status, refusal.value.code) == (400, "resource_missing")
    assert client.v1.payment_intents.retrieve(paid.id).customer == "cus_bo"


def test_the_catalogue_names_each_card_once_and_each_behaviour() -> None:
    assert len({card.number for card in CARDS}) == len({card.name for card in CARDS}) == len(CARDS)
    assert len({card.label for card in CARDS}) == len(CARDS)
    assert {card.behaviour for card in CARDS} == set(Behaviour)
    for card in CARDS:
        assert by_number(card.number) is card
        assert by_stock_id(f"pm_card_{card.name}") is card
        digits = [int(digit) for digit in reversed(card.number)]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0, card.number


def test_the_catalogue_is_told_to_another_process(processor) -> None:
    rows = ask(processor, "GET", "cards")[1]
    assert rows[0]["label"] == "Visa that pays"
    assert len(rows) == len(CARDS)
