# SPDX-License-Identifier: MIT
"""Which questions about coverage a TA1 or a 999 is about, and which of them it refuses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from mediyn_desktop.claims.eligibility_tables import EligibilityCheck
from mediyn_desktop.claims.question_mail import questions_in, set_numbers
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.claims.x12.model_answers import GroupAnswer, Verdict
from mediyn_desktop.store.uow import Reading


def questions_under(read: Reading, control: str) -> list[EligibilityCheck]:
    """Return the questions under a number: those of a file, or the one that was asked alone."""
    digits = control.strip()
    if not digits.isdecimal() or not digits.isascii():
        return []
    by_mail = questions_in(read, int(digits))
    alone = select(EligibilityCheck).where(
        EligibilityCheck.number == int(digits), EligibilityCheck.submission_id.is_(None)
    )
    return by_mail or list(read.session.scalars(alone))


def refusals(
    answer: GroupAnswer, asked: Sequence[EligibilityCheck], file: ClaimSubmission | None
) -> dict[int, str]:
    """Return why those of ``asked`` that a 999 refuses were refused, by the id of the question.

    Each set of a file is one question: those of a refused one get no answer, the others wait on.
    """
    set_of = set_numbers(file) if file is not None else {}
    verdicts = {_plain(each.st_control): each for each in answer.sets}
    found = {}
    for row in asked:
        each = verdicts.get(_plain(set_of.get(row.number or 0, "1")))
        if each is not None:
            code, taken = each.code, each.is_taken
        else:  # the verdict on the whole is all there is
            code, taken = answer.code, answer.verdict is not Verdict.REJECTED
        if not taken:
            found[row.id] = f"refused as faulty (999 {code})"
    return found


def _plain(control: str) -> str:
    return control.strip().lstrip("0")
