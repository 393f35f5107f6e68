# SPDX-License-Identifier: MIT
"""Fees, disputes, payouts and the year's tie-out: what the processor says, posted once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from purse import Purse
from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import preview
from mediyn_desktop.cards.clearing.movements import strangers
from mediyn_desktop.cards.clearing.payouts import view_payouts
from mediyn_desktop.cards.clearing.showing import view_disputes
from mediyn_desktop.cards.clearing.tie_out import tie_out
from mediyn_desktop.cards.holds import held
from mediyn_desktop.cards.tables import CardHold
from mediyn_desktop.ledger import queries
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.sandbox.processor import disputes, outside
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.sandbox.processor.forms import Params


def held_clients(purse: Purse) -> int:
    with purse.till.store.read() as read:
        rows = read.session.scalars(select(CardHold).where(CardHold.lifted_at.is_(None)))
        return len(rows.all())


def test_a_fee_is_posted_when_the_processor_tells_it(purse: Purse) -> None:
    purse.world.hold_balance_transactions = True
    purse.sold()
    assert purse.account("Expenses:CardFees") == 0
    purse.world.hold_balance_transactions = False
    purse.poll(sweep=True)
    assert purse.account("Expenses:CardFees") == 465
    purse.till.run()
    purse.poll(sweep=True)
    assert purse.account("Expenses:CardFees") == 465
    purse.agrees()


def test_a_dispute_takes_amount_and_fee_and_holds_the_cards(purse: Purse) -> None:
    payment = purse.sold()
    dispute = purse.dispute(purse.intent(payment))
    purse.poll()
    assert purse.account("Assets:Disputed") == 15000
    assert purse.account("Expenses:DisputeFees") == 1500
    assert purse.account("Assets:Stripe") == 15000 - 465 - 15000 - 1500
    assert purse.owes() == (0, 0)  # nobody is asked twice for the same session
    with purse.till.store.read() as read:
        (shown,) = view_disputes(read)
        assert (shown.id, shown.client_ref, shown.payment) == (dispute, "c1", payment)
        assert shown.status == "needs_response"
        assert shown.due_on == (read.now + timedelta(days=7)).date()
        assert shown.days_left == 7
        (alert,) = [one for one in alerts(read) if one.kind == "dispute-open"]
        assert (alert.ref, alert.amount_cents, alert.urgency) == ("c1", 15000, 0)
        assert shown.due_on.isoformat() in alert.message
    purse.till.owe_again("c1", "s9")
    with purse.till.store.read() as read:
        charges = list(read.session.scalars(select(Charge).where(Charge.voided_at.is_(None))))
        codes = [line.refused.code for line in preview(read, charges) if line.refused]
    assert codes == ["card-held"]
    purse.poll(sweep=True)
    purse.agrees()


def test_a_won_dispute_gives_back_what_the_movement_says_and_frees_the_cards(purse: Purse) -> None:
    payment = purse.sold()
    dispute = purse.dispute(purse.intent(payment))
    purse.poll()
    # Answering costs a second fee, which winning gives back; the first one stays.
    disputes.update(
        purse.world, Params({"evidence": {"uncategorized_text": "x"}, "submit": "true"}), dispute
    )
    purse.poll()
    assert purse.account("Expenses:DisputeFees") == 3000
    purse.decide(dispute, won=True)
    purse.poll()
    assert purse.account("Assets:Disputed") == 0
    assert purse.account("Expenses:DisputeFees") == 1500
    assert held_clients(purse) == 0
    purse.poll(sweep=True)
    purse.agrees()


def test_a_lost_dispute_opens_the_balance_and_the_cards_stay_held(purse: Purse) -> None:
    payment = purse.sold()
    purse.dispute(purse.intent(payment))
    purse.poll()
    purse.till.days_pass(8)  # nobody answered
    purse.poll()
    purse.poll(sweep=True)
    assert purse.account("Assets:Disputed") == 0
    assert purse.owes() == (15000, 0)
    assert held_clients(purse) == 1
    with purse.till.store.read() as read:
        (shown,) = view_disputes(read)
        assert (shown.status, shown.days_left) == ("lost", None)
        assert held(read, 1) is not None
    purse.till.queue()
    purse.till.run()
    assert len(purse.till.intents("succeeded")) == 1  # not charged again by itself
    purse.agrees()


def test_a_dispute_of_what_is_left_after_a_refund(purse: Purse) -> None:
    payment = purse.sold()
    purse.pay_back(payment, 4000)
    purse.dispute(purse.intent(payment))
    purse.poll(sweep=True)
    assert purse.account("Assets:Disputed") == 11000
    purse.agrees()


def test_a_payout_reaches_the_bank_and_is_taken_apart(purse: Purse) -> None:
    first, second = purse.sold(), purse.sold()
    purse.pay_back(first, 5000)
    purse.till.days_pass(3)
    payout = purse.pay_out()
    purse.poll()
    assert purse.account("Assets:Bank") == 2 * (15000 - 465) - 5000
    purse.poll(sweep=True)
    assert purse.account("Assets:Stripe") == 0
    with purse.till.store.read() as read:
        (shown,) = view_payouts(read)
    assert (shown.id, shown.taken_apart, shown.status) == (payout, True, "paid")
    assert sum(line.net_cents for line in shown.lines) == shown.amount_cents
    assert sorted((line.kind, line.payment, line.amount_cents) for line in shown.lines) == sorted(
        [("charge", first, 15000), ("charge", second, 15000), ("refund", first, -5000)]
    )
    purse.agrees()


def test_a_payout_on_its_way_is_in_neither_account(purse: Purse) -> None:
    purse.sold()
    purse.till.days_pass(3)
    payout = purse.pay_out("in_transit")
    purse.poll(sweep=True)
    assert purse.account("Assets:Bank") == 0
    purse.agrees()
    purse.settle_payout(payout, paid=True)
    purse.poll()
    assert purse.account("Assets:Bank") == 15000 - 465
    purse.agrees()


@pytest.mark.parametrize("looked_paid", [True, False])
def test_a_payout_the_bank_returns_comes_back(purse: Purse, looked_paid: bool) -> None:
    purse.sold()
    purse.till.days_pass(3)
    payout = purse.pay_out("paid" if looked_paid else "pending")
    purse.poll(sweep=True)
    purse.settle_payout(payout, paid=False)
    purse.poll()
    purse.poll(sweep=True)
    assert purse.account("Assets:Bank") == 0
    assert purse.account("Assets:Stripe") == 15000 - 465
    purse.agrees()
    again = purse.pay_out()
    purse.poll(sweep=True)
    assert purse.account("Assets:Bank") == 15000 - 465
    assert again != payout
    purse.agrees()


def test_the_year_ties_gross_to_payouts(purse: Purse) -> None:
    sold = [purse.sold() for _ in range(3)]
    purse.pay_back(sold[0], 4000)
    purse.dispute(purse.intent(sold[1]))
    purse.till.days_pass(3)
    purse.pay_out()
    purse.poll(sweep=True)
    with purse.till.store.read() as read:
        found = tie_out(read, 2026)
        earlier = tie_out(read, 2025)
    november = found.months["2026-11"]
    assert (november.payments, november.gross_cents) == (3, 45000)
    assert november.refunds_cents == -4000
    assert november.fees_cents == -3 * 465
    assert (november.disputes_cents, november.dispute_fees_cents) == (-15000, -1500)
    assert november.payouts_cents == -(45000 - 4000 - 3 * 465 - 15000 - 1500)
    assert (found.total.net_cents, found.closing_cents) == (0, 0)
    assert found.difference_cents == 0
    assert found.complete
    assert found.strangers == ()
    assert earlier.total.gross_cents == 0


def test_a_payment_counts_in_the_year_its_money_became_available(purse: Purse) -> None:
    purse.till.days_pass(37)  # December 30
    purse.sold()
    purse.poll(sweep=True)
    with purse.till.store.read() as read:
        old, new = tie_out(read, 2026), tie_out(read, 2027)
    assert (old.total.gross_cents, new.total.gross_cents) == (0, 15000)


def test_what_the_books_do_not_have_is_named_and_not_posted(purse: Purse) -> None:
    payment = purse.sold()
    outside.charge_by_hand(
        purse.world, {"customer": "cus_stranger", "payment_method": "pm_x", "amount": 7700}
    )
    outside.refund_by_hand(purse.world, {"payment_intent": purse.intent(payment), "amount": 1000})
    purse.poll(sweep=True)
    with purse.till.store.read() as read:
        found = {one.kind: one.net_cents for one in strangers(read)}
        tied = tie_out(read, 2026)
    assert found == {"charge": 7700 - 253, "refund": -1000}
    assert tied.difference_cents == -sum(found.values())
    assert purse.account("Assets:Stripe") == 15000 - 465
    # The refund is of a payment we know, so it can be taken over.
    purse.till.accept()
    purse.poll(sweep=True)
    with purse.till.store.read() as read:
        assert [one.kind for one in strangers(read)] == ["charge"]
        assert queries.trial_balance(read) == 0


def test_an_imported_charge_gets_its_fee(purse: Purse) -> None:
    payment = purse.sold()
    with purse.till.store.read() as read:
        from mediyn_desktop.practice.sessions import get_client

        card = get_client(read, "c1").cards[0]
        owner, method = card.stripe_customer, card.stripe_payment_method
    outside.charge_by_hand(
        purse.world, {"customer": owner, "payment_method": method, "amount": 7700}
    )
    purse.poll(sweep=True)
    purse.till.accept()
    purse.poll(sweep=True)
    assert payment
    assert purse.account("Expenses:CardFees") == 465 + 253
    purse.agrees()


@pytest.mark.parametrize("kind", ["list_cut", "list_doubled", "list_reversed", "list_empty"])
@pytest.mark.parametrize(
    "path", ["/v1/balance_transactions", "/v1/refunds", "/v1/payouts", "/v1/disputes"]
)
def test_lists_that_mislead_converge(purse: Purse, kind: str, path: str) -> None:
    sold = [purse.sold() for _ in range(2)]
    purse.pay_back(sold[0], 2000)
    purse.dispute(purse.intent(sold[1]))
    purse.till.days_pass(3)
    purse.sold()
    purse.till.processor.faults.script(Fault(kind, method="GET", path=path, times=2))
    purse.poll(sweep=True)
    purse.till.days_pass(2)
    purse.converge()
    purse.agrees()
    with purse.till.store.read() as read:
        assert tie_out(read, 2026).complete
