# SPDX-License-Identifier: MIT
"""Writing claims against pyx12 validating the same file: ``python bench/bench_837p.py``.

1,000 claims of 250 invented subscribers in one transaction. Timed are writing them from values to
text, our own rules over that text (split, grouped into loops and judged), and pyx12's validation
of it. Printed: best of three in milliseconds and the ratios; fails below the floor.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

import pyx12.params  # noqa: E402
import pyx12.x12n_document  # noqa: E402

from mediyn_desktop.claims.x12 import check837p  # noqa: E402, F401  (silences pyx12's log)
from mediyn_desktop.claims.x12 import model837p as x12  # noqa: E402
from mediyn_desktop.claims.x12.claim837p import write_837p  # noqa: E402
from mediyn_desktop.claims.x12.envelope import Envelope  # noqa: E402
from mediyn_desktop.claims.x12.scrub.running import scrub  # noqa: E402
from mediyn_desktop.claims.x12.segments import tokenize  # noqa: E402

CLAIMS = 1_000
FLOOR = 10  # times faster than pyx12 validates


def batch(many: int) -> x12.Batch:
    """Return ``many`` claims: four sessions each of invented people."""
    home = x12.Address("9 Oak Ave", "Springfield", "IL", "62701")
    office = x12.Address("12 Elm Street", "Springfield", "IL", "62704-1234")
    practice = x12.Organization("Quiet Room Therapy PLLC")
    first = x12.Claim(
        control_number="C0",
        total_cents=17_500,
        place="10",
        diagnoses=("F41.1", "F33.1"),
        lines=(x12.Line("90837", 17_500, date(2026, 3, 2), "L1", modifiers=("95",)),),
        subscriber=x12.Subscriber(
            "M0", x12.Person("Marlowe", "June"), date(1988, 7, 4), "F", home, "GRP77"
        ),
        payer=x12.Payer("Prairie Health Plan", "60054"),
        rendering=x12.Rendering(x12.Person("Okafor", "Ada"), "1234567893", "101YM0800X"),
    )
    claims = []
    for number in range(many):
        line = replace(
            first.lines[0],
            control_number=f"C{number}L1",
            service_date=date(2026, 3, 2) - timedelta(days=number % 4 * 7),
        )
        insured = replace(first.subscriber, member_id=f"M{number // 4}")
        claims.append(
            replace(first, control_number=f"C{number}", lines=(line,), subscriber=insured)
        )
    return x12.Batch(
        reference="B1",
        submitter=x12.Submitter(practice, "SUB1", phone="217-555-0142"),
        receiver=x12.Receiver("Clearing House", "RCV9"),
        billing=x12.BillingProvider(practice, "1558598797", "123456789", "EIN", office),
        claims=tuple(claims),
    )


ENVELOPE = Envelope("SENDER01", "RECEIVER01", 1, 1, 1, "T", datetime(2026, 3, 9, 18, 30))  # noqa: DTZ001  (wall time)


def best(work: Callable[[], object]) -> float:
    """Return the best of three runs, in milliseconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def validate(text: str) -> None:
    """Validate with pyx12; a file it refuses would prove nothing."""
    report = io.StringIO()
    parameters = pyx12.params.ParamsBase()
    source = io.StringIO(text)
    if not pyx12.x12n_document.x12n_document(parameters, source, None, None, fd_json=report):
        raise SystemExit("pyx12 refuses the file")


def main() -> int:
    """Measure and judge."""
    claims = batch(CLAIMS)
    text = write_837p(claims, interchange=ENVELOPE)
    if found := scrub(tokenize(text)):
        raise SystemExit(f"the scrubber refuses the file: {found[0].message}")
    writing = best(lambda: write_837p(claims, interchange=ENVELOPE))
    scrubbing = best(lambda: scrub(tokenize(text)))
    validating = best(lambda: validate(text))
    print(f"{CLAIMS:,} claims, {len(text) / 1024:,.0f} KiB")
    print(f"writing       {writing:10.1f} ms   {validating / writing:6.1f}x faster than pyx12")
    print(f"own rules     {scrubbing:10.1f} ms   {validating / scrubbing:6.1f}x faster than pyx12")
    print(f"pyx12         {validating:10.1f} ms")
    ratio = validating / writing
    print(f"floor {FLOOR}x: {'held' if ratio >= FLOOR else 'MISSED'}")
    return 0 if ratio >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
