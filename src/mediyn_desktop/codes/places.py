# SPDX-License-Identifier: MIT
"""Place-of-service codes and modifiers.

The place of service says where the *client* was, so a video session is 10 (client at home) or 02
(client elsewhere) wherever the therapist sat (CMS place-of-service code set). A telehealth session
also carries a modifier: 95 for live video, 93 for live audio only, or GT where a payer kept it.
Labels are our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mediyn_desktop.codes.vocabulary import Place

MARKED_PLACES = ("remote", "any")
"""With which places of service a payer takes a telehealth modifier."""
# Rules a payer may set; no rule (None) means the same as "95".
PAYER_RULES = ("95", "GT", "none")

# A service line has room for four modifiers (CMS-1500 box 24D, 837P SV101).
MOST_MODIFIERS = 4

_POS = {
    Place.OFFICE: "11",
    Place.VIDEO_HOME: "10",
    Place.VIDEO_OTHER: "02",
    Place.AUDIO_HOME: "10",
    Place.HOME_VISIT: "12",
}
_VIDEO = frozenset({Place.VIDEO_HOME, Place.VIDEO_OTHER})
_AUDIO = frozenset({Place.AUDIO_HOME})

_POS_LABELS = {
    "02": "Telehealth, client not at home",
    "03": "School",
    "10": "Telehealth, client at home",
    "11": "Office",
    "12": "Client's home",
    "22": "Hospital outpatient",
    "31": "Skilled nursing facility",
    "32": "Nursing facility",
    "50": "Federally qualified health center",
    "53": "Community mental health center",
    "99": "Other place",
}
TELEHEALTH_POS = frozenset({"02", "10"})

_MODIFIER_LABELS = {
    "22": "More work than usual",
    "25": "Separate medical visit",
    "52": "Reduced service",
    "59": "Distinct service",
    "93": "Live audio only",
    "95": "Live video",
    "AF": "Specialty physician",
    "AH": "Clinical psychologist",
    "AJ": "Clinical social worker",
    "FQ": "Audio only, health center",
    "GQ": "Store and forward",
    "GT": "Live video, older mark",
    "HJ": "Employee assistance program",
    "HL": "Intern",
    "HM": "Below bachelor's level",
    "HN": "Bachelor's level",
    "HO": "Master's level",
    "HP": "Doctoral level",
    "HQ": "Group",
    "HR": "Family with client",
    "HS": "Family without client",
    "XE": "Separate encounter",
}
_VIDEO_MODIFIERS = frozenset({"95", "GT"})
_AUDIO_MODIFIERS = frozenset({"93", "FQ"})

# U1 to U9 and UA to UD mean what each state's Medicaid says they mean.
_STATE_DEFINED = re.compile(r"U[1-9A-D]")
# The series of CPT (numbers) and HCPCS level II (a letter first) that hold modifiers at all.
_GIVEN_OUT = re.compile(
    r"2[2-7]|3[23]|47|5[0-9]|6[236]|7[346789]|8[012]|9[0-35-79]"
    r"|[ACFGHKQST][0-9A-Z]|B[ALOPRU]|E[1-4ABCJMPTXY]|J[1-4A-GWZ]|L[1CDMRSTU]|M[2A-H]|N[BRU]"
    r"|P[1-6AILMNOST]|R[ACDEIRT]|U[1-9A-KNPQRS]|V[1-9MP]|X[1-5EPSU]|Z[ABC]"
)
_MODIFIER_SHAPE = re.compile(r"[0-9A-Z]{2}")


def pos_for(place: Place) -> str:
    """Return the two-digit place-of-service code; text, because the leading zero counts."""
    return _POS[place]


def pos_label(pos: str) -> str:
    """Return our short name of a place-of-service code, or the code itself."""
    return _POS_LABELS.get(pos, f"Place {pos}")


def is_known_pos(pos: str) -> bool:
    """Return whether ``pos`` is one of the places a therapist's claim may name."""
    return pos in _POS_LABELS


def modifiers_for(place: Place, payer_rule: str | None = None) -> tuple[str, ...]:
    """Return the telehealth modifiers of a session at ``place``; none when the two met in person.

    ``payer_rule`` is one of ``PAYER_RULES`` or None. It chooses the mark of video; audio is always
    93, unless the payer wants no telehealth modifier at all.

    Raises:
        ValueError: an unknown ``payer_rule``.
    """
    if payer_rule is not None and payer_rule not in PAYER_RULES:
        raise ValueError(f"“{payer_rule}” is not a telehealth rule; use 95, GT or none")
    if payer_rule == "none":
        return ()
    if place in _VIDEO:
        return (payer_rule or "95",)
    return ("93",) if place in _AUDIO else ()


def modifier_label(modifier: str) -> str:
    """Return our short name of a modifier, or the modifier itself."""
    if _STATE_DEFINED.fullmatch(modifier):
        return f"State-defined {modifier}"
    return _MODIFIER_LABELS.get(modifier, f"Modifier {modifier}")


def may_be_modifier(modifier: str) -> bool:
    """Return whether ``modifier`` is in our table or in a series CPT or HCPCS has given out.

    A payer may ask for any of them; what no series has is a typing error.
    """
    return is_known_modifier(modifier) or _GIVEN_OUT.fullmatch(modifier) is not None


def is_known_modifier(modifier: str) -> bool:
    """Return whether ``modifier`` is in our table; an unknown one may still be a payer's own."""
    return modifier in _MODIFIER_LABELS or _STATE_DEFINED.fullmatch(modifier) is not None


def telehealth_marks(modifiers: Iterable[str]) -> frozenset[str]:
    """Return those of ``modifiers`` that mark a session as video or audio."""
    return frozenset(modifiers) & (_VIDEO_MODIFIERS | _AUDIO_MODIFIERS | {"GQ"})


def line_problems(
    pos: str, modifiers: tuple[str, ...], payer_rule: str | None = None
) -> tuple[str, ...]:
    """Return a sentence for each way the place and modifiers of one service line disagree.

    A payer answers such a line with adjustment reason 4 (modifier) or 5 (place). ``payer_rule``
    ``none`` lifts the demand for a telehealth modifier.
    """
    problems = []
    marks = set(modifiers)
    telehealth = marks & (_VIDEO_MODIFIERS | _AUDIO_MODIFIERS)
    if len(modifiers) > MOST_MODIFIERS:
        problems.append("A service line holds at most four modifiers.")
    if len(marks) < len(modifiers):
        problems.append("A modifier is listed twice.")
    problems.extend(
        f"“{modifier}” is not a modifier; one has two letters or digits."
        for modifier in modifiers
        if not _MODIFIER_SHAPE.fullmatch(modifier)
    )
    if marks & _VIDEO_MODIFIERS and marks & _AUDIO_MODIFIERS:
        problems.append("A session is either video (95, GT) or audio only (93), not both.")
    if marks >= _VIDEO_MODIFIERS:
        problems.append("95 and GT both mark video; keep the one the payer asks for.")
    if pos in TELEHEALTH_POS and not telehealth and payer_rule != "none":
        problems.append(f"Place {pos} is telehealth and needs 95, GT or 93.")
    if pos not in TELEHEALTH_POS and telehealth:
        named = ", ".join(sorted(telehealth))
        problems.append(f"Place {pos} is in person and does not go with {named}.")
    return tuple(problems)
