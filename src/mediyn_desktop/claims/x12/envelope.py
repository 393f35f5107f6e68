# SPDX-License-Identifier: MIT
"""ISA to IEA around one transaction: who sends it to whom, when, and under which numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from mediyn_desktop.claims.x12.charset import X12DataError, alphanumeric, basic
from mediyn_desktop.claims.x12.segments import join_segment


@dataclass(frozen=True, slots=True)
class Envelope:
    """The outer wrapping. Control numbers are positive, kept, and never used twice.

    ``usage``: T test, P production. ``created`` is written as it stands: pass the practice's wall
    time. The group's sender and receiver default to the interchange's.
    """

    sender: str
    receiver: str
    isa_control: int
    gs_control: int
    st_control: int
    usage: Literal["T", "P"]
    created: datetime
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender: str = ""
    group_receiver: str = ""

    def transaction_number(self) -> str:
        """Return ST02, four digits or more."""
        return f"{_number(self.st_control, 'transaction control number'):04d}"


def wrap(
    transaction: Sequence[str],
    envelope: Envelope,
    *,
    functional_id: str,
    version: str,
    sets: int = 1,
) -> list[str]:
    """Return ISA, GS, the segments ST to SE of each of ``sets``, GE, IEA, without terminators.

    Raises:
        X12DataError: an identifier or control number that cannot be sent.
    """
    made = envelope.created
    stamp = f"{made.hour:02d}{made.minute:02d}"
    group_control = str(_number(envelope.gs_control, "group control number"))
    group = join_segment(
        "GS",
        functional_id,
        basic(envelope.group_sender or envelope.sender, "group sender", most=15, least=2),
        basic(envelope.group_receiver or envelope.receiver, "group receiver", most=15, least=2),
        day(made, "creation date"),
        stamp,
        group_control,
        "X",
        version,
    )
    isa_control = f"{_number(envelope.isa_control, 'interchange control number'):09d}"
    return [
        _header(envelope, stamp, isa_control),
        group,
        *transaction,
        join_segment("GE", str(sets), group_control),
        join_segment("IEA", "1", isa_control),
    ]


def day(when: date, field: str) -> str:
    """Return ``when`` as CCYYMMDD."""
    if when.year < 1850:
        raise X12DataError(field, f"has the year {when.year}")
    return f"{when.year:04d}{when.month:02d}{when.day:02d}"


def _header(envelope: Envelope, stamp: str, isa_control: str) -> str:
    """Return ISA, the one segment of fixed width: its sixteen elements are never shortened."""
    if envelope.usage not in ("T", "P"):
        raise X12DataError("usage indicator", "must be T (test) or P (production)")
    return "*".join(
        (
            "ISA",
            "00",
            " " * 10,
            "00",
            " " * 10,
            alphanumeric(envelope.sender_qualifier, "sender qualifier", most=2, least=2),
            basic(envelope.sender, "interchange sender", most=15, least=1).ljust(15),
            alphanumeric(envelope.receiver_qualifier, "receiver qualifier", most=2, least=2),
            basic(envelope.receiver, "interchange receiver", most=15, least=1).ljust(15),
            day(envelope.created, "creation date")[2:],
            stamp,
            "^",
            "00501",
            isa_control,
            "0",
            envelope.usage,
            ":",
        )
    )


def _number(value: int, field: str) -> int:
    if not 0 < value <= 999_999_999:
        raise X12DataError(field, "must be between 1 and 999999999")
    return value
