# SPDX-License-Identifier: MIT
"""Good faith estimates: giving one, and how what was billed stands against it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from typing import Any

from mediyn_desktop.billing.estimate_tracking import Against, Tracking, track
from mediyn_desktop.billing.estimates import (
    EstimateData,
    EstimateRefused,
    Wanted,
    estimate_of,
    preview_estimate,
)
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.cli.statements import save_figures
from mediyn_desktop.codes.vocabulary import Place
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.store.uow import Reading
from mediyn_desktop.undo.doing import issue_estimate

_STANDING = {
    Against.WITHIN: "within the estimate",
    Against.NEXT_EXCEEDS: "the next session goes beyond it: give a new estimate first",
    Against.EXCEEDED: "more than estimated: give a new estimate",
    Against.NEAR_LINE: "close to the $400 line: give a new estimate before the next session",
    Against.DISPUTABLE: "$400 or more above the estimate: the client may dispute the bill",
}


def estimate(args: argparse.Namespace) -> Answer:
    """Give an estimate, show what one would say, or show the client's latest."""
    if args.code is None:
        with opened(args, exclusive=False) as store, store.read() as read:
            return _answer(args, estimate_of(read, args.client), read, "")
    wanted = _wanted(args)
    if args.preview:
        with opened(args, exclusive=False) as store, store.read() as read:
            return _answer(args, preview_estimate(read, wanted), read, "Not given yet.\n")
    with opened(args) as store, store.write("Give estimate") as uow:
        return _answer(args, issue_estimate(uow, wanted), uow, "Given and kept.\n")


def _wanted(args: argparse.Namespace) -> Wanted:
    if args.sessions is None:
        raise EstimateRefused(
            "Say how many sessions the estimate is for with --sessions. Nothing was stored.",
            code="bad-sessions",
        )
    return Wanted(
        client_ref=args.client,
        code=args.code,
        sessions=args.sessions,
        starts_on=args.since,
        ends_on=args.until,
        intake=args.intake,
        place=Place(args.place),
        every=args.every,
        scheduled_on=args.scheduled,
        requested_on=args.requested,
        not_using_plan=args.not_using_plan,
    )


def _answer(args: argparse.Namespace, data: EstimateData, read: Reading, before: str) -> Answer:
    tracked = [one for one in track(read, data.client_ref) if one.version == data.version]
    document: dict[str, Any] = json.loads(json.dumps(asdict(data), default=date.isoformat))
    document["late"] = data.late
    document["tracking"] = _tracking(tracked[0]) if tracked else None
    text = before + _text(data, tracked)
    if args.out is not None and data.version is not None:
        name = f"estimate-{data.client_ref}-{data.version}.json"
        document["file"] = str(save_figures(args.out / name, document))
        text += f"\nSaved its figures, without a printed form: {document['file']}"
    return Answer(document, text, attention=data.late)


def _tracking(one: Tracking) -> dict[str, Any]:
    return {
        "billed_cents": one.billed_cents,
        "over_cents": one.over_cents,
        "next_cents": one.next_cents,
        "standing": one.standing.value,
        "ends_on": one.ends_on.isoformat(),
    }


def _text(data: EstimateData, tracked: list[Tracking]) -> str:
    rows = [["Code", "What", "Sessions", "Each", "Total"]]
    rows += [
        [
            line.code,
            line.label,
            str(line.sessions),
            format_cents(line.unit_cents),
            format_cents(line.total_cents),
        ]
        for line in data.lines
    ]
    rows.append(["", "", "", "Total", format_cents(data.total_cents)])
    said = [
        f"Good faith estimate for {data.client_ref}, {data.starts_on.isoformat()} to "
        f"{data.ends_on.isoformat()}"
        + (f", version {data.version}" if data.version is not None else ""),
        words.table(rows, right=[2, 3, 4]),
    ]
    if data.due_on is not None:
        late = ", which has passed" if data.late else ""
        said.append(f"It is to be given by {data.due_on.isoformat()}{late}.")
    said += [
        f"Billed so far {format_cents(one.billed_cents)}: {_STANDING[one.standing]}."
        for one in tracked
    ]
    return "\n".join(said)
