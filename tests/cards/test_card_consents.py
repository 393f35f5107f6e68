# SPDX-License-Identifier: MIT
"""Consents and revocations, which card is charged, and cards taken off file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date

import pytest
from shelf import MASTERCARD, Shelf
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from till import CONFIRM, READ, Till

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.approving import approve, preview
from mediyn_desktop.cards.choosing import FEES, SESSIONS, permitted
from mediyn_desktop.cards.deciding import stop
from mediyn_desktop.cards.due import NotChargeable
from mediyn_desktop.cards.on_file import checks, consents, marking, removing
from mediyn_desktop.cards.on_file.consents import ConsentRefused, How, view_consents
from mediyn_desktop.cards.on_file.following import finish
from mediyn_desktop.cards.on_file.removing import CardBusy
from mediyn_desktop.cards.on_file.standing import FEE_HINT
from mediyn_desktop.cards.on_file.tables import CardConsent, CardDetachment
from mediyn_desktop.cards.on_file.wording import current_wording, wording
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import NO_ANSWER
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.core.neutral import clinical_word
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Card, Practice
from mediyn_desktop.sandbox.processor import outside
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import UnitOfWork

DAY = date(2026, 11, 23)
LOST, POOR = "4000990000000079", "4000990000000053"


@pytest.fixture
def shelf(till: Till) -> Shelf:
    one = Shelf(till)
    one.client(autopay="full")
    return one


@pytest.fixture
def write(till: Till) -> Callable[[Callable[[UnitOfWork], object]], None]:
    def run(act: Callable[[UnitOfWork], object]) -> None:
        with till.store.write("t") as uow:
            act(uow)

    return run


Write = Callable[[Callable[[UnitOfWork], object]], None]


def charged(shelf: Shelf) -> list[str]:
    """The last digits of the cards that were really charged."""
    last4 = {one["id"]: one["card"]["last4"] for one in shelf.world.newest_first("payment_method")}
    return [last4[one["payment_method"]] for one in shelf.till.intents("succeeded")]


# -- the words


@pytest.mark.parametrize("state", ["", "CA", "NY"])
def test_the_words_say_what_may_be_charged_and_that_it_is_optional(state: str) -> None:
    found = wording({SESSIONS, FEES}, state=state, own="", on=DAY)
    assert "optional" in found.text
    assert "services I received" in found.text
    assert "missed" in found.text
    assert "insurance" not in found.text  # copays were not asked for
    assert (found.notice is not None) == (state == "NY")
    assert clinical_word(found.text) is None  # it may be sent by mail


def test_new_york_wants_its_notice_since_its_law_holds() -> None:
    found = wording({SESSIONS}, state="NY", own="", on=DAY)
    assert found.notice is not None
    assert found.notice in found.text
    assert "519-a" in str(found.source)
    assert "emergency or medically necessary" in found.notice
    assert "debt" in found.notice
    before = wording({SESSIONS}, state="NY", own="", on=date(2024, 10, 19))
    assert before.notice is None
    assert before.sha256 != found.sha256
    assert found.version != before.version


def test_the_practice_may_add_words_of_its_own(shelf: Shelf, write: Write) -> None:
    plain = wording({SESSIONS}, state="NY", own="", on=DAY)
    words = "Charges are made on Fridays."
    write(lambda uow: settings.set_value(uow, settings.CARDS_CONSENT_OWN.key, words))
    with shelf.till.store.read() as read:
        own = current_wording(read, {SESSIONS})
    assert own.text.endswith(words)
    assert own.version.endswith("+own")
    assert own.sha256 != plain.sha256
    with pytest.raises(settings.BadSetting, match="therap"):
        write(lambda uow: settings.set_value(uow, settings.CARDS_CONSENT_OWN.key, "For therapy."))


def test_the_words_follow_the_practices_state(shelf: Shelf, write: Write) -> None:
    def move(state: str) -> None:
        write(lambda uow: setattr(uow.session.get_one(Practice, 1), "state", state))

    move("NY")
    asked = shelf.ask()
    assert "New York" in asked.text
    move("CA")  # what was asked keeps its words; the client read them
    shelf.fill(asked.url)
    shelf.poll()
    with shelf.till.store.read() as read:
        (kept,) = view_consents(read, client="c1")
    assert "New York" in kept.text


# -- consents are added, never changed


@pytest.mark.parametrize("change", [update(CardConsent).values(scope="fees"), delete(CardConsent)])
def test_a_consent_is_never_changed(shelf: Shelf, write: Write, change: object) -> None:
    shelf.saved()
    with pytest.raises(IntegrityError, match="consents are never"):
        write(lambda uow: uow.session.execute(change))  # type: ignore[call-overload]


def test_a_consent_on_paper_takes_the_place_of_the_one_before(shelf: Shelf, write: Write) -> None:
    card = shelf.saved("c1", "sessions")
    write(lambda uow: consents.agree(uow, card.id, ["fees", "copays"], how="paper", on=DAY))
    (now,) = shelf.cards()
    assert now.scopes == ("copays", "fees")
    with shelf.till.store.read() as read:
        newest, first = view_consents(read, client="c1")
    assert (newest.how, newest.scopes, first.scopes) == ("paper", ("copays", "fees"), ("sessions",))


@pytest.mark.parametrize(
    ("scopes", "how", "on"),
    [
        ([], "paper", DAY),
        (["everything"], "paper", DAY),
        (["fees"], "page", DAY),
        (["fees"], "told by a friend", DAY),
        (["fees"], "phone", date(2026, 11, 24)),
    ],
)
def test_what_is_no_consent_is_refused(
    shelf: Shelf, write: Write, scopes: list[str], how: str, on: date
) -> None:
    card = shelf.saved()
    with pytest.raises(ConsentRefused, match="Nothing was changed"):
        write(lambda uow: consents.agree(uow, card.id, scopes, how=how, on=on))


def test_an_imported_consent_is_kept_as_such(shelf: Shelf, write: Write) -> None:
    def bring(uow: UnitOfWork) -> None:
        owner = get_client(uow, "c1")
        for scope in ("sessions;fees", ""):
            world.card(uow, owner, f"pm_{len(scope)}", consent_scope=scope)

    write(bring)
    with shelf.till.store.read() as read:
        (kept,) = view_consents(read, client="c1")
    assert (kept.how, kept.scopes, kept.on) == ("imported", ("sessions", "fees"), date(2026, 1, 5))
    assert kept.how == How.IMPORTED


# -- taking it back


def test_what_is_revoked_is_not_charged_in_the_transaction_that_sends(
    shelf: Shelf, write: Write
) -> None:
    card = shelf.saved()
    shelf.till.owe_again("c1", "s1")
    (attempt,) = shelf.till.queue()
    write(lambda uow: consents.revoke(uow, card.id, reason="Asked by phone"))
    shelf.till.run()
    assert shelf.till.state(attempt) == State.CANCELED
    shelf.charged_nothing()
    assert shelf.till.queue() == []
    (now,) = shelf.cards()
    assert (now.scopes, now.revoked_on) == ((), DAY)
    with shelf.till.store.read() as read:
        taken, _ = view_consents(read, client="c1")
    assert (taken.revoked, taken.reason) == (True, "Asked by phone")


def test_a_revocation_between_asking_and_charging_stops_the_charge(
    shelf: Shelf, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = shelf.saved()
    shelf.till.owe_again("c1", "s1")
    (attempt,) = shelf.till.queue()
    with shelf.till.power_cut(
        monkeypatch, "mediyn_desktop.cards.stripe_api.intents.Intents.create", after=True
    ):
        shelf.till.run()
    write(lambda uow: consents.revoke(uow, card.id, reason="Asked"))
    for _ in range(3):
        shelf.till.run()
    assert shelf.till.state(attempt) == State.CANCELED
    assert shelf.till.intents("succeeded") == []


def test_part_of_a_consent_may_be_taken_back_and_given_again(shelf: Shelf, write: Write) -> None:
    card = shelf.saved("c1", "sessions", "fees")
    write(lambda uow: consents.revoke(uow, card.id, scopes=["fees"], reason="No fees"))
    assert shelf.cards()[0].scopes == ("sessions",)
    write(lambda uow: consents.revoke(uow, card.id, reason="All"))
    with pytest.raises(ConsentRefused, match="before that"):
        write(
            lambda uow: consents.agree(
                uow, card.id, ["sessions"], how="paper", on=date(2026, 11, 1)
            )
        )
    write(lambda uow: consents.agree(uow, card.id, ["sessions"], how="paper"))
    assert (shelf.cards()[0].scopes, shelf.cards()[0].revoked_on) == (("sessions",), None)


@pytest.mark.parametrize(("reason", "on"), [(" ", None), ("Asked", date(2027, 1, 1))])
def test_a_revocation_wants_a_reason_and_a_day(
    shelf: Shelf, write: Write, reason: str, on: date | None
) -> None:
    card = shelf.saved()
    with pytest.raises(ConsentRefused):
        write(lambda uow: consents.revoke(uow, card.id, reason=reason, on=on))
    assert shelf.cards()[0].scopes == ("sessions", "copays")


# -- which card


def test_which_card_a_charge_takes() -> None:
    def card(number: int, **marks: bool) -> Card:
        return Card(
            id=number,
            consent_date=DAY,
            consent_scope="sessions;fees",
            is_default=marks.get("default", False),
            for_fees=marks.get("fees", False),
        )

    def first(cards: list[Card], scope: str) -> int:
        return permitted(cards, [scope])[0].id

    plain = [card(1), card(2)]
    assert (first(plain, SESSIONS), first(plain, FEES)) == (2, 2)
    marked = [card(1, default=True), card(2), card(3, fees=True)]
    assert (first(marked, SESSIONS), first(marked, FEES)) == (1, 3)
    # Without a default the newest, but not the one kept for fees.
    kept = [card(1), card(2, fees=True)]
    assert (first(kept, SESSIONS), first(kept, FEES)) == (1, 2)
    alone = [card(1, fees=True)]
    assert first(alone, SESSIONS) == 1


def test_fees_go_to_the_card_kept_for_them(shelf: Shelf, write: Write) -> None:
    shelf.saved("c1", "sessions", "fees")
    other = shelf.saved("c1", "fees", number=MASTERCARD)
    assert (other.for_fees, other.is_default) == (True, False)  # it is for fees alone
    with shelf.till.store.write("t") as uow:
        owner = get_client(uow, "c1")
        assert bill_session(uow, world.session(uow, owner, "s1", status="no_show"))
    shelf.till.owe_again("c1", "s2", hour=17)
    shelf.till.queue()
    shelf.till.run()
    assert sorted(charged(shelf)) == ["4242", "4444"]
    with shelf.till.store.read() as read:
        rows = read.session.execute(select(CardAttempt.purpose, CardAttempt.last4)).all()
    assert sorted(rows) == [("fees", "4444"), ("sessions", "4242")]


def test_the_default_is_charged_and_marks_are_unique(shelf: Shelf, write: Write) -> None:
    first = shelf.saved()
    second = shelf.saved(number=MASTERCARD)
    write(lambda uow: marking.make_default(uow, second.id))
    assert [one.is_default for one in shelf.cards()] == [True, False]
    write(lambda uow: marking.keep_for_fees(uow, first.id))
    write(lambda uow: marking.keep_for_fees(uow, second.id))
    assert [one.for_fees for one in shelf.cards()] == [True, False]
    write(lambda uow: marking.keep_for_fees(uow, second.id, on=False))
    assert [one.for_fees for one in shelf.cards()] == [False, False]
    shelf.till.owe_again("c1", "s1")
    shelf.till.queue()
    shelf.till.run()
    assert charged(shelf) == ["4444"]


def test_another_default_leaves_what_was_sent_as_it_is(
    shelf: Shelf, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.saved()
    second = shelf.saved(number=MASTERCARD)
    shelf.till.owe_again("c1", "s1")
    shelf.till.queue()
    with shelf.till.power_cut(
        monkeypatch, "mediyn_desktop.cards.stripe_api.intents.Intents.create", after=True
    ):
        shelf.till.run()
    write(lambda uow: marking.make_default(uow, second.id))
    shelf.till.run()
    assert charged(shelf) == ["4242"]  # amount and card are frozen once it was asked for


def test_a_refused_fee_has_a_hint_about_health_accounts(shelf: Shelf, write: Write) -> None:
    card = shelf.saved("c1", "sessions", "fees")
    with shelf.till.store.write("t") as uow:
        owner = get_client(uow, "c1")
        assert bill_session(uow, world.session(uow, owner, "s1", status="no_show"))
    method = shelf.attached()[0]["id"]
    shelf.till.queue()
    outside.change_card(shelf.world, {"payment_method": method, "behaviour": "hsa_refuses_fee"})
    shelf.till.run()
    (failing,) = shelf.cards(attention=True)
    assert failing.id == card.id
    assert failing.hint == FEE_HINT
    assert "refused" in str(failing.failing)


@pytest.mark.parametrize(("number", "for_good"), [(LOST, True), (POOR, False)])
def test_a_card_refused_for_good_is_refused_also_once_its_charge_is_called_off(
    shelf: Shelf, write: Write, number: str, for_good: bool
) -> None:
    card = shelf.saved("c1", "sessions", number=number)
    shelf.till.owe_again("c1", "s1")
    (ident,) = shelf.till.queue()
    shelf.till.run()
    assert [one.id for one in shelf.cards(attention=True)] == [card.id] * for_good
    write(lambda uow: stop(uow, ident))
    shelf.till.converge()
    assert shelf.till.state(ident) == State.CANCELED
    assert [one.id for one in shelf.cards(attention=True)] == [card.id] * for_good


def test_a_charge_that_another_card_pays_the_next_day_names_that_card(
    shelf: Shelf, write: Write
) -> None:
    shelf.saved("c1", "sessions", number=POOR)
    shelf.till.owe_again("c1", "s1")
    (ident,) = shelf.till.queue()
    shelf.till.run()
    other = shelf.saved("c1", "sessions", number=MASTERCARD)
    write(lambda uow: marking.make_default(uow, other.id))
    shelf.till.days_pass(1)
    shelf.till.run()
    assert charged(shelf) == ["4444"]
    assert (shelf.till.row(ident).last4, shelf.till.state(ident)) == ("4444", State.SUCCEEDED)
    assert "Asking the bank about the card ending 4444 instead" in shelf.till.history(ident)


# -- off file


def test_a_removed_card_is_charged_no_more_and_is_taken_off(shelf: Shelf, write: Write) -> None:
    card = shelf.saved()
    shelf.till.owe_again("c1", "s1")
    (attempt,) = shelf.till.queue()
    write(lambda uow: removing.remove(uow, card.id, reason="Asked"))
    assert shelf.cards() == []
    (gone,) = shelf.cards(removed=True)
    assert (gone.being_removed, gone.is_default) == (True, False)
    shelf.till.run()
    shelf.poll()
    (gone,) = shelf.cards(removed=True)
    assert not gone.being_removed
    assert shelf.attached() == []
    assert shelf.till.state(attempt) == State.CANCELED
    shelf.charged_nothing()
    with shelf.till.store.read() as read:
        (line,) = preview(read, list(read.session.scalars(select(Charge))))
    assert isinstance(line.refused, NotChargeable)
    assert line.refused.code == "no-card"


@pytest.mark.parametrize(
    "kind", ["reset_before", "reset_after", "hang_after", "200_html_after", "500_after", "429"]
)
def test_a_lost_answer_about_removal_is_resolved_by_reading_back(
    shelf: Shelf, write: Write, kind: str
) -> None:
    card = shelf.saved()
    write(lambda uow: removing.remove(uow, card.id))
    shelf.till.processor.faults.script(
        Fault(kind, method="POST", path="/v1/payment_methods/pm_.*/detach", seconds=0.01)
    )
    with contextlib.suppress(*NO_ANSWER):
        finish(shelf.till.store, shelf.till.api)
    finish(shelf.till.store, shelf.till.api)
    assert shelf.attached() == []
    with shelf.till.store.read() as read:
        assert read.session.scalars(select(CardDetachment)).one().done_at is not None


def test_a_processor_that_only_says_so_is_not_believed(shelf: Shelf, write: Write) -> None:
    card = shelf.saved()
    write(lambda uow: removing.remove(uow, card.id))
    shelf.till.processor.faults.script(
        Fault("reset_before", method="POST", path="/v1/payment_methods/pm_.*/detach", times=2)
    )
    for _ in range(2):
        with contextlib.suppress(*NO_ANSWER):
            finish(shelf.till.store, shelf.till.api)
        assert shelf.cards(removed=True)[0].being_removed
    finish(shelf.till.store, shelf.till.api)
    assert not shelf.cards(removed=True)[0].being_removed


def test_no_card_is_removed_while_a_charge_on_it_is_unknown(shelf: Shelf, write: Write) -> None:
    card = shelf.saved()
    shelf.till.owe_again("c1", "s1")
    (attempt,) = shelf.till.queue()
    faults = shelf.till.processor.faults
    faults.script(Fault("reset_after", method="POST", path=CONFIRM))
    faults.script(Fault("reset_before", method="GET", path=READ, times=9))
    shelf.till.run()
    assert shelf.till.state(attempt) == State.UNKNOWN
    with pytest.raises(CardBusy, match="Nothing was changed"):
        write(lambda uow: removing.remove(uow, card.id))
    faults.clear()
    shelf.till.run()
    assert charged(shelf) == ["4242"]
    write(lambda uow: removing.remove(uow, card.id))
    assert shelf.cards() == []


def test_the_same_card_saved_anew_lets_what_waits_ask_the_new_one(shelf: Shelf) -> None:
    shelf.saved()
    shelf.till.owe_again("c1", "s1")
    shelf.till.queue()
    shelf.saved(expires="05/34")
    with shelf.till.store.write("t") as uow:
        approve(uow, preview(uow, list(uow.session.scalars(select(Charge)))))
    shelf.till.run()
    shelf.poll()
    (intent,) = shelf.till.intents("succeeded")
    (left,) = shelf.attached()
    assert intent["payment_method"] == left["id"]
    assert left["card"]["exp_year"] == 2034


# -- and it is proved


def test_a_card_that_may_be_charged_for_more_than_agreed_is_found(
    shelf: Shelf, write: Write
) -> None:
    def sound() -> bool:
        with shelf.till.store.read() as read:
            return checks.consents(read, b"").ok

    card = shelf.saved("c1", "sessions")
    assert sound()
    write(lambda uow: setattr(uow.session.get_one(Card, card.id), "consent_scope", "fees"))
    assert not sound()
    write(lambda uow: consents.agree(uow, card.id, ["sessions", "fees"], how="paper"))
    assert sound()
    shelf.till.days_pass(1)
    write(lambda uow: consents.revoke(uow, card.id, scopes=["fees"], reason="Asked"))
    assert sound()
    write(lambda uow: setattr(uow.session.get_one(Card, card.id), "consent_scope", "fees"))
    assert not sound()
