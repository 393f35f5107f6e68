# SPDX-License-Identifier: MIT
"""What insurers say about coverage, in words."""

from __future__ import annotations

from mediyn_desktop.claims.coverage_list import CheckRow
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.core.percent import format_basis_points
from mediyn_desktop.ui import wording
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import Tone

COVERED = {
    "active": Status("Covered", Tone.OK),
    "inactive": Status("Not covered", Tone.BAD),
    "unknown": Status("Not clear", Tone.WARN),
    "queued": Status("To be asked", Tone.INFO),
    "waiting": Status("Waiting", Tone.INFO),
    "failed": Status("No answer", Tone.WARN),
    "never": Status("Never asked", Tone.NEUTRAL),
    "none": Status("No insurance", Tone.WARN),
}
FIGURE_NAMES = {
    "copay_cents": "Copay",
    "coinsurance_bp": "Coinsurance",
    "deductible_cents": "Deductible",
    "deductible_left_cents": "Deductible left",
    "out_of_pocket_left_cents": "Out of pocket left",
}
_SAID = {
    "active": "The insurer covers mental health",
    "inactive": "The insurer does not cover this client",
}
HOW = {
    "transport": "asked by computer",
    "file": "from a file",
    "telephone": "by telephone",
}


def figure(name: str, value: int | None) -> str:
    """Return a figure as people read it; a dash for one nobody stated."""
    if value is None:
        return wording.NOTHING
    return f"{format_basis_points(value)}%" if name == "coinsurance_bp" else format_cents(value)


def answered(check: CheckRow) -> str:
    """Return what an answer says of the coverage, and as of when."""
    said = _SAID.get(check.standing, "The answer does not say clearly whether it covers")
    return f"{said}, as of {wording.day(check.as_of)}."


def figures(check: CheckRow) -> list[str]:
    """Return what else an answer says, a line each."""
    found = [f"Plan: {check.plan}"] if check.plan else []
    for name, words in FIGURE_NAMES.items():
        value = getattr(check, name)
        if value is not None:
            found.append(f"{words}: {figure(name, value)}")
    if check.authorization_needed is not None:
        need = "is needed" if check.authorization_needed else "is not needed"
        found.append(f"An authorization {need}.")
    found.append(how(check))
    if check.accepted:
        found.append("Its figures are in the coverage.")
    if check.message:
        found.append(check.message)
    return found


def how(check: CheckRow) -> str:
    """Return on which way an answer came, in a sentence."""
    words = HOW[check.how].capitalize()
    if check.how != "telephone":
        return f"{words}."
    whom = f", with {check.spoke_with}" if check.spoke_with else ""
    return f"{words}{whom}, reference {check.reference_number}."
