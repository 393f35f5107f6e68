# SPDX-License-Identifier: MIT
"""Good faith estimates: what they say, what they refuse, and how billing stands against them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.courtesy import promise_courtesy
from mediyn_desktop.billing.estimate_tracking import (
    Against,
    estimates_needed,
    latest_tracked,
    standing,
    track,
)
from mediyn_desktop.billing.estimates import (
    EstimateRefused,
    Wanted,
    due_on,
    estimate_of,
    issue_estimate,
    months_later,
    preview_estimate,
)
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.practice.tables import Clinician, Fee
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """A practice being written to, with one self-pay client, c1."""
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        yield uow


YEAR = Wanted("c1", "90837", 48, intake=True)


def test_a_year_with_an_intake_adds_up(uow: UnitOfWork) -> None:
    uow.session.query(Fee).filter_by(code="90837").one().fee_cents = 17500
    uow.session.flush()
    found = preview_estimate(uow, YEAR)
    assert [(line.code, line.sessions, line.total_cents) for line in found.lines] == [
        ("90791", 1, 22500),
        ("90837", 48, 840000),
    ]
    assert found.total_cents == 862500
    assert (found.starts_on, found.ends_on) == (world.DAY, date(2027, 11, 22))
    assert found.provider_npi == "1234567893"
    assert found.provider_state == "NY"
    assert found.diagnoses == ("F411",)
    assert len(found.disclaimers) == 5


def test_a_preview_stores_nothing_and_an_issued_one_is_kept_as_given(uow: UnitOfWork) -> None:
    preview_estimate(uow, YEAR)
    with pytest.raises(NotFound):
        estimate_of(uow, "c1")
    given_one = issue_estimate(uow, YEAR)
    uow.session.query(Fee).filter_by(code="90837").one().fee_cents = 99900
    uow.session.flush()
    assert estimate_of(uow, "c1") == given_one
    again = issue_estimate(uow, YEAR)
    assert (given_one.version, again.version) == (1, 2)
    assert again.total_cents > given_one.total_cents
    assert estimate_of(uow, "c1", version=1) == given_one


def test_a_given_estimate_is_never_changed(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        issue_estimate(uow, YEAR)
    for sql in ("UPDATE estimate SET total_cents = 1", "DELETE FROM estimate_item"):
        with pytest.raises(DBAPIError, match="never"), store.engine.begin() as connection:
            connection.exec_driver_sql(sql)


def test_the_charge_expected_is_the_one_after_the_agreement(uow: UnitOfWork) -> None:
    agree_sliding(uow, "c1", tier="B", reason="Income", effective_from=world.DAY, percent=50)
    assert preview_estimate(uow, YEAR).lines[1].unit_cents == 9000


@pytest.mark.parametrize(
    ("kind", "expected"), [("out_of_network", 21000), ("self_pay", 18000), ("pro_bono", 0)]
)
def test_the_charge_expected_is_what_billing_asks(
    uow: UnitOfWork, kind: str, expected: int
) -> None:
    ben = world.client(uow, "c2", payment_type=kind)
    payer = world.coverage(uow, ben).payer_id
    uow.session.add(Fee(code="90837", fee_cents=21000, payer_id=payer))
    uow.session.flush()
    uow.session.expire_all()
    found = preview_estimate(uow, Wanted("c2", "90837", 1))
    charge = bill_session(uow, world.session(uow, ben, minutes=60))
    assert isinstance(charge, Charge)
    assert found.lines[0].unit_cents == charge.total_cents == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "99999x"}, "bad-code"),
        ({"code": "NO_SHOW"}, "bad-code"),
        ({"code": "90846"}, "no-fee"),
        ({"sessions": 0}, "bad-sessions"),
        ({"sessions": 367}, "bad-sessions"),
        ({"starts_on": world.DAY - timedelta(days=1)}, "bad-day"),
        ({"ends_on": date(2027, 11, 23)}, "too-long"),
        ({"ends_on": world.DAY, "starts_on": world.DAY + timedelta(days=1)}, "estimate-refused"),
        ({"scheduled_on": world.DAY + timedelta(days=1)}, "bad-day"),
        ({"requested_on": world.DAY + timedelta(days=1)}, "bad-day"),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    uow: UnitOfWork, change: dict[str, object], code: str
) -> None:
    values = {"client_ref": "c1", "code": "90837", "sessions": 4, **change}
    with pytest.raises(EstimateRefused) as refused:
        issue_estimate(uow, Wanted(**values))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert "Nothing was stored" in refused.value.message


def test_missing_facts_are_named_together(uow: UnitOfWork) -> None:
    world.client(uow, "c2", dob=None)
    uow.session.query(Clinician).one().npi = ""
    uow.session.flush()
    with pytest.raises(EstimateRefused, match="date of birth and the therapist's NPI"):
        preview_estimate(uow, Wanted("c2", "90837", 4))


def test_an_insured_client_needs_one_only_without_the_plan(uow: UnitOfWork) -> None:
    ben = world.client(uow, "c2", payment_type="in_network")
    world.coverage(uow, ben)
    with pytest.raises(EstimateRefused) as refused:
        preview_estimate(uow, Wanted("c2", "90837", 4))
    assert refused.value.code == "insured"
    own = preview_estimate(uow, Wanted("c2", "90837", 4, not_using_plan=True))
    assert own.total_cents == 72000


def test_the_earlier_of_the_two_clocks_counts() -> None:
    monday, service = date(2027, 1, 4), date(2027, 1, 19)
    assert due_on(scheduled_on=monday, service=service, requested_on=None) == date(2027, 1, 7)
    assert due_on(scheduled_on=monday, service=service, requested_on=date(2026, 12, 30)) == date(
        2027, 1, 5
    )
    assert due_on(scheduled_on=None, service=service, requested_on=None) is None


def test_an_estimate_after_its_last_day_is_late(uow: UnitOfWork) -> None:
    asked = world.DAY - timedelta(days=7)
    assert preview_estimate(uow, Wanted("c1", "90837", 4, requested_on=asked)).late
    assert not preview_estimate(uow, Wanted("c1", "90837", 4, requested_on=world.DAY)).late


@given(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.integers(0, 24))
def test_months_later_is_the_same_day_or_the_last_of_a_short_month(day: date, months: int) -> None:
    found = months_later(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("billed", "expected"),
    [
        (862500 - 17500, Against.WITHIN),
        (862500 - 17499, Against.NEXT_EXCEEDS),
        (862500, Against.NEXT_EXCEEDS),
        (862501, Against.EXCEEDED),
        (862500 + 22499, Against.EXCEEDED),
        (862500 + 22500, Against.NEAR_LINE),
        (902499, Against.NEAR_LINE),
        (902500, Against.DISPUTABLE),
    ],
)
def test_the_line_is_four_hundred_dollars_inclusive(billed: int, expected: Against) -> None:
    assert standing(862500, billed, 17500) is expected


def test_what_was_billed_counts_without_missed_fees_claims_and_gifts(uow: UnitOfWork) -> None:
    ana = world.client(uow, "c2")
    issue_estimate(uow, Wanted("c2", "90834", 3))
    bill_session(uow, world.session(uow, ana, "a"))
    bill_session(uow, world.session(uow, ana, "b", hour=12, status="no_show"))
    promised = world.session(uow, ana, "c", hour=14)
    promise_courtesy(uow, promised.ref, cents=5000, reason="A hard month")
    bill_session(uow, promised)
    bill_session(uow, world.session(uow, ana, "d", day=world.DAY - timedelta(days=1)))
    (found,) = track(uow, "c2")
    assert (found.billed_cents, found.standing) == (15000 + 10000, Against.WITHIN)
    assert (found.next_cents, found.over_cents) == (15000, 25000 - 45000)


def test_gross_sliding_counts_as_what_is_asked(uow: UnitOfWork) -> None:
    settings.set_value(uow, settings.BILLING_SLIDING.key, "gross")
    ana = world.client(uow, "c2")
    agree_sliding(uow, "c2", tier="B", reason="Income", effective_from=world.DAY, percent=60)
    issue_estimate(uow, Wanted("c2", "90834", 1))
    bill_session(uow, world.session(uow, ana, "a"))
    (found,) = track(uow, "c2")
    assert (found.total_cents, found.billed_cents) == (9000, 9000)


def test_a_new_estimate_ends_the_time_of_the_one_before(uow: UnitOfWork) -> None:
    ana = world.client(uow, "c2")
    issue_estimate(uow, Wanted("c2", "90834", 1))
    bill_session(uow, world.session(uow, ana, "a"))
    issue_estimate(uow, Wanted("c2", "90834", 10, starts_on=world.DAY + timedelta(days=1)))
    first, second = track(uow, "c2")
    assert (first.billed_cents, first.ends_on) == (15000, world.DAY)
    assert (second.billed_cents, second.standing) == (0, Against.WITHIN)
    assert [one.version for one in latest_tracked(uow)] == [1]


def test_a_session_ahead_needs_an_estimate_that_covers_it_at_its_fee(uow: UnitOfWork) -> None:
    ana = world.client(uow, "c2")
    ahead = world.DAY + timedelta(days=14)
    world.session(uow, ana, "a", day=ahead, signed=False)
    (needed,) = estimates_needed(uow)
    assert (needed.client_ref, needed.service, needed.changed) == ("c2", ahead, False)
    assert needed.by == date(2026, 12, 4)
    issue_estimate(uow, Wanted("c2", "90834", 10))
    assert estimates_needed(uow) == []
    uow.session.add(Fee(code="90834", fee_cents=16000, effective_from=date(2026, 12, 1)))
    uow.session.flush()
    (changed,) = estimates_needed(uow)
    assert changed.changed
    issue_estimate(uow, Wanted("c2", "90834", 10, starts_on=date(2026, 12, 1)))
    assert estimates_needed(uow) == []
