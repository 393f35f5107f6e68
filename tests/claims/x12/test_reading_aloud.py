# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest
from answer_samples import CLAIM, remit, wrap
from claim_samples import real_files

from mediyn_desktop.claims.x12.readable import read_aloud
from mediyn_desktop.claims.x12.reading_aloud import SHARED, Table, say
from mediyn_desktop.claims.x12.segments import Segment, decode, tokenize
from mediyn_desktop.claims.x12.words import CATEGORIES, REFUSALS, STATUSES, word


def aloud(data: bytes) -> dict[str, str]:
    return {segment.text(): sentence for segment, sentence in read_aloud(tokenize(decode(data)))}


@pytest.mark.parametrize(
    ("segment", "sentence"),
    [
        (
            "CLP*C1001*1*180.00*64.00*56.00*12*PCN9*11*1",
            "Claim C1001: decided as first insurer, charged $180.00, paid $64.00, "
            "the client owes $56.00, the insurer's number is PCN9.",
        ),
        ("SVC*HC:90837:95*180.00*64.00**1", "Service 90837-95, charged $180.00, paid $64.00."),
        (
            "CAS*PR*1*40.00**2*16.00",
            "Client owes it: Deductible (1) $40.00; Coinsurance (2) $16.00.",
        ),
        (
            "CAS*CO*45*60.00",
            "Practice bears it under its contract: Above the agreed fee (45) $60.00.",
        ),
        ("NM1*QC*1*MARLOWE*JUNE****MI*XYZ00123456", "Client: JUNE MARLOWE, ID XYZ00123456."),
        ("DTM*472*20260302", "Date of service March 2, 2026."),
        ("REF*6R*C1001L1", "Own line number: C1001L1."),
        ("AMT*B6*120.00", "Amount allowed: $120.00."),
        ("N4*ALBANY*NY*12207", "ALBANY, NY, 12207."),
        ("PER*BL*PRAIRIE*TE*8005550100", "Contact: PRAIRIE, phone 8005550100."),
        ("TRN*1*CHK1001*1999999999", "Check or transfer number CHK1001."),
        (
            "PLB*1234567893*20261231*WO:C0900*10.00*L6*-1.00",
            "Overpayment taken back (C0900): $10.00 kept from this payment, "
            "Interest: $1.00 added to this payment.",
        ),
    ],
)
def test_a_remittance_is_said_in_plain_words(segment: str, sentence: str) -> None:
    data = remit(CLAIM, paid="55.00", plb=["PLB*1234567893*20261231*WO:C0900*10.00*L6*-1.00"])
    assert aloud(data)[segment] == sentence


@pytest.mark.parametrize(
    ("code", "segment", "sentence"),
    [
        ("999", "IK3*CLM*22**8", "Segment CLM (number 22) has an element that is wrong."),
        ("999", "IK4*2*782*1", "Element 2 is missing."),
        ("999", "IK5*R*5", "Verdict: rejected, one or more segments are wrong."),
        (
            "999",
            "AK9*P*3*3*1",
            "Verdict on the file: partly accepted, 1 of 3 transactions accepted.",
        ),
        (
            "277",
            "STC*A3:164:IL*20260309*U*180",
            "Returned without processing: member ID (subscriber), rejected, amount $180.00.",
        ),
        ("277", "QTY*QC*2", "Claims of the provider rejected: 2."),
        (
            "271",
            "EB*B*IND*98**GOLD*27*25****N*Y",
            "Copay, individual, for office visits, GOLD, $25.00, per a visit, in network, "
            "no authorization needed.",
        ),
        ("271", "EB*A**MH*****.15", "Coinsurance, for mental health, 15%."),
        ("271", "AAA*N**42*R", "No answer: the insurer cannot answer now, ask again."),
        ("835", "BPR*H*0*C*NON", "The insurer pays $0.00 without money."),
        (
            "835",
            "MOA***MA01*N999",
            "Remarks to the claim, MA01 (The decision can be appealed), N999 (not in our list).",
        ),
        ("835", "LQ*HE*M76", "Remark M76: Diagnosis missing or invalid."),
        ("835", "DTM*232*NEVER", "Claim begins on NEVER."),
        ("835", "AMT*B6*MUCH", "Amount allowed: MUCH."),
        ("835", "ZZZ*A*B", "Not explained here: ZZZ*A*B"),
        ("835", "PLB*1*2*WO*MUCH", "WO: no readable amount."),
        (
            "271",
            "DTP*291*RD8*20260101-20261231",
            "Plan in force January 1, 2026 to December 31, 2026.",
        ),
    ],
)
def test_every_answer_is_said_in_plain_words(code: str, segment: str, sentence: str) -> None:
    assert aloud(wrap(code, [segment]))[segment] == sentence


def test_a_set_without_a_table_is_said_by_what_all_sets_share() -> None:
    data = wrap("835", ["NM1*41*2*QUIET ROOM", "CLM*C1*180"]).replace(b"ST*835", b"ST*276")
    assert aloud(data)["NM1*41*2*QUIET ROOM"] == "Submitter: QUIET ROOM."
    assert aloud(data)["CLM*C1*180"].startswith("Not explained")


def test_a_table_may_tell_segments_apart_by_their_first_element() -> None:
    table: Table = {"REF*F8": lambda one: f"Replaces {one.element(2)}."}
    assert say(Segment("REF", ("F8", "PCN9")), table) == "Replaces PCN9."
    assert say(Segment("REF", ("6R", "L1")), table) == "Own line number: L1."


@pytest.mark.parametrize("name", sorted(SHARED))
def test_an_empty_segment_is_said_without_failing(name: str) -> None:
    assert say(Segment(name, ()), {})


@pytest.mark.parametrize("kind", ["270", "271", "835", "837P", "999", "TA1"])
def test_each_segment_of_real_files_has_a_sentence(kind: str) -> None:
    files = real_files(kind)
    if not files:
        pytest.skip(f"no real {kind} files at hand (MEDIYN_SHARED)")
    for file in files:
        for segment, sentence in read_aloud(tokenize(decode(file.read_bytes()))):
            assert sentence.strip(), segment.id
            if kind in ("835", "999", "TA1"):
                assert "Not explained" not in sentence, segment.text()


def test_codes_without_words_are_named_by_themselves() -> None:
    assert word(STATUSES, "9999", kind="status") == "status 9999"
    assert word(CATEGORIES, "", kind="category") == "category not given"
    assert all(text == text.strip() and text for text in REFUSALS.values())
