# SPDX-License-Identifier: MIT
"""Answers of an invented payer, built from their segments, in sound envelopes."""

from __future__ import annotations

from collections.abc import Iterable

from mediyn_desktop.claims.x12.balance835 import Balance, balance
from mediyn_desktop.claims.x12.inbound import Flaw, NotReadHere
from mediyn_desktop.claims.x12.model835 import RemitClaim, Remittance
from mediyn_desktop.claims.x12.reading import Whole, read_whole

GUIDES = {
    "835": ("HP", "005010X221A1"),
    "999": ("FA", "005010X231A1"),
    "277": ("HN", "005010X214"),
    "271": ("HB", "005010X279A1"),
}
ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       "
    "*260309*1830*^*00501*000000101*0*P*:"
)

HEADER = (
    "TRN*1*CHK1001*1999999999",
    "DTM*405*20260309",
    "N1*PR*PRAIRIE HEALTH PLAN",
    "N3*1 PLAIN STREET",
    "N4*ALBANY*NY*12207",
    "REF*2U*60054",
    "PER*BL*PRAIRIE*TE*8005550100",
    "N1*PE*QUIET ROOM THERAPY*XX*1234567893",
    "REF*TJ*123456789",
    "LX*1",
)

# The worked example C of the fact sheet: allowed 120.00, deductible 40.00, coinsurance 16.00.
CLAIM = (
    "CLP*C1001*1*180.00*64.00*56.00*12*PCN9*11*1",
    "NM1*QC*1*MARLOWE*JUNE****MI*XYZ00123456",
    "DTM*050*20260304",
    "SVC*HC:90837:95*180.00*64.00**1",
    "DTM*472*20260302",
    "CAS*CO*45*60.00",
    "CAS*PR*1*40.00**2*16.00",
    "REF*6R*C1001L1",
    "AMT*B6*120.00",
)


def bpr(paid: str, method: str = "ACH") -> str:
    return f"BPR*I*{paid}*C*{method}*CCP*01*111000025*DA*1*1999999999**01*071000013*DA*2*20260310"


def transaction(code: str, body: Iterable[str], number: str = "0001") -> list[str]:
    segments = [f"ST*{code}*{number}", *body]
    return [*segments, f"SE*{len(segments) + 1}*{number}"]


def wrap(code: str, *bodies: Iterable[str], end: str = "~\n", version: str = "") -> bytes:
    """One interchange with one set for each of ``bodies``."""
    function, guide = GUIDES[code]
    rows = [ISA, f"GS*{function}*PAYER*PRACTICE*20260309*1830*7*X*{version or guide}"]
    for number, body in enumerate(bodies, start=1):
        rows += transaction(code, body, f"{number:04d}")
    rows += [f"GE*{len(bodies)}*7", "IEA*1*000000101"]
    return "".join(row + end for row in rows).encode()


def remit(*claims: Iterable[str], paid: str, plb: Iterable[str] = ()) -> bytes:
    """An 835 that pays ``paid`` for ``claims``."""
    body = [bpr(paid), *HEADER, *(segment for claim in claims for segment in claim), *plb]
    return wrap("835", body)


def claim(*lines: str, status: str = "1", number: str = "C1001", payers: str = "PCN9") -> list[str]:
    """A claim whose charge and payment are the sums of its SVC lines."""
    charge = paid = 0
    for line in lines:
        if line.startswith("SVC"):
            _, _, charged, payment, *_ = line.split("*")
            charge, paid = charge + cents_of(charged), paid + cents_of(payment)
    return [f"CLP*{number}*{status}*{dollars(charge)}*{dollars(paid)}**12*{payers}*11*1", *lines]


def cents_of(text: str) -> int:
    return round(float(text) * 100)


def dollars(cents: int) -> str:
    return f"{cents / 100:.2f}"


def whole(data: bytes) -> list[Whole]:
    return list(read_whole([data]))


def remittance(data: bytes) -> Remittance:
    """The one remittance in ``data``, with no complaint about the file around it."""
    (found,) = whole(data)
    assert isinstance(found, Remittance)
    return found


def only_claim(*segments: str, paid: str) -> RemitClaim:
    (found,) = remittance(remit(segments, paid=paid)).claims
    return found


def balance_of(data: bytes) -> Balance:
    return balance(remittance(data))


def codes(flaws: Iterable[Flaw]) -> list[str]:
    return [flaw.code for flaw in flaws]


def flaws_in(data: bytes) -> list[Flaw]:
    """Every flaw in a file, wherever it is noted."""
    found: list[Flaw] = []
    for item in whole(data):
        if isinstance(item, Flaw):
            found.append(item)
        elif isinstance(item, NotReadHere):
            found += item.flaws
        else:
            found += item.flaws
    return found
