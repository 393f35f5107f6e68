# SPDX-License-Identifier: MIT
"""The composition root: the one place that knows which concrete things work together.

Both doors, the command line and the window, get their store and their processor from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from mediyn_desktop.cards import worker
from mediyn_desktop.cards.attempts import waiting_count
from mediyn_desktop.cards.on_file.checks import CARD_CHECKS
from mediyn_desktop.cards.polling.poll import poll, watching
from mediyn_desktop.cards.refunds.sending import unresolved
from mediyn_desktop.cards.stripe_api import Role, StripeApi
from mediyn_desktop.claims import (
    asking,
    connection,
    inbox,
    question_mail,
    sending,
    silence,
    submission,
)
from mediyn_desktop.claims.answers import FileReport, act_on_unread
from mediyn_desktop.claims.outbox import HandedOver, HandOver
from mediyn_desktop.claims.transports.protocol import Offline
from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.jobs.due import Job, JobState, Outcome
from mediyn_desktop.ledger.checks import LEDGER_CHECKS
from mediyn_desktop.schema import GUARDS
from mediyn_desktop.store import backup, integrity, opening, settings
from mediyn_desktop.store.folder import DATABASE, LOCK, PRIVATE_FOLDERS
from mediyn_desktop.store.uow import Reading, Store
from mediyn_desktop.store.verify import Check, verify
from mediyn_desktop.vault import keyslots_file, slots
from mediyn_desktop.vault.errors import NAME as KEYSLOTS
from mediyn_desktop.vault.keys import DataKey

CLOCK: Clock = SystemClock()

_CHECKS = (*LEDGER_CHECKS, *CARD_CHECKS)
_OFFLINE = Outcome(JobState.OFFLINE, "You are offline.")


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
    opening.prepare_new(folder)
    if (folder / DATABASE).exists():
        raise opening.PracticeExists(folder)
    if keyslots_file.exist(folder):
        key = slots.open_with_passphrase(folder, passphrase)
        code = slots.new_recovery_code(folder, key)
    else:
        key, code = slots.create(folder, passphrase)
    return Created(opening.create_practice(folder, key, clock, GUARDS), code)


def discard(created: Created) -> None:
    """Take back a practice that was created a moment ago and could not be filled."""
    folder = created.store.folder
    created.store.close()
    integrity.remove_database(folder / DATABASE)
    for name in (KEYSLOTS, keyslots_file.COPY_NAME, LOCK):
        (folder / name).unlink(missing_ok=True)
    for name in PRIVATE_FOLDERS:
        with suppress(OSError):  # something of the user's is in it
            (folder / name).rmdir()


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
    """Return the card processor this practice is connected to, or None without a key.

    Raises:
        OtherSide: a training practice holds a real key, or the reverse; nobody is asked.
    """
    with store.read() as read:
        settings.keep_sides_apart(read)
        key = settings.read_secret(read, settings.STRIPE_KEY.key)
        base = settings.get(read, settings.STRIPE_API_BASE)
    return StripeApi(key, base or None) if key else None


@contextmanager
def processor_for_now(store: Store) -> Iterator[StripeApi | None]:
    """Yield the card processor, or None without a key, and close its connections afterwards."""
    api = card_processor(store)
    try:
        yield api
    finally:
        if api is not None:
            api.close()


@contextmanager
def refunding(store: Store, passphrase: str) -> Iterator[tuple[StripeApi, StripeApi] | None]:
    """Yield who asks and who pays back, or None without a key; close both afterwards.

    The scheduler never has the second key: whoever pays back gives the passphrase first. A practice
    that entered one key only pays back with that.

    Raises:
        UserFacingError: a wrong passphrase; no key was read.
    """
    slots.open_with_passphrase(store.folder, passphrase).drop()
    with store.read() as read:
        settings.keep_sides_apart(read)
        key = settings.read_secret(read, settings.STRIPE_REFUND_KEY.key) or settings.read_secret(
            read, settings.STRIPE_KEY.key
        )
        base = settings.get(read, settings.STRIPE_API_BASE)
    with processor_for_now(store) as api:
        if api is None or not key:
            yield None
            return
        payer = StripeApi(key, base or None, role=Role.REFUNDS)
        try:
            yield api, payer
        finally:
            payer.close()


def jobs(*, offline: bool = False) -> list[Job]:
    """Return all background work, in the order it is done; only local work when ``offline``."""
    network = [
        Job(
            "cards",
            "Sending waiting charges",
            every=timedelta(minutes=5),
            waiting=waiting_count,
            run=_send_charges,
            beside=True,
        ),
        Job(
            "card-news",
            "Asking the card processor what is new",
            every=timedelta(minutes=15),
            waiting=unresolved,
            run=_poll_processor,
            regular=_may_be_news,
            beside=True,
        ),
    ]
    local = [
        Job(
            "eligibility",
            "Asking whether clients are covered",
            every=timedelta(minutes=15),
            waiting=asking.waiting_count,
            run=partial(_ask_insurers, offline=offline),
        ),
        Job(
            "claims",
            "Handing over claims",
            every=timedelta(minutes=15),
            waiting=_claims_waiting,
            run=partial(_hand_over_claims, offline=offline),
        ),
        Job(
            "answers",
            "Fetching answers of the clearinghouse",
            every=timedelta(minutes=30),
            waiting=_answers_waiting,
            run=partial(_fetch_answers, offline=offline),
        ),
        Job(
            "silence",
            "Watching for answers that do not come",
            every=timedelta(hours=6),
            waiting=_silence_to_watch,
            run=_watch_for_silence,
        ),
    ]
    return local if offline else network + local


def _send_charges(store: Store) -> Outcome:
    with processor_for_now(store) as api:
        result = worker.run_pass(store, api)
    if result.stopped is None:
        return Outcome()
    if result.stopped == "no-key":
        with store.read() as read:
            if not waiting_count(read):  # a practice without cards has nothing to mend
                return Outcome()
    state = JobState.OFFLINE if result.stopped == "offline" else JobState.ATTENTION
    return Outcome(state, result.message or "")


def _may_be_news(read: Reading) -> bool:
    return watching(read) and bool(settings.read_secret(read, settings.STRIPE_KEY.key))


def _poll_processor(store: Store) -> Outcome:
    with processor_for_now(store) as api:
        result = poll(store, api)
    if result.stopped in (None, "no-key"):
        return Outcome()
    state = JobState.OFFLINE if result.stopped == "offline" else JobState.ATTENTION
    return Outcome(state, result.message or "")


def _ask_insurers(store: Store, *, offline: bool) -> Outcome:
    with store.read() as read:
        if not asking.waiting_count(read):
            return Outcome()
        by_mail = connection.asking_way(read) is connection.Asking.BY_MAIL
    try:
        return _ask_by_mail(store, offline=offline) if by_mail else _ask_at_once(store, offline)
    except Offline as nobody:
        return Outcome(JobState.OFFLINE, nobody.message)


def _ask_at_once(store: Store, offline: bool) -> Outcome:
    if offline:
        return _OFFLINE
    with store.read() as read:
        way = connection.eligibility_transport(read)
    with way:
        asking.ask_waiting(store, way)
    return Outcome()


def _ask_by_mail(store: Store, *, offline: bool) -> Outcome:
    with store.read() as read:
        way = connection.transport(read)
    if offline and way.kind != "folder":
        return _OFFLINE
    with way:
        files = question_mail.send_questions(store, way)
    return _unsettled(files)


def _unsettled(files: Sequence[HandedOver | sending.Exported]) -> Outcome:
    words = [one.message for one in files if one.state is not HandOver.SENT]
    return Outcome(JobState.ATTENTION, " ".join(words)) if words else Outcome()


def _claims_waiting(read: Reading) -> int:
    return submission.waiting_count(read) if connection.is_set_up(read) else 0


def _hand_over_claims(store: Store, *, offline: bool) -> Outcome:
    with store.read() as read:
        if not connection.is_set_up(read):
            return Outcome()
        way = connection.transport(read)
    if offline and way.kind != "folder":
        return _OFFLINE
    try:
        with way:
            files = sending.send_claims(store, way)
    except Offline as nobody:
        return Outcome(JobState.OFFLINE, nobody.message)
    return _unsettled(files)


def _answers_waiting(read: Reading) -> int:
    """A mailbox is looked into whenever it is time: nobody knows before what is in it."""
    return 1 if connection.answers_transport(read) is not None else inbox.unread_count(read)


def _fetch_answers(store: Store, *, offline: bool) -> Outcome:
    """Fetch what waits, then act on all that nobody has read yet, however it came."""
    with store.read() as read:
        way = connection.answers_transport(read)
    if way is None:
        return _read_answers(store, Outcome())
    if offline and way.kind != "folder":
        return _read_answers(store, _OFFLINE)
    try:
        with way:
            found = inbox.collect(store, way)
    except Offline as nobody:
        return _read_answers(store, Outcome(JobState.OFFLINE, nobody.message))
    if not found.left:
        return _read_answers(store, Outcome())
    left = " ".join(f"{name}: {why}" for name, why in found.left)
    return _read_answers(store, Outcome(JobState.ATTENTION, left))


def _read_answers(store: Store, fetched: Outcome) -> Outcome:
    """Act on what was fetched; what waits for a person is on the worklist and among the alerts."""
    reports = act_on_unread(store)
    odd = [_odd(one) for one in reports if one.status in ("unreadable", "held") or one.not_acted_on]
    if not odd:
        return fetched
    state = fetched.state if fetched.state is JobState.OFFLINE else JobState.ATTENTION
    return Outcome(state, " ".join(filter(None, (fetched.message, *odd))))


def _odd(report: FileReport) -> str:
    if report.not_acted_on:
        return f"{report.file}: {' '.join(dict.fromkeys(report.not_acted_on))}"
    why = "could not be read" if report.status == "unreadable" else "waits for you"
    return f"{report.file} {why}."


def _silence_to_watch(read: Reading) -> int:
    return int(silence.anything_to_watch(read) or question_mail.anything_to_watch(read))


def _watch_for_silence(store: Store) -> Outcome:
    with store.write("Look for claims nobody answers") as uow:
        silence.watch_for_silence(uow)
        question_mail.give_up(uow)
    return Outcome()


def check_all(store: Store) -> list[Check]:
    """Run every check of the practice: file, schema, chain, ledger, consents, permissions."""
    return verify(store, _CHECKS)


def make_backup(store: Store, to: Path) -> backup.BackupReport:
    """Write a verified backup of the practice into the folder ``to``."""
    return backup.backup(store, to, checks=_CHECKS)


def restore_backup(
    file: Path, to: Path, open_key: Callable[[Path], DataKey]
) -> backup.BackupReport:
    """Restore ``file`` into the empty folder ``to``, verified by opening; return what it holds.

    Args:
        open_key: opens the data key of a folder, by passphrase or by recovery code.
    """
    return backup.restore(file, to, open_key)


def sample_data(read: Reading) -> bool:
    """Whether this practice holds made-up people."""
    return bool(settings.get(read, settings.DEMO_SAMPLE_DATA))


def training_practice(read: Reading) -> bool:
    """Whether this practice is for training only."""
    return bool(settings.get(read, settings.TRAINING_PRACTICE))


def require_practice(folder: Path) -> None:
    """Raise ``NoPractice`` where there is none in ``folder``."""
    if not (folder / DATABASE).is_file():
        raise opening.NoPractice(folder)


class NeedsPassphrase(UserFacingError):
    """No passphrase was given and nobody can be asked."""

    code = "passphrase-needed"
