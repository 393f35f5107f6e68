# SPDX-License-Identifier: MIT
"""Stopping work that is under way without losing sight of how it ended.

A cancelled ``ops.Task`` drops its result. Work that a brake stops is told of either way: that it
stopped, or that it was finished before it could be stopped.
"""

from __future__ import annotations

import threading

from mediyn_desktop.core.steps import GoOn, Step
from mediyn_desktop.ui.ops import Canceled


class Brake:
    """Pulled on the GUI thread; felt by the work at its next step."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._pulled = threading.Event()
        self._felt = threading.Event()

    def pull(self) -> None:
        """Let the work stop at its next step."""
        self._pulled.set()

    @property
    def pulled(self) -> bool:
        """Whether it was pulled."""
        return self._pulled.is_set()

    @property
    def felt(self) -> bool:
        """Whether the work ended because of it, and was not finished before."""
        return self._felt.is_set()

    def over(self, step: Step) -> Step:
        """Return ``step`` with the brake on it.

        What is returned raises ``Canceled``, with the sentence of the brake, once it is pulled.
        """

        def watched(done: int, total: int) -> None:
            if self._pulled.is_set():
                self._felt.set()
                raise Canceled(self._sentence)
            step(done, total)

        return watched

    def between(self, step: Step) -> GoOn:
        """Return what tells ``step``, and ends the work before its next piece once it is pulled."""

        def watched(done: int, total: int) -> bool:
            if self._pulled.is_set():
                self._felt.set()
                return False
            step(done, total)
            return True

        return watched
