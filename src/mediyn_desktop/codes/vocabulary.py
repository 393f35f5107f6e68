# SPDX-License-Identifier: MIT
"""The words people type into a practice folder and read in JSON; never rename one.

Each member's value is the word itself, so it compares equal to the text and is stored as it stands.
"""

from __future__ import annotations

from enum import StrEnum


class SessionKind(StrEnum):
    """What kind of work a session was; decides the code before the minutes do."""

    INDIVIDUAL = "individual"
    INTAKE = "intake"
    FAMILY_WITH_CLIENT = "family_with_client"
    FAMILY_WITHOUT_CLIENT = "family_without_client"
    GROUP = "group"
    CRISIS = "crisis"


class SessionStatus(StrEnum):
    """What became of an appointment; ``cancelled`` is in time and costs nothing."""

    ATTENDED = "attended"
    LATE_CANCEL = "late_cancel"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Place(StrEnum):
    """Where the client was and how the two met."""

    OFFICE = "office"
    VIDEO_HOME = "video_home"
    VIDEO_OTHER = "video_other"
    AUDIO_HOME = "audio_home"
    HOME_VISIT = "home_visit"


class PaymentType(StrEnum):
    """Who pays for a client's sessions."""

    SELF_PAY = "self_pay"
    OUT_OF_NETWORK = "out_of_network"
    IN_NETWORK = "in_network"
    PRO_BONO = "pro_bono"


class Autopay(StrEnum):
    """What may be charged to the card on file without asking each time."""

    NONE = "none"  # not decided: as ``ASK``
    COPAY = "copay"
    FULL = "full"
    ASK = "ask"  # only when a person says so for this very amount
    NEVER = "never"  # not even when a person says so, until this is changed


class SuperbillCadence(StrEnum):
    """How often a client gets a superbill."""

    SESSION = "session"
    MONTH = "month"
    NONE = "none"


class Relationship(StrEnum):
    """What the client is to the insured person."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class Sex(StrEnum):
    """As claim forms ask for it; ``U`` is unknown and printed blank."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class TaxIdType(StrEnum):
    """Which of the two numbers a practice is taxed under."""

    EIN = "EIN"
    SSN = "SSN"


class Entity(StrEnum):
    """Whether the practice bills as a person (NPI type 1) or a company (NPI type 2)."""

    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"


class ConsentScope(StrEnum):
    """What a client agreed to have charged to the card on file."""

    SESSIONS = "sessions"
    COPAYS = "copays"
    FEES = "fees"
