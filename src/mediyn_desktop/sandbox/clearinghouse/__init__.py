# SPDX-License-Identifier: MIT
"""A clearinghouse: takes 837P files and 270 questions, answers with TA1, 999, 277CA, 835 and 271.

``reading`` takes claims apart, ``acknowledging`` says what was accepted, ``adjudicating`` decides
what is paid, ``paying`` puts payments together, ``remitting`` writes the 835, ``memory`` is what
payers know of earlier files, ``answering`` does it for a folder, ``http`` over HTTP. Imports
``core`` only: on purpose it shares no X12 code with the program it answers.

The beginning of the member id picks what happens to a claim of 175.00 (allowed 140.00):

========== ======================================================================================
(none)     paid 115.00: CO-45 35.00, PR-3 25.00 (a copay for each day of service)
DED        paid nothing: CO-45 35.00, PR-1 140.00. A deductible, not a denial
PART       paid 112.00: CO-45 35.00, PR-2 28.00
DENY       denied: CLP02 4, CO-197 175.00. Its correction (frequency 7) is paid
SOME       the first line paid, every other denied with CO-97
SEQ        paid 112.70: also CO-253 2.30 (2 % of what would have been paid)
INT        paid 115.00 and interest: AMT*I 1.15 on the claim, PLB L6 -1.15 in the payment
CROSS      CLP02 19, PR-2 28.00, forwarded to the next payer; later.835 of that payer: CLP02 2,
           OA-23 147.00, paid 28.00
REV        paid 115.00; later.835: CLP02 22 of -115.00, then CLP02 1 of 140.00 (no copay after all)
TAKE       paid 115.00; later.835: CLP02 22 of -115.00, PLB FB -115.00, nothing paid. The next
           payment of this payer is lower by PLB WO until 115.00 are back
STRAY      paid, and the same 835 holds NOTOURS1, a claim that was never sent
OFF        paid, but BPR02 is 1.00 more than the claims explain
REJ        277CA refuses the claim (A3:164:IL); no 835
PREJ       277CA of the clearinghouse accepts it, later.277ca of the payer (NM1*PR) refuses it
           (A3:33:IL); no 835
LOST       999 accepts the file; then nothing is ever said of the claim
IK5        999 refuses the whole set, pointing at the subscriber's NM1; nothing else comes
TA1        the whole file is refused with a TA1 (note 022); nothing else comes
MUTE       nothing at all is said of the whole file
========== ======================================================================================

A claim that tells what an earlier insurer decided (2430) is paid, by whatever prefix but DENY, what
that one left to the client: CLP02 2, OA-23 for everything it did.

Frequency 7 (with REF*F8 = the payer's number, ``SBX`` and the control number): 835 with the
reversal of the original, then the correction. Frequency 8: the reversal; the money is forwarded
(PLB FB) and taken back from the next payment. Either is refused with A3:464 where the original is
not known. A sound file that asks for it (ISA14 = 1) gets a TA1 too.

For a 270: INACT inactive; NOTF no such member (AAA 75); DOWN the payer cannot answer (AAA 42);
anything else active, copay 25.00, coinsurance 20 %, deductible 1,500.00 with 400.00 left. A file
of questions gets a 999 first; IK5, TA1, LOST and MUTE do to it what they do to claims.
"""

from mediyn_desktop.sandbox.clearinghouse.answering import Answered, answer, answer_folder
from mediyn_desktop.sandbox.clearinghouse.eligibility import (
    NotQuestions,
    answer_question_file,
    answer_questions,
)
from mediyn_desktop.sandbox.clearinghouse.http import ClearinghouseServer
from mediyn_desktop.sandbox.clearinghouse.memory import Memory
from mediyn_desktop.sandbox.clearinghouse.reading import NotClaims

__all__ = [
    "Answered",
    "ClearinghouseServer",
    "Memory",
    "NotClaims",
    "NotQuestions",
    "answer",
    "answer_folder",
    "answer_question_file",
    "answer_questions",
]
