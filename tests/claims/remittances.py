# SPDX-License-Identifier: MIT
"""835 files made by hand for tests: each claim with only what the test is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediyn_desktop.claims.x12.model835 import Remittance
from mediyn_desktop.claims.x12.reading import read_whole

PAID_ON = date(2026, 11, 20)


@dataclass(frozen=True)
class Clp:
    """One claim of a remittance, amounts in cents; adjustments as ``("CO", "45", 6000)``."""

    number: str
    charge: int
    paid: int
    adjustments: Sequence[tuple[str, str, int]] = ()
    status: str = "1"
    payer_number: str = "ICN1"
    remarks: Sequence[str] = ()
    member: str = "XYZ123456"
    service: date = date(2026, 11, 16)
    lines: Sequence[tuple[int, int, Sequence[tuple[str, str, int]]]] = field(default=())


def reversal(claim: Clp) -> Clp:
    """The same claim with its signs turned."""
    return Clp(
        claim.number,
        -claim.charge,
        -claim.paid,
        [(group, reason, -cents) for group, reason, cents in claim.adjustments],
        status="22",
        payer_number=claim.payer_number,
        member=claim.member,
        service=claim.service,
    )


def era(
    *claims: Clp,
    plb: Sequence[tuple[str, str, int]] = (),
    trace: str = "EFT1",
    amount: int | None = None,
    payer_id: str = "12345",
    payee: str = "1234567893",
    control: int = 1,
    on: date = PAID_ON,
    usage: str = "P",
) -> bytes:
    """Return an 835 as bytes; ``amount`` is what its parts come to unless given."""
    total = sum(one.paid for one in claims) - sum(cents for _, _, cents in plb)
    body = list(_body(claims, plb, trace, total if amount is None else amount, payer_id, payee, on))
    rows = [
        f"ST*835*{control:04d}",
        *body,
        f"SE*{len(body) + 2}*{control:04d}",
    ]
    header = [
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PROVIDER       "
        f"*{on:%y%m%d}*1200*^*00501*{control:09d}*0*{usage}*:",
        f"GS*HP*PAYER*PROVIDER*{on:%Y%m%d}*1200*{control}*X*005010X221A1",
    ]
    footer = [f"GE*1*{control}", f"IEA*1*{control:09d}"]
    return ("~\n".join([*header, *rows, *footer]) + "~\n").encode("ascii")


def remittance(*claims: Clp, **values: object) -> Remittance:
    """Return the one payment of such a file, as read."""
    found = [one for one in read_whole([era(*claims, **values)]) if isinstance(one, Remittance)]  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


def _body(
    claims: Sequence[Clp],
    plb: Sequence[tuple[str, str, int]],
    trace: str,
    amount: int,
    payer_id: str,
    payee: str,
    on: date,
) -> Iterator[str]:
    method = "ACH" if amount else "NON"
    yield f"BPR*I*{_money(amount)}*C*{method}************{on:%Y%m%d}"
    yield f"TRN*1*{trace}*1999999999"
    yield f"DTM*405*{on:%Y%m%d}"
    yield "N1*PR*BLUE PLAN"
    yield "N3*1 PAYER WAY"
    yield "N4*ALBANY*NY*12207"
    yield f"REF*2U*{payer_id}"
    yield "PER*BL*HELP*TE*8005550100"
    yield f"N1*PE*DANA REYES*XX*{payee}"
    if claims:
        yield "LX*1"
    for one in claims:
        owed = sum(cents for group, _, cents in one.adjustments if group == "PR")
        yield (
            f"CLP*{one.number}*{one.status}*{_money(one.charge)}*{_money(one.paid)}"
            f"*{_money(owed) if owed else ''}*12*{one.payer_number}*11*1"
        )
        yield f"NM1*QC*1*SAMPLE*ANA****MI*{one.member}"
        if one.remarks:
            yield "MOA***" + "*".join(one.remarks)
        lines = one.lines or [(one.charge, one.paid, one.adjustments)]
        for charge, paid, adjustments in lines:
            yield f"SVC*HC:90837*{_money(charge)}*{_money(paid)}**1"
            yield f"DTM*472*{one.service:%Y%m%d}"
            for group, reason, cents in adjustments:
                yield f"CAS*{group}*{reason}*{_money(cents)}"
    for reason, reference, cents in plb:
        yield f"PLB*{payee}*{on.year}1231*{reason}:{reference}*{_money(cents)}"


def _money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{sign}{dollars}.{rest:02d}" if rest else f"{sign}{dollars}"
