# SPDX-License-Identifier: MIT
"""The only door to ``paramiko``: one SFTP connection to one server whose key is known beforehand.

The server's key is compared before the password or anything else of ours is sent. A key that is not
pinned, or is another one, ends the connection. Every other failure is sorted into the ends that
``protocol`` names; ``Lost`` says the line broke, and the caller knows what that means where it was.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import paramiko

from mediyn_desktop.claims.transports.profiles import SftpProfile
from mediyn_desktop.claims.transports.protocol import (
    HostKeyChanged,
    HostKeyUnknown,
    MailboxTrouble,
    NotAllowed,
    Offline,
)

# Its own reports carry host names and tracebacks; what happened is in our exceptions.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)

_CHUNK = 32_000  # below the packet size every server accepts
_RSA = ("rsa-sha2-512", "rsa-sha2-256")
_PRIVATE_KEYS: tuple[type[paramiko.PKey], ...] = (
    paramiko.Ed25519Key,
    paramiko.ECDSAKey,
    paramiko.RSAKey,
)


class Lost(Exception):
    """The line broke or fell silent in the middle of something."""


class NotBegun(MailboxTrouble):
    """The file was not even made: no byte of it is in the mailbox."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One entry of a folder. ``modified`` in seconds, as the server says."""

    name: str
    size: int
    modified: int
    is_folder: bool


class SftpConnection:
    """An open mailbox; every call may raise ``Lost`` or ``MailboxTrouble``."""

    def __init__(self, transport: paramiko.Transport, client: paramiko.SFTPClient) -> None:
        self._transport = transport
        self._client = client

    def close(self) -> None:
        """Hang up and wait until the connection's thread has ended."""
        self._transport.close()

    def list(self, folder: str) -> list[RemoteFile]:
        """Return what is in ``folder``, by name."""
        with self._sorted(f"The folder {folder or '/'} of the mailbox cannot be opened"):
            rows = self._client.listdir_attr(folder or ".")
        found = [
            RemoteFile(
                row.filename,
                row.st_size or 0,
                int(row.st_mtime or 0),
                bool(row.st_mode is not None and row.st_mode & 0o170000 == 0o040000),
            )
            for row in rows
        ]
        return sorted(found, key=lambda one: one.name)

    def size(self, path: str) -> int | None:
        """Return the size of the file at ``path``, or None where there is none."""
        with self._sorted("The mailbox cannot be looked into"):
            try:
                return int(self._client.stat(path).st_size or 0)
            except FileNotFoundError:
                return None

    def read(self, path: str, most: int) -> bytes:
        """Return the file at ``path``, or its first ``most`` bytes and one."""
        parts: list[bytes] = []
        held = 0
        with self._sorted("A file of the mailbox cannot be read"), self._client.open(path) as file:
            while held <= most:
                part = file.read(_CHUNK)
                if not part:
                    break
                parts.append(part)
                held += len(part)
        return b"".join(parts)

    def write(self, path: str, content: bytes) -> None:
        """Write ``content`` to ``path``, each part confirmed by the server, and check its size."""
        with self._sorted("The mailbox took no file", NotBegun):
            file = self._client.open(path, "wb")
        with self._sorted("The mailbox did not take the file"):
            with file:
                for at in range(0, len(content), _CHUNK):
                    file.write(content[at : at + _CHUNK])
            arrived = self._size_if_told(path)
        if arrived is not None and arrived != len(content):
            raise MailboxTrouble(
                f"The mailbox kept {arrived:,} of {len(content):,} bytes. The file was not handed "
                "over and the claims stay queued. The mailbox may be full; ask the clearinghouse."
            )

    def rename(self, old: str, new: str) -> None:
        """Rename ``old`` to ``new``; refused where ``new`` exists."""
        with self._sorted("The mailbox did not give the file its name"):
            self._client.rename(old, new)

    def remove(self, path: str) -> bool:
        """Remove the file at ``path``; whether it was there."""
        with self._sorted("A file of the mailbox cannot be removed"):
            try:
                self._client.remove(path)
            except FileNotFoundError:
                return False
            return True

    def _size_if_told(self, path: str) -> int | None:
        """Some mailboxes take files and show none: they are asked, and need not answer."""
        try:
            size = self._client.stat(path).st_size
        except (PermissionError, FileNotFoundError):
            return None
        return int(size) if size is not None else None

    @contextlib.contextmanager
    def _sorted(self, what: str, refusal: type[MailboxTrouble] = MailboxTrouble) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, EOFError, ConnectionError, paramiko.SSHException) as error:
            raise Lost(type(error).__name__) from None
        except OSError as error:
            # A broken line and a refusal by the server are the same class to the library.
            if not self._transport.is_active():
                raise Lost(type(error).__name__) from None
            raise refusal(
                f"{what} ({_reason(error)}). Nothing was handed over; what waits stays queued. "
                "Check the folders in the settings, or ask the clearinghouse."
            ) from None


def connect(profile: SftpProfile) -> SftpConnection:
    """Return an open mailbox.

    Raises:
        Offline: nobody answers there.
        HostKeyUnknown, HostKeyChanged: the server is not the one that was accepted.
        NotAllowed: the user name, password or key was refused.
    """
    try:
        line = socket.create_connection((profile.host, profile.port), timeout=profile.timeout)
    except (OSError, UnicodeError) as error:
        raise _nobody(profile, getattr(error, "strerror", None) or "no such computer") from None
    transport = paramiko.Transport(line)
    try:
        _meet(transport, profile)
        _log_in(transport, profile)
        return _open(transport, profile)
    except BaseException:
        transport.close()
        line.close()
        raise


def _meet(transport: paramiko.Transport, profile: SftpProfile) -> None:
    """Greet the server and compare its key with the pinned one."""
    pinned_type = profile.host_key.partition(" ")[0]
    if pinned_type:
        # Else a server with several keys may show another one first, and look like a stranger.
        wanted = _RSA if pinned_type == "ssh-rsa" else (pinned_type,)
        transport.get_security_options().key_types = wanted
    transport.banner_timeout = profile.timeout
    transport.handshake_timeout = profile.timeout
    transport.auth_timeout = profile.timeout
    try:
        transport.start_client(timeout=profile.timeout)
        key = transport.get_remote_server_key()
    except paramiko.IncompatiblePeer:
        if not pinned_type:
            raise _nobody(profile, "it speaks no protocol this program accepts") from None
        raise HostKeyChanged(profile.host, profile.host_key, "a key of another type") from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _nobody(profile, _reason(error)) from None
    shown = f"{key.get_name()} {key.fingerprint}"
    if not profile.host_key:
        raise HostKeyUnknown(profile.host, shown)
    if shown != profile.host_key:
        raise HostKeyChanged(profile.host, profile.host_key, shown)


def _log_in(transport: paramiko.Transport, profile: SftpProfile) -> None:
    try:
        remaining = ["password"]
        if profile.private_key:
            remaining = transport.auth_publickey(profile.user, _private_key(profile))
        if "password" in remaining and profile.password:
            transport.auth_password(profile.user, profile.password)
    except paramiko.AuthenticationException as error:
        # The client raises the same for a server that said no and for one that said nothing.
        if "timeout" in str(error).lower():
            raise _nobody(profile, "it did not answer in time") from None
        raise _refused(profile) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _nobody(profile, _reason(error)) from None
    if not transport.is_authenticated():
        raise _refused(profile)


def _open(transport: paramiko.Transport, profile: SftpProfile) -> SftpConnection:
    try:
        channel = transport.open_session(timeout=profile.timeout)
        channel.settimeout(profile.timeout)
        channel.invoke_subsystem("sftp")
        client = paramiko.SFTPClient(channel)
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _nobody(profile, _reason(error)) from None
    return SftpConnection(transport, client)


def _private_key(profile: SftpProfile) -> paramiko.PKey:
    text = profile.private_key.strip() + "\n"
    passphrase = profile.key_passphrase or None
    for kind in _PRIVATE_KEYS:
        try:
            return kind.from_private_key(io.StringIO(text), passphrase)
        except paramiko.PasswordRequiredException:
            raise NotAllowed(
                "Your key file for the clearinghouse is protected by a passphrase. Nothing was "
                "sent. Enter the passphrase in the settings.",
                code="key-passphrase",
            ) from None
        except (paramiko.SSHException, ValueError, TypeError):
            continue  # another kind of key, or a wrong passphrase: the last word is below
    raise NotAllowed(
        "Your key file for the clearinghouse cannot be read: it is no OpenSSH key, or its "
        "passphrase is wrong. Nothing was sent. Enter it again in the settings.",
        code="key-unreadable",
    )


def _refused(profile: SftpProfile) -> NotAllowed:
    return NotAllowed(
        f"The server {profile.host} refused the user name, password or key. Nothing was sent; the "
        "claims stay queued. Enter what the clearinghouse gave you in the settings."
    )


def _nobody(profile: SftpProfile, reason: str) -> Offline:
    return Offline(
        f"The server {profile.host} cannot be reached ({reason}). Nothing was sent; the claims "
        "stay queued and go when the connection is back."
    )


def _reason(error: BaseException) -> str:
    """A short reason in printable letters: a server's own words are data."""
    number = getattr(error, "errno", None)
    if number == errno.EACCES:
        return "not permitted"
    if number == errno.ENOENT:
        return "there is no such folder"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "".join(c for c in text if c.isprintable())[:120]
