# SPDX-License-Identifier: MIT
"""One step back from a posted remittance, unless something was built on it since."""

from __future__ import annotations

import pytest

from claims.remittances import Clp, era, reversal
from claims.test_posting import BILLED, Practice
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import CannotUndo, newest, undo


@pytest.fixture
def practice(store, monkeypatch) -> Practice:
    """A practice; the guide's slow checker looks at claims elsewhere."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Practice(store)


def paid(number: str) -> Clp:
    return Clp(number, BILLED, 12000, [("CO", "45", 6000)])


def post(practice: Practice, *claims: Clp, control: int = 1, amount: int | None = None) -> int:
    """Post a file as the window does; return the payment."""
    content = era(*claims, trace=f"EFT{control}", control=control, amount=amount)
    with practice.store.write("t") as uow:
        (report,) = doing.post_answers(uow, [(content, f"{control}.835")])
        assert report.payments[0].payment is not None
        return report.payments[0].payment


def test_a_posting_is_undone_and_the_undoing_of_a_taking_back_posts_again(practice):
    number = practice.claim()
    before = practice.balances()
    payment = post(practice, paid(number))
    posted = practice.balances()
    with practice.store.write("t") as uow:
        assert undo(uow).words == "post an insurer's payment of $120.00"
    assert practice.balances() == before
    with practice.store.write("t") as uow:
        doing.post_payment_again(uow, payment)
        doing.take_posting_back(uow, payment, reason="The wrong practice")
    assert practice.balances() == before
    with practice.store.write("t") as uow:
        undo(uow)
    assert practice.balances() == posted


def test_a_posting_another_one_was_built_on_is_held(practice):
    number = practice.claim()
    post(practice, paid(number))
    again = Clp(number, BILLED, 13000, [("CO", "45", 5000)])
    # A later payment that was posted by the background, which is no step of anybody's.
    practice.post(reversal(paid(number)), again, trace="EFT9", control=9)
    with practice.store.write("t") as uow, pytest.raises(CannotUndo, match="decided again since"):
        undo(uow)


def test_a_posting_that_was_taken_back_already_says_so(practice):
    payment = post(practice, paid(practice.claim()))
    with practice.store.write("t") as uow:
        undo_payment(uow, payment)
    with practice.store.read() as read:
        found = newest(read)
    assert found is not None
    assert found.instead == "This payment is not posted any more."


def test_what_is_only_held_is_no_step(practice):
    number = practice.claim()
    post(practice, paid(number), amount=1)  # the deposit does not add up
    with practice.store.read() as read:
        assert newest(read) is None
