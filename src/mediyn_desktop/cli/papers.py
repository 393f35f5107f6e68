# SPDX-License-Identifier: MIT
"""Documents for clients."""

from __future__ import annotations

import argparse
from dataclasses import replace

from mediyn_desktop.cli import shapes, words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.delivery import superbills
from mediyn_desktop.delivery.files import require_folder
from mediyn_desktop.practice import sessions
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.undo.doing import note_superbills

_TWICE = (
    "These sessions are on superbills of their own already. Hand over the one or the others: an "
    "insurer refuses a date of service it sees twice."
)


def superbill(args: argparse.Namespace) -> Answer:
    """Issue and save superbills of one client or of all who get them."""
    with opened(args) as store:
        require_folder(args.out)
        held: list[tuple[str, str]] = []
        with store.write("Issue superbills") as uow:
            if args.client:
                client = sessions.get_client(uow, args.client)
                issued = superbills.issue(
                    uow, client, args.since, args.until, all_lines=args.all_lines
                )
            else:
                issued = _of_all(uow, args, held)
            note_superbills(uow, issued)
        saved = [superbills.save(store, bill, args.out) for bill in issued]
    return Answer(
        [
            *(shapes.superbill(bill) for bill in saved),
            *(shapes.held_superbill(client, why) for client, why in held),
        ],
        "\n".join([*words.superbills(saved), *(why for _, why in held)])
        or "No superbill is due in that period.",
        attention=bool(held),
    )


def _of_all(
    uow: UnitOfWork, args: argparse.Namespace, held: list[tuple[str, str]]
) -> list[superbills.Superbill]:
    """Issue for every client who gets superbills; one that is ``held`` (client's ref, why) stops
    nobody else's.
    """
    issued: list[superbills.Superbill] = []
    for client in superbills.clients_due_monthly(uow, args.since, args.until):
        twice = superbills.given_per_session(uow, client, args.since, args.until)
        try:
            bills = superbills.issue(uow, client, args.since, args.until, all_lines=args.all_lines)
        except superbills.NothingToList:
            continue
        except superbills.SuperbillHeld as problem:
            held.append((client.ref, problem.message))
        else:
            notes = (_TWICE,) if twice else ()
            issued += [replace(bill, cautions=bill.cautions + notes) for bill in bills]
    return issued
