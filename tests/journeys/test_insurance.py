# SPDX-License-Identifier: MIT
"""From our 837P through the pretend clearinghouse and back into the ledger: an expected table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import sending, submission
from mediyn_desktop.claims.answers import FileReport, take_and_act
from mediyn_desktop.claims.decision_tables import ClaimTask
from mediyn_desktop.claims.following import correct_claim
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.sandbox.clearinghouse import Memory, answer
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store

FEE = 17500
SERVICE = date(2026, 11, 16)


@dataclass(frozen=True)
class Expected:
    """Where a claim of 175.00 ends: its state, and cents by account (client c1, payer p-c1)."""

    state: str
    bank: int = 0
    contractual: int = 0
    client: int = 0
    insurer: int = 0
    second: int = 0
    due: int = 0
    interest: int = 0
    tasks: tuple[str, ...] = ()


TABLE = {
    "": Expected("paid", bank=11500, contractual=3500, client=2500),
    "DED": Expected("paid", contractual=3500, client=14000),
    "PART": Expected("paid", bank=11200, contractual=3500, client=2800),
    "DENY": Expected("denied", insurer=17500, tasks=("denied",)),
    "SEQ": Expected("paid", bank=11270, contractual=3730, client=2500),
    "INT": Expected("paid", bank=11615, contractual=3500, client=2500, interest=-115),
    "CROSS": Expected("paid", bank=14000, contractual=3500),
    "REV": Expected("paid", bank=14000, contractual=3500),
    "TAKE": Expected("accepted", bank=11500, insurer=17500, due=-11500, tasks=("taken_back",)),
    "STRAY": Expected("paid", bank=11500, contractual=3500, client=2500, tasks=("held",)),
    "OFF": Expected("received", insurer=17500, tasks=("payment_held",)),
    "REJ": Expected("rejected", insurer=17500, tasks=("rejected",)),
    "PREJ": Expected("rejected", insurer=17500, tasks=("rejected",)),
    "LOST": Expected("received", insurer=17500),
    "IK5": Expected("rejected", insurer=17500, tasks=("rejected",)),
    "TA1": Expected("rejected", insurer=17500, tasks=("rejected",)),
    "MUTE": Expected("sent", insurer=17500),
}


def send(store: Store, prefix: str, out: Path, memory: Memory | None = None) -> dict[str, str]:
    """Bill one insured session, send its claim, and return the answers by kind."""
    with store.write("t") as uow:
        world.practice(uow)
        settings.set_value(uow, settings.CLEARINGHOUSE_USAGE.key, "T")
        owner = world.client(uow, "c1", payment_type="in_network")
        world.coverage(uow, owner, copay=2500, member_id=f"{prefix}123456")
        if prefix == "CROSS":
            second = Payer(ref="p2", name="Second Plan", payer_id="99999")
            uow.session.add(second)
            uow.session.flush()
            uow.session.add(
                Coverage(client_id=owner.id, rank=2, payer_id=second.id, member_id="SEC1")
            )
            uow.session.flush()
        session = world.session(uow, owner, "s1", minutes=55, day=SERVICE)
        charge = bill_session(uow, session)
        assert isinstance(charge, Charge)
        submission.queue_claims(uow, submission.make_claims(uow, [charge]))
    (exported,) = sending.export_claims(store, out)
    return answer(exported.file.read_text("ascii"), store.clock.now(), memory=memory)


@pytest.fixture
def fee(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clearinghouse's own examples are of claims of 175.00."""
    monkeypatch.setattr(world, "FEES", {**world.FEES, "90837": FEE})


@pytest.mark.usefixtures("fee")
@pytest.mark.parametrize("prefix", TABLE)
def test_every_answer_ends_where_the_table_says(store: Store, tmp_path: Path, prefix: str) -> None:
    expected = TABLE[prefix]
    reports: list[FileReport] = []
    for kind, text in send(store, prefix, tmp_path).items():
        for copy in range(2):  # each answer comes twice; the second changes nothing
            report = take_and_act(store, text.encode("ascii"), f"{kind}-{copy}")
            assert (report.status == "duplicate") == bool(copy)
            reports.append(report)
    with store.read() as read:
        found = queries.account_balances(read)
        assert sum(found.values()) == 0
        assert queries.disagreements(read) == []
        first = read.session.scalars(select(Claim).where(Claim.rank == 1)).one()
        tasks = read.session.scalars(
            select(ClaimTask.kind).where(ClaimTask.closed_at.is_(None)).order_by(ClaimTask.id)
        ).all()
    got = Expected(
        first.state,
        bank=found.get("Assets:Bank", 0) - stray(prefix, found),
        contractual=found.get("Income:Contractual", 0),
        client=found.get("Assets:Receivable:Client:c1", 0),
        insurer=found.get("Assets:Receivable:Payer:p-c1", 0),
        second=found.get("Assets:Receivable:Payer:p2", 0),
        due=found.get("Liabilities:PayerDue:p-c1", 0) + stray(prefix, found),
        interest=found.get("Income:Interest", 0),
        tasks=tuple(tasks),
    )
    assert got == expected


def stray(prefix: str, found: dict[str, int]) -> int:
    """Money for a claim that was never sent: in the bank, and due to the insurer."""
    return -found.get("Liabilities:PayerDue:p-c1", 0) if prefix == "STRAY" else 0


@pytest.mark.usefixtures("fee")
def test_a_corrected_denial_leaves_nothing_to_wait_for(store: Store, tmp_path: Path) -> None:
    """The take-back comes under the old number and the decision under the new one."""
    memory = Memory()
    for text in send(store, "DENY", tmp_path, memory).values():
        take_and_act(store, text.encode("ascii"), "first")
    with store.write("t") as uow:
        first = uow.session.scalars(select(Claim)).one()
        submission.queue_claims(uow, [correct_claim(uow, first, reason="Authorized")])
    (exported,) = sending.export_claims(store, tmp_path)
    for text in answer(exported.file.read_text("ascii"), store.clock.now(), memory=memory).values():
        take_and_act(store, text.encode("ascii"), "second")
    with store.read() as read:
        states = read.session.scalars(select(Claim.state).order_by(Claim.id)).all()
        waiting = read.session.scalars(
            select(ClaimTask.kind).where(ClaimTask.closed_at.is_(None))
        ).all()
        assert queries.account_balances(read)["Assets:Bank"] == 11500
    assert states == ["corrected", "paid"]
    assert waiting == []
