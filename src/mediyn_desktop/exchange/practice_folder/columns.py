# SPDX-License-Identifier: MIT
"""From a row of a folder to the columns of its table: for writing it, and for telling whether what
is in the practice says the same. Keys are the attributes of the ``practice.tables`` classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from mediyn_desktop.codes.vocabulary import Place, SessionKind
from mediyn_desktop.exchange.practice_folder.rows import (
    CardRow,
    ClientRow,
    ClinicianRow,
    CoverageRow,
    PayerRow,
    PracticeRow,
)
from mediyn_desktop.exchange.practice_folder.sessions import TimedSession

Values = dict[str, Any]


def practice(row: PracticeRow) -> Values:
    """Return the practice's columns; the time zone is a setting and not among them."""
    values = _plain(row)
    del values["timezone"]
    return values


def clinician(row: ClinicianRow) -> Values:
    """Return a clinician's columns."""
    return _plain(row)


def payer(row: PayerRow) -> Values:
    """Return a payer's columns."""
    return _plain(row)


def client(row: ClientRow) -> Values:
    """Return a client's columns; diagnoses are rows of their own."""
    values = _plain(row)
    del values["diagnoses"]
    return values


def coverage(row: CoverageRow) -> Values:
    """Return a coverage's columns except its client and payer."""
    values = _plain(row)
    del values["client_ref"], values["payer_ref"]
    values["relationship_to_insured"] = values.pop("relationship")
    values["copay_cents"] = values.pop("copay")
    return values


def card(row: CardRow) -> Values:
    """Return a card's columns except its client."""
    values = _plain(row)
    del values["client_ref"]
    values["consent_scope"] = ";".join(scope.value for scope in row.consent_scope)
    return values


def session(timed: TimedSession) -> Values:
    """Return a session's columns except its client and clinician.

    What was not held keeps a kind and place all the same; they are never billed.
    """
    row = timed.row
    return {
        "ref": row.ref,
        "starts_at": timed.starts_at,
        "ends_at": timed.ends_at,
        "date_of_service": timed.date_of_service,
        "break_minutes": row.break_minutes,
        "kind": (row.kind or SessionKind.INDIVIDUAL).value,
        "status": row.status.value,
        "place": (row.place or Place.OFFICE).value,
        "do_not_bill_insurer": row.do_not_bill_insurer,
    }


def differing(existing: object, values: Mapping[str, Any]) -> list[str]:
    """Return the columns in which ``existing`` says something else than ``values``."""
    return [name for name, value in values.items() if getattr(existing, name) != value]


def _plain(row: Any) -> Values:
    values = asdict(row)
    del values["line"]
    return {
        name: value.value if hasattr(value, "value") else value for name, value in values.items()
    }
