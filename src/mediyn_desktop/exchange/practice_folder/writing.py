# SPDX-License-Identifier: MIT
"""Writing the new rows of a folder: people and sessions first, then what happened, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import select

from mediyn_desktop.billing.charges import NotBilled, bill_session
from mediyn_desktop.billing.forgotten import bill_forgotten
from mediyn_desktop.cards.on_file.consents import agree_imported
from mediyn_desktop.codes.vocabulary import PaymentType, SessionStatus
from mediyn_desktop.exchange.practice_folder import columns
from mediyn_desktop.exchange.practice_folder.content import FolderContent
from mediyn_desktop.exchange.practice_folder.money import MoneyWriter
from mediyn_desktop.exchange.practice_folder.report import Unbilled
from mediyn_desktop.exchange.practice_folder.sessions import TimedSession
from mediyn_desktop.practice.sessions import sign
from mediyn_desktop.practice.tables import (
    Card,
    Client,
    ClientDiagnosis,
    Clinician,
    Coverage,
    Fee,
    Payer,
    Practice,
    Session,
    SessionDiagnosis,
)
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import UnitOfWork

# Clients whose money may settle whatever they owe; a copay in network waits for the remittance.
_PAYS_ALONE = (PaymentType.SELF_PAY.value, PaymentType.OUT_OF_NETWORK.value)


class FolderWriter:
    """Writes one folder's new rows in one transaction that the caller owns."""

    def __init__(self, uow: UnitOfWork, new: FolderContent) -> None:
        self.billed = 0
        self.unbilled: list[Unbilled] = []
        self._uow = uow
        self._new = new

    def write(self) -> None:
        """Write everything: who, what was agreed, what happened, and the money in its order."""
        self._write_practice()
        self._write_people()
        self._write_agreements()
        self._write_sessions()
        self._replay()
        # What this folder mends, such as a missing fee, lets older signed sessions be billed.
        self.billed += len(bill_forgotten(self._uow))

    def _write_practice(self) -> None:
        row = self._new.practice
        if row is None:
            return
        self._uow.session.add(Practice(id=1, **columns.practice(row)))
        self._uow.changed("practice", 1)
        settings.set_value(self._uow, settings.PRACTICE_TIMEZONE.key, self._new.zone.key)
        self._uow.zone = self._new.zone

    def _write_people(self) -> None:
        for clinician in self._new.clinicians:
            self._add("clinician", clinician.ref, Clinician(**columns.clinician(clinician)))
        for payer in self._new.payers:
            self._add("payer", payer.ref, Payer(**columns.payer(payer)))
        for row in self._new.clients:
            client = Client(**columns.client(row))
            client.diagnoses = [
                ClientDiagnosis(position=position, code=code)
                for position, code in enumerate(row.diagnoses, start=1)
            ]
            self._add("client", row.ref, client)
        self._uow.session.flush()
        self._clinicians = self._ids(Clinician)
        self._payers = self._ids(Payer)
        self._clients = self._ids(Client)

    def _write_agreements(self) -> None:
        for row in self._new.coverage:
            self._add(
                "coverage",
                row.client_ref,
                Coverage(
                    client_id=self._clients[row.client_ref],
                    payer_id=self._payers[row.payer_ref],
                    **columns.coverage(row),
                ),
            )
        for fee in self._new.fees:
            self._add(
                "fee",
                fee.code,
                Fee(
                    code=fee.code,
                    fee_cents=fee.fee,
                    payer_id=None if fee.payer_ref is None else self._payers[fee.payer_ref],
                    client_id=None if fee.client_ref is None else self._clients[fee.client_ref],
                    effective_from=fee.effective_from,
                    modifier=fee.modifier,
                ),
            )
        cards: list[Card] = []
        for card in self._new.cards:
            added = Card(client_id=self._clients[card.client_ref], **columns.card(card))
            self._add("card", card.client_ref, added)
            cards.append(added)
        self._uow.session.flush()
        for added in cards:
            agree_imported(self._uow, added)

    def _write_sessions(self) -> None:
        self._written: dict[str, Session] = {}
        today = self._uow.today
        for timed in self._new.sessions:
            session = Session(
                client_id=self._clients[timed.row.client_ref],
                clinician_id=self._clinicians[timed.clinician_ref],
                booked_on=today if timed.date_of_service > today else None,
                **columns.session(timed),
            )
            session.diagnoses = [
                SessionDiagnosis(position=position, code=code)
                for position, code in enumerate(timed.row.diagnoses, start=1)
            ]
            self._written[timed.row.ref] = session
            self._add("session", timed.row.ref, session)
        self._uow.session.flush()

    def _replay(self) -> None:
        """Let what concerns money happen in its order, then use credit that is left.

        On one day: what was owed before, packages, sessions, and then what was paid for them.
        """
        money = MoneyWriter(self._uow)
        events: list[tuple[dt.date, int, dt.datetime | None, str, Callable[[], None]]] = []
        for opening in self._new.opening_balances:
            act = partial(money.opening, opening)
            events.append((opening.date_of_service, 0, None, opening.client_ref, act))
        for package in self._new.packages:
            act = partial(money.package, package, self._clients[package.client_ref])
            events.append((package.sold_on, 1, None, package.client_ref, act))
        for timed in self._new.sessions:
            if timed.signed_at is not None:
                bill = partial(self._sign_and_bill, timed)
                day = timed.date_of_service
                events.append((day, 2, timed.starts_at, timed.row.client_ref, bill))
        for payment in self._new.payments:
            pay = partial(money.payment, payment)
            events.append((payment.date, 3, None, payment.client_ref, pay))
        latest: dict[str, dt.date] = {}
        for day, _, _, client, happen in sorted(events, key=_in_order):
            happen()
            latest[client] = day
        alone = set(
            self._uow.session.scalars(
                select(Client.ref).where(Client.payment_type.in_(_PAYS_ALONE))
            )
        )
        for client, day in latest.items():
            if client in alone:
                money.settle_from_credit(client, day)

    def _sign_and_bill(self, timed: TimedSession) -> None:
        assert timed.signed_at is not None
        session = self._written[timed.row.ref]
        sign(self._uow, session, by=session.clinician, at=timed.signed_at)
        charge = bill_session(self._uow, session)
        if not isinstance(charge, NotBilled):
            self.billed += 1
        elif timed.row.status is not SessionStatus.CANCELLED:
            self.unbilled.append(Unbilled(timed.row.ref, charge.code, charge.message))

    def _add(self, kind: str, ref: str, row: object) -> None:
        self._uow.session.add(row)
        self._uow.changed(kind, ref)

    def _ids(self, table: type[Any]) -> dict[str, int]:
        return dict(self._uow.session.execute(select(table.ref, table.id)).all())


def _in_order(
    event: tuple[dt.date, int, dt.datetime | None, str, Callable[[], None]],
) -> tuple[dt.date, int, float]:
    day, rank, at, _, _ = event
    return day, rank, at.timestamp() if at is not None else 0.0
