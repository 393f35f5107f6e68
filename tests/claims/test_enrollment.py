# SPDX-License-Identifier: MIT
"""The enrollment checklist: payers and exchanges stand somewhere, with dates that make sense."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mediyn_desktop.claims.enrollment import (
    BadEnrollment,
    Enrolled,
    Exchange,
    checklist,
    set_enrollment,
)
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.store.uow import Store

TODAY = date(2026, 11, 23)


@pytest.fixture
def payers(store: Store) -> None:
    with store.write("t") as uow:
        uow.session.add(Payer(ref="zed", name="Zed Health", payer_id="1"))
        uow.session.add(Payer(ref="blue", name="Blue Plan", payer_id="2"))


def set_it(store: Store, state: Enrolled, on: date | None = None, note: str | None = None) -> None:
    with store.write("t") as uow:
        set_enrollment(uow, "blue", Exchange.REMITTANCE, state, on=on, note=note)


def remittance(store: Store) -> tuple[Enrolled, date | None, date | None, str]:
    with store.read() as read:
        row = next(
            row
            for row in checklist(read)
            if (row.payer_ref, row.exchange) == ("blue", Exchange.REMITTANCE)
        )
        return row.state, row.sent_on, row.approved_on, row.note


@pytest.mark.usefixtures("payers")
def test_every_payer_begins_with_everything_to_do(store: Store) -> None:
    with store.read() as read:
        rows = checklist(read)
    assert [(row.payer_ref, row.exchange.value) for row in rows] == [
        (ref, exchange)
        for ref in ("blue", "zed")
        for exchange in ("claims", "remittance", "eligibility")
    ]
    assert {row.state for row in rows} == {Enrolled.TO_DO}


@pytest.mark.usefixtures("payers")
def test_it_moves_from_sent_to_approved_with_its_dates(store: Store) -> None:
    set_it(store, Enrolled.SENT, date(2026, 11, 2), note=" form 17 ")
    set_it(store, Enrolled.APPROVED)
    assert remittance(store) == (Enrolled.APPROVED, date(2026, 11, 2), TODAY, "form 17")
    set_it(store, Enrolled.SENT)  # once more: the approval is gone
    assert remittance(store) == (Enrolled.SENT, TODAY, None, "form 17")
    set_it(store, Enrolled.NOT_NEEDED, note="")
    assert remittance(store) == (Enrolled.NOT_NEEDED, None, None, "")


@pytest.mark.usefixtures("payers")
def test_dates_that_cannot_be_are_refused(store: Store) -> None:
    set_it(store, Enrolled.SENT, date(2026, 11, 10))
    before = remittance(store)
    for state, on in (
        (Enrolled.APPROVED, date(2026, 11, 9)),
        (Enrolled.APPROVED, TODAY + timedelta(days=1)),
        (Enrolled.SENT, TODAY + timedelta(days=1)),
    ):
        with pytest.raises(BadEnrollment, match="Nothing was changed"):
            set_it(store, state, on)
    assert remittance(store) == before


def test_a_payer_nobody_knows_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        set_it(store, Enrolled.SENT)
