# SPDX-License-Identifier: MIT
"""What every answer from outside has in common: where it came from, who is named, what is wrong.

Readers never raise over what a file says. What cannot be read becomes a ``Flaw`` beside what can,
and a segment no field exists for is kept as it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a transaction is, by its own content (ISA, GS01, ST01, GS08), never by a file's name."""

    TA1 = "TA1"
    ACKNOWLEDGEMENT = "999"
    CLAIM_ACKNOWLEDGEMENT = "277CA"
    REMITTANCE = "835"
    ELIGIBILITY = "271"
    CLAIM = "837P"
    ELIGIBILITY_REQUEST = "270"
    CLAIM_STATUS = "277"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Origin:
    """The envelope a transaction lay in. Everything is text as sent, without padding.

    ``usage`` is ISA15: T for test, P for production. ``version`` is GS08, else ST03.
    """

    kind: Kind
    sender_qualifier: str = ""
    sender: str = ""
    receiver_qualifier: str = ""
    receiver: str = ""
    group_sender: str = ""
    group_receiver: str = ""
    usage: str = ""
    created_on: date | None = None
    isa_control: str = ""
    gs_control: str = ""
    st_control: str = ""
    function: str = ""
    set_code: str = ""
    version: str = ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Sender, ISA13, GS06 and ST02: the same again is the same transaction again."""
        sender = f"{self.sender_qualifier}:{self.sender}"
        return sender, self.isa_control, self.gs_control, self.st_control


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something a reader stumbled over. ``code`` is stable; ``message`` is for people.

    ``blocks`` tells that the money beside it cannot be relied on: hold it for a person. Otherwise
    it is only worth knowing. ``position`` counts segments from 1 over the file (0: the file as a
    whole), ``claim`` is the claim's control number where there is one.
    """

    code: str
    message: str
    segment: str = ""
    element: str = ""
    position: int = 0
    claim: str = ""
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class NotReadHere:
    """A transaction that is named and otherwise left alone: segments ``position`` to ``end``."""

    origin: Origin
    words: str
    position: int = 0
    end: int = 0
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """NM1: someone named in a file. ``role`` is NM101, ``entity`` is 1 (person) or 2."""

    role: str
    entity: str = ""
    last: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    middle: str = field(default="", repr=False)
    suffix: str = field(default="", repr=False)
    id_qualifier: str = ""
    id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """PER: ``function`` is PER01, ``numbers`` are pairs such as (TE, 8005550100)."""

    function: str
    name: str = ""
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """N3 and N4."""

    lines: tuple[str, ...] = field(default=(), repr=False)
    city: str = field(default="", repr=False)
    state: str = ""
    zip: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """REF: a number and what kind of number (REF01)."""

    qualifier: str
    value: str = field(default="", repr=False)
    description: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Dated:
    """DTM or DTP: ``qualifier`` says of what. A single day begins and ends on it.

    A date that is none leaves both ends empty and is a ``Flaw`` besides; ``text`` keeps it.
    """

    qualifier: str
    first: date | None
    last: date | None
    text: str = ""


NO_PLACE = Place()


def reference(references: tuple[Reference, ...], *qualifiers: str) -> str:
    """Return the first number of one of these kinds, or an empty string."""
    for each in references:
        if each.qualifier in qualifiers:
            return each.value
    return ""


def dated(dates: tuple[Dated, ...], *qualifiers: str) -> Dated | None:
    """Return the first date of the first of these kinds that is there."""
    for qualifier in qualifiers:
        for each in dates:
            if each.qualifier == qualifier:
                return each
    return None


def party(parties: tuple[Party, ...], *roles: str) -> Party | None:
    """Return the first party in the first of these roles that is there."""
    for role in roles:
        for each in parties:
            if each.role == role:
                return each
    return None
