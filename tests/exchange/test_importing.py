# SPDX-License-Identifier: MIT
"""An import writes everything in one transaction, in the order in which it happened."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sound_folder import WriteFolder, edit, rows_written, sessions
from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.codes import icd10
from mediyn_desktop.exchange.practice_folder import import_folder, writing
from mediyn_desktop.ledger.queries import account_balances, client_balances, journal, trial_balance
from mediyn_desktop.ledger.tables import OpenItemRow, PaymentRow
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.queries import client_count
from mediyn_desktop.practice.tables import Client, Package, Practice, Session
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store


def test_everything_of_a_folder_comes_in(store: Store, write_folder: WriteFolder) -> None:
    report = import_folder(store, write_folder())

    assert (report.errors, report.warnings, report.unbilled) == ([], [], [])
    assert report.imported == {
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
    assert report.billed == 4
    assert set(report.unchanged.values()) == {0}
    with store.read() as read:
        assert read.session.get_one(Practice, 1).name == "Juniper Lane Therapy"
        assert read.zone.key == "America/Los_Angeles"
        assert settings.get(read, settings.PRACTICE_TIMEZONE) == "America/Los_Angeles"
        client = read.session.scalars(select(Client).where(Client.ref == "c2")).one()
        assert client.last_name == "“Fox” & Söhne"
        assert [one.code for one in client.diagnoses] == ["F411", "F331"]
        assert trial_balance(read) == 0


def test_an_imported_client_is_found_by_name(store: Store, write_folder: WriteFolder) -> None:
    import_folder(store, write_folder())

    with store.read() as read:
        assert client_count(read, "zoe o'brien") == 1


def test_a_dry_run_counts_the_same_and_keeps_nothing(
    store: Store, write_folder: WriteFolder
) -> None:
    folder = write_folder()

    dry = import_folder(store, folder, dry_run=True)

    assert rows_written(store) == {}
    assert dry == import_folder(store, folder)


def test_an_import_cut_short_leaves_nothing(
    store: Store, write_folder: WriteFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.MoneyWriter, "payment", fail)
    with pytest.raises(KeyboardInterrupt):
        import_folder(store, write_folder())

    assert rows_written(store) == {}


def test_each_session_is_billed_as_if_it_were_signed_here(
    store: Store, write_folder: WriteFolder
) -> None:
    import_folder(store, write_folder())

    with store.read() as read:
        charges = {
            ref: (charge.route, charge.total_cents)
            for ref, charge in read.session.execute(
                select(Session.ref, Charge).join(Charge, Charge.session_id == Session.id)
            )
        }
        note = read.session.scalars(select(Session).where(Session.ref == "s3")).one().note
        assert note is not None
        signed_at = note.signed_at
    assert charges == {
        "s1": ("card", 18000),
        "s2": ("claim_and_copay", 15000),
        "s3": ("package", 3334),
        "s4": ("fee", 7500),
    }
    assert signed_at == dt.datetime(2026, 3, 2, 20, 5, 30, tzinfo=dt.UTC)


def test_balances_follow_from_opening_balances_sessions_and_payments(
    store: Store, write_folder: WriteFolder
) -> None:
    import_folder(store, write_folder())

    with store.read() as read:
        held = {
            ref: (one.patient_cents, one.insurer_cents, one.credit_cents, one.deferred_cents)
            for ref, one in client_balances(read).items()
        }
        accounts = account_balances(read)
    assert held == {
        "c1": (6025 + 18000 + 7500 - 20000, 0, 0, 0),
        "c2": (0, 15000, 2500, 0),
        "c3": (0, 0, 2000, 6666),
    }
    assert accounts["Assets:Undeposited"] == 20000  # the check
    assert accounts["Assets:Bank"] == 2500  # a card charged outside this program
    assert accounts["Equity:Opening"] == -6025 + 2000 + 10000


def test_an_opening_balance_is_owed_since_its_date_of_service(
    store: Store, write_folder: WriteFolder
) -> None:
    twice = "client_ref,date_of_service,amount\nc2,2026-01-05,10\nc2,2026-01-05,12.50\n"
    import_folder(store, write_folder({"opening_balances.csv": twice, "payments.csv": None}))

    with store.read() as read:
        items = [
            (one.source, one.date_of_service, one.amount_cents)
            for one in read.session.scalars(
                select(OpenItemRow)
                .where(OpenItemRow.source.startswith("opening:c2:"))
                .order_by(OpenItemRow.id)
            )
        ]
        entry = journal(read, source="opening:c2:2026-01-05:2")[0]
    assert items == [
        ("opening:c2:2026-01-05:1", dt.date(2026, 1, 5), 1000),
        ("opening:c2:2026-01-05:2", dt.date(2026, 1, 5), 1250),
    ]
    assert [(one.account, one.amount_cents) for one in entry.postings] == [
        ("Assets:Receivable:Client:c2", 1250),
        ("Equity:Opening", -1250),
    ]


def test_a_package_is_a_liability_bought_outside_and_used_by_its_sessions(
    store: Store, write_folder: WriteFolder
) -> None:
    import_folder(store, write_folder())

    with store.read() as read:
        package = read.session.scalars(select(Package)).one()
        payment = read.session.get_one(PaymentRow, package.payment_id)
        paid = (payment.amount_cents, payment.method, payment.ref)
        sale = journal(read, source="package:1")[0]
    assert paid == (10000, "package", "package:1")
    assert [(one.account, one.amount_cents) for one in sale.postings] == [
        ("Equity:Opening", 10000),
        ("Liabilities:Deferred:c3", -10000),
    ]


def test_money_paid_before_a_session_is_credit_that_the_session_uses(
    store: Store, write_folder: WriteFolder
) -> None:
    changes = {
        "payments.csv": "client_ref,date,amount,method\nc1,2026-02-01,200,cash\n",
        "opening_balances.csv": None,
    }
    import_folder(store, write_folder(changes))

    with store.read() as read:
        kinds = [one.kind for one in journal(read, client="c1")]
        balance = client_balances(read, "c1")["c1"]
    assert kinds == ["payment", "charge", "credit-applied", "charge", "credit-applied"]
    assert (balance.patient_cents, balance.credit_cents) == (5500, 0)


def test_credit_brought_along_settles_what_was_owed_before(
    store: Store, write_folder: WriteFolder
) -> None:
    both = "client_ref,date_of_service,amount\nc1,2026-01-01,-50\nc1,2026-01-10,80\n"
    import_folder(
        store,
        write_folder(
            {"opening_balances.csv": both, "payments.csv": None}
            | sessions({"client_ref": "c2", "note_signed_at": ""})
        ),
    )

    with store.read() as read:
        balance = client_balances(read, "c1")["c1"]
    assert (balance.patient_cents, balance.credit_cents) == (3000, 0)


def test_a_copay_in_network_stays_credit_until_the_remittance(
    store: Store, write_folder: WriteFolder
) -> None:
    import_folder(store, write_folder())

    with store.read() as read:
        assert client_balances(read, "c2")["c2"].credit_cents == 2500


def test_signed_sessions_that_cannot_be_billed_are_named(
    store: Store, write_folder: WriteFolder
) -> None:
    signed = {"note_signed_at": "2026-03-02T20:00"}
    report = import_folder(
        store,
        write_folder(
            sessions(
                {**signed, "end": "2026-03-02T09:12"},
                {**signed, "ref": "s2", "status": "cancelled"},
                {**signed, "ref": "s3", "kind": "intake", "start": "2026-03-02T09:20"},
            )
        ),
    )

    assert report.errors == []
    assert [(one.session_ref, one.code) for one in report.unbilled] == [
        ("s1", "under-16-minutes"),
        ("s3", "no-fee"),
    ]
    assert report.billed == 0


def test_a_night_when_the_clocks_go_back_is_billed_by_its_true_minutes(
    store: Store, write_folder: WriteFolder
) -> None:
    night = {
        "start": "2026-11-01T01:20-07:00",
        "end": "2026-11-01T01:15-08:00",
        "note_signed_at": "2026-11-01T09:00",
    }
    import_folder(store, write_folder(sessions(night)))

    with store.read() as read:
        charge = read.session.scalars(select(Charge)).one()
        minutes, codes = charge.minutes, [line.code for line in charge.lines]
    assert minutes == 55
    assert codes == ["90837"]


def test_a_warning_does_not_keep_the_folder_out(store: Store, write_folder: WriteFolder) -> None:
    report = import_folder(store, write_folder(edit("clients.csv", "F43.10", "F43.1")))

    assert [(one.file, one.line, one.column) for one in report.warnings] == [
        ("clients.csv", 4, "diagnoses")
    ]
    assert report.imported["clients"] == 3


def test_a_diagnosis_is_looked_up_in_the_list_the_user_loaded(
    store: Store, write_folder: WriteFolder, tmp_path: Path
) -> None:
    newer = tmp_path / "icd10cm-codes-2027.txt"
    codes = sorted([*icd10.bundled().codes, "F4385"])
    newer.write_text("".join(f"{code} A title\n" for code in codes))
    with store.write("Load codes") as uow:
        code_lists.load(uow, newer)
    changes = sessions(
        {"diagnoses": "F43.85", "start": "2026-11-02T09:00", "end": "2026-11-02T09:53"}
    )

    report = import_folder(store, write_folder(changes))

    assert report.warnings == []
