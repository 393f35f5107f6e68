# SPDX-License-Identifier: MIT
"""Which ledgers are behind their anchors, and that a crash of our own never freezes charging."""

from __future__ import annotations

import stat
import sys

import pytest
from till import Till

from mediyn_desktop.cards import anchoring
from mediyn_desktop.cards.anchoring import Mark, behind
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.stripe_api import RemoteAnchor
from mediyn_desktop.sandbox.processor import dispatch
from mediyn_desktop.sandbox.processor.faults import Fault

A, B, FRESH = "a" * 32, "b" * 32, "f" * 32


def remote(mark: Mark) -> RemoteAnchor:
    return RemoteAnchor("cus_anchor", mark.install, mark.epoch, mark.seq, mark.token)


@pytest.mark.parametrize(
    ("ledger", "local", "kept", "expected"),
    [
        # Never charged.
        (Mark("", 0, 0, ""), Mark(A, 0, 0, ""), None, None),
        # Killed after the ledger's step, after the file's, after the processor's.
        (Mark(A, 1, 1, "x"), Mark(A, 0, 0, ""), None, None),
        (Mark(A, 1, 5, "x"), Mark(A, 1, 4, "w"), Mark(A, 1, 4, "w"), None),
        (Mark(A, 1, 5, "x"), Mark(A, 1, 5, "x"), Mark(A, 1, 3, "v"), None),
        (Mark(A, 1, 5, "x"), Mark(A, 1, 5, "x"), Mark(A, 1, 5, "x"), None),
        # After an accepted comparison, before the processor was told.
        (Mark(B, 2, 1, "x"), Mark(B, 0, 0, ""), Mark(A, 1, 9, "w"), None),
        # Restored in place; restored elsewhere; moved with nothing charged since.
        (Mark(A, 1, 3, "v"), Mark(A, 1, 5, "x"), Mark(A, 1, 5, "x"), "behind"),
        (Mark(A, 1, 3, "v"), Mark(A, 1, 3, "v"), Mark(A, 1, 5, "x"), "behind"),
        (Mark(A, 1, 3, "v"), Mark(FRESH, 0, 0, ""), Mark(A, 1, 5, "x"), "installation"),
        (Mark(A, 1, 5, "x"), Mark(FRESH, 0, 0, ""), Mark(A, 1, 5, "x"), "installation"),
        (Mark(A, 1, 5, "x"), Mark(FRESH, 0, 0, ""), None, "installation"),
        # A new practice where another one charged before.
        (Mark("", 0, 0, ""), Mark(FRESH, 0, 0, ""), Mark(A, 1, 1, "x"), "installation"),
        # Two copies took the same step; another epoch was begun elsewhere.
        (Mark(A, 1, 5, "x"), Mark(A, 1, 5, "x"), Mark(A, 1, 5, "y"), "installation"),
        (Mark(A, 1, 9, "x"), Mark(A, 1, 9, "x"), Mark(B, 2, 1, "y"), "installation"),
    ],
)
def test_which_ledger_is_behind(
    ledger: Mark, local: Mark, kept: Mark | None, expected: str | None
) -> None:
    assert behind(ledger, local, remote(kept) if kept else None) == expected


MOMENTS = ["write_local", "publish", "next_step"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_crash_at_any_step_of_the_anchors_freezes_nothing(
    till: Till, monkeypatch: pytest.MonkeyPatch, moment: str, after: bool
) -> None:
    ident = till.sell()
    with till.power_cut(monkeypatch, f"mediyn_desktop.cards.anchoring.{moment}", after=after):
        till.run()
    assert till.run().stopped is None
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "500_after", "200_html"])
def test_an_anchor_that_was_not_answered_charges_nobody(till: Till, kind: str) -> None:
    ident = till.sell()
    till.processor.faults.script(Fault(kind, method="POST", path=r"/v1/customers.*"))
    assert till.run().stopped == "offline"
    assert (till.state(ident), till.intents()) == (State.QUEUED, [])
    assert till.run().stopped is None
    assert till.state(ident) == State.SUCCEEDED
    till.agrees()


def test_a_training_server_without_customers_or_account_still_charges_once(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another server that speaks the API may lack what is beside charging; lists still protect."""
    lacking = tuple(
        route
        for route in dispatch.ROUTES
        if not route.path.startswith(("/v1/customers", "/v1/account"))
    )
    monkeypatch.setattr(dispatch, "ROUTES", lacking)
    ident = till.sell()
    assert till.run().stopped is None
    assert till.state(ident) == State.SUCCEEDED
    assert till.run().stopped is None
    till.agrees()


def test_an_anchor_deleted_by_hand_is_made_again(till: Till) -> None:
    till.sell()
    till.run()
    (anchor,) = [
        one
        for one in till.processor.state.newest_first("customer")
        if one["metadata"].get("anchor")
    ]
    anchor["metadata"] = {}
    till.sell()
    assert till.run().stopped is None
    anchors = [
        one
        for one in till.processor.state.newest_first("customer")
        if one["metadata"].get("anchor")
    ]
    assert len(anchors) == 1
    till.agrees()


def test_a_local_anchor_nobody_can_read_is_another_installation(till: Till) -> None:
    till.sell()
    till.run()
    (till.folder / anchoring.FILE).write_text("{", "ascii")
    till.sell()
    assert till.run().stopped == "frozen"
    till.accept()
    assert till.run().stopped is None
    till.agrees()


@pytest.mark.skipif(sys.platform == "win32", reason="mode bits mean nothing there")
def test_the_local_anchor_is_private_and_names_nobody(till: Till) -> None:
    till.sell()
    till.run()
    path = till.folder / anchoring.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(path.read_text("ascii")) <= set('{}":, abcdefghijklmnopqrstuvwxyz0123456789')
