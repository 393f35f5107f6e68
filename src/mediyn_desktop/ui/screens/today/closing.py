# SPDX-License-Identifier: MIT
"""Running the batch: off the GUI thread, watched step by step, stopped between two charges."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from mediyn_desktop.cards.installments import withdraw_installments
from mediyn_desktop.cards.withdrawing import withdraw_unsent
from mediyn_desktop.dayclose.close import Closed, close_day
from mediyn_desktop.dayclose.review import Review, review
from mediyn_desktop.dayclose.totals import totals
from mediyn_desktop.store import settings
from mediyn_desktop.ui.context import EVERYTHING, Context


@dataclass(frozen=True, slots=True)
class Request:
    """One closing as it was confirmed. ``skip``: sessions whose cards are left out."""

    day: date
    skip: frozenset[str]
    out: Path | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What closing came to.

    ``withdrawn``: charges that were approved and not sent when stopped, and their cents.
    ``stopped``: whether somebody stopped it.
    """

    closed: Closed
    withdrawn: int = 0
    withdrawn_cents: int = 0
    stopped: bool = False


class Closing(QObject):
    """Closes days, one at a time."""

    stepped = Signal(str, int, int)
    """A step in words, how many parts of it are done, and of how many."""

    charged = Signal(object)
    """How charging cards goes: a ``SoFar``."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._stop = Event()
        self.running = False

    def start(
        self,
        request: Request,
        *,
        done: Callable[[Outcome], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Close the day of ``request``; ``done`` or ``failed`` is called on the GUI thread."""
        stop = self._stop = Event()
        self.running = True

        def finished(outcome: Outcome) -> None:
            self.running = False
            done(outcome)

        def broken(error: Exception) -> object:
            self.running = False
            return failed(error)

        self._context.run(
            "Close the day",
            lambda: self._work(request, stop),
            kinds=EVERYTHING,
            done=finished,
            failed=broken,
        )

    def stop(self) -> None:
        """Begin no further charge; what is being sent is finished, the rest is taken back."""
        self._stop.set()

    def _work(self, request: Request, stop: Event) -> Outcome:
        """On the writer's thread."""
        context, store = self._context, self._context.store
        self._remember(request.out)
        api = None if context.offline else context.program.card_processor(store)
        with closing(api) if api is not None else nullcontext():
            closed = close_day(
                store,
                request.day,
                api=api,
                out=request.out,
                skip=request.skip,
                offline=context.offline,
                progress=self.stepped.emit,
                charged=self.charged.emit,
                cancelled=stop,
            )
        if not stop.is_set():
            return Outcome(closed)
        return self._take_back(closed)

    def _take_back(self, closed: Closed) -> Outcome:
        """A charge that was stopped must not be sent by the next background pass."""
        store = self._context.store
        with store.write("Stop charging") as uow:
            count = withdraw_unsent(uow, {row.session_ref for row in closed.review.rows})
            plans = [one.plan_ref for one in closed.review.installments]
            count += withdraw_installments(uow, plans)
        with store.read() as read:
            now = review(read, closed.review.day)
        return Outcome(
            Closed(
                review=now,
                superbills=closed.superbills,
                exceptions=now.exceptions,
                files=closed.files,
                claim_files=closed.claim_files,
                processor=closed.processor,
                processor_message=closed.processor_message,
            ),
            count,
            _waiting_cents(closed.review) - _waiting_cents(now),
            stopped=True,
        )

    def _remember(self, out: Path | None) -> None:
        if out is None:
            return
        store = self._context.store
        with store.read() as read:
            known = settings.get(read, settings.DAYCLOSE_FOLDER)
        if known != str(out):
            with store.write("Remember the folder") as uow:
                settings.set_value(uow, settings.DAYCLOSE_FOLDER.key, str(out))


def _waiting_cents(found: Review) -> int:
    """What cards were approved for and not asked for yet."""
    return totals(found.rows, 0, found.installments).cards_waiting_cents
