# SPDX-License-Identifier: MIT
"""Reading a stored file from outside and acting on what it says, or only saying what it would do.

A file is stored before it is read, and each is acted on in one transaction: all of it that can be
posted, or nothing. A rehearsal does the same work and rolls it back, so what it shows is exactly
what will happen.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from mediyn_desktop.claims import acknowledging, inbox, sending
from mediyn_desktop.claims.acknowledging import Acknowledged
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.eligibility import Applied, apply_answer
from mediyn_desktop.claims.mail_tables import InboundFile
from mediyn_desktop.claims.posting import PaymentReport, post_remittance
from mediyn_desktop.claims.recording import ClaimResult
from mediyn_desktop.claims.rehearsing import Moved, Rehearsed, in_words, last_entry, moved_since
from mediyn_desktop.claims.stated_share import said_otherwise
from mediyn_desktop.claims.x12.classifying import explained
from mediyn_desktop.claims.x12.containers import members
from mediyn_desktop.claims.x12.inbound import Flaw, Kind, NotReadHere
from mediyn_desktop.claims.x12.model271 import EligibilityAnswer
from mediyn_desktop.claims.x12.model835 import Remittance
from mediyn_desktop.claims.x12.model_answers import (
    ClaimAcknowledgement,
    GroupAnswer,
    InterchangeAnswer,
)
from mediyn_desktop.claims.x12.reading import Whole, read_whole
from mediyn_desktop.claims.x12.suspicion835 import Ours, payment_suspicions
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.steps import GoOn, Step, StoppedHalfway, silently, to_the_end
from mediyn_desktop.practice.tables import Client, Clinician, Practice
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

READ, POSTED, PARTLY, HELD = "read", "posted", "partly_posted", "held"
DUPLICATE, UNREADABLE = "duplicate", "unreadable"


@dataclass(slots=True)
class FileReport:
    """What one file said and what came of it.

    ``kind`` names its transactions (835, 999 ...; several joined by a plus). ``status``: posted,
    partly_posted, held, read, duplicate, unreadable. ``moved`` is the ledger's difference, cents by
    account, and ``moved_words`` the same as people read it. ``flaws`` are sentences about what the
    reader stumbled over, ``not_acted_on`` sentences about what this program has no use for.
    """

    file: str
    sha256: str
    kind: str = Kind.OTHER.value
    status: str = UNREADABLE
    payments: list[PaymentReport] = field(default_factory=list)
    claims: list[ClaimResult] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    not_acted_on: list[str] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    moved_words: list[Moved] = field(default_factory=list)
    duplicate_of: str | None = None

    @property
    def balanced(self) -> bool:
        return not any(payment.differences for payment in self.payments)

    @property
    def needs_you(self) -> bool:
        """Whether something of it waits for a person."""
        return bool(self.status in (PARTLY, HELD, UNREADABLE) or self.not_acted_on) or any(
            one.held or one.code or one.status in ("denied", "rejected") for one in self.claims
        )


def act_on(
    uow: UnitOfWork, file_id: int, *, only: int | None = None, step: Step = silently
) -> FileReport:
    """Act on the stored file with the id ``file_id`` and mark it with what came of it.

    Args:
        only: act on nothing but the payment that begins at this segment.
        step: told while the file is read (total 0) and then answer by answer; what it raises ends
            the work.
    """
    row = uow.session.get_one(InboundFile, file_id)
    report = FileReport(row.name, row.sha256)
    last = last_entry(uow)
    kinds: list[str] = []
    for item in _contents(row, step):
        if only is None or (isinstance(item, Remittance) and item.payment.position == only):
            _act(uow, item, file_id, report, kinds, step)
    report.kind = "+".join(dict.fromkeys(kinds)) or Kind.OTHER.value
    report.status = _status(report, kinds)
    report.moved = moved_since(uow, last)
    report.moved_words = in_words(uow, report.moved)
    message = " ".join([*(one.message for one in report.payments), *report.flaws]).strip()
    inbox.mark(uow, file_id, report.status, message)
    return report


def rehearse(
    store: Store, files: Sequence[tuple[bytes, str]], *, step: Step = silently
) -> list[FileReport]:
    """Return what ``take_and_act_all`` would do with ``files`` (content, name); undo it."""
    reports: list[FileReport] = []
    try:
        with store.write("Rehearse answers") as uow:
            reports = take_and_act_all(uow, files, step=step)
            raise Rehearsed
    except Rehearsed:
        return reports


def take_and_act_all(
    uow: UnitOfWork, files: Sequence[tuple[bytes, str]], *, step: Step = silently
) -> list[FileReport]:
    """Store ``files`` (content, name) and act on them one after the other, together or not at all.

    For files a person has at hand: where it is stopped, none of them was taken in.
    """
    reports = []
    for content, name in files:
        taken = inbox.take_in(uow, content, name, uow.now)
        known = not taken.is_new and _was_read(uow, taken.id)
        reports.append(_known(uow, taken.id, name) if known else act_on(uow, taken.id, step=step))
    return reports


def take_and_act(store: Store, content: bytes, name: str) -> FileReport:
    """Store ``content`` and act on it; the same bytes are acted on once, however named.

    The bytes are committed before they are read, so a crash in between loses nothing.
    """
    with store.write("Take in an answer") as uow:
        taken = inbox.take_in(uow, content, name, uow.now)
    with store.write("Read an answer") as uow:
        if not taken.is_new and _was_read(uow, taken.id):
            return _known(uow, taken.id, name)
        return act_on(uow, taken.id)


def act_on_unread(store: Store, *, go_on: GoOn = to_the_end) -> list[FileReport]:
    """Act on every stored file nobody has read yet, each in a transaction of its own.

    Args:
        go_on: asked before each file and on the way through it; where it ends the work, nothing of
            the file under way is posted, and it is read next time.
    """
    with store.read() as read:
        waiting = inbox.unread(read)
    reports: list[FileReport] = []

    def step(_done: int, _total: int) -> None:
        if not go_on(len(reports), len(waiting)):
            raise StoppedHalfway

    try:
        for file_id in waiting:
            step(0, 0)
            with store.write("Read an answer") as uow:
                report = act_on(uow, file_id, step=step)
            reports.append(report)
    except StoppedHalfway:
        return reports
    return reports


def post_once_more(uow: UnitOfWork, payment: int, *, step: Step = silently) -> PaymentReport:
    """Post the payment with the id ``payment`` once more, after its posting was taken back.

    Raises:
        NotFound: there is no such payment.
    """
    row = uow.session.get(RemittancePayment, payment)
    if row is None:
        raise NotFound("There is no such payment of an insurer. Nothing was changed.")
    report = act_on(uow, row.inbound_id, only=row.position, step=step)
    return report.payments[0]


def _contents(row: InboundFile, step: Step) -> Iterator[Whole]:
    for member in members(io.BytesIO(row.content), row.name):
        yield from read_whole(_watched(member.chunks, step))


def _watched(chunks: Iterable[bytes], step: Step) -> Iterator[bytes]:
    for chunk in chunks:
        step(0, 0)
        yield chunk


def _act(
    uow: UnitOfWork,
    item: Whole,
    file_id: int,
    report: FileReport,
    kinds: list[str],
    step: Step,
) -> None:
    match item:
        case Remittance():
            kinds.append(Kind.REMITTANCE)
            odd = payment_suspicions(
                item.payment, today=uow.today, ours=_ours(uow), production=_in_production(uow)
            )
            payment = post_remittance(uow, item, inbound=file_id, warnings=odd, step=step)
            report.flaws += [flaw.message for flaw in odd if not flaw.blocks]
            report.payments.append(payment)
            report.claims += payment.claims
            report.flaws += [flaw.message for flaw in item.flaws]
            report.flaws += said_otherwise(item.claims)
        case InterchangeAnswer():
            kinds.append(Kind.TA1)
            said = acknowledging.apply_interchange(uow, item, inbound=file_id)
            report.claims += _results(uow, said)
            report.flaws += _about_a_stranger(uow, item.isa_control)
        case GroupAnswer():
            kinds.append(Kind.ACKNOWLEDGEMENT)
            said = acknowledging.apply_group(uow, item, inbound=file_id)
            report.claims += _results(uow, said)
            report.flaws += _about_a_stranger(uow, item.gs_control)
        case ClaimAcknowledgement():
            kinds.append(Kind.CLAIM_ACKNOWLEDGEMENT)
            said = acknowledging.apply_claims(uow, item, inbound=file_id)
            report.claims += _results(uow, said)
        case EligibilityAnswer():
            kinds.append(Kind.ELIGIBILITY)
            answered = apply_answer(uow, item, inbound=file_id)
            sending.answer_came(uow, answered.submission)
            report.claims += _about_coverage(uow, answered)
            report.flaws += [flaw.message for flaw in item.flaws]
        case NotReadHere():
            kinds.append(item.origin.kind)
            report.not_acted_on.append(explained(item.origin))
            report.flaws.append(explained(item.origin))
        case Flaw():
            report.flaws.append(item.message)


def _about_a_stranger(read: Reading, control: str) -> list[str]:
    """Say that an acknowledgement is about no file of this practice, where it is so."""
    if not acknowledging.is_foreign(read, control):
        return []
    return [f"It answers a file with the number {control[:20] or '(none)'}, which is not yours."]


def _ours(read: Reading) -> Ours:
    """By which numbers an insurer may know this practice."""
    practice = read.session.get(Practice, 1)
    npis = set(read.session.scalars(select(Clinician.npi)))
    if practice is not None:
        npis.add(practice.npi)
    tax_id = practice.tax_id if practice is not None else ""
    return Ours(frozenset(filter(None, npis)), frozenset(filter(None, {tax_id})))


def _in_production(read: Reading) -> bool:
    return settings.get(read, settings.CLEARINGHOUSE_USAGE) == "P"


def _results(read: Reading, said: list[Acknowledged]) -> list[ClaimResult]:
    ids = {one.client_id for one in said if one.client_id is not None}
    rows = read.session.execute(select(Client.id, Client.ref).where(Client.id.in_(ids)))
    refs = {row.id: row.ref for row in rows}
    return [
        ClaimResult(
            one.control_number,
            refs.get(one.client_id) if one.client_id is not None else None,
            one.status,
            one.charge_cents,
            0,
            0,
            0,
            posted=False,
            code="" if one.status in ("received", "accepted") else one.status,
            reason=one.reason,
        )
        for one in said
    ]


def _about_coverage(read: Reading, said: Applied) -> list[ClaimResult]:
    """What a 271 came to, as a row beside those about claims: no money is in it."""
    whose = read.session.get(Client, said.client_id) if said.client_id is not None else None
    return [
        ClaimResult(
            said.reference,
            whose.ref if whose is not None else None,
            said.status,
            0,
            0,
            0,
            0,
            posted=False,
            code="" if said.status == "active" else said.status,
            reason=said.message or None,
        )
    ]


def _status(report: FileReport, kinds: list[str]) -> str:
    of_payments = {payment.status for payment in report.payments}
    if of_payments == {DUPLICATE}:
        return DUPLICATE
    if of_payments:
        of_payments.discard(DUPLICATE)
        return POSTED if of_payments == {POSTED} else HELD if of_payments == {HELD} else PARTLY
    known = {Kind.TA1, Kind.ACKNOWLEDGEMENT, Kind.CLAIM_ACKNOWLEDGEMENT, Kind.ELIGIBILITY}
    return READ if known & set(kinds) else UNREADABLE


def _was_read(read: Reading, file_id: int) -> bool:
    return read.session.get_one(InboundFile, file_id).status != inbox.UNREAD


def _known(read: Reading, file_id: int, name: str) -> FileReport:
    row = read.session.get_one(InboundFile, file_id)
    return FileReport(
        name, row.sha256, status=DUPLICATE, duplicate_of=row.name, flaws=[row.message or ""]
    )
