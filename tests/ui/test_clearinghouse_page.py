# SPDX-License-Identifier: MIT
"""The way to the clearinghouse on screen: set up, tested, its key compared, files sent and come."""

from __future__ import annotations

import asyncssh
import pytest
from accessibility import assert_accessible
from claims_desk import form, shown
from desk import context, opened, write
from PySide6.QtCore import Qt

import world
from claims.remittances import Clp, era
from mailbox_server import PASSWORD, USER
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.claims import submission
from mediyn_desktop.store import settings
from mediyn_desktop.ui.screens.claims.file_dialog import FileDialog
from mediyn_desktop.ui.screens.claims.way_dialogs import HostKeyDialog, StepsDialog
from mediyn_desktop.ui.screens.claims.way_form import WayDialog

OTHER_KEY = "ssh-ed25519 SHA256:" + "A" * 43


@pytest.fixture
def number(store, monkeypatch) -> str:
    """One queued claim; the guide's slow checker has its own tests."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    with store.write("t") as uow:
        world.practice(uow)
        owner = world.client(uow, payment_type="in_network")
        world.coverage(uow, owner)
        (made,) = submission.make_claims(uow, [bill_session(uow, world.session(uow, owner))])
        submission.queue_claims(uow, [made])
        return made.control_number


@pytest.fixture
def page(qtbot, ops, store, number, doors):
    yield shown(qtbot, ops, context(store, ops), "Clearinghouse").clearinghouse
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []


def enter(store, values: dict[str, str]) -> None:
    with store.write("t") as uow:
        for key, value in values.items():
            settings.set_value(uow, key, value)


def value(store, key: str) -> str:
    with store.read() as read:
        return settings.show(read, key)[0]["value"]


def fill(qtbot, dialog: WayDialog, **values: str) -> None:
    for name, text in values.items():
        write(qtbot, dialog.editors[f"clearinghouse.{name}"], text)


def test_a_mailbox_is_set_up_tested_confirmed_and_used(qtbot, page, store, number, mailbox):
    page.set_up_button.click()
    dialog = form(qtbot, page, WayDialog)
    assert_accessible(dialog)
    dialog.preset.setCurrentIndex(dialog.preset.findText("Office Ally"))
    assert dialog.kind.currentData() == "sftp"
    assert dialog.editors["clearinghouse.sftp_host"].text() == "ftp10.officeally.com"
    assert "Ask them for SFTP access" in dialog.note.text()
    assert_accessible(dialog)
    fill(
        qtbot,
        dialog,
        sftp_host="127.0.0.1",
        sftp_port=str(mailbox.port),
        sftp_user=USER,
        sftp_password=PASSWORD,
    )
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(page.key_button.isVisible)
    assert page.way.text() == (
        "Claims go to the mailbox of Office Ally (SFTP). 1 claim waits to go out."
    )
    page.test_button.click()
    steps = form(qtbot, page, StepsDialog)
    assert "has not been confirmed yet" in steps.said.text()
    assert mailbox.logins == []  # not even the password was sent
    steps.key_button.click()
    key = form(qtbot, page, HostKeyDialog)
    assert_accessible(key)
    assert key.asked is None  # nothing was accepted before, so nothing changed
    qtbot.keyClick(key, Qt.Key.Key_Return)
    assert "Compare it first" in key.problem
    key.compared.setFocus()
    qtbot.keyClick(key.compared, Qt.Key.Key_Space)
    qtbot.keyClick(key, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, HostKeyDialog))
    assert value(store, "clearinghouse.sftp_host_key") == mailbox.shown_key
    page.send_button.click()
    qtbot.waitUntil(lambda: page.context.shell.said[-1] == "1 claim sent")
    qtbot.waitUntil(lambda: page.files.rowCount() == 1)
    (content,) = mailbox.arrived().values()
    assert f"CLM*{number}*".encode() in content
    page.file_table.setFocus()
    qtbot.keyClick(page.file_table, Qt.Key.Key_Return)
    said = form(qtbot, page, FileDialog)
    lines = [said.model.row_at(row) for row in range(said.model.rowCount())]
    assert any(one.segment.startswith(f"CLM*{number}") for one in lines)
    said.accept()
    billed = 18000
    answer = era(Clp(number, billed, 12000, [("CO", "45", 6000)]))
    (mailbox.outbound / "answer.835").write_bytes(answer)
    (mailbox.outbound / "noise.txt").write_bytes(b"no answer at all")
    page.fetch_button.click()
    qtbot.waitUntil(lambda: page.context.shell.said[-1].startswith("2 files fetched"))
    qtbot.waitUntil(lambda: page.came.rowCount() == 2)
    states = {page.came.row_at(row).name: page.came.row_at(row).status for row in range(2)}
    assert states["noise.txt"] == "unreadable"
    assert_accessible(page.window())


def test_a_changed_key_is_refused_in_words_and_needs_a_call(qtbot, page, store, mailbox):
    enter(store, mailbox.settings() | {"clearinghouse.sftp_host_key": OTHER_KEY})
    page.reload()
    qtbot.waitUntil(page.key_button.isVisible)
    page.test_button.click()
    steps = form(qtbot, page, StepsDialog)
    assert "shows another key than the one you accepted" in steps.said.text()
    steps.accept()
    page.key_button.click()
    key = form(qtbot, page, HostKeyDialog)
    key.compared.setChecked(True)
    qtbot.keyClick(key, Qt.Key.Key_Return)
    assert "by telephone" in key.problem + key.foreseen.text()
    assert value(store, "clearinghouse.sftp_host_key") == OTHER_KEY
    key.asked.setChecked(True)
    qtbot.keyClick(key, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, HostKeyDialog))
    assert value(store, "clearinghouse.sftp_host_key") == mailbox.shown_key


def test_another_server_forgets_the_key_and_secrets_are_never_shown(qtbot, page, store, mailbox):
    enter(store, mailbox.settings())
    page.set_up()
    dialog = form(qtbot, page, WayDialog)
    assert dialog.editors["clearinghouse.sftp_password"].text() == ""
    fill(qtbot, dialog, sftp_host="two words")
    assert dialog.problem.startswith("Server: write the server's name alone")
    fill(qtbot, dialog, sftp_host="sftp.example.com")
    assert "its key has to be compared anew" in dialog.foreseen.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, WayDialog))
    assert value(store, "clearinghouse.sftp_host_key") == ""
    with store.read() as read:
        assert settings.read_secret(read, "clearinghouse.sftp_password") == PASSWORD


def test_a_key_file_is_taken_and_kept_out_of_sight(qtbot, page, store, mailbox, tmp_path):
    mine = asyncssh.generate_private_key("ssh-ed25519")
    file = tmp_path / "id_ed25519"
    text = mine.export_private_key().decode()  # salted anew each time it is written
    file.write_text(text)
    enter(store, mailbox.settings())
    page.set_up()
    dialog = form(qtbot, page, WayDialog)
    dialog.take_key(file)
    shown = dialog.editors["clearinghouse.sftp_private_key"]
    qtbot.waitUntil(lambda: shown.text() == "The key of the chosen file")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, WayDialog))
    with store.read() as read:
        kept = settings.read_secret(read, "clearinghouse.sftp_private_key")
    assert kept == text.strip()


def test_offline_nothing_is_tried(qtbot, ops, store, number, mailbox, doors):
    enter(store, mailbox.settings())
    given = context(store, ops, offline=True)
    page = shown(qtbot, ops, given, "Clearinghouse").clearinghouse
    qtbot.waitUntil(page.key_button.isVisible)
    page.test_button.click()
    assert page.context.shell.said == ["You work offline. Nothing was tried"]
    page.send_button.click()
    qtbot.waitUntil(lambda: bool(doors.errors))
    assert doors.errors[0][1].code == "clearinghouse-offline"
    qtbot.waitUntil(page.send_button.isEnabled)
    assert mailbox.logins == []


def test_without_a_way_it_says_what_is_missing(qtbot, page, doors):
    page.send_button.click()
    qtbot.waitUntil(lambda: bool(doors.errors))
    assert doors.errors[0][1].code == "no-clearinghouse"
    assert "stay queued" in doors.errors[0][1].message
