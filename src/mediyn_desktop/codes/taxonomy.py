# SPDX-License-Identifier: MIT
"""Provider taxonomy codes: which kind of clinician or clinic bills.

The code on a claim must be the one registered for the NPI (NPPES). The list here holds those of
behavioral health with names of our own; the whole code set is published by the NUCC twice a year,
so a well-formed code that is missing here is accepted.
"""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[0-9]{3}[0-9A-Z]{6}X")

PEOPLE = {
    "101Y00000X": "Counselor, general",
    "101YA0400X": "Addiction counselor",
    "101YM0800X": "Mental health counselor",
    "101YP1600X": "Pastoral counselor",
    "101YP2500X": "Professional counselor",
    "101YS0200X": "School counselor",
    "102L00000X": "Psychoanalyst",
    "103G00000X": "Neuropsychologist",
    "103K00000X": "Behavior analyst",
    "103T00000X": "Psychologist, general",
    "103TA0400X": "Addiction psychologist",
    "103TB0200X": "Cognitive and behavioral psychologist",
    "103TC0700X": "Clinical psychologist",
    "103TC1900X": "Counseling psychologist",
    "103TC2200X": "Child and adolescent psychologist",
    "103TF0000X": "Family psychologist",
    "103TH0004X": "Health psychologist",
    "103TS0200X": "School psychologist",
    "104100000X": "Social worker, general",
    "1041C0700X": "Clinical social worker",
    "1041S0200X": "School social worker",
    "106H00000X": "Marriage and family therapist",
    "2084P0800X": "Psychiatrist",
    "2084P0804X": "Child and adolescent psychiatrist",
    "363LP0808X": "Psychiatric nurse practitioner",
    "364SP0808X": "Psychiatric clinical nurse specialist",
}
ORGANIZATIONS = {
    "251S00000X": "Community behavioral health agency",
    "261QM0801X": "Mental health clinic",
}

# The first two characters are the NUCC's groupings. Of the behavioral one (10) every code is known
# by its beginning, so a typing error in it shows; of the others only that the grouping exists.
_GROUPINGS = re.compile(r"1[0-9]|2[0-9]|3[0-46-9]|4[0124]")
_BEHAVIORAL = re.compile(
    r"101Y(00000|A0400|M0800|P1600|P2500|S0200)X"
    r"|102[LX]00000X"
    r"|103(G00000|GC0700|K00000|T00000)X"
    r"|103T(A0400|A0700|B0200|C0700|C1900|C2200|E1000|E1100|F0000|F0200|H0004|H0100|M1700|M1800"
    r"|P0016|P0814|P2700|P2701|R0400|S0200|W0100)X"
    r"|104(100000|1C0700|1S0200)X"
    r"|106(E00000|H00000|S00000)X"
)


def is_known_taxonomy(code: str) -> bool:
    """Return whether a well-formed ``code`` can be one of the NUCC's."""
    if code.startswith("10"):
        return _BEHAVIORAL.fullmatch(code) is not None
    return _GROUPINGS.match(code) is not None


def check_taxonomy(code: str) -> str | None:
    """Return None when ``code`` has the shape of a taxonomy code, otherwise why it has not."""
    if _SHAPE.fullmatch(code):
        return None
    return "A taxonomy code has 10 characters and ends with X, as in 1041C0700X."


def taxonomy_label(code: str) -> str | None:
    """Return our name for a behavioral health taxonomy code, or None when it is not one."""
    return PEOPLE.get(code) or ORGANIZATIONS.get(code)
