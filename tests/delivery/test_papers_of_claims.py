# SPDX-License-Identifier: MIT
"""The proof of filing and the letter of appeal say what is on file, and nothing about the care."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from claims.test_posting import Practice, practice
from mediyn_desktop.claims import sending, working
from mediyn_desktop.claims.answers import take_and_act
from mediyn_desktop.claims.states import ClaimState
from mediyn_desktop.claims.tables import ClaimSubmission
from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.delivery.claim_papers import (
    NotFiled,
    NothingRefused,
    letter_data,
    proof_data,
    save_letter,
    save_proof,
)
from mediyn_desktop.documents.filing_proof import render_filing_proof
from mediyn_desktop.practice.tables import Coverage, Payer
from mediyn_desktop.sandbox import clearinghouse

__all__ = ["practice"]

NO_PROOF = "It is no proof of filing."
CLINICAL = ("F41", "diagnos", "anxiety", "therapy session")


@pytest.fixture
def filed(practice: Practice, tmp_path: Path, clock: FixedClock) -> str:
    """A claim that was handed over, acknowledged and denied by the sandbox's clearinghouse."""
    number = practice.claim()
    with practice.store.write("t") as uow:
        working.get_claim(uow, number).state = ClaimState.QUEUED
        uow.session.query(Coverage).one().member_id = "DENY123"
        payer = uow.session.query(Payer).one()
        payer.timely_filing_days, payer.address1 = 90, "PO Box 12"
        payer.city, payer.state, payer.zip = "Albany", "NY", "12207"
    (sent,) = sending.export_claims(practice.store, tmp_path / "out")
    text = sent.file.read_text("ascii")
    for kind, answer in clearinghouse.answer(text, clock.now()).items():
        clock.advance(timedelta(hours=3))
        take_and_act(practice.store, answer.encode("ascii"), f"a.{kind}")
    return number


def text_of(file: Path) -> str:
    return text_of_bytes(file.read_bytes())


def text_of_bytes(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_proof_names_file_sum_times_and_both_acknowledgements(
    practice: Practice, filed: str, tmp_path: Path
) -> None:
    with practice.store.read() as read:
        data = proof_data(read, filed)
        file = read.session.query(ClaimSubmission).one()
        text = text_of(save_proof(read, filed, tmp_path / "papers"))
    assert [one.kind for one in data.answers] == ["999", "277CA"]
    assert data.answers[1].raw[0] == f"TRN*2*{filed}"
    assert (data.file_sha256, data.file_name) == (file.sha256, file.file_name)
    for words in (
        file.file_name, file.sha256, filed, "November 23, 2026, 16:00:00 EST",
        "2026-11-23 21:00:00 UTC", "Ana Sample c1", "DENY123", "$180.00", "within the time to file",
        "February 14, 2027", "Acknowledgement (999)", "Acknowledgement (277CA)",
        f"{file.id:09d}", "1234567893",
    ):  # fmt: skip
        assert words in text
    assert str(tmp_path) not in text
    assert not any(words in text for words in CLINICAL)


def test_a_test_file_is_no_proof_and_says_so(practice: Practice, filed: str) -> None:
    with practice.store.read() as read:
        data = proof_data(read, filed)
    assert not data.is_test
    assert NO_PROOF not in text_of_bytes(render_filing_proof(data))
    assert NO_PROOF in text_of_bytes(render_filing_proof(replace(data, is_test=True)))


def test_a_claim_that_came_too_late_is_not_called_in_time(practice: Practice, filed: str) -> None:
    with practice.store.write("t") as uow:
        uow.session.query(Payer).one().timely_filing_days = 5
        data = proof_data(uow, filed)
        assert "is after the time to file" in text_of_bytes(render_filing_proof(data))
        assert "within the time" not in letter_data(uow, filed).filing


@pytest.mark.parametrize("state", [ClaimState.QUEUED, ClaimState.READY, ClaimState.REJECTED])
def test_what_was_never_filed_has_no_proof(practice: Practice, state: ClaimState) -> None:
    number = practice.claim()
    with practice.store.write("t") as uow:
        working.get_claim(uow, number).state = state
        with pytest.raises(NotFiled, match="Nothing was saved"):
            proof_data(uow, number)


def test_a_refused_claim_was_never_filed_though_its_file_was_handed_over(
    practice: Practice, filed: str
) -> None:
    with practice.store.write("t") as uow:
        working.get_claim(uow, filed).state = ClaimState.REJECTED
        with pytest.raises(NotFiled, match="never filed"):
            proof_data(uow, filed)


def test_the_letter_has_the_facts_and_the_persons_own_words(
    practice: Practice, filed: str, tmp_path: Path
) -> None:
    with practice.store.write("t") as uow:
        uow.session.query(Coverage).one().authorization_number = "AUTH-77"
        data = letter_data(uow, filed)
        assert [(one.group, one.reason, one.cents) for one in data.refused] == [
            ("CO", "197", 18000)
        ]
        assert data.grounds == ("The service was authorized under number AUTH-77.",)
        words = "You named <this> plan & no other."
        file = save_letter(uow, filed, tmp_path, words=words)
    text = text_of(file)
    for said in (
        "Appeal", "Blue Plan", "PO Box 12", "CO 197", "180.00", "AUTH-77", words, filed,
        "Dana Reyes, LCSW", "November 23, 2026", "within the time to file",
    ):  # fmt: skip
        assert said in text
    assert not any(said in text for said in CLINICAL)


def test_the_same_facts_are_the_same_paper(practice: Practice, filed: str, tmp_path: Path) -> None:
    with practice.store.read() as read:
        assert save_proof(read, filed, tmp_path) == save_proof(read, filed, tmp_path)
        assert save_letter(read, filed, tmp_path) == save_letter(read, filed, tmp_path)
        other = save_letter(read, filed, tmp_path, words="Another ground.")
    assert other.name == f"appeal-{filed} (2).pdf"


def test_nothing_refused_nothing_to_appeal(practice: Practice) -> None:
    number = practice.claim()
    with practice.store.read() as read, pytest.raises(NothingRefused):
        letter_data(read, number)
