# SPDX-License-Identifier: MIT
"""Superbills against a plain reportlab page of the same words: ``python bench/bench_superbill.py``.

The yardstick draws every string of the same superbills at the same places with
``Canvas.drawString`` in DejaVu Sans (whole faces, embedded by reportlab) and the same number of
rules: no layout, no checks. Both sides run in fresh processes, turn about, in this one call, with
whatever accelerator is installed. Printed: CPU milliseconds, ratios of the medians, peak memory.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
NAMES = ("Zoë Škvorecký", "Ana O’Neil", "Michael Brown", "Priya Natarajan", "Jo Park")


def superbill(place: int):
    """Return the superbill of one client with eight paid sessions."""
    from mediyn_desktop.documents import superbill as sb

    start = date(2026, 8, 3)
    lines = tuple(
        sb.Line(
            date_of_service=start + timedelta(days=7 * week), place_of_service="10",
            code="90834", label="Individual therapy, 45 min", modifiers=("95",),
            pointers=("A", "B"), charged_cents=15_000 + place, paid_cents=15_000 + place,
        )
        for week in range(8)
    )  # fmt: skip
    return sb.SuperbillData(
        number=f"2026-{place:04}",
        issue_date=date(2026, 11, 23),
        provider=sb.Provider(
            legal_name="Dana M. Reyes", credential="LCSW", npi="1234567893", tax_id="12-3456789",
            license_number="LCS-104822", license_state="CA", phone="(510) 555-0142",
            address=("1280 Shattuck Avenue, Suite 4", "Berkeley, CA 94709"),
            practice_name="Quiet Harbor Psychotherapy", taxonomy="1041C0700X",
        ),
        client=sb.Client(
            NAMES[place % len(NAMES)], date(1988, 3, 14), "F",
            (f"{place} Hillegass Avenue", "Oakland, CA 94618"), "(510) 555-0199",
        ),
        insurance=sb.Insurance("Blue Shield PPO", f"XEH{902113445 + place}", "B0012-44"),
        diagnoses=(sb.Diagnosis("F41.1", "Generalized anxiety disorder"), sb.Diagnosis("F33.1")),
        lines=lines,
        payments=tuple(
            sb.Payment(line.date_of_service, "Card ending 4242", line.paid_cents) for line in lines
        ),
        signature=sb.Signature("Dana M. Reyes, LCSW", date(2026, 11, 23)),
    )  # fmt: skip


def recorded(bills):
    """Return, for each of ``bills``, the strings our layout draws: (x, y, text, bold, size)."""
    from mediyn_desktop.documents import fonts, sheet
    from mediyn_desktop.documents.superbill import render_superbill

    pages = []
    draw = sheet.Sheet.text

    def record(self, x, y, text, style=sheet.BODY):
        pages[-1].append((x, sheet.HEIGHT - y, text, style.face == fonts.STRONG, style.size))
        draw(self, x, y, text, style)

    sheet.Sheet.text = record
    for bill in bills:
        pages.append([])
        render_superbill(bill)
    sheet.Sheet.text = draw
    return pages


def plain_pdf(pages, rules=14):
    """Return a PDF of ``pages`` drawn the plain reportlab way."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), pageCompression=1, invariant=1)
    for strings in pages:
        for x, y, text, bold, size in strings:
            canvas.setFont("DejaVu-Bold" if bold else "DejaVu", size)
            canvas.drawString(x, y, text)
        for rule in range(rules):
            canvas.line(54, 60 + 20 * rule, 558, 60 + 20 * rule)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def work(side: str, kind: str, count: int, source: str) -> dict[str, float]:
    """Run one side once; the first document, which loads the fonts, is not timed."""
    if side == "plain":
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        for name, file in (("DejaVu", "DejaVuSans.ttf"), ("DejaVu-Bold", "DejaVuSans-Bold.ttf")):
            pdfmetrics.registerFont(TTFont(name, str(DEJAVU / file)))
        items = json.loads(Path(source).read_text())
        render_many = plain_pdf
    else:
        from mediyn_desktop.documents.superbill import render_superbills as render_many

        items = [superbill(place) for place in range(count)]
    render_many(items[:1])
    start = time.process_time()
    if kind == "single":
        size = max(len(render_many([item])) for item in items)
    else:
        size = len(render_many(items))
    spent = (time.process_time() - start) * 1000 / count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"ms": spent, "mib": peak, "bytes": size}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", nargs=4, metavar=("SIDE", "KIND", "COUNT", "SOURCE"))
    chosen = parser.parse_args()
    if chosen.worker:
        side, kind, count, source = chosen.worker
        print(json.dumps(work(side, kind, int(count), source)))
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "strings.json"
        for kind, count in (("single", 200), ("batch", 500)):
            source.write_text(json.dumps(recorded([superbill(place) for place in range(count)])))
            runs: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
            for _ in range(chosen.rounds):
                for side, results in runs.items():
                    command = [sys.executable, __file__, "--worker", side, kind, str(count)]
                    done = subprocess.run(
                        [*command, str(source)], check=True, capture_output=True, text=True
                    )
                    results.append(json.loads(done.stdout))
            report(kind, count, runs)


def report(kind: str, count: int, runs: dict[str, list[dict[str, float]]]) -> None:
    """Print both sides and the ratio of ours to the yardstick."""
    medians = {}
    for side, results in runs.items():
        times = [result["ms"] for result in results]
        medians[side] = statistics.median(times)
        print(
            f"{kind:6} {count:4} {side:5}  {min(times):5.2f} / {medians[side]:5.2f} / "
            f"{max(times):5.2f} ms each   {results[0]['bytes']:9.0f} bytes   "
            f"peak {max(result['mib'] for result in results):4.0f} MiB"
        )
    print(f"{kind:6} ratio {medians['ours'] / medians['plain']:.2f}\n")


if __name__ == "__main__":
    main()
