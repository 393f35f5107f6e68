# SPDX-License-Identifier: MIT
"""TA1, 999 and 277CA: the verdict on the file, on each set, on each claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from answer_samples import codes, flaws_in, whole, wrap
from claim_samples import BATCH, CLIENT, ENVELOPE, batch, real_files

from mediyn_desktop.claims.x12.aloud_answers import (
    interchange_sentence,
    segment_error_sentence,
    set_sentence,
    status_sentence,
)
from mediyn_desktop.claims.x12.balance835 import balance
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.inbound import Flaw
from mediyn_desktop.claims.x12.model835 import Remittance
from mediyn_desktop.claims.x12.model_answers import (
    ClaimAcknowledgement,
    ClaimAnswer,
    GroupAnswer,
    InterchangeAnswer,
    Verdict,
)
from mediyn_desktop.sandbox.clearinghouse import answer

SOURCE = ("BHT*0085*08*B0001*20260309*1830*TH", "HL*1**20*1", "NM1*AY*2*CLEARINGHOUSE*****46*CH1")
RECEIVER = (
    *("TRN*1*X1", "DTP*050*D8*20260309", "HL*2*1*21*1", "NM1*41*2*QUIET ROOM*****46*SUB123"),
    *("TRN*2*B0001", "STC*A1:20*20260309*WQ*360", "QTY*90*1", "QTY*AA*1", "AMT*YU*180.00"),
)
PROVIDER = ("HL*3*2*19*1", "NM1*85*1*OKAFOR*ADA****XX*1234567893", "TRN*1*0", "STC*A1:20**WQ*360")
PATIENT = ("HL*4*3*PT", "NM1*QC*1*MARLOWE*JUNE****MI*XYZ00123456")


def patient(*claims: tuple[str, ...]) -> bytes:
    return wrap("277", [*SOURCE, *RECEIVER, *PROVIDER, *PATIENT, *(s for c in claims for s in c)])


def acknowledgement(data: bytes) -> ClaimAcknowledgement:
    (found,) = whole(data)
    assert isinstance(found, ClaimAcknowledgement)
    return found


def one_claim(*statuses: str) -> ClaimAnswer:
    (found,) = acknowledgement(patient(("TRN*2*C1001", *statuses))).claims
    return found


def group(*body: str) -> GroupAnswer:
    (found,) = whole(wrap("999", body))
    assert isinstance(found, GroupAnswer)
    return found


# TA1.


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("A", Verdict.ACCEPTED),
        ("E", Verdict.ACCEPTED_WITH_ERRORS),
        ("R", Verdict.REJECTED),
        ("P", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
    ],
)
def test_a_ta1_gives_the_verdict_on_a_file(code: str, verdict: Verdict) -> None:
    rows = wrap("999", []).decode().split("~\n")
    data = "~\n".join((rows[0], f"TA1*000000050*260309*1200*{code}*025", rows[-2], "")).encode()
    (found,) = whole(data)
    assert isinstance(found, InterchangeAnswer)
    assert (found.isa_control, found.sent_on) == ("000000050", date(2026, 3, 9))
    assert found.verdict is verdict
    assert bool(found.flaws) == (verdict is Verdict.UNKNOWN)
    if verdict is Verdict.REJECTED:
        assert interchange_sentence(found) == (
            "File 000000050: rejected, the control number was used before."
        )


# 999.


def test_a_group_may_be_accepted_without_naming_its_sets() -> None:
    found = group("AK1*HC*101*005010X222A1", "AK9*A*2*2*2")
    assert (found.gs_control, found.verdict) == ("101", Verdict.ACCEPTED)
    assert (found.sets_included, found.sets_accepted, found.sets) == (2, 2, ())
    assert found.flaws == ()


@pytest.mark.parametrize(
    ("code", "verdict", "taken"),
    [
        ("A", Verdict.ACCEPTED, True),
        ("E", Verdict.ACCEPTED_WITH_ERRORS, True),
        ("R", Verdict.REJECTED, False),
        ("M", Verdict.REJECTED, False),
        ("W", Verdict.REJECTED, False),
        ("X", Verdict.REJECTED, False),
        ("Q", Verdict.UNKNOWN, False),
        ("", Verdict.UNKNOWN, False),
    ],
)
def test_each_set_has_its_verdict(code: str, verdict: Verdict, taken: bool) -> None:
    found = group("AK1*HC*101", "AK2*837*0001*005010X222A1", f"IK5*{code}*5", "AK9*P*1*1*0")
    (one,) = found.sets
    assert (one.st_control, one.verdict, one.is_taken) == ("0001", verdict, taken)
    assert one.reasons == ("5",)
    assert ("verdict-unknown" in codes(found.flaws)) == (verdict is Verdict.UNKNOWN)


def test_what_is_wrong_leads_to_the_claim_and_is_said_in_words() -> None:
    found = group(
        *("AK1*HC*101", "AK2*837*0001", "IK3*CLM*22*2300*8", "CTX*CLM01:C1001"),
        *("IK4*2*782*1", "IK4*5:3*1331*7*9", "IK3*REF*57**3", "CTX*SITUATIONAL TRIGGER*CLM*43"),
        *("IK5*R*5", "AK9*R*1*1*0"),
    )
    first, second = found.sets[0].errors
    assert (first.segment, first.segment_position, first.loop) == ("CLM", 22, "2300")
    assert first.claim == "C1001"
    assert [(e.element, e.component, e.code, e.value) for e in first.elements] == [
        (2, None, "1", ""),
        (5, 3, "7", "9"),
    ]
    assert second.claim == ""
    assert segment_error_sentence(first) == (
        "Claim C1001, segment CLM (number 22) has an element that is wrong, CLM02 is missing, "
        "CLM05-3 is not one of the allowed codes (sent: 9)."
    )
    assert set_sentence(found.sets[0]).startswith("Transaction 0001: rejected, one or more")


def test_the_older_997_says_the_same() -> None:
    data = wrap(
        "999", ["AK1*HC*101", "AK2*837*0001", "AK3*CLM*22**8", "AK4*2**1", "AK5*R", "AK9*R"]
    )
    (found,) = whole(data.replace(b"ST*999", b"ST*997"))
    assert isinstance(found, GroupAnswer)
    assert found.sets[0].verdict is Verdict.REJECTED
    assert found.sets[0].errors[0].elements[0].element == 2


@pytest.mark.parametrize("context", ["CTX", "CTX**CLM", "CTX*:C1", "CTX*CLM01"])
def test_a_context_that_names_no_claim_is_kept_and_names_none(context: str) -> None:
    found = group("AK1*HC*1", "AK2*837*1", "IK3*CLM*22**8", context, "IK5*R", "AK9*R")
    (error,) = found.sets[0].errors
    assert (error.claim, error.contexts[0].text()) == ("", context)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (["AK9*A*1*1*1"], "no-group"),
        (["AK1*HC*101", "IK5*A", "AK9*A*1*1*1"], "verdict-without-set"),
        (["AK1*HC*101", "AK2*837*0001", "AK9*A*1*1*1"], "no-verdict"),
        (["AK1*HC*101", "AK2*837*1", "AK2*837*2", "IK5*A", "AK9*A*1*1*1"], "no-verdict"),
        (["AK1*HC*101"], "verdict-unknown"),
    ],
)
def test_a_999_with_something_missing_says_what(body: list[str], code: str) -> None:
    assert code in codes(flaws_in(wrap("999", body)))


def test_stray_segments_of_a_999_are_kept() -> None:
    body = ("AK1*HC*1", "AK1*HC*2", "IK3*A*1", "CTX*B", "IK4*1**1", "ZZ*1", "AK9*A*1*1*1", "AK9*R")
    found = group(*body)
    assert [each.id for each in found.others] == ["AK1", "IK3", "CTX", "IK4", "ZZ", "AK9"]
    assert (found.gs_control, found.code) == ("1", "A")


def test_real_file_acknowledgements_are_read() -> None:
    files = {file.name: file for file in real_files("999")}
    if not files:
        pytest.skip("no real 999 files at hand (MEDIYN_SHARED)")
    name = "kputnam_stupidedi__response-to-functional-group-containing-3-837s.edi"
    (found,) = whole(files[name].read_bytes())
    assert isinstance(found, GroupAnswer)
    assert [each.verdict for each in found.sets] == [
        Verdict.ACCEPTED,
        Verdict.REJECTED,
        Verdict.REJECTED,
    ]
    assert [error.claim for one in found.sets for error in one.errors] == ["123456789", "987654321"]
    assert found.flaws == ()
    for file in files.values():
        items = [each for each in whole(file.read_bytes()) if not isinstance(each, Flaw)]
        assert items
        assert all(isinstance(each, GroupAnswer) for each in items), file.name


# 277CA.


def test_a_claim_acknowledgement_answers_our_batch_and_each_claim() -> None:
    found = acknowledgement(
        patient(
            ("TRN*2*C1001", "STC*A2:20*20260309*WQ*180", "REF*1K*PCN9", "DTP*472*D8*20260302"),
            ("TRN*2*C1002", "STC*A3:164:IL*20260309*U*180******A6:21", "REF*D9*CH77"),
        )
    )
    assert found.reference == "B0001"
    assert found.created_on == date(2026, 3, 9)
    assert not found.from_payer
    assert found.batch is not None
    assert found.batch.verdict is Verdict.RECEIVED
    assert found.batch.quantities == (("90", "1"), ("AA", "1"))
    assert found.batch.amounts == (("YU", 18000),)
    assert [each.party.id for each in found.providers if each.party] == ["1234567893"]
    first, second = found.claims
    assert (first.control_number, first.verdict) == ("C1001", Verdict.ACCEPTED)
    assert (first.payer_number, first.charge_cents) == ("PCN9", 18000)
    assert first.service_from == date(2026, 3, 2)
    assert first.patient is not None
    assert first.patient.id == "XYZ00123456"
    assert (second.control_number, second.verdict) == ("C1002", Verdict.REJECTED)
    assert second.clearinghouse_number == "CH77"
    assert [(c.category, c.status, c.entity) for c in second.statuses[0].codes] == [
        ("A3", "164", "IL"),
        ("A6", "21", ""),
    ]
    assert status_sentence(second.statuses[0]) == (
        "Returned without processing: member ID (subscriber), rejected, something is missing: "
        "missing or invalid information."
    )
    assert found.others == found.flaws == ()


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("A0:16*20260309*WQ", Verdict.RECEIVED),
        ("A1:20*20260309*WQ", Verdict.RECEIVED),
        ("A2:20*20260309*WQ", Verdict.ACCEPTED),
        ("A3:21*20260309*U", Verdict.REJECTED),
        ("A4:35*20260309*U", Verdict.REJECTED),
        ("A5:20*20260309*WQ", Verdict.ACCEPTED),
        ("A6:21*20260309*U", Verdict.REJECTED),
        ("A7:21*20260309*U", Verdict.REJECTED),
        ("A8:21*20260309*U", Verdict.REJECTED),
        ("A1:20*20260309*U", Verdict.REJECTED),
        ("Q9:20*20260309*WQ", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
    ],
)
def test_each_status_leads_to_a_verdict(status: str, verdict: Verdict) -> None:
    found = one_claim(f"STC*{status}")
    assert found.verdict is verdict
    assert bool([f for f in found.flaws if f.blocks]) == (verdict is Verdict.UNKNOWN)


def test_one_rejection_among_several_statuses_rejects() -> None:
    found = one_claim("STC*A1:20*20260309*WQ", "STC*A7:562:85*20260309*U")
    assert found.verdict is Verdict.REJECTED


def test_accepted_and_rejected_at_once_counts_as_rejected_and_is_told() -> None:
    found = one_claim("STC*A3:21*20260309*WQ*180")
    assert found.verdict is Verdict.REJECTED
    assert codes(found.flaws) == ["verdict-contradictory"]


def test_a_claim_without_a_status_is_not_taken_for_accepted() -> None:
    assert one_claim().verdict is Verdict.UNKNOWN


def test_lines_have_statuses_of_their_own() -> None:
    found = one_claim(
        *("STC*A7:21*20260309*U*180", "SVC*HC:90837:95*180", "STC*A7:453*20260309*U"),
        *("REF*FJ*C1001L1", "DTP*472*D8*20260302"),
    )
    (line,) = found.lines
    assert (line.procedure, line.modifiers, line.charge_cents) == ("90837", ("95",), 18000)
    assert line.control_number == "C1001L1"
    assert line.statuses[0].codes[0].status == "453"


def test_a_whole_batch_may_be_rejected_without_naming_a_claim() -> None:
    receiver = [s.replace("A1:20*20260309*WQ", "A8:746*20260309*U") for s in RECEIVER]
    found = acknowledgement(wrap("277", [*SOURCE, *receiver]))
    assert found.batch is not None
    assert found.batch.verdict is Verdict.REJECTED
    assert found.claims == ()


def test_who_answers_is_told() -> None:
    payer = [s.replace("NM1*AY", "NM1*PR") for s in SOURCE]
    assert acknowledgement(wrap("277", [*payer, *RECEIVER])).from_payer


def test_what_belongs_nowhere_in_a_277ca_is_kept_and_told() -> None:
    data = wrap("277", ["STC*A1:20", "TRN*2*X", "REF*A*B", "DTP*472*D8*20260302", "SVC*HC:1*1"])
    found = acknowledgement(data)
    assert [each.id for each in found.others] == ["STC", "TRN", "REF", "DTP", "SVC"]
    assert found.claims == ()


def test_bad_amounts_and_dates_in_a_status_are_told_and_do_not_hide_it() -> None:
    found = one_claim("STC*A2:20*SOON*WQ*MUCH")
    assert found.verdict is Verdict.ACCEPTED
    assert set(codes(found.flaws)) == {"date-unreadable", "amount-unreadable"}
    flaws = flaws_in(patient(("TRN*2*C1001", "STC*A2:20*SOON*WQ*MUCH")))
    assert set(codes(flaws)) == {"date-unreadable", "amount-unreadable"}


# The clearinghouse on this computer answers what the readers expect.


def test_answers_of_the_sandbox_are_read_without_a_flaw() -> None:
    text = write_837p(BATCH, interchange=ENVELOPE)
    answers = answer(text, datetime(2026, 3, 9, 20, tzinfo=UTC))
    (ack,) = whole(answers["999"].encode())
    assert isinstance(ack, GroupAnswer)
    assert (ack.gs_control, ack.verdict, ack.flaws) == ("101", Verdict.ACCEPTED, ())
    (taken,) = whole(answers["277ca"].encode())
    assert isinstance(taken, ClaimAcknowledgement)
    assert (taken.reference, taken.flaws) == ("B0001", ())
    assert [(c.control_number, c.verdict) for c in taken.claims] == [("C1001", Verdict.RECEIVED)]
    (paid,) = whole(answers["835"].encode())
    assert isinstance(paid, Remittance)
    assert balance(paid).ok
    assert paid.flaws == ()
    assert paid.claims[0].lines[0].control_number == "C1001L1"


def test_a_rejection_of_the_sandbox_is_read_as_one() -> None:
    refused = replace(BATCH.claims[0], subscriber=replace(CLIENT, member_id="REJ1"))
    text = write_837p(batch(refused), interchange=ENVELOPE)
    answers = answer(text, datetime(2026, 3, 9, 20, tzinfo=UTC))
    (found,) = whole(answers["277ca"].encode())
    assert isinstance(found, ClaimAcknowledgement)
    assert found.claims[0].verdict is Verdict.REJECTED


def test_what_repeats_in_a_277ca_is_kept() -> None:
    body = [*SOURCE, "BHT*0085*08*AGAIN", "NM1*PR*2*SECOND", *RECEIVER, "AMT*YY*MUCH"]
    found = acknowledgement(wrap("277", body))
    assert found.reference == "B0001"
    assert {each.id for each in found.others} >= {"BHT", "NM1", "AMT"}
