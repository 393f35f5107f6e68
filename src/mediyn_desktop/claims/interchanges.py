# SPDX-License-Identifier: MIT
"""What wraps everything that is sent: its number, never used twice, and who sends it to whom."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from mediyn_desktop.claims.checking import usage_of
from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.x12.envelope import Envelope
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Reading

# They count seconds from here: they only grow, even after an old backup is restored.
_SINCE = datetime(2024, 1, 1, tzinfo=UTC)


def next_interchange(read: Reading) -> int:
    """Return the next number, of a file or of a question: one series for both."""
    files = read.session.scalar(select(func.max(ClaimSubmission.id))) or 0
    questions = read.session.scalar(select(func.max(EligibilityCheck.number))) or 0
    return max(files + 1, questions + 1, int((read.now - _SINCE).total_seconds()))


def sender_id(read: Reading, npi: str) -> str:
    """Return by which id the clearinghouse knows this practice: the one it gave, else the NPI."""
    return settings.get(read, settings.CLEARINGHOUSE_SENDER_ID) or npi


def envelope(read: Reading, number: int, npi: str) -> Envelope:
    """Return the wrapping of the file with the number ``number``."""
    return Envelope(
        sender=sender_id(read, npi),
        receiver=settings.get(read, settings.CLEARINGHOUSE_RECEIVER_ID),
        isa_control=number,
        gs_control=number,
        st_control=1,
        usage=usage_of(read),
        created=read.now.astimezone(read.zone),
    )
