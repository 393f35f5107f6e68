# SPDX-License-Identifier: MIT
"""The sample practice is sound on any day, and its evening takes every road."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sound_folder import rows_written
from sqlalchemy import select

from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.exchange.practice_folder import FolderContent, import_folder, read_folder
from mediyn_desktop.exchange.sample import sample_today, write_sample_practice
from mediyn_desktop.ledger.queries import trial_balance
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Store

DAY = date(2026, 11, 23)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample practice of ``DAY``."""
    return write_sample_practice(tmp_path / "sample", DAY)


# Leap day, both nights the clocks change, the turn of a year, and an ordinary Sunday.
@pytest.mark.parametrize(
    "day", ["2028-02-29", "2026-03-08", "2026-11-01", "2026-01-01", "2026-12-31", "2027-05-16"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_sound_on_any_day(tmp_path: Path, day: str, seed: int) -> None:
    found = read_folder(write_sample_practice(tmp_path / "x", date.fromisoformat(day), seed))

    assert isinstance(found, FolderContent), found
    assert [(one.file, one.column) for one in found.warnings] == [("clients.csv", "diagnoses")]


def test_it_is_imported_whole_and_again_without_effect(store: Store, sample: Path) -> None:
    first = import_folder(store, sample)
    before = rows_written(store)
    second = import_folder(store, sample)

    assert (first.errors, second.errors) == ([], [])
    assert [(one.session_ref, one.code) for one in first.unbilled] == [("e07", "under-16-minutes")]
    assert set(second.imported.values()) == {0}
    assert rows_written(store) == before
    with store.read() as read:
        assert trial_balance(read) == 0


def test_its_evening_takes_every_road(store: Store, sample: Path) -> None:
    import_folder(store, sample)

    with store.read() as read:
        held = read.session.scalars(select(Session).where(Session.date_of_service == DAY)).all()
        charges = read.session.scalars(select(Charge).where(Charge.date_of_service == DAY)).all()
        codes = {line.code for charge in charges for line in charge.lines}
        modifiers = {line.modifiers for charge in charges for line in charge.lines}
        unsigned = [one.ref for one in held if one.note is None]
        statuses = {one.status for one in held}
        roads = {charge.route for charge in charges}
    assert len(held) == 17
    assert roads == {str(road) for road in Route}
    assert codes >= {"90834", "90837", "90839", "90840", "90847", "90853", "LATE_CANCEL", "NO_SHOW"}
    assert modifiers == {"", "95", "93", "GT"}
    assert statuses == {"attended", "late_cancel", "no_show"}
    assert unsigned == ["e17"]


def test_exactly_one_card_declines_and_no_two_clients_share_a_customer(sample: Path) -> None:
    with (sample / "cards.csv").open(encoding="utf-8", newline="") as file:
        cards = list(csv.DictReader(file))

    assert len([one for one in cards if "Declined" in one["stripe_payment_method"]]) == 1
    assert len({one["stripe_customer"] for one in cards}) == len(cards)


def test_the_seed_alone_decides(tmp_path: Path) -> None:
    def text(name: str, seed: int) -> dict[str, bytes]:
        folder = write_sample_practice(tmp_path / name, DAY, seed)
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    assert text("a", 7) == text("b", 7)
    assert text("a", 7) != text("c", 8)


def test_the_folder_that_ships_is_the_sample_of_one_day(sample: Path) -> None:
    shipped = Path(__file__).parents[2] / "resources" / "sample_practice"

    for file in sample.iterdir():
        assert (shipped / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.parametrize(
    ("now", "there"),
    [
        (datetime(2026, 11, 24, 6, 30, tzinfo=UTC), date(2026, 11, 23)),  # past midnight back east
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), date(2026, 6, 30)),  # daylight time
    ],
)
def test_the_samples_today_is_the_date_where_its_practice_is(now: datetime, there: date) -> None:
    assert sample_today(now) == there
