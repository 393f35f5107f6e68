# SPDX-License-Identifier: MIT
"""Ctrl+C on the command line: the file under way is finished, or nothing of one whole is kept."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from command_line import Mediyn

from mediyn_desktop.claims import inbox, outbox, submission, unposting


def press(monkeypatch: pytest.MonkeyPatch, module: object, name: str, times: int = 1) -> None:
    """Let Ctrl+C be pressed when the function ``name`` is called for the first time."""
    real = getattr(module, name)
    left = [times]

    def pressed(*args: object, **more: object) -> object:
        while left[0]:
            left[0] -= 1
            signal.raise_signal(signal.SIGINT)
        return real(*args, **more)

    monkeypatch.setattr(module, name, pressed)


@pytest.fixture
def sending(closed: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mediyn:
    """Five claims that go out in three files."""
    monkeypatch.setattr(submission, "MOST_CLAIMS", 2)
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    closed.json("settings", "clearinghouse.out", tmp_path / "to")
    return closed


def states(mediyn: Mediyn) -> list[str]:
    return sorted(one["state"] for one in mediyn.json("claims", "list"))


def test_sending_finishes_the_file_under_way(
    sending: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as once:
        press(once, outbox, "_hand_over_one")
        ran = sending("claims", "submit")
    assert (ran.status, ran.out) == (1, "")
    first, last = ran.err.splitlines()
    assert first == "Finishing the file under way. Ctrl+C once more stops at once."
    assert last == ("Stopped. 2 claims went out, 3 wait. Run the command again to go on. [stopped]")
    assert states(sending) == ["blocked", *["queued"] * 3, *["sent"] * 2]
    assert len(list((tmp_path / "to").iterdir())) == 1
    assert len(sending.json("claims", "submit")) == 2
    assert states(sending) == ["blocked", *["sent"] * 5]


def test_a_second_ctrl_c_stops_at_once_and_nothing_goes_twice(
    sending: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as once:
        press(once, outbox, "_sent", times=2)  # the file lies there, and nobody noted it yet
        ran = sending("claims", "submit")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-1].endswith("[stopped]")
    assert len(list((tmp_path / "to").iterdir())) == 1
    assert [one["state"] for one in sending.json("claims", "outbox")] == [
        "waiting", "waiting", "handing_over",
    ]  # fmt: skip
    sending.json("claims", "submit")
    assert len(list((tmp_path / "to").iterdir())) == 3
    assert states(sending) == ["blocked", *["sent"] * 5]


def test_fetching_keeps_what_came(
    closed: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "from"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.835").write_bytes(b"ISA*%d~" % number)
    closed.json("settings", "clearinghouse.in", folder)
    with monkeypatch.context() as once:
        press(once, inbox, "_keep")
        ran = closed("clearinghouse", "fetch")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == (
        "Stopped. 1 file was fetched and kept; the rest waits in the mailbox. Run the command "
        "again to go on. [stopped]"
    )
    assert [one["name"] for one in closed.json("clearinghouse", "fetch")["taken"]] == ["2.835"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("undo",), "Stopped. Nothing was undone: everything is as it was. [stopped]"),
        (
            ("claims", "unpost", "1", "--reason", "mistake"),
            "Stopped. Nothing was taken back: everything is posted as before. [stopped]",
        ),
    ],
)
def test_taking_a_posting_back_is_all_or_nothing(
    closed: Mediyn,
    answers: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    said: str,
) -> None:
    closed.json("inbound", answers["835"])
    closed.json("claims", "unpost", "1", "--reason", "to begin with")
    balances = closed.json("balances")
    closed.json("claims", "repost", "1")
    posted, journal = closed.json("balances"), closed.json("journal")
    with monkeypatch.context() as once:
        press(once, unposting, "take_back")
        ran = closed(*command)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == said
    assert closed.json("journal") == journal
    assert closed.json("balances") == posted
    closed.json(*command)
    assert closed.json("balances") == balances
