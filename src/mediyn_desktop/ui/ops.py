# SPDX-License-Identifier: MIT
"""The runner: work leaves the GUI thread here, and its result comes back here.

Usage, from a screen::

    self.ops.read(lambda db: review(db, self.date), self._show)
    self.ops.run("Close day", lambda: close_day(self.date), done=self._closed)
    self.ops.run("Import", lambda steps: load(folder, steps.step), progress=self.strip.step)

Writes run one after another on one thread, reads on two others, and what asks over the network one
after another on a third: nobody waits for a server to save something. ``done``, ``failed`` and
``progress`` are always called on the GUI thread, and not at all once the widget they belong to is
gone. A ``UserFacingError`` goes through ``on_error``, anything else is a bug and goes, with a
reference that is also in the log, through ``on_bug``. Python threads and queued signals only.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NamedTuple, TypeVar, overload

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ui.workers import Workers

_log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_AFTER_MS = 400
_READERS = 2

Failed = Callable[[Exception], object]
Progress = Callable[[int, int], object]


class Canceled(UserFacingError):
    """The user stopped the work before it was done; what it had begun is rolled back."""

    code = "canceled"


class Bug(NamedTuple):
    """An error nobody foresaw: what was being done, and the word to look for in the log."""

    label: str
    reference: str

    @property
    def message(self) -> str:
        """Three sentences for the user: what happened, what is safe, what to do."""
        return (
            f"“{self.label}” stopped because of a mistake in this program. "
            "Nothing was lost: everything saved before is safe and this step was not half saved. "
            f"You can go on; if it happens again, please report it as {self.reference}."
        )


class Task:
    """One piece of work, to be cancelled by whoever asked for it."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._canceled = threading.Event()

    def cancel(self) -> None:
        """Skip the work if it waits, stop it at its next step if it runs, drop its result."""
        self._canceled.set()

    @property
    def canceled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._canceled.is_set()


class Steps:
    """Given to work that reports how far it is; lives on the worker's thread."""

    def __init__(self, task: Task, post: Callable[[Callable[[], object]], None]) -> None:
        self._task, self._post = task, post
        self._lock = threading.Lock()
        self._latest: tuple[int, int] | None = None
        self._progress: Progress | None = None

    def report_to(self, progress: Progress) -> Steps:
        """Send every step to ``progress``, on the GUI thread."""
        self._progress = progress
        return self

    def step(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` is behind us (total 0: not known).

        Raises:
            Canceled: the user asked to stop; let it pass so that the work is rolled back.
        """
        if self._task.canceled:
            raise Canceled(f"“{self._task.label}” was stopped. Nothing of it was saved.")
        with self._lock:
            waiting, self._latest = self._latest is not None, (done, total)
        if not waiting:  # one message on its way at a time, so a fast loop cannot flood the window
            self._post(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            latest, self._latest = self._latest, None
        progress = self._progress
        if latest is not None and progress is not None and _alive(progress):
            progress(*latest)


def _alive(callback: Callable[..., object]) -> bool:
    """Whether the Qt object behind a bound method (or a partial of one) still exists."""
    if isinstance(callback, partial):
        callback = callback.func
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


class Ops(QObject):
    """Runs reads and writes off the GUI thread and tells every screen what changed.

    Args:
        on_error: shows a ``UserFacingError`` to the user; gets the label of the work.
        on_bug: shows a ``Bug``.
        open_read: opens what a read is given, for example a read-only database session; it is
            entered and left on the reader's thread.
    """

    changes = Signal(object)
    """What a write changed, as passed to ``announce``; screens decide what to reload."""

    busy = Signal(str)
    """The label of work that has lasted 400 ms, and the empty string when nothing is under way."""

    _arrived = Signal(object)

    def __init__(
        self,
        *,
        on_error: Callable[[str, UserFacingError], object],
        on_bug: Callable[[Bug], object],
        open_read: Callable[[], AbstractContextManager[Any]] = nullcontext,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_error, self._on_bug, self._open_read = on_error, on_bug, open_read
        self._writer, self._readers = Workers("writer", 1), Workers("reader", _READERS)
        self._network = Workers("network", 1)
        self._open: list[Task] = []
        self._closing = False
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(BUSY_AFTER_MS)
        self._delay.timeout.connect(self._show_busy)
        self._arrived.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @overload
    def run(
        self,
        label: str,
        work: Callable[[], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: None = None,
    ) -> Task: ...
    @overload
    def run(
        self,
        label: str,
        work: Callable[[Steps], T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: Progress,
    ) -> Task: ...
    def run(
        self,
        label: str,
        work: Callable[..., Any],
        *,
        done: Callable[[Any], object] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Do ``work`` after all earlier writes; ``label`` is what the user calls it.

        With ``progress``, ``work`` is given ``Steps`` to report to. ``failed`` is told of any
        error first; when it returns True for a ``UserFacingError``, it has shown it itself.
        """
        return self._begin(self._writer, label, work, done, failed, progress)

    def ask(
        self,
        label: str,
        work: Callable[..., T],
        *,
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Do ``work`` that waits for the network, beside the writes; otherwise as ``run``.

        It opens short transactions of its own and must not rely on a write queued before.
        """
        return self._begin(self._network, label, work, done, failed, progress)

    def read(
        self,
        work: Callable[[Any], T],
        done: Callable[[T], object],
        *,
        failed: Failed | None = None,
        label: str = "Loading",
    ) -> Task:
        """Do ``work`` with what ``open_read`` opens and hand its result to ``done``."""
        task = Task(label)

        def with_session() -> T:
            with self._open_read() as session:
                return work(session)

        self._queue(self._readers, task, with_session, done, failed)
        return task

    def announce(self, changed: object) -> None:
        """Broadcast ``changed`` through ``changes``; callable from any thread.

        The store calls this after each commit, so that jobs and screens need not.
        """
        self._post(lambda: self.changes.emit(changed))

    def pending(self) -> tuple[str, ...]:
        """Labels of the work that is waiting or running, oldest first."""
        return tuple(task.label for task in self._open)

    def shutdown(self, timeout: float = 30.0) -> bool:
        """Finish accepted writes and questions, skip waiting reads, end all threads; no callback
        comes after.

        Returns:
            False when a thread was still busy after ``timeout`` seconds.
        """
        self._closing = True
        self._delay.stop()
        stopped = [one.stop(timeout) for one in (self._network, self._writer, self._readers)]
        return all(stopped)

    # -- on a worker's thread

    def _begin(
        self,
        workers: Workers,
        label: str,
        work: Callable[..., Any],
        done: Callable[[Any], object] | None,
        failed: Failed | None,
        progress: Progress | None,
    ) -> Task:
        task = Task(label)
        if progress is None:
            self._queue(workers, task, work, done, failed)
        else:
            steps = Steps(task, self._post).report_to(progress)
            self._queue(workers, task, lambda: work(steps), done, failed)
        return task

    def _queue(
        self,
        workers: Workers,
        task: Task,
        work: Callable[[], Any],
        done: Callable[[Any], object] | None,
        failed: Failed | None,
    ) -> None:
        if self._closing:
            return
        self._open.append(task)
        if not self._delay.isActive():
            self._delay.start()

        def job() -> None:
            if task.canceled or (self._closing and workers is self._readers):
                self._post(lambda: self._end(task))
                return
            try:
                result = work()
            except Exception as error:  # every kind has a door in _fail
                problem = error  # the name bound by `except` ends with its block
                self._post(lambda: self._fail(task, problem, failed))
            else:
                self._post(lambda: self._finish(task, result, done))

        workers.add(job)

    def _post(self, call: Callable[[], object]) -> None:
        if not self._closing:
            self._arrived.emit(call)

    # -- on the GUI thread

    def _call(self, call: Callable[[], object]) -> None:
        if not self._closing:
            call()

    def _finish(self, task: Task, result: Any, done: Callable[[Any], object] | None) -> None:
        self._end(task)
        if done is None or task.canceled or not _alive(done):
            return
        try:
            done(result)
        except Exception as error:  # a mistake while showing a result is a bug like any other
            self._report(task.label, error)

    def _fail(self, task: Task, error: Exception, failed: Failed | None) -> None:
        self._end(task)
        if isinstance(error, Canceled) or task.canceled:
            if failed is not None and _alive(failed):
                failed(error)
            return
        shown = failed(error) if failed is not None and _alive(failed) else False
        if not isinstance(error, UserFacingError):
            self._report(task.label, error)
        elif shown is not True:
            self._on_error(task.label, error)

    def _report(self, label: str, error: Exception) -> None:
        from mediyn_desktop.core.ids import new_ref  # noqa: PLC0415 - not before first paint

        bug = Bug(label, new_ref("bug"))
        _log.error("bug %s", bug.reference, exc_info=error)
        self._on_bug(bug)

    def _end(self, task: Task) -> None:
        self._open.remove(task)
        if not self._open:
            self._delay.stop()
            self.busy.emit("")

    def _show_busy(self) -> None:
        if self._open:
            self.busy.emit(self._open[0].label)
