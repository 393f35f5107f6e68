# SPDX-License-Identifier: MIT
"""The settings of the way to the clearinghouse: which one, where, under which name, with which key.

A mailbox's folders and a server's key are checked when they are entered, so that nothing of them
surprises in the middle of a hand-over.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from pathlib import PurePosixPath
from typing import Any

from mediyn_desktop.store.setting import Setting, api_base, flag, folder, one_of, text, whole

_FILE_PATTERN = "claims-{date}-{number}.837"
_QUESTION_PATTERN = "eligibility-{date}-{number}.270"
_PLACES = frozenset({"number", "date", "usage", "sender", "npi"})
_HOST_KEYS = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
    }
)


def _mail_folder(text: str) -> str:
    """A folder of a mailbox elsewhere: forward slashes, and never a way out of itself."""
    bare = text.strip()
    if "\0" in bare or "\\" in bare or ".." in PurePosixPath(bare).parts:
        raise ValueError("write a folder of the mailbox, such as inbound or /claims/to")
    return bare.rstrip("/") or ("/" if bare.startswith("/") else "")


def _host(text: str) -> str:
    bare = text.strip()
    if bare and not re.fullmatch(r"[A-Za-z0-9:](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?", bare):
        raise ValueError("write the server's name alone, such as sftp.example.com")
    return bare


def _header(text: str) -> str:
    bare = text.strip() or "Authorization"
    if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", bare):
        raise ValueError("write the name of a header, such as Authorization")
    return bare


def _line(text: str) -> str:
    bare = text.strip()
    if not bare.isprintable():
        raise ValueError("it is one line of printable characters")
    return bare


def _ascii_line(text: str) -> str:
    bare = _line(text)
    if not bare.isascii():
        raise ValueError("it has plain letters, digits and signs only")
    return bare


def _file_pattern(text: str) -> str:
    return _pattern(text.strip() or _FILE_PATTERN)


def _question_pattern(text: str) -> str:
    return _pattern(text.strip() or _QUESTION_PATTERN)


def _pattern(bare: str) -> str:
    """A name for each file: ``{number}`` makes it unique, nothing in it leads elsewhere."""
    places = set(re.findall(r"{([^{}]*)}", bare))
    outside = re.sub(r"{[^{}]*}", "", bare)
    if not places <= _PLACES or set("{}") & set(outside):
        raise ValueError("write only {number}, {date}, {usage}, {sender} and {npi} in braces")
    if "number" not in places:
        raise ValueError("write {number} somewhere, so that each file has a name of its own")
    if not re.fullmatch(r"[A-Za-z0-9{][A-Za-z0-9._{}-]{0,59}", bare):
        raise ValueError("write letters, digits, dots, dashes and underscores, at most 60")
    if bare.lower().endswith((".tmp", ".part", ".zip")):
        raise ValueError("choose another ending; that one means something else in a mailbox")
    return bare


def _host_key(text: str) -> str:
    """``type SHA256:fingerprint``, from that, a public key line or a line of known_hosts."""
    words = text.split()
    if not words:
        return ""
    if len(words) >= 3 and words[0] not in _HOST_KEYS and words[1] in _HOST_KEYS:
        words = words[1:]
    if len(words) < 2 or words[0] not in _HOST_KEYS:
        raise ValueError(
            "write the key's type and fingerprint, such as “ssh-ed25519 SHA256:…”, as the "
            "clearinghouse publishes them"
        )
    if words[1].startswith("SHA256:"):
        mark = words[1].rstrip("=")
        if not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", mark):
            raise ValueError("a SHA256 fingerprint has 43 letters and digits after the colon")
        return f"{words[0]} {mark}"
    try:
        raw = base64.b64decode(words[1], validate=True)
    except binascii.Error:
        raise ValueError("the public key after its type is damaged; copy the whole line") from None
    mark = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
    return f"{words[0]} SHA256:{mark}"


CLEARINGHOUSE_KIND = Setting(
    "clearinghouse.kind",
    "folder",
    one_of("folder", "sftp", "https", "sandbox"),
    "How claims travel. A folder always works: you upload the file on the clearinghouse's site.",
)
CLEARINGHOUSE_OUT = Setting(
    "clearinghouse.out",
    "",
    folder,
    "The folder claim files are written to. Blank: on request only.",
)
CLEARINGHOUSE_IN = Setting(
    "clearinghouse.in", "", folder, "The folder answers of the clearinghouse are read from."
)
CLEARINGHOUSE_USAGE = Setting(
    "clearinghouse.usage",
    "P",
    one_of("T", "P"),
    "T marks claim files as tests, P as production.",
)
CLEARINGHOUSE_SENDER_ID = Setting(
    "clearinghouse.sender_id",
    "",
    text,
    "Your submitter id at the clearinghouse. Blank uses the billing NPI.",
)
CLEARINGHOUSE_RECEIVER_ID = Setting(
    "clearinghouse.receiver_id", "CLEARINGHOUSE", text, "The clearinghouse's receiver id."
)
CLEARINGHOUSE_RECEIVER_NAME = Setting(
    "clearinghouse.receiver_name", "CLEARINGHOUSE", text, "The clearinghouse's name in the file."
)
CLEARINGHOUSE_NAME = Setting(
    "clearinghouse.name", "", _line, "What you call your clearinghouse. Shown to you only."
)
CLEARINGHOUSE_FILE_NAME = Setting(
    "clearinghouse.file_name",
    _FILE_PATTERN,
    _file_pattern,
    "The name a claim file travels under: {number} must be in it; {date}, {usage}, {sender} and "
    "{npi} may be.",
)
CLEARINGHOUSE_ELIGIBILITY = Setting(
    "clearinghouse.eligibility",
    "auto",
    one_of("auto", "https", "mailbox", "none"),
    "How insurers are asked whether they cover a client. https: at once, over the address for it. "
    "mailbox: in a file (270) by the SFTP mailbox or the folder; the answers come with the others, "
    "mostly overnight. none: by telephone only. auto: https where its address is set, else the "
    "SFTP mailbox, or the folder where answers are read from one too.",
)
ELIGIBILITY_FILE_NAME = Setting(
    "clearinghouse.eligibility_file_name",
    _QUESTION_PATTERN,
    _question_pattern,
    "The name a file of questions about coverage travels under, made like that of a claim file.",
)
CLEARINGHOUSE_AFTER_PICKUP = Setting(
    "clearinghouse.after_pickup",
    "keep",
    one_of("keep", "delete"),
    "What becomes of an answer in the mailbox once it is stored here.",
)
SFTP_HOST = Setting("clearinghouse.sftp_host", "", _host, "The clearinghouse's SFTP server.")
SFTP_PORT = Setting("clearinghouse.sftp_port", 22, whole(1, 65535), "The port of the SFTP server.")
SFTP_USER = Setting("clearinghouse.sftp_user", "", _line, "Your user name at the SFTP server.")
SFTP_PASSWORD = Setting(
    "clearinghouse.sftp_password",
    "",
    _line,
    "Your password at the SFTP server. Kept in the encrypted practice and never shown.",
    secret=True,
)
SFTP_PRIVATE_KEY = Setting(
    "clearinghouse.sftp_private_key",
    "",
    text,
    "Your private key for the SFTP server, from its file: settings KEY --from-file FILE. Kept in "
    "the encrypted practice and never shown.",
    secret=True,
)
SFTP_KEY_PASSPHRASE = Setting(
    "clearinghouse.sftp_key_passphrase",
    "",
    _line,
    "The passphrase of that private key, where it has one. Never shown.",
    secret=True,
)
SFTP_HOST_KEY = Setting(
    "clearinghouse.sftp_host_key",
    "",
    _host_key,
    "The key the SFTP server must show: its type and SHA256 fingerprint, or its public key line. "
    "The connection test shows it; compare it before you accept it.",
)
SFTP_UPLOAD_FOLDER = Setting(
    "clearinghouse.sftp_upload_folder",
    "inbound",
    _mail_folder,
    "The folder of the mailbox that takes claim files.",
)
SFTP_DOWNLOAD_FOLDER = Setting(
    "clearinghouse.sftp_download_folder",
    "outbound",
    _mail_folder,
    "The folder of the mailbox that holds answers.",
)
SFTP_RENAME = Setting(
    "clearinghouse.sftp_rename",
    True,
    flag,
    "Upload under a temporary name and rename at the end, so that no half file is collected.",
)
SFTP_ZIP = Setting("clearinghouse.sftp_zip", False, flag, "Send claim files as zip files.")
HTTPS_CLAIMS_URL = Setting(
    "clearinghouse.https_claims_url",
    "",
    api_base,
    "Where claim files are posted as raw X12. https only (http only on this computer).",
)
HTTPS_ELIGIBILITY_URL = Setting(
    "clearinghouse.https_eligibility_url",
    "",
    api_base,
    "Where eligibility is asked as raw X12, whatever way claims travel.",
)
HTTPS_ANSWERS_URL = Setting(
    "clearinghouse.https_answers_url",
    "",
    api_base,
    "The list that is asked for new answers. Blank: answers are imported by hand.",
)
HTTPS_KEY = Setting(
    "clearinghouse.https_key",
    "",
    _ascii_line,
    "Your key at the clearinghouse. Kept in the encrypted practice and never shown.",
    secret=True,
)
HTTPS_KEY_HEADER = Setting(
    "clearinghouse.https_key_header", "Authorization", _header, "The header that carries the key."
)
HTTPS_REPEAT_HOURS = Setting(
    "clearinghouse.https_repeat_hours",
    0,
    whole(0, 8760),
    "For how many hours the clearinghouse takes the same Idempotency-Key once only. 0: it promises "
    "nothing, and a file without a receipt waits for you.",
)
ANSWERS_CURSOR = Setting(
    "clearinghouse.answers_cursor", "", text, "How far the list of answers was read.", internal=True
)

CLAIMS_ONLY_WARN = Setting(
    "claims.only_warn",
    "billing-zip,late-filing",
    text,
    "Rules of the claim check that warn and do not hold a claim back, with commas between. Most "
    "clearinghouses complete a five-digit ZIP code themselves.",
)

ALL: tuple[Setting[Any], ...] = (
    CLEARINGHOUSE_KIND,
    CLEARINGHOUSE_OUT,
    CLEARINGHOUSE_IN,
    CLEARINGHOUSE_USAGE,
    CLEARINGHOUSE_SENDER_ID,
    CLEARINGHOUSE_RECEIVER_ID,
    CLEARINGHOUSE_RECEIVER_NAME,
    CLEARINGHOUSE_NAME,
    CLEARINGHOUSE_FILE_NAME,
    CLEARINGHOUSE_ELIGIBILITY,
    ELIGIBILITY_FILE_NAME,
    CLEARINGHOUSE_AFTER_PICKUP,
    SFTP_HOST,
    SFTP_PORT,
    SFTP_USER,
    SFTP_PASSWORD,
    SFTP_PRIVATE_KEY,
    SFTP_KEY_PASSPHRASE,
    SFTP_HOST_KEY,
    SFTP_UPLOAD_FOLDER,
    SFTP_DOWNLOAD_FOLDER,
    SFTP_RENAME,
    SFTP_ZIP,
    HTTPS_CLAIMS_URL,
    HTTPS_ELIGIBILITY_URL,
    HTTPS_ANSWERS_URL,
    HTTPS_KEY,
    HTTPS_KEY_HEADER,
    HTTPS_REPEAT_HOURS,
    ANSWERS_CURSOR,
    CLAIMS_ONLY_WARN,
)
