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

LIMIT = 1.5

_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
"""

_OURS = """
from mediyn_desktop.ui.theme.build import Theme, make_app
app = make_app([])
from mediyn_desktop.ui.unlock.window import UnlockWindow
theme = Theme(app)
window = UnlockWindow(lambda given: None, location="Mediyn")
"""

# The first paint event has been handled once the expose has been processed and the window grabbed
# from its backing store would not be empty; a filter on the window sees the event itself.
_UNTIL_PAINTED = """
import json, time
from PySide6.QtCore import QEvent, QObject, QTimer

class Seen(QObject):
    painted = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.UpdateRequest:
            self.painted = True
            QTimer.singleShot(0, app.quit)
        return False

seen = Seen()
window.installEventFilter(seen)
window.show()
app.exec()
assert seen.painted
print(json.dumps({"cpu": time.process_time(), "at": time.time()}))
window.close()
"""


def environment() -> dict[str, str]:
    """Return an environment in which modules are compiled once, as in an installed program."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    cache = str(Path(tempfile.gettempdir()) / "first-paint-cache")
    return {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": cache, **kept}


def once(program: str) -> tuple[float, float]:
    """Run ``program`` in a fresh process; return wall and process seconds until first paint."""
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program + _UNTIL_PAINTED],
        check=True,
        capture_output=True,
        text=True,
        env=environment(),
    )
    seen = json.loads(done.stdout)
    return seen["at"] - begun, seen["cpu"]


def main() -> int:
    """Measure, print one JSON document, say by the exit status whether the aim is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    for program in (_BARE, _OURS):  # warms the file cache
        once(program)
    bare, ours = [], []
    for _ in range(runs):
        bare.append(once(_BARE))
        ours.append(once(_OURS))
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
