# SPDX-License-Identifier: MIT
"""What is not charged, not billed or not printed says why, and is done once it is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from evening import Evening, codes

import world
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.amounts import set_amount
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.practice.tables import (
    Client,
    ClientDiagnosis,
    Clinician,
    Fee,
    Practice,
    SessionDiagnosis,
)
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store.uow import Store, UnitOfWork

CONFIRM = r"/v1/payment_intents/pi_\w+/confirm"
BEFORE = date(2026, 11, 20)
READ = r"/v1/payment_intents/pi_\w+"

pytestmark = pytest.mark.usefixtures("unchecked")


def pay(store: Store, cents: int, client: str = "c1", on: date | None = None) -> None:
    with store.write("t") as uow:
        take_payment(uow, client, cents, "cash", on)


@pytest.mark.parametrize(
    ("autopay", "copay_taken", "rest_taken"),
    [("none", False, False), ("copay", True, False), ("full", True, True)],
)
def test_autopay_says_what_may_be_charged(
    evening: Evening, autopay: str, copay_taken: bool, rest_taken: bool
) -> None:
    evening.client("insured", payment_type="in_network", copay=2500, autopay=autopay)
    evening.client("alone", autopay=autopay)
    evening.client("missed", autopay=autopay)
    evening.session("copay", "insured")
    evening.session("session", "alone")
    evening.session("fee", "missed", status="late_cancel")
    closed = evening.close()
    assert evening.taken() == [2500] * copay_taken + [7500, 15000] * rest_taken
    held = set() if copay_taken else {"copay"}
    held |= set() if rest_taken else {"session", "fee"}
    assert set(codes(closed)) == {(ref, "autopay-off") for ref in held}
    assert len(closed.exceptions) == len(held)


@pytest.mark.parametrize(
    ("scope", "taken", "held"),
    [
        ("sessions", [15000], {"copay", "fee"}),
        ("copays", [2500], {"session", "fee"}),
        ("fees", [7500], {"session", "copay"}),
        ("", [], {"session", "copay", "fee"}),
        ("sessions;copays;fees", [2500, 7500, 15000], set()),
    ],
)
def test_a_card_is_charged_only_for_what_was_agreed_to(
    evening: Evening, scope: str, taken: list[int], held: set[str]
) -> None:
    consent = {"consent_scope": scope}
    evening.client("insured", payment_type="in_network", copay=2500, card_values=consent)
    evening.client("alone", card_values=consent)
    evening.client("missed", card_values=consent)
    evening.session("copay", "insured")
    evening.session("session", "alone")
    evening.session("fee", "missed", status="late_cancel")
    closed = evening.close()
    assert evening.taken() == taken
    assert set(codes(closed)) == {(ref, "no-consent") for ref in held}
    assert len(closed.exceptions) == len(held)


@pytest.mark.parametrize("month", [10, 11])
def test_a_card_is_good_until_the_end_of_its_month(evening: Evening, month: int) -> None:
    evening.client(card_values={"exp_month": month, "exp_year": 2026})
    evening.session()
    closed = evening.close()
    if month == 10:
        assert codes(closed) == [("s1", "card-expired")]
        assert "4242" in closed.exceptions[0].message
        assert evening.taken() == []
        assert evening.balance().patient_cents == 15000
    else:
        assert evening.taken() == [15000]


def test_a_client_without_a_card_keeps_owing(evening: Evening) -> None:
    evening.client(card=None)
    evening.session()
    closed = evening.close()
    assert codes(closed) == [("s1", "no-card")]
    assert evening.balance().patient_cents == 15000
    with evening.store.write("t") as uow:
        world.card(uow, uow.session.query(Client).one())
    assert codes(evening.close()) == []
    assert evening.taken() == [15000]


def test_a_charge_above_the_limit_for_one_waits(evening: Evening) -> None:
    evening.client()
    evening.session("s1")
    evening.session("s2", hour=14, minutes=20)
    evening.set("cards.cap_per_charge_cents", 14999)
    closed = evening.close()
    assert codes(closed) == [("s1", "over-cap")]
    assert "$149.99" in closed.exceptions[0].message
    assert evening.taken() == [10000]
    evening.set("cards.cap_per_charge_cents", 15000)
    assert codes(evening.close()) == []
    assert evening.taken() == [10000, 15000]


def test_charges_beyond_the_limit_for_a_day_wait_for_tomorrow(
    evening: Evening, store: Store
) -> None:
    evening.client()
    for hour in (9, 10, 11):
        evening.session(f"s{hour}", hour=hour)
    evening.set("cards.cap_per_day_cents", 30000)
    closed = evening.close()
    assert evening.taken() == [15000, 15000]
    assert codes(closed) == [("s11", "over-day-cap")]
    assert codes(evening.close()) == [("s11", "over-day-cap")]
    assert evening.taken() == [15000, 15000]
    store.clock.advance(world.timedelta(days=1))  # type: ignore[attr-defined]
    assert codes(evening.close()) == []
    assert evening.taken() == [15000] * 3


def test_a_charge_under_way_is_not_said_to_be_above_the_limit_of_the_day(evening: Evening) -> None:
    evening.client()
    evening.session()
    evening.set("cards.cap_per_day_cents", 15000)
    evening.processor.faults.script(
        Fault("reset_after", method="POST", path=CONFIRM),
        Fault("reset_before", method="GET", path=READ, times=2),
    )
    assert codes(evening.close()) == [("s1", "card-unknown")]
    evening.processor.faults.clear()
    assert codes(evening.close()) == []
    assert evening.taken() == [15000]


def test_evenings_closed_offline_are_together_within_the_limit_of_a_day(
    evening: Evening, store: Store
) -> None:
    evening.client()
    evening.session("s1", day=BEFORE)
    evening.session("s2")
    evening.set("cards.cap_per_day_cents", 29999)
    close_day(store, BEFORE, api=None, offline=True)
    assert codes(evening.close(offline=True)) == [("s2", "over-day-cap")]
    worker.run_pass(store, evening.api)
    assert evening.taken() == [15000]
    store.clock.advance(world.timedelta(days=1))  # type: ignore[attr-defined]
    assert codes(evening.close()) == []
    assert evening.taken() == [15000, 15000]


def test_what_a_bank_refused_leaves_room_for_others(evening: Evening) -> None:
    evening.client("c1", card="pm_card_authenticationRequired")
    evening.client("c2", card="pm_card_visa_chargeDeclined")
    evening.client("c3")
    evening.session("a", "c1")
    evening.session("b", "c2")
    evening.close()
    evening.set("cards.cap_per_day_cents", 15000)
    evening.session("c", "c3", hour=20)
    assert codes(evening.close()) == [("a", "card-needs-client"), ("b", "card-declined")]
    assert evening.taken() == [15000]


def test_an_amount_lowered_with_a_reason_is_what_is_charged(evening: Evening, store: Store) -> None:
    evening.client()
    evening.session()
    evening.close(skip=["s1"])
    with store.write("t") as uow:
        set_amount(uow, "s1", 9000, "Agreed on the phone")
    evening.close()
    assert evening.taken() == [9000]
    assert evening.books() == [
        ("charge", {"Assets:Receivable:Client:c1": 15000, "Income:Services": -15000}),
        ("adjustment", {"Income:Courtesy": 6000, "Assets:Receivable:Client:c1": -6000}),
        ("payment", {"Assets:Stripe": 9000, "Assets:Receivable:Client:c1": -9000}),
        ("card-fee", {"Expenses:CardFees": 291, "Assets:Stripe": -291}),
    ]


def test_an_amount_lowered_to_nothing_asks_no_card(evening: Evening, store: Store) -> None:
    evening.client(payment_type="in_network", copay=2500)
    evening.session()
    evening.close(skip=["s1"])
    with store.write("t") as uow:
        set_amount(uow, "s1", 0, "Waived once")
    closed = evening.close()
    assert evening.taken() == []
    assert codes(closed) == []


def test_cash_before_closing_reduces_what_the_card_is_asked(evening: Evening, store: Store) -> None:
    evening.client()
    evening.session()
    pay(store, 4000)
    closed = evening.close()
    assert evening.taken() == [11000]
    assert codes(closed) == []
    balance = evening.balance()
    assert (balance.patient_cents, balance.credit_cents) == (0, 0)


def test_credit_beyond_the_fee_stays_the_clients(evening: Evening, store: Store) -> None:
    evening.client()
    evening.session()
    pay(store, 20000)
    closed = evening.close()
    assert evening.taken() == []
    assert codes(closed) == []
    assert evening.balance().credit_cents == 5000


@pytest.mark.parametrize(("cash", "taken"), [(2500, []), (1000, [1500]), (4000, [])])
def test_a_copay_handed_over_in_cash_is_not_charged(
    evening: Evening, store: Store, cash: int, taken: list[int]
) -> None:
    evening.client(payment_type="in_network", copay=2500)
    evening.session()
    pay(store, cash)
    closed = evening.close()
    assert evening.taken() == taken
    assert codes(closed) == []
    assert evening.balance().credit_cents == max(cash, 2500)


def test_one_copay_in_cash_covers_one_session_only(evening: Evening, store: Store) -> None:
    evening.client(payment_type="in_network", copay=2500)
    evening.session("s1", hour=9)
    evening.session("s2", hour=14)
    pay(store, 3000)
    evening.close()
    assert evening.taken() == [2000]


def test_cash_of_an_earlier_day_is_not_tonights_copay(evening: Evening, store: Store) -> None:
    evening.client(payment_type="in_network", copay=2500)
    evening.session()
    pay(store, 2500, on=date(2026, 11, 16))
    evening.close()
    assert evening.taken() == [2500]


@pytest.mark.parametrize(
    ("method", "code", "decline", "state"),
    [
        ("pm_card_visa_chargeDeclined", "card-declined", "generic_decline", "declined"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "card-declined",
            "insufficient_funds",
            "declined",
        ),
        ("pm_card_chargeDeclinedExpiredCard", "card-declined", "expired_card", "declined"),
        (
            "pm_card_authenticationRequired",
            "card-needs-client",
            "authentication_required",
            "needs_client",
        ),
    ],
)
def test_a_decline_leaves_the_amount_due_and_says_why(
    evening: Evening, method: str, code: str, decline: str, state: str
) -> None:
    evening.client(card=method)
    evening.session()
    closed = evening.close()
    assert codes(closed) == [("s1", code)]
    assert closed.exceptions[0].message
    row = closed.review.rows[0]
    assert row.card is not None
    assert (row.card.state, row.card.decline_code) == (state, decline)
    assert row.due_cents == 15000
    assert evening.balance().patient_cents == 15000
    assert [kind for kind, _ in evening.books()] == ["charge"]


def test_a_declined_session_can_be_paid_in_cash(evening: Evening, store: Store) -> None:
    evening.client(card="pm_card_visa_chargeDeclined", payment_type="out_of_network",
                   superbill="session")  # fmt: skip
    evening.session()
    assert evening.close().superbills == ()
    pay(store, 15000)
    closed = evening.close()
    (bill,) = closed.superbills
    assert bill.paid_cents == 15000
    assert evening.taken() == []
    assert closed.review.rows[0].due_cents == 0
    assert codes(closed) == []


def test_an_unsigned_note_is_not_billed(evening: Evening) -> None:
    evening.client()
    evening.session(signed=False)
    for found in (evening.review(), evening.close()):
        assert codes(found) == [("s1", "unsigned-note")]
    row = evening.row()
    assert (row.signed, row.billed, row.route, row.fee_cents) == (False, False, "card", 15000)
    assert evening.books() == []


@pytest.mark.parametrize("minutes", [0, 1, 15])
def test_under_sixteen_minutes_nothing_is_billed(evening: Evening, minutes: int) -> None:
    evening.client()
    evening.session(minutes=minutes)
    closed = evening.close()
    assert codes(closed) == [("s1", "under-16-minutes")]
    assert f"This one had {minutes}." in closed.exceptions[0].message
    assert evening.books() == []


def test_breaks_can_take_a_session_below_sixteen_minutes(evening: Evening) -> None:
    evening.client()
    evening.session(minutes=25, break_minutes=10)
    assert codes(evening.close()) == [("s1", "under-16-minutes")]


def remove_diagnosis(uow: UnitOfWork) -> None:
    uow.session.query(Client).one().diagnoses = []


def add_diagnosis(uow: UnitOfWork, code: str = "F411") -> None:
    remove_diagnosis(uow)
    uow.session.flush()
    uow.session.query(Client).one().diagnoses = [ClientDiagnosis(position=1, code=code)]


def heading(uow: UnitOfWork) -> None:
    add_diagnosis(uow, "F431")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(remove_diagnosis, "no-diagnosis"), (heading, "diagnosis-not-billable")],
)
def test_without_a_billable_diagnosis_the_claim_is_held_until_it_is_mended(
    evening: Evening, store: Store, spoil: Callable[[UnitOfWork], None], code: str
) -> None:
    evening.client(payment_type="in_network", copay=2500)
    with store.write("t") as uow:
        spoil(uow)
    evening.session()
    closed = evening.close()
    assert codes(closed) == [("s1", code)]
    assert evening.row().claim.state == "blocked"  # type: ignore[union-attr]
    assert evening.taken() == [2500]  # the copay is due all the same
    assert evening.balance().insurer_cents == 15000
    with store.write("t") as uow:
        add_diagnosis(uow)
    assert codes(evening.close()) == []
    assert evening.row().claim.state == "queued"  # type: ignore[union-attr]
    assert evening.balance().insurer_cents == 15000


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(remove_diagnosis, "no-diagnosis"), (heading, "diagnosis-not-billable")],
)
def test_without_a_billable_diagnosis_the_superbill_is_held_and_the_card_charged(
    evening: Evening, store: Store, spoil: Callable[[UnitOfWork], None], code: str
) -> None:
    evening.client(payment_type="out_of_network", superbill="session")
    with store.write("t") as uow:
        spoil(uow)
    evening.session()
    closed = evening.close()
    assert codes(closed) == [("s1", code)]
    assert closed.superbills == ()
    assert evening.taken() == [15000]
    with store.write("t") as uow:
        add_diagnosis(uow)
    mended = evening.close()
    assert codes(mended) == []
    assert len(mended.superbills) == 1


def test_self_pay_without_superbill_needs_no_diagnosis(evening: Evening, store: Store) -> None:
    evening.client()
    with store.write("t") as uow:
        remove_diagnosis(uow)
    evening.session()
    assert codes(evening.close()) == []
    assert evening.taken() == [15000]


def test_without_a_fee_nothing_is_billed_until_there_is_one(evening: Evening, store: Store) -> None:
    with store.write("t") as uow:
        uow.session.query(Fee).filter_by(code="90834").delete()
    evening.client()
    evening.session()
    closed = evening.close()
    assert codes(closed) == [("s1", "no-fee")]
    assert "90834" in closed.exceptions[0].message
    assert evening.books() == []
    with store.write("t") as uow:
        uow.session.add(Fee(code="90834", fee_cents=14000))
    assert codes(evening.close()) == []
    assert evening.taken() == [14000]


def no_npi(uow: UnitOfWork) -> None:
    uow.session.query(Clinician).one().npi = ""
    uow.session.get_one(Practice, 1).npi = ""


def test_without_an_npi_claim_and_superbill_are_held(evening: Evening, store: Store) -> None:
    with store.write("t") as uow:
        no_npi(uow)
    evening.client("plan", payment_type="in_network")
    evening.client("oon", payment_type="out_of_network", superbill="session")
    evening.session("claim", "plan")
    evening.session("bill", "oon", hour=14)
    closed = evening.close()
    assert dict(codes(closed)) == {"claim": "no-clinician-npi", "bill": "superbill-incomplete"}
    assert all("NPI" in one.message for one in closed.exceptions)
    assert closed.superbills == ()
    assert evening.taken() == [15000]


def test_in_network_without_insurance_in_force_is_not_billed(evening: Evening) -> None:
    evening.client(payment_type="in_network")
    with evening.store.write("t") as uow:
        uow.session.query(Client).one().coverages[0].effective_to = date(2026, 10, 31)
    evening.session()
    assert codes(evening.close()) == [("s1", "no-coverage")]
    assert evening.books() == []


def test_a_session_cancelled_in_time_is_not_on_the_list(evening: Evening) -> None:
    evening.client()
    evening.session(status="cancelled")
    closed = evening.close()
    assert closed.review.rows == ()
    assert closed.exceptions == ()
    assert evening.books() == []


def test_exceptions_come_first_and_then_the_day_in_order(evening: Evening) -> None:
    evening.client()
    evening.session("a", hour=9)
    evening.session("b", hour=8)
    evening.session("c", hour=15, minutes=10)
    evening.session("d", hour=14, signed=False)
    assert [row.session_ref for row in evening.review().rows] == ["d", "c", "b", "a"]


def test_a_sessions_own_diagnosis_goes_before_the_charts(evening: Evening, store: Store) -> None:
    evening.client(payment_type="in_network")
    evening.session()
    with store.write("t") as uow:
        session = uow.session.query(world.Session).one()
        session.diagnoses = [SessionDiagnosis(position=1, code="F4310")]
        remove_diagnosis(uow)
    assert codes(evening.close()) == []
