# SPDX-License-Identifier: MIT
"""An empty practice offers the next step; a practice folder is shown before it is taken in."""

from __future__ import annotations

import pytest
from accessibility import assert_accessible
from desk import context, opened
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from exchange.sound_folder import SOUND
from mediyn_desktop.practice.queries import client_ids
from mediyn_desktop.ui.importing import IMPORT, ImportDialog, Importing, counts
from mediyn_desktop.ui.screens.clients.listing import ClientList
from mediyn_desktop.ui.screens.today import TodayScreen


@pytest.fixture
def write_folder(tmp_path):
    def write(**changes: str):
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        for name, text in {**SOUND, **{f"{one}.csv": new for one, new in changes.items()}}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def host(qtbot, ops, store, doors):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.context = context(store, ops)
    made.importing = Importing(made.context, made)
    yield made
    assert doors.bugs == []
    assert doors.errors == []


def clients(store) -> int:
    with store.read() as read:
        return len(client_ids(read))


def looked(qtbot, host, folder) -> ImportDialog:
    host.importing.look_into(folder)
    qtbot.waitUntil(lambda: opened(host, ImportDialog) != [])
    (found,) = opened(host, ImportDialog)
    assert_accessible(found)
    return found


def test_what_is_in_the_folder_is_shown_and_taken_in_by_enter(qtbot, host, store, write_folder):
    folder = write_folder()
    ask = looked(qtbot, host, folder)
    assert clients(store) == 0
    assert "3 clients" in ask.said.text()
    assert "No card is charged" in ask.said.text()
    qtbot.keyClick(ask.take, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: host.context.shell.undoable != [])
    assert clients(store) == 3
    (said,) = host.context.shell.undoable
    assert said.startswith("Imported: 1 practice, ")

    again = looked(qtbot, host, folder)
    assert again.take is None
    assert "already" in again.said.text()


@pytest.mark.parametrize("way", ["escape", "the button"])
def test_nothing_is_taken_in_by_leaving(qtbot, host, store, write_folder, way):
    ask = looked(qtbot, host, write_folder())
    if way == "escape":
        qtbot.keyClick(ask, Qt.Key.Key_Escape)
    else:
        ask.close_button.setFocus()
        qtbot.keyClick(ask.close_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(host, ImportDialog) == [])
    qtbot.waitUntil(lambda: not host.context.ops.pending())
    assert clients(store) == 0


def test_every_wrong_cell_is_named_and_nothing_can_be_imported(qtbot, host, store, write_folder):
    broken = SOUND["clients.csv"].replace("1988-02-29", "1989-02-29").replace("self_pay", "barter")
    ask = looked(qtbot, host, write_folder(clients=broken))
    assert ask.take is None
    assert ask.said.text().startswith("2 things to mend")
    assert [where for where, _ in ask.lines] == [
        "clients.csv, line 2, dob",
        "clients.csv, line 2, payment_type",
    ]
    assert ask.whole.text() == ask.lines[0][1]
    ask.table.selectRow(1)
    assert ask.whole.text() == ask.lines[1][1]
    assert clients(store) == 0


def test_files_changed_in_between_are_not_taken_in(qtbot, host, store, write_folder):
    ask = looked(qtbot, host, write_folder())
    write_folder(clients=SOUND["clients.csv"].replace("self_pay", "barter"))
    ask.take.click()
    qtbot.waitUntil(lambda: any(one.take is None for one in opened(host, ImportDialog)))
    assert clients(store) == 0
    assert host.context.shell.said == []


@pytest.mark.parametrize("make", [TodayScreen, ClientList])
def test_an_empty_practice_offers_it(qtbot, host, store, write_folder, monkeypatch, make):
    folder = write_folder()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_asked: str(folder))
    page = make(host.context)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.reload()
    empty = page.empty if make is TodayScreen else page._empty
    qtbot.waitUntil(empty.button.isVisible)
    empty.button.click()
    qtbot.waitUntil(lambda: opened(host, ImportDialog) != [])
    opened(host, ImportDialog)[0].take.click()
    qtbot.waitUntil(lambda: host.context.shell.said != [])
    page.reload()
    qtbot.waitUntil(lambda: not empty.button.isVisible())
    qtbot.waitUntil(lambda: not host.context.ops.pending())


def test_it_is_found_by_key_and_refused_in_words_where_there_is_no_folder(
    qtbot, host, doors, tmp_path, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_asked: "")
    assert host.context.actions.run(IMPORT)
    assert not host.context.ops.pending()
    host.importing.look_into(tmp_path / "nowhere")
    qtbot.waitUntil(lambda: doors.errors != [])
    assert "Nothing" in doors.errors.pop()[1].message


def test_counts_are_words():
    assert counts({"clients": 1, "payments": 2, "fees": 0}) == "1 client, 2 payments"
    assert counts({"opening_balances": 2, "coverage": 1, "practice": 1}) == (
        "2 opening balances, 1 coverage, 1 practice"
    )
    assert counts({}) == ""
