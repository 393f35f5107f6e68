# SPDX-License-Identifier: MIT
"""Which fee applies, and the reason given for every one that does not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import world
from mediyn_desktop.billing.charges import NotBilled, bill_session
from mediyn_desktop.billing.explaining import SessionFee, explain_fee, explain_session
from mediyn_desktop.billing.pricing import FeeLine, weigh
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.practice.sliding import agree_sliding
from mediyn_desktop.practice.tables import Fee, Session
from mediyn_desktop.store.uow import Store

DAY = world.DAY
GENERAL = FeeLine(15000, None, None, None)
SINCE_JULY = FeeLine(15500, None, None, date(2026, 7, 1))
NEXT_YEAR = FeeLine(16000, None, None, date(2027, 1, 1))
REMOTE = FeeLine(14000, None, None, None, "95")
AUDIO = FeeLine(13000, None, None, None, "93")
PAYERS = FeeLine(12000, 7, None, None)
CLIENTS = FeeLine(9000, None, 3, None)


@pytest.mark.parametrize(
    ("fees", "modifiers", "client", "payer", "cents"),
    [
        ([GENERAL], [], 3, None, 15000),
        ([GENERAL, SINCE_JULY], [], 3, None, 15500),
        ([GENERAL, NEXT_YEAR], [], 3, None, 15000),
        ([GENERAL, SINCE_JULY, REMOTE], ["95"], 3, None, 14000),
        ([GENERAL, REMOTE], [], 3, None, 15000),
        ([GENERAL, AUDIO, REMOTE], ["95", "93"], 3, None, 14000),
        ([GENERAL, PAYERS], [], 3, 7, 12000),
        ([GENERAL, PAYERS], [], 3, 8, 15000),
        ([GENERAL, REMOTE, PAYERS], ["95"], 3, 7, 12000),
        ([GENERAL, PAYERS, CLIENTS], [], 3, 7, 9000),
        ([GENERAL, PAYERS, CLIENTS], [], 4, 7, 12000),
    ],
)
def test_the_narrowest_fee_that_has_begun_applies(
    fees: list[FeeLine], modifiers: list[str], client: int, payer: int | None, cents: int
) -> None:
    for order in (fees, fees[::-1]):
        found = weigh(order, on=DAY, client=client, payer=payer, modifiers=modifiers)
        assert found.price is not None
        assert found.price.cents == cents


def test_what_was_passed_over_says_why() -> None:
    fees = [GENERAL, SINCE_JULY, NEXT_YEAR, REMOTE, PAYERS, CLIENTS]
    found = weigh(fees, on=DAY, client=4, payer=None, modifiers=[])
    assert found.best == SINCE_JULY
    assert {one.fee: one.why for one in found.passed_over} == {
        GENERAL: "The fee since 2026-07-01 replaced it.",
        NEXT_YEAR: "It begins on 2027-01-01, after the day asked about.",
        REMOTE: "The session has no modifier 95.",
        PAYERS: "The session is not billed to this payer.",
        CLIENTS: "It is another client's.",
    }


def test_no_fitting_fee_is_no_price() -> None:
    assert weigh([NEXT_YEAR], on=DAY, client=1, payer=None).price is None


_FEES = st.builds(
    FeeLine,
    st.integers(0, 30000),
    st.sampled_from([None, 7]),
    st.sampled_from([None, 3]),
    st.sampled_from([None, date(2026, 1, 1), date(2027, 1, 1)]),
    st.sampled_from([None, "95"]),
)


@given(st.lists(_FEES, max_size=8), st.sampled_from([[], ["95"]]))
def test_every_fee_is_used_or_explained(fees: list[FeeLine], modifiers: list[str]) -> None:
    found = weigh(fees, on=DAY, client=3, payer=7, modifiers=modifiers)
    used = [] if found.best is None else [found.best]
    assert len(used) + len(found.passed_over) == len(fees)
    assert all(one.why for one in found.passed_over)


def test_a_price_is_explained_with_the_agreement_that_lowers_it(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.client(uow)
        uow.session.add(Fee(code="90834", fee_cents=14000, modifier="95"))
        plain = explain_fee(uow, "90834", on=DAY, client="c1")
        assert (plain.cents, plain.rule) == (15000, "the general fee: $150.00")
        assert explain_fee(uow, "90834", on=DAY, modifiers=["95"]).cents == 14000

        agree_sliding(
            uow, "c1", tier="B", reason="Income", effective_from=date(2026, 1, 1), percent=60
        )
        lowered = explain_fee(uow, "90834", on=DAY, client="c1")
        assert (lowered.cents, lowered.list_cents) == (9000, 15000)
        assert lowered.rule.startswith("sliding fee “B” (60%): $90.00; list price is the general")
        missed = explain_fee(uow, "NO_SHOW", on=DAY, client="c1")
        assert missed.cents == 8000
        assert missed.passed_over[0].why == "It does not cover missed sessions."

        nothing = explain_fee(uow, "90839", on=DAY, client="c1")
        assert nothing.cents == 12000
        assert explain_fee(uow, "99999", on=DAY).cents is None
        with pytest.raises(NotFound):
            explain_fee(uow, "90834", on=DAY, payer="nobody")


# -- one session


def test_what_a_session_would_have_cost_on_another_day_and_why(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        uow.session.add(Fee(code="90834", fee_cents=16000, effective_from=date(2026, 11, 1)))
        uow.session.flush()
        agree_sliding(
            uow, "c1", tier="B", reason="Income", effective_from=date(2026, 9, 1),
            effective_to=date(2026, 9, 30), percent=50,
        )  # fmt: skip
        charge = bill_session(uow, world.session(uow, ana))
        assert isinstance(charge, Charge)
        uow.session.add(Fee(code="90834", fee_cents=17000, effective_from=date(2026, 11, 20)))
    for on, cents, rule in (
        (None, 17000, "the general fee since 2026-11-20: $170.00"),
        (date(2026, 11, 5), 16000, "the general fee since 2026-11-01: $160.00"),
        (date(2026, 10, 1), 15000, "the general fee: $150.00"),
        (date(2026, 9, 15), 7500, "sliding fee “B” (50%): $75.00; list price is the general fee"),
    ):
        with store.read() as read:
            found = explain_session(read, "s1", on=on)
            assert isinstance(found, SessionFee)
            assert found.asked_cents == cents
            assert rule in found.rule
            assert (found.billed_cents, found.billed_rules) == (
                16000, ("the general fee since 2026-11-01: $160.00",),
            )  # fmt: skip
            assert read.session.query(Session).count() == 1
    with store.read() as read:
        found = explain_session(read, "s1", on=date(2026, 11, 5))
        assert isinstance(found, SessionFee)
        assert [(one.cents, one.why) for one in found.fees[0].passed_over] == [
            (15000, "The fee since 2026-11-01 replaced it."),
            (17000, "It begins on 2026-11-20, after the day asked about."),
        ]


def test_an_insured_session_has_the_payers_fee_of_that_day(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        cover = world.coverage(uow, ana, effective_from=date(2026, 10, 1))
        uow.session.add(Fee(code="90834", fee_cents=14000, payer_id=cover.payer_id))
        world.session(uow, ana)
    with store.read() as read:
        found = explain_session(read, "s1")
        assert isinstance(found, SessionFee)
        assert (found.road, found.asked_cents) == ("claim_and_copay", 14000)
        before = explain_session(read, "s1", on=date(2026, 9, 30))
        assert isinstance(before, NotBilled)
        assert before.code == "no-coverage"


def test_asking_about_a_session_changes_nothing(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow))
    with store.write("Ask") as uow:
        explain_session(uow, "s1", on=date(2026, 1, 5))
    with store.read() as read:
        session = read.session.query(Session).one()
        assert session.date_of_service == world.DAY
        assert session.note is not None
    with pytest.raises(NotFound), store.read() as read:
        explain_session(read, "nope")
