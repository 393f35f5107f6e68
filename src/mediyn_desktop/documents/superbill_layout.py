# SPDX-License-Identifier: MIT
"""How a superbill looks: provider left, client right, diagnoses, services, totals, signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from mediyn_desktop.core.money import format_cents
from mediyn_desktop.documents.dates import long_day, short_day
from mediyn_desktop.documents.flow import Block, draw_blocks, gap, paginate
from mediyn_desktop.documents.sheet import (
    ALARM_BODY,
    ALARM_STRONG,
    ALARM_TINT,
    BODY,
    BODY_STRONG,
    BOTTOM,
    COLUMN_HEAD,
    LABEL,
    LEFT,
    MUTED,
    NAME,
    QUIET,
    RIGHT,
    SMALL,
    TINT,
    TOP,
    Sheet,
    Stack,
    draw_continued,
    draw_footer,
    draw_title,
)
from mediyn_desktop.documents.superbill_data import (
    POINTER_LETTERS,
    Diagnosis,
    Line,
    Payment,
    SuperbillData,
)
from mediyn_desktop.documents.typeset import fit, wrap

_COLUMN = 236.0  # width of the provider and of the client block
_RIGHT_COLUMN = RIGHT - _COLUMN
_SERVICES = "services"
_CONTINUED_TOP = TOP + 34
_FEW_PAYMENTS = 8  # so many stay on the page of the totals


class _Column(NamedTuple):
    title: str
    edge: float  # left edge, or right edge of a column of figures
    width: float = 0.0


_DATE = _Column("Date", LEFT)
_PLACE = _Column("POS", 117)
_CODE = _Column("CPT", 145)
_LABEL = _Column("Service", 186, 115)
_MODIFIERS = _Column("Mod", 306, 36)
_POINTERS = _Column("Dx", 346, 28)
_UNITS = _Column("Units", 394)
_FEE = _Column("Fee", 448)
_PAID = _Column("Paid", 503)
_BALANCE = _Column("Balance", RIGHT)


def draw_superbill(sheet: Sheet, data: SuperbillData) -> None:
    """Draw a complete ``data`` (see ``superbill_checks``) on pages of its own."""
    opening = list(_opening(data))
    heading = Block(22.0, _draw_table_heading, _SERVICES, with_next=True)
    pages = paginate(
        [*opening, heading, *_service_rows(data), *_closing(data)],
        {_SERVICES: heading},
        BOTTOM - TOP,
        BOTTOM - _CONTINUED_TOP,
    )
    for number, blocks in enumerate(pages, start=1):
        if data.void:
            sheet.watermark("VOID")
        if number > 1:
            _draw_continued(sheet, data)
        draw_blocks(sheet, TOP if number == 1 else _CONTINUED_TOP, blocks)
        _draw_footer(sheet, data, number, len(pages))
        sheet.end_page()


# --- above the table -----------------------------------------------------------------------------


def _opening(data: SuperbillData) -> Iterator[Block]:
    yield Block(56.0, partial(_draw_title, data=data))
    if data.void:
        yield Block(54.0, partial(_draw_void, data=data))
    provider, client = _provider_stack(data), _client_stack(data)
    height = max(provider.height, client.height)

    def draw_parties(sheet: Sheet, y: float) -> None:
        provider.draw(sheet, LEFT, y)
        client.draw(sheet, _RIGHT_COLUMN, y)

    yield Block(height + 16, draw_parties)
    yield from _diagnosis_blocks(data.diagnoses)


def _draw_title(sheet: Sheet, y: float, *, data: SuperbillData) -> None:
    issued = f"Issued {long_day(data.issue_date)} · Version {data.version}"
    aside = [f"No. {data.number}", issued]
    if data.replaces:
        aside.append(f"Replaces no. {data.replaces}")
    draw_title(sheet, y, "Superbill", "Statement for insurance reimbursement", aside)


def _draw_void(sheet: Sheet, y: float, *, data: SuperbillData) -> None:
    sheet.panel(LEFT, y, RIGHT - LEFT, 40, ALARM_TINT)
    sheet.text(LEFT + 14, y + 17, "VOID", ALARM_STRONG)
    says = "This superbill has been withdrawn. Do not send it to an insurer."
    if data.replaced_by:
        says += f" Use no. {data.replaced_by} instead."
    sheet.text(LEFT + 14, y + 30, fit(says, ALARM_BODY, RIGHT - LEFT - 28), ALARM_BODY)


def _provider_stack(data: SuperbillData) -> Stack:
    provider, stack = data.provider, Stack(_COLUMN)
    stack.add("Provider", LABEL)
    stack.add(provider.signed_name, NAME)
    if provider.practice_name != provider.legal_name:
        stack.add(provider.practice_name, BODY)
    for line in provider.address:
        stack.add(line)
    stack.add(" · ".join(part for part in (provider.phone, provider.email) if part))
    stack.pair("NPI", provider.npi, gap=5)
    stack.pair("Group NPI", provider.organization_npi)
    stack.pair(f"Tax ID ({provider.tax_id_kind})", provider.tax_id_printed)
    stack.pair("License", f"{provider.license_number} ({provider.license_state.upper()})")
    stack.pair("Taxonomy", provider.taxonomy)
    if provider.supervisor is not None:
        lead = provider.supervisor
        named = ", ".join(part for part in (lead.name, lead.credential) if part)
        license_no = " ".join(part for part in (lead.license_number, lead.license_state) if part)
        stack.pair("Supervised by", named, gap=5)
        stack.pair("Their NPI", lead.npi)
        stack.pair("Their license", license_no)
    stack.pair("Referred by", data.referring_name, gap=5)
    stack.pair("Their NPI", data.referring_npi)
    return stack


def _client_stack(data: SuperbillData) -> Stack:
    client, plan, stack = data.client, data.insurance, Stack(_COLUMN)
    stack.add("Client", LABEL)
    stack.add(client.full_name, NAME)
    for line in client.address:
        stack.add(line)
    stack.add(client.phone)
    stack.pair("Date of birth", short_day(client.dob), gap=5)
    stack.pair("Sex", client.sex)
    if plan.plan_name or plan.member_id:
        stack.add("Insurance", LABEL, gap=8)
        stack.pair("Plan", plan.plan_name)
        stack.pair("Member ID", plan.member_id)
        stack.pair("Group", plan.group_number)
        stack.pair("Relationship", plan.relationship.capitalize())
        stack.pair("Insured", plan.insured_name)
        stack.pair("Insured born", short_day(plan.insured_dob))
    return stack


def _diagnosis_blocks(diagnoses: tuple[Diagnosis, ...]) -> Iterator[Block]:
    """Two columns from four diagnoses on, read downwards."""
    yield Block(16.0, partial(_draw_label, text="Diagnoses (ICD-10-CM)"), with_next=True)
    columns = 2 if len(diagnoses) > 3 else 1
    per_column = -(-len(diagnoses) // columns)
    width = (RIGHT - LEFT) / columns
    for row in range(per_column):
        cells = [
            (LEFT + column * width, place, diagnoses[place])
            for column in range(columns)
            if (place := row + column * per_column) < len(diagnoses)
        ]

        def draw(
            sheet: Sheet, y: float, *, cells: list[tuple[float, int, Diagnosis]] = cells
        ) -> None:
            for x, place, diagnosis in cells:
                sheet.text(x, y + 10, POINTER_LETTERS[place], BODY_STRONG)
                sheet.text(x + 16, y + 10, diagnosis.code, BODY)
                sheet.text(x + 66, y + 10, fit(diagnosis.title, QUIET, width - 78), QUIET)

        yield Block(14.0, draw)
    yield Block(14.0, lambda _sheet, _y: None)


def _draw_label(sheet: Sheet, y: float, *, text: str) -> None:
    sheet.text(LEFT, y + 9, text, LABEL)


# --- the table -----------------------------------------------------------------------------------


def _draw_table_heading(sheet: Sheet, y: float) -> None:
    for column in (_DATE, _PLACE, _CODE, _LABEL, _MODIFIERS, _POINTERS):
        sheet.text(column.edge, y + 10, column.title, COLUMN_HEAD)
    for column in (_UNITS, _FEE, _PAID, _BALANCE):
        sheet.text_right(column.edge, y + 10, column.title, COLUMN_HEAD)
    sheet.rule(y + 17, weight=0.9)


def _service_rows(data: SuperbillData) -> Iterator[Block]:
    last_two = len(data.lines) - 2  # the totals never stand on a page without two rows above them
    for place, line in enumerate(data.lines):
        label = wrap(line.label, BODY, _LABEL.width)
        modifiers = wrap(" ".join(line.modifiers), BODY, _MODIFIERS.width)
        pointers = wrap(_pointers(line), BODY, _POINTERS.width)
        rows = max(len(label), len(modifiers), len(pointers))
        draw = partial(_draw_row, line=line, label=label, modifiers=modifiers, pointers=pointers)
        yield Block(5 + 13.0 * rows, draw, _SERVICES, with_next=place >= last_two)


def _pointers(line: Line) -> str:
    """``ABC``; spaced only where it would not fit, so that it can wrap."""
    return "".join(line.pointers) if len(line.pointers) <= 4 else " ".join(line.pointers)


def _draw_row(
    sheet: Sheet,
    y: float,
    *,
    line: Line,
    label: list[str],
    modifiers: list[str],
    pointers: list[str],
) -> None:
    base = y + 11
    sheet.text(_DATE.edge, base, short_day(line.date_of_service), BODY)
    sheet.text(_PLACE.edge, base, line.place_of_service, BODY)
    sheet.text(_CODE.edge, base, line.code, BODY_STRONG)
    for column, texts in ((_LABEL, label), (_MODIFIERS, modifiers), (_POINTERS, pointers)):
        for row, text in enumerate(texts):
            sheet.text(column.edge, base + 13 * row, text, BODY)
    sheet.text_right(_UNITS.edge, base, str(line.units), BODY)
    sheet.text_right(_FEE.edge, base, _amount(line.charged_cents), BODY)
    sheet.text_right(_PAID.edge, base, _amount(line.paid_cents), BODY)
    sheet.text_right(_BALANCE.edge, base, _amount(line.balance_cents), BODY)
    rows = max(len(label), len(modifiers), len(pointers))
    sheet.rule(y + 2 + 13 * rows)


def _amount(cents: int) -> str:
    return format_cents(cents, symbol="")


# --- below the table -----------------------------------------------------------------------------


def _closing(data: SuperbillData) -> Iterator[Block]:
    yield Block(34.0, partial(_draw_totals, data=data), _SERVICES, with_next=True)
    label = Block(17.0, partial(_draw_label, text="Payments received"), with_next=True)
    rows = [Block(14.0, partial(_draw_payment, payment=payment)) for payment in data.payments]
    if not rows:
        yield _statement(data, LEFT)
    elif len(rows) <= _FEW_PAYMENTS:
        yield _side_by_side([label, *rows], _statement(data, _RIGHT_COLUMN))
    else:
        yield label
        for place, row in enumerate(rows):
            yield replace(row, with_next=place == 0 or place >= len(rows) - 2)
        yield gap(12)
        yield _statement(data, LEFT)
    yield Block(44.0, partial(_draw_signature, data=data))


def _side_by_side(left: list[Block], right: Block) -> Block:
    def draw(sheet: Sheet, y: float) -> None:
        draw_blocks(sheet, y, left)
        right.draw(sheet, y)

    height = max(sum(block.height for block in left), right.height)
    return Block(height, draw, with_next=True)


def _draw_totals(sheet: Sheet, y: float, *, data: SuperbillData) -> None:
    sheet.panel(LEFT - 6, y + 1, RIGHT - LEFT + 12, 19, TINT)
    base = y + 14
    sheet.text(LEFT, base, "Total" if data.balance_cents else "Total, paid in full", BODY_STRONG)
    symbol = "$" if data.charged_cents < 10_000_00 else ""  # wider totals would touch each other
    for column, cents in (
        (_FEE, data.charged_cents),
        (_PAID, data.paid_cents),
        (_BALANCE, data.balance_cents),
    ):
        sheet.text_right(column.edge, base, format_cents(cents, symbol=symbol), BODY_STRONG)


def _draw_payment(sheet: Sheet, y: float, *, payment: Payment) -> None:
    sheet.text(LEFT, y + 10, short_day(payment.date), BODY)
    sheet.text(_PLACE.edge, y + 10, fit(payment.method, BODY, 128), BODY)
    sheet.text_right(_RIGHT_COLUMN - 28, y + 10, _amount(payment.amount_cents), BODY)


def _statement(data: SuperbillData, left: float) -> Block:
    """Assignment not accepted: the insurer owes the benefit to its member."""
    stack = Stack(RIGHT - left - 28)
    payee = "the client"
    if data.insurance.relationship.lower() not in ("", "self"):
        payee = "the client or the insured member"
    stack.add(f"Please pay benefits to {payee}", BODY_STRONG)
    stack.add(
        "The provider does not accept assignment of benefits for these services. Amounts shown as "
        f"paid were received from the client; reimbursement is due to {payee}, not to the "
        "provider. This is not a request for payment.",
        QUIET,
    )

    def draw(sheet: Sheet, y: float) -> None:
        sheet.panel(left, y, RIGHT - left, stack.height + 16, TINT)
        stack.draw(sheet, left + 14, y + 7)

    return Block(stack.height + 22, draw, with_next=True)


def _draw_signature(sheet: Sheet, y: float, *, data: SuperbillData) -> None:
    signature = data.signature
    if signature is not None and signature.name:
        signed = f"Electronically signed by {signature.name}"
        sheet.text(LEFT, y + 18, fit(signed, BODY, 330), BODY)
        sheet.text(RIGHT - 130, y + 18, long_day(signature.signed_on), BODY)
    sheet.rule(y + 24, right=LEFT + 340, color=MUTED)
    sheet.rule(y + 24, left=RIGHT - 130, color=MUTED)
    sheet.text(LEFT, y + 34, "Provider’s signature", SMALL)
    sheet.text(RIGHT - 130, y + 34, "Date", SMALL)


# --- every page ----------------------------------------------------------------------------------


def _draw_continued(sheet: Sheet, data: SuperbillData) -> None:
    born = f" · born {short_day(data.client.dob)}"
    name = fit(data.client.full_name, QUIET, 190)
    draw_continued(sheet, TOP, f"Superbill no. {data.number}", name + born)


def _draw_footer(sheet: Sheet, data: SuperbillData, number: int, pages: int) -> None:
    mark = " · VOID" if data.void else ""
    text = f"Superbill no. {data.number} · Version {data.version}{mark}"
    draw_footer(sheet, text, number, pages)
