# SPDX-License-Identifier: MIT
"""A ledger restored to before a card was asked for: the card is found, never its consent."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelf import MASTERCARD, PAGES, VISA, Shelf
from sqlalchemy import select
from till import Till

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.accepting import accept
from mediyn_desktop.cards.approving import preview
from mediyn_desktop.cards.findings import Kind
from mediyn_desktop.cards.hearing import CompareFailed
from mediyn_desktop.cards.on_file.checks import consents
from mediyn_desktop.cards.on_file.consents import agree
from mediyn_desktop.cards.on_file.removing import remove
from mediyn_desktop.cards.on_file.tables import CardConsent
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.sandbox.processor.faults import Fault


@pytest.fixture
def shelf(till: Till) -> Shelf:
    """A client without a card, who owes a session; another one was charged, so anchors stand."""
    one = Shelf(till)
    till.sell()
    till.run()
    with till.store.write("t") as uow:
        owner = world.client(uow, "c9")
        assert bill_session(uow, world.session(uow, owner, "s9"))
    return one


@pytest.fixture
def backup(shelf: Shelf, tmp_path: Path) -> Path:
    return shelf.till.copy(tmp_path / "backup")


def forget(shelf: Shelf, backup: Path) -> None:
    """A batch is charged, then the backup from before it is put back: charging is frozen."""
    shelf.till.sell()
    shelf.till.run()
    shelf.till.restore(backup)
    shelf.till.queue(shelf.till.owe())
    assert shelf.till.run().stopped == "frozen"


def found(shelf: Shelf) -> list[tuple[str | None, str]]:
    rows = shelf.till.compare().findings
    return [(one.client_ref, one.processor_id) for one in rows if one.kind is Kind.CARD]


def refused(shelf: Shelf, client: str) -> str | None:
    """Why the client's card would not be charged this evening."""
    with shelf.till.store.read() as read:
        owner = get_client(read, client).id
        charges = read.session.scalars(select(Charge).where(Charge.client_id == owner)).all()
        (line,) = preview(read, list(charges))
        return line.refused.code if line.refused is not None else None


def test_a_card_saved_on_a_forgotten_page_is_put_on_file_and_charged_for_nothing(
    shelf: Shelf, backup: Path
) -> None:
    shelf.saved("c9", "sessions")
    forget(shelf, backup)
    assert shelf.cards("c9") == []
    (finding,) = [one for one in shelf.till.compare().findings if one.kind is Kind.CARD]
    assert (finding.client_ref, finding.amount_cents, finding.status) == ("c9", 0, "saved")
    assert "Visa ending 4242 was saved by the client" in finding.message
    assert "charged for nothing until the client has agreed again" in finding.message
    shelf.till.accept()
    (card,) = shelf.cards("c9")
    assert (card.last4, card.scopes, card.consent_date) == ("4242", (), None)
    assert refused(shelf, "c9") == "no-consent"
    with shelf.till.store.read() as read:
        theirs = select(CardConsent.id).where(CardConsent.card_id == card.id)
        assert read.session.scalars(theirs).all() == []
        assert consents(read, b"").ok
    assert found(shelf) == []


def test_agreeing_again_makes_one_card_that_may_be_charged(shelf: Shelf, backup: Path) -> None:
    shelf.saved("c9", "sessions")
    forget(shelf, backup)
    shelf.till.accept()
    (before,) = shelf.cards("c9")
    after = shelf.saved("c9", "fees")
    assert (after.id, after.scopes) == (before.id, ("fees",))
    assert refused(shelf, "c9") == "no-consent"  # a session is no fee
    with shelf.till.store.write("t") as uow:
        agree(uow, after.id, ("sessions",), how="phone", on=uow.today)
    assert refused(shelf, "c9") is None
    assert len(shelf.cards("c9")) == 1


def test_another_card_saved_since_stands_beside_it(shelf: Shelf, backup: Path) -> None:
    shelf.saved("c9", "sessions")
    forget(shelf, backup)
    shelf.till.accept()
    shelf.saved("c9", "fees", number=MASTERCARD)
    cards = {one.last4: one.scopes for one in shelf.cards("c9")}
    assert cards == {"4242": (), "4444": ("fees",)}


def test_a_forgotten_page_that_is_still_open_is_closed(shelf: Shelf, backup: Path) -> None:
    asked = shelf.ask("c9", "sessions")
    forget(shelf, backup)
    compared = shelf.till.compare()
    assert len(compared.pages) == 1
    accept(shelf.till.store, shelf.till.api, compared)
    assert shelf.fill(asked.url) >= 400
    assert shelf.till.compare().pages == ()


def test_what_is_saved_on_a_page_that_could_not_be_closed_is_found_later(
    shelf: Shelf, backup: Path
) -> None:
    asked = shelf.ask("c9", "sessions")
    forget(shelf, backup)
    shelf.till.processor.faults.script(
        Fault("reset_before", method="POST", path=f"{PAGES}/.*/expire", times=9)
    )
    shelf.till.accept()
    shelf.till.processor.faults.clear()
    assert shelf.fill(asked.url) == 200
    assert [client for client, _ in found(shelf)] == ["c9"]
    shelf.till.accept()
    assert [one.last4 for one in shelf.cards("c9")] == ["4242"]


def test_what_is_known_or_was_removed_on_purpose_is_not_offered(shelf: Shelf) -> None:
    card = shelf.saved("c9", number=VISA)
    assert found(shelf) == []
    with shelf.till.store.write("t") as uow:
        remove(uow, card.id)
    assert found(shelf) == []
    shelf.poll()
    assert [one["id"] for one in shelf.attached()] == ["pm_good1"]  # the other client's
    assert found(shelf) == []


def test_pages_of_somebody_else_are_left_alone(shelf: Shelf) -> None:
    stranger = shelf.till.api.customers.create(iid="f" * 32, key=f"u-{'f' * 32}")
    page = shelf.till.api.setups.create(customer=stranger.id, iid="e" * 32, key=f"s-{'e' * 32}")
    other = shelf.till.api.setups.create(customer=stranger.id, iid="d" * 32, key=f"s-{'d' * 32}")
    assert shelf.fill(page.url) == 200
    compared = shelf.till.compare()
    assert [one for one in compared.findings if one.kind is Kind.CARD] == []
    assert compared.pages == ()
    assert shelf.till.api.setups.page(other.id).status == "open"


@pytest.mark.parametrize(
    ("path", "lie"),
    [
        ("/v1/setup_intents/seti_.*", {"customer": "cus_other"}),
        ("/v1/setup_intents/seti_.*", {"metadata": {"iid": "0" * 32}}),
        ("/v1/setup_intents/seti_.*", {"status": "processing"}),
        ("/v1/payment_methods/pm_.*", {"customer": "cus_other"}),
        ("/v1/payment_methods/pm_.*", {"customer": None}),
        ("/v1/payment_methods/pm_.*", {"id": "pm_other"}),
        ("/v1/payment_methods/pm_.*", {"livemode": True}),
    ],
)
def test_a_lie_puts_no_card_on_file(
    shelf: Shelf, backup: Path, path: str, lie: dict[str, object]
) -> None:
    shelf.saved("c9", "sessions")
    forget(shelf, backup)
    shelf.till.processor.faults.script(Fault("lie", method="GET", path=path, changes=lie))
    assert found(shelf) == []
    shelf.till.processor.faults.clear()
    assert [client for client, _ in found(shelf)] == ["c9"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (PAGES, "truncated"),
        (PAGES, "500_before"),
        ("/v1/setup_intents/.*", "reset_before"),
        ("/v1/payment_methods/.*", "503_html"),
        ("/v1/customers/.*", "200_html"),
    ],
)
def test_a_list_of_pages_that_breaks_off_compares_nothing(
    shelf: Shelf, backup: Path, path: str, kind: str
) -> None:
    shelf.saved("c9", "sessions")
    forget(shelf, backup)
    shelf.till.processor.faults.script(Fault(kind, method="GET", path=path))
    with pytest.raises(CompareFailed):
        shelf.till.compare()
    shelf.till.processor.faults.clear()
    assert len(found(shelf)) == 1


def test_a_key_that_may_not_read_the_pages_says_so(shelf: Shelf) -> None:
    shelf.till.processor.faults.script(Fault("403", method="GET", path=PAGES))
    with pytest.raises(CompareFailed) as stopped:
        shelf.till.compare()
    assert stopped.value.code == "key-refused"
