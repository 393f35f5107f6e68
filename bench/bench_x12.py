# SPDX-License-Identifier: MIT
"""What reading a remittance costs beside the bare minimum, and beside pyx12.

    PYTHONPATH=src python bench/bench_x12.py [claims]

Ours: ``reading.read`` and ``balance835``: every claim and line as values, every equation checked.
The floor: the same bytes in pieces of 64 KiB, split into segments and these into elements, nothing
kept. Both take turns and are measured in processor time. Two shapes of the same claims: as a large
payer sends them (15 segments a claim: names, groups, dates, amounts), and as short as they come
(9), where making the values weighs most. Target: at most 4. pyx12 validates the first shape once;
target: 15 times as long.

Memory: the highest that Python holds while a tenth of the file and the whole file are read.
"""

from __future__ import annotations

import io
import logging
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from random import Random
from statistics import median

import pyx12.params
import pyx12.x12n_document

from mediyn_desktop.claims.x12.balance835 import claim_differences, payment_differences
from mediyn_desktop.claims.x12.model835 import Payment, PaymentEnd, RemitClaim
from mediyn_desktop.claims.x12.reading import read

PIECE = 1 << 16
ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       "
    "*260309*1830*^*00501*000000101*0*P*:"
)
# Code, fee, allowed amounts of several contracts.
SERVICES = (
    *(("90837", 18000, (12000, 13150, 14275)), ("90834", 15000, (9800, 10425, 11010))),
    *(("90791", 22500, (14550, 16020, 17500)), ("90847", 17500, (11000, 12340, 12990))),
)
NAMES = ("MARLOWE*JUNE", "OKAFOR*ADA", "REYES*TOMAS", "LINDQVIST*SARA", "NAKAMURA*KEN")
PER_SET = 1000


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def claim(number: int, dice: Random, *, short: bool) -> tuple[list[str], int]:
    code, fee, contracts = dice.choice(SERVICES)
    allowed = dice.choice(contracts)
    owed = dice.choice((0, 1500, 2500, 4000, allowed // 5, allowed))
    paid = allowed - owed
    day = f"2026{dice.randint(1, 3):02d}{dice.randint(1, 28):02d}"
    group = "1" if owed == allowed else "3" if owed in (1500, 2500, 4000) else "2"
    extra = [] if short else [
        "NM1*82*1*OKAFOR*ADA****XX*1234567893",
        f"REF*1L*GRP{dice.randint(10, 60)}",
        "REF*CE*BEHAVIORAL HEALTH PPO",
        f"DTM*232*{day}",
        f"DTM*233*{day}",
        f"AMT*AU*{dollars(allowed)}",
    ]  # fmt: skip
    owes = dollars(owed) if owed else ""
    return [
        f"CLP*C{number:06d}*1*{dollars(fee)}*{dollars(paid)}*{owes}*12*26{number:08d}*11*1",
        f"NM1*QC*1*{dice.choice(NAMES)}****MI*XYZ{dice.randint(1, 99_999):08d}",
        *extra,
        "DTM*050*20260305",
        f"SVC*HC:{code}:95*{dollars(fee)}*{dollars(paid)}**1",
        f"DTM*472*{day}",
        f"CAS*CO*45*{dollars(fee - allowed)}",
        *([f"CAS*PR*{group}*{dollars(owed)}"] if owed else []),
        f"REF*6R*C{number:06d}L1",
        f"AMT*B6*{dollars(allowed)}",
    ], paid


def remittance(claims: int, *, short: bool = False) -> bytes:
    dice = Random(835)
    rows = [ISA, "GS*HP*PAYER*PRACTICE*20260309*1830*7*X*005010X221A1"]
    sets = range(0, claims, PER_SET)
    for number, start in enumerate(sets, start=1):
        body: list[str] = []
        total = 0
        for each in range(start, min(start + PER_SET, claims)):
            segments, paid = claim(each, dice, short=short)
            body += segments
            total += paid
        head = [
            f"ST*835*{number:04d}",
            f"BPR*I*{dollars(total)}*C*CHK************20260310",
            f"TRN*1*CHK{number}*1999999999",
            "DTM*405*20260309",
            "N1*PR*PRAIRIE HEALTH PLAN",
            "N3*1 PLAIN STREET",
            "N4*ALBANY*NY*12207",
            "PER*BL*PRAIRIE*TE*8005550100",
            "N1*PE*QUIET ROOM THERAPY*XX*1234567893",
            "LX*1",
        ]
        rows += [*head, *body, f"SE*{len(head) + len(body) + 1}*{number:04d}"]
    rows += [f"GE*{len(sets)}*7", "IEA*1*000000101"]
    return "".join(f"{row}~\n" for row in rows).encode()


def pieces(data: bytes) -> Iterator[bytes]:
    stream = io.BytesIO(data)
    while piece := stream.read(PIECE):
        yield piece


def split(data: bytes) -> Iterator[list[str]]:
    rest = ""
    for piece in pieces(data):
        *whole, rest = (rest + piece.decode()).split("~")
        for segment in whole:
            yield segment.strip().split("*")


def floor(data: bytes) -> int:
    segments = 0
    for _ in split(data):
        segments += 1
    return segments


def ours(data: bytes) -> int:
    balanced = 0
    payment: Payment | None = None
    for item in read(pieces(data)):
        if isinstance(item, RemitClaim):
            balanced += not claim_differences(item)
        elif isinstance(item, Payment):
            payment = item
        elif isinstance(item, PaymentEnd):
            assert payment is not None
            assert not payment_differences(payment, item)
    return balanced


def spent(run: Callable[[bytes], int], data: bytes) -> float:
    start = time.process_time()
    run(data)
    return time.process_time() - start


def highest(data: bytes) -> float:
    tracemalloc.start()
    ours(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / (1 << 20)


def compare(what: str, data: bytes, rounds: int = 7) -> float:
    """Print how ours stands to the floor; return our seconds."""
    times = [(spent(floor, data), spent(ours, data)) for _ in range(rounds)]
    bare, own = (median(column) for column in zip(*times, strict=True))
    ratio = median(own / bare for bare, own in times)
    print(
        f"{what:24} {len(data) / 1e6:5.2f} MB, {floor(data):7,} segments: split {bare * 1e3:5.0f} "
        f"ms, read and balanced {own * 1e3:5.0f} ms: {ratio:4.2f} times (at most 4)"
    )
    return own


def validate(data: bytes) -> int:
    text = io.StringIO(data.decode())
    pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), text, None, None)
    return 0


def main() -> None:
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    logging.getLogger("pyx12").setLevel(logging.CRITICAL + 1)
    full = remittance(claims)
    assert ours(full) == claims
    own = compare("as a payer sends them", full)
    compare("as short as can be", remittance(claims, short=True))
    small, large = highest(remittance(claims // 10)), highest(full)
    print(f"memory: {small:.1f} MB for a tenth of the file, {large:.1f} MB for all of it")
    foreign = spent(validate, full)
    print(f"pyx12 validates the first file in {foreign:.1f} s: {foreign / own:.0f} times (15)")


if __name__ == "__main__":
    main()
