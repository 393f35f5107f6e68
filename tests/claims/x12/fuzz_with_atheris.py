# SPDX-License-Identifier: MIT
"""Lets atheris look for bytes that a reader stumbles over. Run it as a program: ``-runs=N``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["mediyn_desktop.claims.x12"]):
    from spoiling import GOOD, use


def one(data: bytes) -> None:
    kinds = list(GOOD.values())
    if data[:1] and data[0] < 128:
        # Half of the runs begin with a sound envelope, which is hard to come by otherwise.
        good = kinds[data[0] % len(kinds)]
        data = good[: good.index(b"ST*") if b"ST*" in good else 107] + data[1:]
    for _ in use(data):
        pass


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
