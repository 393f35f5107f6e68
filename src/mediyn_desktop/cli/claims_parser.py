# SPDX-License-Identifier: MIT
"""The commands about claims, the clearinghouse and what comes from outside."""

from __future__ import annotations

import argparse
from typing import Any

from mediyn_desktop.cli.declaring import actions as _actions
from mediyn_desktop.cli.declaring import add as _add
from mediyn_desktop.cli.declaring import day as _day
from mediyn_desktop.cli.declaring import path as _path

# As in claims.enrollment, which is not imported: the parser is there before the database is.
_EXCHANGES = ("claims", "remittance", "eligibility")
_ENROLLED = ("not_needed", "to_do", "sent", "approved")


def add_claims(commands: Any, common: argparse.ArgumentParser) -> None:
    actions = _actions(
        commands, common, "claims", "Claim work.", ["claims list", "claims export --out claims"]
    )
    _add(actions, common, "list", "Show every claim and where it stands.", "claims list")
    check = _add(
        actions,
        common,
        "check",
        "Check any 837P file; needs no practice.",
        "claims check claim.837",
    )
    check.add_argument("file", type=_path)
    check.add_argument(
        "--payers", type=_path, metavar="TABLE", help="what single payers ask, tab-separated"
    )
    check.add_argument("--usage", choices=("T", "P"), help="refuse a file not marked so")
    aloud = _add(
        actions,
        common,
        "read",
        "Say in plain words what each line of an 837P file says.",
        "claims read claim.837",
    )
    aloud.add_argument("file", type=_path)
    export = _add(
        actions, common, "export", "Write queued claims to a folder.", "claims export --out claims"
    )
    export.add_argument("--out", type=_path, required=True, metavar="DIR")
    _add(
        actions,
        common,
        "submit",
        "Hand queued claims over to the clearinghouse that is set up.",
        "claims submit",
    )
    _add(actions, common, "outbox", "Show each claim file and its hand-over.", "claims outbox")
    for name, words in (
        ("arrived", "Say that a file in doubt did arrive, after you looked."),
        ("resend", "Let a file in doubt go again, after you made sure it did not arrive."),
    ):
        settled = _add(actions, common, name, words, f"claims {name} 91400400")
        settled.add_argument("file", type=int, help="its number, as “claims outbox” shows it")
    _add_claim_work(actions, common)
    _add_clearinghouse(commands, common)


def _add_clearinghouse(commands: Any, common: argparse.ArgumentParser) -> None:
    actions = _actions(
        commands,
        common,
        "clearinghouse",
        "The way to your clearinghouse.",
        ["clearinghouse presets", "clearinghouse test"],
    )
    listed = _add(
        actions, common, "presets", "Show what is known of some.", "clearinghouse presets"
    )
    used = _add(
        actions,
        common,
        "preset",
        "Copy one's settings into yours, to change them there.",
        "clearinghouse preset office-ally",
    )
    used.add_argument("name")
    for one in (listed, used):
        one.add_argument("--file", type=_path, help="a list of your own, in the same form")
    _add(
        actions,
        common,
        "test",
        "Try the connection step by step; sends no claim.",
        "clearinghouse test",
    )
    accepted = _add(
        actions,
        common,
        "accept-key",
        "Accept the key of the SFTP server, after you compared it.",
        "clearinghouse accept-key ssh-ed25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    )
    accepted.add_argument("key", nargs="+", help="as the connection test showed it")
    _add(actions, common, "fetch", "Fetch the answers that wait, now.", "clearinghouse fetch")
    enrolled = _add(
        actions,
        common,
        "enrollments",
        "Show the checklist of payers, or note where one stands.",
        "clearinghouse enrollments",
        "clearinghouse enrollments bluefir remittance sent --on 2026-11-23",
    )
    enrolled.add_argument("payer", nargs="?", help="the payer's ref")
    enrolled.add_argument("exchange", nargs="?", choices=_EXCHANGES)
    enrolled.add_argument("state", nargs="?", choices=_ENROLLED)
    enrolled.add_argument("--on", type=_day, metavar="DATE", help="today unless given")
    enrolled.add_argument("--note")


def _add_claim_work(actions: Any, common: argparse.ArgumentParser) -> None:
    """What a person does about a claim that is not simply paid."""
    _add(actions, common, "worklist", "Show what waits for you, the most urgent first.",
         "claims worklist")  # fmt: skip
    _add(actions, common, "outcomes", "Show how refused claims ended, by insurer and reason.",
         "claims outcomes")  # fmt: skip
    _add(actions, common, "payments", "Show the payments insurers announced.", "claims payments")
    show = _add(actions, common, "show", "Show a claim and all that happened to it.",
                "claims show M1234567890ABC")  # fmt: skip
    show.add_argument("number")
    number = "M0123456789ABC"
    for name, does, more in (
        ("refile", "Queue a refused claim again; it was never filed.", ""),
        ("elsewhere", "Say that a claim is billed on another way.", " --reason paper"),
        ("never", "Decide that a claim is never billed.", " --reason asked"),
        ("again", "Take up again a claim that was set aside.", ""),
        ("correct", "Replace a claim that left.", " --reason place"),
        ("void", "Void a claim that left.", " --reason mistake"),
        ("excuse", "Give the reason for a claim after its deadline.", " --code 7"),
        ("appeal", "Note that a decision was appealed, and how.", " --reason letter"),
        (
            "bill-client",
            "Let the client owe what the insurer refused, where its codes allow it.",
            " --reason ended",
        ),
    ):
        one = _add(actions, common, name, does, f"claims {name} {number}{more}")
        one.add_argument("number", help="the claim's control number")
        if "--reason" in more:
            one.add_argument("--reason", required=True)
        if name in ("correct", "void"):
            help_ = "the payer's own claim number, where its answer did not bring it"
            one.add_argument("--payer-number", default="", metavar="NUMBER", help=help_)
        if name == "correct":
            one.add_argument("--note", default="", help="a line for the payer, nothing clinical")
        if name == "refile":
            help_ = "the insurer, when asked, did not have it: who said so, and when"
            one.add_argument("--lost", metavar="NOTE", help=help_)
        if name == "excuse":
            one.add_argument("--code", required=True, help="CLM20, such as 7: another insurer")
    for name, does in (
        ("proof", "Print the proof that a claim was filed."),
        ("letter", "Print a letter of appeal with the claim's facts; you add the grounds."),
    ):
        paper = _add(actions, common, name, does, f"claims {name} {number} --out papers")
        paper.add_argument("number", help="the claim's control number")
        paper.add_argument("--out", type=_path, required=True, metavar="DIR")
        if name == "letter":
            paper.add_argument("--words", default="", help="your grounds; nothing clinical")
    off = _add(
        actions,
        common,
        "write-off",
        "Give up what an insurer still owes of a claim.",
        "claims write-off M1234567890ABC --kind timely_filing --reason late",
    )
    off.add_argument("number")
    kinds = ("denied", "timely_filing", "contractual", "courtesy")
    off.add_argument("--kind", required=True, choices=kinds)
    off.add_argument("--reason", required=True)
    retry = _add(
        actions,
        common,
        "retry",
        "Post a held answer after all; TASK is its number in the worklist.",
        "claims retry 12 --claim M1234567890ABC",
    )
    retry.add_argument("task", type=int)
    retry.add_argument("--claim", help="the claim it is about, where you found it")
    done = _add(
        actions,
        common,
        "dismiss",
        "End a task of the worklist without doing anything about the claim.",
        "claims dismiss 12 --reason telephone",
    )
    done.add_argument("task", type=int)
    done.add_argument("--reason", required=True)
    back = _add(
        actions,
        common,
        "unpost",
        "Take the posting of an insurer's payment back, by reversal.",
        "claims unpost 3 --reason mistake",
    )
    back.add_argument("payment", type=int)
    back.add_argument("--reason", required=True)
    again = _add(actions, common, "repost", "Post an insurer's payment again.", "claims repost 3")
    again.add_argument("payment", type=int)


def add_inbound(commands: Any, common: argparse.ArgumentParser) -> None:
    inbound = _add(
        commands,
        common,
        "inbound",
        "Read answers from insurers and the clearinghouse (TA1, 999, 277CA, 835, 271); post or "
        "explain.",
        "inbound remittance.835 --dry-run",
    )
    inbound.add_argument("files", nargs="+", type=_path, metavar="FILE")
    inbound.add_argument(
        "--dry-run", action="store_true", help="only say what would be posted, as a difference"
    )


def add_eligibility(commands: Any, common: argparse.ArgumentParser) -> None:
    asked = _add(
        commands,
        common,
        "eligibility",
        "Ask whether a client is covered, and what the client's share is.",
        "eligibility c-014",
        "eligibility c-014 --phone --reference 88121 --copay 25 --accept",
    )
    asked.add_argument("client", metavar="CLIENT")
    asked.add_argument("--rank", type=int, choices=(1, 2), default=1, help="which insurance")
    asked.add_argument("--on", type=_day, metavar="DATE", help="the day asked about; today else")
    how = asked.add_mutually_exclusive_group()
    how.add_argument("--last", action="store_true", help="only show the last answer")
    how.add_argument("--form", action="store_true", help="show what to ask on the telephone")
    how.add_argument("--phone", action="store_true", help="note what was said on the telephone")
    asked.add_argument("--accept", action="store_true", help="copy the figures to the coverage")
    asked.add_argument("--reference", metavar="NUMBER", help="with --phone: the call's number")
    asked.add_argument("--spoke-with", default="", metavar="NAME")
    asked.add_argument("--inactive", action="store_true", help="the coverage has ended")
    for name, help_ in (
        ("copay", "dollars"),
        ("coinsurance", "percent, such as 20"),
        ("deductible", "dollars, of the year"),
        ("deductible-left", "dollars"),
    ):
        asked.add_argument(f"--{name}", metavar="FIGURE", help=help_)
    asked.add_argument("--as-of", type=_day, metavar="DATE", help="the day of the call; today else")
    asked.add_argument("--note", default="", help="what else was said, nothing clinical")
