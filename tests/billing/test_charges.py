# SPDX-License-Identifier: MIT
"""A signed note becomes exactly one charge on exactly one road."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

import world
from mediyn_desktop.billing.charges import NotBilled, bill_session
from mediyn_desktop.billing.signing import sign_note
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import queries
from mediyn_desktop.ledger.queries import trial_balance
from mediyn_desktop.practice.sessions import AlreadySigned
from mediyn_desktop.practice.tables import Fee, Session
from mediyn_desktop.store.uow import Store, UnitOfWork


def posted(uow: UnitOfWork, kind: str) -> dict[str, int]:
    """The single entry of ``kind``, by account."""
    (entry,) = [one for one in queries.journal(uow) if one.kind == kind]
    return {line.account: line.amount_cents for line in entry.postings}


def test_self_pay_is_owed_by_the_client(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        charge = bill_session(uow, world.session(uow, world.client(uow)))
        assert isinstance(charge, Charge)
        assert (charge.route, charge.lines[0].code, charge.total_cents) == ("card", "90834", 15000)
        assert posted(uow, "charge") == {
            "Assets:Receivable:Client:c1": 15000,
            "Income:Services": -15000,
        }


def test_in_network_is_owed_by_the_payer_and_the_copay_is_collected(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        charge = bill_session(uow, world.session(uow, ana, minutes=55))
        assert isinstance(charge, Charge)
        assert (charge.route, charge.copay_cents) == ("claim_and_copay", 2500)
        assert posted(uow, "charge") == {
            "Assets:Receivable:Payer:p-c1": 18000,
            "Income:Services": -18000,
        }
        assert queries.client_balances(uow)["c1"].insurer_cents == 18000


@pytest.mark.parametrize(
    ("status", "account", "cents"),
    [("late_cancel", "Income:Fees", 7500), ("no_show", "Income:Fees", 8000)],
)
def test_a_missed_session_is_a_private_fee(
    store: Store, status: str, account: str, cents: int
) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        charge = bill_session(uow, world.session(uow, ana, status=status))
        assert isinstance(charge, Charge)
        assert (charge.route, charge.pos, charge.diagnoses) == ("fee", "", "")
        assert posted(uow, "charge")[account] == -cents


def test_medicaid_allows_no_fee_for_a_missed_session(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana).payer.claim_filing_code = "MC"
        charge = bill_session(uow, world.session(uow, ana, status="no_show"))
        assert isinstance(charge, Charge)
        assert (charge.route, charge.total_cents) == ("waived", 0)
        assert "Medicaid" in (charge.reason or "")


def test_pro_bono_is_a_zero_charge_with_its_reason(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        charge = bill_session(uow, world.session(uow, world.client(uow, payment_type="pro_bono")))
        assert isinstance(charge, Charge)
        assert (charge.route, charge.total_cents, charge.reason) == ("waived", 0, "Pro bono client")
        assert queries.journal(uow) == []


def test_crisis_beyond_75_minutes_has_its_add_on_as_own_line(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        charge = bill_session(
            uow, world.session(uow, world.client(uow), kind="crisis", minutes=105)
        )
        assert isinstance(charge, Charge)
        assert [(line.code, line.units, line.fee_cents) for line in charge.lines] == [
            ("90839", 1, 20000),
            ("90840", 2, 18000),
        ]


def test_a_package_is_earned_session_by_session_to_the_last_cent(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.package(uow, ana, 3, 100000)
        for number in range(4):
            charge = bill_session(uow, world.session(uow, ana, f"s{number}", hour=8 + number))
            assert isinstance(charge, Charge)
            expected = ["package", "package", "package", "card"][number]
            assert charge.route == expected
        balance = queries.client_balances(uow)["c1"]
        assert (balance.deferred_cents, balance.patient_cents) == (0, 15000)
        fees = uow.session.scalars(select(Charge).order_by(Charge.id)).all()
        assert [one.total_cents for one in fees] == [33334, 33333, 33333, 15000]


@pytest.mark.parametrize(
    ("minutes", "code"), [(15, "under-16-minutes"), (16, None), (52, None), (53, None)]
)
def test_the_real_minutes_decide(store: Store, minutes: int, code: str | None) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        charge = bill_session(uow, world.session(uow, world.client(uow), minutes=minutes))
        if code is not None:
            assert isinstance(charge, NotBilled)
            assert charge.code == code
        else:
            assert isinstance(charge, Charge)
            wanted = {16: "90832", 52: "90834", 53: "90837"}[minutes]
            assert charge.lines[0].code == wanted


def test_breaks_do_not_count(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        charge = bill_session(
            uow, world.session(uow, world.client(uow), minutes=60, break_minutes=8)
        )
        assert isinstance(charge, Charge)
        assert charge.lines[0].code == "90834"


def test_the_night_the_clocks_go_back_has_its_true_length(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        # 01:30 EDT to 01:25 EST on the wall: 55 minutes really passed.
        row = world.session(
            uow,
            world.client(uow),
            day=date(2026, 11, 1),
            starts_at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
            ends_at=datetime(2026, 11, 1, 6, 25, tzinfo=UTC),
        )
        charge = bill_session(uow, row)
        assert isinstance(charge, Charge)
        assert (row.minutes, charge.lines[0].code) == (55, "90837")


def test_fee_precedence_is_client_then_payer_then_general_then_latest(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        cover = world.coverage(uow, ana)
        uow.session.add(
            Fee(code="90834", fee_cents=16000, effective_from=date(2026, 11, 24))
        )  # not yet in force
        uow.session.add(Fee(code="90834", fee_cents=15500, effective_from=date(2026, 1, 1)))
        first = bill_session(uow, world.session(uow, ana, "s1"))
        uow.session.add(Fee(code="90834", fee_cents=14000, payer_id=cover.payer_id))
        second = bill_session(uow, world.session(uow, ana, "s2", hour=11))
        uow.session.add(Fee(code="90834", fee_cents=9000, client_id=ana.id))
        third = bill_session(uow, world.session(uow, ana, "s3", hour=12))
        assert [one.total_cents for one in (first, second, third) if isinstance(one, Charge)] == [
            15500,
            14000,
            9000,
        ]


def test_a_session_the_client_keeps_from_the_insurer_is_private(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        charge = bill_session(uow, world.session(uow, ana, do_not_bill_insurer=True))
        assert isinstance(charge, Charge)
        assert (charge.route, charge.coverage_id) == ("card", None)


def test_what_cannot_be_billed_has_a_name_and_is_billed_once_mended(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        row = world.session(uow, ana)
        refused = bill_session(uow, row)
        assert isinstance(refused, NotBilled)
        assert refused.code == "no-coverage"
        world.coverage(uow, ana)
        uow.session.expire_all()
        assert isinstance(bill_session(uow, row), Charge)


def test_signing_bills_in_the_same_transaction_and_only_once(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow), signed=False)
    with store.write("Sign note") as uow:
        assert isinstance(sign_note(uow, "s1"), Charge)
    with pytest.raises(AlreadySigned), store.write("Sign note") as uow:
        sign_note(uow, "s1")
    with store.write("t") as uow:
        bill_session(uow, uow.session.query(world.Session).one())
        assert uow.session.scalar(select(func.count()).select_from(Charge)) == 1
        assert len(queries.journal(uow)) == 1


def test_a_crash_between_signature_and_charge_leaves_neither(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow), signed=False)
    with pytest.raises(RuntimeError), store.write("Sign note") as uow:
        sign_note(uow, "s1")
        raise RuntimeError("power cut")
    with store.read() as read:
        assert read.session.query(world.Session).one().note is None
        assert queries.journal(read) == []


def test_a_second_charge_for_a_session_is_refused_by_the_database(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        charge = bill_session(uow, world.session(uow, world.client(uow)))
        assert isinstance(charge, Charge)
        twin = Charge(
            session_id=charge.session_id,
            client_id=charge.client_id,
            date_of_service=charge.date_of_service,
            route="card",
            minutes=50,
            billed_at=uow.now,
        )
        uow.session.add(twin)
        with pytest.raises(IntegrityError):
            uow.session.flush()
        uow.session.rollback()


def test_credit_is_used_before_anything_is_owed(store: Store) -> None:
    from mediyn_desktop.ledger import payments

    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        payments.record_payment(
            uow,
            ref="p1",
            client="c1",
            cents=20000,
            method="cash",
            on=world.DAY,
            source="payment:p1",
        )
        bill_session(uow, world.session(uow, ana))
        balance = queries.client_balances(uow)["c1"]
        assert (balance.patient_cents, balance.credit_cents) == (0, 5000)
        assert trial_balance(uow) == 0


def test_a_session_that_lies_ahead_is_billed_once_it_was_held(
    store: Store, clock: FixedClock
) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ahead = world.session(uow, world.client(uow), day=date(2026, 11, 24))
        found = bill_session(uow, ahead)
        assert isinstance(found, NotBilled)
        assert found.code == "session-ahead"
    clock.advance(timedelta(days=1))
    with store.write("t") as uow:
        assert isinstance(bill_session(uow, uow.session.get_one(Session, 1)), Charge)
