# SPDX-License-Identifier: MIT
"""Installments of payment plans that are asked of cards tonight; each can be left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mediyn_desktop.cards.installments import Installment
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.labels import PlainLabel


class InstallmentStrip(QWidget):
    """A box to tick for each installment, and a sentence for what cannot be or was asked."""

    chosen = Signal()
    """What is left out changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, CheckBox] = {}
        self._left_out: set[str] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.hide()

    @property
    def left_out(self) -> frozenset[str]:
        """The refs of the plans whose installment is not asked for tonight."""
        return frozenset(self._left_out)

    def forget_choices(self) -> None:
        """Leave nothing out any more."""
        self._left_out.clear()

    def show_installments(self, found: Sequence[Installment]) -> None:
        """Show one line for each of ``found``; what was left out stays left out."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.boxes = {}
        for one in found:
            if one.choosable:
                self._column.addWidget(self._box(one))
            else:
                self._column.addWidget(PlainLabel(f"{_name(one)}: {_state(one)}", wrap=True))
        self.setVisible(bool(found))

    def _box(self, one: Installment) -> CheckBox:
        card = f", card •{one.last4}" if one.last4 else ""
        box = CheckBox(f"{_name(one)}{card}")
        box.setChecked(one.plan_ref not in self._left_out)
        box.toggled.connect(lambda on, ref=one.plan_ref: self._choose(ref, on=on))
        self.boxes[one.plan_ref] = box
        return box

    def _choose(self, plan_ref: str, *, on: bool) -> None:
        if on:
            self._left_out.discard(plan_ref)
        else:
            self._left_out.add(plan_ref)
        self.chosen.emit()


def _name(one: Installment) -> str:
    return f"Installment of {one.client_name}, {format_cents(one.amount_cents)}"


def _state(one: Installment) -> str:
    if one.problem is not None:
        return one.problem.message
    known: Status = wording.state(wording.CARD_STATES, one.state or "")
    return f"{known.word}."
