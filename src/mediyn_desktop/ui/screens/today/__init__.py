# SPDX-License-Identifier: MIT
"""Today: the day's sessions, those that need somebody first, and the button that closes the day.

``screen`` puts the parts together; ``loading`` says what is read; ``words`` turns a row into words
and shapes; ``table`` and ``panel`` show rows; one file for each dialog; ``closing`` runs the batch.
Rules are asked of ``dayclose``, ``billing`` and ``cards``; nothing is decided here.
"""

from mediyn_desktop.ui.screens.today.screen import TodayScreen

__all__ = ["TodayScreen"]
