# SPDX-License-Identifier: MIT
"""The way to the clearinghouse in one form: a known clearinghouse to begin with, then your own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from mediyn_desktop.claims.files_at_hand import content_at
from mediyn_desktop.claims.transports.presets import Preset, presets
from mediyn_desktop.store import clearinghouse_settings as given
from mediyn_desktop.store import settings
from mediyn_desktop.store.setting import Setting
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.ui.context import Context
from mediyn_desktop.ui.correcting import CorrectingDialog, Foreseen, choice
from mediyn_desktop.ui.theme.fonts import scaled
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.combo_box import ComboBox
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.labels import PlainLabel

_LONGEST = 400
_KINDS = [
    ("A folder, carried by hand", "folder"),
    ("A mailbox (SFTP)", "sftp"),
    ("The web (HTTPS)", "https"),
    ("The made-up one, for trying out", "sandbox"),
]
_YES = [("Yes", "yes"), ("No", "no")]
_CHOICES: dict[str, list[tuple[str, str]]] = {
    given.CLEARINGHOUSE_USAGE.key: [("Real claims", "P"), ("Tests", "T")],
    given.CLEARINGHOUSE_AFTER_PICKUP.key: [("Stay in the mailbox", "keep"), ("Removed", "delete")],
    given.CLEARINGHOUSE_ELIGIBILITY.key: [
        ("As this way allows", "auto"),
        ("At once, to the address", "https"),
        ("In a file, by mail", "mailbox"),
        ("By telephone only", "none"),
    ],
    given.SFTP_RENAME.key: _YES,
    given.SFTP_ZIP.key: _YES,
}
Beside = Literal["", "folder", "file"]


@dataclass(frozen=True, slots=True)
class _Field:
    setting: Setting[Any]
    label: str
    kinds: tuple[str, ...]
    beside: Beside = ""


_FOLDER, _SFTP, _HTTPS = ("folder", "sandbox"), ("sftp",), ("https",)
_ALL = (*_FOLDER, *_SFTP, *_HTTPS)
_ROWS: tuple[tuple[_Field, ...], ...] = (
    (
        _Field(given.CLEARINGHOUSE_OUT, "Claims are written to", _FOLDER, "folder"),
        _Field(given.CLEARINGHOUSE_IN, "Answers are read from", _FOLDER, "folder"),
    ),
    (
        _Field(given.SFTP_HOST, "Server", _SFTP),
        _Field(given.SFTP_PORT, "Port", _SFTP),
        _Field(given.SFTP_USER, "User name", _SFTP),
    ),
    (
        _Field(given.SFTP_PASSWORD, "Password", _SFTP),
        _Field(given.SFTP_PRIVATE_KEY, "Or a key file", _SFTP, "file"),
        _Field(given.SFTP_KEY_PASSPHRASE, "Passphrase of the key file", _SFTP),
    ),
    (
        _Field(given.SFTP_UPLOAD_FOLDER, "Folder for claims", _SFTP),
        _Field(given.SFTP_DOWNLOAD_FOLDER, "Folder of answers", _SFTP),
        _Field(given.CLEARINGHOUSE_AFTER_PICKUP, "Fetched answers", _SFTP),
    ),
    (
        _Field(given.SFTP_RENAME, "Upload first, then name", _SFTP),
        _Field(given.SFTP_ZIP, "Pack claims as zip", _SFTP),
        _Field(given.CLEARINGHOUSE_FILE_NAME, "Name of a claim file", _SFTP),
    ),
    (_Field(given.HTTPS_CLAIMS_URL, "Address for claims", _HTTPS),),
    (_Field(given.HTTPS_ANSWERS_URL, "Address of answers (blank: by hand)", _HTTPS),),
    (
        _Field(given.CLEARINGHOUSE_ELIGIBILITY, "Coverage questions are asked", _ALL),
        _Field(given.HTTPS_ELIGIBILITY_URL, "Address for coverage questions", _ALL),
    ),
    (
        _Field(given.HTTPS_KEY, "Key for the web addresses", _ALL),
        _Field(given.HTTPS_KEY_HEADER, "Header of the key", _ALL),
        _Field(given.HTTPS_REPEAT_HOURS, "Same file only once for (hours)", _HTTPS),
    ),
    (
        _Field(given.CLEARINGHOUSE_SENDER_ID, "Your submitter id (blank: NPI)", _ALL),
        _Field(given.CLEARINGHOUSE_RECEIVER_ID, "Its receiver id", _ALL),
        _Field(given.CLEARINGHOUSE_RECEIVER_NAME, "Its name in the file", _ALL),
        _Field(given.CLEARINGHOUSE_USAGE, "Files are marked as", _ALL),
    ),
)
_FIELDS = tuple(field for row in _ROWS for field in row)


@dataclass(frozen=True, slots=True)
class Way:
    """What is set: ``values`` as text by key, ``kept`` the secrets there are, never shown."""

    kind: str
    name: str
    values: dict[str, str]
    kept: frozenset[str]
    presets: tuple[Preset, ...]


def way(read: Reading) -> Way:
    """Return what the form begins with; no secret is among it."""
    values, kept = {}, set()
    for field in _FIELDS:
        if not field.setting.secret:
            value = settings.get(read, field.setting)
            values[field.setting.key] = _shown(value)
        elif settings.read_secret(read, field.setting.key):
            kept.add(field.setting.key)
    return Way(
        settings.get(read, settings.CLEARINGHOUSE_KIND),
        settings.get(read, given.CLEARINGHOUSE_NAME),
        values,
        frozenset(kept),
        tuple(presets()),
    )


def _shown(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


class WayDialog(CorrectingDialog):
    """Choosing a known clearinghouse fills in what is known of it; nothing is sent by saving."""

    undoable = False

    def __init__(self, context: Context, found: Way, parent: QWidget | None = None) -> None:
        super().__init__(context, "The way to your clearinghouse", "Save", parent)
        self.setMinimumWidth(scaled(800))
        self._found = found
        self._key_file = ""
        self._named = found.name
        known = presets()
        self.preset = choice(
            [("Another, or keep what is set", None), *((p.name, p) for p in known)]
        )
        self.kind = choice(list(_KINDS), found.kind)
        self.note = PlainLabel("", "muted", wrap=True)
        self.editors: dict[str, QLineEdit | ComboBox] = {}
        self.fields: dict[str, FormField] = {}
        self.add_row(FormField("Begin with", self.preset), FormField("Claims travel by", self.kind))
        self.body.addWidget(self.note)
        for row in _ROWS:
            self.add_row(*(self._field(one) for one in row))
        self.preset.currentIndexChanged.connect(lambda _index: self._begin_with())
        self.kind.currentIndexChanged.connect(lambda _index: self._show_kind())
        self._show_kind()
        self.finish()
        self.preset.setFocus()

    def _field(self, one: _Field) -> FormField:
        key = one.setting.key
        entries = _CHOICES.get(key)
        if entries is not None:
            box = choice(list(entries), self._found.values[key])
            self.editors[key] = box
            made = FormField(one.label, box)
        else:
            made = self._line(one)
        self.fields[key] = made
        return made

    def _line(self, one: _Field) -> FormField:
        key = one.setting.key
        edit = QLineEdit()
        edit.setProperty("field", "true")
        edit.setMaxLength(_LONGEST)
        if one.setting.secret:
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            kept = key in self._found.kept
            edit.setPlaceholderText("Kept; blank leaves it" if kept else "")
        else:
            edit.setText(self._found.values[key])
        edit.textEdited.connect(lambda _text: self.refresh())
        self.editors[key] = edit
        if not one.beside:
            return FormField(one.label, edit)
        act = self._pick_key if one.beside == "file" else lambda: self._pick_folder(key)
        if one.beside == "file":
            edit.setReadOnly(True)
        beside: Button = SecondaryButton("Choose…", act)
        beside.setAccessibleName(f"Choose: {one.label}")
        return FormField(one.label, edit, beside=beside)

    # -- filling in

    def _begin_with(self) -> None:
        found: Preset | None = self.preset.currentData()
        self.note.setText(f"As of {found.checked}. {found.note}" if found is not None else "")
        self.note.setVisible(found is not None)
        if found is None:
            return
        self._named = found.name
        self.kind.setCurrentIndex(self.kind.findData(found.settings[given.CLEARINGHOUSE_KIND.key]))
        for key, value in found.settings.items():
            editor = self.editors.get(key)
            if isinstance(editor, ComboBox):
                editor.setCurrentIndex(editor.findData(value))
            elif editor is not None:
                editor.setText(value)
        self.refresh()

    def _show_kind(self) -> None:
        kind = self.kind.currentData()
        for one in _FIELDS:
            self.fields[one.setting.key].setVisible(kind in one.kinds)
        self.note.setVisible(bool(self.note.text()))

    def _pick_folder(self, key: str) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder")
        editor = self.editors[key]
        if chosen and isinstance(editor, QLineEdit):
            editor.setText(chosen)
            self.refresh()

    def _pick_key(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, "Your private key")
        if name:
            self.take_key(Path(name))

    def take_key(self, path: Path) -> None:
        """Take the private key in the file at ``path``; read off the GUI thread."""
        self._context.ops.run(
            "Read the key", lambda: content_at(path).decode("ascii"), done=self._key_read
        )

    def _key_read(self, text: str) -> None:
        self._key_file = text
        editor = self.editors[given.SFTP_PRIVATE_KEY.key]
        assert isinstance(editor, QLineEdit)
        editor.setEchoMode(QLineEdit.EchoMode.Normal)
        editor.setText("The key of the chosen file")
        self.refresh()

    # -- saving

    def values(self) -> dict[str, str]:
        """Return what is to be set, by key; a secret left blank is not among it."""
        kind = self.kind.currentData()
        found = {given.CLEARINGHOUSE_KIND.key: kind, given.CLEARINGHOUSE_NAME.key: self._named}
        for one in _FIELDS:
            key, editor = one.setting.key, self.editors[one.setting.key]
            if kind not in one.kinds:
                continue
            if key == given.SFTP_PRIVATE_KEY.key:
                text = self._key_file
            else:
                text = editor.text() if isinstance(editor, QLineEdit) else editor.currentData()
            if text or not one.setting.secret:
                found[key] = text
        return found

    def foresee(self) -> Foreseen:
        found = self.values()
        for one in _FIELDS:
            key = one.setting.key
            if key in found and not one.setting.secret:
                try:
                    one.setting.parse(found[key])
                except ValueError as error:
                    return Foreseen(f"{one.label}: {error}.")
        before, host = self._found.values, given.SFTP_HOST.key
        moved = host in found and found[host] != before[host] and bool(before[host])

        def work(uow: UnitOfWork, _why: str) -> object:
            for key, value in found.items():
                settings.set_value(uow, key, value)
            if moved:  # another server, another key: the pinned one is not carried over
                settings.set_value(uow, given.SFTP_HOST_KEY.key, "")
            return None

        words = "Nothing is sent by this. Test the connection next."
        if moved:
            words = "It is another server: its key has to be compared anew. " + words
        return Foreseen(words, work, "Saved. Test the connection next")
