# SPDX-License-Identifier: MIT
"""One random life of a practice that charges cards, and what it came to.

The same folder of thirty charges is lived through with faults before, during and after each
request, kill -9 of the process that charges, forgotten keys, restored backups, a second laptop with
a copied ledger, and clocks that jump. At the end the faults stop, the comparison is accepted, and
the ledger and the processor must agree.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from till import KEY, Till

from mediyn_desktop.cards import worker
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store.opening import open_practice
from mediyn_desktop.vault import slots
from mediyn_desktop.vault.keys import DataKey

CHARGES = 30
METHODS = {
    3: "pm_{}_insufficientFundsUntilTomorrow",
    11: "pm_{}_chargeDeclinedLostCard",
    19: "pm_{}_processingSucceeds",
}
"""Which of the thirty are no plain good cards."""
FAULTS = [
    "reset_before", "reset_after", "fin_after", "partial", "truncated", "409", "429",
    "lock_timeout", "500_before", "500_after", "500_forgotten", "503_html", "200_html",
    "200_html_after", "no_date", "list_doubled", "list_reversed",
]  # fmt: skip
_PASSPHRASE = "four unrelated calm words"

# Children are forked from a server that has everything imported and no threads.
_CHILDREN = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)
# The tests' own folders are not on the server's path; what is slow to import is the program's.
_CHILDREN.set_forkserver_preload(["mediyn_desktop.app"])


@dataclass(slots=True)
class Life:
    """What one run came to."""

    seed: int
    told: Counter[str] = field(default_factory=Counter)
    charges: int = 0
    doubled: int = 0
    lost: int = 0
    unknown: int = 0
    differs: int = 0  # cents between the ledger and the processor


def prepare(till: Till) -> None:
    """Owe thirty charges and queue them."""
    for number in range(CHARGES):
        till.owe(METHODS.get(number, "pm_good{}").format(number))
    till.queue()


def child(folder: str, base_url: str, now: str, ready: Any) -> None:
    """A process of its own that charges until it is done or killed."""
    store = open_practice(
        Path(folder),
        slots.open_with_passphrase(Path(folder), _PASSPHRASE),
        FixedClock(datetime.fromisoformat(now)),
        GUARDS,
    )
    api = StripeApi(KEY, base_url)
    ready.send(True)
    worker.run_pass(store, api, skip_waits=True)
    api.close()
    store.close()


def live(
    seed: int, prepared: Path, room: Path, open_key: Callable[[], DataKey], kills: int = 1
) -> Life:
    """Live one life in ``room`` from the folder ``prepared``."""
    chance = random.Random(seed)
    life = Life(seed)
    clock = FixedClock(datetime.fromisoformat("2026-11-23T21:00:00+00:00"))
    folder = Path(shutil.copytree(prepared, room / "practice"))
    with CardProcessor(clock=clock, auto_seed=True) as processor:
        tills = [Till(folder, open_key, clock, processor)]
        backups: list[Path] = []
        try:
            steps = [_faulty_pass] * 2 + [_killed] * kills
            steps += chance.choices([_days, _jump, _backup, _restore, _second, _both], k=5)
            chance.shuffle(steps)
            for step in steps:
                processor.faults.randomly(chance.getrandbits(32), chance.uniform(0, 0.3), FAULTS)
                step(life, chance, tills, backups, room)
            _end(tills[0])
            _judge(life, tills[0])
        finally:
            for till in tills:
                till.close()
    return life


def _one(chance: random.Random, tills: list[Till]) -> Till:
    return chance.choice(tills)


def _faulty_pass(life: Life, chance: random.Random, tills: list[Till], *_: Any) -> None:
    outcome = _one(chance, tills).run()
    life.told[f"pass {outcome.stopped or 'whole'}"] += 1


def _killed(life: Life, chance: random.Random, tills: list[Till], *_: Any) -> None:
    till = _one(chance, tills)
    till.store.close()
    ours, theirs = _CHILDREN.Pipe()
    process = _CHILDREN.Process(
        target=child,
        args=(str(till.folder), till.processor.base_url, till.clock.now().isoformat(), theirs),
    )
    process.start()
    theirs.close()
    assert ours.recv()
    process.join(chance.uniform(0.0, 0.5))
    life.told["killed" if process.is_alive() else "in time"] += 1
    process.kill()
    process.join()
    ours.close()
    till.restart()


def _days(life: Life, chance: random.Random, tills: list[Till], *_: Any) -> None:
    tills[0].days_pass(chance.uniform(0.5, 3))
    life.told["days pass, keys forgotten"] += 1


def _jump(life: Life, chance: random.Random, tills: list[Till], *_: Any) -> None:
    """Our clock jumps; the processor's does not."""
    by = timedelta(hours=chance.uniform(-40, 40))
    tills[0].clock.advance(by)
    tills[0].processor.state.clock.advance(-by)
    life.told["clock jumps"] += 1


def _backup(
    life: Life, chance: random.Random, tills: list[Till], backups: list[Path], room: Path
) -> None:
    backups.append(tills[0].copy(room / f"backup-{len(backups)}"))
    life.told["backup"] += 1


def _restore(
    life: Life, chance: random.Random, tills: list[Till], backups: list[Path], room: Path
) -> None:
    if not backups:
        _backup(life, chance, tills, backups, room)
    else:
        tills[0].restore(chance.choice(backups))
        life.told["restored"] += 1
    tills[0].run()


def _second(
    life: Life, chance: random.Random, tills: list[Till], backups: list[Path], room: Path
) -> None:
    """A second laptop begins with a copy of the first one's folder."""
    if len(tills) == 1:
        tills.append(tills[0].other(tills[0].copy(room / "second")))
    life.told["second laptop"] += 1
    tills[-1].run()


def _both(life: Life, chance: random.Random, tills: list[Till], *_: Any) -> None:
    """A laptop's freeze is lifted while the network is as bad as ever."""
    from mediyn_desktop.core.errors import UserFacingError

    till = _one(chance, tills)
    try:
        till.accept()
        life.told["accepted"] += 1
    except UserFacingError as error:
        life.told[f"not accepted: {error.code}"] += 1
    till.run()


def _end(till: Till) -> None:
    """The faults stop; time passes for what may be tried again; what was found is accepted."""
    till.processor.faults.clear()
    for _ in range(3):
        till.days_pass(2)
        till.accept()
        till.queue()
        till.run()


def _judge(life: Life, till: Till) -> None:
    states = till.states()
    good = CHARGES - 1  # one card is refused for good
    life.charges = CHARGES
    life.doubled = sum(count > 1 for count in till.taken().values())
    life.lost = good - len(till.taken())
    life.unknown = sum(
        state not in (State.SUCCEEDED, State.DECLINED, State.CANCELED) for state in states
    )
    life.differs = till.posted() - till.processor_total()


def table(lives: list[Life]) -> str:
    """Return what all of it came to."""
    told: Counter[str] = Counter()
    for life in lives:
        told += life.told
    total = [sum(getattr(one, name) for one in lives) for name in ("charges", "doubled", "lost")]
    unknown, differs = sum(one.unknown for one in lives), sum(abs(one.differs) for one in lives)
    head = "runs  charges  doubled  lost  unknown at end  ledger differs by"
    row = f"{len(lives):4}  {total[0]:7}  {total[1]:7}  {total[2]:4}  {unknown:14}  {differs:13} ¢"
    lines = [head, row, ""]
    lines += [f"{times:6}  {what}" for what, times in sorted(told.items())]
    return "\n".join(lines)
