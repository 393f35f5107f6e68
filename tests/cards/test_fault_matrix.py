# SPDX-License-Identifier: MIT
"""What can befall one charge, line by line, and that nobody is charged twice by it.

====  ==================================  ===================================================
line  failure                             test
====  ==================================  ===================================================
1     crash before create                 test_line_01_a_crash_before_anything_was_sent
2     create: answer lost, within a day   test_line_02_a_lost_answer_to_create_within_a_day
3     the same, days later                test_line_03_a_lost_answer_to_create_after_days
4     crash before the id is stored       test_line_04_a_crash_before_the_id_was_stored
5     crash before confirm                test_line_05_a_crash_before_the_bank_was_asked
6     confirm: answer lost                test_line_06_a_lost_answer_to_confirm
7     confirm lost on its way             test_line_07_a_confirm_that_never_arrived
8     crash before the outcome is stored  test_line_08_a_crash_before_the_outcome_was_stored
9     laptop off for 2 or 40 days         test_line_09_a_laptop_that_was_off_for_days
10    429, lock timeout                   test_line_10_a_busy_processor
11    409, still running                  test_line_11_a_request_that_is_still_running
12    500, repeated for a day             test_line_12_a_failure_the_processor_repeats
13    400 idempotency_error               test_line_13_a_key_used_for_something_else
14    decline                             test_line_14_a_decline_is_asked_again_by_policy
15    authentication required             test_line_15_a_bank_that_wants_the_client
16    late success after "paid cash"      test_line_16_cash_waits_for_the_outcome
17    amount edited after create          test_line_17_an_amount_changed_after_create
====  ==================================  ===================================================

Lines 18 to 36, what befalls the practice and its processor: ``test_fault_matrix_world``.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from till import CONFIRM, CREATE, READ, Till

from mediyn_desktop.cards.amounts import AmountRefused, set_amount
from mediyn_desktop.cards.deciding import stop
from mediyn_desktop.cards.polling.poll import poll
from mediyn_desktop.cards.receipts import ChargeUnknown, take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.sandbox.processor.faults import Fault

API = "mediyn_desktop.cards.stripe_api.intents.Intents"
DRIVER = "mediyn_desktop.cards.driving.Driver"
LOST = ["reset_after", "fin_after", "partial", "truncated", "hang_after", "200_html_after"]
"""The request took effect, its answer did not arrive."""


def lose(till: Till, kind: str, path: str, *, method: str = "POST", times: int = 1) -> None:
    till.processor.faults.script(Fault(kind, method=method, path=path, times=times))


def test_line_01_a_crash_before_anything_was_sent(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = till.sell()
    with till.power_cut(monkeypatch, f"{API}.create"):
        till.run()
    assert till.intents() == []
    assert till.run().stopped is None  # a crash of our own freezes nothing
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("kind", LOST)
def test_line_02_a_lost_answer_to_create_within_a_day(till: Till, kind: str) -> None:
    ident = till.sell()
    lose(till, kind, CREATE)
    till.run()
    # The same key gives the same intent: nothing is left over.
    assert len(till.intents()) == 1
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("kind", LOST)
def test_line_03_a_lost_answer_to_create_after_days(till: Till, kind: str) -> None:
    ident = till.sell()
    lose(till, kind, CREATE, times=2)
    till.run()
    assert till.state(ident) == State.UNKNOWN
    assert "no card was charged" in till.history(ident)[-1]
    till.days_pass(2)
    till.processor.keys.purge()
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    assert [one["status"] for one in till.intents()] == ["succeeded"]
    till.agrees()


@pytest.mark.parametrize("days", [0, 3])
def test_line_04_a_crash_before_the_id_was_stored(
    till: Till, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    ident = till.sell()
    with till.power_cut(monkeypatch, f"{DRIVER}._store_created"):
        till.run()
    assert till.state(ident) == State.CREATING
    till.days_pass(days)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    assert len(till.intents()) == 1
    till.agrees()


@pytest.mark.parametrize("days", [0, 3])
def test_line_05_a_crash_before_the_bank_was_asked(
    till: Till, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    ident = till.sell()
    with till.power_cut(monkeypatch, f"{API}.confirm"):
        till.run()
    assert till.state(ident) == State.CONFIRMING
    till.days_pass(days)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("days", [0, 2])
@pytest.mark.parametrize("kind", LOST)
def test_line_06_a_lost_answer_to_confirm(till: Till, kind: str, days: int) -> None:
    ident = till.sell()
    lose(till, kind, CONFIRM)
    lose(till, "reset_before", READ, method="GET")
    till.run()
    assert till.state(ident) == State.UNKNOWN
    assert till.posted() == 0  # nothing is posted that was not read
    till.days_pass(days)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("kind", ["reset_before", "hang_before"])
def test_line_07_a_confirm_that_never_arrived(till: Till, kind: str) -> None:
    ident = till.sell()
    lose(till, kind, CONFIRM, times=2)
    till.run()
    assert till.state(ident) in (State.CREATED, State.UNKNOWN)
    assert till.row(ident).attempt == 1  # the key may still be on its way: it is kept
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("method", [None, "pm_x_chargeDeclinedInsufficientFunds"])
def test_line_08_a_crash_before_the_outcome_was_stored(
    till: Till, monkeypatch: pytest.MonkeyPatch, method: str | None
) -> None:
    ident = till.sell(method)
    with till.power_cut(monkeypatch, f"{DRIVER}._read_back"):
        till.run()
    assert till.state(ident) == State.CONFIRMING
    till.run()
    assert till.state(ident) == (State.DECLINED if method else State.SUCCEEDED)
    assert till.row(ident).declines == bool(method)
    till.agrees()


MOMENTS = {
    "queued": f"{API}.create",
    "creating": f"{DRIVER}._store_created",
    "created": f"{DRIVER}._begin_confirm",
    "confirming": f"{API}.confirm",
    "charged": f"{DRIVER}._read_back",
}


@pytest.mark.parametrize("days", [2, 40])
@pytest.mark.parametrize("moment", MOMENTS)
def test_line_09_a_laptop_that_was_off_for_days(
    till: Till, monkeypatch: pytest.MonkeyPatch, moment: str, days: int
) -> None:
    ident = till.sell()
    with till.power_cut(monkeypatch, MOMENTS[moment]):
        till.run()
    till.days_pass(days)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("path", [CREATE, CONFIRM, READ, r"/v1/customers.*"])
@pytest.mark.parametrize("kind", ["429", "lock_timeout"])
def test_line_10_a_busy_processor(till: Till, kind: str, path: str) -> None:
    ident = till.sell()
    before = till.clock.now()
    till.processor.faults.script(Fault(kind, path=path, times=2))
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert timedelta(seconds=1) < till.clock.now() - before < timedelta(seconds=4)
    keys = {one.idempotency_key for one in till.processor.state.requests if one.idempotency_key}
    assert len(keys) == 3  # anchor, create, confirm: a repeated call repeats its key
    till.agrees()


def test_line_10_a_processor_that_stays_busy_is_left_alone_for_a_while(till: Till) -> None:
    ident = till.sell()
    till.processor.faults.script(Fault("429", path=CONFIRM, times=4))
    till.run()
    assert till.state(ident) == State.CREATED
    till.run(skip_waits=False)
    assert till.state(ident) == State.CREATED
    till.clock.advance(timedelta(minutes=1))
    till.run(skip_waits=False)
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("path", [CREATE, CONFIRM])
def test_line_11_a_request_that_is_still_running(till: Till, path: str) -> None:
    ident = till.sell()
    lose(till, "409", path, times=2)
    till.run()
    assert till.state(ident) in (State.UNKNOWN, State.CREATED)
    row = till.row(ident)
    assert (row.creates, row.attempt) == (1, 0 if path == CREATE else 1)  # never a new key
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    row = till.row(ident)
    assert (row.creates, row.attempt) == (1, 1)
    till.agrees()


@pytest.mark.parametrize("path", [CREATE, CONFIRM])
@pytest.mark.parametrize("kind", ["500_before", "500_after", "500_forgotten", "503_html"])
def test_line_12_a_failure_the_processor_repeats(till: Till, kind: str, path: str) -> None:
    ident = till.sell()
    lose(till, kind, path)
    till.run()
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    # An intent made by the failed call is adopted, or canceled; never confirmed beside another.
    assert [one["status"] for one in till.intents() if one["status"] != "canceled"] == ["succeeded"]
    till.agrees()


def test_line_13_a_key_used_for_something_else(till: Till) -> None:
    ident = till.sell()
    row = till.row(ident)
    params = json.loads(row.params) | {"amount": 999}
    till.api.intents.create(params, key=f"c-{row.iid}-1-1")
    till.processor.state.newest_first("payment_intent")[0]["metadata"] = {}  # the list has no iid
    till.run()
    assert till.state(ident) == State.REVIEW
    till.converge()
    assert (till.state(ident), till.row(ident).creates) == (State.REVIEW, 1)  # no new key by itself
    assert till.taken() == {}
    till.agrees()


def test_line_13_parameters_that_were_sent_cannot_change(till: Till) -> None:
    ident = till.sell()
    lose(till, "reset_after", CREATE, times=2)
    till.run()
    for change in ({"amount_cents": 1}, {"customer": "cus_x"}, {"params": "{}"}):
        with pytest.raises(IntegrityError, match="keeps its amount"), till.store.write("t") as uow:
            uow.session.execute(update(CardAttempt).where(CardAttempt.id == ident).values(**change))


def test_line_14_a_decline_is_asked_again_by_policy(till: Till) -> None:
    """A soft no: the next day, at most three times; the intent stays the same."""
    ident = till.sell("pm_x_insufficientFundsAfterSaving")
    till.run()
    assert (till.state(ident), till.row(ident).declines) == (State.DECLINED, 1)
    till.run()  # not the same day
    assert till.row(ident).declines == 1
    for times in (2, 3, 4):
        till.days_pass(1)
        till.run()
        till.run()
        assert till.row(ident).declines == times
    till.days_pass(1)
    till.run()
    row = till.row(ident)
    assert (row.declines, row.retry_on, row.attempt) == (4, None, 4)
    assert len(till.intents()) == 1
    till.agrees()


def test_line_14_a_decline_that_passes_the_next_day_is_charged_once(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsUntilTomorrow")
    till.run()
    assert till.state(ident) == State.DECLINED
    till.days_pass(1)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


def test_line_14_a_hard_no_is_final(till: Till) -> None:
    ident = till.sell("pm_x_lostAfterSaving")
    till.run()
    till.days_pass(2)
    till.converge()
    assert (till.state(ident), till.row(ident).declines) == (State.DECLINED, 1)
    till.agrees()


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "429", "500_after"])
def test_line_14_a_retry_that_gets_no_answer_charges_once(till: Till, kind: str) -> None:
    ident = till.sell("pm_x_insufficientFundsUntilTomorrow")
    till.run()
    till.days_pass(1)
    lose(till, kind, CONFIRM, times=5 if kind == "429" else 1)
    till.run()
    till.days_pass(2)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("poll_first", [False, True])
def test_line_14_the_refusal_before_is_not_the_answer_to_a_retry(
    till: Till, poll_first: bool
) -> None:
    """No answer came: the bank may be asked yet, so nobody may take cash for it meanwhile."""
    ident = till.sell("pm_x_insufficientFundsUntilTomorrow")
    till.run()
    till.days_pass(1)
    lose(till, "reset_before", CONFIRM, times=2)
    till.run()
    if poll_first:
        assert poll(till.store, till.api, sweep=True).stopped is None
    assert till.state(ident) == State.UNKNOWN
    assert till.row(ident).declines == 1
    with pytest.raises(ChargeUnknown), till.store.write("t") as uow:
        take_payment(uow, till.client_of(ident), 15000, "cash")
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert till.row(ident).attempt == 2  # the retry's own key, asked with again
    till.agrees()


def test_line_14_a_refusal_whose_answer_was_lost_counts_once(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsAfterSaving")
    till.run()
    till.days_pass(1)
    lose(till, "reset_after", CONFIRM)
    till.run()
    assert (till.state(ident), till.row(ident).declines) == (State.DECLINED, 2)
    assert len(till.processor.state.newest_first("charge")) == 2
    # After a day the processor knows no key, and nothing can be on its way any more.
    till.days_pass(1)
    lose(till, "reset_after", CONFIRM, times=2)
    till.run()
    assert till.state(ident) == State.UNKNOWN
    till.days_pass(1)
    till.run()
    assert (till.state(ident), till.row(ident).declines) == (State.DECLINED, 3)
    assert len(till.processor.state.newest_first("charge")) == 3
    till.agrees()


def test_line_15_a_bank_that_wants_the_client(till: Till) -> None:
    ident = till.sell("pm_card_authenticationRequired")
    till.run()
    assert (till.state(ident), till.row(ident).retry_on) == (State.NEEDS_CLIENT, None)
    till.days_pass(3)
    till.converge()
    assert till.state(ident) == State.NEEDS_CLIENT  # never asked again without the client
    # Another way to pay is offered only after this intent is read back as canceled.
    with till.store.write("t") as uow:
        assert stop(uow, ident) is False
    lose(till, "reset_before", CONFIRM.replace("confirm", "cancel"))
    till.run()
    assert till.state(ident) == State.NEEDS_CLIENT
    till.run()
    assert till.state(ident) == State.CANCELED
    assert [one["status"] for one in till.intents()] == ["canceled"]
    till.agrees()


@pytest.mark.parametrize("found", ["succeeded", "processing"])
def test_line_16_cash_waits_for_the_outcome(till: Till, found: str) -> None:
    ident = till.sell("pm_x_processing" if found == "processing" else None)
    lose(till, "reset_after", CONFIRM)
    lose(till, "reset_before", READ, method="GET")
    till.run()
    assert till.state(ident) == State.UNKNOWN
    for _ in range(2):
        with pytest.raises(ChargeUnknown), till.store.write("t") as uow:
            take_payment(uow, till.client_of(ident), 15000, "cash")
        till.run()
        if found == "succeeded":
            break
    assert till.state(ident) == found
    till.agrees()


def test_line_16_cash_is_taken_once_the_intent_is_read_back_as_canceled(till: Till) -> None:
    ident = till.sell()
    lose(till, "reset_before", CONFIRM, times=2)
    till.run()
    with till.store.write("t") as uow:
        stop(uow, ident)
    with pytest.raises(ChargeUnknown), till.store.write("t") as uow:
        take_payment(uow, till.client_of(ident), 15000, "cash")
    till.run()
    assert till.state(ident) == State.CANCELED
    with till.store.write("t") as uow:
        take_payment(uow, till.client_of(ident), 15000, "cash")
    till.converge()
    assert till.taken() == {}


def test_line_17_an_amount_changed_after_create(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = till.owe()
    (ident,) = till.queue(ref)
    with till.power_cut(monkeypatch, f"{DRIVER}._begin_confirm"):
        till.run()
    assert till.state(ident) == State.CREATED
    with pytest.raises(AmountRefused), till.store.write("t") as uow:
        set_amount(uow, ref, 9000, "Agreed on the phone")
    with till.store.write("t") as uow:
        stop(uow, ident)
    till.run()
    assert till.state(ident) == State.CANCELED
    with till.store.write("t") as uow:
        set_amount(uow, ref, 9000, "Agreed on the phone")
    (again,) = till.queue(ref)
    till.run()
    row = till.row(again)
    assert (row.state, row.series, row.amount_cents) == (State.SUCCEEDED, 2, 9000)
    assert sorted(one["status"] for one in till.intents()) == ["canceled", "succeeded"]
    till.agrees()
