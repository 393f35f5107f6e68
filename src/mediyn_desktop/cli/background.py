# SPDX-License-Identifier: MIT
"""Work the window does by itself, done once and now."""

from __future__ import annotations

import argparse

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.jobs import due
from mediyn_desktop.practice.tables import Client


def cards_sync(args: argparse.Namespace) -> Answer:
    """One pass of the card worker."""
    with opened(args) as store:
        if getattr(args, "offline", False):
            outcome = worker.Pass("offline", "You are offline. The charges stay queued.")
        else:
            outcome = worker.run_pass(store, app.card_processor(store), skip_waits=True)
        with store.read() as read:
            rows = read.session.execute(
                select(CardAttempt, Client.ref)
                .join(Client, Client.id == CardAttempt.client_id)
                .order_by(CardAttempt.id)
            ).all()
            freeze = read.session.get(CardFreeze, 1)
    frozen = freeze.reason if freeze else None
    if outcome.stopped == "frozen":
        frozen = outcome.message
    unknown = sum(one.state == State.UNKNOWN for one, _ in rows)
    document = {
        "attempts": shapes.attempts([(one, ref) for one, ref in rows]),
        "unknown": unknown,
        "frozen": frozen,
        "stopped": outcome.stopped,
        "message": outcome.message,
    }
    attention = bool(unknown or frozen or outcome.stopped)
    return Answer(document, words.card_pass(document), attention=attention)


def sync(args: argparse.Namespace) -> Answer:
    """One pass of every background job that is due."""
    offline = getattr(args, "offline", False)
    every = app.jobs()
    with opened(args) as store:
        with store.read() as read:
            ready = due.due(read, app.jobs(offline=offline))
        for job in ready:
            due.run_job(store, job)
        with store.read() as read:
            stand = due.status_of(read, every)
    ran = {job.name for job in ready}
    document = {one.name: shapes.job(one, ran=one.name in ran) for one in stand}
    attention = any(one.waiting and one.state != due.JobState.DONE for one in stand)
    return Answer(document, words.jobs(stand), attention=attention)
