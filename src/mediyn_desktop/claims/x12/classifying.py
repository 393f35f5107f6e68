# SPDX-License-Identifier: MIT
"""Which transaction is it? By functional group, set and guide, never by a file's name."""

from __future__ import annotations

from mediyn_desktop.claims.x12.inbound import Kind, Origin

_BY_SET = {
    "835": Kind.REMITTANCE,
    "999": Kind.ACKNOWLEDGEMENT,
    "997": Kind.ACKNOWLEDGEMENT,  # what came before the 999; it says the same
    "271": Kind.ELIGIBILITY,
    "270": Kind.ELIGIBILITY_REQUEST,
}
# 277 is several guides: the answer to a batch of claims, to a question, or a question itself.
_CLAIM_ACKNOWLEDGEMENT = ("X214", "X364")
_CLAIM_STATUS = ("X212",)
_PROFESSIONAL = ("X222", "X098")

_WORDS = {
    Kind.TA1: "an interchange acknowledgement (TA1)",
    Kind.ACKNOWLEDGEMENT: "a file acknowledgement (999)",
    Kind.CLAIM_ACKNOWLEDGEMENT: "a claim acknowledgement (277CA)",
    Kind.REMITTANCE: "a remittance (835)",
    Kind.ELIGIBILITY: "an eligibility answer (271)",
    Kind.CLAIM: "claims (837P)",
    Kind.ELIGIBILITY_REQUEST: "an eligibility question (270)",
    Kind.CLAIM_STATUS: "a claim status answer (277)",
}
# What a person should do with it, where leaving it alone is not enough.
_ADVICE = {
    "824": "It may refuse a file of yours: read it on the clearinghouse's site.",
    "277": "The insurer may be waiting for something: read it on the clearinghouse's site.",
    "278": "It may hold an authorization number: read it on the insurer's site.",
}
_OTHER_WORDS = {
    "837": "institutional or dental claims (837)",
    "276": "a claim status question (276)",
    "277": "a request for more information about a claim (277)",
    "275": "attachments to a claim (275)",
    "278": "an authorization (278)",
    "820": "a premium payment (820)",
    "834": "an enrollment (834)",
    "824": "an application advice (824)",
}


def kind_of_set(set_code: str, version: str, function: str = "") -> Kind:
    """Return what ST01, the guide (GS08, else ST03) and GS01 announce."""
    code = set_code.strip()
    if code == "277":
        if any(guide in version for guide in _CLAIM_STATUS):
            return Kind.CLAIM_STATUS
        known = any(guide in version for guide in _CLAIM_ACKNOWLEDGEMENT)
        return Kind.CLAIM_ACKNOWLEDGEMENT if known or "X" not in version else Kind.OTHER
    if code == "837":
        professional = any(guide in version for guide in _PROFESSIONAL) or "X" not in version
        return Kind.CLAIM if professional and function in ("", "HC") else Kind.OTHER
    return _BY_SET.get(code, Kind.OTHER)


def explained(origin: Origin) -> str:
    """Return a sentence about a transaction that is kept and not acted on, and what to do."""
    advice = _ADVICE.get(origin.set_code, "Nothing needs to be done about it here.")
    return f"It holds {words_for(origin)}, which is kept as it came and not acted on. {advice}"


def words_for(origin: Origin) -> str:
    """Return words for a transaction, such as ``a remittance (835)``."""
    known = _WORDS.get(origin.kind) or _OTHER_WORDS.get(origin.set_code)
    return known or f"a transaction of another kind ({origin.set_code or 'not named'})"
