# SPDX-License-Identifier: MIT
"""The SFTP mailbox against a real server: what is taken, what is not, and what nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from mailbox_server import PASSWORD, USER, Mailbox, mailbox_server
from mediyn_desktop.claims.transports.profiles import SftpProfile
from mediyn_desktop.claims.transports.protocol import (
    Arrival,
    Found,
    HostKeyChanged,
    HostKeyUnknown,
    Item,
    MailboxTrouble,
    NotAllowed,
    Offline,
    OutcomeUnknown,
    Parcel,
    Step,
)
from mediyn_desktop.claims.transports.sftp import SftpTransport

PARCEL = Parcel("claims-1.837", b"ISA*" + b"x" * 100_000, "key-1")


def send(profile: SftpProfile, parcel: Parcel = PARCEL) -> list[str]:
    """Hand ``parcel`` over and return what the caller was told on the way."""
    told: list[str] = []
    with SftpTransport(profile) as way:
        told.append(way.send(parcel, lambda: told.append("no return")).place)
    return told


def find(profile: SftpProfile, parcel: Parcel = PARCEL) -> Found:
    with SftpTransport(profile) as way:
        return way.find(parcel)


def fetch(profile: SftpProfile, known: Callable[[Item], bool] = lambda _: False) -> list[Arrival]:
    with SftpTransport(profile) as way:
        return [one for one in way.collect(known, "") if isinstance(one, Arrival)]


def check(profile: SftpProfile) -> list[Step]:
    with SftpTransport(profile) as way:
        return list(way.check())


def test_a_file_is_uploaded_under_a_temporary_name_and_renamed(mailbox: Mailbox) -> None:
    assert send(mailbox.profile()) == [
        "no return",
        f"sftp://127.0.0.1:{mailbox.port}/inbound/claims-1.837",
    ]
    assert mailbox.arrived() == {PARCEL.name: PARCEL.content}
    assert list(mailbox.faults.written) == ["claims-1.837.tmp"]
    assert mailbox.faults.renamed == ["claims-1.837"]
    assert [path.name for path in mailbox.inbound.iterdir()] == ["claims-1.837"]


def test_the_same_file_again_is_found_and_not_sent(mailbox: Mailbox) -> None:
    send(mailbox.profile())
    told = send(mailbox.profile())
    assert len(told) == 1  # nothing was begun
    assert mailbox.faults.renamed == ["claims-1.837"]


def test_without_renaming_the_file_gets_its_name_at_once(mailbox: Mailbox) -> None:
    send(mailbox.profile(rename=False))
    assert mailbox.arrived() == {PARCEL.name: PARCEL.content}
    assert mailbox.faults.renamed == []


def test_another_file_of_that_name_is_left_alone(mailbox: Mailbox) -> None:
    (mailbox.inbound / PARCEL.name).write_bytes(b"somebody else's")
    with pytest.raises(MailboxTrouble, match="another file named claims-1"):
        send(mailbox.profile())
    assert mailbox.arrived() == {PARCEL.name: b"somebody else's"}
    assert find(mailbox.profile()) is Found.OTHER


def test_a_wrong_password_is_refused_and_nothing_is_sent(mailbox: Mailbox) -> None:
    with pytest.raises(NotAllowed, match="refused the user name") as refused:
        send(mailbox.profile(password="wrong"))
    assert refused.value.code == "clearinghouse-refused-login"
    assert mailbox.arrived() == {}


def test_no_password_at_all_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(NotAllowed):
        send(mailbox.profile(password=""))


def test_a_key_file_lets_in(mailbox: Mailbox) -> None:
    mine = asyncssh.generate_private_key("ssh-ed25519")
    mailbox.authorized = mine.export_public_key().decode()
    text = mine.export_private_key().decode()
    send(mailbox.profile(password="", private_key=text))
    assert mailbox.arrived() == {PARCEL.name: PARCEL.content}
    assert mailbox.logins == []  # no password was tried


def test_a_protected_key_file_needs_its_passphrase(mailbox: Mailbox) -> None:
    mine = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    mailbox.authorized = mine.export_public_key().decode()
    text = mine.export_private_key(passphrase="calm", rounds=4, ignore_few_rounds=True).decode()
    with pytest.raises(NotAllowed) as missing:
        send(mailbox.profile(password="", private_key=text))
    assert missing.value.code == "key-passphrase"
    with pytest.raises(NotAllowed) as wrong:
        send(mailbox.profile(password="", private_key=text, key_passphrase="storm"))
    assert wrong.value.code == "key-unreadable"
    send(mailbox.profile(password="", private_key=text, key_passphrase="calm"))
    assert list(mailbox.arrived()) == [PARCEL.name]


@pytest.mark.parametrize("text", ["", "not a key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAA=="])
def test_a_damaged_key_file_is_said_to_be_one(mailbox: Mailbox, text: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        send(mailbox.profile(password="", private_key=text))
    assert text not in refused.value.message or not text


def test_an_unknown_server_is_never_trusted_by_itself(mailbox: Mailbox) -> None:
    with pytest.raises(HostKeyUnknown) as unknown:
        send(mailbox.profile(host_key=""))
    assert unknown.value.host_key == mailbox.shown_key
    assert mailbox.shown_key in unknown.value.message
    assert mailbox.logins == []  # the password stayed here
    assert mailbox.arrived() == {}


def test_a_changed_host_key_ends_the_connection_before_the_password(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    other_key = asyncssh.generate_private_key("ssh-ed25519")
    with mailbox_server(tmp_path / "other", [other_key]) as stranger:
        profile = replace(mailbox.profile(), port=stranger.port)
        with pytest.raises(HostKeyChanged) as changed:
            send(profile)
        assert changed.value.code == "host-key-changed"
        assert changed.value.host_key == stranger.shown_key
        for part in ("Nothing was sent", "not even your password", "stay queued", "by telephone"):
            assert part in changed.value.message
        assert mailbox.shown_key in changed.value.message
        assert stranger.logins == []
        assert stranger.arrived() == {}


def test_a_server_with_several_keys_is_asked_for_the_pinned_kind(tmp_path: Path) -> None:
    first, second = (asyncssh.generate_private_key(kind) for kind in ("ssh-ed25519", "ssh-rsa"))
    with mailbox_server(tmp_path / "box", [second, first]) as box:
        assert box.shown_key.startswith("ssh-rsa SHA256:")
        send(box.profile())
        assert list(box.arrived()) == [PARCEL.name]


def test_a_server_that_dropped_the_pinned_kind_has_changed(tmp_path: Path) -> None:
    with mailbox_server(tmp_path / "box", [asyncssh.generate_private_key("ssh-rsa")]) as box:
        pinned = "ssh-ed25519 SHA256:" + "A" * 43
        with pytest.raises(HostKeyChanged, match="another type"):
            send(box.profile(host_key=pinned))
        assert box.logins == []


def test_nobody_there_is_offline(mailbox: Mailbox, unused_port: int) -> None:
    with pytest.raises(Offline, match="cannot be reached") as offline:
        send(mailbox.profile(port=unused_port))
    assert "stay queued" in offline.value.message
    with pytest.raises(Offline):
        send(mailbox.profile(host="no-such-host.invalid"))


def test_a_server_that_speaks_something_else_is_offline(silent_port: int) -> None:
    profile = SftpProfile(
        "127.0.0.1", USER, silent_port, PASSWORD, host_key="ssh-ed25519 SHA256:" + "A" * 43,
        timeout=0.3,
    )  # fmt: skip
    with pytest.raises(Offline):
        send(profile)


@pytest.mark.parametrize("at", [0, 1, 50_000, 99_999])
def test_a_line_that_breaks_in_the_middle_of_an_upload_hands_over_nothing(
    mailbox: Mailbox, at: int
) -> None:
    mailbox.faults.drop_after = at
    with pytest.raises(Offline, match="Nothing was handed over"):
        send(mailbox.profile())
    assert mailbox.arrived() == {}
    mailbox.faults.drop_after = None
    send(mailbox.profile())
    assert mailbox.arrived() == {PARCEL.name: PARCEL.content}
    assert mailbox.faults.renamed == [PARCEL.name]


@pytest.mark.parametrize("at", [1, 50_000])
def test_without_renaming_a_broken_upload_is_in_doubt_and_then_finished(
    mailbox: Mailbox, at: int
) -> None:
    mailbox.faults.drop_after = at
    with pytest.raises(OutcomeUnknown, match="looked into first"):
        send(mailbox.profile(rename=False))
    mailbox.faults.drop_after = None
    assert find(mailbox.profile(rename=False)) is Found.STAGED
    send(mailbox.profile(rename=False))
    assert mailbox.arrived() == {PARCEL.name: PARCEL.content}


def test_a_full_mailbox_takes_nothing_and_keeps_no_half_file(mailbox: Mailbox) -> None:
    mailbox.faults.full_after = 40_000
    with pytest.raises(MailboxTrouble, match="No space left") as full:
        send(mailbox.profile())
    assert "stays queued" in full.value.message
    assert list(mailbox.inbound.iterdir()) == []


def test_a_silent_server_is_given_up_on(mailbox: Mailbox) -> None:
    mailbox.faults.silent_after = 40_000
    with pytest.raises(Offline):
        send(mailbox.profile(timeout=0.3))
    assert mailbox.arrived() == {}


def test_a_server_that_is_slow_at_the_door_has_refused_nobody(mailbox: Mailbox) -> None:
    mailbox.faults.slow_login = 5
    with pytest.raises(Offline, match="cannot be reached"):
        send(mailbox.profile(timeout=0.3))


def test_a_line_that_breaks_at_the_rename_is_in_doubt(mailbox: Mailbox) -> None:
    mailbox.faults.drop_before_rename = True
    with pytest.raises(OutcomeUnknown):
        send(mailbox.profile())
    assert find(mailbox.profile()) is Found.STAGED
    mailbox.faults.drop_before_rename = False
    mailbox.faults.drop_after_rename = True
    with pytest.raises(OutcomeUnknown):
        send(mailbox.profile())
    assert find(mailbox.profile()) is Found.THERE


def test_a_collected_file_is_absent(mailbox: Mailbox) -> None:
    mailbox.faults.collects_at_once = True
    send(mailbox.profile())
    assert find(mailbox.profile()) is Found.ABSENT
    assert mailbox.arrived() == {PARCEL.name: PARCEL.content}


def test_a_refused_rename_hands_over_nothing(mailbox: Mailbox) -> None:
    mailbox.faults.refuse_rename = True
    with pytest.raises(MailboxTrouble, match="Renaming is not allowed"):
        send(mailbox.profile())
    assert mailbox.arrived() == {}


def test_a_server_that_says_failure_after_it_renamed_leaves_doubt(mailbox: Mailbox) -> None:
    mailbox.faults.says_failure_after_rename = True
    with pytest.raises(OutcomeUnknown):
        send(mailbox.profile())
    assert find(mailbox.profile()) is Found.THERE


def test_a_folder_that_is_not_there_is_named(mailbox: Mailbox) -> None:
    with pytest.raises(MailboxTrouble, match="no such folder"):
        send(mailbox.profile(upload_folder="nowhere"))
    with pytest.raises(MailboxTrouble, match="nowhere"):
        fetch(mailbox.profile(download_folder="nowhere"))
    with pytest.raises(MailboxTrouble):
        send(mailbox.profile(upload_folder="nowhere", rename=False))


def test_answers_are_fetched_whole_and_unfinished_ones_left(mailbox: Mailbox) -> None:
    (mailbox.outbound / "one.835").write_bytes(b"ISA*1~")
    (mailbox.outbound / "large.835").write_bytes(b"ISA*" + b"y" * 200_000)
    (mailbox.outbound / "later.835.tmp").write_bytes(b"half")
    (mailbox.outbound / ".hidden").write_bytes(b"x")
    (mailbox.outbound / "archive").mkdir()
    found = fetch(mailbox.profile())
    assert [(one.item.name, one.item.size) for one in found] == [
        ("large.835", 200_004),
        ("one.835", 6),
    ]
    assert found[1].content == b"ISA*1~"
    assert len(found[0].content) == 200_004
    assert fetch(mailbox.profile(), lambda item: True) == []


def test_a_huge_file_is_left_where_it_is(mailbox: Mailbox) -> None:
    with (mailbox.outbound / "huge.835").open("wb") as file:
        file.truncate(3 * 1024**3)
    (found,) = fetch(mailbox.profile())
    assert found.content == b""
    assert "3,072 MB" in found.problem
    assert (mailbox.outbound / "huge.835").exists()


def test_only_what_is_still_the_same_is_removed(mailbox: Mailbox) -> None:
    path = mailbox.outbound / "one.835"
    path.write_bytes(b"ISA*1~")
    (found,) = fetch(mailbox.profile())
    path.write_bytes(b"ISA*12~")
    with SftpTransport(mailbox.profile()) as way:
        assert way.discard(found.item) is False
        assert path.exists()
    (newer,) = fetch(mailbox.profile())
    with SftpTransport(mailbox.profile()) as way:
        assert way.discard(newer.item) is True
    assert not path.exists()


def test_the_connection_test_says_each_step(mailbox: Mailbox) -> None:
    steps = check(mailbox.profile())
    assert [(step.label, step.ok) for step in steps] == [
        ("Server", True),
        ("Server's key", True),
        ("User name and password", True),
        ("Folder for claims", True),
        ("Folder of answers", True),
    ]
    assert list(mailbox.inbound.iterdir()) == []  # nothing was handed over


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"host": "no-such-host.invalid"}, "Server"),
        ({"host_key": ""}, "Server's key"),
        ({"host_key": "ssh-ed25519 SHA256:" + "B" * 43}, "Server's key"),
        ({"password": "wrong"}, "User name and password"),
        ({"upload_folder": "nowhere"}, "Folder for claims"),
        ({"download_folder": "nowhere"}, "Folder of answers"),
    ],
)
def test_the_connection_test_stops_at_what_fails(
    mailbox: Mailbox, changes: dict[str, str], label: str
) -> None:
    steps = check(mailbox.profile(**changes))
    assert [step.ok for step in steps] == [True] * (len(steps) - 1) + [False]
    assert steps[-1].label == label
    assert steps[-1].sentence.endswith(".")


def test_no_secret_shows_in_a_profile_or_a_refusal(mailbox: Mailbox) -> None:
    profile = mailbox.profile(private_key="KEYTEXT", key_passphrase="hush")
    for secret in (PASSWORD, "KEYTEXT", "hush"):
        assert secret not in repr(profile)
    with pytest.raises(NotAllowed) as refused:
        send(mailbox.profile(password="s3cret-word"))
    assert "s3cret-word" not in refused.value.message
