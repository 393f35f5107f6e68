# SPDX-License-Identifier: MIT
"""Checkout pages and payment links: made by the program, used by a client in a browser."""

from __future__ import annotations

from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

import pytest
import stripe
from asking import ask

from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.cards import CARDS, by_behaviour

GOOD, SHORT, ASKS = "4242424242424242", "4000000000009995", "4000002760003184"
SUCCESS = "https://practice.example/thanks"
ITEM = {
    "quantity": 1,
    "price_data": {
        "currency": "usd",
        "unit_amount": 12500,
        "product_data": {"name": "Balance"},
    },
}


def setup_page(client, **more):
    return client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "customer": "cus_anna",
            "success_url": SUCCESS,
            "allowed_payment_method_types": ["card"],
            "setup_intent_data": {"metadata": {"ref": "k"}},
            **more,
        }
    )


def payment_page(client, **more):
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": SUCCESS,
            "line_items": [ITEM],
            "payment_intent_data": {"metadata": {"iid": "i1"}},
            **more,
        }
    )


def one_time_link(client):
    return client.v1.payment_links.create(
        {
            "line_items": [ITEM],
            "restrictions": {"completed_sessions": {"limit": 1}},
            "metadata": {"ref": "k"},
            "payment_intent_data": {"metadata": {"iid": "i1"}},
            "inactive_message": "Already paid. Thank you.",
        }
    )


class Browser:
    """Fetches pages as a browser does, with the origin it would send."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url

    def get(self, url: str) -> tuple[HTTPResponse, str]:
        return self._ask("GET", url, None, {})

    def send(self, url: str, origin: str | None = None, **form: str) -> tuple[HTTPResponse, str]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": origin or self._base,
        }
        return self._ask("POST", url, urlencode(form), headers)

    def _ask(self, method, url, body, headers) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection(urlsplit(self._base).netloc)
        connection.request(method, urlsplit(url).path, body, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply, text


@pytest.fixture
def browser(processor, customer) -> Browser:
    return Browser(processor.base_url)


def test_a_card_is_saved_on_the_hosted_page(client, browser) -> None:
    made = setup_page(client)
    assert (made.status, made.payment_status, made.mode) == (
        "open",
        "no_payment_required",
        "setup",
    )
    reply, text = browser.get(made.url)
    assert reply.status == 200
    assert "Save a card" in text
    assert GOOD in text  # the test cards are offered
    reply, text = browser.send(made.url, number="4242 4242 4242 4242", expires="04/31", cvc="123")
    assert "The card is saved." in text
    done = client.v1.checkout.sessions.retrieve(
        made.id, {"expand": ["setup_intent.payment_method"]}
    )
    assert (done.status, done.url) == ("complete", None)
    saved = done.setup_intent.payment_method
    assert (saved.customer, saved.card.last4, saved.card.exp_year) == ("cus_anna", "4242", 2031)
    assert done.setup_intent.metadata["ref"] == "k"
    kinds = [event.type for event in client.v1.events.list().data]
    assert kinds[:3] == [
        "checkout.session.completed",
        "setup_intent.succeeded",
        "payment_method.attached",
    ]


def test_a_declined_card_can_be_replaced_on_the_same_page(client, browser) -> None:
    made = payment_page(client)
    reply, text = browser.send(made.url, number=SHORT, expires="12/34")
    assert reply.status == 402
    assert "insufficient funds" in text
    assert client.v1.checkout.sessions.retrieve(made.id).status == "open"
    _, text = browser.send(made.url, number=GOOD, expires="12/34")
    assert "Paid. Thank you." in text
    assert SUCCESS in text
    done = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert (done.status, done.payment_status, done.amount_total) == ("complete", "paid", 12500)
    intent = done.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 12500)
    assert intent.metadata["iid"] == "i1"
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 2
    reply, text = browser.send(made.url, number=GOOD, expires="12/34")
    assert "Nothing was charged again" in text
    assert len(client.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize("kind", ["setup", "payment"])
def test_the_bank_asks_and_the_client_answers(client, browser, kind) -> None:
    made = (setup_page if kind == "setup" else payment_page)(client)
    _, text = browser.send(made.url, number=ASKS, expires="12/34")
    assert "Yes, it is me" in text
    assert "Yes, it is me" in browser.get(made.url)[1]
    reply, text = browser.send(made.url, bank="no")
    assert reply.status == 402
    assert "could not confirm" in text
    browser.send(made.url, number=ASKS, expires="12/34")
    browser.send(made.url, bank="yes")
    assert client.v1.checkout.sessions.retrieve(made.id).status == "complete"


def test_a_card_that_asks_once_is_charged_without_asking_afterwards(client, browser) -> None:
    made = setup_page(client)
    browser.send(made.url, number="4000002500003155", expires="12/34")
    browser.send(made.url, bank="yes")
    saved = client.v1.payment_methods.list({"customer": "cus_anna", "type": "card"}).data[0]
    paid = client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": "cus_anna",
            "payment_method": saved.id,
            "confirm": True,
            "off_session": True,
        }
    )
    assert paid.status == "succeeded"


def test_a_payment_the_bank_has_not_decided_is_told_later(client, browser, clock) -> None:
    made = payment_page(client)
    number = by_behaviour(Behaviour.PROCESSING_SUCCEEDS).number
    _, text = browser.send(made.url, number=number, expires="12/34")
    assert "has not decided" in text
    waiting = client.v1.checkout.sessions.retrieve(made.id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    clock.advance(timedelta(minutes=2))
    assert client.v1.checkout.sessions.retrieve(made.id).payment_status == "paid"
    told = client.v1.events.list({"type": "checkout.session.async_payment_succeeded"}).data
    assert told[0].data.object.id == made.id


def test_a_page_expires_by_itself_and_on_request(client, browser, clock) -> None:
    early, late = setup_page(client), payment_page(client)
    ended = client.v1.checkout.sessions.expire(early.id)
    assert (ended.status, ended.url) == ("expired", None)
    assert client.v1.setup_intents.retrieve(early.setup_intent).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(early.id)
    clock.advance(timedelta(hours=24))
    assert client.v1.checkout.sessions.retrieve(late.id).status == "expired"
    assert "closed" in browser.get(f"/c/pay/{late.id}")[1]
    reply, _ = browser.send(f"/c/pay/{late.id}", number=GOOD, expires="12/34")
    assert reply.status == 400
    assert client.v1.payment_intents.list().data == []
    assert len(client.v1.events.list({"type": "checkout.session.expired"}).data) == 2


def test_the_intent_of_a_page_is_left_to_the_page(client, browser) -> None:
    saving, paying = setup_page(client), payment_page(client)
    browser.send(paying.url, number=SHORT, expires="12/34")
    tried = client.v1.checkout.sessions.retrieve(paying.id).payment_intent
    for call in (
        lambda: client.v1.payment_intents.cancel(tried),
        lambda: client.v1.payment_intents.confirm(tried, {"payment_method": "pm_good"}),
        lambda: client.v1.setup_intents.cancel(saving.setup_intent),
        lambda: client.v1.setup_intents.confirm(saving.setup_intent),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
            call()
    client.v1.checkout.sessions.expire(paying.id)
    assert client.v1.payment_intents.retrieve(tried).status == "canceled"


def test_terms_have_to_be_agreed_where_the_practice_asks(client, browser) -> None:
    made = setup_page(client, consent_collection={"terms_of_service": "required"})
    reply, _ = browser.send(made.url, number=GOOD, expires="12/34")
    assert reply.status == 400
    browser.send(made.url, number=GOOD, expires="12/34", agreed="yes")
    done = client.v1.checkout.sessions.retrieve(made.id)
    assert done.consent.terms_of_service == "accepted"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"success_url": ""}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price": "price_x", "quantity": 1}]}, "line_items[0][price]"),
        ({"expires_at": 1}, "expires_at"),
        ({"payment_intent_data": {"shoe_size": "9"}}, "payment_intent_data[shoe_size]"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"customer": "cus_anna", "customer_email": "a@example.org"}, "customer_email"),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(client, browser, change, param) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        payment_page(client, **change)
    assert refusal.value.param == param


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"line_items": [ITEM]}, "line_items"),
        ({"payment_intent_data": {"metadata": {"iid": "x"}}}, "payment_intent_data"),
        ({"allowed_payment_method_types": []}, "currency"),
        ({"setup_intent_data": {"shoe_size": "9"}}, "setup_intent_data[shoe_size]"),
        ({"customer": "cus_nobody"}, "customer"),
    ],
)
def test_a_page_to_save_a_card_that_makes_no_sense_is_refused(client, browser, change, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        setup_page(client, **change)
    assert refusal.value.param == param


def test_pages_and_links_are_relabelled(client, browser) -> None:
    made = payment_page(client, metadata={"ref": "k"})
    changed = client.v1.checkout.sessions.update(made.id, {"metadata": {"ref": "k2"}})
    assert changed.metadata["ref"] == "k2"
    link = one_time_link(client)
    more = {"metadata": {"ref": "k2"}, "restrictions": {"completed_sessions": {"limit": 2}}}
    assert client.v1.payment_links.update(link.id, more).metadata["ref"] == "k2"
    assert client.v1.payment_links.retrieve(link.id).restrictions.completed_sessions.limit == 2
    items = client.v1.payment_links.line_items.list(link.id).data
    assert [item.amount_total for item in items] == [12500]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_links.update(link.id, {"line_items": [{"id": "li_1"}]})
    assert refusal.value.code == "sandbox_unsupported"


def test_sessions_are_listed_by_what_they_belong_to(client, browser) -> None:
    saved, link = setup_page(client), one_time_link(client)
    browser.get(link.url)
    listed = client.v1.checkout.sessions.list
    assert [row.id for row in listed({"customer": "cus_anna"}).data] == [saved.id]
    opened = listed({"payment_link": link.id, "status": "open"}).data
    assert [row.metadata["ref"] for row in opened] == ["k"]
    items = client.v1.checkout.sessions.line_items.list(opened[0].id).data
    assert [(item.description, item.amount_total) for item in items] == [("Balance", 12500)]


def test_a_link_opens_a_new_page_each_time_and_closes_after_its_limit(client, browser) -> None:
    link = one_time_link(client)
    first, second = (browser.get(link.url)[0].headers["Location"] for _ in range(2))
    assert first != second
    _, text = browser.send(first, number=GOOD, expires="12/34")
    assert "Paid" in text
    closed = client.v1.payment_links.retrieve(link.id)
    assert closed.restrictions.completed_sessions.count == 1
    assert closed.active is False
    assert "Already paid. Thank you." in browser.get(link.url)[1]
    reply, _ = browser.send(second, number=GOOD, expires="12/34")
    assert reply.status == 400
    assert len(client.v1.payment_intents.list().data) == 1
    assert client.v1.payment_intents.list().data[0].metadata["iid"] == "i1"


def test_a_closed_link_leaves_open_pages_payable_until_they_are_expired(client, browser) -> None:
    link = one_time_link(client)
    page = browser.get(link.url)[0].headers["Location"]
    changed = client.v1.payment_links.update(link.id, {"active": False})
    assert changed.active is False
    assert "Already paid" in browser.get(link.url)[1]
    assert [row.id for row in client.v1.payment_links.list({"active": False}).data] == [link.id]
    assert client.v1.payment_links.list({"active": True}).data == []
    assert "Pay $125.00" in browser.get(page)[1]
    session = client.v1.checkout.sessions.list({"payment_link": link.id, "status": "open"}).data[0]
    client.v1.checkout.sessions.expire(session.id)
    assert browser.send(page, number=GOOD, expires="12/34")[0].status == 400


def test_another_process_plays_the_client(processor, client, browser) -> None:
    link = one_time_link(client)
    page = ask(processor, "POST", "pages/open", {"payment_link": link.id})[1]
    assert page["url"] == f"{processor.base_url}/c/pay/{page['id']}"

    def pay(number: str, **more: object):
        given = {"checkout_session": page["id"], "number": number, **more}
        return ask(processor, "POST", "pages/pay", given)

    status, declined = pay(SHORT)
    assert (status, declined["error"]["decline_code"]) == (402, "insufficient_funds")
    assert pay(ASKS, proved=False)[0] == 402
    status, done = pay(ASKS, email="a@example.org")
    assert (status, done["status"], done["payment_status"]) == (200, "complete", "paid")
    assert done["customer_details"]["email"] == "a@example.org"
    assert ask(processor, "GET", "totals")[1]["i1"]["amount"] == 12500
    assert ask(processor, "POST", "pages/open", {"payment_link": link.id})[0] == 400
    assert pay(GOOD)[0] == 400


def test_a_link_that_makes_customers_makes_one_for_each_payment(client, browser) -> None:
    link = client.v1.payment_links.create({"line_items": [ITEM], "customer_creation": "always"})
    page = browser.get(link.url)[0].headers["Location"]
    browser.send(page, number=GOOD, expires="12/34", email="a@example.org")
    done = client.v1.checkout.sessions.list({"payment_link": link.id}).data[0]
    assert client.v1.customers.retrieve(done.customer).email == "a@example.org"
    assert client.v1.payment_links.retrieve(link.id).active is True


def test_text_from_outside_is_shown_as_text(client, browser) -> None:
    name = "<script>alert(1)</script>"
    price = {**ITEM["price_data"], "product_data": {"name": name}}
    made = payment_page(
        client,
        line_items=[{"quantity": 1, "price_data": price}],
        success_url="javascript:alert(1)",
    )
    _, text = browser.get(made.url)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    reply, text = browser.send(made.url, number=GOOD, expires="12/34")
    assert "javascript:" not in text
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_another_web_page_cannot_use_the_hosted_pages(client, browser) -> None:
    made = payment_page(client)
    reply, _ = browser.send(made.url, origin="https://example.org", number=GOOD, expires="12/34")
    assert reply.status == 403
    assert client.v1.checkout.sessions.retrieve(made.id).status == "open"


@pytest.mark.parametrize("expires", ["", "soon", "13/30", "01/9999"])
def test_a_date_that_is_none_is_asked_again(client, browser, expires) -> None:
    reply, text = browser.send(payment_page(client).url, number=GOOD, expires=expires)
    assert reply.status == 400
    assert "month and year" in text


def test_an_expired_or_real_card_is_refused(client, browser) -> None:
    made = payment_page(client)
    assert browser.send(made.url, number=GOOD, expires="01/20")[0].status == 402
    reply, text = browser.send(made.url, number="4111111111111111", expires="12/34")
    assert reply.status == 402
    assert "not one of the test cards" in text


def test_an_unknown_page_is_missing(browser) -> None:
    assert browser.get("/c/pay/cs_test_none")[0].status == 404
    assert browser.send("/c/pay/cs_test_none", number=GOOD, expires="12/34")[0].status == 404
    assert browser.get("/p/plink_none")[0].status == 404


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_test_card_has_an_outcome_on_the_page(client, browser, card) -> None:
    made = payment_page(client)
    reply, text = browser.send(made.url, number=card.number, expires="12/34")
    if "Yes, it is me" in text:
        reply, text = browser.send(made.url, bank="yes")
    session = client.v1.checkout.sessions.retrieve(made.id)
    paid = reply.status == 200
    assert session.status == ("complete" if paid else "open")
    assert paid == (
        not card.label.startswith(("Declined", "Blocked", "Can be", "HSA or FSA card that refuses"))
    )
