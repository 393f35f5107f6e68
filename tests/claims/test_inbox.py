# SPDX-License-Identifier: MIT
"""What comes in is stored as it came, once, before anything of it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailbox_server import Mailbox
from mediyn_desktop.claims import inbox
from mediyn_desktop.claims.mail_tables import InboundFile, MailboxItem
from mediyn_desktop.claims.transports.folder import FolderTransport, NotReadable
from mediyn_desktop.claims.transports.https import HttpsTransport
from mediyn_desktop.claims.transports.profiles import HttpsProfile
from mediyn_desktop.claims.transports.protocol import Arrival, Item, Offline
from mediyn_desktop.claims.transports.sftp import SftpTransport
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store
from x12_server import x12_server


def collect(store: Store, way: object) -> inbox.Collected:
    with way:  # type: ignore[attr-defined]
        return inbox.collect(store, way)  # type: ignore[arg-type]


def contents(store: Store) -> list[bytes]:
    with store.read() as read:
        return list(read.session.scalars(select(InboundFile.content).order_by(InboundFile.id)))


def test_bytes_are_stored_as_they_came_and_wait_unread(store: Store, clock: FixedClock) -> None:
    raw = b"\xef\xbb\xbfISA*\x00\xff\r\n"
    earlier = clock.now() - timedelta(hours=3)
    with store.write("t") as uow:
        taken = inbox.take_in(uow, raw, "C:\\Users\\dana\\era\n.835", earlier)
    assert (taken.is_new, taken.name) == (True, "era.835")
    assert taken.sha256 == hashlib.sha256(raw).hexdigest()
    with store.read() as read:
        row = read.session.get_one(InboundFile, taken.id)
        assert (row.content, row.size, row.received_at) == (raw, len(raw), earlier)
        assert (row.status, row.came_by) == ("unread", "by hand")
        assert inbox.unread(read) == [taken.id]
        assert inbox.content_of(read, taken.id) == raw
        assert inbox.unread_count(read) == 1
    with store.write("t") as uow:
        inbox.mark(uow, taken.id, "posted", "All of it")
    with store.read() as read:
        assert inbox.unread(read) == []
        assert inbox.content_of(read, taken.id) == raw


def test_the_same_bytes_are_stored_once_whatever_they_are_called(store: Store) -> None:
    with store.write("t") as uow:
        first = inbox.take_in(uow, b"ISA*1~", "monday.835", uow.now)
        again = inbox.take_in(uow, b"ISA*1~", "tuesday.835", uow.now)
        other = inbox.take_in(uow, b"ISA*2~", "monday.835", uow.now)
    assert (again.id, again.is_new, again.duplicate_of) == (first.id, False, "monday.835")
    assert other.is_new
    assert contents(store) == [b"ISA*1~", b"ISA*2~"]


def test_an_empty_file_is_refused(store: Store) -> None:
    with pytest.raises(inbox.NothingInFile, match="empty"), store.write("t") as uow:
        inbox.take_in(uow, b"", "nothing.835", uow.now)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE inbound_file SET content = x'00'",
        "UPDATE inbound_file SET sha256 = 'x'",
        "DELETE FROM inbound_file",
    ],
)
def test_what_came_is_never_changed_nor_deleted(store: Store, sql: str) -> None:
    with store.write("t") as uow:
        inbox.take_in(uow, b"ISA*1~", "one.835", uow.now)
    with pytest.raises(Exception, match=r"as they came|never deleted"), store.write("t") as uow:
        uow.raw.execute(sql)
    assert contents(store) == [b"ISA*1~"]


def test_a_folder_is_read_once_and_left_as_it_is(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "one.999").write_bytes(b"ISA*1~")
    (folder / "copy.999").write_bytes(b"ISA*1~")
    (folder / "empty.835").write_bytes(b"")
    (folder / "half.835.part").write_bytes(b"ISA")
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.after_pickup", "delete")
    found = collect(store, FolderTransport(None, folder))
    assert [(one.name, one.is_new) for one in found.taken] == [
        ("copy.999", True),
        ("one.999", False),
    ]
    assert found.left == [("empty.835", "It is empty.")]
    again = collect(store, FolderTransport(None, folder))
    assert (again.taken, again.left, again.removed) == ([], [], 0)
    assert len(list(folder.iterdir())) == 4
    (folder / "empty.835").write_bytes(b"ISA*2~")  # it was still being written
    assert [one.is_new for one in collect(store, FolderTransport(None, folder)).taken] == [True]


def test_a_folder_that_is_gone_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="Nothing was lost"):
        collect(store, FolderTransport(None, tmp_path / "gone"))


def test_a_mailbox_that_is_kept_is_fetched_once(store: Store, mailbox: Mailbox) -> None:
    (mailbox.outbound / "a.835").write_bytes(b"ISA*1~")
    found = collect(store, SftpTransport(mailbox.profile()))
    assert [one.name for one in found.taken] == ["a.835"]
    assert collect(store, SftpTransport(mailbox.profile())).taken == []
    assert (mailbox.outbound / "a.835").exists()
    with store.read() as read:
        row = read.session.scalars(select(InboundFile)).one()
        assert row.came_by.startswith("sftp://127.0.0.1:")


def test_a_mailbox_is_emptied_only_of_what_is_committed_here(
    store: Store, mailbox: Mailbox
) -> None:
    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.after_pickup", "delete")
    (mailbox.outbound / "a.835").write_bytes(b"ISA*1~")
    (mailbox.outbound / "b.835").write_bytes(b"ISA*2~")
    first = collect(store, SftpTransport(mailbox.profile()))
    assert (len(first.taken), first.removed) == (2, 0)
    (mailbox.outbound / "b.835").write_bytes(b"ISA*2 and more~")  # replaced since
    second = collect(store, SftpTransport(mailbox.profile()))
    assert (second.removed, [one.name for one in second.taken]) == (1, ["b.835"])
    assert [path.name for path in mailbox.outbound.iterdir()] == ["b.835"]
    assert collect(store, SftpTransport(mailbox.profile())).removed == 1
    assert list(mailbox.outbound.iterdir()) == []
    assert contents(store) == [b"ISA*1~", b"ISA*2~", b"ISA*2 and more~"]


def test_a_line_that_breaks_keeps_what_was_fetched(
    store: Store, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (mailbox.outbound / f"{number}.835").write_bytes(f"ISA*{number}~".encode())
    fetch: Callable[..., Iterator[Arrival]] = SftpTransport._fetch

    def broken(way: SftpTransport, item: Item) -> Iterator[Arrival]:
        if item.name == "1.835":
            way.close()
            raise Offline("gone")
        return fetch(way, item)

    with monkeypatch.context() as patch:
        patch.setattr(SftpTransport, "_fetch", broken)
        with pytest.raises(Offline):
            collect(store, SftpTransport(mailbox.profile()))
    assert contents(store) == [b"ISA*0~"]
    collect(store, SftpTransport(mailbox.profile()))
    assert contents(store) == [b"ISA*0~", b"ISA*1~", b"ISA*2~"]


def test_a_power_cut_between_fetching_and_keeping_fetches_again(
    store: Store, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with store.write("t") as uow:
        settings.set_value(uow, "clearinghouse.after_pickup", "delete")
    (mailbox.outbound / "a.835").write_bytes(b"ISA*1~")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "_shown", cut)
        with pytest.raises(PowerCut):
            collect(store, SftpTransport(mailbox.profile()))
    assert (mailbox.outbound / "a.835").exists()
    assert len(collect(store, SftpTransport(mailbox.profile())).taken) == 1


def test_a_list_of_answers_is_read_on_from_where_it_ended(store: Store) -> None:
    with x12_server() as server:
        profile = HttpsProfile(f"{server.base}/c", "key", answers_url=f"{server.base}/polling")
        row = {
            "direction": "INBOUND",
            "transactionId": "t1",
            "processedAt": "2026-11-23",
            "artifacts": [
                {
                    "artifactType": "application/edi-x12",
                    "sizeBytes": 6,
                    "url": f"{server.base}/t1/output",
                }
            ],
        }
        server.replies = [
            (200, {"items": [row], "nextPageToken": "p2"}),
            (200, "ISA*1~"),
            (200, {"items": [], "nextPageToken": "p3"}),
            (200, {"items": [], "nextPageToken": "p4"}),
        ]
        assert len(collect(store, HttpsTransport(profile)).taken) == 1
        assert collect(store, HttpsTransport(profile)).taken == []
        assert "pageToken=p3" in server.seen[-1].path
        # Another clearinghouse begins its own list from the start.
        other = HttpsProfile(f"{server.base}/other", "key", answers_url=f"{server.base}/polling")
        server.replies = [(200, {"items": []})]
        collect(store, HttpsTransport(other, since="2026-10-24"))
        assert "startDateTime=2026-10-24" in server.seen[-1].path


def test_a_file_left_in_the_mailbox_is_told_of_once(store: Store, mailbox: Mailbox) -> None:
    with (mailbox.outbound / "huge.835").open("wb") as file:
        file.truncate(2 * 1024**3)
    (left,) = collect(store, SftpTransport(mailbox.profile())).left
    assert left[0] == "huge.835"
    assert "Ask the clearinghouse" in left[1]
    assert collect(store, SftpTransport(mailbox.profile())).left == []
    with store.read() as read:
        assert read.session.scalar(select(func.count()).select_from(InboundFile)) == 0
        assert read.session.scalars(select(MailboxItem.problem)).one() == left[1]
