# SPDX-License-Identifier: MIT
"""The way to the clearinghouse from its settings: presets, test, key, and real hand-overs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from sqlalchemy import func, select

import world
from claims.remittances import Clp, era
from mailbox_server import PASSWORD, Mailbox
from mediyn_desktop import app
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import connection, inbox, outbox, sending, submission
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.outbox import HandOver
from mediyn_desktop.claims.submission import ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimEvent
from mediyn_desktop.claims.transports.presets import BadPreset, preset, presets
from mediyn_desktop.jobs.due import JobState, run_job
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store
from x12_server import Script, x12_server

SECRETS = ("clearinghouse.sftp_password", "clearinghouse.sftp_private_key",
           "clearinghouse.sftp_key_passphrase", "clearinghouse.https_key")  # fmt: skip


@pytest.fixture
def server() -> Iterator[Script]:
    with x12_server() as running:
        yield running


@pytest.fixture
def claim(store: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The control number of one queued claim; the guide's slow checker has its own tests."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    with store.write("t") as uow:
        world.practice(uow)
        owner = world.client(uow, payment_type="in_network")
        world.coverage(uow, owner)
        charge = bill_session(uow, world.session(uow, owner))
        assert isinstance(charge, Charge)
        (made,) = submission.make_claims(uow, [charge])
        submission.queue_claims(uow, [made])
        return made.control_number


def enter(store: Store, values: dict[str, str]) -> None:
    with store.write("t") as uow:
        for key, value in values.items():
            settings.set_value(uow, key, value)


def https(server: Script) -> dict[str, str]:
    return {
        "clearinghouse.kind": "https",
        "clearinghouse.https_claims_url": f"{server.base}/claims",
        "clearinghouse.https_answers_url": f"{server.base}/polling",
        "clearinghouse.https_eligibility_url": f"{server.base}/eligibility",
        "clearinghouse.https_key": "k3y",
    }


def send(store: Store) -> list[sending.Exported]:
    with store.read() as read:
        way = connection.transport(read)
    with way:
        return sending.send_claims(store, way)


def state_of(store: Store, number: str) -> str:
    with store.read() as read:
        return read.session.scalars(select(Claim.state).where(Claim.control_number == number)).one()


def job(store: Store, name: str, *, offline: bool = False) -> tuple[JobState, str]:
    (one,) = (each for each in app.jobs(offline=offline) if each.name == name)
    outcome = run_job(store, one)
    return outcome.state, outcome.message


def test_the_job_hands_over_by_sftp_once(store: Store, mailbox: Mailbox, claim: str) -> None:
    enter(store, mailbox.settings())
    assert job(store, "claims", offline=True)[0] is JobState.OFFLINE
    assert mailbox.arrived() == {}
    assert job(store, "claims") == (JobState.DONE, "")
    (content,) = mailbox.arrived().values()
    assert f"CLM*{claim}*".encode() in content
    assert state_of(store, claim) == ClaimState.SENT
    assert job(store, "claims") == (JobState.DONE, "")
    assert len(mailbox.faults.renamed) == 1


def test_a_job_that_finds_nobody_tries_again_by_itself(
    store: Store, mailbox: Mailbox, claim: str
) -> None:
    enter(store, mailbox.settings() | {"clearinghouse.sftp_host": "no-such-host.invalid"})
    state, message = job(store, "claims")
    assert state is JobState.OFFLINE
    assert "stay queued" in message
    assert state_of(store, claim) == ClaimState.QUEUED
    enter(store, {"clearinghouse.sftp_password": "wrong", "clearinghouse.sftp_host": "127.0.0.1"})
    state, message = job(store, "claims")
    assert state is JobState.ATTENTION
    assert "refused the user name" in message
    assert "wrong" not in message.split()


def test_a_file_in_doubt_needs_somebody_and_its_claims_say_so(
    store: Store, mailbox: Mailbox, claim: str
) -> None:
    enter(store, mailbox.settings())
    mailbox.faults.collects_at_once = mailbox.faults.drop_after_rename = True
    state, message = job(store, "claims")
    assert state is JobState.ATTENTION
    assert "nobody knows yet" in message
    assert state_of(store, claim) == ClaimState.QUEUED
    with store.read() as read:
        told = read.session.scalars(select(ClaimEvent.text).order_by(ClaimEvent.id)).all()
        assert "nobody knows yet" in told[-1]
        (row,) = outbox.outbox(read)
        charge = read.session.scalars(select(Charge)).one()
        with pytest.raises(submission.ClaimSent):
            submission.refuse_if_sent(read, charge)
    with store.write("t") as uow:
        sending.file_arrived(uow, row.submission_id, "Acknowledged.")
    assert state_of(store, claim) == ClaimState.SENT


def test_a_file_refused_at_once_was_never_filed_and_its_claims_wait_to_be_mended(
    store: Store, server: Script, claim: str
) -> None:
    enter(store, https(server))
    refusal = {"errors": [{"description": "The payer is unknown."}], "x12": "ISA*277CA~"}
    server.always = (400, refusal)
    (done,) = send(store)
    assert (done.state, state_of(store, claim)) == (HandOver.REFUSED, ClaimState.REJECTED)
    assert "The payer is unknown." in done.message
    with store.read() as read:
        row = read.session.scalars(select(Claim)).one()
        assert [(one.code, one.message) for one in submission.problems(row)] == [
            ("clearinghouse-refused", "The payer is unknown.")
        ]
        assert read.session.scalars(select(InboundFile.content)).one() == b"ISA*277CA~"
    assert send(store) == []  # it is not sent again by itself
    assert len(server.seen) == 1
    server.always = (200, {"transactionId": "T-2"})
    with store.write("t") as uow:
        assert sending.queue_rejected(uow, uow.session.scalars(select(Claim)).one()) == []
    (again,) = send(store)
    assert again.state is HandOver.SENT
    first, second = (seen.x12 for seen in server.seen)
    assert f"CLM*{claim}*" in second
    assert first[:106] != second[:106]  # another interchange number
    with store.write("t") as uow, pytest.raises(submission.ClaimSent):
        sending.queue_rejected(uow, uow.session.scalars(select(Claim)).one())


def test_a_repeat_within_the_promise_carries_the_same_key(
    store: Store, server: Script, claim: str
) -> None:
    enter(store, https(server) | {"clearinghouse.https_repeat_hours": "24"})
    server.replies = ["reset"]
    server.always = (200, {"transactionId": "T-1"})
    (first,) = send(store)
    (second,) = send(store)
    assert (first.state, second.state) == (HandOver.UNKNOWN, HandOver.SENT)
    assert len({seen.headers["idempotency-key"] for seen in server.seen}) == 1
    assert len({seen.x12 for seen in server.seen}) == 1
    assert state_of(store, claim) == ClaimState.SENT


def test_answers_are_fetched_by_the_job_whatever_the_way(
    store: Store, mailbox: Mailbox, tmp_path: Path
) -> None:
    (mailbox.outbound / "a.835").write_bytes(b"ISA*1~")
    enter(store, mailbox.settings())
    assert job(store, "answers", offline=True)[0] is JobState.OFFLINE
    assert job(store, "answers") == (JobState.ATTENTION, "a.835 could not be read.")
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "b.835").write_bytes(b"ISA*2~")
    enter(store, {"clearinghouse.kind": "sandbox", "clearinghouse.in": str(folder)})
    assert job(store, "answers", offline=True) == (JobState.ATTENTION, "b.835 could not be read.")
    with store.read() as read:
        assert inbox.unread_count(read) == 0
        assert read.session.scalar(select(func.count()).select_from(InboundFile)) == 2


def test_the_job_acts_on_what_it_fetches(store: Store, tmp_path: Path, claim: str) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    enter(
        store,
        {
            "clearinghouse.kind": "folder",
            "clearinghouse.out": str(tmp_path / "out"),
            "clearinghouse.in": str(folder),
        },
    )
    assert job(store, "claims") == (JobState.DONE, "")
    adjustments = [("CO", "45", 4000)]
    (folder / "a.835").write_bytes(era(Clp(claim, 15000, 11000, adjustments), usage="T"))
    assert job(store, "answers") == (JobState.DONE, "")
    assert state_of(store, claim) == ClaimState.PAID


def test_what_was_taken_in_by_hand_is_read_by_the_job_without_a_way(store: Store) -> None:
    with store.write("t") as uow:
        inbox.take_in(uow, b"ISA*1~", "by-hand.835", uow.now)
    with store.read() as read:
        assert [one.waiting(read) for one in app.jobs() if one.name == "answers"] == [1]
    assert job(store, "answers") == (JobState.ATTENTION, "by-hand.835 could not be read.")


def test_nothing_is_due_where_no_way_is_set(store: Store, claim: str) -> None:
    with store.read() as read:
        assert {one.waiting(read) for one in app.jobs() if one.name != "cards"} == {0}
        with pytest.raises(connection.NoClearinghouse):
            connection.transport(read)
        with pytest.raises(connection.NoClearinghouse):
            connection.eligibility_transport(read)
    assert job(store, "answers") == (JobState.DONE, "")
    assert state_of(store, claim) == ClaimState.QUEUED


@pytest.mark.parametrize(
    "missing",
    ["clearinghouse.sftp_host", "clearinghouse.sftp_user", "clearinghouse.sftp_password"],
)
def test_what_is_missing_is_named(store: Store, mailbox: Mailbox, missing: str) -> None:
    enter(store, mailbox.settings() | {missing: ""})
    steps = connection.test_connection(store)
    assert [(step.label, step.ok) for step in steps] == [("Settings", False)]
    assert missing in steps[0].sentence


def test_the_connection_test_of_each_way(
    store: Store, mailbox: Mailbox, server: Script, tmp_path: Path
) -> None:
    enter(store, mailbox.settings())
    assert all(step.ok for step in connection.test_connection(store))
    enter(store, https(server))
    assert [step.ok for step in connection.test_connection(store)] == [True, True, True]
    enter(store, {"clearinghouse.kind": "folder", "clearinghouse.out": str(tmp_path / "none")})
    steps = connection.test_connection(store)
    assert [(step.label, step.ok) for step in steps][:2] == [
        ("Settings", True),
        ("Folder for claims", False),
    ]
    (tmp_path / "none").mkdir()
    assert all(step.ok for step in connection.test_connection(store))
    assert list((tmp_path / "none").iterdir()) == []


def test_a_key_is_accepted_only_while_the_server_shows_it(store: Store, mailbox: Mailbox) -> None:
    enter(store, mailbox.settings() | {"clearinghouse.sftp_host_key": ""})
    steps = connection.test_connection(store)
    assert steps[-1].label == "Server's key"
    assert mailbox.shown_key in steps[-1].sentence
    with pytest.raises(connection.NotThatKey, match="Nothing was accepted"):
        connection.accept_host_key(store, "ssh-ed25519 SHA256:" + "A" * 43)
    assert connection.shown_host_key(store) == mailbox.shown_key
    assert connection.accept_host_key(store, mailbox.shown_key.split()[1]) == mailbox.shown_key
    assert all(step.ok for step in connection.test_connection(store))
    assert mailbox.logins == ["quiet-room"]  # only after the key was accepted


def test_every_preset_fits_the_settings_and_carries_no_key(store: Store) -> None:
    known = presets()
    assert {one.key for one in known} >= {"office-ally", "availity", "claim-md", "stedi"}
    enter(store, {"clearinghouse.sftp_password": PASSWORD})
    for one in known:
        enter(store, {"clearinghouse.sftp_host_key": "ssh-ed25519 SHA256:" + "A" * 43})
        with store.write("t") as uow:
            connection.apply_preset(uow, one)
        with store.read() as read:
            shown = {row["key"]: row["value"] for row in settings.show(read)}
        assert one.settings.items() <= shown.items()
        assert shown["clearinghouse.name"] == one.name
        assert shown["clearinghouse.sftp_host_key"] == ""  # another server, another key
        assert shown["clearinghouse.sftp_password"] == "set"
        assert one.note
        assert one.checked


def test_a_preset_of_ones_own_and_bad_ones(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    form = '[{key}]\nname = "Mine"\nchecked = "2026-11-23"\nsure = true\nnote = ""\n'
    form += "[{key}.settings]\n{setting}\n"
    file.write_text(form.format(key="mine", setting='"clearinghouse.sftp_port" = 2222'), "utf-8")
    with store.write("t") as uow:
        connection.apply_preset(uow, preset("mine", file))
        assert settings.show(uow, "clearinghouse.sftp_port")[0]["value"] == "2222"
    for setting in ('"stripe.key" = "sk_test_x"', '"clearinghouse.https_key" = "k"', '"x" = "y"'):
        file.write_text(form.format(key="mine", setting=setting), "utf-8")
        with pytest.raises(settings.UnknownSetting), store.write("t") as uow:
            connection.apply_preset(uow, preset("mine", file))
    for text in ("not toml [", '[a]\nname = "x"', "a = 1", "\x00"):
        file.write_text(text, "utf-8")
        with pytest.raises(BadPreset, match="Nothing was changed"):
            presets(file)
    with pytest.raises(BadPreset):
        presets(tmp_path / "none.toml")
    with pytest.raises(BadPreset, match="There are: office-ally"):
        preset("nowhere")


def test_secrets_are_written_and_never_shown(store: Store) -> None:
    enter(store, {key: f"s3cret-{number}" for number, key in enumerate(SECRETS)})
    with store.read() as read:
        assert "s3cret" not in json.dumps(settings.show(read))
        assert settings.read_secret(read, SECRETS[0]) == "s3cret-0"
    with pytest.raises(settings.BadSetting) as refused:
        enter(store, {SECRETS[0]: "s3cret\x00word"})
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        ("clearinghouse.file_name", "claims.837"),
        ("clearinghouse.file_name", "../{number}"),
        ("clearinghouse.file_name", "{number}/x"),
        ("clearinghouse.file_name", "{number.__class__}"),
        ("clearinghouse.file_name", "{number}{0}"),
        ("clearinghouse.file_name", "{number"),
        ("clearinghouse.file_name", "{number}.tmp"),
        ("clearinghouse.file_name", ".{number}"),
        ("clearinghouse.sftp_host", "sftp://host"),
        ("clearinghouse.sftp_host", "ho st"),
        ("clearinghouse.sftp_port", "0"),
        ("clearinghouse.sftp_port", "65536"),
        ("clearinghouse.sftp_upload_folder", "a/../../etc"),
        ("clearinghouse.sftp_host_key", "SHA256:abc"),
        ("clearinghouse.sftp_host_key", "ssh-dss AAAA"),
        ("clearinghouse.sftp_host_key", "ssh-ed25519 SHA256:short"),
        ("clearinghouse.sftp_host_key", "ssh-ed25519 not base64"),
        ("clearinghouse.https_claims_url", "http://example.com/claims"),
        ("clearinghouse.https_claims_url", "https://user:pw@example.com"),
        ("clearinghouse.https_claims_url", "ftp://example.com"),
        ("clearinghouse.https_key_header", "X Key"),
        ("clearinghouse.https_key_header", "X:\r\nY"),
        ("clearinghouse.https_key", "a\r\nX-Evil: 1"),
        ("clearinghouse.after_pickup", "burn"),
    ],
)
def test_settings_that_would_surprise_later_are_refused_at_once(
    store: Store, key: str, bad: str
) -> None:
    with pytest.raises(settings.BadSetting):
        enter(store, {key: bad})


def test_a_host_key_may_be_given_in_every_usual_form(store: Store) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    line = key.export_public_key().decode().strip()
    pinned = f"ssh-ed25519 {key.get_fingerprint()}"
    for text in (line, f"{line} comment", f"sftp.example.com {line}", pinned, f"{pinned}="):
        enter(store, {"clearinghouse.sftp_host_key": text})
        with store.read() as read:
            assert settings.show(read, "clearinghouse.sftp_host_key")[0]["value"] == pinned
