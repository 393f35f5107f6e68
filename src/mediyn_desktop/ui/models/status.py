# SPDX-License-Identifier: MIT
"""A status as people read it: one word and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from mediyn_desktop.ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class Status:
    """``word`` is always shown; ``tone`` chooses its colour and its shape."""

    word: str
    tone: Tone = Tone.NEUTRAL
