# SPDX-License-Identifier: MIT
"""Blocked, ready, queued, sent: a claim takes each step once, for a reason that is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import sending, submission
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ClaimSubmission
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import (
    Client,
    ClientDiagnosis,
    Clinician,
    Coverage,
    Payer,
    Practice,
    Session,
    SessionDiagnosis,
)
from mediyn_desktop.store.uow import Store, UnitOfWork

Change = Callable[[UnitOfWork], None]


class PowerCut(BaseException):
    """The program ends here."""


@pytest.fixture(autouse=True)
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's own check is slow and is the topic of other files."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def billed(store: Store) -> Callable[..., None]:
    """Return a function that bills an insured session and makes no claim of it yet."""
    made = 0

    def make(change: Change | None = None) -> None:
        nonlocal made
        made += 1
        with store.write("t") as uow:
            if made == 1:
                world.practice(uow)
            owner = world.client(uow, f"c{made}", payment_type="in_network")
            world.coverage(uow, owner)
            session = world.session(uow, owner, f"s{made}")
            if change is not None:
                change(uow)
            uow.session.flush()
            uow.session.expire_all()
            assert isinstance(bill_session(uow, session), Charge)

    return make


def make(store: Store, *, queue: bool = False) -> list[str]:
    """Make the claims of all charges and return their states."""
    with store.write("t") as uow:
        charges = uow.session.scalars(select(Charge).order_by(Charge.id)).all()
        claims = submission.make_claims(uow, charges)
        if queue:
            submission.queue_claims(uow, claims)
        return [claim.state for claim in claims]


def states(store: Store) -> list[str]:
    with store.read() as read:
        return list(read.session.scalars(select(Claim.state).order_by(Claim.id)))


def told(store: Store) -> list[tuple[str, str]]:
    with store.read() as read:
        rows = read.session.execute(
            select(ClaimEvent.state, ClaimEvent.text).order_by(ClaimEvent.id)
        )
        return [(state, text) for state, text in rows]


def problems(store: Store) -> list[str]:
    with store.read() as read:
        claim = read.session.scalars(select(Claim)).one()
        return [problem.code for problem in submission.problems(claim)]


def without(table: type, column: str) -> Change:
    """Empty a column."""

    def change(uow: UnitOfWork) -> None:
        value = None if column in ("dob", "insured_dob") else ""
        setattr(uow.session.query(table).one(), column, value)

    return change


def both_npis(uow: UnitOfWork) -> None:
    uow.session.query(Clinician).one().npi = ""
    uow.session.get_one(Practice, 1).npi = ""


def organisation_npi(uow: UnitOfWork) -> None:
    practice = uow.session.get_one(Practice, 1)
    practice.entity, practice.npi = "organization", ""


def of_a_parent(**values: object) -> Change:
    """Insured through a parent of whom something is missing."""

    def change(uow: UnitOfWork) -> None:
        coverage = uow.session.query(Coverage).one()
        whole = {
            "relationship_to_insured": "child",
            "insured_first_name": "Rosa",
            "insured_last_name": "Neil",
            "insured_dob": date(1965, 3, 2),
        }
        for column, value in {**whole, **values}.items():
            setattr(coverage, column, value)

    return change


def thirteen_diagnoses(uow: UnitOfWork) -> None:
    some = ("F331", "F4310", "F422", "F4010", "F4323", "F320", "F321", "F322", "F4321", "F4322")
    session = uow.session.query(Session).one()
    session.diagnoses = [
        SessionDiagnosis(position=place, code=code)
        for place, code in enumerate(("F411", *some, "F4324", "F4325"), start=1)
    ]


def no_diagnosis(uow: UnitOfWork) -> None:
    uow.session.query(ClientDiagnosis).delete()


WHAT_IS_MISSING = [
    (no_diagnosis, "no-diagnosis"),
    (thirteen_diagnoses, "too-many-diagnoses"),
    (both_npis, "no-clinician-npi"),
    (organisation_npi, "no-practice-npi"),
    (without(Practice, "tax_id"), "no-tax-id"),
    (without(Practice, "address1"), "no-practice-address"),
    (without(Practice, "zip"), "no-practice-address"),
    (without(Coverage, "member_id"), "no-member-id"),
    (without(Payer, "payer_id"), "no-payer-id"),
    (without(Client, "dob"), "no-client-dob"),
    (without(Client, "city"), "no-client-address"),
    (of_a_parent(insured_last_name=""), "no-insured-name"),
    (of_a_parent(insured_dob=None), "no-insured-dob"),
    (of_a_parent(insured_city="Albany"), "no-insured-address"),
]


@pytest.mark.parametrize(
    ("change", "code"),
    WHAT_IS_MISSING,
    ids=[f"{place}-{code}" for place, (_, code) in enumerate(WHAT_IS_MISSING)],
)
def test_what_a_claim_lacks_blocks_it_by_name_and_the_charge_stands(
    store: Store, billed: Callable[..., None], out: Path, change: Change, code: str
) -> None:
    billed(change)
    assert make(store, queue=True) == [ClaimState.BLOCKED]
    assert problems(store) == [code]
    assert sending.export_claims(store, out) == []
    assert not out.exists()
    with store.read() as read:
        assert queries.client_balances(read)["c1"].insurer_cents == 15000
        assert submission.waiting_count(read) == 0


def test_a_claim_names_everything_it_lacks_at_once(
    store: Store, billed: Callable[..., None]
) -> None:
    def change(uow: UnitOfWork) -> None:
        without(Client, "dob")(uow)
        without(Coverage, "member_id")(uow)
        without(Practice, "tax_id")(uow)

    billed(change)
    make(store)
    assert problems(store) == ["no-tax-id", "no-member-id", "no-client-dob"]


def test_a_claim_takes_every_step_and_says_why(
    store: Store, billed: Callable[..., None], out: Path, clock: FixedClock
) -> None:
    billed(without(Client, "dob"))
    assert make(store) == [ClaimState.BLOCKED]
    assert make(store) == [ClaimState.BLOCKED]  # asked again, told once
    clock.advance(timedelta(days=1))
    with store.write("t") as uow:
        uow.session.query(Client).one().dob = date(1990, 5, 17)
    assert make(store) == [ClaimState.READY]
    assert make(store, queue=True) == [ClaimState.QUEUED]
    with store.read() as read:
        assert submission.waiting_count(read) == 1
    (exported,) = sending.export_claims(store, out)
    assert states(store) == [ClaimState.SENT]
    with store.read() as read:
        assert submission.waiting_count(read) == 0
        assert read.session.scalars(select(Claim)).one().updated_at == clock.now()
    assert told(store) == [
        ("ready", "Made for $150.00"),
        ("blocked", "The client's date of birth is missing."),
        ("ready", "Complete; ready to be queued"),
        ("queued", "Queued for the clearinghouse"),
        ("sent", f"Written to {exported.file.name}"),
    ]


def test_a_ready_claim_waits_until_somebody_queues_it(
    store: Store, billed: Callable[..., None], out: Path
) -> None:
    billed()
    assert make(store) == [ClaimState.READY]
    assert sending.export_claims(store, out) == []
    assert states(store) == [ClaimState.READY]


def test_a_ready_claim_is_blocked_again_when_the_chart_loses_something(
    store: Store, billed: Callable[..., None]
) -> None:
    billed()
    assert make(store) == [ClaimState.READY]
    with store.write("t") as uow:
        without(Coverage, "member_id")(uow)
    assert make(store, queue=True) == [ClaimState.BLOCKED]


def test_what_was_sent_is_neither_checked_nor_made_nor_sent_again(
    store: Store, billed: Callable[..., None], out: Path
) -> None:
    billed()
    make(store, queue=True)
    (exported,) = sending.export_claims(store, out)
    before = exported.file.read_bytes()
    with store.write("t") as uow:
        without(Coverage, "member_id")(uow)
    assert make(store, queue=True) == [ClaimState.SENT]
    assert sending.export_claims(store, out) == []
    assert exported.file.read_bytes() == before
    assert told(store)[-1][0] == "sent"


def test_only_claims_that_are_ready_can_be_queued(
    store: Store, billed: Callable[..., None]
) -> None:
    billed(without(Client, "dob"))
    billed()
    make(store)
    with store.write("t") as uow:
        claims = uow.session.scalars(select(Claim).order_by(Claim.id)).all()
        assert [claim.id for claim in submission.queue_claims(uow, claims)] == [claims[1].id]
        assert submission.queue_claims(uow, claims) == []
    assert states(store) == [ClaimState.BLOCKED, ClaimState.QUEUED]


def test_claims_are_found_by_their_charge(store: Store, billed: Callable[..., None]) -> None:
    billed()
    billed()
    make(store)
    with store.read() as read:
        charges = read.session.scalars(select(Charge).order_by(Charge.id)).all()
        found = submission.claims_of(read, [charges[1]])
        assert {key: one.charge_id for key, one in found.items()} == {charges[1].id: charges[1].id}
        assert submission.claims_of(read, []) == {}


# The folder, and a power cut between the file and the state.


def test_a_cut_after_the_first_of_two_files_sends_only_the_second_later(
    store: Store, billed: Callable[..., None], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    billed()
    make(store, queue=True)
    with store.write("t") as uow:
        submission.write_submission(uow)
    billed()
    make(store, queue=True)
    move, moved = sending.move, []

    def cut(uow: UnitOfWork, claim: Claim, state: ClaimState, text: str) -> None:
        moved.append(claim.id)
        if len(moved) == 2:
            raise PowerCut
        move(uow, claim, state, text)

    with monkeypatch.context() as patch:
        patch.setattr(sending, "move", cut)
        with pytest.raises(PowerCut):
            sending.export_claims(store, out)
    assert states(store) == [ClaimState.SENT, ClaimState.QUEUED]
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    assert len(files) == 2
    (exported,) = sending.export_claims(store, out)
    assert len(exported.control_numbers) == 1
    assert states(store) == [ClaimState.SENT, ClaimState.SENT]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == files


def test_a_cut_while_the_file_is_written_leaves_no_part_of_it(
    store: Store, billed: Callable[..., None], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    billed()
    make(store, queue=True)

    def cut(_: int) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("mediyn_desktop.core.files.os.fsync", cut)
        with pytest.raises(PowerCut):
            sending.export_claims(store, out)
    assert list(out.iterdir()) == []
    assert states(store) == [ClaimState.QUEUED]
    (exported,) = sending.export_claims(store, out)
    with store.read() as read:
        assert read.session.scalars(select(ClaimSubmission.content)).all() == [
            exported.file.read_bytes()
        ]


def test_a_damaged_file_of_the_same_name_is_replaced_by_the_kept_one(
    store: Store, billed: Callable[..., None], out: Path
) -> None:
    billed()
    make(store, queue=True)
    with store.write("t") as uow:
        kept = submission.write_submission(uow)
        assert kept is not None
        name, content = kept.file_name, kept.content
    out.mkdir()
    (out / name).write_bytes(content[:100])
    (exported,) = sending.export_claims(store, out)
    assert exported.file.read_bytes() == content


def test_a_written_file_keeps_its_claims_whatever_the_chart_says_later(
    store: Store, billed: Callable[..., None], out: Path
) -> None:
    billed()
    make(store, queue=True)
    with store.write("t") as uow:
        submission.write_submission(uow)
    with store.write("t") as uow:
        without(Coverage, "member_id")(uow)
        assert submission.write_submission(uow) is None
    (exported,) = sending.export_claims(store, out)
    assert "XYZ123456" in exported.file.read_text("ascii")
    assert states(store) == [ClaimState.SENT]
