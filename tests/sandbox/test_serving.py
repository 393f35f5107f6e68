# SPDX-License-Identifier: MIT
"""The sandbox in a process of its own, as a killed client leaves it alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from mediyn_desktop.sandbox import PortTaken, sandbox
from mediyn_desktop.sandbox.__main__ import main


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send SIGINT to one process")
def test_it_prints_its_addresses_and_stops_on_interrupt(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mediyn_desktop.sandbox", "--folder", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        settings = dict(process.stdout.readline().strip().split(" = ") for _ in range(4))
        client = stripe.StripeClient(
            settings["stripe.key"], base_addresses={"api": settings["stripe.api_base"]}
        )
        made = client.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": "cus_made_up",
                "payment_method": "pm_made_up",
                "confirm": True,
            }
        )
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert made.status == "succeeded"
    assert settings["clearinghouse.out"] == str(tmp_path / "to")
    assert process.returncode == 0


def test_claims_put_in_the_folder_are_answered(tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "notes.txt").write_text("no claims")
    with sandbox(0, tmp_path) as running:
        assert running.inbox.is_dir()
    assert (tmp_path / "to" / ".sandbox-answered").exists()


def test_a_taken_port_is_said_plainly(tmp_path: Path, capsys) -> None:
    with sandbox(0, tmp_path) as running:
        port = int(running.processor.base_url.rpartition(":")[2])
        with pytest.raises(PortTaken), sandbox(port, tmp_path):
            pass
        assert main(["--port", str(port), "--folder", str(tmp_path)]) == 1
    assert "sandbox-port-taken" in capsys.readouterr().err
