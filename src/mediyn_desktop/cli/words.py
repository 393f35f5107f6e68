# SPDX-License-Identifier: MIT
"""Results as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mediyn_desktop.billing.tables import Charge
from mediyn_desktop.cards.clearing.payouts import PayoutView
from mediyn_desktop.cards.clearing.showing import DisputeView, RefundView
from mediyn_desktop.cards.clearing.tie_out import TieOut
from mediyn_desktop.cards.installments import Installment
from mediyn_desktop.cards.links.standing import LinkView
from mediyn_desktop.claims.outbox import OutboxRow
from mediyn_desktop.claims.sending import Exported
from mediyn_desktop.core.money import format_cents
from mediyn_desktop.dayclose.close import Closed
from mediyn_desktop.dayclose.review import DayException, Review, Row
from mediyn_desktop.dayclose.totals import totals
from mediyn_desktop.dayclose.wording import CARD_STATES, CLAIM_STATES, HAND_OVERS, ROADS
from mediyn_desktop.delivery.superbills import Superbill
from mediyn_desktop.exchange.practice_folder import ImportReport
from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.jobs.due import JobStatus
from mediyn_desktop.ledger.queries import ClientBalance, EntryView
from mediyn_desktop.store.verify import Check


def table(rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()) -> str:
    """Return ``rows`` (the first is the header) as aligned columns; ``right`` ones to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    aligned = set(right)
    lines = [
        "  ".join(
            cell.rjust(width) if i in aligned else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)


def created(code: str, folder: Path) -> str:
    """The new practice and its recovery code."""
    return (
        f"The encrypted practice is in {folder}.\n\n"
        f"Recovery code, shown only now:\n\n    {code}\n\n"
        "Print it and keep it away from this computer. Without the passphrase and without this\n"
        "code nobody can open the practice again."
    )


def imported(report: ImportReport, *, dry_run: bool = False) -> str:
    """What an import brought, or would bring."""
    done = "Would import" if dry_run else "Imported"
    lines = [f"{done}: {_counted(report.imported) or 'nothing new'}."]
    if there := _counted(report.unchanged):
        lines.append(f"There already, unchanged: {there}.")
    lines += [f"Note: {_place(one)}: {one.message}" for one in report.warnings]
    lines += [f"Not billed: {one.session_ref}: {one.message}" for one in report.unbilled]
    return "\n".join(lines)


def import_errors(errors: Sequence[CellError]) -> str:
    """Every bad cell."""
    return "\n".join(f"{_place(one)}: {one.message}" for one in errors)


def review(found: Review) -> str:
    """The review list of a day."""
    parts = [f"Day Close for {found.day:%A, %B %d, %Y}", ""]
    parts.append(_rows(found.rows) if found.rows else "There are no sessions on this day.")
    parts += _installments(found.installments)
    parts += _exceptions(found.exceptions)
    return "\n".join(parts)


def closed(result: Closed) -> str:
    """What the evening came to."""
    sums = totals(result.review.rows, len(result.superbills), result.review.installments)
    parts = [
        f"{result.review.day:%A, %B %d, %Y} is closed.",
        "",
        _rows(sorted(result.review.rows, key=lambda one: one.starts_at))
        if result.review.rows
        else "There were no sessions on this day.",
        *_installments(result.review.installments),
        "",
        f"Charged for sessions   {format_cents(sums.charged_cents):>12}",
        f"Paid by card tonight   {format_cents(sums.cards_succeeded_cents):>12}",
        f"Declined               {format_cents(sums.cards_declined_cents):>12}",
        f"Waiting to be charged  {format_cents(sums.cards_waiting_cents):>12}",
        f"Billed to insurers     {format_cents(sums.claims_cents):>12}",
    ]
    if sums.cards_unknown_cents:
        parts.append(f"Outcome not known yet  {format_cents(sums.cards_unknown_cents):>12}")
    # A practice without a processor, or an evening without a network, is told so where it matters.
    matters = sums.cards_waiting_cents or result.processor not in ("no-key", "offline")
    if result.processor_message and matters:
        parts += ["", result.processor_message]
    parts += _exceptions(result.exceptions)
    files = [*result.files, *(one.file for one in result.claim_files)]
    if files:
        parts += ["", "Files:", *(f"  {path}" for path in files)]
    return "\n".join(parts)


def _installments(asked: Sequence[Installment]) -> list[str]:
    """What payment plans ask of cards that evening."""
    if not asked:
        return []
    head = ("Payment plan of", "Due", "Amount", "Card", "")
    body = [
        (
            one.client_name,
            one.due_on.isoformat(),
            format_cents(one.amount_cents),
            one.last4 or "–",
            CARD_STATES[one.state] if one.state is not None else "",
        )
        for one in asked
    ]
    return ["", table([head, *body], right=(2,))]


def signed(ref: str, charge: Charge) -> str:
    """One signed note."""
    road = ROADS[charge.route].lower()
    return f"Signed {ref}: {format_cents(charge.total_cents)}, {road}."


def balances(rows: Sequence[ClientBalance]) -> str:
    """Balances of clients."""
    head = ("Client", "Client owes", "Insurers owe", "Credit", "Prepaid")
    body = [
        (
            one.client,
            format_cents(one.patient_cents),
            format_cents(one.insurer_cents),
            format_cents(one.credit_cents),
            format_cents(one.deferred_cents),
        )
        for one in rows
    ]
    return table([head, *body], right=(1, 2, 3, 4))


def journal(rows: Sequence[EntryView]) -> str:
    """Journal entries with postings."""
    lines: list[str] = []
    for one in rows:
        back = f", reverses {one.reverses}" if one.reverses else ""
        lines.append(f"{one.date}  #{one.id}  {one.kind}  {one.source}{back}")
        lines += [
            f"    {posting.account:<44} {format_cents(posting.amount_cents):>14}"
            for posting in one.postings
        ]
    return "\n".join(lines) or "The journal is empty."


def superbills(rows: Sequence[Superbill]) -> list[str]:
    """Issued superbills."""
    return [
        f"{one.client_ref}: superbill {one.number} version {one.version}, "
        f"{format_cents(one.charged_cents)} charged, {format_cents(one.paid_cents)} paid"
        + (f"\n  {one.file}" if one.file else "")
        + "".join(f"\n  Note: {text}" for text in one.cautions)
        for one in rows
    ]


def claims(rows: Sequence[dict[str, Any]]) -> str:
    """Claims and their states."""
    if not rows:
        return "There are no claims."
    head = ("Claim", "Client", "State", "Total", "Held back because")
    body = [
        (
            one["control_number"],
            one["client_ref"],
            one["state"],
            format_cents(one["total_cents"]),
            " ".join(problem["message"] for problem in one["problems"]),
        )
        for one in rows
    ]
    return table([head, *body], right=(3,))


def exported(files: Sequence[Exported]) -> str:
    """Claim files that were handed over."""
    if not files:
        return "No claim is waiting to be sent."
    return "\n".join(
        f"{one.where}: {one.message or f'{len(one.control_numbers)} claims'}" for one in files
    )


def outbox(rows: Sequence[OutboxRow]) -> str:
    """Claim files and their hand-overs."""
    if not rows:
        return "No claim file was made yet."
    lines = [["number", "file", "", "where"]]
    lines += [
        [str(row.submission_id), row.name, HAND_OVERS[row.state.value], row.place] for row in rows
    ]
    told = [f"{row.name}: {row.message}" for row in rows if row.message]
    return "\n".join([table(lines), *told])


def checks(found: Sequence[Check]) -> str:
    """The checks of ``verify``."""
    return "\n".join(f"{'ok ' if one.ok else 'BAD'}  {one.name}: {one.detail}" for one in found)


def settings(shown: Sequence[dict[str, Any]]) -> str:
    """Settings with their values and documentation."""
    return "\n\n".join(f"{one['key']} = {one['value']}\n    {one['doc']}" for one in shown)


def card_pass(document: dict[str, Any]) -> str:
    """One pass of the card worker."""
    lines = [
        f"{one['client_ref']}: {format_cents(one['amount_cents'])} {CARD_STATES[one['state']]}"
        for one in document["attempts"]
    ]
    for text in (document["frozen"], document.get("message")):
        if text and text not in lines:
            lines.append(text)
    return "\n".join(lines) or "No card charge is waiting."


def comparison(document: dict[str, Any]) -> str:
    """What a full comparison with the processor found."""
    lines = [
        f"{one['client_ref'] or 'unknown'}: {one['message']} ({one['processor_id']})"
        for one in document["found"]
    ]
    if document["frozen"]:
        lines.append(document["frozen"])
    if lines and not document["accepted"]:
        lines.append("Nothing was changed. “mediyn cards reconcile --accept” takes it over.")
    return "\n".join(lines) or "This practice and the card processor agree."


def refunds(rows: Sequence[RefundView]) -> str:
    """Refunds of card payments."""
    return (
        "\n".join(
            f"{one.client_ref}: {format_cents(one.amount_cents)} of {one.payment}, "
            f"{one.message or one.state}"
            for one in rows
        )
        or "No card payment was paid back."
    )


def disputes(rows: Sequence[DisputeView]) -> str:
    """Disputes, and until when to answer."""
    lines = []
    for one in rows:
        until = f", answer by {one.due_on:%m/%d/%Y}" if one.days_left is not None else ""
        lines.append(
            f"{one.client_ref or 'unknown'}: {format_cents(one.amount_cents)} "
            f"{one.status.replace('_', ' ')}{until} ({one.id})"
        )
    return "\n".join(lines) or "No payment was disputed."


def payouts(rows: Sequence[PayoutView]) -> str:
    """Payouts, each with what it took along."""
    lines = []
    for one in rows:
        lines.append(
            f"{one.arrives_on:%m/%d/%Y} {format_cents(one.amount_cents):>12} "
            f"{one.status.replace('_', ' ')} ({one.id})"
        )
        lines += [
            f"    {line.kind:<18} {format_cents(line.amount_cents):>12} "
            f"fee {format_cents(line.fee_cents):>9} {line.client or ''}".rstrip()
            for line in one.lines
        ]
        if not one.taken_apart:
            lines.append("    What is in it is not known yet.")
    return "\n".join(lines) or "Nothing was paid out yet."


def tie_out(found: TieOut) -> str:
    """The year's tie-out as a table, and whether the books agree."""
    names = ("gross", "refunds", "fees", "disputes", "dispute_fees", "payouts", "other", "net")
    heads = ("Gross", "Refunds", "Fees", "Disputes", "Their fees", "Payouts", "Other", "Change")
    rows = [*found.months.items(), (str(found.year), found.total)]
    body = [
        (month, *(format_cents(getattr(row, f"{name}_cents")) for name in names))
        for month, row in rows
        if row.payments or any(getattr(row, f"{name}_cents") for name in names)
    ]
    lines = [table([("Month", *heads), *body], right=range(1, 9))] if body else []
    lines.append(f"Form 1099-K counts {format_cents(found.total.gross_cents)}.")
    if found.difference_cents:
        lines.append(
            f"Your books and the processor differ by {format_cents(found.difference_cents)}."
        )
    elif found.complete:
        lines.append("Your books and the processor agree.")
    lines += [one.message for one in found.strangers]
    if not found.complete:
        lines.append("Not everything was read of the processor yet: “mediyn cards sync”.")
    return "\n".join(lines)


def links(rows: Sequence[LinkView]) -> str:
    """Payment links."""
    return (
        "\n".join(
            f"{one.client_ref}: {format_cents(one.amount_cents)} "
            f"{one.url or one.message or one.state}"
            for one in rows
        )
        or "There is no payment link."
    )


def charged_now(document: dict[str, Any]) -> str:
    """What a client's card is, or was, charged now."""
    lines = []
    for one in document["lines"]:
        what = f"{one['session_ref']}: {format_cents(one['amount_cents'])} ({one['purpose']})"
        if one["refused"] is not None:
            lines.append(f"{what}: {one['refused']['message']}")
        elif one["under_way"]:
            lines.append(f"{what}: asked before; it goes on as it was begun.")
        else:
            lines.append(f"{what} on the card ending {one['card_last4']}.")
    for one in document["attempts"]:
        lines.append(
            f"{format_cents(one['amount_cents'])}: {one['state'].replace('_', ' ')}. "
            f"{one['message'] or ''}".rstrip()
        )
    if document["message"]:
        lines.append(document["message"])
    if not lines:
        return "Nothing is due from this client by card."
    if not document["charged"]:
        lines.append("Nothing was charged. Charge it with --yes.")
    return "\n".join(lines)


def key_check(document: dict[str, Any]) -> str:
    """What a key of the processor is good for."""
    mode = "real charges" if document["livemode"] else "test charges"
    lines = [f"The key opens account {document['account']} for {mode}."]
    if document["missing"]:
        lines.append(f"It may not read: {', '.join(document['missing'])}.")
    if document["unwritable"]:
        names = ", ".join(document["unwritable"])
        lines.append(f"It may not write, for saving cards and payment links: {names}.")
    if document["other"]:
        lines.append(document["other"])
    return "\n".join(lines)


def jobs(stand: Sequence[JobStatus]) -> str:
    """Where each background job stands."""
    return "\n".join(
        f"{one.label}: {one.waiting or 'nothing'} waiting. {one.message}".rstrip() for one in stand
    )


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{many} {_noun(kind, many)}" for kind, many in rows.items() if many)


_ONE = {"opening_balances": "opening balance", "coverage": "coverage", "practice": "practice"}


def _noun(name: str, count: int) -> str:
    """The plural counted things are named by, or its singular."""
    if count == 1:
        return _ONE.get(name, name.removesuffix("s"))
    return name.replace("_", " ")


def _place(one: CellError) -> str:
    line = f", line {one.line}" if one.line else ""
    column = f", {one.column}" if one.column else ""
    return f"{one.file}{line}{column}"


def _rows(rows: Sequence[Row]) -> str:
    head = ("Time", "Client", "Min", "Code", "Fee", "Road", "Card", "Claim")
    return table([head, *(_row(one) for one in rows)], right=(2, 4))


def _row(one: Row) -> tuple[str, ...]:
    codes = " + ".join(
        line.cpt + (f"×{line.units}" if line.units > 1 else "") for line in one.lines
    )
    card = ""
    if one.card is not None:
        card = f"{format_cents(one.card.amount_cents)} {CARD_STATES[one.card.state]}"
    elif one.due_cents and one.card_last4:
        card = f"{format_cents(one.due_cents)} to •{one.card_last4}"
    return (
        f"{one.starts_at:%H:%M}",
        one.client_name,
        str(one.minutes),
        codes or "–",
        format_cents(one.fee_cents) if one.lines else "–",
        ROADS[one.route],
        card,
        CLAIM_STATES.get(one.claim.state, one.claim.state) if one.claim else "",
    )


def _exceptions(found: Sequence[DayException]) -> list[str]:
    if not found:
        return ["", "Nothing needs your attention."]
    return [
        "",
        f"Needs your attention ({len(found)}):",
        *(f"  {one.ref}: {one.message}" for one in found),
    ]
