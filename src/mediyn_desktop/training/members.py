# SPDX-License-Identifier: MIT
"""Test member ids in plain words: how a member id begins says what becomes of the claim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingMember:
    """``begins``: the first letters of the member id; ``promise``: what the insurer answers."""

    begins: str
    promise: str


TEST_MEMBERS: tuple[TrainingMember, ...] = (
    TrainingMember("PAID", "Paid after the discount; the client owes the copay."),
    TrainingMember("DED", "Nothing is paid: all of it counts against the client's deductible."),
    TrainingMember("PART", "Most is paid; the client owes a part of it as coinsurance."),
    TrainingMember("DENY", "Denied, because no approval was asked before. Its correction is paid."),
    TrainingMember("SOME", "The first line is paid, the others are denied."),
    TrainingMember("SEQ", "Paid, less two percent that the government keeps back."),
    TrainingMember("INT", "Paid late, with interest."),
    TrainingMember("CROSS", "Paid, and passed on to a second insurer that pays a part as well."),
    TrainingMember("REV", "Paid; later the insurer corrects itself and pays more."),
    TrainingMember("TAKE", "Paid; later the insurer takes its money back out of the next payment."),
    TrainingMember("STRAY", "Paid; the same payment names a claim that you never sent."),
    TrainingMember("OFF", "Paid; the payment is a dollar more than its claims explain."),
    TrainingMember("REJ", "The clearinghouse refuses the claim: it does not know the member."),
    TrainingMember("PREJ", "The clearinghouse takes the claim, then the insurer refuses it."),
    TrainingMember("IK5", "The whole file is refused: something in it does not follow the guide."),
    TrainingMember("TA1", "The whole file is refused at the door."),
    TrainingMember("LOST", "The file is taken, then nobody ever says anything of the claim."),
    TrainingMember("MUTE", "Nobody says anything at all."),
    TrainingMember("INACT", "Asked whether the client is covered: not any more."),
    TrainingMember("NOTF", "Asked whether the client is covered: no such member."),
    TrainingMember("DOWN", "Asked whether the client is covered: the insurer cannot say now."),
)
