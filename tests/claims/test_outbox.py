# SPDX-License-Identifier: MIT
"""A claim file leaves once: whatever is interrupted, wherever, however often it is begun again."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from sqlalchemy import select

from mailbox_server import Mailbox, mailbox_server
from mediyn_desktop.claims import outbox
from mediyn_desktop.claims.mail_tables import ClaimTransmission
from mediyn_desktop.claims.outbox import HandedOver, HandOver, NotOpen
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.transports.folder import FolderTransport
from mediyn_desktop.claims.transports.protocol import (
    FileRefused,
    Found,
    MailboxTrouble,
    Offline,
    OutcomeUnknown,
    Parcel,
    Receipt,
)
from mediyn_desktop.claims.transports.sftp import SftpTransport
from mediyn_desktop.claims.transports.ssh import SftpConnection
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork


class PowerCut(BaseException):
    """The program is gone, at this very instruction."""


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    root = tmp_path_factory.mktemp("outbox") / "mailbox"
    with mailbox_server(root, [asyncssh.generate_private_key("ssh-ed25519")]) as running:
        yield running


@pytest.fixture(autouse=True)
def emptied(mailbox: Mailbox) -> None:
    mailbox.faults = type(mailbox.faults)()
    for folder in (mailbox.inbound, mailbox.outbound, mailbox.collected):
        for path in folder.iterdir():
            path.unlink()


def claim_file(store: Store, number: int = 1) -> bytes:
    """Put a claim file into the store, addressed and not handed over; return its bytes."""
    content = f"ISA*{number}~".encode() * 2000
    with store.write("t") as uow:
        uow.session.add(
            ClaimSubmission(
                id=number,
                file_name=f"kept-{number}.837",
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                usage="T",
                made_at=uow.now,
            )
        )
        uow.session.flush()
        outbox.address_files(uow)
    return content


class Settled:
    """Counts what the claims of each file were told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, HandOver]] = []

    def __call__(self, uow: UnitOfWork, row: ClaimSubmission, outcome: HandedOver) -> None:
        self.told.append((row.id, outcome.state))


def sftp(mailbox: Mailbox, **changes: Any) -> SftpTransport:
    return SftpTransport(mailbox.profile(**changes))


def go(store: Store, way: Any, settled: Settled | None = None) -> list[HandedOver]:
    with way:
        return outbox.hand_over(store, way, settled or Settled())


def states(store: Store) -> list[HandOver]:
    with store.read() as read:
        return [row.state for row in reversed(outbox.outbox(read))]


def row_of(store: Store, number: int = 1) -> ClaimTransmission:
    with store.read() as read:
        return read.session.get_one(ClaimTransmission, number)


def handed_over(store: Store) -> list[int]:
    with store.read() as read:
        return list(
            read.session.scalars(
                select(ClaimSubmission.id).where(ClaimSubmission.handed_over_at.is_not(None))
            )
        )


def test_a_file_goes_once_and_under_the_name_of_the_pattern(store: Store, mailbox: Mailbox) -> None:
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.file_name", "MQ_{usage}_{date}_{number}.txt")
    content = claim_file(store)
    settled = Settled()
    (done,) = go(store, sftp(mailbox), settled)
    assert (done.state, done.name) == (HandOver.SENT, "MQ_T_20261123_000000001.txt")
    assert mailbox.arrived() == {done.name: content}
    assert settled.told == [(1, HandOver.SENT)]
    assert go(store, sftp(mailbox), settled) == []
    assert mailbox.faults.renamed == [done.name]
    assert handed_over(store) == [1]


def test_a_zip_holds_the_one_file_and_is_the_same_every_time(
    store: Store, mailbox: Mailbox
) -> None:
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.kind", "sftp")
        settings.set_value(uow, "clearinghouse.sftp_zip", "yes")
    content = claim_file(store)
    mailbox.faults.drop_before_rename = True
    (done,) = go(store, sftp(mailbox))
    assert done.state is HandOver.UNKNOWN
    mailbox.faults.drop_before_rename = False
    (done,) = go(store, sftp(mailbox))
    assert done.name == "claims-20261123-000000001.zip"
    (raw,) = mailbox.arrived().values()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.namelist() == ["kept-1.837"]
        assert archive.read("kept-1.837") == content


def test_nobody_there_leaves_everything_waiting(store: Store, mailbox: Mailbox) -> None:
    content = claim_file(store)
    with pytest.raises(Offline):
        go(store, sftp(mailbox, host="no-such-host.invalid"))
    assert states(store) == [HandOver.WAITING]
    assert "cannot be reached" in row_of(store).message
    go(store, sftp(mailbox))
    assert list(mailbox.arrived().values()) == [content]


def test_a_file_that_was_refused_a_place_does_not_hold_up_the_others(
    store: Store, mailbox: Mailbox
) -> None:
    claim_file(store, 1)
    second = claim_file(store, 2)
    (mailbox.inbound / row_of(store, 1).name).write_bytes(b"somebody else's")
    with pytest.raises(MailboxTrouble, match="another file"):
        go(store, sftp(mailbox))
    assert states(store) == [HandOver.WAITING, HandOver.SENT]
    assert second in mailbox.arrived().values()


def test_a_full_mailbox_keeps_the_file_waiting_and_takes_it_later(
    store: Store, mailbox: Mailbox
) -> None:
    content = claim_file(store)
    mailbox.faults.full_after = 100
    with pytest.raises(MailboxTrouble, match="No space left"):
        go(store, sftp(mailbox))
    assert states(store) == [HandOver.WAITING]
    mailbox.faults.full_after = None
    go(store, sftp(mailbox))
    assert list(mailbox.arrived().values()) == [content]
    assert mailbox.faults.renamed == [row_of(store).name]


@pytest.mark.parametrize("fault", ["drop_before_rename", "drop_after_rename"])
def test_an_interrupted_rename_is_looked_up_and_never_repeated(
    store: Store, mailbox: Mailbox, fault: str
) -> None:
    content = claim_file(store)
    setattr(mailbox.faults, fault, True)
    (done,) = go(store, sftp(mailbox))
    assert done.state is HandOver.UNKNOWN
    assert handed_over(store) == []
    setattr(mailbox.faults, fault, False)
    (done,) = go(store, sftp(mailbox))
    assert done.state is HandOver.SENT
    assert list(mailbox.arrived().values()) == [content]
    assert mailbox.faults.renamed == [done.name]


def test_a_file_that_was_collected_before_we_knew_waits_for_a_person_or_an_answer(
    store: Store, mailbox: Mailbox
) -> None:
    claim_file(store)
    mailbox.faults.collects_at_once = mailbox.faults.drop_after_rename = True
    settled = Settled()
    for _ in range(3):
        (done,) = go(store, sftp(mailbox), settled)
        assert done.state is HandOver.UNKNOWN
    assert "probably collected" in done.message
    assert len(mailbox.faults.renamed) == 1
    assert settled.told == [(1, HandOver.UNKNOWN)]  # told once, not at every look
    with store.write("t") as uow:
        outbox.confirm_sent(uow, 1, "The insurer acknowledged it.", settled)
    assert settled.told[-1] == (1, HandOver.SENT)
    assert handed_over(store) == [1]
    assert go(store, sftp(mailbox)) == []


def test_a_person_may_let_it_go_again_after_looking(store: Store, mailbox: Mailbox) -> None:
    content = claim_file(store)
    mailbox.faults.drop_before_rename = True
    go(store, sftp(mailbox))
    for path in mailbox.inbound.iterdir():
        path.unlink()
    mailbox.faults.drop_before_rename = False
    (done,) = go(store, sftp(mailbox))
    assert done.state is HandOver.UNKNOWN
    with store.write("t") as uow:
        outbox.send_again(uow, 1)
    (done,) = go(store, sftp(mailbox))
    assert done.state is HandOver.SENT
    assert list(mailbox.arrived().values()) == [content]


def test_what_is_in_no_doubt_cannot_be_settled(store: Store, mailbox: Mailbox) -> None:
    claim_file(store)
    with store.write("t") as uow:
        with pytest.raises(NotOpen, match="waiting to be sent"):
            outbox.send_again(uow, 1)
        with pytest.raises(NotFound):
            outbox.confirm_sent(uow, 7, "x", Settled())
    go(store, sftp(mailbox))
    with store.write("t") as uow, pytest.raises(NotOpen, match="it is sent"):
        outbox.send_again(uow, 1)


def test_a_file_in_doubt_goes_nowhere_else(store: Store, mailbox: Mailbox, tmp_path: Path) -> None:
    claim_file(store)
    mailbox.faults.drop_after_rename = True
    go(store, sftp(mailbox))
    for way in (FolderTransport(tmp_path / "out"), sftp(mailbox, upload_folder="other")):
        (done,) = go(store, way)
        assert done.state is HandOver.UNKNOWN
        assert "not sent anywhere else" in done.message
    assert not (tmp_path / "out").exists()


def test_a_folder_file_interrupted_in_one_folder_may_go_to_another(
    store: Store, tmp_path: Path
) -> None:
    content = claim_file(store)

    class Cut(FolderTransport):
        def send(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> Receipt:
            point_of_no_return()
            raise PowerCut

    with pytest.raises(PowerCut):
        go(store, Cut(tmp_path / "a"))
    (done,) = go(store, FolderTransport(tmp_path / "b"))
    assert done.state is HandOver.SENT
    assert (tmp_path / "b" / "kept-1.837").read_bytes() == content


def cut_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let the power fail before the ``step``-th thing done to the network or the store.

    Returns how many steps were taken so far.
    """
    taken = 0

    def counted(original: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken == step:
                raise PowerCut
            answer = original(*args, **more)
            if after:
                taken += 1
                if taken == step:
                    raise PowerCut
            return answer

        return call

    for name in ("size", "write", "rename", "remove"):
        original = getattr(SftpConnection, name)
        monkeypatch.setattr(SftpConnection, name, counted(original, after=True))
    monkeypatch.setattr(UnitOfWork, "_end", counted(UnitOfWork._end, after=False))
    monkeypatch.setattr(Store, "write", counted(Store.write, after=False))
    return lambda: taken


@pytest.mark.parametrize("collects", [False, True], ids=["stays", "collected-at-once"])
@pytest.mark.parametrize("rename", [True, False], ids=["rename", "no-rename"])
def test_a_power_cut_at_any_step_never_sends_twice(
    store: Store, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, rename: bool, collects: bool
) -> None:
    """Each round sends another file and fails one step later, until a round ends without a cut."""
    number, in_doubt = 0, []
    mailbox.faults.collects_at_once = collects
    while True:
        number += 1
        content = claim_file(store, number)
        with monkeypatch.context() as patch:
            steps = cut_at(number, patch)
            try:
                go(store, sftp(mailbox, rename=rename))
                finished = True
            except PowerCut:
                finished = False
        for path in list(mailbox.inbound.iterdir()):
            if not rename and collects:  # a mailbox without renaming is collected later
                path.rename(mailbox.collected / path.name)
        name, arrivals = row_of(store, number).name, mailbox.faults.renamed
        for _ in range(2):  # the program is started again, twice
            go(store, sftp(mailbox, rename=rename))
        state = states(store)[number - 1]
        assert arrivals.count(name) <= 1
        if state is HandOver.UNKNOWN:
            in_doubt.append(number)
            with store.write("t") as uow:
                outbox.confirm_sent(uow, number, "Looked it up.", Settled())
        else:
            assert state is HandOver.SENT
            assert mailbox.arrived()[name] == content
        if finished:
            break
        assert number < 60
    assert number > 8
    assert steps() < number  # the last round met no cut
    assert handed_over(store) == list(range(1, number + 1))
    # Doubt is only allowed where the file may have been taken away before it was noted.
    assert bool(in_doubt) == (collects or not rename)


class Scripted:
    """A way that does what the test says, to check how its ends are kept."""

    kind, place = "https", "https://example.com/claims"

    def __init__(self, *ends: Exception | Receipt, repeat: timedelta = timedelta(0)) -> None:
        self.ends = list(ends)
        self.repeat = repeat
        self.sent = 0

    def __enter__(self) -> Scripted:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def may_repeat(self, since: timedelta) -> bool:
        return since < self.repeat

    def find(self, parcel: Parcel) -> Found:
        return Found.CANNOT_LOOK

    def send(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> Receipt:
        point_of_no_return()
        self.sent += 1
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


def test_without_a_promise_a_lost_receipt_is_never_repeated(store: Store) -> None:
    claim_file(store)
    way = Scripted(OutcomeUnknown("lost"), Receipt("x"))
    for _ in range(3):
        (done,) = go(store, way)
        assert done.state is HandOver.UNKNOWN
    assert way.sent == 1
    assert "no way to look it up" in done.message


def test_within_the_promise_the_same_key_is_asked_again(store: Store, clock: FixedClock) -> None:
    claim_file(store)
    way = Scripted(
        OutcomeUnknown("lost"), Offline("gone"), Receipt("x", "N-1"), repeat=timedelta(hours=24)
    )
    (done,) = go(store, way)
    assert done.state is HandOver.UNKNOWN
    clock.advance(timedelta(hours=1))
    with pytest.raises(Offline):
        go(store, way)
    assert states(store) == [HandOver.UNKNOWN]  # the first attempt is still in doubt
    clock.advance(timedelta(hours=22))
    (done,) = go(store, way)
    assert done.state is HandOver.SENT
    assert row_of(store).receipt == "x N-1"


def test_after_the_promise_ended_it_waits_for_a_person(store: Store, clock: FixedClock) -> None:
    claim_file(store)
    way = Scripted(OutcomeUnknown("lost"), Receipt("x"), repeat=timedelta(hours=24))
    go(store, way)
    clock.advance(timedelta(hours=24))
    (done,) = go(store, way)
    assert (done.state, way.sent) == (HandOver.UNKNOWN, 1)


def test_a_refused_file_is_over_and_says_why(store: Store) -> None:
    claim_file(store)
    settled = Settled()
    way = Scripted(FileRefused("Refused: bad NPI.", reasons=("bad NPI",), answer=b"ISA*277~"))
    (done,) = go(store, way, settled)
    assert (done.state, done.reasons, done.answer) == (HandOver.REFUSED, ("bad NPI",), b"ISA*277~")
    assert settled.told == [(1, HandOver.REFUSED)]
    assert go(store, way) == []
    assert handed_over(store) == []


def test_a_hand_over_is_never_deleted(store: Store) -> None:
    claim_file(store)
    with pytest.raises(Exception, match="never deleted"), store.write("t") as uow:
        uow.raw.execute("DELETE FROM claim_transmission")
