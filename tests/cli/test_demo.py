# SPDX-License-Identifier: MIT
"""The sample evening and the sandbox, as programs of their own."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from command_line import Mediyn

import programs
from mediyn_desktop.claims.x12.check837p import check_837p


def test_the_demonstration_as_a_document(empty: Mediyn, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    ran = empty.bare("demo", "--data", folder, "--json")
    assert ran.status == 0, ran.err  # what needs attention in it is part of the play
    said = ran.document
    assert {one["route"] for one in said["charges"]} == {
        "card", "superbill", "claim", "claim_and_copay", "package", "fee", "waived"
    }  # fmt: skip
    assert [one["state"] for one in said["card_charges"]].count("declined") == 1
    assert {"under-16-minutes", "card-declined"} <= {one["code"] for one in said["exceptions"]}
    assert all(Path(one).is_file() for one in [*said["files"], *said["claim_files"]])
    assert check_837p(Path(said["claim_files"][0]).read_text("ascii")) == []

    empty.folder = Path(said["data"])
    empty.passphrase.write_text(said["passphrase"])
    assert empty("verify").status == 0


def test_the_demonstration_never_replaces_a_practice(mediyn: Mediyn) -> None:
    before = (mediyn.folder / "practice.db").read_bytes()
    assert mediyn.bare("demo", "--data", mediyn.folder).code == "demo-folder"
    assert (mediyn.folder / "practice.db").read_bytes() == before


def test_the_sandbox_tells_its_addresses_at_once_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    process = programs.start("sandbox", "--data", tmp_path / "outside", "--json")
    assert process.stdout is not None
    with process:
        said = ""
        for line in process.stdout:
            said += line
            if line == "}\n":
                break
        process.send_signal(signal.SIGINT)
    addresses = json.loads(said)
    assert addresses["stripe.api_base"].startswith("http://127.0.0.1:")
    assert Path(addresses["clearinghouse.out"]).is_dir()
    assert process.returncode == 0
