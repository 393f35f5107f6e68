# SPDX-License-Identifier: MIT
"""A complete superbill to start from, and the text of a finished PDF."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from mediyn_desktop.documents.superbill import (
    Client,
    Diagnosis,
    Insurance,
    Line,
    Payment,
    Provider,
    Signature,
    SuperbillData,
)

COMPLETE = SuperbillData(
    number="2026-0042",
    issue_date=date(2026, 11, 23),
    provider=Provider(
        legal_name="Dana M. Reyes",
        credential="LCSW",
        npi="1234567893",
        tax_id="123456789",
        license_number="LCS-104822",
        license_state="CA",
        address=("1280 Shattuck Avenue, Suite 4", "Berkeley, CA 94709"),
        phone="(510) 555-0142",
        practice_name="Quiet Harbor Psychotherapy",
        taxonomy="1041C0700X",
        email="office@quietharbor.example",
    ),
    client=Client(
        "Ana O’Neil", date(1988, 3, 14), "F", ("77 Hillegass Avenue", "Oakland, CA 94618"),
        "(510) 555-0199",
    ),
    insurance=Insurance("Blue Shield PPO", "XEH902113445", "B0012-44"),
    diagnoses=(Diagnosis("F41.1", "Generalized anxiety"), Diagnosis("F33.1")),
    lines=(Line(date(2026, 9, 1), "10", "90834", ("A", "B"), 17500, 17500, "Individual therapy",
                ("95",)),),
    payments=(Payment(date(2026, 9, 2), "Card ending 4242", 17500),),
    signature=Signature("Dana M. Reyes, LCSW", date(2026, 11, 23)),
)  # fmt: skip


@pytest.fixture
def bill() -> Callable[..., SuperbillData]:
    """Build a complete superbill; ``client__dob=…`` changes a nested field, ``rows`` its length."""

    def build(rows: int = 1, **changes: Any) -> SuperbillData:
        first = COMPLETE.lines[0]
        data = replace(
            COMPLETE,
            lines=tuple(
                replace(first, date_of_service=date(2026, 9, 1) + timedelta(days=row))
                for row in range(rows)
            ),
            payments=(replace(COMPLETE.payments[0], amount_cents=17500 * rows),),
        )
        for name, value in changes.items():
            part, _, inner = name.partition("__")
            if not inner:
                data = replace(data, **{part: value})
            elif part == "line":
                data = replace(data, lines=(replace(data.lines[0], **{inner: value}),))
            else:
                data = replace(data, **{part: replace(getattr(data, part), **{inner: value})})
        return data

    return build


@pytest.fixture
def pages() -> Callable[[bytes], list[str]]:
    """Return the text of each page of a PDF."""

    def read(pdf: bytes) -> list[str]:
        return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    return read
