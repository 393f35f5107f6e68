# SPDX-License-Identifier: MIT
"""Cards on file from the command line: asking for one, consents, marks, removal, holds, drafts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from mediyn_desktop.cards.accounts import OTHER, OtherAccount
from mediyn_desktop.cards.holds import lift_holds
from mediyn_desktop.cards.on_file import consents, marking, removing
from mediyn_desktop.cards.on_file.asking import make_page, plan_request
from mediyn_desktop.cards.on_file.following import finish
from mediyn_desktop.cards.on_file.history import named
from mediyn_desktop.cards.on_file.looking import end
from mediyn_desktop.cards.on_file.requests import RequestView, request_under_way, view_requests
from mediyn_desktop.cards.on_file.standing import CardView, view_cards
from mediyn_desktop.cards.on_file.states import OVER, RequestState
from mediyn_desktop.cards.stripe_api import NO_ANSWER
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.cards import processor_of
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.delivery.card_messages import Draft, card_request_draft, decline_drafts
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading, UnitOfWork

Json = dict[str, Any]


def on_file(args: argparse.Namespace) -> Answer:
    """Show cards on file."""
    with opened(args, exclusive=False) as store, store.read() as read:
        if args.client is not None:
            get_client(read, args.client)
        rows = view_cards(read, client=args.client, attention=args.expiring, removed=args.removed)
    return Answer([_card(one) for one in rows], _cards_in_words(rows))


def ask(args: argparse.Namespace) -> Answer:
    """Ask a client for a card."""
    with opened(args) as store, processor_of(store, args) as api:
        with store.write("Ask a client for a card") as uow:
            ident = plan_request(uow, args.client, _scopes(args.scope), how=args.how)
        make_page(store, api, ident)
        with store.read() as read:
            return _asked(read, ident)


def requests(args: argparse.Namespace) -> Answer:
    """Read back what became of pages that are open, and show all requests."""
    with opened(args) as store:
        if not getattr(args, "offline", False):
            with processor_of(store, args) as api:
                try:
                    finish(store, api)
                except OtherAccount:
                    raise UserFacingError(OTHER, code="frozen") from None
                except NO_ANSWER:
                    raise UserFacingError(
                        "The card processor did not answer to the end. Nothing was charged, and "
                        "what was saved meanwhile is read later. Ask once more.",
                        code="processor-unreachable",
                    ) from None
        with store.read() as read:
            rows = view_requests(read, client=args.client)
    doubtful = any(one.state in (RequestState.REVIEW, RequestState.UNKNOWN) for one in rows)
    words = "\n".join(map(_request_in_words, rows)) or "Nobody was asked for a card."
    return Answer([_request(one) for one in rows], words, attention=doubtful)


def close_request(args: argparse.Namespace) -> Answer:
    """Let no card be saved on a client's open page any more."""
    with opened(args) as store:
        with store.read() as read:
            row = request_under_way(read, get_client(read, args.client).id)
            ident = row.id if row is not None else None
        if ident is None:
            raise NotFound("This client is not asked for a card. Nothing was changed.")
        with processor_of(store, args) as api:
            try:
                end(store, api, ident)
            except OtherAccount:
                raise UserFacingError(OTHER, code="frozen") from None
            except NO_ANSWER:
                raise UserFacingError(
                    "The card processor did not answer to the end, so the page may still be open. "
                    "It is closed as soon as the processor answers. Nothing is charged on it.",
                    code="processor-unreachable",
                ) from None
        with store.read() as read:
            (now,) = view_requests(read, ident=ident)
    return Answer(_request(now), _request_in_words(now), attention=now.state not in OVER)


def default(args: argparse.Namespace) -> Answer:
    """Make a card the client's default."""
    return _change(args, "Choose a default card", marking.make_default)


def for_fees(args: argparse.Namespace) -> Answer:
    """Keep a card for missed-session fees, or no longer."""

    def mark(uow: UnitOfWork, card: int) -> None:
        marking.keep_for_fees(uow, card, on=not args.off)

    return _change(args, "Choose a card for fees", mark)


def remove(args: argparse.Namespace) -> Answer:
    """Take a card off file."""

    def take_off(uow: UnitOfWork, card: int) -> None:
        removing.remove(uow, card, reason=args.reason)

    return _change(args, "Take a card off file", take_off)


def consent(args: argparse.Namespace) -> Answer:
    """Record a consent on paper or by telephone; without a scope, show what was agreed."""
    if args.scope is None:
        with opened(args, exclusive=False) as store, store.read() as read:
            consents.get_card(read, args.card, removed=True)
            rows = consents.view_consents(read, card=args.card)
        words = "\n".join(_consent_in_words(one) for one in rows) or "Nothing was agreed."
        return Answer([_consent(one) for one in rows], words)

    def agree(uow: UnitOfWork, card: int) -> None:
        consents.agree(uow, card, _scopes(args.scope), how=args.how, on=args.date)

    return _change(args, "Record a consent to card charges", agree)


def revoke(args: argparse.Namespace) -> Answer:
    """Record that a client takes a consent back."""

    def take_back(uow: UnitOfWork, card: int) -> None:
        scopes = _scopes(args.scope) if args.scope else ()
        consents.revoke(uow, card, scopes=scopes, reason=args.reason, on=args.date)

    return _change(args, "Record that a consent was taken back", take_back)


def lift_hold(args: argparse.Namespace) -> Answer:
    """Let a client's cards be charged again."""
    with opened(args) as store, store.write("Lift a hold on a client's cards") as uow:
        reasons = lift_holds(uow, get_client(uow, args.client), reason=args.reason)
    words = "\n".join(f"Lifted: {one}" for one in reasons)
    return Answer({"client_ref": args.client, "lifted": reasons}, words)


def dunning(args: argparse.Namespace) -> Answer:
    """Show drafts of what to write after declines."""
    with opened(args, exclusive=False) as store, store.read() as read:
        rows = decline_drafts(read, client=args.client)
    document = [
        {
            "attempt_id": str(one.attempt_id),
            "amount_cents": one.amount_cents,
            "paying": one.paying,
            **_draft(one.draft),
        }
        for one in rows
    ]
    words = "\n\n".join(_draft_in_words(one.draft) for one in rows)
    return Answer(document, words or "No refused charge needs a letter.")


ACTIONS: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "on-file": on_file,
    "ask": ask,
    "requests": requests,
    "close-request": close_request,
    "default": default,
    "for-fees": for_fees,
    "remove": remove,
    "consent": consent,
    "revoke": revoke,
    "lift-hold": lift_hold,
    "dunning": dunning,
}
"""The actions of ``cards`` that live here."""


def _change(
    args: argparse.Namespace, label: str, act: Callable[[UnitOfWork, int], object]
) -> Answer:
    with opened(args) as store:
        with store.write(label) as uow:
            act(uow, args.card)
        with store.read() as read:
            return _one(read, args.card)


def _one(read: Reading, card: int) -> Answer:
    owner = read.session.get_one(Client, consents.get_card(read, card, removed=True).client_id)
    rows = [one for one in view_cards(read, client=owner.ref, removed=True) if one.id == card]
    return Answer(_card(rows[0]), _cards_in_words(rows))


def _asked(read: Reading, ident: int) -> Answer:
    (made,) = view_requests(read, ident=ident)
    is_open = made.state == RequestState.OPEN
    draft = card_request_draft(read, made) if is_open else None
    document = {**_request(made), "message_draft": _draft(draft) if draft else None}
    words = _request_in_words(made)
    if draft is not None:
        words += f"\n\n{_draft_in_words(draft)}"
    return Answer(document, words, attention=made.state in (RequestState.REVIEW,))


def _scopes(text: str) -> list[str]:
    return [one.strip() for one in text.replace(",", ";").split(";") if one.strip()]


def _card(one: CardView) -> Json:
    return {
        "card_id": str(one.id),
        "client_ref": one.client_ref,
        "brand": one.brand,
        "last4": one.last4,
        "exp_month": one.exp_month,
        "exp_year": one.exp_year,
        "scope": list(one.scopes),
        "consent_date": one.consent_date.isoformat() if one.consent_date else None,
        "revoked_date": one.revoked_on.isoformat() if one.revoked_on else None,
        "default": one.is_default,
        "for_fees": one.for_fees,
        "removed_date": one.removed_on.isoformat() if one.removed_on else None,
        "being_removed": one.being_removed,
        "expires": one.expires,
        "failing": one.failing,
        "hint": one.hint,
    }


def _request(one: RequestView) -> Json:
    return {
        "request_id": str(one.id),
        "client_ref": one.client_ref,
        "state": one.state,
        "scope": list(one.scopes),
        "how": one.how,
        "text": one.text,
        "url": one.url,
        "expires_at": one.expires_at.isoformat() if one.expires_at and one.url else None,
        "card_id": str(one.card_id) if one.card_id is not None else None,
        "message": one.message,
    }


def _consent(one: consents.ConsentView) -> Json:
    return {
        "card_id": str(one.card_id),
        "date": one.on.isoformat(),
        "scope": list(one.scopes),
        "revoked": one.revoked,
        "how": one.how or None,
        "text_version": one.text_version or None,
        "text_sha256": one.text_sha256 or None,
        "text": one.text or None,
        "last4": one.last4,
        "reason": one.reason or None,
    }


def _draft(one: Draft) -> Json:
    return {
        "client_ref": one.client_ref,
        "to": one.to or None,
        "subject": one.subject,
        "body": one.body,
    }


def _cards_in_words(rows: list[CardView]) -> str:
    lines = []
    for one in rows:
        marks = [
            *(["default"] if one.is_default else []),
            *(["for fees"] if one.for_fees else []),
            *(["being removed"] if one.being_removed else []),
            *(["removed"] if one.removed_on and not one.being_removed else []),
            *([f"expires {one.expires}"] if one.expires and one.expires != "expired" else []),
            *(["expired"] if one.expires == "expired" else []),
        ]
        agreed = consents.in_words(one.scopes) if one.scopes else "nothing"
        line = f"{one.id}: {one.client_ref}, {named(one.brand, one.last4)}, agreed to: {agreed}"
        lines.append(f"{line} ({', '.join(marks)})" if marks else line)
        lines += [f"   {text}" for text in (one.failing, one.hint) if text]
    return "\n".join(lines) or "There is no such card on file."


def _request_in_words(one: RequestView) -> str:
    return f"{one.client_ref}: {one.url or one.message or one.state}"


def _consent_in_words(one: consents.ConsentView) -> str:
    what = consents.in_words(one.scopes)
    if one.revoked:
        return f"{one.on.isoformat()}: taken back for {what}: {one.reason}"
    return f"{one.on.isoformat()}: agreed ({one.how}) to {what}\n{one.text}"


def _draft_in_words(one: Draft) -> str:
    return f"To: {one.to or '(no address)'}\nSubject: {one.subject}\n\n{one.body}"
