# SPDX-License-Identifier: MIT
"""Whether a client is covered: asked over loopback, kept as of its day, accepted by a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

import world
from mediyn_desktop import app
from mediyn_desktop.claims import asking, connection
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.eligibility import (
    NoCoverage,
    NotAnAnswer,
    Told,
    accept,
    coverage_of,
    last_answer,
    note_call,
)
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.interchanges import next_interchange
from mediyn_desktop.claims.transports.protocol import Offline
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.jobs.due import JobState, run_job
from mediyn_desktop.practice.tables import Client, Coverage
from mediyn_desktop.reports.alerts import alerts
from mediyn_desktop.sandbox.clearinghouse import ClearinghouseServer, answer_questions
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

TOMORROW = world.DAY + timedelta(days=1)


@pytest.fixture
def server(clock: FixedClock) -> Iterator[ClearinghouseServer]:
    with ClearinghouseServer(clock=clock) as running:
        yield running


@pytest.fixture
def connected(store: Store, server: ClearinghouseServer) -> Store:
    """A practice that can ask; its clinician, and an insured client c1."""
    with store.write("t") as uow:
        world.practice(uow)
        for name, value in server.addresses().items():
            settings.set_value(uow, name, value)
    insured(store, "c1", "XYZ123456")
    return store


def insured(store: Store, ref: str, member: str, **values: object) -> int:
    """A client with a session tomorrow; return the coverage."""
    with store.write("t") as uow:
        owner = world.client(uow, ref, payment_type="in_network")
        row = world.coverage(uow, owner, copay=None, member_id=member, **values)
        world.session(uow, owner, f"s-{ref}", day=TOMORROW, signed=False)
        return row.id


def ask(store: Store, coverage: int = 1) -> EligibilityCheck:
    """Ask about a coverage now; return its check."""
    with store.write("t") as uow:
        row = asking.queue_check(uow, uow.session.get_one(Coverage, coverage), TOMORROW)
        number = row.id
    with store.read() as read:
        way = connection.eligibility_transport(read)
    with way:
        assert asking.ask_waiting(store, way, only=[number]) == [number]
    with store.read() as read:
        return read.session.get_one(EligibilityCheck, number)


def test_an_active_plan_with_its_figures(connected: Store) -> None:
    row = ask(connected)
    assert (row.state, row.how, row.status, row.plan) == (
        "answered", "transport", "active", "SANDBOX PLAN",
    )  # fmt: skip
    assert (row.copay_cents, row.coinsurance_bp) == (2500, 2000)
    assert (row.deductible_cents, row.deductible_left_cents) == (150000, 40000)
    assert row.as_of == world.DAY
    assert row.question is not None
    assert b"EQ*30~" in row.question
    assert b"EQ*MH~" in row.question
    with connected.read() as read:
        assert read.session.get_one(Coverage, 1).copay_cents is None  # nobody accepted it


@pytest.mark.parametrize(
    ("member", "status", "words"),
    [
        ("INACT1", "inactive", ""),
        ("NOTF1", "unknown", "not found"),
        ("DOWN1", "unknown", "No answer"),
    ],
)
def test_what_is_no_yes(connected: Store, member: str, status: str, words: str) -> None:
    row = ask(connected, insured(connected, "c2", member))
    assert (row.state, row.status) == ("answered", status)
    assert words.lower() in row.message.lower()
    assert (row.copay_cents, row.coinsurance_bp, row.deductible_cents) == (None, None, None)


def test_a_dependent_is_asked_about_under_the_insureds_number(connected: Store) -> None:
    number = insured(
        connected,
        "kid",
        "FAM1",
        relationship_to_insured="child",
        insured_first_name="Pat",
        insured_last_name="Elder",
        insured_dob=date(1970, 1, 1),
    )
    row = ask(connected, number)
    assert row.status == "active"
    assert row.question is not None
    assert b"NM1*IL*1*ELDER*PAT****MI*FAM1~" in row.question
    assert b"INS*N*19~" in row.question


def test_a_hole_in_the_chart_fails_that_question_and_no_other(connected: Store) -> None:
    hole = insured(connected, "c2", "")
    with connected.write("t") as uow:
        for number in (hole, 1):
            asking.queue_check(uow, uow.session.get_one(Coverage, number), TOMORROW)
    (job,) = (one for one in app.jobs() if one.name == "eligibility")
    assert run_job(connected, job).state is JobState.DONE
    with connected.read() as read:
        rows = {row.coverage_id: row for row in read.session.query(EligibilityCheck)}
        assert (rows[hole].state, rows[1].state) == ("failed", "answered")
        assert "member id" in rows[hole].message
        assert job.waiting(read) == 0


def test_the_evening_queues_the_next_days_insured_clients_once(connected: Store) -> None:
    insured(connected, "c2", "TWO")
    with connected.write("t") as uow:
        world.session(uow, world.client(uow, "self"), "s-self", day=TOMORROW, signed=False)
        later = world.client(uow, "later", payment_type="in_network")
        world.coverage(uow, later)
        world.session(uow, later, "s-later", day=TOMORROW + timedelta(days=1), signed=False)
        assert len(asking.queue_next_day(uow, world.DAY)) == 2
        asking.queue_next_day(uow, world.DAY)
        assert uow.session.query(EligibilityCheck).count() == 2
    ask(connected)
    with connected.write("t") as uow:
        # Found covered this month: not asked for again until the next.
        assert [one.coverage_id for one in asking.queue_next_day(uow, world.DAY)] == [2]


def test_without_a_way_to_ask_nothing_is_queued(store: Store) -> None:
    with store.write("t") as uow:
        world.practice(uow)
    insured(store, "c1", "XYZ")
    with store.write("t") as uow:
        assert asking.queue_next_day(uow, world.DAY) == []
        asking.queue_check(uow, uow.session.get_one(Coverage, 1), TOMORROW)
        assert asking.waiting_count(uow) == 0
    (job,) = (one for one in app.jobs() if one.name == "eligibility")
    assert run_job(store, job).state is JobState.DONE


class Nobody:
    """A way on which nobody answers, or something else than an answer comes."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer
        self.asked: list[bytes] = []

    def ask(self, content: bytes, key: str) -> bytes:
        self.asked.append(content)
        if self.answer is None:
            raise Offline("You are offline. Nobody was asked.")
        return self.answer


def test_a_question_nobody_took_is_asked_again_with_the_same_bytes(connected: Store) -> None:
    with connected.write("t") as uow:
        asking.queue_check(uow, uow.session.get_one(Coverage, 1), TOMORROW)
    way = Nobody()
    for _ in range(2):
        with pytest.raises(Offline):
            asking.ask_waiting(connected, way)
    assert way.asked[0] == way.asked[1]
    with connected.read() as read:
        assert asking.waiting_count(read) == 1
    assert ask(connected).status == "active"


def test_what_does_not_answer_the_question_is_a_failure_that_is_said(connected: Store) -> None:
    with connected.write("t") as uow:
        number = asking.queue_check(uow, uow.session.get_one(Coverage, 1), TOMORROW).id
    asking.ask_waiting(connected, Nobody(b"<html>sorry</html>"))
    with connected.read() as read:
        row = read.session.get_one(EligibilityCheck, number)
        assert row.state == "failed"
        assert "telephone" in row.message
        assert last_answer(read, 1) is None


def test_an_answer_to_a_question_asked_elsewhere_needs_number_and_birth_date(
    connected: Store, clock: FixedClock
) -> None:
    row = ask(connected)
    assert row.question is not None
    text = row.question.decode("ascii").replace(f"{row.number:09d}", "000000077")
    text = answer_questions(text, clock.now())
    report = take_and_act(connected, text.encode("ascii"), "portal.271")
    assert [one.status for one in report.claims] == ["unmatched"]
    assert report.needs_you
    born = text.replace("DTP*346", "DMG*D8*19900517~DTP*346")
    report = take_and_act(connected, born.encode("ascii"), "portal2.271")
    assert [(one.status, one.client) for one in report.claims] == [("active", "c1")]
    assert (report.kind, report.status) == ("271", "read")
    again = take_and_act(connected, born.encode("ascii"), "again.271")
    assert again.status == "duplicate"


def test_an_older_answer_does_not_replace_a_newer(connected: Store, clock: FixedClock) -> None:
    row = ask(connected)
    assert row.question is not None
    old = answer_questions(
        row.question.decode("ascii").replace("XYZ123456", "INACT9"),
        clock.now() - timedelta(days=30),
    )
    report = take_and_act(connected, old.encode("ascii"), "old.271")
    assert report.claims[0].reason == "A newer answer is kept already."
    with connected.read() as read:
        last = last_answer(read, 1)
        assert last is not None
        assert last.status == "active"


def test_a_person_accepts_what_is_stated_and_the_rest_stays(connected: Store) -> None:
    row = ask(connected)
    with connected.write("t") as uow:
        accept(uow, uow.session.get_one(EligibilityCheck, row.id))
        coverage = uow.session.get_one(Coverage, 1)
        assert (coverage.copay_cents, coverage.coinsurance_bp) == (2500, 2000)
        assert (coverage.deductible_cents, coverage.deductible_left_cents) == (150000, 40000)
        assert coverage.benefits_as_of == world.DAY
        told = note_call(uow, coverage, Told(True, "REF-1", copay_cents=3000))
        accept(uow, told)
        assert (coverage.copay_cents, coverage.coinsurance_bp) == (3000, 2000)


def test_an_ended_coverage_has_nothing_to_accept(connected: Store) -> None:
    row = ask(connected, insured(connected, "c2", "INACT1"))
    with connected.write("t") as uow, pytest.raises(NotFound, match="not changed"):
        accept(uow, uow.session.get_one(EligibilityCheck, row.id))


def test_an_ended_coverage_is_an_alert_before_the_session(connected: Store) -> None:
    with connected.write("t") as uow:
        coverage = uow.session.get_one(Coverage, 1)
        assert [one for one in alerts(uow) if one.kind == "coverage-inactive"] == []
        note_call(uow, coverage, Told(False, "REF-1"))
        (told,) = (one for one in alerts(uow) if one.kind == "coverage-inactive")
        assert (told.ref, told.since) == ("c1", world.DAY)
        note_call(uow, coverage, Told(True, "REF-2"))
        assert [one for one in alerts(uow) if one.kind == "coverage-inactive"] == []


@pytest.mark.parametrize(
    "told",
    [
        Told(True, " "),
        Told(True, "R", copay_cents=-1),
        Told(True, "R", coinsurance_bp=10_001),
        Told(True, "R", as_of=TOMORROW),
    ],
)
def test_a_call_that_cannot_be_noted(connected: Store, told: Told) -> None:
    with connected.write("t") as uow:
        coverage = uow.session.get_one(Coverage, 1)
        with pytest.raises(NotAnAnswer):
            note_call(uow, coverage, told)
        assert uow.session.query(EligibilityCheck).count() == 0


def test_a_call_is_the_last_answer_until_a_newer_one_comes(
    connected: Store, clock: FixedClock
) -> None:
    with connected.write("t") as uow:
        coverage = uow.session.get_one(Coverage, 1)
        note_call(uow, coverage, Told(False, "REF-9", spoke_with="Lee"))
    with connected.read() as read:
        last = last_answer(read, 1)
        assert last is not None
        assert (last.how, last.status, last.reference_number) == ("telephone", "inactive", "REF-9")
    clock.advance(timedelta(days=1))
    ask(connected)
    with connected.read() as read:
        last = last_answer(read, 1)
        assert last is not None
        assert (last.how, last.status) == ("transport", "active")


def test_a_client_without_insurance_in_force_is_not_asked_about(connected: Store) -> None:
    number = insured(connected, "c2", "OLD", effective_to=world.DAY - timedelta(days=1))
    with connected.read() as read:
        owner = read.session.query(Client).filter_by(ref="c2").one()
        assert read.session.get_one(Coverage, number).client_id == owner.id
        with pytest.raises(NoCoverage):
            coverage_of(read, owner)


def test_numbers_of_questions_and_claim_files_are_one_series(connected: Store) -> None:
    row = ask(connected)
    assert row.number is not None
    with connected.read() as read:
        assert next_interchange(read) > row.number
