# SPDX-License-Identifier: MIT
"""Closing a day again, later, in part or offline: nothing is done twice and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from evening import Evening, codes
from sqlalchemy import func, select

import world
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.cli import shapes
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.files import write_whole
from mediyn_desktop.dayclose.review import closed_at
from mediyn_desktop.dayclose.tables import DayClosed
from mediyn_desktop.delivery.files import NotSaved
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.base import Base
from mediyn_desktop.store.uow import Store

pytestmark = pytest.mark.usefixtures("unchecked")


def count(store: Store, table: type[Base]) -> int:
    with store.read() as read:
        return read.session.scalar(select(func.count()).select_from(table)) or 0


def states(store: Store) -> list[str]:
    with store.read() as read:
        return list(read.session.scalars(select(CardAttempt.state).order_by(CardAttempt.id)))


def every_road(evening: Evening) -> None:
    """One session on each road, and one declined card."""
    evening.client("card")
    evening.client("declined", card="pm_card_visa_chargeDeclined")
    evening.client("oon", payment_type="out_of_network", superbill="session")
    evening.client("plan", payment_type="in_network")
    evening.client("copay", payment_type="in_network", copay=2500, autopay="copay")
    evening.client("bundle")
    evening.client("missed")
    evening.client("free", payment_type="pro_bono")
    with evening.store.write("t") as uow:
        world.package(uow, uow.session.query(Client).filter_by(ref="bundle").one(), 2, 20000)
    for number, ref in enumerate(("card", "declined", "oon", "plan", "copay", "bundle", "free")):
        evening.session(f"s-{ref}", ref, hour=8 + number)
    evening.session("s-missed", "missed", hour=18, status="no_show")


def test_a_second_closing_changes_nothing_and_lists_everything(
    evening: Evening, store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    every_road(evening)
    first = evening.close(out=tmp_path / "out")
    books, taken = evening.books(), evening.taken()
    clock.advance(world.timedelta(hours=2))
    again = evening.close(out=tmp_path / "out")
    assert shapes.closed(again) == shapes.closed(first)
    assert evening.books() == books
    assert evening.taken() == taken == [2500, 8000, 15000, 15000]
    assert len(shapes.closed(again)["charges"]) == 8
    assert len(shapes.closed(again)["card_charges"]) == 5
    assert len(shapes.closed(again)["claims"]) == 2
    assert codes(again) == [("s-declined", "card-declined")]
    assert (count(store, CardAttempt), count(store, Claim), count(store, IssuedDocument)) == (
        5,
        2,
        1,
    )


def test_every_road_is_taken_once(evening: Evening) -> None:
    every_road(evening)
    closed = evening.close()
    assert {row.session_ref: row.route for row in closed.review.rows} == {
        "s-card": "card",
        "s-declined": "card",
        "s-oon": "superbill",
        "s-plan": "claim",
        "s-copay": "claim_and_copay",
        "s-bundle": "package",
        "s-missed": "fee",
        "s-free": "waived",
    }


def test_the_day_remembers_when_it_was_closed_first_and_last(
    evening: Evening, store: Store, clock: FixedClock
) -> None:
    with store.read() as read:
        assert closed_at(read, world.DAY) is None
    evening.close()
    first = clock.now()
    clock.advance(world.timedelta(hours=3))
    evening.close()
    with store.read() as read:
        (row,) = read.session.scalars(select(DayClosed)).all()
        assert (row.first_closed_at, row.last_closed_at) == (first, clock.now())
        shown = closed_at(read, world.DAY)
        assert shown is not None
        assert shown.isoformat() == "2026-11-23T19:00:00-05:00"


def test_a_day_with_nothing_closes_quietly(evening: Evening, tmp_path: Path) -> None:
    closed = evening.close(out=tmp_path / "out")
    assert (closed.review.rows, closed.exceptions, closed.superbills) == ((), (), ())
    assert [path.name for path in closed.files] == ["day-report-2026-11-23.pdf"]
    assert evening.books() == []
    assert set(shapes.closed(closed)["totals"].values()) == {0}


def test_another_days_sessions_are_left_alone(evening: Evening) -> None:
    evening.client()
    evening.session("yesterday", day=world.DAY - world.timedelta(days=1))
    evening.session("tomorrow", day=world.DAY + world.timedelta(days=1))
    assert evening.close().review.rows == ()
    assert evening.books() == []


def test_a_skipped_session_is_billed_and_its_card_waits_for_another_evening(
    evening: Evening, store: Store
) -> None:
    evening.client()
    evening.session("s1")
    evening.session("s2", hour=14)
    closed = evening.close(skip=["s2"])
    assert evening.taken() == [15000]
    row = evening.row("s2")
    assert (row.billed, row.card, row.due_cents) == (True, None, 15000)
    assert codes(closed) == []
    evening.close()
    assert evening.taken() == [15000, 15000]
    assert states(store) == ["succeeded", "succeeded"]


def test_skipping_a_charge_that_waits_takes_it_back(
    evening: Evening, store: Store, api: StripeApi
) -> None:
    evening.client()
    evening.session()
    evening.close(offline=True)
    closed = evening.close(skip=["s1"])
    worker.run_pass(store, api)
    assert evening.taken() == []
    assert states(store) == [State.CANCELED]
    assert closed.review.rows[0].due_cents == 15000
    evening.close()
    assert evening.taken() == [15000]
    assert states(store) == [State.CANCELED, State.SUCCEEDED]


def test_a_note_signed_after_the_first_closing_is_charged_by_the_second(evening: Evening) -> None:
    evening.client()
    evening.session("s1")
    evening.session("s2", hour=14, signed=False)
    assert codes(evening.close()) == [("s2", "unsigned-note")]
    with evening.store.write("t") as uow:
        from mediyn_desktop.billing.signing import sign_note

        sign_note(uow, "s2")
    assert codes(evening.close()) == []
    assert evening.taken() == [15000, 15000]


def test_offline_everything_is_queued_and_a_later_pass_sends_it(
    evening: Evening, store: Store, api: StripeApi
) -> None:
    every_road(evening)
    closed = evening.close(offline=True)
    assert closed.processor == "offline"
    assert evening.taken() == []
    assert set(states(store)) == {State.QUEUED}
    assert {row.claim.state for row in closed.review.rows if row.claim} == {"queued"}
    waiting = dict(codes(closed))
    assert set(waiting.values()) == {"card-offline"}
    assert set(waiting) == {"s-card", "s-declined", "s-oon", "s-copay", "s-missed"}
    assert all("queued" in one.message for one in closed.exceptions)
    # Nothing was paid, so there is no superbill of paid sessions yet.
    assert closed.superbills == ()
    worker.run_pass(store, api)
    assert evening.taken() == [2500, 8000, 15000, 15000]
    again = evening.close()
    assert evening.taken() == [2500, 8000, 15000, 15000]
    assert [bill.client_ref for bill in again.superbills] == ["oon"]
    assert codes(again) == [("s-declined", "card-declined")]


@pytest.mark.parametrize("offline", [True, False])
def test_offline_twice_queues_once(evening: Evening, store: Store, offline: bool) -> None:
    evening.client()
    evening.session()
    evening.close(offline=True)
    evening.close(offline=offline)
    assert states(store) == [State.QUEUED if offline else State.SUCCEEDED]


def test_without_a_processor_the_charges_wait_and_it_is_said(
    evening: Evening, store: Store
) -> None:
    evening.client()
    evening.session()
    closed = evening.close(api=None)
    assert closed.processor == "no-key"
    assert codes(closed) == [("s1", "card-no-key")]
    assert "No card processor is connected" in closed.exceptions[0].message
    assert states(store) == [State.QUEUED]


def test_a_processor_that_does_not_answer_loses_nothing(evening: Evening, store: Store) -> None:
    evening.client()
    evening.session()
    nowhere = StripeApi("sk_test_suite", "http://127.0.0.1:9")
    closed = evening.close(api=nowhere)
    nowhere.close()
    assert (closed.processor, codes(closed)) == ("offline", [("s1", "card-offline")])
    assert states(store) == [State.QUEUED]
    assert evening.close().processor is None
    assert evening.taken() == [15000]


def test_stopping_half_way_begins_no_further_charge(evening: Evening, store: Store) -> None:
    evening.client()
    evening.session()
    stop = Event()
    stop.set()
    evening.close(cancelled=stop)
    assert evening.taken() == []
    assert states(store) == [State.QUEUED]
    evening.close()
    assert evening.taken() == [15000]


def test_cash_taken_between_offline_closing_and_the_pass_is_not_charged_again(
    evening: Evening, store: Store, api: StripeApi
) -> None:
    evening.client()
    evening.session()
    evening.close(offline=True)
    with store.write("t") as uow:
        take_payment(uow, "c1", 15000, "cash")
    worker.run_pass(store, api)
    closed = evening.close()
    assert evening.taken() == []
    row = closed.review.rows[0]
    assert row.due_cents == 0
    assert row.card is not None
    assert row.card.state == "canceled"
    assert codes(closed) == []


def test_progress_is_told_for_each_card(evening: Evening) -> None:
    evening.client()
    evening.session("s1")
    evening.session("s2", hour=14)
    told: list[tuple[str, int, int]] = []
    evening.close(progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "Charging cards"] == [
        ("Charging cards", 1, 2),
        ("Charging cards", 2, 2),
    ]
    assert told[0] == ("Billing", 0, 1)
    assert told[-1] == ("Done", 1, 1)


def test_a_folder_that_cannot_be_written_to_stops_before_anything_is_charged(
    evening: Evening, store: Store, tmp_path: Path
) -> None:
    evening.client()
    evening.session()
    taken = tmp_path / "taken"
    taken.write_text("a file, not a folder", "utf-8")
    with pytest.raises(NotSaved) as refused:
        evening.close(out=taken)
    assert "Nothing was done" in refused.value.message
    assert evening.books() == []
    assert count(store, CardAttempt) == 0


def test_paper_that_cannot_be_saved_after_charging_is_an_exception_not_a_loss(
    evening: Evening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening.client(payment_type="out_of_network", superbill="session")
    evening.session()

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    def full(path: Path, content: bytes) -> None:
        with monkeypatch.context() as disk:
            disk.setattr("mediyn_desktop.core.files.os.fsync", refuse)
            write_whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr("mediyn_desktop.delivery.files.write_whole", full)
        closed = evening.close(out=tmp_path / "out")
    assert [code for _, code in codes(closed)] == ["not-saved", "not-saved"]
    assert evening.taken() == [15000]
    assert [bill.file for bill in closed.superbills] == [None]
    assert list((tmp_path / "out").iterdir()) == []
    again = evening.close(out=tmp_path / "out")
    assert codes(again) == []
    assert sorted(path.name for path in again.files) == [
        "day-report-2026-11-23.pdf",
        "superbill-c1-2026-0001-v1.pdf",
    ]
    assert evening.taken() == [15000]


def test_queued_claims_are_handed_to_the_clearinghouse_folder_once(
    evening: Evening, tmp_path: Path
) -> None:
    evening.client(payment_type="in_network")
    evening.session()
    evening.set("clearinghouse.kind", "folder")
    evening.set("clearinghouse.out", tmp_path / "claims")
    (handed,) = evening.close().claim_files
    assert handed.file.parent == tmp_path / "claims"
    assert evening.row().claim is not None
    assert evening.row().claim.state == "sent"  # type: ignore[union-attr]
    assert evening.close().claim_files == ()
    assert len(list((tmp_path / "claims").iterdir())) == 1


def test_a_claim_folder_that_is_gone_is_an_exception_and_the_claim_stays_queued(
    evening: Evening, tmp_path: Path
) -> None:
    evening.client(payment_type="in_network")
    evening.session()
    (tmp_path / "claims").write_text("a file, not a folder", "utf-8")
    evening.set("clearinghouse.kind", "folder")
    evening.set("clearinghouse.out", tmp_path / "claims")
    closed = evening.close()
    assert codes(closed) == [("2026-11-23", "export-failed")]
    assert evening.row().claim.state == "queued"  # type: ignore[union-attr]
