# SPDX-License-Identifier: MIT
"""Which practice a command is about, and how it is unlocked without a window."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mediyn_desktop import app
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.core.redaction import logging_to
from mediyn_desktop.store.folder import default_data_folder
from mediyn_desktop.store.uow import Store
from mediyn_desktop.vault import keyslots_file, slots
from mediyn_desktop.vault.keys import DataKey

log = logging.getLogger(__name__)


def data_folder(args: argparse.Namespace) -> Path:
    """Return the practice's folder: option, environment, or the platform's default."""
    named = getattr(args, "data", None) or os.environ.get("MEDIYN_DATA")
    return Path(named).expanduser().absolute() if named else default_data_folder()


def passphrase(args: argparse.Namespace) -> str | None:
    """Return the passphrase from its file, or None where no file was named.

    Raises:
        UserFacingError: the file cannot be read, or is empty.
    """
    named = getattr(args, "passphrase_file", None) or os.environ.get("MEDIYN_PASSPHRASE_FILE")
    return first_line(Path(named).expanduser(), "passphrase") if named else None


def first_line(file: Path, what: str) -> str:
    """Return the secret that is the first line of ``file``; ``what`` names it to people.

    Raises:
        UserFacingError: the file cannot be read, is not UTF-8 text, or is empty.
    """
    code = f"{what.replace(' ', '-')}-file"
    try:
        # Some editors put a mark before the first letter; it is not part of what was typed.
        line = file.read_text("utf-8-sig").split("\n")[0].removesuffix("\r")
    except OSError as error:
        raise UserFacingError(
            f"The {what} file {file} cannot be read ({error.strerror}). Nothing was opened. Check "
            "its name.",
            code=code,
        ) from None
    except UnicodeDecodeError:
        raise UserFacingError(
            f"The {what} file {file} is not plain text in UTF-8. Nothing was opened. Save it as "
            "plain UTF-8 text.",
            code=code,
        ) from None
    if not line.strip():
        raise UserFacingError(
            f"The {what} file {file} has an empty first line. Nothing was opened. Put the {what} "
            "on its first line.",
            code=code,
        )
    return line


@contextmanager
def opened(args: argparse.Namespace, *, exclusive: bool = True) -> Iterator[Store]:
    """Yield the practice, unlocked by passphrase file, OS keyring or prompt, in that order.

    Without ``exclusive`` it is only read, also while the window has it open.
    """
    folder = data_folder(args)
    key = _key(args, folder)
    with logging_to(folder / "logs"):
        store = app.open_store(folder, key, exclusive=exclusive)
        try:
            yield store
        except UserFacingError:
            raise
        except Exception:
            log.exception("unexpected failure")  # while the practice's own log is open
            raise
        finally:
            store.close()


def _key(args: argparse.Namespace, folder: Path) -> DataKey:
    given = passphrase(args)
    if given is not None:
        return app.unlock(folder, given)
    app.require_practice(folder)
    if keyslots_file.exist(folder) and slots.slots_state(folder).keyring:
        return slots.open_with_keyring(folder)
    if not sys.stdin.isatty():
        raise app.NeedsPassphrase(
            "The practice is locked and nobody can be asked. Nothing was done. Name a file with "
            "--passphrase-file or MEDIYN_PASSPHRASE_FILE."
        )
    return app.unlock(folder, getpass.getpass("Passphrase: "))
