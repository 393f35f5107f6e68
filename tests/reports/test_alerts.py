# SPDX-License-Identifier: MIT
"""Each alert comes when its line is crossed, goes when it is settled, and can be put aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.estimates import Wanted, issue_estimate
from mediyn_desktop.billing.package_sales import sell_package
from mediyn_desktop.billing.snoozes import SnoozeRefused, snooze
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.submission import make_claims
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.reports.alerts import Alert, alerts
from mediyn_desktop.reports.claim_alerts import NOT_FILED
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import undo


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """A practice being written to."""
    with store.write("t") as uow:
        world.practice(uow)
        yield uow


def of(found: list[Alert], kind: str) -> list[Alert]:
    return [one for one in found if one.kind == kind]


def insured(uow: UnitOfWork, days_ago: int = 0, **payer: object) -> Charge:
    """A billed in-network session ``days_ago`` with its claim, not sent."""
    ana = world.client(uow, payment_type="in_network")
    world.coverage(uow, ana)
    row = uow.session.query(Payer).one()
    for name, value in payer.items():
        setattr(row, name, value)
    day = world.DAY - timedelta(days=days_ago)
    charge = bill_session(uow, world.session(uow, ana, day=day))
    assert isinstance(charge, Charge)
    return charge


def sent(uow: UnitOfWork, charge: Charge, days_ago: int) -> None:
    """Hand the claim of ``charge`` over, ``days_ago``."""
    make_claims(uow, [charge])
    at = uow.now - timedelta(days=days_ago)
    file = ClaimSubmission(
        id=1, file_name="f", content=b"x", sha256="0", usage="T", made_at=at, handed_over_at=at
    )
    uow.session.add(file)
    uow.session.flush()
    claim = uow.session.scalars(select(Claim)).one()
    claim.state, claim.submission_id = ClaimState.SENT, 1
    uow.session.flush()


def test_a_quiet_practice_needs_nothing(uow: UnitOfWork) -> None:
    bill_session(uow, world.session(uow, world.client(uow)))
    assert alerts(uow) == []


@pytest.mark.parametrize(("limit", "raised"), [(14999, True), (15000, False)])
def test_a_high_balance(uow: UnitOfWork, limit: int, raised: bool) -> None:
    settings.set_value(uow, settings.ALERTS_BALANCE.key, str(limit))
    bill_session(uow, world.session(uow, world.client(uow)))
    found = of(alerts(uow), "balance-high")
    assert [(one.ref, one.amount_cents) for one in found] == ([("c1", 15000)] if raised else [])


@pytest.mark.parametrize(("days", "raised"), [(60, False), (61, True)])
def test_an_old_balance_until_it_is_paid(uow: UnitOfWork, days: int, raised: bool) -> None:
    day = world.DAY - timedelta(days=days)
    bill_session(uow, world.session(uow, world.client(uow), day=day))
    assert [one.since for one in of(alerts(uow), "balance-old")] == ([day] if raised else [])
    take_payment(uow, "c1", 15000, "cash", world.DAY, None)
    assert of(alerts(uow), "balance-old") == []


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("days", "expected", "raised"), [(31, None, True), (30, None, False), (31, 45, False)]
)
def test_a_claim_nobody_answered(
    uow: UnitOfWork, days: int, expected: int | None, raised: bool
) -> None:
    sent(uow, insured(uow, expected_payment_days=expected), days)
    found = of(alerts(uow), "claim-unpaid")
    assert [one.amount_cents for one in found] == ([15000] if raised else [])


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(44, None), (45, 2), (67, 2), (68, 1), (75, 1), (76, 0), (90, 0), (91, 0)],
)
def test_a_filing_deadline_grows_urgent(uow: UnitOfWork, days: int, urgency: int | None) -> None:
    insured(uow, days, timely_filing_days=90)
    found = [one.urgency for one in of(alerts(uow), "filing-deadline")]
    assert found == ([] if urgency is None else [urgency])


@pytest.mark.usefixtures("unchecked")
def test_a_sent_claim_has_no_deadline(uow: UnitOfWork) -> None:
    sent(uow, insured(uow, 80, timely_filing_days=90), 1)
    assert of(alerts(uow), "filing-deadline") == []


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("days", [45, 76, 91])
def test_a_refused_claim_keeps_its_deadline(uow: UnitOfWork, days: int) -> None:
    sent(uow, insured(uow, days, timely_filing_days=90), 1)
    uow.session.scalars(select(Claim)).one().state = ClaimState.REJECTED
    uow.session.flush()
    assert [one.ref for one in of(alerts(uow), "filing-deadline")] == ["s1"]
    assert len(of(alerts(uow), "claim-rejected")) == 1


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("state", sorted(set(ClaimState) - NOT_FILED - {ClaimState.WITHDRAWN}))
def test_no_deadline_runs_for_a_claim_that_was_filed_or_set_aside(
    uow: UnitOfWork, state: ClaimState
) -> None:
    sent(uow, insured(uow, 91, timely_filing_days=90), 1)
    uow.session.scalars(select(Claim)).one().state = state
    uow.session.flush()
    assert of(alerts(uow), "filing-deadline") == []


def test_a_held_claim(uow: UnitOfWork) -> None:
    charge = insured(uow)
    (claim,) = make_claims(uow, [charge])
    claim.state = ClaimState.BLOCKED
    uow.session.flush()
    assert [one.ref for one in of(alerts(uow), "claim-held")] == [claim.control_number]


def test_a_package_and_an_authorization_run_out(uow: UnitOfWork) -> None:
    ana = world.client(uow)
    world.package(uow, ana, 3, 30000)
    assert of(alerts(uow), "package-low") == []
    bill_session(uow, world.session(uow, ana))
    assert [one.amount_cents for one in of(alerts(uow), "package-low")] == [20000]

    bea = world.client(uow, "c2", payment_type="in_network")
    world.coverage(uow, bea, authorization_sessions=3)
    assert of(alerts(uow), "authorization-low") == []
    for number in range(3):
        bill_session(uow, world.session(uow, bea, f"b{number}", hour=8 + number))
    (low,) = of(alerts(uow), "authorization-low")
    assert (low.ref, low.urgency) == ("c2", 0)


def test_an_agreement_to_look_at_again(uow: UnitOfWork) -> None:
    world.client(uow)
    began = world.DAY - timedelta(days=200)
    agree_sliding(
        uow, "c1", tier="B", reason="x", effective_from=began, percent=50, review_on=world.DAY
    )
    assert [one.ref for one in of(alerts(uow), "agreement-review")] == ["c1"]


def test_a_declined_card_while_money_is_due(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        world.session(uow, ana)
    close_day(store, world.DAY, api=None, offline=True)
    with store.write("t") as uow:
        uow.session.scalars(select(CardAttempt)).one().state = "declined"
        uow.session.flush()
        (found,) = of(alerts(uow), "card-declined")
        assert (found.ref, found.amount_cents) == ("s1", 15000)
        take_payment(uow, "c1", 15000, "cash", world.DAY, None)
        assert of(alerts(uow), "card-declined") == []


def test_put_aside_until_its_day_or_until_it_grows(store: Store, clock: FixedClock) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, settings.ALERTS_BALANCE.key, "10000")
        ana = world.client(uow)
        bill_session(uow, world.session(uow, ana))
        (high,) = alerts(uow)
        until = world.DAY + timedelta(days=7)
        about = {
            "kind": high.kind, "ref": high.ref, "amount_cents": high.amount_cents,
            "urgency": high.urgency,
        }  # fmt: skip
        for bad, why in ((until, " "), (world.DAY, "x"), (until + timedelta(days=400), "x")):
            with pytest.raises(SnoozeRefused, match="Nothing was changed"):
                snooze(uow, **about, until=bad, reason=why)  # type: ignore[arg-type]
        snooze(uow, **about, until=until, reason="Pays on Friday")  # type: ignore[arg-type]
        assert alerts(uow) == []
        assert alerts(uow, snoozed=True) == [high]
    clock.advance(timedelta(days=8))
    with store.write("t") as uow:
        assert of(alerts(uow), "balance-high") == [high]
        snooze(uow, **about, until=uow.today + timedelta(days=9), reason="x")  # type: ignore[arg-type]
        assert alerts(uow) == []
        bill_session(uow, world.session(uow, ana, "s2", hour=14))
        assert [one.amount_cents for one in alerts(uow)] == [30000]


def test_a_deadline_put_aside_returns_when_it_presses(store: Store, clock: FixedClock) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        insured(uow, 46, timely_filing_days=90)
        (half,) = of(alerts(uow), "filing-deadline")
        doing.snooze(uow, half, until=world.DAY + timedelta(days=200), reason="On Friday")
        assert of(alerts(uow), "filing-deadline") == []
    seen = []
    for days in (21, 9, 15):  # to day 67, 76 and 91 of 90
        clock.advance(timedelta(days=days))
        with store.read() as read:
            seen += [one.message[:20] for one in of(alerts(read), "filing-deadline")]
    assert seen == [  # as important as before: still aside; then pressing
        "14 days are left to ", "The filing deadline ",
    ]  # fmt: skip


def test_an_undone_snooze_shows_the_alert_again(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        insured(uow, 80, timely_filing_days=90)
        before = alerts(uow)
        for _ in range(2):
            doing.snooze(uow, before[0], until=world.DAY + timedelta(days=3), reason="x")
            assert alerts(uow) == before[1:]
        undo(uow)
        assert alerts(uow) == before


def test_the_most_urgent_comes_first(uow: UnitOfWork) -> None:
    insured(uow, 80, timely_filing_days=90)
    bea = world.client(uow, "c2")
    world.package(uow, bea, 2, 20000)
    assert [one.kind for one in alerts(uow)] == ["filing-deadline", "package-low"]


@pytest.mark.parametrize(("sessions", "said"), [(1, "next session goes beyond"), (2, None)])
def test_an_estimate_about_to_be_exceeded(uow: UnitOfWork, sessions: int, said: str | None) -> None:
    ana = world.client(uow)
    issue_estimate(uow, Wanted("c1", "90834", sessions))
    bill_session(uow, world.session(uow, ana))
    found = of(alerts(uow), "estimate-exceeded")
    assert [said in one.message for one in found if said] == ([True] if said else [])
    assert len(found) == (1 if said else 0)


def test_a_session_ahead_without_an_estimate(uow: UnitOfWork) -> None:
    ahead = world.DAY + timedelta(days=7)
    world.session(uow, world.client(uow), day=ahead, signed=False)
    (found,) = of(alerts(uow), "estimate-due")
    assert found.ref == "c1"
    assert "2026-11-27" in found.message


@pytest.mark.parametrize(
    ("booked", "by"),
    [  # the session is on Monday, 2026-12-07; Thanksgiving lies between
        (date(2026, 11, 20), "2026-11-25"),  # ten business days ahead: three to give it
        (date(2026, 11, 23), "2026-11-24"),  # nine: one
        (date(2026, 11, 16), "2026-11-23"),  # that day has passed: today
        (None, "2026-12-04"),
    ],
)
def test_an_estimate_is_due_from_the_day_of_booking(
    uow: UnitOfWork, booked: date | None, by: str
) -> None:
    ahead = date(2026, 12, 7)
    world.session(uow, world.client(uow), day=ahead, signed=False, booked_on=booked)
    (found,) = of(alerts(uow), "estimate-due")
    assert f"by {by}." in found.message


def test_who_books_at_short_notice_is_owed_no_estimate(uow: UnitOfWork) -> None:
    soon = date(2026, 11, 25)
    world.session(uow, world.client(uow), day=soon, signed=False, booked_on=world.DAY)
    assert of(alerts(uow), "estimate-due") == []


def test_a_package_used_up_is_told_until_the_next_is_sold(store: Store, clock: FixedClock) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.package(uow, ana, 1, 10000)
        assert [one.kind for one in alerts(uow)] == ["package-low"]
        bill_session(uow, world.session(uow, ana))
        (found,) = alerts(uow)
        assert (found.kind, found.since) == ("package-used-up", world.DAY)
        sell_package(
            uow, "c1", code="90834", sessions=5, price_cents=50000, on=world.DAY, method="cash"
        )
        assert alerts(uow) == []
    clock.advance(timedelta(days=31))
    with store.read() as read:
        assert alerts(read) == []
