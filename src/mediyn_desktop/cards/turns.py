# SPDX-License-Identifier: MIT
"""Taking turns with the processor: one thread at a time works at one kind of thing.

The folder's lock keeps other processes away; within this one, the window closes a day on one thread
while waiting charges go out, or a link is closed, on another. What one of them has read and not
written down yet would be overtaken by the other: a decline of yesterday read while the bank is
asked again would say that it refused, and open the way for cash.

Nobody waits for a turn within a transaction, and the kinds are always taken in their own order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import IntEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from mediyn_desktop.store.uow import Store

P = ParamSpec("P")
T = TypeVar("T")

_LOOK_EVERY = 0.1  # seconds; whether the wait was given up


class Turn(IntEnum):
    """What is worked at; each has a place of its own in the order of taking them."""

    CHARGES = 1  # attempts and the anchors
    LINKS = 2
    REFUNDS = 3
    CARDS = 4  # pages to save a card on, and cards to take off


_Locks = dict[Turn, threading.RLock]
_locks: WeakKeyDictionary[Store, _Locks] = WeakKeyDictionary()
_guard = threading.Lock()
_here = threading.local()  # ``kinds``: what this thread holds, in the order it took them


class GivenUp(Exception):
    """The wait for a turn was given up; nothing was begun."""


class OutOfOrder(RuntimeError):
    """A turn was asked for after a later one: a fault of the program."""


@contextmanager
def turn(store: Store, *kinds: Turn, given_up: threading.Event | None = None) -> Iterator[None]:
    """Hold the turn at ``kinds``, all of them without any named; the same thread may nest.

    Raises:
        GivenUp: ``given_up`` was set before it came.
        OutOfOrder: this thread holds a later kind already, and two that did so would wait for each
            other for ever.
    """
    with _guard:
        locks = _locks.setdefault(store, {kind: threading.RLock() for kind in Turn})
    mine: list[Turn] = _here.__dict__.setdefault("kinds", [])
    with ExitStack() as held:
        for kind in sorted(kinds or Turn):
            if kind not in mine and kind < max(mine, default=kind):
                raise OutOfOrder(f"{kind.name} after {max(mine).name}")
            while not locks[kind].acquire(timeout=_LOOK_EVERY if given_up is not None else -1):
                if given_up is not None and given_up.is_set():
                    raise GivenUp
            held.callback(locks[kind].release)
            mine.append(kind)
            held.callback(mine.remove, kind)
        yield


def taking_turns(
    *kinds: Turn,
) -> Callable[[Callable[Concatenate[Store, P], T]], Callable[Concatenate[Store, P], T]]:
    """Have a function on a store hold the turn at ``kinds`` while it lasts, as ``turn``."""

    def holding(work: Callable[Concatenate[Store, P], T]) -> Callable[Concatenate[Store, P], T]:
        @wraps(work)
        def whole(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with turn(store, *kinds):
                return work(store, *args, **kwargs)

        return whole

    return holding
