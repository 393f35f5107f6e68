# SPDX-License-Identifier: MIT
"""Comparing this ledger with everything the processor holds. Reads only.

Whole lists are read, never searches; a list that breaks off gives no comparison at all. What the
ledger does not know is named, each with what accepting it will do (``accepting``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import func, select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.accounts import OTHER
from mediyn_desktop.cards.choosing import SESSIONS
from mediyn_desktop.cards.found import UNSENT
from mediyn_desktop.cards.joining import Ledger, Owed
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import (
    NO_ANSWER,
    Account,
    Intent,
    KeyRefused,
    RefundMade,
    RemoteAnchor,
    StripeApi,
)
from mediyn_desktop.cards.tables import CardAnchor, CardFreeze
from mediyn_desktop.cards.worker import LOOK_BACK
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading, Store

Listed = TypeVar("Listed", Intent, RefundMade)

_MONEY = frozenset({"succeeded", "processing"})


class CompareFailed(UserFacingError):
    """The processor's lists could not be read to their end; nothing was changed."""

    code = "processor-unreachable"


class Kind(StrEnum):
    """What a finding is, and so what accepting it does."""

    ADOPTED = "adopted"  # ours, for something this ledger has: it takes the outcome over
    IMPORTED = "imported"  # money of a known client, made elsewhere: posted as a payment
    REVIEW = "review"  # perhaps the same as something here: posted, after a person compared
    FOREIGN = "foreign"  # nobody this practice knows: noted, never posted
    REFUND = "refund"  # money that went back at the processor's own page: posted
    DISPUTE = "dispute"  # the bank asks money back: the client's cards are held


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the ledger does not know, and what joined it to what. Cents and UTC."""

    kind: Kind
    processor_id: str
    amount_cents: int
    status: str
    created: datetime
    message: str
    client_ref: str | None = None
    attempt_id: int | None = None
    charges: tuple[int, ...] = ()  # what it may be for, the likeliest first
    purpose: str | None = None
    plan_ref: str | None = None  # in place of a charge: the installment of a plan for one day
    due_on: date | None = None
    turn: int = 1  # of a balance, as in ``Due.turn``
    intent: Intent | None = None
    refund: RefundMade | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole comparison, to be looked at and accepted as it is.

    ``unused`` are unsent intents of ours that nothing needs; ``frozen`` why charging is frozen, or
    would be at the next pass.
    """

    findings: tuple[Finding, ...]
    unused: tuple[str, ...]
    account: Account
    local: anchoring.Mark
    remote: RemoteAnchor | None
    read_at: datetime
    code: str | None
    frozen: str | None


def compare(
    store: Store, api: StripeApi, *, told: Callable[[int], object] | None = None
) -> Comparison:
    """Read everything and compare; changes nothing but the missing local anchor's file.

    Args:
        told: called with how many payments and refunds were read; what it raises stops the
            comparison.

    Raises:
        CompareFailed: no complete answer; code ``key-refused`` where the key was refused.
    """
    with store.read() as read:
        since = _since(read)
        known = settings.get(read, settings.STRIPE_ACCOUNT)
        freeze = read.session.get(CardFreeze, 1)
        ledger = Ledger(read, store.subkey("identity"))
        stands = anchoring.stands(read)
        read_at = read.now
    findings: list[Finding] = []
    unused: list[str] = []
    try:
        account = api.accounts.current()
        remote = anchoring.read_remote(store, api)
        local = anchoring.local_mark(store.folder)
        count = 0
        for intent in _once(api.intents.pages(since, fees=True)):
            count = _tell(told, count)
            _look_at(ledger, intent, findings, unused)
        about_to_be = {one.processor_id: one.client_ref for one in findings if one.client_ref}
        for refund in _once(api.refunds.pages(since)):
            count = _tell(told, count)
            found = _refund(ledger, refund, about_to_be)
            if found is not None:
                findings.append(found)
    except KeyRefused:
        raise CompareFailed(
            "The card processor refused the secret key, or the key may not read all that is "
            "needed. Nothing was changed. Enter a key that may read payments and refunds.",
            code="key-refused",
        ) from None
    except NO_ANSWER:
        raise CompareFailed(
            "The card processor's lists could not be read to their end, so nothing was compared "
            "and nothing was changed. Try again when the connection is back."
        ) from None
    code, frozen = anchoring.behind(stands, local, remote), None
    if known not in ("", account.name):
        code, frozen = "account", OTHER
    elif freeze is not None:
        code, frozen = freeze.code, freeze.reason
    elif code is not None:
        frozen = anchoring.REASONS[code]
    return Comparison(
        findings=_in_order(findings),
        unused=tuple(unused),
        account=account,
        local=local,
        remote=remote,
        read_at=account.server_time or read_at,
        code=code,
        frozen=frozen,
    )


def _tell(told: Callable[[int], object] | None, before: int) -> int:
    if told is not None:
        told(before + 1)
    return before + 1


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What is surely ours first, as it happened: what is only likely then settles what is left.

    A refund goes with its payment, so that what was charged again after it finds it owed.
    """
    ranks = {kind: rank for rank, kind in enumerate(Kind)}
    payments = [one for one in findings if one.kind not in (Kind.REFUND, Kind.DISPUTE)]
    of_payment = {one.processor_id: ranks[one.kind] for one in payments}

    def order(found: Finding) -> tuple[int, datetime, bool, str]:
        rank = ranks[found.kind]
        if found.refund is not None:
            rank = of_payment.get(found.refund.payment_intent or "", ranks[Kind.ADOPTED])
        return rank, found.created, found.refund is not None, found.processor_id

    return tuple(sorted(findings, key=order))


def _once(pages: Iterable[list[Listed]]) -> Iterator[Listed]:
    """Each object of a list once; a list that moves on while it is read may repeat a row."""
    seen: set[str] = set()
    for page in pages:
        for one in page:
            if one.id not in seen:
                seen.add(one.id)
                yield one


def _since(read: Reading) -> datetime | None:
    """From when on the processor may hold what this ledger does not know.

    The end of the last accepted comparison; before the first one, the oldest charge of these
    books: what was charged before them belongs to another program.
    """
    anchor = read.session.get(CardAnchor, 1)
    if anchor is not None and anchor.swept_until is not None:
        return anchor.swept_until - LOOK_BACK
    first = read.session.scalar(select(func.min(Charge.date_of_service)))
    return datetime.combine(first, time(), UTC) - LOOK_BACK if first is not None else None


def _look_at(ledger: Ledger, intent: Intent, findings: list[Finding], unused: list[str]) -> None:
    if intent.id in ledger.imported:
        return
    mine = ledger.by_processor.get(intent.id)
    if intent.status in UNSENT:
        if mine is None and intent.iid in ledger.ours:
            unused.append(intent.id)
        return
    if intent.status not in _MONEY:
        return
    found = _join(ledger, intent)
    if found is not None:
        findings.append(found)
    if intent.disputed and intent.id not in ledger.disputed:
        client = mine.client_ref if mine is not None else ledger.clients.get(intent.customer or "")
        findings.append(
            _finding(
                Kind.DISPUTE,
                intent,
                "The client's bank disputes this charge. While that is open no card of the client "
                "is charged.",
                client=client,
            )
        )


def _join(ledger: Ledger, intent: Intent) -> Finding | None:
    """Join by id, then by iid, then by dup, then by customer; the first that fits decides."""
    mine = ledger.by_processor.get(intent.id)
    if mine is None and intent.id in ledger.payer_of:
        return None  # paid by link, and posted
    if mine is not None:
        if mine.state == State.SUCCEEDED:
            return None
        if mine.state in (State.REVIEW, State.CANCELED):
            text = f"{_amount(intent)} was taken, not as planned here. It is posted as received."
            return _finding(Kind.REVIEW, intent, text, client=mine.client_ref, attempt=mine.id)
        text = f"{_amount(intent)} of a charge begun here has an outcome."
        return _finding(Kind.ADOPTED, intent, text, client=mine.client_ref, attempt=mine.id)
    planned = ledger.by_iid.get(intent.iid or "")
    if planned is not None:
        fresh = planned.processor_id is None and planned.state != State.CANCELED
        if fresh and (planned.amount_cents, planned.customer) == (intent.amount, intent.customer):
            text = f"{_amount(intent)} was charged for something this ledger still waits for."
            return _finding(
                Kind.ADOPTED, intent, text, client=planned.client_ref, attempt=planned.id
            )
        text = (
            f"{_amount(intent)} was taken for what is settled, or planned otherwise, here. "
            " It is posted as the client's payment; look whether the client paid twice."
        )
        return _finding(Kind.REVIEW, intent, text, client=planned.client_ref)
    owed = ledger.obligations.get(intent.iid or "") or ledger.later_balance(
        ledger.clients.get(intent.customer or ""), intent.iid or ""
    )
    if owed is not None:
        what = "a session" if owed.plan_ref is None else "an installment"
        text = f"{_amount(intent)} was charged for {what} of this ledger, before it was restored."
        return _finding(
            Kind.ADOPTED,
            intent,
            text,
            client=owed.client_ref,
            owed=(owed,),
        )
    again = ledger.dups.get(intent.dup or "")
    if again:
        what = "session" if again[0].plan_ref is None else "payment plan"
        text = (
            f"{_amount(intent)} was charged for the same client, day and purpose as a {what} "
            f"that was entered again here. It is posted as that {what}'s payment."
        )
        return _finding(Kind.REVIEW, intent, text, client=again[0].client_ref, owed=again)
    return _by_customer(ledger, intent)


def _by_customer(ledger: Ledger, intent: Intent) -> Finding:
    client = ledger.clients.get(intent.customer or "") or ledger.links.get(intent.iid or "")
    if client is None:
        text = f"{_amount(intent)} of somebody this practice does not know. It is never posted."
        return _finding(Kind.FOREIGN, intent, text)
    near = ledger.near(client, intent.amount, intent.created)
    if near is not None:
        text = (
            f"{_amount(intent)} was charged at the processor, as much as a session of about that "
            "day costs here. It is posted as that session's payment; compare first."
        )
        owed = Owed(near, SESSIONS, client)
        return _finding(Kind.REVIEW, intent, text, client=client, owed=(owed,))
    text = f"{_amount(intent)} was charged at the processor. It is posted as the client's payment."
    return _finding(Kind.IMPORTED, intent, text, client=client)


def _refund(ledger: Ledger, refund: RefundMade, about_to_be: Mapping[str, str]) -> Finding | None:
    """A refund that stands and is not posted, of a payment this ledger has or is about to have."""
    if refund.status != "succeeded" or refund.id in ledger.imported:
        return None
    if refund.id in ledger.refunded or (refund.iid or "") in ledger.refunded:
        return None
    intent = refund.payment_intent or ""
    client = ledger.payer_of.get(intent) or about_to_be.get(intent)
    amount = format_cents(refund.amount)
    if client is None:
        return None  # of somebody unknown
    return Finding(
        kind=Kind.REFUND,
        processor_id=refund.id,
        amount_cents=refund.amount,
        status=refund.status,
        created=refund.created,
        message=f"{amount} was paid back at the processor. It is posted as a refund.",
        client_ref=client,
        refund=refund,
    )


def _finding(
    kind: Kind,
    intent: Intent,
    message: str,
    *,
    client: str | None = None,
    attempt: int | None = None,
    owed: Sequence[Owed] = (),
) -> Finding:
    likeliest = owed[0] if owed else None
    return Finding(
        kind=kind,
        processor_id=intent.id,
        amount_cents=intent.amount_received if intent.status == "succeeded" else intent.amount,
        status=intent.status,
        created=intent.created,
        message=message,
        client_ref=client,
        attempt_id=attempt,
        charges=tuple(one.charge_id for one in owed if one.charge_id is not None),
        purpose=likeliest.purpose if likeliest is not None else None,
        plan_ref=likeliest.plan_ref if likeliest is not None else None,
        due_on=likeliest.due_on if likeliest is not None else None,
        turn=likeliest.turn if likeliest is not None else 1,
        intent=intent,
    )


def _amount(intent: Intent) -> str:
    return format_cents(intent.amount_received or intent.amount)
