# SPDX-License-Identifier: MIT
"""An 835 in plain words, segment by segment."""

from __future__ import annotations

from mediyn_desktop.claims.x12.model835 import ProviderAdjustment
from mediyn_desktop.claims.x12.plb835 import kind_of
from mediyn_desktop.claims.x12.reading_aloud import Table, join, money, when
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.values import cents, procedure
from mediyn_desktop.claims.x12.words import CLAIM_STATUS, word
from mediyn_desktop.codes.adjustments import group_label, reason, remark_label
from mediyn_desktop.core.money import format_cents

_METHODS = {
    "ACH": "by bank transfer",
    "BOP": "as the bank chooses",
    "CHK": "by check",
    "FWT": "by wire",
    "NON": "without money",
}


def _bpr(segment: Segment) -> str:
    method = word(_METHODS, segment.element(4), kind="by method")
    dated = segment.element(16)
    return join(
        f"the insurer pays {money(segment, 2)} {method}", f"on {when(dated)}" if dated else ""
    )


def _trn(segment: Segment) -> str:
    return join(f"check or transfer number {segment.element(2)}")


def _clp(segment: Segment) -> str:
    status = word(CLAIM_STATUS, segment.element(2), kind="status")
    owes = f"the client owes {money(segment, 5)}" if segment.element(5) else ""
    payers = f"the insurer's number is {segment.element(7)}" if segment.element(7) else ""
    amounts = f"charged {money(segment, 3)}, paid {money(segment, 4)}"
    return join(f"claim {segment.element(1)}: {status}", amounts, owes, payers)


def _svc(segment: Segment) -> str:
    _, code, modifiers, _ = procedure(segment.element(1), segment.delimiters.component)
    units = segment.element(5)
    return join(
        f"service {'-'.join((code, *modifiers))}",
        f"charged {money(segment, 2)}, paid {money(segment, 3)}",
        f"{units} units" if units not in ("", "1") else "",
    )


def _cas(segment: Segment) -> str:
    reasons = []
    for number in range(2, len(segment.elements) + 1, 3):
        if code := segment.element(number):
            amount = money(segment, number + 1)
            reasons.append(f"{reason(code).label} ({code}) {amount}")
    return f"{group_label(segment.element(1))}: {'; '.join(reasons) or 'no reason given'}."


def _plb(segment: Segment) -> str:
    said = []
    for number in range(3, len(segment.elements) + 1, 2):
        code, _, about = segment.element(number).partition(segment.delimiters.component)
        value = cents(segment.element(number + 1))
        if value is None:
            said.append(f"{code}: no readable amount")
            continue
        kind = kind_of(ProviderAdjustment("", None, code, about, value)).label
        way = "kept from" if value >= 0 else "added to"
        behind = f" ({about})" if about else ""
        said.append(f"{kind}{behind}: {format_cents(abs(value))} {way} this payment")
    return join(*said) if said else "Provider adjustment without an amount."


def _lq(segment: Segment) -> str:
    code = segment.element(2)
    return join(f"remark {code}: {remark_label(code) or 'not in our list'}")


def _remarks(segment: Segment) -> str:
    first = 5 if segment.id == "MIA" else 3
    codes = [code for code in segment.elements[first - 1 :] if code and not code[0].isdigit()]
    said = (f"{code} ({remark_label(code) or 'not in our list'})" for code in codes)
    return join("remarks to the claim", *said)


TABLE: Table = {
    "BPR": _bpr,
    "TRN": _trn,
    "CUR": lambda segment: join(f"amounts are in {segment.element(2)}"),
    "CLP": _clp,
    "SVC": _svc,
    "CAS": _cas,
    "PLB": _plb,
    "LQ": _lq,
    "MIA": _remarks,
    "MOA": _remarks,
    "LX": lambda segment: join(f"group {segment.element(1)} of claims begins"),
    "TS2": lambda _: "More totals of the provider.",
    "TS3": lambda segment: join(
        f"totals of provider {segment.element(1)}",
        f"{segment.element(4)} claims",
        f"charged {money(segment, 5)}",
    ),
    "QTY": lambda segment: join(f"quantity {segment.element(1)}: {segment.element(2)}"),
}
