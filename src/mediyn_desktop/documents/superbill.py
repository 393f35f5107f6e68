# SPDX-License-Identifier: MIT
"""The superbill: what an out-of-network client sends to their own insurer to be reimbursed."""

from __future__ import annotations

from collections.abc import Sequence

from mediyn_desktop.documents.sheet import Sheet
from mediyn_desktop.documents.superbill_checks import (
    Caution,
    DocumentIncomplete,
    Missing,
    missing_fields,
    warnings,
)
from mediyn_desktop.documents.superbill_data import (
    Client,
    Diagnosis,
    Insurance,
    Line,
    Payment,
    Provider,
    Signature,
    SuperbillData,
    Supervisor,
)
from mediyn_desktop.documents.superbill_layout import draw_superbill

__all__ = [
    "Caution",
    "Client",
    "Diagnosis",
    "DocumentIncomplete",
    "Insurance",
    "Line",
    "Missing",
    "Payment",
    "Provider",
    "Signature",
    "SuperbillData",
    "Supervisor",
    "missing_fields",
    "render_superbill",
    "render_superbills",
    "warnings",
]


def render_superbill(data: SuperbillData) -> bytes:
    """Return ``data`` as a PDF; the same data gives the same bytes.

    Raises:
        DocumentIncomplete: a required field is blank; the error lists every one.
    """
    missing = missing_fields(data)
    if missing:
        raise DocumentIncomplete(missing)
    return _render([data], f"Superbill {data.number}")


def render_superbills(batch: Sequence[SuperbillData]) -> bytes:
    """Return all of ``batch`` in one PDF, each with its own page numbers, in the order given.

    Raises:
        DocumentIncomplete: any of them lacks a required field; none is rendered.
        ValueError: there is nothing to render.
    """
    if not batch:
        raise ValueError("a batch holds at least one superbill")
    missing = [
        Missing(f"[{place}].{item.field}", f"Superbill {data.number or place + 1}: {item.sentence}")
        for place, data in enumerate(batch)
        for item in missing_fields(data)
    ]
    if missing:
        raise DocumentIncomplete(missing)
    return _render(batch, f"Superbills {batch[0].number} to {batch[-1].number}")


def _render(batch: Sequence[SuperbillData], title: str) -> bytes:
    dates = [data.issue_date for data in batch if data.issue_date is not None]
    sheet = Sheet(title, max(dates))
    for data in batch:
        draw_superbill(sheet, data)
    return sheet.pdf_bytes()
