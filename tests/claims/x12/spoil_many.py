# SPDX-License-Identifier: MIT
"""Reads many spoiled files in a process of its own: ``spoil_many.py KIND FILES SEED``.

Prints JSON: how many files were read, what was found in how many of them, and the most memory the
process had, in bytes.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from pathlib import Path
from random import Random

from spoiling import GOOD, GOOD_CLAIMS, judge, spoiled, use


def read_many(kind: str, files: int, seed: int) -> dict[str, object]:
    """Read ``files`` spoiled files of ``kind``, one of GOOD or 837P."""
    dice = Random(seed)
    found: Counter[str] = Counter()
    for _ in range(files):
        if kind == "837P":
            found.update(set(judge(spoiled(GOOD_CLAIMS, dice))))
        else:
            found.update(set(use(spoiled(GOOD[kind], dice))))
    return {"files": files, "found": found, "peak": _peak()}


def _peak() -> int:
    """The most memory this program had; on Linux ``ru_maxrss`` begins with that of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    print(json.dumps(read_many(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
