# SPDX-License-Identifier: MIT
"""What one more claim costs a posting, and taking it back, in statements to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from claims.remittances import Clp, era
from claims.test_posting import BILLED, Practice
from mediyn_desktop.claims import submission
from mediyn_desktop.store.uow import Store, UnitOfWork
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import undo

FEW, MANY = 4, 14


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that SQLAlchemy sends meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_claims_of_one_payment_are_looked_up_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    practice = Practice(store)
    numbers = [practice.claim(f"c{place}") for place in range(FEW + MANY)]
    answers = [
        Clp(number, BILLED, 10000, [("CO", "45", 6000), ("PR", "1", 2000)], payer_number=number)
        for number in numbers
    ]

    def cost(work: Callable[[UnitOfWork], object]) -> int:
        with counted() as sent, store.write("t") as uow:
            work(uow)
        return len(sent)

    few = [(era(*answers[:FEW]), "few.835")]
    many = [(era(*answers[FEW:], trace="EFT2", control=2), "many.835")]
    posted = cost(lambda uow: doing.post_answers(uow, few))
    more_posted = cost(lambda uow: doing.post_answers(uow, many))
    more_undone = cost(undo)
    undone = cost(undo)
    assert (more_posted - posted) / (MANY - FEW) <= 24
    assert (more_undone - undone) / (MANY - FEW) <= 26
