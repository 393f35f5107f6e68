# SPDX-License-Identifier: MIT
"""A practice whose sessions are billed and paid in one word each, and its superbills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.delivery import superbills
from mediyn_desktop.delivery.superbills import Prospect, Superbill
from mediyn_desktop.documents.superbill_data import SuperbillData
from mediyn_desktop.ledger import items, payments
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.ledger.payments import Share
from mediyn_desktop.ledger.write_offs import write_off
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, Store

SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)


@dataclass(slots=True)
class Papers:
    """Every method is one transaction; amounts are cents."""

    store: Store

    def client(self, ref: str = "c1", **values: object) -> None:
        """Add an out-of-network client who gets superbills."""
        usual = {"payment_type": "out_of_network", "superbill": "month"}
        with self.store.write("t") as uow:
            world.client(uow, ref, **{**usual, **values})

    def session(
        self,
        ref: str = "s1",
        client: str = "c1",
        *,
        paid: int | None = None,
        off: int = 0,
        method: str = "card",
        **values: object,
    ) -> None:
        """Bill a session; ``paid`` cents of it (all unless said), after ``off`` were taken off."""
        with self.store.write("t") as uow:
            owner = uow.session.query(Client).filter_by(ref=client).one()
            charge = bill_session(uow, world.session(uow, owner, ref, **values))  # type: ignore[arg-type]
            assert isinstance(charge, Charge)
            if charge.open_item_id is None:
                return
            if off:
                write_off(
                    uow,
                    ref=f"off-{ref}",
                    item=charge.open_item_id,
                    cents=off,
                    kind=WriteOff.COURTESY,
                    on=charge.date_of_service,
                    source=f"session:{ref}",
                    reason="Agreed",
                )
            left = items.open_cents(uow, charge.open_item_id)
            cents = left if paid is None else paid
            if cents:
                payments.record_payment(
                    uow,
                    ref=f"pay-{ref}",
                    client=client,
                    cents=cents,
                    method=method,
                    on=charge.date_of_service,
                    source=f"session:{ref}",
                    shares=[Share(charge.open_item_id, cents)],
                )

    def pay(self, ref: str, cents: int, *, client: str = "c1", on: date = world.DAY) -> None:
        """Pay the oldest open items by check."""
        with self.store.write("t") as uow:
            payments.record_payment(
                uow,
                ref=ref,
                client=client,
                cents=cents,
                method="check",
                on=on,
                source=f"payment:{ref}",
                shares=items.oldest_first(items.open_items(uow, client), cents),
            )

    def issue(
        self,
        client: str = "c1",
        since: date = SINCE,
        until: date = UNTIL,
        *,
        all_lines: bool = False,
    ) -> list[Superbill]:
        """Issue the client's superbills of the period."""
        with self.store.write("t") as uow:
            owner = uow.session.query(Client).filter_by(ref=client).one()
            return superbills.issue(uow, owner, since, until, all_lines=all_lines)

    def one(self, client: str = "c1", *, all_lines: bool = False) -> SuperbillData:
        """Issue the client's only superbill of the month and return what it says."""
        (bill,) = self.issue(client, all_lines=all_lines)
        return self.data(bill)

    def data(self, bill: Superbill) -> SuperbillData:
        """Return what was kept of ``bill``."""
        with self.store.read() as read:
            return superbills.data_of(read, bill.document_id)

    def prospect(self, client: str = "c1", *, all_lines: bool = False) -> Prospect:
        """Return what issuing the month would do."""
        with self.store.read() as read:
            return superbills.prospect(
                read, self._client(read, client), SINCE, UNTIL, all_lines=all_lines
            )

    @staticmethod
    def _client(read: Reading, ref: str) -> Client:
        return read.session.query(Client).filter_by(ref=ref).one()
