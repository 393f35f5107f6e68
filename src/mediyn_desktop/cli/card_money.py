# SPDX-License-Identifier: MIT
"""What becomes of card money: refunds, disputes, payouts, the year's tie-out, payment links."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from typing import Any

from mediyn_desktop import app
from mediyn_desktop.cards.approving import approve
from mediyn_desktop.cards.charging_now import chargeable_now
from mediyn_desktop.cards.clearing.payouts import view_payouts
from mediyn_desktop.cards.clearing.showing import RefundView, view_disputes, view_refunds
from mediyn_desktop.cards.clearing.tie_out import tie_out
from mediyn_desktop.cards.links.closing import close
from mediyn_desktop.cards.links.offering import make_link, plan_link
from mediyn_desktop.cards.links.standing import view_links
from mediyn_desktop.cards.links.states import LinkState
from mediyn_desktop.cards.refunds.planning import drop, plan, plan_split
from mediyn_desktop.cards.refunds.sending import send
from mediyn_desktop.cards.refunds.states import MADE, RefundState
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import NO_ANSWER
from mediyn_desktop.cards.worker import run_pass
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.cards import processor_of, standing
from mediyn_desktop.cli.opening import opened, passphrase
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import AmountError, format_cents, parse_cents
from mediyn_desktop.ledger import queries as ledger
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.store.uow import Reading, Store

_REFUSED = frozenset({RefundState.REFUSED, RefundState.FAILED, RefundState.DROPPED})


def cents_of(text: str) -> int:
    """Return an amount in dollars as cents.

    Raises:
        UserFacingError: it is none.
    """
    try:
        return parse_cents(text)
    except AmountError as error:
        raise UserFacingError(f"{error}. Nothing was saved.", code="bad-amount") from None


def refund_card(store: Store, args: argparse.Namespace, payment: str, cents: int) -> Answer:
    """Pay back part of one card payment, now."""
    with store.write("Plan a refund") as uow:
        ident = plan(uow, payment, cents, args.reason)
    return _pay_back(store, args, [ident])


def refund_credit(args: argparse.Namespace) -> Answer:
    """Pay back a client's credit, split over the card payments it came from."""
    with opened(args) as store:
        with store.write("Plan a refund") as uow:
            idents = plan_split(uow, args.client, cents_of(args.amount), args.reason)
        return _pay_back(store, args, idents)


def charge(args: argparse.Namespace) -> Answer:
    """Show what a client's card would be charged now; with ``--yes`` charge it."""
    with opened(args, exclusive=args.yes) as store:
        with store.read() as read:
            lines = chargeable_now(read, args.client, args.session or ())
            document: dict[str, Any] = {
                "charged": False,
                "lines": [shapes.card_line(one) for one in lines],
                "attempts": [],
                "stopped": None,
                "message": None,
            }
        if args.yes and any(one.card is not None or one.attempt_id is not None for one in lines):
            document |= _charge(store, args)
    refused = any(one["refused"] is not None for one in document["lines"])
    open_ones = any(one["state"] != State.SUCCEEDED for one in document["attempts"])
    return Answer(
        document,
        words.charged_now(document),
        attention=refused or open_ones or bool(document["stopped"]),
    )


def _charge(store: Store, args: argparse.Namespace) -> dict[str, Any]:
    with processor_of(store, args) as api:
        with store.write("Charge a card") as uow:
            idents = approve(uow, chargeable_now(uow, args.client, args.session or ()))
        outcome = run_pass(store, api, only=idents)
    with store.read() as read:
        attempts = standing(read, idents)["attempts"]
    return {
        "charged": True,
        "attempts": attempts,
        "stopped": outcome.stopped,
        "message": outcome.message,
    }


def refunds(args: argparse.Namespace) -> Answer:
    """Show refunds of card payments, or give one up."""
    with opened(args, exclusive=args.drop is not None) as store:
        if args.drop is not None:
            with store.write("Give up a refund") as uow:
                drop(uow, args.drop)
        with store.read() as read:
            rows = view_refunds(read, client=args.client)
    open_ones = any(one.state in ("queued", "sending", "unknown", "review") for one in rows)
    return Answer([shapes.refund(one) for one in rows], words.refunds(rows), attention=open_ones)


def disputes(args: argparse.Namespace) -> Answer:
    """Show disputes, the most urgent first."""
    with opened(args, exclusive=False) as store, store.read() as read:
        rows = view_disputes(read, client=args.client)
    waits = any(one.days_left is not None for one in rows)
    return Answer([shapes.dispute(one) for one in rows], words.disputes(rows), attention=waits)


def payouts(args: argparse.Namespace) -> Answer:
    """Show payouts with the payments, refunds and fees in each."""
    with opened(args, exclusive=False) as store, store.read() as read:
        rows = view_payouts(read)
    return Answer([shapes.payout(one) for one in rows], words.payouts(rows))


def year(args: argparse.Namespace) -> Answer:
    """Show how the year's gross becomes what reached the bank."""
    with opened(args, exclusive=False) as store, store.read() as read:
        found = tie_out(read, args.year)
    loose = bool(found.strangers or found.difference_cents or not found.complete)
    return Answer(shapes.tie_out(found), words.tie_out(found), attention=loose)


def link(args: argparse.Namespace) -> Answer:
    """Make a link for what a client owes."""
    with opened(args) as store, processor_of(store, args) as api:
        with store.write("Plan a payment link") as uow:
            ident = plan_link(uow, args.client, session=args.session)
        make_link(store, api, ident)
        with store.read() as read:
            (made,) = [one for one in view_links(read, client=args.client) if one.id == ident]
    usable = made.state == LinkState.ACTIVE
    return Answer(shapes.link(made), words.links([made]), attention=not usable)


def links(args: argparse.Namespace) -> Answer:
    """Show payment links."""
    with opened(args, exclusive=False) as store, store.read() as read:
        rows = view_links(read, client=args.client)
    return Answer([shapes.link(one) for one in rows], words.links(rows))


def close_link(args: argparse.Namespace) -> Answer:
    """Close a client's open link for good."""
    with opened(args) as store, processor_of(store, args) as api:
        with store.read() as read:
            client = get_client(read, args.client)
            rows = view_links(read, client=client.ref)
        newest = next((one for one in rows if one.state not in ("closed", "paid")), None)
        if newest is None:
            raise UserFacingError(
                "This client has no open payment link. Nothing was changed.", code="not-found"
            )
        try:
            close(store, api, newest.id)
        except NO_ANSWER:
            raise UserFacingError(
                "The card processor did not answer to the end, so the link may still be open. It "
                "is closed as soon as the processor answers; no card is charged for it before.",
                code="processor-unreachable",
            ) from None
        with store.read() as read:
            (now,) = [one for one in view_links(read, client=client.ref) if one.id == newest.id]
    over = now.state in (LinkState.CLOSED, LinkState.PAID)
    return Answer(shapes.link(now), words.links([now]), attention=not over)


ACTIONS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "charge": charge,
    "refund": refund_credit,
    "refunds": refunds,
    "disputes": disputes,
    "payouts": payouts,
    "tie-out": year,
    "link": link,
    "links": links,
    "close-link": close_link,
}
"""The actions of ``cards`` that live here."""


def _pay_back(store: Store, args: argparse.Namespace, idents: Sequence[int]) -> Answer:
    if getattr(args, "offline", False):
        raise UserFacingError(
            "Paying back to a card needs the card processor, and you asked to use no network. "
            "Nothing was paid back; ask for the same once more when you are online.",
            code="offline",
        )
    with app.refunding(store, _passphrase(args)) as keys:
        if keys is None:
            raise UserFacingError(
                "No card processor is connected yet. Nothing was paid back. Enter its secret key: "
                "“mediyn settings stripe.key --from-file FILE”.",
                code="no-key",
            )
        for ident in idents:
            send(store, *keys, ident)
    with store.read() as read:
        rows = [one for one in view_refunds(read) if one.id in idents]
        found = [_document(read, one) for one in reversed(rows)]
    document = found[0] if args.command == "refund" else {"refunds": found}
    bad = [one for one in rows if one.state in _REFUSED]
    failure = Failure(bad[0].message or "Nothing was paid back.", "refund-refused") if bad else None
    unclear = any(one.state not in MADE for one in rows)
    return Answer(document, words.refunds(rows), attention=unclear, failure=failure)


def _document(read: Reading, one: RefundView) -> dict[str, Any]:
    """The refund, and its journal entry where it is posted."""
    posted: dict[str, Any] = {"kind": "refund", "postings": []}
    for entry in ledger.journal(read, source=f"payment:{one.payment}"):
        if entry.id == one.entry_id:
            posted = shapes.entry(entry)
    return {**posted, **shapes.refund(one)}


def _passphrase(args: argparse.Namespace) -> str:
    """The passphrase, given once more: a refund is never made by whoever finds the program open."""
    given = passphrase(args)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise app.NeedsPassphrase(
            "Paying back to a card needs the passphrase, and nobody can be asked. Nothing was paid "
            "back. Name a file with --passphrase-file or MEDIYN_PASSPHRASE_FILE."
        )
    return getpass.getpass(f"Passphrase, to pay back {format_cents(cents_of(args.amount))}: ")
