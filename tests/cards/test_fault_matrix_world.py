# SPDX-License-Identifier: MIT
"""What can befall a practice and its processor, line by line, and that nobody is charged twice.

====  ==================================  ===================================================
line  failure                             test
====  ==================================  ===================================================
18    two programs, one ledger            test_line_18_two_programs_on_one_ledger
19    two laptops, copied ledgers         test_line_19_two_laptops_with_copied_ledgers
20    old backup restored                 test_line_20_an_old_backup_restored
21    backup older, session re-typed      test_line_21_a_session_typed_again_after_a_restore
22    the install secret is lost          test_line_22_a_practice_begun_anew_without_its_secret
23    clock back, forward, another zone   test_line_23_a_clock_that_is_wrong
24    events lost, doubled, out of order  test_line_24_events_decide_nothing
25    search index stale                  test_line_25_search_is_never_asked
26    list cut or broken half-way         test_line_26_a_list_that_breaks_half_way
27    disk full, write refused            test_line_27_a_disk_that_refuses
28    key of another mode or account      test_line_28_a_key_of_another_account_or_mode
29    program updated mid-flight          test_line_29_an_update_between_two_steps
30    charged or refunded by hand         test_line_30_charged_and_refunded_by_hand
31    refund: answer lost                 test_line_31_a_lost_answer_to_a_refund
32    dispute open                        test_line_32_an_open_dispute_holds_the_cards
33    other amount or customer            test_line_33_a_processor_that_lies_about_a_charge
34    sleep in the middle of a call       test_line_34_a_laptop_that_slept_during_a_call
35    captive portal, HTML                test_line_35_a_captive_portal
36    key revoked                         test_line_36_a_revoked_key
====  ==================================  ===================================================
"""

from __future__ import annotations

import secrets
import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from purse import Purse
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from till import CONFIRM, CREATE, KEY, READ, Till

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.accepting import NotAccepted, accept
from mediyn_desktop.cards.deciding import charge_anyway, stop
from mediyn_desktop.cards.due import due_on_card
from mediyn_desktop.cards.findings import Kind
from mediyn_desktop.cards.hearing import CompareFailed
from mediyn_desktop.cards.reconciling import compare
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import NotAllowed, OutcomeUnknown, Refused, Role, StripeApi
from mediyn_desktop.cards.tables import CardAttempt, CardHold
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import queries
from mediyn_desktop.sandbox.processor import CardProcessor, disputes, outside
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store.failures import StorageFailed

DRIVER = "mediyn_desktop.cards.driving.Driver"


def test_line_18_two_programs_on_one_ledger(till: Till) -> None:
    idents = [till.sell() for _ in range(4)]
    passes = [threading.Thread(target=till.run) for _ in range(4)]
    for one in passes:
        one.start()
    for one in passes:
        one.join()
    till.converge()
    assert {till.state(ident) for ident in idents} == {State.SUCCEEDED}
    till.agrees()


def test_line_18_the_first_writer_of_an_intents_id_wins(till: Till) -> None:
    ident = till.sell()
    till.run()
    with pytest.raises(IntegrityError, match="is kept"), till.store.write("t") as uow:
        uow.session.get_one(CardAttempt, ident).processor_id = "pi_other"


@pytest.mark.parametrize("days", [0, 3])
def test_line_19_two_laptops_with_copied_ledgers(till: Till, tmp_path: Path, days: int) -> None:
    till.sell()
    till.run()
    second = till.sell()
    other = till.other(till.copy(tmp_path / "other"))
    try:
        till.run()
        till.days_pass(days)
        outcome = other.run()
        assert outcome.stopped == "frozen"
        assert other.state(second) == State.QUEUED
        other.accept()
        assert other.run().stopped is None
        assert other.state(second) == State.SUCCEEDED
        other.agrees()
        # And now the first laptop is the old copy.
        till.sell()
        assert till.run().stopped == "frozen"
        till.accept()
        till.run()
        till.agrees()
    finally:
        other.close()


def test_line_19_two_laptops_at_the_very_same_moment(till: Till, tmp_path: Path) -> None:
    """Both prove the ground before either takes its step: the iid and the list still hold."""
    ident = till.sell()
    other = till.other(till.copy(tmp_path / "other"))
    try:
        passes = [threading.Thread(target=one.run) for one in (till, other)]
        for one in passes:
            one.start()
        for one in passes:
            one.join()
        assert till.taken() == {till.row(ident).iid: 1}
        for one in (till, other):
            one.accept()
            one.run()
            assert one.state(ident) == State.SUCCEEDED
            one.agrees()
    finally:
        other.close()


@pytest.mark.parametrize("days", [0.1, 5])
@pytest.mark.parametrize("planned", [True, False])
def test_line_20_an_old_backup_restored(
    till: Till, tmp_path: Path, days: float, planned: bool
) -> None:
    """The backup knows the sessions; it may or may not know that they were to be charged."""
    refs = [till.owe() for _ in range(3)]
    if planned:
        till.queue()
    backup = till.copy(tmp_path / "backup")
    till.queue()
    till.run()
    till.agrees()
    till.days_pass(days)
    till.restore(backup)
    till.queue()
    assert till.run().stopped == "frozen"
    assert till.run().stopped == "frozen"  # it stays so
    found = till.compare()
    assert [one.kind for one in found.findings] == [Kind.ADOPTED] * 3
    assert till.posted() == 0  # looking changes nothing
    till.accept()
    assert till.run().stopped is None
    till.agrees()
    assert sum(till.taken().values()) == len(refs)
    assert till.states() == [State.SUCCEEDED] * 3
    assert till.compare().findings == ()


def test_line_20_a_backup_restored_with_the_network_gone_in_between(
    till: Till, tmp_path: Path
) -> None:
    till.sell()
    backup = till.copy(tmp_path / "backup")
    till.run()
    till.restore(backup)
    till.processor.faults.script(Fault("reset_before", path=r"/v1/refunds"))
    with pytest.raises(CompareFailed, match="nothing was changed"):
        till.accept()
    till.processor.faults.script(Fault("reset_before", method="POST", path=r"/v1/customers.*"))
    with pytest.raises(NotAccepted) as refused:
        till.accept()
    assert refused.value.code == "anchor-not-written"
    assert till.run().stopped == "frozen"
    till.accept()
    assert till.run().stopped is None
    till.agrees()


def test_line_21_a_session_typed_again_after_a_restore(till: Till, tmp_path: Path) -> None:
    """Another ref, the same client, day and purpose: a person compares, nobody pays twice."""
    till.owe()
    backup = till.copy(tmp_path / "backup")
    till.owe_again("c1", "s-evening")
    till.queue()
    till.run()
    charged = till.intents("succeeded")
    assert len(charged) == 2
    till.restore(backup)
    till.owe_again("c1", "typed-again")
    # Both sessions are of one day, so the money of the lost one has the mark of the other too.
    found = till.compare().findings
    assert {one.kind for one in found} == {Kind.ADOPTED, Kind.REVIEW}
    assert {one.processor_id for one in found} == {one["id"] for one in charged}
    assert till.queue() != []
    assert till.run().stopped == "frozen"
    assert len(till.intents()) == 2
    till.accept()
    # What was typed again is paid by what was charged for it before: nothing is left to ask for.
    with till.store.read() as read:
        left = queries.client_balances(read, "c1")["c1"]
    assert (left.patient_cents, left.credit_cents) == (0, 0)
    till.queue()
    till.converge()
    assert {one["id"] for one in till.intents("succeeded")} == {one["id"] for one in charged}
    assert till.posted() == sum(one["amount"] for one in charged)
    till.agrees()


def test_line_21_the_same_day_is_compared_by_hand_also_without_a_freeze(till: Till) -> None:
    ident = till.sell()
    row = till.row(ident)
    _elsewhere(till, dup=row.dup)
    till.run()
    assert till.state(ident) == State.REVIEW
    with till.store.write("t") as uow:
        charge_anyway(uow, ident)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert till.taken()[row.iid] == 1


@pytest.mark.parametrize("decision", ["stop", "accept"])
def test_line_21_what_was_compared_is_stopped_or_accepted(till: Till, decision: str) -> None:
    ident = till.sell()
    _elsewhere(till, dup=till.row(ident).dup)
    till.run()
    if decision == "stop":
        with till.store.write("t") as uow:
            assert stop(uow, ident) is True
    till.accept()
    till.converge()
    assert till.state(ident) == State.CANCELED
    till.agrees()


def test_line_22_a_practice_begun_anew_without_its_secret(
    till: Till, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same sessions under another secret: no iid and no dup fits, so a person compares."""
    till.sell()
    till.run()
    other = till.other(Path(shutil.copytree(template, tmp_path / "anew")))
    forgotten = other.store.subkey
    lost = secrets.token_bytes(32)
    monkeypatch.setattr(
        other.store, "subkey", lambda label: lost if label == "identity" else forgotten(label)
    )
    try:
        other.owe()
        other.queue()
        assert other.run().stopped == "frozen"
        kinds = [one.kind for one in other.compare().findings]
        assert kinds == [Kind.REVIEW]
        other.accept()
        other.run()
        other.agrees()
    finally:
        other.close()


@pytest.mark.parametrize("shift", [timedelta(days=-400), timedelta(hours=-9), timedelta(days=30)])
def test_line_23_a_clock_that_is_wrong(
    till: Till, shift: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our clock jumps, the processor's does not: windows are measured with the processor's."""
    ident = till.sell()
    with till.power_cut(monkeypatch, f"{DRIVER}._store_created"):
        till.run()
    till.clock.advance(shift)
    till.processor.state.clock.advance(-shift)
    assert till.run().stopped is None  # a wrong clock alone freezes nothing
    assert till.state(ident) == State.SUCCEEDED
    assert len(till.intents()) == 1
    till.agrees()


def test_line_23_a_processor_that_tells_no_time(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = till.sell()
    till.processor.faults.script(Fault("no_date", times=50))
    with till.power_cut(monkeypatch, f"{DRIVER}._store_created"):
        till.run()
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    assert till.row(ident).key_at is None
    till.agrees()


def test_line_23_a_decline_is_not_asked_again_because_our_clock_ran_ahead(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsAfterSaving")
    till.run()
    till.clock.advance(timedelta(days=3))
    till.processor.state.clock.advance(timedelta(days=-3))
    till.run()
    assert till.row(ident).declines == 1


def test_line_23_a_clock_that_runs_behind_does_not_use_up_the_retries(till: Till) -> None:
    ident = till.sell("pm_x_insufficientFundsUntilTomorrow")
    till.clock.advance(timedelta(days=-2))
    till.processor.state.clock.advance(timedelta(days=2))
    for _ in range(4):
        till.run()
    assert (till.state(ident), till.row(ident).declines) == (State.DECLINED, 1)
    till.days_pass(1)
    till.run()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


def test_line_23_a_day_that_runs_again_in_another_zone_charges_nothing_again(till: Till) -> None:
    ref = till.owe()
    till.queue(ref)
    till.run()
    with till.store.write("t") as uow:
        from mediyn_desktop.store import settings

        settings.set_value(uow, "practice.timezone", "Pacific/Honolulu")
    till.queue()
    till.run()
    till.agrees()


def test_line_24_events_decide_nothing(till: Till) -> None:
    ident = till.sell()
    till.processor.state.event_faults.lose = ("*",)
    till.run()
    till.days_pass(40)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    assert not [one for one in till.processor.state.requests if "events" in one.path]
    till.agrees()


def test_line_24_events_doubled_out_of_order_or_lost_post_each_thing_once(purse: Purse) -> None:
    first, second = purse.sold(), purse.sold()
    purse.poll(sweep=True)
    events = purse.world.event_faults
    events.duplicate = events.shuffle = True
    purse.decide(purse.dispute(purse.intent(first)), won=True)
    for _ in range(3):
        purse.poll()
    assert purse.account("Assets:Disputed") == 0  # as it is now, not as the first event said
    assert purse.account("Expenses:DisputeFees") == 1500
    events.lose = ["*"]
    purse.dispute(purse.intent(second))
    purse.poll()
    assert purse.account("Assets:Disputed") == 0  # nobody said so
    purse.till.days_pass(1)
    for _ in range(2):
        purse.poll()  # once a day the lists are read
    assert purse.account("Assets:Disputed") == 15000
    purse.agrees()


def test_line_25_search_is_never_asked(till: Till) -> None:
    till.sell()
    till.run()
    till.compare()
    assert not [one for one in till.processor.state.requests if "search" in one.path]
    with pytest.raises(NotAllowed):
        till.api.connection.call(
            lambda v1: v1.payment_intents.search({"query": "status:'succeeded'"}), lambda _: None
        )


BROKEN = ["truncated", "reset_after", "500_before", "list_empty", "200_html"]


@pytest.mark.parametrize("kind", BROKEN)
def test_line_26_a_list_that_breaks_half_way(
    till: Till, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first page comes, the second does not: nobody is charged, nothing is accepted."""
    idents = [till.sell() for _ in range(4)]
    till.run()
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection._PAGE", 2)
    again = till.sell()
    till.processor.faults.script(Fault("pass", method="GET", path=CREATE))
    till.processor.faults.script(Fault(kind, method="GET", path=CREATE))
    assert till.run().stopped == "offline"
    assert till.state(again) == State.QUEUED
    till.processor.faults.script(Fault("pass", method="GET", path=CREATE))
    till.processor.faults.script(Fault(kind, method="GET", path=CREATE))
    with pytest.raises(CompareFailed):
        till.compare()
    till.converge()
    assert {till.state(ident) for ident in (*idents, again)} == {State.SUCCEEDED}
    till.agrees()


@pytest.mark.parametrize("kind", ["list_doubled", "list_reversed", "list_cut"])
def test_line_26_a_list_that_misleads(
    till: Till, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.connection._PAGE", 2)
    for _ in range(5):
        till.owe()
    backup = till.copy(tmp_path / "backup")
    till.queue()
    till.run()
    till.restore(backup)
    till.queue()
    till.processor.faults.script(Fault(kind, method="GET", path=CREATE))
    till.run()
    till.accept()
    till.converge()
    till.accept()
    assert till.states() == [State.SUCCEEDED] * 5
    till.agrees()


def test_line_27_a_disk_that_refuses(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """No call before its row is committed; no batch before its step is written."""
    ident = till.sell()
    with monkeypatch.context() as disk:
        disk.setattr("mediyn_desktop.core.files.os.fsync", _no_space)
        assert till.run().stopped == "disk"
    assert till.intents() == []
    till.run()
    second = till.sell()
    original = till.store.write
    with monkeypatch.context() as disk:

        def write(label: str) -> Any:
            if label == "Charge a card":
                raise StorageFailed("full", code="disk-full")
            return original(label)

        disk.setattr(till.store, "write", write)
        with pytest.raises(StorageFailed):
            till.run()
    assert till.taken() == {till.row(ident).iid: 1}
    till.run()
    assert till.state(second) == State.SUCCEEDED
    till.agrees()


def test_line_27_a_database_put_back_after_its_log_was_lost_is_frozen(
    till: Till, tmp_path: Path
) -> None:
    till.sell()
    before = till.copy(tmp_path / "before")
    till.run()
    till.restore(before)  # the same folder, the same anchor file, an older database
    assert till.run().stopped == "frozen"
    assert till.taken()
    assert till.posted() == 0
    till.accept()
    till.run()
    till.agrees()


def test_line_28_a_key_of_another_account_or_mode(till: Till, clock: FixedClock) -> None:
    till.sell()
    till.run()
    waiting = till.sell()
    with CardProcessor(clock=clock, auto_seed=True, account_id="acct_other") as other:
        stranger = StripeApi(KEY, other.base_url)
        outcome = worker.run_pass(till.store, stranger)
        stranger.close()
        assert (outcome.stopped, other.state.succeeded_by_metadata("iid")) == ("frozen", {})
        live = StripeApi("sk_live_suite", other.base_url)
        assert worker.run_pass(till.store, live).stopped in ("key-refused", "offline")
        live.close()
        assert other.state.succeeded_by_metadata("iid") == {}
    assert till.state(waiting) == State.QUEUED
    till.run()
    assert till.state(waiting) == State.SUCCEEDED
    till.agrees()


def test_line_28_each_row_keeps_its_account_and_mode(
    till: Till, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the practice moved to another account: an old row is not asked about there."""
    ident = till.sell()
    with till.power_cut(monkeypatch, f"{DRIVER}._begin_confirm"):
        till.run()
    row = till.row(ident)
    assert (row.account, row.livemode) == (till.processor.state.account["id"], False)
    with CardProcessor(clock=clock, auto_seed=True, account_id="acct_new") as other:
        moved = StripeApi(KEY, other.base_url)
        with pytest.raises(NotAccepted) as refused:
            accept(till.store, moved, compare(till.store, moved))
        assert refused.value.code == "charge-under-way"
        till.run()
        accept(till.store, moved, compare(till.store, moved))
        assert worker.run_pass(till.store, moved).stopped is None
        moved.close()
        assert other.state.succeeded_by_metadata("iid") == {}
    till.agrees()


def test_line_29_an_update_between_two_steps(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row's version and parameters are those of its first call, whatever the program has now."""
    ident = till.sell()
    till.processor.faults.script(Fault("reset_after", method="POST", path=CREATE, times=2))
    till.run()
    monkeypatch.setattr("mediyn_desktop.cards.attempts.API_VERSION", "2027-03-31.next")
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    sent = [
        one for one in till.processor.state.requests if one.path == CREATE and one.method == "POST"
    ]
    assert len({str(one.params) for one in sent}) == 1
    assert {one.api_version for one in sent} == {till.row(ident).api_version}
    assert till.row(till.sell()).api_version == "2027-03-31.next"


def test_line_30_charged_and_refunded_by_hand(till: Till) -> None:
    ident = till.sell()
    till.run()
    client = till.client_of(ident)
    _charged_by_hand(till, f"cus_{client}", "pm_good1", 4000)
    _charged_by_hand(till, "cus_stranger", "pm_stranger", 7700)
    outside.refund_by_hand(
        till.processor.state, {"payment_intent": till.row(ident).processor_id, "amount": 5000}
    )
    found = {one.kind: one for one in till.compare().findings}
    assert set(found) == {Kind.IMPORTED, Kind.FOREIGN, Kind.REFUND}
    assert found[Kind.IMPORTED].client_ref == found[Kind.REFUND].client_ref == client
    assert till.posted() == 15000  # offered, not posted
    till.accept()
    assert till.compare().findings == ()  # what was decided is not offered again
    till.agrees(foreign=7700)
    assert till.posted() == 15000 + 4000 - 5000


def test_line_30_a_charge_by_hand_for_what_waits_is_compared_first(till: Till) -> None:
    ident = till.sell()
    _charged_by_hand(till, f"cus_{till.client_of(ident)}", "pm_good1", 15000)
    (found,) = till.compare().findings
    assert found.kind == Kind.REVIEW
    till.accept()
    till.run()
    assert till.state(ident) == State.CANCELED  # paid: nothing is asked of the card
    till.agrees()


@pytest.mark.parametrize("days", [0, 2])
def test_line_31_a_lost_answer_to_a_refund(till: Till, days: int) -> None:
    """The same key within a day; later the list of that charge's refunds tells, by our iid."""
    ident = till.sell()
    till.run()
    intent, iid = str(till.row(ident).processor_id), "a" * 32
    refunds = StripeApi("sk_test_refunds", till.processor.base_url, role=Role.REFUNDS)
    till.processor.faults.script(Fault("reset_after", method="POST", path="/v1/refunds"))

    def pay_back(cents: int = 6000) -> Any:
        return refunds.refunds.create(payment_intent=intent, amount=cents, iid=iid, key=f"r-{iid}")

    with pytest.raises(OutcomeUnknown):
        pay_back()
    till.days_pass(days)
    if days:
        pages = refunds.refunds.pages(None, payment_intent=intent)
        (made,) = [one for page in pages for one in page if one.iid == iid]
    else:
        made = pay_back()
    with pytest.raises(Refused):  # more than is left of the charge
        refunds.refunds.create(
            payment_intent=intent, amount=9001, iid="b" * 32, key="r-" + "b" * 32
        )
    refunds.close()
    assert made.amount == 6000
    till.accept()
    till.accept()
    assert till.posted() == 9000
    till.agrees()


@pytest.mark.parametrize("days", [0, 2])
@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "500_after", "truncated"])
def test_line_31_a_refund_nobody_answered_is_read_back_and_made_once(
    purse: Purse, kind: str, days: int
) -> None:
    """Through the program: unknown until it is read, whatever else the person asks for."""
    payment = purse.sold()
    faults = purse.till.processor.faults
    faults.script(Fault(kind, method="POST", path="/v1/refunds", times=2))
    ident = purse.plan(payment, 6000)
    state = purse.send(ident)
    assert state in ("unknown", "succeeded")
    purse.till.days_pass(days)
    faults.clear()
    purse.poll(sweep=True)
    if purse.refund(ident).state != "succeeded":
        purse.send(ident)  # nothing had been made: the person asks once more
    assert purse.refund(ident).state == "succeeded"
    assert [one["amount"] for one in purse.refunds()] == [6000]
    assert purse.till.posted() == 9000
    purse.agrees()


def test_line_32_an_open_dispute_holds_the_cards(till: Till) -> None:
    first = till.sell()
    till.run()
    disputes.open_dispute(till.processor.state, str(till.row(first).processor_id), "general")
    client = till.client_of(first)
    assert [one.kind for one in till.compare().findings] == [Kind.DISPUTE]
    later = till.owe_again(client, "later")
    (waiting,) = till.queue(later)
    till.accept()
    till.run()
    assert till.state(waiting) == State.QUEUED  # also what was approved before
    assert till.queue(later) == []
    with till.store.read() as read:
        charge = read.session.scalar(select(Charge).where(Charge.id == till.row(first).charge_id))
        assert charge is not None
        assert due_on_card(read, charge) is None  # what is disputed is not asked for again
        assert (
            read.session.scalar(select(CardHold.source))
            == f"dispute:{till.row(first).processor_id}"
        )


LIES: list[dict[str, Any]] = [
    {"amount": 100},
    {"amount_received": 100},
    {"customer": "cus_somebody"},
    {"currency": "eur"},
    {"metadata.iid": "f" * 32},
    {"livemode": True},
    {"status": "paid_somehow"},
    {"id": "pi_another"},
]


@pytest.mark.parametrize("path", [CREATE, READ])
@pytest.mark.parametrize("lie", LIES, ids=lambda lie: next(iter(lie)))
def test_line_33_a_processor_that_lies_about_a_charge(
    till: Till, lie: dict[str, Any], path: str
) -> None:
    ident = till.sell()
    method = "GET" if path == READ else "POST"
    till.processor.faults.script(Fault("lie", method=method, path=path, changes=lie))
    till.run()
    told_at_create = path == CREATE and "amount_received" in lie
    if not told_at_create:  # what was not received yet says nothing
        assert till.state(ident) in (State.REVIEW, State.UNKNOWN)
        assert till.posted() == 0
    till.converge()
    if till.state(ident) == State.REVIEW:
        till.accept()  # a person compared; the lists tell the truth
        till.converge()
    till.agrees()


@pytest.mark.parametrize("kind", ["hang_after", "late"])
def test_line_34_a_laptop_that_slept_during_a_call(
    till: Till, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    ident = till.sell()
    with monkeypatch.context() as impatient:
        impatient.setattr("mediyn_desktop.cards.stripe_api.connection.TIMEOUT", (1, 1))
        till.api.close()
        till.api = StripeApi(KEY, till.processor.base_url)
    till.processor.faults.script(Fault(kind, method="POST", path=CONFIRM, seconds=1.3))
    till.run()
    till.api.close()
    till.api = StripeApi(KEY, till.processor.base_url)
    till.days_pass(0.5)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("kind", ["200_html", "503_html", "200_html_after", "no_request_id"])
@pytest.mark.parametrize("path", [CREATE, CONFIRM, READ])
def test_line_35_a_captive_portal(
    till: Till, monkeypatch: pytest.MonkeyPatch, kind: str, path: str
) -> None:
    till.api.close()
    till.api = StripeApi(KEY, till.processor.base_url, strict=True)  # as everywhere but here
    ident = till.sell()
    method = "GET" if path == READ else "POST"
    till.processor.faults.script(Fault(kind, method=method, path=path, times=2))
    till.run()
    assert till.state(ident) in (State.UNKNOWN, State.CREATED, State.SUCCEEDED)
    assert till.posted() == (15000 if till.state(ident) == State.SUCCEEDED else 0)
    till.converge()
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("kind", ["401", "403"])
@pytest.mark.parametrize("path", [CREATE, CONFIRM, READ, "/v1/customers", "/v1/balance"])
def test_line_36_a_revoked_key(till: Till, kind: str, path: str) -> None:
    """The batch stops; nobody's outcome is guessed; a new key goes on from there."""
    idents = [till.sell() for _ in range(3)]
    method = "GET" if path in (READ, "/v1/balance") else "POST"
    till.processor.faults.script(Fault(kind, method=method, path=path, times=9))
    outcome = till.run(workers=1)
    assert outcome.stopped == "key-refused"
    assert not {till.state(one) for one in idents} & {State.DECLINED, State.CANCELED, State.REVIEW}
    assert till.posted() == 0
    till.converge()
    assert {till.state(one) for one in idents} == {State.SUCCEEDED}
    till.agrees()


# -- helpers


def _no_space(_: int) -> None:
    raise OSError(28, "No space left on device")


def _elsewhere(till: Till, *, dup: str) -> None:
    """A charge of the same client, day and purpose, made by a ledger that is lost."""
    row = till.row(1)
    made = till.api.intents.create(
        {
            "amount": row.amount_cents,
            "currency": "usd",
            "customer": row.customer,
            "payment_method": row.payment_method,
            "allowed_payment_method_types": ["card"],
            "metadata": {"iid": "0" * 32, "dup": dup},
        },
        key=f"c-{0:032x}-1-1",
    )
    till.api.intents.confirm(made.id, key=f"f-{0:032x}-1-1")


def _charged_by_hand(till: Till, customer: str, method: str, cents: int) -> None:
    outside.charge_by_hand(
        till.processor.state,
        {"customer": customer, "payment_method": method, "amount": cents},
    )
