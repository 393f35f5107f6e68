# SPDX-License-Identifier: MIT
"""What the ledger says, and money that comes in outside the evening."""

from __future__ import annotations

import argparse

from sqlalchemy import select

from mediyn_desktop.cards.refunds.planning import by_processor, find_payment
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.card_money import cents_of, refund_card
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger import queries as ledger
from mediyn_desktop.practice import sessions
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.undo.doing import give_back, recover, take_payment


def balances(args: argparse.Namespace) -> Answer:
    """Show balances; a client without postings has zero."""
    with opened(args, exclusive=False) as store, store.read() as read:
        if args.client is not None:
            refs = [sessions.get_client(read, args.client).ref]
        else:
            refs = list(read.session.scalars(select(Client.ref).order_by(Client.ref)))
        found = ledger.client_balances(read, args.client)
        rows = [found.get(ref, ledger.ClientBalance(ref)) for ref in refs]
    return Answer([shapes.balance(one) for one in rows], words.balances(rows))


def journal(args: argparse.Namespace) -> Answer:
    """Show the journal."""
    with opened(args, exclusive=False) as store, store.read() as read:
        if args.client is not None:
            sessions.get_client(read, args.client)
        rows = ledger.journal(read, client=args.client)
    return Answer([shapes.entry(one) for one in rows], words.journal(rows))


def pay(args: argparse.Namespace) -> Answer:
    """Record cash, a check or another payment; the oldest open items are settled first."""
    cents = cents_of(args.amount)
    with opened(args) as store, store.write("Record payment") as uow:
        if args.recovered:
            ref = recover(uow, args.client, cents, args.method, args.date, args.reference)
        else:
            ref = take_payment(
                uow, args.client, cents, args.method, args.date, args.reference,
                session=args.session, deposited_on=args.deposited,
            )  # fmt: skip
        entries = ledger.journal(uow, client=args.client)
        entry = next(one for one in entries if one.source == f"payment:{ref}")
    document = {"payment_id": ref, **shapes.entry(entry)}
    return Answer(document, f"Recorded as {ref}.\n{words.journal([entry])}")


def refund(args: argparse.Namespace) -> Answer:
    """Pay back part or all of a payment; one by card goes back through the card processor."""
    cents = cents_of(args.amount)
    with opened(args) as store:
        with store.read() as read:
            payment = find_payment(read, args.payment)
            by_card = by_processor(payment)
        if by_card and args.session is not None:
            raise UserFacingError(
                "A refund to a card takes back what the payment settled last; no session can be "
                "named for it. Nothing was changed. Leave out “--session”.",
                code="card-refund",
            )
        if by_card:
            return refund_card(store, args, payment.ref, cents)
        with store.write("Refund") as uow:
            number = give_back(uow, args.payment, cents, args.reason, session=args.session)
            entry = next(
                one
                for one in ledger.journal(uow, source=f"payment:{args.payment}")
                if one.id == number
            )
    document = {"payment_id": args.payment, **shapes.entry(entry)}
    return Answer(document, f"Paid back.\n{words.journal([entry])}")
