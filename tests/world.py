# SPDX-License-Identifier: MIT
"""A small practice to test with: rows made by hand, each with only what the test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mediyn_desktop.cards.on_file.consents import agree_imported
from mediyn_desktop.practice.tables import (
    Card,
    Client,
    ClientDiagnosis,
    Clinician,
    Coverage,
    Fee,
    Note,
    Package,
    Payer,
    Practice,
    Session,
)
from mediyn_desktop.store.uow import UnitOfWork

ZONE = ZoneInfo("America/New_York")
DAY = date(2026, 11, 23)
FEES = {
    "90791": 22500,
    "90832": 10000,
    "90834": 15000,
    "90837": 18000,
    "90839": 20000,
    "90840": 9000,
    "90847": 17000,
    "90853": 6000,
    "LATE_CANCEL": 7500,
    "NO_SHOW": 8000,
}


def practice(uow: UnitOfWork) -> Clinician:
    """A solo practice with one clinician and a fee schedule."""
    uow.session.add(
        Practice(
            id=1,
            name="Quiet Room Therapy",
            npi="1234567893",
            tax_id="123456789",
            taxonomy="1041C0700X",
            address1="10 Elm Street",
            city="Albany",
            state="NY",
            zip="12207",
            phone="5185550100",
        )
    )
    clinician = Clinician(
        ref="me",
        first_name="Dana",
        last_name="Reyes",
        credential="LCSW",
        npi="1234567893",
        license_number="R012345",
        license_state="NY",
        taxonomy="1041C0700X",
    )
    uow.session.add(clinician)
    for code, cents in FEES.items():
        uow.session.add(Fee(code=code, fee_cents=cents))
    uow.session.flush()
    return clinician


def client(uow: UnitOfWork, ref: str = "c1", **values: object) -> Client:
    """A self-pay client with a diagnosis; ``values`` override any column."""
    row = Client(
        **{
            "ref": ref,
            "first_name": "Ana",
            "last_name": f"Sample {ref}",
            "dob": date(1990, 5, 17),
            "sex": "F",
            "address1": "1 Oak Lane",
            "city": "Albany",
            "state": "NY",
            "zip": "12207",
            "payment_type": "self_pay",
            "autopay": "full",
            "search": ref,
            **values,
        }
    )
    row.diagnoses = [ClientDiagnosis(position=1, code="F411")]
    uow.session.add(row)
    uow.session.flush()
    return row


def card(uow: UnitOfWork, owner: Client, method: str = "pm_good", **values: object) -> Card:
    """A card on file with consent to everything, as a practice folder brings it in."""
    row = Card(
        **{
            "client_id": owner.id,
            "stripe_customer": f"cus_{owner.ref}",
            "stripe_payment_method": method,
            "brand": "visa",
            "last4": "4242",
            "exp_month": 12,
            "exp_year": 2030,
            "consent_date": date(2026, 1, 5),
            "consent_scope": "sessions;copays;fees",
            **values,
        }
    )
    uow.session.add(row)
    uow.session.flush()
    agree_imported(uow, row)
    return row


def coverage(
    uow: UnitOfWork, owner: Client, copay: int | None = 2500, **values: object
) -> Coverage:
    """Insurance with a payer of its own."""
    payer = Payer(ref=f"p-{owner.ref}", name="Blue Plan", payer_id="12345")
    uow.session.add(payer)
    uow.session.flush()
    row = Coverage(
        **{
            "client_id": owner.id,
            "rank": 1,
            "payer_id": payer.id,
            "member_id": "XYZ123456",
            "copay_cents": copay,
            **values,
        }
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def session(
    uow: UnitOfWork,
    owner: Client,
    ref: str = "s1",
    *,
    minutes: int = 50,
    signed: bool = True,
    day: date = DAY,
    hour: int = 10,
    **values: object,
) -> Session:
    """An attended individual session in the office; signed unless asked otherwise."""
    clinician = uow.session.query(Clinician).first()
    assert clinician is not None
    start = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)
    row = Session(
        **{
            "ref": ref,
            "client_id": owner.id,
            "clinician_id": clinician.id,
            "starts_at": start,
            "ends_at": start + timedelta(minutes=minutes),
            "date_of_service": day,
            "break_minutes": 0,
            "kind": "individual",
            "status": "attended",
            "place": "office",
            **values,
        }
    )
    uow.session.add(row)
    uow.session.flush()
    if signed:
        uow.session.add(
            Note(
                session_id=row.id,
                signed_at=row.ends_at + timedelta(minutes=5),
                signed_by_id=clinician.id,
            )
        )
        uow.session.flush()
    uow.session.expire_all()
    return row


def package(
    uow: UnitOfWork, owner: Client, sessions: int, price: int, code: str = "90834"
) -> Package:
    """A package paid before these books began."""
    from mediyn_desktop.ledger import accounts, packages

    payment = packages.record_package_sale(
        uow,
        ref=f"package-{owner.ref}",
        client=owner.ref,
        cents=price,
        on=date(2026, 11, 1),
        source=f"package:{owner.ref}",
        into=accounts.OPENING,
    )
    row = Package(
        client_id=owner.id,
        sold_on=date(2026, 11, 1),
        sessions=sessions,
        price_cents=price,
        code=code,
        payment_id=payment,
    )
    uow.session.add(row)
    uow.session.flush()
    return row
