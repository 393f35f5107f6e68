# SPDX-License-Identifier: MIT
"""No file, however spoiled, makes a reader fail, and none makes money add up that does not."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoiling import GOOD, GOOD_CLAIMS, judge, spoiled, use

KINDS = sorted(GOOD)
EXPECTED = {
    "835": "Remittance",
    "999": "GroupAnswer",
    "277CA": "ClaimAcknowledgement",
    "271": "EligibilityAnswer",
    "TA1": "InterchangeAnswer",
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_files_are_good(kind: str) -> None:
    assert set(use(GOOD[kind])) == {EXPECTED[kind]}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_a_spoiled_file_is_read_as_far_as_it_goes(kind: str, seed: int) -> None:
    for _ in use(spoiled(GOOD[kind], Random(seed))):
        pass


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_end_in_a_sentence(data: bytes) -> None:
    assert set(use(data)) >= {"Flaw"} or data.startswith(b"PK")


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=400), kind=st.sampled_from(KINDS))
def test_any_bytes_behind_a_sound_header_are_read(data: bytes, kind: str) -> None:
    good = GOOD[kind]
    for _ in use(good[: good.find(b"ST*")] + data):
        pass


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_a_spoiled_file_of_claims_is_judged(seed: int) -> None:
    assert set(judge(spoiled(GOOD_CLAIMS, Random(seed))))


@pytest.mark.parametrize("kind", KINDS)
def test_spoiling_leaves_something_to_read_and_something_to_stumble_over(kind: str) -> None:
    """The tests above would prove nothing with files that are all refused at the door, or sound."""
    dice = Random(1)
    found = [set(use(spoiled(GOOD[kind], dice))) for _ in range(200)]
    assert sum(EXPECTED[kind] in each for each in found) > 60
    assert sum("Flaw" in each for each in found) > 60


def test_spoiling_breaks_many_rules_for_claims_and_leaves_some_files_fine() -> None:
    dice = Random(1)
    found = [set(judge(spoiled(GOOD_CLAIMS, dice))) for _ in range(200)]
    assert sum(each == {"fine"} for each in found) > 5
    assert len(set().union(*found)) > 40


def _read_many(kind: str, files: int) -> dict[str, Any]:
    pytest.importorskip("resource", reason="memory is measured on Unix only")
    script = Path(__file__).with_name("spoil_many.py")
    command = [sys.executable, str(script), kind, str(files), "835"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.soak
@pytest.mark.parametrize("kind", [*KINDS, "837P"])
def test_fifty_thousand_spoiled_files_of_each_kind_in_little_memory(kind: str) -> None:
    said = _read_many(kind, 50_000)
    assert said["files"] == 50_000
    assert said["found"][EXPECTED.get(kind, "fine")] > 1_000
    assert said["peak"] < 200 << 20


@pytest.mark.soak
def test_atheris_finds_nothing(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris has no wheel for this system or Python")
    script = Path(__file__).with_name("fuzz_with_atheris.py")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for kind, data in GOOD.items():
        (corpus / kind).write_bytes(b"\xff" + data)
    command = [sys.executable, str(script), str(corpus), "-runs=50000", "-rss_limit_mb=400"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
