# SPDX-License-Identifier: MIT
"""A folder may say what a payer's contract allows, and limit a fee to a modifier."""

from __future__ import annotations

from pathlib import Path

import pytest
from sound_folder import SOUND
from sqlalchemy import select

from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.practice.tables import Clinician, Coverage, Fee, Payer, Practice
from mediyn_desktop.store.uow import Store


def folder_with(tmp_path: Path, **files: str) -> Path:
    """The sound folder, with other texts for some of its files."""
    tmp_path.mkdir(exist_ok=True)
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


def test_what_a_payers_claims_must_carry_is_imported(store: Store, tmp_path: Path) -> None:
    text = SOUND["payers.csv"]
    for name in (
        "always_rendering",
        "needs_taxonomy",
        "needs_group_number",
        "needs_authorization",
    ):
        text = column(text, name, "yes")
    text = column(text, "telehealth_place", "any")
    folder = folder_with(tmp_path, payers=column(text, "takes_replacements", "no"))
    assert import_folder(store, folder).errors == []
    assert import_folder(store, folder).errors == []
    with store.read() as read:
        payers = read.session.scalars(select(Payer).order_by(Payer.id)).all()
    first, second = payers[0], payers[1]
    assert first.always_rendering
    assert first.needs_taxonomy
    assert first.needs_group_number
    assert first.needs_authorization
    assert first.takes_replacements is False
    assert (first.telehealth_place, second.telehealth_place) == ("any", None)
    assert (second.always_rendering, second.takes_replacements) == (False, None)


def test_a_referral_and_medicare_as_second_payer_are_imported(store: Store, tmp_path: Path) -> None:
    text = column(SOUND["coverage.csv"], "referring_last_name", "Singh")
    text = column(column(text, "referring_npi", "1679576722"), "insurance_type", "12")
    folder = folder_with(tmp_path, coverage=text)
    assert import_folder(store, folder).errors == []
    with store.read() as read:
        row = read.session.scalars(select(Coverage).order_by(Coverage.id)).first()
        assert row is not None
        assert (row.referring_last_name, row.referring_npi) == ("Singh", "1679576722")
        assert row.insurance_type == "12"
    bad = folder_with(tmp_path, coverage=column(SOUND["coverage.csv"], "insurance_type", "99"))
    (error,) = import_folder(store, bad).errors
    assert error.column == "insurance_type"


def test_where_checks_go_and_where_the_office_is_are_imported(store: Store, tmp_path: Path) -> None:
    more = (
        'pay_to_address1 = "PO Box 7"\npay_to_city = "Portland"\npay_to_state = "OR"\n'
        'pay_to_zip = "97208"\nfacility_name = "Elm House"\nfacility_npi = "1558598797"\n'
        'facility_address1 = "1 Elm"\nfacility_city = "Portland"\nfacility_state = "OR"\n'
        'facility_zip = "97205-1180"\n\n[clinician]'
    )
    folder = folder_with(tmp_path)
    toml = folder / "practice.toml"
    toml.write_text(toml.read_text("utf-8").replace("[clinician]", more, 1), "utf-8")
    assert import_folder(store, folder).errors == []
    with store.read() as read:
        practice = read.session.get_one(Practice, 1)
        assert (practice.pay_to_address1, practice.pay_to_zip) == ("PO Box 7", "97208")
        assert (practice.facility_name, practice.facility_zip) == ("Elm House", "972051180")


def test_a_supervisor_must_be_a_clinician(store: Store, tmp_path: Path) -> None:
    rows = "ref,first_name,last_name,npi,supervisor_ref\nassoc,Ida,Berg,1558598797,{}\n"
    bad = folder_with(tmp_path / "a", clinicians=rows.format("nobody"))
    (error,) = import_folder(store, bad).errors
    assert (error.file, error.column) == ("clinicians.csv", "supervisor_ref")
    good = folder_with(tmp_path / "b", clinicians=rows.format("me"))
    assert import_folder(store, good).errors == []
    with store.read() as read:
        named = select(Clinician.supervisor_ref).where(Clinician.ref == "assoc")
        assert read.session.scalar(named) == "me"
