# SPDX-License-Identifier: MIT
"""Diagnosis lists newer than the one that ships, loaded by the user and kept in the practice.

ICD-10-CM changes every October, and the list of the date of service decides (billing year from
1 October to 30 September).
"""

from __future__ import annotations

import gzip
from datetime import date
from functools import lru_cache
from pathlib import Path

from sqlalchemy import delete, select

from mediyn_desktop.codes import icd10
from mediyn_desktop.practice.tables import CodeList
from mediyn_desktop.store.uow import Reading, UnitOfWork


def load(uow: UnitOfWork, path: Path) -> icd10.IcdTable:
    """Keep the CDC list in the file ``path``; it replaces an earlier one of the same year.

    Raises:
        CodeFileError: the file is not a usable list; the lists in use are unchanged.
    """
    table = icd10.load_table(path)
    lines = "\n".join(f"{code}\t{table.title(code) or ''}" for code in table.codes)
    uow.session.execute(delete(CodeList).where(CodeList.fiscal_year == table.fiscal_year))
    uow.session.add(
        CodeList(
            fiscal_year=table.fiscal_year,
            release=table.release,
            content=gzip.compress(lines.encode(), mtime=0),
        )
    )
    uow.session.flush()
    uow.changed("code_list", table.fiscal_year)
    return table


def check(read: Reading, code: str, on: date | None) -> icd10.Icd10Check:
    """Return what the list in force on ``on`` says about ``code``; the newest for no date."""
    tables = [icd10.bundled(), *_loaded(read)]
    if on is None:
        return max(tables, key=lambda table: table.fiscal_year).check(code, on)
    return icd10.table_for(on, tables).check(code, on)


def title(read: Reading, code: str) -> str:
    """Return the public title of ``code`` from any list that knows it, or nothing."""
    tables = [icd10.bundled(), *_loaded(read)]
    return next((found for table in tables if (found := table.title(code))), "")


def _loaded(read: Reading) -> list[icd10.IcdTable]:
    rows = read.session.scalars(select(CodeList).order_by(CodeList.fiscal_year))
    return [_table(row.fiscal_year, row.release, row.content) for row in rows]


@lru_cache(maxsize=4)
def _table(year: int, release: str, content: bytes) -> icd10.IcdTable:
    pairs = [line.split("\t", 1) for line in gzip.decompress(content).decode().splitlines()]
    titles = {code: text for code, text in pairs if text}
    return icd10.IcdTable(year, release, tuple(code for code, _ in pairs), lambda: titles)
