# SPDX-License-Identifier: MIT
"""Says a sentence to screen readers that is only painted for everybody else."""

from __future__ import annotations

from PySide6.QtCore import QObject


def announce(source: QObject, sentence: str, *, urgent: bool = False) -> None:
    """Have ``sentence`` read out: when there is a pause, or at once if it is ``urgent``."""
    # Qt's tables of roles and states are built on first use; nothing is said before first paint.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # noqa: PLC0415

    event = QAccessibleAnnouncementEvent(source, sentence)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)
