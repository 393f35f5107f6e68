# SPDX-License-Identifier: MIT
"""Cards from the command line: a pass, the comparison after a restore, what a key is good for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import DAY, Connect, Mediyn

from mediyn_desktop.sandbox.processor.faults import Fault


@pytest.fixture
def restored(closed: Mediyn, connect: Connect, tmp_path: Path) -> Mediyn:
    """The practice before its evening's cards, restored elsewhere after they were charged."""
    connect(closed.folder)
    backup = closed.json("backup", "--to", tmp_path / "backups")["file"]
    assert closed("cards", "sync").status == 0
    elsewhere = tmp_path / "restored"
    assert closed.bare(
        "restore", backup, "--to", elsewhere, "--passphrase-file", closed.passphrase
    ).status in (0, 3)
    return Mediyn(closed.capsys, elsewhere, closed.passphrase)


def test_a_restored_practice_is_frozen_until_the_comparison_is_accepted(
    restored: Mediyn, connect: Connect
) -> None:
    connect(restored.folder)
    frozen = restored("cards", "sync", "--json")
    assert frozen.status == 3
    assert "Nothing was charged" in frozen.document["frozen"]
    assert {one["state"] for one in frozen.document["attempts"]} == {"queued"}

    looked = restored("cards", "reconcile", "--json")
    assert looked.status == 3
    found = looked.document["found"]
    assert found
    assert {one["kind"] for one in found} == {"adopted"}
    assert all(one["processor_id"].startswith("pi_") for one in found)
    assert looked.document["frozen"] == frozen.document["frozen"]
    assert restored.json("cards", "sync")["frozen"]  # looking lifts nothing

    accepted = restored("cards", "reconcile", "--accept", "--json")
    assert (accepted.status, accepted.document["frozen"]) == (0, None)
    done = restored.json("cards", "sync")
    assert done["frozen"] is None
    assert done["unknown"] == 0
    assert "queued" not in {one["state"] for one in done["attempts"]}
    again = restored.json("cards", "reconcile")
    assert (again["found"], again["frozen"]) == ([], None)
    closed = restored.json("close-day", "--date", DAY, "--yes")
    assert {one["state"] for one in closed["card_charges"]} <= {"succeeded", "declined"}


def test_each_obligation_has_one_charge_after_all_that(restored: Mediyn, connect: Connect) -> None:
    outside = connect(restored.folder)
    for words in (("sync",), ("reconcile", "--accept"), ("sync",)):
        restored("cards", *words)
    taken = outside.processor.state.succeeded_by_metadata("iid")
    assert all(len(one.payment_intents) == 1 for one in taken.values())
    journal = restored.json("journal")
    posted = sum(
        line["amount_cents"]
        for entry in journal
        if entry["kind"] == "payment" and entry["source"].startswith("attempt:")
        for line in entry["postings"]
        if line["account"] == "Assets:Stripe"
    )
    assert posted == sum(one.amount for one in taken.values())


def test_a_crash_of_our_own_freezes_nothing(closed: Mediyn, connect: Connect) -> None:
    connect(closed.folder)
    closed("cards", "sync")
    copied = shutil.copytree(closed.folder, closed.folder.with_name("as-it-was"))
    again = Mediyn(closed.capsys, copied, closed.passphrase).json("cards", "sync")
    assert again["frozen"] is None


def test_a_practice_that_agrees_says_so(closed: Mediyn, connect: Connect) -> None:
    connect(closed.folder)
    closed("cards", "sync")
    ran = closed("cards", "reconcile")
    assert (ran.status, ran.out) == (0, "This practice and the card processor agree.\n")


def test_what_a_key_is_good_for(closed: Mediyn, connect: Connect) -> None:
    outside = connect(closed.folder)
    found = closed.json("cards", "check")
    assert found["account"] == outside.processor.state.account["id"]
    assert (found["livemode"], found["missing"], found["other"]) == (False, [], None)


@pytest.mark.parametrize("action", ["reconcile", "check"])
def test_without_a_processor_there_is_nothing_to_ask(closed: Mediyn, action: str) -> None:
    assert closed("cards", action).code == "no-key"
    assert closed("cards", action, "--offline").code == "offline"


def test_a_list_that_cannot_be_read_changes_nothing(closed: Mediyn, connect: Connect) -> None:
    outside = connect(closed.folder)
    outside.processor.faults.script(Fault("truncated", path="/v1/refunds"))
    assert closed("cards", "reconcile", "--accept").code == "processor-unreachable"
