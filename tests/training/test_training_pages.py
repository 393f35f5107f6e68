# SPDX-License-Identifier: MIT
"""The page where a client saves a card, filled in as a browser does it, on this computer."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request

import pytest
from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.cards.on_file.asking import make_page, plan_request
from mediyn_desktop.cards.on_file.looking import look
from mediyn_desktop.cards.on_file.tables import CardRequest
from mediyn_desktop.practice.tables import Card, Client
from mediyn_desktop.training.cards import TEST_CARDS
from mediyn_desktop.training.putting import put_card

GOOD = "4242424242424242"


def ask(training, client: str) -> tuple[int, str]:
    """Ask a client for a card; return the request and the page's address."""
    with training.store.write("Ask for a card") as uow:
        ident = plan_request(uow, client, ("sessions", "copays", "fees"))
    with app.processor_for_now(training.store) as api:
        make_page(training.store, api, ident)
    with training.store.read() as read:
        return ident, read.session.get_one(CardRequest, ident).url


def fill(url: str, **form: str) -> tuple[int, str]:
    """Send the page's form; return the status and what the page says then."""
    try:
        with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), 10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def cards(training, client: str) -> list[tuple[str, bool]]:
    """The client's cards on file, oldest first: last four digits, whether it is the default."""
    with training.store.read() as read:
        rows = read.session.execute(
            select(Card.last4, Card.is_default)
            .join(Client)
            .where(Client.ref == client)
            .order_by(Card.id)
        )
        return [tuple(row) for row in rows]


def test_the_page_opens_again_after_the_program_was_closed(opened):
    training = opened()
    ident, url = ask(training, "c06")
    again = opened()
    with urllib.request.urlopen(url, timeout=60) as page:
        assert "Training: play money only." in page.read().decode()
    assert fill(url, number=GOOD, expires="12/34", cvc="123")[0] == 200
    with app.processor_for_now(again.store) as api:
        assert look(again.store, api, ident) == "completed"
    assert cards(again, "c06") == [("4242", True)]


@pytest.mark.parametrize("card", TEST_CARDS, ids=lambda card: card.number[-4:])
def test_every_card_is_taken_or_refused_on_the_page_as_promised(page, card):
    status, text = fill(page(), number=card.number, expires="12/34", cvc="123")
    if "Your bank asks" in text:
        assert card.number[-4:] in ("3184", "3155")
    else:
        assert (status == 402) == card.refused_on_page


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Make one page after the other, at a processor of their own."""
    import stripe

    from mediyn_desktop.sandbox.processor import CardProcessor

    with CardProcessor() as processor:
        processor.do("POST customers", customer="cus_page")
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": processor.base_url})

        def make() -> str:
            return client.v1.checkout.sessions.create(
                {
                    "mode": "setup",
                    "currency": "usd",
                    "customer": "cus_page",
                    "success_url": "https://x.example",
                }
            ).url

        yield make


def test_a_card_from_the_panel_is_charged_before_one_from_the_page(training):
    ident, url = ask(training, "c01")
    assert fill(url, number=GOOD, expires="12/34", cvc="123")[0] == 200
    with app.processor_for_now(training.store) as api:
        look(training.store, api, ident)
    put_card(training, "c01", "5555555555554444")
    assert cards(training, "c01")[-1] == ("4444", True)
    assert [default for _, default in cards(training, "c01")].count(True) == 1
