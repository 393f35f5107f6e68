# SPDX-License-Identifier: MIT
"""Answers each file once: claims with TA1, 999, 277CA and 835, questions with 999 and 271.

The same bytes at the same time give the same answers, under the same names: an answer that was cut
off is simply written again. What the payers remember, and which files were answered, is kept in the
outbox in one file.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.sandbox.clearinghouse import paying, remitting
from mediyn_desktop.sandbox.clearinghouse.acknowledging import (
    VERSION_277CA,
    VERSION_999,
    body_277ca,
    body_999,
    is_sound,
)
from mediyn_desktop.sandbox.clearinghouse.eligibility import (
    NotQuestions,
    answer_question_file,
)
from mediyn_desktop.sandbox.clearinghouse.memory import Memory, load
from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome, outcome_of
from mediyn_desktop.sandbox.clearinghouse.reading import (
    Interchange,
    NotClaims,
    Segment,
    TransactionSet,
    read,
)
from mediyn_desktop.sandbox.clearinghouse.remitting import Payment
from mediyn_desktop.sandbox.clearinghouse.writing import interchange, ta1

_MEMORY = ".sandbox-answered"  # in the outbox
_UNFINISHED = (".tmp", ".part")
_ENVELOPES = 7  # an answer of each kind has a control number of its own
_REFUSED_NOTE = "022"


@dataclass(frozen=True, slots=True)
class Answered:
    """One file of the outbox: what was written for it, or why nothing was."""

    name: str
    written: tuple[Path, ...]
    problem: str | None = None


def answer_folder(outbox: Path, inbox: Path, clock: Clock) -> list[Answered]:
    """Answer every new file in ``outbox`` into ``inbox``, and return what was done.

    A file is known by its bytes, whatever it is called. Files that are neither claims nor questions
    are reported once and left alone.

    Raises:
        OSError: a folder cannot be read or written; what was answered stays answered.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    memory = load(outbox / _MEMORY)
    done = []
    for path in sorted(outbox.iterdir()):
        if path.name.startswith(".") or path.suffix in _UNFINISHED or not path.is_file():
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest in memory.answered:
            continue
        done.append(_answer_file(path.name, content, digest, inbox, clock.now(), memory))
        memory.answered.append(digest)
        memory.save(outbox / _MEMORY)
    return done


def _answer_file(
    name: str, content: bytes, digest: str, inbox: Path, now: datetime, memory: Memory
) -> Answered:
    text = content.decode("utf-8", errors="replace")
    try:
        answers = answer(text, now, digest, memory)
    except NotClaims as problem:
        try:
            answers = answer_question_file(text, now)
        except NotQuestions:
            return Answered(name, (), str(problem))
    stem = f"{Path(name).stem}-{digest[:8]}"
    written = []
    for kind, reply in answers.items():
        target = inbox / f"{stem}.{kind}"
        unfinished = target.with_name(target.name + ".tmp")
        unfinished.write_text(reply, "utf-8", newline="")
        os.replace(unfinished, target)
        written.append(target)
    return Answered(name, tuple(written))


def answer(
    text: str, now: datetime, digest: str | None = None, memory: Memory | None = None
) -> dict[str, str]:
    """Return the answers to one file of claims by kind, in the order they are given.

    ``ta1``, ``999``, ``277ca``, ``835``, then ``later.277ca`` and ``later.835``. A set that the 999
    refuses gets no 277CA; a claim that a 277CA refuses gets no 835. ``memory`` is what the payers
    know of earlier files, and is told of this one.

    Raises:
        NotClaims: the text holds no professional claims.
    """
    claims = read(text)
    memory = memory if memory is not None else Memory()
    digest = digest or hashlib.sha256(text.encode()).hexdigest()
    # Nine digits for each of the envelopes, foretold by the content.
    control = int(digest[:12], 16) % (999_999_999 // _ENVELOPES) * _ENVELOPES
    wanted = {
        outcome_of(claim.subscriber.identifier)
        for group in claims.groups
        for each in group.sets
        for claim in each.claims
    }
    if Outcome.MUTE in wanted:
        return {}
    if Outcome.TA1 in wanted:
        return {"ta1": ta1(claims.header, _REFUSED_NOTE, control=control + 1, now=now)}
    answers = {}
    if claims.header[14] == "1":
        answers["ta1"] = ta1(claims.header, "000", control=control + 1, now=now)
    answers["999"] = _wrap(
        claims, "FA", "999", VERSION_999, [body_999(group) for group in claims.groups],
        control + 2, now,
    )  # fmt: skip
    answers |= _acknowledged(claims, control, now, memory)
    first, later = paying.payments(claims, memory)
    for kind, found, number in (("835", first, control + 4), ("later.835", later, control + 6)):
        if found:
            answers[kind] = _remitted(claims, found, number, now)
    order = ("ta1", "999", "277ca", "835", "later.277ca", "later.835")
    return {kind: answers[kind] for kind in order if kind in answers}


def _acknowledged(
    claims: Interchange, control: int, now: datetime, memory: Memory
) -> dict[str, str]:
    sets = [each for group in claims.groups for each in group.sets if is_sound(each)]

    def holds(each: TransactionSet, outcome: Outcome) -> list[bool]:
        return [outcome_of(one.subscriber.identifier) is outcome for one in each.claims]

    spoken_of = [each for each in sets if not all(holds(each, Outcome.LOST))]
    refused_later = [each for each in sets if any(holds(each, Outcome.PAYER_REFUSED))]
    answers = {}
    if spoken_of:
        bodies = [body_277ca(each, now, memory) for each in spoken_of]
        answers["277ca"] = _wrap(claims, "HN", "277", VERSION_277CA, bodies, control + 3, now)
    if refused_later:
        bodies = [body_277ca(each, now, memory, of_payer=True) for each in refused_later]
        answers["later.277ca"] = _wrap(claims, "HN", "277", VERSION_277CA, bodies, control + 5, now)
    return answers


def _remitted(claims: Interchange, found: list[Payment], control: int, now: datetime) -> str:
    bodies = [
        remitting.body(payment, f"SBX{control:09d}{number:03d}", now)
        for number, payment in enumerate(found, start=1)
    ]
    return _wrap(claims, "HP", "835", remitting.VERSION, bodies, control, now)


def _wrap(
    claims: Interchange,
    function: str,
    kind: str,
    version: str,
    bodies: list[list[Segment]],
    control: int,
    now: datetime,
) -> str:
    return interchange(
        claims.header,
        claims.groups[0].header,
        function=function,
        kind=kind,
        version=version,
        bodies=bodies,
        control=control,
        now=now,
    )
