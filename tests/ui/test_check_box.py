# SPDX-License-Identifier: MIT
"""A box to tick is as high as its line and shows whether it is ticked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mediyn_desktop.ui.widgets.check_box import CheckBox


def test_it_takes_no_more_room_than_its_line_and_is_ticked_by_the_space_bar(qtbot, theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    box = CheckBox("Include sessions that are not paid yet")
    column.addWidget(box)
    window.resize(400, 600)
    window.show()
    assert box.height() < 40
    empty = box.grab().toImage()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    assert box.grab().toImage() != empty
