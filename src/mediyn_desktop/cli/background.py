# SPDX-License-Identifier: MIT
"""Work the window does by itself, done once and now."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.attempts import waiting_count
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.jobs import due
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store.uow import Reading


def cards_sync(args: argparse.Namespace) -> Answer:
    """One pass of the card worker."""
    with opened(args) as store:
        if getattr(args, "offline", False):
            outcome = worker.Pass("offline", "You are offline. The charges stay queued.")
        else:
            outcome = worker.run_pass(store, app.card_processor(store), skip_waits=True)
        with store.read() as read:
            document = _cards(read)
            waiting = waiting_count(read)
    if outcome.stopped == "no-key" and not waiting:
        outcome = worker.Pass()  # a practice without cards has nothing to mend
    if outcome.stopped == "frozen":
        document["frozen"] = outcome.message
    document |= {"stopped": outcome.stopped, "message": outcome.message}
    attention = bool(document["unknown"] or document["frozen"] or outcome.stopped)
    return Answer(document, words.card_pass(document), attention=attention)


def sync(args: argparse.Namespace) -> Answer:
    """One pass of every background job, now, whenever its next turn would be."""
    every = app.jobs()
    able = app.jobs(offline=getattr(args, "offline", False))
    with opened(args) as store:
        for job in able:
            due.run_job(store, job)
        with store.read() as read:
            stand = due.status_of(read, every)
            cards = _cards(read)
    if len(able) < len(every):
        ran = {job.name for job in able}
        stand = [one if one.name in ran else _left_out(one) for one in stand]
    document = {one.name: shapes.job(one) for one in stand}
    document["cards"] |= cards
    attention = any(_needs_somebody(one) for one in stand) or bool(
        cards["unknown"] or cards["frozen"]
    )
    return Answer(document, f"{words.card_pass(cards)}\n\n{words.jobs(stand)}", attention=attention)


def _cards(read: Reading) -> dict[str, Any]:
    """Every card attempt, and what is not known or not allowed."""
    rows = read.session.execute(
        select(CardAttempt, Client.ref)
        .join(Client, Client.id == CardAttempt.client_id)
        .order_by(CardAttempt.id)
    ).all()
    freeze = read.session.get(CardFreeze, 1)
    return {
        "attempts": shapes.attempts([(one, ref) for one, ref in rows]),
        "unknown": sum(one.state == State.UNKNOWN for one, _ in rows),
        "frozen": freeze.reason if freeze else None,
    }


def _left_out(stand: due.JobStatus) -> due.JobStatus:
    """How a job stands that asks the network, after a pass that was to use none."""
    return replace(stand, state=due.JobState.OFFLINE, message="You are offline.")


def _needs_somebody(stand: due.JobStatus) -> bool:
    if stand.state == due.JobState.OFFLINE:
        return stand.waiting > 0
    return stand.state == due.JobState.ATTENTION
