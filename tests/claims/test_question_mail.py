# SPDX-License-Identifier: MIT
"""Questions about coverage by mail: one file, sent once, answered later and in any order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import asyncssh
import pytest

import world
from mailbox_server import Mailbox, mailbox_server
from mediyn_desktop import app
from mediyn_desktop.claims import asking, connection, outbox, question_mail, sending
from mediyn_desktop.claims.answers import FileReport, take_and_act
from mediyn_desktop.claims.connection import Asking
from mediyn_desktop.claims.coverage_list import coming
from mediyn_desktop.claims.eligibility import last_answer
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.interchanges import next_interchange
from mediyn_desktop.claims.mail_list import sent_lines
from mediyn_desktop.claims.mailing import fetch_now, send_now
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.x12.segments import tokenize
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.jobs.due import JobState, run_job
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.sandbox.clearinghouse import answer_folder, answer_questions
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

TOMORROW = world.DAY + timedelta(days=1)


@pytest.fixture
def folders(store: Store, tmp_path: Path) -> tuple[Path, Path]:
    """A practice whose files go into one folder and come from another."""
    out, answers = tmp_path / "out", tmp_path / "in"
    out.mkdir()
    answers.mkdir()
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, "clearinghouse.out", str(out))
        settings.set_value(uow, "clearinghouse.in", str(answers))
    return out, answers


def insured(store: Store, ref: str, member: str, **values: object) -> int:
    """A client with a session tomorrow; return the coverage."""
    with store.write("t") as uow:
        owner = world.client(uow, ref, payment_type="in_network")
        row = world.coverage(uow, owner, copay=None, member_id=member, **values)
        world.session(uow, owner, f"s-{ref}", day=TOMORROW, signed=False)
        return row.id


def evening(store: Store) -> list[outbox.HandedOver]:
    """What the close of the day does about tomorrow's clients."""
    with store.write("t") as uow:
        asking.queue_next_day(uow, world.DAY)
    with store.read() as read:
        way = connection.transport(read)
    with way:
        return question_mail.send_along(store, way)


def checks(store: Store) -> dict[int, EligibilityCheck]:
    """The newest check of each coverage."""
    with store.read() as read:
        rows = read.session.query(EligibilityCheck).order_by(EligibilityCheck.id)
        return {row.coverage_id: row for row in rows}


def told(store: Store, *kinds: str) -> list[tuple[str, str]]:
    with store.read() as read:
        return [(one.kind, one.ref) for one in alerts(read) if one.kind in kinds]


def test_the_evenings_questions_go_in_one_file_and_are_answered(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    out, answers = folders
    one, two, gone, nobody = (
        insured(store, f"c{place}", member)
        for place, member in enumerate(("XYZ1", "XYZ2", "INACT1", "NOTF1"))
    )
    (done,) = evening(store)
    assert done.state is HandOver.SENT
    (file,) = out.iterdir()
    assert file.name == done.name == f"eligibility-20261123-{done.submission_id:09d}.270"
    rows = list(tokenize(file.read_text("ascii")))
    assert [row.element(2) for row in rows if row.id == "ST"] == ["0001", "0002", "0003", "0004"]
    assert next(row for row in rows if row.id == "GE").element(1) == "4"
    traces = [row.element(2) for row in rows if row.id == "TRN"]
    assert len(set(traces)) == 4
    assert f"{done.submission_id:09d}" not in traces
    assert {row.state for row in checks(store).values()} == {"asked"}
    with store.read() as read:
        assert [row.standing for row in coming(read)] == ["waiting"] * 4
        assert asking.waiting_count(read) == 0

    answer_folder(out, answers, clock)
    fetched = fetch_now(store)
    assert {report.status for report in fetched.reports} == {"read"}
    assert not [report for report in fetched.reports if report.flaws]
    now = checks(store)
    assert {row.state for row in now.values()} == {"answered"}
    assert [now[key].status for key in (one, two, gone, nobody)] == [
        "active", "active", "inactive", "unknown",
    ]  # fmt: skip
    assert now[one].copay_cents == 2500
    assert now[one].as_of == world.DAY
    assert "not found" in now[nobody].message.lower()
    with store.read() as read:
        assert read.session.get_one(Coverage, one).copay_cents is None  # nobody accepted it


def test_what_was_asked_can_be_read_in_plain_words(
    store: Store, folders: tuple[Path, Path]
) -> None:
    insured(store, "c1", "XYZ1")
    (done,) = evening(store)
    with store.read() as read:
        says = [line.says for line in sent_lines(read, done.submission_id)]
    assert any("mental health" in one.lower() for one in says)
    assert all(says)


def test_a_question_leaves_once_whatever_is_repeated(
    store: Store, folders: tuple[Path, Path]
) -> None:
    insured(store, "c1", "XYZ1")
    assert len(evening(store)) == 1
    assert evening(store) == []
    (job,) = (one for one in app.jobs() if one.name == "eligibility")
    assert run_job(store, job).state is JobState.DONE
    assert send_now(store) == []
    assert len(list(folders[0].iterdir())) == 1


def test_the_background_job_sends_what_waits_also_offline_into_a_folder(
    store: Store, folders: tuple[Path, Path]
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    with store.write("t") as uow:
        asking.queue_check(uow, uow.session.get_one(Coverage, coverage), TOMORROW)
        assert asking.waiting_count(uow) == 1
    (job,) = (one for one in app.jobs(offline=True) if one.name == "eligibility")
    assert run_job(store, job).state is JobState.DONE
    assert [path.suffix for path in folders[0].iterdir()] == [".270"]


def test_claims_exported_by_hand_take_no_questions_along(
    store: Store, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    insured(store, "c1", "XYZ1")
    with store.write("t") as uow:
        asking.queue_next_day(uow, world.DAY)
        assert question_mail.write_file(uow) is not None
        outbox.address_files(uow)
    assert sending.export_claims(store, tmp_path / "by-hand") == []
    assert not (tmp_path / "by-hand").exists()


def test_numbers_are_never_used_twice(store: Store, folders: tuple[Path, Path]) -> None:
    used: list[int] = []
    for place in range(3):  # the clock stands still: the numbers go on all the same
        insured(store, f"c{place}", f"XYZ{place}")
        evening(store)
        with store.read() as read:
            next_one = next_interchange(read)
        used.append(next_one)
    with store.read() as read:
        files = [row.id for row in read.session.query(ClaimSubmission)]
        asked = [row.number for row in read.session.query(EligibilityCheck)]
    assert len({*files, *asked}) == 6
    assert used == sorted(set(used))
    assert used[-1] > max(*files, *(number for number in asked if number is not None))
    assert len(list(folders[0].iterdir())) == 3


def test_a_hole_in_one_chart_holds_up_nobody_else(store: Store, folders: tuple[Path, Path]) -> None:
    hole = insured(store, "c1", "")
    other = insured(store, "c2", "XYZ2")
    (done,) = evening(store)
    assert (folders[0] / done.name).read_text("ascii").count("ST*270*") == 1
    now = checks(store)
    assert (now[hole].state, now[other].state) == ("failed", "asked")
    assert "member id" in now[hole].message
    assert told(store, "eligibility-failed") == [("eligibility-failed", "c1")]


def test_a_day_that_passed_is_not_asked_about(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    with store.write("t") as uow:
        asking.queue_check(uow, uow.session.get_one(Coverage, coverage), TOMORROW)
    clock.advance(timedelta(days=2))
    with store.write("t") as uow:
        assert question_mail.write_file(uow) is None
    assert checks(store)[coverage].state == "failed"


def test_a_file_that_could_not_leave_asks_about_no_day_that_passed_meanwhile(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    passed, still = insured(store, "c1", "XYZ1"), insured(store, "c2", "XYZ2")
    with store.write("t") as uow:
        later = uow.session.get_one(Coverage, still)
        asking.queue_check(uow, uow.session.get_one(Coverage, passed), TOMORROW)
        asking.queue_check(uow, later, TOMORROW + timedelta(days=5))
        first = question_mail.write_file(uow)
        assert first is not None
        outbox.address_files(uow)
    clock.advance(timedelta(days=3))
    with store.read() as read:
        way = connection.transport(read)
    with way:
        (done,) = question_mail.send_along(store, way)
    assert done.submission_id != first.id
    assert (folders[0] / done.name).read_text("ascii").count("ST*270*") == 1
    now = checks(store)
    assert (now[passed].state, now[still].state) == ("failed", "asked")


def answer(store: Store, out: Path, answers: Path, clock: FixedClock) -> dict[str, str]:
    """What the clearinghouse says to the file in ``out``, by kind; nothing is read yet."""
    (done,) = answer_folder(out, answers, clock)
    return {path.suffix[1:]: path.read_text("utf-8") for path in done.written}


def take(store: Store, text: str, name: str = "a.271") -> FileReport:
    return take_and_act(store, text.encode("ascii"), name)


def test_answers_in_any_order_in_one_set_are_told_apart_by_their_trace(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    one = insured(store, "c1", "XYZ1")
    gone = insured(store, "c2", "INACT2")
    evening(store)
    now = checks(store)

    def person(place: int, coverage: int, said: str) -> str:
        return (
            f"HL*{place}*2*22*0~TRN*1*777{place}*9CLEARHSE~TRN*2*{now[coverage].number:09d}"
            f"*9234567893~NM1*IL*1*DOE*A****MI*X~{said}"
        )

    head = (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*1234567893     *261124*0600*^*00501*"
        "000000801*0*T*:~GS*HB*C*1234567893*20261124*0600*801*X*005010X279A1~"
        "ST*271*0001*005010X279A1~BHT*0022*11*CLEARINGHOUSE-BATCH-9*20261124*0600~HL*1**20*1~"
        "NM1*PR*2*BLUE PLAN*****PI*12345~HL*2*1*21*1~NM1*1P*2*QUIET ROOM*****XX*1234567893~"
    )
    tail = "SE*20*0001~GE*1*801~IEA*1*000000801~"
    text = head + person(3, gone, "EB*6**30~") + person(4, one, "EB*1**30**PLAN~EB*1**MH~") + tail
    report = take(store, text)
    assert sorted((said.client, said.status) for said in report.claims) == [
        ("c1", "active"), ("c2", "inactive"),
    ]  # fmt: skip
    now = checks(store)
    assert (now[one].status, now[gone].status) == ("active", "inactive")


def test_the_same_answer_under_another_file_changes_nothing(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    evening(store)
    said = answer(store, *folders, clock)["271"]
    take(store, said)
    first = checks(store)[coverage]
    clock.advance(timedelta(hours=1))
    assert take(store, said, "again.271").status == "duplicate"
    control = said.splitlines()[0].split("*")[13]
    other = said.replace(control, "000000999").replace(str(int(control)), "999")
    report = take(store, other, "other.271")
    assert report.status == "read"
    assert report.claims[0].reason == "The same answer is kept already."
    with store.read() as read:
        rows = read.session.query(EligibilityCheck).all()
        assert [(row.id, row.answered_at, row.inbound_id) for row in rows] == [
            (first.id, first.answered_at, first.inbound_id)
        ]


def test_a_further_answer_is_kept_beside_the_first(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    evening(store)
    said = answer(store, *folders, clock)["271"]
    take(store, said)
    clock.advance(timedelta(hours=1))
    for _ in range(2):
        take(store, said.replace("**27*25****", "**27*40****").replace("~", "~\n"), "later.271")
    with store.read() as read:
        rows = read.session.query(EligibilityCheck).order_by(EligibilityCheck.id).all()
        assert [row.copay_cents for row in rows] == [2500, 4000]
        last = last_answer(read, coverage)
        assert last is not None
        assert last.id == rows[1].id


def test_an_answer_with_our_number_about_somebody_else_is_nobodys(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    evening(store)
    said = answer(store, *folders, clock)["271"]
    stranger = said.replace("*MI*XYZ1~", "*MI*OTHER9~").replace(
        "DTP*346", "DMG*D8*19010101~DTP*346"
    )
    assert stranger.count("19010101") == 1
    report = take(store, stranger)
    assert [one.status for one in report.claims] == ["unmatched"]
    assert report.needs_you
    assert checks(store)[coverage].state == "asked"


def test_an_answer_without_our_numbers_goes_to_the_question_that_waits(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    evening(store)
    said = answer(store, *folders, clock)["271"].replace(
        f"{checks(store)[coverage].number:09d}", "CLEARINGHOUSE-7"
    )
    assert [one.status for one in take(store, said).claims] == ["unmatched"]
    born = said.replace("DTP*346", "DMG*D8*19900517~DTP*346")
    assert [one.status for one in take(store, born, "b.271").claims] == ["active"]
    with store.read() as read:
        (row,) = read.session.query(EligibilityCheck)
        assert (row.state, row.how) == ("answered", "transport")


def test_a_member_nobody_knows_is_an_alert_before_the_session(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    insured(store, "c1", "NOTF1")
    evening(store)
    assert told(store, "eligibility-failed") == []
    take(store, answer(store, *folders, clock)["271"])
    assert told(store, "eligibility-failed") == [("eligibility-failed", "c1")]


class AtOnce:
    """A way that answers at once, and what it was asked."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.asked: list[bytes] = []

    def ask(self, content: bytes, key: str) -> bytes:
        self.asked.append(content)
        return answer_questions(content.decode("ascii"), self.clock.now()).encode("ascii")


def test_a_file_that_never_left_gives_its_questions_back_to_another_way(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    with store.write("t") as uow:
        asking.queue_next_day(uow, world.DAY)
        assert question_mail.write_file(uow) is not None
        outbox.address_files(uow)
    way = AtOnce(clock)
    asking.ask_waiting(store, way)
    assert len(way.asked) == 1
    assert checks(store)[coverage].status == "active"
    assert evening(store) == []
    assert list(folders[0].iterdir()) == []


def test_one_that_left_is_not_asked_again_on_another_way(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    insured(store, "c1", "XYZ1")
    evening(store)
    way = AtOnce(clock)
    asking.ask_waiting(store, way)
    assert way.asked == []


def test_a_refused_set_fails_its_question_and_the_others_are_answered(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    good, bad = insured(store, "c1", "XYZ1"), insured(store, "c2", "IK5-1")
    evening(store)
    said = answer(store, *folders, clock)
    report = take(store, said["999"], "a.999")
    assert report.flaws == []  # it is about a file of ours
    assert [(one.client, one.status) for one in report.claims] == [
        ("c1", "received"), ("c2", "rejected"),
    ]  # fmt: skip
    assert report.needs_you
    now = checks(store)
    assert (now[good].state, now[bad].state) == ("asked", "failed")
    assert "telephone" in now[bad].message
    assert told(store, "eligibility-failed") == [("eligibility-failed", "c2")]
    take(store, said["271"])
    assert checks(store)[good].status == "active"


def test_a_file_refused_at_the_door_fails_all_its_questions(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    insured(store, "c1", "XYZ1")
    insured(store, "c2", "TA1-1")
    evening(store)
    said = answer(store, *folders, clock)
    assert set(said) == {"ta1"}
    report = take(store, said["ta1"], "a.ta1")
    assert [one.status for one in report.claims] == ["rejected", "rejected"]
    assert {row.state for row in checks(store).values()} == {"failed"}
    assert "TA1 022" in checks(store)[1].message


def test_a_refusal_after_the_answer_changes_nothing(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    coverage = insured(store, "c1", "XYZ1")
    evening(store)
    said = answer(store, *folders, clock)
    take(store, said["271"])
    take(store, said["999"].replace("IK5*A", "IK5*R*5").replace("AK9*A*1*1*1", "AK9*R*1*1*0"))
    assert checks(store)[coverage].status == "active"


def test_silence_is_an_alert_and_ends_after_two_weeks_or_with_the_answer(
    store: Store, folders: tuple[Path, Path], clock: FixedClock
) -> None:
    one = insured(store, "c1", "LOST1")
    insured(store, "c2", "XYZ2")
    evening(store)
    said = answer(store, *folders, clock)
    clock.advance(timedelta(days=2))
    assert told(store, "eligibility-unanswered") == []
    clock.advance(timedelta(days=1))
    assert told(store, "eligibility-unanswered") == [("eligibility-unanswered", "c1")]
    take(store, said["271"])
    (alert,) = told(store, "eligibility-unanswered")  # c1 still waits
    assert alert[1] == "c1"
    clock.advance(timedelta(days=12))
    (job,) = (each for each in app.jobs() if each.name == "silence")
    run_job(store, job)
    assert checks(store)[one].state == "failed"
    assert told(store, "eligibility-unanswered") == []
    late = (
        said["271"]
        .replace("XYZ2", "LOST1")
        .replace(f"{checks(store)[2].number:09d}", f"{checks(store)[one].number:09d}")
    )
    take(store, late, "late.271")
    assert checks(store)[one].status == "active"  # an answer that comes late is kept


@pytest.mark.parametrize(
    ("chosen", "kind", "answers", "url", "way"),
    [
        ("auto", "folder", True, False, Asking.BY_MAIL),
        ("auto", "folder", False, False, Asking.NOT),  # nobody would read an answer
        ("mailbox", "folder", False, False, Asking.BY_MAIL),
        ("auto", "folder", True, True, Asking.AT_ONCE),
        ("mailbox", "folder", True, True, Asking.BY_MAIL),
        ("none", "folder", True, True, Asking.NOT),
        ("https", "folder", True, False, Asking.NOT),
        ("mailbox", "https", True, False, Asking.NOT),
    ],
)
def test_which_way_is_asked(
    store: Store,
    folders: tuple[Path, Path],
    chosen: str,
    kind: str,
    answers: bool,
    url: bool,
    way: Asking,
) -> None:
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.eligibility", chosen)
        settings.set_value(uow, "clearinghouse.kind", kind)
        if not answers:
            settings.set_value(uow, "clearinghouse.in", "")
        if url:
            settings.set_value(uow, "clearinghouse.https_eligibility_url", "https://a.example/q")
            settings.set_value(uow, "clearinghouse.https_key", "k")
        assert connection.asking_way(uow) is way


# -- over a real mailbox


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    root = tmp_path_factory.mktemp("questions") / "mailbox"
    with mailbox_server(root, [asyncssh.generate_private_key("ssh-ed25519")]) as running:
        yield running


@pytest.fixture
def posted(store: Store, mailbox: Mailbox) -> Store:
    """A practice whose files travel by that mailbox, emptied."""
    mailbox.faults = type(mailbox.faults)()
    for folder in (mailbox.inbound, mailbox.outbound, mailbox.collected):
        for path in folder.iterdir():
            path.unlink()
    with store.write("t") as uow:
        world.practice(uow)
        for name, value in mailbox.settings().items():
            settings.set_value(uow, name, value)
    return store


def test_by_sftp_the_question_goes_out_and_its_answer_comes_in(
    posted: Store, mailbox: Mailbox, clock: FixedClock
) -> None:
    coverage = insured(
        posted,
        "kid",
        "FAM1",
        relationship_to_insured="child",
        insured_first_name="Pat",
        insured_last_name="Elder",
        insured_dob=date(1970, 1, 1),
    )
    (done,) = evening(posted)
    assert mailbox.faults.renamed == [done.name]
    answer_folder(mailbox.inbound, mailbox.outbound, clock)
    fetch_now(posted)
    assert checks(posted)[coverage].status == "active"


def test_after_a_cut_at_the_last_step_the_mailbox_is_looked_into_first(
    posted: Store, mailbox: Mailbox, clock: FixedClock
) -> None:
    coverage = insured(posted, "c1", "XYZ1")
    mailbox.faults.drop_after_rename = True
    (done,) = evening(posted)
    assert done.state is HandOver.UNKNOWN
    assert checks(posted)[coverage].state == "asked"  # it may have been
    mailbox.faults.drop_after_rename = False
    (found,) = evening(posted)
    assert found.state is HandOver.SENT
    assert mailbox.faults.renamed == [done.name]  # once


def test_a_file_in_doubt_is_not_looked_for_for_ever(
    posted: Store, mailbox: Mailbox, clock: FixedClock
) -> None:
    insured(posted, "c1", "XYZ1")
    mailbox.faults.drop_after_rename = True
    evening(posted)
    mailbox.faults.drop_after_rename = False
    for path in mailbox.inbound.iterdir():
        path.unlink()  # collected, and lost on the other side
    (still,) = evening(posted)
    assert still.state is HandOver.UNKNOWN
    clock.advance(timedelta(days=question_mail.LAST_DAYS + 1))
    with posted.write("t") as uow:
        assert question_mail.give_up(uow) == 1
    assert evening(posted) == []
    assert told(posted, "eligibility-unanswered") == []


@pytest.mark.parametrize("said_not_by", [".271", ".999"])
def test_an_answer_settles_that_a_file_in_doubt_arrived(
    posted: Store, mailbox: Mailbox, clock: FixedClock, said_not_by: str
) -> None:
    coverage = insured(posted, "c1", "XYZ1")
    mailbox.faults.drop_after_rename = True
    evening(posted)
    mailbox.faults.drop_after_rename = False
    answer_folder(mailbox.inbound, mailbox.outbound, clock)
    for path in mailbox.outbound.glob(f"*{said_not_by}"):
        path.unlink()
    fetch_now(posted)
    with posted.read() as read:
        (row,) = outbox.outbox(read)
        assert (row.state, row.holds) == (HandOver.SENT, outbox.QUESTIONS)
    status = checks(posted)[coverage].status
    assert status == ("" if said_not_by == ".271" else "active")
