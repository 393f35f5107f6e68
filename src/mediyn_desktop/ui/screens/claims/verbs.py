# SPDX-License-Identifier: MIT
"""Everything that can be done about a claim or what waits about it; a new verb is one line here.

The buttons, the palette and the dialog ask for a verb by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from mediyn_desktop.claims import following, silence, submission, working
from mediyn_desktop.claims.following import DELAY_REASONS
from mediyn_desktop.claims.listing import ClaimRow
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ledger.kinds import WriteOff
from mediyn_desktop.store.uow import UnitOfWork
from mediyn_desktop.ui import wording


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verb is about. ``about`` names it in a heading; ``claims`` are the likely ones."""

    about: str
    number: str = ""
    task: int = 0
    payer_number: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    """For an answer that fits none by itself: words and number of each."""

    def with_claims(self, rows: Iterable[ClaimRow]) -> Subject:
        """Return it with the claims it may be about."""
        return replace(self, claims=tuple((_called(row), row.control_number) for row in rows))


def _called(row: ClaimRow) -> str:
    day, cents = wording.day(row.date_of_service), format_cents(row.total_cents)
    return f"{row.client_name}, {day}, {cents}, {row.control_number}"


Answers = dict[str, Any]
"""What was filled in, by the name of the field."""


@dataclass(frozen=True, slots=True)
class Verb:
    """``work`` does it; ``explains`` says what will come of it, ``said`` what came of it.

    ``reason`` is what the reason line is called, empty where none is asked for. ``fields`` are
    further ones: ``payer_number``, ``note``, ``kind``, ``delay``, ``claim``.
    """

    title: str
    button: str
    explains: str
    said: str
    work: Callable[[UnitOfWork, Subject, str, Answers], object]
    reason: str = ""
    hint: str = ""
    fields: tuple[str, ...] = field(default=())


WRITE_OFFS: Final = (
    ("Denied for good", WriteOff.DENIED),
    ("Filed too late", WriteOff.TIMELY_FILING),
    ("Not allowed by the contract", WriteOff.CONTRACTUAL),
    ("Courtesy", WriteOff.COURTESY),
)
DELAYS: Final = (("No reason", ""), *((words, code) for code, words in DELAY_REASONS.items()))


def _claim(uow: UnitOfWork, subject: Subject) -> Claim:
    return following.claim_by_number(uow, subject.number)


def _queued(uow: UnitOfWork, claim: Claim) -> Claim:
    submission.queue_claims(uow, [claim])
    return claim


def _check(uow: UnitOfWork, subject: Subject, _why: str, _more: Answers) -> object:
    claim = _claim(uow, subject)
    submission.check_claim(uow, claim)
    return _queued(uow, claim)


def _resend(uow: UnitOfWork, subject: Subject, _why: str, _more: Answers) -> object:
    return _queued(uow, working.resend(uow, subject.number))


def _correct(uow: UnitOfWork, subject: Subject, why: str, more: Answers) -> object:
    made = following.correct_claim(
        uow,
        _claim(uow, subject),
        payer_claim_number=more["payer_number"],
        reason=why,
        note=more["note"],
    )
    return _queued(uow, made)


def _void(uow: UnitOfWork, subject: Subject, why: str, more: Answers) -> object:
    claim = _claim(uow, subject)
    made = following.void_claim(uow, claim, payer_claim_number=more["payer_number"], reason=why)
    return _queued(uow, made)


def _again(uow: UnitOfWork, subject: Subject, _why: str, _more: Answers) -> object:
    claim = _claim(uow, subject)
    following.take_up_again(uow, claim)
    return _queued(uow, claim)


def _excuse(uow: UnitOfWork, subject: Subject, _why: str, more: Answers) -> object:
    claim = _claim(uow, subject)
    following.excuse_delay(uow, claim, more["delay"])
    return _queued(uow, claim)


def _write_off(uow: UnitOfWork, subject: Subject, why: str, more: Answers) -> object:
    return working.give_up(uow, subject.number, kind=WriteOff(more["kind"]), reason=why)


def _retry(uow: UnitOfWork, subject: Subject, _why: str, more: Answers) -> object:
    return working.retry(uow, subject.task, claim=more["claim"] or None)


VERBS: Final[dict[str, Verb]] = {
    "correct": Verb(
        "Correct and send again…",
        "Correct and resend…",
        "A new claim is made from the charts as they are now. It takes the place of this one and "
        "goes out with the next file. Mend the charts first.",
        "The corrected claim goes out with the next file",
        _correct,
        "What was mended",
        "Added the authorization number",
        ("payer_number", "note"),
    ),
    "resend": Verb(
        "Send again as never filed…",
        "Send again…",
        "The insurer never had this claim, so it goes out again as a first one. Its deadline "
        "keeps running.",
        "It goes out with the next file, unless something still holds it back",
        _resend,
    ),
    "lost": Verb(
        "The insurer does not have it…",
        "It got lost…",
        "You asked, and the claim is not there. It counts as never filed and goes out again as a "
        "first one; its deadline kept running. Sent twice, it would be refused as a duplicate.",
        "It goes out with the next file, unless something still holds it back",
        lambda uow, subject, why, _more: silence.send_lost_again(uow, subject.number, note=why),
        "Who said so, and when",
        "Dana at the insurer, November 23",
    ),
    "appeal": Verb(
        "Note an appeal…",
        "Appealed…",
        "This notes that you appealed. Nothing is sent from here; the claim waits for the "
        "insurer's answer again.",
        "The appeal is noted",
        lambda uow, subject, why, _more: working.appeal(uow, subject.number, note=why),
        "How it was appealed",
        "Letter of November 23, by certified mail",
    ),
    "write-off": Verb(
        "Write off the insurer's part…",
        "Write off…",
        "What the insurer still owes is given up. The client is not asked for it.",
        "Written off",
        _write_off,
        "Reason",
        "Filed after the deadline",
        ("kind",),
    ),
    "bill-client": Verb(
        "Let the client owe it…",
        "Bill the client…",
        "What the insurer refused becomes the client's. No card is charged by this: it shows on "
        "the account and in tomorrow's review.",
        "The client owes it now. No card was charged",
        lambda uow, subject, why, _more: working.bill_client(uow, subject.number, reason=why),
        "Reason",
        "The coverage had ended",
    ),
    "check": Verb(
        "Check again and queue…",
        "Check again…",
        "The claim is checked against the charts as they are now. If nothing is missing it goes "
        "out with the next file.",
        "Checked",
        _check,
    ),
    "excuse": Verb(
        "Say why it comes late…",
        "Why it is late…",
        "The insurer is told why the claim comes after its deadline.",
        "Noted on the claim",
        _excuse,
        fields=("delay",),
    ),
    "elsewhere": Verb(
        "Billed on another way…",
        "Billed elsewhere…",
        "Nothing is sent from here: you bill it on paper or on the insurer's site. It stays in "
        "the list and can be taken up again.",
        "Noted as billed elsewhere",
        lambda uow, subject, why, _more: following.bill_elsewhere(
            uow, _claim(uow, subject), reason=why
        ),
        "How it is billed",
        "On the insurer's site",
    ),
    "never": Verb(
        "Never bill this claim…",
        "Never bill…",
        "No insurer will be asked for this session. Its money stays where it is, and you can "
        "change your mind.",
        "It is never billed",
        lambda uow, subject, why, _more: following.never_bill(
            uow, _claim(uow, subject), reason=why
        ),
        "Reason",
        "The client asked for it",
    ),
    "again": Verb(
        "Take up again…",
        "Take up again…",
        "The claim is checked anew. If nothing is missing it goes out with the next file.",
        "Taken up again",
        _again,
    ),
    "void": Verb(
        "Have the insurer void it…",
        "Void…",
        "The insurer is asked to forget this claim. What it paid is taken back once it answers.",
        "The insurer will be asked to forget it",
        _void,
        "Reason",
        "Billed for the wrong client",
        ("payer_number",),
    ),
    "retry": Verb(
        "Post the held answer…",
        "Post it…",
        "The answer is posted to the claim you choose, as the insurer decided it.",
        "The answer is posted",
        _retry,
        fields=("claim",),
    ),
    "dismiss": Verb(
        "Nothing is to be done…",
        "Nothing to do…",
        "It leaves this list, and your words stay with it. The claim and its money stay as they "
        "are.",
        "It is off the list",
        lambda uow, subject, why, _more: working.dismiss(uow, subject.task, note=why),
        "Why nothing is to be done",
        "Cleared up on the telephone",
    ),
}
