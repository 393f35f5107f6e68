# SPDX-License-Identifier: MIT
"""Papers about one claim for its insurer: the proof that it was filed, and a letter of appeal."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import decided
from mediyn_desktop.claims.decision_tables import ClaimDecision
from mediyn_desktop.claims.filing import filing_deadline
from mediyn_desktop.claims.following import claim_by_number
from mediyn_desktop.claims.mail_tables import ClaimTransmission, InboundFile
from mediyn_desktop.claims.states import LEFT, ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ClaimSubmission
from mediyn_desktop.claims.x12.containers import members
from mediyn_desktop.claims.x12.model_answers import (
    ClaimAcknowledgement,
    GroupAnswer,
    InterchangeAnswer,
)
from mediyn_desktop.claims.x12.reading import read_whole
from mediyn_desktop.claims.x12.segments import tokenize
from mediyn_desktop.codes.adjustments import reason
from mediyn_desktop.codes.postal import format_phone
from mediyn_desktop.core.clock import local_date
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.delivery.files import put_beside, require_folder
from mediyn_desktop.delivery.letterhead import address_lines, postal_lines
from mediyn_desktop.documents.claim_papers_data import (
    AppealLetterData,
    ClaimIdentity,
    FilingAnswer,
    FilingProofData,
    RefusedPart,
)
from mediyn_desktop.documents.dates import long_day
from mediyn_desktop.practice.tables import Client, Clinician, Coverage, Practice, Session
from mediyn_desktop.store.uow import Reading

_TOO_LATE = "29"
_NO_AUTHORIZATION = ("15", "197", "198")
_DUPLICATE = "18"
# Paid, and what is not paid in the ordinary way: contract, sequestration, the client's share.
_ORDINARY = (("CO", "45"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("OA", "23"))


@dataclass(frozen=True, slots=True)
class ClaimPaper:
    """A paper about a claim: the name to offer for the file, and its PDF."""

    name: str
    content: bytes


class NotFiled(UserFacingError):
    """The claim never reached an insurer, so there is nothing to prove."""

    code = "claim-not-filed"


class NothingRefused(UserFacingError):
    """No decision of the insurer on this claim refuses anything."""

    code = "nothing-refused"


def proof_data(read: Reading, control_number: str) -> FilingProofData:
    """Return what proves that the claim was filed: its file, its hand-over, who acknowledged it.

    Raises:
        ClaimNotFound: there is no such claim.
        NotFiled: it was not handed over, or it was refused at the door.
    """
    claim = claim_by_number(read, control_number)
    file = _file_of(read, claim)
    if file is None or file.handed_over_at is None or claim.state not in LEFT:
        raise NotFiled(
            f"Claim {claim.control_number} was not handed over, so there is no proof of filing. "
            "Nothing was saved."
        )
    if claim.state == ClaimState.REJECTED:
        raise NotFiled(
            f"Claim {claim.control_number} was refused at the door and counts as never filed. "
            "Nothing was saved. Mend it and send it again."
        )
    sent = read.session.get(ClaimTransmission, file.id)
    deadline = filing_deadline(read, claim)
    return FilingProofData(
        claim=_identity(read, claim),
        printed_on=read.today,
        file_name=sent.name if sent is not None else file.file_name,
        file_sha256=file.sha256,
        file_bytes=len(file.content),
        interchange=f"{file.id:09d}",
        handed_over=_moment(read, file.handed_over_at),
        handed_over_on=local_date(file.handed_over_at, read.zone),
        place=_public_place(sent),
        answers=tuple(_answers(read, claim, file)),
        received_on=claim.received_on,
        last_day=deadline.last_day if deadline is not None else None,
        is_test=file.usage == "T",
    )


def letter_data(read: Reading, control_number: str, *, words: str = "") -> AppealLetterData:
    """Return a letter of appeal against the insurer's decision on the claim.

    Args:
        words: grounds in the person's own words; nothing clinical is added by this program.

    Raises:
        ClaimNotFound: there is no such claim.
        NothingRefused: its insurer has not decided, or refused nothing.
    """
    claim = claim_by_number(read, control_number)
    standing = decided.by_insurer(decided.in_force(read, claim))
    refused = _refused(standing)
    if not refused:
        raise NothingRefused(
            f"The insurer has refused nothing of claim {claim.control_number} that could be "
            "appealed. Nothing was saved."
        )
    codes = {part.reason for part in refused}
    filing, enclosures = _filing_words(read, claim, needed=_TOO_LATE in codes)
    grounds = [*_grounds(read, claim, codes), words.strip()]
    return AppealLetterData(
        claim=_identity(read, claim),
        written_on=read.today,
        decided_on=standing[-1].decided_on,
        paid_cents=sum(one.paid_cents for one in standing),
        refused=refused,
        filing=filing,
        grounds=tuple(text for text in grounds if text),
        enclosures=enclosures,
        signer=_signer(read, claim),
    )


def proof_paper(read: Reading, control_number: str) -> ClaimPaper:
    """Return the proof of filing as a PDF.

    Raises:
        ClaimNotFound, NotFiled: there is nothing to prove.
    """
    # ReportLab loads slowly and only printing needs it.
    from mediyn_desktop.documents.filing_proof import render_filing_proof  # noqa: PLC0415

    data = proof_data(read, control_number)
    return ClaimPaper(f"proof-{data.claim.control_number}.pdf", render_filing_proof(data))


def letter_paper(read: Reading, control_number: str, *, words: str = "") -> ClaimPaper:
    """Return the letter of appeal as a PDF.

    Raises:
        ClaimNotFound, NothingRefused: there is nothing to appeal.
    """
    from mediyn_desktop.documents.appeal_letter import render_appeal_letter  # noqa: PLC0415 (above)

    data = letter_data(read, control_number, words=words)
    return ClaimPaper(f"appeal-{data.claim.control_number}.pdf", render_appeal_letter(data))


def save_proof(read: Reading, control_number: str, out: Path) -> Path:
    """Save the proof of filing as a PDF in ``out`` and return where.

    Raises:
        ClaimNotFound, NotFiled, NotSaved: nothing was saved.
    """
    require_folder(out)
    paper = proof_paper(read, control_number)
    return put_beside(out / paper.name, paper.content)


def save_letter(read: Reading, control_number: str, out: Path, *, words: str = "") -> Path:
    """Save the letter of appeal as a PDF in ``out`` and return where.

    Raises:
        ClaimNotFound, NothingRefused, NotSaved: nothing was saved.
    """
    require_folder(out)
    paper = letter_paper(read, control_number, words=words)
    return put_beside(out / paper.name, paper.content)


def _identity(read: Reading, claim: Claim) -> ClaimIdentity:
    practice = read.session.get_one(Practice, 1)
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    payer = coverage.payer
    return ClaimIdentity(
        practice_name=practice.legal_name or practice.name,
        practice_address=address_lines(practice),
        practice_phone=format_phone(practice.phone),
        npi=practice.npi,
        # A social security number is not printed; the NPI says who files.
        tax_id=practice.tax_id if practice.tax_id_type == "EIN" else "",
        payer_name=payer.name,
        payer_id=payer.payer_id,
        payer_address=postal_lines(payer.address1, "", payer.city, payer.state, payer.zip),
        client_name=read.session.get_one(Client, claim.client_id).full_name,
        member_id=coverage.member_id,
        group_number=coverage.group_number,
        control_number=claim.control_number,
        payer_number=claim.payer_number,
        date_of_service=read.session.get_one(Charge, claim.charge_id).date_of_service,
        total_cents=claim.total_cents,
    )


def _file_of(read: Reading, claim: Claim) -> ClaimSubmission | None:
    if claim.submission_id is None:
        return None
    return read.session.get_one(ClaimSubmission, claim.submission_id)


def _moment(read: Reading, at: datetime) -> str:
    local = at.astimezone(read.zone)
    day, clock = long_day(local.date()), f"{local:%H:%M:%S}"
    return f"{day}, {clock} {local.tzname()} ({at:%Y-%m-%d %H:%M:%S} UTC)"


def _public_place(sent: ClaimTransmission | None) -> str:
    """Where the file went, and the receipt; folders of this computer say nothing to an insurer."""
    if sent is None or sent.kind == "folder":
        return "the clearinghouse, by file"
    return sent.receipt or sent.place


def _answers(read: Reading, claim: Claim, file: ClaimSubmission) -> Iterator[FilingAnswer]:
    """The acknowledgements of the claim since its file was written, oldest first."""
    events = read.session.execute(
        select(ClaimEvent, InboundFile)
        .join(InboundFile, InboundFile.id == ClaimEvent.inbound_id)
        .where(ClaimEvent.claim_id == claim.id, ClaimEvent.at >= file.made_at)
        .order_by(ClaimEvent.id)
    )
    for event, inbound in events:
        kind = _kinds(inbound).get(event.first_segment or 0)
        if kind is None:
            continue  # a remittance decides; it does not acknowledge
        yield FilingAnswer(
            kind=kind,
            when=_moment(read, inbound.received_at),
            says=event.text,
            file_name=inbound.name,
            sha256=inbound.sha256,
            # A 999 speaks of the whole file and may quote other people's claims.
            raw=_raw(inbound, event) if kind == "277CA" else (),
        )


def _kinds(inbound: InboundFile) -> dict[int, str]:
    """Which kind of acknowledgement begins at which segment of a stored file."""
    found: dict[int, str] = {}
    for member in members(io.BytesIO(inbound.content), inbound.name):
        for item in read_whole(member.chunks):
            match item:
                case InterchangeAnswer():
                    found[item.position] = "TA1"
                case GroupAnswer():
                    found |= dict.fromkeys(
                        (item.position, *(each.position for each in item.sets)), "999"
                    )
                case ClaimAcknowledgement():
                    found |= dict.fromkeys((each.position for each in item.claims), "277CA")
                case _:
                    pass
    return found


def _raw(inbound: InboundFile, event: ClaimEvent) -> tuple[str, ...]:
    first, last = event.first_segment or 0, event.last_segment or 0
    for member in members(io.BytesIO(inbound.content), inbound.name):
        text = b"".join(member.chunks).decode("latin-1")
        rows = tokenize(text)
        return tuple(row.text() for row in rows if first <= row.position <= last)
    return ()


def _refused(standing: list[ClaimDecision]) -> tuple[RefusedPart, ...]:
    sums: dict[tuple[str, str], int] = {}
    for decision in standing:
        facts = json.loads(decision.facts)
        for rows in (facts["adjustments"], *(line["adjustments"] for line in facts["lines"])):
            for group, code, cents, _ in rows:
                sums[group, code] = sums.get((group, code), 0) + cents
    return tuple(
        RefusedPart(group, code, reason(code).label, cents)
        for (group, code), cents in sums.items()
        if cents > 0 and (group, code) not in _ORDINARY
    )


def _filing_words(read: Reading, claim: Claim, *, needed: bool) -> tuple[str, tuple[str, ...]]:
    """One sentence about when the claim was filed, and what to enclose."""
    file = _file_of(read, claim)
    if file is None or file.handed_over_at is None:
        return "", ()
    said = f"The claim was handed over on {long_day(local_date(file.handed_over_at, read.zone))}"
    if claim.received_on is not None:
        said += f" and received by you on {long_day(claim.received_on)}"
    deadline = filing_deadline(read, claim)
    filed = claim.received_on or local_date(file.handed_over_at, read.zone)
    if deadline is not None and filed <= deadline.last_day:
        said += f", within the time to file (until {long_day(deadline.last_day)})"
    proof = (f"Proof of filing of claim {claim.control_number}",) if needed else ()
    return f"{said}.", proof


def _grounds(read: Reading, claim: Claim, codes: set[str]) -> Iterator[str]:
    """What the facts on file say against a refusal; nothing where they say nothing."""
    coverage = read.session.get_one(Coverage, claim.coverage_id)
    deadline = filing_deadline(read, claim)
    file = _file_of(read, claim)
    if _TOO_LATE in codes and deadline is not None and file is not None:
        at = file.handed_over_at
        filed = claim.received_on or (local_date(at, read.zone) if at is not None else None)
        if filed is not None and filed <= deadline.last_day:
            yield "The claim was filed in time. The proof of filing is enclosed."
    if codes & set(_NO_AUTHORIZATION) and coverage.authorization_number:
        yield f"The service was authorized under number {coverage.authorization_number}."
    if _DUPLICATE in codes:
        yield (
            "This claim is no second claim for a service that was paid. If you hold another one "
            "for this patient and day, please name its number and what was paid for it."
        )


def _signer(read: Reading, claim: Claim) -> str:
    clinician = read.session.scalar(
        select(Clinician)
        .join(Session, Session.clinician_id == Clinician.id)
        .join(Charge, Charge.session_id == Session.id)
        .where(Charge.id == claim.charge_id)
    )
    if clinician is None:
        return ""
    name = f"{clinician.first_name} {clinician.last_name}".strip()
    return f"{name}, {clinician.credential}" if clinician.credential else name
