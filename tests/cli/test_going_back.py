# SPDX-License-Identifier: MIT
"""One step back on the command line."""

from __future__ import annotations

from command_line import Mediyn


def test_a_payment_is_undone_once(mediyn: Mediyn) -> None:
    (before,) = mediyn.json("balances", "--client", "c01")
    mediyn.json("pay", "c01", "--amount", "50", "--method", "cash")
    shown = mediyn.json("undo", "--preview")
    assert (shown["done"], shown["verb"], shown["possible"]) == (False, "pay", True)
    assert mediyn.json("undo")["done"] is True
    (after,) = mediyn.json("balances", "--client", "c01")
    assert after == before
    assert mediyn.json("verify")["ok"] is True


def test_a_refund_names_what_does_it_instead(mediyn: Mediyn) -> None:
    paid = mediyn.json("pay", "c01", "--amount", "50", "--method", "cash")
    mediyn.json("refund", paid["payment_id"], "--amount", "50", "--reason", "Agreed")
    assert mediyn("undo").code == "cannot-undo"
    assert "record it as a payment" in mediyn("undo").err


def test_an_untouched_practice_has_nothing_to_undo(mediyn: Mediyn) -> None:
    assert mediyn("undo").code == "nothing-to-undo"
    assert mediyn("undo", "--preview").code == "nothing-to-undo"
