# SPDX-License-Identifier: MIT
"""Session kinds and minutes become codes exactly at the published boundaries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.codes import cpt
from mediyn_desktop.codes.cpt import Coded, NotBillable, code_session, face_to_face_minutes
from mediyn_desktop.codes.vocabulary import SessionKind

minutes_of_a_day = st.integers(min_value=0, max_value=600)
kinds = st.sampled_from(SessionKind)


def brief(result: Coded | NotBillable) -> str | None:
    """Return ``90839 + 90840x2`` or None, the way the boundary table is written."""
    if isinstance(result, NotBillable):
        return None
    assert result.units == 1
    if result.add_on is None:
        assert result.add_on_units == 0
        return result.code
    return f"{result.code} + {result.add_on}x{result.add_on_units}"


# minutes, individual, family (with and without the client alike), crisis
BOUNDARIES = [
    (0, None, False, None),
    (1, None, False, None),
    (15, None, False, None),
    (16, "90832", False, "90832"),
    (25, "90832", False, "90832"),
    (26, "90832", True, "90832"),
    (29, "90832", True, "90832"),
    (30, "90832", True, "90839"),
    (37, "90832", True, "90839"),
    (38, "90834", True, "90839"),
    (50, "90834", True, "90839"),
    (52, "90834", True, "90839"),
    (53, "90837", True, "90839"),
    (55, "90837", True, "90839"),
    (74, "90837", True, "90839"),
    (75, "90837", True, "90839 + 90840x1"),
    (104, "90837", True, "90839 + 90840x1"),
    (105, "90837", True, "90839 + 90840x2"),
    (120, "90837", True, "90839 + 90840x2"),
    (134, "90837", True, "90839 + 90840x2"),
    (135, "90837", True, "90839 + 90840x3"),
]


@pytest.mark.parametrize(("minutes", "individual", "family", "crisis"), BOUNDARIES)
def test_every_boundary_gives_the_published_code(minutes, individual, family, crisis):
    assert brief(code_session(SessionKind.INDIVIDUAL, minutes)) == individual
    assert brief(code_session(SessionKind.CRISIS, minutes)) == crisis
    with_client = brief(code_session(SessionKind.FAMILY_WITH_CLIENT, minutes))
    without_client = brief(code_session(SessionKind.FAMILY_WITHOUT_CLIENT, minutes))
    assert with_client == ("90847" if family else None)
    assert without_client == ("90846" if family else None)


@pytest.mark.parametrize(
    ("kind", "code"), [(SessionKind.INTAKE, "90791"), (SessionKind.GROUP, "90853")]
)
def test_untimed_work_is_billable_from_its_first_minute(kind, code):
    assert code_session(kind, 1) == Coded(code)
    assert code_session(kind, 90) == Coded(code)
    refused = code_session(kind, 0)
    assert isinstance(refused, NotBillable)
    assert refused.code == "no-minutes"


@pytest.mark.parametrize(
    ("kind", "minutes", "code"),
    [
        (SessionKind.INDIVIDUAL, 15, "under-16-minutes"),
        (SessionKind.CRISIS, 15, "under-16-minutes"),
        (SessionKind.FAMILY_WITH_CLIENT, 25, "under-26-minutes"),
        (SessionKind.FAMILY_WITHOUT_CLIENT, 25, "under-26-minutes"),
    ],
)
def test_a_refusal_carries_a_stable_code_and_a_sentence(kind, minutes, code):
    refused = code_session(kind, minutes)
    assert isinstance(refused, NotBillable)
    assert refused.code == code
    assert refused.message.endswith(".")


def test_short_family_work_points_to_individual_only_when_the_client_was_there():
    def message(kind: SessionKind, minutes: int) -> str:
        refused = code_session(kind, minutes)
        assert isinstance(refused, NotBillable)
        return refused.message

    assert "individual" in message(SessionKind.FAMILY_WITH_CLIENT, 16)
    assert "individual" not in message(SessionKind.FAMILY_WITH_CLIENT, 15)
    assert "individual" not in message(SessionKind.FAMILY_WITHOUT_CLIENT, 20)


def test_a_long_individual_session_says_that_the_extra_time_has_no_code():
    short = code_session(SessionKind.INDIVIDUAL, 75)
    long = code_session(SessionKind.INDIVIDUAL, 104)
    assert isinstance(short, Coded)
    assert isinstance(long, Coded)
    assert short.notice is None
    assert long.notice is not None
    assert "no code" in long.notice


def test_short_crisis_work_says_why_it_is_coded_as_individual():
    coded = code_session(SessionKind.CRISIS, 20)
    assert isinstance(coded, Coded)
    assert coded.notice == "Under 30 minutes, crisis work is billed as individual therapy."
    close = code_session(SessionKind.CRISIS, 29)
    assert isinstance(close, Coded)
    assert close.notice is not None
    assert close.notice.startswith(coded.notice)
    assert "29 minutes is close" in close.notice


@given(kinds, minutes_of_a_day)
def test_near_boundary_means_that_two_minutes_would_change_the_code(kind, minutes):
    coded = code_session(kind, minutes)
    if isinstance(coded, NotBillable) or kind in (SessionKind.INTAKE, SessionKind.GROUP):
        return
    around = {
        brief(code_session(kind, minutes - 2)),
        brief(coded),
        brief(code_session(kind, minutes + 2)),
    }
    assert coded.near_boundary == (len(around) > 1)
    if coded.near_boundary:
        assert coded.notice is not None
        assert f"{minutes} minutes is close" in coded.notice


@given(kinds, minutes_of_a_day)
def test_every_session_is_either_coded_or_explained(kind, minutes):
    result = code_session(kind, minutes)
    if isinstance(result, NotBillable):
        assert result.message.endswith(".")
        return
    assert cpt.is_cpt_shape(result.code)
    assert result.units == 1
    assert (result.add_on is None) == (result.add_on_units == 0)
    assert not cpt.label(result.code).startswith("Service")


@given(kinds, minutes_of_a_day, minutes_of_a_day)
def test_more_minutes_never_give_less(kind, one, other):
    fewer, more = (code_session(kind, minutes) for minutes in sorted((one, other)))
    if isinstance(fewer, NotBillable):
        return
    assert isinstance(more, Coded)
    # Within a family of codes, a higher number is the longer service.
    assert (fewer.code, fewer.add_on_units) <= (more.code, more.add_on_units)


def test_negative_minutes_are_a_bug_and_raise():
    with pytest.raises(ValueError, match="-1"):
        code_session(SessionKind.INTAKE, -1)


START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "pause", "minutes"),
    [
        (timedelta(minutes=52, seconds=59), 0, 52),
        (timedelta(minutes=53), 0, 53),
        (timedelta(minutes=60), 8, 52),
        (timedelta(seconds=59), 0, 0),
        (timedelta(minutes=10), 20, 0),
    ],
)
def test_minutes_are_floored_and_breaks_taken_off(length, pause, minutes):
    assert face_to_face_minutes(START, START + length, pause) == minutes


def test_a_session_across_the_autumn_clock_change_counts_real_time():
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 11, 1, 0, 30, tzinfo=zone)
    end = datetime(2026, 11, 1, 1, 20, fold=1, tzinfo=zone)
    assert face_to_face_minutes(start, end) == 110


def test_a_session_across_midnight_counts_on():
    start = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert face_to_face_minutes(start, datetime(2026, 11, 21, 0, 20, tzinfo=UTC)) == 50


@pytest.mark.parametrize(
    ("start", "end", "pause"),
    [
        (START, START, 0),
        (START, START - timedelta(minutes=1), 0),
        (START.replace(tzinfo=None), START, 0),
        (START, (START + timedelta(hours=1)).replace(tzinfo=None), 0),
        (START, START + timedelta(hours=1), -5),
    ],
)
def test_times_that_make_no_session_raise(start, end, pause):
    with pytest.raises(ValueError):
        face_to_face_minutes(start, end, pause)


@pytest.mark.parametrize("code", ["90837", "G0560", "H0004", "0001U", "0362T"])
def test_codes_of_every_family_have_the_shape(code):
    assert cpt.is_cpt_shape(code)
    assert cpt.is_fee_key(code)


@pytest.mark.parametrize(
    "text", ["", "9083", "908370", "9083a", "g0560", " 90837", "GG056", "٩0837"]
)
def test_other_texts_have_not(text):
    assert not cpt.is_cpt_shape(text)
    assert not cpt.is_fee_key(text)


def test_fees_without_a_code_have_their_own_keys():
    for key in (cpt.LATE_CANCEL, cpt.NO_SHOW):
        assert cpt.is_fee_key(key)
        assert not cpt.is_cpt_shape(key)
        assert not cpt.label(key).startswith("Service")


def test_an_unknown_code_is_named_by_itself():
    assert cpt.label("99999") == "Service 99999"
