# SPDX-License-Identifier: MIT
"""Writes professional claims: one interchange, one group, one 837 transaction (005010X222A1).

The writer refuses what would make a file a payer cannot read or a claim that contradicts itself.
What only a payer's own rules forbid is the scrubber's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mediyn_desktop.claims.x12.charset import X12DataError, alphanumeric, basic, digits, identifier
from mediyn_desktop.claims.x12.envelope import Envelope, day, wrap
from mediyn_desktop.claims.x12.loops837p import (
    address_segments,
    amount,
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
    Line,
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
MOST_LINES = 50  # Loop 2400 repeats at most 50 times.
MOST_DIAGNOSES = 12
MOST_POINTERS = 4
MOST_MODIFIERS = 4


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
                    yield from _claim(claim)


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
    if subscriber.responsibility not in ("P", "S", "T"):
        raise X12DataError("payer responsibility", "must be P, S or T")
    number = identifier(subscriber.group_number, "group number", most=50)
    group_name = basic(subscriber.group_name, "group name", most=60)
    segments = [
        join_segment(
            "SBR",
            subscriber.responsibility,
            "18" if is_patient else "",
            number,
            "" if number else group_name,
            alphanumeric(subscriber.insurance_type, "insurance type", most=2, least=0),
            "",
            "",
            "",
            alphanumeric(subscriber.claim_filing_code, "claim filing code", most=2),
        ),
        name_segment(
            "IL",
            subscriber.name,
            who,
            kind="MI",
            number=identifier(subscriber.member_id, "member id", most=80, least=2).replace(" ", ""),
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


def _claim(claim: Claim) -> Iterator[str]:
    """Yield loop 2300 with its 2310 and 2400 loops."""
    if not re.fullmatch(r"[A-Z0-9]{1,20}", claim.control_number):
        raise X12DataError("control number", "must be 1 to 20 capital letters and digits")
    _refuse_odd_claim(claim)
    yield join_segment(
        "CLM",
        claim.control_number,
        amount(claim.total_cents, "claim total"),
        "",
        "",
        (_place(claim.place), "B", claim.frequency),
        "Y",  # The provider's signature is on file.
        claim.assignment,
        "Y" if claim.pay_provider else "N",
        "Y",  # The client agreed in writing that the claim may be sent.
    )
    if claim.patient_paid_cents:
        yield join_segment("AMT", "F5", amount(claim.patient_paid_cents, "amount paid by client"))
    if claim.authorization.strip():
        yield join_segment(
            "REF", "G1", identifier(claim.authorization, "authorization number", most=50)
        )
    if claim.original_reference.strip():
        yield join_segment(
            "REF", "F8", identifier(claim.original_reference, "payer's claim number", most=50)
        )
    yield join_segment("HI", *_diagnoses(claim.diagnoses))
    yield from _places_and_people(claim)
    for number, line in enumerate(claim.lines, start=1):
        yield from _line(number, line, claim)


def _refuse_odd_claim(claim: Claim) -> None:
    """Refuse a claim that contradicts itself; pyx12 would let each of these pass."""
    if claim.frequency not in ("1", "7", "8"):
        raise X12DataError("frequency", "must be 1 (new), 7 (replacement) or 8 (void)")
    if (claim.frequency == "1") == bool(claim.original_reference.strip()):
        needed = "belongs only to" if claim.frequency == "1" else "is required for"
        raise X12DataError("payer's claim number", f"{needed} a replacement or a void")
    if claim.assignment not in ("A", "C"):
        raise X12DataError("assignment", "must be A or C")
    if not 0 < len(claim.lines) <= MOST_LINES:
        raise X12DataError("claim", f"has {len(claim.lines)} lines; 1 to {MOST_LINES} fit")
    if sum(line.charge_cents for line in claim.lines) != claim.total_cents:
        raise X12DataError("claim total", "is not the sum of its lines")
    numbers = [line.control_number for line in claim.lines]
    if len(set(numbers)) != len(numbers):
        raise X12DataError("line control number", "is used twice")


def _diagnoses(codes: Sequence[str]) -> list[tuple[str, str]]:
    if not 0 < len(codes) <= MOST_DIAGNOSES:
        raise X12DataError("diagnosis list", f"has {len(codes)} codes; 1 to {MOST_DIAGNOSES} fit")
    bare = [alphanumeric(code, "diagnosis", most=7, least=3) for code in codes]
    for code in bare:
        if not re.fullmatch(r"[A-Z][0-9][0-9A-Z]{1,5}", code):
            raise X12DataError("diagnosis", f"{code} is not an ICD-10-CM code")
    if len(set(bare)) != len(bare):
        raise X12DataError("diagnosis list", "names one code twice")
    return [("ABF" if index else "ABK", code) for index, code in enumerate(bare)]


def _places_and_people(claim: Claim) -> Iterator[str]:
    if claim.rendering is not None:
        who = "rendering provider"
        number = npi(claim.rendering.npi, who)
        yield name_segment("82", claim.rendering.name, who, kind="XX", number=number)
        if claim.rendering.taxonomy.strip():
            yield join_segment("PRV", "PE", "PXC", taxonomy(claim.rendering.taxonomy, who))
    if claim.facility is not None:
        who = "place of service"
        number = npi(claim.facility.npi, who) if claim.facility.npi.strip() else ""
        kind = "XX" if number else ""
        name = Organization(claim.facility.name)
        yield name_segment("77", name, who, kind=kind, number=number)
        yield from address_segments(claim.facility.address, who)


def _line(number: int, line: Line, claim: Claim) -> list[str]:
    if len(line.modifiers) > MOST_MODIFIERS:
        raise X12DataError("modifiers", f"are more than {MOST_MODIFIERS} on line {number}")
    pointers = line.pointers
    in_reach = all(1 <= pointer <= len(claim.diagnoses) for pointer in pointers)
    if not 0 < len(pointers) <= MOST_POINTERS or not in_reach or len(set(pointers)) < len(pointers):
        raise X12DataError(
            "diagnosis pointers",
            f"of line {number} must name 1 to {MOST_POINTERS} of the claim's diagnoses, each once",
        )
    if not 0 < line.units <= 999:
        raise X12DataError("units", f"of line {number} must be 1 to 999")
    code = alphanumeric(line.code, "procedure code", most=5, least=5)
    modifiers = [alphanumeric(modifier, "modifier", most=2, least=2) for modifier in line.modifiers]
    elsewhere = line.place.strip() not in ("", claim.place.strip())
    return [
        join_segment("LX", str(number)),
        join_segment(
            "SV1",
            ("HC", code, *modifiers),
            amount(line.charge_cents, "line charge"),
            "UN",
            str(line.units),
            _place(line.place) if elsewhere else "",
            "",
            [str(pointer) for pointer in pointers],
        ),
        join_segment("DTP", "472", "D8", day(line.service_date, "date of service")),
        join_segment("REF", "6R", control(line.control_number, "line control number", 30)),
    ]


def _place(code: str) -> str:
    return digits(code, "place of service", 2)
