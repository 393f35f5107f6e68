# SPDX-License-Identifier: MIT
"""Insurers: what their contract and their manual say, as the practice entered it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select

from mediyn_desktop.codes.filing import FILING_KINDS
from mediyn_desktop.codes.places import MARKED_PLACES, PAYER_RULES
from mediyn_desktop.codes.postal import PostalError, normalize_state, normalize_zip
from mediyn_desktop.core.errors import NotFound, UserFacingError
from mediyn_desktop.core.ids import new_ref
from mediyn_desktop.practice.tables import Payer
from mediyn_desktop.store.uow import Reading, UnitOfWork

MOST_DAYS = 3660
_LONGEST_NAME = 120
_PAYER_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")


class PayerRefused(UserFacingError):
    """What was entered about an insurer cannot be; nothing was changed."""

    code = "payer-refused"


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """What is entered about an insurer; None and blank: nothing is known.

    ``timely_filing_source`` says where the limit is written, ``timely_filing_as_of`` when somebody
    looked there. ``telehealth_modifier``: 95, GT or none; ``telehealth_place``: with which places
    of service that goes, ``remote`` ones or ``any``. The other fields as in ``Payer``.
    """

    name: str
    payer_id: str = ""
    claim_filing_code: str = "CI"
    timely_filing_days: int | None = None
    timely_filing_source: str = ""
    timely_filing_as_of: date | None = None
    expected_payment_days: int | None = None
    telehealth_modifier: str | None = None
    telehealth_place: str | None = None
    missed_fee_allowed: bool | None = None
    packages_allowed: bool = False
    always_rendering: bool = False
    needs_taxonomy: bool = False
    needs_group_number: bool = False
    needs_authorization: bool = False
    takes_replacements: bool | None = None
    address1: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


def get_payer(read: Reading, ref: str) -> Payer:
    """Return the insurer ``ref``.

    Raises:
        NotFound: there is none.
    """
    row = read.session.scalar(select(Payer).where(Payer.ref == ref))
    if row is None:
        raise NotFound(f"There is no payer “{ref}”. Nothing was changed.")
    return row


def facts_of(payer: Payer) -> PayerFacts:
    """Return what is entered about ``payer``."""
    return PayerFacts(**{one.name: getattr(payer, one.name) for one in fields(PayerFacts)})


def checked(facts: PayerFacts, today: date) -> PayerFacts:
    """Return ``facts`` as they are kept.

    Raises:
        PayerRefused: one of them cannot be; the message names it.
    """
    name = " ".join(facts.name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise PayerRefused("Give the insurer a name. Nothing was changed.")
    number = facts.payer_id.strip().upper()
    if number and not _PAYER_ID.fullmatch(number):
        raise PayerRefused(
            "A payer id has letters, digits, “-”, “.” and “_” only; your clearinghouse's list of "
            "payers has it. Nothing was changed."
        )
    if facts.claim_filing_code not in FILING_KINDS:
        raise PayerRefused("Choose the kind of plan. Nothing was changed.")
    if facts.telehealth_modifier not in (None, *PAYER_RULES):
        raise PayerRefused("Telehealth is marked 95, GT or not at all. Nothing was changed.")
    if facts.telehealth_place not in (None, *MARKED_PLACES):
        raise PayerRefused("Choose where video is marked. Nothing was changed.")
    for days in (facts.timely_filing_days, facts.expected_payment_days):
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise PayerRefused(f"Days are between 1 and {MOST_DAYS}. Nothing was changed.")
    if facts.timely_filing_as_of is not None and facts.timely_filing_as_of > today:
        raise PayerRefused("Nobody can have looked on a day to come. Nothing was changed.")
    try:
        state = normalize_state(facts.state) if facts.state.strip() else ""
        zip_code = normalize_zip(facts.zip) if facts.zip.strip() else ""
    except PostalError as error:
        raise PayerRefused(f"{error}. Nothing was changed.") from None
    kept = {one.name: getattr(facts, one.name) for one in fields(PayerFacts)}
    kept |= {"name": name, "payer_id": number, "state": state, "zip": zip_code}
    for text in ("timely_filing_source", "address1", "city"):
        kept[text] = kept[text].strip()
    return PayerFacts(**kept)


def change_payer(uow: UnitOfWork, ref: str, facts: PayerFacts) -> Payer:
    """Enter ``facts`` about the insurer ``ref``; claims that were sent stay as they went.

    Raises:
        NotFound: there is no such insurer.
        PayerRefused: one of the facts cannot be, or another insurer has the payer id.
    """
    return _enter(uow, get_payer(uow, ref), facts)


def add_payer(uow: UnitOfWork, facts: PayerFacts) -> Payer:
    """Add an insurer; it gets a ref of its own.

    Raises:
        PayerRefused: one of the facts cannot be, or another insurer has the payer id.
    """
    return _enter(uow, Payer(ref=new_ref("payer")), facts)


def _enter(uow: UnitOfWork, payer: Payer, facts: PayerFacts) -> Payer:
    kept = checked(facts, uow.today)
    if kept.payer_id:
        other = uow.session.scalar(
            select(Payer).where(Payer.payer_id == kept.payer_id, Payer.ref != payer.ref)
        )
        if other is not None:
            # An answer is matched to its insurer by this number: two would make it a guess.
            raise PayerRefused(
                f"{other.name} has this payer id already. Nothing was changed. Use that insurer, "
                "or correct the number there."
            )
    for one in fields(PayerFacts):
        setattr(payer, one.name, getattr(kept, one.name))
    uow.session.add(payer)
    uow.session.flush()
    uow.changed("payer", payer.ref)
    return payer
