# SPDX-License-Identifier: MIT
"""Where money leaks: done and not billed, billed and not sent, sent and not paid, refused and left,
due and no card.

``forgotten_sessions`` must be empty: a session whose note is signed is billed, or a rule says why
it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from mediyn_desktop.billing.charges import NotBilled, plan_charge
from mediyn_desktop.billing.forgotten import forgotten
from mediyn_desktop.billing.routing import CLAIM_ROUTES
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.choosing import COPAYS, SESSIONS
from mediyn_desktop.claims.states import WITH_INSURER, ClaimState
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.codes.vocabulary import Autopay, PaymentType, SessionStatus
from mediyn_desktop.practice.tables import Card, Client, Session
from mediyn_desktop.reports.claim_alerts import NOT_FILED
from mediyn_desktop.reports.declined import declined
from mediyn_desktop.reports.open_money import open_money
from mediyn_desktop.store.uow import Reading

_EXPIRES_WITHIN = 2  # months, this one included


@dataclass(frozen=True, slots=True)
class Leak:
    """One place money may be lost: ``ref`` is the session's or the client's."""

    kind: str
    ref: str
    client_ref: str
    on: date
    cents: int
    message: str


def leaks(read: Reading) -> list[Leak]:
    """Return every leak, by kind in the order money takes, then oldest first."""
    return [
        *_not_billed(read),
        *_not_sent(read),
        *_not_settled(read),
        *_declined(read),
        *_cards(read),
    ]


def forgotten_sessions(read: Reading) -> list[str]:
    """Return the refs of signed, past sessions that could be billed, were not, and nobody says why.

    Each way in bills them at once: signing, importing, closing their day.
    """
    return [session.ref for session in forgotten(read)]


def _not_billed(read: Reading) -> list[Leak]:
    charged = exists().where(Charge.session_id == Session.id, Charge.voided_at.is_(None))
    rows = read.session.scalars(
        select(Session)
        .where(Session.ends_at <= read.now, Session.status != SessionStatus.CANCELLED, ~charged)
        .order_by(Session.starts_at, Session.id)
    )
    found = []
    for row in rows:
        signed = row.note is not None and row.note.signed_at is not None
        plan = plan_charge(read, row)
        if not signed:
            why = "Its note is not signed. Sign it to bill the session."
        elif isinstance(plan, NotBilled):
            why = plan.message
        else:
            why = "It was taken back or never billed. Close its day again to bill it."
        cents = 0 if isinstance(plan, NotBilled) else plan.asked_cents
        found.append(
            Leak("done-not-billed", row.ref, row.client.ref, row.date_of_service, cents, why)
        )
    return found


def _not_sent(read: Reading) -> list[Leak]:
    charges = (
        select(Charge, Session.ref, Client.ref)
        .join(Session, Session.id == Charge.session_id)
        .join(Client, Client.id == Charge.client_id)
        .where(Charge.voided_at.is_(None), Charge.route.in_(CLAIM_ROUTES))
    )
    any_claim = exists().where(Claim.charge_id == Charge.id)
    standing = exists().where(Claim.charge_id == Charge.id, Claim.state != ClaimState.WITHDRAWN)
    unmade = charges.where(~any_claim)
    withdrawn = charges.where(any_claim, ~standing)
    unsent = charges.add_columns(Claim.state).join(Claim, Claim.charge_id == Charge.id)
    unsent = unsent.where(Claim.state.in_(NOT_FILED))
    rows: list[tuple[Charge, str, str, ClaimState | None]]
    rows = [(*row, None) for row in read.session.execute(unmade)]
    rows += [(*row, ClaimState.WITHDRAWN) for row in read.session.execute(withdrawn)]
    rows += [(*row[:3], ClaimState(row[3])) for row in read.session.execute(unsent)]
    found = [
        Leak(
            "claim-not-sent",
            session,
            client,
            charge.date_of_service,
            charge.total_cents,
            _NOT_SENT[state],
        )
        for charge, session, client, state in rows
    ]
    return sorted(found, key=lambda one: (one.on, one.ref))


_NOT_SENT = {
    None: "The claim is not made yet. Close its day.",
    ClaimState.BLOCKED: "The claim is held back. Mend what it misses.",
    ClaimState.READY: "The claim is ready and not queued. Close its day.",
    ClaimState.QUEUED: "The claim waits to go out. Send the waiting claims.",
    ClaimState.REJECTED: "The claim was refused and never filed. Mend it and send it again.",
    ClaimState.WITHDRAWN: "The claim was withdrawn. Bill the session anew.",
}


def _not_settled(read: Reading) -> list[Leak]:
    out = _sessions_with(read, (*WITH_INSURER, ClaimState.BILLED_ELSEWHERE))
    refused = _sessions_with(read, (ClaimState.DENIED, ClaimState.PARTLY_PAID))
    found = []
    for item in open_money(read):
        about = item.session or item.client
        if item.debtor is None:
            kind, why = "charged-not-collected", "The client owes this. Collect it or agree a plan."
        elif item.session in out:
            kind, why = "sent-not-answered", "The insurer has not settled this. Ask where it is."
        elif item.session in refused:
            kind = "refused-not-settled"
            why = "The insurer refused this. Correct the claim, appeal, or decide who bears it."
        else:
            continue
        found.append(Leak(kind, about, item.client, item.date_of_service, item.cents, why))
    return sorted(found, key=lambda one: (one.kind == "charged-not-collected", one.on))


def _sessions_with(read: Reading, states: Iterable[ClaimState]) -> set[str]:
    """The refs of the sessions that have a claim in one of ``states``."""
    return set(
        read.session.scalars(
            select(Session.ref)
            .join(Charge, Charge.session_id == Session.id)
            .join(Claim, Claim.charge_id == Charge.id)
            .where(Claim.state.in_(states), Charge.voided_at.is_(None))
        )
    )


def _declined(read: Reading) -> list[Leak]:
    return [
        Leak(
            "card-declined",
            due.session.ref,
            due.client.ref,
            due.charge.date_of_service,
            due.cents,
            "The card was declined. Ask for another card or another way to pay.",
        )
        for due, _ in declined(read)
    ]


def _cards(read: Reading) -> list[Leak]:
    """Clients to be charged by card whose card cannot be, or soon cannot be."""
    rows = read.session.scalars(
        select(Client)
        .where(Client.autopay.in_((Autopay.COPAY, Autopay.FULL)))
        .where(Client.payment_type != PaymentType.PRO_BONO)
        .order_by(Client.ref)
    )
    month = read.today.year * 12 + read.today.month
    found = []
    for client in rows:
        purpose = _charged_for(client)
        agreed = [card for card in client.cards if card.permits(purpose)]
        if not client.cards:
            kind, why = "card-missing", "There is no card on file. Ask for one."
        elif not agreed:
            kind = "card-without-consent"
            why = f"Nothing says that the card may be charged for {purpose}. Ask."
        elif all(not _lasts(card, month) for card in agreed):
            kind, why = "card-expired", "The card has expired. Ask for a new one."
        elif all(not _lasts(card, month + _EXPIRES_WITHIN - 1) for card in agreed):
            kind, why = "card-expiring", "The card expires soon. Ask for the new one."
        else:
            continue
        found.append(Leak(kind, client.ref, client.ref, read.today, 0, why))
    return found


def _charged_for(client: Client) -> str:
    """What the client's card is charged for: the scope of the consent it needs."""
    insured = client.payment_type == PaymentType.IN_NETWORK
    return COPAYS if insured or client.autopay == Autopay.COPAY else SESSIONS


def _lasts(card: Card, month: int) -> bool:
    """Whether the card is good through ``month`` (months since year 0); unknown counts as good."""
    if card.exp_year is None or card.exp_month is None:
        return True
    return card.exp_year * 12 + card.exp_month >= month
