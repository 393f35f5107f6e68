# SPDX-License-Identifier: MIT
"""Closing the day hands claims over the same evening, whatever way they travel."""

from __future__ import annotations

from datetime import timedelta

import pytest
from evening import Evening, codes

import world
from mailbox_server import Mailbox


@pytest.fixture
def insured(evening: Evening, mailbox: Mailbox, unchecked: None) -> Evening:
    """An evening with one insured session, and claims that travel by SFTP."""
    evening.client(payment_type="in_network", card=None)
    evening.session()
    for key, value in mailbox.settings().items():
        evening.set(key, value)
    return evening


def state(evening: Evening) -> str:
    claim = evening.row().claim
    assert claim is not None
    return claim.state


def test_claims_leave_with_the_closing_and_once(insured: Evening, mailbox: Mailbox) -> None:
    (handed,) = insured.close().claim_files
    assert handed.where.startswith("sftp://127.0.0.1:")
    assert state(insured) == "sent"
    assert insured.close().claim_files == ()
    assert len(mailbox.faults.renamed) == 1


def test_offline_they_stay_queued_and_need_nobody(insured: Evening, mailbox: Mailbox) -> None:
    closed = insured.close(offline=True)
    assert (closed.claim_files, codes(closed)) == ((), [])
    assert (state(insured), mailbox.logins) == ("queued", [])
    insured.set("clearinghouse.sftp_host", "no-such-host.invalid")
    closed = insured.close()
    assert (codes(closed), state(insured)) == ([], "queued")


def test_a_refused_login_is_an_exception_and_the_day_is_closed(
    insured: Evening, mailbox: Mailbox
) -> None:
    insured.set("clearinghouse.sftp_password", "wrong")
    closed = insured.close()
    assert codes(closed) == [("2026-11-23", "clearinghouse-refused-login")]
    assert state(insured) == "queued"
    insured.set("clearinghouse.sftp_password", mailbox.settings()["clearinghouse.sftp_password"])
    assert codes(insured.close()) == []
    assert state(insured) == "sent"


def test_a_file_in_doubt_is_an_exception_until_it_is_settled(
    insured: Evening, mailbox: Mailbox
) -> None:
    mailbox.faults.drop_after_rename = True
    closed = insured.close()
    assert codes(closed) == [("2026-11-23", "claim-file-unknown")]
    assert closed.claim_files == ()
    mailbox.faults.drop_after_rename = False
    (handed,) = insured.close().claim_files
    assert handed.control_numbers
    assert state(insured) == "sent"
    assert len(mailbox.faults.renamed) == 1


def test_tomorrows_clients_are_asked_about_in_a_file_of_their_own_and_once(
    insured: Evening, mailbox: Mailbox
) -> None:
    insured.session("tomorrow", day=world.DAY + timedelta(days=1), signed=False)
    assert len(insured.close().claim_files) == 1  # the questions are not among the claims
    names = sorted(mailbox.arrived())
    assert len(names) == 2
    assert names[0].startswith("claims-")
    assert names[1].startswith("eligibility-")
    assert b"ST*270*" in mailbox.arrived()[names[1]]
    insured.close()
    assert len(mailbox.faults.renamed) == 2
