# SPDX-License-Identifier: MIT
"""``cards charge``: shown first, charged only when said so."""

from __future__ import annotations

from command_line import DAY, Connect, Mediyn


def asked(closed: Mediyn) -> tuple[str, str]:
    """A client whose good card waits to be charged, and the session it is for."""
    rows = closed.json("day", "--date", DAY)["rows"]
    row = next(one for one in rows if one["card_state"] == "queued" and not one["exceptions"])
    return row["client_ref"], row["session_ref"]


def test_a_card_is_charged_now_after_it_was_shown(closed: Mediyn, connect: Connect) -> None:
    outside = connect(closed.folder)
    client, session = asked(closed)
    shown = closed.json("cards", "charge", client, "--session", session)
    (line,) = shown["lines"]
    assert (line["session_ref"], line["refused"], shown["charged"]) == (session, None, False)
    assert outside.processor.state.newest_first("payment_intent") == []
    done = closed.json("cards", "charge", client, "--session", session, "--yes")
    (attempt,) = done["attempts"]
    assert (attempt["state"], attempt["amount_cents"]) == ("succeeded", line["amount_cents"])
    again = closed.json("cards", "charge", client, "--session", session, "--yes")
    assert (again["lines"], again["attempts"]) == ([], [])
    assert len(outside.processor.state.newest_first("payment_intent")) == 1
    assert "Nothing is due" in closed("cards", "charge", client, "--session", session).out


def test_what_cannot_be_charged_says_why(closed: Mediyn, connect: Connect) -> None:
    connect(closed.folder)
    client, session = asked(closed)
    other = next(
        row["client_ref"]
        for row in closed.json("day", "--date", DAY)["rows"]
        if row["client_ref"] != client
    )
    assert closed("cards", "charge", other, "--session", session).code == "nothing-due"
    assert closed("cards", "charge", "nobody").status == 1
    assert closed("--offline", "cards", "charge", client, "--yes").code == "offline"
    assert "Nothing was charged" in closed("cards", "charge", client).out
