# SPDX-License-Identifier: MIT
"""The words for roads and states that both doors and the day report use."""

from __future__ import annotations

ROADS: dict[str | None, str] = {
    "card": "Card",
    "superbill": "Superbill",
    "claim": "Insurance claim",
    "claim_and_copay": "Claim and copay",
    "package": "Package",
    "fee": "Missed fee",
    "waived": "Waived",
    None: "Not billed",
}

CODES = {"LATE_CANCEL": "Late cancel", "NO_SHOW": "No-show"}

CARD_STATES = {
    "planned": "planned",
    "queued": "waiting",
    "sending": "being sent",
    "unknown": "no answer yet, checking",
    "processing": "bank is still deciding",
    "succeeded": "paid",
    "declined": "declined",
    "needs_client": "client must confirm",
    "canceled": "not charged",
    "review": "please compare",
}

CLAIM_STATES = {
    "blocked": "held back",
    "ready": "ready",
    "queued": "queued",
    "sent": "sent",
    "rejected": "refused, to be mended",
    "withdrawn": "withdrawn",
    "billed_elsewhere": "billed elsewhere",
    "never_bill": "never billed",
}

HAND_OVERS = {
    "waiting": "waiting to be sent",
    "handing_over": "interrupted, will be looked up",
    "unknown": "not known whether it arrived",
    "sent": "sent",
    "refused": "refused by the clearinghouse",
}
