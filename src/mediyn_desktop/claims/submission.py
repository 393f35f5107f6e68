# SPDX-License-Identifier: MIT
"""Making claims for charges, checking and queueing them, and writing the file that leaves.

A claim's file is stored byte for byte before it is handed over, so a crash in between hands over
the same file again and never a second one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import func, select

from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import checking
from mediyn_desktop.claims.building import Problem, build_claim, problems_of
from mediyn_desktop.claims.facts import Facts, facts_of
from mediyn_desktop.claims.interchanges import envelope, next_interchange, sender_id
from mediyn_desktop.claims.parties import billing_provider
from mediyn_desktop.claims.states import LEFT, UNSENT, ClaimState, move, tell
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.claims.x12 import model837p as x12
from mediyn_desktop.claims.x12.charset import X12DataError
from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.claim837p import MOST_CLAIMS, write_837p
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.ids import keyed_id
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.steps import Step, silently
from mediyn_desktop.practice.tables import Coverage, Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, UnitOfWork


class ClaimSent(UserFacingError):
    """The claim is in a file already; only the insurer can take it back."""

    code = "claim-sent"


def make_claims(uow: UnitOfWork, charges: Iterable[Charge]) -> list[Claim]:
    """Make the claim of each insured charge that has none, and check every unsent one again."""
    made: list[Claim] = []
    for charge in charges:
        if charge.route not in CLAIM_ROUTES or charge.coverage_id is None:
            continue
        claim = first_claim(uow, charge)
        if claim is None:
            claim = new_claim(uow, charge)
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
    """Return the charge's first claim that can still be taken back; None where there is none.

    Raises:
        ClaimSent: one of its claims is in a claim file, handed over or about to be.
    """
    claims = _unwithdrawn(read, charge)
    for claim in claims:
        if claim.state == ClaimState.REJECTED:
            continue  # it was never filed: nobody has it
        if claim.submission_id is not None or claim.state in LEFT:
            raise ClaimSent(
                f"Claim {claim.control_number} for this session was written into a claim file and "
                "may be with the insurer. Nothing was changed. Have the insurer void the claim "
                "first."
            )
        if claim.state == ClaimState.BILLED_ELSEWHERE:
            raise ClaimSent(
                f"Claim {claim.control_number} for this session was billed elsewhere and may be "
                "with the insurer. Nothing was changed. Have the insurer void the claim first."
            )
    return claims[0] if claims else None


def withdraw_claim(uow: UnitOfWork, charge: Charge, *, reason: str) -> bool:
    """Take back the claims of ``charge`` before anything was sent; whether there was one.

    Raises:
        ClaimSent: one is in a claim file.
    """
    if refuse_if_sent(uow, charge) is None:
        return False
    for claim in _unwithdrawn(uow, charge):
        move(uow, claim, ClaimState.WITHDRAWN, f"Withdrawn before it was sent: {reason}")
    uow.session.flush()
    return True


def _unwithdrawn(read: Reading, charge: Charge) -> list[Claim]:
    rows = read.session.scalars(
        select(Claim)
        .where(Claim.charge_id == charge.id, Claim.state != ClaimState.WITHDRAWN)
        .order_by(Claim.sequence)
    )
    return list(rows)


def first_claim(read: Reading, charge: Charge) -> Claim | None:
    """Return the first claim made for ``charge``, whatever became of it."""
    first = select(Claim).where(Claim.charge_id == charge.id, Claim.sequence == 1)
    return read.session.scalar(first)


def queue_mended(uow: UnitOfWork, *, step: Step = silently) -> None:
    """Queue the held claims whose charts were mended; ``step`` is told before each."""
    held = uow.session.scalars(select(Claim).where(Claim.state == ClaimState.BLOCKED)).all()
    queue_claims(uow, _fit(uow, held, step))


def problems(claim: Claim) -> list[Problem]:
    """Return what blocks ``claim``."""
    return [one for one in _kept(claim) if one.severity == "error"]


def warnings(claim: Claim) -> list[Problem]:
    """Return what deserves a look and does not block ``claim``."""
    return [one for one in _kept(claim) if one.severity != "error"]


def _kept(claim: Claim) -> list[Problem]:
    return [Problem(**row) for row in json.loads(claim.problems)]


def _fit(uow: UnitOfWork, claims: Sequence[Claim], step: Step) -> list[Claim]:
    """Those of ``claims`` that may go as they stand now."""
    fit = []
    for number, claim in enumerate(claims):
        step(number, len(claims))
        if check_claim(uow, claim):
            fit.append(claim)
    return fit


def write_submission(uow: UnitOfWork, *, step: Step = silently) -> ClaimSubmission | None:
    """Write queued claims into one 837P file in the database; None when nothing is left to go.

    Each claim is checked alone and then the whole file. A claim that spoils it is blocked with the
    reason and left out; the others go. A file holds as many claims as the guide allows; call this
    again for the rest. ``step`` is told before each claim.
    """
    waiting = uow.session.scalars(
        select(Claim)
        .where(Claim.state == ClaimState.QUEUED, Claim.submission_id.is_(None))
        .order_by(Claim.id)
        .limit(MOST_CLAIMS)
    ).all()
    number = next_interchange(uow)
    sound, text = _sound_together(uow, _fit(uow, waiting, step), number)
    if not sound:
        return None
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


def waiting_count(read: Reading) -> int:
    """Return how many claims are queued and not yet handed over."""
    queued = select(func.count()).select_from(Claim).where(Claim.state == ClaimState.QUEUED)
    return read.session.scalar(queued) or 0


def claims_of(read: Reading, charges: Sequence[Charge]) -> dict[int, Claim]:
    """Return the latest claim to the first insurer of each charge that has one, by charge id."""
    ids = [charge.id for charge in charges]
    rows = read.session.scalars(
        select(Claim).where(Claim.charge_id.in_(ids), Claim.rank == 1).order_by(Claim.sequence)
    )
    return {row.charge_id: row for row in rows}


def latest_claim(read: Reading, charge: int, *, rank: int = 1) -> Claim | None:
    """Return the latest claim for the charge with the id ``charge`` to its insurer of ``rank``."""
    return read.session.scalar(
        select(Claim)
        .where(Claim.charge_id == charge, Claim.rank == rank)
        .order_by(Claim.sequence.desc())
        .limit(1)
    )


def foreseen_problems(read: Reading, charge: Charge) -> list[Problem]:
    """Return what would hold back the claim of ``charge``, which has none yet. Writes nothing."""
    if charge.route not in CLAIM_ROUTES or charge.coverage_id is None:
        return []
    unmade = Claim(charge_id=charge.id, coverage_id=charge.coverage_id, control_number="")
    return problems_of(facts_of(read, unmade))


def new_claim(
    uow: UnitOfWork, charge: Charge, *, coverage_id: int | None = None, follows: Claim | None = None
) -> Claim:
    """Make a claim for ``charge`` to its own insurer, or to that of ``coverage_id``.

    Its control number is made from the session's ref, the same on every computer and never twice.
    """
    to = coverage_id or charge.coverage_id
    assert to is not None
    last = select(func.max(Claim.sequence)).where(Claim.charge_id == charge.id)
    sequence = (uow.session.scalar(last) or 0) + 1
    session = uow.session.get_one(Session, charge.session_id)
    earlier = uow.session.scalar(
        select(func.count())
        .select_from(Charge)
        .where(Charge.session_id == session.id, Charge.id < charge.id)
    )
    about = f"{session.ref}#{earlier + 1}" if earlier else session.ref
    if sequence > 1:
        about = f"{about}/{sequence}"
    claim = Claim(
        control_number=f"M{keyed_id(uow.subkey('identity'), 'claim', about)[:13].upper()}",
        charge_id=charge.id,
        sequence=sequence,
        follows_id=None if follows is None else follows.id,
        rank=uow.session.get_one(Coverage, to).rank,
        client_id=charge.client_id,
        coverage_id=to,
        state=ClaimState.READY,
        total_cents=charge.total_cents,
        problems="[]",
        made_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(claim)
    uow.session.flush()
    tell(uow, claim, f"Made for {format_cents(claim.total_cents)}")
    return claim


def check_claim(uow: UnitOfWork, claim: Claim) -> bool:
    """Check the claim as it would be sent; block it or make it ready. True when it may go.

    A queued claim that fails is blocked; one that was sent, withdrawn or set aside is left alone.
    """
    if claim.state not in UNSENT or claim.submission_id is not None:
        return False
    found = _problems_of(uow, claim)
    claim.problems = json.dumps([asdict(problem) for problem in found])
    errors = [problem for problem in found if problem.severity == "error"]
    if errors and claim.state != ClaimState.BLOCKED:
        words = " ".join(problem.message for problem in errors)
        move(uow, claim, ClaimState.BLOCKED, words)
    elif not errors and claim.state == ClaimState.BLOCKED:
        move(uow, claim, ClaimState.READY, "Complete; ready to be queued")
    uow.session.flush()
    return not errors


def _problems_of(read: UnitOfWork, claim: Claim) -> list[Problem]:
    """What is missing; when nothing is, what the scrubber says of this claim alone in a file."""
    facts = facts_of(read, claim)
    if missing := problems_of(facts):
        return missing
    try:
        text = _write(read, [facts], 1)
    except X12DataError as error:
        return [Problem(error.code, error.message)]
    return [
        Problem(found.code, found.message, found.mend, found.severity)
        for found in check_837p(text, checking.context_of(read))
    ]


def _sound_together(uow: UnitOfWork, claims: list[Claim], number: int) -> tuple[list[Claim], str]:
    """Return the claims that may go in one file, and its text; block those that spoil it.

    Only a whole file shows a service billed twice or a number used twice.
    """
    while claims:
        text = _write(uow, [facts_of(uow, claim) for claim in claims], number)
        wrong = refused(check_837p(text, checking.context_of(uow)))
        if not wrong:
            return claims, text
        named = {problem.claim_control_number for problem in wrong}
        # What belongs to no claim spoils them all.
        spoiling = [one for one in claims if one.control_number in named] or claims
        for claim in spoiling:
            theirs = [
                Problem(one.code, one.message, one.mend, one.severity)
                for one in wrong
                if one.claim_control_number in ("", claim.control_number)
            ]
            claim.problems = json.dumps([asdict(problem) for problem in theirs])
            move(uow, claim, ClaimState.BLOCKED, " ".join(one.message for one in theirs))
        claims = [claim for claim in claims if claim not in spoiling]
    return [], ""


def _write(uow: UnitOfWork, facts: Sequence[Facts], number: int) -> str:
    practice = facts[0].practice
    provider = billing_provider(facts[0])
    sender = sender_id(uow, provider.npi)
    receiver = settings.get(uow, settings.CLEARINGHOUSE_RECEIVER_ID)
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
    return write_837p(batch, interchange=envelope(uow, number, provider.npi))
