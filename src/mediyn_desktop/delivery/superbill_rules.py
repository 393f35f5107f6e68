# SPDX-License-Identifier: MIT
"""Which charges a superbill may list, and what holds one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediyn_desktop.billing.routing import Route
from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.codes.vocabulary import PaymentType, SuperbillCadence
from mediyn_desktop.delivery.superbill_facts import gather
from mediyn_desktop.documents.superbill_checks import missing_fields, unprintable
from mediyn_desktop.documents.superbill_data import POINTER_LETTERS, SuperbillData
from mediyn_desktop.practice import code_lists
from mediyn_desktop.practice.tables import Session
from mediyn_desktop.store.uow import Reading

_LISTED_ROUTES = frozenset({Route.SUPERBILL, Route.CARD, Route.PACKAGE})


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a superbill is held: a stable code and ``what`` to mend."""

    code: str
    what: str

    @property
    def message(self) -> str:
        """The whole sentence where nothing else says that the superbill is held."""
        return f"The superbill is held. {self.what}"


def may_list(session: Session, charge: Charge) -> bool:
    """Whether a superbill may list ``charge``, the one of ``session``, at all.

    A superbill goes to the insurer in the end: what the client keeps from it (45 CFR
    164.522(a)(1)(vi)) is not listed beside what it may know.
    """
    return (
        charge.route in _LISTED_ROUTES
        and not session.do_not_bill_insurer
        and session.client.payment_type in (PaymentType.OUT_OF_NETWORK, PaymentType.SELF_PAY)
        and charge.total_cents > 0
    )


def blockers(read: Reading, charge: Charge) -> list[Blocker]:
    """Return what holds back the superbill that would list ``charge``, if the client gets any."""
    session = read.session.get_one(Session, charge.session_id)
    client = session.client
    if client.superbill == SuperbillCadence.NONE or not may_list(session, charge):
        return []
    return blockers_of(read, gather(read, client, session.clinician, [charge]))


def blockers_of(read: Reading, data: SuperbillData) -> list[Blocker]:
    """Return what holds back the superbill ``data``."""
    found: list[Blocker] = []
    if not data.diagnoses:
        found.append(Blocker("no-diagnosis", "Add a diagnosis to the client's chart."))
    for letter, diagnosis in zip(POINTER_LETTERS, data.diagnoses, strict=False):
        for day in _dates_of(data, letter):
            checked = code_lists.check(read, diagnosis.code, day)
            if not checked.billable:
                text = checked.message
                found.append(Blocker("diagnosis-not-billable", text))
                break
    found.extend(
        Blocker("superbill-incomplete", missing.sentence)
        for missing in missing_fields(data)
        if not _said_already(data, missing.field)
    )
    found.extend(Blocker("name-not-printable", one.sentence) for one in unprintable(data))
    return found


def _said_already(data: SuperbillData, field: str) -> bool:
    """Whether a missing field only repeats that a diagnosis is missing or not billable."""
    if field.startswith("diagnoses["):
        return True
    return not data.diagnoses and (field == "diagnoses" or field.endswith(".pointers"))


def _dates_of(data: SuperbillData, letter: str) -> list[date]:
    """The dates of service a diagnosis was treated on; all of them where no line points to it."""
    treated = [line for line in data.lines if letter in line.pointers]
    dates = {line.date_of_service for line in treated or data.lines}
    return sorted(day for day in dates if day is not None)
