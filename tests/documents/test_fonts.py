# SPDX-License-Identifier: MIT
"""Every face is shipped with its licence, and figures line up."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from mediyn_desktop.core.resources import shipped
from mediyn_desktop.documents import fonts, typeset
from mediyn_desktop.documents.sheet import BODY, BODY_STRONG
from mediyn_desktop.documents.superbill import render_superbill


def test_the_checkout_holds_every_face_and_its_licence():
    folder = shipped("resources", "fonts")
    for name in (*fonts._FILES.values(), "LICENSE-Inter.txt", "LICENSE-DejaVu.txt"):
        assert (folder / name).is_file()


@pytest.mark.parametrize("style", [BODY, BODY_STRONG])
def test_all_figures_are_equally_wide(style):
    widths = [typeset.text_width(digit, style) for digit in "0123456789"]
    assert max(widths) - min(widths) < 0.02


def test_wrapped_lines_fit_and_lose_no_word():
    text = "Maria Konstantinopolitanidou-Featherstonehaugh de la Vega, the Younger"
    for width in (20, 50, 90, 200):
        lines = typeset.wrap(text, BODY, width)
        assert all(typeset.text_width(line, BODY) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_text_cut_to_fit_ends_in_an_ellipsis():
    cut = typeset.fit("Generalized anxiety disorder", BODY, 60)
    assert cut.endswith("…")
    assert typeset.text_width(cut, BODY) <= 60
    assert typeset.fit("Short", BODY, 60) == "Short"


THREADS = """
import pickle, sys, threading
from mediyn_desktop.documents.superbill import render_superbill
bills = pickle.loads(sys.stdin.buffer.read())
done = {}
threads = [
    threading.Thread(target=lambda n=n: done.update({n: render_superbill(bills[n])}))
    for n in range(len(bills))
]
sys.setswitchinterval(1e-6)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.stdout.buffer.write(pickle.dumps([done[n] for n in range(len(bills))]))
"""


def test_threads_that_start_cold_render_the_same_bytes(bill):
    names = ["Ana", "Анна", "Ελένη", "Zoë", "Հայկ", "Ω"]
    bills = [bill(rows=3, client__full_name=name, void=True) for name in names]
    ran = subprocess.run(
        [sys.executable, "-c", THREADS],
        input=pickle.dumps(bills),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    assert pickle.loads(ran.stdout) == [render_superbill(data) for data in bills]
