# SPDX-License-Identifier: MIT
"""A 270 and a 271 in plain words, segment by segment, and the refusals as whole sentences."""

from __future__ import annotations

from mediyn_desktop.claims.x12.model271 import Rejection
from mediyn_desktop.claims.x12.reading_aloud import Table, join, money, when
from mediyn_desktop.claims.x12.segments import Segment
from mediyn_desktop.claims.x12.values import decimal
from mediyn_desktop.claims.x12.words import (
    BENEFITS,
    FOLLOW_UPS,
    LEVELS,
    NETWORKS,
    PERIODS,
    REFUSALS,
    SERVICE_TYPES,
    word,
)

_AUTHORIZATION = {"Y": "authorization needed", "N": "no authorization needed"}


def rejection_sentence(rejection: Rejection) -> str:
    """Return why there is no answer, and what to do."""
    return join(
        f"no answer: {word(REFUSALS, rejection.reason, kind='reason')}",
        FOLLOW_UPS.get(rejection.follow_up, ""),
    )


def _aaa(segment: Segment) -> str:
    return rejection_sentence(Rejection("", segment.element(3), segment.element(4)))


def _eb(segment: Segment) -> str:
    types = (word(SERVICE_TYPES, each, kind="service type") for each in segment.repeats(3))
    amount = money(segment, 7) if segment.element(7) else ""
    period = segment.element(6)
    return join(
        word(BENEFITS, segment.element(1), kind="benefit"),
        LEVELS.get(segment.element(2), ""),
        f"for {' and '.join(types)}" if segment.element(3) else "",
        segment.element(5),
        amount,
        _percent(segment.element(8)),
        f"per {word(PERIODS, period, kind='period')}" if period else "",
        NETWORKS.get(segment.element(12), ""),
        _AUTHORIZATION.get(segment.element(11), ""),
    )


def _percent(text: str) -> str:
    value = decimal(text)
    if value is None:
        return text
    share = value if value > 1 else value * 100
    return f"{share.normalize():f}%"


TABLE: Table = {
    "BHT": lambda segment: join(f"answer made on {when(segment.element(4))}"),
    "TRN": lambda segment: join(f"about question {segment.element(2)}"),
    "EB": _eb,
    "AAA": _aaa,
    "MSG": lambda segment: join(segment.element(1) or "an empty message"),
    "INS": lambda segment: join(f"relationship code {segment.element(2)}"),
    "LS": lambda _: "Further parties begin.",
    "LE": lambda _: "Further parties end.",
}
QUESTIONS: Table = {
    "BHT": lambda segment: join(
        f"question {segment.element(3)} made on {when(segment.element(4))}"
    ),
    "TRN": lambda segment: join(f"the answer shall name question {segment.element(2)}"),
    "EQ": lambda segment: join(
        f"asked about {word(SERVICE_TYPES, segment.element(1), kind='service type')}"
    ),
    "INS": lambda segment: join(f"relationship code {segment.element(2)}"),
}
