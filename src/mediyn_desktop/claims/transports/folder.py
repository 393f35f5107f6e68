# SPDX-License-Identifier: MIT
"""A folder on this computer: the way that always works, with a person to carry the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from mediyn_desktop.claims.transports.protocol import (
    Arrival,
    ClosedAfterUse,
    Found,
    Item,
    MailboxTrouble,
    Parcel,
    Receipt,
    Step,
    ready,
    too_large,
)
from mediyn_desktop.claims.x12.containers import LARGEST_FILE
from mediyn_desktop.core.files import write_whole


class ExportFailed(MailboxTrouble):
    """The claim file could not be written where it was asked for."""

    code = "export-failed"


class NotReadable(MailboxTrouble):
    """The folder of answers cannot be read."""

    code = "answers-not-readable"


class FolderTransport(ClosedAfterUse):
    """Writes into ``out``, reads from ``answers``; either may be None where it is not used."""

    kind = "folder"

    def __init__(self, out: Path | None, answers: Path | None = None) -> None:
        self._out = out
        self._answers = answers
        self.place = str(out or answers or "")

    def may_repeat(self, since: timedelta) -> bool:
        """Always: the same name with the same bytes is the same file to whoever carries it."""
        return True

    def find(self, parcel: Parcel) -> Found:
        """A damaged file of the same name counts as absent: it is replaced by the kept one."""
        path = self._target(parcel)
        try:
            whole = path.exists() and path.read_bytes() == parcel.content
        except OSError as error:
            raise self._failed(error) from None
        return Found.THERE if whole else Found.ABSENT

    def send(self, parcel: Parcel, point_of_no_return: Callable[[], None]) -> Receipt:
        path = self._target(parcel)
        found = self.find(parcel)
        point_of_no_return()
        if found is Found.ABSENT:
            try:
                write_whole(path, parcel.content)
            except OSError as error:
                raise self._failed(error) from None
        return Receipt(str(path))

    def collect(self, known: Callable[[Item], bool], cursor: str) -> Iterator[Arrival | str]:
        for item, path in self._waiting():
            if known(item):
                continue
            if item.size > LARGEST_FILE:
                yield too_large(item)
                continue
            try:
                content = path.read_bytes()
            except OSError as error:
                yield Arrival(item, problem=f"It cannot be read ({error.strerror}).")
                continue
            if len(content) == item.size:  # else it is still being written; next time
                yield Arrival(item, content)

    def discard(self, item: Item) -> bool:
        """Never: what lies in a folder of this computer belongs to whoever put it there."""
        return False

    def check(self) -> Iterator[Step]:
        for label, folder in (
            ("Folder for claims", self._out),
            ("Folder of answers", self._answers),
        ):
            if folder is None:
                yield Step(label, True, "None is set; files are saved and imported by hand.")
            elif not folder.is_dir():
                yield Step(label, False, f"{folder} is not there. Make it or choose another.")
            else:
                yield self._try_out(label, folder)

    def _try_out(self, label: str, folder: Path) -> Step:
        trial = folder / ".mediyn-test.tmp"
        try:
            if folder == self._out:
                write_whole(trial, b"")
                trial.unlink()
            many = sum(1 for _ in folder.iterdir())
        except OSError as error:
            return Step(label, False, f"{folder} cannot be used ({error.strerror}).")
        return Step(label, True, f"{folder} can be used; {many} files are in it.")

    def _target(self, parcel: Parcel) -> Path:
        assert self._out is not None
        return self._out / parcel.name

    def _waiting(self) -> list[tuple[Item, Path]]:
        if self._answers is None:
            return []
        try:
            found = []
            for path in sorted(self._answers.iterdir()):
                if ready(path.name) and path.is_file():
                    facts = path.stat()
                    found.append((Item(path.name, facts.st_size, str(facts.st_mtime_ns)), path))
            return found
        except OSError as error:
            raise NotReadable(
                f"The answers in {self._answers} cannot be read ({error.strerror}). Nothing was "
                "lost; what is there stays there. Check the folder in the settings."
            ) from None

    def _failed(self, error: OSError) -> ExportFailed:
        return ExportFailed(
            f"The file could not be written to {self._out} ({error.strerror}). Its claims or "
            "questions stay queued and nothing was sent. Choose another folder or free some space."
        )
