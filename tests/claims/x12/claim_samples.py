# SPDX-License-Identifier: MIT
"""One small, complete claim of an invented practice, and the places of real files."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from mediyn_desktop.claims.x12.envelope import Envelope
from mediyn_desktop.claims.x12.model837p import (
    Address,
    Adjustment,
    Batch,
    BillingProvider,
    Claim,
    Line,
    LineDecision,
    Organization,
    OtherCoverage,
    Patient,
    Payer,
    Person,
    Receiver,
    Submitter,
    Subscriber,
)

ENVELOPE = Envelope(
    sender="SENDER01",
    receiver="RECEIVER01",
    isa_control=101,
    gs_control=101,
    st_control=1,
    usage="T",
    created=datetime(2026, 3, 9, 18, 30),  # wall time of the practice
)

THERAPIST = BillingProvider(
    name=Person("Okafor", "Ada", "L"),
    npi="1234567893",
    tax_id="12-3456789",
    tax_id_type="EIN",
    address=Address("12 Elm Street", "Springfield", "IL", "62704-1234", "Suite 3"),
    taxonomy="101YM0800X",
)
GROUP = replace(THERAPIST, name=Organization("Quiet Room Therapy PLLC"), npi="1558598797")

CLIENT = Subscriber(
    member_id="XYZ00123456",
    name=Person("Marlowe", "June"),
    birth_date=date(1988, 7, 4),
    sex="F",
    address=Address("9 Oak Ave", "Springfield", "IL", "62701"),
    group_number="GRP77",
)
PAYER = Payer("Prairie Health Plan", "60054")
CHILD = Patient(
    "19",
    Person("Marlowe", "Theo"),
    date(2012, 1, 31),
    "M",
    Address("9 Oak Ave", "Springfield", "IL", "62701"),
)

LINE = Line("90837", 17_500, date(2026, 3, 2), "C1001L1")
CLAIM = Claim(
    control_number="C1001",
    total_cents=17_500,
    place="11",
    diagnoses=("F41.1",),
    lines=(LINE,),
    subscriber=CLIENT,
    payer=PAYER,
)

# The same session, paid in part by a first payer; the sample payer is asked for the rest.
DECISION = LineDecision(
    payer_id="BFH01",
    paid_cents=10_000,
    decided_on=date(2026, 3, 8),
    adjustments=(Adjustment("CO", "45", 5_000), Adjustment("PR", "3", 2_500)),
)
PRIMARY = OtherCoverage(
    payer=Payer("Blue Fir Health Plan", "BFH01"),
    responsibility="P",
    relationship="18",
    insured=Person("Marlowe", "June"),
    member_id="BFX100203",
    claim_filing_code="BL",
    group_number="G1",
    paid_cents=10_000,
    claim_number="ICN77",
)
SECONDARY = replace(
    CLAIM,
    subscriber=replace(CLIENT, responsibility="S"),
    lines=(replace(LINE, decisions=(DECISION,)),),
    others=(PRIMARY,),
)
THIRD = replace(
    SECONDARY,
    subscriber=replace(CLIENT, responsibility="T"),
    lines=(
        replace(
            LINE,
            decisions=(
                DECISION,
                LineDecision(
                    payer_id="CASMU",
                    paid_cents=0,
                    decided_on=date(2026, 3, 9),
                    adjustments=(
                        Adjustment("OA", "23", 15_000),
                        Adjustment("PR", "2", 2_500),
                    ),
                    remaining_cents=2_500,
                ),
            ),
        ),
    ),
    others=(
        PRIMARY,
        replace(
            PRIMARY,
            payer=Payer("Cascade Mutual", "CASMU"),
            responsibility="S",
            relationship="01",
            insured=Person("Marlowe", "Ray"),
            member_id="CM5",
            claim_filing_code="CI",
            group_number="",
            group_name="Acme",
            insured_address=Address("9 Oak Ave", "Springfield", "IL", "62701"),
            paid_cents=0,
            remaining_cents=2_500,
            claim_number="",
        ),
    ),
)

BATCH = Batch(
    reference="B0001",
    submitter=Submitter(Organization("Quiet Room Therapy"), "SUB123", "Ada Okafor", "217-555-0142"),
    receiver=Receiver("Clearing House", "RCV9"),
    billing=THERAPIST,
    claims=(CLAIM,),
)


def batch(*claims: Claim, **changes: object) -> Batch:
    """The sample batch with other claims or other parts."""
    return replace(BATCH, claims=claims or BATCH.claims, **changes)  # type: ignore[arg-type]


def real_files(kind: str) -> list[Path]:
    """Real files of ``kind`` kept outside the repository; none where they are not at hand."""
    root = Path(__file__).resolve().parents[3]
    shared = Path(os.environ.get("MEDIYN_SHARED") or root.parent / "shared")
    return sorted((shared / "samples" / "x12" / kind).glob("*"))
