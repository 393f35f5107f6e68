# SPDX-License-Identifier: MIT
"""One step back on the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from command_line import DAY, Mediyn
from sqlalchemy import select

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.undo.tables import UndoStep


def test_a_payment_is_undone_once(mediyn: Mediyn) -> None:
    (before,) = mediyn.json("balances", "--client", "c01")
    mediyn.json("pay", "c01", "--amount", "50", "--method", "cash")
    shown = mediyn.json("undo", "--preview")
    assert (shown["done"], shown["verb"], shown["possible"]) == (False, "pay", True)
    assert mediyn.json("undo")["done"] is True
    (after,) = mediyn.json("balances", "--client", "c01")
    assert after == before
    assert mediyn.json("verify")["ok"] is True


def test_a_refund_is_undone_too(mediyn: Mediyn) -> None:
    paid = mediyn.json("pay", "c01", "--amount", "50", "--method", "cash")
    before = mediyn.json("balances", "--client", "c01")
    mediyn.json("refund", paid["payment_id"], "--amount", "20", "--reason", "Agreed")
    assert "pay back $20.00" in mediyn("undo").out
    assert mediyn.json("balances", "--client", "c01") == before
    assert mediyn.json("refund", paid["payment_id"], "--amount", "50", "--reason", "All")["id"]


def test_what_cannot_be_undone_is_corrected_instead(mediyn: Mediyn) -> None:
    paid = mediyn.json("pay", "c01", "--amount", "50", "--method", "cash")
    before = mediyn.json("balances", "--client", "c01")
    ref = paid["payment_id"]
    mediyn.json("refund", ref, "--amount", "20", "--reason", "Agreed")
    with_step_gone(mediyn, "refund")
    shown = mediyn.json("undo", "--preview")
    assert (shown["possible"], shown["verb"]) == (False, "pay")
    assert shown["offer"] == f"Refund the remaining $30.00 of payment {ref}, dated 2026-11-23"
    assert mediyn("undo").code == "cannot-undo"
    assert shown["offer"] in mediyn("undo").err
    assert mediyn.json("undo", "--instead")["offer"] == shown["offer"]
    (after,) = mediyn.json("balances", "--client", "c01")
    assert after["patient_cents"] == before[0]["patient_cents"] + 5000
    assert mediyn("undo", "--instead").code == "cannot-undo"  # the import can simply be undone


def with_step_gone(mediyn: Mediyn, verb: str) -> None:
    """Forget that the last step can be undone, as after what never was a step."""
    store = mediyn.open()
    with store.write("t") as uow:
        row = uow.session.scalars(select(UndoStep).where(UndoStep.verb == verb)).one()
        row.undone_at = uow.now
    store.close()


def test_a_whole_import_is_undone_in_one_step_and_can_be_repeated(
    empty: Mediyn, sample_folder: Path
) -> None:
    assert empty("undo").code == "nothing-to-undo"
    assert empty("undo", "--preview").code == "nothing-to-undo"
    first = empty.json("import", sample_folder)
    balances = empty.json("balances")
    empty.json("sign", "e17")
    empty.json("undo")
    shown = empty.json("undo", "--preview")
    assert shown["words"] == "import a practice folder (clients: 17, sessions: 43)"
    empty.json("undo")
    assert empty.json("balances") == []
    assert empty.json("journal") == []
    assert empty.json("day", "--date", DAY)["rows"] == []
    assert empty.json("verify")["ok"] is True
    assert empty.json("import", sample_folder) == first
    assert empty.json("balances") == balances
    assert empty.json("verify")["ok"] is True


def test_an_import_whose_superbill_was_issued_stays(mediyn: Mediyn, tmp_path: Path) -> None:
    mediyn.json("superbill", "c05", "--month", "2026-11", "--out", tmp_path / "out")
    assert mediyn.json("undo", "--preview")["verb"] == "superbill"
    assert "issue it again" in mediyn("undo").err
    mediyn.json("superbill", "c05", "--month", "2026-11", "--out", tmp_path / "out")  # the same one
    with_step_gone(mediyn, "superbill")
    assert "A superbill was issued since" in mediyn("undo").err


def test_a_months_closing_is_undone_until_an_entry_names_it(mediyn: Mediyn) -> None:
    closing = ("close-month", "--month", "2026-10", "--yes", "--anyway", "Test")
    mediyn.json(*closing)
    mediyn.json("undo")
    assert mediyn.json("close-month", "--month", "2026-10")["closed"] is False
    assert mediyn.json(*closing)["closed"] is True
    paid = mediyn.json("pay", "c01", "--amount", "5", "--method", "cash", "--date", "2026-10-05")
    assert (paid["date"], paid["reason"]) == (DAY, "Concerns 2026-10-05, whose books are closed")
    mediyn.json("undo")
    assert "names the day it concerns" in mediyn("undo").err


def test_a_given_estimate_is_replaced_not_undone(mediyn: Mediyn) -> None:
    mediyn.json("estimate", "c01", "--code", "90837", "--sessions", "4")
    assert "Give a new one" in mediyn("undo").err
    assert mediyn("undo", "--instead").code == "cannot-undo"


def test_a_closed_day_takes_no_entry_any_more(closed: Mediyn, clock: FixedClock) -> None:
    today = closed.json("pay", "c01", "--amount", "5", "--method", "cash")
    assert today["date"] == DAY  # it is still that day
    clock.advance(timedelta(days=2))
    late = closed.json("pay", "c01", "--amount", "5", "--method", "cash", "--date", DAY)
    assert late["date"] == "2026-11-25"
    assert late["reason"] == f"Concerns {DAY}, whose books are closed"
    closed.json("sign", "e17")
    (entry,) = [one for one in closed.json("journal") if one["source"] == "session:e17"]
    assert (entry["date"], entry["reason"]) == (late["date"], late["reason"])
