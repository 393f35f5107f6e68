# SPDX-License-Identifier: MIT
"""The same people come again: a further evening of the sample practice."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.exchange.sample import write_sample_evening
from mediyn_desktop.store.uow import Store


def bring_evening(store: Store, day: date) -> int:
    """Put the sample's appointments of ``day`` into the practice; return how many are new."""
    with tempfile.TemporaryDirectory(prefix="mediyn-training-") as folder:
        report = import_folder(store, write_sample_evening(Path(folder), day))
    assert not report.errors, report.errors
    return report.imported["sessions"]
