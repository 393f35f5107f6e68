# SPDX-License-Identifier: MIT
"""A newer code file is read in each published layout, and refused when it is not a whole one."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from mediyn_desktop.codes import icd10
from mediyn_desktop.codes.icd10 import CodeFileError, IcdStatus, load_table
from mediyn_desktop.core.errors import UserFacingError

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def small_year() -> dict[str, str]:
    """Return a made-up year with a code in every letter."""
    return {
        f"{letter}01{digit}": f"Made-up {letter}{digit}" for letter in LETTERS for digit in "019"
    }


def write(path: Path, lines: list[str]) -> Path:
    path.write_bytes("\r\n".join(lines).encode())
    return path


def test_the_codes_file_of_the_cdc(tmp_path):
    rows = [f"{code:<8}{title}" for code, title in small_year().items()]
    file = write(tmp_path / "icd10cm-codes-2027.txt", rows)
    table = load_table(file, least_codes=70)
    assert table.fiscal_year == 2027
    assert table.release == "icd10cm-codes-2027.txt"
    assert table.title("F01.9") == "Made-up F9"
    assert table.check("F01.9").billable
    assert table.check("F01").status is IcdStatus.HEADING


def test_the_order_file_counts_flagged_rows_only_and_takes_the_long_title(tmp_path):
    rows = []
    for number, (code, title) in enumerate(small_year().items(), start=1):
        rows.append(f"{number:05} {code[:3]:<7} 0 {'Heading':<60} Heading in full")
        rows.append(f"{number:05} {code:<7} 1 {title[:5]:<60} {title}")
    rows.append(f"99999 {'Z999':<7} 1 Only a short title")
    table = load_table(write(tmp_path / "icd10cm-order-2027.txt", rows), least_codes=70)
    assert len(table.codes) == len(small_year()) + 1
    assert table.title("F01.9") == "Made-up F9"
    assert table.title("Z99.9") == "Only a short title"
    assert table.title("F01") is None


def test_a_plain_list_keeps_its_leaves(tmp_path):
    rows = ["# made up", "", "5", "F01-F09", *(code[:3] for code in small_year()), *small_year()]
    table = load_table(write(tmp_path / "list.txt", rows), fiscal_year=2030, least_codes=70)
    assert set(table.codes) == set(small_year())
    assert table.fiscal_year == 2030
    assert table.title("F01.9") is None


def test_the_published_plain_list_gives_the_shipped_codes():
    """Reads the list the shipped one is built from; guards against a stale or cut data file."""
    spec = importlib.util.find_spec("simple_icd_10_cm")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    source = Path(spec.submodule_search_locations[0], "data", "code-list-April-2026.txt")
    table = load_table(source)
    assert table.codes == icd10.bundled().codes
    assert table.fiscal_year == icd10.bundled().fiscal_year


def test_titles_with_older_accents_are_read(tmp_path):
    rows = [f"{code}  {title}é" for code, title in small_year().items()]
    file = tmp_path / "icd10cm-codes-2027.txt"
    file.write_bytes("\n".join(rows).encode("latin-1"))
    assert load_table(file, least_codes=70).title("F019") == "Made-up F9é"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("icd10cm-codes-2027.txt", b"", "part of a year"),
        ("icd10cm-codes-2027.txt", b"F411    Anxiety\n", "part of a year"),
        ("icd10cm-codes-2027.txt", b"CODE DESCRIPTION\nF411 Anxiety\n", "no code in line 1"),
        ("icd10cm-codes-2027.txt", b"F411 Anxiety\n<xml>\n", "no code in line 2"),
        ("icd10cm-codes-2027.zip", b"PK\x03\x04....", "unpack it"),
        ("icd10cm-codes-2027.txt", b"\x00\x01\x02", "not a text file"),
        ("codes.txt", b"F411 Anxiety\n", "fiscal year"),
        ("icd10cm-2026-to-2027.txt", b"F411 Anxiety\n", "fiscal year"),
    ],
)
def test_junk_is_refused_with_a_reason_and_what_to_do(tmp_path, name, content, why):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CodeFileError) as refused:
        load_table(file)
    assert isinstance(refused.value, UserFacingError)
    assert refused.value.code == "icd-file-refused"
    assert why in refused.value.message
    assert "has not changed" in refused.value.message
    assert "Choose the CDC file" in refused.value.message


def test_a_list_that_stops_in_the_middle_is_refused(tmp_path):
    whole = list(small_year())
    file = write(tmp_path / "icd10cm-codes-2027.txt", whole[: len(whole) // 2])
    with pytest.raises(CodeFileError, match="part of a year"):
        load_table(file, least_codes=10)


def test_a_missing_file_and_a_giant_one_are_refused(tmp_path, monkeypatch):
    with pytest.raises(CodeFileError, match="could not be read"):
        load_table(tmp_path / "icd10cm-codes-2027.txt")
    file = write(tmp_path / "icd10cm-codes-2028.txt", list(small_year()))
    monkeypatch.setattr("mediyn_desktop.codes.icd10_files._LARGEST_BYTES", 10)
    with pytest.raises(CodeFileError, match="too large"):
        load_table(file)
