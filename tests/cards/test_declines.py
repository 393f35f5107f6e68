# SPDX-License-Identifier: MIT
"""A bank's no: when it is asked again, and when never."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mediyn_desktop.cards.declines import MOST_RETRIES, WITHIN, Refusal, kind_of, retry_day

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "error", "advice", "kind"),
    [
        ("insufficient_funds", "card_declined", None, Refusal.SOFT),
        ("generic_decline", "card_declined", None, Refusal.SOFT),
        ("processing_error", "processing_error", None, Refusal.SOFT),
        ("lost_card", "card_declined", None, Refusal.HARD),
        ("stolen_card", "card_declined", None, Refusal.HARD),
        ("expired_card", "expired_card", None, Refusal.HARD),
        ("incorrect_cvc", "incorrect_cvc", None, Refusal.HARD),
        ("fraudulent", "card_declined", None, Refusal.HARD),
        ("a_code_nobody_knows", "card_declined", None, Refusal.HARD),
        (None, None, None, Refusal.HARD),
        ("authentication_required", "authentication_required", None, Refusal.CLIENT),
        ("authentication_required", "card_declined", "try_again_later", Refusal.CLIENT),
        ("insufficient_funds", "card_declined", "do_not_try_again", Refusal.HARD),
        ("do_not_honor", "card_declined", "confirm_card_data", Refusal.HARD),
        ("a_code_nobody_knows", "card_declined", "try_again_later", Refusal.SOFT),
    ],
)
def test_what_a_no_means(code, error, advice, kind) -> None:
    assert kind_of(code, error_code=error, advice=advice) is kind


def test_a_soft_no_is_asked_again_the_next_day_three_times_within_two_weeks() -> None:
    days = [
        retry_day(Refusal.SOFT, declines=times, first=DAY, today=DAY + timedelta(days=times - 1))
        for times in range(1, MOST_RETRIES + 2)
    ]
    assert days == [DAY + timedelta(days=1), DAY + timedelta(days=2), DAY + timedelta(days=3), None]


@pytest.mark.parametrize("kind", [Refusal.HARD, Refusal.CLIENT])
def test_nothing_else_is_asked_again_by_itself(kind: Refusal) -> None:
    assert retry_day(kind, declines=1, first=DAY, today=DAY) is None


def test_after_two_weeks_it_is_over() -> None:
    last = DAY + WITHIN - timedelta(days=1)
    assert retry_day(Refusal.SOFT, declines=2, first=DAY, today=last) == DAY + WITHIN
    assert retry_day(Refusal.SOFT, declines=2, first=DAY, today=DAY + WITHIN) is None
