# SPDX-License-Identifier: MIT
"""Runs both sandboxes until someone stops them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mediyn_desktop.core.clock import Clock, SystemClock
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.sandbox.clearinghouse import ClearinghouseServer, answer_folder
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
    for each in (outbox, inbox):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        processor = CardProcessor(port=port, clock=clock, auto_seed=True)
    except OSError as taken:
        raise PortTaken(
            f"Port {port} is used by another program. Nothing was started. "
            "Give another number with --port, or leave it out."
        ) from taken
    stop = threading.Event()
    answering = threading.Thread(
        target=_answer_until, args=(stop, outbox, inbox, clock), name="clearinghouse"
    )
    with processor, ClearinghouseServer(clock=clock) as clearinghouse:
        answering.start()
        try:
            yield Sandbox(processor, outbox, inbox, clearinghouse)
        finally:
            stop.set()
            answering.join()


def _answer_until(stop: threading.Event, outbox: Path, inbox: Path, clock: Clock) -> None:
    while True:
        try:
            answer_folder(outbox, inbox, clock)
        except OSError:
            _log.exception("the claims folder could not be read or written; trying again")
        if stop.wait(_LOOK_EVERY_SECONDS):
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
