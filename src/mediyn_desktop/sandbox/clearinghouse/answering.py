# SPDX-License-Identifier: MIT
"""Answers each file of claims once: 999, then 277CA, then 835.

The same bytes at the same time give the same answers, under the same names: an answer that was cut
off is simply written again.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediyn_desktop.core.clock import Clock
from mediyn_desktop.sandbox.clearinghouse import remitting
from mediyn_desktop.sandbox.clearinghouse.acknowledging import (
    VERSION_277CA,
    VERSION_999,
    body_277ca,
    body_999,
    refusal,
)
from mediyn_desktop.sandbox.clearinghouse.adjudicating import Decision, decide
from mediyn_desktop.sandbox.clearinghouse.reading import Interchange, NotClaims, read
from mediyn_desktop.sandbox.clearinghouse.writing import interchange

_ANSWERED = ".sandbox-answered"  # in the outbox: one sha256 a line
_UNFINISHED = (".tmp", ".part")


@dataclass(frozen=True, slots=True)
class Answered:
    """One file of the outbox: what was written for it, or why nothing was."""

    name: str
    written: tuple[Path, ...]
    problem: str | None = None


def answer_folder(outbox: Path, inbox: Path, clock: Clock) -> list[Answered]:
    """Answer every new file of claims in ``outbox`` into ``inbox``, and return what was done.

    A file is known by its bytes, whatever it is called. Files that are not claims are reported
    once and left alone.

    Raises:
        OSError: a folder cannot be read or written; what was answered stays answered.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    ledger = outbox / _ANSWERED
    known = set(ledger.read_text("ascii").split()) if ledger.exists() else set()
    done = []
    for path in sorted(outbox.iterdir()):
        if path.name.startswith(".") or path.suffix in _UNFINISHED or not path.is_file():
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest in known:
            continue
        done.append(_answer_file(path.name, content, digest, inbox, clock.now()))
        known.add(digest)
        with ledger.open("a", encoding="ascii") as remembered:
            remembered.write(digest + "\n")
    return done


def _answer_file(name: str, content: bytes, digest: str, inbox: Path, now: datetime) -> Answered:
    try:
        answers = answer(content.decode("utf-8", errors="replace"), now, digest)
    except NotClaims as problem:
        return Answered(name, (), str(problem))
    stem = f"{Path(name).stem}-{digest[:8]}"
    written = []
    for kind, text in answers.items():
        target = inbox / f"{stem}.{kind}"
        unfinished = target.with_name(target.name + ".tmp")
        unfinished.write_text(text, "utf-8", newline="")
        os.replace(unfinished, target)
        written.append(target)
    return Answered(name, tuple(written))


def answer(text: str, now: datetime, digest: str | None = None) -> dict[str, str]:
    """Return the answers to one file of claims by kind: ``999``, ``277ca``, ``835``.

    A set that the 999 refuses gets no 277CA; a claim that the 277CA refuses gets no 835.

    Raises:
        NotClaims: the text holds no professional claims.
    """
    claims = read(text)
    digest = digest or hashlib.sha256(text.encode()).hexdigest()
    # Nine digits for each of the three envelopes, foretold by the content.
    control = int(digest[:12], 16) % 333_333_333 * 3
    answers = {
        "999": interchange(
            claims,
            function="FA",
            kind="999",
            version=VERSION_999,
            bodies=[body_999(group) for group in claims.groups],
            control=control + 1,
            now=now,
        )
    }
    sound = [each for group in claims.groups for each in group.sets if not each.problems]
    acknowledged = [each for each in sound if each.claims]
    if acknowledged:
        answers["277ca"] = interchange(
            claims,
            function="HN",
            kind="277",
            version=VERSION_277CA,
            bodies=[body_277ca(each, now) for each in acknowledged],
            control=control + 2,
            now=now,
        )
    payments = list(_payments(claims))
    if payments:
        answers["835"] = interchange(
            claims,
            function="HP",
            kind="835",
            version=remitting.VERSION,
            bodies=[
                remitting.body(payment, f"SBX{control:09d}{number:03d}", now)
                for number, payment in enumerate(payments, start=1)
            ],
            control=control + 3,
            now=now,
        )
    return answers


def _payments(claims: Interchange) -> Iterator[list[Decision]]:
    """Yield the claims that reach a payer, decided, by payer and provider."""
    reached = [
        claim
        for group in claims.groups
        for each in group.sets
        if not each.problems
        for claim in each.claims
        if claim.lines and refusal(claim) is None
    ]
    reached.sort(key=lambda claim: (claim.payer.identifier, claim.provider.identifier))
    for _, together in itertools.groupby(
        reached, key=lambda claim: (claim.payer.identifier, claim.provider.identifier)
    ):
        yield [decide(claim) for claim in together]
