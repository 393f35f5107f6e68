# SPDX-License-Identifier: MIT
"""The agreement of a payment plan: what is owed, when it is paid, the terms, room to sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mediyn_desktop.documents.plan_agreement import render_plan_agreement
from mediyn_desktop.documents.plan_agreement_data import PlanAgreementData, PlanLine, terms

DATA = PlanAgreementData(
    reference="plan-7k2m9q4tbx1c",
    agreed_on=date(2026, 11, 23),
    practice_name="Quiet Harbor <b>",
    practice_address=("1280 Shattuck Avenue", "Berkeley, CA 94709"),
    practice_phone="(510) 555-0142",
    client_name="Škvorecký & O’Neil",
    amount_cents=10000,
    day_of_month=31,
    owed=(PlanLine(date(2026, 10, 5), 15000), PlanLine(date(2026, 10, 12), 12345)),
    installments=(
        PlanLine(date(2026, 12, 31), 10000),
        PlanLine(date(2027, 1, 31), 10000),
        PlanLine(date(2027, 2, 28), 7345),
    ),
    card="Visa ending 4242",
)


def test_it_says_what_is_owed_when_it_is_paid_and_from_what(pages):
    (text,) = pages(render_plan_agreement(DATA))
    for words in (
        "Payment plan", "Quiet Harbor <b>", "Škvorecký & O’Neil", "November 23, 2026", "$273.45",
        "10/05/2026", "150.00", "10/12/2026", "123.45", "12/31/2026", "02/28/2027", "73.45",
        "Visa ending 4242", "annual percentage rate of 0%", "its last day instead",
        "For the practice", "plan-7k2m9q4tbx1c", "Page 1 of 1",
    ):  # fmt: skip
        assert words in " ".join(text.split())


def test_without_a_card_none_is_authorized(pages):
    text = " ".join(pages(render_plan_agreement(replace(DATA, card="")))[0].split())
    assert "authorize" not in text
    assert "No card is charged for it." in text


def test_a_day_every_month_has_needs_no_word_about_short_months():
    said = dict(terms(replace(DATA, day_of_month=28)))
    assert "last day instead" not in said["Installments"]


def test_a_long_plan_runs_over_pages_and_names_every_installment(pages):
    months = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(120)]
    owed = tuple(PlanLine(date(2026, 1, 1 + n % 28), 400) for n in range(60))
    long = replace(DATA, owed=owed, installments=tuple(PlanLine(month, 200) for month in months))
    read = pages(render_plan_agreement(long))
    assert len(read) > 1
    text = "\n".join(read)
    assert all(month.strftime("%m/%d/%Y") in text for month in months)
    assert "For the practice" in read[-1]


def test_same_agreement_same_bytes():
    assert render_plan_agreement(DATA) == render_plan_agreement(DATA)


def test_installments_that_do_not_come_to_what_is_owed_are_not_printed():
    with pytest.raises(ValueError, match="come to what is owed"):
        render_plan_agreement(replace(DATA, installments=DATA.installments[:-1]))
