# SPDX-License-Identifier: MIT
"""What tests of refunds, disputes, payouts, links and polls ask of a ``Till``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cards.till import KEY, Till
from mediyn_desktop.cards.clearing.payouts import on_the_way_cents
from mediyn_desktop.cards.clearing.tie_out import ledger_cents
from mediyn_desktop.cards.polling.poll import Polled, poll
from mediyn_desktop.cards.refunds.planning import plan
from mediyn_desktop.cards.refunds.sending import send
from mediyn_desktop.cards.refunds.tables import CardRefund
from mediyn_desktop.cards.stripe_api import Role, StripeApi
from mediyn_desktop.ledger import queries
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.sandbox.processor import balance, disputes, paying, payment_links, payouts


class Purse:
    """A till with the key that pays back, and the processor's other side."""

    def __init__(self, till: Till) -> None:
        self.till = till
        till.api.close()
        till.api = StripeApi(KEY, till.processor.base_url)
        self.payer = StripeApi(KEY, till.processor.base_url, role=Role.REFUNDS)
        self.world = till.processor.state

    def close(self) -> None:
        self.payer.close()

    # -- what the practice does

    def sold(self, method: str | None = None, **client: Any) -> str:
        """Charge one session of a new client; return the payment's ref."""
        ident = self.till.sell(method, **client)
        self.till.run()
        row = self.till.row(ident)
        assert row.state == "succeeded", row.message
        return self.payment(str(row.processor_id))

    def payment(self, intent: str) -> str:
        with self.till.store.read() as read:
            found = read.session.scalars(
                select(PaymentRow.ref).where(PaymentRow.reference == intent)
            )
            return found.one()

    def intent(self, payment: str) -> str:
        with self.till.store.read() as read:
            found = read.session.scalars(
                select(PaymentRow.reference).where(PaymentRow.ref == payment)
            )
            return str(found.one())

    def plan(self, payment: str, cents: int) -> int:
        with self.till.store.write("Plan a refund") as uow:
            return plan(uow, payment, cents, "Agreed")

    def send(self, ident: int) -> str:
        return send(self.till.store, self.till.api, self.payer, ident).value

    def pay_back(self, payment: str, cents: int) -> str:
        return self.send(self.plan(payment, cents))

    def refund(self, ident: int) -> CardRefund:
        with self.till.store.read() as read:
            row = read.session.get_one(CardRefund, ident)
            read.session.expunge(row)
            return row

    def poll(self, *, sweep: bool = False) -> Polled:
        return poll(self.till.store, self.till.api, sweep=sweep)

    def converge(self) -> None:
        """The faults end, and the program looks a few times."""
        self.till.processor.faults.clear()
        self.till.run()
        for _ in range(3):
            self.poll(sweep=True)

    # -- what others do

    def dispute(self, intent: str) -> str:
        return str(disputes.open_dispute(self.world, intent)["id"])

    def decide(self, dispute: str, *, won: bool) -> None:
        disputes.close_dispute(self.world, dispute, won=won)

    def pay_out(self, status: str = "paid") -> str:
        return str(payouts.pay_out(self.world, status)["id"])

    def settle_payout(self, payout: str, *, paid: bool) -> None:
        payouts.settle(self.world, payout, paid=paid)

    def open_page(self, url: str) -> str:
        return str(payment_links.follow(self.world, url.rsplit("/", 1)[-1])["id"])

    def pay_page(self, page: str, number: str = "4242424242424242") -> None:
        paying.submit(self.world, page, paying.Entered(number))

    # -- what is true

    def held(self) -> int:
        """What the processor holds for the practice."""
        with self.world.lock:
            balance.do_background_work(self.world)
            rows = self.world.newest_first("balance_transaction")
            return sum(one["net"] for one in rows)

    def refunds(self) -> list[dict[str, Any]]:
        """Refunds that stand at the processor."""
        rows = self.world.newest_first("refund")
        return [one for one in rows if one["status"] not in ("failed", "canceled")]

    def agrees(self) -> None:
        """The ledger's clearing account is the processor's balance; nothing is out of balance."""
        with self.till.store.read() as read:
            assert queries.trial_balance(read) == 0
            assert queries.disagreements(read) == []
            assert ledger_cents(read) - on_the_way_cents(read) == self.held()

    def account(self, name: str) -> int:
        with self.till.store.read() as read:
            return queries.account_balances(read).get(name, 0)

    def owes(self, client: str = "c1") -> tuple[int, int]:
        """What a client owes, and has as credit."""
        with self.till.store.read() as read:
            found = queries.client_balances(read)[client]
            return found.patient_cents, found.credit_cents
