# SPDX-License-Identifier: MIT
"""A made-up remittance for the pictures: one claim denied, one paid in part, one nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mediyn_desktop.claims.listing import ClaimRow, ClaimsAsked, claim_rows, find_claims
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.practice.tables import Coverage, Practice
from mediyn_desktop.store.uow import Reading

_STRANGER = "X4471"


def remittance(read: Reading, *, trace: str, group: str) -> bytes:
    """Return a remittance about the claims that stand in ``group`` of the list."""
    rows = claim_rows(read, find_claims(read, ClaimsAsked(group=group)))
    rows.sort(key=lambda row: row.id)
    claim = read.session.get_one(Claim, rows[0].id)
    payer = read.session.get_one(Coverage, claim.coverage_id).payer
    practice = read.session.get_one(Practice, 1)
    body = list(_body(rows, trace, payer.payer_id or "", practice.npi or "", read.today))
    head = [
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PROVIDER       "
        f"*{read.today:%y%m%d}*1200*^*00501*{len(trace):09d}*0*T*:",
        f"GS*HP*PAYER*PROVIDER*{read.today:%Y%m%d}*1200*1*X*005010X221A1",
        "ST*835*0001",
    ]
    tail = [f"SE*{len(body) + 2}*0001", "GE*1*1", f"IEA*1*{len(trace):09d}"]
    return ("~".join([*head, *body, *tail]) + "~").encode("ascii")


def _body(rows: list[ClaimRow], trace: str, payer: str, payee: str, today: date) -> Iterator[str]:
    decided = [_decided(place, row) for place, row in enumerate(rows)]
    total = sum(paid for paid, _ in decided) + 9000
    yield f"BPR*I*{_money(total)}*C*ACH************{today:%Y%m%d}"
    yield f"TRN*1*{trace}*1999999999"
    yield f"N1*PR*{rows[0].payer}"
    yield f"REF*2U*{payer}"
    yield f"N1*PE*MADE UP PRACTICE*XX*{payee}"
    yield "LX*1"
    for place, (row, (paid, adjusted)) in enumerate(zip(rows, decided, strict=True)):
        owed = sum(cents for group, _, cents in adjusted if group == "PR")
        yield (
            f"CLP*{row.control_number}*{1 if paid else 4}*{_money(row.total_cents)}*{_money(paid)}"
            f"*{_money(owed) if owed else ''}*12*ICN{place}{row.id}*11*1"
        )
        yield "NM1*QC*1*SAMPLE*MADE UP"
        yield f"SVC*HC:90837*{_money(row.total_cents)}*{_money(paid)}**1"
        yield f"DTM*472*{row.date_of_service:%Y%m%d}"
        for group, reason, cents in adjusted:
            yield f"CAS*{group}*{reason}*{_money(cents)}"
    yield f"CLP*{_STRANGER}*1*{_money(9000)}*{_money(9000)}**12*ICN99*11*1"
    yield "NM1*QC*1*STRANGER*MADE UP"
    yield f"SVC*HC:90834*{_money(9000)}*{_money(9000)}**1"
    yield f"DTM*472*{today:%Y%m%d}"


def _decided(place: int, row: ClaimRow) -> tuple[int, list[tuple[str, str, int]]]:
    """What is paid of a claim, and how the rest is explained, in turns."""
    match place % 3:
        case 0:
            return 0, [("CO", "197", row.total_cents)]
        case 1:
            agreed = row.total_cents // 5
            return row.total_cents - agreed - 2000, [("CO", "45", agreed), ("PR", "1", 2000)]
        case _:
            return 0, [("PR", "27", row.total_cents)]


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
