# SPDX-License-Identifier: MIT
"""What needs attention, and where money leaks."""

from __future__ import annotations

import argparse

from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import NotFound
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.practice.sessions import get_client
from mediyn_desktop.reports.alerts import Alert, alerts
from mediyn_desktop.reports.leaks import forgotten_sessions, leaks
from mediyn_desktop.reports.shares import client_shares
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.undo.doing import snooze


def show_alerts(args: argparse.Namespace) -> Answer:
    """Show the alerts; with ``--snooze`` put one aside first."""
    if args.snooze is None:
        with opened(args, exclusive=False) as store, store.read() as read:
            return _alerts(read, everything=args.all)
    with opened(args) as store, store.write("Put an alert aside") as uow:
        kind, _, ref = args.snooze.partition(":")
        meant = next((one for one in alerts(uow) if (one.kind, one.ref) == (kind, ref)), None)
        if meant is None:
            raise NotFound(
                f"There is no alert “{args.snooze}”. Nothing was changed. “mediyn alerts --json” "
                "lists kind and ref of each."
            )
        snooze(uow, meant, until=args.until, reason=args.reason or "")
        return _alerts(uow, everything=args.all)


def show_leaks(args: argparse.Namespace) -> Answer:
    """Show where money leaks."""
    with opened(args, exclusive=False) as store, store.read() as read:
        found, forgotten = leaks(read), forgotten_sessions(read)
    document = {
        "forgotten_sessions": forgotten,
        "leaks": [
            {
                "kind": one.kind,
                "ref": one.ref,
                "client_ref": one.client_ref,
                "date": one.on.isoformat(),
                "amount_cents": one.cents,
                "message": one.message,
            }
            for one in found
        ],
    }
    if not found:
        return Answer(document, "Nothing leaks: all is billed, sent and paid.")
    rows = [["What", "About", "Date", "Amount", "To do"]]
    rows += [
        [one.kind, one.ref, one.on.isoformat(), format_cents(one.cents), one.message]
        for one in found
    ]
    return Answer(document, words.table(rows, right=[3]))


def show_shares(args: argparse.Namespace) -> Answer:
    """Show what each insured session was expected to leave to the client, and what it did."""
    with opened(args, exclusive=False) as store, store.read() as read:
        if args.client is not None:
            get_client(read, args.client)
        found = client_shares(read, args.client)
    document = [
        {
            "session_ref": one.session_ref,
            "client_ref": one.client_ref,
            "date": one.date_of_service.isoformat(),
            "expected_cents": one.expected_cents,
            "adjudicated_cents": one.adjudicated_cents or 0,
            "adjudicated": one.adjudicated_cents is not None,
            "difference_cents": one.difference_cents or 0,
        }
        for one in found
    ]
    if not found:
        return Answer(document, "No session was billed to an insurer.")
    rows = [["Session", "Client", "Date", "Expected", "Decided", "Difference"]]
    rows += [
        [
            one.session_ref,
            one.client_ref,
            one.date_of_service.isoformat(),
            format_cents(one.expected_cents),
            _or_waiting(one.adjudicated_cents),
            _or_waiting(one.difference_cents),
        ]
        for one in found
    ]
    return Answer(document, words.table(rows, right=[3, 4, 5]))


def _or_waiting(cents: int | None) -> str:
    return "waiting" if cents is None else format_cents(cents)


def _alerts(read: Reading, *, everything: bool) -> Answer:
    found = alerts(read, snoozed=everything)
    document = [_shape(one) for one in found]
    if not found:
        return Answer(document, "Nothing needs attention.")
    rows = [["What", "About", "Since", "Amount", "To do"]]
    rows += [
        [one.kind, one.ref, one.since.isoformat(), format_cents(one.amount_cents), one.message]
        for one in found
    ]
    return Answer(document, words.table(rows, right=[3]))


def _shape(one: Alert) -> dict[str, object]:
    return {
        "kind": one.kind,
        "ref": one.ref,
        "since": one.since.isoformat(),
        "amount_cents": one.amount_cents,
        "message": one.message,
    }
