# SPDX-License-Identifier: MIT
"""The evening on one screen: look, sign, leave out, lower, close, and see what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from accessibility import assert_accessible
from desk import DECLINED, context, evening
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.cards import plans
from mediyn_desktop.cards.attempts import waiting_count
from mediyn_desktop.dayclose.close import Closed
from mediyn_desktop.dayclose.review import ClaimView, DayException, review
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.ui.charging_words import stopped
from mediyn_desktop.ui.models.status import Status
from mediyn_desktop.ui.screens.today import TodayScreen, words
from mediyn_desktop.ui.screens.today.amount_dialog import AmountDialog
from mediyn_desktop.ui.screens.today.close_dialog import CloseDialog
from mediyn_desktop.ui.screens.today.closing import Outcome
from mediyn_desktop.ui.screens.today.pdf_dialog import PdfDialog
from mediyn_desktop.ui.screens.today.result_dialog import ResultDialog, result_lines
from mediyn_desktop.ui.screens.today.sign_dialog import SignDialog
from mediyn_desktop.ui.screens.today.table import TONIGHT
from mediyn_desktop.ui.theme.tokens import Tone

TITLES = {"time": 0, "client": 1, "code": 3, "fee": 4, "road": 5, "card": 7, "claim": 8}
STATUS = 9


@pytest.fixture
def processor(clock):
    with CardProcessor(clock=clock, auto_seed=True) as server:
        yield server


@pytest.fixture
def make(qtbot, ops, store, doors):
    """Show the screen on the practice, loaded."""

    def show(url: str | None = None, *, offline: bool = False) -> TodayScreen:
        screen = TodayScreen(context(store, ops, url, offline=offline))
        ops.changes.connect(lambda changed: screen.changed(changed.kinds()))
        qtbot.addWidget(screen)
        screen.resize(1032, 748)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: screen.view is not None)
        return screen

    yield show
    assert doors.bugs == []


@pytest.fixture
def today(store, make):
    """The screen on the evening, without a processor."""
    with store.write("t") as uow:
        evening(uow)
    return make()


def refs(screen: TodayScreen) -> list[str]:
    return [screen.model.id_at(i) for i in range(screen.model.rowCount())]


def cell(screen: TodayScreen, ref: str, column: int) -> str:
    row = screen.model.position(ref)
    return screen.model.index(row, column).data() or ""


def shown(screen: TodayScreen, kind: type[QDialog]) -> list:
    return [one for one in screen.findChildren(kind) if one.isVisible()]


def dialog(screen: TodayScreen, kind: type[QDialog]):
    (found,) = shown(screen, kind)
    return found


def press(qtbot, screen: TodayScreen, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    screen.table.setFocus()
    qtbot.keyClick(screen.table, key, modifier)


def test_what_needs_somebody_comes_first_then_the_day_in_order(today):
    assert refs(today) == ["s4", "s6", "s1", "s2", "s3", "s5", "s7"]
    assert cell(today, "s4", STATUS) == "Not signed"
    assert cell(today, "s6", STATUS) == "Needs you"
    assert cell(today, "s1", STATUS) == "Ready"
    assert cell(today, "s7", STATUS) == "Done"


def test_a_row_says_everything_about_its_session(today):
    said = [cell(today, "s5", column) for column in range(10)]
    assert said == [
        "1:00 PM", "Ana Sample c5", "50", "90834", "$150.00", "Claim + copay", "$25.00",
        "4242 · Due", "To queue", "Ready",
    ]  # fmt: skip
    assert cell(today, "s6", 7) == "No card"
    spoken = today.model.index(today.model.position("s5"), 0).data(
        Qt.ItemDataRole.AccessibleTextRole
    )
    assert spoken.startswith("Ana Sample c5, 1:00 PM, 50 minutes")
    assert "charge $25.00 tonight" in spoken


def test_every_state_has_a_word_and_a_shape_of_its_own(today):
    seen = set()
    for row in range(today.model.rowCount()):
        for column in (7, 8, 9):
            status = today.model.index(row, column).data(Qt.ItemDataRole.UserRole + 1)
            if isinstance(status, Status):
                assert status.word
                seen.add(status.tone)
    assert len(seen) >= 3


def test_the_summary_counts_what_closing_would_do(today):
    # 150 + 150 + 150 + 25 copay; one claim; one superbill once its session is paid.
    assert today.summary.text() == (
        "7 sessions · $475.00 to charge · 1 claim to queue · 1 superbill to print · 2 need you"
    )


def test_space_leaves_a_card_out_and_the_summary_follows(today, qtbot):
    today.table.select_id("s1")
    press(qtbot, today, Qt.Key.Key_Space)
    assert today.model.left_out == {"s1"}
    assert cell(today, "s1", 7) == "4242 · Left out"
    assert "$325.00 to charge" in today.summary.text()
    press(qtbot, today, Qt.Key.Key_Space)
    assert "$475.00 to charge" in today.summary.text()


def test_a_click_on_the_box_does_the_same_and_beside_it_only_selects(today, qtbot):
    area = today.table.visualRect(today.model.index(today.model.position("s1"), TONIGHT))
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(today.table.viewport(), left, pos=area.center())
    assert today.model.left_out == frozenset()
    qtbot.mouseClick(today.table.viewport(), left, pos=QPoint(area.left() + 18, area.center().y()))
    assert today.model.left_out == {"s1"}


def test_there_is_no_box_where_there_is_no_choice(today, qtbot):
    for ref in ("s4", "s6", "s7"):
        index = today.model.index(today.model.position(ref), TONIGHT)
        assert index.data(Qt.ItemDataRole.CheckStateRole) is None
        today.table.select_id(ref)
        press(qtbot, today, Qt.Key.Key_Space)
    assert today.model.left_out == frozenset()


def test_a_screen_reader_hears_the_box(today):
    def box(ref):
        return today.model.flags(today.model.index(today.model.position(ref), TONIGHT))

    assert box("s1") & Qt.ItemFlag.ItemIsUserCheckable
    assert not box("s7") & Qt.ItemFlag.ItemIsUserCheckable


def test_the_panel_says_every_sentence_of_the_row(today):
    today.table.select_id("s6")
    assert any("no card on file" in sentence for sentence in today.panel.sentences)
    today.table.select_id("s1")
    assert today.panel.sentences == ["Nothing needs you here."]
    today.table.select_id("s7")
    assert "Pro bono client" in today.panel.sentences


def test_a_refused_claim_is_not_called_done(today):
    row = replace(today.view.row("s5"), claim=ClaimView("M1", "c5", "denied", 15000))
    assert words.status(row) == Status("See claim", Tone.WARN)
    today.panel.show_row(row)
    (sentence,) = today.panel.sentences
    assert sentence.startswith("The insurer refused the claim.")


def test_the_panel_opens_the_client(today):
    today.table.select_id("s6")
    today.panel.client_button.click()
    assert today.context.shell.went == [("clients", "c6")]


def test_signing_shows_what_is_signed_and_bills_the_session(today, qtbot, store):
    today.table.select_id("s4")
    today.context.actions.run("today.sign")
    ask = dialog(today, SignDialog)
    assert_accessible(ask)
    texts = [label.text() for label in ask.findChildren(type(today.summary))]
    for fact in ("Ana Sample c4", "50", "90834", "$150.00", "Card"):
        assert fact in texts
    assert "final" in ask.consequence
    qtbot.keyClick(ask, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(today, "s4", STATUS) == "Ready")
    assert today.context.shell.said == ["Signed. $150.00 billed."]
    assert "$625.00 to charge" in today.summary.text()
    with store.read() as read:
        assert all(row.signed for row in review(read, world.DAY).rows)


def test_escape_signs_nothing(today, qtbot):
    today.table.select_id("s4")
    today.ask_sign()
    qtbot.keyClick(dialog(today, SignDialog), Qt.Key.Key_Escape)
    assert cell(today, "s4", STATUS) == "Not signed"


def test_after_a_signature_the_next_unsigned_note_is_current(store, make, qtbot):
    with store.write("t") as uow:
        world.practice(uow)
        for number in (1, 2, 3):
            world.session(
                uow, world.client(uow, f"c{number}"), f"s{number}", hour=8 + number, signed=False
            )
    screen = make()
    screen.table.select_id("s1")
    screen.ask_sign()
    dialog(screen, SignDialog).accept()
    qtbot.waitUntil(lambda: screen.table.current_id() == "s2")


def test_an_amount_is_lowered_with_a_reason(today, qtbot):
    today.table.select_id("s1")
    today.context.actions.run("today.amount")
    ask = dialog(today, AmountDialog)
    assert_accessible(ask)
    ask.amount.setText("100")
    qtbot.keyClick(ask.amount, Qt.Key.Key_Return)
    assert ask.problems[1] == "Write a few words why."
    ask.why.setText("Agreed on the phone")
    qtbot.keyClick(ask.why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(today, "s1", TONIGHT) == "$100.00")
    assert "$425.00 to charge" in today.summary.text()


def test_a_refused_amount_is_said_beside_the_field(today, qtbot, doors):
    today.table.select_id("s1")
    today.ask_amount()
    ask = dialog(today, AmountDialog)
    ask.amount.setText("900")
    ask.why.setText("Typo")
    ask.save()
    qtbot.waitUntil(lambda: "more than" in ask.problems[0])
    assert ask.isVisible()
    assert doors.errors == []
    ask.reject()


def test_the_day_is_stepped_by_key_and_typed(today, qtbot):
    press(qtbot, today, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: today.view.day == date(2026, 11, 22))
    assert today.model.rowCount() == 0
    assert today.empty.isVisible()
    assert today.empty.accessibleName() == "No sessions on this day"
    assert not today.close_button.isEnabled()
    assert today.header.title == "Sunday"
    today.context.actions.run("today.next")
    qtbot.waitUntil(lambda: today.view.day == world.DAY)
    today.day_bar.edit.setText("11/30")
    qtbot.keyClick(today.day_bar.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: today.view.day == date(2026, 11, 30))
    today.context.actions.run("today.today")
    qtbot.waitUntil(lambda: today.view.day == world.DAY)
    assert today.header.title == "Today"


def test_what_was_left_out_is_forgotten_on_another_day(today, qtbot):
    today.table.select_id("s1")
    press(qtbot, today, Qt.Key.Key_Space)
    today.day_bar.step(1)
    today.day_bar.step(-1)
    qtbot.waitUntil(lambda: today.model.rowCount() == 7)
    assert today.model.left_out == frozenset()


def test_the_screen_works_without_a_mouse_and_without_eyes(today):
    assert_accessible(today)
    assert {"today.sign", "today.amount", "today.close", "today.next"} <= {
        command.id for command in today.context.actions
    }


def test_its_commands_rest_while_another_screen_is_shown(today):
    today.hide()
    assert not today.context.actions.run("today.close")
    assert not today.context.actions.run("today.next")


def test_the_whole_evening(store, make, qtbot, processor, tmp_path):
    with store.write("t") as uow:
        evening(uow)
    screen = make(processor.base_url)
    screen.table.select_id("s4")
    screen.ask_sign()
    dialog(screen, SignDialog).accept()
    qtbot.waitUntil(lambda: cell(screen, "s4", STATUS) == "Ready")
    screen.table.select_id("s3")
    screen.ask_amount()
    ask = dialog(screen, AmountDialog)
    ask.amount.setText("120")
    ask.why.setText("Hardship")
    ask.save()
    qtbot.waitUntil(lambda: cell(screen, "s3", TONIGHT) == "$120.00")
    screen.table.select_id("s4")
    press(qtbot, screen, Qt.Key.Key_Space)

    screen.context.actions.run("today.close")
    last_look = dialog(screen, CloseDialog)
    assert_accessible(last_look)
    assert dict(last_look.lines) == {
        "Sessions": "7",
        "Cards": "4 charges, $445.00",
        "Left out": "$150.00 stays due",
        "Claims": "1 claim, $150.00",
        "Superbills": "1, once paid",
    }
    last_look.place.setText(str(tmp_path / "printed"))
    qtbot.keyClick(last_look, Qt.Key.Key_Return)
    assert screen.progress.isVisible()
    assert not screen.close_button.isEnabled()
    assert not screen.context.actions.run("today.close")
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])

    result = dialog(screen, ResultDialog)
    assert_accessible(result)
    words = {status.word: text for status, text in result.lines}
    assert words["Paid"] == "3 charges, $295.00"
    assert words["Declined"].startswith("$150.00")
    assert words["Superbills"] == "1 made"
    assert "Stopped" not in words
    assert result.accessibleName() == "The day is closed; some things need you"
    names = [button.accessibleName() for button in result.file_buttons]
    assert names[0] == "day-report-2026-11-23.pdf"
    assert len(names) == 2
    result.file_buttons[0].click()
    qtbot.waitUntil(lambda: shown(screen, PdfDialog) != [])
    preview = dialog(screen, PdfDialog)
    with qtbot.waitSignal(preview.preview.page_shown):
        pass
    preview.accept()
    result.accept()

    qtbot.waitUntil(lambda: cell(screen, "s1", 7) == "4242 · Paid")
    assert cell(screen, "s2", 7) == "4242 · Declined"
    assert cell(screen, "s3", TONIGHT) == "$120.00"
    assert cell(screen, "s4", 7) == "4242 · Left out"
    assert cell(screen, "s5", 8) in ("Queued", "Sent")
    assert refs(screen)[0] == "s2"
    assert "closed at" in screen.header.subtitle
    screen.table.select_id("s2")
    assert any("not enough money" in sentence for sentence in screen.panel.sentences)
    assert not screen.progress.isVisible()

    # The folder is remembered, and closing again charges nobody again.
    screen.ask_close()
    again = dialog(screen, CloseDialog)
    assert again.folder == tmp_path / "printed"
    assert dict(again.lines)["Cards"] == "Nothing to charge"
    again.accept()
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])
    dialog(screen, ResultDialog).accept()
    paid = processor.state.succeeded_by_metadata("iid")
    assert len(paid) == 3
    assert all(len(one.payment_intents) == 1 for one in paid.values())


def test_offline_everything_is_queued_and_said_so(store, make, qtbot):
    with store.write("t") as uow:
        evening(uow)
    screen = make(offline=True)
    screen.ask_close()
    ask = dialog(screen, CloseDialog)
    assert "queued until you are online" in dict(ask.lines)["Cards"]
    ask.save_box.setChecked(False)
    ask.accept()
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])
    result = dialog(screen, ResultDialog)
    assert result.accessibleName() == "The day is closed; charges are queued"
    words = {status.word: text for status, text in result.lines}
    assert words["Queued"] == "$475.00 waits to be charged"
    assert words["To do"] == "2 sessions need you; they are on top"
    assert result.file_buttons == []
    result.accept()
    qtbot.waitUntil(lambda: cell(screen, "s1", 7) == "4242 · Waiting")
    assert (
        screen.model.index(screen.model.position("s1"), TONIGHT).data(
            Qt.ItemDataRole.CheckStateRole
        )
        is None
    )


def test_after_closing_what_needs_somebody_is_chosen_and_what_a_bank_decides_is_not_queued(
    store, make, qtbot, processor
):
    with store.write("t") as uow:
        world.practice(uow)
        for number, method in enumerate(("pm_good", "pm_x_processing", DECLINED), start=1):
            owner = world.client(uow, f"c{number}")
            world.card(uow, owner, method)
            assert bill_session(uow, world.session(uow, owner, f"s{number}", hour=8 + number))
    screen = make(processor.base_url)
    screen.table.select_id("s2")
    screen.ask_close()
    ask = dialog(screen, CloseDialog)
    ask.save_box.setChecked(False)
    ask.accept()
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [], timeout=30_000)
    result = dialog(screen, ResultDialog)
    words = {status.word: text for status, text in result.lines}
    assert words["Undecided"] == "$150.00: the bank decides, and is asked again"
    assert "Queued" not in words
    result.accept()
    qtbot.waitUntil(lambda: screen.table.current_id() == "s3")
    assert refs(screen)[0] == "s3"


def test_what_is_about_no_session_is_said_whole_and_not_counted_as_one(store):
    with store.write("t") as uow:
        evening(uow)
    with store.read() as read:
        looked = review(read, world.DAY)
    late = "The claim file of 2026-11-23 was not handed over."
    closed = Closed(
        review=looked,
        superbills=(),
        exceptions=(*looked.exceptions, DayException("2026-11-23", "", "claim-file", late)),
        files=(),
        claim_files=(),
        processor="done",
        processor_message="",
    )
    to_do = [text for status, text in result_lines(Outcome(closed)) if status.word == "To do"]
    assert to_do == [
        "2 sessions need you; they are on top",
        "The claim file of Nov 23, 2026 was not handed over.",
    ]


def test_stopping_charges_nobody_further_and_takes_the_rest_back(store, make, qtbot, processor):
    with store.write("t") as uow:
        evening(uow)
    screen = make(processor.base_url)
    screen.ask_close()
    ask = dialog(screen, CloseDialog)
    ask.save_box.setChecked(False)
    ask.accept()
    screen.progress.stop_button.click()  # before the first charge is begun
    assert screen.progress.words == "Finishing what is being sent"
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])
    result = dialog(screen, ResultDialog)
    sent = len(processor.state.succeeded_by_metadata("iid"))
    words = {status.word: text for status, text in result.lines}
    if sent < 3:
        assert result.accessibleName() == "Stopped before all cards were charged"
        assert "will not be" in words["Stopped"]
    assert "Queued" not in words
    result.accept()
    qtbot.waitUntil(screen.close_button.isEnabled)


def test_what_was_not_billed_when_confirmed_is_billed_but_not_charged(
    store, make, qtbot, processor
):
    with store.write("t") as uow:
        world.practice(uow)
        owner = world.client(uow)
        world.card(uow, owner)
        world.session(uow, owner)  # signed, and not billed
    screen = make(processor.base_url)
    assert cell(screen, "s1", STATUS) == "Not billed"
    screen.ask_close()
    ask = dialog(screen, CloseDialog)
    ask.save_box.setChecked(False)
    ask.accept()
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])
    dialog(screen, ResultDialog).accept()
    qtbot.waitUntil(lambda: cell(screen, "s1", 7) == "4242 · Due")
    assert processor.state.succeeded_by_metadata("iid") == {}


def test_a_change_elsewhere_reloads_the_day(today, qtbot, store):
    with store.write("t") as uow:
        world.session(uow, world.client(uow, "c9"), "s9", hour=20)
    today.context.announce({"session"})
    qtbot.waitUntil(lambda: "s9" in refs(today))


def test_markup_in_a_name_is_shown_as_it_is(store, make):
    with store.write("t") as uow:
        world.practice(uow)
        owner = world.client(uow, first_name="<b>Zoë</b>", last_name="O'Brien & Söhne")
        world.session(uow, owner, signed=False)
    screen = make()
    assert cell(screen, "s1", 1) == "<b>Zoë</b> O'Brien & Söhne"
    assert "&lt;b&gt;" in screen.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)


def test_an_installment_of_a_plan_can_be_left_out(qtbot, ops, store, doors):
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, first_name="Ana", last_name="Ng", autopay="none")
        card = world.card(uow, ana)
        day = world.DAY - timedelta(days=30)
        bill_session(uow, world.session(uow, ana, day=day))
        plans.start_plan(
            uow,
            "c1",
            amount_cents=5000,
            day=world.DAY.day,
            begins_on=world.DAY,
            card=card.id,
            agreed_on=world.DAY,
        )
    screen = TodayScreen(context(store, ops))
    qtbot.addWidget(screen)
    screen.show()
    qtbot.waitUntil(lambda: bool(screen.installments.boxes))
    assert screen.close_button.isEnabled()
    assert screen.summary.text() == "0 sessions · $50.00 to charge"
    (box,) = screen.installments.boxes.values()
    assert box.accessibleName() == "Installment of Ana Ng, $50.00, card •4242"
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert screen.summary.text() == "0 sessions · nothing to charge"
    screen.reload()
    qtbot.waitUntil(lambda: not ops.pending())
    assert [one.isChecked() for one in screen.installments.boxes.values()] == [False]


def crowd(uow, count: int) -> None:
    """So many sessions of the day, each to be paid by a card of its own."""
    world.practice(uow)
    for number in range(1, count + 1):
        owner = world.client(uow, f"c{number}")
        world.card(uow, owner, DECLINED if number == 2 else f"pm_good{number}")
        bill_session(uow, world.session(uow, owner, f"s{number}", hour=7 + number % 12))


def test_a_running_batch_says_how_it_goes_and_stops_between_two_charges(
    store, make, qtbot, processor
):
    """Whatever was begun is finished, nothing else is ever sent, and the sums say so."""
    with store.write("t") as uow:
        crowd(uow, 40)
    screen = make(processor.base_url)
    processor.limits.latency_seconds = 0.1
    told: list[str] = []
    screen.closing.charged.connect(lambda _now: told.append(screen.progress.words))
    screen.ask_close()
    ask = dialog(screen, CloseDialog)
    ask.save_box.setChecked(False)
    ask.accept()
    qtbot.waitUntil(lambda: any("1 declined" in one for one in told))
    screen.progress.stop_button.click()
    assert screen.progress.words == "Finishing what is being sent"
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])
    processor.limits.latency_seconds = 0.0
    result = dialog(screen, ResultDialog)

    paid = processor.state.succeeded_by_metadata("iid")
    assert 0 < len(paid) < 39
    assert all(len(one.payment_intents) == 1 for one in paid.values())
    assert told[0].startswith("Charging cards, 1 of 40 · $")
    assert result.accessibleName() == "Stopped before all cards were charged"
    words = {status.word: text for status, text in result.lines}
    unsent = 40 - len(paid) - 1  # one was declined
    assert words["Stopped"] == (
        f"{len(paid)} cards charged, ${len(paid) * 150:,}.00. {unsent} charges over "
        f"${unsent * 150:,}.00 were not sent and will not be; it stays due."
    )
    assert "Queued" not in words
    result.accept()
    # No later pass sends what was stopped.
    with store.read() as read:
        assert waiting_count(read) == 0
    qtbot.waitUntil(screen.close_button.isEnabled)


def test_stopping_takes_the_installments_of_plans_back_too(qtbot, store, make, processor):
    with store.write("t") as uow:
        world.practice(uow)
        owner = world.client(uow, autopay="none")
        card = world.card(uow, owner)
        bill_session(uow, world.session(uow, owner, day=world.DAY - timedelta(days=30)))
        plans.start_plan(
            uow,
            "c1",
            amount_cents=5000,
            day=world.DAY.day,
            begins_on=world.DAY,
            card=card.id,
            agreed_on=world.DAY,
        )
    screen = make(processor.base_url)
    screen.ask_close()
    ask = dialog(screen, CloseDialog)
    ask.save_box.setChecked(False)
    ask.accept()
    screen.closing.stop()  # before the first charge is begun
    qtbot.waitUntil(lambda: shown(screen, ResultDialog) != [])
    sent = len(processor.state.succeeded_by_metadata("iid"))
    with store.read() as read:
        assert waiting_count(read) == 0
    assert sent in (0, 1)
    dialog(screen, ResultDialog).accept()


def test_the_words_of_a_stop_say_both_sums():
    assert stopped(0, 0, 2, 30000) == (
        "No card was charged. 2 charges over $300.00 were not sent and will not be; it stays due."
    )
    assert stopped(1, 15000, 1, 15000) == (
        "1 card charged, $150.00. 1 charge over $150.00 was not sent and will not be; it stays due."
    )
    assert stopped(2, 30000, 0, 0) == "2 cards charged, $300.00. Nothing was left to stop."
