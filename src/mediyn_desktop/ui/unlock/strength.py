# SPDX-License-Identifier: MIT
"""How good a passphrase is, in one sentence.

Length decides (NIST SP 800-63B-4, 3.1.1.2: no composition rules, a minimum length, and a refusal
of what is easily guessed); the figures here are for a file somebody may carry away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mediyn_desktop.ui.theme.tokens import Tone

MINIMUM = 10  # the vault refuses fewer
_COMMON = re.compile(
    r"(passw[o0]rd|letmein|qwert|asdf|welcome|iloveyou|admin|therap|mediyn|abcd|1234)", re.I
)


@dataclass(frozen=True, slots=True)
class Strength:
    """Whether the passphrase may be used, and what to say about it."""

    accepted: bool
    sentence: str
    tone: Tone


def judge(passphrase: str) -> Strength:
    """Return what to say about ``passphrase`` while it is typed."""
    length = len(passphrase)
    if length == 0:
        return Strength(
            False, f"At least {MINIMUM} characters. Four or five words are good.", Tone.NEUTRAL
        )
    if length < MINIMUM:
        missing = MINIMUM - length
        return Strength(
            False, f"{missing} more character{'s' if missing > 1 else ''} needed.", Tone.NEUTRAL
        )
    rest = _COMMON.sub("", passphrase)
    if len(set(passphrase.lower())) < 6 or len(rest) < MINIMUM // 2 or passphrase.isdigit():
        return Strength(
            False, "This is easy to guess. Take four or five unrelated words.", Tone.WARN
        )
    if length >= 20 or len(passphrase.split()) >= 4:
        return Strength(True, "Strong.", Tone.OK)
    return Strength(True, "Good enough. One more word would make it strong.", Tone.INFO)
