# SPDX-License-Identifier: MIT
"""Ctrl+C during work that can be ended cleanly: it ends there, and the answer says where."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mediyn_desktop.core.errors import UserFacingError


class Stopped(UserFacingError):
    """The user ended the command; the sentence says what was done and what was not."""

    code = "stopped"


class Stop:
    """Whether Ctrl+C was pressed, to be asked by the work.

    Args:
        sentence: what is said of work that is one whole and was rolled back.
    """

    def __init__(self, sentence: str = "") -> None:
        self._sentence = sentence
        self.pressed = False
        self.felt = False
        """Whether the work ended because of it, and was not finished before."""

    def go_on(self, _done: int, _total: int) -> bool:
        """For work in pieces: False ends it before the next one."""
        self.felt = self.felt or self.pressed
        return not self.pressed

    def step(self, done: int, total: int) -> None:
        """For work that is one whole: raises ``Stopped``, which rolls it back."""
        if not self.go_on(done, total):
            raise Stopped(self._sentence)


@contextmanager
def stoppable(stop: Stop, *, first: str) -> Iterator[Stop]:
    """Let the first Ctrl+C only ask ``stop`` for an end, and the second one end it at once.

    Args:
        first: what is told at the first one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread hears of Ctrl+C
        return

    before = signal.getsignal(signal.SIGINT)

    def pressed(_number: int, _frame: FrameType | None) -> None:
        stop.pressed = True
        signal.signal(signal.SIGINT, before)
        print(f"{first} Ctrl+C once more stops at once.", file=sys.stderr, flush=True)

    signal.signal(signal.SIGINT, pressed)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
