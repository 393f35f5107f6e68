# SPDX-License-Identifier: MIT
"""What a session costs, or would have cost on another day, and by which rule."""

from __future__ import annotations

import argparse
from typing import Any

from mediyn_desktop.billing.charges import NotBilled
from mediyn_desktop.billing.explaining import SessionFee, explain_session
from mediyn_desktop.cli import words
from mediyn_desktop.cli.answer import Answer
from mediyn_desktop.cli.opening import opened
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents


def fee(args: argparse.Namespace) -> Answer:
    """Answer what one session costs and why; writes nothing."""
    with opened(args, exclusive=False) as store, store.read() as read:
        found = explain_session(read, args.session, on=args.on)
    if isinstance(found, NotBilled):
        raise UserFacingError(f"{found.message} Nothing was changed.", code=found.code)
    return Answer(_document(found), _text(found))


def _document(found: SessionFee) -> dict[str, Any]:
    return {
        "session_ref": found.session_ref,
        "on": found.on.isoformat(),
        "route": found.road,
        "asked_cents": found.asked_cents,
        "rule": found.rule,
        "lines": [
            {
                "cpt": line.code,
                "modifiers": list(line.modifiers),
                "units": line.units,
                "fee_cents": line.fee_cents,
                "rule": line.fee_rule,
            }
            for line in found.lines
        ],
        "passed_over": [
            {"cpt": one.code, "fee": other.fee, "fee_cents": other.cents, "why": other.why}
            for one in found.fees
            for other in one.passed_over
        ],
        "billed_cents": found.billed_cents,
        "billed_rules": list(found.billed_rules),
    }


def _text(found: SessionFee) -> str:
    said = [
        f"Session {found.session_ref}, as of {found.on.isoformat()}: "
        f"{format_cents(found.asked_cents)}. {found.rule}."
    ]
    others = [(one.code, other) for one in found.fees for other in one.passed_over]
    if others:
        rows = [("Not used", "Fee", "Amount", "Why")]
        rows += [(code, one.fee, format_cents(one.cents), one.why) for code, one in others]
        said.append(words.table(rows, right=(2,)))
    if found.billed_cents is not None:
        rules = "; ".join(found.billed_rules)
        said.append(f"It was billed for {format_cents(found.billed_cents)}: {rules}.")
    return "\n".join(said)
