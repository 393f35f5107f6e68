# SPDX-License-Identifier: MIT
"""Tables page through long lists, speak their rows and obey the keyboard."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.ui.models.paged import PAGE, PagedTableModel
from mediyn_desktop.ui.models.record_model import STATUS_ROLE, Column, status_column
from mediyn_desktop.ui.models.rows import RowsModel
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.theme.tokens import ROW, Tone
from mediyn_desktop.ui.widgets.empty_state import EmptyState
from mediyn_desktop.ui.widgets.table import RecordTable

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


@dataclass(frozen=True)
class Charge:
    id: int
    client: str
    fee_cents: int
    status: Status


COLUMNS = (
    Column("Client", lambda c: c.client, sort_key="client"),
    Column("Fee", lambda c: format_cents(c.fee_cents), "right", width=110, sort_key="fee"),
    status_column("Status", lambda c: c.status, width=120),
)


def charge(i: int, client: str | None = None) -> Charge:
    return Charge(i, client or f"Client {i}", 100 * i, Status("Paid", Tone.OK))


class Reader:
    """Stands in for ``ops.read``: answers at once, or when told to."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.at_once = at_once
        self.waiting: list = []
        self.asked: list[tuple] = []
        self.names: dict[int, str] = {}

    def fetch(self, _session, ids):
        self.asked.append(tuple(ids))
        return [charge(i, self.names.get(i)) for i in reversed(ids)]

    def read(self, work, done, *, failed=None):
        if self.at_once:
            done(work(None))
        else:
            self.waiting.append((work, done))

    def answer(self, which: int = 0) -> None:
        work, done = self.waiting.pop(which)
        done(work(None))


def paged(reader: Reader, count: int) -> PagedTableModel:
    model = PagedTableModel(COLUMNS, lambda c: c.id, reader.fetch, reader.read)
    model.set_ids(range(count))
    return model


def text(model, row: int, column: int = 0):
    return model.data(model.index(row, column))


def test_only_the_pages_looked_at_are_fetched():
    reader = Reader()
    model = paged(reader, 100_000)
    assert model.rowCount() == 100_000
    assert text(model, 50_123) == "Client 50123"
    assert reader.asked == [tuple(range(50_000, 50_000 + PAGE))]
    assert text(model, 50_000) == "Client 50000"
    assert len(reader.asked) == 1


def test_old_pages_are_let_go():
    reader = Reader()
    model = paged(reader, 100_000)
    for page in range(40):
        text(model, page * PAGE)
    assert len(model._pages) == 16
    text(model, 39 * PAGE)
    assert len(reader.asked) == 40
    text(model, 0)
    assert len(reader.asked) == 41


def test_a_row_is_blank_until_it_arrives_and_is_asked_for_once():
    reader = Reader(at_once=False)
    model = paged(reader, 300)
    changed = []
    model.dataChanged.connect(lambda a, b: changed.append((a.row(), b.row())))
    assert text(model, 0) is None
    assert model.data(model.index(0, 0), SPOKEN) == "Loading"
    assert text(model, 1) is None
    assert len(reader.waiting) == 1
    reader.answer()
    assert changed == [(0, PAGE - 1)]
    assert text(model, 0) == "Client 0"


def test_an_answer_to_an_older_list_is_ignored():
    reader = Reader(at_once=False)
    model = paged(reader, 300)
    text(model, 0)
    model.set_ids(range(1000, 1010))
    text(model, 0)
    reader.answer(1)
    reader.answer(0)
    assert text(model, 0) == "Client 1000"


def test_refresh_keeps_the_old_text_until_the_new_arrives():
    reader = Reader()
    model = paged(reader, 300)
    text(model, 7)
    reader.at_once = False
    reader.names[7] = "Renamed"
    changed = []
    model.dataChanged.connect(lambda a, b: changed.append((a.row(), b.row())))
    model.refresh([7, 123_456])
    assert changed == [(7, 7)]
    assert text(model, 7) == "Client 7"
    reader.answer()
    assert text(model, 7) == "Renamed"


def test_a_newer_answer_is_not_overwritten_by_an_older_one():
    reader = Reader(at_once=False)
    model = paged(reader, 10)
    text(model, 3)
    old_work, old_done = reader.waiting.pop()
    old = old_work(None)
    reader.names[3] = "New"
    model.refresh([3])
    text(model, 3)
    reader.answer()
    old_done(old)
    assert text(model, 3) == "New"


def test_refreshing_everything_fetches_what_is_shown():
    reader = Reader()
    model = paged(reader, 300)
    text(model, 0)
    reader.names[0] = "Renamed"
    model.refresh()
    assert text(model, 0) == "Renamed"


def test_a_row_that_is_gone_stays_blank():
    reader = Reader()
    model = PagedTableModel(
        COLUMNS, lambda c: c.id, lambda _s, ids: [charge(i) for i in ids if i != 1], reader.read
    )
    model.set_ids([0, 1, 2])
    assert [text(model, row) for row in range(3)] == ["Client 0", None, "Client 2"]


def test_a_page_that_failed_is_not_asked_for_in_a_loop():
    calls = []
    model = PagedTableModel(
        COLUMNS, lambda c: c.id, lambda _s, ids: [], lambda work, done, failed=None: calls.append(1)
    )
    model.set_ids([1])
    for _ in range(5):
        text(model, 0)
    assert calls == [1]
    model.refresh()
    text(model, 0)
    assert calls == [1, 1]


def test_the_first_cell_speaks_the_whole_row():
    model = RowsModel(COLUMNS, lambda c: c.id, [charge(3, "A. Moreno")])
    assert model.data(model.index(0, 0), SPOKEN) == "A. Moreno, $3.00, Paid"
    assert model.data(model.index(0, 1), SPOKEN) == "$3.00"
    assert model.data(model.index(0, 2), STATUS_ROLE) == Status("Paid", Tone.OK)


@pytest.mark.parametrize("make", [lambda: paged(Reader(), 450), None])
def test_models_keep_qts_contract(make):
    model = make() if make else RowsModel(COLUMNS, lambda c: c.id, [charge(i) for i in range(9)])
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    if make:
        model.set_ids(range(7))
    else:
        model.set_rows([charge(1)])


def test_updating_a_row_repaints_that_row_only():
    model = RowsModel(COLUMNS, lambda c: c.id, [charge(i) for i in range(5)])
    changed = []
    model.dataChanged.connect(lambda a, b: changed.append((a.row(), b.row())))
    model.update(charge(3, "New"))
    model.update(charge(99))
    assert changed == [(3, 3)]
    assert text(model, 3) == "New"


@pytest.fixture
def table(qtbot):
    model = RowsModel(COLUMNS, lambda c: c.id, [charge(i) for i in range(50)])
    made = RecordTable("Charges", model)
    qtbot.addWidget(made)
    made.resize(640, 400)
    made.show()
    return made


def test_rows_are_36_pixels_and_text_lines_up_with_its_header(table):
    assert table.rowHeight(0) == ROW == 36
    assert table.accessibleName() == "Charges"

    def ink_left(image, top, bottom):
        ground = image.pixelColor(6, (top + bottom) // 2)
        for x in range(6, 60):
            for y in range(top, bottom):
                pixel = image.pixelColor(x, y)
                if abs(pixel.lightness() - ground.lightness()) > 100:
                    return x
        raise AssertionError("no text found")

    image = table.grab().toImage()
    head = table.horizontalHeader().height()
    title = ink_left(image, 8, head - 6)
    cell = ink_left(image, head + ROW + 8, head + 2 * ROW - 6)
    assert abs(title - cell) <= 1


def test_an_amount_is_drawn_whole_where_its_column_is_a_little_too_narrow(qtbot):
    def amount(width: int):
        fee = Column("Fee", lambda c: format_cents(c.fee_cents), "right", width=width)
        model = RowsModel((COLUMNS[0], fee), lambda c: c.id, [charge(12345)])
        made = RecordTable("Charges", model)
        qtbot.addWidget(made)
        made.resize(400, 120)
        made.show()
        cell = made.visualRect(model.index(0, 1))
        return made.viewport().grab().toImage().copy(cell.right() - 79, cell.top(), 80, ROW)

    assert amount(90) == amount(160)  # 12,345.00 dollars, and room for their letters alone


def test_enter_and_double_click_open_the_record(table, qtbot):
    opened = []
    table.opened.connect(opened.append)
    table.select_id(7)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    at = table.visualRect(table.model().index(7, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened == [7, 7]


def test_home_and_end_go_to_the_first_and_last_record(table, qtbot):
    current = []
    table.current_changed.connect(current.append)
    table.select_id(5)
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert table.current_id() == 49
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert table.selected_ids() == [0]
    assert current == [5, 49, 0]


def test_control_f_goes_to_the_search_field_and_down_comes_back(table, qtbot):
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setAccessibleName("Search")
    field.show()
    table.link_search(field)
    field.activateWindow()
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert table.window() is not field.window()
    assert field.selectedText() == field.text()
    qtbot.keyClick(field, Qt.Key.Key_Down)
    table.activateWindow()
    qtbot.waitUntil(table.hasFocus)


def test_a_letter_does_not_search_the_whole_list(qtbot):
    reader = Reader()
    made = RecordTable("Charges", paged(reader, 100_000))
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.select_id(0)
    before = len(reader.asked)
    qtbot.keyClick(made, Qt.Key.Key_Z)
    assert len(reader.asked) == before


def test_jumping_through_100000_rows_fetches_only_what_is_seen(qtbot):
    reader = Reader()
    made = RecordTable("Charges", paged(reader, 100_000))
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.scrollTo(made.model().index(99_999, 0))
    made.grab()
    assert len(reader.asked) <= 3


def test_the_current_record_survives_a_new_order(table):
    table.select_id(7)
    table.records.set_rows([charge(i) for i in (40, 7, 3)])
    assert table.current_id() == 7
    assert table.currentIndex().row() == 1
    gone = []
    table.current_changed.connect(gone.append)
    table.records.set_rows([charge(1)])
    assert gone == [None]


def test_clicking_a_header_asks_for_sql_to_sort(table, qtbot):
    asked = []
    table.records.sort_requested.connect(lambda key, down: asked.append((key, down)))
    header = table.horizontalHeader()
    for column in (1, 1, 2):
        at = QPoint(header.sectionViewportPosition(column) + 20, 15)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked == [("fee", False), ("fee", True)]
    assert text(table.records, 0) == "Client 0"


def test_an_empty_table_says_so(table):
    table.set_empty(EmptyState("ledger", "No charges yet"))
    empty = table.findChild(EmptyState)
    assert empty.isHidden()
    table.records.set_rows([])
    assert empty.isVisible()
    assert empty.size() == table.viewport().size()


def test_several_records_can_be_chosen_where_allowed(qtbot):
    model = RowsModel(COLUMNS, lambda c: c.id, [charge(i) for i in range(9)])
    made = RecordTable("Charges", model, multi=True)
    qtbot.addWidget(made)
    made.select_id(2)
    qtbot.keyClick(made, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert made.selected_ids() == list(range(2, 9))
