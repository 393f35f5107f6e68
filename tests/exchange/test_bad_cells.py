# SPDX-License-Identifier: MIT
"""Every bad cell is named by file, line and column, in plain words; nothing is written."""

from __future__ import annotations

import pytest
from sound_folder import PRACTICE, SOUND, WriteFolder, edit, rows_written, sessions

from mediyn_desktop.exchange.practice_folder import import_folder, read_folder
from mediyn_desktop.store.uow import Store

# File, line and column | what stands in the sound folder | what stands there instead | what is
# said. ¶ is a line's end, ∅ is nothing.
EDITS = """
clients.csv 2 first_name | Zoë | Zo\0 | control character
clients.csv 2 first_name | Zoë | Zo\x1b[31m | control character
clients.csv 2 dob | 1988-02-29 | 2026-02-30 | does not exist in the calendar
clients.csv 2 dob | 1988-02-29 | 1987-02-29 | does not exist in the calendar
clients.csv 2 dob | 1988-02-29 | 2/29/1988 | YYYY-MM-DD
clients.csv 2 dob | 1988-02-29 | 19880229 | YYYY-MM-DD
clients.csv 2 dob | 1988-02-29 | 1988-W09-1 | YYYY-MM-DD
clients.csv 2 dob | 1988-02-29 | 0088-02-29 | year
clients.csv 2 dob | 1988-02-29 | 2088-02-29 | in the future
clients.csv 2 sex | 1988-02-29,F | 1988-02-29,female | F, M, U
clients.csv 2 email | zoe@mail.example | zoe at mail | e-mail
clients.csv 2 phone | 503-555-0101 | 555-0101 | 10 digits
clients.csv 2 payment_type | self_pay | cash | self_pay, out_of_network, in_network, pro_bono
clients.csv 2 payment_type | self_pay | ∅ | blank
clients.csv 3 autopay | copay | yes | none, copay, full
clients.csv 4 superbill | month | monthly | session, month, none
clients.csv 3 diagnoses | F41.1 | anxiety | F41.1
clients.csv 3 diagnoses | F33.1 | F411 | twice
clients.csv 3 diagnoses | F41.1; | F41.1;; | between
payers.csv 3 ref | cedar | ce dar | letters, digits
payers.csv 2 state | 95,OR | 95,Oregon | two letters
payers.csv 2 zip | 97201 | 9720 | ZIP
payers.csv 2 claim_filing_code | BL | BLUE | CI
payers.csv 2 timely_filing_days | 90, | ninety, | whole number
payers.csv 3 telehealth_modifier | none | GQ | 95, GT, none
clinicians.csv 2 npi | 1245319599 | 1245319598 | last digit
clinicians.csv 2 npi | 1245319599 | 12453 | 10 digits
clinicians.csv 2 npi | 1245319599 | 3245319599 | 1 or 2
fees.csv 1 payerref | code,fee,payer_ref | code,fee,payerref | Did you mean payer_ref?
fees.csv 1 colour | code,fee,payer_ref | code,fee,colour | Its columns are: code, fee
fees.csv 1 fee | code,fee,payer_ref | code,fees,payer_ref | missing
fees.csv 3 fee | 150.00 | 150.005 | decimals
fees.csv 3 fee | 150.00 | -150 | below zero
fees.csv 3 fee | 150.00 | free | 150.00
fees.csv 6 code | LATE_CANCEL | LATE | LATE_CANCEL
fees.csv 7 fee | NO_SHOW,90 | LATE_CANCEL,90 | Line 6
fees.csv 4 payer_ref | bluefir | blue | payers.csv
coverage.csv 3 copay | 30.00 | -1 | below zero
coverage.csv 4 rank | c2,2, | c2,3, | 1 to 2
coverage.csv 4 relationship | spouse | wife | self, spouse, child, other
coverage.csv 2 effective_to | 2026-06-30 | 2025-06-30 | before it begins
coverage.csv 3 effective_from | 2026-06-30 | 2026-07-01 | Line 2
cards.csv 2 client_ref | c1,cus | c9,cus | clients.csv
cards.csv 2 stripe_payment_method | pm_card_visa | 4242 4242 4242 4242 | card number
cards.csv 2 stripe_payment_method | pm_card_visa | visa | pm_
cards.csv 2 stripe_customer | cus_A1 | A1 | cus_
cards.csv 2 last4 | 4242 | 242 | 4 digits
cards.csv 2 exp_month | 4242,4, | 4242,13, | 1 to 12
cards.csv 2 exp_year | 2029 | 29 | 2000 to 2099
cards.csv 2 consent_scope | sessions;fees | sessions;all | sessions, copays, fees
packages.csv 2 sold_on | 2026-03-01 | 2026-11-24 | has not come yet
packages.csv 2 sessions | ,3,100 | ,0,100 | 1 to 999
packages.csv 2 price | ,3,100 | ,3,0 | more than zero
packages.csv 2 code | 90834 | NO_SHOW | service code
payments.csv 2 date | 2026-03-02,200 | 2026-11-24,200 | has not come yet
payments.csv 2 amount | 200 | 0.00 | more than zero
payments.csv 2 amount | 200 | -200 | more than zero
payments.csv 2 method | check | Venmo | cash, check, card, other
opening_balances.csv 2 date_of_service | 2025-12-15 | 2026-11-24 | has not come yet
opening_balances.csv 2 amount | 60.25 | 60.255 | decimals
sessions.csv 4 clinician_ref | assoc | boss | clinicians.csv
practice.toml 3 entity | "individual" | "person" | individual, organization
practice.toml 4 npi | "individual"¶npi = "1234567893" | "individual"¶npi = "1" | 10 digits
practice.toml 5 tax_id | 12-3456789 | 1-23456789 | EIN
practice.toml 5 tax_id | tax_id_type = "EIN" | tax_id_type = "SSN" | SSN
practice.toml 5 taxid | tax_id = | taxid = | Did you mean tax_id?
practice.toml 7 taxonomy | "EIN"¶taxonomy = "1041C0700X" | "EIN"¶taxonomy = "LCSW" | 1041C0700X
practice.toml 9 | city = "Portland" | city = Portland | quotation marks
practice.toml 10 | city = "Portland" | state = "OR" | name once
practice.toml 11 zip | "97205" | 97205 | quotation marks
practice.toml 14 timezone | America/Los_Angeles | Pacific | America/New_York
practice.toml 2 name | "Juniper Lane Therapy" | " " | needs its name
practice.toml 16 last_name | last_name = "Okafor"¶ | ∅ | needs its last_name
"""

# The cells of a sound line of sessions.csv that are replaced | the column | what is said
SESSIONS = """
ref=a:b | ref | letters, digits
ref=../a | ref | beginning with a letter or digit
ref= | ref | blank
start=2026-03-02 09:00 | start | YYYY-MM-DDTHH:MM
start=2026-03-02T9:00 | start | YYYY-MM-DDTHH:MM
end=2026-03-02 | end | YYYY-MM-DDTHH:MM
end=2026-03-02T24:00 | end | 00 to 23
end=2026-03-02T09:53+5 | end | offset
end=2026-02-30T09:53 | end | does not exist
start=2026-03-08T02:10 end=2026-03-08T03:20 | start | clocks went forward
note_signed_at=2026-03-08T02:10 | note_signed_at | clocks went forward
end=2026-03-02T08:53 | end | before it starts
end=2026-03-02T09:00 | end | as it starts
end=2026-03-02T17:01 | end | 8.0 hours
break_minutes=-5 | break_minutes | 0 to 480
break_minutes=53 | break_minutes | as long as
kind=couple | kind | individual, intake, family_with_client
status=late | status | attended, late_cancel, no_show, cancelled
place=zoom | place | office, video_home
kind= | kind | attended
place= | place | attended
note_signed_at=2026-03-02T08:59 | note_signed_at | before the session began
do_not_bill_insurer=true | do_not_bill_insurer | yes
diagnoses=F4 | diagnoses | F41.1
"""


def _edits() -> list[tuple[dict[str, str], str, int, str, str]]:
    found = []
    for line in EDITS.strip().split("\n"):
        parts = (part.strip(" ") for part in line.split(" | "))
        place, old, new, said = (part.replace("¶", "\n").replace("∅", "") for part in parts)
        file, number, *column = place.split()
        found.append((edit(file, old, new), file, int(number), "".join(column), said))
    return found


def _session_edits() -> list[tuple[dict[str, str], str, int, str, str]]:
    found = []
    for line in SESSIONS.strip().split("\n"):
        cells, column, said = (part.strip() for part in line.split(" | "))
        parts = cells.replace(" end=", "\nend=").split("\n")
        changes = dict(part.split("=", 1) for part in parts)
        found.append((sessions(changes), "sessions.csv", 2, column, said))
    return found


NO_CLINICIAN = PRACTICE[: PRACTICE.index("[clinician]")]
LATE = {"start": "2026-03-02T09:30", "end": "2026-03-02T10:15"}
GROUP = {"kind": "group"}

WHOLE = [
    ({"fees.csv": ""}, "fees.csv", 1, "", "empty"),
    ({"fees.csv": " \n\n"}, "fees.csv", 1, "", "empty"),
    ({"fees.csv": "code,fee\n".encode("utf-16")}, "fees.csv", 1, "", "UTF-16"),
    ({"fees.csv": "code;fee\n90837;1\n"}, "fees.csv", 1, "", "not separated by commas"),
    ({"fees.csv": "code,,fee\n90837,,1\n"}, "fees.csv", 1, "", "no name"),
    ({"fees.csv": "code,fee,fee\n90837,1,1\n"}, "fees.csv", 1, "fee", "twice"),
    ({"fees.csv": "code,fee\n\n90837,180\n90834\n"}, "fees.csv", 4, "", "1 cells"),
    ({"fees.csv": "code,fee\n90837,1,200\n"}, "fees.csv", 2, "", "3 cells"),
    ({"fees.csv": 'code,fee\n"90837"x,1\n'}, "fees.csv", 2, "", "quotation marks"),
    ({"fees.csv": 'code,fee\r\n90837,1\r\n"90834,1\r\n'}, "fees.csv", 3, "", "quotation marks"),
    ({"fees.csv": f"code,fee\n90837,{'1' * 200_000}\n"}, "fees.csv", 2, "", "longer than"),
    ({"fees.csv": b"code,fee\n90837,1\n9083\xff,1\n"}, "fees.csv", 3, "code", "UTF-8"),
    ({"payers.csv": 'ref,name\nbluefir,B\ncedar,"C\nD"\n'}, "payers.csv", 3, "name", "line break"),
    (edit("clients.csv", "Zoë", "Z" * 81), "clients.csv", 2, "first_name", "at most 80"),
    (
        edit("clients.csv", "F41.1;F33.1", ";".join(f"F41.{n}" for n in "0123456789ABC")),
        "clients.csv",
        3,
        "diagnoses",
        "room for 12",
    ),
    ({"practice.toml": None}, "practice.toml", 1, "", "missing"),
    ({"practice.toml": "[practice"}, "practice.toml", 1, "", "ends too early"),
    ({"practice.toml": PRACTICE.encode("utf-16")}, "practice.toml", 1, "", "UTF-16"),
    (
        {"practice.toml": PRACTICE.encode().replace(b"Okafor", b"Ok\xe5for")},
        "practice.toml",
        18,
        "",
        "UTF-8",
    ),
    (
        {"practice.toml": PRACTICE[PRACTICE.index("[clinician]") :]},
        "practice.toml",
        1,
        "practice",
        "missing",
    ),
    (
        {"practice.toml": NO_CLINICIAN, "clinicians.csv": None, "sessions.csv": None},
        "practice.toml",
        1,
        "clinician",
        "missing",
    ),
    (
        {"practice.toml": NO_CLINICIAN} | sessions({}),
        "sessions.csv",
        2,
        "clinician_ref",
        "no [clinician]",
    ),
    (
        {"practice.toml": PRACTICE + '\n[office]\nname = "x"\n'},
        "practice.toml",
        25,
        "office",
        "[practice] and [clinician]",
    ),
    (
        {"practice.toml": 'practice = "x"\n' + PRACTICE[PRACTICE.index("[clinician]") :]},
        "practice.toml",
        1,
        "practice",
        "on a line of its own",
    ),
    (
        {"clients.csv": SOUND["clients.csv"] + "c1,A,B,,,,,,,,self_pay,,,\n"},
        "clients.csv",
        5,
        "ref",
        "on line 2",
    ),
    ({"payers.csv": SOUND["payers.csv"] + "cedar,C,,,,,,\n"}, "payers.csv", 4, "ref", "on line 3"),
    (
        {"clinicians.csv": SOUND["clinicians.csv"] + "me,A,B,\n"},
        "clinicians.csv",
        3,
        "ref",
        "in practice.toml",
    ),
    (
        sessions({}, {"start": "2026-03-03T09:00", "end": "2026-03-03T09:53"}),
        "sessions.csv",
        3,
        "ref",
        "on line 2",
    ),
    (sessions({"ref": "a" * 61}), "sessions.csv", 2, "ref", "60 letters"),
    (sessions(LATE, {"ref": "b", "client_ref": "c2"}), "sessions.csv", 3, "start", "line 2"),
    (
        sessions(GROUP, {**GROUP, "ref": "b", "client_ref": "c2", "end": "2026-03-02T09:54"}),
        "sessions.csv",
        3,
        "start",
        "line 2",
    ),
    (
        {"cards.csv": SOUND["cards.csv"] + SOUND["cards.csv"].splitlines()[1] + "\n"},
        "cards.csv",
        3,
        "stripe_payment_method",
        "Line 2",
    ),
]


@pytest.mark.parametrize(
    ("changes", "file", "line", "column", "said"),
    [*_edits(), *_session_edits(), *WHOLE],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    write_folder: WriteFolder,
    store: Store,
    changes: dict[str, str | bytes | None],
    file: str,
    line: int,
    column: str,
    said: str,
) -> None:
    report = import_folder(store, write_folder(changes))

    named = {(error.file, error.line, error.column): error.message for error in report.errors}
    assert said in named.get((file, line, column), f"{report.errors}")
    assert report.imported == {}
    assert rows_written(store) == {}


def test_every_bad_cell_is_listed_at_once_in_the_order_of_the_files(
    write_folder: WriteFolder,
) -> None:
    folder = write_folder(
        edit("practice.toml", '"97205"', '"9720"')
        | {
            "clients.csv": "ref,first_name,last_name,payment_type,dob,zip\n"
            "c1,A,B,cash,2026-02-30,1\n"
            "c2,,B,self_pay,,\n"
            "c 3,A,B,self_pay,,\n",
            "payments.csv": "client_ref,date,amount,method\n"
            "c1,2026-1-1,1.234,gold\n"
            "nobody,2026-01-01,1,cash\n"
            "c 3,2026-01-01,1,cash\n",
        }
        | dict.fromkeys(("coverage.csv", "packages.csv", "opening_balances.csv", "fees.csv"))
        | dict.fromkeys(("sessions.csv", "cards.csv"))
    )

    found = read_folder(folder)

    assert isinstance(found, list)
    assert [(one.file, one.line, one.column) for one in found] == [
        ("practice.toml", 11, "zip"),
        ("clients.csv", 2, "dob"),
        ("clients.csv", 2, "zip"),
        ("clients.csv", 2, "payment_type"),
        ("clients.csv", 3, "first_name"),
        ("clients.csv", 4, "ref"),
        ("payments.csv", 2, "date"),
        ("payments.csv", 2, "amount"),
        ("payments.csv", 2, "method"),
        ("payments.csv", 3, "client_ref"),
        ("payments.csv", 4, "client_ref"),
    ]


def test_a_bad_line_of_clients_makes_no_second_complaint_where_the_client_is_named(
    write_folder: WriteFolder,
) -> None:
    folder = write_folder(edit("clients.csv", "1988-02-29", "1988-02-30"))

    found = read_folder(folder)

    assert isinstance(found, list)
    assert [(one.file, one.line, one.column) for one in found] == [("clients.csv", 2, "dob")]


def test_an_unreadable_clients_file_makes_no_complaint_elsewhere(
    write_folder: WriteFolder,
) -> None:
    found = read_folder(write_folder({"clients.csv": b"\xff\xfea\0b\0"}))

    assert isinstance(found, list)
    assert [(one.file, one.line) for one in found] == [("clients.csv", 1)]


def test_messages_never_repeat_a_tax_number_or_carry_control_characters(
    write_folder: WriteFolder,
) -> None:
    folder = write_folder(
        edit("practice.toml", "12-3456789", "987-65-4321")
        | {"fees.csv": "code,fee\n90\u202e837,1\n"}
    )

    found = read_folder(folder)

    assert isinstance(found, list)
    said = "".join(one.message for one in found)
    assert "4321" not in said
    assert all(letter.isprintable() for letter in said)
