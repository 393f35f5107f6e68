# SPDX-License-Identifier: MIT
"""What each cent of a decided claim means for the practice: where it goes, or that it waits.

By themselves: CO-45 and CO-253 are written off, PR-1/2/3 go to the client, to the next insurer
first where there is one. OA-23 repeats what an earlier payer did and is not posted again. Every
other adjustment waits on the worklist and moves no money until a person decides. The group code is
the authority (X12 RFI 2048): a deductible under CO is not the client's.

A reversal has the same shares with the signs turned; what is posted for it is the reversal of the
entries that exist, which may include what a person decided meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mediyn_desktop.claims.x12.model835 import Adjustment, RemitClaim, ServiceLine
from mediyn_desktop.codes.adjustments import (
    REASONS,
    Group,
    MayBill,
    is_client_share,
    is_contractual_write_off,
    is_denial,
    may_bill_client,
)

_EARLIER_PAYER = "23"
_CLIENT_SHARE_REASONS = ("1", "2", "3")


class Goes(StrEnum):
    """Where an amount goes."""

    PAID = "paid"  # the insurer's money
    WRITE_OFF = "write-off"  # the practice bears it under its contract
    CLIENT = "client"
    NEXT_PAYER = "next-payer"  # the client's share, while another insurer is still to be asked
    ALREADY_COUNTED = "already-counted"  # what an earlier payer did; its own remittance posted it
    WORKLIST = "worklist"  # waits for a person; moves no money
    NOWHERE = "nowhere"  # only passed on, or only predetermined: there is nothing to post


class Why(StrEnum):
    """The reason an amount waits on the worklist; stable, for scripts and screens."""

    DENIED = "denied"
    UNKNOWN_REASON = "unknown-reason"
    CLIENT_AFTER_REVIEW = "client-after-review"  # PR, but not 1, 2 or 3: look before billing
    CLIENT_SHARE_UNDER_OTHER_GROUP = "client-share-under-other-group"  # 1, 2, 3 without PR
    EARLIER_PAYER_UNEXPECTED = "earlier-payer-unexpected"  # OA-23, but no earlier payer is known
    INSURERS_OWN_REDUCTION = "insurers-own-reduction"  # PI
    CORRECTION_GROUP = "correction-group"  # CR, no longer in use
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a claim, whatever CLP02 calls it."""

    PAID = "paid"
    PARTLY_PAID = "partly-paid"  # paid, but something waits on the worklist
    WITHOUT_PAYMENT = "without-payment"  # all of it deductible, copay or written off: no denial
    DENIED = "denied"
    REVERSED = "reversed"
    FORWARDED = "forwarded"  # passed on without a decision
    PREDETERMINED = "predetermined"


@dataclass(frozen=True, slots=True)
class Share:
    """One amount and where it goes. ``line`` counts from 1; None is the claim as a whole.

    ``group`` and ``reason`` are empty for what was paid; ``why`` is set on the worklist only, and
    ``may_bill`` tells whether the client may be asked for it.
    """

    goes: Goes
    amount_cents: int
    group: str = ""
    reason: str = ""
    line: int | None = None
    why: Why | None = None
    may_bill: MayBill = MayBill.NO


@dataclass(frozen=True, slots=True)
class Decision:
    """Where every cent of one claim goes. The shares add up to its charge when it balances."""

    outcome: Outcome
    shares: tuple[Share, ...]

    def cents(self, goes: Goes) -> int:
        return sum(share.amount_cents for share in self.shares if share.goes is goes)

    def of_line(self, line: int | None) -> tuple[Share, ...]:
        return tuple(share for share in self.shares if share.line == line)

    @property
    def worklist(self) -> tuple[Share, ...]:
        return tuple(share for share in self.shares if share.goes is Goes.WORKLIST)

    @property
    def settled_cents(self) -> int:
        """What leaves the insurer's receivable: paid, written off, moved to client or next payer.

        More than is open there means that something is counted twice (a second write-off of the
        same amount by a second insurer): hold the claim.
        """
        moving = (Goes.PAID, Goes.WRITE_OFF, Goes.CLIENT, Goes.NEXT_PAYER)
        return sum(share.amount_cents for share in self.shares if share.goes in moving)


def decide(claim: RemitClaim, *, next_payer: bool, earlier_payer: bool | None = None) -> Decision:
    """Return where each cent of ``claim`` goes.

    ``next_payer``: another insurer comes after this one, so the client's share is asked there
    first; a claim that the payer forwarded itself counts as such. ``earlier_payer``: whether
    another insurer was to answer before; where nobody knows, the claim's own status says.
    """
    onward = next_payer or claim.is_forwarded
    earlier = (claim.payer_rank or 1) > 1 if earlier_payer is None else earlier_payer
    shares: list[Share] = []
    if claim.lines:
        for number, line in enumerate(claim.lines, start=1):
            shares.extend(_paid(line.paid_cents, number))
            shares.extend(_adjusted(line.adjustments, number, onward, earlier))
    else:
        shares.extend(_paid(claim.paid_cents, None))
    shares.extend(_adjusted(claim.adjustments, None, onward, earlier))
    if claim.lines and (own := sum(each.amount_cents for each in claim.adjustments)):
        # The lines' payments are before the claim's own adjustments: take those off once.
        shares.append(Share(Goes.PAID, -own))
    if not claim.is_processed_here:
        nowhere = (
            Share(Goes.NOWHERE, each.amount_cents, each.group, each.reason, each.line)
            for each in shares
        )
        return Decision(_outcome(claim, shares), tuple(nowhere))
    return Decision(_outcome(claim, shares), tuple(shares))


def is_denied(line: ServiceLine) -> bool:
    """Return whether a line was refused: charged, nothing paid, and for a reason that denies.

    Nothing paid because all of it is deductible is no denial.
    """
    return (
        line.charge_cents > 0
        and line.paid_cents == 0
        and any(
            each.amount_cents > 0 and is_denial(each.group, each.reason)
            for each in line.adjustments
        )
    )


def _paid(cents: int, line: int | None) -> Iterator[Share]:
    if cents:
        yield Share(Goes.PAID, cents, line=line)


def _adjusted(
    adjustments: tuple[Adjustment, ...], line: int | None, onward: bool, earlier: bool
) -> Iterator[Share]:
    for each in adjustments:
        if not each.amount_cents:
            continue
        group, code = each.group, each.reason
        why: Why | None = None
        if is_contractual_write_off(group, code):
            goes = Goes.WRITE_OFF
        elif is_client_share(group, code):
            goes = Goes.NEXT_PAYER if onward else Goes.CLIENT
        elif (group, code) == (Group.OTHER, _EARLIER_PAYER) and earlier:
            goes = Goes.ALREADY_COUNTED
        else:
            goes, why = Goes.WORKLIST, _why(group, code)
        yield Share(goes, each.amount_cents, group, code, line, why, may_bill_client(group, code))


def _why(group: str, code: str) -> Why:
    if code in _CLIENT_SHARE_REASONS:
        return Why.CLIENT_SHARE_UNDER_OTHER_GROUP
    if group == Group.CLIENT:
        unknown = may_bill_client(group, code) is MayBill.UNKNOWN
        return Why.UNKNOWN_REASON if unknown else Why.CLIENT_AFTER_REVIEW
    if (group, code) == (Group.OTHER, _EARLIER_PAYER):
        return Why.EARLIER_PAYER_UNEXPECTED
    if group == Group.PAYER:
        return Why.INSURERS_OWN_REDUCTION
    if group == Group.CORRECTION:
        return Why.CORRECTION_GROUP
    if code not in REASONS:
        return Why.UNKNOWN_REASON
    return Why.DENIED if is_denial(group, code) else Why.OTHER


def _outcome(claim: RemitClaim, shares: list[Share]) -> Outcome:
    if claim.is_predetermination:
        return Outcome.PREDETERMINED
    if claim.is_reversal:
        return Outcome.REVERSED
    if not claim.is_processed_here:
        return Outcome.FORWARDED
    waits = any(share.goes is Goes.WORKLIST and share.amount_cents > 0 for share in shares)
    if claim.paid_cents:
        return Outcome.PARTLY_PAID if waits else Outcome.PAID
    return Outcome.DENIED if waits else Outcome.WITHOUT_PAYMENT
