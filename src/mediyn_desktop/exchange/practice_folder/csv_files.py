# SPDX-License-Identifier: MIT
"""Reading one CSV file of a practice folder into rows, with every bad cell named by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.exchange.practice_folder.cells import BadCell, CellError, clean, shown
from mediyn_desktop.exchange.practice_folder.rows import Column, Row, columns

# Far above any solo practice's lifetime of sessions; a larger file is not what it says it is.
LARGEST_FILE = 64 * 1024 * 1024

R = TypeVar("R", bound=Row)
Columns = Mapping[str, Column]


class FolderUnreadable(UserFacingError):
    """The operating system refused a folder or file."""

    code = "folder-unreadable"


@dataclass(frozen=True, slots=True)
class Partial:
    """The good cells of one line, whether or not the others are."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """One file as far as it could be read.

    ``rows`` are the lines without a bad cell; ``partials`` are all lines with their good cells, so
    that one bad cell does not hide another. ``whole`` is false when lines could not be told apart:
    then nothing may be concluded from what is missing.
    """

    rows: list[R] = field(default_factory=list)
    partials: list[Partial] = field(default_factory=list)
    # Texts of the ref column that are not refs: already complained about where they stand.
    bad_refs: set[str] = field(default_factory=set)
    whole: bool = True


def read_bytes(path: Path) -> bytes:
    """Return the content of ``path``.

    Raises:
        FolderUnreadable: it cannot be read, or is too large to be a file of a practice folder.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FolderUnreadable(
                f"{path.name} is larger than 64 MB. Nothing was imported. Check that it is the "
                "right file, or split its rows over two imports."
            )
        return path.read_bytes()
    except OSError as error:
        raise FolderUnreadable(
            f"{path.name} cannot be read ({error.strerror}). Nothing was imported. Check the "
            "file's permissions and try again."
        ) from error


def decode(name: str, data: bytes, errors: list[CellError]) -> str | None:
    """Return the text of a file; bytes that are not UTF-8 stay marked for ``cells.clean``."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        errors.append(
            CellError(name, 1, "", "This file is in UTF-16. Save it as “CSV UTF-8” and try again.")
        )
        return None
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")


def read_table(path: Path, row: type[R], errors: list[CellError]) -> Table[R]:
    """Read ``path`` as lines of ``row``; every problem is appended to ``errors``."""
    table: Table[R] = Table()
    text = decode(row.FILE, read_bytes(path), errors)
    if text is None:
        return Table(whole=False)
    if not text.strip():
        errors.append(
            CellError(
                row.FILE,
                1,
                "",
                "This file is empty. Its first line names the columns; delete the file if you do "
                "not need it.",
            )
        )
        return Table(whole=False)
    before = len(errors)
    known = columns(row)
    records = _records(row.FILE, text, errors)
    first = next(records, None)
    header = _header(row.FILE, first, known, errors) if first is not None else None
    if header is None:
        return Table(whole=False)
    for record in records:
        if len(record.cells) < len(header) or any(record.cells[len(header) :]):
            errors.append(_ragged(row.FILE, record, len(header)))
        else:
            _read_row(table, row, known, header, record, errors)
    # A line that could not be taken apart may hold the ref others look for.
    apart = all(error.column for error in errors[before:])
    return Table(
        table.rows, table.partials, table.bad_refs, whole=apart and not _lacks_ref(known, header)
    )


def read_cell(column: Column, raw: str) -> Any:
    """Return the value of one cell.

    Raises:
        BadCell: it is blank and must not be, or is not what belongs there.
    """
    text = clean(raw)
    if text:
        return column.read(text)
    if column.required:
        raise BadCell(f"This is blank. Every line needs its {column.name}.")
    return column.blank


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]


def _records(name: str, text: str, errors: list[CellError]) -> Iterator[_Record]:
    """Yield each record that is not blank with the physical line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            found = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            errors.append(CellError(name, line, "", _csv_problem(str(error))))
            continue
        if any(cell.strip() for cell in found):
            yield _Record(line, found)


def _csv_problem(technical: str) -> str:
    if "field larger" in technical:
        return (
            "A cell on this line is longer than 100,000 characters. Most likely a quotation mark "
            "is not closed."
        )
    return (
        "The quotation marks on this line do not match. Close each one that is opened, and write "
        "a quotation mark inside a quoted cell twice."
    )


def _header(
    name: str, record: _Record, known: Columns, errors: list[CellError]
) -> list[str] | None:
    """Return the column names, or None when cells could not be matched to columns."""

    def complain(column: str, message: str) -> None:
        errors.append(CellError(name, record.line, column, message))

    header: list[str] = []
    for raw in record.cells:
        try:
            header.append(clean(raw))
        except BadCell as error:
            complain(shown(raw), str(error))
            return None
    while header and not header[-1]:
        header.pop()  # a spreadsheet leaves commas behind where a column was deleted
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        complain(
            "",
            "The columns are not separated by commas. Save the file as “CSV UTF-8 (comma "
            "delimited)” and try again.",
        )
        return None
    for title in header:
        if title not in known:
            complain(title, _unknown(name, title, known))
    for column in known.values():
        if column.required and column.name not in header:
            complain(
                column.name,
                f"The column {shown(column.name)} is missing. Add it to the first line.",
            )
    twice = sorted({title for title in header if header.count(title) > 1})
    for title in twice:
        complain(title, f"The column {shown(title)} is there twice. Remove one of them.")
    return None if twice else header


def _unknown(name: str, column: str, known: Columns) -> str:
    if not column:
        return "A column has no name. Name it or remove it."
    near = get_close_matches(column.lower().replace(" ", "_"), list(known), 1)
    hint = f"Did you mean {near[0]}?" if near else f"Its columns are: {', '.join(known)}."
    return f"{name} has no column {shown(column)}. {hint}"


def _lacks_ref(known: Columns, header: list[str]) -> bool:
    return "ref" in known and "ref" not in header


def _ragged(name: str, record: _Record, expected: int) -> CellError:
    return CellError(
        name,
        record.line,
        "",
        f"This line has {len(record.cells)} cells where the first line names {expected} columns. "
        "Put cells that hold a comma in quotation marks, and leave a blank for what is absent.",
    )


def _read_row(
    table: Table[R],
    row: type[R],
    known: Columns,
    header: list[str],
    record: _Record,
    errors: list[CellError],
) -> None:
    values: dict[str, Any] = {}
    raw = dict(zip(header, record.cells, strict=False))
    for column in known.values():
        if column.required and column.name not in raw:
            continue  # the missing column was named once, in the header's line
        try:
            values[column.name] = read_cell(column, raw.get(column.name, ""))
        except BadCell as error:
            errors.append(CellError(row.FILE, record.line, column.name, str(error)))
            if column.name == "ref":
                table.bad_refs.add(raw["ref"].strip())
    table.partials.append(Partial(record.line, values))
    if len(values) == len(known):
        table.rows.append(row(record.line, **values))
