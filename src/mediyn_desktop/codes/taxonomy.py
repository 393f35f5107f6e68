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


def check_taxonomy(code: str) -> str | None:
    """Return None when ``code`` has the shape of a taxonomy code, otherwise why it has not."""
    if _SHAPE.fullmatch(code):
        return None
    return "A taxonomy code has 10 characters and ends with X, as in 1041C0700X."


def taxonomy_label(code: str) -> str | None:
    """Return our name for a behavioral health taxonomy code, or None when it is not one."""
    return PEOPLE.get(code) or ORGANIZATIONS.get(code)
