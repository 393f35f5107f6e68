# SPDX-License-Identifier: MIT
"""What a superbill must say before it is printed, and what insurers often stumble over.

The required fields are those insurers' member-claim checklists agree on. Shapes only: whether an
NPI's check digit or a diagnosis is right is decided in ``codes`` when it is entered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents import typeset
from mediyn_desktop.documents.superbill_data import (
    POINTER_LETTERS,
    Client,
    Line,
    Provider,
    SuperbillData,
)

_DIAGNOSIS = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
_PO_BOX = re.compile(r"\bp\.?\s*o\.?\s*box\b", re.IGNORECASE)


class Missing(NamedTuple):
    """A field without which no superbill is printed, and a sentence that says so."""

    field: str
    sentence: str


class Caution(NamedTuple):
    """Something an insurer may stumble over; the superbill prints all the same."""

    field: str
    sentence: str


class DocumentIncomplete(UserFacingError):
    """A superbill lacks required fields; ``missing`` lists them all."""

    code = "superbill-incomplete"

    def __init__(self, missing: list[Missing]) -> None:
        self.missing = missing
        super().__init__(
            "The superbill cannot be printed yet. "
            + " ".join(item.sentence for item in missing)
            + " Nothing was printed or changed. Fill in what is missing and print again."
        )


def missing_fields(data: SuperbillData) -> list[Missing]:
    """Return every required field of ``data`` that is blank or cannot be right, in page order."""
    return [
        *_missing_document(data),
        *_missing_provider(data.provider),
        *_missing_client(data.client),
        *_missing_diagnoses(data),
        *(item for number, line in enumerate(data.lines) for item in _line(data, number, line)),
    ]


def _blank(*values: str) -> bool:
    return not any(typeset.clean(value).strip() for value in values)


def _digits(text: str) -> str:
    """The digits of ``text``, or nothing when it holds anything but ASCII digits and dashes."""
    bare = text.replace("-", "").strip()
    return bare if bare.isascii() and bare.isdigit() else ""


def _missing_document(data: SuperbillData) -> Iterator[Missing]:
    if _blank(data.number):
        yield Missing("number", "The document number is missing.")
    if data.issue_date is None:
        yield Missing("issue_date", "The issue date is missing.")
    if data.version < 1:
        yield Missing("version", "The version must be 1 or more.")
    if not data.lines:
        yield Missing("lines", "There is no completed, billable session to list.")


def _missing_provider(provider: Provider) -> Iterator[Missing]:
    blanks = (
        ("legal_name", "Your legal name, as registered with NPPES, is missing."),
        ("credential", "Your credential (such as LCSW or PhD) is missing."),
        ("license_number", "Your license number is missing."),
        ("phone", "The practice’s phone number is missing."),
    )
    for name, sentence in blanks:
        if _blank(getattr(provider, name)):
            yield Missing(f"provider.{name}", sentence)
    if len(_digits(provider.npi)) != 10:
        yield Missing("provider.npi", "Your own NPI (type 1, ten digits) is missing.")
    if len(_digits(provider.tax_id)) != 9:
        yield Missing("provider.tax_id", "Your tax ID (EIN or SSN, nine digits) is missing.")
    if not re.fullmatch(r"[A-Za-z]{2}", provider.license_state):
        yield Missing(
            "provider.license_state", "The state of your license (two letters) is missing."
        )
    if _blank(*provider.address):
        yield Missing("provider.address", "The practice’s street address is missing.")


def _missing_client(client: Client) -> Iterator[Missing]:
    if _blank(client.full_name):
        yield Missing("client.full_name", "The client’s full legal name is missing.")
    if client.dob is None:
        yield Missing("client.dob", "The client’s date of birth is missing.")


def _missing_diagnoses(data: SuperbillData) -> Iterator[Missing]:
    if not data.diagnoses:
        yield Missing("diagnoses", "There is no diagnosis.")
    if len(data.diagnoses) > len(POINTER_LETTERS):
        yield Missing("diagnoses", "A superbill holds twelve diagnoses at most; take some off.")
    for place, diagnosis in enumerate(data.diagnoses):
        if not _DIAGNOSIS.fullmatch(diagnosis.code):
            yield Missing(
                f"diagnoses[{place}].code",
                f"Diagnosis {place + 1} is not an ICD-10-CM code such as F41.1.",
            )


def _line(data: SuperbillData, place: int, line: Line) -> Iterator[Missing]:
    where, name = f"lines[{place}]", f"line {place + 1}"
    day = line.date_of_service
    if day is None:
        yield Missing(f"{where}.date_of_service", f"The date of service on {name} is missing.")
    else:
        name += f" ({day:%m/%d/%Y})"
        if data.issue_date is not None and day > data.issue_date:
            yield Missing(
                f"{where}.date_of_service",
                f"The service on {name} is later than the date of this superbill.",
            )
    if not re.fullmatch(r"[0-9]{2}", line.place_of_service):
        yield Missing(
            f"{where}.place_of_service", f"The place of service (two digits) on {name} is missing."
        )
    if not re.fullmatch(r"[0-9A-Z]{5}", line.code):
        yield Missing(f"{where}.code", f"The procedure code on {name} is missing.")
    letters = POINTER_LETTERS[: len(data.diagnoses)]
    if not line.pointers or any(len(p) != 1 or p not in letters for p in line.pointers):
        yield Missing(f"{where}.pointers", f"The diagnosis treated on {name} is not named.")
    if line.units < 1:
        yield Missing(f"{where}.units", f"The units on {name} are missing.")
    if line.charged_cents < 1:
        yield Missing(f"{where}.charged_cents", f"The fee charged on {name} is missing.")
    elif not 0 <= line.paid_cents <= line.charged_cents:
        yield Missing(
            f"{where}.paid_cents",
            f"The amount paid on {name} must lie between $0.00 and the fee of "
            f"{format_cents(line.charged_cents)}.",
        )


def warnings(data: SuperbillData) -> list[Caution]:
    """Return what may make an insurer ask back; none of it stops the superbill."""
    return [
        *_provider_cautions(data),
        *_client_cautions(data),
        *_line_cautions(data),
        *_payment_cautions(data),
    ]


def _provider_cautions(data: SuperbillData) -> Iterator[Caution]:
    provider = data.provider
    if _blank(provider.taxonomy):
        yield Caution("provider.taxonomy", "Your taxonomy code is blank; some insurers ask for it.")
    if any(_PO_BOX.search(line) for line in provider.address):
        yield Caution(
            "provider.address", "The address is a PO box; insurers want the place of the service."
        )
    if provider.supervisor is not None:
        yield Caution(
            "provider.supervisor",
            "Many plans do not reimburse services given under supervision; tell the client.",
        )
        if len(_digits(provider.supervisor.npi)) != 10 or _blank(
            provider.supervisor.license_number
        ):
            yield Caution(
                "provider.supervisor.npi", "The supervisor’s NPI or license number is blank."
            )
    if data.signature is None or _blank(data.signature.name) or data.signature.signed_on is None:
        yield Caution("signature", "The superbill is not signed and dated.")


def _client_cautions(data: SuperbillData) -> Iterator[Caution]:
    client, plan = data.client, data.insurance
    fields = (
        ("client.address", _blank(*client.address), "The client’s address is blank."),
        ("client.sex", _blank(client.sex), "The client’s sex, as the insurer has it, is blank."),
        ("client.phone", _blank(client.phone), "The client’s phone number is blank."),
        ("insurance.plan_name", _blank(plan.plan_name), "The insurance plan is blank."),
        ("insurance.member_id", _blank(plan.member_id), "The member ID is blank."),
        ("insurance.group_number", _blank(plan.group_number), "The group number is blank."),
    )
    for field, blank, sentence in fields:
        if blank:
            yield Caution(field, sentence)
    if _blank(plan.relationship):
        yield Caution(
            "insurance.relationship", "How the client is related to the insured is blank."
        )
    elif plan.relationship.lower() != "self":
        if _blank(plan.insured_name):
            yield Caution("insurance.insured_name", "The insured person’s name is blank.")
        if plan.insured_dob is None:
            yield Caution("insurance.insured_dob", "The insured person’s date of birth is blank.")


def _line_cautions(data: SuperbillData) -> Iterator[Caution]:
    if data.diagnoses and data.diagnoses[0].code.startswith("Z"):
        yield Caution("diagnoses", "Many plans do not reimburse a Z code as the first diagnosis.")
    seen = Counter((line.date_of_service, line.code, line.modifiers) for line in data.lines)
    for (day, code, _), times in seen.items():
        if times > 1 and day is not None:
            yield Caution("lines", f"{code} on {day:%m/%d/%Y} is listed {times} times.")
    if data.balance_cents > 0:
        yield Caution(
            "lines",
            f"{format_cents(data.balance_cents)} is not paid yet; many insurers reimburse only "
            "what the client has paid.",
        )


def _payment_cautions(data: SuperbillData) -> Iterator[Caution]:
    if data.paid_cents > 0 and not data.payments:
        yield Caution("payments", "No payment is listed; insurers often want proof of payment.")
    elif data.payments and data.received_cents != data.paid_cents:
        yield Caution(
            "payments",
            f"The payments listed add up to {format_cents(data.received_cents)}, but "
            f"{format_cents(data.paid_cents)} is shown as paid.",
        )


def unprintable(data: SuperbillData) -> list[Missing]:
    """Return what the page cannot show as it is written; an insurer would refuse such a page."""
    texts = list(_texts(data))
    found = [
        Missing(
            "text",
            f"The character “{char}” (U+{ord(char):04X}) cannot be printed. Write the name as on "
            "the insurance card.",
        )
        for char in typeset.unprintable(texts)
    ]
    if any(typeset.right_to_left(text) for text in texts):
        sentence = "Letters written from right to left cannot be printed in their order. Write "
        found.append(Missing("text", f"{sentence}the name as on the insurance card."))
    return found


def _texts(data: SuperbillData) -> Iterator[str]:
    """Every free text that will be on the page."""
    provider, client, plan = data.provider, data.client, data.insurance
    yield from (provider.signed_name, provider.practice_name, provider.license_number)
    yield from (*provider.address, provider.phone, provider.email, data.number, data.replaces)
    if provider.supervisor is not None:
        yield provider.supervisor.name
    yield from (client.full_name, *client.address, plan.plan_name, plan.member_id)
    yield from (plan.group_number, plan.relationship, plan.insured_name, data.referring_name)
    yield from (diagnosis.title for diagnosis in data.diagnoses)
    yield from (line.label for line in data.lines)
    yield from (payment.method for payment in data.payments)
    if data.signature is not None:
        yield data.signature.name
