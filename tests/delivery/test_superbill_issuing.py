# SPDX-License-Identifier: MIT
"""Superbills are numbered once, kept for ever, and held when something they need is missing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from papers import SINCE, UNTIL, Papers
from pypdf import PdfReader
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

import world
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.delivery import queries, superbills
from mediyn_desktop.delivery.superbill_inputs import decode, encode
from mediyn_desktop.delivery.superbill_rules import blockers
from mediyn_desktop.delivery.superbills import Superbill, SuperbillHeld
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.practice.tables import (
    Client,
    Clinician,
    CodeList,
    Practice,
    Session,
    SessionDiagnosis,
)
from mediyn_desktop.store.uow import Store, UnitOfWork


def kept(store: Store) -> list[tuple[str, int]]:
    with store.read() as read:
        rows = read.session.execute(
            select(IssuedDocument.number, IssuedDocument.version).order_by(IssuedDocument.id)
        )
        return [(number, version) for number, version in rows]


def test_the_same_facts_are_the_same_superbill(
    papers: Papers, store: Store, clock: FixedClock
) -> None:
    papers.client()
    papers.session()
    assert papers.prospect().issued == ()
    (first,) = papers.issue()
    clock.advance(timedelta(days=3))
    assert papers.prospect().issued == (first.number,)
    assert papers.issue() == [first]
    assert kept(store) == [("2026-0001", 1)]
    assert first.issued_on == world.DAY


def test_changed_facts_are_the_next_version_that_names_the_one_it_replaces(
    papers: Papers, store: Store, clock: FixedClock
) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2))
    (first,) = papers.issue()
    papers.session("s2", day=date(2026, 11, 9))
    clock.advance(timedelta(days=3))
    assert papers.prospect().issued == ()
    (second,) = papers.issue()
    assert (second.number, second.version) == (first.number, 2)
    assert papers.data(second).replaces == f"{first.number}, version 1"
    assert papers.data(second).issue_date == date(2026, 11, 26)
    assert (first.charged_cents, second.charged_cents) == (15000, 30000)
    assert len(papers.data(first).lines) == 1  # what was handed out stays as it was
    assert papers.issue() == [second]
    assert kept(store) == [("2026-0001", 1), ("2026-0001", 2)]


def test_each_client_and_period_has_a_number_of_its_own(papers: Papers, store: Store) -> None:
    papers.client("c1")
    papers.client("c2")
    papers.session("s1", "c1")
    papers.session("s2", "c2")
    papers.issue("c1")
    papers.issue("c2")
    papers.issue("c1", world.DAY, world.DAY)
    assert kept(store) == [("2026-0001", 1), ("2026-0002", 1), ("2026-0003", 1)]


def test_numbers_begin_anew_with_the_year(papers: Papers, clock: FixedClock) -> None:
    papers.client()
    papers.session("s1")
    papers.issue()
    clock.advance(timedelta(days=60))
    papers.session("s2", day=date(2027, 1, 15))
    (bill,) = papers.issue(since=date(2027, 1, 1), until=date(2027, 1, 31))
    assert bill.number == "2027-0001"


def test_an_issued_superbill_can_be_neither_changed_nor_deleted(
    papers: Papers, store: Store
) -> None:
    papers.client()
    papers.session()
    papers.issue()
    for change in ("UPDATE issued_document SET number = 'x'", "DELETE FROM issued_document"):
        with pytest.raises(IntegrityError, match="issued documents"), store.write("t") as uow:
            uow.session.execute(text(change))
    assert kept(store) == [("2026-0001", 1)]


def test_what_is_kept_reads_back_as_it_was(papers: Papers) -> None:
    papers.client(first_name="Łukasz", last_name='O’Brien "Ó"')
    papers.session("s1", kind="crisis", minutes=105, place="video_home")
    data = papers.one()
    assert decode(encode(data)) == data


def no(name: str) -> Callable[[UnitOfWork], None]:
    """Empty a column of the practice, the clinician or the client."""
    table_name, column = name.split(".")
    table = {"practice": Practice, "clinician": Clinician, "client": Client}[table_name]

    def empty(uow: UnitOfWork) -> None:
        setattr(uow.session.query(table).one(), column, None if column == "dob" else "")

    return empty


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("clinician.npi", "NPI"),
        ("clinician.credential", "credential"),
        ("clinician.license_number", "license number"),
        ("clinician.license_state", "state of your license"),
        ("practice.tax_id", "tax ID"),
        ("practice.phone", "phone number"),
        ("client.dob", "date of birth"),
    ],
)
def test_a_missing_required_field_holds_the_superbill_and_is_named(
    papers: Papers, store: Store, missing: str, said: str
) -> None:
    papers.client()
    papers.session()
    with store.write("t") as uow:
        no(missing)(uow)
    with pytest.raises(SuperbillHeld) as held:
        papers.issue()
    assert said in held.value.message
    assert held.value.message.endswith("Nothing was issued.")
    assert kept(store) == []
    assert any(said in sentence for sentence in papers.prospect().held)
    with store.read() as read:
        (blocker,) = blockers(read, read.session.query(Charge).one())
    assert blocker.code == "superbill-incomplete"
    assert said in blocker.message


def test_a_practice_without_a_street_is_held(papers: Papers, store: Store) -> None:
    papers.client()
    papers.session()
    with store.write("t") as uow:
        practice = uow.session.get_one(Practice, 1)
        practice.address1 = practice.city = practice.state = practice.zip = ""
    with pytest.raises(SuperbillHeld, match="street address"):
        papers.issue()


def test_everything_missing_is_named_at_once(papers: Papers, store: Store) -> None:
    papers.client()
    papers.session()
    with store.write("t") as uow:
        for missing in ("clinician.npi", "practice.tax_id", "client.dob"):
            no(missing)(uow)
    with pytest.raises(SuperbillHeld) as held:
        papers.issue()
    assert all(said in held.value.message for said in ("NPI", "tax ID", "date of birth"))


def test_more_diagnoses_than_the_form_holds_are_refused_before_a_number_is_used(
    papers: Papers, store: Store
) -> None:
    some = ("F411", "F331", "F4310", "F422", "F4010", "F4323", "F320")
    codes = (*some, "F321", "F322", "F4321", "F4322", "F4324", "F4325")
    papers.client()
    for number, code in enumerate(codes, start=1):
        papers.session(f"s{number}", day=date(2026, 11, number))
        with store.write("t") as uow:
            session = uow.session.query(Session).filter_by(ref=f"s{number}").one()
            session.diagnoses = [SessionDiagnosis(position=1, code=code)]
    with pytest.raises(SuperbillHeld, match="twelve diagnoses at most"):
        papers.issue()
    assert kept(store) == []
    (bill,) = papers.issue(until=date(2026, 11, 12))
    assert len(papers.data(bill).diagnoses) == 12


def test_each_diagnosis_is_judged_by_the_list_of_its_own_day(papers: Papers, store: Store) -> None:
    with store.write("t") as uow:  # a year in which F41.1 is no longer a code
        uow.session.add(CodeList(fiscal_year=2027, release="t", content=gzip.compress(b"F331\tx")))
    papers.client()
    papers.session("s1", day=date(2026, 9, 28))
    papers.session("s2", day=date(2026, 10, 5))
    with store.write("t") as uow:
        second = uow.session.query(Session).filter_by(ref="s2").one()
        second.diagnoses = [SessionDiagnosis(position=1, code="F331")]
    (bill,) = papers.issue(since=date(2026, 9, 1), until=date(2026, 10, 31))
    assert [one.code for one in papers.data(bill).diagnoses] == ["F41.1", "F33.1"]
    papers.session("s3", day=date(2026, 10, 12))
    with pytest.raises(SuperbillHeld, match=r"F41\.1"):
        papers.issue(since=date(2026, 9, 1), until=date(2026, 10, 31))


def test_one_held_client_stops_no_other(papers: Papers, store: Store) -> None:
    papers.client("c1", dob=None)
    papers.client("c2")
    papers.client("c3", superbill="none")
    papers.client("c4", superbill="session")
    papers.client("c5")
    for number in (1, 2, 3, 4):
        papers.session(f"s{number}", f"c{number}")
    papers.session("s5", "c5", day=date(2026, 10, 26))
    with store.read() as read:
        due = superbills.clients_due_monthly(read, SINCE, UNTIL)
        assert [client.ref for client in due] == ["c1", "c2", "c4"]
        month = {one.client_ref: one for one in queries.monthly_due(read, SINCE, UNTIL)}
    assert [bool(month[ref].prospect.held) for ref in ("c1", "c2", "c4")] == [True, False, False]
    assert month["c4"].cadence == "session"
    assert month["c2"].prospect.charged_cents == month["c2"].prospect.paid_cents == 15000


def test_a_prospect_says_what_issuing_then_does(papers: Papers) -> None:
    papers.client()
    papers.session("s1", day=date(2026, 11, 2))
    papers.session("s2", day=date(2026, 11, 9), paid=3000)
    found = papers.prospect()
    (bill,) = papers.issue()
    assert (found.sessions, found.charged_cents, found.paid_cents) == (2, 30000, 18000)
    assert (bill.charged_cents, bill.paid_cents) == (30000, 18000)
    assert found.held == ()


def test_after_the_evening_only_clients_who_want_one_each_time_get_it(
    papers: Papers, store: Store
) -> None:
    papers.client("c1", superbill="session")
    papers.client("c2", superbill="month")
    papers.client("c3", superbill="session", dob=None)
    papers.client("c4", superbill="session")
    for number in (1, 2, 3):
        papers.session(f"s{number}", f"c{number}")
    papers.session("s4", "c4", paid=0)
    with store.write("t") as uow:
        issued = superbills.issue_for_day(uow, world.DAY)
    assert [(bill.client_ref, bill.period_from, bill.period_to) for bill in issued] == [
        ("c1", world.DAY, world.DAY)
    ]


# Files.


def save(store: Store, bill: Superbill, out: Path) -> Path:
    saved = superbills.save(store, bill, out).file
    assert saved is not None
    return saved


def test_the_same_superbill_is_the_same_bytes_whenever_it_is_printed(
    papers: Papers, store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    papers.client()
    papers.session()
    (bill,) = papers.issue()
    before = save(store, bill, tmp_path / "a").read_bytes()
    with store.write("t") as uow:
        uow.session.query(Client).one().last_name = "Renamed"
        uow.session.get_one(Practice, 1).phone = "5185550199"
    clock.advance(timedelta(days=400))
    assert save(store, bill, tmp_path / "b").read_bytes() == before
    assert save(store, bill, tmp_path / "a").read_bytes() == before
    assert len(list((tmp_path / "a").iterdir())) == 1


def test_the_file_tells_the_client_by_reference_and_not_by_name(
    papers: Papers, store: Store, tmp_path: Path
) -> None:
    papers.client("c1", first_name="Zzcanary", last_name="Zzcanary", email="zzcanary@x.example")
    papers.session()
    (bill,) = papers.issue()
    path = save(store, bill, tmp_path)
    assert path.name == "superbill-c1-2026-0001-v1.pdf"
    assert path.stat().st_mode & 0o077 == 0
    reader = PdfReader(path)
    assert "Zzcanary" in reader.pages[0].extract_text()
    assert "Zzcanary" not in repr(reader.metadata)
    with store.read() as read:
        (row,) = queries.superbill_rows(read, [bill.document_id])
    assert row.file_name == path.name


def test_every_superbill_has_a_file_of_its_own(
    papers: Papers, store: Store, tmp_path: Path
) -> None:
    papers.client("c1")
    papers.client("c2")
    papers.session("s1", "c1")
    papers.session("s2", "c2")
    bills = papers.issue("c1") + papers.issue("c2") + papers.issue("c1", world.DAY, world.DAY)
    papers.session("s3", "c1", hour=15)
    bills += papers.issue("c1")
    paths = {save(store, bill, tmp_path) for bill in bills}
    assert len(paths) == len(bills) == len(list(tmp_path.glob("*.pdf"))) == 4


def test_a_file_that_says_something_else_is_never_overwritten(
    papers: Papers, store: Store, tmp_path: Path
) -> None:
    papers.client()
    papers.session()
    (bill,) = papers.issue()
    # Left here by another practice, or by this one before an old backup was restored.
    other = tmp_path / "superbill-c1-2026-0001-v1.pdf"
    other.write_bytes(b"another superbill")
    first, again = save(store, bill, tmp_path), save(store, bill, tmp_path)
    assert other.read_bytes() == b"another superbill"
    assert first == again == tmp_path / "superbill-c1-2026-0001-v1 (2).pdf"
    assert first.read_bytes().startswith(b"%PDF-")
    assert len(list(tmp_path.glob("*.pdf"))) == 2


def test_without_a_folder_nothing_is_written(papers: Papers, store: Store) -> None:
    papers.client()
    papers.session()
    (bill,) = papers.issue()
    assert superbills.save(store, bill, None).file is None


def test_the_page_says_every_required_thing(papers: Papers, store: Store, tmp_path: Path) -> None:
    papers.client("c1")
    papers.session("s1", place="video_home")
    (bill,) = papers.issue()
    page = PdfReader(save(store, bill, tmp_path)).pages[0].extract_text()
    for said in (
        "Dana Reyes",
        "LCSW",
        "1234567893",
        "12-3456789",
        "R012345",
        "10 Elm Street",
        "(518) 555-0100",
        "Ana Sample c1",
        "05/17/1990",
        "11/23/2026",
        "90834",
        "95",
        "F41.1",
        "150.00",
        "2026-0001",
    ):
        assert said in page


def test_numbers_count_what_was_issued(papers: Papers, store: Store) -> None:
    papers.client()
    papers.session("s1")
    papers.issue()
    papers.session("s2", hour=15)
    papers.issue()
    papers.session("s3", hour=8)
    papers.issue("c1", world.DAY, world.DAY)
    assert kept(store) == [("2026-0001", 1), ("2026-0001", 2), ("2026-0002", 1)]
    with store.read() as read:
        rows = queries.superbill_rows(read, queries.superbill_ids(read))
        assert [(row.number, row.version, row.replaced) for row in rows] == [
            ("2026-0002", 1, False),
            ("2026-0001", 2, False),
            ("2026-0001", 1, True),
        ]
        assert read.session.scalar(select(func.count()).select_from(IssuedDocument)) == 3


@pytest.mark.parametrize(("name", "says"), [("小龙", "龙"), ("فاطمة", "right to left")])
def test_a_name_the_page_cannot_show_holds_the_superbill(
    papers: Papers, name: str, says: str
) -> None:
    papers.client(first_name=name)
    papers.session()
    with papers.store.write("t") as uow:
        owner = uow.session.query(Client).one()
        with pytest.raises(superbills.SuperbillHeld, match=says):
            superbills.issue(uow, owner, SINCE, UNTIL)


def test_sessions_on_superbills_of_their_own_are_not_listed_again_for_the_month(
    papers: Papers,
) -> None:
    papers.client(superbill="session")
    papers.session()
    with papers.store.write("t") as uow:
        owner = uow.session.query(Client).one()
        assert not superbills.given_per_session(uow, owner, SINCE, UNTIL)
        superbills.issue_for_day(uow, world.DAY)
        assert superbills.given_per_session(uow, owner, SINCE, UNTIL)
    papers.session("s2", day=date(2026, 11, 20))
    with papers.store.read() as read:
        assert not superbills.given_per_session(read, owner, SINCE, UNTIL)


def test_what_an_insurer_may_ask_back_about_is_said_with_the_superbill(papers: Papers) -> None:
    papers.client()
    papers.session()
    with papers.store.write("t") as uow:
        (bill,) = superbills.issue(uow, uow.session.query(Client).one(), SINCE, UNTIL)
    assert "The member ID is blank." in bill.cautions
