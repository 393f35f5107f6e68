# SPDX-License-Identifier: MIT
"""What the adjustment codes of a remittance mean for a practice, in our own words.

An insurer explains each cent it did not pay with a group code (who bears it) and a reason code
(CARC). The decision key is the pair, never the reason alone: the same reason is the client's debt
under PR and the practice's loss under CO. The published lists change three times a year; a code
that is not here is neutral, is read on the insurer's own explanation, and moves no money.

The wording of the lists belongs to X12 and is not reproduced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# The day this table was written; shown beside a label, since the lists move on.
AS_OF = date(2026, 11, 23)


class Group(StrEnum):
    """Who bears an adjustment (CAS01)."""

    CONTRACTUAL = "CO"
    CLIENT = "PR"
    OTHER = "OA"
    PAYER = "PI"
    CORRECTION = "CR"


GROUP_LABELS = {
    Group.CONTRACTUAL: "Practice bears it under its contract",
    Group.CLIENT: "Client owes it",
    Group.OTHER: "Other, usually another insurer's part",
    Group.PAYER: "Insurer's own reduction",
    Group.CORRECTION: "Correction of an earlier payment (old)",
}


class MayBill(StrEnum):
    """Whether the client may be asked for an adjusted amount."""

    YES = "yes"
    NO = "no"
    IF_CLIENT_GROUP = "if-client-group"  # only when the insurer put it under PR
    AFTER_STEP = "after-step"  # only under PR, and only once a person has seen to it
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One adjustment reason: our label, its usual groups, and what to do about it.

    ``denial`` is False for amounts that are a normal part of a paid claim, so that they do not
    count in the denial rate.
    """

    code: str
    label: str
    groups: tuple[Group, ...]
    may_bill: MayBill
    next_action: str
    denial: bool = True


_CO, _PR, _OA = Group.CONTRACTUAL, Group.CLIENT, Group.OTHER
_YES, _NO, _IF_PR, _LATER = MayBill.YES, MayBill.NO, MayBill.IF_CLIENT_GROUP, MayBill.AFTER_STEP

_REASONS = (
    Reason("1", "Deductible", (_PR,), _YES, "Bill the client.", denial=False),
    Reason("2", "Coinsurance", (_PR,), _YES, "Bill a second insurer first.", denial=False),
    Reason("3", "Copay", (_PR,), _YES, "Compare with what was collected.", denial=False),
    Reason("4", "Modifier missing or wrong", (_CO,), _NO, "Correct the modifier and send again."),
    Reason("5", "Place does not fit the code", (_CO,), _NO, "Correct the place of service."),
    Reason("11", "Diagnosis does not fit", (_CO,), _NO, "Check the diagnosis and send again."),
    Reason("15", "Authorization missing or wrong", (_CO,), _NO, "Add the authorization number."),
    Reason("16", "Something is missing or invalid", (_CO,), _NO, "Read the remark, fix, resend."),
    Reason("18", "Duplicate of an earlier claim", (_CO, _OA), _NO, "Look at the first claim."),
    Reason("22", "Another insurer pays first", (_CO, _OA), _IF_PR, "Bill the first insurer."),
    Reason(
        "23", "What another insurer did", (_OA,), _NO, "Nothing; already counted.", denial=False
    ),
    Reason("24", "Covered by another plan's flat fee", (_CO,), _NO, "Bill that plan."),
    Reason("26", "Before coverage began", (_PR, _CO), _IF_PR, "Check coverage dates."),
    Reason("27", "After coverage ended", (_PR, _CO), _IF_PR, "Find the new plan."),
    Reason("29", "Filed too late", (_CO,), _NO, "Appeal only with proof of filing in time."),
    Reason("31", "Client not found in the plan", (_PR, _CO), _LATER, "Fix name, birth date or ID."),
    Reason("45", "Above the agreed fee", (_CO, _PR), _IF_PR, "Write off in network.", denial=False),
    Reason("50", "Not found necessary", (_CO, _PR), _LATER, "Appeal with the treatment plan."),
    Reason("96", "Not a covered service", (_CO, _PR), _IF_PR, "Read the remark, check benefits."),
    Reason("97", "Part of another service", (_CO,), _NO, "Check for a distinct service."),
    Reason("109", "Sent to the wrong insurer", (_CO, _OA), _NO, "Send to the right insurer."),
    Reason("119", "Benefit used up", (_PR, _CO), _IF_PR, "Tell the client; ask for more."),
    Reason("125", "Billing error", (_CO,), _NO, "Read the remark, fix, send again."),
    Reason("140", "ID and name do not match", (_CO,), _NO, "Correct name and member ID."),
    Reason("151", "More sessions than accepted", (_CO,), _NO, "Send records or appeal."),
    Reason("197", "No authorization in advance", (_CO,), _NO, "Ask for a late one, or appeal."),
    Reason("198", "More than was authorized", (_CO,), _NO, "Ask to extend the authorization."),
    Reason("204", "Not in this plan's benefits", (_PR, _CO), _IF_PR, "Agree on self-pay."),
    Reason("226", "Practice did not answer in time", (_CO,), _NO, "Send what was asked for."),
    Reason(
        "227", "Insurer waits for the client", (_PR,), _LATER, "Ask the client to call the plan."
    ),
    Reason("242", "Outside the network", (_CO, _PR), _IF_PR, "Check out-of-network benefits."),
    Reason("243", "Not cleared by the network", (_CO, _PR), _IF_PR, "Ask for a referral."),
    Reason("252", "Records are needed", (_CO,), _NO, "Send progress notes, nothing more."),
    Reason("253", "Federal budget reduction", (_CO,), _NO, "Write off.", denial=False),
    Reason("256", "Not payable under the contract", (_CO,), _NO, "Check the contract."),
    Reason("288", "Referral missing", (_CO, _PR), _IF_PR, "Get the referral and send again."),
    Reason("B7", "Clinician not eligible that day", (_CO,), _NO, "Check enrollment and NPI."),
    Reason("B11", "Passed on to another insurer", (_CO, _OA), _NO, "Wait for the other insurer."),
    Reason("B15", "Needs another service beside it", (_CO,), _NO, "Review what was billed."),
    Reason("B20", "Done by another clinician", (_CO,), _NO, "Review what was billed."),
)
REASONS = {reason.code: reason for reason in _REASONS}

# Remark codes (RARC) that therapists meet; they refine a reason and never move money.
REMARKS = {
    "M20": "Service code missing",
    "M76": "Diagnosis missing or invalid",
    "M77": "Place of service missing or invalid",
    "M127": "Record missing",
    "MA01": "The decision can be appealed",
    "MA04": "Other insurer's details missing",
    "MA130": "Claim could not be processed; send a new one, an appeal is not possible",
    "N4": "Earlier insurer's explanation missing",
    "N30": "Client not eligible",
    "N115": "Decided by a local policy",
    "N130": "See the plan's benefits",
    "N179": "Information from the member is needed",
    "N265": "Ordering clinician's NPI missing or invalid",
    "N276": "Ordering clinician's NPI missing or invalid, other form",
    "N280": "Pay-to identifier missing or invalid",
    "N290": "Rendering clinician's NPI missing or invalid",
    "N362": "More units than accepted",
    "N386": "Decided by a national policy",
    "N390": "Cannot be billed by itself",
    "N393": "Notes missing",
    "N394": "Notes incomplete",
    "N522": "Duplicate claim",
    "N657": "Use the code that fits the service",
}

# Posted without asking anyone: agreed reductions, and the client's agreed share.
_WRITE_OFFS = frozenset({"45", "253"})
_CLIENT_SHARE = frozenset({"1", "2", "3"})


def reason(code: str) -> Reason:
    """Return what we know of the reason ``code``; an unknown one is neutral, never an error."""
    known = REASONS.get(code.strip().upper())
    if known is not None:
        return known
    label = f"Reason {code.strip()}, not in our list"
    return Reason(code, label, (), MayBill.UNKNOWN, "Read the insurer's explanation.")


def group_label(group: str) -> str:
    """Return our name of a group code; an unknown one is named by itself."""
    return GROUP_LABELS[Group(group)] if group in set(Group) else f"Group {group}"


def remark_label(code: str) -> str | None:
    """Return our name of a remark code, or None when it is not in our list."""
    return REMARKS.get(code.strip().upper())


def may_bill_client(group: str, code: str) -> MayBill:
    """Return whether the client may be asked for an amount adjusted under ``group`` and ``code``.

    Only PR ever leads to the client; under any other group the answer is no. Under PR an unknown
    reason is ``UNKNOWN`` and a reason that is normally the practice's loss stays ``NO``: both are
    for a person to look at.
    """
    if group != Group.CLIENT:
        return MayBill.NO
    answer = reason(code).may_bill
    return MayBill.YES if answer is MayBill.IF_CLIENT_GROUP else answer


def is_contractual_write_off(group: str, code: str) -> bool:
    """Return whether the pair is written off by itself: CO-45 and CO-253."""
    return group == Group.CONTRACTUAL and code in _WRITE_OFFS


def is_client_share(group: str, code: str) -> bool:
    """Return whether the pair is the client's agreed share: PR-1, PR-2 and PR-3."""
    return group == Group.CLIENT and code in _CLIENT_SHARE


def is_denial(group: str, code: str) -> bool:
    """Return whether the pair counts as a denial on a line that was paid nothing.

    An unknown reason counts, so that a loss is looked at rather than hidden.
    """
    if is_client_share(group, code) or is_contractual_write_off(group, code):
        return False
    return reason(code).denial
