# SPDX-License-Identifier: MIT
"""The clearinghouse's answers: sound by an independent validator, and balanced to the cent."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyx12 import params as pyx12_params
from pyx12 import x12n_document

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.clearinghouse import NotClaims, answer, answer_folder

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def claims_file(
    members: list[str],
    *,
    charges: tuple[str, ...] = ("175.00",),
    element: str = "*",
    component: str = ":",
    end: str = "~\n",
    frequency: str = "1",
    original: str = "",
    acknowledge: str = "0",
    wrong_count: bool = False,
) -> str:
    """Return an 837P with one claim for each member id, each with a line for each charge."""
    body = [
        "ST*837*0001*005010X222A1",
        "BHT*0019*00*REF77*20261123*1800*CH",
        "NM1*41*1*RIVERS*ANNA****46*1234567893",
        "PER*IC*ANNA RIVERS*TE*5185550100",
        "NM1*40*2*SANDBOX*****46*SANDBOX",
        "HL*1**20*1",
        "NM1*85*1*RIVERS*ANNA****XX*1234567893",
        "N3*1 MAIN ST",
        "N4*ALBANY*NY*122071234",
        "REF*EI*123456789",
    ]
    for number, member in enumerate(members, start=1):
        total = sum(Decimal(charge) for charge in charges)
        body += [
            f"HL*{number + 1}*1*22*0",
            "SBR*P*18*******CI",
            f"NM1*IL*1*DOE*PAT{number}****MI*{member}",
            "N3*2 MAIN ST",
            "N4*ALBANY*NY*12207",
            "DMG*D8*19900101*F",
            "NM1*PR*2*ACME HEALTH*****PI*60054",
            f"CLM*CLAIM{number}*{total}***11:B:{frequency}*Y*A*Y*Y",
            *([f"REF*F8*{original}"] if original else []),
            "HI*ABK:F411",
        ]
        for line, charge in enumerate(charges, start=1):
            body += [
                f"LX*{line}",
                f"SV1*HC:90837:95*{charge}*UN*1***1",
                "DTP*472*D8*20261120",
                f"REF*6R*L{number}-{line}",
            ]
    body.append(f"SE*{len(body) + (5 if wrong_count else 1)}*0001")
    sent, got = "SENDER".ljust(15), "RECEIVER".ljust(15)
    blank = " " * 10
    rows = [
        f"ISA*00*{blank}*00*{blank}*ZZ*{sent}*ZZ*{got}*261123*1800*^*00501*000000042*{acknowledge}*T*:",
        "GS*HC*SENDER*RECEIVER*20261123*1800*42*X*005010X222A1",
        *body,
        "GE*1*42",
        "IEA*1*000000042",
    ]
    text = end.join(rows) + end
    return text.replace("*", element).replace(":", component)


def segments(text: str) -> list[list[str]]:
    return [row.strip().split("*") for row in text.split("~") if row.strip()]


def named(text: str, name: str) -> list[list[str]]:
    return [row for row in segments(text) if row[0] == name]


def assert_balanced(text: str) -> None:
    """X12 835 section 1.10.2.1: line, claim, line to claim, and payment."""
    paid_claims = Decimal(0)
    payment = charge = provider = Decimal(0)
    claim: dict[str, Decimal] | None = None
    line: dict[str, Decimal] | None = None

    def close_line() -> None:
        if line is not None:
            assert line["charge"] - line["adjusted"] == line["paid"]

    def close_claim() -> None:
        if claim is not None:
            assert claim["lines_charge"] == claim["charge"]
            assert claim["lines_paid"] == claim["paid"]
            assert claim["charge"] - claim["adjusted"] == claim["paid"]
            assert claim["patient"] == claim["owed"]

    for row in segments(text):
        if row[0] == "BPR":
            payment = Decimal(row[2])
        elif row[0] == "CLP":
            close_line()
            close_claim()
            line = None
            charge = Decimal(row[3])
            claim = dict.fromkeys(("lines_charge", "lines_paid", "adjusted", "owed"), Decimal(0))
            claim |= {"charge": charge, "paid": Decimal(row[4]), "patient": Decimal(row[5] or 0)}
            paid_claims += claim["paid"]
        elif row[0] == "SVC":
            close_line()
            assert claim is not None
            line = {"charge": Decimal(row[2]), "paid": Decimal(row[3]), "adjusted": Decimal(0)}
            claim["lines_charge"] += line["charge"]
            claim["lines_paid"] += line["paid"]
        elif row[0] == "CAS":
            assert claim is not None
            assert line is not None
            line["adjusted"] += Decimal(row[3])
            claim["adjusted"] += Decimal(row[3])
            if row[1] == "PR":
                claim["owed"] += Decimal(row[3])
        elif row[0] == "PLB":
            provider += Decimal(row[4])
        elif row[0] == "SE":
            close_line()
            close_claim()
            assert paid_claims - provider == payment >= 0
            claim = line = None
            paid_claims = provider = Decimal(0)


@pytest.mark.parametrize(
    ("member", "status", "paid", "adjustments"),
    [
        ("W100", "1", "115.00", ["CO*45*35.00", "PR*3*25.00"]),
        ("DENY1", "4", "0.00", ["CO*197*175.00"]),
        ("DED1", "1", "0.00", ["CO*45*35.00", "PR*1*140.00"]),
        ("PART1", "1", "112.00", ["CO*45*35.00", "PR*2*28.00"]),
    ],
)
def test_the_member_id_picks_the_outcome(member, status, paid, adjustments) -> None:
    remittance = answer(claims_file([member]), NOW)["835"]
    assert_balanced(remittance)
    claim = named(remittance, "CLP")[0]
    assert claim[1:5] == ["CLAIM1", status, "175.00", paid]
    assert ["*".join(row[1:]) for row in named(remittance, "CAS")] == adjustments
    assert named(remittance, "REF")[-1] == ["REF", "6R", "L1-1"]
    assert named(remittance, "SVC")[0][1] == "HC:90837:95"


def test_the_copay_is_taken_once_for_a_day_and_only_where_it_fits() -> None:
    remittance = answer(claims_file(["W1"], charges=("20.00", "90.01", "60.00")), NOW)["835"]
    assert_balanced(remittance)
    copays = [row for row in named(remittance, "CAS") if row[1] == "PR"]
    assert copays == [["CAS", "PR", "3", "25.00"]]


def test_a_payment_with_every_outcome_balances() -> None:
    members = ["W1", "DENY1", "DED1", "PART1", "W2"]
    remittance = answer(claims_file(members, charges=("175.33", "0.07")), NOW)["835"]
    assert_balanced(remittance)
    assert len(named(remittance, "CLP")) == 5


def test_a_payment_of_nothing_is_a_notice() -> None:
    remittance = answer(claims_file(["DENY1"]), NOW)["835"]
    assert named(remittance, "BPR")[0][1:5] == ["H", "0.00", "C", "NON"]


def test_the_999_accepts_a_sound_file() -> None:
    report = answer(claims_file(["W1"]), NOW)["999"]
    assert named(report, "AK1") == [["AK1", "HC", "42", "005010X222A1"]]
    assert named(report, "AK2") == [["AK2", "837", "0001", "005010X222A1"]]
    assert named(report, "IK5") == [["IK5", "A"]]
    assert named(report, "AK9") == [["AK9", "A", "1", "1", "1"]]


def test_a_wrong_count_is_refused_by_the_999_and_goes_no_further() -> None:
    answers = answer(claims_file(["W1"], wrong_count=True), NOW)
    assert set(answers) == {"999"}
    assert named(answers["999"], "IK3")[0][1] == "SE"
    assert named(answers["999"], "IK4")[0][1:3] == ["1", "96"]
    assert named(answers["999"], "IK5") == [["IK5", "R", "4"]]
    assert named(answers["999"], "AK9") == [["AK9", "R", "1", "1", "0"]]


def test_the_277ca_accepts_and_rejects_claim_by_claim() -> None:
    answers = answer(claims_file(["W1", "REJ1"]), NOW)
    report = answers["277ca"]
    assert named(report, "BHT")[0][3] == "REF77"
    at_claims = [row for row in segments(report) if row[:2] == ["TRN", "2"]]
    assert [row[2] for row in at_claims] == ["REF77", "CLAIM1", "CLAIM2"]
    statuses = [row[1] for row in named(report, "STC")]
    assert statuses[-2:] == ["A1:20", "A3:164:IL"]
    assert named(report, "STC")[-1][3:] == ["U", "175.00"]
    assert [row for row in named(report, "REF") if row[1] == "1K"] == [["REF", "1K", "SBXCLAIM1"]]
    assert [row[1] for row in named(answers["835"], "CLP")] == ["CLAIM1"]


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_a_replacement_or_void_of_an_unknown_claim_is_rejected(frequency) -> None:
    answers = answer(claims_file(["W1"], frequency=frequency), NOW)
    assert named(answers["277ca"], "STC")[-1][1] == "A3:464"
    assert "835" not in answers


@pytest.mark.parametrize(
    "text",
    [
        claims_file(["W1", "REJ1", "DENY1", "PART1"], charges=("175.00", "40.00")),
        claims_file(["DENY1"]),
        claims_file(["REJ1"]),
        claims_file(["W1"], wrong_count=True),
    ],
)
def test_every_answer_is_sound_by_an_independent_validator(text) -> None:
    for kind, reply in answer(text, NOW).items():
        settings = pyx12_params.params()
        verdict = x12n_document.x12n_document(
            settings, io.StringIO(reply), io.StringIO(), None, None
        )
        assert verdict is True, kind


def test_the_answer_goes_back_to_the_sender() -> None:
    header = named(answer(claims_file(["W1"]), NOW)["835"], "ISA")[0]
    assert (header[6].strip(), header[8].strip(), header[15]) == ("RECEIVER", "SENDER", "T")


def test_other_delimiters_are_read_from_the_isa() -> None:
    usual = answer(claims_file(["W1"]), NOW, "ab" * 32)
    odd = claims_file(["W1"], element="|", component=">", end="\x1d")
    assert answer(odd, NOW, "ab" * 32) == usual


@pytest.mark.parametrize(
    "text", ["", "hello", "ISA*short~", claims_file(["W1"]).replace("HC*S", "HP*S")]
)
def test_what_is_no_claim_file_is_said_to_be_none(text) -> None:
    with pytest.raises(NotClaims):
        answer(text, NOW)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    outbox = tmp_path / "to"
    outbox.mkdir()
    return outbox, tmp_path / "from"


def test_each_file_is_answered_once_whatever_its_name(folders) -> None:
    outbox, inbox = folders
    clock = FixedClock(NOW)
    (outbox / "monday.837").write_text(claims_file(["W1"]))
    done = answer_folder(outbox, inbox, clock)
    assert [path.suffix for path in done[0].written] == [".999", ".277ca", ".835"]
    assert all(path.name.startswith("monday-") for path in done[0].written)
    assert answer_folder(outbox, inbox, clock) == []
    (outbox / "again.837").write_text(claims_file(["W1"]))
    for path in inbox.iterdir():
        path.unlink()
    assert answer_folder(outbox, inbox, clock) == []
    (outbox / "tuesday.837").write_text(claims_file(["W2"]))
    assert [each.name for each in answer_folder(outbox, inbox, clock)] == ["tuesday.837"]


def test_unfinished_files_wait_and_others_are_reported_once(folders) -> None:
    outbox, inbox = folders
    (outbox / "later.837.tmp").write_text(claims_file(["W1"]))
    (outbox / "notes.txt").write_text("not claims")
    done = answer_folder(outbox, inbox, FixedClock(NOW))
    assert [(each.name, each.written) for each in done] == [("notes.txt", ())]
    assert done[0].problem
    assert answer_folder(outbox, inbox, FixedClock(NOW)) == []
    assert list(inbox.iterdir()) == []


def test_control_numbers_follow_from_the_content() -> None:
    first, again = (answer(claims_file(["W1"]), NOW) for _ in range(2))
    assert first == again
    other = answer(claims_file(["W2"]), NOW)
    numbers = {named(text, "ISA")[0][13] for text in [*first.values(), *other.values()]}
    assert len(numbers) == 6
    assert named(first["835"], "TRN")[0][2] != named(other["835"], "TRN")[0][2]
