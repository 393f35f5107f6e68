# SPDX-License-Identifier: MIT
from __future__ import annotations

from datetime import date

import pytest
from answer_samples import (
    CLAIM,
    HEADER,
    balance_of,
    bpr,
    claim,
    codes,
    only_claim,
    remit,
    remittance,
    whole,
    wrap,
)
from claim_samples import real_files

from mediyn_desktop.claims.x12.balance835 import Level, balance
from mediyn_desktop.claims.x12.model835 import (
    Adjustment,
    Payment,
    PaymentEnd,
    ProviderAdjustment,
    RemitClaim,
    Remittance,
)
from mediyn_desktop.claims.x12.plb835 import Concerns, kind_of
from mediyn_desktop.claims.x12.reading import read, read_whole

GOOD = remit(CLAIM, paid="64.00")


def test_a_payment_says_who_pays_whom_how_much_how_and_when() -> None:
    payment = remittance(GOOD).payment
    assert payment.amount_cents == 6400
    assert (payment.method, payment.paid_on, payment.produced_on) == (
        "ACH",
        date(2026, 3, 10),
        date(2026, 3, 9),
    )
    assert (payment.trace, payment.originator) == ("CHK1001", "1999999999")
    assert (payment.payer.name, payment.payer.place.zip) == ("PRAIRIE HEALTH PLAN", "12207")
    assert payment.payer.references[0].value == "60054"
    assert payment.payer.contacts[0].numbers == (("TE", "8005550100"),)
    assert (payment.payee.npi, payment.payee.tax_id) == ("1234567893", "123456789")
    assert payment.currency == "USD"
    assert payment.identity == ("CHK1001", "1999999999", 6400, date(2026, 3, 10))
    assert payment.origin.identity == ("ZZ:PAYER", "000000101", "7", "0001")
    assert payment.flaws == ()


def test_a_claim_says_everything_the_payer_said() -> None:
    (found,) = remittance(GOOD).claims
    assert (found.control_number, found.payer_number, found.status) == ("C1001", "PCN9", "1")
    assert (found.charge_cents, found.paid_cents, found.patient_cents) == (18000, 6400, 5600)
    assert (found.facility, found.frequency, found.filing_code) == ("11", "1", "12")
    assert found.member_id == "XYZ00123456"
    assert found.received_on == date(2026, 3, 4)
    assert found.service_from == date(2026, 3, 2)
    (line,) = found.lines
    assert (line.procedure, line.modifiers, line.units) == ("90837", ("95",), "1")
    assert (line.charge_cents, line.paid_cents, line.allowed_cents) == (18000, 6400, 12000)
    assert line.control_number == "C1001L1"
    assert line.adjustments == (
        Adjustment("CO", "45", 6000),
        Adjustment("PR", "1", 4000),
        Adjustment("PR", "2", 1600),
    )
    assert found.flaws == ()
    assert (found.position, found.end) == (15, 23)


def test_a_file_comes_in_its_order_a_claim_at_a_time() -> None:
    data = remit(CLAIM, CLAIM, paid="120.00", plb=["PLB*1234567893*20261231*WO:C9*8.00"])
    kinds = [type(item) for item in read([data])]
    assert kinds == [Payment, RemitClaim, RemitClaim, ProviderAdjustment, PaymentEnd]


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_the_size_of_the_pieces_does_not_matter(size: int) -> None:
    data = remit(CLAIM, claim("SVC*HC:90834*90*90"), CLAIM, paid="218.00")
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(read_whole(pieces)) == whole(data)


def test_claim_level_adjustments_are_kept_apart_from_those_of_lines() -> None:
    found = only_claim(
        "CLP*C1*1*800*450*300*12*9",
        "CAS*CO*A2*50",
        "SVC*HC:99211*800*500",
        "CAS*PR*1*300",
        paid="450",
    )
    assert found.adjustments == (Adjustment("CO", "A2", 5000),)
    assert found.lines[0].adjustments == (Adjustment("PR", "1", 30000),)


def test_an_adjustment_carries_up_to_six_reasons_with_quantities() -> None:
    found = only_claim(
        "CLP*C1*1*100*0",
        "SVC*HC:90837*100*0",
        "CAS*OA*1*10*2*2*20**3*30*1*4*15**5*5**6*20*9",
        paid="0",
    )
    (line,) = found.lines
    assert [each.amount_cents for each in line.adjustments] == [1000, 2000, 3000, 1500, 500, 2000]
    assert [each.quantity for each in line.adjustments] == ["2", "", "1", "", "", "9"]


def test_a_recoded_line_keeps_the_code_that_was_sent() -> None:
    found = only_claim("CLP*C1*1*100*100", "SVC*HC:90834*100*100**1*HC:90837:95*1", paid="100")
    (line,) = found.lines
    assert (line.procedure, line.submitted_procedure, line.submitted_modifiers) == (
        "90834",
        "90837",
        ("95",),
    )


def test_remarks_of_claims_and_lines_are_kept() -> None:
    found = only_claim(
        "CLP*C1*1*100*0",
        "MOA***MA01*MA130",
        "SVC*HC:90837*100*0",
        "CAS*CO*16*100",
        "LQ*HE*M76",
        "LQ*HE*N290",
        paid="0",
    )
    assert found.remarks == ("MA01", "MA130")
    assert found.lines[0].remarks == ("M76", "N290")


def test_a_segment_without_a_field_is_kept_where_it_stood() -> None:
    found = only_claim(
        "CLP*C1*1*100*100", "ZZZ*A*B", "SVC*HC:90837*100*100", "K3*SOMETHING", paid="100"
    )
    assert [each.text() for each in found.others] == ["ZZZ*A*B"]
    assert [each.text() for each in found.lines[0].others] == ["K3*SOMETHING"]


def test_totals_of_a_provider_stay_with_the_claim_behind_them() -> None:
    data = remit(["TS3*1234567893*11*20261231*1*100", *claim("SVC*HC:90837*100*100")], paid="100")
    (found,) = remittance(data).claims
    assert found.others[0].id == "TS3"


def test_what_the_payer_corrected_is_told() -> None:
    found = only_claim(
        "CLP*C1*19*100*100",
        "NM1*QC*1*MARLOWE*JUNE****MI*OLD1",
        "NM1*74*1*MARLOW*JUNE****C*NEW1",
        "NM1*TT*2*SECOND PLAN*****PI*999",
        "SVC*HC:90837*100*100",
        paid="100",
    )
    assert found.corrected is not None
    assert found.corrected.last == "MARLOW"
    assert found.member_id == "NEW1"
    assert found.is_forwarded
    assert found.forwarded_to is not None
    assert found.forwarded_to.id == "999"


@pytest.mark.parametrize(
    ("status", "rank", "reversal", "forwarded", "here"),
    [
        ("1", 1, False, False, True),
        ("2", 2, False, False, True),
        ("3", 3, False, False, True),
        ("4", None, False, False, True),
        ("19", 1, False, True, True),
        ("20", 2, False, True, True),
        ("21", 3, False, True, True),
        ("22", None, True, False, True),
        ("23", None, False, True, False),
        ("25", None, False, False, False),
        ("99", None, False, False, True),
    ],
)
def test_each_status_is_told_apart(
    status: str, rank: int | None, reversal: bool, forwarded: bool, here: bool
) -> None:
    found = only_claim(f"CLP*C1*{status}*100*100", "SVC*HC:90837*100*100", paid="100")
    assert found.payer_rank == rank
    assert found.is_reversal is reversal
    assert found.is_forwarded is forwarded
    assert found.is_processed_here is here


def test_names_and_numbers_of_people_are_not_in_the_representation() -> None:
    data = remit((*CLAIM, "REF*SY*123456789"), paid="64.00")
    shown = repr(remittance(data))
    for secret in ("MARLOWE", "JUNE", "XYZ00123456", "123456789", "071000013"):
        assert secret not in shown.replace("1234567893", "")


# Money that belongs to no claim.


def test_provider_adjustments_lower_the_payment_and_are_named() -> None:
    data = remit(
        CLAIM,
        paid="60.00",
        plb=["PLB*1234567893*20261231*WO:C0900*10.00*L6*-1.00*FB:X*-5.00"],
    )
    found = remittance(data)
    assert [
        (each.reason, each.reference, each.amount_cents) for each in found.provider_adjustments
    ] == [("WO", "C0900", 1000), ("L6", "", -100), ("FB", "X", -500)]
    assert found.end.provider_adjustment_cents == 400
    assert balance(found).ok
    assert [kind_of(each).concerns for each in found.provider_adjustments] == [
        Concerns.TAKE_BACK,
        Concerns.INTEREST,
        Concerns.CARRIED,
    ]


def test_an_unknown_provider_adjustment_is_named_and_not_guessed() -> None:
    kind = kind_of(ProviderAdjustment("1", None, "QQ", "", 100))
    assert kind.concerns is Concerns.UNKNOWN
    assert "QQ" in kind.label


# What cannot be read is a value beside what can.


@pytest.mark.parametrize("amount", ["", "TEN", "1.234", "1,000.00", "--5", "1E3", "9" * 20])
def test_an_unreadable_amount_holds_its_claim_and_no_other(amount: str) -> None:
    bad = ["CLP*BAD*1*" + amount + "*0", "SVC*HC:90837*0*0"]
    found = remittance(remit(bad, CLAIM, paid="64.00"))
    first, second = found.claims
    assert any(flaw.blocks and flaw.claim == "BAD" for flaw in first.flaws)
    assert second.flaws == ()
    result = balance(found)
    assert Level.UNREADABLE in {each.level for each in result.claims[0]}
    assert result.claims[1] == ()


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ("CAS*CO*45*TEN", "amount-unreadable"),
        ("CAS*CO*45", "amount-missing"),
        ("SVC*HC:90837**0", "amount-missing"),
        ("SVC*HC:90837*0*X", "amount-unreadable"),
        ("cas*CO*45*1.00", "segment-misspelled"),
    ],
)
def test_bad_money_in_a_line_is_named_and_blocks(segment: str, code: str) -> None:
    found = only_claim("CLP*C1*1*0*0", "SVC*HC:90837*0*0", segment, paid="0")
    assert (code, True, "C1") in {(each.code, each.blocks, each.claim) for each in found.flaws}


@pytest.mark.parametrize("segment", ["DTM*472*20261399", "DTM*472*SOON", "AMT*B6*MUCH"])
def test_bad_information_in_a_line_is_named_and_does_not_block(segment: str) -> None:
    found = only_claim("CLP*C1*1*100*100", "SVC*HC:90837*100*100", segment, paid="100")
    (flaw,) = found.flaws
    assert not flaw.blocks
    assert balance_of(remit(claim("SVC*HC:90837*100*100", segment), paid="100")).ok


def test_amounts_are_read_as_x12_writes_them() -> None:
    found = only_claim("CLP*C1*22*-100.5*-.5*100", "SVC*HC:90837*-100.500*-0.50", paid="-.5")
    assert (found.charge_cents, found.paid_cents, found.patient_cents) == (-10050, -50, 10000)
    assert found.lines[0].charge_cents == -10050


def test_a_payment_without_an_amount_is_no_payment() -> None:
    body = [*HEADER, *CLAIM]
    found = remittance(wrap("835", body))
    assert "no-payment" in codes(found.payment.flaws)
    assert not balance(found).payment_ok


def test_a_second_amount_is_not_chosen_between() -> None:
    found = remittance(wrap("835", [bpr("64.00"), bpr("65.00"), *HEADER, *CLAIM]))
    assert found.payment.amount_cents == 6400
    assert not balance(found).payment_ok


@pytest.mark.parametrize("stray", ["SVC*HC:90837*1*1", "CAS*CO*45*1"])
def test_money_before_any_claim_blocks_the_payment(stray: str) -> None:
    found = remittance(wrap("835", [bpr("64.00"), *HEADER, stray, *CLAIM]))
    assert not balance(found).payment_ok or any(f.blocks for f in found.claims[0].flaws)
    assert "money-without-claim" in codes(found.flaws)


def test_a_provider_adjustment_that_cannot_be_read_blocks_the_payment() -> None:
    for element in ("WO*TEN", "WO"):
        found = remittance(remit(CLAIM, paid="64.00", plb=[f"PLB*1*20261231*{element}"]))
        assert not balance(found).payment_ok


def test_a_segment_named_in_small_letters_is_read_in_the_header() -> None:
    data = wrap("835", [bpr("64.00").lower().replace("bpr*i*64.00*c", "bpr*I*64.00*C"), *CLAIM])
    assert remittance(data).payment.amount_cents == 6400


def test_a_segment_named_in_small_letters_behind_a_claim_holds_it() -> None:
    found = remittance(remit(CLAIM, paid="60.00", plb=["plb*1234567893*20261231*WO*4.00"]))
    assert codes(found.claims[0].flaws) == ["segment-misspelled"]
    assert not balance(found).ok


def test_a_claim_without_a_number_is_told() -> None:
    found = only_claim("CLP**1*100*100", "SVC*HC:90837*100*100", paid="100")
    assert codes(found.flaws) == ["no-control-number"]


def test_several_payments_in_one_file_stay_apart() -> None:
    first = [bpr("64.00"), *HEADER, *CLAIM]
    second = [bpr("100"), "TRN*1*CHK2*1999999999", "LX*1", *claim("SVC*HC:90837*100*100")]
    payments = whole(wrap("835", first, second))
    assert [each.payment.trace for each in payments if isinstance(each, Remittance)] == [
        "CHK1001",
        "CHK2",
    ]
    assert all(balance(each).ok for each in payments if isinstance(each, Remittance))


def test_separators_and_line_ends_of_any_writer_are_read() -> None:
    expected = remittance(GOOD).claims[0]
    table = str.maketrans({"*": "|", ":": ">", "^": "}", "~": "\x1d"})
    for data in (
        GOOD.replace(b"\n", b""),
        GOOD.replace(b"\n", b"\r\n  "),
        b"\xef\xbb\xbf\r\n" + GOOD,
        GOOD.decode().translate(table).encode(),
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b"~\n", b"\n"),
    ):
        assert remittance(data.replace(b"P*:\n", b"P*:\n")).claims[0] == expected


def test_a_composite_with_a_forgotten_separator_is_read() -> None:
    found = only_claim("CLP*C1*1*100*100", "SVC*HC>90837>95*100*100", paid="100")
    assert (found.lines[0].procedure, found.lines[0].modifiers) == ("90837", ("95",))


# Real files.

UNBALANCED = {
    "LinuxForHealth_x12__tertiary-payment.835": [
        (Level.LINE, 176650, 2302000),
        (Level.LINES_CHARGED, 176650, 2459900),
        (Level.LINES_PAID, 18750, 176650),
    ],
    "moov-io_x12__sample1.txt": [(Level.CLAIM, 0, 1), (Level.LINES_PAID, 0, 1)],
    "moov-io_x12__sample2.txt": [
        (Level.CLAIM, 400000, 299800),
        (Level.LINES_PAID, 400000, 299800),
    ],
}


def test_real_remittances_are_read_whole_and_balance_or_say_exactly_why_not() -> None:
    files = real_files("835")
    if not files:
        pytest.skip("no real 835 files at hand (MEDIYN_SHARED)")
    assert len(files) >= 16
    for file in files:
        items = whole(file.read_bytes())
        remittances = [each for each in items if isinstance(each, Remittance)]
        assert remittances, file.name
        assert len(remittances) == len(items), file.name
        differences = [each for one in remittances for each in balance(one).differences]
        found = [(each.level, each.stated_cents, each.expected_cents) for each in differences]
        assert found == UNBALANCED.get(file.name, []), file.name
        assert not [f for one in remittances for f in one.flaws if f.blocks], file.name
        segments = file.read_text().count("CLP")
        assert sum(one.end.claims for one in remittances) == segments, file.name


def test_a_range_of_days_reaches_from_its_first_to_its_last() -> None:
    found = only_claim(
        *("CLP*C1*1*100*100", "NM1*IL*1*MARLOWE*SAM****MI*SUB9", "NM1*QC*1*MARLOWE*JUNE"),
        *("AMT*I*1.25", "SVC*HC:90837*60*60", "DTM*150*20260302", "DTM*151*20260304"),
        *("SVC*HC:90834*40*40", "DTM*472*20260306"),
        paid="100",
    )
    first, second = found.lines
    assert (first.service_from, first.service_to) == (date(2026, 3, 2), date(2026, 3, 4))
    assert (second.service_from, second.service_to) == (date(2026, 3, 6), date(2026, 3, 6))
    assert found.service_from == date(2026, 3, 2)
    assert found.interest_cents == 125
    assert found.lines[0].allowed_cents is None
    assert found.patient is not None
    assert found.insured is not None
    assert (found.patient.first, found.insured.first) == ("JUNE", "SAM")
    assert found.member_id == "SUB9"
    assert found.received_on is None
    assert found.corrected is None


def test_a_claim_that_names_nobody_has_no_member_id() -> None:
    found = only_claim("CLP*C1*1*100*100", "SVC*HC:90837*100*100", paid="100")
    assert (found.member_id, found.patient, found.service_from) == ("", None, None)


def test_people_to_call_about_a_claim_are_kept() -> None:
    found = only_claim(
        "CLP*C1*1*100*100", "PER*CX**TE*8005550111", "SVC*HC:90837*100*100", paid="100"
    )
    assert found.contacts[0].numbers == (("TE", "8005550111"),)


def test_what_stands_behind_the_claims_is_kept_with_the_end() -> None:
    plb = "PLB*1234567893*20261231*WO*4.00"
    found = remittance(remit(CLAIM, paid="60.00", plb=[plb, "DTM*999*20260302", "REF*ZZ*1"]))
    assert [each.id for each in found.end.others] == ["DTM", "REF"]
    assert balance(found).ok


def test_what_the_header_repeats_or_does_not_know_is_kept() -> None:
    body = [bpr("64.00"), *HEADER[:-1], "N4*EXTRA*NY", "RDM*BM*X", "LX*1", *CLAIM, "LX*2"]
    found = remittance(wrap("835", body))
    assert "RDM" in [each.id for each in found.payment.others]
    assert balance(found).ok
