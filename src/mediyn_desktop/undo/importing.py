# SPDX-License-Identifier: MIT
"""Taking back what one import brought in, whole, while nothing of it has left the computer.

What was imported by mistake may be other people's records, so it is not reversed row by row but
removed; the audit chain keeps that it came and went.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mediyn_desktop.billing.tables import Estimate
from mediyn_desktop.cards.on_file.tables import CardRequest
from mediyn_desktop.cards.states import WAITING, State
from mediyn_desktop.cards.tables import CardAttempt
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.delivery.tables import IssuedDocument
from mediyn_desktop.store import settings
from mediyn_desktop.store.rewinding import newest_rows, rewind
from mediyn_desktop.store.uow import Reading, UnitOfWork
from mediyn_desktop.undo.steps import Facts, Held, record_step

_ONE_BY_ONE = (
    "Cancel the sessions that are wrong and void the payments one by one: each is a correction "
    "dated today."
)


def before_import(read: Reading) -> Facts:
    """Return what ``record_import`` needs; to be asked before anything is written."""
    return {
        "before": newest_rows(read),
        "zone": str(settings.get(read, settings.PRACTICE_TIMEZONE)),
    }


def record_import(uow: UnitOfWork, before: Facts, imported: Mapping[str, int]) -> None:
    """Note an import as one step; one that brought nothing is none."""
    if not any(imported.values()):
        return
    uow.session.flush()
    told = [kind for kind in ("clients", "sessions") if imported.get(kind)] or [
        kind for kind, number in imported.items() if number
    ]
    parts = ", ".join(f"{kind.replace('_', ' ')}: {imported[kind]}" for kind in told)
    record_step(
        uow, "import", f"import a practice folder ({parts})", **before, after=newest_rows(uow)
    )


def left_since(read: Reading, facts: Facts) -> Held | None:
    """Whether anything of the import left the computer, or something else stands on it."""
    before, after = facts["before"], facts["after"]
    asked = select(CardAttempt.id).where(
        CardAttempt.id > before["card_attempt"],
        CardAttempt.create_started_at.is_not(None)
        | CardAttempt.state.not_in([*WAITING, State.CANCELED]),
    )
    written = select(ClaimSubmission.id).where(ClaimSubmission.id > before["claim_submission"])
    issued = select(IssuedDocument.id).where(IssuedDocument.id > before["issued_document"])
    page = select(CardRequest.id).where(
        CardRequest.id > before.get("card_request", 0), CardRequest.customer.is_not(None)
    )
    given = select(Estimate.id).where(Estimate.id > before["estimate"])
    for query, what in (
        (asked, "A card was asked for one of its sessions"),
        (page, "A client was asked for a card since"),
        (written, "A claim file was written since"),
        (issued, "A superbill was issued since"),
        (given, "An estimate was given since"),
    ):
        if read.session.scalar(query.limit(1)) is not None:
            return Held(f"{what}. {_ONE_BY_ONE}")
    # Into an empty practice everything since is about what was imported, and goes with it.
    if before["client"] and newest_rows(read) != after:
        return Held(f"Other things were recorded since. {_ONE_BY_ONE}")
    return None


def take_back(uow: UnitOfWork, facts: Facts) -> None:
    """Remove what the import brought in, and what was recorded about it since."""
    rewind(uow, facts["before"])
    settings.set_value(uow, settings.PRACTICE_TIMEZONE.key, facts["zone"])
    uow.zone = ZoneInfo(facts["zone"])
    for kind in ("client", "session", "balance", "entry"):
        uow.changed(kind, "import")
