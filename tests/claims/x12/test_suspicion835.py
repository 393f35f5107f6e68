# SPDX-License-Identifier: MIT
from __future__ import annotations

from datetime import date

import pytest
from answer_samples import CLAIM, claim, codes, only_claim, remit, remittance, whole

from mediyn_desktop.claims.x12.model835 import Remittance
from mediyn_desktop.claims.x12.suspicion835 import Ours, claim_suspicions, payment_suspicions

TODAY = date(2026, 3, 10)
OURS = Ours(frozenset({"1234567893"}), frozenset({"123456789"}))
GOOD = remit(CLAIM, paid="64.00")


def suspicions(data: bytes, ours: Ours = OURS, *, production: bool = True) -> list[str]:
    payment = remittance(data).payment
    return codes(payment_suspicions(payment, today=TODAY, ours=ours, production=production))


def test_a_payment_for_us_in_dollars_and_of_this_week_is_not_odd() -> None:
    assert suspicions(GOOD) == []
    assert claim_suspicions(remittance(GOOD).claims[0], today=TODAY) == ()


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        (Ours(frozenset({"1234567893"}), frozenset()), []),
        (Ours(frozenset(), frozenset({"123456789"})), []),
        (Ours(frozenset({"1558598797"}), frozenset({"987654321"})), ["wrong-receiver"]),
    ],
)
def test_one_of_our_numbers_is_enough(ours: Ours, expected: list[str]) -> None:
    assert suspicions(GOOD, ours) == expected


def test_a_payment_that_names_nobody_is_only_noted() -> None:
    data = GOOD.replace(b"*XX*1234567893", b"").replace(b"REF*TJ*123456789~\n", b"")
    flaws = payment_suspicions(remittance(data).payment, today=TODAY, ours=OURS)
    assert [(each.code, each.blocks) for each in flaws] == [("receiver-not-named", False)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"*20260310~", b"*20260310~", None),
        (b"*20260310~", b"*20260324~", None),
        (b"*20260310~", b"*20260325~", "future-dated"),
        (b"*PRACTICE*20260309", b"*PRACTICE*20270309", "future-dated"),
        (b"BPR*I*64.00*C", b"BPR*I*-64.00*C", "negative-payment"),
        (b"BPR*I*64.00*C", b"BPR*I*64.00*D", "negative-payment"),
        (b"TRN*1", b"CUR*PR*CAD~\nTRN*1", "other-currency"),
        (b"TRN*1", b"CUR*PR*USD~\nTRN*1", None),
        (b"*0*P*:", b"*0*T*:", "test-file"),
    ],
)
def test_what_should_not_be_posted_by_itself_is_named(
    old: bytes, new: bytes, code: str | None
) -> None:
    data = GOOD.replace(old, new)
    (payment,) = (each.payment for each in whole(data) if isinstance(each, Remittance))
    found = payment_suspicions(payment, today=TODAY, ours=OURS)
    assert codes(found) == ([code] if code else [])
    assert all(each.blocks == (each.code != "test-file") for each in found)
    assert all(each.message.endswith(".") for each in found)


def test_a_test_file_is_fine_while_testing() -> None:
    assert suspicions(GOOD.replace(b"*0*P*:", b"*0*T*:"), production=False) == []


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("SVC*HC:90837*180*180", "22", "reversal-not-negative"),
        ("SVC*HC:90837*-180*-180", "22", None),
        ("SVC*HC:90837*-180*-180", "1", "negative-claim"),
    ],
)
def test_signs_that_do_not_fit_the_status_are_named(
    line: str, status: str, code: str | None
) -> None:
    segments = claim(line, status=status)
    found = claim_suspicions(only_claim(*segments, paid=segments[0].split("*")[4]), today=TODAY)
    assert codes(found) == ([code] if code else [])


def test_a_service_that_has_not_happened_yet_is_named() -> None:
    found = only_claim(*claim("SVC*HC:90837*1*1", "DTM*472*20260311"), paid="1.00")
    assert codes(claim_suspicions(found, today=TODAY)) == ["future-dated"]
    assert claim_suspicions(found, today=date(2026, 3, 11)) == ()
