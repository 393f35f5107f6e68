# SPDX-License-Identifier: MIT
"""How long until the unlock window is painted, beside the least a Qt program can take.

Fresh processes, the two cases interleaved so that a busy machine slows both alike. Prints medians
of wall and process time and of the pairs' ratios; the aim is at most 1.5. Exits 1 above it.

    python bench/bench_first_paint.py [--runs 15]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 1.5

_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
watch(app)
app.exec()
"""

# The whole start, from the program's own first line; only its event loop is watched.
_OURS = """
from mediyn_desktop.__main__ import main
import PySide6.QtWidgets
loop = PySide6.QtWidgets.QApplication.exec
def watched():
    watch(PySide6.QtWidgets.QApplication.instance())
    return loop()
PySide6.QtWidgets.QApplication.exec = watched
main([])
"""

# Behind the first paint event of the window and of everything in it, before any other timer.
_WATCH = """
import json, os, time

def watch(app):
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Seen(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, tell)
            return False

    def tell():
        print(json.dumps({"cpu": time.process_time(), "at": time.time()}), flush=True)
        os._exit(0)

    (window,) = [widget for widget in app.topLevelWidgets() if widget.isVisible()]
    app.seen = Seen()
    window.installEventFilter(app.seen)
"""


def environment() -> dict[str, str]:
    """Return an environment in which modules are compiled once, as in an installed program."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    cache = str(Path(tempfile.gettempdir()) / "first-paint-cache")
    return {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONPYCACHEPREFIX": cache,
        **kept,
    }


def once(program: str, practice: Path) -> tuple[float, float]:
    """Run ``program`` in a fresh process; return wall and process seconds until first paint."""
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", _WATCH + program],
        check=True,
        capture_output=True,
        text=True,
        env={**environment(), "MEDIYN_DATA": str(practice)},
    )
    seen = json.loads(done.stdout)
    return seen["at"] - begun, seen["cpu"]


def main() -> int:
    """Measure, print one JSON document, say by the exit status whether the aim is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    bare, ours = [], []
    with tempfile.TemporaryDirectory() as name:
        practice = Path(name)
        (practice / "practice.db").touch()  # the window asks for its passphrase; nobody opens it
        for program in (_BARE, _OURS):  # warms the file cache
            once(program, practice)
        for _ in range(runs):
            bare.append(once(_BARE, practice))
            ours.append(once(_OURS, practice))
    result: dict[str, dict[str, float]] = {}
    for place, name in enumerate(("wall", "cpu")):
        base = statistics.median(run[place] for run in bare)
        mine = statistics.median(run[place] for run in ours)
        result[name] = {
            "bare_ms": round(base * 1000, 1),
            "unlock_ms": round(mine * 1000, 1),
            # Each pair ran back to back, so its ratio is free of what else the machine was doing.
            "ratio": round(
                statistics.median(b[place] / a[place] for a, b in zip(bare, ours, strict=True)), 2
            ),
        }
    print(json.dumps({"runs": runs, "limit": LIMIT, **result}, indent=2))
    return int(result["cpu"]["ratio"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
