# SPDX-License-Identifier: MIT
"""What a learner may let happen in the world outside, as ticks and buttons with a few words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mediyn_desktop.training.controls import Controls
from mediyn_desktop.ui.widgets.buttons import Button, SecondaryButton
from mediyn_desktop.ui.widgets.check_box import CheckBox
from mediyn_desktop.ui.widgets.labels import PlainLabel


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing to let happen: its name, what does it, the background jobs that then hear of it."""

    label: str
    work: Callable[[], str]
    jobs: tuple[str, ...] = ()
    new_day: bool = False


class OutsidePage(QWidget):
    """Emits ``asked`` with a ``Happening``."""

    asked = Signal(object)

    def __init__(self, controls: Controls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self.buttons: list[Button] = []
        self.offline = CheckBox("Be offline")
        self.offline.setChecked(controls.offline)
        self.offline.clicked.connect(self._go_offline)
        self.slow = CheckBox("Be slow")
        self.slow.setChecked(controls.slow)
        self.slow.clicked.connect(self._be_slow)
        news = ("card-news",)
        lose = self._button("Lose the next answer", controls.lose_next_answer)
        groups: tuple[tuple[str, str, tuple[QWidget, ...]], ...] = (
            (
                "The line",
                "Nothing is lost and nobody is charged twice, whatever you do here.",
                (self.offline, self.slow, lose),
            ),
            (
                "Time",
                "Both sides go on to the next day; the same people come again.",
                (
                    self._button(
                        "Let a day pass", controls.let_a_day_pass, ("cards", *news), new_day=True
                    ),
                ),
            ),
            (
                "Disputes",
                "A client's bank takes a charge back, then decides who keeps the money.",
                (
                    self._button("Dispute the last charge", controls.dispute_last_charge, news),
                    self._button("Decide for you", lambda: controls.decide_dispute(won=True), news),
                    self._button(
                        "Decide for the client", lambda: controls.decide_dispute(won=False), news
                    ),
                ),
            ),
            (
                "Undecided charges",
                "Some test cards leave the bank undecided. Here you are the bank.",
                (
                    self._button(
                        "Pay them", lambda: controls.decide_waiting(paid=True), ("cards",)
                    ),
                    self._button(
                        "Decline them", lambda: controls.decide_waiting(paid=False), ("cards",)
                    ),
                ),
            ),
            (
                "Money to your bank",
                "What was charged two days ago or earlier is sent to your bank account.",
                (self._button("Send a payout", controls.send_payout, news),),
            ),
            (
                "Insurers",
                "The clearinghouse answers by itself after a moment; this fetches it at once.",
                (self._button("Answer claims now", controls.answer_claims, ("claims", "answers")),),
            ),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(0, 1)
        for number, (title, words, widgets) in enumerate(groups):
            text = QVBoxLayout()
            text.setSpacing(2)
            text.addWidget(PlainLabel(title, "strong"))
            text.addWidget(PlainLabel(words, "muted", wrap=True))
            row = QHBoxLayout()
            row.setSpacing(8)
            for widget in widgets:
                widget.setAccessibleDescription(f"{title}. {words}")
                row.addWidget(widget)
            row.addStretch(1)
            grid.addLayout(text, number, 0)
            grid.addLayout(row, number, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setRowStretch(len(groups), 1)
        self.setFocusProxy(self.offline)

    def _button(
        self,
        label: str,
        work: Callable[[], str],
        jobs: tuple[str, ...] = (),
        *,
        new_day: bool = False,
    ) -> Button:
        happening = Happening(label, work, jobs, new_day)
        button = SecondaryButton(label, lambda: self.asked.emit(happening))
        self.buttons.append(button)
        return button

    def _go_offline(self, offline: bool) -> None:
        jobs = () if offline else ("cards", "card-news", "claims", "answers")
        self.asked.emit(Happening("Offline", lambda: self._controls.set_offline(offline), jobs))

    def _be_slow(self, slow: bool) -> None:
        self.asked.emit(Happening("Slow", lambda: self._controls.set_slow(slow)))
