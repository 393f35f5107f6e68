# SPDX-License-Identifier: MIT
"""A field for a secret: hidden by default, with a button to look and a hint about Caps Lock."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mediyn_desktop.ui.theme.icons import icon
from mediyn_desktop.ui.widgets.announce import announce
from mediyn_desktop.ui.widgets.buttons import IconButton
from mediyn_desktop.ui.widgets.labels import PlainLabel, plain_caption


def caps_lock_on(event: QKeyEvent) -> bool | None:
    """Return what a key press tells about Caps Lock; None when it tells nothing.

    Qt cannot be asked; a letter whose case does not fit the Shift key gives it away.
    """
    text = event.text()
    if len(text) != 1 or not text.isalpha() or text.lower() == text.upper():
        return None
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return text.isupper() != shift


class _Edit(QLineEdit):
    """Tells of keys and of losing the focus; a filter would be asked about every event instead."""

    pressed = Signal(object)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.pressed.emit(event)
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.left.emit()
        super().focusOutEvent(event)


class PassphraseField(QWidget):
    """Label, hidden text, show/hide, Caps Lock hint, and the sentence when it was wrong."""

    submitted = Signal()
    edited = Signal(str)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = PlainLabel(plain_caption(label), "muted")
        self.edit = _Edit()
        self.edit.setProperty("field", "true")
        self.edit.setMinimumHeight(36)
        hints = Qt.InputMethodHint
        self.edit.setInputMethodHints(
            hints.ImhSensitiveData | hints.ImhNoPredictiveText | hints.ImhNoAutoUppercase
        )
        self.edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._label.setBuddy(self.edit)
        self._look = IconButton("eye", "", self._toggle)
        self._hint = PlainLabel("Caps Lock seems to be on.", "small")
        self._problem = PlainLabel("", "problem", wrap=True)
        self._hint.hide()
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self._look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addLayout(row)
        column.addWidget(self._hint)
        column.addWidget(self._problem)
        self.edit.pressed.connect(self._watch_caps)
        self.edit.left.connect(self._hint.hide)
        self.edit.returnPressed.connect(self.submitted)
        self.edit.textEdited.connect(self._edited)
        self.set_label(label)
        self.set_hidden(True)

    def set_label(self, label: str) -> None:
        """Ask for something else."""
        self._name = label
        self._label.setText(plain_caption(label))
        self.edit.setAccessibleName(label)

    def text(self) -> str:
        """Return what was typed."""
        return self.edit.text()

    def clear(self) -> None:
        """Forget what was typed, also what undo could bring back."""
        self.edit.clear()
        self.set_problem("")

    def set_hidden(self, hidden: bool) -> None:
        """Hide or show the letters."""
        modes = QLineEdit.EchoMode
        self.edit.setEchoMode(modes.Password if hidden else modes.Normal)
        what = self._name.lower()
        self._look.set_name(f"Show the {what}" if hidden else f"Hide the {what}")
        self._look.setIcon(icon("eye" if hidden else "eye-off", "muted"))

    @property
    def hidden(self) -> bool:
        """Whether the letters are hidden."""
        return self.edit.echoMode() == QLineEdit.EchoMode.Password

    @property
    def caps_hint_shown(self) -> bool:
        """Whether the Caps Lock hint is on."""
        return not self._hint.isHidden()

    @property
    def problem(self) -> str:
        """The sentence shown under the field."""
        return self._problem.text()

    def set_problem(self, sentence: str) -> None:
        """Show and read out ``sentence``; empty hides it."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.edit.setAccessibleDescription(sentence)
        self.edit.setProperty("invalid", "true" if sentence else "false")
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
        if sentence:
            announce(self.edit, sentence, urgent=True)

    def _toggle(self) -> None:
        self.set_hidden(not self.hidden)
        self.edit.setFocus()

    def _edited(self, text: str) -> None:
        if self.problem:
            self.set_problem("")
        self.edited.emit(text)

    def _watch_caps(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_CapsLock:
            self._hint.hide()  # it was just switched; the next letter tells which way
            return
        on = caps_lock_on(event)
        if on is not None:
            self._hint.setVisible(on and self.hidden)
