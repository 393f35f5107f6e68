# SPDX-License-Identifier: MIT
"""A real SFTP server on the loopback, with the faults of a line, a disk and a clearinghouse."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from mediyn_desktop.claims.transports.profiles import SftpProfile

USER, PASSWORD = "quiet-room", "correct horse"


@dataclass
class Faults:
    """What goes wrong, and what was seen. Counted in bytes of one upload."""

    drop_after: int | None = None  # the line breaks once so many bytes of a file came
    full_after: int | None = None  # the disk is full once so many bytes of a file came
    silent_after: int | None = None  # the server says nothing more
    silent_after_rename: bool = False
    slow_login: float = 0  # seconds until the server says anything about a password
    drop_before_rename: bool = False
    drop_after_rename: bool = False
    refuse_rename: bool = False
    says_failure_after_rename: bool = False
    collects_at_once: bool = False  # takes a file away the moment it has its name
    is_silent: threading.Event = field(default_factory=threading.Event)
    renamed: list[str] = field(default_factory=list)
    written: dict[str, int] = field(default_factory=dict)


class Mailbox:
    """The server's side: its folders, its faults, and how to reach it."""

    def __init__(self, root: Path, host_key: asyncssh.SSHKey) -> None:
        self.root = root
        self.inbound, self.outbound = root / "inbound", root / "outbound"
        self.collected = root.with_name(root.name + "-collected")
        for folder in (self.inbound, self.outbound, self.collected):
            folder.mkdir(parents=True, exist_ok=True)
        self.faults = Faults()
        self.host_key = host_key
        self.port = 0
        self.stopping = asyncio.Event()
        self.logins: list[str] = []
        self.authorized: str = ""
        self.connections: set[asyncssh.SSHServerConnection | None] = set()

    @property
    def shown_key(self) -> str:
        """The host key as the program pins it."""
        kind = self.host_key.get_algorithm()
        return f"{kind} {self.host_key.get_fingerprint()}"

    def profile(self, **changes: Any) -> SftpProfile:
        """What a practice must know to use this mailbox."""
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": PASSWORD,
            "host_key": self.shown_key,
            "timeout": 30.0,
        }
        return SftpProfile(**(values | changes))

    def settings(self) -> dict[str, str]:
        """The same as the settings of a practice."""
        return {
            "clearinghouse.kind": "sftp",
            "clearinghouse.sftp_host": "127.0.0.1",
            "clearinghouse.sftp_port": str(self.port),
            "clearinghouse.sftp_user": USER,
            "clearinghouse.sftp_password": PASSWORD,
            "clearinghouse.sftp_host_key": self.shown_key,
        }

    def arrived(self) -> dict[str, bytes]:
        """Every file that has its name, taken away or not."""
        found = {path.name: path.read_bytes() for path in self.collected.iterdir()}
        found |= {
            path.name: path.read_bytes()
            for path in self.inbound.iterdir()
            if not path.name.endswith(".tmp")
        }
        return found


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], box: Mailbox) -> None:
        self._box = box
        super().__init__(channel, chroot=os.fsencode(box.root))

    async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        faults, name = self._box.faults, Path(os.fsdecode(file_obj.name)).name
        came = offset + len(data)
        if faults.full_after is not None and came > faults.full_after:
            raise asyncssh.SFTPFailure("No space left on device")
        if faults.drop_after is not None and came > faults.drop_after:
            file_obj.write(data[: max(0, faults.drop_after - offset)])
            file_obj.flush()
            self._hang_up()
        if faults.silent_after is not None and came > faults.silent_after:
            try:
                await self._box.stopping.wait()
            finally:  # also where the client gives up first and the task is canceled
                file_obj.close()
            raise asyncssh.SFTPConnectionLost("stopped")
        faults.written[name] = faults.written.get(name, 0) + len(data)
        return super().write(file_obj, offset, data)  # type: ignore[no-any-return]

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        faults = self._box.faults
        if faults.drop_before_rename:
            self._hang_up()
        if faults.refuse_rename:
            raise asyncssh.SFTPFailure("Renaming is not allowed here")
        old, new = Path(os.fsdecode(self.map_path(oldpath))), os.fsdecode(self.map_path(newpath))
        if os.path.exists(new):
            raise asyncssh.SFTPFailure("File exists")
        old.rename(new)
        name = Path(new).name
        faults.renamed.append(name)
        if faults.collects_at_once:
            shutil.move(new, self._box.collected / name)
        if faults.silent_after_rename:
            faults.is_silent.set()
            await self._box.stopping.wait()
        if faults.drop_after_rename:
            self._hang_up()
        if faults.says_failure_after_rename:
            raise asyncssh.SFTPFailure("Something went wrong")

    def _hang_up(self) -> None:
        self.channel.get_connection().abort()
        raise asyncssh.SFTPConnectionLost("gone")


class _Door(asyncssh.SSHServer):
    def __init__(self, box: Mailbox) -> None:
        self._box = box
        self._mine: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._mine = conn
        self._box.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._box.connections.discard(self._mine)

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        self._box.logins.append(username)
        await asyncio.sleep(self._box.faults.slow_login)
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return bool(self._box.authorized)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        mine = asyncssh.import_public_key(self._box.authorized)
        return username == USER and key.public_data == mine.public_data


@contextmanager
def mailbox_server(root: Path, host_keys: list[asyncssh.SSHKey]) -> Iterator[Mailbox]:
    """Serve ``root`` until the block ends, leaving no thread and no socket."""
    box = Mailbox(root, host_keys[0])
    ready, failed = threading.Event(), []
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        stopping = box.stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(stopping.set))
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Door(box),
            server_host_keys=host_keys,
            sftp_factory=lambda channel: _Files(channel, box),
        )
        box.port = server.get_port()
        ready.set()
        await stopping.wait()
        server.close()
        for connection in list(box.connections):
            connection.abort()
        while box.connections:
            await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        await server.wait_closed()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=run, name="mailbox")
    thread.start()
    assert ready.wait(60)
    assert not failed, failed
    try:
        yield box
    finally:
        stop[0]()
        thread.join(60)
        assert not thread.is_alive()
