# SPDX-License-Identifier: MIT
"""Where the client was becomes a place of service and a telehealth modifier."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediyn_desktop.codes import places
from mediyn_desktop.codes.places import line_problems, modifiers_for, pos_for
from mediyn_desktop.codes.vocabulary import Place

# place, place of service, modifiers without a rule or with 95, with GT, with none
COMBINATIONS = [
    (Place.OFFICE, "11", (), (), ()),
    (Place.VIDEO_HOME, "10", ("95",), ("GT",), ()),
    (Place.VIDEO_OTHER, "02", ("95",), ("GT",), ()),
    (Place.AUDIO_HOME, "10", ("93",), ("93",), ()),
    (Place.HOME_VISIT, "12", (), (), ()),
]


@pytest.mark.parametrize(("place", "pos", "usual", "older", "bare"), COMBINATIONS)
def test_every_place_under_every_payer_rule(place, pos, usual, older, bare):
    assert pos_for(place) == pos
    assert modifiers_for(place) == usual
    assert modifiers_for(place, None) == usual
    assert modifiers_for(place, "95") == usual
    assert modifiers_for(place, "GT") == older
    assert modifiers_for(place, "none") == bare


def test_the_combinations_leave_no_place_out():
    assert {row[0] for row in COMBINATIONS} == set(Place)


@pytest.mark.parametrize("rule", ["", "93", "gt", "None"])
def test_an_unknown_rule_raises_instead_of_guessing(rule):
    with pytest.raises(ValueError, match="telehealth rule"):
        modifiers_for(Place.OFFICE, rule)


@given(st.sampled_from(Place), st.sampled_from([None, *places.PAYER_RULES]))
def test_what_is_coded_never_contradicts_itself(place, rule):
    assert line_problems(pos_for(place), modifiers_for(place, rule), rule) == ()


@pytest.mark.parametrize(
    ("pos", "modifiers", "rule", "words"),
    [
        ("10", (), None, "needs 95, GT or 93"),
        ("02", ("HO",), "95", "needs 95, GT or 93"),
        ("11", ("95",), None, "in person"),
        ("12", ("93",), None, "in person"),
        ("10", ("93", "95"), None, "not both"),
        ("10", ("FQ", "GT"), None, "not both"),
        ("10", ("95", "GT"), None, "both mark video"),
        ("11", ("HO", "HO"), None, "twice"),
        ("11", ("HO", "59", "U1", "HJ", "AJ"), None, "at most four"),
        ("11", ("ho",), None, "not a modifier"),
        ("11", ("595",), None, "not a modifier"),
    ],
)
def test_a_line_that_a_payer_would_return_is_explained(pos, modifiers, rule, words):
    problems = line_problems(pos, modifiers, rule)
    assert len(problems) == 1
    assert words in problems[0]


def test_a_payer_without_telehealth_modifiers_gets_none_and_no_complaint():
    assert line_problems("10", (), "none") == ()


def test_labels_name_what_we_know_and_admit_what_we_do_not():
    assert places.pos_label("10") == "Telehealth, client at home"
    assert places.pos_label("77") == "Place 77"
    assert places.is_known_pos("02")
    assert not places.is_known_pos("2")
    assert places.modifier_label("93") == "Live audio only"
    assert places.modifier_label("U9") == "State-defined U9"
    assert places.modifier_label("ZZ") == "Modifier ZZ"
    assert places.is_known_modifier("UD")
    assert not places.is_known_modifier("UE")
    assert all(places.is_known_modifier(m) for m in ("95", "GT", "93", "59", "HJ", "HQ"))
