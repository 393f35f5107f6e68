# SPDX-License-Identifier: MIT
"""Fees for missed sessions: who may not be asked, the first one free, waived by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.missed import FIRST_WAIVED, WaiverRefused, record_waiver
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.practice.tables import Client, Coverage, Payer
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork


def missed(uow: UnitOfWork, owner: Client, ref: str = "s1", days: int = 0) -> Charge:
    """Bill a no-show ``days`` after the usual day."""
    day = world.DAY + timedelta(days=days)
    charge = bill_session(uow, world.session(uow, owner, ref, status="no_show", day=day))
    assert isinstance(charge, Charge)
    return charge


@pytest.mark.parametrize(
    ("filing", "allowed", "route"),
    [
        ("CI", None, "fee"),
        ("MC", None, "waived"),
        ("MC", True, "fee"),  # a state's program may say otherwise
        ("CI", False, "waived"),
        ("MB", None, "fee"),  # Medicare: allowed where everybody pays it
    ],
)
def test_the_payer_decides_whether_a_fee_may_be_asked(
    store: Store, filing: str, allowed: bool | None, route: str
) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        payer = uow.session.query(Payer).one()
        payer.claim_filing_code, payer.missed_fee_allowed = filing, allowed
        uow.session.flush()
        charge = missed(uow, ana)
        assert charge.route == route
        assert (charge.total_cents == 0) is (route == "waived")


def test_a_second_insurer_that_is_medicaid_forbids_it_too(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        medicaid = Payer(ref="p-md", name="State Plan", payer_id="99999", claim_filing_code="MC")
        uow.session.add(medicaid)
        uow.session.flush()
        second = Coverage(
            client_id=ana.id, rank=2, payer_id=medicaid.id, member_id="M1", copay_cents=0
        )
        uow.session.add(second)
        uow.session.flush()
        uow.session.expire_all()
        assert missed(uow, ana).route == "waived"


def test_the_first_is_free_where_the_policy_says_so(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, settings.POLICY_FIRST_WAIVED.key, "yes")
        ana = world.client(uow)
        first = missed(uow, ana)
        assert (first.route, first.reason) == ("waived", FIRST_WAIVED)
        assert missed(uow, ana, "s2", days=-1).route == "fee"  # told late: one was free already
        assert missed(uow, ana, "s3", days=1).route == "fee"
        assert missed(uow, world.client(uow, "c2"), "s4").route == "waived"


def test_without_that_policy_none_is_free(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        assert missed(uow, world.client(uow)).route == "fee"


def test_one_fee_is_waived_by_hand_with_its_reason(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow)
        session = world.session(uow, ana, status="late_cancel")
        with pytest.raises(WaiverRefused, match="needs a reason"):
            record_waiver(uow, session, reason=" ")
        record_waiver(uow, session, reason="Snow storm")
        with pytest.raises(WaiverRefused, match="waived before"):
            record_waiver(uow, session, reason="Snow storm")
        charge = bill_session(uow, session)
        assert isinstance(charge, Charge)
        assert (charge.route, charge.total_cents) == ("waived", 0)
        assert charge.reason == "Waived: Snow storm"
