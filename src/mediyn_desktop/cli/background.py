# SPDX-License-Identifier: MIT
"""Work the window does by itself, done once and now."""

from __future__ import annotations

import argparse
from dataclasses import replace

from mediyn_desktop import app
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.cards import standing
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.jobs import due


def sync(args: argparse.Namespace) -> Answer:
    """One pass of every background job, now, whenever its next turn would be."""
    every = app.jobs()
    able = app.jobs(offline=getattr(args, "offline", False))
    with opened(args) as store:
        for job in able:
            due.run_job(store, job)
        with store.read() as read:
            stand = due.status_of(read, every)
            cards = standing(read)
    if len(able) < len(every):
        ran = {job.name for job in able}
        stand = [one if one.name in ran else _left_out(one) for one in stand]
    document = {one.name: shapes.job(one) for one in stand}
    document["cards"] |= cards
    attention = any(_needs_somebody(one) for one in stand) or bool(
        cards["unknown"] or cards["frozen"]
    )
    return Answer(document, f"{words.card_pass(cards)}\n\n{words.jobs(stand)}", attention=attention)


def _left_out(stand: due.JobStatus) -> due.JobStatus:
    """How a job stands that asks the network, after a pass that was to use none."""
    return replace(stand, state=due.JobState.OFFLINE, message="You are offline.")


def _needs_somebody(stand: due.JobStatus) -> bool:
    if stand.state == due.JobState.OFFLINE:
        return stand.waiting > 0
    return stand.state == due.JobState.ATTENTION
