# SPDX-License-Identifier: MIT
"""A card's money goes back once, never more than there was, and never on faith."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta

import pytest
from purse import Purse

from mediyn_desktop.cards.afterwards import NOTHING, Afterwards, Disputed, afterwards
from mediyn_desktop.cards.listing import AttemptsAsked, attempt_rows, find_attempts
from mediyn_desktop.cards.refunds.planning import drop, history, plan, plan_split
from mediyn_desktop.cards.refunds.sending import RefundStopped, resolve
from mediyn_desktop.cards.stripe_api import NO_ANSWER, StripeApi
from mediyn_desktop.cards.tables import CardFreeze
from mediyn_desktop.ledger.returns import RefundRefused
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.sandbox.processor import outside
from mediyn_desktop.sandbox.processor.faults import Fault

MAKE = r"/v1/refunds"
LIST = "the list of refunds"
READ = r"/v1/payment_intents/pi_\w+"


def test_part_and_rest_go_back_and_are_owed_again(purse: Purse) -> None:
    payment = purse.sold()
    assert purse.pay_back(payment, 5000) == "succeeded"
    assert purse.owes() == (5000, 0)
    assert purse.account("Assets:Stripe") == 15000 - 465 - 5000
    assert purse.pay_back(payment, 10000) == "succeeded"
    assert purse.owes() == (15000, 0)
    assert [one["amount"] for one in purse.refunds()] == [10000, 5000]
    # The processor keeps its fee.
    assert purse.account("Expenses:CardFees") == 465
    purse.agrees()


def test_more_than_is_left_is_refused_before_anything_is_sent(purse: Purse) -> None:
    payment = purse.sold()
    purse.pay_back(payment, 9000)
    with pytest.raises(RefundRefused) as refused:
        purse.plan(payment, 6001)
    assert refused.value.code == "refund-refused"
    assert purse.pay_back(payment, 6000) == "succeeded"
    assert sum(one["amount"] for one in purse.refunds()) == 15000


def test_what_the_processor_says_is_left_bounds_it_too(purse: Purse) -> None:
    payment = purse.sold()
    ident = purse.plan(payment, 15000)
    outside.refund_by_hand(purse.world, {"payment_intent": purse.intent(payment), "amount": 100})
    with pytest.raises(RefundStopped) as stopped:
        purse.send(ident)
    assert stopped.value.code == "refunds-found"
    assert purse.refund(ident).state == "queued"
    assert [one["amount"] for one in purse.refunds()] == [100]
    # Accepted by the therapist, it is in the books, and the whole payment cannot go back.
    purse.till.accept()
    assert purse.send(ident) == "refused"
    assert purse.owes() == (100, 0)
    purse.converge()
    purse.agrees()


FAULTS = [
    "reset_before", "reset_after", "partial", "truncated", "hang_after", "late", "409", "429",
    "500_before", "500_after", "500_forgotten", "503_html", "200_html_after",
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *((MAKE, kind) for kind in FAULTS),
        *((READ, kind) for kind in ("reset_after", "500_after", "200_html")),
        *((LIST, kind) for kind in ("truncated", "429", "list_cut", "list_empty", "list_doubled")),
    ],
)
def test_no_fault_pays_back_twice(purse: Purse, path: str, kind: str) -> None:
    payment = purse.sold()
    method = "POST" if path == MAKE else "GET"
    where = MAKE if path == LIST else path
    purse.till.processor.faults.script(Fault(kind, method=method, path=where, times=2))
    ident = purse.plan(payment, 5000)
    try:
        state = purse.send(ident)
    except RefundStopped:
        state = purse.refund(ident).state
    # Gone back is claimed only when it was read back.
    assert (purse.owes() == (5000, 0)) == (state == "succeeded")
    purse.till.processor.faults.clear()
    purse.till.days_pass(0.01)
    if purse.refund(ident).state in ("queued", "unknown", "sending"):
        assert purse.pay_back(payment, 5000) == "succeeded"  # taken up again, not made anew
    assert [one["amount"] for one in purse.refunds()] == [5000]
    assert purse.owes() == (5000, 0)
    purse.converge()
    purse.agrees()


def test_an_unknown_refund_is_found_days_later_by_reading_back(purse: Purse) -> None:
    payment = purse.sold()
    faults = purse.till.processor.faults
    faults.script(
        Fault("reset_after", method="POST", path=MAKE),
        Fault("pass", method="GET", path=READ),
        Fault("reset_before", method="GET", path=READ, times=9),
    )
    ident = purse.plan(payment, 5000)
    assert purse.send(ident) == "unknown"
    with pytest.raises(RefundRefused) as refused, purse.till.store.write("t") as uow:
        plan(uow, payment, 4000, "Another")
    assert refused.value.code == "refund-unknown"
    with purse.till.store.read() as read:
        assert [(one.kind, one.ref, one.amount_cents) for one in alerts(read)] == [
            ("refund-open", "c1", 5000)
        ]
    faults.clear()
    purse.till.days_pass(40)
    purse.till.processor.keys.purge()
    assert resolve(purse.till.store, purse.till.api) == 0
    assert purse.refund(ident).state == "succeeded"
    assert len(purse.refunds()) == 1
    with purse.till.store.read() as read:
        told = [text for _, _, text in history(read, ident)]
    assert any("no readable answer" in text for text in told)


def test_a_lost_refund_that_was_never_made_waits_for_the_person(purse: Purse) -> None:
    payment = purse.sold()
    faults = purse.till.processor.faults
    faults.script(
        Fault("reset_before", method="POST", path=MAKE, times=2),
    )
    ident = purse.plan(payment, 5000)
    assert purse.send(ident) == "unknown"
    assert resolve(purse.till.store, purse.till.api) == 1  # it may still take effect
    with pytest.raises(RefundRefused), purse.till.store.write("t") as uow:
        drop(uow, ident)
    purse.till.clock.advance(timedelta(minutes=11))
    assert resolve(purse.till.store, purse.till.api) == 0
    assert purse.refund(ident).state == "queued"
    with purse.till.store.write("t") as uow:
        drop(uow, ident)
    assert purse.refunds() == []
    assert purse.pay_back(payment, 15000) == "succeeded"


@pytest.mark.parametrize(
    "where",
    [
        "mediyn_desktop.cards.stripe_api.refunds.Refunds.create",
        "mediyn_desktop.cards.refunds.sending._begin",
        "mediyn_desktop.cards.refunds.sending._ask",
        "mediyn_desktop.cards.refunds.sending._settled",
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_between_steps_pays_back_once(
    purse: Purse, monkeypatch: pytest.MonkeyPatch, where: str, after: bool
) -> None:
    payment = purse.sold()
    ident = purse.plan(payment, 5000)
    with purse.till.power_cut(monkeypatch, where, after=after):
        purse.send(ident)
    assert purse.pay_back(payment, 5000) == "succeeded"
    assert [one["amount"] for one in purse.refunds()] == [5000]
    assert purse.owes() == (5000, 0)
    purse.converge()
    purse.agrees()


def test_a_pending_refund_is_posted_and_a_failed_one_comes_back(purse: Purse) -> None:
    payment = purse.sold("pm_x_pendingRefund")
    ident = purse.plan(payment, 15000)
    assert purse.send(ident) == "pending"
    assert purse.owes() == (15000, 0)
    purse.till.clock.advance(timedelta(minutes=2))
    purse.poll(sweep=True)
    assert purse.refund(ident).state == "succeeded"
    failing = purse.sold("pm_x_refundFail")
    second = purse.plan(failing, 6000)
    purse.send(second)
    assert purse.owes("c2") == (6000, 0)
    purse.till.clock.advance(timedelta(minutes=2))
    purse.poll()
    assert purse.refund(second).state == "failed"
    assert purse.owes("c2") == (0, 0)  # the session is settled as before
    purse.poll(sweep=True)
    purse.agrees()
    assert purse.pay_back(failing, 15000) == "succeeded"


def test_the_list_of_charges_says_what_went_back_and_what_a_bank_disputes(purse: Purse) -> None:
    def then(payment: str) -> Afterwards:
        with purse.till.store.read() as read:
            return afterwards(read, [purse.intent(payment)]).get(purse.intent(payment), NOTHING)

    payment = purse.sold()
    assert then(payment) == Afterwards()
    purse.pay_back(payment, 5000)
    assert then(payment) == Afterwards(returned_cents=5000)
    purse.plan(payment, 6000)
    assert then(payment) == Afterwards(returned_cents=5000, asked_cents=6000)
    failing = purse.sold("pm_x_refundFail")
    purse.pay_back(failing, 15000)
    assert then(failing) == Afterwards(returned_cents=15000)
    purse.till.clock.advance(timedelta(minutes=2))
    purse.poll()
    assert then(failing) == Afterwards()
    dispute = purse.dispute(purse.intent(failing))
    purse.poll()
    assert then(failing) == Afterwards(disputed=Disputed.OPEN)
    purse.decide(dispute, won=False)
    purse.poll()
    assert then(failing) == Afterwards(disputed=Disputed.LOST)
    with purse.till.store.read() as read:
        rows = attempt_rows(read, find_attempts(read, AttemptsAsked()))
    assert {one.then for one in rows} == {then(payment), then(failing)}


def test_a_failed_refund_becomes_credit_where_the_session_was_settled_meanwhile(
    purse: Purse,
) -> None:
    from mediyn_desktop.cards.receipts import take_payment

    payment = purse.sold("pm_x_refundFail")
    purse.pay_back(payment, 15000)
    with purse.till.store.write("cash") as uow:
        take_payment(uow, "c1", 15000, "cash")
    purse.till.clock.advance(timedelta(minutes=2))
    purse.poll(sweep=True)
    assert purse.owes() == (0, 15000)
    purse.agrees()


def test_a_credit_goes_back_split_over_the_payments_it_came_from(purse: Purse) -> None:
    """The worked posting: 3200 of 3100 and 2500 is 3100 and 100."""
    till = purse.till
    till.owe(payment_type="in_network")
    till.queue()
    till.run()
    with till.store.read() as read:
        from mediyn_desktop.practice.sessions import get_client

        client = get_client(read, "c1")
        customer, method = client.cards[0].stripe_customer, client.cards[0].stripe_payment_method
    outside.charge_by_hand(
        purse.world, {"customer": customer, "payment_method": method, "amount": 3100}
    )
    till.accept()
    assert purse.owes()[1] == 5600
    with till.store.write("t") as uow, pytest.raises(RefundRefused):
        plan_split(uow, "c1", 5601, "Overpaid")
    with till.store.write("t") as uow:
        parts = plan_split(uow, "c1", 3200, "Overpaid")
    assert [purse.refund(one).amount_cents for one in parts] == [3100, 100]
    assert [purse.send(one) for one in parts] == ["succeeded", "succeeded"]
    assert purse.owes()[1] == 2400
    purse.converge()
    purse.agrees()


def test_a_disputed_payment_is_not_paid_back(purse: Purse) -> None:
    payment = purse.sold()
    ident = purse.plan(payment, 5000)
    purse.dispute(purse.intent(payment))
    assert purse.send(ident) == "refused"
    purse.poll()
    with pytest.raises(RefundRefused) as refused:
        purse.plan(payment, 5000)
    assert refused.value.code == "refund-disputed"
    assert purse.refunds() == []


def test_money_that_came_another_way_is_not_sent_to_a_card(purse: Purse) -> None:
    from mediyn_desktop.cards.receipts import take_payment

    purse.till.owe()
    with purse.till.store.write("t") as uow:
        ref = take_payment(uow, "c1", 15000, "cash")
    with pytest.raises(RefundRefused) as refused:
        purse.plan(ref, 5000)
    assert refused.value.code == "card-refund"


def test_a_frozen_practice_pays_nobody_back(purse: Purse) -> None:
    payment = purse.sold()
    ident = purse.plan(payment, 5000)
    with purse.till.store.write("t") as uow:
        uow.session.add(CardFreeze(id=1, code="behind", reason="Restored.", since=uow.now))
    with pytest.raises(RefundStopped) as stopped:
        purse.send(ident)
    assert stopped.value.code == "frozen"
    with pytest.raises(RefundRefused):
        purse.plan(payment, 1000)


def test_the_schedulers_key_never_pays_back(purse: Purse) -> None:
    """A key that may not pay back says so, and the refund waits; the other key is not tried."""
    payment = purse.sold()
    purse.till.processor.ring.register("rk_test_noRefunds", permissions={"refunds": "read"})
    weak = StripeApi(
        "rk_test_noRefunds", purse.till.processor.base_url, role=purse.payer.connection.role
    )
    ident = purse.plan(payment, 5000)
    from mediyn_desktop.cards.refunds.sending import send

    with pytest.raises(RefundStopped) as stopped:
        send(purse.till.store, purse.till.api, weak, ident)
    weak.close()
    assert stopped.value.code == "key-refused"
    assert purse.refund(ident).state == "queued"
    made = [one for one in purse.world.requests if (one.method, one.path) == ("POST", MAKE)]
    assert [one.status for one in made] == [403]
    assert purse.send(ident) == "succeeded"


def test_a_restored_ledger_does_not_pay_back_again(purse: Purse, tmp_path) -> None:  # type: ignore[no-untyped-def]
    payment = purse.sold()
    before = purse.till.copy(tmp_path / "before")
    purse.pay_back(payment, 5000)
    purse.till.restore(before)
    purse.till.days_pass(3)
    # The same refund, typed again, is the same refund.
    assert purse.pay_back(payment, 5000) == "succeeded"
    assert [one["amount"] for one in purse.refunds()] == [5000]
    purse.till.restore(before)
    # Another amount is not sent while the first is unknown here.
    with pytest.raises(RefundStopped) as stopped:
        purse.pay_back(payment, 4000)
    assert stopped.value.code == "refunds-found"
    assert [one["amount"] for one in purse.refunds()] == [5000]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"data.0.amount": 1}, "unknown"),
        ({"data.0.payment_intent": "pi_other"}, "review"),
        ({"data.0.metadata.iid": "0" * 32}, None),
    ],
)
def test_a_processor_that_lies_posts_nothing(
    purse: Purse, changes: dict[str, object], state: str | None
) -> None:
    payment = purse.sold()
    ident = purse.plan(payment, 5000)
    faults = purse.till.processor.faults
    faults.script(
        Fault("pass", method="GET", path=MAKE),  # before it is made: nothing to lie about
        Fault("lie", method="GET", path=MAKE, changes=changes),
        Fault("lie", method="GET", path=MAKE, changes=changes),
    )
    if state is None:
        with pytest.raises(RefundStopped) as stopped:
            purse.send(ident)
        assert stopped.value.code == "refunds-found"
    else:
        assert purse.send(ident) == state
    assert purse.owes() == (0, 0)
    assert len(purse.refunds()) == 1


@pytest.mark.parametrize("seed", range(3))
def test_random_faults_never_exceed_a_payment_and_converge(purse: Purse, seed: int) -> None:
    chance = random.Random(seed)
    sold = [purse.sold() for _ in range(3)]
    kinds = ["reset_before", "reset_after", "truncated", "500_after", "500_forgotten", "409", "429",
             "fin_after", "200_html_after", "list_doubled", "list_reversed"]  # fmt: skip
    purse.till.processor.faults.randomly(seed, 0.25, kinds)
    for _ in range(14):
        with contextlib.suppress(RefundRefused, RefundStopped):
            purse.pay_back(chance.choice(sold), chance.randrange(1000, 9000))
        purse.till.clock.advance(timedelta(hours=chance.choice((0, 1, 26))))
        if chance.random() < 0.3:
            purse.till.processor.keys.purge()
        with contextlib.suppress(*NO_ANSWER):
            resolve(purse.till.store, purse.till.api)
    purse.till.processor.faults.clear()
    purse.till.clock.advance(timedelta(hours=1))
    assert resolve(purse.till.store, purse.till.api) == 0
    purse.converge()
    by_payment: dict[str, int] = {}
    for one in purse.refunds():
        by_payment[one["payment_intent"]] = by_payment.get(one["payment_intent"], 0) + one["amount"]
    assert by_payment
    assert all(cents <= 15000 for cents in by_payment.values())
    iids = [one["metadata"]["iid"] for one in purse.refunds()]
    assert len(iids) == len(set(iids))  # no refund was made twice
    purse.agrees()
