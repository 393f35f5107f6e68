# SPDX-License-Identifier: MIT
"""A sound folder is read exactly: text, money, dates, instants; oddities that are no errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from sound_folder import PRACTICE, SOUND, WriteFolder, edit, sessions

from mediyn_desktop.codes.vocabulary import ConsentScope, PaymentType
from mediyn_desktop.exchange.practice_folder import CellError, FolderContent, read_folder
from mediyn_desktop.exchange.practice_folder.csv_files import FolderUnreadable


def read(folder: Path) -> FolderContent:
    """Read a folder that must be sound."""
    found = read_folder(folder)
    assert isinstance(found, FolderContent), found
    return found


def test_the_sound_folder_has_neither_errors_nor_warnings(write_folder: WriteFolder) -> None:
    assert read(write_folder()).warnings == ()


def test_names_with_markup_quotes_and_other_scripts_are_kept_exactly(
    write_folder: WriteFolder,
) -> None:
    clients = read(write_folder()).clients

    assert [(one.first_name, one.last_name) for one in clients] == [
        ("Zoë", "O'Brien"),
        ("<b>Rui</b>", "“Fox” & Söhne"),
        ("李", "Smith, Jr."),
    ]


def test_decomposed_letters_are_composed(write_folder: WriteFolder) -> None:
    content = read(write_folder(edit("clients.csv", "Zoë", "Zoe\u0308")))

    assert content.clients[0].first_name == "Zo\u00eb"


def test_a_formula_is_only_text(write_folder: WriteFolder) -> None:
    content = read(write_folder(edit("clients.csv", "Zoë", "=1+1")))

    assert content.clients[0].first_name == "=1+1"


def test_cells_become_cents_dates_words_and_digits(write_folder: WriteFolder) -> None:
    content = read(write_folder())

    assert content.practice is not None
    assert (content.practice.tax_id, content.practice.phone) == ("123456789", "5035550142")
    assert content.zone.key == "America/Los_Angeles"
    assert [one.ref for one in content.clinicians] == ["me", "assoc"]
    assert content.clients[0].dob == dt.date(1988, 2, 29)
    assert content.clients[1].payment_type is PaymentType.IN_NETWORK
    assert content.clients[1].diagnoses == ("F411", "F331")
    assert [one.copay for one in content.coverage] == [2500, 3000, None]
    assert content.cards[0].consent_scope == (ConsentScope.SESSIONS, ConsentScope.FEES)
    assert [one.amount for one in content.opening_balances] == [6025, -2000]


@pytest.mark.parametrize(
    "make",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n", ",,\n"),
        lambda text: text + ",,,,\n",
        lambda text: text.replace(",", " , "),
    ],
    ids=["bom", "crlf", "cr", "blank lines", "no last line end", "commas", "empty row", "blanks"],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(write_folder: WriteFolder, make) -> None:  # type: ignore[no-untyped-def]
    content = read(write_folder({"fees.csv": make(SOUND["fees.csv"])}))

    assert [(one.code, one.fee) for one in content.fees][:2] == [("90837", 18000), ("90834", 15000)]
    assert len(content.fees) == 6


def test_lines_are_counted_as_an_editor_counts_them(write_folder: WriteFolder) -> None:
    found = read_folder(write_folder({"payers.csv": 'ref,name\n\nbluefir,"B\n\nB"\n\ncedar,\n'}))

    assert isinstance(found, list)
    assert [(one.line, one.column) for one in found] == [(3, "name"), (7, "name")]


def test_files_and_columns_that_are_not_needed_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "practice.toml").write_text(PRACTICE)
    (tmp_path / "clients.csv").write_text("payment_type,last_name,first_name,ref\npro_bono,B,A,x\n")

    content = read(tmp_path)

    assert content.sessions == ()
    assert content.clients[0].superbill == "none"


def test_a_clinicians_own_ref_is_what_a_blank_means(write_folder: WriteFolder) -> None:
    content = read(
        write_folder(edit("practice.toml", "[clinician]", '[clinician]\nref = "marisol"'))
    )

    assert [one.clinician_ref for one in content.sessions][:3] == ["marisol", "marisol", "assoc"]


def test_the_usual_clinician_may_be_named_by_ref(write_folder: WriteFolder) -> None:
    content = read(write_folder(edit("sessions.csv", "s5,c1,,", "s5,c1,me,")))

    assert content.sessions[-1].clinician_ref == "me"


def test_times_are_the_practices_own_unless_they_carry_an_offset(
    write_folder: WriteFolder,
) -> None:
    content = read(
        write_folder(
            sessions(
                {},
                {
                    "ref": "b",
                    "start": "2026-03-03T01:30:00Z",
                    "end": "2026-03-02T20:15:30-06:00",
                },
            )
        )
    )

    local, offset = content.sessions
    assert local.starts_at == dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)
    assert (offset.ends_at - offset.starts_at) == dt.timedelta(minutes=45, seconds=30)
    assert offset.date_of_service == dt.date(2026, 3, 2)  # still March 2 in Portland


# America/Los_Angeles goes forward on 2026-03-08 at 02:00 and back on 2026-11-01 at 02:00.
@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-08T01:30", "2026-03-08T03:23", 53),
        ("2026-11-01T00:30", "2026-11-01T01:15", 45),
        ("2026-11-01T00:30", "2026-11-01T02:00", 150),
        ("2026-11-01T01:40", "2026-11-01T01:25", 45),
        ("2026-11-01T01:40-07:00", "2026-11-01T01:40-08:00", 60),
        ("2026-11-01T01:15-08:00", "2026-11-01T02:00", 45),
    ],
)
def test_a_night_when_clocks_change_has_true_minutes(
    write_folder: WriteFolder, start: str, end: str, minutes: int
) -> None:
    content = read(write_folder(sessions({"start": start, "end": end})))

    (held,) = content.sessions
    assert held.ends_at - held.starts_at == dt.timedelta(minutes=minutes)


OTHER = {"ref": "b", "client_ref": "c2"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"start": "2026-03-02T09:53", "end": "2026-03-02T10:40"}),
        ({"status": "cancelled"}, {}),
        ({"status": "no_show", "kind": "", "place": ""}, {}),
        ({}, {"status": "late_cancel"}),
        ({"kind": "group"}, {"kind": "group"}),
    ],
    ids=["one after another", "cancelled", "missed", "cancelled late", "one group"],
)
def test_sessions_that_do_not_collide(
    write_folder: WriteFolder, first: Mapping[str, str], second: Mapping[str, str]
) -> None:
    content = read(write_folder(sessions({**first}, {**OTHER, **second})))

    assert len(content.sessions) == 2


def test_a_cancelled_session_may_carry_a_signature(write_folder: WriteFolder) -> None:
    signed = {"status": "cancelled", "note_signed_at": "2026-03-02T09:10"}

    assert read(write_folder(sessions(signed))).sessions[0].signed_at is not None


def test_an_opening_balance_of_zero_says_nothing(write_folder: WriteFolder) -> None:
    content = read(write_folder(edit("opening_balances.csv", "60.25", "0.00")))

    assert [one.client_ref for one in content.opening_balances] == ["c3"]


WARNED = [
    (edit("clients.csv", "F43.10", "F43.1"), "clients.csv", 4, "diagnoses", "heading"),
    (edit("clients.csv", "F41.1;", "F41.1;F99.9X;"), "clients.csv", 3, "diagnoses", "not in"),
    (edit("clients.csv", "F41.1;F33.1", ""), "clients.csv", 3, "diagnoses", "no diagnosis"),
    (sessions({"diagnoses": "F43.10;F43.2"}), "sessions.csv", 2, "diagnoses", "heading"),
    (
        edit("practice.toml", 'timezone = "America/Los_Angeles"\n', ""),
        "practice.toml",
        1,
        "timezone",
        "America/New_York",
    ),
    ({"client.csv": "ref\n"}, "client.csv", 1, "", "Did you mean clients.csv?"),
    ({"Fees.CSV": "x\n"}, "Fees.CSV", 1, "", "Did you mean fees.csv?"),
    ({"clients.xlsx": "x\n"}, "clients.xlsx", 1, "", "not read"),
    (
        {"payments.csv": SOUND["payments.csv"] + "c1,2026-03-02,200.00,check\n"},
        "payments.csv",
        4,
        "amount",
        "Line 2",
    ),
]


@pytest.mark.parametrize(("changes", "file", "line", "column", "said"), WARNED)
def test_what_deserves_a_look_is_a_warning_and_no_error(
    write_folder: WriteFolder,
    changes: Mapping[str, str],
    file: str,
    line: int,
    column: str,
    said: str,
) -> None:
    warnings = read(write_folder(changes)).warnings

    assert [(one.file, one.line, one.column) for one in warnings] == [(file, line, column)]
    assert said in warnings[0].message


def test_files_that_are_no_tables_are_nobodys_business(write_folder: WriteFolder) -> None:
    folder = write_folder({"README.md": "hi", ".DS_Store": "x", "scan.pdf": "x", "readme.txt": "x"})
    (folder / "older").mkdir()

    assert read(folder).warnings == ()


def test_a_client_whose_sessions_name_diagnoses_needs_none_of_their_own(
    write_folder: WriteFolder,
) -> None:
    changes = edit("clients.csv", "F41.1;F33.1", "") | sessions(
        {"client_ref": "c2", "diagnoses": "F41.1"}
    )

    assert read(write_folder(changes)).warnings == ()


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(FolderUnreadable, match="Nothing was imported"):
        read_folder(tmp_path / "nowhere")


def test_a_cell_error_sorts_by_file_and_line() -> None:
    assert CellError("a.csv", 2, "x", "m") < CellError("a.csv", 10, "x", "m")
