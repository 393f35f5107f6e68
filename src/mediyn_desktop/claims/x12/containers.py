# SPDX-License-Identifier: MIT
"""Takes a received file apart into its members: itself, or what a zip archive holds.

Nothing is unpacked to disk and nothing is held whole. A file beyond the limits is refused by its
size, before it is read; a member that cannot be unpacked is refused by itself and never hides the
others. Archives inside archives are not opened.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_END
from struct import error as StructError
from typing import IO

from mediyn_desktop.claims.x12.delimiters import Unreadable

PIECE = 1 << 16
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_DIRECTORY_ENTRY = b"PK\x01\x02"
# What the archive reader raises over a damaged or exotic archive.
_ZIP_TROUBLES = (
    zipfile.BadZipFile,
    zlib.error,
    StructError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)

# What a wrong file begins with, and what to call it.
_LOOKS = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (inside another one), or an Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"UNA", "an EDIFACT file"),
    (b"UNB", "an EDIFACT file"),
    (b"<?xml", "an XML file"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"{", "a JSON file"),
    (b"-----BEGIN", "an encrypted or signed file"),
    (b"SQLite format 3", "a database"),
)


# Bytes; larger files are refused before they are read. 10,000 claims or answers have 2 to 3 MB.
LARGEST_FILE = 64 << 20


class Refused(Unreadable):
    """A file or member that is not read at all; it stays as it is."""

    code = "file-refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: a file, everything an archive unpacks to, and its number of members."""

    file_bytes: int = LARGEST_FILE
    unpacked_bytes: int = 256 << 20
    members: int = 500


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file to read. ``name`` is for people only; ``chunks`` are read once, in order.

    ``chunks`` raise ``Refused`` where the member cannot be read or grows beyond the limit. Inside
    an archive they must be read before the next member is asked for.
    """

    name: str
    chunks: Iterator[bytes]


def members(
    stream: IO[bytes], name: str = "", *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Member]:
    """Yield the members of ``stream``: the file itself, or each file of a zip archive."""
    if stream.seekable():
        size = stream.seek(0, SEEK_END)
        stream.seek(0)
        if size > limits.file_bytes:
            yield Member(name, _refuse(_too_large("The file", size, limits.file_bytes)))
            return
        start = stream.read(4)
        stream.seek(0)
        if start in _ZIP_STARTS:
            yield from _archive(stream, name, limits)
            return
    yield Member(name, _pieces(stream, limits.file_bytes))


def looks_like(start: bytes) -> str:
    """Return words for what a file that is not X12 seems to be, from its first bytes."""
    bare = start.lstrip(b" \t\r\n\xef\xbb\xbf\0")
    if not bare:
        return "empty"
    for mark, words in _LOOKS:
        if bare.startswith(mark):
            return words
    control = sum(byte < 9 or 13 < byte < 28 for byte in bare[:1000])
    return "a binary file" if control * 20 > len(bare[:1000]) else "text of another kind"


def _pieces(stream: IO[bytes], most: int) -> Iterator[bytes]:
    seen = 0
    while piece := stream.read(PIECE):
        seen += len(piece)
        if seen > most:
            raise _too_large("The file", seen, most)
        yield piece


def _archive(stream: IO[bytes], name: str, limits: Limits) -> Iterator[Member]:
    if _directory_entries(stream) > limits.members:
        many = Refused(
            f"The archive holds more than {limits.members} files, so it was not opened and nothing "
            "of it was used. Ask the sender for fewer at a time.",
            code="archive-too-full",
        )
        yield Member(name, _refuse(many))
        return
    try:
        archive = zipfile.ZipFile(stream)
        entries = archive.infolist()
    except _ZIP_TROUBLES:
        yield Member(name, _refuse(_damaged("archive")))
        return
    left = limits.unpacked_bytes
    for entry in entries:
        if entry.is_dir() or entry.filename.startswith("__MACOSX/"):
            continue
        counter = [0]
        yield Member(f"{name}/{entry.filename}", _unpack(archive, entry, left, counter))
        left -= counter[0]


def _unpack(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, counter: list[int]
) -> Iterator[bytes]:
    if entry.flag_bits & 0x1:
        raise Refused(
            "The file inside the archive is locked with a password, so it was not read. Unpack it "
            "by hand and add the file itself.",
            code="archive-locked",
        )
    try:
        with archive.open(entry) as member:
            while piece := member.read(PIECE):
                counter[0] += len(piece)
                if counter[0] > most:
                    # The declared size may lie; what comes out is counted.
                    raise _too_large("What the archive unpacks to", counter[0], most)
                yield piece
    except _ZIP_TROUBLES:
        raise _damaged("file inside the archive") from None


def _directory_entries(stream: IO[bytes]) -> int:
    """Count the archive's entries before anything is made of them; its own count may lie."""
    found, tail = 0, b""
    stream.seek(0)
    while piece := stream.read(PIECE):
        window = tail + piece
        found += window.count(_ZIP_DIRECTORY_ENTRY)
        tail = window[-len(_ZIP_DIRECTORY_ENTRY) + 1 :]
    stream.seek(0)
    return found


def _refuse(error: Refused) -> Iterator[bytes]:
    """Return chunks that refuse when they are read."""

    def refuse(_: object) -> bytes:
        raise error

    return map(refuse, [None])


def _too_large(what: str, size: int, most: int) -> Refused:
    return Refused(
        f"{what} is too large ({_mib(size)}; at most {_mib(most)} are read), so it was not read "
        "and nothing of it was used. Ask the sender for smaller files.",
        code="file-too-large",
    )


def _damaged(what: str) -> Refused:
    return Refused(
        f"The {what} is damaged and cannot be unpacked. Nothing of it was used. Fetch it again, or "
        "ask the sender for it again.",
        code="archive-damaged",
    )


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
