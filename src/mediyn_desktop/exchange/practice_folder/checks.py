# SPDX-License-Identifier: MIT
"""Checks that need more than one cell: duplicates, references, periods, diagnoses.

Each takes rows and appends to ``errors`` or ``warnings``; none of them stops at the first find.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import TypeVar

from mediyn_desktop.codes import icd10
from mediyn_desktop.codes.vocabulary import PaymentType, SessionStatus, SuperbillCadence
from mediyn_desktop.exchange.practice_folder.cells import CellError, shown
from mediyn_desktop.exchange.practice_folder.csv_files import Partial
from mediyn_desktop.exchange.practice_folder.rows import (
    ClientRow,
    CoverageRow,
    OpeningRow,
    PackageRow,
    PaymentRow,
    Row,
    SessionRow,
)
from mediyn_desktop.exchange.practice_folder.sessions import TimedSession, collisions

R = TypeVar("R", bound=Row)

# Says what the list in force on a date of service, or the newest, knows about a code.
CheckDiagnosis = Callable[[str, dt.date | None], icd10.Icd10Check]


def unique_refs(
    file: str, partials: Iterable[Partial], errors: list[CellError], *, first: dict[str, str]
) -> None:
    """Complain about each ref that an earlier line has; ``first`` holds where each ref stands."""
    for line in partials:
        ref = line.values.get("ref")
        if ref is None:
            continue
        if ref in first:
            message = f"The reference {shown(ref)} is used twice, also {first[ref]}. Change one."
            errors.append(CellError(file, line.line, "ref", message))
        else:
            first[ref] = f"on line {line.line}"


def known_refs(
    file: str,
    partials: Iterable[Partial],
    column: str,
    there: Collection[str] | None,
    target: str,
    errors: list[CellError],
) -> None:
    """Complain about each ref in ``column`` that is not among ``there``.

    ``there`` is None when the file it would be in could not be read whole; nothing is said then.
    """
    if there is None:
        return
    for line in partials:
        ref = line.values.get(column)
        if ref is not None and ref not in there:
            message = f"There is no {shown(ref)} in {target}. Add it there, or mend the reference."
            errors.append(CellError(file, line.line, column, message))


def unique_keys(
    rows: Iterable[R], key: Callable[[R], Hashable], column: str, what: str, found: list[CellError]
) -> None:
    """Append to ``found`` each line whose ``key`` an earlier line has; ``what`` says what to do."""
    first: dict[Hashable, int] = {}
    for row in rows:
        line = first.setdefault(key(row), row.line)
        if line != row.line:
            message = f"Line {line} says the same. {what}"
            found.append(CellError(row.FILE, row.line, column, message))


def coverage_periods(rows: Iterable[CoverageRow], errors: list[CellError]) -> None:
    """Complain about periods that end before they begin, or overlap at the same rank."""
    by_rank: dict[tuple[str, int], list[CoverageRow]] = defaultdict(list)
    for row in rows:
        if _starts(row) > _ends(row):
            message = "This ends before it begins. Check both dates."
            errors.append(CellError(row.FILE, row.line, "effective_to", message))
            continue
        for other in by_rank[row.client_ref, row.rank]:
            if _starts(other) <= _ends(row) and _starts(row) <= _ends(other):
                message = (
                    f"Line {other.line} has a coverage of rank {row.rank} for the same client and "
                    "time. Give one of them another rank, or an end before the other begins."
                )
                errors.append(CellError(row.FILE, row.line, "effective_from", message))
                break
        by_rank[row.client_ref, row.rank].append(row)


def _starts(row: CoverageRow) -> dt.date:
    return row.effective_from or dt.date.min


def _ends(row: CoverageRow) -> dt.date:
    return row.effective_to or dt.date.max


def held_sessions(partials: Iterable[Partial], errors: list[CellError]) -> None:
    """Complain about attended sessions without kind or place; others need neither."""
    for line in partials:
        if line.values.get("status") is not SessionStatus.ATTENDED:
            continue
        for column in ("kind", "place"):
            if column in line.values and line.values[column] is None:
                message = f"This is blank. An attended session needs its {column}."
                errors.append(CellError(SessionRow.FILE, line.line, column, message))


def no_collisions(sessions: Iterable[TimedSession], errors: list[CellError]) -> None:
    """Complain about sessions of one clinician that overlap, naming both lines."""
    for one, other in collisions(sessions):
        first, second = sorted((one.row, other.row), key=lambda row: row.line)
        message = (
            f"This session overlaps session {shown(first.ref)} on line {first.line}, which the "
            "same clinician held. Check the times; mark what was not held as canceled."
        )
        errors.append(CellError(second.FILE, second.line, "start", message))


def birth_dates(rows: Iterable[ClientRow], today: dt.date, errors: list[CellError]) -> None:
    """Complain about clients who are not born yet."""
    for row in rows:
        if row.dob is not None and row.dob > today:
            message = f"{shown(row.dob.isoformat())} is in the future. Check the year."
            errors.append(CellError(row.FILE, row.line, "dob", message))


def money_of_days_to_come(
    rows: Iterable[PackageRow | PaymentRow | OpeningRow],
    column: str,
    today: dt.date,
    errors: list[CellError],
) -> None:
    """Complain about money that would be in the books before its day has come."""
    for row in rows:
        day = getattr(row, column)
        if day > today:
            message = (
                f"{shown(day.isoformat())} has not come yet. Check the date, or leave the line out "
                "until then."
            )
            errors.append(CellError(row.FILE, row.line, column, message))


def diagnosis_warnings(
    clients: Sequence[ClientRow],
    sessions: Sequence[TimedSession],
    check: CheckDiagnosis,
    warnings: list[CellError],
) -> None:
    """Warn of diagnoses a payer would refuse, and of clients who need one and have none."""
    for client in clients:
        for code in client.diagnoses:
            _warn_of_code(client, check(code, None), warnings)
    own: dict[str, bool] = {}
    for session in sessions:
        for code in session.row.diagnoses:
            _warn_of_code(session.row, check(code, session.date_of_service), warnings)
        if session.row.status is SessionStatus.ATTENDED:
            ref = session.row.client_ref
            own[ref] = own.get(ref, True) and bool(session.row.diagnoses)
    for client in clients:
        if _needs_diagnosis(client) and not client.diagnoses and not own.get(client.ref, False):
            message = (
                "This client has no diagnosis. Claims and superbills are held until there is one."
            )
            warnings.append(CellError(client.FILE, client.line, "diagnoses", message))


def _needs_diagnosis(client: ClientRow) -> bool:
    return (
        client.payment_type in (PaymentType.IN_NETWORK, PaymentType.OUT_OF_NETWORK)
        or client.superbill is not SuperbillCadence.NONE
    )


def _warn_of_code(row: Row, found: icd10.Icd10Check, warnings: list[CellError]) -> None:
    if found.billable:
        return
    # A list of another year may be what is wrong, not the code.
    doubt = f" {found.caution}" if found.caution else ""
    message = f"{found.message}{doubt} Claims and superbills with it are held."
    warnings.append(CellError(row.FILE, row.line, "diagnoses", message))
