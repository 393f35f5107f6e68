# SPDX-License-Identifier: MIT
"""Making claims for charges, checking and queueing them, and writing the file that leaves.

A claim's file is stored byte for byte before it is handed over, so a crash in between hands over
the same file again and never a second one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import func, select

from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import inbox, outbox
from mediyn_desktop.claims.building import (
    Facts,
    Problem,
    billing_provider,
    build_claim,
    facts_of,
    problems_of,
)
from mediyn_desktop.claims.outbox import HandedOver, HandOver
from mediyn_desktop.claims.states import LEFT, ClaimState, move, tell
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.claims.tasks import Ended, end_tasks
from mediyn_desktop.claims.transports import folder
from mediyn_desktop.claims.transports.folder import FolderTransport
from mediyn_desktop.claims.transports.protocol import Transport
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.envelope import Envelope
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.tables import Coverage, Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

# Interchange numbers count seconds from here: they only grow, even after an old backup is restored.
_NUMBERS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)


ExportFailed = folder.ExportFailed


class ClaimSent(UserFacingError):
    """The claim is in a file already; only the insurer can take it back."""

    code = "claim-sent"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file of one pass: where it lies, the claims in it, and whether it was handed over.

    ``state`` is ``sent``, ``unknown`` or ``refused``; ``message`` is a sentence unless it was sent.
    """

    file: Path
    sha256: str
    control_numbers: tuple[str, ...]
    state: HandOver = HandOver.SENT
    message: str = ""
    place: str = ""

    @property
    def where(self) -> str:
        """Where the file went, as people look for it."""
        return self.place if "://" in self.place else str(self.file)


def make_claims(uow: UnitOfWork, charges: Iterable[Charge]) -> list[Claim]:
    """Make the claim of each insured charge that has none, and check every unsent one again."""
    made: list[Claim] = []
    for charge in charges:
        if charge.route not in CLAIM_ROUTES or charge.coverage_id is None:
            continue
        claim = latest_claim(uow, charge.id)
        if claim is None:
            coverage = uow.session.get_one(Coverage, charge.coverage_id)
            claim = new_claim(uow, charge, coverage)
        if claim.state in (ClaimState.BLOCKED, ClaimState.READY):
            check_claim(uow, claim)
        made.append(claim)
    return made


def queue_claims(uow: UnitOfWork, claims: Iterable[Claim]) -> list[Claim]:
    """Queue those of ``claims`` that are ready; blocked ones stay, with their problems."""
    queued = [claim for claim in claims if claim.state == ClaimState.READY]
    for claim in queued:
        move(uow, claim, ClaimState.QUEUED, "Queued for the clearinghouse")
    return queued


def refuse_if_sent(read: Reading, charge: Charge) -> Claim | None:
    """Return the charge's claim that can still be taken back; None where there is none.

    Raises:
        ClaimSent: it is in a claim file, handed over or about to be.
    """
    claim = latest_claim(read, charge.id)
    if claim is None or claim.state == ClaimState.WITHDRAWN:
        return None
    if claim.state == ClaimState.REJECTED:
        return claim  # its file was refused whole: nobody has it
    if claim.submission_id is not None or claim.state in LEFT:
        raise ClaimSent(
            f"Claim {claim.control_number} for this session was written into a claim file and may "
            "be with the insurer. Nothing was changed. Have the insurer void the claim first."
        )
    return claim


def withdraw_claim(uow: UnitOfWork, charge: Charge, *, reason: str) -> bool:
    """Take back the claim of ``charge`` before anything was sent; whether there was one.

    Raises:
        ClaimSent: it is in a claim file.
    """
    claim = refuse_if_sent(uow, charge)
    if claim is None:
        return False
    move(uow, claim, ClaimState.WITHDRAWN, f"Withdrawn before it was sent: {reason}")
    uow.session.flush()
    return True


def _queue_mended(uow: UnitOfWork) -> None:
    held = uow.session.scalars(select(Claim).where(Claim.state == ClaimState.BLOCKED))
    queue_claims(uow, [claim for claim in held.all() if check_claim(uow, claim)])


def problems(claim: Claim) -> list[Problem]:
    """Return what blocks ``claim``."""
    return [Problem(**row) for row in json.loads(claim.problems)]


def write_submission(uow: UnitOfWork) -> ClaimSubmission | None:
    """Write all queued claims into one 837P file in the database; None when nothing is queued.

    The whole file is checked against the implementation guide first. A claim that spoils it is
    blocked with the reason and left out; the others go.
    """
    waiting = list(
        uow.session.scalars(
            select(Claim)
            .where(Claim.state == ClaimState.QUEUED, Claim.submission_id.is_(None))
            .order_by(Claim.id)
        )
    )
    sound = [claim for claim in waiting if _check_again(uow, claim)]
    if not sound:
        return None
    facts = [facts_of(uow, claim) for claim in sound]
    number = _next_number(uow)
    text = _write(uow, facts, number)
    content = text.encode("ascii")
    row = ClaimSubmission(
        id=number,
        file_name=f"claims-{uow.today:%Y%m%d}-{number:09d}.837",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        usage=settings.get(uow, settings.CLEARINGHOUSE_USAGE),
        made_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    for claim in sound:
        claim.submission_id = row.id
    uow.changed("claim_submission", row.id)
    return row


def export_claims(store: Store, out: Path) -> list[Exported]:
    """Hand over every queued claim as files in ``out``; a repeated call hands over nothing twice.

    Held claims whose charts were mended since their day was closed go along. A file that is
    already in ``out`` with the same content counts as handed over.

    Raises:
        ExportFailed: the folder cannot be written to; the claims stay queued.
    """
    exported = send_claims(store, FolderTransport(out), by_hand=True)
    return [one for one in exported if one.state is HandOver.SENT]


def send_claims(store: Store, transport: Transport, *, by_hand: bool = False) -> list[Exported]:
    """Hand every queued claim over to ``transport``; a repeated call hands over nothing twice.

    Held claims whose charts were mended since their day was closed go along.

    Raises:
        UserFacingError: nobody answers, or nothing can be handed over; the claims stay queued.
    """
    with store.write("Write claim file") as uow:
        _queue_mended(uow)
        write_submission(uow)
        outbox.address_files(uow)
    done = outbox.hand_over(store, transport, _settle, by_hand=by_hand)
    with store.read() as read:
        return [_exported(read, one) for one in done]


def file_arrived(uow: UnitOfWork, submission_id: int, how: str) -> None:
    """Note that a claim file whose hand-over was in doubt did arrive; ``how`` says a sentence.

    Raises:
        NotFound, NotOpen: nothing was changed.
    """
    outbox.confirm_sent(uow, submission_id, how, _settle)


def queue_rejected(uow: UnitOfWork, claim: Claim) -> list[Problem]:
    """Queue a claim whose file was refused once more, as never filed; return what still blocks it.

    Raises:
        ClaimSent: the claim was not refused.
    """
    if claim.state != ClaimState.REJECTED:
        raise ClaimSent(
            f"Claim {claim.control_number} was not refused by the clearinghouse. Nothing was "
            "changed."
        )
    claim.submission_id = None
    end_tasks(uow, Ended.RESENT, claim=claim.id)
    move(uow, claim, ClaimState.READY, "To be sent again: it was never filed")
    if check_claim(uow, claim):
        queue_claims(uow, [claim])
    return problems(claim)


def _settle(uow: UnitOfWork, submission: ClaimSubmission, outcome: HandedOver) -> None:
    """Move the claims of a file as its hand-over ended."""
    for claim in _claims_in(uow, submission.id):
        match outcome.state:
            case HandOver.SENT:
                move(uow, claim, ClaimState.SENT, f"Written to {outcome.name}")
            case HandOver.REFUSED:
                reasons = outcome.reasons or (outcome.message,)
                refused = [Problem("clearinghouse-refused", reason) for reason in reasons]
                claim.problems = json.dumps([asdict(problem) for problem in refused])
                move(uow, claim, ClaimState.REJECTED, outcome.message)
            case _:
                tell(uow, claim, outcome.message)
    if outcome.answer:
        inbox.take_in(uow, outcome.answer, f"{outcome.name}.answer", uow.now, came_by=outcome.place)
    uow.session.flush()


def _claims_in(read: Reading, submission_id: int) -> list[Claim]:
    rows = read.session.scalars(
        select(Claim).where(Claim.submission_id == submission_id).order_by(Claim.id)
    )
    return list(rows.all())


def _exported(read: Reading, one: HandedOver) -> Exported:
    claims = _claims_in(read, one.submission_id)
    return Exported(
        Path(one.name if "://" in one.place or one.state is not HandOver.SENT else one.place),
        one.sha256,
        tuple(claim.control_number for claim in claims),
        one.state,
        one.message,
        one.place,
    )


def waiting_count(read: Reading) -> int:
    """Return how many claims are queued and not yet handed over."""
    queued = select(func.count()).select_from(Claim).where(Claim.state == ClaimState.QUEUED)
    return read.session.scalar(queued) or 0


def claims_of(read: Reading, charges: Sequence[Charge]) -> dict[int, Claim]:
    """Return the newest claim to the first insurer of each charge that has one, by charge id."""
    ids = [charge.id for charge in charges]
    rows = read.session.scalars(
        select(Claim).where(Claim.charge_id.in_(ids), Claim.rank == 1).order_by(Claim.version)
    )
    return {row.charge_id: row for row in rows}


def latest_claim(read: Reading, charge: int, *, rank: int = 1) -> Claim | None:
    """Return the newest claim for the charge with the id ``charge`` to its insurer of ``rank``."""
    return read.session.scalar(
        select(Claim)
        .where(Claim.charge_id == charge, Claim.rank == rank)
        .order_by(Claim.version.desc())
        .limit(1)
    )


def foreseen_problems(read: Reading, charge: Charge) -> list[Problem]:
    """Return what would hold back the claim of ``charge``, which has none yet. Writes nothing."""
    if charge.route not in CLAIM_ROUTES or charge.coverage_id is None:
        return []
    unmade = Claim(charge_id=charge.id, coverage_id=charge.coverage_id, control_number="")
    return problems_of(facts_of(read, unmade))


def new_claim(
    uow: UnitOfWork,
    charge: Charge,
    coverage: Coverage,
    *,
    rank: int = 1,
    frequency: str = "1",
    replaces: Claim | None = None,
) -> Claim:
    """Make the next claim for ``charge`` to the insurer of ``coverage``; nothing is checked yet.

    Args:
        frequency: 1 original, 7 replacement, 8 void.
        replaces: the claim it takes the place of.
    """
    session = uow.session.get_one(Session, charge.session_id)
    earlier = uow.session.scalar(
        select(func.count())
        .select_from(Charge)
        .where(Charge.session_id == session.id, Charge.id < charge.id)
    )
    before = latest_claim(uow, charge.id, rank=rank)
    version = before.version + 1 if before is not None else 1
    about = f"{session.ref}#{earlier + 1}" if earlier else session.ref
    # Rank and version are said only where there is more than one, as they always were.
    about += f"/{rank}.{version}" if (rank, version) != (1, 1) else ""
    claim = Claim(
        control_number=f"M{keyed_id(uow.subkey('identity'), 'claim', about)[:13].upper()}",
        charge_id=charge.id,
        rank=rank,
        version=version,
        client_id=charge.client_id,
        coverage_id=coverage.id,
        state=ClaimState.READY,
        total_cents=charge.total_cents,
        problems="[]",
        frequency=frequency,
        replaces_id=replaces.id if replaces is not None else None,
        payer_number=replaces.payer_number if replaces is not None else "",
        made_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(claim)
    uow.session.flush()
    tell(uow, claim, f"Made for {format_cents(claim.total_cents)}")
    return claim


def check_claim(uow: UnitOfWork, claim: Claim) -> bool:
    """Check the claim as it would be sent; block it or make it ready. True when it may go."""
    facts = facts_of(uow, claim)
    found = problems_of(facts) or _guide_problems(uow, facts)
    claim.problems = json.dumps([asdict(problem) for problem in found])
    state = ClaimState.BLOCKED if found else ClaimState.READY
    if claim.state != state:
        words = " ".join(problem.message for problem in found) or "Complete; ready to be queued"
        move(uow, claim, state, words)
    uow.session.flush()
    return not found


def _check_again(uow: UnitOfWork, claim: Claim) -> bool:
    """Check a queued claim once more: the chart may have changed since it was queued."""
    facts = facts_of(uow, claim)
    found = problems_of(facts) or _guide_problems(uow, facts)
    if found:
        claim.problems = json.dumps([asdict(problem) for problem in found])
        move(uow, claim, ClaimState.BLOCKED, " ".join(problem.message for problem in found))
    return not found


def _guide_problems(uow: UnitOfWork, facts: Facts) -> list[Problem]:
    """What the implementation guide says of this claim alone in a file."""
    try:
        text = _write(uow, [facts], 1)
    except X12DataError as error:
        return [Problem(error.code, error.message)]
    return [Problem("guide", problem.message) for problem in check_837p(text)]


def _write(uow: UnitOfWork, facts: Sequence[Facts], number: int) -> str:
    practice = facts[0].practice
    provider = billing_provider(facts[0])
    sender = settings.get(uow, settings.CLEARINGHOUSE_SENDER_ID) or provider.npi
    receiver = settings.get(uow, settings.CLEARINGHOUSE_RECEIVER_ID)
    usage: Literal["T", "P"] = (
        "P" if settings.get(uow, settings.CLEARINGHOUSE_USAGE) == "P" else "T"
    )
    batch = x12.Batch(
        reference=f"{number:09d}",
        submitter=x12.Submitter(
            name=provider.name,
            etin=sender,
            contact=provider.contact,
            phone=practice.phone,
            email=practice.email,
        ),
        receiver=x12.Receiver(
            name=settings.get(uow, settings.CLEARINGHOUSE_RECEIVER_NAME), etin=receiver
        ),
        billing=provider,
        claims=tuple(build_claim(one) for one in facts),
    )
    envelope = Envelope(
        sender=sender,
        receiver=receiver,
        isa_control=number,
        gs_control=number,
        st_control=1,
        usage=usage,
        created=uow.now.astimezone(uow.zone),
    )
    return write_837p(batch, interchange=envelope)


def _next_number(uow: UnitOfWork) -> int:
    last = uow.session.scalar(select(func.max(ClaimSubmission.id))) or 0
    return max(last + 1, int((uow.now - _NUMBERS_SINCE).total_seconds()))
