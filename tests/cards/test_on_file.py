# SPDX-License-Identifier: MIT
"""A card on file: asked for once, saved by the client, agreed to, and never charged by itself."""

from __future__ import annotations

import contextlib
import itertools
import random
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from shelf import CUSTOMERS, MASTERCARD, PAGES, VISA, Shelf
from sqlalchemy import func, select
from till import Till

from mediyn_desktop.cards.on_file import asking, looking
from mediyn_desktop.cards.on_file.asking import AskRefused, make_page
from mediyn_desktop.cards.on_file.consents import view_consents
from mediyn_desktop.cards.on_file.following import finish
from mediyn_desktop.cards.on_file.history import history
from mediyn_desktop.cards.on_file.looking import end, look
from mediyn_desktop.cards.on_file.tables import CardConsent, CardCustomer, CardRequest
from mediyn_desktop.cards.stripe_api import NO_ANSWER, SetupPage, StripeApi
from mediyn_desktop.cards.stripe_api.allowed import AGREEING
from mediyn_desktop.cards.stripe_api.setups import Setups
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.practice.tables import Card
from mediyn_desktop.sandbox.processor import customers, outside
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.sandbox.processor.forms import Params
from mediyn_desktop.sandbox.processor.payment_methods import detach

FAULTS = (
    "reset_before", "reset_after", "hang_before", "hang_after", "truncated", "200_html",
    "200_html_after", "500_before", "500_after", "500_forgotten", "429", "409",
)  # fmt: skip


PLACES = (PAGES, f"{PAGES}/cs_.*", CUSTOMERS, "/v1/setup_intents/.*", "/v1/payment_methods/.*")


@pytest.fixture
def shelf(till: Till) -> Shelf:
    one = Shelf(till)
    one.client()
    return one


def rows(shelf: Shelf, table: type) -> int:
    with shelf.till.store.read() as read:
        return read.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_client_saves_a_card_on_the_page_and_nothing_is_charged(shelf: Shelf) -> None:
    asked = shelf.ask("c1", "sessions", "copays")
    assert (asked.state, asked.scopes, asked.how) == ("open", ("sessions", "copays"), "page")
    assert shelf.cards() == []
    assert shelf.fill(asked.url) == 200
    shelf.poll()
    (card,) = shelf.cards("c1")
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == ("visa", "4242", 12, 2030)
    assert (card.scopes, card.is_default) == (("sessions", "copays"), True)
    done = shelf.request(asked.id)
    assert (done.state, done.card_last4, done.url) == ("completed", "4242", None)
    shelf.poll(sweep=True)
    shelf.till.run()
    assert len(shelf.cards()) == 1
    shelf.charged_nothing()


def test_what_leaves_names_nobody(shelf: Shelf) -> None:
    shelf.client("c9", first_name="Zzcanary", last_name="Zzcanary", email="zz@example.org")
    shelf.saved("c9")
    (customer,) = [one for one in shelf.sent(CUSTOMERS) if "iid" in one.params["metadata"]]
    assert set(customer.params) == {"metadata"}
    (page,) = shelf.sent(PAGES)
    mark = page.params["client_reference_id"]
    assert page.params == {
        "mode": "setup",
        "allowed_payment_method_types": ["card"],
        "client_reference_id": mark,
        "consent_collection": {"payment_method_reuse_agreement": {"position": "auto"}},
        "custom_text": {"submit": {"message": AGREEING}},
        "customer": shelf.attached()[0]["customer"],
        "metadata": {"iid": mark},
        "setup_intent_data": {"metadata": {"iid": mark}},
        "success_url": "https://stripe.com/",
        "wallet_options": {"link": {"display": "never"}},
        "ui_mode": "hosted_page",  # what the processor takes where nothing is said
    }
    assert "zzcanary" not in str([one.params for one in shelf.world.requests]).lower()


def test_the_page_says_that_saving_is_agreeing(shelf: Shelf) -> None:
    url = str(shelf.ask().url)
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert AGREEING in answer.read().decode()
    assert clinical_word(AGREEING) is None


def test_the_consent_is_kept_in_its_very_words(shelf: Shelf) -> None:
    asked = shelf.ask("c1", "fees")
    shelf.fill(asked.url)
    shelf.poll()
    with shelf.till.store.read() as read:
        (kept,) = view_consents(read, client="c1")
        (row,) = read.session.scalars(select(CardConsent))
    assert (kept.text, kept.how, kept.scopes) == (asked.text, "page", ("fees",))
    assert (row.last4, row.brand, row.exp_month, row.exp_year) == ("4242", "visa", 12, 2030)
    assert row.text_sha256 == kept.text_sha256
    assert len(row.text_sha256) == 64


def test_the_same_question_is_asked_once(shelf: Shelf) -> None:
    first = shelf.ask()
    assert shelf.ask() == first
    assert len(shelf.sent(PAGES)) == 1
    with pytest.raises(AskRefused) as refused:
        shelf.ask("c1", "fees")
    assert refused.value.code == "request-open"
    end(shelf.till.store, shelf.till.api, first.id)
    assert shelf.request(first.id).state == "closed"
    assert shelf.fill(first.url) != 200
    assert shelf.ask("c1", "fees").state == "open"


def test_one_customer_for_all_cards_of_a_client(shelf: Shelf) -> None:
    shelf.saved()
    shelf.saved(number=MASTERCARD)
    assert {one["customer"] for one in shelf.attached()} == {shelf.attached()[0]["customer"]}
    assert len(shelf.attached()) == 2
    assert [one.last4 for one in shelf.cards()] == ["4444", "4242"]
    assert [one.is_default for one in shelf.cards()] == [False, True]


def test_a_card_from_a_file_keeps_its_customer(till: Till) -> None:
    shelf = Shelf(till)
    till.owe()
    shelf.saved("c1", number=MASTERCARD)
    with till.store.read() as read:
        assert set(read.session.scalars(select(Card.stripe_customer))) == {"cus_c1"}


def test_the_same_card_saved_twice_is_one_card(shelf: Shelf) -> None:
    first = shelf.saved()
    again = shelf.saved("c1", "sessions", "fees")
    assert again.id == first.id
    assert again.scopes == ("sessions", "fees")  # the newer consent counts
    shelf.poll()
    assert len(shelf.attached()) == 1
    with shelf.till.store.read() as read:
        assert len(view_consents(read, client="c1")) == 2


def test_the_same_number_with_a_new_date_takes_the_place_of_the_old_one(shelf: Shelf) -> None:
    first = shelf.saved()
    again = shelf.saved(expires="03/33")
    assert (again.id, again.exp_month, again.exp_year) == (first.id, 3, 2033)
    shelf.poll()
    (left,) = shelf.attached()
    with shelf.till.store.read() as read:
        assert read.session.get_one(Card, first.id).stripe_payment_method == left["id"]
        assert "good through 03/2033" in [one.text for one in history(read, "c1")][1]


def test_a_page_that_expires_is_asked_for_anew(shelf: Shelf) -> None:
    first = shelf.ask()
    shelf.till.days_pass(1.1)
    shelf.poll()
    assert shelf.request(first.id).state == "expired"
    second = shelf.ask()
    assert second.id != first.id
    shelf.fill(second.url)
    shelf.poll()
    assert len(shelf.cards()) == 1


def test_a_bank_that_wants_proof_is_waited_for(shelf: Shelf) -> None:
    asked = shelf.ask()
    shelf.fill(asked.url, "4000002500003155")
    shelf.poll()
    assert shelf.request(asked.id).state == "open"
    assert shelf.send(asked.url, bank="yes") == 200
    shelf.poll()
    assert shelf.request(asked.id).state == "completed"


def test_a_card_the_bank_refuses_at_once_is_not_saved(shelf: Shelf) -> None:
    asked = shelf.ask()
    assert shelf.fill(asked.url, "4000000000000002") == 402
    shelf.poll()
    assert shelf.request(asked.id).state == "open"
    assert shelf.cards() == []
    assert shelf.fill(asked.url) == 200
    shelf.poll()
    assert [one.last4 for one in shelf.cards()] == ["4242"]


def test_a_client_who_is_faster_than_closing_has_saved_the_card(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = shelf.ask()
    expire = Setups.expire

    def too_late(self: Setups, page: str) -> SetupPage:
        shelf.fill(asked.url)
        return expire(self, page)

    monkeypatch.setattr("mediyn_desktop.cards.stripe_api.setups.Setups.expire", too_late)
    assert end(shelf.till.store, shelf.till.api, asked.id) == "completed"
    assert len(shelf.cards()) == 1


# -- nobody knows what became of a request


@pytest.mark.parametrize("path", [PAGES, CUSTOMERS])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_lost_answer_makes_no_second_page(shelf: Shelf, kind: str, path: str) -> None:
    # The remote mark of the ledger is a customer too; only requests for a card are made here.
    shelf.till.processor.faults.script(Fault(kind, method="POST", path=path, seconds=0.01))
    with contextlib.suppress(AskRefused):
        shelf.ask()
    shelf.till.processor.faults.clear()
    asked = shelf.ask()
    assert asked.state == "open"
    assert shelf.world.counts()["checkout.session"] == 1
    marked = [one for one in shelf.world.newest_first("customer") if "iid" in one["metadata"]]
    assert len(marked) == 1
    shelf.fill(asked.url)
    shelf.poll()
    assert len(shelf.cards()) == 1
    shelf.charged_nothing()


@pytest.mark.parametrize(
    "step",
    [
        "mediyn_desktop.cards.on_file.asking._prove_account",
        "mediyn_desktop.cards.stripe_api.customers.Customers.create",
        "mediyn_desktop.cards.on_file.asking._customer",
        "mediyn_desktop.cards.stripe_api.setups.Setups.create",
        "mediyn_desktop.cards.on_file.looking._page_of",
        "mediyn_desktop.cards.on_file.looking.record",
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_step_leaves_one_page(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    ident = shelf.plan()
    with shelf.till.power_cut(monkeypatch, step, after=after):
        make_page(shelf.till.store, shelf.till.api, ident)
    asked = shelf.ask()
    assert (asked.id, asked.state) == (ident, "open")
    assert shelf.world.counts()["checkout.session"] == 1
    shelf.fill(asked.url)
    for part in ("record", "_read"):
        where = f"mediyn_desktop.cards.on_file.looking.{part}"
        with shelf.till.power_cut(monkeypatch, where, after=True):
            look(shelf.till.store, shelf.till.api, ident)
    shelf.poll()
    assert shelf.request(ident).state == "completed"
    assert (rows(shelf, Card), rows(shelf, CardConsent)) == (1, 1)


def test_a_page_that_was_never_made_is_given_up_after_its_day(shelf: Shelf) -> None:
    shelf.till.processor.faults.script(Fault("reset_before", method="POST", path=PAGES, times=9))
    with pytest.raises(AskRefused) as refused:
        shelf.ask()
    assert refused.value.code == "request-unknown"
    shelf.till.processor.faults.clear()
    shelf.till.days_pass(1.1)
    shelf.poll()
    (row,) = shelf.requests()
    assert row.state == "closed"


def test_a_restored_ledger_finds_the_page_again(shelf: Shelf, tmp_path: Path) -> None:
    backup = shelf.till.copy(tmp_path / "backup")
    asked = shelf.ask()
    shelf.fill(asked.url)
    shelf.till.restore(backup)
    again = shelf.ask()  # the same question: the client need not answer it twice
    assert again.state == "completed"
    assert len(shelf.cards()) == 1
    assert shelf.world.counts()["checkout.session"] == 1
    marked = [one for one in shelf.world.newest_first("customer") if "iid" in one["metadata"]]
    assert len(marked) == 1


def test_a_restored_ledger_that_asks_for_something_else_makes_its_own_page(
    shelf: Shelf, tmp_path: Path
) -> None:
    backup = shelf.till.copy(tmp_path / "backup")
    shelf.fill(shelf.ask("c1", "sessions").url)
    shelf.till.restore(backup)
    asked = shelf.ask("c1", "fees")
    assert asked.state == "open"  # what the client agreed to before is not taken for this
    assert shelf.cards() == []


# -- a processor that lies

LIES = {
    "another customer on the page": (f"{PAGES}/cs_.*", {"customer": "cus_other"}),
    "another page": (f"{PAGES}/cs_.*", {"id": "cs_test_other"}),
    "a page that pays": (f"{PAGES}/cs_.*", {"mode": "payment"}),
    "somebody else's page": (f"{PAGES}/cs_.*", {"client_reference_id": "0" * 32}),
    "the other mode": (f"{PAGES}/cs_.*", {"livemode": True}),
    "an odd state": (f"{PAGES}/cs_.*", {"status": "half"}),
    "nothing was set up": (f"{PAGES}/cs_.*", {"setup_intent": None}),
    "saved for another": ("/v1/setup_intents/seti_.*", {"customer": "cus_other"}),
    "another mark": ("/v1/setup_intents/seti_.*", {"metadata": {"iid": "0" * 32}}),
    "not finished": ("/v1/setup_intents/seti_.*", {"status": "processing"}),
    "the card of another": ("/v1/payment_methods/pm_.*", {"customer": "cus_other"}),
    "another card": ("/v1/payment_methods/pm_.*", {"id": "pm_other"}),
    "a card of the other mode": ("/v1/payment_methods/pm_.*", {"livemode": True}),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_changes_nothing_and_is_put_before_a_person(shelf: Shelf, name: str) -> None:
    path, changes = LIES[name]
    asked = shelf.ask()
    shelf.fill(asked.url)
    shelf.till.processor.faults.script(Fault("lie", method="GET", path=path, changes=changes))
    look(shelf.till.store, shelf.till.api, asked.id)
    doubted = shelf.request(asked.id)
    assert doubted.state == "review"
    assert "No card was put on file" in str(doubted.message)
    assert (shelf.cards(), rows(shelf, CardConsent)) == ([], 0)
    # The right answer later heals it.
    shelf.poll()
    assert shelf.request(asked.id).state == "completed"
    assert len(shelf.cards()) == 1
    shelf.charged_nothing()


@pytest.mark.parametrize("kind", ["200_html", "truncated"])
@pytest.mark.parametrize(
    "path", [f"{PAGES}/cs_.*", "/v1/setup_intents/seti_.*", "/v1/payment_methods/pm_.*"]
)
def test_what_cannot_be_read_changes_nothing(shelf: Shelf, kind: str, path: str) -> None:
    asked = shelf.ask()
    shelf.fill(asked.url)
    shelf.till.processor.faults.script(Fault(kind, method="GET", path=path))
    with pytest.raises(NO_ANSWER):
        look(shelf.till.store, shelf.till.api, asked.id)
    assert shelf.request(asked.id) == asked
    assert shelf.cards() == []
    shelf.poll()
    assert len(shelf.cards()) == 1


def test_a_lie_that_stays_can_be_given_up(shelf: Shelf) -> None:
    asked = shelf.ask()
    shelf.fill(asked.url)
    path, changes = LIES["another mark"]
    shelf.till.processor.faults.script(
        Fault("lie", method="GET", path=path, changes=changes, times=99)
    )
    look(shelf.till.store, shelf.till.api, asked.id)
    with pytest.raises(AskRefused):
        shelf.ask()
    assert end(shelf.till.store, shelf.till.api, asked.id) == "closed"
    shelf.till.processor.faults.clear()
    assert shelf.ask().state == "open"


def test_another_account_asks_for_nothing(shelf: Shelf) -> None:
    shelf.saved()
    shelf.till.api.close()
    shelf.till.processor.ring.register("sk_test_other", account="acct_other")
    shelf.till.api = StripeApi("sk_test_other", shelf.till.processor.base_url)
    with pytest.raises(AskRefused) as refused:
        shelf.ask("c1", "fees")
    assert refused.value.code == "frozen"
    assert len(shelf.sent(PAGES)) == 1


@pytest.mark.parametrize("missing", ["checkout_sessions", "customers", "setup_intents"])
def test_a_key_without_the_right_says_so_and_loses_nothing(shelf: Shelf, missing: str) -> None:
    names = "customers checkout_sessions balance account setup_intents payment_methods"
    rights = dict.fromkeys(names.split(), "write")
    rights[missing] = "none"
    shelf.till.api.close()
    shelf.till.processor.ring.register("rk_test_some", permissions=rights)
    shelf.till.api = StripeApi("rk_test_some", shelf.till.processor.base_url)
    if missing == "setup_intents":
        asked = shelf.ask()
        shelf.fill(asked.url)
        assert shelf.poll().stopped == "key-refused"
        assert shelf.request(asked.id).state == "open"
        return
    with pytest.raises(AskRefused) as refused:
        shelf.ask()
    assert refused.value.code == "key-refused"


# -- whatever comes in whatever order


@pytest.mark.parametrize(
    "order", list(itertools.permutations(("events", "look", "sweep", "finish")))[::3]
)
def test_whatever_the_order_there_is_one_card_and_no_charge(
    shelf: Shelf, order: tuple[str, ...]
) -> None:
    shelf.till.owe_again("c1", "s1")  # something is due, and autopay would take it
    asked = shelf.ask()
    shelf.fill(asked.url)
    shelf.world.event_faults.duplicate = True
    steps = {
        "events": shelf.poll,
        "sweep": lambda: shelf.poll(sweep=True),
        "look": lambda: look(shelf.till.store, shelf.till.api, asked.id),
        "finish": lambda: finish(shelf.till.store, shelf.till.api),
    }
    for _ in range(2):
        for name in order:
            steps[name]()
    shelf.till.run()
    (card,) = shelf.cards()
    assert card.last4 == "4242"
    assert rows(shelf, CardConsent) == 1
    assert rows(shelf, CardRequest) == 1
    assert rows(shelf, CardCustomer) == 1
    shelf.charged_nothing()


@pytest.mark.parametrize("seed", range(12))
def test_random_lives_end_with_one_card_and_no_charge(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whatever is lost, told wrong, repeated or cut off on the way: what the client did counts."""
    chance = random.Random(seed)
    till, faults = shelf.till, shelf.till.processor.faults
    till.owe_again("c1", "s1")
    filled: set[str] = set()

    def ask() -> None:
        with contextlib.suppress(AskRefused):
            shelf.ask()

    def fill() -> None:
        page = next((one for one in shelf.requests() if one.url is not None), None)
        expires = chance.choice(("12/30", "12/31"))
        if page is not None and shelf.fill(page.url, expires=expires) == 200:
            filled.add(str(page.url))

    def fault() -> None:
        faults.script(Fault(chance.choice(FAULTS), path=chance.choice(PLACES), seconds=0.01))

    def lie() -> None:
        path, changes = LIES[chance.choice(list(LIES))]
        faults.script(Fault("lie", method="GET", path=path, changes=changes))

    def cut() -> None:
        where = "mediyn_desktop.cards.on_file." + chance.choice(
            ("looking.record", "looking._read", "asking._customer", "looking.save")
        )
        cutting = till.power_cut(monkeypatch, where, after=chance.random() < 0.5)
        with contextlib.suppress(pytest.fail.Exception), cutting:  # it may not come that far
            chance.choice((ask, poll))()

    def poll() -> None:
        shelf.poll(sweep=chance.random() < 0.3)

    for _ in range(25):
        chance.choice((ask, fill, fault, lie, cut, poll, poll, till.restart))()
    faults.clear()
    for _ in range(3):
        shelf.poll(sweep=True)
    ask()
    fill()
    for _ in range(2):
        shelf.poll(sweep=True)
    till.run()
    (card,) = shelf.cards()
    done = [one for one in shelf.requests() if one.state == "completed"]
    assert filled
    assert len(done) == len(filled) == rows(shelf, CardConsent)
    assert {one.card_id for one in done} == {card.id}
    assert not [one for one in shelf.requests() if one.state in ("unknown", "review")]
    (left,) = shelf.attached()
    assert left["card"]["exp_year"] == card.exp_year
    marked = [one for one in shelf.world.newest_first("customer") if "iid" in one["metadata"]]
    assert len(marked) == 1
    shelf.charged_nothing()


# -- what becomes of a card afterwards


def test_what_the_network_renews_is_taken_over_with_its_history(shelf: Shelf) -> None:
    card = shelf.saved()
    shelf.poll(sweep=True)
    method = shelf.attached()[0]["id"]
    outside.change_card(
        shelf.world, {"payment_method": method, "last4": "9999", "exp_month": 7, "exp_year": 2034}
    )
    shelf.poll()
    (now,) = shelf.cards()
    assert (now.id, now.last4, now.exp_month, now.exp_year) == (card.id, "9999", 7, 2034)
    with shelf.till.store.read() as read:
        (told, *_) = history(read, "c1")
    assert told.text == "Visa ending 4242 is now Visa ending 9999, good through 07/2034"
    assert now.scopes == card.scopes


def test_a_renewal_whose_event_was_lost_is_found_by_the_nightly_look(shelf: Shelf) -> None:
    shelf.saved()
    shelf.world.event_faults.lose = ["*"]
    outside.change_card(
        shelf.world, {"payment_method": shelf.attached()[0]["id"], "exp_year": 2034}
    )
    shelf.poll(sweep=True)
    assert [one.exp_year for one in shelf.cards()] == [2034]


def test_a_card_taken_off_in_the_dashboard_is_off_file(shelf: Shelf) -> None:
    shelf.saved()
    shelf.poll(sweep=True)
    with shelf.world.lock:
        detach(shelf.world, Params({}), shelf.attached()[0]["id"])
    shelf.poll()
    assert shelf.cards() == []
    (gone,) = shelf.cards(removed=True)
    assert gone.removed_on is not None
    assert shelf.saved().id != gone.id  # and may be saved again


def test_a_customer_deleted_in_the_dashboard_is_made_anew_once(shelf: Shelf) -> None:
    shelf.saved()
    shelf.poll(sweep=True)
    gone = shelf.attached()[0]["customer"]
    with shelf.world.lock:
        customers.delete(shelf.world, Params({}), gone)
    shelf.poll()
    assert shelf.cards() == []
    shelf.saved(number=MASTERCARD)
    shelf.saved("c1", "fees")
    (owner,) = {one["customer"] for one in shelf.attached()}
    assert owner != gone
    assert sorted(one.last4 for one in shelf.cards()) == ["4242", "4444"]


@pytest.mark.parametrize("changes", [{"customer": "cus_other"}, {"id": "pm_other"}])
def test_a_lie_about_a_saved_card_changes_nothing(shelf: Shelf, changes: dict[str, str]) -> None:
    card = shelf.saved()
    shelf.poll(sweep=True)
    outside.change_card(shelf.world, {"payment_method": shelf.attached()[0]["id"], "last4": "9999"})
    shelf.till.processor.faults.script(
        Fault("lie", method="GET", path="/v1/payment_methods/pm_.*", changes=changes)
    )
    shelf.poll()
    assert shelf.cards() == [card]


def test_expiring_cards_are_named(shelf: Shelf) -> None:
    shelf.saved(expires="11/26")
    shelf.client("c2")
    shelf.saved("c2", expires="12/26")
    shelf.client("c3")
    shelf.saved("c3", expires="01/27")
    named = {one.client_ref: one.expires for one in shelf.cards(attention=True)}
    assert named == {"c1": "this month", "c2": "next month"}
    shelf.till.clock.advance(timedelta(days=10))
    named = {one.client_ref: one.expires for one in shelf.cards(attention=True)}
    assert named == {"c1": "expired", "c2": "this month", "c3": "next month"}


def test_numbers_are_never_seen_here(shelf: Shelf) -> None:
    shelf.saved(number=VISA)
    assert asking.HOSTED_WAYS == ("page", "paper", "phone")
    shelf.till.store.close()
    stored = b"".join(one.read_bytes() for one in shelf.till.folder.rglob("*") if one.is_file())
    assert VISA.encode() not in stored
    assert timedelta(days=1) < looking.LONGEST
