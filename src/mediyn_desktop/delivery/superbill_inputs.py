# SPDX-License-Identifier: MIT
"""The inputs of an issued superbill as text: kept for ever, read back into the same values."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from mediyn_desktop.documents.superbill_data import (
    Client,
    Diagnosis,
    Insurance,
    Line,
    Payment,
    Provider,
    Signature,
    SuperbillData,
)


def encode(data: SuperbillData) -> str:
    """Return canonical JSON of ``data``."""
    return json.dumps(asdict(data), default=date.isoformat, ensure_ascii=False, sort_keys=True)


def decode(text: str) -> SuperbillData:
    """Return the data class ``encode`` wrote."""
    raw = json.loads(text)

    def day(value: str | None) -> date | None:
        return date.fromisoformat(value) if value else None

    provider = {**raw["provider"], "address": tuple(raw["provider"]["address"])}
    assert provider["supervisor"] is None
    client = {**raw["client"], "address": tuple(raw["client"]["address"])}
    return SuperbillData(
        **{
            **raw,
            "issue_date": day(raw["issue_date"]),
            "provider": Provider(**provider),
            "client": Client(**{**client, "dob": day(client["dob"])}),
            "diagnoses": tuple(Diagnosis(**one) for one in raw["diagnoses"]),
            "lines": tuple(
                Line(
                    **{
                        **one,
                        "date_of_service": day(one["date_of_service"]),
                        "pointers": tuple(one["pointers"]),
                        "modifiers": tuple(one["modifiers"]),
                    }
                )
                for one in raw["lines"]
            ),
            "insurance": Insurance(
                **{**raw["insurance"], "insured_dob": day(raw["insurance"]["insured_dob"])}
            ),
            "payments": tuple(
                Payment(**{**one, "date": date.fromisoformat(one["date"])})
                for one in raw["payments"]
            ),
            "signature": Signature(
                **{**raw["signature"], "signed_on": day(raw["signature"]["signed_on"])}
            )
            if raw["signature"]
            else None,
        }
    )
