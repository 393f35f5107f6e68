# SPDX-License-Identifier: MIT
"""A second import adds what is new, leaves what is the same, and refuses what contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sound_folder import PRACTICE, SOUND, WriteFolder, edit, rows_written
from sqlalchemy import select

from mediyn_desktop.billing.signing import sign_note
from mediyn_desktop.cards.on_file.consents import revoke, view_consents
from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.ledger.queries import client_balances, trial_balance
from mediyn_desktop.practice.tables import Card, Client, Fee
from mediyn_desktop.store.uow import Store


@pytest.fixture
def filled(store: Store, write_folder: WriteFolder) -> Store:
    """A practice into which the sound folder was imported."""
    assert import_folder(store, write_folder(name="first")).errors == []
    return store


def only(folder: Path, **files: str) -> Path:
    """Write just these files (``fees`` is ``fees.csv``) into ``folder``."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_the_same_folder_again_writes_nothing(filled: Store, write_folder: WriteFolder) -> None:
    before = rows_written(filled)

    report = import_folder(filled, write_folder())

    assert report.errors == []
    assert set(report.imported.values()) == {0}
    assert report.unchanged == {
        "practice": 1,
        "clinicians": 2,
        "payers": 2,
        "clients": 3,
        "coverage": 3,
        "fees": 6,
        "cards": 1,
        "sessions": 5,
        "packages": 1,
        "payments": 2,
        "opening_balances": 2,
    }
    assert rows_written(filled) == before


CONTRADICTIONS = [
    (edit("practice.toml", '"Portland"', '"Salem"'), "practice.toml", 1, "city", "city"),
    (edit("practice.toml", "Los_Angeles", "Denver"), "practice.toml", 1, "timezone", "timezone"),
    (edit("practice.toml", '"LCSW"', '"PhD"'), "practice.toml", 16, "ref", "credential"),
    (edit("clinicians.csv", "Nygård", "Berg"), "clinicians.csv", 2, "ref", "last_name"),
    (edit("payers.csv", "BFH01", "BFH02"), "payers.csv", 2, "ref", "payer_id"),
    (edit("clients.csv", "97202,self_pay", "97203,self_pay"), "clients.csv", 2, "ref", "zip"),
    (edit("clients.csv", "F41.1;F33.1", "F33.1;F41.1"), "clients.csv", 3, "ref", "diagnoses"),
    (edit("coverage.csv", "M2", "M3"), "coverage.csv", 3, "client_ref", "member_id"),
    (edit("coverage.csv", "c2,1,cedar", "c2,1,bluefir"), "coverage.csv", 3, "client_ref", "payer"),
    (
        edit("coverage.csv", "M2,self,30.00,2026-07-01", "M2,self,30.00,2026-08-01"),
        "coverage.csv",
        3,
        "effective_from",
        "End that one",
    ),
    (edit("fees.csv", "90837,180", "90837,190"), "fees.csv", 2, "fee", "fee"),
    (edit("cards.csv", ",4242,", ",4243,"), "cards.csv", 2, "stripe_payment_method", "last4"),
    (edit("sessions.csv", "03-02T09:53", "03-02T09:54"), "sessions.csv", 2, "ref", "ends_at"),
    (edit("sessions.csv", "s5,c1,,", "s5,c2,,"), "sessions.csv", 6, "ref", "client_ref"),
    (edit("sessions.csv", "s5,c1,,", "s5,c1,assoc,"), "sessions.csv", 6, "ref", "clinician_ref"),
    (edit("sessions.csv", "2026-03-03T09:10", "2026-03-03T09:11"), "sessions.csv", 5, "ref", "no"),
    (edit("sessions.csv", "s5,c1", "s6,c2"), "sessions.csv", 6, "start", "s5"),
    (edit("packages.csv", ",3,100", ",4,100"), "packages.csv", 2, "client_ref", "$100.00"),
    (edit("payments.csv", "200", "210"), "payments.csv", 2, "client_ref", "$200.00"),
    (
        edit("opening_balances.csv", "60.25", "60.26"),
        "opening_balances.csv",
        2,
        "client_ref",
        "$60.25",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "file", "line", "column", "said"), CONTRADICTIONS)
def test_what_contradicts_the_practice_is_refused_and_nothing_is_written(
    filled: Store,
    write_folder: WriteFolder,
    changes: Mapping[str, str],
    file: str,
    line: int,
    column: str,
    said: str,
) -> None:
    before = rows_written(filled)

    report = import_folder(filled, write_folder(changes))

    assert [(one.file, one.line, one.column) for one in report.errors] == [(file, line, column)]
    assert said in report.errors[0].message
    assert report.imported == {}
    assert rows_written(filled) == before


def test_what_was_done_in_the_window_since_does_not_stand_in_the_way(
    filled: Store, write_folder: WriteFolder
) -> None:
    with filled.write("Sign note") as uow:
        sign_note(uow, "s5")
        uow.session.add(Fee(code="90791", fee_cents=20000))

    report = import_folder(filled, write_folder())

    assert report.errors == []
    assert set(report.imported.values()) == {0}


def test_a_client_edited_in_the_window_is_not_overwritten(
    filled: Store, write_folder: WriteFolder
) -> None:
    with filled.write("Edit client") as uow:
        client = uow.session.scalars(select(Client).where(Client.ref == "c1")).one()
        client.city = "Gresham"

    report = import_folder(filled, write_folder())

    assert [(one.file, one.line, one.column) for one in report.errors] == [
        ("clients.csv", 2, "ref")
    ]
    assert "city" in report.errors[0].message


def test_later_files_may_come_without_the_practice_and_refer_to_what_is_there(
    filled: Store, tmp_path: Path
) -> None:
    folder = only(
        tmp_path / "later",
        sessions="ref,client_ref,clinician_ref,start,end,kind,status,place,note_signed_at\n"
        "s9,c1,,2026-04-01T09:00,2026-04-01T09:53,individual,attended,office,2026-04-01T10:00\n",
        payments="client_ref,date,amount,method\nc1,2026-04-02,180,cash\n",
    )

    report = import_folder(filled, folder)

    assert report.errors == []
    assert (report.imported["sessions"], report.imported["payments"], report.billed) == (1, 1, 1)
    with filled.read() as read:
        assert client_balances(read, "c1")["c1"].patient_cents == 11525
        assert trial_balance(read) == 0


def test_who_a_blank_clinician_means_must_be_plain(
    store: Store, write_folder: WriteFolder, tmp_path: Path
) -> None:
    named = edit("practice.toml", "[clinician]", '[clinician]\nref = "marisol"')
    assert import_folder(store, write_folder(named)).errors == []
    folder = only(
        tmp_path / "later",
        sessions="ref,client_ref,start,end,kind,status,place\n"
        "s9,c1,2026-04-01T09:00,2026-04-01T09:53,individual,attended,office\n",
    )

    report = import_folder(store, folder)

    assert [(one.line, one.column) for one in report.errors] == [(2, "clinician_ref")]


def test_one_payment_more_of_the_same_is_one_payment(
    filled: Store, write_folder: WriteFolder
) -> None:
    line = "c1,2026-03-02,200,check\n"

    report = import_folder(filled, write_folder({"payments.csv": SOUND["payments.csv"] + line}))

    assert (report.imported["payments"], report.unchanged["payments"]) == (1, 2)


def test_the_same_opening_balance_twice_is_told_apart_on_the_second_import(
    filled: Store, write_folder: WriteFolder
) -> None:
    twice = {"opening_balances.csv": SOUND["opening_balances.csv"] + "c1,2025-12-15,60.25\n"}

    first = import_folder(filled, write_folder(twice, name="a"))
    second = import_folder(filled, write_folder(twice, name="b"))

    assert (first.imported["opening_balances"], first.unchanged["opening_balances"]) == (1, 2)
    assert (second.imported["opening_balances"], second.unchanged["opening_balances"]) == (0, 3)


def test_a_practice_filled_by_hand_takes_a_folder_without_practice(
    filled: Store, tmp_path: Path
) -> None:
    folder = only(tmp_path / "more", fees="code,fee,effective_from\n90837,200,2027-01-01\n")

    assert import_folder(filled, folder).imported["fees"] == 1


def test_an_empty_practice_needs_practice_toml(store: Store, tmp_path: Path) -> None:
    folder = only(tmp_path / "more", fees="code,fee\n90837,200\n")

    report = import_folder(store, folder)

    assert [(one.file, one.line) for one in report.errors] == [("practice.toml", 1)]
    assert "[practice]" in PRACTICE


def test_what_became_of_a_card_since_is_no_contradiction(
    filled: Store, write_folder: WriteFolder
) -> None:
    with filled.write("t") as uow:
        cards = list(uow.session.scalars(select(Card).where(Card.consent_date.is_not(None))))
        assert len(view_consents(uow)) == len(cards) > 0
        revoke(uow, cards[0].id, reason="Asked")
        cards[0].last4 = "9999"  # as its network renews it
        card = cards[0].id

    report = import_folder(filled, write_folder(name="again"))

    assert report.errors == []
    with filled.read() as read:
        found = read.session.get_one(Card, card)
        assert (found.last4, found.consent_scope, found.consent_date) == ("9999", "", None)
        assert len(view_consents(read)) == len(cards) + 1  # no consent comes back by itself
