# SPDX-License-Identifier: MIT
"""The six kinds of claim a practice sends, to the letter, through both checks and back again.

A golden file is written anew with ``MEDIYN_WRITE_GOLDEN=1``; read the difference before keeping it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from claim_samples import (
    BATCH,
    CHILD,
    CLAIM,
    ENVELOPE,
    GROUP,
    SECONDARY,
    THERAPIST,
    THIRD,
    batch,
    real_files,
)

from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.model837p import Address, Batch, Clinician, Person, Rendering
from mediyn_desktop.claims.x12.readable837p import read_aloud
from mediyn_desktop.claims.x12.segments import decode, tokenize
from mediyn_desktop.claims.x12.view837p import cents_of, read_837p

FOLDER = Path(__file__).parent / "golden"

KINDS: dict[str, Batch] = {
    "individual": BATCH,
    "organisation": batch(
        replace(
            CLAIM,
            rendering=Rendering(Person("Berg", "Ida"), "1245319599", "106H00000X"),
            supervising=Clinician(Person("Okafor", "Ada"), "1234567893"),
            referring=Clinician(Person("Singh", "Meera"), "1679576722"),
            authorization="AUTH-77 12",
            note="Copy of a paper claim",
        ),
        billing=replace(GROUP, pay_to=Address("PO Box 7", "Springfield", "IL", "62705")),
    ),
    "dependent": batch(replace(CLAIM, patient=CHILD)),
    "secondary": batch(SECONDARY),
    "third": batch(THIRD),
    "replacement": batch(replace(CLAIM, frequency="7", original_reference="2026099X1")),
    "void": batch(replace(CLAIM, frequency="8", original_reference="2026099X1")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_written_to_the_letter(kind: str) -> None:
    text = write_837p(KINDS[kind], interchange=ENVELOPE)
    golden = FOLDER / f"{kind}.837"
    if os.environ.get("MEDIYN_WRITE_GOLDEN"):
        golden.write_text(text, "ascii")
    assert text == golden.read_text("ascii")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_passes_the_guide_and_our_rules(kind: str) -> None:
    assert check_837p((FOLDER / f"{kind}.837").read_text("ascii")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_reads_back_as_the_claim_it_was_written_from(kind: str) -> None:
    (sent,) = KINDS[kind].claims
    file = read_837p(tokenize((FOLDER / f"{kind}.837").read_text("ascii")))
    (claim,) = file.claims
    assert (claim.number, claim.place, claim.frequency) == (
        sent.control_number,
        sent.place,
        sent.frequency,
    )
    assert cents_of(claim.header.element(2)) == sent.total_cents
    assert [line.code for line in claim.lines] == [line.code for line in sent.lines]
    assert [line.dates[0] for line in claim.lines] == [line.service_date for line in sent.lines]
    assert (claim.patient is not None) == (sent.patient is not None)
    named = claim.first("REF", "F8")
    assert (named.element(2) if named else "") == sent.original_reference
    assert [other.header.element(1) for other in claim.others] == [
        other.responsibility for other in sent.others
    ]
    decided = [len(line.decisions) for line in claim.lines]
    assert decided == [len(line.decisions) for line in sent.lines]
    for entity, given in (("82", sent.rendering), ("DQ", sent.supervising), ("DN", sent.referring)):
        party = claim.party(entity)
        assert (party.npi if party else None) == (given.npi if given else None)


SPOKEN = {
    "SBR": "Insurance: first payer, commercial; the patient is the insured themselves; "
    "group GRP77.",
    "NM1*85": "Billed by OKAFOR, ADA L; NPI 1234567893.",
    "REF*EI": "Tax id (EIN), last four digits 6789.",
    "DMG": "Born July 4, 1988, female.",
    "CLM": "Claim C1001 for $175.00, a new claim; place 11 (Office); signature on file yes, "
    "assignment accepted, benefits to the provider yes.",
    "HI": "Diagnoses: F41.1 (Generalized anxiety disorder).",
    "SV1": "90837 (Individual therapy, 60 minutes): $175.00, units 1, for diagnosis 1.",
    "DTP*472": "Date of service: March 2, 2026.",
    "ISA": "Interchange 000000101 from SENDER01 to RECEIVER01, a test, made March 9, 2026 at "
    "18:30.",
}


def test_each_line_of_a_claim_is_said_in_plain_words() -> None:
    said = {}
    for line in read_aloud(tokenize(write_837p(BATCH, interchange=ENVELOPE))):
        name, _, rest = line.segment.partition("*")
        said[name] = said[f"{name}*{rest.partition('*')[0]}"] = line.says
    assert {key: said[key] for key in SPOKEN} == SPOKEN


def test_what_the_first_payer_decided_is_said_in_plain_words() -> None:
    said = [
        line.says
        for line in read_aloud(tokenize(write_837p(KINDS["secondary"], interchange=ENVELOPE)))
    ]
    for sentence in (
        "Insurance: second payer, commercial; the patient is the insured themselves; group GRP77.",
        "That payer paid $100.00.",
        "Payer BFH01 paid $100.00 for this line as 90837 (Individual therapy, 60 minutes).",
        "Taken off by contract: $50.00 (reason 45).",
        "Left to the patient: $25.00 (reason 3).",
        "Decided on March 8, 2026.",
    ):
        assert sentence in said


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_we_write_has_words(kind: str) -> None:
    for line in read_aloud(tokenize((FOLDER / f"{kind}.837").read_text("ascii"))):
        assert "no words" not in line.says, line.segment
        assert "(nothing)" not in line.says, line.segment
        assert not set("{}[]") & set(line.says), line.segment


def test_the_whole_tax_id_is_never_said() -> None:
    billing = replace(THERAPIST, tax_id="987654321")
    text = write_837p(batch(billing=billing), interchange=ENVELOPE)
    assert "987654321" in text
    assert not any("987654321" in line.says for line in read_aloud(tokenize(text)))


def test_real_files_are_read_aloud_without_a_crash() -> None:
    files = real_files("837P")
    if not files:
        pytest.skip("no real 837P files at hand (MEDIYN_SHARED)")
    for file in files:
        for line in read_aloud(tokenize(decode(file.read_bytes()))):
            assert line.says, file.name
