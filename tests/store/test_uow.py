# SPDX-License-Identifier: MIT
"""The unit of work: all or nothing, one audit row, and what locking does to work in progress."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.core.errors import Locked
from mediyn_desktop.store.tables import AuditRow, SettingRow
from mediyn_desktop.store.uow import Store
from store.ledger_rows import post_one


def audit_rows(store: Store) -> list[AuditRow]:
    with store.read() as read:
        return list(read.session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_write_is_kept_and_leaves_one_audit_row(store: Store) -> None:
    with store.write("Change two settings") as uow:
        uow.session.add_all([SettingRow(key="b", value="1"), SettingRow(key="a", value="2")])
        uow.changed("setting", "b")
        uow.changed("setting", "a")
    (row,) = audit_rows(store)
    assert row.label == "Change two settings"
    assert json.loads(row.changes) == {"setting": ["a", "b"]}
    with store.read() as read:
        assert read.session.scalar(text("SELECT count(*) FROM setting")) == 2


def test_a_failed_write_keeps_nothing_of_either_kind_of_statement(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write("Half") as uow:
        uow.session.add(SettingRow(key="a", value="1"))
        uow.session.flush()
        uow.direct("INSERT INTO setting (key, value) VALUES (?, ?)", ("b", "2"))
        raise ZeroDivisionError
    with store.read() as read:
        assert read.session.scalar(text("SELECT count(*) FROM setting")) == 0
    assert audit_rows(store) == []
    with store.write("After") as uow:
        uow.changed("thing", 1)
    assert len(audit_rows(store)) == 1


def test_a_refused_statement_rolls_back_and_the_next_write_works(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write("Twice") as uow:
        uow.session.add(SettingRow(key="a", value="1"))
        uow.session.flush()
        uow.session.execute(text("INSERT INTO setting VALUES ('a', '2')"))
    post_one(store, 1)
    with store.read() as read:
        assert read.session.scalar(text("SELECT count(*) FROM setting")) == 0


def test_a_write_that_touches_nothing_leaves_no_audit_row(store: Store) -> None:
    with store.write("Nothing"):
        pass
    assert audit_rows(store) == []


def test_a_transaction_has_one_time_and_the_practices_date(store: Store, clock: FixedClock) -> None:
    with store.write("Time zone") as uow:
        uow.session.add(SettingRow(key="practice.timezone", value="Pacific/Auckland"))
        begun = uow.now
        clock.advance(timedelta(hours=3))
        assert uow.now == begun
    with store.read() as read:
        assert read.now == begun + timedelta(hours=3)
        assert read.today.isoformat() == "2026-11-24"


def test_what_is_done_to_a_reading_is_not_kept(store: Store) -> None:
    with store.read() as read:
        read.session.add(SettingRow(key="a", value="1"))
        read.session.flush()
    with store.read() as read:
        assert read.session.scalar(text("SELECT count(*) FROM setting")) == 0


def test_a_write_inside_a_write_is_a_bug_that_says_so(store: Store) -> None:
    with (
        store.write("Outer"),
        pytest.raises(RuntimeError, match="inside"),
        store.write("Inner"),
    ):
        pass


def test_writers_wait_for_each_other_and_lose_nothing(store: Store) -> None:
    def work(start: int) -> None:
        for number in range(start, start + 25):
            post_one(store, number)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as read:
        assert read.session.scalar(text("SELECT count(*) FROM entry")) == 75
        assert read.session.scalar(text("SELECT max(id) FROM entry")) == 75
    assert len(audit_rows(store)) == 75


def test_a_locked_practice_neither_reads_nor_writes(store: Store) -> None:
    store.close()
    with pytest.raises(Locked), store.read():
        pass
    with pytest.raises(Locked), store.write("No"):
        pass
    with pytest.raises(Locked):
        store.subkey("chain")


def test_locking_ends_a_read_in_progress_and_leaves_no_connection(store: Store) -> None:
    begun, outcome = threading.Event(), []

    def read_for_ever() -> None:
        endless = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )
        try:
            with store.read() as read:
                begun.set()
                read.session.execute(text(endless))
        except Locked as error:
            outcome.append(error.code)

    reader = threading.Thread(target=read_for_ever)
    reader.start()
    begun.wait()
    while reader.is_alive() and not outcome:
        store.close()
        reader.join(timeout=0.2)
    assert outcome == ["locked"]
    assert store.engine.pool.checkedout() == 0


def test_closing_folds_the_log_in_and_frees_the_lock(store: Store) -> None:
    post_one(store, 1)
    log = store.path.with_name(f"{store.path.name}-wal")
    assert log.stat().st_size > 0
    store.close()
    assert not log.exists() or log.stat().st_size == 0
