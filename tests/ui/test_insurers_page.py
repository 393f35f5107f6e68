# SPDX-License-Identifier: MIT
"""Insurers: what is entered, what their claims are checked for, and their enrollments."""

from __future__ import annotations

import pytest
from accessibility import assert_accessible
from claims_desk import form, shown
from desk import context, opened, write
from PySide6.QtCore import Qt
from sqlalchemy import select

import world
from mediyn_desktop.claims.payer_list import payer_views
from mediyn_desktop.claims.x12.scrub.payers import RULES
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.ui.screens.claims.insurers import EnrollmentDialog
from mediyn_desktop.ui.screens.claims.payer_form import PayerDialog


@pytest.fixture
def insured(store):
    """Two insurers, one of them Medicaid."""
    with store.write("t") as uow:
        world.practice(uow)
        for number in (1, 2):
            owner = world.client(uow, f"c{number}", payment_type="in_network")
            world.coverage(uow, owner)
        rows = uow.session.scalars(select(Payer).order_by(Payer.id)).all()
        rows[0].name, rows[0].payer_id = "Alpha Health", "11111"
        rows[1].name, rows[1].payer_id, rows[1].claim_filing_code = "State Plan", "22222", "MC"
    return store


@pytest.fixture
def page(qtbot, ops, insured, doors):
    screen = shown(qtbot, ops, context(insured, ops), "Insurers")
    qtbot.waitUntil(lambda: screen.insurers.model.rowCount() == 2)
    screen.take_focus()
    yield screen.insurers
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def rules(page) -> dict[str, tuple[str, str]]:
    model = page.rules
    return {
        model.index(row, 0).data(): (model.index(row, 1).data(), model.index(row, 2).data())
        for row in range(model.rowCount())
    }


def payer(store, name: str) -> Payer:
    with store.read() as read:
        return read.session.scalars(select(Payer).where(Payer.name == name)).one()


def test_each_rule_is_shown_with_where_it_comes_from(qtbot, page):
    page.table.selectRow(1)
    found = rules(page)
    assert found["Taxonomy code"][0] == "Needed"
    assert found["Taxonomy code"][1].startswith("Medicaid:")  # the kind of plan asks it
    assert found["Fee for a missed session"][0].startswith("Medicaid does not allow")
    assert_accessible(page.window())


def test_every_check_about_insurers_has_its_line(insured):
    with insured.read() as read:
        shown = {rule.rule for view in payer_views(read) for rule in view.rules if rule.rule}
    assert shown == {rule.id for rule in RULES}


def test_everything_the_engine_asks_is_changed_in_one_form(qtbot, page, insured):
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    dialog = form(qtbot, page, PayerDialog)
    assert_accessible(dialog)
    write(qtbot, dialog.lines["payer_id"], "abc99")
    write(qtbot, dialog.days["timely_filing_days"], "90")
    write(qtbot, dialog.lines["timely_filing_source"], "Manual, page 12")
    write(qtbot, dialog.as_of, "11/20/2026")
    write(qtbot, dialog.days["expected_payment_days"], "21")
    for name, value in (
        ("telehealth_modifier", "GT"),
        ("telehealth_place", "any"),
        ("takes_replacements", False),
        ("missed_fee_allowed", False),
    ):
        box = dialog.choices[name]
        box.setCurrentIndex(box.findData(value))
    for tick in dialog.ticks.values():
        tick.setFocus()
        qtbot.keyClick(tick, Qt.Key.Key_Space)
    write(qtbot, dialog.lines["zip"], "78701-1234")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(page, PayerDialog))
    row = payer(insured, "Alpha Health")
    assert (row.payer_id, row.timely_filing_days, row.expected_payment_days) == ("ABC99", 90, 21)
    assert (row.telehealth_modifier, row.takes_replacements, row.missed_fee_allowed) == (
        "GT",
        False,
        False,
    )
    assert row.telehealth_place == "any"
    assert row.always_rendering
    assert row.needs_taxonomy
    assert row.needs_group_number
    assert row.needs_authorization
    assert row.packages_allowed
    assert row.zip == "787011234"
    qtbot.waitUntil(
        lambda: (
            rules(page)["Filing limit"]
            == ("90 days from the date of service", "Manual, page 12, looked up on Nov 20, 2026")
        )
    )


def test_a_payer_id_that_another_insurer_has_is_refused_and_nothing_is_changed(
    qtbot, page, insured
):
    page.change()
    dialog = form(qtbot, page, PayerDialog)
    write(qtbot, dialog.lines["payer_id"], "22222")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "State Plan has this payer id already" in dialog.problem)
    dialog.reject()
    assert payer(insured, "Alpha Health").payer_id == "11111"


def test_what_cannot_be_says_so_before_it_is_saved(qtbot, page):
    page.change()
    dialog = form(qtbot, page, PayerDialog)
    write(qtbot, dialog.lines["state"], "Texas")
    assert "is not a state" in dialog.problem
    assert not dialog.save.isEnabled()
    write(qtbot, dialog.lines["state"], "tx")
    assert dialog.save.isEnabled()
    dialog.reject()


def test_an_insurer_is_added(qtbot, page, insured):
    page.add_button.click()
    dialog = form(qtbot, page, PayerDialog)
    write(qtbot, dialog.lines["name"], "Beta Mutual")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    assert payer(insured, "Beta Mutual").ref.startswith("payer-")
    assert "missing" in "\n".join(
        line for view in [page.model.row_at(1)] for line in [view.facts.payer_id or "missing"]
    )


def test_an_enrollment_is_noted_in_the_checklist(qtbot, page):
    page.checklist.setFocus()
    qtbot.keyClick(page.checklist, Qt.Key.Key_Return)
    dialog = form(qtbot, page, EnrollmentDialog)
    assert_accessible(dialog)
    dialog.state.setCurrentIndex(dialog.state.findData("sent"))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.insurers.row_at(0).state == "sent")
    assert page.context.shell.said[-1] == "Noted"
