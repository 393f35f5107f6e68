# SPDX-License-Identifier: MIT
"""Whose an alert is: a client's, by a session or a claim, or an insurer's, by a payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims.decision_tables import RemittancePayment
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.practice.tables import Client, Session
from mediyn_desktop.reports.alerts import Alert, alerts
from mediyn_desktop.reports.card_alerts import COMPARE, FROZEN, UNKNOWN
from mediyn_desktop.store.uow import Reading

_OF_SESSION = frozenset({"filing-deadline", "card-declined"})
_OF_CLAIM = frozenset(
    {"claim-unpaid", "claim-silent", "claim-held", "claim-denied", "claim-rejected"}
)
_OF_PAYMENT = frozenset({"remittance-held"})
OF_CARDS = frozenset({FROZEN, UNKNOWN, COMPARE})
"""Alerts about cards as a whole: no client's."""


@dataclass(frozen=True, slots=True)
class NamedAlert:
    """An alert and the client it is about; one about an insurer's payment names the insurer, one
    about cards as a whole is named so, and both have a blank ``client_ref``.
    """

    alert: Alert
    client_ref: str
    client_name: str

    @property
    def key(self) -> str:
        """What tells it from every other alert."""
        return f"{self.alert.kind}:{self.alert.ref}"


def named_alerts(read: Reading) -> list[NamedAlert]:
    """Return what needs attention, most urgent first, each with its client."""
    found = alerts(read)
    clients = _clients(read, found) | _insurers(read, found)
    clients |= {(one.kind, one.ref): ("", "Cards") for one in found if one.kind in OF_CARDS}
    return [NamedAlert(one, *clients[one.kind, one.ref]) for one in found]


def _clients(read: Reading, found: Sequence[Alert]) -> dict[tuple[str, str], tuple[str, str]]:
    by_session = {one.ref for one in found if one.kind in _OF_SESSION}
    by_claim = {one.ref for one in found if one.kind in _OF_CLAIM}
    by_client = {one.ref for one in found if _of(one.kind) == "client"}
    sessions = read.session.execute(
        select(Session.ref, Client)
        .join(Client, Client.id == Session.client_id)
        .where(Session.ref.in_(by_session))
    )
    claims = read.session.execute(
        select(Claim.control_number, Client)
        .join(Charge, Charge.id == Claim.charge_id)
        .join(Client, Client.id == Charge.client_id)
        .where(Claim.control_number.in_(by_claim))
    )
    clients = read.session.scalars(select(Client).where(Client.ref.in_(by_client)))
    whose = {("session", ref): client for ref, client in sessions}
    whose |= {("claim", ref): client for ref, client in claims}
    whose |= {("client", client.ref): client for client in clients}
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for one in found:
        if one.kind in _OF_PAYMENT | OF_CARDS:
            continue
        client = whose[_of(one.kind), one.ref]
        named[one.kind, one.ref] = (client.ref, client.full_name)
    return named


def _insurers(read: Reading, found: Sequence[Alert]) -> dict[tuple[str, str], tuple[str, str]]:
    ids = {int(one.ref): one.kind for one in found if one.kind in _OF_PAYMENT}
    rows = read.session.execute(
        select(RemittancePayment.id, RemittancePayment.payer_name).where(
            RemittancePayment.id.in_(ids)
        )
    )
    return {(ids[number], str(number)): ("", name or "An insurer") for number, name in rows}


def _of(kind: str) -> str:
    if kind in _OF_SESSION:
        return "session"
    if kind in _OF_CLAIM:
        return "claim"
    if kind in OF_CARDS:
        return "cards"
    return "payment" if kind in _OF_PAYMENT else "client"
