# SPDX-License-Identifier: MIT
"""What each command does: open the practice, call the use case, say what came of it.

Every command returns an ``Answer``: the JSON document of the contract, the same in words, and
whether something needs attention (exit status 3).
"""

from __future__ import annotations

import argparse
import calendar
import getpass
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mediyn_desktop import app
from mediyn_desktop.billing.charges import NotBilled
from mediyn_desktop.billing.signing import sign_note
from mediyn_desktop.cards import worker
from mediyn_desktop.cards.receipts import take_payment
from mediyn_desktop.cards.states import State
from mediyn_desktop.cards.tables import CardAttempt, CardFreeze
from mediyn_desktop.claims import submission
from mediyn_desktop.claims.tables import Claim
from mediyn_desktop.claims.x12.check837p import check_837p
from mediyn_desktop.cli import shapes, words
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.money import AmountError, parse_cents
from mediyn_desktop.core.redaction import logging_to
from mediyn_desktop.dayclose.close import close_day
from mediyn_desktop.dayclose.review import review
from mediyn_desktop.delivery import superbills
from mediyn_desktop.exchange.practice_folder import import_folder, read_folder
from mediyn_desktop.exchange.practice_folder.cells import CellError
from mediyn_desktop.ledger import queries as ledger
from mediyn_desktop.practice import code_lists, sessions
from mediyn_desktop.practice.tables import Client
from mediyn_desktop.store import settings
from mediyn_desktop.store.folder import default_data_folder
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault import slots


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say."""

    document: Any
    text: str
    attention: bool = False
    failed: bool = False


def data_folder(args: argparse.Namespace) -> Path:
    """Return the practice's folder: option, environment, or the platform's default."""
    named = getattr(args, "data", None) or os.environ.get("MEDIYN_DATA")
    return Path(named).expanduser() if named else default_data_folder()


def passphrase(args: argparse.Namespace) -> str | None:
    """Return the passphrase from its file, or None where no file was named."""
    named = getattr(args, "passphrase_file", None) or os.environ.get("MEDIYN_PASSPHRASE_FILE")
    if not named:
        return None
    try:
        lines = Path(named).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UserFacingError(
            f"The passphrase file {named} cannot be read. Nothing was opened. Check its name.",
            code="passphrase-file",
        ) from None
    if not lines or not lines[0]:
        raise UserFacingError(
            f"The passphrase file {named} is empty. Nothing was opened. Put the passphrase on its "
            "first line.",
            code="passphrase-file",
        )
    return lines[0]


@contextmanager
def opened(args: argparse.Namespace, *, exclusive: bool = True) -> Iterator[Store]:
    """Yield the practice, unlocked by passphrase file, OS keyring or prompt, in that order."""
    folder = data_folder(args)
    given = passphrase(args)
    if given is not None:
        key = app.unlock(folder, given)
    elif slots.slots_state(folder).keyring if (folder / "keyslots.json").exists() else False:
        key = slots.open_with_keyring(folder)
    elif sys.stdin.isatty():
        key = app.unlock(folder, getpass.getpass("Passphrase: "))
    else:
        app.require_practice(folder)
        raise app.NeedsPassphrase(
            "The practice is locked and nobody can be asked. Nothing was done. Name a file with "
            "--passphrase-file or MEDIYN_PASSPHRASE_FILE."
        )
    with logging_to(folder / "logs"):
        store = app.open_store(folder, key, exclusive=exclusive)
        try:
            yield store
        finally:
            store.close()


def init(args: argparse.Namespace) -> Answer:
    """Create the practice; with --practice import it, or create nothing."""
    folder = data_folder(args)
    chosen = passphrase(args)
    if chosen is None:
        if not sys.stdin.isatty():
            raise app.NeedsPassphrase(
                "A new practice needs a passphrase. Nothing was created. Name a file with "
                "--passphrase-file."
            )
        chosen = getpass.getpass("Choose a passphrase: ")
        if getpass.getpass("The same once more: ") != chosen:
            raise UserFacingError(
                "The two passphrases differ. Nothing was created.", code="passphrases-differ"
            )
    if args.practice is not None:
        content = read_folder(args.practice)
        if isinstance(content, list):
            return _refused_import(content)
    created = app.create(folder, chosen)
    document: dict[str, Any] = {"recovery_code": created.recovery_code, "data": str(folder)}
    text = words.created(created.recovery_code, folder)
    attention = False
    try:
        if args.practice is not None:
            report = import_folder(created.store, args.practice)
            if report.errors:
                return _refused_import(report.errors)
            document["imported"] = report.imported
            document["warnings"] = [_cell(one) for one in report.warnings]
            text += "\n" + words.imported(report)
            attention = bool(report.warnings)
    finally:
        created.store.close()
    return Answer(document, text, attention=attention)


def import_practice(args: argparse.Namespace) -> Answer:
    """Import a practice folder."""
    with opened(args) as store:
        report = import_folder(store, args.folder, dry_run=args.dry_run)
    if report.errors:
        return _refused_import(report.errors)
    document = {
        "imported": report.imported,
        "errors": [],
        "warnings": [_cell(one) for one in report.warnings],
    }
    return Answer(document, words.imported(report), attention=bool(report.warnings))


def show_day(args: argparse.Namespace) -> Answer:
    """Show the review list."""
    with opened(args, exclusive=False) as store, store.read() as read:
        found = review(read, args.date)
    return Answer(shapes.review(found), words.review(found), attention=bool(found.exceptions))


def close(args: argparse.Namespace) -> Answer:
    """Close the day."""
    with opened(args) as store:
        if not args.yes:
            _confirm(store, args.date)
        result = close_day(
            store,
            args.date,
            api=app.card_processor(store),
            out=args.out,
            skip=args.skip,
            offline=getattr(args, "offline", False),
            progress=_tell_progress(args),
        )
    return Answer(shapes.closed(result), words.closed(result), attention=bool(result.exceptions))


def sign(args: argparse.Namespace) -> Answer:
    """Sign one note."""
    with opened(args) as store, store.write(f"Sign note for session {args.session}") as uow:
        charge = sign_note(uow, args.session)
        if isinstance(charge, NotBilled):
            document = {"session_ref": args.session, "billed": False, "code": charge.code}
            return Answer(document, f"Signed. Not billed: {charge.message}", attention=True)
        document = {
            "session_ref": args.session,
            "billed": True,
            "route": charge.route,
            "total_cents": charge.total_cents,
        }
    return Answer(document, words.signed(args.session, charge))


def balances(args: argparse.Namespace) -> Answer:
    """Show balances; a client without postings has zero."""
    with opened(args, exclusive=False) as store, store.read() as read:
        named = getattr(args, "client", None)
        if named:
            refs = [sessions.get_client(read, named).ref]
        else:
            refs = list(read.session.scalars(select(Client.ref).order_by(Client.ref)))
        found = ledger.client_balances(read, named)
        rows = [found.get(ref, ledger.ClientBalance(ref)) for ref in refs]
    return Answer([shapes.balance(one) for one in rows], words.balances(rows))


def journal(args: argparse.Namespace) -> Answer:
    """Show the journal."""
    with opened(args, exclusive=False) as store, store.read() as read:
        if args.client:
            sessions.get_client(read, args.client)
        rows = ledger.journal(read, client=args.client)
    return Answer([shapes.entry(one) for one in rows], words.journal(rows))


def superbill(args: argparse.Namespace) -> Answer:
    """Issue and save superbills of one client or of all who get them."""
    since, until = _period(args)
    with opened(args) as store:
        issued: list[superbills.Superbill] = []
        held: list[str] = []
        with store.write("Issue superbills") as uow:
            if args.client:
                client = sessions.get_client(uow, args.client)
                issued = superbills.issue(uow, client, since, until, all_lines=args.all_lines)
            else:
                for client in superbills.clients_due_monthly(uow, since, until):
                    try:
                        issued += superbills.issue(
                            uow, client, since, until, all_lines=args.all_lines
                        )
                    except superbills.NothingToList:
                        continue
                    except superbills.SuperbillHeld as problem:
                        held.append(problem.message)
        saved = [superbills.save(store, bill, args.out) for bill in issued]
    return Answer(
        [shapes.superbill(bill) for bill in saved],
        "\n".join([*words.superbills(saved), *held]) or "No superbill is due in that period.",
        attention=bool(held),
    )


def pay(args: argparse.Namespace) -> Answer:
    """Record cash, a check or another payment; the oldest open items are settled first."""
    try:
        cents = parse_cents(args.amount)
    except AmountError as error:
        raise UserFacingError(f"{error}. Nothing was saved.", code="bad-amount") from None
    with opened(args) as store, store.write("Record payment") as uow:
        ref = take_payment(uow, args.client, cents, args.method, args.date, args.reference)
        entries = ledger.journal(uow, client=args.client)
        entry = next(one for one in entries if one.source == f"payment:{ref}")
    document = {"payment_id": ref, **shapes.entry(entry)}
    return Answer(document, f"Recorded as {ref}.\n{words.journal([entry])}")


def claims(args: argparse.Namespace) -> Answer:
    """List, check, export, submit."""
    if args.action == "check":
        return _check_claim_file(args.file)
    with opened(args, exclusive=args.action != "list") as store:
        if args.action == "list":
            with store.read() as read:
                rows = _claim_rows(store)
            del read
            return Answer(rows, words.claims(rows))
        out = args.out if args.action == "export" else _transport_folder(store)
        exported = submission.export_claims(store, out)
    document = [
        {
            "file": str(one.file),
            "sha256": one.sha256,
            "claims": list(one.control_numbers),
        }
        for one in exported
    ]
    return Answer(document, words.exported(exported))


def cards_sync(args: argparse.Namespace) -> Answer:
    """One pass of the card worker."""
    with opened(args) as store:
        return _sync_cards(args, store)


def sync(args: argparse.Namespace) -> Answer:
    """One pass of every background job."""
    with opened(args) as store:
        cards = _sync_cards(args, store)
        document: dict[str, Any] = {"cards": cards.document}
        with store.read() as read:
            folder = settings.get(read, settings.CLEARINGHOUSE_OUT)
        if folder:
            exported = submission.export_claims(store, Path(folder))
            document["claims"] = {"exported": [str(one.file) for one in exported]}
    return Answer(document, cards.text, attention=cards.attention)


def verify(args: argparse.Namespace) -> Answer:
    """Check everything that can be checked."""
    with opened(args) as store:
        checks = app.check_all(store)
    ok = all(check.ok for check in checks)
    document = {
        "ok": ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks
        ],
    }
    return Answer(document, words.checks(checks), failed=not ok)


def backup(args: argparse.Namespace) -> Answer:
    """Write a verified copy."""
    with opened(args) as store:
        report = app.make_backup(store, args.to)
    document = {"file": str(report.path), "sha256": report.sha256, "counts": report.counts}
    return Answer(document, f"Backed up and verified: {report.path}")


def restore(args: argparse.Namespace) -> Answer:
    """Restore a backup into an empty folder."""
    given = passphrase(args)
    if given is None:
        if not sys.stdin.isatty():
            raise app.NeedsPassphrase(
                "Restoring needs the passphrase. Nothing was written. Name a file with "
                "--passphrase-file."
            )
        given = getpass.getpass("Passphrase: ")
    folder = app.restore_backup(args.file, args.to, given)
    return Answer({"data": str(folder)}, f"Restored and verified in {folder}")


def change_settings(args: argparse.Namespace) -> Answer:
    """Show all settings, show one, or change one."""
    changing = args.value is not None or args.from_file is not None
    with opened(args, exclusive=changing) as store:
        if changing:
            with store.write("Change a setting") as uow:
                settings.set_value(uow, args.key, _new_value(args))
        with store.read() as read:
            shown = settings.show(read, args.key)
    return Answer(shown, words.settings(shown))


def load_codes(args: argparse.Namespace) -> Answer:
    """Keep a newer diagnosis list."""
    with opened(args) as store, store.write("Load a diagnosis list") as uow:
        table = code_lists.load(uow, args.file)
    document = {
        "fiscal_year": table.fiscal_year,
        "release": table.release,
        "codes": len(table.codes),
    }
    words_of_it = f"{len(table.codes):,} codes of fiscal year {table.fiscal_year} are loaded."
    return Answer(document, words_of_it)


RUN: dict[str, Callable[[argparse.Namespace], Answer]] = {
    "init": init,
    "import": import_practice,
    "day": show_day,
    "close-day": close,
    "sign": sign,
    "balances": balances,
    "journal": journal,
    "superbill": superbill,
    "pay": pay,
    "claims": claims,
    "cards": cards_sync,
    "sync": sync,
    "verify": verify,
    "backup": backup,
    "restore": restore,
    "codes": load_codes,
    "settings": change_settings,
}


def _cell(error: CellError) -> dict[str, Any]:
    return {
        "file": error.file,
        "line": error.line,
        "column": error.column,
        "message": error.message,
    }


def _refused_import(errors: list[CellError]) -> Answer:
    document = {"imported": {}, "errors": [_cell(one) for one in errors]}
    return Answer(document, words.import_errors(errors), failed=True)


def _confirm(store: Store, day: date) -> None:
    """Show the list and ask; a script without --yes gets a refusal, never a charge."""
    with store.read() as read:
        found = review(read, day)
    if not sys.stdin.isatty():
        raise UserFacingError(
            "Closing the day charges cards, so it needs --yes. Nothing was charged.",
            code="not-confirmed",
        )
    print(words.review(found), file=sys.stderr)
    if input("Charge the cards and queue the claims now? [y/N] ").strip().lower() != "y":
        raise UserFacingError("Stopped. Nothing was charged.", code="not-confirmed")


def _tell_progress(args: argparse.Namespace) -> Callable[[str, int, int], None] | None:
    if not sys.stderr.isatty() and not getattr(args, "json", False):
        return None

    def tell(step: str, done: int, total: int) -> None:
        print(f"{step} {done}/{total}" if total > 1 else step, file=sys.stderr)

    return tell


def _period(args: argparse.Namespace) -> tuple[date, date]:
    if args.month:
        found = re.fullmatch(r"(\d{4})-(\d{2})", args.month)
        if not found or not 1 <= int(found[2]) <= 12:
            raise UserFacingError(
                f"“{args.month}” is not a month; write it as 2026-11. Nothing was issued.",
                code="bad-month",
            )
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if args.since and args.until:
        if args.until < args.since:
            raise UserFacingError(
                "The period ends before it begins. Nothing was issued.", code="bad-period"
            )
        return args.since, args.until
    raise UserFacingError(
        "Name a period with --from and --to, or a month with --month. Nothing was issued.",
        code="no-period",
    )


def _check_claim_file(path: Path) -> Answer:
    try:
        text = path.read_bytes().decode("latin-1")
    except OSError as error:
        raise UserFacingError(
            f"{path} cannot be read ({error.strerror}). Nothing was checked.", code="not-readable"
        ) from None
    found = check_837p(text)
    document = {
        "ok": not found,
        "problems": [
            {
                "rule": f"guide-{problem.code}",
                "severity": "error",
                "claim": problem.claim_control_number,
                "segment": problem.segment,
                "message": problem.message,
            }
            for problem in found
        ],
    }
    text = "\n".join(f"{problem.segment}: {problem.message}" for problem in found)
    return Answer(document, text or "The file follows the guide.", failed=bool(found))


def _claim_rows(store: Store) -> list[dict[str, Any]]:
    with store.read() as read:
        rows = read.session.execute(
            select(Claim, Client.ref).join(Client, Client.id == Claim.client_id).order_by(Claim.id)
        ).all()
        return [
            {
                "control_number": claim.control_number,
                "client_ref": ref,
                "state": claim.state,
                "total_cents": claim.total_cents,
                "problems": [
                    {"code": problem.code, "message": problem.message}
                    for problem in submission.problems(claim)
                ],
            }
            for claim, ref in rows
        ]


def _transport_folder(store: Store) -> Path:
    with store.read() as read:
        folder = settings.get(read, settings.CLEARINGHOUSE_OUT)
    if not folder:
        raise UserFacingError(
            "No clearinghouse folder is set. The claims stay queued. Set clearinghouse.out, or "
            "write them with “mediyn claims export --out FOLDER”.",
            code="no-clearinghouse",
        )
    return Path(folder)


def _sync_cards(args: argparse.Namespace, store: Store) -> Answer:
    if getattr(args, "offline", False):
        outcome = worker.Pass("offline", "You are offline. The charges stay queued.")
    else:
        outcome = worker.run_pass(store, app.card_processor(store), skip_waits=True)
    with store.read() as read:
        rows = read.session.execute(
            select(CardAttempt, Client.ref)
            .join(Client, Client.id == CardAttempt.client_id)
            .order_by(CardAttempt.id)
        ).all()
        unknown = sum(one.state == State.UNKNOWN for one, _ in rows)
        freeze = read.session.get(CardFreeze, 1)
        frozen = freeze.reason if freeze else None
        if outcome.stopped == "frozen":
            frozen = outcome.message
        document = {
            "attempts": shapes.attempts([(one, ref) for one, ref in rows]),
            "unknown": unknown,
            "frozen": frozen,
            "stopped": outcome.stopped,
            "message": outcome.message,
        }
    attention = bool(unknown or frozen or outcome.stopped)
    return Answer(document, words.card_pass(document), attention=attention)


def _new_value(args: argparse.Namespace) -> str:
    if args.from_file is None:
        return str(args.value)
    try:
        return str(args.from_file.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError):
        raise UserFacingError(
            f"{args.from_file} cannot be read. The setting was not changed.", code="not-readable"
        ) from None
