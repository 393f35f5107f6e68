# SPDX-License-Identifier: MIT
"""Claims leave once, whole, checked, and byte for byte as they were kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import sending, submission
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ClaimSubmission
from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.scrub.rule import Context
from mediyn_desktop.practice.tables import Client, Coverage, Practice, SessionDiagnosis
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork

MakeClaim = Callable[..., str]

# The practice of the tests has a short ZIP code, which most clearinghouses complete.
OURS = Context(only_warn=frozenset({"billing-zip"}))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder for claim files."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def insured(store: Store, monkeypatch: pytest.MonkeyPatch) -> MakeClaim:
    """Return a function that queues a claim for a new client and returns its control number.

    The guide's checker is slow; it looks at whole files at the end instead of at every claim.
    """
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    made = 0

    def make(client: dict[str, object] | None = None, **values: object) -> str:
        nonlocal made
        made += 1
        with store.write("t") as uow:
            if made == 1:
                world.practice(uow)
            owner = world.client(uow, f"c{made}", payment_type="in_network", **(client or {}))
            coverage = values.pop("coverage", {})
            world.coverage(uow, owner, **coverage)  # type: ignore[arg-type]
            session = world.session(uow, owner, f"s{made}", **values)
            return queue(uow, bill_session(uow, session)).control_number

    return make


def queue(uow: UnitOfWork, charge: object) -> Claim:
    assert isinstance(charge, Charge)
    (claim,) = submission.make_claims(uow, [charge])
    submission.queue_claims(uow, [claim])
    return claim


def state_of(store: Store, number: str) -> str:
    with store.read() as read:
        return read.session.scalars(select(Claim.state).where(Claim.control_number == number)).one()


def only_text(out: Path) -> str:
    (path,) = out.iterdir()
    return path.read_text("ascii")


def claims_in(text: str) -> list[str]:
    return re.findall(r"CLM\*(\w+)\*", text)


def test_every_kind_of_claim_in_one_file_that_follows_the_guide(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    office = insured()
    home = insured(place="video_home", coverage={"authorization_number": "AUTH77"})
    elsewhere = insured(place="video_other")
    phone = insured(place="audio_home")
    crisis = insured(minutes=105, kind="crisis")
    child = insured(
        coverage={
            "relationship_to_insured": "child",
            "insured_first_name": "Rosa",
            "insured_last_name": "O’Neill-Ĉapek",
            "insured_dob": world.date(1965, 3, 2),
            "group_number": "GRP 5",
        }
    )
    insured(client={"first_name": "Zoë", "last_name": "Müller & Søn"})
    sending.export_claims(store, out)
    text = only_text(out)
    assert refused(check_837p(text, OURS)) == []
    per_claim = dict(re.findall(r"CLM\*(\w+)(\*.*?)(?=CLM|HL\*|SE\*)", text, re.DOTALL))
    assert per_claim[office].startswith("*150***11:B:1*Y*A*Y*Y~")
    assert "SV1*HC:90834*150*UN*1***1~" in per_claim[office]
    assert per_claim[home].startswith("*150***10:B:1*")
    assert "REF*G1*AUTH77~" in per_claim[home]
    assert "SV1*HC:90834:95*150*" in per_claim[home]
    assert per_claim[elsewhere].startswith("*150***02:B:1*")
    assert "SV1*HC:90834:93*150*" in per_claim[phone]
    assert per_claim[crisis].startswith("*380*")
    assert "SV1*HC:90840*180*UN*2*" in per_claim[crisis]
    assert "DTP*472*D8*20261123~" in per_claim[child]
    assert "NM1*IL*1*O'NEILL-CAPEK*ROSA****MI*XYZ123456~" in text
    assert "NM1*QC*1*SAMPLE C6*ANA~" in text
    assert "NM1*IL*1*MULLER & SON*ZOE" in text
    # One individual bills and renders: no loop says the same twice.
    assert "NM1*82*" not in text
    assert "NM1*85*1*REYES*DANA****XX*1234567893~" in text
    assert "REF*EI*123456789~" in text


def test_an_organisation_names_who_held_the_session(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    insured()
    with store.write("t") as uow:
        practice = uow.session.get_one(Practice, 1)
        practice.entity, practice.legal_name = "organization", "Quiet Room LLC"
        practice.npi, practice.tax_id_type = "1558598797", "SSN"
    sending.export_claims(store, out)
    text = only_text(out)
    assert refused(check_837p(text, OURS)) == []
    assert "NM1*85*2*QUIET ROOM LLC*****XX*1558598797~" in text
    assert "NM1*82*1*REYES*DANA****XX*1234567893~" in text
    assert "REF*SY*123456789~" in text


def test_the_usage_flag_and_the_sender_are_the_settings(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    insured()
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.usage", "T")
        settings.set_value(uow, "clearinghouse.sender_id", "SUBM42")
        settings.set_value(uow, "clearinghouse.receiver_id", "RCVR7")
    sending.export_claims(store, out)
    header = only_text(out).splitlines()[0].split("*")
    assert (header[6].strip(), header[8].strip(), header[15]) == ("SUBM42", "RCVR7", "T")


def test_a_claim_keeps_its_one_control_number(store: Store, insured: MakeClaim) -> None:
    number = insured()
    with store.write("t") as uow:
        charge = uow.session.scalars(select(Charge)).one()
        assert queue(uow, charge).control_number == number
        assert len(uow.session.scalars(select(Claim)).all()) == 1
    assert re.fullmatch(r"M[0-9A-Z]{13}", number)


def test_export_twice_hands_over_nothing_twice(store: Store, insured: MakeClaim, out: Path) -> None:
    numbers = [insured(), insured()]
    (first,) = sending.export_claims(store, out / "a")
    assert sorted(first.control_numbers) == sorted(numbers)
    assert sending.export_claims(store, out / "a") == []
    assert sending.export_claims(store, out / "b") == []
    assert not (out / "b").exists()
    assert claims_in(only_text(out / "a")) == numbers
    assert {state_of(store, number) for number in numbers} == {ClaimState.SENT}
    later = insured()
    (second,) = sending.export_claims(store, out / "b")
    assert second.control_numbers == (later,)
    assert second.file.name != first.file.name


def test_a_crash_before_the_file_is_written_hands_over_the_same_bytes(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    number = insured()
    with store.write("t") as uow:
        kept = submission.write_submission(uow)
        assert kept is not None
        content, name = kept.content, kept.file_name
    # The program dies here; more claims come before it is started again.
    other = insured()
    exported = sending.export_claims(store, out)
    assert [one.control_numbers for one in exported] == [(number,), (other,)]
    assert (out / name).read_bytes() == content
    assert len(list(out.iterdir())) == 2


def test_a_crash_after_the_file_is_written_leaves_that_file(
    store: Store, insured: MakeClaim, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = insured()

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(sending, "move", cut)
        with pytest.raises(PowerCut):
            sending.export_claims(store, out)
    (path,) = out.iterdir()
    before = path.stat().st_ino, path.read_bytes()
    assert state_of(store, number) == ClaimState.QUEUED
    (exported,) = sending.export_claims(store, out)
    assert exported.control_numbers == (number,)
    assert (path.stat().st_ino, path.read_bytes()) == before
    assert [one.name for one in out.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_to_keeps_the_claims_queued(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    number = insured()
    taken = out / "taken"
    taken.write_text("a file, not a folder", "utf-8")
    with pytest.raises(sending.ExportFailed) as refused:
        sending.export_claims(store, taken)
    assert refused.value.code == "export-failed"
    assert "stay queued" in refused.value.message
    assert state_of(store, number) == ClaimState.QUEUED
    (exported,) = sending.export_claims(store, out / "free")
    assert exported.control_numbers == (number,)


def test_a_full_disk_leaves_no_half_file(
    store: Store, insured: MakeClaim, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insured()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("mediyn_desktop.core.files.os.fsync", full)
        with pytest.raises(sending.ExportFailed, match="No space left"):
            sending.export_claims(store, out)
    assert list(out.iterdir()) == []
    assert len(sending.export_claims(store, out)) == 1


def unbillable(uow: UnitOfWork, owner: Client) -> None:
    session = uow.session.scalars(
        select(world.Session).where(world.Session.client_id == owner.id)
    ).one()
    session.diagnoses = [SessionDiagnosis(position=1, code="F431")]


def no_member_id(uow: UnitOfWork, owner: Client) -> None:
    row = uow.session.scalars(select(Coverage).where(Coverage.client_id == owner.id)).one()
    row.member_id = ""


def unspellable(uow: UnitOfWork, owner: Client) -> None:
    owner.last_name = "李"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (unbillable, "diagnosis-not-billable"),
        (no_member_id, "no-member-id"),
        (unspellable, "x12-data"),
    ],
)
def test_a_late_change_blocks_that_claim_and_the_others_go(
    store: Store,
    insured: MakeClaim,
    out: Path,
    change: Callable[[UnitOfWork, Client], None],
    code: str,
) -> None:
    first, spoiled, last = insured(), insured(), insured()
    with store.write("t") as uow:
        change(uow, uow.session.scalars(select(Client).where(Client.ref == "c2")).one())
    (exported,) = sending.export_claims(store, out)
    assert exported.control_numbers == (first, last)
    assert state_of(store, spoiled) == ClaimState.BLOCKED
    with store.read() as read:
        row = read.session.scalars(select(Claim).where(Claim.control_number == spoiled)).one()
        (problem,) = submission.problems(row)
        assert problem.code == code
        told = read.session.scalars(
            select(ClaimEvent.text).where(ClaimEvent.claim_id == row.id).order_by(ClaimEvent.id)
        ).all()
        assert told[-1] == problem.message


def test_a_mended_claim_goes_with_the_next_file(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    held = insured(coverage={"member_id": ""})
    assert state_of(store, held) == ClaimState.BLOCKED
    assert sending.export_claims(store, out) == []
    with store.write("t") as uow:
        uow.session.scalars(select(Coverage)).one().member_id = "NEW1"
    (exported,) = sending.export_claims(store, out)
    assert exported.control_numbers == (held,)
    assert "*MI*NEW1~" in only_text(out)


def test_a_name_x12_cannot_spell_is_held_with_the_letters_named(
    store: Store, insured: MakeClaim
) -> None:
    number = insured(client={"last_name": "李小龙"})
    assert state_of(store, number) == ClaimState.BLOCKED
    with store.read() as read:
        (problem,) = submission.problems(read.session.scalars(select(Claim)).one())
    assert problem.code == "x12-data"
    assert "李小龙" in problem.message
    assert "Latin letters" in problem.message


def test_what_the_guide_refuses_is_held(
    store: Store, insured: MakeClaim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "check_837p", check_837p)
    # A payer's type nobody else could have caught: the guide lists the codes of SBR09.
    number = insured()
    assert state_of(store, number) == ClaimState.QUEUED
    with store.write("t") as uow:
        uow.session.scalars(select(Coverage)).first().payer.claim_filing_code = "QQ"  # type: ignore[union-attr]
    assert sending.export_claims(store, Path("unused")) == []
    assert state_of(store, number) == ClaimState.BLOCKED
    with store.read() as read:
        (problem,) = submission.problems(read.session.scalars(select(Claim)).one())
    assert problem.code == "guide-code"
    assert "claim filing code" in problem.message


def test_private_sessions_and_fees_never_become_claims(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
        payer = {"payment_type": "in_network"}
        missed = world.client(uow, "missed", **payer)
        late = world.client(uow, "late", **payer)
        hidden = world.client(uow, "hidden", **payer)
        outside = world.client(uow, "outside", payment_type="out_of_network", superbill="session")
        alone = world.client(uow, "alone")
        free = world.client(uow, "free", payment_type="pro_bono")
        for owner in (missed, late, hidden, outside, alone, free):
            world.coverage(uow, owner)
        sessions = [
            world.session(uow, missed, "a", status="no_show"),
            world.session(uow, late, "b", status="late_cancel"),
            world.session(uow, hidden, "c", do_not_bill_insurer=True),
            world.session(uow, outside, "d"),
            world.session(uow, alone, "e"),
            world.session(uow, free, "f"),
        ]
        charges = [bill_session(uow, session) for session in sessions]
        billed = [charge for charge in charges if isinstance(charge, Charge)]
        assert [one.route for one in billed] == [
            "fee",
            "fee",
            "card",
            "superbill",
            "card",
            "waived",
        ]
        assert submission.make_claims(uow, billed) == []
        assert uow.session.scalars(select(Claim)).all() == []
        assert submission.write_submission(uow) is None
        assert uow.session.scalars(select(ClaimSubmission)).all() == []


def test_interchange_numbers_only_grow_even_when_the_clock_goes_back(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    insured()
    (first,) = sending.export_claims(store, out)
    store.clock.advance(-world.timedelta(hours=3))  # type: ignore[attr-defined]
    insured()
    (second,) = sending.export_claims(store, out)
    with store.read() as read:
        numbers = read.session.scalars(select(ClaimSubmission.id).order_by(ClaimSubmission.made_at))
        assert sorted(numbers, reverse=True) == list(
            read.session.scalars(select(ClaimSubmission.id).order_by(ClaimSubmission.id.desc()))
        )
    assert int(second.file.stem[-9:]) == int(first.file.stem[-9:]) + 1


def test_the_file_is_the_owners_alone_and_the_proof_is_kept(
    store: Store, insured: MakeClaim, out: Path
) -> None:
    insured()
    (exported,) = sending.export_claims(store, out)
    assert exported.file.stat().st_mode & 0o077 == 0
    with store.read() as read:
        row = read.session.scalars(select(ClaimSubmission)).one()
        assert row.content == exported.file.read_bytes()
        assert row.sha256 == exported.sha256
        assert row.handed_over_at is not None


def test_the_same_service_twice_holds_back_the_second_claim_alone(
    store: Store, insured: MakeClaim, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = insured()
    with store.write("t") as uow:
        owner = uow.session.scalars(select(Client)).one()
        session = world.session(uow, owner, "s9", hour=15)
        second = queue(uow, bill_session(uow, session)).control_number
    monkeypatch.setattr(submission, "check_837p", check_837p)
    (exported,) = sending.export_claims(store, out)
    assert exported.control_numbers == (first,)
    assert state_of(store, second) == ClaimState.BLOCKED
    with store.read() as read:
        held = read.session.scalars(select(Claim).where(Claim.control_number == second)).one()
        assert [one.code for one in submission.problems(held)] == ["service-twice"]


def test_what_does_not_fit_into_one_file_goes_into_the_next(
    store: Store, insured: MakeClaim, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [insured() for _ in range(5)]
    monkeypatch.setattr(submission, "MOST_CLAIMS", 2)
    exported = sending.export_claims(store, out)
    assert [len(one.control_numbers) for one in exported] == [2, 2, 1]
    assert [number for one in exported for number in one.control_numbers] == numbers
    assert len({one.file.name for one in exported}) == 3
