# SPDX-License-Identifier: MIT
"""Tables of the practice, its people, its agreements and its sessions.

Refs are the user's own references: unique, immutable, and what every other room and file names.
Words in ``String`` columns are those of ``codes.vocabulary``.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediyn_desktop.practice.searching import search_text
from mediyn_desktop.store.base import Base, Instant
from mediyn_desktop.store.guards import append_only, no_delete


class Practice(Base):
    """The practice itself: one row."""

    __tablename__ = "practice"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    legal_name: Mapped[str] = mapped_column(String(120), default="")
    entity: Mapped[str] = mapped_column(String(20), default="individual")
    npi: Mapped[str] = mapped_column(String(10), default="")
    tax_id: Mapped[str] = mapped_column(String(9), default="")
    tax_id_type: Mapped[str] = mapped_column(String(3), default="EIN")
    taxonomy: Mapped[str] = mapped_column(String(10), default="")
    address1: Mapped[str] = mapped_column(String(120), default="")
    address2: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(2), default="")
    zip: Mapped[str] = mapped_column(String(10), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    # Where insurers send money, when that is not the street address; may be a post office box.
    pay_to_address1: Mapped[str] = mapped_column(String(120), default="")
    pay_to_address2: Mapped[str] = mapped_column(String(120), default="")
    pay_to_city: Mapped[str] = mapped_column(String(80), default="")
    pay_to_state: Mapped[str] = mapped_column(String(2), default="")
    pay_to_zip: Mapped[str] = mapped_column(String(10), default="")
    # Where sessions in the office take place, when that is not the street address.
    facility_name: Mapped[str] = mapped_column(String(120), default="")
    facility_npi: Mapped[str] = mapped_column(String(10), default="")
    facility_address1: Mapped[str] = mapped_column(String(120), default="")
    facility_city: Mapped[str] = mapped_column(String(80), default="")
    facility_state: Mapped[str] = mapped_column(String(2), default="")
    facility_zip: Mapped[str] = mapped_column(String(10), default="")


class Clinician(Base):
    """A person who holds sessions and signs notes."""

    __tablename__ = "clinician"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    credential: Mapped[str] = mapped_column(String(40), default="")
    npi: Mapped[str] = mapped_column(String(10), default="")
    license_number: Mapped[str] = mapped_column(String(40), default="")
    license_state: Mapped[str] = mapped_column(String(2), default="")
    taxonomy: Mapped[str] = mapped_column(String(10), default="")
    # The ref of the clinician who supervises this associate; blank for everybody else.
    supervisor_ref: Mapped[str] = mapped_column(String(80), default="")

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class Payer(Base):
    """An insurer claims go to."""

    __tablename__ = "payer"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    payer_id: Mapped[str] = mapped_column(String(80), default="")
    claim_filing_code: Mapped[str] = mapped_column(String(2), default="CI")
    timely_filing_days: Mapped[int | None] = mapped_column(Integer)
    # Where the limit is written, and when somebody looked there.
    timely_filing_source: Mapped[str] = mapped_column(String(200), default="")
    timely_filing_as_of: Mapped[date | None] = mapped_column(Date)
    expected_payment_days: Mapped[int | None] = mapped_column(Integer)
    telehealth_modifier: Mapped[str | None] = mapped_column(String(4))
    # Whether the modifier goes with the places for video alone, or with any; none said: the former.
    telehealth_place: Mapped[str | None] = mapped_column(String(8))
    address1: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(2), default="")
    zip: Mapped[str] = mapped_column(String(10), default="")
    # What the contract says of fees for missed sessions; none said: all but Medicaid allow them.
    missed_fee_allowed: Mapped[bool | None] = mapped_column(Boolean)
    packages_allowed: Mapped[bool] = mapped_column(Boolean, default=False)
    # What its claims must carry beyond the guide; a claim without is held back.
    always_rendering: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_taxonomy: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_group_number: Mapped[bool] = mapped_column(Boolean, default=False)
    needs_authorization: Mapped[bool] = mapped_column(Boolean, default=False)
    # Whether it takes a corrected claim (frequency 7, 8); none said: all but Medicare do.
    takes_replacements: Mapped[bool | None] = mapped_column(Boolean)


def _search_of_insert(context: DefaultExecutionContext) -> str:
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return search_text(
        last=given["last_name"],
        first=given["first_name"],
        preferred=given.get("preferred_name") or "",
        ref=given["ref"],
        email=given.get("email") or "",
    )


class Client(Base):
    """A person in care."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_name", "last_name", "first_name", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    preferred_name: Mapped[str] = mapped_column(String(80), default="")
    dob: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str] = mapped_column(String(1), default="U")
    email: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    address1: Mapped[str] = mapped_column(String(120), default="")
    address2: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(2), default="")
    zip: Mapped[str] = mapped_column(String(10), default="")
    payment_type: Mapped[str] = mapped_column(String(20))
    autopay: Mapped[str] = mapped_column(String(10), default="none")
    superbill: Mapped[str] = mapped_column(String(10), default="none")
    # What people search by, also the order of the list: finding and listing read one index.
    search: Mapped[str] = mapped_column(String(300), default=_search_of_insert, index=True)

    diagnoses: Mapped[list[ClientDiagnosis]] = relationship(
        order_by="ClientDiagnosis.position", cascade="all, delete-orphan"
    )
    coverages: Mapped[list[Coverage]] = relationship(order_by="Coverage.rank")
    # On file now; a card that was removed stays as a row of its own.
    cards: Mapped[list[Card]] = relationship(
        order_by="Card.id",
        primaryjoin="and_(Client.id == Card.client_id, Card.removed_at.is_(None))",
    )

    @property
    def full_name(self) -> str:
        """First and last name as on legal papers."""
        return f"{self.first_name} {self.last_name}".strip()


@event.listens_for(Client, "before_insert")
@event.listens_for(Client, "before_update")
def _search_follows_name(_mapper: object, _connection: object, client: Client) -> None:
    client.search = search_text(
        last=client.last_name,
        first=client.first_name,
        preferred=client.preferred_name or "",  # not set yet: the column's default comes later
        ref=client.ref,
        email=client.email or "",
    )


class ClientDiagnosis(Base):
    """One of a client's diagnoses; ``code`` undotted, position 1 is primary."""

    __tablename__ = "client_diagnosis"
    __table_args__ = (UniqueConstraint("client_id", "position"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(8))


class Coverage(Base):
    """A client's insurance: rank 1 primary, 2 secondary."""

    __tablename__ = "coverage"
    __table_args__ = (Index("ix_coverage_client", "client_id", "rank"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    rank: Mapped[int] = mapped_column(Integer)
    payer_id: Mapped[int] = mapped_column(ForeignKey("payer.id"))
    member_id: Mapped[str] = mapped_column(String(80), default="")
    group_number: Mapped[str] = mapped_column(String(80), default="")
    relationship_to_insured: Mapped[str] = mapped_column(String(10), default="self")
    insured_first_name: Mapped[str] = mapped_column(String(80), default="")
    insured_last_name: Mapped[str] = mapped_column(String(80), default="")
    insured_dob: Mapped[date | None] = mapped_column(Date)
    insured_sex: Mapped[str] = mapped_column(String(1), default="U")
    insured_address1: Mapped[str] = mapped_column(String(120), default="")
    insured_city: Mapped[str] = mapped_column(String(80), default="")
    insured_state: Mapped[str] = mapped_column(String(2), default="")
    insured_zip: Mapped[str] = mapped_column(String(10), default="")
    copay_cents: Mapped[int | None] = mapped_column(Integer)
    effective_from: Mapped[date | None] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    authorization_number: Mapped[str] = mapped_column(String(50), default="")
    authorization_sessions: Mapped[int | None] = mapped_column(Integer)
    # Who referred the client, where the plan asks for a referral.
    referring_first_name: Mapped[str] = mapped_column(String(80), default="")
    referring_last_name: Mapped[str] = mapped_column(String(80), default="")
    referring_npi: Mapped[str] = mapped_column(String(10), default="")
    # Why Medicare is not the first payer (SBR05); only for Medicare as the second.
    insurance_type: Mapped[str] = mapped_column(String(2), default="")
    # As the insurer told and a person accepted: hundredths of a percent, and cents.
    coinsurance_bp: Mapped[int | None] = mapped_column(Integer)
    deductible_cents: Mapped[int | None] = mapped_column(Integer)
    deductible_left_cents: Mapped[int | None] = mapped_column(Integer)
    benefits_as_of: Mapped[date | None] = mapped_column(Date)

    payer: Mapped[Payer] = relationship()


class Fee(Base):
    """What a code costs from a day on, in general or for one payer, client or modifier."""

    __tablename__ = "fee"
    __table_args__ = (Index("ix_fee_code", "code", "effective_from"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    fee_cents: Mapped[int] = mapped_column(Integer)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    effective_from: Mapped[date | None] = mapped_column(Date)
    modifier: Mapped[str | None] = mapped_column(String(2))


class SlidingAgreement(Base):
    """A lower fee agreed with one client, because of income: a tier, why, and until when.

    ``percent`` is what is left to pay of the list fee; codes with an agreed amount of their own
    (``amounts``) cost that instead. A code with neither costs the list fee.
    """

    __tablename__ = "sliding_agreement"
    __table_args__ = (
        CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="in_order"),
        Index("ix_sliding_agreement_client", "client_id", "effective_from"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    tier: Mapped[str] = mapped_column(String(80))
    percent: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    covers_missed: Mapped[bool] = mapped_column(Boolean, default=False)  # late cancel, no-show
    review_on: Mapped[date | None] = mapped_column(Date, index=True)
    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    agreed_at: Mapped[datetime] = mapped_column(Instant)

    client: Mapped[Client] = relationship()
    amounts: Mapped[list[SlidingAmount]] = relationship(order_by="SlidingAmount.code")


class SlidingAmount(Base):
    """What one code costs under an agreement, in cents for one unit."""

    __tablename__ = "sliding_amount"
    __table_args__ = (
        UniqueConstraint("agreement_id", "code"),
        CheckConstraint("cents >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("sliding_agreement.id"))
    code: Mapped[str] = mapped_column(String(20))
    cents: Mapped[int] = mapped_column(Integer)


class Card(Base):
    """A card on file: the processor's ids, what is printed on it, and the client's consent.

    ``consent_date`` and ``consent_scope`` say what the client agrees to now; how that came about
    is kept in the consents of ``cards.on_file``, which alone changes them. ``fingerprint`` is the
    processor's mark of the number: the same for a card that is saved a second time.
    """

    __tablename__ = "card"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    stripe_customer: Mapped[str] = mapped_column(String(80))
    stripe_payment_method: Mapped[str] = mapped_column(String(80))
    brand: Mapped[str] = mapped_column(String(30), default="")
    last4: Mapped[str] = mapped_column(String(4), default="")
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)
    consent_date: Mapped[date | None] = mapped_column(Date)
    consent_scope: Mapped[str] = mapped_column(String(40), default="")  # semicolon list
    revoked_on: Mapped[date | None] = mapped_column(Date)  # nothing may be charged since
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    for_fees: Mapped[bool] = mapped_column(Boolean, default=False)  # missed-session fees
    fingerprint: Mapped[str | None] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)

    def permits(self, scope: str) -> bool:
        """Whether the client agreed to charges of ``scope`` on this card."""
        return (
            self.removed_at is None
            and self.consent_date is not None
            and scope in self.consent_scope.split(";")
        )


class Session(Base):
    """One appointment: when, with whom, what kind, and what became of it."""

    __tablename__ = "care_session"
    __table_args__ = (Index("ix_care_session_day", "date_of_service", "starts_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    date_of_service: Mapped[date] = mapped_column(Date)  # the practice's local date at the start
    break_minutes: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(20))
    do_not_bill_insurer: Mapped[bool] = mapped_column(Boolean, default=False)
    # The day it was made, where that was before it was held: estimates are due from then.
    booked_on: Mapped[date | None] = mapped_column(Date)

    client: Mapped[Client] = relationship()
    clinician: Mapped[Clinician] = relationship()
    diagnoses: Mapped[list[SessionDiagnosis]] = relationship(
        order_by="SessionDiagnosis.position", cascade="all, delete-orphan"
    )
    note: Mapped[Note | None] = relationship(back_populates="session")

    @property
    def minutes(self) -> int:
        """Whole minutes of therapy: from the instants, less breaks, part minutes floored."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60 - self.break_minutes


class SessionDiagnosis(Base):
    """A diagnosis this session was about, where it differs from the client's list."""

    __tablename__ = "session_diagnosis"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("care_session.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(8))


class Note(Base):
    """The progress note of a session. Signed once; a signed note is not changed."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("care_session.id"), unique=True)
    body: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))

    session: Mapped[Session] = relationship(back_populates="note")


class SignatureWithdrawn(Base):
    """A signature taken back at once, before anything came of it: what was signed, and when."""

    __tablename__ = "signature_withdrawn"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), index=True)
    signed_at: Mapped[datetime] = mapped_column(Instant)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    body_sha256: Mapped[str] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)


class Package(Base):
    """Sessions of one code sold in advance; ``payment_id`` is the ledger payment behind them.

    Where it stands (pending, active, ...) is derived: see ``billing.prepaid``.
    """

    __tablename__ = "package"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    sold_on: Mapped[date] = mapped_column(Date)
    sessions: Mapped[int] = mapped_column(Integer)
    price_cents: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(20))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    starts_on: Mapped[date | None] = mapped_column(Date)  # none: the day it was sold
    expires_on: Mapped[date | None] = mapped_column(Date)  # the last day it may be used


class CodeList(Base):
    """A diagnosis list the user loaded; ``content`` is gzip of ``code<tab>title`` lines."""

    __tablename__ = "code_list"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(Integer, unique=True)
    release: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary)


GUARDS: dict[str, str] = {
    **no_delete("care_session", what="sessions"),
    **no_delete("note", what="notes"),
    **no_delete("sliding_agreement", what="fee agreements"),
    **append_only("sliding_amount", what="agreed amounts"),
    **append_only("signature_withdrawn", what="withdrawn signatures"),
    # The one change: a signature is taken back, once that is written down and nothing is billed.
    "note_signed_is_final": (
        "CREATE TRIGGER note_signed_is_final BEFORE UPDATE ON note "
        "WHEN OLD.signed_at IS NOT NULL AND (NEW.signed_at IS NOT NULL "
        "OR NEW.signed_by_id IS NOT NULL OR NEW.body IS NOT OLD.body "
        "OR NEW.session_id IS NOT OLD.session_id OR NEW.id IS NOT OLD.id "
        "OR NOT EXISTS (SELECT 1 FROM signature_withdrawn "
        "WHERE note_id = OLD.id AND signed_at = OLD.signed_at) "
        "OR EXISTS (SELECT 1 FROM charge "
        "WHERE session_id = OLD.session_id AND voided_at IS NULL)) BEGIN "
        "SELECT RAISE(ABORT, 'a signed note is never changed'); END"
    ),
}
