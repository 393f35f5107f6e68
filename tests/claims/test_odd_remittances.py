# SPDX-License-Identifier: MIT
"""Legal and odd: what payers may write in an 835 is posted to the cent, or held with its reason.

Each file is written by hand. ``moved`` is the whole difference in the ledger, in cents, beside the
settled receivable, which is checked against it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from claims.raw835 import PAYEE, Delimiters, interchange, payment
from claims.test_posting import Practice
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.answers import FileReport, take_and_act
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.unposting import undo_payment
from mediyn_desktop.ledger.periods import close_period
from mediyn_desktop.store.uow import Store

OFF, BANK, DUE = "Income:Contractual", "Assets:Bank", "Liabilities:PayerDue:blue"
USUAL = {BANK: 12000, OFF: 6000}
Files = Callable[[list[str]], list[bytes]]


def clp(
    number: str,
    *inside: str,
    paid: str = "120",
    charge: str = "180",
    status: str = "1",
    own: str = "ICN1",
    cas: tuple[str, ...] = ("CAS*CO*45*60",),
) -> list[str]:
    """One answer about the one line of a claim; ``inside`` stands between CLP and SVC."""
    return [
        f"CLP*{number}*{status}*{charge}*{paid}**12*{own}*11*1",
        *inside,
        f"SVC*HC:90837*{charge}*{paid}**1",
        "DTM*472*20261116",
        *cas,
    ]


def one(*body: str, amount: str = "120", **how: str) -> list[bytes]:
    return [interchange(payment("LX*1", *body, amount=amount, **how))]


def plb(*pairs: str) -> str:
    return f"PLB*{PAYEE}*20261231*" + "*".join(pairs)


@dataclass(frozen=True)
class Case:
    """Files, and what comes of the last one: codes by answer, the ledger, what waits, the state."""

    name: str
    files: Files
    moved: dict[str, int]
    codes: tuple[str, ...] = ("",)
    tasks: tuple[tuple[str, str, int], ...] = ()
    state: ClaimState = ClaimState.PAID


def back(number: str) -> list[str]:
    """The reversal of the usual answer."""
    return clp(number, status="22", charge="-180", paid="-120", cas=("CAS*CO*45*-60",))


def odd_line(number: str, *segments: str, paid: str, **how: str) -> list[bytes]:
    return one(f"CLP*{number}*1*180*{paid}**12*ICN1*11*1", *segments, amount=paid, **how)


def using(*delimiters: str) -> Files:
    made = Delimiters(*delimiters)
    return lambda n: [interchange(payment("LX*1", *clp(n[0]), amount="120"), using=made)]


TALKATIVE = (
    "NM1*QC*1*SAMPLE*ANA****MI*XYZ123456", "NM1*74*1******C*NEWID",
    "NM1*82*1*REYES*DANA****XX*1234567893", "MIA*0***MA18****************MA01",
    "MOA*0.5*0*MA01*N130*MA18***", "REF*1L*GROUP", "REF*CE*PPO", "DTM*050*20261118",
    "DTM*036*20261231", "DTM*232*20261116", "DTM*233*20261116", "PER*CX**TE*8005550111",
    "AMT*AU*120", "AMT*D8*1", "AMT*F5*20", "QTY*CA*1",
)  # fmt: skip

CASES = [
    Case("pipes and no line ends", using("|", ">", "!", "\n", ""), USUAL),
    Case("control characters", using("\x1d", "\x1f", "\x1e", "\x1c", ""), USUAL),
    Case("line ends of Windows", using("*", ":", "^", "~", "\r\n"), USUAL),
    Case(
        "two groups in one interchange",
        lambda n: [
            interchange(
                payment("LX*1", *clp(n[0]), amount="120"),
                payment("LX*1", *clp(n[1]), amount="120", trace="EFT2"),
                groups=2,
            )
        ],
        {BANK: 24000, OFF: 12000},
        codes=("", ""),
    ),
    Case(
        "two interchanges in one file",
        lambda n: [
            interchange(payment("LX*1", *clp(n[0]), amount="120"))
            + interchange(payment("LX*1", *clp(n[1]), amount="120", trace="EFT2"), control=2)
        ],
        {BANK: 24000, OFF: 12000},
        codes=("", ""),
    ),
    Case(
        "the same payment twice in one file",
        lambda n: [interchange(*[payment("LX*1", *clp(n[0]), amount="120")] * 2)],
        USUAL,
    ),
    Case("a heading without claims", lambda n: one("LX*2", *clp(n[0])), USUAL),
    Case(
        "no heading at all",
        lambda n: [interchange(payment(*clp(n[0]), amount="120"))],
        USUAL,
    ),
    Case(
        "a provider's summary",
        lambda n: one("TS3*1234567893*11*20261231*1*180", *clp(n[0])),
        USUAL,
    ),
    Case(
        "no lines, decided as a whole",
        lambda n: one(f"CLP*{n[0]}*1*180*120**12*ICN1*11*1", "CAS*CO*45*60"),
        USUAL,
    ),
    Case(
        "six reasons in one segment",
        lambda n: one(
            *clp(n[0], paid="60", cas=("CAS*CO*45*60*1*253*11**131*9**B10*20**97*10**16*10",)),
            amount="60",
        ),
        {BANK: 6000, OFF: 7100},
        codes=("waits",),
        tasks=(
            ("part", "131", 900),
            ("part", "B10", 2000),
            ("part", "97", 1000),
            ("part", "16", 1000),
        ),
        state=ClaimState.PARTLY_PAID,
    ),
    Case(
        "six reasons, ten dollars short",
        lambda n: one(
            *clp(n[0], paid="60", cas=("CAS*CO*45*60*1*253*1**131*9**B10*20**97*10**16*10",)),
            amount="60",
        ),
        {BANK: 6000, DUE: -6000},
        codes=("out-of-balance",),
        tasks=(("held", "", 6000),),
        state=ClaimState.SENT,
    ),
    Case(
        "paid above the fee",
        lambda n: one(
            *clp(n[0], paid="119.60", cas=("CAS*CO*45*60**253*2.4**144*-2",)), amount="119.60"
        ),
        {BANK: 11960, OFF: 6040},
    ),
    Case(
        "a reason that cancels out",
        lambda n: one(*clp(n[0], cas=("CAS*CO*45*60**97*10**97*-10",))),
        USUAL,
    ),
    Case(
        "paid above the charge",
        lambda n: one(*clp(n[0], paid="200", cas=("CAS*OA*94*-20",)), amount="200"),
        {BANK: 20000, DUE: -20000},
        codes=("more-than-open",),
        tasks=(("held", "", 20000),),
        state=ClaimState.SENT,
    ),
    Case(
        "a copay given back without a reversal",
        lambda n: one(*clp(n[0], paid="145", cas=("CAS*CO*45*60", "CAS*PR*3*-25")), amount="145"),
        {BANK: 14500, DUE: -14500},
        codes=("negative",),
        tasks=(("held", "", 14500),),
        state=ClaimState.SENT,
    ),
    Case(
        "every kind of money beside the claims",
        lambda n: one(
            *clp(n[0]),
            plb("WO:ABC", "10", "FB", "-5", "72:X", "1", "L6", "-2", "AM:L", "3", "J1", "4"),
            plb("CS:Q", "6"),
            amount="103",
        ),
        {BANK: 10300, OFF: 6000, DUE: 1900, "Income:Interest": -200},
        tasks=(
            ("taken_back", "WO", 1000),
            ("taken_back", "72", 100),
            ("adjustment", "AM", 300),
            ("adjustment", "J1", 400),
            ("adjustment", "CS", 600),
        ),
    ),
    Case(
        "no claims and no money, only a balance carried",
        lambda _: [interchange(payment(plb("WO:ABC", "10", "FB:EFT0", "-10"), amount="0"))],
        {},
        codes=(),
        tasks=(("taken_back", "WO", 1000),),
        state=ClaimState.SENT,
    ),
    Case(
        "more taken back than paid",
        lambda n: one(*clp(n[0]), plb("WO:ABC", "200", "FB:NEXT", "-80"), amount="0"),
        {OFF: 6000, DUE: 12000},
        tasks=(("taken_back", "WO", 20000),),
    ),
    Case(
        "a payment below zero",
        lambda n: one(*clp(n[0]), plb("WO:OLD", "300"), amount="-180"),
        {},
        codes=("payment-held",),
        tasks=(("payment_held", "", -18000),),
        state=ClaimState.SENT,
    ),
    Case(
        "announced, then taken in the same payment",
        lambda n: one(*clp(n[0]), plb("WO:OLD", "-30", "WO:OLD", "30")),
        USUAL,
    ),
    Case(
        "a balance pushed on and applied in the next payment",
        lambda n: [
            *one(*clp(n[0]), plb("FB:NEXT", "20"), amount="100"),
            interchange(
                payment("LX*1", *clp(n[1]), plb("FB:PREV", "-20"), amount="140", trace="EFT2"),
                control=2,
            ),
        ],
        {BANK: 24000, OFF: 12000},
    ),
    Case(
        "interest, said beside the claim and paid beside it",
        lambda n: one(*clp(n[0], "AMT*I*3.37"), plb("L6:ICN1", "-3.37"), amount="123.37"),
        {BANK: 12337, OFF: 6000, "Income:Interest": -337},
    ),
    Case(
        "a flat fee per member",
        lambda n: one(
            *clp(n[0], paid="0", cas=("CAS*CO*24*180",)), plb("CT:NOV", "-500"), amount="500"
        ),
        {BANK: 50000, DUE: -50000},
        codes=("waits",),
        tasks=(("denied", "24", 18000), ("adjustment", "CT", -50000)),
        state=ClaimState.DENIED,
    ),
    Case(
        "paid and passed on to an insurer that is not on file",
        lambda n: one(
            *clp(
                n[0],
                "NM1*TT*2*OTHER PLAN*****PI*77",
                status="19",
                paid="100",
                cas=("CAS*CO*45*60", "CAS*PR*2*20"),
            ),
            amount="100",
        ),
        {BANK: 10000, OFF: 6000},
        tasks=(("coverage", "", 2000),),
    ),
    Case(
        "passed on without a decision",
        lambda n: one(*clp(n[0], status="23", paid="0", cas=("CAS*OA*23*180",)), amount="0"),
        {},
        state=ClaimState.CROSSED_OVER,
    ),
    Case(
        "foretold",
        lambda n: one(*clp(n[0], status="25", paid="0", cas=("CAS*OA*101*180",)), amount="0"),
        {},
        state=ClaimState.SENT,
    ),
    Case(
        "another insurer's part where none is known",
        lambda n: one(*clp(n[0], status="2", paid="16", cas=("CAS*OA*23*164",)), amount="16"),
        {BANK: 1600},
        codes=("waits",),
        tasks=(("part", "23", 16400),),
        state=ClaimState.PARTLY_PAID,
    ),
    Case(
        "taken back and corrected in one payment without money",
        lambda n: [
            *one(*clp(n[0])),
            interchange(
                payment(
                    "LX*1",
                    *clp(n[0], paid="100", cas=("CAS*CO*45*60", "CAS*PR*2*20")),  # first, even so
                    *back(n[0]),
                    plb("FB:A", "-20"),
                    amount="0",
                    trace="EFT2",
                ),
                control=2,
            ),
        ],
        {BANK: 12000, OFF: 6000, DUE: -2000, "Assets:Receivable:Client:c0": 2000},
        codes=("", ""),
    ),
    Case(
        "taken back in one file, corrected in the next",
        lambda n: [
            *one(*clp(n[0])),
            interchange(
                payment("LX*1", *back(n[0]), *clp(n[1], own="I2"), amount="0", trace="EFT2"),
                control=2,
            ),
            interchange(
                payment(
                    "LX*1", *clp(n[0], paid="130", cas=("CAS*CO*45*50",)), amount="130", trace="E3"
                ),
                control=3,
            ),
        ],
        {BANK: 25000, OFF: 11000},
    ),
    Case(
        "a reversal whose signs were not turned",
        lambda n: [
            *one(*clp(n[0])),
            interchange(
                payment("LX*1", *clp(n[0], status="22"), amount="120", trace="EFT2"), control=2
            ),
        ],
        {BANK: 24000, OFF: 6000, DUE: -12000},
        codes=("reversal-not-negative",),
        tasks=(("held", "", 12000),),
    ),
    Case(
        "paid as another service",
        lambda n: odd_line(n[0], "SVC*HC:90834*180*100**1*HC:90837", "CAS*CO*45*80", paid="100"),
        {BANK: 10000, OFF: 8000},
    ),
    Case(
        "fewer units than were billed",
        lambda n: odd_line(
            n[0], "SVC*HC:90837*180*90**1**2", "CAS*CO*45*30*1", "CAS*CO*222*60*1", paid="90"
        ),
        {BANK: 9000, OFF: 3000},
        codes=("waits",),
        tasks=(("part", "222", 6000),),
        state=ClaimState.PARTLY_PAID,
    ),
    Case(
        "one line in two",
        lambda n: odd_line(
            n[0],
            "SVC*HC:90837*100*70**1",
            "CAS*CO*45*30",
            f"REF*6R*{n[0]}L1",
            "SVC*HC:90837*80*50**1",
            "CAS*CO*45*30",
            f"REF*6R*{n[0]}L1",
            paid="120",
        ),
        USUAL,
    ),
    Case(
        "bundled, with a line of nothing",
        lambda n: odd_line(
            n[0],
            "SVC*HC:90837*180*120**1",
            "CAS*CO*45*60",
            "SVC*HC:90785*0*0**1*HC:90837",
            "CAS*OA*97*0",
            paid="120",
        ),
        USUAL,
    ),
    Case(
        "no number of the payer, no units, no dates",
        lambda n: one(f"CLP*{n[0]}*1*180*120", "SVC*HC:90837*180*120", "CAS*CO*45*60"),
        USUAL,
    ),
    Case(
        "a deductible of the claim as a whole",
        lambda n: one(
            f"CLP*{n[0]}*1*180*90*30*12*ICN1*11*1",
            "CAS*PR*1*30",
            "SVC*HC:90837*180*120**1",
            "CAS*CO*45*60",
            amount="90",
        ),
        {BANK: 9000, OFF: 6000, "Assets:Receivable:Client:c0": 3000},
    ),
    Case(
        "the same claim paid twice in one payment",
        lambda n: one(*clp(n[0]), *clp(n[0], own="ICN2"), amount="240"),
        {BANK: 24000, OFF: 6000, DUE: -12000},
        codes=("", "already-decided"),
        tasks=(("held", "", 12000),),
    ),
    Case(
        "everything that may be said, said",
        lambda n: one(
            *clp(n[0], *TALKATIVE),
            f"REF*6R*{n[0]}L1",
            "REF*LU*11",
            "AMT*B6*120",
            "QTY*ZL*1",
            "LQ*HE*N130",
            "LQ*HE*M15",
        ),
        USUAL,
    ),
    Case(
        "amounts with plus, point and three decimals",
        lambda n: one(
            *clp(n[0], charge="180.", paid="+120.00", cas=("CAS*CO*45*60.000",)), amount="120.0"
        ),
        USUAL,
    ),
    Case(
        "above the agreed fee, said to be the client's",
        lambda n: one(*clp(n[0], cas=("CAS*PR*45*60",))),
        {BANK: 12000},
        codes=("waits",),
        tasks=(("part", "45", 6000),),
        state=ClaimState.PARTLY_PAID,
    ),
    Case(
        "sequestration in cents",
        lambda n: one(*clp(n[0], paid="117.61", cas=("CAS*CO*45*60*1*253*2.39",)), amount="117.61"),
        {BANK: 11761, OFF: 6239},
    ),
    Case(
        "somebody else's claim",
        lambda _: one(*clp("X999")),
        {BANK: 12000, DUE: -12000},
        codes=("unmatched",),
        tasks=(("held", "", 12000),),
        state=ClaimState.SENT,
    ),
    Case(
        "it breaks off before its end",
        lambda n: [one(*clp(n[0]))[0].partition(b"SE*")[0]],
        {},
        codes=("payment-held",),
        tasks=(("payment_held", "", 12000),),
        state=ClaimState.SENT,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_it_is_posted_to_the_cent_or_held_with_its_reason(
    store: Store, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    practice = Practice(store)
    monkeypatch.setattr("mediyn_desktop.claims.posting._UNKNOWN_PAYER", "blue")
    numbers = [practice.claim(f"c{place}") for place in range(3)]
    before = practice.balances()
    report = FileReport("", "")
    for place, content in enumerate(case.files(numbers), start=1):
        report = take_and_act(store, content, f"{place}.835")
    after = practice.balances()
    moved = {
        name: after.get(name, 0) - before.get(name, 0)
        for name in {*before, *after}
        if after.get(name, 0) != before.get(name, 0)
    }
    settled = {name: cents for name, cents in moved.items() if "Receivable:Payer" in name}
    assert {name: cents for name, cents in moved.items() if name not in settled} == case.moved
    assert sum(settled.values()) == -sum(case.moved.values())
    assert tuple(one.code for one in report.claims) == case.codes
    assert tuple(practice.tasks()) == case.tasks
    assert practice.state(numbers[0]) == case.state
    for answer in report.claims:
        assert answer.code in ("", "waits") or len(answer.reason or "") > 20


def test_a_payment_after_a_refusal_is_taken_back_by_its_own_amounts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    practice = Practice(store)
    number = practice.claim()
    before = practice.balances()
    refused = one(*clp(number, paid="0", cas=("CAS*CO*16*180",)), amount="0")
    paid = [interchange(payment("LX*1", *clp(number), amount="120", trace="E2"), control=2)]
    taken = [
        interchange(
            payment("LX*1", *back(number), plb("FB:N", "-120"), amount="0", trace="E3"), control=3
        )
    ]
    for place, content in enumerate((*refused, *paid), start=1):
        take_and_act(store, content, f"{place}.835")
    posted = practice.balances()
    report = take_and_act(store, taken[0], "3.835")
    assert [(each.status, each.code) for each in report.claims] == [("reversed", "")]
    after = practice.balances()
    assert after == before | {BANK: 12000, "Liabilities:PayerDue:p-c1": -12000}
    with store.write("t") as uow:
        undo_payment(uow, 3)
    assert practice.balances() == posted
    assert practice.state(number) == ClaimState.PAID


def test_a_payment_of_a_closed_month_is_posted_and_taken_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    practice = Practice(store)
    number = practice.claim()
    before = practice.balances()
    with store.write("t") as uow:
        close_period(uow, date(2026, 11, 1), date(2026, 11, 20))
    report = take_and_act(store, one(*clp(number))[0], "1.835")
    assert report.status == "posted"
    assert practice.balances()[BANK] == 12000
    with store.write("t") as uow:
        undo_payment(uow, 1)
    assert practice.balances() == before


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("20", []),
        ("", []),
        ("0", []),
        ("35", ["the client owes $35.00, and its reasons come to $20.00. The reasons count."]),
    ],
)
def test_what_the_payer_says_the_client_owes_is_told_and_its_reasons_are_posted(
    store: Store, monkeypatch: pytest.MonkeyPatch, stated: str, told: list[str]
) -> None:
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    practice = Practice(store)
    number = practice.claim()
    lines = clp(number, paid="100", cas=("CAS*CO*45*60", "CAS*PR*2*20"))
    lines[0] = lines[0].replace("*100**12", f"*100*{stated}*12")
    report = take_and_act(store, one(*lines, amount="100")[0], "1.835")
    assert [one.partition("says that ")[2] for one in report.flaws] == told
    assert practice.balances()["Assets:Receivable:Client:c1"] == 2000
