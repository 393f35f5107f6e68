# SPDX-License-Identifier: MIT
"""The preview shows the file's own pages, prints and saves them, and leaves nothing behind."""

from __future__ import annotations

import io
import stat
import threading

import pytest
from accessibility import assert_accessible
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from reportlab.pdfgen.canvas import Canvas

from mediyn_desktop.ui.preview import PdfPreview


def pdf(pages: int = 3) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    for number in range(pages):
        canvas.setFillColorRGB(*((1, 0, 0), (0, 1, 0), (0, 0, 1))[number % 3])
        canvas.rect(100, 500, 300, 200, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def preview(qtbot):
    made = PdfPreview()
    qtbot.addWidget(made)
    made.resize(700, 600)
    made.show()
    return made


@pytest.fixture
def shown(preview, qtbot):
    with qtbot.waitSignal(preview.page_shown) as seen:
        preview.show_document(pdf(), "superbill.pdf")
    assert seen.args == [1, 3]
    return preview


def colour(preview: PdfPreview) -> tuple[int, int, int]:
    """The colour in the middle of the filled box, whose centre lies at (250, 192) points."""
    picture = preview._paper.pixmap().toImage()
    scale = picture.width() / 612
    pixel = picture.pixelColor(int(250 * scale), int(192 * scale))
    return pixel.red(), pixel.green(), pixel.blue()


def test_pages_are_drawn_as_they_are_in_the_file(shown, qtbot):
    assert colour(shown) == (255, 0, 0)
    with qtbot.waitSignal(shown.page_shown):
        shown._next.click()
    assert colour(shown) == (0, 255, 0)
    with qtbot.waitSignal(shown.page_shown):
        shown.go_to(2)
    assert colour(shown) == (0, 0, 255)
    assert not shown._next.isEnabled()
    shown.go_to(3)
    assert shown.page == 2


def test_page_keys_turn_the_page_at_the_end_of_the_view(shown, qtbot):
    bar = shown._area.verticalScrollBar()
    bar.setValue(bar.maximum())
    with qtbot.waitSignal(shown.page_shown) as seen:
        qtbot.keyClick(shown._area, Qt.Key.Key_PageDown)
    assert seen.args == [2, 3]
    with qtbot.waitSignal(shown.page_shown) as seen:
        qtbot.keyClick(shown._area, Qt.Key.Key_PageUp)
    assert seen.args == [1, 3]


def test_zoom_changes_the_picture_and_fit_follows_the_window(shown, qtbot):
    fitted = shown._paper.pixmap().width()
    assert fitted <= shown._area.viewport().width()
    with qtbot.waitSignal(shown.page_shown):
        qtbot.keyClick(shown._area, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert shown._paper.pixmap().width() > fitted
    with qtbot.waitSignal(shown.page_shown):
        shown.fit_width()
    with qtbot.waitSignal(shown.page_shown):
        shown.resize(500, 600)
    assert shown._paper.pixmap().width() < fitted


def test_all_previews_share_one_thread_that_ends_with_the_last(qtbot):
    def workers() -> list[str]:
        return [t.name for t in threading.enumerate() if t.name.startswith("pdf")]

    views = [PdfPreview() for _ in range(3)]
    for view in views:
        qtbot.addWidget(view)
        with qtbot.waitSignal(view.page_shown):
            view.show_document(pdf(1), "a.pdf")
    assert workers() == ["pdf-0"]
    views[0].close_document()
    views[1].close_document()
    assert workers() == ["pdf-0"]
    views[2].close()
    assert workers() == []
    views[2].close_document()


def test_a_preview_that_is_deleted_lets_its_thread_go(qtbot):
    import shiboken6

    view = PdfPreview()
    with qtbot.waitSignal(view.page_shown):
        view.show_document(pdf(1), "a.pdf")
    view.go_to(0)
    shiboken6.delete(view)
    assert not [t for t in threading.enumerate() if t.name.startswith("pdf")]


def test_what_is_no_pdf_is_said(preview, qtbot):
    with qtbot.waitSignal(preview.failed) as seen:
        preview.show_document(b"not a pdf at all", "x.pdf")
    assert "cannot be shown" in seen.args[0]
    assert not preview._print.isEnabled()


def test_another_document_replaces_the_first(shown, qtbot):
    with qtbot.waitSignal(shown.page_shown) as seen:
        shown.show_document(pdf(1), "b.pdf")
    assert seen.args == [1, 1]


def test_saving_writes_the_same_bytes_for_oneself(shown, tmp_path):
    target = tmp_path / "superbill.pdf"
    assert shown.save_to(target)
    assert target.read_bytes() == pdf()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["superbill.pdf"]


def test_a_place_that_cannot_be_written_is_said(shown, qtbot, tmp_path):
    with qtbot.waitSignal(shown.failed) as seen:
        assert not shown.save_to(tmp_path / "missing" / "a.pdf")
    assert "not saved" in seen.args[0]


def test_printing_sends_every_page(shown, qtbot, tmp_path):
    target = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printer.setResolution(150)
    with qtbot.waitSignal(shown.printed):
        shown.print_to(printer)
    printed = PdfReader(target)
    assert len(printed.pages) == 3
    assert printer.docName() == "Document"


def test_the_preview_is_accessible(shown):
    assert_accessible(shown)
    assert shown._paper.accessibleName() == "Page 1 of 3"
