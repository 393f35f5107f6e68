# SPDX-License-Identifier: MIT
"""A payment link: one balance, paid once, and never together with a saved card."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from purse import Purse
from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.links.closing import close
from mediyn_desktop.cards.links.offering import LinkRefused, make_link, plan_link
from mediyn_desktop.cards.links.standing import links_on, shares_of, view_links
from mediyn_desktop.cards.links.tables import PaymentLink
from mediyn_desktop.cards.receipts import ChargeUnknown, take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import NO_ANSWER
from mediyn_desktop.ledger import payments
from mediyn_desktop.sandbox.processor.faults import Fault

MAKE = "/v1/payment_links"


def offer(purse: Purse, client: str = "c1", session: str | None = None) -> int:
    with purse.till.store.write("t") as uow:
        ident = plan_link(uow, client, session=session)
    make_link(purse.till.store, purse.till.api, ident)
    return ident


def link(purse: Purse, ident: int) -> PaymentLink:
    with purse.till.store.read() as read:
        row = read.session.get_one(PaymentLink, ident)
        read.session.expunge(row)
        return row


def url(purse: Purse, ident: int) -> str:
    found = link(purse, ident).url
    assert found is not None
    return found


def taken(purse: Purse) -> int:
    return sum(one["amount_received"] for one in purse.till.intents("succeeded"))


def test_a_paid_link_posts_like_any_payment_and_once(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    assert link(purse, ident).state == "active"
    purse.pay_page(purse.open_page(url(purse, ident)))
    purse.poll()
    purse.poll(sweep=True)
    assert link(purse, ident).state == "paid"
    assert purse.owes() == (0, 0)
    assert purse.account("Expenses:CardFees") == 465
    purse.till.accept()  # and a comparison finds nothing to post
    purse.poll(sweep=True)
    assert purse.account("Assets:Stripe") == 15000 - 465
    purse.agrees()
    # It can be paid back like any card payment.
    paid = purse.payment(str(link(purse, ident).intent))
    assert purse.pay_back(paid, 15000) == "succeeded"


def test_only_opaque_words_leave_with_a_link(purse: Purse) -> None:
    purse.till.owe(first_name="Zzcanary", last_name="Zzcanary", email="zz@example.org")
    ident = offer(purse)
    (sent,) = [one for one in purse.world.requests if (one.method, one.path) == ("POST", MAKE)]
    mark = {"iid": link(purse, ident).iid}
    assert sent.params == {
        "line_items": [
            {
                "price_data": {
                    "currency": "usd",
                    "product_data": {"name": "Balance"},
                    "unit_amount": "15000",
                },
                "quantity": "1",
            }
        ],
        "metadata": mark,
        "payment_intent_data": {"metadata": mark},
        "restrictions": {"completed_sessions": {"limit": "1"}},
    }


def test_the_same_link_is_not_made_twice(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    assert offer(purse) == ident
    assert purse.world.counts()["payment_link"] == 1
    purse.till.owe_again("c1", "s9")
    with pytest.raises(LinkRefused) as refused:
        offer(purse)
    assert refused.value.code == "link-open"


def test_a_saved_card_is_charged_only_after_the_link_is_closed_for_good(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    page = purse.open_page(url(purse, ident))
    (attempt,) = purse.till.queue()
    purse.till.run()
    assert link(purse, ident).state == "closed"
    assert purse.till.state(attempt) == State.SUCCEEDED
    order = [
        one.path.partition("plink_")[0] + "|" + one.method
        for one in purse.world.requests
        if one.method == "POST"
    ]
    confirm = max(i for i, one in enumerate(order) if one.startswith("/v1/payment_intents"))
    assert order.index("/v1/payment_links/|POST") < confirm
    with pytest.raises(Exception, match="expired"):
        purse.pay_page(page)
    assert taken(purse) == 15000
    purse.poll(sweep=True)
    purse.agrees()


def test_a_client_who_paid_the_link_at_the_last_moment_is_not_charged(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    page = purse.open_page(url(purse, ident))
    (attempt,) = purse.till.queue()
    purse.pay_page(page)
    purse.till.run()
    purse.till.run()
    assert link(purse, ident).state == "paid"
    assert purse.till.state(attempt) == State.CANCELED
    assert taken(purse) == 15000
    assert purse.owes() == (0, 0)


@pytest.mark.parametrize(
    "path",
    [r"/v1/payment_links/plink_\w+", r"/v1/checkout/sessions", r"/v1/checkout/sessions/\w+/expire"],
)
@pytest.mark.parametrize("kind", ["reset_after", "500_before", "truncated", "list_cut"])
def test_a_link_that_cannot_be_closed_holds_its_charges(purse: Purse, path: str, kind: str) -> None:
    purse.till.owe()
    ident = offer(purse)
    page = purse.open_page(url(purse, ident))
    (attempt,) = purse.till.queue()
    purse.till.processor.faults.script(Fault(kind, path=path, times=3))
    purse.till.run()
    charged = purse.till.state(attempt) == State.SUCCEEDED
    if not charged:
        assert taken(purse) == 0
        purse.pay_page(page) if purse.world.get("checkout.session", page)[
            "status"
        ] == "open" else None
    purse.till.processor.faults.clear()
    for _ in range(2):
        purse.till.clock.advance(timedelta(minutes=15))
        purse.till.run()
    purse.converge()
    assert taken(purse) == 15000
    assert purse.owes() == (0, 0)
    purse.agrees()


def test_a_link_takes_the_place_of_charges_that_wait(purse: Purse) -> None:
    (attempt,) = purse.till.queue(purse.till.owe())
    ident = offer(purse)
    assert purse.till.state(attempt) == State.CANCELED
    purse.till.run()
    assert taken(purse) == 0
    purse.pay_page(purse.open_page(url(purse, ident)))
    purse.poll()
    assert purse.owes() == (0, 0)


def test_a_declined_charge_is_withdrawn_when_a_link_is_offered(purse: Purse) -> None:
    attempt = purse.till.sell("pm_card_visa_chargeDeclinedInsufficientFunds")
    purse.till.run()
    assert purse.till.state(attempt) == State.DECLINED
    offer(purse)
    purse.till.days_pass(1)
    purse.till.run()
    assert purse.till.state(attempt) == State.CANCELED
    assert taken(purse) == 0


def test_no_link_while_a_charge_is_unknown(purse: Purse) -> None:
    purse.till.sell()
    purse.till.processor.faults.script(
        Fault("reset_after", method="POST", path=r"/v1/payment_intents/\w+/confirm"),
        Fault("reset_before", method="GET", path=r"/v1/payment_intents/\w+", times=9),
    )
    purse.till.run()
    with pytest.raises(ChargeUnknown):
        offer(purse)


def test_cash_for_the_same_balance_closes_the_link(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    address = url(purse, ident)
    with purse.till.store.write("t") as uow:
        take_payment(uow, "c1", 5000, "cash")
    assert link(purse, ident).state == "closing"
    purse.poll()
    assert link(purse, ident).state == "closed"
    with pytest.raises(Exception, match="no longer active"):
        purse.open_page(address)


def test_a_link_asks_for_what_the_credit_does_not_cover(purse: Purse) -> None:
    purse.till.owe()
    with purse.till.store.write("t") as uow:
        payments.record_payment(
            uow, ref="p1", client="c1", cents=4000, method="cash", on=uow.today, source="payment:p1"
        )
    ident = offer(purse)
    assert link(purse, ident).amount_cents == 11000
    with purse.till.store.read() as read:
        assert [one.amount_cents for one in view_links(read, client="c1")] == [11000]


@pytest.mark.parametrize(
    "kind",
    ["reset_before", "reset_after", "truncated", "500_after", "500_forgotten", "409", "late"],
)
def test_a_lost_answer_makes_one_link_that_can_be_paid(purse: Purse, kind: str) -> None:
    purse.till.owe()
    purse.till.processor.faults.script(Fault(kind, method="POST", path=MAKE, times=2))
    with purse.till.store.write("t") as uow:
        ident = plan_link(uow, "c1")
    with contextlib.suppress(LinkRefused):
        make_link(purse.till.store, purse.till.api, ident)
    purse.till.processor.faults.clear()
    assert offer(purse) == ident
    assert link(purse, ident).state == "active"
    active = [one for one in purse.world.newest_first("payment_link") if one["active"]]
    assert [one["metadata"]["iid"] for one in active] == [link(purse, ident).iid]


@pytest.mark.parametrize(
    "where",
    [
        "mediyn_desktop.cards.stripe_api.links.Links.create",
        "mediyn_desktop.cards.stripe_api.links.Links.read",
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_kill_while_a_link_is_made_leaves_one(
    purse: Purse, monkeypatch: pytest.MonkeyPatch, where: str, after: bool
) -> None:
    purse.till.owe()
    with purse.till.power_cut(monkeypatch, where, after=after):
        offer(purse)
    with purse.till.store.read() as read:
        (ident,) = read.session.scalars(select(PaymentLink.id))
    assert offer(purse) == ident
    assert purse.world.counts()["payment_link"] == 1
    assert link(purse, ident).state == "active"


@pytest.mark.parametrize(
    "where",
    [
        "mediyn_desktop.cards.stripe_api.links.Links.deactivate",
        "mediyn_desktop.cards.stripe_api.links.Links.expire",
        "mediyn_desktop.cards.links.closing.look",
    ],
)
def test_a_kill_while_closing_charges_nobody_twice(
    purse: Purse, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    purse.till.owe()
    ident = offer(purse)
    purse.open_page(url(purse, ident))
    purse.till.queue()
    with purse.till.power_cut(monkeypatch, where):
        purse.till.run()
    assert taken(purse) == 0
    purse.till.run()
    assert taken(purse) == 15000
    assert link(purse, ident).state == "closed"
    purse.converge()
    purse.agrees()


def test_an_amount_that_differs_is_looked_at_by_a_person(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    purse.poll(sweep=True)
    purse.pay_page(purse.open_page(url(purse, ident)))
    purse.till.processor.faults.script(
        Fault("lie", method="GET", path=r"/v1/payment_intents/\w+", changes={"amount": 1}, times=9)
    )
    purse.poll()
    assert link(purse, ident).state == "review"
    assert purse.owes() == (15000, 0)
    assert purse.account("Assets:Stripe") == 0
    with purse.till.store.read() as read:
        assert links_on(read, [share.item for share in shares_of(read, link(purse, ident))])


def test_a_restored_ledger_finds_a_link_payment_it_forgot(purse: Purse, tmp_path: Path) -> None:
    purse.till.owe()
    before = purse.till.copy(tmp_path / "before")
    ident = offer(purse)
    purse.pay_page(purse.open_page(url(purse, ident)))
    purse.poll()
    purse.till.restore(before)
    (found,) = purse.till.compare().findings
    assert (found.kind, found.client_ref) == ("review", "c1")
    purse.till.accept()
    assert purse.owes() == (0, 0)
    purse.converge()
    purse.agrees()


def test_closing_by_hand_and_an_unreachable_processor(purse: Purse) -> None:
    purse.till.owe()
    ident = offer(purse)
    purse.till.processor.faults.script(Fault("reset_before", path="/v1/payment_links.*", times=9))
    with pytest.raises(NO_ANSWER):
        close(purse.till.store, purse.till.api, ident)
    assert link(purse, ident).state == "closing"
    purse.till.processor.faults.clear()
    purse.poll()
    assert link(purse, ident).state == "closed"
    with purse.till.store.read() as read:
        assert len(read.session.scalars(select(Charge)).all()) == 1
    again = offer(purse)
    assert again != ident
    assert link(purse, again).iid != link(purse, ident).iid
