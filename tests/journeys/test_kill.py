# SPDX-License-Identifier: MIT
"""Power cuts: the real program is killed at random moments of the evening, and run again.

Whatever was interrupted, each obligation is charged once, each claim leaves once, and the ledger
says what the processor says.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

import programs
import world
from mediyn_desktop import app
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.scrub.rule import Context
from mediyn_desktop.core.clock import SystemClock, local_date
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.ledger import queries
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store import settings
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault.keys import DataKey

_CARDS, _DECLINED, _COPAYS, _SUPERBILLS = 20, 1, 2, 3


def an_evening(store: Store, day: date, addresses: dict[str, str]) -> None:
    """Sessions on the roads that leave the machine: cards, a decline, copays, superbills."""
    kinds = ["card"] * _CARDS + ["declined"] * _DECLINED
    kinds += ["copay"] * _COPAYS + ["superbill"] * _SUPERBILLS
    types = {"copay": "in_network", "superbill": "out_of_network"}
    with store.write("An evening") as uow:
        world.practice(uow)
        for number, kind in enumerate(kinds):
            owner = world.client(
                uow,
                f"c{number}",
                payment_type=types.get(kind, "self_pay"),
                superbill="session" if kind == "superbill" else "none",
            )
            if kind == "copay":
                world.coverage(uow, owner)
            method = "pm_card_visa_chargeDeclined" if kind == "declined" else f"pm_good{number}"
            world.card(uow, owner, method, exp_year=day.year + 3)
            world.session(uow, owner, f"s{number}", day=day, hour=7)
        for key, value in addresses.items():
            settings.set_value(uow, key, value)


def killed(command: list[object], chance: random.Random) -> str:
    """Start the command, kill it at a random moment, and return how far it says it came.

    Half of the moments are any after the start, half follow a charge: there the work is dense.
    """
    process = programs.start(*command, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    said: list[str] = []
    with process:
        if chance.random() < 0.5:
            delay = chance.uniform(0.3, 2.5)
        else:
            goal = chance.randrange(0, 6)
            delay = chance.uniform(0.0, 0.08)
            for line in process.stderr:
                said.append(line.strip())
                if len(said) > goal:
                    break
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
        said += [line.strip() for line in process.stderr]
    ended = "done" if process.returncode in (0, 3) else "killed"
    return f"{ended} at {said[-1] if said else 'start'}"


def play(folder: Path, tmp_path: Path, open_it: Callable[[], Store], seed: int, kills: int) -> str:
    """Kill one evening ``kills`` times, finish it, check everything, and return what happened."""
    chance = random.Random(seed)
    day = local_date(SystemClock().now(), world.ZONE)
    passphrase, out = tmp_path / "passphrase", tmp_path / "printed"
    passphrase.write_text("four unrelated calm words\n", "utf-8")
    with programs.outside_world(tmp_path / "outside") as outside:
        store = open_it()
        an_evening(store, day, outside.settings)
        store.close()
        command: list[object] = ["--data", folder, "--passphrase-file", passphrase]
        command += ["close-day", "--date", day, "--yes", "--out", out, "--json"]
        moments = Counter(killed(command, chance) for _ in range(kills))
        first, again = programs.run(*command), programs.run(*command)
        assert first.returncode == again.returncode == 3, first.stderr  # the declined card
        done, repeated = json.loads(first.stdout), json.loads(again.stdout)
        for answer in (done, repeated):
            answer.pop("claim_files")  # only a new hand-over is listed
        assert done == repeated
        store = open_it()
        try:
            check_cards(store, outside.ask("totals?by=iid"), done)
            check_claims(store, Path(outside.settings["clearinghouse.out"]))
            check_superbills(store, done, out)
            assert [check for check in app.check_all(store) if not check.ok] == []
        finally:
            store.close()
    return ", ".join(f"{times} {moment}" for moment, times in sorted(moments.items()))


def check_cards(store: Store, totals: dict[str, dict[str, object]], done: dict[str, list]) -> None:
    """Each obligation has one succeeded intent, and the ledger says what the processor says."""
    states = Counter(one["state"] for one in done["card_charges"])
    assert states == {"succeeded": _CARDS + _COPAYS + _SUPERBILLS, "declined": _DECLINED}
    assert [len(one["payment_intents"]) for one in totals.values()] == [1] * states["succeeded"]
    with store.read() as read:
        rows = read.session.scalars(select(CardAttempt).where(CardAttempt.state == State.SUCCEEDED))
        ours = {row.iid: (row.amount_cents, [row.processor_id]) for row in rows}
        assert ours == {iid: (one["amount"], one["payment_intents"]) for iid, one in totals.items()}
        entries = queries.journal(read)
        posted = sum(
            line.amount_cents
            for entry in entries
            if entry.kind == "payment"
            for line in entry.postings
            if line.account == "Assets:Stripe"
        )
        assert posted == sum(int(str(one["amount"])) for one in totals.values())
        assert all(sum(line.amount_cents for line in one.postings) == 0 for one in entries)
        assert queries.trial_balance(read) == 0


def check_claims(store: Store, outbox: Path) -> None:
    """Each claim is in exactly one file, and each file follows the guide."""
    texts = [path.read_text("ascii") for path in sorted(outbox.glob("*.837"))]
    # The practice of these tests has a ZIP code of five digits.
    known = Context(only_warn=frozenset({"billing-zip"}))
    assert all(refused(check_837p(text, known)) == [] for text in texts)
    sent = Counter(found for text in texts for found in re.findall(r"CLM\*(\w+)\*", text))
    assert list(sent.values()) == [1] * _COPAYS


def check_superbills(store: Store, done: dict[str, list], out: Path) -> None:
    """Each client has one superbill, and the numbers have no gap."""
    with store.read() as read:
        rows = read.session.execute(select(IssuedDocument.number, IssuedDocument.version)).all()
    assert [version for _, version in rows] == [1] * _SUPERBILLS
    assert len({number for number, _ in rows}) == _SUPERBILLS
    assert all(Path(one["file"]).read_bytes()[:5] == b"%PDF-" for one in done["superbills"])
    assert len(list(out.glob("*.pdf"))) == _SUPERBILLS + 1  # and the day report


@pytest.fixture
def open_it(folder: Path, own_key: Callable[[], DataKey]) -> Callable[[], Store]:
    return lambda: open_practice(folder, own_key(), SystemClock(), GUARDS)


@pytest.mark.timeout(900)
@pytest.mark.long
def test_eight_power_cuts_in_one_evening_charge_nobody_twice(
    folder: Path, tmp_path: Path, open_it: Callable[[], Store]
) -> None:
    print(play(folder, tmp_path, open_it, seed=11, kills=8))


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_fifty_power_cuts_in_ten_evenings_charge_nobody_twice(
    template: Path, tmp_path: Path, own_key: Callable[[], DataKey]
) -> None:
    for seed in range(10):
        folder = Path(shutil.copytree(template, tmp_path / f"evening-{seed}" / "practice"))
        play_in = folder.parent

        def open_it(folder: Path = folder) -> Store:
            return open_practice(folder, own_key(), SystemClock(), GUARDS)

        print(seed, play(folder, play_in, open_it, seed, kills=5))
