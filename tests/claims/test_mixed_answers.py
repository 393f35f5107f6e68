# SPDX-License-Identifier: MIT
"""Whatever lies together in one file from outside: told apart, named, kept, explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

import world
from mediyn_desktop import app
from mediyn_desktop.claims import asking, connection, inbox, question_mail
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.jobs.due import JobState, run_job
from mediyn_desktop.sandbox.clearinghouse import answer_question_file
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store


def sets(
    code: str, function: str, guide: str, *body: str, number: int = 1, signs: str = "*:^~"
) -> str:
    """An interchange with one transaction of any kind, in the given separators."""
    control = f"{900 + number:09d}"
    rows = [
        f"ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*1234567893     *261124*0600*^*00501"
        f"*{control}*0*P*:",
        f"GS*{function}*C*1234567893*20261124*0600*{900 + number}*X*{guide}",
        f"ST*{code}*0001*{guide}",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{900 + number}",
        f"IEA*1*{control}",
    ]
    table = str.maketrans(dict(zip("*:^", signs, strict=False)))
    return "".join(f"{row.translate(table)}{signs[3]}\n" for row in rows)


OTHERS: Sequence[tuple[str, str, str, str]] = (
    ("276", "HR", "005010X212", "a claim status question (276)"),
    ("277", "HN", "005010X212", "a claim status answer (277)"),
    ("277", "HN", "005010X213", "more information about a claim (277)"),
    ("824", "AG", "005010X186A1", "an application advice (824)"),
    ("820", "RA", "005010X218", "a premium payment (820)"),
    ("834", "BE", "005010X220A1", "an enrollment (834)"),
    ("278", "HI", "005010X217", "an authorization (278)"),
    ("275", "PI", "006020X314", "attachments to a claim (275)"),
    ("837", "HC", "005010X223A2", "institutional or dental claims (837)"),
    ("270", "HS", "005010X279A1", "an eligibility question (270)"),
    ("999999", "ZZ", "1", "a transaction of another kind (999999)"),
)


@pytest.fixture
def asked(store: Store, tmp_path: Path) -> Store:
    """A practice that sent a question about one client into a folder."""
    for name in ("out", "in"):
        (tmp_path / name).mkdir()
    with store.write("t") as uow:
        world.practice(uow)
        for name in ("out", "in"):
            settings.set_value(uow, f"clearinghouse.{name}", str(tmp_path / name))
        owner = world.client(uow, "c1", payment_type="in_network")
        world.coverage(uow, owner, member_id="XYZ1")
        world.session(uow, owner, "s1", day=world.DAY + timedelta(days=1), signed=False)
        asking.queue_next_day(uow, world.DAY)
    with store.read() as read:
        way = connection.transport(read)
    with way:
        question_mail.send_questions(store, way)
    return store


def mixture(folder: Path, clock: FixedClock) -> bytes:
    (question,) = (folder / "out").glob("*.270")
    said = answer_question_file(question.read_text("ascii"), clock.now())
    signs = ("*:^~", "|>!'", "*<^~")
    others = [
        sets(code, function, guide, "BHT*1*2*3", number=place, signs=signs[place % 3])
        for place, (code, function, guide, _) in enumerate(OTHERS)
    ]
    half = len(others) // 2
    return "".join((*others[:half], said["271"], said["999"], *others[half:])).encode("ascii")


def test_answers_in_a_mixture_are_acted_on_and_all_else_is_named(
    asked: Store, tmp_path: Path, clock: FixedClock
) -> None:
    content = mixture(tmp_path, clock)
    report = take_and_act(asked, content, "mixed.txt")
    assert report.status == "read"
    assert [(one.client, one.status) for one in report.claims] == [
        ("c1", "active"), ("c1", "received"),
    ]  # fmt: skip
    for _code, _function, _guide, words in OTHERS:
        assert any(words in one for one in report.not_acted_on), words
    assert len(report.not_acted_on) == len(OTHERS)
    assert report.needs_you
    with asked.read() as read:
        assert read.session.query(EligibilityCheck).one().status == "active"
        assert inbox.content_of(read, 1) == content  # kept byte for byte
    assert take_and_act(asked, content, "again.txt").status == "duplicate"


@pytest.mark.parametrize(("code", "function", "guide", "words"), OTHERS)
def test_each_alone_is_named_kept_and_explained(
    store: Store, code: str, function: str, guide: str, words: str
) -> None:
    text = sets(code, function, guide, "BHT*1*2*3")
    report = take_and_act(store, text.encode("ascii"), "one.txt")
    assert (report.status, report.claims, report.moved) == ("unreadable", [], {})
    (sentence,) = report.flaws
    assert words in sentence
    assert "kept as it came" in sentence
    with store.read() as read:
        assert inbox.content_of(read, 1) == text.encode("ascii")


def test_a_refusal_of_another_kind_beside_an_answer_is_told_by_the_background_job(
    asked: Store, tmp_path: Path, clock: FixedClock
) -> None:
    (tmp_path / "in" / "mixed.txt").write_bytes(mixture(tmp_path, clock))
    (job,) = (one for one in app.jobs() if one.name == "answers")
    ran = run_job(asked, job)
    assert ran.state is JobState.ATTENTION
    assert "It may refuse a file of yours" in ran.message
