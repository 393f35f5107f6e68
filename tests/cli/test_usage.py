# SPDX-License-Identifier: MIT
"""How the program is called: options in any place, wrong usage, help that works."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import DAY, Connect, Mediyn

import programs
from mediyn_desktop.cli.commands import RUN
from mediyn_desktop.cli.parser import build_parser


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Every command and every action of one."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield one
                yield from commands(one)


def examples(parser: argparse.ArgumentParser) -> list[list[str]]:
    """The examples of one command's help, split into words."""
    return [line.split()[1:] for line in re.findall(r"^  (mediyn .+)$", parser.epilog or "", re.M)]


def test_global_options_stand_before_or_after_the_command(mediyn: Mediyn) -> None:
    options = ["--data", mediyn.folder, "--passphrase-file", mediyn.passphrase, "--json"]
    before = mediyn.bare(*options, "balances")
    after = mediyn.bare("balances", *options)
    mixed = mediyn.bare("--json", "balances", *options[:4])
    assert before.status == 0
    assert before.document == after.document == mixed.document


def test_an_option_of_an_action_may_stand_anywhere_too(mediyn: Mediyn) -> None:
    options = ["--data", mediyn.folder, "--passphrase-file", mediyn.passphrase]
    for words in (["claims", "--json", "list"], ["claims", "list", "--json"]):
        assert mediyn.bare(*words, *options).document == []


def test_the_environment_names_the_practice_and_its_passphrase(
    mediyn: Mediyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIYN_DATA", str(mediyn.folder))
    monkeypatch.setenv("MEDIYN_PASSPHRASE_FILE", str(mediyn.passphrase))
    assert len(mediyn.bare("balances", "--json").document) == 17


def test_an_option_wins_over_the_environment(
    mediyn: Mediyn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIYN_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("MEDIYN_PASSPHRASE_FILE", str(tmp_path / "nothing"))
    assert mediyn("balances").status == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("frobnicate", "invalid choice"),
        ("refund pay_1", "--amount"),
        ("day", "--date"),
        ("day --date 2026-02-30", "“2026-02-30” is not a date; write it as 2026-11-23"),
        ("day --date 11/23/2026", "is not a date"),
        ("pay c01 --amount 5 --method shells", "cash"),
        ("superbill c05 --month 2026-13 --out x", "“2026-13” is not a month"),
        ("superbill c05 --month 2026-1 --out x", "“2026-1” is not a month"),
        ("superbill --month 2026-11 --out x", "name one client, or --all"),
        ("superbill c05 --all --month 2026-11 --out x", "name one client, or --all"),
        ("superbill c05 --out x", "name a period"),
        ("superbill c05 --from 2026-11-01 --out x", "name a period"),
        ("superbill c05 --from 2026-11-02 --to 2026-11-01 --out x", "ends before it begins"),
        ("superbill c05 --month 2026-11 --to 2026-11-02 --out x", "not both"),
        ("settings --from-file x", "needs a KEY"),
        ("settings stripe.key sk_test_1 --from-file x", "takes the place of VALUE"),
        ("sandbox --port 65536", "is not a port"),
        ("claims", "ACTION"),
    ],
)
def test_wrong_usage_has_status_two_and_says_what_to_write(
    mediyn: Mediyn, words: str, says: str
) -> None:
    ran = mediyn(*words.split())
    assert ran.status == 2
    assert ran.out == ""
    assert says in ran.err


def test_every_command_that_runs_is_declared_and_the_other_way_round() -> None:
    (declared,) = (
        action.choices
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    assert set(declared) == {*RUN, "demo", "sandbox"}


def test_every_help_has_an_example_that_parses() -> None:
    for one in commands(build_parser()):
        found = examples(one)
        assert found, one.prog
        for words in found:
            build_parser().parse_args(words)


def test_help_is_printed_and_ends_well(empty: Mediyn) -> None:
    ran = empty.bare("restore", "--help")
    assert ran.status == 0
    assert "--recovery-code-file" in ran.out


# They name a claim that only their own tests have.
ONE_CLAIM = (
    "elsewhere", "never", "again", "correct", "void", "excuse", "show", "refile", "appeal",
    "bill-client", "write-off", "retry", "dismiss", "unpost", "repost", "proof", "letter",
)  # fmt: skip


def test_the_examples_of_the_help_work_on_the_sample_practice(
    closed: Mediyn,
    connect: Connect,
    sample_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each in a folder that holds what it names; ``demo`` and ``sandbox`` have their own tests."""
    desk = tmp_path / "desk"
    shutil.copytree(sample_folder, desk / "resources" / "sample_practice")
    monkeypatch.chdir(desk)
    monkeypatch.setenv("MEDIYN_DATA", str(closed.folder))
    monkeypatch.setenv("MEDIYN_PASSPHRASE_FILE", str(closed.passphrase))
    connect(closed.folder)
    shutil.copy(closed.passphrase, "passphrase.txt")
    (desk / "stripe-key.txt").write_text("sk_test_sandbox\n")
    codes = [
        f"{letter}{number:02}{end}  Made up"
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for number in range(80)
        for end in range(10, 50)
    ]
    (desk / "icd10cm-codes-2027.txt").write_text("\n".join(codes))
    new = closed.bare("init", "--data", desk / "new", "--json")
    (desk / "recovery.txt").write_text(new.document["recovery_code"])
    made = closed.bare("backup", "--data", desk / "new", "--to", desk, "--json").document
    Path(made["file"]).rename("practice.mediynbackup")

    apart = (
        "mediyn init", "mediyn demo", "mediyn sandbox", "mediyn codes", "mediyn claims check",
        "mediyn claims read", *(f"mediyn claims {word}" for word in ONE_CLAIM),
        # These name a claim file or ask a server that only their own tests have.
        "mediyn claims arrived", "mediyn claims resend", "mediyn inbound",
        "mediyn clearinghouse test", "mediyn clearinghouse accept-key",
        "mediyn clearinghouse fetch", "mediyn eligibility",
        # They need a payment, a credit or a debt that only their own tests have.
        "mediyn refund", "mediyn cards refund", "mediyn cards link", "mediyn cards close-link",
        "mediyn cards charge", "mediyn cards lift-hold",
    )  # fmt: skip
    for one in commands(build_parser()):
        if one.prog.startswith(apart):
            continue
        for words in examples(one):
            if words[0] == "restore":
                shutil.rmtree(words[3], ignore_errors=True)
            ran = closed.bare(*words)
            assert ran.status in (0, 3), (words, ran.err)
    shutil.copy(next(Path("claims").glob("*.837")), "claim.837")
    assert closed.bare("claims", "check", "claim.837").status == 0
    assert closed.bare("claims", "read", "claim.837").status == 0
    assert closed.bare("codes", "load", "icd10cm-codes-2027.txt").status == 0


def test_as_a_program_of_its_own(mediyn: Mediyn, tmp_path: Path) -> None:
    """Letters beyond the terminal's, environment, exit status, two streams."""
    named = {
        "MEDIYN_DATA": str(mediyn.folder),
        "MEDIYN_PASSPHRASE_FILE": str(mediyn.passphrase),
        "PYTHONIOENCODING": "ascii",
        "PYTHONWARNINGS": "error",
    }
    asked = programs.run("day", "--date", DAY, "--json", **named)
    assert asked.returncode == 3
    names = [row["client_name"] for row in json.loads(asked.stdout)["rows"]]
    assert "Ánh Nguyễn" in names
    plain = programs.run("day", "--date", DAY, **named)
    assert plain.returncode == 3
    assert "?nh Nguy?n" in plain.stdout
    refused = programs.run("balances", MEDIYN_DATA=str(tmp_path / "nowhere"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("[no-practice]\n")
    assert programs.run("day").returncode == 2


def test_a_reader_who_leaves_early_is_no_failure_that_spills(mediyn: Mediyn) -> None:
    process = programs.start(
        "--data", mediyn.folder, "--passphrase-file", mediyn.passphrase, "journal", "--json"
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process:
        said = process.stderr.read()
    assert process.returncode == 1
    assert said == ""
