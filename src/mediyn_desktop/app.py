# SPDX-License-Identifier: MIT
"""The composition root: the one place that knows which concrete things work together.

Both doors, the command line and the window, get their store and their processor from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mediyn_desktop.cards import worker
from mediyn_desktop.cards.attempts import waiting_count
from mediyn_desktop.cards.stripe_api import StripeApi
from mediyn_desktop.claims import submission
from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.jobs.due import Job, JobState, Outcome
from mediyn_desktop.ledger.checks import LEDGER_CHECKS
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store import backup, opening, settings
from mediyn_desktop.store.folder import DATABASE
from mediyn_desktop.store.uow import Reading, Store
from mediyn_desktop.store.verify import Check, verify
from mediyn_desktop.vault import keyslots_file, slots
from mediyn_desktop.vault.keys import DataKey

CLOCK: Clock = SystemClock()


@dataclass(frozen=True, slots=True)
class Created:
    """A new practice, open, and the recovery code that is shown this once."""

    store: Store
    recovery_code: str


def create(folder: Path, passphrase: str, *, clock: Clock = CLOCK) -> Created:
    """Create an empty encrypted practice in ``folder``.

    A set-up that stopped between its key slots and its database is taken up again with the same
    passphrase and a fresh recovery code.

    Raises:
        UserFacingError: there is a practice already, or the folder cannot be used.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserFacingError(
            f"There can be no practice in {folder} ({error.strerror}). Nothing was created. Choose "
            "another folder.",
            code="folder-unusable",
        ) from None
    if (folder / DATABASE).exists():
        raise opening.PracticeExists(folder)
    if keyslots_file.exist(folder):
        key = slots.open_with_passphrase(folder, passphrase)
        code = slots.new_recovery_code(folder, key)
    else:
        key, code = slots.create(folder, passphrase)
    return Created(opening.create_practice(folder, key, clock, GUARDS), code)


def unlock(folder: Path, passphrase: str) -> DataKey:
    """Return the data key of the practice in ``folder``.

    Raises:
        UserFacingError: no practice there, a wrong passphrase, a damaged slot; each says so.
    """
    require_practice(folder)
    return slots.open_with_passphrase(folder, passphrase)


def open_store(
    folder: Path, key: DataKey, *, exclusive: bool = True, clock: Clock = CLOCK
) -> Store:
    """Open the practice with its key; migrates and checks the guards."""
    return opening.open_practice(folder, key, clock, GUARDS, exclusive=exclusive)


def card_processor(store: Store) -> StripeApi | None:
    """Return the card processor this practice is connected to, or None without a key."""
    with store.read() as read:
        key = settings.read_secret(read, settings.STRIPE_KEY.key)
        base = settings.get(read, settings.STRIPE_API_BASE)
    return StripeApi(key, base or None) if key else None


def jobs(*, offline: bool = False) -> list[Job]:
    """Return all background work, in the order it is done; only local work when ``offline``."""
    network = [
        Job(
            "cards",
            "Sending waiting charges",
            every=timedelta(minutes=5),
            waiting=waiting_count,
            run=lambda store: _card_outcome(worker.run_pass(store, card_processor(store))),
        ),
    ]
    local = [
        Job(
            "claims",
            "Handing over claims",
            every=timedelta(minutes=15),
            waiting=_claims_waiting,
            run=_hand_over_claims,
        ),
    ]
    return local if offline else network + local


def _card_outcome(result: worker.Pass) -> Outcome:
    if result.stopped is None:
        return Outcome()
    state = JobState.OFFLINE if result.stopped == "offline" else JobState.ATTENTION
    return Outcome(state, result.message or "")


def _claims_waiting(read: Reading) -> int:
    folder = settings.get(read, settings.CLEARINGHOUSE_OUT)
    return submission.waiting_count(read) if folder else 0


def _hand_over_claims(store: Store) -> Outcome:
    with store.read() as read:
        folder = settings.get(read, settings.CLEARINGHOUSE_OUT)
    submission.export_claims(store, Path(folder))
    return Outcome()


def check_all(store: Store) -> list[Check]:
    """Run every check of the practice: file, schema, chain, ledger, permissions, orphans."""
    return verify(store, LEDGER_CHECKS)


def make_backup(store: Store, to: Path) -> backup.BackupReport:
    """Write a verified backup of the practice into the folder ``to``."""
    return backup.backup(store, to, checks=LEDGER_CHECKS)


def restore_backup(file: Path, to: Path, passphrase: str) -> Path:
    """Restore ``file`` into the empty folder ``to`` and return the folder; verified by opening."""
    backup.restore(file, to, lambda folder: slots.open_with_passphrase(folder, passphrase))
    return to


def sample_data(read: Reading) -> bool:
    """Whether this practice holds made-up people."""
    return bool(settings.get(read, settings.DEMO_SAMPLE_DATA))


def require_practice(folder: Path) -> None:
    """Raise ``NoPractice`` where there is none in ``folder``."""
    if not (folder / DATABASE).is_file():
        raise opening.NoPractice(folder)


class NeedsPassphrase(UserFacingError):
    """No passphrase was given and nobody can be asked."""

    code = "passphrase-needed"
