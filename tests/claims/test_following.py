# SPDX-License-Identifier: MIT
"""Claims set aside with a reason, corrected, voided, and passed to the next insurer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

import world
from mediyn_desktop.billing.charges import bill_session
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.claims import following, sending, states, submission
from mediyn_desktop.claims.earlier import Adjusted, DecidedLine, EarlierDecision, from_json, to_json
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import Claim, ClaimEvent, ToldDecision
from mediyn_desktop.claims.x12.check837p import check_837p, refused
from mediyn_desktop.claims.x12.scrub.rule import Context
from mediyn_desktop.claims.x12.segments import tokenize
from mediyn_desktop.claims.x12.view837p import read_837p
from mediyn_desktop.ledger import queries
from mediyn_desktop.practice.tables import Client, Coverage, Payer
from mediyn_desktop.reports.leaks import leaks
from mediyn_desktop.store import settings
from mediyn_desktop.store.uow import Store, UnitOfWork

SHORT_ZIP = Context(only_warn=frozenset({"billing-zip"}))
DECIDED = date(2026, 11, 23)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def number(store: Store) -> str:
    """The control number of one queued claim of a client with two insurances."""
    with store.write("t") as uow:
        world.practice(uow)
        ana = world.client(uow, payment_type="in_network")
        world.coverage(uow, ana)
        second = Payer(ref="second", name="Second Plan", payer_id="SECND")
        uow.session.add(second)
        uow.session.flush()
        uow.session.add(Coverage(client_id=ana.id, rank=2, payer_id=second.id, member_id="SEC77"))
        uow.session.flush()
        uow.session.expire_all()
        charge = bill_session(uow, world.session(uow, ana))
        assert isinstance(charge, Charge)
        (claim,) = submission.make_claims(uow, [charge])
        assert submission.problems(claim) == []
        submission.queue_claims(uow, [claim])
        return claim.control_number


@pytest.fixture
def sent(store: Store, number: str, out: Path) -> str:
    """The same claim, handed over."""
    sending.export_claims(store, out)
    return number


def state(store: Store, number: str) -> str:
    with store.read() as read:
        return following.claim_by_number(read, number).state


def do(store: Store, number: str, what: Callable[[UnitOfWork, Claim], object]) -> None:
    with store.write("t") as uow:
        what(uow, following.claim_by_number(uow, number))


def events(store: Store) -> list[str]:
    with store.read() as read:
        return list(read.session.scalars(select(ClaimEvent.text).order_by(ClaimEvent.id)))


def decision(uow: UnitOfWork, claim: Claim) -> EarlierDecision:
    line = DecidedLine(1, 10_000, (Adjusted("CO", "45", 2_500), Adjusted("PR", "3", 2_500)))
    return EarlierDecision(claim.coverage_id, DECIDED, "ICN77", (line,))


def second_coverage(uow: UnitOfWork) -> Coverage:
    return uow.session.scalars(select(Coverage).where(Coverage.rank == 2)).one()


@pytest.mark.parametrize(
    ("aside", "word", "stays"),
    [
        (following.bill_elsewhere, ClaimState.BILLED_ELSEWHERE, "Billed elsewhere: on paper"),
        (following.never_bill, ClaimState.NEVER_BILL, "Never to be billed: on paper"),
    ],
)
def test_a_claim_is_set_aside_with_a_reason_and_can_come_back(
    store: Store,
    number: str,
    out: Path,
    aside: Callable[..., None],
    word: ClaimState,
    stays: str,
) -> None:
    with store.read() as read:
        owed = queries.client_balances(read)["c1"].insurer_cents
    do(store, number, lambda uow, claim: aside(uow, claim, reason=" on paper "))
    assert state(store, number) == word
    assert events(store)[-1] == stays
    assert sending.export_claims(store, out) == []
    with store.write("t") as uow:
        charges = uow.session.scalars(select(Charge)).all()
        (again,) = submission.make_claims(uow, charges)
        assert again.state == word
        assert submission.queue_claims(uow, [again]) == []
    with store.read() as read:
        assert queries.client_balances(read)["c1"].insurer_cents == owed
        assert [one for one in leaks(read) if one.kind == "claim-not-sent"] == []
    do(store, number, following.take_up_again)
    assert state(store, number) == ClaimState.READY


@pytest.mark.parametrize("aside", [following.bill_elsewhere, following.never_bill])
def test_setting_aside_needs_a_reason_and_an_unsent_claim(
    store: Store, number: str, out: Path, aside: Callable[..., None]
) -> None:
    with pytest.raises(following.ClaimFixed, match="only with a reason"):
        do(store, number, lambda uow, claim: aside(uow, claim, reason="  "))
    assert state(store, number) == ClaimState.QUEUED
    sending.export_claims(store, out)
    with pytest.raises(following.ClaimFixed, match="in a claim file"):
        do(store, number, lambda uow, claim: aside(uow, claim, reason="on paper"))
    assert state(store, number) == ClaimState.SENT
    with pytest.raises(following.ClaimFixed, match="not set aside"):
        do(store, number, following.take_up_again)


def test_a_claim_billed_elsewhere_cannot_be_withdrawn_unseen(store: Store, number: str) -> None:
    do(store, number, lambda uow, claim: following.bill_elsewhere(uow, claim, reason="paper"))
    with store.write("t") as uow:
        charge = uow.session.scalars(select(Charge)).one()
        with pytest.raises(submission.ClaimSent, match="billed elsewhere"):
            submission.withdraw_claim(uow, charge, reason="cancelled")


def test_an_unknown_number_is_said_plainly(store: Store, number: str) -> None:
    with store.read() as read, pytest.raises(following.ClaimNotFound, match="no claim M999"):
        following.claim_by_number(read, "M999")


@pytest.mark.parametrize(("frequency", "word"), [("7", "Replaced"), ("8", "Voided")])
def test_a_correction_is_a_new_claim_with_the_payers_number(
    store: Store, sent: str, out: Path, frequency: str, word: str
) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, sent)
        make = following.correct_claim if frequency == "7" else following.void_claim
        made = make(uow, claim, payer_claim_number=" ICN77 ", reason="place was wrong")
        assert made.control_number != sent
        assert (made.sequence, made.follows_id) == (2, claim.id)
        submission.queue_claims(uow, [made])
        new = made.control_number
    ended = ClaimState.CORRECTED if frequency == "7" else ClaimState.VOIDED
    assert state(store, sent) == ended
    (exported,) = sending.export_claims(store, out)
    assert exported.control_numbers == (new,)
    text = exported.file.read_text("ascii")
    assert refused(check_837p(text, SHORT_ZIP)) == []
    (read_back,) = read_837p(tokenize(text)).claims
    assert (read_back.number, read_back.frequency) == (new, frequency)
    assert "REF*F8*ICN77~" in text
    assert any(event.startswith(f"{word}: place was wrong") for event in events(store))


def test_a_correction_needs_a_claim_that_left_and_the_payers_number(
    store: Store, number: str, out: Path
) -> None:
    def correct(payer_number: str) -> Callable[[UnitOfWork, Claim], object]:
        return lambda uow, claim: following.correct_claim(
            uow, claim, payer_claim_number=payer_number, reason="x"
        )

    with pytest.raises(following.ClaimFixed, match="is not with its insurer"):
        do(store, number, correct("ICN77"))
    sending.export_claims(store, out)
    with pytest.raises(following.ClaimFixed, match="payer's own claim number"):
        do(store, number, correct(" "))
    with store.read() as read:
        assert len(read.session.scalars(select(Claim)).all()) == 1


def test_a_payer_that_takes_no_replacement_gets_a_new_claim(store: Store, sent: str) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, sent)
        uow.session.get_one(Coverage, claim.coverage_id).payer.takes_replacements = False
        with pytest.raises(following.ClaimFixed, match="reopen"):
            following.void_claim(uow, claim, payer_claim_number="ICN77", reason="x")
        made = following.correct_claim(uow, claim, payer_claim_number="ICN77", reason="x")
        assert (made.state, made.frequency, made.original_reference) == (ClaimState.READY, "1", "")


def test_the_next_insurer_is_told_what_the_first_decided(
    store: Store, sent: str, out: Path
) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, sent)
        made = following.claim_next_insurer(uow, claim, second_coverage(uow), decision(uow, claim))
        assert submission.problems(made) == []
        submission.queue_claims(uow, [made])
        new = made.control_number
    (exported,) = sending.export_claims(store, out)
    assert exported.control_numbers == (new,)
    text = exported.file.read_text("ascii")
    assert refused(check_837p(text, SHORT_ZIP)) == []
    for line in (
        "SBR*S*18*******CI~",
        "SBR*P*18*******CI~",
        "AMT*D*100~",
        "OI***Y***Y~",
        "NM1*PR*2*BLUE PLAN*****PI*12345~",
        "NM1*PR*2*SECOND PLAN*****PI*SECND~",
        "REF*F8*ICN77~",
        "SVD*12345*100*HC:90834**1~",
        "CAS*CO*45*25~",
        "CAS*PR*3*25~",
        "DTP*573*D8*20261123~",
    ):
        assert line in text
    assert f"Passed to Second Plan as {new}" in events(store)
    with store.read() as read:
        row = read.session.scalars(select(ToldDecision)).one()
        assert from_json(row.content).paid_cents == 10_000


def test_a_corrected_secondary_claim_tells_the_decision_again(
    store: Store, sent: str, out: Path
) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, sent)
        made = following.claim_next_insurer(uow, claim, second_coverage(uow), decision(uow, claim))
        submission.queue_claims(uow, [made])
    sending.export_claims(store, out)
    with store.write("t") as uow:
        made = uow.session.scalars(select(Claim).where(Claim.sequence == 2)).one()
        third = following.correct_claim(uow, made, payer_claim_number="SEC1", reason="x")
        assert submission.problems(third) == []
        submission.queue_claims(uow, [third])
    (exported,) = sending.export_claims(store, out)
    text = exported.file.read_text("ascii")
    assert "AMT*D*100~" in text
    assert "REF*F8*SEC1~" in text


def test_a_decision_that_does_not_add_up_goes_nowhere(store: Store, sent: str) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, sent)
        sound = decision(uow, claim)
        second = second_coverage(uow)
        short = replace(sound, lines=(replace(sound.lines[0], paid_cents=9_999),))
        with pytest.raises(following.ClaimFixed, match="is not the line's charge"):
            following.claim_next_insurer(uow, claim, second, short)
        with pytest.raises(following.ClaimFixed, match="another insurance"):
            following.claim_next_insurer(uow, claim, second, replace(sound, coverage_id=second.id))
        first = uow.session.get_one(Coverage, claim.coverage_id)
        with pytest.raises(following.ClaimFixed, match="does not come after"):
            following.claim_next_insurer(uow, claim, first, sound)
        following.claim_next_insurer(uow, claim, second, sound)
        with pytest.raises(following.ClaimFixed, match="already"):
            following.claim_next_insurer(uow, claim, second, sound)
        assert len(uow.session.scalars(select(Claim)).all()) == 2


def test_a_decision_is_kept_as_it_was_told() -> None:
    line = DecidedLine(2, 0, (Adjusted("OA", "23", 100), Adjusted("PR", "1", -5)), 95)
    told = EarlierDecision(7, date(2026, 1, 31), "X9", (line, DecidedLine(1, 5)))
    assert from_json(to_json(told)) == told


def test_a_claim_after_its_deadline_is_pointed_out_or_needs_a_reason(
    store: Store, number: str
) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, number)
        payer = uow.session.get_one(Coverage, claim.coverage_id).payer
        payer.timely_filing_days = 90
        assert submission.check_claim(uow, claim)
    store.clock.advance(world.timedelta(days=120))  # type: ignore[attr-defined]
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, number)
        assert submission.check_claim(uow, claim)
        assert "late-filing" in [one.code for one in submission.warnings(claim)]
        settings.set_value(uow, "claims.only_warn", "billing-zip")
        assert not submission.check_claim(uow, claim)
        assert [one.code for one in submission.problems(claim)] == ["late-filing"]
        with pytest.raises(following.ClaimFixed, match="no reason for a delay"):
            following.excuse_delay(uow, claim, "99")
        following.excuse_delay(uow, claim, "7")
        assert claim.state == ClaimState.READY
    assert "Reason for the delay: Another insurer took its time" in events(store)


def test_a_short_zip_code_warns_and_a_setting_makes_it_block(store: Store, number: str) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, number)
        assert [one.code for one in submission.warnings(claim)] == ["billing-zip"]
        settings.set_value(uow, "claims.only_warn", "")
        assert not submission.check_claim(uow, claim)
        assert claim.state == states.ClaimState.BLOCKED
        assert [one.code for one in submission.problems(claim)] == ["billing-zip"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"needs_authorization": True}, "payer-authorization"),
        ({"needs_group_number": True}, "payer-group-number"),
        ({"timely_filing_days": 1}, None),
        ({"always_rendering": True}, None),
        ({"needs_taxonomy": True}, None),
        ({"payer_id": "SECND"}, None),
    ],
)
def test_what_a_payer_asks_is_checked_with_every_claim(
    store: Store, number: str, change: dict[str, object], code: str | None
) -> None:
    with store.write("t") as uow:
        claim = following.claim_by_number(uow, number)
        payer = uow.session.get_one(Coverage, claim.coverage_id).payer
        for column, value in change.items():
            setattr(payer, column, value)
        uow.session.flush()
        submission.check_claim(uow, claim)
        assert [one.code for one in submission.problems(claim)] == ([code] if code else [])


def test_withdrawing_takes_back_every_unsent_claim_of_a_session(store: Store, number: str) -> None:
    with store.write("t") as uow:
        charge = uow.session.scalars(select(Charge)).one()
        assert submission.withdraw_claim(uow, charge, reason="cancelled")
        assert not submission.withdraw_claim(uow, charge, reason="cancelled")
        assert uow.session.scalars(select(Client)).one().ref == "c1"
    assert state(store, number) == ClaimState.WITHDRAWN
