# SPDX-License-Identifier: MIT
"""What is typed in a hurry is understood, and what is not is said beside the field."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QWidget

from mediyn_desktop.ui.widgets.date_edit import DateEdit
from mediyn_desktop.ui.widgets.date_words import DateError, parse_date
from mediyn_desktop.ui.widgets.form_field import FormField
from mediyn_desktop.ui.widgets.money_edit import MoneyEdit
from mediyn_desktop.ui.widgets.search_field import SearchField

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("t", TODAY),
        ("Today", TODAY),
        ("y", date(2026, 11, 22)),
        ("-1", date(2026, 11, 22)),
        ("+7", date(2026, 11, 30)),
        ("11/10", date(2026, 11, 10)),
        ("3/10", date(2027, 3, 10)),
        ("6/1", date(2026, 6, 1)),
        ("1/2/26", date(2026, 1, 2)),
        ("1-2-2025", date(2025, 1, 2)),
        (" 2026-03-10 ", date(2026, 3, 10)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_dates_are_understood(typed, meant):
    today = date(2027, 12, 1) if typed == "2/29" else TODAY
    assert parse_date(typed, today) == meant


def test_a_month_and_day_mean_the_nearest_one():
    assert parse_date("12/30", date(2027, 1, 3)) == date(2026, 12, 30)
    assert parse_date("1/3", date(2026, 12, 30)) == date(2027, 1, 3)


@pytest.mark.parametrize("typed", ["13/1", "2/30", "soon", "3", "2026-13-01", "2/30/26", "-99999"])
def test_what_is_no_date_is_said_with_a_way_to_write_one(typed):
    with pytest.raises(DateError, match=r"3/10"):
        parse_date(typed, TODAY)


def type_into(qtbot, field: QWidget, text: str) -> None:
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    qtbot.keyClicks(field, text)


@pytest.mark.parametrize(
    ("typed", "cents", "shown"),
    [
        ("175", 17500, "175.00"),
        ("175.5", 17550, "175.50"),
        ("1,200", 120000, "1,200.00"),
        ("$95", 9500, "95.00"),
        ("", None, ""),
    ],
)
def test_amounts_are_understood_and_written_out_on_leaving(qtbot, typed, cents, shown):
    field = MoneyEdit("Amount")
    type_into(qtbot, field, typed)
    assert field.cents() == cents
    assert field.check()
    assert field.text() == shown


@pytest.mark.parametrize("typed", ["12.345", "1,20", "abc", "-5", "99999999999999"])
def test_a_wrong_amount_stays_as_typed_with_a_sentence(qtbot, typed):
    field = MoneyEdit("Amount")
    type_into(qtbot, field, typed)
    assert field.cents() is None
    assert not field.problem
    assert not field.check()
    assert field.text() == typed
    assert field.problem.endswith(".")
    assert field.property("invalid") == "true"


def test_a_negative_amount_is_fine_where_allowed(qtbot):
    field = MoneyEdit("Adjustment", negative=True)
    type_into(qtbot, field, "-20")
    assert field.cents() == -2000


def test_a_problem_goes_away_while_it_is_mended(qtbot):
    field = MoneyEdit("Amount")
    type_into(qtbot, field, "12.345")
    field.check()
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.problem == ""
    assert field.cents() == 1234


def test_a_needed_field_that_is_blank_says_so(qtbot):
    field = MoneyEdit("Amount", required=True)
    qtbot.addWidget(field)
    assert not field.check()
    assert field.problem == "This is needed."


def test_values_are_told_as_they_change(qtbot):
    field, seen = MoneyEdit("Amount"), []
    field.value_changed.connect(seen.append)
    type_into(qtbot, field, "17")
    field.set_value(500)
    assert seen == [100, 1700, 500]
    assert field.text() == "5.00"


def test_a_date_field_writes_the_year_and_steps_by_days(qtbot):
    field = DateEdit(lambda: TODAY, "Date of service")
    type_into(qtbot, field, "-1")
    assert field.date() == date(2026, 11, 22)
    field.check()
    assert field.text() == "11/22/2026"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.date() == date(2026, 11, 24)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.date() == date(2026, 11, 23)


def test_an_empty_date_field_starts_at_today(qtbot):
    field = DateEdit(lambda: TODAY, "Date of service")
    qtbot.addWidget(field)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.date() == TODAY


def test_a_form_field_names_its_editor_and_shows_its_problem(qtbot):
    editor = MoneyEdit()
    form = FormField("Fee & tax", editor)
    qtbot.addWidget(form)
    face = QAccessible.queryAccessibleInterface(editor)
    assert face.text(QAccessible.Text.Name) == "Fee & tax"
    editor.setText("x")
    editor.check()
    assert "not an amount" in form.problem
    assert face.text(QAccessible.Text.Description) == form.problem


def test_a_search_waits_for_a_pause_and_runs_once(qtbot):
    field, seen = SearchField("Find a client"), []
    field.searched.connect(seen.append)
    type_into(qtbot, field, "mor")
    assert seen == []
    qtbot.waitUntil(lambda: seen == ["mor"])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert seen == ["mor"]


def test_enter_searches_at_once_and_escape_clears(qtbot):
    field, seen = SearchField("Find a client"), []
    field.searched.connect(seen.append)
    type_into(qtbot, field, "ok")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert seen == ["ok", ""]
    assert isinstance(field, QLineEdit)
