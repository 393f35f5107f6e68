# SPDX-License-Identifier: MIT
"""A small practice folder with nothing wrong, ways to spoil it, and what an import left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import func, select

from mediyn_desktop.schema import METADATA
from mediyn_desktop.store.uow import Store

# Writes the sound folder with some files replaced, or left out (None), and returns its path.
WriteFolder = Callable[..., Path]

PRACTICE = """\
[practice]
name = "Juniper Lane Therapy"
entity = "individual"
npi = "1234567893"
tax_id = "12-3456789"
tax_id_type = "EIN"
taxonomy = "1041C0700X"
address1 = "12 Juniper Lane"
city = "Portland"
state = "OR"
zip = "97205"
phone = "(503) 555-0142"
email = "hello@juniper.example"
timezone = "America/Los_Angeles"

[clinician]
first_name = "Marisol"
last_name = "Okafor"
credential = "LCSW"
npi = "1234567893"
license_number = "L1234"
license_state = "OR"
taxonomy = "1041C0700X"
"""

SOUND: Mapping[str, str] = {
    "practice.toml": PRACTICE,
    "clinicians.csv": "ref,first_name,last_name,npi\nassoc,Ida,Nygård,1245319599\n",
    "payers.csv": (
        "ref,name,payer_id,claim_filing_code,timely_filing_days,telehealth_modifier,state,zip\n"
        "bluefir,Blue Fir Health,BFH01,BL,90,95,OR,97201\n"
        "cedar,Cedar Plan,CED22,CI,,none,WA,98101\n"
    ),
    "clients.csv": (
        "ref,first_name,last_name,preferred_name,dob,sex,email,phone,state,zip,payment_type,"
        "diagnoses,autopay,superbill\n"
        "c1,Zoë,O'Brien,,1988-02-29,F,zoe@mail.example,503-555-0101,OR,97202,self_pay,,full,none\n"
        "c2,<b>Rui</b>,“Fox” & Söhne,Rui,1990-07-04,M,,,OR,97202,in_network,"
        "F41.1;F33.1,copay,none\n"
        'c3,李,"Smith, Jr.",,1979-12-31,U,,,,,out_of_network,F43.10,none,month\n'
    ),
    "coverage.csv": (
        "client_ref,rank,payer_ref,member_id,relationship,copay,effective_from,effective_to\n"
        "c2,1,bluefir,M1,self,25,2026-01-01,2026-06-30\n"
        "c2,1,cedar,M2,self,30.00,2026-07-01,\n"
        "c2,2,bluefir,M1,spouse,,2026-07-01,\n"
    ),
    "fees.csv": (
        "code,fee,payer_ref,client_ref,effective_from\n"
        "90837,180,,,2026-01-01\n"
        "90834,150.00,,,2026-01-01\n"
        "90837,140,bluefir,,2026-01-01\n"
        "90834,120,,c3,2026-02-01\n"
        "LATE_CANCEL,75,,,\n"
        "NO_SHOW,90,,,\n"
    ),
    "cards.csv": (
        "client_ref,stripe_customer,stripe_payment_method,brand,last4,exp_month,exp_year,"
        "consent_date,consent_scope\n"
        "c1,cus_A1,pm_card_visa,visa,4242,4,2029,2026-01-02,sessions;fees\n"
    ),
    "sessions.csv": (
        "ref,client_ref,clinician_ref,start,end,break_minutes,kind,status,place,diagnoses,"
        "note_signed_at,do_not_bill_insurer\n"
        "s1,c1,,2026-03-02T09:00,2026-03-02T09:53,,individual,attended,office,,"
        "2026-03-02T12:00,\n"
        "s2,c2,,2026-03-02T10:00,2026-03-02T10:45,0,individual,attended,video_home,,"
        "2026-03-02T12:05,\n"
        "s3,c3,assoc,2026-03-02T10:00,2026-03-02T10:50,5,individual,attended,office,F43.10,"
        "2026-03-02T12:05:30-08:00,\n"
        "s4,c1,,2026-03-03T09:00,2026-03-03T09:50,,individual,late_cancel,office,,"
        "2026-03-03T09:10,\n"
        "s5,c1,,2026-03-04T09:00,2026-03-04T09:53,,individual,attended,office,,,\n"
    ),
    "packages.csv": "client_ref,sold_on,sessions,price,code\nc3,2026-03-01,3,100,90834\n",
    "payments.csv": (
        "client_ref,date,amount,method\nc1,2026-03-02,200,check\nc2,2026-03-02,25,card\n"
    ),
    "opening_balances.csv": (
        "client_ref,date_of_service,amount\nc1,2025-12-15,60.25\nc3,2025-12-01,-20\n"
    ),
}


def edit(file: str, old: str, new: str) -> dict[str, str]:
    """Return ``file`` of the sound folder with ``old``, which occurs once, replaced."""
    text = SOUND[file]
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {file}"
    return {file: text.replace(old, new)}


USUAL = {
    "ref": "s1",
    "client_ref": "c1",
    "start": "2026-03-02T09:00",
    "end": "2026-03-02T09:53",
    "break_minutes": "",
    "kind": "individual",
    "status": "attended",
    "place": "office",
    "diagnoses": "",
    "note_signed_at": "",
    "do_not_bill_insurer": "",
}


def sessions(*changes: dict[str, str]) -> dict[str, str]:
    """Return a sessions.csv whose lines differ from a sound one in ``changes``."""
    lines = [",".join({**USUAL, **one}.values()) for one in changes]
    return {"sessions.csv": "\n".join([",".join(USUAL), *lines, ""])}


def rows_written(store: Store) -> dict[str, int]:
    """Return how many rows each table has that is not empty."""
    with store.read() as read:
        counted = {
            table.name: read.session.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
        }
    return {name: many for name, many in counted.items() if many}
