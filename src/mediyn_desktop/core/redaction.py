# SPDX-License-Identifier: MIT
"""Logging that carries ids, never people.

Rooms log fixed sentences with ids as arguments. This filter is the second fence: it blanks whatever
looks like an e-mail address, a phone number, a tax or card number, or a secret key.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from mediyn_desktop.core.errors import UserFacingError

_PATTERNS = (
    re.compile(r"\b[srp]k_(?:live|test)_\w+|\bwhsec_\w+"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b\d{2}-\d{7}\b"),
    re.compile(r"(?<![\w-])(?:\d[ -]?){13,19}(?![\w-])"),
    re.compile(r"(?<!\w)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"),
)


def redact(text: str) -> str:
    """Return ``text`` with everything that looks like an identity or a key replaced by ``[…]``."""
    for pattern in _PATTERNS:
        text = pattern.sub("[…]", text)
    return text


class RedactingFilter(logging.Filter):
    """Formats the record early and redacts it; a traceback keeps its type and lines only."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[0] is not None:
            # An exception's text may quote a row; its class and place are enough to find a bug.
            frames: list[str] = []
            trace = record.exc_info[2]
            while trace is not None:
                frames.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
                trace = trace.tb_next
            record.msg += f" [{record.exc_info[0].__name__} at {' > '.join(frames)}]"
            record.exc_info = None
        return True


class _LogFile(RotatingFileHandler):
    """A log that cannot be written never stops or hides what it was to tell of.

    On a full disk the refusal the user is to see is the practice's, not the log's.
    """

    def handleError(self, record: logging.LogRecord) -> None:
        """Lose the line; the usual answer is a traceback on the terminal."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


@contextmanager
def logging_to(folder: Path) -> Iterator[None]:
    """Send this program's log to ``folder``/mediyn.log (1 MB, three old ones kept) meanwhile.

    A bug that ends it is logged with its class and place, and goes on its way. Where ``folder``
    cannot be made there is no log: what opens the practice beside it says why, in a sentence.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        yield
        return
    handler = _LogFile(
        folder / "mediyn.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
    )
    handler.addFilter(RedactingFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("mediyn_desktop")
    before = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    try:
        yield
    except UserFacingError:
        raise
    except Exception:
        root.exception("unexpected failure")
        raise
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()
