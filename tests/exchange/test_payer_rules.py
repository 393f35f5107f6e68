# SPDX-License-Identifier: MIT
"""A folder may say what a payer's contract allows, and limit a fee to a modifier."""

from __future__ import annotations

from pathlib import Path

import pytest
from sound_folder import SOUND
from sqlalchemy import select

from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.practice.tables import Fee, Payer
from mediyn_desktop.store.uow import Store


def folder_with(tmp_path: Path, **files: str) -> Path:
    """The sound folder, with other texts for some of its files."""
    for name, text in {**SOUND, **{f"{stem}.csv": text for stem, text in files.items()}}.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def column(text: str, name: str, *cells: str) -> str:
    """``text`` with one column more; rows beyond ``cells`` leave it blank."""
    head, *rows = text.strip().split("\n")
    padded = [*cells, *[""] * (len(rows) - len(cells))]
    more = [f"{row},{cell}" for row, cell in zip(rows, padded, strict=True)]
    return "\n".join([f"{head},{name}", *more]) + "\n"


def test_what_a_contract_allows_is_imported(store: Store, tmp_path: Path) -> None:
    text = column(
        column(SOUND["payers.csv"], "missed_fee_allowed", "no"), "packages_allowed", "yes"
    )
    folder = folder_with(tmp_path, payers=text)
    assert import_folder(store, folder).errors == []
    assert import_folder(store, folder).errors == []  # again: the same
    with store.read() as read:
        payer = read.session.scalars(select(Payer).order_by(Payer.id)).first()
        assert payer is not None
        assert (payer.missed_fee_allowed, payer.packages_allowed) == (False, True)


def test_a_fee_may_be_limited_to_a_modifier(store: Store, tmp_path: Path) -> None:
    head, first, *rest = SOUND["fees.csv"].strip().split("\n")
    text = "\n".join([f"{head},modifier", f"{first},", f"{first},95", *[f"{row}," for row in rest]])
    folder = folder_with(tmp_path, fees=text + "\n")
    assert import_folder(store, folder).errors == []
    assert import_folder(store, folder).errors == []
    with store.read() as read:
        assert read.session.scalars(
            select(Fee.modifier).where(Fee.modifier.is_not(None))
        ).all() == ["95"]


@pytest.mark.parametrize("cell", ["955", "x", "?!"])
def test_a_modifier_nobody_knows_is_refused(store: Store, tmp_path: Path, cell: str) -> None:
    folder = folder_with(tmp_path, fees=column(SOUND["fees.csv"], "modifier", cell))
    (error,) = import_folder(store, folder).errors
    assert "modifier" in error.message
