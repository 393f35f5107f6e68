# SPDX-License-Identifier: MIT
from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from claim_samples import BATCH, CHILD, CLAIM, ENVELOPE, LINE, batch, real_files
from hypothesis import given, settings
from hypothesis import strategies as st

from mediyn_desktop.claims.x12.check837p import check_837p, check_with_pyx12
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.segments import decode

FILE = write_837p(BATCH, interchange=ENVELOPE)
TWO = write_837p(
    batch(CLAIM, replace(CLAIM, control_number="C2", patient=CHILD)), interchange=ENVELOPE
)


def change(old: str, new: str, text: str = FILE) -> str:
    assert old in text
    return text.replace(old, new)


def found(text: str, check: Callable[..., object] = check_837p) -> set[tuple[str, str, str]]:
    problems = check(text)
    assert isinstance(problems, list)
    return {(problem.segment, problem.element, problem.code) for problem in problems}


BY_MAP = [
    ("SE*25*", "SE*24*", ("ST", "", "guide-transaction")),
    ("SE*25*0001", "SE*25*0002", ("ST", "", "guide-transaction")),
    ("GE*1*", "GE*2*", ("GS", "", "guide-group")),
    ("GE*1*101", "GE*1*102", ("GS", "", "guide-group")),
    ("IEA*1*000000101", "IEA*1*000000109", ("ISA", "", "guide-interchange")),
    ("IEA*1*000000101~\n", "", ("ISA", "", "guide-interchange")),
    ("*T*:", "*X*:", ("ISA", "15", "guide-code")),
    ("REF*EI*123456789~\n", "", ("REF", "", "guide-segment-missing")),
    ("HL*2*1*22*0~\n", "", ("SBR", "", "guide-unexpected")),
    ("HL*2*1*22", "HL*7*1*22", ("HL", "", "guide-level-number")),
    ("HL*2*1*22", "HL*2*9*22", ("HL", "", "guide-level-parent")),
    ("LX*1~", "LX*2~", ("LX", "", "guide-line-number")),
    ("11:B:1", "98:B:1", ("CLM", "05-1", "guide-code")),
    ("19880704*F", "19880732*F", ("DMG", "02", "guide-date")),
    ("19880704*F", "19880704*X", ("DMG", "03", "guide-code")),
    ("*JUNE*", "*Jüne*", ("NM1", "04", "guide-characters")),
    ("*MI*XYZ00123456", "*MI*X", ("NM1", "09", "guide-too-short")),
    ("SPRINGFIELD*IL*62701~", "S*IL*62701~", ("N4", "01", "guide-too-short")),
    ("CLM*C1001*175*", "CLM*C1001*ABC*", ("CLM", "02", "guide-characters")),
    ("PRV*BI*PXC*101YM0800X~", "PRV*BI*PXC~", ("PRV", "03", "guide-element-missing")),
    ("REF*6R*C1001L1~", "REF*6R*C1001L1*~", ("REF", "", "guide-empty-end")),
]

BY_RULES = [
    ("*XX*1234567893~", "~", ("NM1", "09", "npi-missing")),
    ("*XX*1234567893~", "*XX*12345678~", ("NM1", "09", "npi")),
    ("REF*EI*123456789~", "REF*EI*12345678~", ("REF", "02", "tax-id")),
    ("*IL*62701~", "*ZZ*62701~", ("N4", "02", "state")),
    ("*IL*62701~", "*IL*6270~", ("N4", "03", "zip")),
    ("CLM*C1001*175*", "CLM*C1001*200*", ("CLM", "02", "total")),
    ("CLM*C1001*175*", "CLM*C1001*175.001*", ("CLM", "02", "amount")),
    ("90837*175*", "90837*-175*", ("SV1", "02", "amount")),
    ("CLM*C1001*", "CLM*C10010000000000000000*", ("CLM", "01", "control-number")),
    ("11:B:1", "11:B:6", ("CLM", "05-3", "frequency")),
    ("11:B:1", "11:B:7", ("CLM", "05-3", "original-reference")),
    ("ABK:F411", "ABK:F41.1", ("HI", "01-2", "diagnosis-shape")),
    ("ABK:F411", "BK:30000", ("HI", "01-1", "diagnosis-qualifier")),
    ("ABK:F411", "ABK:F411*ABF:F411", ("HI", "02-2", "diagnosis-twice")),
    ("UN*1***1~", "UN*1***2~", ("SV1", "07", "pointer")),
    ("UN*1***1~", "UN*1***1:1~", ("SV1", "07", "pointer")),
    ("UN*1***1~", "UN*0***1~", ("SV1", "04", "units")),
    ("UN*1***1~", "MJ*1***1~", ("SV1", "03", "unit-of-measure")),
    ("HC:90837", "HC:9083", ("SV1", "01-2", "procedure")),
    ("HC:90837", "HC:90837:9", ("SV1", "01-3", "modifier")),
    ("SBR*P*18*", "SBR*P**", ("SBR", "02", "levels")),
    ("HL*2*1*22*0", "HL*2*1*22*1", ("HL", "04", "level-flag")),
    ("DMG*D8*19880704*F~\n", "", ("NM1", "", "subscriber-details")),
    ("005010X222A1~\nST", "005010X222~\nST", ("GS", "08", "version")),
    ("ST*837*0001*005010X222A1", "ST*837*0001*005010X222", ("ST", "03", "version")),
]


def test_a_right_file_has_no_problem() -> None:
    assert check_837p(FILE) == []
    assert check_837p(TWO) == []


@pytest.mark.parametrize(("old", "new", "expected"), BY_MAP)
def test_the_map_of_the_guide_catches(old: str, new: str, expected: tuple[str, str, str]) -> None:
    assert expected in found(change(old, new), check_with_pyx12)


@pytest.mark.parametrize(("old", "new", "expected"), BY_RULES)
def test_our_own_rules_catch(old: str, new: str, expected: tuple[str, str, str]) -> None:
    assert expected in found(change(old, new))


def test_two_claims_or_two_lines_may_not_share_a_number() -> None:
    assert ("CLM", "01", "control-number-twice") in found(change("CLM*C2*", "CLM*C1001*", TWO))
    lines = (LINE, replace(LINE, control_number="C1001L2"))
    text = write_837p(batch(replace(CLAIM, lines=lines, total_cents=35_000)), interchange=ENVELOPE)
    assert ("REF", "02", "line-number-twice") in found(change("C1001L2", "C1001L1", text))


def test_problems_name_the_claim_they_belong_to() -> None:
    text = change("20120131", "20120132", TWO).replace("*XX*1234567893", "*XX*3234567893")
    problems = {problem.code: problem.claim_control_number for problem in check_837p(text)}
    assert problems == {"npi": "", "guide-date": "C2"}


def test_messages_are_plain_and_quote_no_value() -> None:
    text = change("19880704", "19880732").replace("*JUNE*", "*JÜNE*")
    messages = [problem.message for problem in check_837p(text)]
    assert messages == [
        "The subscriber's first name (NM104) has characters that are not allowed here.",
        "The subscriber's birth date (DMG02) is not a real date.",
    ]


def test_one_segment_out_of_place_is_told_once() -> None:
    problems = check_with_pyx12(change("HL*2*1*22*0~\n", ""))
    assert [problem.segment for problem in problems] == ["SBR", "ST", "HL"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-x12"),
        ("not a claim", "not-x12"),
        (change("SE*25*0001~\n", ""), "envelope"),
        (change("GE*1*101~\n", ""), "envelope"),
        (FILE[FILE.index("GS") :], "not-x12"),
        (change("*00501*", "*00601*"), "version"),
        (change("GS*HC", "GS*HI"), "not-claims"),
        (change("ST*837", "ST*835"), "not-claims"),
    ],
)
def test_what_cannot_be_judged_is_a_problem_and_no_crash(text: str, code: str) -> None:
    assert code in {problem.code for problem in check_837p(text)}


def test_a_mark_and_blanks_before_the_file_do_not_hide_it() -> None:
    assert check_837p("\ufeff\r\n" + FILE) == []
    assert check_837p(FILE.replace("\n", "\r\n")) == []


def test_nothing_about_a_client_is_printed_logged_or_written(
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        assert check_837p(change("NM1*IL*1*MARLOWE", "NM1*XX*1*MARLOWE"))
    assert capsys.readouterr() == ("", "")
    assert caplog.text == ""
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_files_are_judged_without_a_crash(data: st.DataObject) -> None:
    lines = FILE.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    kind = data.draw(st.sampled_from(["drop", "repeat", "swap", "cut"]))
    if kind == "drop":
        del lines[at]
    elif kind == "repeat":
        lines.insert(at, lines[at])
    elif kind == "swap":
        other = data.draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    for problem in check_837p("".join(lines)):
        assert problem.code
        assert problem.message.endswith(".")


def test_real_files_of_other_vendors_are_judged_without_a_crash() -> None:
    files = real_files("837P")
    if not files:
        pytest.skip("no real 837P files at hand (MEDIYN_SHARED)")
    for file in files:
        for problem in check_837p(decode(file.read_bytes())):
            assert problem.message.endswith("."), file.name
            assert problem.code != "not-judged", file.name


def test_a_map_that_judged_damaged_files_judges_the_next_one_alike() -> None:
    first = [check_with_pyx12(text) for text in (FILE, TWO)]
    for old, new, _ in BY_MAP:
        assert check_with_pyx12(change(old, new))
    assert [check_with_pyx12(text) for text in (FILE, TWO)] == first == [[], []]
