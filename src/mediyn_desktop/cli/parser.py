# SPDX-License-Identifier: MIT
"""The commands and their options, as declared in the contract."""

from __future__ import annotations

import argparse
from typing import Any

from mediyn_desktop import __version__
from mediyn_desktop.cli.claims_parser import add_claims, add_eligibility, add_inbound
from mediyn_desktop.cli.declaring import actions as _actions
from mediyn_desktop.cli.declaring import add as _add
from mediyn_desktop.cli.declaring import add_payment as _add_payment
from mediyn_desktop.cli.declaring import day as _day
from mediyn_desktop.cli.declaring import month as _month
from mediyn_desktop.cli.declaring import path as _path
from mediyn_desktop.cli.parser_cards import add_cards_on_file
from mediyn_desktop.cli.parser_plans import add_plan
from mediyn_desktop.codes.vocabulary import Place


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    common = _common()
    parser = CommandLine(
        prog="mediyn",
        description="Billing for solo therapists: sign the note, close the day.",
        parents=[common],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Without a command the window opens. “mediyn COMMAND --help” shows an example.\n"
        "Exit status: 0 done, 1 refused, 2 wrong usage, 3 done but something needs attention.",
    )
    parser.add_argument("--version", action="version", version=f"mediyn {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_practice(commands, common)
    _add_evening(commands, common)
    _add_money(commands, common)
    add_claims(commands, common)
    add_inbound(commands, common)
    add_eligibility(commands, common)
    add_plan(commands, common)
    _add_background(commands, common)
    _add_safety(commands, common)
    _add_sandbox(commands, common)
    return parser


class CommandLine(argparse.ArgumentParser):
    """A parser that also refuses arguments that are well formed and make no sense together."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return the arguments, or leave with exit status 2 and a sentence."""
        given = super().parse_args(args, namespace)
        problem = _contradiction(given)
        if problem:
            self.error(problem)
        return given


def _contradiction(given: argparse.Namespace) -> str | None:
    """Why the arguments of a command make no sense together; completes the period of one."""
    match given.command:
        case "superbill":
            return _superbill_contradiction(given)
        case "alerts":
            if (given.snooze is None) != (given.until is None):
                return "alerts: --snooze KIND:REF and --until DATE go together"
        case "clearinghouse":
            if given.action == "enrollments" and given.payer and not given.state:
                return "clearinghouse enrollments: name PAYER, EXCHANGE and STATE together"
        case "pay":
            if given.recovered and (given.session or given.deposited):
                return "pay: --recovered goes with neither --session nor --deposited"
        case "settings":
            if given.from_file and (given.key is None or given.value is not None):
                return "settings: --from-file takes the place of VALUE and needs a KEY"
    return None


def _superbill_contradiction(given: argparse.Namespace) -> str | None:
    if bool(given.client) == given.all:
        return "superbill: name one client, or --all"
    if given.month:
        if given.since or given.until:
            return "superbill: name a period with --from and --to, or --month, not both"
        given.since, given.until = given.month
    if not (given.since and given.until):
        return "superbill: name a period with --from and --to, or a month with --month"
    if given.until < given.since:
        return "superbill: the period ends before it begins"
    return None


def _common() -> argparse.ArgumentParser:
    """The global options; accepted before and after the command."""
    common = argparse.ArgumentParser(add_help=False)
    gap = argparse.SUPPRESS  # so that an option before the command is not undone after it
    group = common.add_argument_group("for every command")
    group.add_argument(
        "--data", type=_path, default=gap, metavar="DIR", help="the practice's folder (MEDIYN_DATA)"
    )
    group.add_argument(
        "--passphrase-file",
        type=_path,
        default=gap,
        metavar="FILE",
        help="a file with the passphrase as first line (MEDIYN_PASSPHRASE_FILE)",
    )
    group.add_argument("--json", action="store_true", default=gap, help="one JSON document")
    group.add_argument("--offline", action="store_true", default=gap, help="use no network")
    return common


def _add_practice(commands: Any, common: argparse.ArgumentParser) -> None:
    init = _add(
        commands,
        common,
        "init",
        "Create the encrypted practice and print its recovery code once.",
        "init --passphrase-file passphrase.txt",
    )
    init.add_argument("--practice", type=_path, metavar="FOLDER", help="import this folder at once")
    imported = _add(
        commands,
        common,
        "import",
        "Import a practice folder, all or nothing.",
        "import resources/sample_practice --dry-run",
        "import resources/sample_practice",
    )
    imported.add_argument("folder", type=_path, help="holds practice.toml and CSV files")
    imported.add_argument("--dry-run", action="store_true", help="check only; write nothing")
    settings = _add(
        commands,
        common,
        "settings",
        "Show or change settings; secrets are written, never printed.",
        "settings",
        "settings clearinghouse.out claims",
        "settings stripe.key --from-file stripe-key.txt",
    )
    settings.add_argument("key", nargs="?")
    settings.add_argument("value", nargs="?")
    settings.add_argument(
        "--from-file", type=_path, metavar="FILE", help="take the value from here"
    )
    words = "Load a newer ICD-10-CM list; the date of service decides which list counts."
    example = "codes load icd10cm-codes-2027.txt"
    actions = _actions(commands, common, "codes", "Diagnosis code lists.", [example])
    load = _add(actions, common, "load", words, example)
    load.add_argument("file", type=_path, help="the CDC file, such as icd10cm-codes-2027.txt")


def _add_evening(commands: Any, common: argparse.ArgumentParser) -> None:
    day = _add(commands, common, "day", "Show the review list of a day.", "day --date 2026-11-23")
    day.add_argument("--date", type=_day, required=True)
    sign = _add(commands, common, "sign", "Sign the note of a session, which bills it.", "sign e17")
    sign.add_argument("session", help="the session's ref")
    close = _add(
        commands,
        common,
        "close-day",
        "Charge, queue claims, print what is due; safe to repeat.",
        "close-day --date 2026-11-23 --yes --out printed",
    )
    close.add_argument("--date", type=_day, required=True)
    close.add_argument("--yes", action="store_true", help="charge without asking")
    close.add_argument(
        "--out", type=_path, metavar="DIR", help="where superbills and the day report are saved"
    )
    close.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="SESSION",
        help="do not charge this one tonight",
    )

    back = _add(
        commands, common, "undo", "Undo what was done last, or say what does it instead.",
        "undo --preview", "undo --instead",
    )  # fmt: skip
    which = back.add_mutually_exclusive_group()
    which.add_argument("--preview", action="store_true", help="say what it is, do nothing")
    which.add_argument(
        "--instead", action="store_true", help="do the dated correction that is offered instead"
    )
    month = _add(
        commands,
        common,
        "close-month",
        "Close the books of a month, or show what is left to do in it.",
        "close-month --month 2026-10",
        "close-month --month 2026-10 --yes --anyway Late",
    )
    month.add_argument("--month", type=_month, required=True, metavar="YYYY-MM")
    month.add_argument("--yes", action="store_true", help="close it")
    month.add_argument("--anyway", metavar="REASON", help="although something is left to do")


def _add_money(commands: Any, common: argparse.ArgumentParser) -> None:
    for name, words in (
        ("balances", "Show balances from the ledger."),
        ("journal", "Show journal entries with their postings."),
    ):
        shown = _add(commands, common, name, words, f"{name} --client c01")
        shown.add_argument("--client", metavar="REF")
    pay = _add(
        commands,
        common,
        "pay",
        "Record money received outside the batch.",
        "pay c01 --amount 150.00 --method check --reference 1042",
        "pay c01 --amount 30 --method external_card --reference T-118 --session e02",
    )
    pay.add_argument("client", help="the client's ref")
    _add_payment(pay)
    pay.add_argument("--deposited", type=_day, metavar="DATE", help="when it reached the bank")
    pay.add_argument("--session", help="what it was paid for comes before anything older")
    pay.add_argument("--recovered", action="store_true", help="for a debt given up as bad")
    refund = _add(
        commands,
        common,
        "refund",
        "Pay back a payment; one by card goes back to the card.",
        "refund pay-1 --amount 50.00 --reason overpaid",
    )
    refund.add_argument("payment", help="the payment's id, as pay or cards sync answered it")
    refund.add_argument("--amount", required=True, help="dollars, such as 150 or 150.00")
    refund.add_argument("--reason", default="Refund", help="why; it stays in the journal")
    refund.add_argument("--session", help="what settles this session goes back first")
    alerts = _add(
        commands,
        common,
        "alerts",
        "Show what needs attention now, the most urgent first.",
        "alerts --all",
    )
    alerts.add_argument("--snooze", metavar="KIND:REF", help="put this alert aside")
    alerts.add_argument("--until", type=_day, metavar="DATE", help="through this day")
    alerts.add_argument("--reason", help="why it is put aside")
    alerts.add_argument("--all", action="store_true", help="those put aside too")
    asked = _add(
        commands,
        common,
        "fee",
        "Show what a session costs, or would have cost on another day, and why.",
        "fee e02",
        "fee e02 --on 2026-10-01",
    )
    asked.add_argument("session", help="the session's ref")
    asked.add_argument("--on", type=_day, metavar="DATE", help="its own day unless given")
    _add(commands, common, "leaks", "Show what is done and not billed, sent or paid.", "leaks")
    shares = _add(
        commands,
        common,
        "shares",
        "Show the client's share of insured sessions: expected, and decided by the insurer.",
        "shares --client c10",
    )
    shares.add_argument("--client", metavar="REF")
    statement = _add(
        commands,
        common,
        "statement",
        "Show a client's account: charges, insurance, adjustments, payments, what is due.",
        "statement c01 --as-of 2026-11-23",
    )
    statement.add_argument("client", help="the client's ref")
    statement.add_argument("--as-of", type=_day, metavar="DATE", help="today unless given")
    statement.add_argument("--from", dest="since", type=_day, metavar="DATE")
    statement.add_argument("--out", type=_path, metavar="DIR", help="save its figures here")
    _add_estimate(commands, common)
    cancel = _add(
        commands,
        common,
        "cancel",
        "Cancel a session; its charge, card, claim and fee are settled together.",
        "cancel e02 --reason Ill --at 2026-11-23T08:15 --preview",
        "cancel e01 --reason Ill --status no_show",
    )
    cancel.add_argument("session", help="the session's ref")
    cancel.add_argument("--reason", required=True, help="why; it stays in the journal")
    cancel.add_argument("--at", help="when the client told, local time; now unless given")
    cancel.add_argument("--status", choices=("cancelled", "late_cancel", "no_show"))
    cancel.add_argument("--preview", action="store_true", help="say what it would do, do nothing")
    superbill = _add(
        commands,
        common,
        "superbill",
        "Issue and save superbills.",
        "superbill c05 --from 2026-11-01 --to 2026-11-30 --all-lines --out printed",
        "superbill --month 2026-11 --all --out printed",
    )
    superbill.add_argument("client", nargs="?", help="the client's ref")
    superbill.add_argument("--from", dest="since", type=_day, metavar="DATE")
    superbill.add_argument("--to", dest="until", type=_day, metavar="DATE")
    superbill.add_argument("--month", type=_month, metavar="YYYY-MM")
    superbill.add_argument("--all", action="store_true", help="every client who gets superbills")
    superbill.add_argument("--all-lines", action="store_true", help="unpaid sessions too")
    superbill.add_argument("--out", type=_path, required=True, metavar="DIR")


def _add_estimate(commands: Any, common: argparse.ArgumentParser) -> None:
    given = _add(
        commands,
        common,
        "estimate",
        "Give a good faith estimate, or show the latest with what was billed since.",
        "estimate c01 --code 90837 --sessions 48 --intake",
        "estimate c01",
    )
    given.add_argument("client", help="the client's ref")
    given.add_argument("--code", help="of the recurring session, such as 90837")
    given.add_argument("--sessions", type=int, metavar="N", help="how many of them")
    given.add_argument("--intake", action="store_true", help="and one intake before them")
    given.add_argument("--from", dest="since", type=_day, metavar="DATE", help="today unless given")
    given.add_argument("--to", dest="until", type=_day, metavar="DATE", help="at most 12 months")
    given.add_argument("--every", default="", metavar="WORDS", help="how often, such as “weekly”")
    given.add_argument("--place", choices=[place.value for place in Place], default="office")
    given.add_argument("--scheduled", type=_day, metavar="DATE", help="when it was booked")
    given.add_argument("--requested", type=_day, metavar="DATE", help="when the client asked")
    given.add_argument(
        "--not-using-plan", action="store_true", help="the client pays without the insurance"
    )
    given.add_argument("--preview", action="store_true", help="show it, store nothing")
    given.add_argument("--out", type=_path, metavar="DIR", help="save its figures here")


def _add_background(commands: Any, common: argparse.ArgumentParser) -> None:
    cards = _actions(commands, common, "cards", "Card work.", ["cards sync"])
    _add(cards, common, "sync", "One pass of the card worker, now.", "cards sync")
    reconcile = _add(
        cards,
        common,
        "reconcile",
        "Compare with everything the card processor holds.",
        "cards reconcile",
        "cards reconcile --accept",
    )
    reconcile.add_argument(
        "--accept", action="store_true", help="post what was found and lift a freeze"
    )
    _add(
        cards,
        common,
        "check",
        "Ask whose account the key opens, and what it may not read.",
        "cards check",
    )
    _add_card_money(cards, common)
    add_cards_on_file(cards, common)
    _add(commands, common, "sync", "Run every background job once, now.", "sync")


def _add_card_money(cards: Any, common: argparse.ArgumentParser) -> None:
    now = _add(
        cards,
        common,
        "charge",
        "Show what a client's card would be charged now; with --yes charge it.",
        "cards charge c01",
        "cards charge c01 --session s12 --yes",
    )
    now.add_argument("client", help="the client's ref")
    now.add_argument(
        "--session", action="append", metavar="REF", help="this session only; may be repeated"
    )
    now.add_argument("--yes", action="store_true", help="charge it")
    credit = _add(
        cards,
        common,
        "refund",
        "Pay a client's credit back to the cards it came from.",
        "cards refund c01 --amount 32.00 --reason overpaid",
    )
    credit.add_argument("client", help="the client's ref")
    credit.add_argument("--amount", required=True, help="dollars, such as 150 or 150.00")
    credit.add_argument("--reason", default="Refund", help="why; it stays in the journal")
    refunds = _add(cards, common, "refunds", "Show refunds of card payments.", "cards refunds")
    refunds.add_argument("--drop", type=int, metavar="N", help="give up one that was never made")
    disputes = _add(
        cards, common, "disputes", "Show disputes, the most urgent first.", "cards disputes"
    )
    _add(cards, common, "payouts", "Show payouts and what is in each.", "cards payouts")
    tied = _add(
        cards,
        common,
        "tie-out",
        "Show how a year's gross, as form 1099-K counts it, becomes what reached the bank.",
        "cards tie-out --year 2026",
    )
    tied.add_argument("--year", type=int, required=True)
    link = _add(
        cards,
        common,
        "link",
        "Make a link a client can pay a balance with, once.",
        "cards link c01",
    )
    link.add_argument("client", help="the client's ref")
    link.add_argument("--session", metavar="REF", help="ask for this session only")
    links = _add(cards, common, "links", "Show payment links.", "cards links --client c01")
    shut = _add(cards, common, "close-link", "Close a client's open link.", "cards close-link c01")
    shut.add_argument("client", help="the client's ref")
    for shown in (refunds, disputes, links):
        shown.add_argument("--client", metavar="REF")


def _add_safety(commands: Any, common: argparse.ArgumentParser) -> None:
    _add(
        commands,
        common,
        "verify",
        "Check the practice: file, chain, ledger, permissions.",
        "verify",
    )
    backup = _add(commands, common, "backup", "Write a verified copy.", "backup --to backups")
    backup.add_argument("--to", type=_path, required=True, metavar="DIR")
    restore = _add(
        commands,
        common,
        "restore",
        "Restore a backup into an empty folder.",
        "restore practice.mediynbackup --to restored",
        "restore practice.mediynbackup --to again --recovery-code-file recovery.txt",
    )
    restore.add_argument("file", type=_path)
    restore.add_argument("--to", type=_path, required=True, metavar="DIR")
    restore.add_argument(
        "--recovery-code-file",
        type=_path,
        metavar="FILE",
        help="open it with the recovery code in the first line of FILE, not with the passphrase",
    )


def _add_sandbox(commands: Any, common: argparse.ArgumentParser) -> None:
    sandbox = _add(
        commands,
        common,
        "sandbox",
        "Run the loopback card processor and clearinghouse until Ctrl+C.",
        "sandbox --port 8420",
    )
    sandbox.add_argument("--port", type=_port, default=0, help="any free one unless given")
    demo = _add(
        commands,
        common,
        "demo",
        "Play a sample practice through one whole evening on the sandbox.",
        "demo --no-window",
    )
    demo.add_argument("--seed", type=int, default=1, help="another number, other past weeks")
    demo.add_argument("--no-window", action="store_true", help="do not open the window at the end")


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port; write a number up to 65535")
    return int(text)
