# SPDX-License-Identifier: MIT
"""What makes an open practice a training practice for the eye: title, banner, commands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from mediyn_desktop.training.controls import Controls
from mediyn_desktop.training.opening import Training
from mediyn_desktop.ui.actions.registry import Command
from mediyn_desktop.ui.session import OpenPractice
from mediyn_desktop.ui.theme.tokens import Tone
from mediyn_desktop.ui.training.panel import TrainingPanel
from mediyn_desktop.ui.training.words import FORGOTTEN, SENTENCE, name_window
from mediyn_desktop.ui.widgets.banner import Banner
from mediyn_desktop.ui.widgets.confirm_dialog import ConfirmDialog

_GROUP = "Training"


class TrainingSide(QObject):
    """Dresses ``practice``; ``anew`` and ``leave`` are the ways out."""

    def __init__(
        self,
        practice: OpenPractice,
        training: Training,
        *,
        anew: Callable[[], object],
        leave: Callable[[], object],
    ) -> None:
        super().__init__(practice)
        self._practice, self._training = practice, training
        self._anew, self._leave = anew, leave
        self.controls = Controls(training)
        window, registry = practice.window, practice.context.actions
        name_window(window)
        for command in (
            Command(
                "training.panel", "Training: test cards and more…", self.open_panel, "Ctrl+T",
                _GROUP, keywords="test card member offline day",
            ),
            Command("training.anew", "Start training anew…", self.ask_anew, "", _GROUP),
            Command("training.leave", "Leave training", leave, "Ctrl+L", _GROUP, keywords="lock"),
        ):  # fmt: skip
            registry.add(command)
        window.show_banner(
            "training",
            Banner(
                SENTENCE,
                Tone.INFO,
                action=("Test cards and more…", self.open_panel),
                strong=True,
            ),
        )
        if training.forgetful:
            window.show_banner(
                "forgotten",
                Banner(FORGOTTEN, Tone.WARN, action=("Start training anew…", self.ask_anew)),
            )

    def open_panel(self) -> None:
        """Open the panel over the window."""
        window = self._practice.window
        panel = TrainingPanel(self._practice.context, self._training, self.controls, window)
        panel.anew_asked.connect(self.ask_anew)
        panel.leave_asked.connect(self._leave)
        panel.heard.connect(lambda jobs: self._practice.hear(*jobs))
        panel.day_passed.connect(self._show_today)
        panel.finished.connect(panel.deleteLater)
        panel.open()

    def ask_anew(self) -> None:
        """Ask whether to throw everything in training away and begin afresh."""
        ask = ConfirmDialog(
            "Start training anew?",
            "All that was done in training is thrown away, and the same made-up people begin "
            "afresh, today. Your own practice is not touched.",
            "Start anew",
            cancel="Keep this one",
            parent=self._practice.window,
        )
        ask.accepted.connect(self._anew)
        ask.finished.connect(ask.deleteLater)
        ask.open()

    def _show_today(self) -> None:
        """The calendar's day has changed: show the new one."""
        self._practice.window.show_screen("today")
        self._practice.context.actions.run("today.today")
