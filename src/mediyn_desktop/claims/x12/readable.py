# SPDX-License-Identifier: MIT
"""A whole file in plain words: each segment with its sentence, by the table of its set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mediyn_desktop.claims.x12 import aloud271, aloud835, aloud_answers, readable837p
from mediyn_desktop.claims.x12.reading_aloud import Table, say
from mediyn_desktop.claims.x12.segments import Segment

# By ST01. A further set is one line here and one table.
TABLES: dict[str, Table] = {
    "270": aloud271.QUESTIONS,
    "271": aloud271.TABLE,
    "277": aloud_answers.TABLE_277CA,
    "835": aloud835.TABLE,
    "837": readable837p.TABLE,
    "997": aloud_answers.TABLE_999,
    "999": aloud_answers.TABLE_999,
}


def read_aloud(segments: Iterable[Segment]) -> Iterator[tuple[Segment, str]]:
    """Yield each segment with a sentence that says what it means."""
    table = aloud_answers.TABLE_TA1
    for segment in segments:
        if segment.id == "ST":
            table = TABLES.get(segment.element(1).strip(), {})
        yield segment, say(segment, table)
        if segment.id == "SE":
            table = aloud_answers.TABLE_TA1
