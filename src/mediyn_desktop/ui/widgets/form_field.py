# SPDX-License-Identifier: MIT
"""A label, its field, and the sentence that says what is wrong with it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.ui.widgets.labels import PlainLabel, plain_caption
from mediyn_desktop.ui.widgets.parsed_edit import ParsedEdit


class FormField(QWidget):
    """Names ``editor`` for everybody, also for screen readers, and keeps a place for problems.

    ``beside`` stands at the right of the editor: a button that fills it.
    """

    def __init__(
        self,
        label: str,
        editor: QWidget,
        parent: QWidget | None = None,
        *,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._label = PlainLabel(plain_caption(label), "muted")
        self._label.setBuddy(editor)
        self._problem = PlainLabel("", "problem", wrap=True)
        self._problem.hide()
        editor.setAccessibleName(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(editor, 1)
        if beside is not None:
            line.addWidget(beside)
        column.addWidget(self._label)
        column.addLayout(line)
        column.addWidget(self._problem)
        column.addStretch(1)  # beside a field with a problem, the label stays on its line
        if isinstance(editor, ParsedEdit):
            editor.problem_changed.connect(self.set_problem)

    def set_label(self, label: str) -> None:
        """Call the field something else."""
        self._label.setText(plain_caption(label))
        self.editor.setAccessibleName(label)

    @property
    def problem(self) -> str:
        """The sentence shown beside the field."""
        return self._problem.text()

    def set_problem(self, sentence: str) -> None:
        """Show ``sentence`` under the field; empty hides it."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.editor.setAccessibleDescription(sentence)
