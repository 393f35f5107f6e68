# SPDX-License-Identifier: MIT
"""Reading a practice folder: pure, and complete. Every bad cell is found, or every row is sound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from mediyn_desktop.codes import icd10
from mediyn_desktop.exchange.practice_folder import checks
from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.exchange.practice_folder.content import NOTHING, FolderContent, Known
from mediyn_desktop.exchange.practice_folder.csv_files import (
    FolderUnreadable,
    Partial,
    Table,
    read_table,
)
from mediyn_desktop.exchange.practice_folder.practice_toml import PracticeFile, read_practice
from mediyn_desktop.exchange.practice_folder.rows import (
    FILES,
    PRACTICE_TOML,
    CardRow,
    ClientRow,
    ClinicianRow,
    CoverageRow,
    FeeRow,
    OpeningRow,
    PackageRow,
    PayerRow,
    PaymentRow,
    Row,
    SessionRow,
)
from mediyn_desktop.exchange.practice_folder.sessions import TimedSession, place_in_time

R = TypeVar("R", bound=Row)

USUAL_ZONE = "America/New_York"
# What people keep tables in; anything else in the folder (a README, a scan) is none of ours.
_TABLE_ENDINGS = (".csv", ".toml", ".tsv", ".txt", ".xls", ".xlsx", ".ods", ".numbers")


def read_folder(
    path: Path,
    known: Known = NOTHING,
    *,
    today: dt.date | None = None,
    check: checks.CheckDiagnosis = icd10.check,
) -> FolderContent | list[CellError]:
    """Return what the practice folder ``path`` says, or every cell that is wrong with it.

    Args:
        known: what the practice holds already and rows may refer to.
        today: the practice's date, to refuse births and money of days to come.
        check: what a diagnosis code is looked up with; by default the list that ships.

    Raises:
        FolderUnreadable: the folder or one of its files cannot be opened, or it holds none of
            ours.
    """
    files = _listed(path)
    if not any(name in FILES for name in files):
        raise FolderUnreadable(
            f"The folder {path} holds none of the files of a practice: neither {PRACTICE_TOML} nor "
            f"a table such as {ClientRow.FILE}. Nothing was imported. Name the folder that holds "
            "them.",
            code="nothing-to-import",
        )
    reader = _FolderReader(files, known)
    content = reader.content(today, check)
    if reader.errors:
        return sorted(reader.errors, key=_in_file_order)
    return content


def _listed(path: Path) -> dict[str, Path]:
    try:
        return {entry.name: entry for entry in sorted(path.iterdir()) if entry.is_file()}
    except OSError as error:
        raise FolderUnreadable(
            f"The folder {path} cannot be read ({error.strerror}). Nothing was imported. Name the "
            "folder that holds practice.toml and the CSV files."
        ) from error


def _in_file_order(error: CellError) -> tuple[int, str, int]:
    place = FILES.index(error.file) if error.file in FILES else len(FILES)
    return (place, error.file, error.line)


class _FolderReader:
    """The tables of one folder, and what was found wrong with them."""

    def __init__(self, files: dict[str, Path], known: Known) -> None:
        self.errors: list[CellError] = []
        self.warnings: list[CellError] = []
        self._files = files
        self._known = known
        self._practice = self._read_practice()
        self._clinicians = self._table(ClinicianRow)
        self._payers = self._table(PayerRow)
        self._clients = self._table(ClientRow)
        self._coverage = self._table(CoverageRow)
        self._fees = self._table(FeeRow)
        self._cards = self._table(CardRow)
        self._sessions = self._table(SessionRow)
        self._packages = self._table(PackageRow)
        self._payments = self._table(PaymentRow)
        self._openings = self._table(OpeningRow)

    def content(self, today: dt.date | None, check: checks.CheckDiagnosis) -> FolderContent:
        """Run the checks and return the content; it counts only while ``errors`` is empty."""
        self._warn_of_strangers()
        self._check_clinicians()
        self._check_references()
        self._check_rows(today)
        zone = self._zone()
        sessions = self._timed(zone)
        checks.no_collisions(sessions, self.errors)
        checks.diagnosis_warnings(self._clients.rows, sessions, check, self.warnings)
        own = self._practice.clinician
        return FolderContent(
            practice=self._practice.practice,
            zone=zone,
            clinicians=(*([own] if own else []), *self._clinicians.rows),
            payers=tuple(self._payers.rows),
            clients=tuple(self._clients.rows),
            coverage=tuple(self._coverage.rows),
            fees=tuple(self._fees.rows),
            cards=tuple(self._cards.rows),
            sessions=tuple(sessions),
            packages=tuple(self._packages.rows),
            payments=tuple(self._payments.rows),
            opening_balances=tuple(row for row in self._openings.rows if row.amount),
            warnings=tuple(sorted(self.warnings, key=_in_file_order)),
        )

    def _read_practice(self) -> PracticeFile:
        if PRACTICE_TOML not in self._files:
            if not self._known.practice:
                message = (
                    "This file is missing. It names the practice and its clinician; see the "
                    "sample practice."
                )
                self.errors.append(CellError(PRACTICE_TOML, 1, "", message))
            return PracticeFile(readable=self._known.practice)
        found = read_practice(self._files[PRACTICE_TOML], self.errors)
        if found.readable and found.practice is None and not self._known.practice:
            self._miss("practice", "It names the practice.")
        return found

    def _miss(self, part: str, why: str) -> None:
        if not any(error.file == PRACTICE_TOML for error in self.errors):
            message = f"The part [{part}] is missing. {why}"
            self.errors.append(CellError(PRACTICE_TOML, 1, part, message))

    def _table(self, row: type[R]) -> Table[R]:
        path = self._files.get(row.FILE)
        return read_table(path, row, self.errors) if path else Table()

    def _warn_of_strangers(self) -> None:
        for name in self._files:
            if name in FILES or name.startswith((".", "~")) or "readme" in name.lower():
                continue
            if name.lower().endswith(_TABLE_ENDINGS):
                near = get_close_matches(name.lower(), FILES, 1)
                hint = f" Did you mean {near[0]}?" if near else ""
                message = f"This file was not read: a practice folder has no {name}.{hint}"
                self.warnings.append(CellError(name, 1, "", message))

    def _check_clinicians(self) -> None:
        own = self._practice.clinician_ref
        if own is None and not self._known.clinicians and not self._clinicians.partials:
            self._miss("clinician", "It names who holds the sessions and signs the notes.")
        first = {own: "in practice.toml"} if own else {}
        checks.unique_refs(ClinicianRow.FILE, self._clinicians.partials, self.errors, first=first)

    def _check_references(self) -> None:
        for row, declared in (
            (PayerRow, self._payers.partials),
            (ClientRow, self._clients.partials),
            (SessionRow, self._sessions.partials),
        ):
            checks.unique_refs(row.FILE, declared, self.errors, first={})
        clients = _declared(self._clients, self._known.clients)
        payers = _declared(self._payers, self._known.payers)
        for file, lines in (
            (CoverageRow.FILE, self._coverage.partials),
            (FeeRow.FILE, self._fees.partials),
            (CardRow.FILE, self._cards.partials),
            (SessionRow.FILE, self._sessions.partials),
            (PackageRow.FILE, self._packages.partials),
            (PaymentRow.FILE, self._payments.partials),
            (OpeningRow.FILE, self._openings.partials),
        ):
            checks.known_refs(file, lines, "client_ref", clients, ClientRow.FILE, self.errors)
            checks.known_refs(file, lines, "payer_ref", payers, PayerRow.FILE, self.errors)
        self._check_clinician_refs(self._sessions.partials)

    def _check_clinician_refs(self, lines: list[Partial]) -> None:
        there = _declared(self._clinicians, self._known.clinicians)
        if there is None or not self._practice.readable:
            return
        usual = self._usual_clinician()
        known = there | {usual or "", ""}  # blank: the usual clinician, or no supervisor
        for file, partials, column in (
            (SessionRow.FILE, lines, "clinician_ref"),
            (ClinicianRow.FILE, self._clinicians.partials, "supervisor_ref"),
        ):
            checks.known_refs(file, partials, column, known, ClinicianRow.FILE, self.errors)
        if usual is None and not any(error.file == PRACTICE_TOML for error in self.errors):
            message = "This is blank, and practice.toml has no [clinician]. Write who held it."
            self.errors.extend(
                CellError(SessionRow.FILE, line.line, "clinician_ref", message)
                for line in lines
                if line.values.get("clinician_ref", "") is None
            )

    def _usual_clinician(self) -> str | None:
        """Who a blank ``clinician_ref`` means."""
        return self._practice.clinician_ref or self._known.default_clinician

    def _check_rows(self, today: dt.date | None) -> None:
        checks.coverage_periods(self._coverage.rows, self.errors)
        checks.unique_keys(
            self._fees.rows,
            lambda row: (row.code, row.payer_ref, row.client_ref, row.effective_from, row.modifier),
            "fee",
            "Keep one fee for a code, payer, client, modifier and date.",
            self.errors,
        )
        checks.unique_keys(
            self._cards.rows,
            lambda row: (row.client_ref, row.stripe_payment_method),
            "stripe_payment_method",
            "Keep one line for a card.",
            self.errors,
        )
        checks.held_sessions(self._sessions.partials, self.errors)
        if today is not None:
            checks.birth_dates(self._clients.rows, today, self.errors)
            ahead = checks.money_of_days_to_come
            ahead(self._packages.rows, "sold_on", today, self.errors)
            ahead(self._payments.rows, "date", today, self.errors)
            ahead(self._openings.rows, "date_of_service", today, self.errors)
        self._warn_of_repeats(self._payments.rows, "amount")
        self._warn_of_repeats(self._openings.rows, "amount")
        self._warn_of_repeats(self._packages.rows, "price")

    def _warn_of_repeats(self, rows: Iterable[R], column: str) -> None:
        checks.unique_keys(
            rows,
            identity,
            column,
            "Both were taken in; if it is one and the same, reverse it in the window.",
            self.warnings,
        )

    def _zone(self) -> ZoneInfo:
        if self._practice.zone_bad:
            return ZoneInfo("UTC")  # an error is reported; no hour is skipped in UTC
        if self._known.zone is not None:
            return self._known.zone  # a folder that says otherwise contradicts the practice
        practice = self._practice.practice
        if practice is not None and practice.timezone is not None:
            return practice.timezone
        if practice is not None:
            message = f"There is no timezone; {USUAL_ZONE} is used. Write your own if it differs."
            self.warnings.append(CellError(PRACTICE_TOML, practice.line, "timezone", message))
        return ZoneInfo(USUAL_ZONE)

    def _timed(self, zone: ZoneInfo) -> list[TimedSession]:
        usual = self._usual_clinician() or ""
        placed = (
            place_in_time(row, row.clinician_ref or usual, zone, self.errors)
            for row in self._sessions.rows
        )
        return [session for session in placed if session is not None]


def identity(row: Row) -> tuple[object, ...]:
    """Return everything a row says, without where it stands."""
    return tuple(getattr(row, name) for name in row.__match_args__ if name != "line")


def _declared(table: Table[R], known: frozenset[str]) -> frozenset[str] | None:
    """Return the refs rows may name, or None when some may have been missed."""
    if not table.whole:
        return None
    own = {line.values["ref"] for line in table.partials if "ref" in line.values}
    return known | own | table.bad_refs
