# SPDX-License-Identifier: MIT
"""Writes professional claims: one interchange, one group, one 837 transaction (005010X222A1).

The writer refuses what would make a file a payer cannot read or a claim that contradicts itself.
What only a payer's own rules forbid is the scrubber's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mediyn_desktop.claims.x12.body837p import claim_segments
from mediyn_desktop.claims.x12.charset import X12DataError, basic, digits, identifier
from mediyn_desktop.claims.x12.cob837p import insurance_segment, member_number
from mediyn_desktop.claims.x12.envelope import Envelope, day, wrap
from mediyn_desktop.claims.x12.loops837p import (
    address_segments,
    birth_segment,
    contact_segment,
    control,
    name_segment,
    npi,
    taxonomy,
)
from mediyn_desktop.claims.x12.model837p import (
    Batch,
    BillingProvider,
    Claim,
    Organization,
    Patient,
    Payer,
    Person,
    Receiver,
    Submitter,
    Subscriber,
)
from mediyn_desktop.claims.x12.segments import join_segment

VERSION = "005010X222A1"  # GS08 and ST03 carry it exactly, or clearinghouses refuse the file.
MOST_CLAIMS = 5_000  # The guide's recommendation for one ST (CLM segment notes).


def write_837p(batch: Batch, *, interchange: Envelope, newline: str = "\n") -> str:
    """Return the file's text: separators ``* : ^ ~``, ``newline`` after each segment.

    Claims of one subscriber stand under one 2000B loop, those of one dependent under one 2000C,
    in the order in which they first appear in ``batch``.

    Raises:
        X12DataError: a value cannot be sent; it names the field and, where known, the claim.
    """
    if newline.strip("\r\n"):
        raise ValueError("newline may hold line ends only")
    body = list(_transaction(batch, interchange))
    lines = wrap(body, interchange, functional_id="HC", version=VERSION)
    return "".join(f"{line}~{newline}" for line in lines)


def _transaction(batch: Batch, envelope: Envelope) -> Iterator[str]:
    """Yield ST to SE."""
    _refuse_odd_batch(batch)
    made = envelope.created
    number = envelope.transaction_number()
    inside = [
        join_segment(
            "BHT",
            "0019",
            "00",
            control(batch.reference, "batch reference", 30),
            day(made, "creation date"),
            f"{made.hour:02d}{made.minute:02d}",
            "CH",
        ),
        *_submitter(batch.submitter),
        *_receiver(batch.receiver),
        "HL*1**20*1",
        *_billing(batch.billing),
        *_subscribers(batch.claims),
    ]
    yield join_segment("ST", "837", number, VERSION)
    yield from inside
    yield join_segment("SE", str(len(inside) + 2), number)


def _refuse_odd_batch(batch: Batch) -> None:
    if not 0 < len(batch.claims) <= MOST_CLAIMS:
        raise X12DataError("batch", f"holds {len(batch.claims)} claims; 1 to {MOST_CLAIMS} fit")
    seen: set[str] = set()
    for claim in batch.claims:
        if claim.control_number in seen:
            raise X12DataError(
                "control number", "is used twice in this file", claim=claim.control_number
            )
        seen.add(claim.control_number)


def _submitter(submitter: Submitter) -> list[str]:
    etin = basic(submitter.etin, "submitter id", most=80, least=2)
    return [
        name_segment("41", submitter.name, "submitter", kind="46", number=etin),
        contact_segment(
            submitter.contact or _plain_name(submitter.name),
            submitter.phone,
            submitter.email,
            "submitter",
        ),
    ]


def _receiver(receiver: Receiver) -> list[str]:
    etin = basic(receiver.etin, "receiver id", most=80, least=2)
    return [name_segment("40", Organization(receiver.name), "receiver", kind="46", number=etin)]


def _plain_name(name: Person | Organization) -> str:
    return name.name if isinstance(name, Organization) else f"{name.first} {name.last}"


def _billing(billing: BillingProvider) -> list[str]:
    who = "billing provider"
    if billing.tax_id_type not in ("EIN", "SSN"):
        raise X12DataError(f"{who} tax id type", "must be EIN or SSN")
    segments = []
    if billing.taxonomy.strip():
        segments.append(join_segment("PRV", "BI", "PXC", taxonomy(billing.taxonomy, who)))
    segments += [
        name_segment("85", billing.name, who, kind="XX", number=npi(billing.npi, who)),
        *address_segments(billing.address, who),
        join_segment(
            "REF",
            "EI" if billing.tax_id_type == "EIN" else "SY",
            digits(billing.tax_id, f"{who} tax id", 9),
        ),
    ]
    if billing.phone.strip():
        contact = billing.contact or _plain_name(billing.name)
        segments.append(contact_segment(contact, billing.phone, "", who))
    if billing.pay_to is not None:
        # The pay-to loop says where, never who: its NM1 only repeats the kind of entity.
        kind = "2" if isinstance(billing.name, Organization) else "1"
        segments.append(join_segment("NM1", "87", kind))
        segments += address_segments(billing.pay_to, "pay-to")
    return segments


def _subscribers(claims: Sequence[Claim]) -> Iterator[str]:
    """Yield every 2000B and 2000C loop with its claims; the billing provider is level 1."""
    groups: dict[tuple[Subscriber, Payer, bool], dict[Patient | None, list[Claim]]] = {}
    for claim in claims:
        # A policy holder's own claims and those of dependents differ in SBR02 and HL04.
        key = (claim.subscriber, claim.payer, claim.patient is None)
        groups.setdefault(key, {}).setdefault(claim.patient, []).append(claim)
    level = 1
    for (subscriber, payer, is_patient), patients in groups.items():
        level += 1
        parent = level
        first = next(iter(patients.values()))[0]
        yield join_segment("HL", str(level), "1", "22", "0" if is_patient else "1")
        with _named(first):
            yield from _subscriber(subscriber, payer, is_patient)
        for patient, theirs in patients.items():
            if patient is not None:
                level += 1
                yield join_segment("HL", str(level), str(parent), "23", "0")
                with _named(theirs[0]):
                    yield from _patient(patient)
            for claim in theirs:
                with _named(claim):
                    yield from claim_segments(claim)


@contextmanager
def _named(claim: Claim) -> Iterator[None]:
    """Add the claim's control number to whatever is refused inside."""
    try:
        yield
    except X12DataError as error:
        if error.claim:
            raise
        raise X12DataError(error.field, error.problem, claim=claim.control_number) from None


def _subscriber(subscriber: Subscriber, payer: Payer, is_patient: bool) -> list[str]:
    who = "subscriber"
    segments = [
        insurance_segment(subscriber, "18" if is_patient else ""),
        name_segment(
            "IL",
            subscriber.name,
            who,
            kind="MI",
            number=member_number(subscriber.member_id),
        ),
    ]
    if is_patient and subscriber.address is None:
        raise X12DataError(f"{who} address", "is missing")
    if subscriber.address is not None:
        segments += address_segments(subscriber.address, who)
    if is_patient or subscriber.birth_date is not None:
        segments.append(birth_segment(subscriber.birth_date, subscriber.sex, who))
    payer_id = identifier(payer.payer_id, "payer id", most=80, least=2)
    segments.append(
        name_segment("PR", Organization(payer.name), "payer", kind="PI", number=payer_id)
    )
    if payer.address is not None:
        segments += address_segments(payer.address, "payer")
    return segments


def _patient(patient: Patient) -> list[str]:
    if patient.relationship not in ("01", "19", "G8"):
        raise X12DataError("patient relationship", "must be 01, 19 or G8")
    return [
        join_segment("PAT", patient.relationship),
        name_segment("QC", patient.name, "patient"),
        *address_segments(patient.address, "patient"),
        birth_segment(patient.birth_date, patient.sex, "patient"),
    ]
