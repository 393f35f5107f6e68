# SPDX-License-Identifier: MIT
"""Names and notes are shown letter for letter; nothing in the room can render them as markup."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

import mediyn_desktop.ui as room
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.models.record_model import Column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.shell.header import PageHeader
from mediyn_desktop.ui.widgets.banner import Banner
from mediyn_desktop.ui.widgets.buttons import IconButton, SecondaryButton
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.error_dialog import ErrorDialog
from mediyn_desktop.ui.widgets.labels import PlainLabel, plain_caption, plain_tooltip
from mediyn_desktop.ui.widgets.table import RecordTable
from mediyn_desktop.ui.widgets.toast import Toast

NASTY = (
    "<b>Moreno</b>",
    "<h1>PAID IN FULL</h1>",
    "<img src='file:///etc/hostname'>",
    "O'Neil & Sons",
    "<a href='x'>x</a>",
)
FOLDER = Path(room.__file__).parent
# What may show markup, or would show a name outside the window.
_FORBIDDEN = {
    "QLabel",
    "QMessageBox",
    "QErrorMessage",
    "QTextBrowser",
    "QTextEdit",
    "QTextDocument",
    "QSystemTrayIcon",
    "QWhatsThis",
    "QToolTip",
    "QStaticText",
}
_MARKUP = {"setHtml", "toHtml", "insertHtml", "appendHtml", "setMarkdown", "setOpenExternalLinks"}
_ALLOWED = {("labels.py", "QLabel")}


def findings(source: str, name: str) -> list[str]:
    """Return what in ``source`` could show text as markup or a person's name in a title."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.alias):
            word = node.id if isinstance(node, ast.Name) else node.name.rsplit(".", 1)[-1]
            if word in _FORBIDDEN and (name, word) not in _ALLOWED:
                found.append(f"{name}: {word}")
        if isinstance(node, ast.Attribute) and node.attr in {
            "RichText",
            "AutoText",
            "MarkdownText",
        }:
            found.append(f"{name}: {node.attr}")
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        call, first = node.func.attr, node.args[0] if node.args else None
        if call in _MARKUP:
            found.append(f"{name}: {call}")
        literal = isinstance(first, ast.Constant)
        if call in {"setToolTip", "setWhatsThis"} and not literal:
            inner = first.func if isinstance(first, ast.Call) else None
            if not (isinstance(inner, ast.Name) and inner.id == "plain_tooltip"):
                found.append(f"{name}: {call} without plain_tooltip")
        if call in {"setWindowTitle", "setDocName"} and not literal:
            found.append(f"{name}: {call} with something that may be a name")
    return sorted(set(found))


def test_nothing_in_the_room_can_render_markup():
    found = [
        each for file in FOLDER.rglob("*.py") for each in findings(file.read_text(), file.name)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "from PySide6.QtWidgets import QLabel",
        "QMessageBox.warning(None, 'x', name)",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "view.setHtml(note)",
        "cell.setToolTip(client.name)",
        "self.setWindowTitle(client.name)",
        "self.setWindowTitle(f'Mediyn {client}')",
    ],
)
def test_the_check_itself_finds_each_way(line):
    assert findings(line, "screen.py")


def test_the_check_lets_safe_lines_pass():
    safe = "self.setWindowTitle('Mediyn')\ncell.setToolTip(plain_tooltip(client.name))"
    assert findings(safe, "screen.py") == []


@pytest.mark.parametrize("text", NASTY)
def test_every_widget_shows_it_letter_for_letter(text, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    header = PageHeader(text)
    header.set_subtitle(text)
    notice = Toast(host)
    notice.show_notice(text, undo=print)
    made = [
        host,
        header,
        Banner(text, action=(text, print), closable=True),
        EmptyState("clients", text, text, action=(text, print)),
        ErrorDialog.of(text, UserFacingError(text)),
        ConfirmDialog(text, text, text, cancel=text),
    ]
    for widget in made:
        qtbot.addWidget(widget)
        labels = widget.findChildren(QLabel)
        assert labels
        for label in labels:
            assert isinstance(label, PlainLabel)
            assert label.textFormat() == Qt.TextFormat.PlainText
    assert header.title == text
    notice.dismiss()


def test_markup_takes_the_room_of_its_letters(qtbot):
    def width(text: str) -> int:
        label = PlainLabel(text)
        qtbot.addWidget(label)
        return label.sizeHint().width()

    assert width("<b>x</b>") > 2 * width("x")
    assert PlainLabel("<img src='file:///etc/hostname'>").pixmap().isNull()


def test_tool_tips_and_captions_are_escaped(qtbot):
    assert plain_tooltip("<b>A & B</b>") == "<qt>&lt;b&gt;A &amp; B&lt;/b&gt;</qt>"
    assert plain_tooltip("") == ""
    assert plain_caption("A & B") == "A && B"
    button, picture = SecondaryButton("A & B"), IconButton("plus", "<i>x</i>")
    qtbot.addWidget(button)
    qtbot.addWidget(picture)
    assert button.accessibleName() == "A & B"
    assert button.shortcut().isEmpty()
    assert picture.toolTip() == "<qt>&lt;i&gt;x&lt;/i&gt;</qt>"


def test_a_cell_paints_markup_as_letters(qtbot):
    def inked(text: str) -> int:
        model = RowsModel((Column("Client", str),), lambda row: row, [text])
        table = RecordTable("Clients", model)
        qtbot.addWidget(table)
        table.resize(500, 120)
        image = table.grab().toImage()
        row = table.visualRect(model.index(0, 0)).translated(0, table.horizontalHeader().height())
        return max(
            (
                x
                for x in range(10, 400)
                for y in range(row.top() + 4, row.bottom() - 4)
                if image.pixelColor(x, y).lightness() < 110
            ),
            default=0,
        )

    assert inked("<b>Moreno</b>") > inked("Moreno") + 20
    assert inked("one\ntwo") > inked("one")
