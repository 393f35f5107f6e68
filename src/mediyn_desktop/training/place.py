# SPDX-License-Identifier: MIT
"""The training folder: where it is, how it is told from anything else, how it is taken away."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.store.folder import DATABASE
from mediyn_desktop.store.sides import MARK

_MARK_TEXT = (
    "This folder is for training. The people in it are made up, and so are the card processor and\n"
    "the clearinghouse. It may be deleted; training then begins afresh.\n"
)


class NotATrainingFolder(UserFacingError):
    """Something else lies where training would be."""

    code = "training-folder"


@dataclass(frozen=True, slots=True)
class TrainingPlace:
    """The folder ``root`` and what lies where in it."""

    root: Path

    @staticmethod
    def beside(practice: Path) -> TrainingPlace:
        """Return the place that belongs to the real practice in ``practice``."""
        own = practice.expanduser().absolute()
        return TrainingPlace(own.with_name(f"{own.name}-training"))

    @property
    def practice(self) -> Path:
        """The data folder of the training practice."""
        return self.root / "practice"

    @property
    def outside(self) -> Path:
        """What the processor and the clearinghouse keep."""
        return self.root / "outside"

    @property
    def memory(self) -> Path:
        """The processor's memory."""
        return self.outside / "processor.json"

    @property
    def printed(self) -> Path:
        """Where superbills and day reports are saved."""
        return self.root / "printed"

    @property
    def is_made(self) -> bool:
        """Whether a training practice was made here to the end."""
        return self._made.is_file() and (self.practice / DATABASE).is_file()

    @property
    def _made(self) -> Path:
        return self.root / "made.txt"

    def begin(self) -> None:
        """Make the folder empty and ours; what an earlier, unfinished try left is taken away.

        Raises:
            NotATrainingFolder: something that is not training lies there; it was not touched.
        """
        self.clear()
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.root / MARK).write_text(_MARK_TEXT, "utf-8")
        for folder in (self.outside, self.printed):
            folder.mkdir(mode=0o700)

    def finish(self) -> None:
        """Note that all of it is there."""
        self._made.write_text("Everything training needs was made.\n", "utf-8")

    def clear(self) -> None:
        """Take the training folder away, with everything in it.

        Raises:
            NotATrainingFolder: it is not one; nothing was touched.
        """
        if not self.root.exists():
            return
        if self.root.is_symlink() or not self.root.is_dir():
            raise self._foreign()
        if not (self.root / MARK).is_file():
            if any(self.root.iterdir()):
                raise self._foreign()
            return
        self._made.unlink(missing_ok=True)  # first: half a folder is never taken for a whole one
        for entry in self.root.iterdir():
            if entry.name == MARK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        (self.root / MARK).unlink()

    def _foreign(self) -> NotATrainingFolder:
        return NotATrainingFolder(
            f"{self.root} is not a training folder, so nothing was changed there. Move it away or "
            "rename it, then open training again."
        )
