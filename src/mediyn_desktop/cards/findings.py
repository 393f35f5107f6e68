# SPDX-License-Identifier: MIT
"""What an object of the processor is to this ledger, and so what accepting it will do. Reads only.

Each is joined by id, then by iid, then by dup, then by customer; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mediyn_desktop.cards.choosing import SESSIONS
from mediyn_desktop.cards.found import UNSENT
from mediyn_desktop.cards.joining import Ledger, Owed
from mediyn_desktop.cards.on_file.forgotten import PageHeard, saved_on
from mediyn_desktop.cards.on_file.history import named
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import Intent, MethodRead, RefundMade
from mediyn_desktop.core.money import format_cents

_MONEY = frozenset({"succeeded", "processing"})


class Kind(StrEnum):
    """What a finding is, and so what accepting it does."""

    ADOPTED = "adopted"  # ours, for something this ledger has: it takes the outcome over
    IMPORTED = "imported"  # money of a known client, made elsewhere: posted as a payment
    REVIEW = "review"  # perhaps the same as something here: posted, after a person compared
    FOREIGN = "foreign"  # nobody this practice knows: noted, never posted
    REFUND = "refund"  # money that went back at the processor's own page: posted
    DISPUTE = "dispute"  # the bank asks money back: the client's cards are held
    CARD = "card"  # saved on a page that is forgotten here: put on file, charged for nothing


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
    card: MethodRead | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, ``unused`` intents of ours that nothing needs, and ``pages`` of ours on which
    a card can still be saved that nobody here would see.
    """

    findings: tuple[Finding, ...]
    unused: tuple[str, ...]
    pages: tuple[str, ...]


def judge(
    ledger: Ledger,
    intents: Iterable[Intent],
    refunds: Iterable[RefundMade],
    pages: Iterable[PageHeard],
) -> Judged:
    """Return what these are to the ledger as it stands."""
    findings: list[Finding] = []
    unused: list[str] = []
    for intent in intents:
        _look_at(ledger, intent, findings, unused)
    about_to_be = {one.processor_id: one.client_ref for one in findings if one.client_ref}
    for refund in refunds:
        found = _refund(ledger, refund, about_to_be)
        if found is not None:
            findings.append(found)
    heard = list(pages)
    cards = {one.processor_id: one for page in heard if (one := _card(ledger, page)) is not None}
    left_open = [one for one in heard if one.page.status == "open"]
    return Judged(
        findings=_in_order([*findings, *cards.values()]),
        unused=tuple(unused),
        pages=tuple(one.page.id for one in left_open if _forgot(ledger, one) is not None),
    )


def tells(ledger: Ledger, intent: Intent) -> bool:
    """Whether the intent says something this ledger does not know; what is known stays known."""
    findings: list[Finding] = []
    unused: list[str] = []
    _look_at(ledger, intent, findings, unused)
    return bool(findings or unused)


def went_unknown(ledger: Ledger, refund: RefundMade) -> bool:
    """Whether the refund stands and is not posted here, whosever it is."""
    return (
        refund.status == "succeeded"
        and refund.id not in ledger.imported
        and refund.id not in ledger.refunded
        and (refund.iid or "") not in ledger.refunded
    )


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
    if not went_unknown(ledger, refund):
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


def _card(ledger: Ledger, heard: PageHeard) -> Finding | None:
    """A card a client saved on a page that is forgotten here, and that is not on file."""
    method = saved_on(heard)
    client = _forgot(ledger, heard)
    if method is None or client is None or ledger.has_card(method):
        return None
    text = (
        f"{named(method.brand, method.last4)} was saved by the client on a page this practice does "
        "not remember. It is put on file. What the client agreed to is not known here any more, so "
        "it is charged for nothing until the client has agreed again."
    )
    return Finding(
        kind=Kind.CARD,
        processor_id=method.id,
        amount_cents=0,
        status="saved",
        created=heard.page.created,
        message=text,
        client_ref=client,
        card=method,
    )


def _forgot(ledger: Ledger, heard: PageHeard) -> str | None:
    """Whose page it is, where it is of a client here and no request here follows it."""
    if heard.page.reference in ledger.followed:
        return None
    mine = ledger.marked.get(heard.mark or "")
    return mine or ledger.clients.get(heard.page.customer or "")


def _amount(intent: Intent) -> str:
    return format_cents(intent.amount_received or intent.amount)
