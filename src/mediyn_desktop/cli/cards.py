# SPDX-License-Identifier: MIT
"""Card work: one pass now, the full comparison with the processor, what a key is good for."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.cards import accounts, worker
from mediyn_desktop.cards.accepting import accept
from mediyn_desktop.cards.attempts import waiting_count
from mediyn_desktop.cards.polling.poll import Polled, poll, watching
from mediyn_desktop.cards.reconciling import compare
from mediyn_desktop.cards.refunds.sending import unresolved
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import NO_ANSWER, StripeApi
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.ledger.tables import PaymentRow
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, Store


def cards(args: argparse.Namespace) -> Answer:
    """Sync, reconcile, check."""
    return {"reconcile": _reconcile, "check": _check_key, "sync": _sync}[args.action](args)


def standing(read: Reading, only: Collection[int] | None = None) -> dict[str, Any]:
    """Every card attempt, or those with the ids ``only``, and what is not known or not allowed."""
    query = (
        select(CardAttempt, Client.ref, PaymentRow.ref)
        .join(Client, Client.id == CardAttempt.client_id)
        .outerjoin(
            PaymentRow,
            (PaymentRow.reference == CardAttempt.processor_id) & (PaymentRow.method == "card"),
        )
        .order_by(CardAttempt.id)
    )
    if only is not None:
        query = query.where(CardAttempt.id.in_(only))
    rows = read.session.execute(query).all()
    freeze = read.session.get(CardFreeze, 1)
    return {
        "attempts": shapes.attempts([(one, ref, payment) for one, ref, payment in rows]),
        "unknown": sum(one.state == State.UNKNOWN for one, _, _ in rows),
        "frozen": freeze.reason if freeze else None,
    }


def _sync(args: argparse.Namespace) -> Answer:
    """One pass of the card worker."""
    with opened(args) as store:
        if getattr(args, "offline", False):
            outcome = worker.Pass("offline", "You are offline. The charges stay queued.")
            news = Polled("offline", "You are offline.")
        else:
            with app.processor_for_now(store) as api:
                with store.read() as read:
                    ask = watching(read)
                news = poll(store, api, sweep=True) if ask else Polled()
                outcome = worker.run_pass(store, api, skip_waits=True)
        with store.read() as read:
            document = standing(read)
            waiting = waiting_count(read)
            document["unknown"] += unresolved(read)
    if outcome.stopped == "no-key" and not waiting:
        outcome = worker.Pass()  # a practice without cards has nothing to mend
    if outcome.stopped == "frozen":
        document["frozen"] = outcome.message
    document |= {"stopped": outcome.stopped, "message": outcome.message}
    document["news"] = {"stopped": news.stopped, "message": news.message, "swept": news.swept}
    attention = bool(document["unknown"] or document["frozen"] or outcome.stopped)
    return Answer(document, words.card_pass(document), attention=attention)


def _reconcile(args: argparse.Namespace) -> Answer:
    """Compare with everything the processor holds; with ``--accept`` take it over."""
    with opened(args) as store, processor_of(store, args) as api:
        found = compare(store, api)
        frozen = found.frozen
        if args.accept:
            accept(store, api, found)
            frozen = None
    document = {
        "found": [shapes.finding(one) for one in found.findings],
        "frozen": frozen,
        "accepted": bool(args.accept),
    }
    attention = bool(frozen or (document["found"] and not args.accept))
    return Answer(document, words.comparison(document), attention=attention)


def _check_key(args: argparse.Namespace) -> Answer:
    """Ask the processor what the key is good for; charges nothing."""
    with opened(args) as store, processor_of(store, args) as api:
        try:
            found = accounts.connect(store, api)
        except NO_ANSWER as error:
            raise UserFacingError(
                f"The card processor did not accept the question ({type(error).__name__}). Nothing "
                "was changed. Check the key and the connection.",
                code="processor-unreachable",
            ) from None
    document = {
        "account": found.account,
        "livemode": found.livemode,
        "missing": list(found.missing),
        "unwritable": list(found.unwritable),
        "other": found.other,
    }
    lacking = bool(found.missing or found.unwritable or found.other)
    return Answer(document, words.key_check(document), attention=lacking)


@contextmanager
def processor_of(store: Store, args: argparse.Namespace) -> Iterator[StripeApi]:
    """The processor, for a command that is nothing without it."""
    if getattr(args, "offline", False):
        raise UserFacingError(
            "This needs the card processor, and you asked to use no network. Nothing was changed.",
            code="offline",
        )
    api = app.card_processor(store)
    if api is None:
        raise UserFacingError(
            "No card processor is connected yet. Nothing was changed. Enter its secret key: "
            "“mediyn settings stripe.key --from-file FILE”.",
            code="no-key",
        )
    with closing(api):
        yield api
