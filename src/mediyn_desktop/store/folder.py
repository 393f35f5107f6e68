# SPDX-License-Identifier: MIT
"""The data folder: its files, its permissions, and the lock that keeps a second program out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from mediyn_desktop.core.errors import Locked, UserFacingError

DATABASE = "practice.db"
LOCK = "lock"
PRIVATE_FOLDERS = ("backups", "documents", "logs")


def default_data_folder() -> Path:
    """Return the platform's folder for this user's application data."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "Mediyn"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Mediyn"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "mediyn"


def private_umask() -> None:
    """Make every file this process creates readable by its owner only."""
    os.umask(0o077)


def prepare(folder: Path) -> None:
    """Create the data folder and its sub-folders, closed to other users."""
    for path in (folder, *(folder / name for name in PRIVATE_FOLDERS)):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)


def loose_permissions(folder: Path) -> list[str]:
    """Return the files and folders below ``folder`` that other users could read."""
    if sys.platform == "win32":
        return []  # the profile folder's access list protects them; mode bits mean nothing there
    return sorted(
        "the practice folder" if path == folder else str(path.relative_to(folder))
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink() and path.stat().st_mode & 0o077
    )


class FolderLock:
    """An operating-system lock on the data folder; a killed program releases it by dying."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            Locked: another program holds it.
            UserFacingError: code ``read-only``; the folder does not let itself be written to.
        """
        try:
            file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        except OSError as error:
            raise UserFacingError(
                f"The practice folder cannot be written to ({error.strerror}). Nothing was "
                "changed. Check its permissions and that its disk is connected.",
                code="read-only",
            ) from None
        try:
            if sys.platform == "win32":
                import msvcrt  # noqa: PLC0415  (exists on Windows only)

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl  # noqa: PLC0415  (does not exist on Windows)

                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise Locked(
                "This practice is already open in another window or command. Nothing was done. "
                "Close the other one and try again.",
                code="already-open",
            ) from None
        self._file = file

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> FolderLock:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
