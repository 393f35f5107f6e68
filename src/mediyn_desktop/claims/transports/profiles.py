# SPDX-License-Identifier: MIT
"""What each way needs to know, and the name a file gets on its way. Secrets never show in a repr.

A name pattern holds ``{number}`` (nine digits: it makes the name unique) and perhaps ``{date}``
(CCYYMMDD), ``{usage}`` (T or P), ``{sender}`` and ``{npi}``; the setting checks it.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class SftpProfile:
    """An SFTP mailbox. ``host_key`` is ``type SHA256:fingerprint``; empty means not pinned yet."""

    host: str
    user: str
    port: int = 22
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)  # PEM or OpenSSH text
    key_passphrase: str = field(default="", repr=False)
    host_key: str = ""
    upload_folder: str = "inbound"
    download_folder: str = "outbound"
    rename: bool = True  # upload under a temporary name, then rename
    timeout: float = 30.0  # seconds without a sign of life


@dataclass(frozen=True, slots=True)
class HttpsProfile:
    """Raw X12 over HTTPS. Blank addresses are not used; ``repeat_hours`` is how long one key works.

    Within ``repeat_hours`` of a first attempt the clearinghouse promises to take the same
    ``Idempotency-Key`` once only; 0 means it promises nothing.
    """

    claims_url: str
    key: str = field(default="", repr=False)
    key_header: str = "Authorization"
    eligibility_url: str = ""
    answers_url: str = ""
    repeat_hours: int = 0
    timeout: float = 60.0


def file_name(
    pattern: str,
    number: int,
    made: date,
    *,
    usage: str,
    sender: str,
    npi: str,
    zipped: bool = False,
) -> str:
    """Return the name a claim file travels under."""
    name = pattern.format(
        number=f"{number:09d}",
        date=f"{made:%Y%m%d}",
        usage=usage,
        sender=re.sub(r"[^A-Za-z0-9]", "", sender)[:20],
        npi=npi,
    )
    return f"{PurePosixPath(name).stem}.zip" if zipped else name


def zipped(name: str, content: bytes) -> bytes:
    """Return a zip file with ``content`` as ``name``: the same input, the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
