# SPDX-License-Identifier: MIT
"""Cards are charged exactly once, over the real SDK and real sockets, whatever goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.accepting import accept
from mediyn_desktop.cards.reconciling import compare
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardAttempt, CardAttemptEvent
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import items, payments, queries
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

CREATE = r"/v1/payment_intents"
CONFIRM = r"/v1/payment_intents/pi_\w+/confirm"
READ = r"/v1/payment_intents/pi_\w+"


def state_of(store: Store, ident: int) -> CardAttempt:
    with store.read() as read:
        row = read.session.get_one(CardAttempt, ident)
        read.session.expunge(row)
        return row


def taken(processor: CardProcessor) -> dict[str, int]:
    """How many intents succeeded for each obligation."""
    return {
        iid: len(one.payment_intents)
        for iid, one in processor.state.succeeded_by_metadata("iid").items()
    }


def ledger_stripe(store: Store) -> int:
    """What the ledger says was charged, before fees."""
    with store.read() as read:
        return sum(
            line.amount_cents
            for entry in queries.journal(read)
            if entry.kind == "payment"
            for line in entry.postings
            if line.account == "Assets:Stripe"
        )


def test_a_good_card_is_charged_once_posted_and_allocated(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    ident = queue()
    worker.run_pass(store, api)
    worker.run_pass(store, api)
    row = state_of(store, ident)
    assert row.state == State.SUCCEEDED
    assert taken(processor) == {row.iid: 1}
    with store.read() as read:
        balance = queries.client_balances(read)["c1"]
        assert (balance.patient_cents, balance.credit_cents) == (0, 0)
        accounts = queries.account_balances(read)
        # 2.9 % + 30 cents of 150.00, as the processor's balance transaction says.
        assert accounts["Assets:Stripe"] == 15000 - 465
        assert accounts["Expenses:CardFees"] == 465
        assert queries.trial_balance(read) == 0


def test_a_copay_becomes_credit_until_the_insurer_answers(
    store: Store, api: StripeApi, queue: Callable[..., int]
) -> None:
    queue(payment_type="in_network")
    worker.run_pass(store, api)
    with store.read() as read:
        balance = queries.client_balances(read)["c1"]
        assert (balance.insurer_cents, balance.credit_cents) == (15000, 2500)


@pytest.mark.parametrize(
    ("method", "state", "code"),
    [
        ("pm_card_visa_chargeDeclinedInsufficientFunds", State.DECLINED, "insufficient_funds"),
        ("pm_card_chargeCustomerFail", State.DECLINED, "generic_decline"),
        ("pm_card_authenticationRequired", State.NEEDS_CLIENT, "authentication_required"),
    ],
)
def test_a_decline_posts_nothing_and_says_why(
    store: Store,
    api: StripeApi,
    processor: CardProcessor,
    queue: Callable[..., int],
    method: str,
    state: State,
    code: str,
) -> None:
    ident = queue(method)
    worker.run_pass(store, api)
    row = state_of(store, ident)
    assert (row.state, row.decline_code) == (state, code)
    assert row.message
    assert taken(processor) == {}
    assert ledger_stripe(store) == 0
    with store.read() as read:
        assert queries.client_balances(read)["c1"].patient_cents == 15000


FAULTS = [
    "reset_before",
    "reset_after",
    "fin_after",
    "partial",
    "truncated",
    "hang_after",
    "409",
    "429",
    "lock_timeout",
    "500_before",
    "500_after",
    "503_html",
    "200_html",
]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("path", [CREATE, CONFIRM, READ])
def test_no_fault_charges_twice_or_loses_a_charge(
    store: Store,
    api: StripeApi,
    processor: CardProcessor,
    clock: FixedClock,
    queue: Callable[..., int],
    kind: str,
    path: str,
) -> None:
    ident = queue()
    method = "GET" if path == READ else "POST"
    processor.faults.script(Fault(kind, method=method, path=path, times=2))
    worker.run_pass(store, api)
    between = state_of(store, ident)
    # A result is claimed only when it was read back.
    assert (ledger_stripe(store) == 15000) == (between.state == State.SUCCEEDED)
    assert between.state not in (State.DECLINED, State.CANCELED)
    processor.faults.clear()
    for _ in range(3):
        clock.advance(timedelta(minutes=5))
        worker.run_pass(store, api, skip_waits=True)
    row = state_of(store, ident)
    assert row.state == State.SUCCEEDED, row.message
    assert taken(processor) == {row.iid: 1}
    assert ledger_stripe(store) == 15000


def test_an_answer_lost_for_days_is_found_again_after_the_key_expired(
    store: Store,
    api: StripeApi,
    processor: CardProcessor,
    clock: FixedClock,
    queue: Callable[..., int],
) -> None:
    ident = queue()
    processor.faults.script(Fault("reset_after", method="POST", path=CREATE, times=2))
    worker.run_pass(store, api)
    assert state_of(store, ident).state == State.UNKNOWN
    clock.advance(timedelta(days=40))
    processor.keys.purge()
    worker.run_pass(store, api)
    worker.run_pass(store, api)
    row = state_of(store, ident)
    assert row.state == State.SUCCEEDED
    assert taken(processor) == {row.iid: 1}


def test_a_restored_ledger_is_frozen_and_then_adopts_its_charges(
    store: Store,
    api: StripeApi,
    processor: CardProcessor,
    queue: Callable[..., int],
    own_key: Callable[[], DataKey],
    clock: FixedClock,
    tmp_path: Path,
) -> None:
    ident = queue()
    key = own_key()
    store.close()
    before = Path(shutil.copytree(store.folder, tmp_path / "before"))
    evening = open_practice(store.folder, key, clock, GUARDS)
    worker.run_pass(evening, api)
    evening.close()
    clock.advance(timedelta(days=3))
    processor.keys.purge()
    restored = open_practice(before, own_key(), clock, GUARDS)
    try:
        assert worker.run_pass(restored, api).stopped == "frozen"
        assert state_of(restored, ident).state == State.QUEUED
        accept(restored, api, compare(restored, api))
        worker.run_pass(restored, api)
        row = state_of(restored, ident)
        assert row.state == State.SUCCEEDED
        assert taken(processor) == {row.iid: 1}
        assert ledger_stripe(restored) == 15000
    finally:
        restored.close()


def test_a_charge_made_for_the_same_client_and_day_elsewhere_asks_for_review(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    ident = queue()
    row = state_of(store, ident)
    # The same appointment typed again after a restore: another iid, the same dup.
    made = api.intents.create(
        {
            "amount": 15000,
            "currency": "usd",
            "customer": row.customer,
            "payment_method": row.payment_method,
            "allowed_payment_method_types": ["card"],
            "metadata": {"iid": "0" * 32, "dup": row.dup},
        },
        key=f"c-{0:032x}-1-1",
    )
    api.intents.confirm(made.id, key=f"f-{0:032x}-1-1")
    worker.run_pass(store, api)
    assert state_of(store, ident).state == State.REVIEW
    assert row.iid not in taken(processor)
    assert ledger_stripe(store) == 0


def test_an_unreachable_processor_leaves_charges_queued(
    store: Store, queue: Callable[..., int]
) -> None:
    ident = queue()
    nowhere = StripeApi("sk_test_suite", "http://127.0.0.1:9")
    outcome = worker.run_pass(store, nowhere)
    nowhere.close()
    assert outcome.stopped == "offline"
    assert state_of(store, ident).state == State.QUEUED


def test_a_refused_key_charges_nothing_and_says_so(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    ident = queue()
    processor.state.revoked_keys.add("sk_test_suite")
    outcome = worker.run_pass(store, api)
    assert outcome.stopped == "key-refused"
    assert state_of(store, ident).state == State.QUEUED


def test_another_account_freezes_charging(
    store: Store, api: StripeApi, queue: Callable[..., int], clock: FixedClock
) -> None:
    queue()
    worker.run_pass(store, api)
    second = queue()
    with CardProcessor(clock=clock, auto_seed=True, account_id="acct_other") as other:
        stranger = StripeApi("sk_test_suite", other.base_url)
        outcome = worker.run_pass(store, stranger)
        stranger.close()
        assert outcome.stopped == "frozen"
        assert taken(other) == {}
    assert state_of(store, second).state == State.QUEUED


def test_a_list_that_breaks_half_way_charges_nobody(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    ident = queue()
    processor.faults.script(Fault("truncated", method="GET", path=CREATE))
    outcome = worker.run_pass(store, api)
    assert outcome.stopped == "offline"
    assert state_of(store, ident).state == State.QUEUED
    assert taken(processor) == {}


def test_a_charge_paid_in_cash_meanwhile_is_not_sent(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    ident = queue()
    with store.write("cash") as uow:
        payments.record_payment(
            uow,
            ref="p1",
            client="c1",
            cents=15000,
            method="cash",
            on=world.DAY,
            source="payment:p1",
            shares=items.oldest_first(items.open_items(uow, "c1"), 15000),
        )
    worker.run_pass(store, api)
    assert state_of(store, ident).state == State.CANCELED
    assert taken(processor) == {}


def test_two_programs_on_one_ledger_charge_once(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    import threading

    ident = queue()
    threads = [threading.Thread(target=worker.run_pass, args=(store, api)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.run_pass(store, api)
    row = state_of(store, ident)
    assert row.state == State.SUCCEEDED
    assert taken(processor) == {row.iid: 1}
    assert ledger_stripe(store) == 15000


def test_random_faults_converge_with_every_charge_made_once(
    store: Store,
    api: StripeApi,
    processor: CardProcessor,
    clock: FixedClock,
    queue: Callable[..., int],
) -> None:
    for _ in range(12):
        queue()
    processor.faults.randomly(7, 0.3, [kind for kind in FAULTS if kind != "hang_after"])
    for _ in range(6):
        worker.run_pass(store, api, skip_waits=True)
        clock.advance(timedelta(hours=13))
        processor.keys.purge()
    processor.faults.clear()
    for _ in range(2):
        worker.run_pass(store, api, skip_waits=True)
    with store.read() as read:
        states = set(read.session.scalars(select(CardAttempt.state)))
        told = list(
            read.session.scalars(
                select(CardAttemptEvent.text).where(CardAttemptEvent.state == State.REVIEW)
            )
        )
    assert states == {State.SUCCEEDED}, set(told)
    assert list(taken(processor).values()) == [1] * 12
    assert ledger_stripe(store) == 12 * 15000


def test_only_opaque_ids_leave_the_machine(
    store: Store, api: StripeApi, processor: CardProcessor, queue: Callable[..., int]
) -> None:
    queue(first_name="Zzcanary", last_name="Zzcanary", email="zzcanary@example.org")
    worker.run_pass(store, api)
    allowed = {
        "allowed_payment_method_types",
        "amount",
        "created",
        "currency",
        "customer",
        "expand",
        "limit",
        "metadata",
        "off_session",
        "payment_method",
        "starting_after",
    }
    for request in processor.state.requests:
        assert set(request.params) <= allowed, request
        text = repr(request).lower()
        assert "zzcanary" not in text
        assert "90834" not in text
        assert "2026-11-23" not in text
