# SPDX-License-Identifier: MIT
"""The way to the clearinghouse: what is known of some, its test, its key, and the enrollments."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from mediyn_desktop.claims import connection, enrollment, inbox
from mediyn_desktop.claims.enrollment import Enrolled, EnrollmentRow, Exchange
from mediyn_desktop.claims.transports.presets import Preset, preset, presets
from mediyn_desktop.claims.transports.protocol import Offline
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer, Failure
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.cli.stopping import Stop, Stopped, stoppable


def clearinghouse(args: argparse.Namespace) -> Answer:
    """Presets, connection test, host key, fetching answers, enrollments."""
    match args.action:
        case "presets":
            found = presets(args.file)
            return Answer([_preset(one) for one in found], _presets_text(found))
        case "preset":
            return _use_preset(args)
        case "test":
            return _test(args)
        case "accept-key":
            _refuse_offline(args)
            with opened(args) as store:
                accepted = connection.accept_host_key(store, " ".join(args.key))
            return Answer({"host_key": accepted}, f"Accepted: {accepted}")
        case "fetch":
            return _fetch(args)
        case _:
            return _enrollments(args)


def _use_preset(args: argparse.Namespace) -> Answer:
    chosen = preset(args.name, args.file)
    with opened(args) as store, store.write("Use a clearinghouse's preset") as uow:
        connection.apply_preset(uow, chosen)
    return Answer(_preset(chosen), _presets_text([chosen]))


def _test(args: argparse.Namespace) -> Answer:
    _refuse_offline(args)
    with opened(args, exclusive=False) as store:
        steps = connection.test_connection(store)
    document = {
        "ok": all(step.ok for step in steps),
        "steps": [
            {"label": step.label, "ok": step.ok, "sentence": step.sentence} for step in steps
        ],
    }
    text = "\n".join(f"{'ok ' if one.ok else 'NO '}  {one.label}: {one.sentence}" for one in steps)
    if document["ok"]:
        return Answer(document, text)
    failed = next(step for step in steps if not step.ok)
    return Answer(document, text, failure=Failure(failed.sentence, "connection-test-failed"))


def _fetch(args: argparse.Namespace) -> Answer:
    with opened(args) as store:
        with store.read() as read:
            way = connection.answers_transport(read)
        if way is None:
            raise connection.NoClearinghouse(
                "No mailbox for answers is set. Nothing was fetched. Set clearinghouse.in, or "
                "import files by hand."
            )
        if way.kind != "folder":
            _refuse_offline(args)
        stop = Stop()
        with stoppable(stop, first="Finishing the file under way."), way:
            found = inbox.collect(store, way, go_on=stop.go_on)
        if stop.felt:
            many = len(found.taken)
            fetched = "1 file was" if many == 1 else f"{many} files were"
            raise Stopped(
                f"Stopped. {fetched} fetched and kept; the rest waits in the mailbox. Run the "
                "command again to go on."
            )
    document = {
        "taken": [
            {"id": str(one.id), "name": one.name, "sha256": one.sha256, "is_new": one.is_new}
            for one in found.taken
        ],
        "left": [{"name": name, "reason": reason} for name, reason in found.left],
        "removed": found.removed,
    }
    return Answer(document, _collected_text(found), attention=bool(found.left))


def _enrollments(args: argparse.Namespace) -> Answer:
    if args.payer is None:
        with opened(args, exclusive=False) as store, store.read() as read:
            rows = enrollment.checklist(read)
    else:
        with opened(args) as store, store.write("Note an enrollment") as uow:
            rows = [
                enrollment.set_enrollment(
                    uow,
                    args.payer,
                    Exchange(args.exchange),
                    Enrolled(args.state),
                    on=args.on,
                    note=args.note,
                )
            ]
    return Answer([_enrollment(row) for row in rows], _enrollments_text(rows))


def _refuse_offline(args: argparse.Namespace) -> None:
    if getattr(args, "offline", False):
        raise Offline("You are offline. Nobody was asked and nothing was changed.")


def _preset(one: Preset) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "checked": one.checked,
        "sure": one.sure,
        "note": one.note,
        "settings": one.settings,
    }


def _presets_text(found: Sequence[Preset]) -> str:
    return "\n".join(f"{one.key}: {one.name}, as of {one.checked}. {one.note}" for one in found)


def _collected_text(found: inbox.Collected) -> str:
    new = [one for one in found.taken if one.is_new]
    lines = [f"{one.name}: taken in" for one in new]
    lines += [f"{one.name}: was here already" for one in found.taken if not one.is_new]
    lines += [f"{name}: left in the mailbox. {why}" for name, why in found.left]
    return "\n".join(lines) or "No new answer is waiting."


def _enrollment(row: EnrollmentRow) -> dict[str, Any]:
    return {
        "payer_ref": row.payer_ref,
        "payer_name": row.payer_name,
        "exchange": row.exchange.value,
        "state": row.state.value,
        "sent_on": row.sent_on.isoformat() if row.sent_on else None,
        "approved_on": row.approved_on.isoformat() if row.approved_on else None,
        "note": row.note or None,
    }


_STANDS = {
    Enrolled.NOT_NEEDED: "not needed",
    Enrolled.TO_DO: "to do",
    Enrolled.SENT: "sent",
    Enrolled.APPROVED: "approved",
}


def _enrollments_text(rows: Sequence[EnrollmentRow]) -> str:
    if not rows:
        return "There is no payer yet."
    lines = [["payer", "exchange", "", "sent", "approved", "note"]]
    for row in rows:
        sent, approved = row.sent_on, row.approved_on
        lines.append(
            [
                row.payer_ref,
                row.exchange.value,
                _STANDS[row.state],
                sent.isoformat() if sent else "",
                approved.isoformat() if approved else "",
                row.note,
            ]
        )
    return words.table(lines)
