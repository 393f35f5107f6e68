# SPDX-License-Identifier: MIT
"""The day on paper: what needs a person comes first, and no session is lost."""

from __future__ import annotations

from datetime import date

from mediyn_desktop.documents.day_report import (
    DayException,
    DayReportData,
    DaySession,
    DeclinedCard,
    RoadTotal,
    render_day_report,
)

DAY = DayReportData(
    date(2026, 11, 23),
    "Quiet Harbor <b>",
    (RoadTotal("Cards charged", 4, 62500), RoadTotal("Superbills printed", 2)),
    (
        DaySession("Zoë Škvorecký", "90834", 15000, "Card", "Paid", "9:00 AM"),
        DaySession("A & B", "90837", 17500, "Claim", "Queued"),
    ),
    (DayException("Ana O'Neil", "No diagnosis is recorded.", "Open the client and add one."),),
    (DeclinedCard("Jo Park", 7500, "insufficient funds", "We try again tomorrow."),),
    "7:42 PM",
)


def test_everything_is_on_the_page_and_exceptions_come_before_figures(pages):
    (text,) = pages(render_day_report(DAY))
    for words in (
        "Quiet Harbor <b>", "November 23, 2026", "Monday · closed 7:42 PM", "$625.00",
        "Zoë Škvorecký", "A & B", "90837", "175.00", "Claim", "Queued", "$325.00",
        "Card declined for $75.00: insufficient funds", "We try again tomorrow.", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text
    order = ["Ana O'Neil", "Jo Park", "Cards charged", "Zoë Škvorecký"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_a_quiet_day_says_that_nothing_is_left(pages):
    quiet = DayReportData(date(2026, 11, 23), "Quiet Harbor", (), ())
    assert "Nothing. The day is settled." in pages(render_day_report(quiet))[0]


def test_a_long_day_runs_over_pages_with_its_heading(pages):
    sessions = tuple(DaySession(f"Client {n}", "90834", 100, "Card", "Paid") for n in range(90))
    read = pages(render_day_report(DayReportData(DAY.day, "Quiet Harbor", (), sessions)))
    assert len(read) == 3
    assert all("Outcome" in text for text in read)
    assert sum(text.count("90834") for text in read) == 90
    assert "90834" in read[-1].split("Total")[0]


def test_a_full_day_with_much_to_do_is_still_one_page(pages):
    sessions = tuple(
        DaySession(f"Client {n}", "90839 + 90840", 100, "Card", "Paid", "12:30 PM")
        for n in range(12)
    )
    problems = tuple(
        DayException(f"Client {n}", "The card was declined for $185.00. The bank gives no reason.",
                     "Ask the client for another card.")
        for n in range(9)
    )  # fmt: skip
    (text,) = pages(
        render_day_report(DayReportData(DAY.day, "Quiet Harbor", (), sessions, problems))
    )
    assert text.count("90839 + 90840") == 12
    assert text.count("Ask the client for another card.") == 9


def test_the_same_day_is_the_same_bytes():
    assert render_day_report(DAY) == render_day_report(DAY)
