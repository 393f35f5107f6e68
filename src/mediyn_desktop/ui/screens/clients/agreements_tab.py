# SPDX-License-Identifier: MIT
"""What was agreed with a client: packages, a sliding fee, payment plans, estimates."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.record_model import Column, status_column
from mediyn_desktop.ui.screens.clients.agreement_words import AgreedLine
from mediyn_desktop.ui.screens.clients.verbs_tab import VerbsTab

_HEIGHT = 92
NEW = {
    "package": "Sell package…",
    "plan": "Payment plan…",
    "sliding": "Sliding fee…",
    "estimate": "Estimate…",
}
FOR_LINE = {
    "pay-package": "Record its payment…",
    "refund-package": "Refund the rest…",
    "review-fee": "Keep it…",
    "end-fee": "End it…",
    "show-estimate": "Show estimate…",
    "installment": "Record an installment…",
    "pause-plan": "Pause…",
    "resume-plan": "Resume…",
    "plan-card": "Change the card…",
    "end-plan": "End plan…",
    "print-plan": "Agreement to sign…",
}
_NONE = (
    "superbills",
    "Nothing is agreed yet",
    "Packages, payment plans, sliding fees and good faith estimates appear here.",
)


class AgreementsTab(VerbsTab):
    """One line for each; what can be done about the current one stands below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Agreements",
            _COLUMNS,
            _NONE,
            _story,
            about="Packages, payment plans, sliding fees, estimates.",
            new=NEW,
            for_line=FOR_LINE,
            height=_HEIGHT,
            parent=parent,
        )

    def current(self) -> AgreedLine | None:
        """Return the current line, if there is one."""
        line: AgreedLine | None = super().current()
        return line


def _story(line: AgreedLine) -> str:
    return "\n".join(line.facts)


_COLUMNS = (
    Column("From", lambda line: wording.day(line.since), width=120),
    Column("What", lambda line: line.what, least=300),
    Column("Until", lambda line: wording.day(line.until), width=120, spare=1),
    Column("Amount", lambda line: wording.amount(line.cents), "right", width=120),
    status_column("State", lambda line: line.status, width=170),
)
