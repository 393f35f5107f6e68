# SPDX-License-Identifier: MIT
"""The deposit slip: every payment once, cash and checks summed apart, and one total."""

from __future__ import annotations

from datetime import date

from mediyn_desktop.documents.deposit_slip import render_deposit_slip
from mediyn_desktop.documents.deposit_slip_data import DepositSlipData, SlipLine, slip_text

DAY = date(2026, 11, 23)


def slip(*lines: SlipLine) -> DepositSlipData:
    return DepositSlipData(DAY, "Quiet Harbor <b>", "dep-1", lines)


LINES = (
    SlipLine("Škvorecký, Zoë", "cash", date(2026, 11, 20), "", 4000),
    SlipLine("A & B", "check", date(2026, 11, 21), "No. 77", 12345),
    SlipLine("O'Neil, Ana", "check", date(2026, 11, 22), "=1+1", 100),
)


def test_cash_and_checks_stand_apart_with_their_sums_and_the_total(pages):
    (text,) = pages(render_deposit_slip(slip(*LINES)))
    for words in (
        "Deposit slip", "Quiet Harbor <b>", "November 23, 2026", "3 payments", "Cash (1)",
        "Škvorecký, Zoë", "Checks (2)", "No. 77", "A & B", "123.45", "$124.45", "$164.45",
        "Page 1 of 1",
    ):  # fmt: skip
        assert words in text
    order = ["Cash in all", "A & B", "Checks in all", "Deposit in all"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_a_part_without_payments_is_left_out(pages):
    (text,) = pages(render_deposit_slip(slip(LINES[0])))
    assert "Checks" not in text
    assert "1 payment" in text


def test_a_long_slip_runs_over_pages_and_ends_with_its_total(pages):
    many = tuple(SlipLine(f"Client {n}", "check", DAY, f"{n}", 100) for n in range(80))
    read = pages(render_deposit_slip(slip(*many)))
    assert len(read) == 3
    assert sum(text.count("Client ") for text in read) == 80
    assert all("Checks (80)" in text for text in read[:2])
    assert "$80.00" in read[-1]


def test_same_slip_same_bytes():
    assert render_deposit_slip(slip(*LINES)) == render_deposit_slip(slip(*LINES))


def test_the_text_is_one_payment_a_line_and_no_formula():
    rows = slip_text(slip(*LINES)).splitlines()
    assert rows[0] == "Deposit\t11/23/2026\tQuiet Harbor <b>"
    assert rows[2] == "Check\t11/21/2026\tNo. 77\tA & B\t123.45"
    assert rows[3].split("\t")[2] == "'=1+1"
    assert rows[-1] == "Total\t\t\t\t164.45"
