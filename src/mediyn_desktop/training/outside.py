# SPDX-License-Identifier: MIT
"""The outside world of training: the sandbox's processor and clearinghouse, in this process."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.sandbox import Answering
from mediyn_desktop.sandbox.clearinghouse import ClearinghouseServer
from mediyn_desktop.sandbox.processor import CardProcessor, MemoryDamaged, base_of
from mediyn_desktop.training.place import TrainingPlace


class Outside:
    """Both servers on loopback threads; nothing is served before ``start``.

    ``clock`` is the time of all of training: the practice's and the processor's. ``remembered``
    says whether the processor found its memory; a damaged one is set aside and it begins empty,
    with another account.
    """

    def __init__(self, place: TrainingPlace, clock: Clock) -> None:
        place.outside.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.place = place
        self.processor, self.remembered = _processor(place.memory, clock)
        self.clock = self.processor.state.clock
        self.claims, self.answers = place.outside / "to", place.outside / "from"
        self._running = ExitStack()
        self._clearinghouse: ClearinghouseServer | None = None
        self._answering: Answering | None = None

    def start(self, key: str) -> None:
        """Begin to serve, to whoever has ``key`` and nobody else."""
        self.processor.ring.register(key)
        self.processor.ring.only_registered = True
        self._running.enter_context(self.processor)
        self._clearinghouse = self._running.enter_context(
            ClearinghouseServer(clock=self.clock, key=key)
        )
        self._answering = self._running.enter_context(
            Answering(self.claims, self.answers, self.clock)
        )

    def addresses(self) -> dict[str, str]:
        """Return what the practice's settings have to say now, by setting; no secret."""
        assert self._clearinghouse is not None
        return {
            "stripe.api_base": self.processor.base_url,
            "clearinghouse.out": str(self.claims),
            "clearinghouse.in": str(self.answers),
            **{
                setting: address
                for setting, address in self._clearinghouse.addresses().items()
                if setting != "clearinghouse.https_key"
            },
        }

    @property
    def answering(self) -> Answering:
        """The clearinghouse's side of the claims folders."""
        assert self._answering is not None
        return self._answering

    def stop(self) -> None:
        """Stop serving; no thread and no socket is left. Harmless when repeated."""
        self._running.close()
        self.processor.stop()


def _processor(memory: Path, clock: Clock) -> tuple[CardProcessor, bool]:
    """Return the processor, at the address it had where that is free, and whether it remembers."""
    had = memory.exists()
    _, _, port = base_of(memory).rpartition(":")
    for number in dict.fromkeys((int(port) if port.isdecimal() else 0, 0)):
        try:
            return CardProcessor(port=number, clock=clock, auto_seed=True, memory=memory), had
        except MemoryDamaged:
            _set_aside(memory)
            return CardProcessor(clock=clock, auto_seed=True, memory=memory), False
        except OSError:
            if not number:
                raise
    raise AssertionError("the last try returns or raises")


def _set_aside(memory: Path) -> None:
    for number in range(1, 1000):
        aside = memory.with_name(f"{memory.stem}-damaged-{number}{memory.suffix}")
        if not aside.exists():
            memory.replace(aside)
            return
