# SPDX-License-Identifier: MIT
"""Noting a step, and what undoing it answers with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.undo.tables import UndoStep

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """What takes a step back once it has left the computer: named, dated today, and doing it."""

    words: str
    act: Callable[[UnitOfWork], object]


@dataclass(frozen=True, slots=True)
class Held:
    """Why a step is not simply undone, in a sentence, and what is offered in its place."""

    why: str
    offer: Offer | None = None


def record_step(uow: UnitOfWork, verb: str, words: str, **facts: object) -> None:
    """Note what was just done; ``words`` name it by refs alone."""
    uow.session.add(
        UndoStep(at=uow.now, verb=verb, words=words, facts=json.dumps(facts, sort_keys=True))
    )
    uow.session.flush()
    uow.changed("undo_step", verb)
