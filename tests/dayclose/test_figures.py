# SPDX-License-Identifier: MIT
"""The evening in figures: what closing would do, what it did, and the page that says so."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from evening import Evening
from pypdf import PdfReader

import world
from mediyn_desktop.cards.amounts import set_amount
from mediyn_desktop.dayclose.outlook import Outlook, outlook, superbill_sessions
from mediyn_desktop.dayclose.totals import totals
from mediyn_desktop.practice.tables import Client

pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.fixture
def full(evening: Evening) -> Evening:
    """An evening over every road with a decline, a held claim and an unsigned note."""
    evening.client("card")
    evening.client("declined", card="pm_card_visa_chargeDeclined")
    evening.client("oon", payment_type="out_of_network", superbill="session")
    evening.client("plan", payment_type="in_network")
    evening.client("copay", payment_type="in_network", copay=2500, autopay="copay")
    evening.client("held", payment_type="in_network", dob=None)
    evening.client("bundle", superbill="session")
    evening.client("missed")
    evening.client("free", payment_type="pro_bono")
    with evening.store.write("t") as uow:
        world.package(uow, uow.session.query(Client).filter_by(ref="bundle").one(), 2, 20000)
    refs = ("card", "declined", "oon", "plan", "copay", "held", "bundle", "free")
    for number, ref in enumerate(refs):
        evening.session(f"s-{ref}", ref, hour=8 + number)
    evening.session("s-missed", "missed", hour=18, status="late_cancel")
    evening.session("s-open", "card", hour=19, signed=False)
    return evening


def looked_at(evening: Evening, skip: Collection[str] = ()) -> Outlook:
    with evening.store.read() as read:
        return outlook(evening.review(), skip, superbill_sessions(read, world.DAY))


def test_the_totals_are_the_sums_of_the_rows(full: Evening) -> None:
    closed = full.close()
    rows = closed.review.rows
    sums = totals(rows, len(closed.superbills))
    assert sums.sessions == len(rows) == 10
    assert sums.charged_cents == sum(row.fee_cents for row in rows if row.billed) == 107500
    assert (sums.claims, sums.claims_cents) == (3, 45000)
    assert (sums.fees, sums.fees_cents) == (1, 7500)
    assert (sums.package_sessions, sums.package_cents) == (1, 10000)
    assert sums.waived_sessions == 1
    assert (sums.cards_succeeded, sums.cards_succeeded_cents) == (4, 40000)
    assert sums.cards_succeeded_cents == sum(full.taken())
    assert sums.cards_declined_cents == 15000
    assert (sums.cards_waiting_cents, sums.cards_unknown_cents) == (0, 0)
    assert sums.superbills == len(closed.superbills) == 2


def test_an_unsigned_session_counts_and_costs_nothing_yet(full: Evening) -> None:
    row = full.row("s-open")
    assert (row.fee_cents, row.billed) == (15000, False)
    sums = totals([row], 0)
    assert (sums.sessions, sums.charged_cents) == (1, 0)


def test_offline_the_same_sums_are_waiting(full: Evening) -> None:
    closed = full.close(offline=True)
    sums = totals(closed.review.rows, 0)
    assert (sums.cards_succeeded, sums.cards_succeeded_cents) == (0, 0)
    assert sums.cards_waiting_cents == 55000


def test_the_outlook_says_what_closing_then_does(full: Evening) -> None:
    full.close(skip=[f"s-{ref}" for ref in ("card", "declined", "oon", "copay", "missed")])
    assert full.taken() == []
    found = looked_at(full)
    assert (found.sessions, found.cards, found.cards_cents) == (10, 5, 55000)
    assert (found.left, found.left_cents) == (0, 0)
    assert (found.claims, found.claims_cents, found.claims_held) == (0, 0, 1)
    assert (found.superbills, found.unsigned, found.needing_you) == (1, 1, 2)
    closed = full.close()
    assert len(closed.superbills) == found.superbills + 1  # the package's was made before
    assert sum(full.taken()) == found.cards_cents - 15000  # but one was declined


def test_unticked_rows_are_left_and_their_superbills_wait(full: Evening) -> None:
    refs = [f"s-{ref}" for ref in ("card", "declined", "oon", "copay", "missed")]
    full.close(skip=refs)
    found = looked_at(full, skip=["s-oon", "s-card"])
    assert (found.cards, found.cards_cents) == (3, 25000)
    assert (found.left, found.left_cents) == (2, 30000)
    assert found.superbills == 0  # the package's was made before


def test_a_lowered_amount_is_what_the_outlook_counts(evening: Evening) -> None:
    evening.client()
    evening.session()
    evening.close(skip=["s1"])
    with evening.store.write("t") as uow:
        set_amount(uow, "s1", 8000, "Agreed")
    assert looked_at(evening).cards_cents == 8000


def test_after_closing_nothing_is_left_to_do_but_what_was_refused(full: Evening) -> None:
    full.close()
    found = looked_at(full)
    assert (found.cards, found.left, found.claims, found.superbills) == (0, 0, 0, 0)
    assert (found.claims_held, found.unsigned, found.needing_you) == (1, 1, 3)


def test_approved_charges_that_wait_are_counted_unless_they_are_left_out(full: Evening) -> None:
    full.close(offline=True)
    found = looked_at(full)
    assert (found.cards, found.cards_cents, found.left) == (5, 55000, 0)
    found = looked_at(full, skip=["s-card"])
    assert (found.cards, found.cards_cents) == (4, 40000)
    assert (found.left, found.left_cents) == (1, 15000)


def test_the_day_report_names_everyone_every_sum_and_every_exception(
    full: Evening, tmp_path: Path
) -> None:
    closed = full.close(out=tmp_path / "out")
    report = closed.files[-1]
    assert report.name == "day-report-2026-11-23.pdf"
    text = " ".join(page.extract_text() for page in PdfReader(report).pages)
    for said in (
        "Quiet Room Therapy",
        "November 23, 2026",
        "Ana Sample oon",
        "$400.00",  # cards
        "$450.00",  # claims
        "$75.00",  # fees
        "$1,075.00",  # all
        "Pro bono client",
        "note not signed",
        "claim held back",
        "The card was declined for $150.00.",
        "closed 4:00 PM",
    ):
        assert said in text
    assert str(PdfReader(report).metadata).count("Sample") == 0


def test_the_day_report_is_renewed_by_closing_again(full: Evening, tmp_path: Path) -> None:
    first = full.close(out=tmp_path / "out")
    before = first.files[-1].read_bytes()
    full.store.clock.advance(world.timedelta(minutes=5))  # type: ignore[attr-defined]
    again = full.close(out=tmp_path / "out")
    assert again.files == first.files
    assert again.files[-1].read_bytes() != before
    assert len(list((tmp_path / "out").glob("day-report*"))) == 1
