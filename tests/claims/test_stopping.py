# SPDX-License-Identifier: MIT
"""Work that is stopped on its way: between files what is done stays, inside one nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from claims.remittances import Clp, era
from claims.test_outbox import Settled, claim_file, states
from claims.test_posting import BILLED, Practice
from mediyn_desktop.claims import answers, inbox, outbox, sending, submission
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.submission import queue_claims
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.claims.transports.folder import FolderTransport
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store
from mediyn_desktop.undo import doing
from mediyn_desktop.undo.undoing import undo


class After:
    """Lets so many pieces be done, then ends the work; notes what it was told."""

    def __init__(self, pieces: int) -> None:
        self.left = pieces
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> bool:
        self.told.append((done, total))
        self.left -= 1
        return self.left >= 0


class Pulled(Exception):
    """Somebody pressed Stop."""


@pytest.fixture
def practice(store: Store, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A practice; the guide's slow checker looks at claims elsewhere."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Practice(store)


def paid(number: str, payer_number: str) -> Clp:
    return Clp(number, BILLED, 12000, [("CO", "45", 6000)], payer_number=payer_number)


# -- sending


def test_between_two_files_what_went_stays_sent_and_the_rest_waits(
    store: Store, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        claim_file(store, number)
    stop = After(2)
    with FolderTransport(tmp_path) as way:
        done = outbox.hand_over(store, way, Settled(), go_on=stop)
    assert [one.submission_id for one in done] == [1, 2]
    assert states(store) == [HandOver.SENT, HandOver.SENT, HandOver.WAITING]
    assert stop.told == [(0, 3), (1, 3), (2, 3)]
    with FolderTransport(tmp_path) as way:
        again = outbox.hand_over(store, way, Settled())
    assert [one.submission_id for one in again] == [3]
    assert len(list(tmp_path.glob("*.837"))) == 3


def test_stopped_while_files_are_written_no_claim_is_in_one(
    practice: Practice, tmp_path: Path
) -> None:
    numbers = [practice.claim(f"c{one}") for one in (1, 2, 3)]
    with practice.store.write("t") as uow:
        rows = uow.session.scalars(select(Claim)).all()
        for row in rows:
            row.state = ClaimState.READY
        queue_claims(uow, rows)
    stop = After(2)
    with FolderTransport(tmp_path) as way:
        assert sending.send_claims(practice.store, way, go_on=stop) == []
    assert stop.told == [(0, 3), (1, 3), (2, 3)]
    assert {practice.state(one) for one in numbers} == {ClaimState.QUEUED}
    with practice.store.read() as read:
        assert read.session.scalar(select(func.count()).select_from(ClaimSubmission)) == 0
    with FolderTransport(tmp_path) as way:
        (file,) = sending.send_claims(practice.store, way)
    assert sorted(file.control_numbers) == sorted(numbers)


# -- fetching


def test_what_was_fetched_is_kept_and_the_rest_is_fetched_next_time(
    store: Store, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"{number}.835").write_bytes(b"ISA*%d~" % number)
    stop = After(2)
    with FolderTransport(None, tmp_path) as way:
        found = inbox.collect(store, way, go_on=stop)
    assert [one.name for one in found.taken] == ["1.835", "2.835"]
    assert stop.told == [(0, 0), (1, 0), (2, 0)]
    with FolderTransport(None, tmp_path) as way:
        assert [one.name for one in inbox.collect(store, way).taken] == ["3.835"]


def test_a_mailbox_is_emptied_only_up_to_the_stop(store: Store, tmp_path: Path) -> None:
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.after_pickup", "delete")
    for number in (1, 2):
        (tmp_path / f"{number}.835").write_bytes(b"ISA*%d~" % number)

    class Emptied(FolderTransport):
        removed = 0

        def discard(self, item) -> bool:  # type: ignore[no-untyped-def]
            self.removed += 1
            return True

    with Emptied(None, tmp_path) as way:
        inbox.collect(store, way)
    with Emptied(None, tmp_path) as way:
        found = inbox.collect(store, way, go_on=After(1))
        assert (found.removed, way.removed) == (1, 1)
    with Emptied(None, tmp_path) as way:
        assert inbox.collect(store, way).removed == 1


def test_reading_stops_between_files_and_posts_nothing_of_the_one_under_way(
    practice: Practice,
) -> None:
    first, second, third = (practice.claim(f"c{one}") for one in (1, 2, 3))
    with practice.store.write("t") as uow:
        inbox.take_in(uow, era(paid(first, "A")), "1.835", uow.now)
        two = era(paid(second, "B"), paid(third, "C"), trace="EFT2", control=2)
        inbox.take_in(uow, two, "2.835", uow.now)

    def in_the_second(done: int, _total: int) -> bool:
        told.append(done)
        return told.count(1) < 4  # on its way through the second file, after an answer

    told: list[int] = []
    reports = answers.act_on_unread(practice.store, go_on=in_the_second)
    assert [one.file for one in reports] == ["1.835"]
    assert practice.state(first) == ClaimState.PAID
    assert {practice.state(second), practice.state(third)} == {ClaimState.SENT}
    assert practice.balances()["Assets:Bank"] == 12000
    with practice.store.read() as read:
        rows = read.session.execute(select(InboundFile.name, InboundFile.status)).all()
        assert [tuple(row) for row in rows] == [("1.835", "posted"), ("2.835", "unread")]
    assert [one.file for one in answers.act_on_unread(practice.store)] == ["2.835"]
    assert practice.balances()["Assets:Bank"] == 36000


# -- taking back


def test_taking_back_tells_how_far_it_is_and_stopped_it_keeps_everything(
    practice: Practice,
) -> None:
    claims = [paid(practice.claim(f"c{one}"), f"N{one}") for one in range(4)]
    with practice.store.write("t") as uow:
        doing.post_answers(uow, [(era(*claims, plb=[("L6", "", -500)]), "1.835")])
    posted = practice.balances()
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise Pulled

    for take_back in (
        lambda uow: undo(uow, watch=stop),
        lambda uow: doing.take_posting_back(uow, 1, reason="x", step=stop),
        lambda uow: undo_payment(uow, 1, step=stop),
    ):
        told.clear()
        with pytest.raises(Pulled), practice.store.write("t") as uow:
            take_back(uow)
        assert told == [(0, 4), (1, 4), (2, 4)]
        assert practice.balances() == posted
        assert {practice.state(one.number) for one in claims} == {ClaimState.PAID}
    with practice.store.write("t") as uow:
        undo(uow)
    assert {practice.state(one.number) for one in claims} == {ClaimState.SENT}
    with practice.store.read() as read:
        assert read.session.get_one(RemittancePayment, 1).state == "undone"
