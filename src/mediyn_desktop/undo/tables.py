# SPDX-License-Identifier: MIT
"""What was done, step by step, with what undoing it needs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import no_delete


class UndoStep(Base):
    """One thing somebody did. ``words`` name it by refs alone; ``facts`` are JSON."""

    __tablename__ = "undo_step"
    __table_args__ = (Index("ix_undo_step_undone_at", "undone_at", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    verb: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(200))
    facts: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


GUARDS: dict[str, str] = {
    **no_delete("undo_step", what="steps"),
    "undo_step_once": (
        "CREATE TRIGGER undo_step_once BEFORE UPDATE ON undo_step "
        "WHEN OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL "
        "OR (NEW.id, NEW.at, NEW.verb, NEW.words, NEW.facts) "
        "IS NOT (OLD.id, OLD.at, OLD.verb, OLD.words, OLD.facts) BEGIN "
        "SELECT RAISE(ABORT, 'a step is undone once and never changed'); END"
    ),
}
