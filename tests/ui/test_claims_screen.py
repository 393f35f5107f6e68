# SPDX-License-Identifier: MIT
"""Claims on screen: found, followed through what happened, and acted upon by keyboard."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from accessibility import assert_accessible
from claims_desk import form as form_of
from claims_desk import paid, shown
from desk import context, opened, write
from pypdf import PdfReader
from PySide6.QtCore import Qt
from sqlalchemy import select

from claims.remittances import Clp, era
from claims.test_posting import BILLED, Practice
from mediyn_desktop.claims import silence, submission
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.mail_tables import ClaimTransmission
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimSubmission
from mediyn_desktop.practice.tables import Coverage
from mediyn_desktop.ui.preview_dialog import PreviewDialog
from mediyn_desktop.ui.screens.claims import ClaimsScreen
from mediyn_desktop.ui.screens.claims.file_dialog import FileDialog
from mediyn_desktop.ui.screens.claims.outcomes_dialog import OutcomesDialog
from mediyn_desktop.ui.screens.claims.papers import LetterDialog
from mediyn_desktop.ui.screens.claims.rehearsal import RehearsalDialog
from mediyn_desktop.ui.screens.claims.remittances import TakeBackDialog
from mediyn_desktop.ui.screens.claims.verb_dialog import VerbDialog
from mediyn_desktop.ui.screens.claims.way_dialogs import SettleFileDialog, StepsDialog

CLIENT, STATE, INSURER, AMOUNT, LEFT = 0, 2, 3, 4, 5


def denied(number: str, group: str = "CO", reason: str = "29") -> Clp:
    return Clp(number, BILLED, 0, [(group, reason, BILLED)], status="4")


def answer(practice: Practice, *claims: Clp, trace: str = "EFT1", control: int = 1) -> None:
    """Take in a remittance as the program does, and act on it."""
    content = era(*claims, trace=trace, control=control)
    take_and_act(practice.store, content, f"{trace}.835")


@pytest.fixture
def practice(store, monkeypatch) -> Practice:
    """A practice; the guide's slow checker looks at claims elsewhere."""
    monkeypatch.setattr(submission, "check_837p", lambda *_: [])
    return Practice(store)


@pytest.fixture
def numbers(practice) -> list[str]:
    """Three claims: c1 denied for lateness, c2 sent with ten days for filing, c3 paid."""
    made = [practice.claim(f"c{index}") for index in (1, 2, 3)]
    answer(practice, denied(made[0]), paid(made[2], payer_number="ICN3"))
    with practice.store.write("t") as uow:
        claim = uow.session.scalars(select(Claim).where(Claim.control_number == made[1])).one()
        uow.session.get_one(Coverage, claim.coverage_id).payer.timely_filing_days = 10
    return made


@pytest.fixture
def screen(qtbot, ops, practice, numbers, doors):
    """The screen, with its first claim chosen."""
    made = shown(qtbot, ops, context(practice.store, ops))
    qtbot.waitUntil(lambda: made.all.panel.story is not None)
    yield made
    qtbot.waitUntil(lambda: not ops.pending())
    assert doors.bugs == []
    assert doors.errors == []


def listed(screen: ClaimsScreen) -> list[str]:
    model = screen.all.model
    return [model.index(row, CLIENT).data() or "" for row in range(model.rowCount())]


def choose(qtbot, screen: ClaimsScreen, number: str) -> None:
    """Bring a claim beside the list, as typing its number does."""
    write(qtbot, screen.search, number)
    qtbot.keyClick(screen.search, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: (
            screen.all.panel.story is not None
            and screen.all.panel.story.row.control_number == number
            and len(screen.all.model.ids) == 1
        )
    )


def asked(qtbot, screen, verb: str) -> VerbDialog:
    """Open a verb as the palette does, and wait for what it would change."""
    screen.context.actions.run(f"claims.{verb}")
    found = form_of(qtbot, screen, VerbDialog)
    qtbot.waitUntil(found.save.isEnabled)
    return found


def done(qtbot, screen, form: VerbDialog) -> str:
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(screen, VerbDialog))
    qtbot.waitUntil(lambda: not screen.context.ops.pending())
    return screen.context.shell.said[-1]


def enabled(screen, verb: str) -> bool:
    return next(c for c in screen.context.actions if c.id == f"claims.{verb}").enabled()


def test_every_claim_is_listed_with_what_counts(qtbot, screen):
    model = screen.all.model
    qtbot.waitUntil(lambda: "" not in listed(screen))
    assert screen.header.subtitle == "3 claims"
    rows = {
        model.index(row, STATE).data(): [model.index(row, c).data() for c in (AMOUNT, LEFT)]
        for row in range(3)
    }
    assert rows == {
        "Denied": ["$180.00", "–"],
        "Sent": ["$180.00", "3"],
        "Paid": ["$180.00", "–"],
    }


@pytest.mark.parametrize(
    ("group", "found"),
    [("refused", 1), ("with_insurer", 1), ("paid", 1), ("unsent", 0), ("ended", 0)],
)
def test_a_standing_narrows_the_list(qtbot, screen, group, found):
    filters = screen.all.filters
    filters.group.setCurrentIndex(filters.group.findData(group))
    words = f"{found} claim{'' if found == 1 else 's'} found"
    qtbot.waitUntil(lambda: screen.header.subtitle == words)
    assert len(screen.all.model.ids) == found
    qtbot.waitUntil(lambda: screen.all.panel.isVisible() == bool(found))


def test_an_insurer_narrows_the_list_and_all_come_back(qtbot, screen):
    filters = screen.all.filters
    qtbot.waitUntil(lambda: filters.payer.count() == 4)
    filters.payer.setCurrentIndex(filters.payer.findData("p-c2"))
    qtbot.waitUntil(lambda: screen.header.subtitle == "1 claim found")
    screen.context.actions.run("claims.all")
    qtbot.waitUntil(lambda: screen.header.subtitle == "3 claims")


def test_nothing_found_says_so_and_escape_brings_all_back(qtbot, screen):
    write(qtbot, screen.search, "nobody")
    qtbot.keyClick(screen.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.header.subtitle == "0 claims found")
    assert screen.all._empty.accessibleName() == "Nothing found"
    qtbot.keyClick(screen.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: screen.header.subtitle == "3 claims")


def test_the_panel_says_where_a_claim_stands_in_words(qtbot, screen, numbers):
    choose(qtbot, screen, numbers[1])
    words = screen.all.panel.words()
    assert "Sent. Nobody has said yet that it arrived." in words
    assert "Must be filed by Nov 26, 2026: 3 days left." in words[4]
    choose(qtbot, screen, numbers[0])
    assert "Decided, and not paid." in screen.all.panel.words()


def test_enter_goes_to_what_happened_and_again_to_the_file(qtbot, screen, numbers):
    choose(qtbot, screen, numbers[0])
    screen.all.table.setFocus()
    qtbot.keyClick(screen.all.table, Qt.Key.Key_Return)
    timeline = screen.all.panel.timeline
    assert timeline.hasFocus()
    events = [timeline.records.row_at(row) for row in range(timeline.records.rowCount())]
    assert timeline.select_id(next(one.id for one in events if one.document))
    qtbot.keyClick(timeline, Qt.Key.Key_Return)
    said = form_of(qtbot, screen, FileDialog)
    lines = [said.model.row_at(row) for row in range(said.model.rowCount())]
    assert any(one.segment.startswith(f"CLP*{numbers[0]}") for one in lines)
    assert not any(numbers[2] in one.segment for one in lines)  # another client's answer
    assert all(one.says for one in lines)
    assert_accessible(said)
    said.accept()


def test_a_denied_claim_is_corrected_and_queued(qtbot, screen, numbers, practice):
    choose(qtbot, screen, numbers[0])
    form = asked(qtbot, screen, "correct")
    assert form.foreseen.text() == "No money moves."
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form.isVisible()  # a reason is missing, and it says so beside the line
    assert form._why[1].problem
    write(qtbot, form.why, "Added the date")
    assert "goes out with the next file" in done(qtbot, screen, form)
    with practice.store.read() as read:
        states = read.session.scalars(select(Claim.state).where(Claim.sequence == 2)).all()
    assert states == [ClaimState.QUEUED]
    assert practice.state(numbers[0]) == ClaimState.CORRECTED


def test_a_write_off_shows_the_books_before_it_is_done(qtbot, screen, numbers, practice):
    choose(qtbot, screen, numbers[0])
    before = practice.balances()
    form = asked(qtbot, screen, "write-off")
    lines = form.foreseen.text().splitlines()
    assert len(lines) == 2
    assert "Denied by insurers: +$180.00" in lines
    assert practice.balances() == before  # only rehearsed
    write(qtbot, form.why, "Filed too late")
    assert done(qtbot, screen, form) == "Written off"
    assert practice.state(numbers[0]) == ClaimState.CLOSED
    assert practice.balances()["Income:Denied"] == 18000


def test_what_is_refused_says_why_and_what_mends_it_lets_it_through(qtbot, screen, numbers):
    choose(qtbot, screen, numbers[1])
    screen.context.actions.run("claims.void")
    form = form_of(qtbot, screen, VerbDialog)
    qtbot.waitUntil(lambda: "needs the payer's own claim number" in form.problem)
    assert not form.save.isEnabled()
    write(qtbot, form.editors["payer_number"], "ICN7")
    qtbot.waitUntil(form.save.isEnabled)
    assert form.problem == ""
    form.reject()


def test_only_what_fits_is_offered(qtbot, screen, numbers):
    choose(qtbot, screen, numbers[0])
    assert enabled(screen, "correct")
    assert not enabled(screen, "bill-client")  # the insurer's codes forbid it
    assert not enabled(screen, "resend")
    buttons = screen.all.panel.verbs.buttons
    assert buttons["appeal"].isVisible()
    assert not buttons["again"].isVisible()
    choose(qtbot, screen, numbers[1])
    assert not enabled(screen, "appeal")


def test_a_claim_that_was_not_sent_is_set_aside_and_taken_up_again(
    qtbot, screen, numbers, practice
):
    with practice.store.write("t") as uow:
        claim = uow.session.scalars(select(Claim).where(Claim.control_number == numbers[1])).one()
        claim.state = ClaimState.READY
    screen.reload()
    choose(qtbot, screen, numbers[1])
    qtbot.waitUntil(lambda: enabled(screen, "elsewhere"))
    form = asked(qtbot, screen, "elsewhere")
    write(qtbot, form.why, "On paper")
    done(qtbot, screen, form)
    assert practice.state(numbers[1]) == ClaimState.BILLED_ELSEWHERE
    qtbot.waitUntil(lambda: enabled(screen, "again"))
    done(qtbot, screen, asked(qtbot, screen, "again"))
    assert practice.state(numbers[1]) in (ClaimState.QUEUED, ClaimState.BLOCKED)


def test_a_client_can_be_asked_for_and_opened(qtbot, screen):
    screen.open_ref("c2")
    qtbot.waitUntil(lambda: len(screen.all.model.ids) == 1)
    qtbot.waitUntil(lambda: screen.all.panel.story.row.client_ref == "c2")
    qtbot.mouseClick(screen.all.panel.client_button, Qt.MouseButton.LeftButton)
    assert screen.context.shell.went == [("clients", "c2")]


def filed(practice: Practice, number: str) -> None:
    """Let the claim have gone out in a file."""
    with practice.store.write("t") as uow:
        file = ClaimSubmission(
            file_name="claims-7.837", content=b"ISA", sha256="7", usage="T", made_at=uow.now
        )
        file.handed_over_at = uow.now
        uow.session.add(file)
        uow.session.flush()
        claim = uow.session.scalars(select(Claim).where(Claim.control_number == number)).one()
        claim.submission_id = file.id


def test_the_proof_of_filing_is_shown_to_be_printed(qtbot, screen, numbers, practice):
    filed(practice, numbers[1])
    screen.reload()
    choose(qtbot, screen, numbers[1])
    qtbot.mouseClick(screen.all.panel.proof_button, Qt.MouseButton.LeftButton)
    paper = form_of(qtbot, screen, PreviewDialog)
    assert paper.preview._name == f"proof-{numbers[1]}.pdf"
    assert paper.preview._data.startswith(b"%PDF")
    paper.accept()


def test_a_letter_of_appeal_is_written_in_own_words_and_shown(qtbot, screen, numbers):
    choose(qtbot, screen, numbers[1])
    assert not screen.all.panel.letter_button.isVisible()  # nothing of it was refused
    choose(qtbot, screen, numbers[0])
    screen.context.actions.run("claims.letter")
    letter = form_of(qtbot, screen, LetterDialog)
    assert_accessible(letter)
    qtbot.keyClicks(letter.grounds, "Your portal was down that week.")
    qtbot.mouseClick(letter.show_button, Qt.MouseButton.LeftButton)
    paper = form_of(qtbot, screen, PreviewDialog)
    assert paper.preview._name == f"appeal-{numbers[0]}.pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.preview._data)).pages)
    assert "Your portal was down that week." in " ".join(text.split())
    paper.accept()


# -- what waits for a person


@pytest.fixture
def waiting(qtbot, screen, practice):
    """The page, with a denied claim and an answer that fits two claims."""
    practice.claim("c4")
    answer(
        practice,
        Clp("LOST", BILLED, 12000, [("CO", "45", 6000)], payer_number="ICN9"),
        trace="EFT2",
        control=2,
    )
    screen.context.actions.run("claims.page-needs-attention")
    qtbot.waitUntil(lambda: screen.attention.model.rowCount() == 2)
    screen.take_focus()
    return screen.attention


def pick(page, kind: str) -> None:
    rows = [page.model.row_at(row) for row in range(page.model.rowCount())]
    assert page.table.select_id(next(one.task for one in rows if one.kind == kind))


def test_each_line_says_what_happened_and_whether_the_client_may_be_billed(screen, waiting):
    pick(waiting, "denied")
    words = waiting.panel.words()
    assert "The client must not be billed." in words
    assert "What to do: Appeal only with proof of filing in time." in words
    assert screen.header.subtitle == "2 things waiting · $300.00"
    assert not waiting.panel.verbs.buttons["bill-client"].isVisible()


def test_enter_does_the_usual_thing_about_the_line(qtbot, screen, waiting, numbers, practice):
    pick(waiting, "denied")
    qtbot.keyClick(waiting.table, Qt.Key.Key_Return)
    form = form_of(qtbot, screen, VerbDialog)
    qtbot.waitUntil(form.save.isEnabled)
    write(qtbot, form.why, "Added the number")
    done(qtbot, screen, form)
    assert practice.state(numbers[0]) == ClaimState.CORRECTED
    qtbot.waitUntil(lambda: waiting.model.rowCount() == 1)


def test_a_held_answer_is_posted_to_the_claim_that_is_meant(
    qtbot, screen, waiting, numbers, practice
):
    pick(waiting, "held")
    form = asked_refused(qtbot, screen, "retry")
    box = form.editors["claim"]
    box.setCurrentIndex(box.findData(numbers[1]))
    qtbot.waitUntil(form.save.isEnabled)
    assert "Bank" not in form.foreseen.text()  # the money is there already
    done(qtbot, screen, form)
    assert practice.state(numbers[1]) == ClaimState.PAID
    qtbot.waitUntil(lambda: waiting.model.rowCount() == 1)


def asked_refused(qtbot, screen, verb: str) -> VerbDialog:
    screen.context.actions.run(f"claims.{verb}")
    form = form_of(qtbot, screen, VerbDialog)
    qtbot.waitUntil(lambda: bool(form.problem))
    assert not form.save.isEnabled()
    return form


def test_a_line_is_ended_with_a_reason_and_the_claim_shown(qtbot, screen, waiting, numbers):
    pick(waiting, "denied")
    form = asked(qtbot, screen, "dismiss")
    write(qtbot, form.why, "Cleared up on the telephone")
    assert done(qtbot, screen, form) == "It is off the list"
    qtbot.waitUntil(lambda: waiting.model.rowCount() == 1)
    assert waiting.panel.item.kind == "held"


def test_a_line_leads_to_its_claim(qtbot, screen, waiting, numbers):
    pick(waiting, "denied")
    qtbot.mouseClick(waiting.panel.claim_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: (
            screen.page is screen.all
            and screen.all.panel.story.row.control_number == numbers[0]
            and len(screen.all.model.ids) == 1
        )
    )


def test_a_claim_nobody_answers_goes_again_only_once_somebody_asked(
    qtbot, screen, waiting, numbers, practice
):
    with practice.store.write("t") as uow:
        uow.session.scalars(
            select(Claim).where(Claim.control_number == numbers[1])
        ).one().updated_at = uow.now - timedelta(days=40)
        silence.watch_for_silence(uow)
    screen.reload()
    qtbot.waitUntil(lambda: waiting.model.rowCount() == 3)
    pick(waiting, "silent")
    buttons = waiting.panel.verbs.buttons
    qtbot.waitUntil(buttons["lost"].isVisible)
    assert not buttons["resend"].isVisible()
    form = asked(qtbot, screen, "lost")
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert form._why[1].problem  # who said so is missing
    write(qtbot, form.why, "Dana at the insurer, today")
    done(qtbot, screen, form)
    assert practice.state(numbers[1]) == ClaimState.QUEUED
    qtbot.waitUntil(lambda: waiting.model.rowCount() == 2)


def test_how_refusals_ended_is_counted_by_insurer_and_reason(qtbot, screen, waiting):
    pick(waiting, "denied")
    form = asked(qtbot, screen, "dismiss")
    write(qtbot, form.why, "Too small to fight for")
    done(qtbot, screen, form)
    screen.context.actions.run("claims.outcomes")
    counted = form_of(qtbot, waiting, OutcomesDialog)
    qtbot.waitUntil(lambda: counted.model.rowCount() == 1)
    cells = [counted.model.index(0, column).data() for column in range(5)]
    assert cells[2:] == ["1", "$180.00", "Left so"]
    assert "(CO 29)" in cells[1]
    assert_accessible(counted)
    counted.accept()


def test_what_waits_can_be_reached_and_has_a_name(qtbot, screen, waiting):
    pick(waiting, "denied")
    buttons = waiting.panel.verbs.buttons
    qtbot.waitUntil(lambda: buttons["appeal"].x() > buttons["correct"].x())  # laid out
    assert_accessible(screen)


# -- what insurers paid


@pytest.fixture
def payments(qtbot, screen, practice):
    """The page, with the payment of the numbers."""
    screen.context.actions.run("claims.page-remittances")
    page = screen.remittances
    qtbot.waitUntil(lambda: page.model.rowCount() == 1 and page.answers.rowCount() == 2)
    screen.take_focus()
    return page


def opened_file(qtbot, page, tmp_path, content: bytes) -> RehearsalDialog:
    path = tmp_path / "answer.835"
    path.write_bytes(content)
    page.look_into([path])
    return form_of(qtbot, page, RehearsalDialog)


def test_a_file_is_rehearsed_posted_taken_back_and_posted_again(
    qtbot, screen, payments, practice, numbers, tmp_path
):
    before = practice.balances()
    again = era(paid(numbers[1], payer_number="ICN8"), trace="EFT9", control=9)
    looked = opened_file(qtbot, payments, tmp_path, again)
    assert looked.said.text() == "answer.835: $120.00 for 1 claim, all of it can be posted."
    books = [looked.books.row_at(row)[1] for row in range(looked.books.rowCount())]
    assert {one.words: one.cents for one in books}["Bank"] == 12000
    assert practice.balances() == before  # only rehearsed
    assert_accessible(looked)
    qtbot.keyClick(looked.table, Qt.Key.Key_Return)
    qtbot.keyClick(looked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: payments.model.rowCount() == 2)
    assert practice.state(numbers[1]) == ClaimState.PAID
    payments.table.selectRow(0)
    qtbot.waitUntil(lambda: payments.answers.rowCount() == 1)
    screen.context.actions.run("claims.take-back")
    form = form_of(qtbot, payments, TakeBackDialog)
    write(qtbot, form.why, "It was for another practice")
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(payments.again_button.isVisible)
    assert practice.balances() == before
    assert practice.state(numbers[1]) == ClaimState.SENT
    qtbot.mouseClick(payments.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(payments.back_button.isVisible)
    assert practice.balances()["Assets:Bank"] == 24000
    assert practice.state(numbers[1]) == ClaimState.PAID


def test_a_file_that_came_before_is_not_posted_twice(
    qtbot, screen, payments, practice, numbers, tmp_path
):
    before = practice.balances()
    content = era(denied(numbers[0]), paid(numbers[2], payer_number="ICN3"))
    looked = opened_file(qtbot, payments, tmp_path, content)
    assert looked.said.text() == "answer.835 came before. Nothing is posted again."
    assert not looked.save.isVisible()
    qtbot.keyClick(looked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not opened(payments, RehearsalDialog))
    assert practice.balances() == before


def test_a_held_answer_is_said_to_be_about_a_claim(qtbot, screen, payments, practice, numbers):
    practice.claim("c4")
    answer(
        practice,
        Clp("LOST", BILLED, 12000, [("CO", "45", 6000)], payer_number="ICN9"),
        trace="EFT2",
        control=2,
    )
    screen.reload()
    qtbot.waitUntil(lambda: payments.model.rowCount() == 2)
    payments.table.selectRow(0)
    qtbot.waitUntil(payments.about_button.isVisible)
    qtbot.mouseClick(payments.about_button, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, screen, VerbDialog)
    box = form.editors["claim"]
    box.setCurrentIndex(box.findData(numbers[1]))
    qtbot.waitUntil(form.save.isEnabled)
    done(qtbot, screen, form)
    assert practice.state(numbers[1]) == ClaimState.PAID


def test_payments_can_be_reached_and_have_names(qtbot, screen, payments):
    assert screen.header.subtitle == "1 payment · $120.00 posted"
    assert_accessible(screen)


# -- how claims travel


@pytest.fixture
def travel(qtbot, screen, practice, numbers):
    """The page, with one claim file whose arrival is in doubt."""
    with practice.store.write("t") as uow:
        for name in ("unknown", "sent"):
            file = ClaimSubmission(
                file_name=f"{name}.837",
                content=b"x",
                sha256=name,
                usage="T",
                made_at=uow.now,
            )
            uow.session.add(file)
            uow.session.flush()
            uow.session.add(
                ClaimTransmission(
                    submission_id=file.id, name=file.file_name, state=name, message="Look it up."
                )
            )
    screen.context.actions.run("claims.page-clearinghouse")
    page = screen.clearinghouse
    qtbot.waitUntil(lambda: page.files.rowCount() == 2)
    return page


def state_of(practice: Practice, name: str) -> str:
    with practice.store.read() as read:
        named = select(ClaimTransmission.state).where(ClaimTransmission.name == name)
        return read.session.scalars(named).one()


def test_a_file_in_doubt_goes_again_only_after_somebody_looked(qtbot, screen, travel, practice):
    assert screen.header.subtitle == "2 claim files, 1 in doubt"
    assert not travel.again.isVisible()  # the newest was sent
    travel.file_table.selectRow(1)
    qtbot.mouseClick(travel.again, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, travel, SettleFileDialog)
    assert_accessible(form)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    assert "Look there first" in form.problem
    form.looked.setFocus()
    qtbot.keyClick(form.looked, Qt.Key.Key_Space)
    qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: state_of(practice, "unknown.837") == "waiting")
    qtbot.waitUntil(lambda: screen.header.subtitle == "2 claim files")


def test_the_test_of_a_way_that_is_not_set_says_what_is_missing(qtbot, travel):
    qtbot.mouseClick(travel.test_button, Qt.MouseButton.LeftButton)
    found = form_of(qtbot, travel, StepsDialog)
    assert "No clearinghouse folder is set." in found.said.text()
    assert_accessible(found)
    found.accept()


def test_turning_the_page_takes_the_keyboard_along(qtbot, screen):
    screen.take_focus()
    for title in list(screen.pages)[1:]:
        qtbot.keyClick(
            screen.focusWidget(), Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier
        )
        assert screen.tabs.current == title
        assert screen.page.isAncestorOf(screen.focusWidget())


def test_everything_can_be_reached_and_has_a_name(qtbot, screen, numbers):
    choose(qtbot, screen, numbers[0])
    buttons = screen.all.panel.verbs.buttons
    qtbot.waitUntil(lambda: buttons["write-off"].x() > buttons["void"].x())  # laid out
    assert_accessible(screen)
    form = asked(qtbot, screen, "correct")
    assert_accessible(form)
    form.reject()


@pytest.mark.parametrize(("page", "column"), [("all", STATE), ("attention", 0)])
def test_where_a_claim_stands_is_seen_in_the_smallest_window(qtbot, screen, page, column):
    shown_page = getattr(screen, page)
    screen.tabs.show_page(next(name for name, each in screen.pages.items() if each is shown_page))
    screen.resize(816, 640)
    table = shown_page.table
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    assert screen.width() == 816
    assert not table.isColumnHidden(column)
    right = table.columnViewportPosition(column) + table.columnWidth(column)
    assert right <= table.viewport().width()
