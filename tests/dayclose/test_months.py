# SPDX-License-Identifier: MIT
"""A month is closed once its work is done; what comes later is posted later and says so."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.signing import sign_note
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.receipts import give_back, take_payment
from mediyn_desktop.dayclose.months import MonthRefused, close_month, left_to_do
from mediyn_desktop.ledger.queries import client_balances, journal
from mediyn_desktop.ledger.tables import ClosedPeriodRow, EntryRow, PaymentRow
from mediyn_desktop.store.uow import Store

FIRST, LAST, IN_IT = date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 15)


def test_an_unsigned_note_holds_the_month_until_it_is_signed(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow), day=IN_IT, signed=False)
        with pytest.raises(MonthRefused) as refused:
            close_month(uow, FIRST, LAST)
        assert refused.value.code == "month-unfinished"
        assert "s1" in refused.value.message
        assert uow.session.scalar(select(ClosedPeriodRow.id)) is None
        assert [one.code for one in left_to_do(uow, FIRST, LAST)] == ["unsigned-note"]
        sign_note(uow, "s1")
        assert close_month(uow, FIRST, LAST) == []


def test_signed_and_not_billed_and_waiting_cards_hold_it_too(store: Store) -> None:
    from mediyn_desktop.cards.attempts import plan_attempt
    from mediyn_desktop.cards.due import chargeable_card, due_on_card
    from mediyn_desktop.practice.tables import Card

    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.card(uow, ana)
        session = world.session(uow, ana, day=IN_IT)
        assert [one.code for one in left_to_do(uow, FIRST, LAST)] == ["not-billed"]
        charge = bill_session(uow, session)
        assert isinstance(charge, Charge)
        due = due_on_card(uow, charge)
        assert due is not None
        card = chargeable_card(due, today=uow.today, cap_cents=100_000)
        assert isinstance(card, Card)
        plan_attempt(uow, due, card)
        assert [one.code for one in left_to_do(uow, FIRST, LAST)] == ["card-waiting"]
        world.session(uow, ana, "none", day=IN_IT, hour=15, status="cancelled", signed=False)
        assert len(left_to_do(uow, FIRST, LAST)) == 1


def test_a_month_is_closed_anyway_with_a_reason_that_is_kept(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        world.session(uow, world.client(uow), day=IN_IT, signed=False)
        with pytest.raises(MonthRefused, match="needs a reason"):
            close_month(uow, FIRST, LAST, anyway="  ")
        assert len(close_month(uow, FIRST, LAST, anyway="Figures are due today")) == 1
        assert uow.session.scalars(select(ClosedPeriodRow.reason)).all() == [
            "Figures are due today"
        ]
        assert close_month(uow, FIRST, LAST) == []  # again: harmless


def test_a_month_that_is_not_over_stays_open(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        with pytest.raises(MonthRefused) as refused:
            close_month(uow, date(2026, 11, 1), date(2026, 11, 30))
        assert refused.value.code == "month-not-over"


def test_what_comes_later_is_posted_today_and_names_the_closed_day(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        world.session(uow, ana, day=IN_IT, signed=False)
        close_month(uow, FIRST, LAST, anyway="Late note")
        before = journal(uow)
    with store.write("t") as uow:
        charge = sign_note(uow, "s1")
        assert isinstance(charge, Charge)
        paid = take_payment(uow, "c1", 15000, "check", IN_IT)
        give_back(uow, paid, 5000, "Agreed")
        assert [row.received_on for row in uow.session.scalars(select(PaymentRow))] == [IN_IT]
        rows = uow.session.scalars(select(EntryRow).order_by(EntryRow.id)).all()
        assert [row.date for row in rows] == [world.DAY] * 3
        assert ["2026-10-15" in (row.reason or "") for row in rows] == [True, True, False]
        assert charge.date_of_service == IN_IT
        assert client_balances(uow, "c1")["c1"].patient_cents == 5000
        assert before == []
