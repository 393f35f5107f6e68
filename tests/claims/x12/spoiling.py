# SPDX-License-Identifier: MIT
"""Spoils good answers as files get spoiled, then does with them what the program does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from random import Random

from answer_samples import CLAIM, claim, remit, wrap
from claim_samples import BATCH, ENVELOPE

from mediyn_desktop.claims.x12.balance835 import balance
from mediyn_desktop.claims.x12.benefits271 import therapy_benefits
from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.claims.x12.claim837p import write_837p
from mediyn_desktop.claims.x12.containers import members
from mediyn_desktop.claims.x12.decision835 import Goes, decide, is_denied
from mediyn_desktop.claims.x12.inbound import Flaw
from mediyn_desktop.claims.x12.model271 import EligibilityAnswer
from mediyn_desktop.claims.x12.model835 import Remittance
from mediyn_desktop.claims.x12.pairing835 import left_standing, pair
from mediyn_desktop.claims.x12.plb835 import kind_of
from mediyn_desktop.claims.x12.readable import read_aloud
from mediyn_desktop.claims.x12.reading import read_whole
from mediyn_desktop.claims.x12.segments import NotX12, decode, tokenize
from mediyn_desktop.claims.x12.suspicion835 import Ours, claim_suspicions, payment_suspicions

_BACK = claim("SVC*HC:90837*-180*-64", "CAS*CO*45*-60", "CAS*PR*1*-56", status="22")

GOOD = {
    "835": remit(
        *(CLAIM, _BACK, claim("SVC*HC:90834*90*0", "CAS*CO*197*90", "LQ*HE*N4", number="C2")),
        paid="5.00",
        plb=["PLB*1234567893*20261231*WO:C9*-6.00*L6*1.00"],
    ),
    "999": wrap(
        "999",
        [
            *("AK1*HC*101*005010X222A1", "AK2*837*0001", "IK3*CLM*22*2300*8", "CTX*CLM01:C1"),
            *("IK4*5:3*1331*7*9", "IK5*R*5", "AK2*837*0002", "IK5*A", "AK9*P*2*2*1"),
        ],
    ),
    "277CA": wrap(
        "277",
        [
            *("BHT*0085*08*B1*20260309*1830*TH", "HL*1**20*1", "NM1*AY*2*CH*****46*1"),
            *("HL*2*1*21*1", "NM1*41*2*QUIET*****46*2", "TRN*2*B1", "STC*A1:20*20260309*WQ*1"),
            *("HL*3*2*19*1", "NM1*85*1*O*A****XX*1234567893", "HL*4*3*PT", "NM1*QC*1*M*J"),
            *("TRN*2*C1", "STC*A3:164:IL*20260309*U*180", "REF*1K*P9", "DTP*472*D8*20260302"),
            *("SVC*HC:90837*180", "STC*A7:453*20260309*U", "REF*FJ*L1"),
        ],
    ),
    "271": wrap(
        "271",
        [
            *("BHT*0022*11*Q7*20260309", "HL*1**20*1", "NM1*PR*2*P", "HL*2*1*21*1", "NM1*1P*1*O"),
            *("HL*3*2*22*1", "TRN*2*T*9", "NM1*IL*1*M*J****MI*X", "DMG*D8*19880704*F"),
            *("EB*1*IND*30**GOLD", "EB*B*IND*98^MH**27**25****Y*Y", "EB*A**MH*****.2", "MSG*A"),
            *("LS*2120", "NM1*P3*1*J", "LE*2120", "HL*4*3*23*0", "NM1*03*1*M*T", "AAA*N**75*C"),
        ],
    ),
    "TA1": b"".join(
        (
            wrap("999", [])[:107],
            b"TA1*000000050*260309*1200*R*025~\n",
            b"IEA*1*000000101~\n",
        )
    ),
}
GOOD_CLAIMS = write_837p(BATCH, interchange=ENVELOPE).encode("ascii")
_PIECES = (
    *(b"~", b"*", b":", b"^", b"\n", b"\r", b"\0", b"\x1a", b" ", b"ISA", b"IEA", b"ST*835*1~"),
    *(b"-", b".", b"9" * 30, b"\xff", b"\xef\xbb\xbf", b"CLP*", b"SVC*", b"CAS*CO*45*", b"SE*1*1~"),
    *(b"PLB*1*2*WO*", b"HL*9*9*22*1~", b"EB*1~", b"TRN*2*~", b"AK2*837*1~", b"PK\x03\x04"),
)
TODAY = date(2026, 3, 10)
OURS = Ours(frozenset({"1234567893"}))


def spoiled(data: bytes, dice: Random) -> bytes:
    """Return ``data`` with one to six things wrong with it."""
    for _ in range(dice.randint(1, 6)):
        data = _SPOILERS[dice.randrange(len(_SPOILERS))](data, dice)
    return data


def use(data: bytes) -> Iterator[str]:
    """Read ``data`` and do everything that is done with what was read; yield what was found."""
    for member in members(io.BytesIO(data), "x"):
        for item in read_whole(member.chunks):
            yield type(item).__name__
            if isinstance(item, Remittance):
                _use_remittance(item)
            elif isinstance(item, EligibilityAnswer):
                therapy_benefits(item)
            elif isinstance(item, Flaw):
                assert item.message.endswith(".")
                assert item.code
    try:
        for _, sentence in read_aloud(tokenize(decode(data))):
            assert sentence
    except NotX12:
        yield "not X12"


def judge(data: bytes) -> Iterator[str]:
    """Judge ``data`` as a file of claims and read it aloud; yield "fine" or the rules it breaks."""
    text = decode(data)
    problems = check_837p(text)
    for problem in problems:
        assert problem.message
        yield problem.code
    if not problems:
        yield "fine"
    try:
        for _, sentence in read_aloud(tokenize(text)):
            assert sentence
    except NotX12:
        yield "not X12"


def _use_remittance(found: Remittance) -> None:
    result = balance(found)
    assert len(result.claims) == len(found.claims)
    assert all(each.sentence() for each in result.differences)
    payment_suspicions(found.payment, today=TODAY, ours=OURS)
    for adjustment in found.provider_adjustments:
        assert kind_of(adjustment).label
    for each, differences in zip(found.claims, result.claims, strict=True):
        claim_suspicions(each, today=TODAY)
        decision = decide(each, next_payer=False)
        for line in each.lines:
            is_denied(line)
        if not differences:
            assert sum(share.amount_cents for share in decision.shares) == each.charge_cents
            if each.is_processed_here:
                assert decision.cents(Goes.PAID) == each.paid_cents
    pairing = pair(found.claims)
    assert len(pairing.in_posting_order()) + len(pairing.ambiguous) == len(found.claims)
    for one in pairing.pairs:
        left_standing([one.correction], one.reversal)
    if result.payment_ok:
        # What adds up adds up: nothing that cannot be read hides in the sums.
        paid = sum(each.paid_cents for each in found.claims)
        off = sum(each.amount_cents for each in found.provider_adjustments)
        assert paid - off == found.payment.amount_cents
        assert found.end.complete


def _change(data: bytes, dice: Random) -> bytes:
    if not data:
        return data
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _insert(data: bytes, dice: Random) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + dice.choice(_PIECES) + data[at:]


def _remove(data: bytes, dice: Random) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + data[at + dice.choice((1, 2, 5, 30)) :]


def _cut(data: bytes, dice: Random) -> bytes:
    return data[: dice.randint(0, len(data))] if dice.random() < 0.3 else data


def _segments(data: bytes, dice: Random) -> bytes:
    """Remove, repeat, move or exchange whole segments."""
    rows = data.split(b"~")
    first, second = dice.randrange(len(rows)), dice.randrange(len(rows))
    match dice.randrange(4):
        case 0:
            del rows[first]
        case 1:
            rows.insert(second, rows[first])
        case 2:
            rows.insert(second, rows.pop(first))
        case _:
            rows[first], rows[second] = rows[second], rows[first]
    return b"~".join(rows)


def _elements(data: bytes, dice: Random) -> bytes:
    """Empty, repeat or replace one element."""
    parts = data.split(b"*")
    at = dice.randrange(len(parts))
    parts[at] = dice.choice((b"", parts[at] * 2, b"-" + parts[at], b"TEN", dice.choice(_PIECES)))
    return b"*".join(parts)


def _other_file(data: bytes, dice: Random) -> bytes:
    """Let another file begin inside this one."""
    at = dice.randint(0, len(data))
    return data[:at] + dice.choice(list(GOOD.values())) + data[at:]


_SPOILERS = (_change, _insert, _remove, _cut, _segments, _segments, _elements, _other_file)
