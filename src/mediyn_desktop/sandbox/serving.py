# SPDX-License-Identifier: MIT
"""Runs both sandboxes until someone stops them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.sandbox.clearinghouse import Answered, ClearinghouseServer, answer_folder
from mediyn_desktop.sandbox.processor import CardProcessor

_LOOK_EVERY_SECONDS = 0.5
_log = logging.getLogger(__name__)


class PortTaken(UserFacingError):
    """Another program listens at the asked port."""

    code = "sandbox-port-taken"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where the outside world is: two addresses and two folders."""

    processor: CardProcessor
    outbox: Path  # the program puts its claims here
    inbox: Path  # and finds the answers here
    clearinghouse: ClearinghouseServer  # the same by HTTP, for those who set it so

    def addresses(self) -> dict[str, str]:
        """Return what to enter in the settings, by setting."""
        return {
            "stripe.api_base": self.processor.base_url,
            "stripe.key": "sk_test_sandbox",
            "clearinghouse.out": str(self.outbox),
            "clearinghouse.in": str(self.inbox),
            **self.clearinghouse.addresses(),
        }


@contextmanager
def sandbox(port: int, folder: Path, clock: Clock | None = None) -> Iterator[Sandbox]:
    """Serve the card processor at ``port`` (0: any free one) and answer claims in ``folder``.

    Customers and cards that the program names exist on first use. ``folder`` gets ``to`` and
    ``from``. When the block ends, nothing of it runs any more; the card processor's memory is gone.

    Raises:
        PortTaken: another program listens there.
    """
    clock = clock or SystemClock()
    outbox, inbox = folder / "to", folder / "from"
    try:
        processor = CardProcessor(port=port, clock=clock, auto_seed=True)
    except OSError as taken:
        raise PortTaken(
            f"Port {port} is used by another program. Nothing was started. "
            "Give another number with --port, or leave it out."
        ) from taken
    with (
        processor,
        ClearinghouseServer(clock=clock) as clearinghouse,
        Answering(outbox, inbox, clock),
    ):
        yield Sandbox(processor, outbox, inbox, clearinghouse)


class Answering:
    """Answers what is put into ``outbox`` into ``inbox`` while its block lasts.

    ``away`` is set while nobody is at the clearinghouse: files wait.
    """

    def __init__(self, outbox: Path, inbox: Path, clock: Clock) -> None:
        for each in (outbox, inbox):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._outbox, self._inbox, self._clock = outbox, inbox, clock
        self.away = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._until_stopped, name="clearinghouse")

    def answer(self) -> list[Answered]:
        """Answer now what is new, also while nobody is there.

        Raises:
            OSError: a folder cannot be read or written; what was answered stays answered.
        """
        with self._one_at_a_time:
            return answer_folder(self._outbox, self._inbox, self._clock)

    def __enter__(self) -> Answering:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _until_stopped(self) -> None:
        while True:
            try:
                if not self.away.is_set():
                    self.answer()
            except OSError:
                _log.exception("the claims folder could not be read or written; trying again")
            if self._stop.wait(_LOOK_EVERY_SECONDS):
                return


def serve(port: int, folder: Path, tell: Callable[[str], None] = print) -> None:
    """Serve until Ctrl+C, telling the addresses first, one ``setting = value`` a line.

    Raises:
        PortTaken: another program listens at ``port``.
    """
    with sandbox(port, folder) as running:
        for setting, value in running.addresses().items():
            tell(f"{setting} = {value}")
        tell("Play money only. Stop with Ctrl+C.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            tell("Stopped.")
